"""`mlm.power` and what plans a study: closed forms where there are some, R beside."""

import numpy as np
import pandas as pd
import pytest
from conftest import WEEKLY, often
from scipy.stats import binom, norm

import mlm
from mlm.design.parameters import theta_of_parameters
from mlm.replicates.draw import generator, simulate
from mlm.studies.plan import slope_power

# Simulated where a closed form is known; the weekly run comes closer to it.
STUDIES = 4000 if WEEKLY else 1000
SLOPES = "y ~ day + (day | person)"
EFFECTS = {
    "(Intercept)": 250.0,
    "day": 5.0,
    "sd_(Intercept)|person": 25.0,
    "sd_day|person": 6.0,
    "sigma": 25.0,
}


def drawn(design, effects, n):
    """Responses of the first n data sets that `power` draws with seed 1."""
    theta = theta_of_parameters(design.terms, effects)
    beta = [effects[name] for name in design.fixed_names]
    generators = [generator(1, i) for i in range(n)]
    return simulate(design, theta, beta, effects["sigma"], generators)


def planned(formula=SLOPES, persons=12, days=10):
    study = mlm.crossing(person=persons, day=range(days))
    return mlm.planned_design(formula, study)


def power(design=None, effects=EFFECTS, n=400, seed=1, **arguments):
    design = planned() if design is None else design
    return mlm.power(design, effects, n, seed, progress=False, **arguments)


def test_slope_power_is_rs():
    # power.t.test(n, delta = 5, sd = sqrt(36 + 625 / 82.5), type = "one.sample",
    #              strict = TRUE)$power in R 4.2.2
    known = {6: 0.32589, 12: 0.66667, 24: 0.94428}
    found = slope_power([*known], range(10), slope=5, sd_slope=6, sigma=25)
    np.testing.assert_allclose(found, [*known.values()], atol=1e-5)
    assert slope_power(12, range(10), 0, 6, 25) == pytest.approx(0.05)
    assert slope_power(12, range(10), 0, 6, 25, alpha=0.01) == pytest.approx(0.01)


def test_a_slope_that_nobody_misses():
    """Power is 1 at any number of standard errors, and whatever the slope's sign."""
    slopes = np.geomspace(1, 1000, 200)  # 8 to 8000 standard errors
    powers = slope_power(60, [0, 9], slopes, 1, 0)
    np.testing.assert_allclose(powers, 1)
    np.testing.assert_array_equal(slope_power(60, [0, 9], -slopes, 1, 0), powers)


@pytest.mark.slow
@pytest.mark.parametrize("subjects", often([6], [12, 24]))
def test_power_is_the_closed_form(subjects):
    found = power(planned(persons=subjects), n=STUDIES).to_frame().loc["day"]
    known = slope_power(subjects, range(10), slope=5, sd_slope=6, sigma=25)
    # Four standard errors of the simulation; a singular fit's test is another one.
    assert found["power"] == pytest.approx(
        known, abs=4 * np.sqrt(0.25 / STUDIES) + 0.005
    )
    assert found["lower"] < found["power"] < found["upper"]
    assert found["estimate"] == pytest.approx(5, abs=0.4)


@pytest.mark.slow
def test_an_analysis_without_slopes_rejects_too_often():
    """Balanced data: F of the pooled slope is known but for the estimates' noise."""
    effects = EFFECTS | {"day": 0.0}
    honest = power(effects=effects, n=2000).to_frame()
    found = power(effects=effects, n=2000, analysis="y ~ day + (1 | person)")
    assert honest.loc["day", "lower"] < 0.05 < honest.loc["day", "upper"]
    assert found.to_frame().loc["day", "lower"] > 0.25
    assert found.formula == "y ~ day + (1 | person)"
    assert found.truth["day"] == 0


@pytest.mark.slow
def test_normal_tests_reject_more_often_than_t_tests():
    effects, design = EFFECTS | {"day": 0.0}, planned(persons=5)
    t = power(design, effects, n=1000).to_frame().loc["day"]
    z = power(design, effects, n=1000, ddf=None).to_frame().loc["day"]
    assert t["lower"] < 0.06
    assert z["lower"] > 0.07


def test_a_linear_analysis():
    found = power(analysis="y ~ day", n=100)
    assert found.to_frame()["estimate"]["day"] == pytest.approx(5, abs=1)


