"""Many responses fitted together: what each would give alone."""

import pickle
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, often

import mlm
from mlm.engine.many import ManyCriteria
from mlm.engine.patterns import Patterns
from mlm.engine.points import Minima, Point
from mlm.engine.solved import solve_many
from mlm.results.refits import Refits

SLEEP = "Reaction ~ Days + (Days | Subject)"
# Formula, data, share of the rows that are kept (None: all).
MODELS = {
    "slopes": (SLEEP, "sleepstudy", None),
    "independent slopes": ("Reaction ~ Days + (Days || Subject)", "sleepstudy", None),
    "unbalanced": (SLEEP, "sleepstudy", 0.7),
    "two terms of one factor": (
        "Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)",
        "sleepstudy",
        0.8,
    ),
    "quadratic": (
        "Reaction ~ poly(Days, 2) + (poly(Days, 2) | Subject)",
        "sleepstudy",
        None,
    ),
    "on the boundary": ("Yield ~ 1 + (1 | Batch)", "dyestuff2", None),
    "unequal groups": (
        "log_radon ~ floor + log_uranium + (floor | county)",
        "radon",
        None,
    ),
}


def fitted(name, reml=True, **arguments):
    formula, data, share = MODELS[name]
    data = getattr(mlm, f"load_{data}")()
    if share:
        data = data.sample(frac=share, random_state=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mlm.SingularFitWarning)
        return mlm.lmer(formula, data, reml, **arguments)


def one_by_one(fit, Y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mlm.SingularFitWarning)
        return [fit.refit(y) for y in Y.T]


