"""Estimation by hand: GLS, curves, and the bias of ML."""

import numpy as np
import pytest

import mlm
from mlm.demonstrations.estimation import (
    criterion_curves,
    criterion_slope,
    gls,
    gls_as_printed,
    simulate_variance_estimates,
)
from mlm.design.covariance import marginal_covariance


@pytest.fixture(scope="module")
def model():
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    return fit, marginal_covariance(fit.design, fit.theta, fit.sigma)


@pytest.mark.slow
def test_gls_gives_the_fixed_effects(model):
    # Half a second to import: only for the worker that has this test.
    import statsmodels.api as sm

    fit, V = model
    beta, vcov = gls(fit.design.X, fit.design.y, V)
    np.testing.assert_allclose(beta, fit.fixef)
    np.testing.assert_allclose(np.sqrt(np.diag(vcov)), fit.se)
    theirs = sm.GLS(fit.design.y, fit.design.X, sigma=V.toarray()).fit()
    np.testing.assert_allclose(beta, theirs.params)


def test_gls_as_printed_depends_on_the_unit_of_V(model):
    fit, V = model
    X, y = fit.design.X, fit.design.y
    printed = gls_as_printed(X, y, V)
    np.testing.assert_allclose(printed, [4.44e-5, -7.78e-6], rtol=2e-3)
    np.testing.assert_allclose(gls_as_printed(X, y, 10 * V), printed / 100)
    np.testing.assert_allclose(gls(X, y, 10 * V)[0], gls(X, y, V)[0])


def test_two_subjects_by_hand():
    """The toy of the notes: 26.5 and 4, at theta = 1 and sigma² = 10."""
    day, subject = np.tile(np.arange(4.0), 2), np.repeat([0, 1], 4)
    V = 10.0 * (np.equal.outer(subject, subject) + np.eye(8))
    y = np.array([20, 29, 32, 39, 33, 33, 35, 39])
    X = np.column_stack([np.ones(8), day])
    beta, vcov = gls(X, y, V)
    np.testing.assert_allclose(beta, [26.5, 4])
    np.testing.assert_allclose(np.sqrt(np.diag(vcov)), [np.sqrt(8.5), 1])


def test_curves_are_the_table_of_the_notes(model):
    """Closed form for balanced data: REML and ML at given theta."""
    design = mlm.design_matrices(
        "Reaction ~ Days + (1 | Subject)", mlm.load_sleepstudy()
    )
    curves = criterion_curves(design, [0.0, 0.5, 1.0, 2.0, 5.0])
    reml = [1893.6637, 1811.2013, 1787.3989, 1792.2010, 1817.2479]
    ml = [1900.2931, 1817.9176, 1794.7742, 1800.6946, 1827.4887]
    np.testing.assert_allclose(curves["REML"], reml, atol=5e-5)
    np.testing.assert_allclose(curves["ML"], ml, atol=5e-5)
    slope, curvature = criterion_slope(design)
    assert slope(0.0) == 0
    assert curvature(0.0) == pytest.approx(-1861.60, abs=0.01)
    assert curvature(1.1978815303) == pytest.approx(37.46, abs=0.005)
    # Far away only log det grows: 2 (J - 1) log theta, of 18 subjects.
    assert slope(1e12) == pytest.approx(34e-12, rel=1e-6)
    assert curvature(1e12) == pytest.approx(-34e-24, rel=1e-4)
    assert np.isnan(slope(1e160))
    with pytest.raises(mlm.DataError, match="along one theta"):
        criterion_curves(model[0].design, [1.0])
    with pytest.raises(mlm.DataError, match="for one theta"):
        criterion_slope(model[0].design)


@pytest.mark.parametrize(
    ("J", "n", "sigma_y", "reml", "ml", "rmse_reml", "rmse_ml"),
    [
        # From 20 000 data sets drawn row by row.
        (3, 5, 3, 16.03, 10.17, 17.6, 13.0),
        (10, 10, 3, 15.98, 14.29, 8.05, 7.44),
        (50, 10, 3, 16.02, 15.68, 3.41, 3.36),
    ],
)
def test_bias_of_ml(J, n, sigma_y, reml, ml, rmse_reml, rmse_ml):
    found = simulate_variance_estimates(J, n, sigma_y, 4.0, 200_000, seed=1)
    table = found.to_frame()
    assert found.truth == 16
    # Standard errors of both simulations together are about rmse/140.
    assert table.loc["REML", "mean"] == pytest.approx(reml, abs=rmse_reml / 35)
    assert table.loc["ML", "mean"] == pytest.approx(ml, abs=rmse_ml / 35)
    assert table.loc["REML", "RMSE"] == pytest.approx(rmse_reml, rel=0.03)
    assert table.loc["ML", "RMSE"] == pytest.approx(rmse_ml, rel=0.03)
    assert found.ml.mean() == pytest.approx(found.ml_expected, rel=0.02)


def test_estimates_are_those_of_a_fit():
    """Both estimates of one data set, from its sums of squares and by lmer."""
    rng = np.random.default_rng(4)
    y = rng.normal(0, 4, (6, 1)) + rng.normal(0, 3, (6, 5))
    between = 5 * np.sum((y.mean(axis=1) - y.mean()) ** 2)
    error = np.sum((y - y.mean(axis=1, keepdims=True)) ** 2) / 24
    data = mlm.load_dyestuff().assign(Yield=y.ravel())
    for reml, divisor in ((True, 5), (False, 6)):
        fit = mlm.lmer("Yield ~ 1 + (1 | Batch)", data, reml=reml)
        expected = (between / divisor - error) / 5
        assert fit.varcorr["Batch"].iloc[0, 0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: gls(np.ones((3, 1)), np.ones(3), np.eye(4)), "a row and a column"),
        (lambda: gls(np.ones((2, 1)), np.ones(2), -np.eye(2)), "not positive definite"),
        (
            lambda: simulate_variance_estimates(1, 5, 3, 4, 9, 1),
            "J is a whole number, 2",
        ),
        (
            lambda: simulate_variance_estimates(3, 5, 0, 4, 9, 1),
            "sigma_y is a positive",
        ),
    ],
)
def test_impossible_arguments_are_named(call, words):
    with pytest.raises(mlm.DataError, match=words):
        call()
