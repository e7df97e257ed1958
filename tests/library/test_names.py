"""Names of R and other libraries: each is answered, and what the answer says runs."""

import copy
import inspect
import pickle
import re
import subprocess
import sys
from functools import cached_property

import numpy as np
import pytest

import mlm
from mlm.ground import names
from mlm.ground.errors import CallError, UnknownNameError
from mlm.results.estimates import Estimates

DATA = mlm.load_sleepstudy()
DATA["slow"] = (DATA["Reaction"] > 300).astype(int)
FORMULA, LINE = "Reaction ~ Days + (Days | Subject)", "Reaction ~ Days"
FIT, LINEAR = mlm.lmer(FORMULA, DATA), mlm.lm(LINE, DATA)
LOGIT = mlm.glm("slow ~ Days", DATA, "binomial")
MIXED_LOGIT = mlm.glmer("slow ~ Days + (1 | Subject)", DATA, "binomial")
FITS = [FIT, LINEAR, LOGIT, MIXED_LOGIT]
SMALLER = mlm.lmer("Reaction ~ Days + (1 | Subject)", DATA)
SESSION = {"mlm": mlm, "smaller": SMALLER, "formula": FORMULA, "data": DATA}
SESSION |= {"new_data": DATA.head(3)}
ROWS = names.table()["names"]
ARGUMENTS = names.table()["arguments"]
WAYS = {row["python"]: row for row in [*ROWS, *ARGUMENTS]}
# What rows of arguments are about: functions of mlm, and methods of these fits.
FUNCTIONS = {
    name: getattr(mlm, name)
    for name in ("lm", "glm", "lmer", "glmer", "bootstrap", "power", "anova")
}
MEANS = FIT.means()


def function_of(name):
    holders = [FIT, MEANS]
    return FUNCTIONS.get(name) or next(
        getattr(holder, name) for holder in holders if hasattr(holder, name)
    )


def run(python, fit):
    exec(python, SESSION | {"fit": fit})


@pytest.mark.filterwarnings("ignore::mlm.MlmWarning", "ignore::FutureWarning")
@pytest.mark.parametrize("python", WAYS)
def test_what_the_table_says_runs(python):
    asked = re.search(r"\bfit\.(\w+)", python)
    fits = [fit for fit in FITS if not asked or asked[1] in dir(fit)]
    assert fits, "a fit that has it"
    run(python, fits[0])


def test_the_table_is_in_order():
    for row in [*ROWS, *ARGUMENTS]:
        assert {"typed", "python"} <= {*row} <= {"typed", "python", "says", "of"}
        assert len({*map(names._plain, row["typed"])}) == len(row["typed"])
        assert not row.get("says", "").endswith(".")
    for row in ARGUMENTS:
        for name in row.get("of", []):
            known = inspect.signature(function_of(name)).parameters
            assert not {*row["typed"]} & {*known} or name in ("anova", "means")


@pytest.mark.parametrize("name", sorted({n for row in ROWS for n in row["typed"]}))
def test_names_are_answered(name):
    """By each kind of fit that lacks one, and by mlm: class, culprit, and the way."""
    pythons = [row["python"] for row in names._rows(name)]
    asked = [h for h in [mlm, *FITS] if name not in {*dir(h), *vars(h)}]
    assert asked
    for holder in asked:
        with pytest.raises(UnknownNameError) as caught:
            getattr(holder, name)
        words = str(caught.value)
        assert f"has no {name!r}" in words
        told = any(f"write {python}" in words for python in pythons)
        assert told or re.search("only .* have (it|fit[.])", words)
        if holder is mlm:
            assert f"write {pythons[0]}" in words


# R's answers, by R 4 with lme4 and the same fits, m (lm) and f (lmer): the name that
# is typed, what of its Python is compared, and the number.
FROM_R = [
    (LINEAR, "r.squared", ".iloc[0]", 0.2864713951),  # summary(m)$r.squared
    (LINEAR, "rstandard", ".iloc[0]", -0.03904600946),  # rstandard(m)[1]
    (LINEAR, "hatvalues", ".iloc[0]", 0.01919191919),
    (LINEAR, "cooks.distance", ".iloc[0]", 1.491618241e-05),
    (LINEAR, "pvalues", ".iloc[1]", 9.894096322e-15),  # of Days
    (LINEAR, "tvalues", ".iloc[1]", 8.453663147),
    (LINEAR, "confint", ".iloc[1, 1]", 12.9107169),
    (LINEAR, "logLik", "", -950.1465282),
    (LINEAR, "BIC", "", 1915.871927),
    (LINEAR, "nobs", "", 180),
    (LINEAR, "df.residual", ".iloc[0]", 178),
    (FIT, "deviance", "", 1751.939344),  # deviance(refitML(f))
    (FIT, "ngrps", "['Subject']", 18),
    (FIT, "se", ".iloc[1]", 1.545789644),
    (FIT, "cov_re", ".iloc[1, 1]", 35.07171445),
    (FIT, "coef", "['Subject'].loc['308', 'Days']", 19.66626173),
    (FIT, "ranef", "['Subject'].loc['308', 'Days']", 9.198975766),
    (FIT, "logLik", "", -871.814136),
    (FIT, "fitted", ".iloc[0]", 253.6636558),
    (FIT, "condVar", "['Subject'][0][0, 0]", 145.7055875),
    (FIT, "getME", ".iloc[1]", 0.0151690589),  # getME(f, "theta")[2]
]


