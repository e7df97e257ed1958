"""What every fit obeys: a table of kinds of models, and properties that all have.

A new kind of result inherits all of these tests by its row in `MODELS`.
"""

import copy
import pickle
from dataclasses import FrozenInstanceError
from functools import cache

import numpy as np
import pandas as pd
import pytest
from conftest import in_turn

import mlm
from mlm.design.covariance import Lambda
from mlm.design.parameters import parameter_names
from mlm.results.family_model import RESIDUALS
from mlm.results.influence import KINDS

pytestmark = pytest.mark.filterwarnings("ignore::mlm.SingularFitWarning")


def example():
    """120 rows in groups g and h that differ, and in groups s that do not."""
    rng = np.random.default_rng(3)
    noise = rng.normal(size=120)
    data = pd.DataFrame(
        {
            "g": np.repeat([*"pqrstuvw"], 15),
            "h": np.tile([*"abcde"], 24),
            "s": "",
            "x": rng.normal(size=120),
            "kind": np.tile(["one", "two", "two"], 40),
            "w": np.tile([1.0, 2.0, 3.0, 1.0], 30),
            "o": 0.5 * rng.normal(size=120),  # not in the span of the fixed effects
        },
        index=[f"row {i}" for i in range(120)][::-1],
    )
    # Groups of equal mean: from the smallest noise to the largest, and back again.
    data.iloc[np.argsort(noise), 2] = np.tile([*"klmnnmlk"], 15)
    level, slope = rng.normal(size=(2, 8)) * [[2.0], [0.8]]
    group, column = pd.factorize(data["g"])[0], pd.factorize(data["h"])[0]
    y = 3 + data["x"] + level[group] + slope[group] * data["x"] + noise
    return data.assign(y=y + rng.normal(size=5)[column])


DATA = example()
SLOPES = "y ~ x + kind + (x | g)"
# How each is fitted, and to which formula.
MODELS = {
    "lm": (mlm.lm, "y ~ x + kind", {}),
    "lm, weights": (mlm.lm, "y ~ x + kind", {"weights": "w"}),
    "lm, offset": (mlm.lm, "y ~ x + kind", {"offset": "o"}),
    "REML": (mlm.lmer, "y ~ x + kind + (1 | g)", {}),
    "ML": (mlm.lmer, "y ~ x + kind + (1 | g)", {"reml": False}),
    "slopes": (mlm.lmer, SLOPES, {}),
    "slopes, ML": (mlm.lmer, SLOPES, {"reml": False}),
    "weights": (mlm.lmer, SLOPES, {"weights": "w"}),
    "offset": (mlm.lmer, SLOPES, {"offset": "o"}),
    "both, ML": (mlm.lmer, SLOPES, {"weights": "w", "offset": "o", "reml": False}),
    "independent slopes": (mlm.lmer, "y ~ x + kind + (x || g)", {}),
    "crossed": (mlm.lmer, "y ~ x + kind + (1 | g) + (1 | h)", {}),
    "nested": (mlm.lmer, "y ~ x + kind + (1 | g/h)", {"weights": "w"}),
    "singular": (mlm.lmer, "y ~ x + kind + (1 | g) + (1 | s)", {}),
    "binomial": (mlm.glm, "y ~ x + kind", {"family": "binomial"}),
    "binomial, weights": (
        mlm.glm,
        "y ~ x + kind",
        {"family": "binomial", "weights": "w"},
    ),
    "probit, offset": (
        mlm.glm,
        "y ~ x + kind",
        {"family": "binomial", "link": "probit", "offset": "o"},
    ),
    "Poisson": (mlm.glm, "y ~ x + kind", {"family": "poisson", "offset": "o"}),
    "Gaussian": (mlm.glm, "y ~ x + kind", {"family": "gaussian", "weights": "w"}),
    "glmer": (mlm.glmer, "y ~ x + kind + (1 | g)", {"family": "binomial"}),
    "glmer, crossed": (
        mlm.glmer,
        "y ~ x + kind + (1 | g) + (1 | h)",
        {"family": "poisson", "offset": "o"},
    ),
    "glmer, slopes": (mlm.glmer, SLOPES, {"family": "binomial", "weights": "w"}),
    "glmer, nodes": (
        mlm.glmer,
        "y ~ x + kind + (1 | g)",
        {"family": "binomial", "link": "cloglog", "nodes": 5},
    ),
}
# Rows with a family, and what each makes of a response of any numbers.
FAMILIES = {
    "binomial": lambda y, w: (y > 3) * 1.0,
    "binomial, weights": lambda y, w: np.clip(np.round(y / 3), 0, w) / w,
    "probit, offset": lambda y, w: (y > 4) * 1.0,
    "Poisson": lambda y, w: np.round(np.abs(y)),
    "Gaussian": lambda y, w: y,
    "glmer": lambda y, w: (y > 3) * 1.0,
    "glmer, crossed": lambda y, w: np.round(np.abs(y)),
    "glmer, slopes": lambda y, w: np.clip(np.round(y / 3), 0, w) / w,
    "glmer, nodes": lambda y, w: (y > 3) * 1.0,
}
# Moving x to another origin makes another model of independent slopes.
NO_ORIGIN = {"independent slopes"}
EVERY = pytest.mark.parametrize("name", MODELS)
LINEAR = [name for name in MODELS if name not in FAMILIES]
OF_LINEAR = pytest.mark.parametrize("name", LINEAR)


