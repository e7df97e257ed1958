"""The textbook's PIRLS against scipy's distributions, and the engine against both."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import binom, poisson

import mlm
from mlm.design.covariance import Lambda
from mlm.engine.basis import basis
from mlm.engine.laplace import LaplaceCriterion
from mlm.engine.structure import structure
from mlm.engine.working import WorkingModel
from mlm.families.choose import family_of

BERNOULLI, COUNT = ("binomial", "logit"), ("poisson", "log")
# Formula, family and link, and what else the design is given.
MODELS = [
    ("hit ~ x + (1 | g)", *BERNOULLI, {}),
    ("hit ~ x + (x | g)", *BERNOULLI, {"offset": "o"}),
    ("hit ~ x + (x + z || g)", "binomial", "probit", {}),
    ("hit ~ x + (1 | g) + (1 | h)", "binomial", "cloglog", {}),
    ("hit ~ x + (x | g) + (1 | h)", *BERNOULLI, {}),
    ("hit ~ x + (1 | school/g)", "binomial", "probit", {}),
    ("hit ~ 0 + (x | g)", *BERNOULLI, {}),
    ("cbind(k, m - k) ~ x + (1 | row)", *BERNOULLI, {}),
    ("cbind(k, m - k) ~ x + (x | g)", "binomial", "cloglog", {}),
    ("share ~ x + (x | g) + (z | h)", "binomial", "probit", {"weights": "m"}),
    ("share ~ x + (1 | g)", "binomial", "log", {"weights": "m"}),
    ("count ~ x + (1 | g)", *COUNT, {}),
    ("count ~ x + (x | g) + (1 | row)", *COUNT, {"offset": "o"}),
    ("count ~ x + (x || g) + (1 | school)", *COUNT, {"weights": "w"}),
]
# Not concave, so that observed weights can be negative.
GUESSED = ("hit ~ x + (x | g)", "binomial", mlm.links.guess(0.3), {})


def name_of(model):
    """Name of one model in the list of tests."""
    return " ".join(str(part) for part in model[:3])


EVERY = pytest.mark.parametrize("model", MODELS, ids=name_of)


def data():
    """Responses of every kind, with predictors, trials and groups of all sorts."""
    rng = np.random.default_rng(8)
    n = 160
    found = pd.DataFrame(rng.normal(size=(n, 3)), columns=["x", "z", "o"])
    found = found.assign(g=rng.integers(0, 12, n), h=rng.integers(0, 7, n))
    found["school"], found["row"] = found["g"] // 3, np.arange(n)
    eta = -0.5 + 0.4 * found["x"] + rng.normal(size=12)[found["g"]]
    found["m"] = rng.integers(1, 9, n)
    found["hit"] = rng.binomial(1, 1 / (1 + np.exp(-eta)))
    found["k"] = rng.binomial(found["m"], 1 / (1 + np.exp(-eta)))
    found["count"] = rng.poisson(np.exp(eta))
    return found.assign(share=found["k"] / found["m"], w=rng.integers(1, 4, n))


def design_of(model):
    """Design of one model."""
    formula, family, link, given = model
    return mlm.design_matrices(formula, data(), **given, family=family_of(family, link))


def parameters(design, seed):
    """Random theta and beta; of a log link of probabilities, with means below 1."""
    rng = np.random.default_rng(seed)
    theta, beta = rng.normal(size=design.m), rng.normal(scale=0.3, size=design.p)
    if str(design.family) == "binomial (log)":
        return theta / 10, np.array([-2.0, 0.0]) + beta / 10
    return theta, beta


def log_density(design, eta):
    """Log density of the response given its linear predictor, by scipy."""
    mu, weights = design.family.mean(eta), design.weights
    m = np.ones(design.n) if weights is None else weights
    if design.family.has_trials:
        return binom.logpmf(np.round(m * design.y), m, mu).sum()
    return m @ poisson.logpmf(design.y, mu)


def engine_at(design, theta, beta):
    """What the engine says at one theta and beta: value and modes."""
    own = basis(design)
    given = design.family, design.y, design.weights, design.offset
    criterion = LaplaceCriterion(WorkingModel(structure(design.terms), own, *given))
    at = own.whiten(theta), own.RX @ beta
    value = criterion.around(*at).value
    # Its modes need not be exact for the value to be: asked again, it goes on.
    return value, criterion.mode(*at)


@EVERY
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_engine_equals_textbook(model, seed):
    design = design_of(model)
    theta, beta = parameters(design, seed)
    found = mlm.pirls(design, theta, beta)
    value, mode = engine_at(design, theta, beta)
    assert value == pytest.approx(found.criterion, rel=1e-9)
    size = np.abs(found.u).max()
    for term, u in zip(design.terms, mode.u, strict=True):
        modes = found.u[term.b_slice].reshape(term.J, term.k).T
        np.testing.assert_allclose(u, modes, rtol=0, atol=1e-9 * size)
    size = np.abs(found.eta).max()
    np.testing.assert_allclose(mode.eta, found.eta, rtol=0, atol=1e-9 * size)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("model", [*MODELS, GUESSED], ids=name_of)
def test_pirls_is_laplaces_approximation(model, seed):
    """By scipy's densities and the paper's own U, with no weights of ours in it."""
    design = design_of(model)
    theta, beta = parameters(design, seed)
    found = mlm.pirls(design, theta, beta)
    ZL = (design.Z @ Lambda(design.terms, theta)).toarray()
    fixed = design.X @ beta + design.offset

    def minus_2_log_h(u):
        return -2 * log_density(design, fixed + ZL @ u) + u @ u

    family, m = design.family, 1.0 if design.weights is None else design.weights
    D, root = family.link.derivative(found.eta), np.sqrt(m / family.variance(found.mu))
    U = (root * D)[:, None] * ZL
    np.testing.assert_allclose(found.eta, fixed + ZL @ found.u, atol=1e-12)
    np.testing.assert_allclose(found.b, found.Lambda @ found.u)
    np.testing.assert_allclose(found.mu, family.mean(found.eta))
    np.testing.assert_allclose(found.W, (root * D) ** 2, rtol=1e-9)
    M = U.T @ U + np.eye(design.q)
    np.testing.assert_allclose(found.L @ found.L.T, M, rtol=1e-9, atol=1e-12 * M.max())
    size = np.abs(found.u).max()
    np.testing.assert_allclose(
        U.T @ (root * (design.y - found.mu)), found.u, atol=1e-7 * size
    )
    slope = approx_fprime(found.u, minus_2_log_h)
    np.testing.assert_allclose(slope, 0, atol=1e-4 * max(1, size))
    assert found.path[-1] == pytest.approx(minus_2_log_h(found.u), rel=1e-11)
    assert found.path[0] == pytest.approx(minus_2_log_h(0 * found.u), rel=1e-11)
    assert found.log_f == pytest.approx(log_density(design, found.eta), rel=1e-11)
    assert found.penalty == pytest.approx(found.u @ found.u)
    log_det = np.linalg.slogdet(M).logabsdet
    laplace = minus_2_log_h(found.u) + log_det
    assert found.criterion == pytest.approx(laplace, rel=1e-11)


@EVERY
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_steps_become_small_quadratically(model, seed):
    design = design_of(model)
    steps = mlm.pirls(design, *parameters(design, seed)).steps
    near = [pair for pair in pairwise(steps) if pair[0] < 0.1]
    assert near
    for step, following in near:
        assert following < 2 * step**2 + 1e-12


def test_far_from_the_mode_steps_are_halved():
    """Where no count is expected Newton's step is far too long: e^η overflows."""
    design = design_of(MODELS[11])
    found = mlm.pirls(design, [1.0], [-20.0, 0.0])
    assert min(found.shares) < 1
    assert found.shares[-1] == 1
    rises = np.diff(found.path) / np.abs(found.path[1:])
    assert (rises < 1e-12).all()
    assert len(found.path) == len(found.steps) + 1 == len(found.shares) + 1
    value, _ = engine_at(design, [1.0], np.array([-20.0, 0.0]))
    assert value == pytest.approx(found.criterion, rel=1e-9)


