"""What cannot be fitted gets an error that names the culprit and says what to do."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import mlm

GOOD = "Reaction ~ Days + (Days | Subject)"


# Read once: most rows of the tables below begin with it.
SLEEP = mlm.load_sleepstudy()


def sleep(**columns):
    return SLEEP.assign(**columns)


TWICE = pd.concat([sleep(), sleep()[["Days"]]], axis=1)
PER_ROW = sleep(row=np.arange(180))

DAYS = SLEEP["Days"]
SUBJECT = SLEEP["Subject"]
LEVEL = SUBJECT.cat.codes.astype(float)


def refused(formula, words, data=None, kind=mlm.FormulaError, **arguments):
    return formula, sleep() if data is None else data, kind, words, arguments


def refused_data(words, data=None, formula=GOOD, **arguments):
    return refused(formula, words, data, mlm.DataError, **arguments)


CROSSED = pd.DataFrame({"y": np.arange(9e4), "g": np.arange(90_000) % 30_001})
CROSSED["h"] = np.arange(90_000) % 29_999

ONES = np.ones(180)
CASES = {
    # name: formula, data, class of error, words of the message, other arguments
    "unknown column": (
        "Reaction ~ Day + (1 | Subject)",
        sleep(),
        mlm.FormulaError,
        "no column 'Day' in the data.*Did you mean 'Days'",
    ),
    "unknown column, in small letters": refused(
        "Reaction ~ day + (1 | Subject)", "no column 'day'.*Did you mean 'Days'"
    ),
    "unknown response": (
        "RT ~ Days + (1 | Subject)",
        sleep(),
        mlm.FormulaError,
        "no column 'RT'.*The data have: 'Reaction'",
    ),
    "unknown group": (
        "Reaction ~ Days + (1 | subject)",
        sleep(),
        mlm.FormulaError,
        "Did you mean 'Subject'",
    ),
    "unknown effect": (
        "Reaction ~ Days + (days | Subject)",
        sleep(),
        mlm.FormulaError,
        "no column 'days'",
    ),
    "no random term": (
        "Reaction ~ Days",
        sleep(),
        mlm.FormulaError,
        "no random term.*mlm.lm",
    ),
    "text response": (
        "Subject ~ Days + (1 | Subject)",
        sleep(),
        mlm.FormulaError,
        "response 'Subject' is not numeric",
    ),
    "constant response": (
        "y ~ Days + (1 | Subject)",
        sleep(y=1.0),
        mlm.FormulaError,
        "'y' is constant",
    ),
    "one-level group": (
        "Reaction ~ Days + (1 | g)",
        sleep(g="a"),
        mlm.FormulaError,
        "'g' has one level only",
    ),
    "one-level predictor": (
        "Reaction ~ g + (1 | Subject)",
        sleep(g="a"),
        mlm.FormulaError,
        "'g' has one level only",
    ),
    "a group per row": (
        "Reaction ~ Days + (1 | row)",
        PER_ROW,
        mlm.FormulaError,
        "180 random effects of 'row', but only 180 obs",
    ),
    "no effects": (
        "Reaction ~ Days + (0 | Subject)",
        sleep(),
        mlm.FormulaError,
        "without effects",
    ),
    "infinite value": (
        GOOD,
        sleep(Reaction=lambda d: d["Reaction"].where(d["Days"] > 0, np.inf)),
        mlm.DataError,
        "'Reaction' is infinite at row 0",
    ),
    "log of zero": (
        "Reaction ~ np.log(Days) + (1 | Subject)",
        sleep(),
        mlm.FormulaError,
        "not finite",
    ),
    "empty frame": (GOOD, sleep().iloc[:0], mlm.DataError, "no rows to fit"),
    "all missing": (
        GOOD,
        sleep(Reaction=np.nan),
        mlm.DataError,
        "no rows to fit",
    ),
    "column twice": (
        GOOD,
        TWICE,
        mlm.DataError,
        "2 columns are called 'Days'",
    ),
    "not a frame": (
        GOOD,
        sleep().to_dict("list"),
        mlm.DataError,
        "data frame of pandas, polars or pyarrow, not dict",
    ),
    "unknown function": (
        "Reaction ~ wiggle(Days) + (1 | Subject)",
        sleep(),
        mlm.FormulaError,
        r"wiggle\(\) is not known.*namespace={'wiggle': wiggle}",
    ),
    "date": (
        "Reaction ~ day + (1 | Subject)",
        sleep(day=pd.Timestamp("2026-01-01")),
        mlm.FormulaError,
        "'day' is no number and no category, but datetime",
    ),
    "complex": (GOOD, sleep(Reaction=1j), mlm.FormulaError, "but complex128"),
    "numbers as objects": (
        GOOD,
        sleep(Days=mlm.load_sleepstudy()["Days"].astype(object)),
        mlm.FormulaError,
        "'Days' holds integer values of dtype object.*pd.to_numeric",
    ),
    "response on both sides": (
        "Reaction ~ Days + Reaction + (1 | Subject)",
        sleep(),
        mlm.FormulaError,
        "'Reaction' is also a predictor",
    ),
    "exact fit": (
        "y ~ Days + (1 | Subject)",
        sleep(y=2.0 * mlm.load_sleepstudy()["Days"]),
        mlm.DataError,
        "fixed effects explain the response exactly",
    ),
    "dots in a name": (
        "Reaction ~ np.log(day.no) + (1 | Subject)",
        sleep().rename(columns={"Days": "day.no"}),
        mlm.FormulaError,
        "in backticks",
    ),
    "syntax": (
        "Reaction ~ Days + * 3 + (1 | Subject)",
        sleep(),
        mlm.FormulaError,
        "cannot read",
    ),
    "formula no text": refused(5, "a formula is text, not int"),
    "empty formula": refused("", "one '~', this one has 0"),
    "two tildes": refused("Reaction ~ Days ~ 1", "one '~', this one has 2"),
    "nothing on the right": refused("Reaction ~ ", "nothing after '~'"),
    "bar outside": refused("Reaction ~ Days | Subject", "a bar outside"),
    "never closed": refused("Reaction ~ (1 | Subject", "never closed"),
    "never opened": refused("Reaction ~ 1 | Subject)", r"'\)' without"),
    "three bars": refused("Reaction ~ (1 ||| Subject)", "more than one bar"),
    "two bars": refused("Reaction ~ (1 | Subject | Days)", "more than one bar"),
    "no group": refused("Reaction ~ (1 | )", "nothing after the bar"),
    "nothing varies": refused("Reaction ~ ( | Subject)", "nothing before the bar"),
    "term times": refused("Reaction ~ Days * (1 | Subject)", "can only be added"),
    "term minus": refused("Reaction ~ Days - (1 | Subject)", "can only be added"),
    "function as group": refused("Reaction ~ (1 | np.log(Days))", "no grouping factor"),
    "number as group": refused("Reaction ~ (1 | 3)", "'3' is no grouping factor"),
    "both : and /": refused("Reaction ~ (1 | a:b/c)", "Write the terms out"),
    "all columns": refused("Reaction ~ . + (1 | Subject)", "Name the columns"),
    "R's power": refused("Reaction ~ I(Days^2) + (1 | Subject)", r"Write \*\*"),
    "an offset that is taken away": refused(
        "Reaction ~ 1 - offset(Days) + (1 | Subject)", "It stands alone"
    ),
    "an offset among effects": refused(
        "Reaction ~ Days + (offset(Days) | Subject)", "no term of its own here"
    ),
    "an offset in a product": refused(
        "Reaction ~ Days * offset(Days) + (1 | Subject)", "It stands alone"
    ),
    "an offset in a function": refused(
        "Reaction ~ np.log(offset(Days)) + (1 | Subject)", "It stands alone"
    ),
    "an offset of nothing": refused(
        "Reaction ~ offset() + (1 | Subject)", r"offset\(\) takes 1 argument"
    ),
    "an offset of categories": refused(
        "Reaction ~ Days + offset(Subject)", "'Subject' is no number"
    ),
    "the response as its own offset": refused(
        "Reaction ~ Days + offset(Reaction)", "'Reaction' is also a predictor"
    ),
    "an offset that is not finite": refused(
        "Reaction ~ Days + offset(np.log(Days))", "is not finite everywhere"
    ),
    "R's factor": refused("Reaction ~ factor(Days) + (1 | Subject)", r"Write C\(x\)"),
    "R's as.factor": refused(
        "Reaction ~ as.factor(Days) + (1 | Subject)", r"Write C\(x\)"
    ),
    "R's cbind": refused("cbind(Reaction, Days) ~ (1 | Subject)", "one response"),
    "term twice": refused(
        "Reaction ~ Days + (1 | Subject) + (1|Subject)", "there twice"
    ),
    "too many crossed groups": refused_data(
        "crossed with those of g, and are too many.*29999 × 29999",
        CROSSED,
        "y ~ 1 + (1 | g) + (1 | h)",
        solver="dense",
    ),
    "term twice by /": refused(
        "Reaction ~ (1 | Subject/Days) + (1 | Subject)", "already holds"
    ),
    "group in a product of fixed effects": refused(
        "Reaction ~ Days * Subject + (1 | Subject)", "nothing is left to vary"
    ),
    "group as fixed effect": refused(
        "Reaction ~ Subject + (1 | Subject)", "nothing is left to vary"
    ),
    "python keyword": refused(
        "Reaction ~ np.log(lambda) + (1 | Subject)",
        "a keyword of Python, stands in backticks",
        sleep().rename(columns={"Days": "lambda"}),
    ),
    "any code": refused(
        "Reaction ~ __import__('os').getcwd() + (1 | Subject)", "is not allowed"
    ),
    "root of less than 0": refused(
        "Reaction ~ np.sqrt(Days - 5) + (1 | Subject)", "not finite"
    ),
    "two responses": refused(
        "poly(Reaction, 2) ~ (1 | Subject)", "is not one column of numbers"
    ),
    "categorical response": refused(
        "d ~ (1 | Subject)", "not numeric but category", sleep(d=SUBJECT)
    ),
    "durations": refused(
        "Reaction ~ d + (1 | Subject)",
        "but timedelta",
        sleep(d=pd.to_timedelta(DAYS, unit="D")),
    ),
    "periods": refused(
        "Reaction ~ d + (1 | Subject)",
        "but period",
        sleep(d=pd.period_range("2026", periods=180)),
    ),
    "lists as predictor": refused(
        "Reaction ~ d + (1 | Subject)", "'d' holds mixed", sleep(d=[[1]] * 180)
    ),
    "lists as groups": refused(
        "Reaction ~ (1 | d)", "cannot be sorted into groups", sleep(d=[[1]] * 180)
    ),
    "decimals": refused(
        "Reaction ~ d + (1 | Subject)",
        "'d' holds decimal",
        sleep(d=[Decimal(int(day)) for day in DAYS]),
    ),
    "slope of 0": refused(
        "Reaction ~ Days + (c | Subject)", "'c' is 0 in every row", sleep(c=0.0)
    ),
    "one row a group": refused(
        "Reaction ~ (1 | Subject)", "18 observations", sleep().query("Days == 0")
    ),
    "one row": refused(GOOD, "is constant", sleep().head(1)),
    "numbered columns": refused(
        GOOD, "The data have: 'Reaction', 0", sleep().rename(columns={"Days": 0})
    ),
    "columns on two levels": refused_data(
        "columns of the data have 2 levels", pd.concat({"a": sleep()}, axis=1)
    ),
    "a series": refused_data("not Series", sleep()["Reaction"]),
    "missing refused": refused_data(
        "18 of 180 rows have missing values: 'Days'",
        sleep(Days=DAYS.where(DAYS != 3)),
        na_action="raise",
    ),
    "infinite predictor": refused_data(
        "'Days' is infinite at row 3", sleep(Days=DAYS.replace({3: np.inf}))
    ),
    "huge response": refused_data(
        "'Reaction' has values up to 5e", sleep(Reaction=lambda d: d.Reaction * 1e150)
    ),
    "tiny predictor": refused_data(
        "'Days' has values up to 9e-200", sleep(Days=DAYS * 1e-200)
    ),
    "constant within groups": refused_data(
        "Is it constant within groups",
        sleep(y=LEVEL),
        formula="y ~ Days + (1 | Subject)",
    ),
    "almost constant within groups": refused_data(
        "nothing left for the residuals",
        sleep(y=LEVEL + 1e-12 * DAYS**2),
        formula="y ~ 1 + (1 | Subject)",
    ),
    "reml no boolean": refused_data("reml is True or False, not 'no'", reml="no"),
    "weights of no column": refused_data("weights='w' names no column", weights="w"),
    "negative weights": refused_data("not positive", weights=-ONES),
    "weights of 0": refused_data("not positive", weights=DAYS),
    "weights as text": refused_data("must be numbers", weights=["a"] * 180),
    "too few weights": refused_data("3 weights for 180 rows", weights=ONES[:3]),
    "one weight": refused_data("one number is needed for each row", weights=2.0),
    "weights in a table": refused_data(
        "one number is needed for each row", weights=np.ones((180, 2))
    ),
    "infinite weight": refused_data("is infinite", weights=ONES / (DAYS % 2)),
    "weights of other rows": refused_data(
        "labels of its 180 rows are not those",
        weights=pd.Series(ONES, index=range(7, 187)),
    ),
    "categorical offset": refused_data("must be numbers", offset="Subject"),
    "offset is the response": refused_data(
        "explain the response exactly", offset="Reaction"
    ),
}


@pytest.mark.filterwarnings("ignore::mlm.MissingValuesWarning")
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
@pytest.mark.parametrize("case", CASES)
def test_error_names_the_culprit(case):
    formula, data, kind, words, *arguments = CASES[case]
    with pytest.raises(kind, match=f"(?s){words}"):
        mlm.lmer(formula, data, **dict(*arguments))


# Odd, but with one right answer: that of the plain formula and data.
ODD = {
    # name: formula, data, plain formula, plain data
    "nullable integers": (GOOD, sleep(Days=DAYS.astype("Int64")), GOOD, sleep()),
    "nullable floats": (GOOD, sleep(Days=DAYS.astype("Float64")), GOOD, sleep()),
    "unsigned bytes": (GOOD, sleep(Days=DAYS.astype("uint8")), GOOD, sleep()),
    "half floats": (GOOD, sleep(Days=DAYS.astype("float16")), GOOD, sleep()),
    "powers of bytes": (
        "Reaction ~ I(Days**3) + (Days | Subject)",
        sleep(Days=DAYS.astype("int8")),
        "Reaction ~ I(Days**3) + (Days | Subject)",
        sleep(),
    ),
    "differences of unsigned": (
        "Reaction ~ I(Days - 5) + (1 | Subject)",
        sleep(Days=DAYS.astype("uint8")),
        "Reaction ~ I(Days - 5) + (1 | Subject)",
        sleep(),
    ),
    "sparse": (GOOD, sleep(Days=pd.arrays.SparseArray(DAYS)), GOOD, sleep()),
    "groups as text": (GOOD, sleep(Subject=SUBJECT.astype("string")), GOOD, sleep()),
    "groups as numbers": (GOOD, sleep(Subject=SUBJECT.astype(float)), GOOD, sleep()),
    "groups as objects": (
        GOOD,
        sleep(Subject=SUBJECT.astype(int).astype(object)),
        GOOD,
        sleep(),
    ),
    "groups as dates": (
        GOOD,
        sleep(Subject=pd.to_datetime(SUBJECT.astype(int), unit="D")),
        GOOD,
        sleep(),
    ),
    "booleans are 0 and 1": (
        "Reaction ~ late + (1 | Subject)",
        sleep(late=DAYS > 4),
        "Reaction ~ late + (1 | Subject)",
        sleep(late=(DAYS > 4).astype(int)),
    ),
    "nullable booleans": (
        "Reaction ~ late + (1 | Subject)",
        sleep(late=(DAYS > 4).astype("boolean")),
        "Reaction ~ late + (1 | Subject)",
        sleep(late=(DAYS > 4).astype(int)),
    ),
    "numbers as text": (
        "Reaction ~ day + (1 | Subject)",
        sleep(day=DAYS.astype(str)),
        "Reaction ~ C(Days) + (1 | Subject)",
        sleep(),
    ),
    "MultiIndex": (
        GOOD,
        sleep().set_index(["Subject", "Days"], drop=False),
        GOOD,
        sleep(),
    ),
    "one index for all": (GOOD, sleep().set_index(np.zeros(180)), GOOD, sleep()),
    "index named as a column": (
        GOOD,
        sleep().rename_axis("Days"),
        GOOD,
        sleep(),
    ),
    "spaces in names": (
        "Reaction ~ `a day` + (`a day` | `a subject`)",
        sleep().rename(columns={"Days": "a day", "Subject": "a subject"}),
        GOOD,
        sleep(),
    ),
    "column called Intercept": (
        "Reaction ~ Intercept + (Intercept | Subject)",
        sleep().rename(columns={"Days": "Intercept"}),
        GOOD,
        sleep(),
    ),
    "columns called as keywords": (
        "yield ~ lambda + (lambda | class)",
        sleep().set_axis(["yield", "lambda", "class"], axis=1),
        GOOD,
        sleep(),
    ),
    "accents": (
        "Réaction ~ Days + (Days | Subject)",
        sleep().rename(columns={"Reaction": "Réaction"}),
        GOOD,
        sleep(),
    ),
    "over two lines": ("Reaction ~ Days +\n  (Days | Subject)", sleep(), GOOD, sleep()),
    "unused categories": (
        "Reaction ~ Days + (1 | Subject)",
        sleep(Subject=SUBJECT.cat.add_categories(["999"])),
        "Reaction ~ Days + (1 | Subject)",
        sleep(),
    ),
    "no fixed effects": (
        "Reaction ~ 0 + (1 | Subject)",
        sleep(),
        "Reaction ~ -1 + (1 | Subject)",
        sleep(),
    ),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_input_has_the_plain_answer(case):
    formula, data, plain, plain_data = ODD[case]
    ours, right = mlm.lmer(formula, data), mlm.lmer(plain, plain_data)
    assert ours.design.q == right.design.q
    assert ours.criterion == pytest.approx(right.criterion, abs=1e-8)
    np.testing.assert_allclose(ours.fixef, right.fixef, rtol=1e-8)
    assert ours.resid.index.equals(data.index)


WARNED = {
    "missing rows": (
        GOOD,
        sleep(Days=DAYS.astype("Float64").mask(DAYS == 3)),
        mlm.MissingValuesWarning,
        r"18 of 180 rows have missing values: 'Days' \(18\)",
        GOOD,
        sleep().query("Days != 3"),
    ),
    "missing groups": (
        GOOD,
        sleep(Subject=SUBJECT.astype("string").mask(DAYS == 3)),
        mlm.MissingValuesWarning,
        "'Subject'",
        GOOD,
        sleep().query("Days != 3"),
    ),
    "collinear predictors": (
        "Reaction ~ Days + I(2 * Days) + (Days | Subject)",
        sleep(),
        mlm.RankDeficiencyWarning,
        r"dropped 'I\(2 \* Days\)'",
        GOOD,
        sleep(),
    ),
    "constant predictor": (
        "Reaction ~ Days + c + (Days | Subject)",
        sleep(c=1.0),
        mlm.RankDeficiencyWarning,
        "dropped 'c'",
        GOOD,
        sleep(),
    ),
    "collinear effects": (
        "Reaction ~ Days + (Days + I(2 * Days) | Subject)",
        sleep(),
        mlm.RankDeficiencyWarning,
        "'Subject' determine each other",
        GOOD,
        sleep(),
    ),
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::mlm.SingularFitWarning")
@pytest.mark.parametrize("case", WARNED)
def test_warning_says_what_was_done(case):
    formula, data, category, words, plain, plain_data = WARNED[case]
    with pytest.warns(category, match=words):
        fit = mlm.lmer(formula, data)
    right = mlm.lmer(plain, plain_data)
    assert fit.criterion == pytest.approx(right.criterion, abs=1e-6)
    np.testing.assert_allclose(fit.fixef, right.fixef, rtol=1e-6)


def test_ill_conditioned_predictors_are_named(sleepstudy):
    """Powers of a year: the fit is right, and the reader is told of lost digits."""
    data = sleepstudy.assign(year=sleepstudy["Days"] + 2000)
    with pytest.warns(mlm.IllConditionedWarning, match=r"'year', 'I\(year \*\* 2\)'"):
        mlm.lmer("Reaction ~ year + I(year**2) + (1 | Subject)", data)


def test_error_marks_the_bad_part():
    with pytest.raises(mlm.FormulaError) as caught:
        mlm.lmer("Reaction ~ Day + (1 | Subject)", sleep())
    shown, mark = str(caught.value).splitlines()[2:4]
    assert shown[mark.index("^") : mark.rindex("^") + 1] == "Day"


def test_a_group_is_marked_where_it_groups():
    """Its column may stand elsewhere in the formula, and before."""
    with pytest.raises(mlm.FormulaError) as caught:
        mlm.lmer("row ~ Days + (1 | row)", PER_ROW)
    shown, mark = str(caught.value).splitlines()[2:4]
    assert shown[mark.index("^") : mark.rindex("^") + 1] == "(1 | row)"


def test_lm_refuses_random_terms():
    with pytest.raises(mlm.FormulaError, match=r"Use mlm\.lmer") as caught:
        mlm.lm(GOOD, sleep())
    shown, mark = str(caught.value).splitlines()[2:4]
    assert shown[mark.index("^") : mark.rindex("^") + 1] == "(Days | Subject)"


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("y ~ Days", "explain the response exactly"),
        ("Reaction ~ poly(Days, 9)", "10 coefficients for 10 observations"),
    ],
)
def test_lm_needs_something_left_over(formula, words):
    data = sleep(y=2.0 * mlm.load_sleepstudy()["Days"]).head(10)
    with pytest.raises(mlm.DataError, match=words):
        mlm.lm(formula, data)


def test_na_action_is_checked():
    with pytest.raises(mlm.DataError, match="'drop' or 'raise'"):
        mlm.lmer(GOOD, sleep(), na_action="ignore")


def test_all_errors_are_value_errors():
    assert issubclass(mlm.FormulaError, ValueError)
    assert issubclass(mlm.DataError, ValueError)
    assert issubclass(mlm.SingularFitWarning, UserWarning)


def test_warning_reaches_code_without_a_name():
    """As exec runs it, and some graders and teaching tools do."""
    code = "mlm.lm('Reaction ~ Days + twice', data)"
    data = mlm.load_sleepstudy().eval("twice = 2 * Days")
    with pytest.warns(mlm.RankDeficiencyWarning, match="twice"):
        exec(code, {"mlm": mlm, "data": data})


def test_too_many_pairs_of_crossed_groups_are_refused(monkeypatch):
    """A student with m lecturers has m (m + 1)/2 pairs."""
    data = mlm.load_insteval()
    m = data.groupby("s", observed=True)["d"].nunique()
    pairs = f"{(m * (m + 1) // 2).sum():.1e}".replace("+", r"\+")
    monkeypatch.setattr("mlm.engine.meetings.MOST_PAIRS", 10_000)
    with pytest.raises(mlm.DataError, match=f"groups of s meet {pairs} pairs"):
        mlm.lmer("y ~ 1 + (1 | s) + (1 | d)", data)


TOO_LARGE = {
    "a product": "y ~ I(x * 1e40 * 1e40)",
    "an interaction": "y ~ a:b",
    "a tiny product": "y ~ I(x * 1e-80)",
    "numbers below 0": "y ~ I(np.exp(x) * -1e80)",
    "an effect of groups": "y ~ x + (0 + I(x * 1e160) | g)",
    "the response": "I(y * 1e160) ~ x",
    "a tiny response": "y * 1e-100 ~ x + (1 | g)",
    "a column": "c ~ x + (1 | g)",
}


def of_sizes():
    rng = np.random.default_rng(7)
    x, g = rng.normal(size=60), np.arange(60) % 6
    y = x + rng.normal(size=6)[g] + rng.normal(size=60)
    sizes = {"a": x * 1e50, "b": np.exp(x) * 1e50, "c": y * 1e80}
    return pd.DataFrame({"x": x, "y": y, "g": g} | sizes)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("case", TOO_LARGE)
def test_what_cannot_be_squared_and_summed_is_refused_wherever_it_is_made(case):
    fit = mlm.lmer if "|" in TOO_LARGE[case] else mlm.lm
    with pytest.raises(mlm.MlmError, match=r"values up to .* squared and summed"):
        fit(TOO_LARGE[case], of_sizes())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", [1e200, 1e80, 1e-200])
@pytest.mark.parametrize("formula", ["y ~ x", "y ~ x + (1 | g)"])
def test_refits_refuse_such_responses_too(formula, scale):
    data = of_sizes()
    fit = (mlm.lmer if "|" in formula else mlm.lm)(formula, data)
    for y in (data["y"] * scale, np.c_[data["y"], data["y"] * scale]):
        with pytest.raises(mlm.DataError, match="squared and summed"):
            fit.refit(y)


@pytest.mark.parametrize("scale", [1e68, 1e-68])
def test_fits_follow_the_unit_as_far_as_it_is_allowed(scale):
    data = of_sizes()
    fit = mlm.lmer("y ~ x + (x | g)", data)
    other = mlm.lmer("y ~ x + (x | g)", data.assign(y=data["y"] * scale))
    assert other.sigma / scale == pytest.approx(fit.sigma, rel=1e-6)
    other = mlm.lmer("y ~ x + (x | g)", data.assign(x=data["x"] * scale))
    assert other.sigma == pytest.approx(fit.sigma, rel=1e-6)


@pytest.mark.parametrize(
    "contrasts", ["[['a', 'b']] * 3", "[['a'], ['b'], ['c']]", "{'u': ['a', 'b', 'c']}"]
)
def test_contrasts_that_are_no_numbers_are_refused(contrasts):
    data = of_sizes().assign(f=np.resize(list("pqr"), 60))
    with pytest.raises(mlm.FormulaError):
        mlm.lm(f"y ~ C(f, {contrasts})", data)


@pytest.mark.parametrize("level", [None, "0.95", 0, 1, 95, np.ones((2, 2)), [0.9]])
@pytest.mark.parametrize("method", ["t", "wald"])
def test_levels_of_a_linear_models_intervals(level, method):
    fit = mlm.lm("y ~ x", of_sizes())
    with pytest.raises(mlm.DataError, match="level is between 0 and 1"):
        fit.confint(method, level=level)


def test_the_row_of_a_weight_is_written_as_it_is():
    data = of_sizes().assign(w=1.0)
    data.loc[7, "w"] = -1
    with pytest.raises(mlm.DataError, match="at row 7 is"):
        mlm.lm("y ~ x", data, weights="w")
