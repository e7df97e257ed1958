"""Generalised linear models against R's glm, and what their fits obey."""

import json

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

import mlm

REFERENCE = json.loads((ROOT / "tests/reference/glm.json").read_text("utf-8"))
MODELS = REFERENCE["models"]
EVERY = pytest.mark.parametrize("name", MODELS)


def table(name):
    """Data of one model."""
    return pd.DataFrame(REFERENCE["data"][MODELS[name]["data"]])


def fitted(name, data=None, **changes):
    """The fit of one model."""
    model = MODELS[name]
    keys = ("formula", "family", "link", "weights", "offset")
    given = {key: model[key] or None for key in keys} | changes
    return mlm.glm(data=table(name) if data is None else data, **given)


def close(found, expected, rtol=1e-7):
    """Compare vectors, to a share of their largest where they are near 0."""
    expected = np.asarray(expected, dtype=float)
    size = np.abs(expected).max(initial=0)
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-9 * size)


@EVERY
def test_estimates_are_Rs(name):
    fit, model = fitted(name), MODELS[name]
    assert list(fit.fixef.index) == model["names"]
    close(fit.fixef, model["fixef"])
    close(fit.se, model["se"])
    close(fit.summary().fixed.iloc[:, 3], model["p"], rtol=1e-5)
    for ours in ("deviance", "null_deviance", "aic", "bic", "loglik"):
        close(getattr(fit, ours), model[ours])
    assert (fit.df_null, fit.df_residual) == (model["df_null"], model["df_residual"])
    close(fit.dispersion, model["pearson_dispersion"])
    assert fit.criterion == pytest.approx(-2 * model["loglik"], rel=1e-7)
    assert fit.converged


@EVERY
def test_rows_are_Rs(name):
    fit, model = fitted(name), MODELS[name]
    for kind, expected in model["residuals"].items():
        close(fit.residuals(kind), expected)
    close(fit.fitted, model["fitted"])
    for scale in ("link", "response"):
        close(fit.predict(type=scale), model[f"{scale}_fit"])
        close(fit.predict(se=True, type=scale)["se"], model[f"{scale}_se"])
        some = table(name).sample(5, random_state=1)
        found = fit.predict(some, type=scale)
        close(found, fit.predict(type=scale)[some.index])
        both = (fit.predict(rows, se=True, type=scale)["se"] for rows in (some, None))
        close(next(both), next(both)[some.index])
    close(fit.leverage, model["hat"])
    close(fit.cooks_distance, model["cooks"], rtol=1e-6)


def test_counts_and_proportions_are_one_model():
    data = table("proportion logit")
    data["share"] = data["ncases"] / data["n"]
    counts = mlm.glm("cbind(ncases, ncontrols) ~ agegp + alcgp", data, "binomial")
    share = fitted("proportion logit", data)
    pd.testing.assert_frame_equal(counts.to_frame(), share.to_frame(), rtol=1e-12)
    assert counts.criterion == pytest.approx(share.criterion, rel=1e-14)
    assert {"ncases", "ncontrols", "(weights)"} < {*counts.design.frame}
    pd.testing.assert_series_equal(counts.predict(data), share.predict(data))
    again = counts.refit(share.design.y)
    pd.testing.assert_frame_equal(again.to_frame(), counts.to_frame(), rtol=1e-9)


CARS = table("bernoulli probit")
TWO = {
    "text": np.where(CARS["am"] == 1, "manual", "automatic"),
    "truth": CARS["am"] == 1,
    "nullable": (CARS["am"] == 1).astype("boolean"),
    "category": pd.Categorical.from_codes(CARS["am"].astype(int), ["z", "a"]),
    "unused": pd.Categorical.from_codes(CARS["am"].astype(int), ["z", "a", "b"]),
    "whole": CARS["am"].astype("Int8"),
}


