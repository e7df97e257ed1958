"""theta to Lambda, Sigma and V: pattern, values, signs."""

import numpy as np
import pytest
from conftest import reference_data

import mlm
from mlm.design.covariance import Lambda, Sigma, marginal_covariance
from mlm.engine.theta import theta_names
from mlm.ground.linalg import CHUNK, lower_factor, triangular_factor

THETA = np.array([0.966732951, 0.015169054, 0.230909595])


@pytest.fixture
def design(sleepstudy):
    return mlm.design_matrices("Reaction ~ Days + (Days | Subject)", sleepstudy)


def test_Lambda_repeats_one_block(design):
    factor = Lambda(design.terms, THETA)
    T = np.array([[THETA[0], 0], [THETA[1], THETA[2]]])
    np.testing.assert_array_equal(factor.toarray(), np.kron(np.eye(18), T))
    assert factor.nnz == 54, "three entries a subject, the upper corner not stored"


def test_names_are_lme4s(design):
    names = ["Subject.(Intercept)", "Subject.Days.(Intercept)", "Subject.Days"]
    assert theta_names(design.terms) == names


def test_crossed_terms_stand_one_after_another():
    data = reference_data("penicillin")
    design = mlm.design_matrices("diameter ~ (1 | plate) + (1 | sample)", data)
    factor = Lambda(design.terms, [2.0, 3.0])
    np.testing.assert_array_equal(factor.diagonal(), [2.0] * 24 + [3.0] * 6)


def test_Sigma_is_sigma_squared_Lambda_LambdaT(design):
    dense = Sigma(design.terms, THETA, 25.5918156).toarray()
    # The slides' matrix at the exact optimum, from the closed form for balanced data.
    block = [[612.0899, 9.60433], [9.60433, 35.07166]]
    np.testing.assert_allclose(dense[:2, :2], block, rtol=1e-5)
    assert np.count_nonzero(dense) == 72
    assert np.linalg.matrix_rank(dense) == 36


def test_marginal_covariance_by_hand(design):
    V = marginal_covariance(design, THETA, 25.5918156).toarray()
    # V[day 0, day 9] = Σ11 + 9 Σ12, V[day 9, day 9] = Σ11 + 18 Σ12 + 81 Σ22 + σ²
    assert V[0, 9] == pytest.approx(612.0899 + 9 * 9.60433, rel=1e-5)
    assert V[9, 9] == pytest.approx(
        612.0899 + 18 * 9.60433 + 81 * 35.07166 + 654.94103, rel=1e-5
    )
    assert (V[:10, 10:] == 0).all(), "different subjects do not covary"


@pytest.mark.parametrize(
    "block", [[[-1.0, 0.0], [2.0, -3.0]], [[1.0, 2.0], [0.5, -1.0]], [[-2.0]]]
)
def test_lower_factor_keeps_the_covariance(block):
    block = np.array(block)
    T = lower_factor(block)
    np.testing.assert_allclose(T @ T.T, block @ block.T)
    np.testing.assert_array_equal(T, np.tril(T))
    assert (np.diag(T) >= 0).all()


@pytest.mark.parametrize("n", [2, 3, 40, CHUNK, CHUNK + 1, 3 * CHUNK - 1])
def test_triangular_factor_keeps_the_cross_products(n):
    values = np.random.default_rng(n).normal(size=(n, 3))
    R = triangular_factor(values)
    np.testing.assert_allclose(R.T @ R, values.T @ values, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(R, np.triu(R))
    assert (np.diag(R) >= 0).all()


@pytest.mark.parametrize(
    "theta", [[1.0], [1.0, 2, 3, 4], [np.nan, 0, 1], [[1.0, 0, 1]]]
)
def test_wrong_theta_is_refused(design, theta):
    with pytest.raises(mlm.DataError, match=r"theta is 3 finite numbers"):
        Lambda(design.terms, theta)