@pytest.mark.parametrize(("fit", "name", "part", "number"), FROM_R)
def test_ways_give_what_r_gives(fit, name, part, number):
    ways = [row["python"] for row in names._rows(name)]
    python = next(way for way in ways if names._asked(way) in dir(fit))
    found = eval(f"({python}){part}", SESSION | {"fit": fit})
    assert found == pytest.approx(number, rel=2e-4)


CALLS = [
    (function, word, row["python"])
    for row in ARGUMENTS
    for word in row["typed"]
    for function in row.get("of", ["lm", "lmer", "glm", "glmer"])
    if word not in inspect.signature(function_of(function)).parameters
]


@pytest.mark.parametrize(("function", "word", "python"), CALLS)
def test_arguments_are_answered(function, word, python):
    with pytest.raises(CallError) as caught:
        function_of(function)(**{word: 1})
    words = str(caught.value)
    assert f"{function}() has no argument {word!r}" in words
    first = next(p for f, w, p in CALLS if (f, w) == (function, word))
    assert f"write {first}" in words
    assert python == first, "one row for a word"


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("fit.AIC()", UnknownNameError, "fit.aic, without parentheses"),
        ("fit.logLik", UnknownNameError, "fit.loglik"),
        ("fit.conf_int()", UnknownNameError, "'conf_int': write fit.confint()"),
        ("fit.fittedvalues", UnknownNameError, "fit.fitted, without"),
        ("fit.random_effects", UnknownNameError, "fit.ranef, without"),
        ("fit.cov_re", UnknownNameError, "fit.varcorr['Subject']"),
        ("mlm.lmer(formula, data).fit()", UnknownNameError, "fitted already"),
        ("fit.VarCorr()", UnknownNameError, "fit.varcorr"),
        ("fit.model.matrix", UnknownNameError, "'model': write fit.design.X"),
        ("fit.df_resid", UnknownNameError, "fit.nobs - fit.design.p"),
        ("logit.df_resid", UnknownNameError, "fit.df_residual"),
        ("fit.is_singlar", UnknownNameError, "mean fit.is_singular, without"),
        ("fit.confnt()", UnknownNameError, "mean fit.confint()"),
        ("fit.nothing_like_it", UnknownNameError, "no 'nothing_like_it'."),
        ("line.coef", UnknownNameError, "fit.fixef"),
        ("fit.REMLcrit", UnknownNameError, "fit.criterion"),
        ("line.ranef", UnknownNameError, "Model and LinearMixedModel have it"),
        ("line.VarCorr", UnknownNameError, "LinearMixedModel have fit.varcorr"),
        ("mlm.VarCorr(fit)", UnknownNameError, "mlm has no 'VarCorr': write"),
        ("mlm.binomial(link='probit')", UnknownNameError, 'link="probit"'),
        ("mlm.lmerr", UnknownNameError, "mean mlm.lmer?"),
        ("mlm.lmer(formula, data, REML=False)", CallError, "reml=False"),
        ("mlm.lmer(formula, datta=data)", CallError, "'datta'. Did you mean data=?"),
        ("mlm.lmer(formula, data, nonsense=3)", CallError, "are lmer(formula, data, r"),
        ("mlm.lmer(data, formula=formula)", CallError, "given 'formula' twice"),
        ("mlm.lmer()", CallError, "lmer() needs formula and data"),
        ("mlm.glm('slow ~ Days', data)", CallError, "glm() needs family"),
        ("fit.simulate(3)", CallError, "simulate() needs seed. Its arguments are"),
        (
            "fit.predict(data, True, True, True, None, 0.9, 3)",
            CallError,
            "was given too many arguments",
        ),
        ("fit.predict(newdata=data)", CallError, "fit.predict(new_data)"),
        ("fit.predict(allow_new_level=True)", CallError, "mean allow_new_levels=?"),
        ("fit.predict(**{'re.form': None})", CallError, "random=False"),
        ("mlm.anova(fit)", mlm.DataError, "fit.anova() tests the terms of one"),
        ("mlm.anova(fit, fit, test='Chisq')", CallError, "mlm.anova(smaller, fit)"),
        ("mlm.lmer(data, formula)", mlm.FormulaError, "the data second"),
        ("mlm.lmer([formula], data)", mlm.FormulaError, "a formula is text, not list"),
        (
            "mlm.glm('slow ~ Days', data, family='binomial(link=probit)')",
            mlm.DataError,
            "link='probit'",
        ),
        ("fit.means().to_frame(3)", CallError, "too many arguments. Its arguments"),
        ("fit.varcorr.std_dev()", CallError, "std_dev() needs name"),
        ("fit.profile().confint(prof=3)", CallError, "confint(level=0.95)"),
    ],
)
def test_words_for_what_people_type(code, kind, words):
    given = {"fit": FIT, "line": LINEAR, "logit": LOGIT}
    with pytest.raises(kind, match=re.escape(words)):
        eval(code, SESSION | given)