@pytest.mark.parametrize("kind", TWO)
def test_two_categories_are_zero_and_one(kind):
    expected = mlm.glm("am ~ wt", CARS, "binomial")
    fit = mlm.glm("y ~ wt", CARS.assign(y=TWO[kind]), "binomial")
    pd.testing.assert_frame_equal(fit.to_frame(), expected.to_frame())
    assert fit.design.y.tolist() == CARS["am"].tolist()
    assert fit.design.weights is None
    names = kind in ("text", "category", "unused")
    assert ("Success: " in repr(fit)) == names
    again = fit.refit(CARS["am"])
    pd.testing.assert_frame_equal(again.to_frame(), expected.to_frame())


def test_a_comparison_is_a_response():
    fit = mlm.glm("(am == 1) ~ wt", CARS, "binomial")
    close(fit.fixef, mlm.glm("am ~ wt", CARS, "binomial").fixef)


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_the_other_outcome_turns_the_signs(link):
    fit = mlm.glm("am ~ wt", CARS, "binomial", link)
    other = mlm.glm("(am == 0) ~ wt", CARS, "binomial", link)
    np.testing.assert_allclose(other.fixef, -fit.fixef, rtol=1e-9)
    assert other.criterion == pytest.approx(fit.criterion, rel=1e-12)


class Logit:
    """The canonical link, as one of the caller's own."""

    def link(self, mu):
        return np.log(mu / (1 - mu))

    def inverse(self, eta):
        return 1 / (1 + np.exp(-eta))

    def derivative(self, eta):
        return self.inverse(eta) * self.inverse(-eta)


def test_links_of_ones_own():
    fit = fitted("bernoulli logit", link=Logit())
    expected = fitted("bernoulli logit")
    pd.testing.assert_frame_equal(fit.to_frame(), expected.to_frame(), rtol=1e-8)
    assert "Family: binomial (Logit)" in repr(fit)


def test_guessing_has_a_floor():
    rng = np.random.default_rng(5)
    x = rng.normal(size=4000)
    p = mlm.links.guess(0.5).inverse(0.5 + 2 * x)
    assert p.min() >= 0.5
    data = pd.DataFrame({"x": x, "right": rng.random(4000) < p})
    fit = mlm.glm("right ~ x", data, "binomial", link=mlm.links.guess(1 / 2))
    assert (np.abs(fit.fixef - [0.5, 2]) < 4 * fit.se).all()
    gradient = (
        fit.design.X.T
        @ fit.family.at(fit.linear_predictor.to_numpy(), fit.design.y, None).g
    )
    assert np.abs(gradient).max() < 1e-6


def test_the_gaussian_family_is_the_linear_model():
    data = table("gaussian identity")
    fit = fitted("gaussian identity")
    line = mlm.lm("mpg ~ wt + hp", data, weights="w")
    pd.testing.assert_frame_equal(fit.to_frame(), line.to_frame(), rtol=1e-9)
    assert fit.criterion == pytest.approx(line.criterion, rel=1e-12)
    close(fit.residuals("pearson"), line.residuals("pearson"))
    close(fit.cooks_distance, line.cooks_distance)
    p_values = line.summary("satterthwaite").fixed["Pr(>|t|)"]
    close(fit.summary().fixed["Pr(>|t|)"], p_values)


def test_print_outs_are_Rs():
    text = repr(fitted("counts logit").summary())
    lines = text.splitlines()
    page = fitted("counts logit").summary()._repr_html_()
    assert page.index("<table") < page.index("Residual deviance")
    assert lines[2] == "Family: binomial (logit)"
    for words in (
        "(Dispersion parameter for binomial family taken to be 1)",
        "Null deviance: 124.8756  on 11  degrees of freedom",
        "Residual deviance:   4.9937  on  8  degrees of freedom",
        "AIC: 43.1",
        "Number of Fisher Scoring iterations:",
        "Pr(>|z|)",
    ):
        assert words.replace(" ", "") in text.replace(" ", ""), words
    assert "estimated as" in repr(fitted("gaussian log").summary())


def test_models_are_compared_by_their_deviances():
    data = table("poisson log")
    small = mlm.glm("breaks ~ wool", data, "poisson")
    large = mlm.glm("breaks ~ wool * tension", data, "poisson")
    compared = mlm.anova(small, large)
    assert compared["Chisq"].iloc[1] == pytest.approx(small.deviance - large.deviance)
    assert compared["Df"].iloc[1] == 4
    other = mlm.glm("breaks ~ wool", data, "gaussian")
    for fit in (other, mlm.lm("breaks ~ wool", data)):
        with pytest.raises(mlm.DataError, match="different families"):
            mlm.anova(large, fit)