def test_an_analysis_with_more_effects_than_the_truth():
    found = power(analysis="y ~ day + I(day**2) + (day | person)", n=50).to_frame()
    assert found["truth"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize("analysis", [None, "y ~ x", "y ~ x + (1 | g)"])
@pytest.mark.parametrize("given", ["weights", "offset", "both", "neither"])
def test_the_analysis_has_the_weights_and_the_offset_of_the_study(analysis, given):
    """Least squares by hand where there is one group for all; else lmer itself."""
    rng = np.random.default_rng(3)
    study = pd.DataFrame({"x": rng.normal(size=40), "g": np.arange(40) % 8})
    known = {
        "weights": {"weights": rng.uniform(0.1, 10, 40)},
        "offset": {"offset": 100 * rng.normal(size=40)},
    }
    known["both"] = known["weights"] | known["offset"]
    known = known.get(given, {})
    design = mlm.planned_design("y ~ x + (1 | g)", study, **known)
    effects = {"(Intercept)": 1.0, "x": 2.0, "sigma": 1.0, "sd_(Intercept)|g": 1.0}
    found = power(design, effects, n=4, analysis=analysis).replicates
    Y = drawn(design, effects, 4)
    w = np.sqrt(known.get("weights", np.ones(40)))
    for i, y in enumerate(Y.T):
        if analysis == "y ~ x":
            X = np.column_stack([np.ones(40), study["x"]]) * w[:, None]
            left = (y - known.get("offset", 0.0)) * w
            expected = np.linalg.lstsq(X, left, rcond=None)[0]
        else:
            data = study.assign(y=y)
            expected = mlm.lmer("y ~ x + (1 | g)", data, **known).fixef
        np.testing.assert_allclose(found.loc[i, ["(Intercept)", "x"]], expected, 1e-6)


def test_a_fits_own_weights_and_offset_go_to_another_analysis():
    rng = np.random.default_rng(4)
    data = pd.DataFrame({"x": rng.normal(size=60), "g": np.arange(60) % 10})
    data = data.assign(w=rng.uniform(0.1, 10, 60), o=rng.normal(size=60) * 10)
    data["y"] = (
        data["x"] + data["o"] + rng.normal(size=60) + rng.normal(size=10)[data["g"]]
    )
    fit = mlm.lmer("y ~ x + (1 | g)", data, weights="w", offset="o")
    effects = fit.to_frame()["estimate"]
    same = power(fit.design, effects, n=5, analysis=fit.formula)
    known = power(fit.design, effects, n=5)
    np.testing.assert_allclose(same.to_frame(), known.to_frame(), rtol=1e-9)


def test_truth_of_a_fit_and_its_own_design(sleepstudy):
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", sleepstudy)
    found = power(fit.design, fit.to_frame()["estimate"], n=50)
    pd.testing.assert_series_equal(found.truth, fit.fixef)
    known = mlm.bootstrap(fit, n=50, seed=1, progress=False).values["Days"]
    np.testing.assert_allclose(found.replicates["Days"], known, rtol=1e-9)


def test_parameters_are_those_that_were_given():
    """A fit to two thousand simulated persons finds the stated sizes again."""
    effects = EFFECTS | {"cor_day.(Intercept)|person": -0.5}
    design = planned(persons=2000)
    y = drawn(design, effects, 1)[:, 0]
    fit = mlm.lmer(SLOPES, design.frame.assign(y=y))
    found = fit.to_frame()["estimate"]
    for name, value in effects.items():
        assert found[name] == pytest.approx(value, rel=0.1), name


def test_correlations_that_are_left_out_are_0():
    zero = {"cor_day.(Intercept)|person": 0.0}
    found, stated = power(n=3), power(effects=EFFECTS | zero, n=3)
    pd.testing.assert_frame_equal(found.replicates, stated.replicates)


def test_factors_cross_in_order():
    table = mlm.crossing(a=2, b=["x", "y"])
    assert table.values.tolist() == [[1, "x"], [1, "y"], [2, "x"], [2, "y"]]


def test_a_planned_design_needs_no_response():
    study = mlm.crossing(person=4, day=range(3))
    design = mlm.planned_design(SLOPES, study)
    assert np.isnan(design.y).all()
    assert list(study) == ["person", "day"]
    known = mlm.design_matrices(SLOPES, study.assign(y=range(12)))
    np.testing.assert_array_equal(design.X, known.X)
    np.testing.assert_array_equal(design.Z.toarray(), known.Z.toarray())


@pytest.mark.parametrize(
    ("effects", "words"),
    [
        ({"day": 1.0}, "lack 'sd_\\(Intercept\\)|person', 'sd_day|person', 'sigma'"),
        (EFFECTS | {"dya": 1}, "no parameter 'dya'; there are: .*'day'"),
        (EFFECTS | {"sigma": 0}, "'sigma'\\] is a positive number, not 0"),
        (EFFECTS | {"sd_day|person": -1}, "'sd_day|person' is 0 or more, not -1"),
        (EFFECTS | {"cor_day.(Intercept)|person": 1.5}, "between -1 and 1, not 1.5"),
        (EFFECTS | {"day": "5"}, "is a number, not '5'"),
        (EFFECTS | {"day": np.nan}, "is a number, not nan"),
    ],
)
def test_bad_effects_are_named(effects, words):
    with pytest.raises(mlm.DataError, match=words):
        power(effects=effects)


def test_correlations_that_contradict_each_other_are_refused():
    formula = "y ~ day + z + (day + z | person)"
    study = mlm.crossing(person=9, day=range(3), z=range(3))
    sizes = {name: 1.0 for name in ("(Intercept)", "day", "z", "sigma")}
    sizes |= {f"sd_{name}|person": 1.0 for name in ("(Intercept)", "day", "z")}
    pairs = [("day.(Intercept)", 0.9), ("z.(Intercept)", 0.9), ("z.day", -0.9)]
    sizes |= {f"cor_{names}|person": value for names, value in pairs}
    with pytest.raises(mlm.DataError, match="'person' have these correlations"):
        power(mlm.planned_design(formula, study), sizes)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"design": "y ~ day"}, "mlm.planned_design"),
        ({"alpha": 5}, "alpha is between 0 and 1, not 5"),
        ({"ddf": "kenward"}, "'satterthwaite', not 'kenward'"),
        ({"n": 0}, "n is a number of data sets, 1 or more, not 0"),
        ({"seed": None}, "the seed is a whole number"),
        ({"analysis": "z ~ day"}, "'z', but what is simulated is 'y'"),
        ({"analysis": "y ~ age"}, "no column 'age'"),
    ],
)
def test_bad_arguments_are_named(arguments, words):
    with pytest.raises(mlm.MlmError, match=words):
        power(**arguments)


