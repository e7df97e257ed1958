"""What cannot be fitted gets an error that names the culprit and says what to do."""

import numpy as np
import pandas as pd
import pytest

import mlm

GOOD = "Reaction ~ Days + (Days | Subject)"


def sleep(**columns):
    return mlm.load_sleepstudy().assign(**columns)


TWICE = pd.concat([sleep(), sleep()[["Days"]]], axis=1)
PER_ROW = sleep(row=np.arange(180))

CASES = {
    # name: formula, data, class of error, words of the message
    "unknown column": (
        "Reaction ~ Day + (1 | Subject)",
        sleep(),
        mlm.FormulaError,
        "no column 'Day' in the data.*Did you mean 'Days'",
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
        "pandas DataFrame, not dict",
    ),
    "unknown function": (
        "Reaction ~ wiggle(Days) + (1 | Subject)",
        sleep(),
        mlm.FormulaError,
        "cannot read",
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
        "Reaction ~ day.no + (1 | Subject)",
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
}


@pytest.mark.filterwarnings("ignore::mlm.MissingValuesWarning")
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
@pytest.mark.parametrize("case", CASES)
def test_error_names_the_culprit(case):
    formula, data, kind, words = CASES[case]
    with pytest.raises(kind, match=f"(?s){words}"):
        mlm.lmer(formula, data)


def test_error_marks_the_bad_part():
    with pytest.raises(mlm.FormulaError) as caught:
        mlm.lmer("Reaction ~ Day + (1 | Subject)", sleep())
    shown, mark = str(caught.value).splitlines()[2:4]
    assert shown[mark.index("^") : mark.rindex("^") + 1] == "Day"


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