@pytest.mark.slow
def test_bootstrap_draws_from_the_family():
    fit = fitted("counts logit")
    boot = mlm.bootstrap(fit, n=200, seed=1, progress=False)
    close(boot.se / fit.se, np.ones(4), rtol=0.35)
    y = fit.simulate(3, seed=1)
    assert ((y * 20) % 1 < 1e-9).to_numpy().all()
    ends = fit.confint("boot", n=50, seed=1)
    assert list(ends.index) == list(fit.fixef.index)


def test_saturated_models_have_no_deviance():
    data = pd.DataFrame({"s": [1, 3, 4], "f": [5, 2, 2], "g": list("abc")})
    fit = mlm.glm("cbind(s, f) ~ g", data, "binomial")
    assert fit.deviance == pytest.approx(0, abs=1e-12)
    assert np.isnan(fit.dispersion)
    np.testing.assert_allclose(fit.fitted, fit.design.y)


def test_models_without_coefficients():
    data = table("bernoulli offset")
    fit = mlm.glm("am ~ 0", data, "binomial", offset="o")
    mu = 1 / (1 + np.exp(-data["o"]))
    np.testing.assert_allclose(fit.fitted, mu)
    assert fit.deviance == fit.null_deviance
    assert fit.n_parameters == 0
    assert "No coefficients" in repr(fit)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_units_and_origin_of_a_predictor(scale):
    fit = fitted("bernoulli logit")
    data = table("bernoulli logit")
    moved = data.assign(age=scale * (data["age"] + 1000))
    other = fitted("bernoulli logit", moved)
    assert other.criterion == pytest.approx(fit.criterion, rel=1e-10)
    assert other.fixef["age"] * scale == pytest.approx(fit.fixef["age"], rel=1e-6)


def test_a_design_with_a_family_is_not_fitted_as_a_linear_model():
    design = mlm.design_matrices("am ~ wt", CARS, family="binomial")
    close(mlm.GeneralizedLinearModel.from_design(design).fixef, fitted_am().fixef)
    makers = (mlm.LinearModel, mlm.LinearMixedModel)
    functions = [maker.from_design for maker in makers]
    functions += [mlm.profiled_deviance, lambda design: mlm.pls(design, [])]
    for function in functions:
        with pytest.raises(mlm.DataError, match=r"has family binomial \(logit\)"):
            function(design)
    plain = mlm.design_matrices("mpg ~ wt", CARS)
    with pytest.raises(mlm.DataError, match="has no family"):
        mlm.GeneralizedLinearModel.from_design(plain)


def fitted_am():
    return mlm.glm("am ~ wt", CARS, "binomial")


# Data of which some responses are told without error.
RNG = np.random.default_rng(6)
APART = pd.DataFrame(
    {
        "x": RNG.normal(size=40),
        "f": np.tile(list("abcd"), 10),
        "y": RNG.integers(0, 2, 40),
        "n": RNG.poisson(3, 40) + 1,
    },
    index=[f"row {i}" for i in range(40)],
)
APART["by x"] = (APART["x"] > 0).astype(int)
APART["by f"] = np.where(APART["f"] == "c", 1, APART["y"])
APART["none"] = np.where(APART["f"] == "b", 0, APART["n"])
APART["one row"] = (APART.index == "row 7").astype(float)
SEPARATED = {
    "complete": ("`by x` ~ x", "binomial", None, "'x'.*rows .'row 0'.*without error"),
    "probit": ("`by x` ~ x", "binomial", "probit", "'x'"),
    "cloglog": ("`by x` ~ x", "binomial", "cloglog", "'x'"),
    "guess": ("`by x` ~ x", "binomial", mlm.links.guess(0.5), "'x'"),
    "a category": ("`by f` ~ f + x", "binomial", None, "'fc'.*10 rows.*all 1"),
    "one row": ("y ~ x + `one row`", "binomial", None, "'one row'.*1 rows .'row 7'"),
    "counts": ("none ~ f + x", "poisson", None, "'fb'.*10 rows.*all 0"),
    "all zero": ("z ~ x", "binomial", None, "is 0 in every row"),
    "all one": ("o ~ x", "binomial", None, "is 1 in every row"),
    "no counts": ("z ~ x", "poisson", None, "is 0 in every row"),
}