def assert_same(refits, alone):
    """As estimates agree that two searches for one optimum find."""
    criterion = [fit.criterion for fit in alone]
    np.testing.assert_allclose(refits.criterion, criterion, rtol=0, atol=1e-6)
    for i, fit in enumerate(alone):
        size = fit.to_frame()["estimate"]
        np.testing.assert_allclose(refits.to_frame().loc[i], size, rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(refits.se.loc[i], fit.se, rtol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("reml", [True, False], ids=["REML", "ML"])
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.one_in(2)
def test_many_are_fitted_as_one_by_one(name, reml):
    fit = fitted(name, reml)
    assert fit.refits_together
    Y = fit.simulate(20, seed=5).to_numpy()
    refits, alone = fit.refit(Y), one_by_one(fit, Y)
    assert_same(refits, alone)
    assert refits.singular.tolist() == [fit.is_singular for fit in alone]
    assert refits.converged.all()
    # Nearly all are settled together: otherwise the test would compare one with itself.
    assert solve_many(Patterns(fit.criterion_function), Y).settled.mean() > 0.9


@pytest.mark.slow
def test_where_several_minima_are_likely_each_is_fitted_alone():
    """X lacks the average of the random effects: see `mlm.engine.optimum`."""
    fit = mlm.lmer("Reaction ~ 0 + (Days | Subject)", mlm.load_sleepstudy())
    assert not fit.refits_together
    Y = fit.simulate(3, seed=5).to_numpy()
    assert_same(fit.refit(Y), one_by_one(fit, Y))


def test_criterion_is_that_of_one_at_any_theta():
    rng = np.random.default_rng(1)
    fit = fitted("unequal groups")
    Y = fit.simulate(6, seed=1).to_numpy()
    patterns = Patterns(fit.criterion_function)
    criteria = ManyCriteria(patterns, patterns.reduce(Y).sums)
    theta = rng.normal(size=(6, 3))
    blocks = [
        np.array(T)
        for T in zip(*map(fit.criterion_function.basis.whiten, theta), strict=True)
    ]
    found = criteria.value(Point(blocks, np.empty((6, 0))))
    design = fit.design
    known = [
        mlm.pls(design.with_response(y), t).criterion
        for y, t in zip(Y.T, theta, strict=True)
    ]
    np.testing.assert_allclose(found, known, rtol=0, atol=1e-6)


def test_gradient_is_that_of_differences():
    fit = fitted("unbalanced")
    patterns = Patterns(fit.criterion_function)
    responses = patterns.reduce(fit.simulate(3, seed=1).to_numpy())
    criteria = ManyCriteria(patterns, responses.sums)
    T = np.array([[1.2, 0.1], [0.2, 0.7]])
    blocks = [np.repeat(T[None], 3, axis=0)]
    nothing = np.empty((3, 0))
    gradient = criteria.expand(Point(blocks, nothing)).slopes
    step = 1e-5
    for place in range(4):
        shift = step * np.eye(4)[place].reshape(2, 2)
        above = criteria.value(Point([blocks[0] + shift], nothing))
        below = criteria.value(Point([blocks[0] - shift], nothing))
        slope = (above - below) / (2 * step)
        np.testing.assert_allclose(gradient[:, place], slope, rtol=1e-5, atol=1e-5)


def test_groups_with_the_same_days_are_one_pattern():
    assert len(Patterns(fitted("slopes").criterion_function).count) == 1
    data = mlm.load_sleepstudy().iloc[1:]  # one subject without its first day
    pattern = Patterns(mlm.lmer(SLEEP, data).criterion_function)
    assert sorted(pattern.count) == [1, 17]


@pytest.mark.slow
def test_weights_and_offset_are_kept():
    data = mlm.load_sleepstudy()
    offset = 20 * np.sin(np.arange(180.0))  # which X cannot take up
    data = data.assign(w=np.linspace(0.5, 2, 180), o=offset)
    fit = mlm.lmer(SLEEP, data, weights="w", offset="o")
    Y = fit.simulate(10, seed=2).to_numpy()
    known = [
        mlm.lmer(SLEEP, data.assign(Reaction=y - offset), weights="w") for y in Y.T
    ]
    assert_same(fit.refit(Y), known)


def test_a_fit_of_many_is_whole():
    fit = fitted("slopes")
    Y = fit.simulate(5, seed=1)
    one, alone = fit.refit(Y)[3], fit.refit(Y[3])
    assert repr(one) == repr(alone)
    assert repr(one.summary("satterthwaite")) == repr(alone.summary("satterthwaite"))
    np.testing.assert_allclose(one.ranef["Subject"], alone.ranef["Subject"], atol=1e-6)
    np.testing.assert_allclose(one.resid, alone.resid, atol=1e-6)
    np.testing.assert_allclose(
        one.convergence.eigenvalues, alone.convergence.eigenvalues, rtol=1e-3
    )
    assert repr(pickle.loads(pickle.dumps(one))) == repr(alone)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["slopes", "unequal groups"])
def test_degrees_of_freedom_are_those_of_one(name):
    fit = fitted(name)
    Y = fit.simulate(10, seed=5).to_numpy()
    alone = [one.degrees_of_freedom for one in one_by_one(fit, Y)]
    np.testing.assert_allclose(fit.refit(Y).degrees_of_freedom, alone, rtol=1e-3)


@pytest.mark.slow
def test_many_groups_of_many_kinds_are_fitted_one_by_one(monkeypatch):
    fit = fitted("unequal groups")
    monkeypatch.setattr("mlm.engine.patterns.MOST_PATTERNS", 50)
    Y = fit.simulate(3, seed=1).to_numpy()
    assert fitted("slopes").refits_together
    assert not fit.refits_together
    assert_same(fit.refit(Y), one_by_one(fit, Y))


@pytest.mark.slow
@pytest.mark.parametrize(("weight", "is_together"), [(10.0, True), (1e9, False)])
def test_weights_far_apart_are_fitted_one_by_one(weight, is_together):
    """There may be several minima then, and looking for them takes a search each."""
    weights = np.where(np.arange(180) == 100, weight, 1)
    fit = fitted("slopes", weights=weights)
    assert fit.refits_together == is_together


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "formula", "reml", "is_together"),
    [("437", "y ~ 1 + (x | g)", False, False), ("737", "y ~ x + (x | g)", False, True)],
)
def test_refits_look_for_other_minima_as_fits_do(name, formula, reml, is_together):
    """Hard fits: effects without their average in X, and large effects."""
    data = pd.read_csv(ROOT / "tests" / "reference" / "hard_fits" / f"{name}.csv")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mlm.MlmWarning)
        fit = mlm.lmer(formula, data, reml=reml)
        assert fit.refits_together == is_together
        refits = fit.refit(data[["y", "y"]])
        np.testing.assert_allclose(refits.criterion, fit.criterion, atol=1e-5)


def test_refits_are_a_sequence():
    fit = fitted("slopes")
    refits = fit.refit(fit.simulate(4, seed=1))
    assert len(refits) == len(list(refits)) == 4
    assert refits[-1].criterion == refits[3].criterion
    with pytest.raises(IndexError):
        refits[4]