@cache
def data_of(name):
    """Data of one row of the table: with a response that its family can have."""
    if name not in FAMILIES:
        return DATA
    return DATA.assign(y=FAMILIES[name](DATA["y"], DATA["w"]))


def fitted(name, data=None, **changes):
    """The fit of one row of the table, to data that may be changed."""
    function, formula, given = MODELS[name]
    data = data_of(name) if data is None else data
    return function(formula, data, **{**given, **changes})


known = cache(fitted)  # the fit of one row, made once


def same(one, other, but=()):
    """Whether two fits have the same estimates; names of those that differ in `but`."""
    found, expected = (fit.to_frame().drop(index=list(but)) for fit in (one, other))
    assert list(found.index) == list(expected.index)
    size = expected["se"].mean()
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * size)


def effects(fit):
    """Random effects of every group: none in a model without."""
    return getattr(fit, "ranef", {})


@EVERY
def test_names_are_those_of_the_parameters(name):
    fit = known(name)
    fixed = ["(Intercept)", "x", "kindtwo"]
    for labels in (fit.fixef.index, fit.se.index, fit.vcov.index, fit.vcov.columns):
        assert list(labels) == fixed
    table = fit.to_frame()
    others = parameter_names(fit.design.terms, fit.design.has_scale)
    assert list(table.index) == [*others, *fixed]
    assert list(table) == ["estimate", "se", fit.statistic]
    assert fit.n_parameters == len(table)
    assert list(fit.degrees_of_freedom.index) == fixed
    assert list(fit.confint("wald").index[-3:]) == fixed
    assert list(fit.summary().fixed.index) == fixed


@EVERY
def test_parts_agree_with_each_other(name):
    fit = known(name)
    table = fit.to_frame()
    np.testing.assert_array_equal(table["estimate"][-3:], fit.fixef)
    np.testing.assert_array_equal(table[fit.statistic][-3:], fit.fixef / fit.se)
    np.testing.assert_allclose(fit.se**2, np.diag(fit.vcov))
    assert fit.loglik == -fit.criterion / 2
    assert fit.aic == fit.criterion + 2 * fit.n_parameters
    assert fit.bic == pytest.approx(fit.criterion + fit.n_parameters * np.log(120))
    np.testing.assert_allclose(fit.fitted + fit.resid, data_of(name)["y"])
    wald = fit.confint("wald").iloc[-3:].to_numpy()
    np.testing.assert_allclose(wald.mean(axis=1), fit.fixef)
    np.testing.assert_allclose(np.diff(wald)[:, 0] / 2, 1.959964 * fit.se, rtol=1e-6)


