"""Questions 1.2, from R to Python: counting from 0, and what R does unasked."""

import numpy as np

from methods3.check.fits import everybody, person, rss, sleepstudy
from methods3.check.questions import Mistake, Question
from methods3.rstream import rnorm
from mlm.fit import lm

R_SLICE = (2, 6)  # what R's x[3:6] holds, as places counted from 0


def by_day(statistic):
    """Return a statistic of the reaction times of each day."""
    return sleepstudy().groupby("Days")["Reaction"].agg(statistic)


def wide(order="C"):
    """Reaction times with a row a person, if they are filled in row by row."""
    return sleepstudy()["Reaction"].to_numpy().reshape(18, 10, order=order)


def changes():
    """Return the nine changes of subject 308 from one day to the next, in ms."""
    return np.abs(np.diff(person("308")["Reaction"]))


def two_predictors(days2):
    """Coefficients of Days and of another predictor."""
    return lm("Reaction ~ Days + Days2", sleepstudy().assign(Days2=days2)).fixef


def through_zero():
    """Return residual, total and raw sums of squares of a line through the origin."""
    y = sleepstudy()["Reaction"]
    left = rss(everybody("Reaction ~ Days - 1"))
    return left, np.sum((y - y.mean()) ** 2), np.sum(y**2)