@pytest.mark.parametrize("name", ["VarCorr", "ranef", "lmerr", "nothing"])
def test_words_for_what_people_import(name):
    with pytest.raises(ImportError, match=f"mlm has no '{name}'"):
        exec(f"from mlm import {name}")


@pytest.mark.slow
def test_modules_are_imported_as_ever():
    """One that nothing has imported yet is no name of mlm; it says how to get it."""
    code = (
        "import mlm\n"
        "try: mlm.plots\n"
        "except AttributeError as error: print(error)\n"
        "print(hasattr(mlm, 'a.b'), getattr(mlm, 'plots', 3))\n"
        "from mlm import plots\n"
        "print(mlm.plots is plots)"
    )
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    said = "plots is a module of its own: write from mlm import plots."
    assert done.stdout.splitlines() == [said, "False 3", "True"]


@pytest.mark.parametrize("holder", [mlm, *FITS], ids=lambda h: type(h).__name__)
def test_who_only_looks_is_not_disturbed(holder):
    """As IPython, numpy and pickle ask whether there is something."""
    for name in ("AIC", "_repr_png_", "__array__", "_ipython_display_", "nothing"):
        assert not hasattr(holder, name)
        assert getattr(holder, name, 3) == 3
    assert issubclass(UnknownNameError, mlm.MlmError)
    assert issubclass(CallError, mlm.MlmError)


@pytest.mark.parametrize("fit", FITS, ids=lambda fit: type(fit).__name__)
@pytest.mark.parametrize(
    "way", [copy.copy, copy.deepcopy, lambda fit: pickle.loads(pickle.dumps(fit))]
)
def test_copies_answer_as_well(fit, way):
    again = way(fit)
    np.testing.assert_array_equal(again.fixef, fit.fixef)
    with pytest.raises(UnknownNameError, match=r"fit\.aic"):
        again.AIC  # noqa: B018


def test_a_property_that_fails_says_so_itself():
    class Broken(Estimates):
        @cached_property
        def half(self):
            return None.missing

    broken = object.__new__(Broken)
    with pytest.raises(AttributeError, match=r"'NoneType' .* 'missing'"):
        broken.half  # noqa: B018


def test_errors_from_within_a_call_stay_what_they_are():
    def statistic(fit):
        return 1 + "a"

    def inner(x):
        return len(3)

    with pytest.raises(TypeError, match="unsupported operand"):
        names.answering(lambda: statistic(3))()
    with pytest.raises(TypeError, match="has no len") as caught:
        names.answering(inner)(1)
    assert not isinstance(caught.value, mlm.MlmError)


def test_answering_functions_keep_their_face():
    assert str(inspect.signature(mlm.lm)).startswith("(formula, data, weights=None")
    assert mlm.lm.__doc__.startswith("Fit a linear model")
    assert mlm.lm.__module__ == "mlm.fit.linear"
    assert pickle.loads(pickle.dumps(mlm.lm)) is mlm.lm
    assert inspect.signature(FIT.confint).parameters["level"].default == 0.95


def test_every_public_function_answers():
    """All that take arguments, but for those that take any name."""
    free = {"crossing", "provenance", "pls", "pirls"}
    for name in {*mlm.__all__} - free:
        value = getattr(mlm, name)
        if inspect.isfunction(value) and inspect.signature(value).parameters:
            with pytest.raises(CallError, match=f"{name}\\(\\) has no argument 'nope'"):
                value(nope=1)
