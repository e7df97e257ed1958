"""The textbook against the normal distribution itself; the engine against both."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from conftest import REFERENCE, name_of, reference_design, reference_fits
from scipy.stats import multivariate_normal

import mlm
from mlm.design.covariance import Lambda
from mlm.engine.structure import structure
from mlm.engine.theta import theta_names

DESIGNS = {
    name_of(p.values[0]): p.values[0]
    for p in reference_fits(large=False)
    if p.values[0]["reml"]
}


# Crossed, unbalanced, with slopes: no data set of lme4's has all of it.
CROSSED = [
    "y ~ x + (x | g) + (1 | h)",
    "y ~ x + (x + z | g) + (x | h)",
    "y ~ x + (1 | g) + (x + z | h)",
    "y ~ x + (x || g) + (1 | h) + (1 | g:h)",
    "y ~ 0 + (x | g) + (1 | h)",
]


# g lies in school, school in town; with slopes on every level, and crossed with h.
NESTED = [
    "y ~ x + (x | g) + (x + z | school)",
    "y ~ x + (x + z | g) + (x || school) + (z | town)",
    "y ~ x + (x || g) + (1 | school) + (x | h) + (1 | town)",
]


VARIANTS = [
    *((record, "") for record in DESIGNS.values()),
    *((formula, how) for formula in CROSSED for how in ("", "sparse", "weighted")),
    *((formula, how) for formula in NESTED for how in ("", "staged")),
]


def crossed_data():
    rng = np.random.default_rng(8)
    n = 160
    data = pd.DataFrame(rng.normal(size=(n, 3)), columns=["y", "x", "z"])
    data = data.assign(g=rng.integers(0, 12, n), h=rng.integers(0, 7, n))
    data["school"] = data["g"] * 5 % 12 // 2  # so that schools' groups are mixed
    data["town"] = data["school"] % 3
    return data.assign(w=rng.uniform(0.2, 5, n), o=rng.normal(size=n))


def named(variant):
    """A variant as a parameter: slow where a dense matrix has a row for each house."""
    record, how = variant
    if isinstance(record, str):
        return pytest.param(variant, id=f"{record} {how}")
    is_large = record["data"] == "radon"
    return pytest.param(
        variant, id=name_of(record), marks=[pytest.mark.slow] * is_large
    )


@pytest.fixture(params=map(named, VARIANTS))
def design(request, monkeypatch):
    record, how = request.param
    if how == "sparse":  # the way large designs go
        sparse = partial(structure, few=0, crowded=2)
        monkeypatch.setattr("mlm.engine.profiled.structure", sparse)
    if how == "staged":
        staged = partial(structure, worth=0)
        monkeypatch.setattr("mlm.engine.profiled.structure", staged)
    if isinstance(record, str):
        known = {"weights": "w", "offset": "o"} if how == "weighted" else {}
        return mlm.design_matrices(record, crossed_data(), **known)
    return reference_design(record)


def random_theta(design, seed):
    """Random theta with effects of about the size of the residuals."""
    m = len(theta_names(design.terms))
    return np.random.default_rng(seed).normal(size=m)


@pytest.mark.parametrize("seed", [1, 2])
def test_pls_is_the_normal_likelihood(design, seed):
    """-2 log N(y; Xβ̂, σ̂² (ZΛΛᵀZᵀ + I)), β̂ by GLS and b by BLUP: no PLS in it."""
    theta = random_theta(design, seed)
    solved = mlm.pls(design, theta, reml=False)
    ZL = (design.Z @ Lambda(design.terms, theta)).toarray()
    V = ZL @ ZL.T + np.linalg.inv(design.W.toarray())
    X, y = design.X, design.y - design.offset
    beta = np.linalg.solve(X.T @ np.linalg.solve(V, X), X.T @ np.linalg.solve(V, y))
    residual = y - X @ beta
    sigma2 = residual @ np.linalg.solve(V, residual) / design.n
    loglik = multivariate_normal(X @ beta, sigma2 * V).logpdf(y)
    np.testing.assert_allclose(solved.beta, beta, rtol=1e-7)
    assert solved.sigma**2 == pytest.approx(sigma2, rel=1e-9)
    assert solved.criterion == pytest.approx(-2 * loglik, abs=1e-7)
    blup = ZL.T @ np.linalg.solve(V, residual)
    scale = np.abs(solved.u).max()
    np.testing.assert_allclose(solved.u, blup, atol=1e-8 * scale)


def test_reml_is_the_likelihood_of_contrasts(design):
    """REML is the likelihood of Kᵀy with KᵀX = 0, up to log|XᵀX|."""
    theta = random_theta(design, 3)
    ZL = (design.Z @ Lambda(design.terms, theta)).toarray()
    Q, R = np.linalg.qr(design.X, mode="complete")
    K = Q[:, design.p :]
    V = ZL @ ZL.T + np.linalg.inv(design.W.toarray())
    W = K.T @ V @ K
    contrast = K.T @ (design.y - design.offset)
    sigma2 = contrast @ np.linalg.solve(W, contrast) / len(contrast)
    loglik = multivariate_normal(np.zeros(len(contrast)), sigma2 * W).logpdf(contrast)
    log_det_XX = 2 * np.log(np.abs(np.diag(R[: design.p]))).sum()
    solved = mlm.pls(design, theta, reml=True)
    assert solved.criterion == pytest.approx(-2 * loglik + log_det_XX, abs=1e-7)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("seed", [4, 5])
def test_engine_equals_textbook(design, reml, seed):
    theta = random_theta(design, seed)
    deviance = mlm.profiled_deviance(design, reml)
    textbook = mlm.pls(design, theta, reml).criterion
    # Both sum some hundred terms of size up to 1e3, of which rounding takes its share.
    room = max(1e-9, 3e-12 * abs(textbook))
    assert deviance(theta) == pytest.approx(textbook, abs=room)


@pytest.mark.slow
@pytest.mark.parametrize(
    "record", [r for r in REFERENCE["fits"] if r["data"] == "insteval" and r["reml"]]
)
def test_engine_equals_textbook_on_large_data(record):
    design = reference_design(record)
    theta = np.abs(random_theta(design, 4))
    textbook = mlm.pls(design, theta, reml=True).criterion
    assert mlm.profiled_deviance(design)(theta) == pytest.approx(textbook, rel=1e-9)


@pytest.mark.parametrize("reml", [True, False])
def test_gradient_is_the_central_difference(design, reml):
    theta = random_theta(design, 7)
    deviance = mlm.profiled_deviance(design, reml)
    step = 1e-5
    numeric = [
        (deviance(theta + step * unit) - deviance(theta - step * unit)) / (2 * step)
        for unit in np.eye(len(theta))
    ]
    np.testing.assert_allclose(deviance.gradient(theta), numeric, rtol=1e-5, atol=1e-5)


def test_shapes_promised_by_the_docstring(sleepstudy):
    design = mlm.design_matrices("Reaction ~ Days + (Days | Subject)", sleepstudy)
    n, p, q = design.n, design.p, design.q
    solved = mlm.pls(design, [1.0, 0.0, 0.2])
    shapes = {
        "Lambda": (q, q),
        "L": (q, q),
        "RZX": (q, p),
        "RX": (p, p),
        "beta": (p,),
    }
    shapes |= {"u": (q,), "b": (q,), "mu": (n,), "theta": (3,)}
    assert {name: getattr(solved, name).shape for name in shapes} == shapes


def test_two_subjects_by_hand():
    """The toy of the notes: means 30 and 35, all of it solved on paper."""
    data = pd.DataFrame(
        {
            "y": [20, 29, 32, 39, 33, 33, 35, 39],
            "day": [0, 1, 2, 3] * 2,
            "s": list("AAAABBBB"),
        }
    )
    design = mlm.design_matrices("y ~ day + (1 | s)", data)
    solved = mlm.pls(design, [1.0])
    np.testing.assert_allclose(solved.u, [-2, 2])
    np.testing.assert_allclose(solved.beta, [26.5, 4])
    np.testing.assert_allclose(solved.L, np.sqrt(5) * np.eye(2))
    np.testing.assert_allclose(solved.RX.T @ solved.RX, [[1.6, 2.4], [2.4, 13.6]])
    assert (solved.rho2, solved.penalty, solved.r2) == pytest.approx((52, 8, 60))
    by_hand = 2 * np.log(5) + np.log(16) + 6 * (1 + np.log(20 * np.pi))
    assert solved.criterion == pytest.approx(by_hand, abs=1e-10)
    fit = mlm.lmer("y ~ day + (1 | s)", data)
    assert fit.theta.iloc[0] == pytest.approx(1, abs=1e-7)
    assert fit.sigma**2 == pytest.approx(10, abs=1e-6)


def test_offset_of_y_costs_no_digits(sleepstudy):
    shifted = sleepstudy.assign(Reaction=lambda d: d["Reaction"] + 1e8)
    formula = "Reaction ~ Days + (Days | Subject)"
    near = mlm.profiled_deviance(mlm.design_matrices(formula, sleepstudy))
    far = mlm.profiled_deviance(mlm.design_matrices(formula, shifted))
    assert far([1.0, 0.1, 0.2]) == pytest.approx(near([1.0, 0.1, 0.2]), abs=1e-6)