@pytest.mark.parametrize(
    ("formula", "data"),
    [
        ("diameter ~ 1 + (1 | plate) + (1 | sample)", mlm.load_penicillin),
        ("strength ~ 1 + (1 | batch/cask)", mlm.load_pastes),
    ],
    ids=["crossed", "nested"],
)
def test_several_factors_are_fitted_one_by_one(formula, data):
    fit = mlm.lmer(formula, data())
    assert not fit.refits_together
    Y = fit.simulate(3, seed=1).to_numpy()
    assert_same(fit.refit(Y), one_by_one(fit, Y))


def test_searches_that_did_not_converge_are_told():
    fit = fitted("slopes")
    stopped = replace(fit.convergence, converged=False)
    refits = Refits(fit.design, {0: fit, 1: replace(fit, convergence=stopped)})
    assert refits.converged.tolist() == [True, False]


def test_linear_models_are_refitted_too():
    fit = mlm.lm("Reaction ~ Days", mlm.load_sleepstudy())
    Y = fit.simulate(3, seed=1).to_numpy()
    slopes = [np.polyfit(fit.design.X[:, 1], y, 1)[0] for y in Y.T]
    refits = fit.refit(Y)
    np.testing.assert_allclose(refits.fixef["Days"], slopes)
    assert refits.degrees_of_freedom["Days"].tolist() == [178] * 3
    assert refits.converged.all()
    assert not refits.singular.any()


def test_a_response_that_x_explains_is_refused():
    fit = fitted("slopes")
    Y = fit.simulate(3, seed=1).to_numpy()
    Y = np.column_stack([Y[:, 0], fit.design.X @ [1.0, 2.0]])
    with pytest.raises(mlm.DataError, match="explain the response exactly"):
        fit.refit(Y)


@pytest.mark.parametrize("shape", [(179, 3), (3, 180), (180, 2, 2)])
def test_responses_of_another_shape_are_refused(shape):
    with pytest.raises(mlm.DataError, match=r"180 finite numbers|in one or two dim"):
        fitted("slopes").refit(np.ones(shape))


@pytest.mark.parametrize(
    ("name", "right"), [("independent slopes", False), ("on the boundary", True)]
)
def test_a_zero_is_an_end_where_the_criterion_rises_from_it(monkeypatch, name, right):
    """The gradient is 0 at 0, whether or not a variance is: a search may end there."""

    def at_zero(problem, start):
        zero = Point([np.zeros_like(T) for T in start.blocks], start.vector)
        nothing = np.zeros(len(start.vector))
        return Minima(zero, problem.value(zero), nothing, nothing)

    monkeypatch.setattr("mlm.engine.solved.settle", at_zero)
    fit = fitted(name)
    Y = np.column_stack([fit.design.y, 2 * fit.design.y])
    assert solve_many(Patterns(fit.criterion_function), Y).settled.tolist() == [
        right,
        right,
    ]


def test_a_search_that_is_cut_short_has_settled_nothing(monkeypatch):
    """Estimates by moments, from which it starts, are no minima on unbalanced data."""
    fit = fitted("unbalanced")
    Y = fit.simulate(5, seed=3).to_numpy()
    patterns = Patterns(fit.criterion_function)
    assert solve_many(patterns, Y).settled.all()
    monkeypatch.setattr("mlm.engine.search.MOST_STEPS", 1)
    assert not solve_many(patterns, Y).settled.any()


@pytest.mark.filterwarnings("ignore::mlm.SingularFitWarning")
@pytest.mark.filterwarnings("ignore::mlm.ConvergenceWarning")
@pytest.mark.slow
@pytest.mark.parametrize("noise", often([1e-6], [1e-7, 1e-5]))
def test_a_response_that_groups_nearly_explain_is_fitted_as_alone(noise):
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"g": np.arange(60) % 6, "c": rng.choice(list("pqr"), 60)})
    data["y"] = rng.normal(size=60)
    fit = mlm.lmer("y ~ c + (c | g)", data, reml=False)
    explained = rng.normal(size=6)[data["g"]] + noise * rng.normal(size=60)
    Y = np.column_stack([data["y"], explained])
    found = fit.refit(Y).criterion
    for r in range(2):
        assert found[r] == pytest.approx(fit.refit(Y[:, r]).criterion, abs=1e-4)