@pytest.mark.parametrize("case", SEPARATED)
def test_separation_is_named(case):
    formula, family, link, words = SEPARATED[case]
    data = APART.assign(z=0, o=1)
    with pytest.warns(mlm.SeparationWarning, match=words):
        fit = mlm.glm(formula, data, family, link)
    assert not fit.converged
    assert "separation: " in repr(fit)
    assert "separation: " in repr(fit.summary())
    assert str(fit.convergence).startswith("separation")


@pytest.mark.filterwarnings("ignore::mlm.SeparationWarning")
@pytest.mark.parametrize("case", ["a category", "one row", "counts"])
def test_separated_rows_add_nothing_to_the_deviance(case):
    """It is that of the other rows, without rounding of coefficients without end."""
    formula, family, _, _ = SEPARATED[case]
    fit = mlm.glm(formula, APART, family)
    near = np.abs(fit.design.y - fit.fitted) < 1e-6
    rest = mlm.glm(formula.replace(" + `one row`", ""), APART[~near.to_numpy()], family)
    assert fit.deviance == pytest.approx(rest.deviance, abs=1e-6)
    assert fit.fixef.abs().max() < 1e4


@pytest.mark.filterwarnings("error")
def test_large_estimates_are_no_separation():
    x = np.linspace(-1, 1, 400)
    y = (x > 0).astype(float)
    y[199:201] = 1, 0  # two rows that overlap
    fit = mlm.glm("y ~ x", pd.DataFrame({"x": x, "y": y}), "binomial")
    assert fit.converged
    assert np.abs(fit.linear_predictor).max() > 100
    assert np.abs(fit.design.X.T @ (y - fit.fitted)).max() < 1e-6


def test_refits_count_separation_and_do_not_warn():
    fit = mlm.glm("y ~ x", APART, "binomial")
    refits = fit.refit(np.c_[APART["y"], APART["by x"]])
    assert refits.converged.tolist() == [True, False]


def test_the_edge_of_a_link_is_told():
    data = APART.assign(y=APART["by x"])
    with pytest.warns(mlm.ConvergenceWarning, match="edge of what the link allows"):
        fit = mlm.glm("y ~ x", data, "binomial", "log")
    assert not fit.converged


@pytest.mark.parametrize("apart", [False, True])
def test_separation_among_many_rows(apart):
    """One row of 20 000 that nothing holds; some of the rows do not show it."""
    rng = np.random.default_rng(7)
    n = 20_000
    data = pd.DataFrame({"x": 3 * rng.normal(size=n), "rare": np.zeros(n)})
    data["y"] = (rng.random(n) < 1 / (1 + np.exp(-3 * data["x"]))) * 1
    data.loc[[4321, 17], "rare"] = 1
    data.loc[[4321, 17], "y"] = 1, int(apart)
    if apart:
        with pytest.warns(mlm.SeparationWarning, match=r"'rare'.*2 rows \(17, 4321\)"):
            mlm.glm("y ~ x + rare", data, "binomial")
    else:
        assert mlm.glm("y ~ x + rare", data, "binomial").converged


def test_trials_are_numbers_of_equal_rows():
    data = CARS.assign(w=np.resize([1, 2, 3], len(CARS)))
    repeated = data.loc[data.index.repeat(data["w"])].reset_index(drop=True)
    for formula, family in (("am ~ wt", "binomial"), ("hp ~ wt", "poisson")):
        once = mlm.glm(formula, data, family, weights="w")
        often = mlm.glm(formula, repeated, family)
        pd.testing.assert_frame_equal(once.to_frame(), often.to_frame(), rtol=1e-9)
        assert once.criterion == pytest.approx(often.criterion, rel=1e-12)