QUESTIONS = {
    "1.2a": Question(
        answer=lambda: R_SLICE,
        exact=True,
        kind="place",
        mistakes=(
            Mistake(
                lambda: (3, 6),
                "That loses a number. R counts its boxes from 1: which number from "
                "the start is R's third, if the first is number 0?",
            ),
            Mistake(
                lambda: (2, 5),
                "The start is right. Python leaves out the place where it stops, R "
                "does not.",
            ),
            Mistake(
                lambda: (3, 7),
                "As many numbers as R gives, but each one place too late: Python "
                "counts from 0.",
            ),
            Mistake(
                lambda: (4, 7),
                "That goes the wrong way: Python's first place has a smaller number "
                "than R's, not a larger one.",
            ),
            Mistake(
                lambda: (3, 5),
                "That shifts both the wrong way round: R's third is Python's place "
                "2, and Python leaves out the place where it stops.",
            ),
        ),
    ),
    "1.2b": Question(
        answer=lambda: by_day("mean"),
        unit="ms",
        kind="time",
        mistakes=(
            Mistake(
                lambda: by_day("median"),
                "Those are medians. The R says mean.",
            ),
            Mistake(
                lambda: by_day("std"),
                "Those are standard deviations. The R says mean.",
            ),
            Mistake(
                lambda: (
                    sleepstudy().groupby("Subject", observed=True)["Reaction"].mean()
                ),
                "Those are eighteen means, one a person. Group by the second "
                "argument of `tapply`.",
            ),
            Mistake(
                lambda: by_day("sum"),
                "Those are sums over the eighteen people of each day. Divide.",
            ),
            Mistake(
                lambda: by_day("var"),
                "Those are variances. The R says mean.",
            ),
            Mistake(
                lambda: by_day("max"),
                "Those are the largest of each day. The R says mean.",
            ),
        ),
    ),
    "1.2c": Question(
        answer=lambda: wide().std(axis=1, ddof=1),
        unit="ms",
        kind="standard deviation",
        mistakes=(
            Mistake(
                lambda: wide().std(axis=1),
                "NumPy has divided by n. R divides by n - 1: say `ddof=1`.",
            ),
            Mistake(
                lambda: wide().std(axis=0, ddof=1),
                "Those are ten, one a day. R's 1 is its first dimension, the rows; "
                "NumPy counts dimensions from 0, and its axis is the one that goes.",
            ),
            Mistake(
                lambda: wide("F").std(axis=1, ddof=1),
                "Your rows mix people. The R fills the matrix row by row, which is "
                "what `reshape` does when it is told nothing.",
            ),
            Mistake(
                lambda: wide().std(axis=0),
                "Two things: those are ten, one a day, and NumPy has divided by n.",
            ),
            Mistake(
                lambda: wide().mean(axis=1),
                "Those are means. The R says `sd`.",
            ),
            Mistake(
                lambda: wide().std(axis=1, ddof=1) / np.sqrt(10),
                "Those are standard errors of means. The R says `sd`.",
            ),
        ),
    ),
    "1.2d": Question(
        answer=lambda: changes().mean(),
        unit="ms",
        kind="time",
        mistakes=(
            Mistake(
                lambda: changes()[1:].mean(),
                "That is what the translation gives as it stands. Write down which "
                "values i takes in R, and which in Python.",
            ),
            Mistake(
                lambda: changes()[:-1].mean(),
                "The first change is in now, but the last is lost. There are nine "
                "changes between ten days.",
            ),
            Mistake(
                lambda: np.diff(person("308")["Reaction"]).mean(),
                "All nine changes are in, but rises and falls cancel. Keep `abs`.",
            ),
            Mistake(
                lambda: changes().sum() / 10,
                "You have divided by the number of days. Between ten days there "
                "are nine changes.",
            ),
            Mistake(
                lambda: np.median(changes()),
                "That is the median of the changes. The R says mean.",
            ),
            Mistake(
                lambda: changes().max(),
                "That is the largest change. The R says mean.",
            ),
            Mistake(
                lambda: changes().sum(),
                "That is the sum of the changes. Divide by how many there are.",
            ),
            Mistake(
                lambda: np.sqrt(np.mean(changes() ** 2)),
                "You took the root of the mean of squares. The R takes absolute "
                "values.",
            ),
            Mistake(
                lambda: changes().std(ddof=1),
                "That is how much the changes scatter. The R says mean.",
            ),
            Mistake(
                lambda: changes().min(),
                "That is the smallest change. The R says mean.",
            ),
        ),
    ),
    "1.2e": Question(
        answer=lambda: two_predictors(2 * sleepstudy()["Days"] + rnorm(180, 7)),
        kind="coefficient",
        mistakes=(
            Mistake(
                lambda: two_predictors(
                    2 * sleepstudy()["Days"] + np.random.default_rng(7).normal(size=180)
                ),
                "NumPy's seed 7 starts another stream than R's, `methods3.rstream`.",
            ),
            Mistake(
                lambda: two_predictors(2 * sleepstudy()["Days"] + rnorm(180, 1)),
                "That is R's stream, of seed 1. The R sets another seed.",
            ),
            Mistake(
                lambda: two_predictors(sleepstudy()["Days"] + rnorm(180, 7)),
                "The noise is right. `Days2` is to be twice Days before it is added.",
            ),
            Mistake(
                lambda: two_predictors(2 * (sleepstudy()["Days"] + rnorm(180, 7))),
                "You have doubled the noise as well. R multiplies before it adds, and "
                "so does Python; mind the parentheses.",
            ),
            Mistake(
                lambda: two_predictors(rnorm(180, 7)),
                "That has the noise alone as `Days2`. It is to be added to twice Days.",
            ),
            Mistake(
                lambda: two_predictors(2 * sleepstudy()["Days"] - rnorm(180, 7)),
                "You subtracted the noise. The R adds it.",
            ),
        ),
    ),
    "1.2f": Question(
        answer=lambda: 1 - through_zero()[0] / through_zero()[1],
        kind="value of R²",
        mistakes=(
            Mistake(
                lambda: 1 - through_zero()[0] / through_zero()[2],
                "That is what R prints: the squares are taken from zero. Take them "
                "from the mean of the reaction times.",
            ),
            Mistake(
                lambda: through_zero()[0] / through_zero()[1],
                "That is the share that is left, and it is more than all. R² is 1 "
                "minus it.",
            ),
            Mistake(
                lambda: sleepstudy()["Days"].corr(sleepstudy()["Reaction"]) ** 2,
                "That is the square of a correlation, which is R² of the line that "
                "has an intercept. This line must go through zero.",
            ),
            Mistake(
                lambda: through_zero()[1] / through_zero()[2],
                "No residual is in that. R² is one minus a share of what is left.",
            ),
            Mistake(
                lambda: everybody().sigma,
                "That is the residual standard deviation of the line with an "
                "intercept.",
            ),
        ),
    ),
}