@EVERY
def test_rows_keep_their_labels(name):
    fit = known(name)
    rows = [fit.fitted, fit.resid, fit.predict(), fit.leverage, fit.cooks_distance]
    kinds = RESIDUALS if name in FAMILIES else KINDS
    rows += [fit.residuals(kind) for kind in kinds]
    rows += [fit.simulate(2, seed=1), fit.predict(random=False)]
    for values in rows:
        assert values.index.equals(DATA.index)
        assert np.isfinite(values.to_numpy()).all()


@EVERY
def test_print_outs_say_what_was_fitted(name):
    fit = known(name)
    for words in (repr(fit), repr(fit.summary()), fit.summary()._repr_html_()):
        assert fit.title in words
        assert "(Intercept)" in words
        assert "kindtwo" in words
    assert repr(fit).splitlines()[1] == f"Formula: {fit.formula}"
    assert f"{fit.statistic} value" in repr(fit.summary())
    assert ("boundary (singular) fit" in repr(fit)) == fit.is_singular
    page = getattr(fit, "_repr_html_", fit.summary()._repr_html_)()
    assert page.count("<table") == page.count("<caption>") > 0


def pickled(fit):
    """What comes out of another process."""
    return pickle.loads(pickle.dumps(fit))


@pytest.mark.parametrize(
    ("name", "copied"),
    in_turn([(name,) for name in MODELS], [pickled, copy.copy, copy.deepcopy]),
)
def test_copies_are_the_fit(name, copied):
    fit = known(name)
    again = copied(fit)
    assert repr(again.summary()) == repr(fit.summary())
    pd.testing.assert_frame_equal(again.to_frame(), fit.to_frame())
    data = data_of(name)
    pd.testing.assert_series_equal(again.predict(data), fit.predict(data))
    same(again.refit(data["y"]), fit)


@EVERY
def test_fits_cannot_be_changed(name):
    fit = known(name)
    for attribute in (part for part in dir(fit) if not part.startswith("_")):
        with pytest.raises((FrozenInstanceError, AttributeError)):
            setattr(fit, attribute, None)
    for array in (fit.solution.beta, fit.solution.vcov, fit.design.y):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    table, fixef = fit.to_frame(), fit.fixef
    fixef[:] = 0
    pd.testing.assert_frame_equal(fit.to_frame(), table)


@EVERY
def test_predictions_of_the_fitted_rows_are_the_fitted_values(name):
    fit, some = known(name), data_of(name).sample(30, random_state=1)
    np.testing.assert_allclose(fit.predict(), fit.fitted, rtol=1e-9)
    np.testing.assert_allclose(fit.predict(some), fit.fitted[some.index], rtol=1e-9)
    average = fit.predict(some, random=False)
    if name in FAMILIES:
        eta = fit.predict(some, random=False, type="link")
        np.testing.assert_allclose(average, fit.family.mean(eta.to_numpy()))
        return
    explained = some["y"] - fit.residuals("marginal")[some.index]
    np.testing.assert_allclose(average, explained, rtol=1e-9)


@EVERY
def test_predictions_say_how_sure_they_are(name):
    fit, some = known(name), data_of(name).sample(30, random_state=1)
    for kind in ("mean", "new"):
        found = fit.predict(some, interval=kind)
        np.testing.assert_allclose(found["prediction"], fit.predict(some))
        assert found.index.equals(some.index)
        assert (found["se"] > 0).all()
        assert (found["lower"] <= found["upper"]).all()
        if kind == "mean" or name not in FAMILIES:  # a new answer is 0 or 1
            assert found["prediction"].between(found["lower"], found["upper"]).all()
        assert found["uncertainty"].str.endswith("observation").all() == (kind == "new")