@pytest.mark.parametrize(
    ("formula", "data", "words"),
    [
        ("log(y) ~ day", None, "is a function"),
        ("y ~ day + (1 | prson)", None, "Did you mean 'person'"),
        ("y ~ day", [1, 2], "must be a data frame of .*, not list"),
    ],
)
def test_bad_plans_are_named(formula, data, words):
    data = mlm.crossing(person=4, day=range(3)) if data is None else data
    with pytest.raises(mlm.MlmError, match=words):
        mlm.planned_design(formula, data)


@pytest.mark.parametrize("factors", [{}, {"person": 0}, {"day": []}])
def test_a_factor_without_levels_is_refused(factors):
    with pytest.raises(mlm.DataError, match="no levels"):
        mlm.crossing(**factors)


@pytest.mark.parametrize(("subjects", "days"), [(1, [0, 1]), (5, [3, 3])])
def test_a_slope_that_cannot_be_tested_is_refused(subjects, days):
    with pytest.raises(mlm.DataError, match="2 subjects or more"):
        slope_power(subjects, days, 1, 1, 1)


def test_slopes_without_noise():
    """Days far apart leave nothing of sigma in a slope; without variance is no test."""
    assert slope_power(5, [0, 9], 1, 1, 0) == pytest.approx(
        slope_power(5, [0, 1e9], 1, 1, 1)
    )
    with pytest.raises(mlm.DataError, match="sd_slope and sigma are both 0"):
        slope_power(5, [0, 9], 1, 0, 0)


def test_the_print_out_says_what_was_done():
    text = repr(power(n=20))
    assert text.startswith("Power of y ~ day + (day | person): 20 simulated data sets")
    assert "did not converge: 0; singular: " in text
    assert "<caption>Power of" in power(n=20)._repr_html_()


def test_a_fit_that_failed_does_not_reject():
    table = {"x": [1.0, 3.0, np.nan, 2.0], "p of x": [0.01, 0.05, np.nan, 0.2]}
    table = pd.DataFrame(table | {"(converged)": True, "(singular)": False})
    found = mlm.Power("y ~ x", table, 4, pd.Series({"x": 2.0}), 0.05)
    row = found.to_frame().loc["x"]
    assert row[["truth", "estimate", "power"]].tolist() == [2.0, 2.0, 0.25]


@pytest.mark.slow
def test_normal_tests_of_nothing_reject_at_their_level():
    """Of 400 rows, where t is as good as normal."""
    design = mlm.planned_design("y ~ x", mlm.crossing(x=20, row=20))
    effects = {"(Intercept)": 1, "x": 0, "sigma": 2}
    found = mlm.power(design, effects, STUDIES, seed=1, ddf=None, progress=False)
    error = np.sqrt(0.05 * 0.95 / STUDIES)
    assert found.to_frame().loc["x", "power"] == pytest.approx(0.05, abs=4 * error)