def test_weighted_squares_can_rise_on_the_way():
    """What (40) compares is larger at the mode than at u = 0: ten events at once."""
    table = pd.DataFrame({"g": np.repeat(["a", "b"], 100), "count": 0})
    table.loc[[0, 100], "count"] = 10
    design = mlm.design_matrices("count ~ 1 + (1 | g)", table, family="poisson")
    found = mlm.pirls(design, [1.0], [0.0])

    def weighted_squares(mu, u):
        return np.sum((design.y - mu) ** 2 / mu) + u @ u

    start = weighted_squares(np.ones(200), np.zeros(2))
    assert weighted_squares(found.mu, found.u) > 2 * start
    assert (np.diff(found.path) <= 1e-9).all()


def test_no_random_effects_leave_the_likelihood_of_the_fixed():
    design = design_of(MODELS[0])
    found = mlm.pirls(design, [0.0], [0.2, 0.3])
    assert found.steps == (0.0,)
    by_scipy = -2 * log_density(design, design.X @ [0.2, 0.3])
    assert found.criterion == pytest.approx(by_scipy, rel=1e-11)


def test_shapes_promised_by_the_docstring():
    design = design_of(MODELS[1])
    n, p, q, m = design.n, design.p, design.q, design.m
    found = mlm.pirls(design, *parameters(design, 1))
    shapes = {"theta": (m,), "beta": (p,), "Lambda": (q, q), "L": (q, q)}
    shapes |= {"u": (q,), "b": (q,), "eta": (n,), "mu": (n,), "W": (n,)}
    assert {name: getattr(found, name).shape for name in shapes} == shapes