@pytest.mark.slow
@EVERY
@pytest.mark.filterwarnings("ignore::mlm.MlmWarning")
@pytest.mark.one_in(3)
def test_influence_is_what_fits_of_the_other_rows_have(name):
    fit, data = known(name), data_of(name)
    third = pd.Series(np.arange(len(data)) % 3, index=data.index)
    found = fit.influence(third).without
    alone = fitted(name, data[third != 1]).to_frame()["estimate"]
    np.testing.assert_allclose(found.loc[1], alone[found.columns], rtol=1e-4, atol=1e-5)


@EVERY
def test_refit_of_its_own_response_is_the_fit(name):
    fit, y = known(name), data_of(name)["y"]
    again = fit.refit(y.sample(frac=1, random_state=2))  # rows by labels
    same(again, fit)
    assert again.criterion == pytest.approx(fit.criterion, abs=1e-6)
    assert repr(again).splitlines()[:2] == repr(fit).splitlines()[:2]


@pytest.mark.slow
@EVERY
@pytest.mark.one_in(3)
def test_simulated_responses_are_fitted_as_data(name):
    """Many together, one alone, and as a column of the data: the same fit."""
    fit = known(name)
    Y = fit.simulate(4, seed=5)
    refits = fit.refit(Y)
    assert len(refits) == 4
    for i in (0, 3):
        alone = fitted(name, data_of(name).assign(y=Y[i]))
        same(refits[i], alone)
        np.testing.assert_allclose(refits[i].fitted + refits[i].resid, Y[i])
        assert refits.criterion[i] == pytest.approx(alone.criterion, abs=1e-6)
        table = alone.to_frame()["estimate"]
        np.testing.assert_allclose(refits.to_frame().loc[i], table, 1e-3, 1e-4)
        assert (refits.singular[i], refits.converged[i]) == (
            alone.is_singular,
            alone.converged,
        )


@pytest.mark.slow
@OF_LINEAR
def test_simulated_responses_have_the_mean_and_variance_of_the_model(name):
    fit = known(name)
    design, n = fit.design, 4000
    Y = fit.simulate(n, seed=1)
    factor = design.Z @ Lambda(design.terms, fit.solution.theta)
    variance = fit.sigma**2 * ((factor @ factor.T).diagonal() + 1 / design.W.diagonal())
    error = np.sqrt(variance / n)
    assert (np.abs(Y.mean(axis=1) - fit.predict(random=False)) < 5 * error).all()
    np.testing.assert_allclose(Y.var(axis=1), variance, rtol=5 * np.sqrt(2 / n))


@EVERY
def test_the_fit_by_maximum_likelihood(name):
    fit = known(name)
    again = fit.refit_ml()
    assert not again.reml
    if fit.reml:
        same(again, fitted(name, reml=False))
    else:
        assert again is fit


@OF_LINEAR
def test_weights_twice_as_large_change_sigma_alone(name):
    fit, w = known(name), known(name).design.W.diagonal()
    other = fitted(name, weights=2 * w)
    same(other, fit, but=["sigma"])
    assert other.sigma**2 == pytest.approx(2 * fit.sigma**2, rel=1e-5)
    assert other.criterion == pytest.approx(fit.criterion, abs=1e-6)
    np.testing.assert_allclose(other.fitted, fit.fitted, rtol=1e-4, atol=1e-4)


@OF_LINEAR
def test_a_weight_is_a_number_of_equal_rows(name):
    """Of what is minimised at one theta, and so of the fixed effects of any model."""
    repeated = DATA.loc[DATA.index.repeat(DATA["w"].astype(int))]
    repeated = repeated.reset_index(drop=True)
    weighted = fitted(name, weights=DATA["w"])
    offset = repeated["o"] if "offset" in MODELS[name][2] else None
    other = fitted(name, repeated, weights=np.ones(len(repeated)), offset=offset)
    one, many = (
        mlm.pls(fit.design, weighted.solution.theta) for fit in (weighted, other)
    )
    np.testing.assert_allclose(one.beta, many.beta)
    np.testing.assert_allclose(one.u, many.u, atol=1e-9)
    assert one.r2 == pytest.approx(many.r2)
    np.testing.assert_allclose(weighted.fixef, one.beta)


