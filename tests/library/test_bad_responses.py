"""What a family cannot be fitted to gets an error that names the culprit.

Or, where there is one, the right answer: the table's second half.
"""

import numpy as np
import pandas as pd
import pytest

import mlm

RNG = np.random.default_rng(9)
N = 40
DATA = pd.DataFrame(
    {
        "x": RNG.normal(size=N),
        "f": np.tile([*"abcd"], N // 4),
        "g": np.repeat(np.arange(8), 5),
        "y": RNG.integers(0, 2, N),
        "n": RNG.poisson(4, N) + 1,
        "m": 6,
    },
    index=[f"row {i}" for i in range(N)],
)
DATA["s"] = RNG.binomial(DATA["m"], 0.5)


def one(column, value):
    """The data with one other value in the fifth row."""
    values = DATA[column].to_numpy(dtype=float if value is not None else object).copy()
    values[4] = np.nan if value is None else value
    return DATA.assign(**{column: values})


def case(words, formula="y ~ x", family="binomial", data=DATA, **given):
    return formula, family, data, given, words


COUNTS = "cbind(s, m - s) ~ x"
TEXT = np.where(DATA["y"] == 1, "yes", "no")
REFUSED = {
    # outside the family's range
    "above 1": case("outside 0 to 1 at row 'row 4'", data=one("y", 2)),
    "below 0": case("outside 0 to 1 at row 'row 4'", data=one("y", -1)),
    "1 and 2": case("outside 0 to 1", data=DATA.assign(y=DATA["y"] + 1)),
    "a proportion alone": case("of how many trials .*weights=", data=one("y", 0.5)),
    "negative count": case("negative at row 'row 4'", "n ~ x", "poisson", one("n", -1)),
    "rates": case("no whole number at row 'row 4'.*offset", "n ~ x", "poisson",
                  one("n", 2.5)),
    "infinite": case("infinite at row 'row 4'", data=one("y", np.inf)),
    "too large": case("squared and summed", "n ~ x", "poisson", one("n", 1e80)),
    # counts of two outcomes
    "no trials": case("has 0 trials at row 'row 4'", "cbind(s, t) ~ x",
                      data=one("s", 0).assign(t=one("y", 0)["y"])),
    "negative failures": case("negative count at row", "cbind(s, y - s) ~ x"),
    "broken counts": case("no whole number at row 'row 4'", COUNTS, data=one("s", 2.5)),
    "counts and weights": case("trials already", COUNTS, weights="m"),
    "one count": case("cbind.. takes two counts", "cbind(s) ~ x"),
    "three counts": case("cbind.. takes two counts", "cbind(s, m, n) ~ x"),
    "counts within": case("not known in a formula", "log(cbind(s, m)) ~ x"),
    "counts on the right": case("not known in a formula", "y ~ cbind(s, m)"),
    "counts of texts": case("'f' is no number", "cbind(f, s) ~ x"),
    "counts for poisson": case("no response of family 'poisson'", COUNTS, "poisson"),
    "counts explained": case("not finite|trials", "cbind(s, s / 0) ~ x"),
    # trials
    "trials of 0": case("weight at row 'row 4' is not positive", "y ~ x",
                        data=one("m", 0), weights="m"),
    "negative trials": case("not positive", data=one("m", -2), weights="m"),
    "broken trials": case("trials .weights. that are no whole number at row 'row 4'",
                          data=one("m", 2.5), weights="m"),
    "broken successes": case("successes are counts", "I(s / m + 0.01) ~ x",
                             weights="m"),
    # categories
    "four categories": case("has 4 categories.*f == 'a'", "f ~ x"),
    "one category": case("'yes' in every row", "t ~ x", data=DATA.assign(t="yes")),
    "text for poisson": case("not numeric.*binomial", "f ~ x", "poisson"),
    "truth for gaussian": case("True and False.*binomial", "t ~ x", "gaussian",
                               DATA.assign(t=DATA["y"] == 1)),
    "dates": case("no number and no category", "t ~ x",
                  data=DATA.assign(t=pd.Timestamp("2026-01-01"))),
    # families and links
    "Gamma": case("scale has to be estimated", family="Gamma"),
    "negative binomial": case("glm.nb", family="negative binomial"),
    "unknown family": case("there are: 'binomial', 'poisson', 'gaussian'",
                           family="weibull"),
    "unknown link": case("no link 'cauchit'", link="cauchit"),
    "probability link": case("of probabilities", "n ~ x", "poisson", link="logit"),
    "no family": case("family is one of", family=None),
    # offsets
    "offset that overflows": case("cannot be squared and summed", data=DATA,
                                  offset=np.full(N, 1e200)),
    "log of a negative mean": case("log link gives positive", "t ~ x", "gaussian",
                                   DATA.assign(t=-1.0 * DATA["n"]), link="log"),
    "text offset": case("offset must be numbers", offset="f"),
    # what else
    "random terms": case("glm fits no random terms.*mlm.glmer", "y ~ x + (1 | g)"),
    "explains itself": case("also a predictor", "y ~ y"),
    "no residual": case("nothing is left", "n ~ x", "gaussian", DATA.head(2)),
    "constant numbers": case("explain the response exactly", "t ~ x", "gaussian",
                             DATA.assign(t=5.0)),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.filterwarnings("error")
def test_error_names_the_culprit(name):
    formula, family, data, given, words = REFUSED[name]
    with pytest.raises(mlm.MlmError, match=f"(?s){words}"):
        mlm.glm(formula, data, family, **given)


LINEAR = {
    "two texts": ("t ~ x", TEXT),
    "two categories": ("t ~ x", pd.Categorical(TEXT)),
    "truth": ("t ~ x", DATA["y"] == 1),
    "counts": ("cbind(s, m - s) ~ x", TEXT),
}


@pytest.mark.parametrize("name", LINEAR)
def test_linear_models_say_which_model_takes_it(name):
    formula, response = LINEAR[name]
    data = DATA.assign(t=response)
    for fit, part in ((mlm.lm, ""), (mlm.lmer, " + (1 | g)")):
        words = r"mlm\.glm\(\.\.\., family='binomial'\), or mlm\.glmer with random"
        with pytest.raises(mlm.FormulaError, match=words):
            fit(formula + part, data)


@pytest.mark.parametrize("y", [np.full(N, 2.0), np.full(N, 0.5), np.full(N, "yes")])
def test_new_responses_are_checked_too(y):
    fit = mlm.glm("y ~ x", DATA, "binomial")
    with pytest.raises(mlm.DataError, match="new response"):
        fit.refit(y)


def test_large_offsets_are_taken_up_by_the_intercept():
    for family, response in (("binomial", "y"), ("poisson", "n")):
        plain = mlm.glm(f"{response} ~ x", DATA, family)
        for offset in (1e5, -1e5, 600.0):
            fit = mlm.glm(f"{response} ~ x", DATA, family, offset=np.full(N, offset))
            assert fit.fixef["(Intercept)"] + offset == pytest.approx(
                plain.fixef["(Intercept)"], abs=1e-6
            )
            assert fit.criterion == pytest.approx(plain.criterion, rel=1e-7)


def test_large_predictors_and_large_counts():
    fit = mlm.glm("y ~ x", DATA, "binomial")
    other = mlm.glm("y ~ x", DATA.assign(x=1e12 * DATA["x"]), "binomial")
    assert other.fixef["x"] * 1e12 == pytest.approx(fit.fixef["x"], rel=1e-9)
    many = DATA.assign(n=DATA["n"] * 10**9)
    fit, other = (mlm.glm("n ~ x", data, "poisson") for data in (DATA, many))
    assert other.fixef["x"] == pytest.approx(fit.fixef["x"], rel=1e-9)
    trials = mlm.glm("cbind(s, m - s) ~ x", DATA, "binomial")
    more = DATA.assign(s=DATA["s"] * 10**9, m=DATA["m"] * 10**9)
    other = mlm.glm("cbind(s, m - s) ~ x", more, "binomial")
    np.testing.assert_allclose(other.fixef, trials.fixef, rtol=1e-9)


def test_constant_responses_that_have_an_answer():
    """All 1, but no intercept: x of both signs cannot tell them without error."""
    fit = mlm.glm("o ~ 0 + x", DATA.assign(o=1), "binomial")
    assert fit.converged
    x = DATA["x"]
    assert np.sum(x * (1 - fit.fitted)) == pytest.approx(0, abs=1e-9)
    fit = mlm.glm("m ~ x", DATA, "poisson")
    assert fit.fixef["(Intercept)"] == pytest.approx(np.log(6))
    assert fit.deviance == pytest.approx(0, abs=1e-12)


def test_one_row_and_no_freedom():
    fit = mlm.glm("y ~ 1", pd.DataFrame({"y": [3]}), "poisson")
    assert fit.fixef["(Intercept)"] == pytest.approx(np.log(3))
    assert np.isnan(fit.dispersion)


def test_missing_responses_are_left_out():
    with pytest.warns(mlm.MissingValuesWarning, match="1 of 40 rows"):
        fit = mlm.glm("y ~ x", one("y", None).astype({"y": float}), "binomial")
    assert fit.nobs == N - 1


def test_columns_that_others_determine_are_dropped():
    data = DATA.assign(twice=2 * DATA["x"])
    with pytest.warns(mlm.RankDeficiencyWarning, match="twice"):
        fit = mlm.glm("y ~ x + twice", data, "binomial")
    assert list(fit.fixef.index) == ["(Intercept)", "x"]
    assert fit.predict(data).equals(fit.predict())


def test_sigma_is_the_name_of_nothing_where_there_is_no_scale():
    data = DATA.assign(sigma=DATA["x"])
    assert "sigma" in mlm.glm("y ~ sigma", data, "binomial").fixef
    with pytest.raises(mlm.FormulaError, match="residual standard deviation"):
        mlm.glm("n ~ sigma", data, "gaussian")