# ---- With a family. ----


@pytest.mark.slow
def test_power_of_a_family_is_the_known_one():
    """Two groups of 30: every pair of counts, its probability, and Wald's z."""
    study = pd.DataFrame({"x": np.repeat([0, 1], 30)})
    design = mlm.planned_design("y ~ x", study, family="binomial")
    effects = {"(Intercept)": -0.4, "x": 1.2}
    found = mlm.power(design, effects, STUDIES, seed=1, progress=False).to_frame()
    counts = np.arange(31)
    odds = effects["(Intercept)"] + np.array([0, effects["x"]])
    zero, one = binom.pmf(counts[:, None], 30, 1 / (1 + np.exp(-odds))).T
    with np.errstate(divide="ignore", invalid="ignore"):
        logit = np.log(counts / (30 - counts))
        variance = 1 / counts + 1 / (30 - counts)
        z = (logit - logit[:, None]) / np.sqrt(variance + variance[:, None])
    known = zero @ (np.abs(z) > norm.ppf(0.975)) @ one
    assert found.loc["x", "power"] == pytest.approx(known, abs=2 / np.sqrt(STUDIES))


MIXED = {
    "poisson": ("poisson", None, {}, 1.0),
    "proportions": ("binomial", "probit", {"weights": "m"}, 0.5),
    "offset": ("poisson", None, {"offset": "o"}, 0.5),
}


@pytest.mark.parametrize("case", MIXED)
def test_power_of_a_mixed_model_fits_what_is_drawn(case):
    """Estimates and p values are those of glmer, data set by data set."""
    family, link, given, size = MIXED[case]
    study = mlm.crossing(g=15, x=range(6)).assign(m=5, o=0.5)
    plan = {"family": family, "link": link} | given
    design = mlm.planned_design("y ~ x + (1 | g)", study, **plan)
    effects = {"(Intercept)": 0.2, "x": 0.1, "sd_(Intercept)|g": size}
    found = power(design, effects, n=3)
    theta, beta = [size], [0.2, 0.1]
    Y = simulate(design, theta, beta, 1.0, [generator(1, i) for i in range(3)])
    for i, y in enumerate(Y.T):
        fit = mlm.glmer("y ~ x + (1 | g)", study.assign(y=y), family, link, **given)
        row = found.replicates.loc[i]
        assert row["x"] == pytest.approx(fit.fixef["x"], rel=1e-6)
        p = fit.summary().fixed.loc["x"].iloc[3]
        assert row["p of x"] == pytest.approx(p, rel=1e-4)
    assert found.to_frame()["truth"].tolist() == beta


def test_sizes_of_a_family_are_found_again():
    """Of two thousand persons, by the design that drew them."""
    study = mlm.crossing(person=2000, day=range(8))
    design = mlm.planned_design(SLOPES, study, family="poisson")
    effects = {"(Intercept)": 1.0, "day": 0.1, "sd_(Intercept)|person": 0.5}
    effects |= {"sd_day|person": 0.2, "cor_day.(Intercept)|person": -0.3}
    theta = theta_of_parameters(design.terms, effects)
    (y,) = simulate(design, theta, [1.0, 0.1], 1.0, [generator(1, 0)]).T
    fit = mlm.glmer(SLOPES, design.frame.assign(y=y), "poisson")
    found = fit.to_frame()["estimate"]
    for name, value in effects.items():
        assert found[name] == pytest.approx(value, rel=0.1), name


@pytest.mark.parametrize(
    ("formula", "given", "effects", "words"),
    [
        ("y ~ x", {}, {"(Intercept)": 1, "x": 1, "sigma": 1}, "no parameter 'sigma'"),
        ("y ~ x + (1 | g)", {}, {"(Intercept)": 1, "x": 1}, "lack 'sd_"),
        ("cbind(s, f) ~ x", {}, {}, "Write a name for it, and weights="),
        ("y ~ x", {"family": "gamma"}, {}, "no family 'gamma'"),
        ("y ~ x", {"link": "log"}, {"(Intercept)": 1, "x": 0}, "a mean of 2.718 was"),
        (
            "y ~ x",
            {"family": "poisson", "link": "identity"},
            {"(Intercept)": 1, "x": -1},
            "a mean of -1 was drawn",
        ),
    ],
)
def test_bad_plans_of_a_family_are_named(formula, given, effects, words):
    study = mlm.crossing(g=4, x=range(5))
    given = {"family": "binomial"} | given
    with pytest.raises(mlm.MlmError, match=words):
        power(mlm.planned_design(formula, study, **given), effects)