@OF_LINEAR
def test_an_offset_is_a_part_of_the_response(name):
    fit, o = known(name), DATA["o"]
    other = fitted(name, DATA.assign(y=DATA["y"] + o), offset=fit.design.offset + o)
    same(other, fit)
    assert other.criterion == pytest.approx(fit.criterion, abs=1e-6)
    np.testing.assert_allclose(other.fitted, fit.fitted + o, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(other.resid, fit.resid, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "units"),
    in_turn([(name,) for name in LINEAR], [(1e-4, 0.0), (1000.0, 5.0), (1.0, -1e4)]),
)
def test_scale_and_origin_of_the_response(name, units):
    fit, (scale, shift) = known(name), units
    moved = DATA.assign(y=scale * DATA["y"] + shift, o=scale * DATA["o"])
    other = fitted(name, moved)
    expected = fit.to_frame()
    sizes = ~expected.index.str.startswith("cor_")
    expected.loc[sizes, ["estimate", "se"]] *= scale
    expected.loc["(Intercept)", "estimate"] += shift
    found, size = other.to_frame(), expected["se"].mean()
    for part in ("estimate", "se"):
        np.testing.assert_allclose(found[part], expected[part], 1e-3, 1e-4 * size)
    d = fit.nobs - fit.design.p * fit.reml
    change = 2 * d * np.log(scale)
    assert other.criterion == pytest.approx(fit.criterion + change, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "units"),
    in_turn([(name,) for name in MODELS], [(1e-3, 0.0), (50.0, 3.0)]),
)
def test_scale_and_origin_of_a_predictor(name, units):
    fit, (scale, shift) = known(name), units
    shift = 0.0 if name in NO_ORIGIN else shift
    other = fitted(name, data_of(name).assign(x=scale * (DATA["x"] + shift)))
    change = 2 * np.log(scale) * fit.reml  # log |XᵀX|
    assert other.criterion == pytest.approx(fit.criterion + change, abs=1e-6)
    assert other.fixef["x"] * scale == pytest.approx(fit.fixef["x"], rel=1e-4)
    assert other.sigma == pytest.approx(fit.sigma, rel=1e-4)
    np.testing.assert_allclose(other.fitted, fit.fitted, rtol=1e-3, atol=1e-3)


@EVERY
def test_order_of_rows_does_not_matter(name):
    fit, shuffled = known(name), data_of(name).sample(frac=1, random_state=4)
    other = fitted(name, shuffled)
    same(other, fit)
    assert other.criterion == pytest.approx(fit.criterion, abs=1e-6)
    assert other.resid.index.equals(shuffled.index)
    np.testing.assert_allclose(other.fitted[DATA.index], fit.fitted, atol=1e-3)


@EVERY
def test_labels_of_groups_do_not_matter(name):
    """Each group keeps its modes under a new label, also in another order."""
    turned = {label: f"{chr(219 - ord(label))}!" for label in "abcdeklmnpqrstuvw"}
    fit = known(name)
    groups = {c: DATA[c].map(turned) for c in "ghs"}
    other = fitted(name, data_of(name).assign(**groups))
    assert other.criterion == pytest.approx(fit.criterion, abs=1e-6)
    assert list(other.to_frame().index) == list(fit.to_frame().index)
    np.testing.assert_allclose(other.fitted, fit.fitted, atol=1e-3)
    for group, modes in effects(fit).items():
        labels = [
            ":".join(turned[part] for part in label.split(":")) for label in modes.index
        ]
        found = effects(other)[group].loc[labels]
        np.testing.assert_allclose(found, modes, rtol=1e-3, atol=1e-3)


def test_the_table_has_a_singular_fit():
    assert [name for name in MODELS if known(name).is_singular] == [
        "singular",
        "glmer, slopes",
    ]
    assert all(known(name).converged for name in MODELS)