@pytest.mark.parametrize("name", ["theta", "beta", "u", "b", "eta", "mu", "W", "L"])
def test_arrays_are_locked(name):
    design = design_of(MODELS[0])
    theta, beta = np.ones(1), np.ones(2)
    with pytest.raises(ValueError, match="read-only"):
        getattr(mlm.pirls(design, theta, beta), name)[...] = 0
    theta[:], beta[:] = 0, 0  # the caller's own are not


@pytest.mark.parametrize(
    ("theta", "beta", "words"),
    [
        ([1.0, 2.0], [0.0, 0.0], r"theta is 1 finite numbers: g.\(Intercept\)"),
        ([np.nan], [0.0, 0.0], "theta is 1 finite"),
        ([1.0], [0.0], r"beta is 2 finite numbers: \(Intercept\), x, not \[0.0\]"),
        ([1.0], [0.0, np.inf], "beta is 2 finite"),
        ([1.0], None, "beta is 2 finite"),
        ([1e200], [0.0, 0.0], "theta and beta are too large"),
        ([1.0], [1e308, 1e308], "no conditional modes"),
    ],
)
def test_wrong_parameters_are_named(theta, beta, words):
    with pytest.raises(mlm.DataError, match=words):
        mlm.pirls(design_of(MODELS[0]), theta, beta)


def test_mode_at_the_edge_of_what_means_can_be_is_none():
    """All successes pull η of a log link to 0, where failures elsewhere cost all."""
    with pytest.raises(mlm.DataError, match="no conditional modes"):
        mlm.pirls(design_of(MODELS[10]), [2.0], [-2.6, 0.1])


@pytest.mark.parametrize(
    ("formula", "family", "words"),
    [
        ("count ~ x + (1 | g)", None, "has no family.*mlm.pls"),
        ("count ~ x + (1 | g)", "gaussian", r"gaussian \(identity\).*mlm.pls"),
        ("count ~ x", "poisson", "no random term.*mlm.glm"),
    ],
)
def test_other_models_are_refused(formula, family, words):
    design = mlm.design_matrices(formula, data(), family=family)
    with pytest.raises(mlm.DataError, match=words):
        mlm.pirls(design, [1.0] * design.m, [0.0, 0.0])


def test_large_designs_are_refused(monkeypatch):
    monkeypatch.setattr("mlm.textbook.linear.LARGEST", 11)
    with pytest.raises(mlm.DataError, match=r"pirls .* 12 × 12.*mlm\.glmer"):
        mlm.pirls(design_of(MODELS[0]), [1.0], [0.0, 0.0])
