"""Collinear predictors: surfaces, factors, and the Days2 experiment."""

import numpy as np
import pandas as pd
import pytest
from conftest import WEEKLY

import mlm
from methods3.days2 import days2_data, days2_experiment, days2_scan
from methods3.rstream import rnorm
from mlm.demonstrations.collinearity import (
    condition_number,
    correlated_predictors,
    mse_surface,
    rank,
    vif,
)


@pytest.mark.parametrize("rho", [-1, -0.5, 0, 0.9, 0.999, 1])
def test_correlation_is_exact(rho):
    X = correlated_predictors(40, rho, seed=3)
    assert np.corrcoef(X.T)[0, 1] == pytest.approx(rho, abs=1e-12)
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(X.std(axis=0), 1)


@pytest.fixture(scope="module")
def draws():
    """R: set.seed(1); x1 <- rnorm(100); x2 <- rnorm(100)."""
    return rnorm(200, seed=1).reshape(2, 100)


def test_surface_of_the_slides(draws):
    """Numbers of R 4.2.2, with y = 31 x1 − 21 x2."""
    x1, x2 = draws
    surface = mse_surface(np.column_stack([x1, x2]), 31 * x1 - 21 * x2)
    np.testing.assert_allclose(
        surface.G, [[0.810551, -0.004964], [-0.004964, 0.909786]], atol=1e-6
    )
    np.testing.assert_allclose(surface.eigenvalues, [0.81030, 0.91003], atol=1e-5)
    np.testing.assert_allclose(surface.minimum, [31, -21])
    assert surface.at(0, 0) == pytest.approx(1186.6181, abs=1e-4)
    assert surface.at(31, 0) == pytest.approx(401.2158, abs=1e-4)
    assert surface.at(21, -21) == pytest.approx(81.0551, abs=1e-4)
    assert surface.rank == 2


def test_valley_of_the_slides(draws):
    x1, _ = draws
    surface = mse_surface(np.column_stack([x1, 2 * x1]), 31 * x1 - 21 * 2 * x1)
    np.testing.assert_allclose(surface.eigenvalues, [0, 4.05275], atol=1e-5)
    np.testing.assert_allclose(surface.valley, np.array([-2, 1]) / np.sqrt(5))
    np.testing.assert_allclose(surface.minimum, [-2.2, -4.4])
    for b in ((31, -21), (-11, 0), (0, -5.5), (101, -56)):
        assert surface.at(*b) == pytest.approx(0, abs=1e-10)
    assert surface.at(0, 0) == pytest.approx(98.0767, abs=1e-4)
    assert surface.rank == 1


def test_surface_is_the_mean_squared_error(draws):
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(30, 2)), rng.normal(size=30)
    surface = mse_surface(X, y)
    for b in rng.normal(size=(5, 2)):
        assert surface.at(*b) == pytest.approx(np.mean((y - X @ b) ** 2))


def test_vif_is_that_of_statsmodels():
    # Half a second to import: only for the worker that has this test.
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    data = days2_data(1)[["Days", "Days2"]]
    X = data.assign(constant=1.0)[["constant", *data]]
    theirs = [variance_inflation_factor(X.to_numpy(), j) for j in (1, 2)]
    np.testing.assert_allclose(vif(data), theirs, rtol=1e-9)
    assert vif(data)["Days"] == pytest.approx(39.4, abs=0.05)  # R, on the slides' data
    assert np.isinf(vif(pd.DataFrame({"x": [1.0, 2, 4], "z": [2.0, 4, 8]}))).all()


def test_condition_number_and_rank(draws):
    X = draws.T
    assert condition_number(X) == pytest.approx(
        np.linalg.cond(X / np.linalg.norm(X, axis=0))
    )
    assert np.isinf(condition_number(np.column_stack([X, X[:, 0]])))
    assert rank(np.diag([1, 1e-5]), 1e-4) == 1
    assert rank(np.diag([1, 1e-5]), 1e-6) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "criterion", "correlation"),
    [(1, 1738.2603268083, 0.98722981), (7, 1738.9883675879, 0.98729859)],
)
def test_days2_reaches_the_true_optimum(seed, criterion, correlation):
    """Of sixty random starts, and lme4 with tight tolerances."""
    data = days2_data(seed)
    assert data["Days"].corr(data["Days2"]) == pytest.approx(correlation, abs=1e-8)
    fit, searches = days2_experiment(seed)
    assert fit.criterion == pytest.approx(criterion, abs=1e-6)
    assert fit.is_singular
    assert (searches["criterion"] >= fit.criterion - 1e-6).all()
    assert set(searches["rank"]) <= {18, 36, 54}


@pytest.mark.slow
def test_reported_rank_flips_but_the_fit_does_not():
    scan = days2_scan(range(1, 9) if WEEKLY else (1, 3, 6, 7))
    assert (scan["above"] > -1e-6).all()
    same = scan[scan["above"] < 1e-4]
    assert set(same["rank_searched"]) == {36, 54}, "at the same criterion"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: correlated_predictors(2, 0.5, 1), "n is at least 3"),
        (lambda: correlated_predictors(9, 1.5, 1), "rho is a correlation"),
        (lambda: mse_surface(np.ones((3, 3)), np.ones(3)), "two columns"),
        (lambda: mse_surface(np.ones((3, 2)), np.ones(4)), "one y a row"),
        (lambda: vif(pd.DataFrame({"x": [1, 1], "z": [1, 2]})), "'x' is constant"),
        (lambda: rank(np.eye(2), 2), "tolerance is between 0 and 1"),
    ],
)
def test_impossible_arguments_are_named(call, words):
    with pytest.raises(mlm.DataError, match=words):
        call()
