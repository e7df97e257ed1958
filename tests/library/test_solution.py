"""Estimates by blocks are those of the textbook, at any theta and any design."""

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import solve_triangular
from test_pls import design, random_theta

import mlm
from mlm.design.covariance import Lambda

__all__ = ["design"]  # a fixture: every reference design, and crossed ones


def factorised(design, theta):
    criterion = mlm.profiled_deviance(design)
    return criterion.factorise(criterion.basis.whiten(theta))


@pytest.mark.parametrize("reml", [True, False])
def test_solution_is_the_textbooks(design, reml):
    theta = np.abs(random_theta(design, 9))
    ours = mlm.profiled_deviance(design, reml).solve(theta)
    textbook = mlm.pls(design, theta, reml)
    assert ours.criterion == pytest.approx(textbook.criterion, abs=1e-8)
    assert ours.sigma == pytest.approx(textbook.sigma, rel=1e-9)
    np.testing.assert_allclose(ours.beta, textbook.beta, rtol=1e-7)
    b = np.concatenate([part.ravel() for part in ours.b])
    np.testing.assert_allclose(b, textbook.b, atol=1e-8 * np.abs(b).max())
    inverse = np.linalg.inv(textbook.RX)
    vcov = inverse @ inverse.T
    room = 1e-9 * vcov.max(initial=0)
    np.testing.assert_allclose(ours.vcov, vcov, rtol=1e-6, atol=room)


def test_conditional_variances_are_the_textbooks(design):
    """Eq. 58 in full, of which the solution has the blocks."""
    theta = np.abs(random_theta(design, 10))
    condvar = factorised(design, theta).conditional_variances()
    textbook = mlm.pls(design, theta)
    root = solve_triangular(textbook.L, textbook.Lambda.T.toarray(), lower=True)
    full = root.T @ root
    assert set(condvar) == {term.group for term in design.terms}
    for group, variance in condvar.items():
        terms = [term for term in design.terms if term.group == group]
        spans = [np.arange(t.b_slice.start, t.b_slice.stop) for t in terms]
        parts = zip(spans, terms, strict=True)
        b = np.hstack([span.reshape(t.J, t.k) for span, t in parts])
        expected = full[b[:, :, None], b[:, None, :]]
        np.testing.assert_allclose(variance, expected, rtol=1e-7, atol=1e-12)


def test_leverage_is_the_diagonal_of_the_hat_matrix(design):
    """Eq. 63 to 65 in full."""
    theta = np.abs(random_theta(design, 11))
    ZL = design.Z @ Lambda(design.terms, theta)
    M = np.sqrt(design.W.diagonal())[:, None] * np.hstack([ZL.toarray(), design.X])
    penalty = np.diag(np.repeat([1.0, 0.0], [design.q, design.p]))
    hat = M @ np.linalg.solve(M.T @ M + penalty, M.T)
    ours = factorised(design, theta).leverage()
    np.testing.assert_allclose(ours, np.diag(hat), rtol=1e-7)


def test_many_groups_need_no_dense_matrix():
    """30 000 groups, both terms of ||: a dense L would have 3.6e9 entries."""
    rng = np.random.default_rng(4)
    J = 30_000
    g = np.repeat(np.arange(J), 4)
    x = rng.normal(size=4 * J)
    y = 1 + x + rng.normal(size=J)[g] + 0.5 * rng.normal(size=J)[g] * x
    data = pd.DataFrame({"y": y + rng.normal(size=4 * J), "x": x, "g": g})
    fit = mlm.lmer("y ~ x + (x || g)", data)
    # The truth, within some standard errors (about 0.01).
    np.testing.assert_allclose(fit.varcorr.std_dev("g"), 1, atol=0.05)
    np.testing.assert_allclose(fit.varcorr.std_dev("g.1"), 0.5, atol=0.05)
    assert fit.ranef["g"].shape == (J, 2)
    assert fit.condvar["g"].shape == (J, 2, 2)
    with pytest.raises(mlm.DataError, match="60000 × 60000"):
        fit.pls  # noqa: B018


def test_many_nested_groups_need_no_dense_matrix():
    """20 000 classes in 5000 schools, which share nothing but X."""
    rng = np.random.default_rng(5)
    classes = np.repeat(rng.permutation(20_000), 4)
    school = classes % 5000
    y = rng.normal(size=5000)[school] + 0.5 * rng.normal(size=20_000)[classes]
    y += rng.normal(size=len(y))
    data = pd.DataFrame({"y": y, "school": school, "class": classes})
    fit = mlm.lmer("y ~ 1 + (1 | school/class)", data)
    np.testing.assert_allclose(fit.varcorr.std_dev("school"), 1, atol=0.05)
    np.testing.assert_allclose(fit.varcorr.std_dev("class:school"), 0.5, atol=0.05)
    assert fit.leverage.between(0, 1).all()


def test_what_x_leaves_is_orthogonal_to_x(sleepstudy):
    """Of a response whose mean has ten digits more than its residuals."""
    formula = "Reaction ~ Days + (Days | Subject)"
    rows = mlm.profiled_deviance(mlm.design_matrices(formula, sleepstudy)).sums.rows()
    far = 1e12 + sleepstudy[["Reaction"]].to_numpy().round()
    left, explained, _ = rows.without_X(far)
    largest = np.abs(rows.Q @ left).max()
    assert largest < 1e-12 * np.linalg.norm(left)
    np.testing.assert_allclose(left + rows.Q.T @ explained, far, rtol=1e-15)
