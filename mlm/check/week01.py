"""Questions of week 1's exercises: their answers, and the mistakes that students make.

It holds no engine and no R: answers are computed here when they are asked for, and
``tests/test_answers_week01.py`` compares them with R and with closed forms.
"""

import platform
import sys
from functools import cache

import numpy as np
from scipy import stats

from mlm.check.questions import Mistake, Question
from mlm.datasets import load_cake, load_insteval, load_radon, load_sleepstudy
from mlm.fit import lm
from mlm.rstream import rnorm

# 1.2a: what R's x[3:6] holds, as places counted from 0.
R_SLICE = (2, 6)
# 1.3a: in the order in which the exercise names the variables.
LEVELS = ("nominal", "interval", "ordinal", "ratio", "interval", "ratio")
THREE, MEAN, SD = np.array([1.0, 4.0, 7.0]), 3.0, 2.0  # 1.5a
BECQUEREL = 37  # a picocurie per litre, in becquerels per cubic metre


@cache
def study():
    """Return the sleep study."""
    return load_sleepstudy()


def person(name):
    """Return the ten rows of one subject."""
    return study()[study()["Subject"] == name]


@cache
def line(name):
    """Fit a line to one subject."""
    return lm("Reaction ~ Days", person(name))


@cache
def everybody(formula="Reaction ~ Days"):
    """Fit a linear model to the whole sleep study."""
    return lm(formula, study())


def rss(fit):
    """Return the residual sum of squares of a fit."""
    return np.sum(fit.residuals() ** 2)


def by_day(statistic):
    """Return a statistic of the reaction times of each day."""
    return study().groupby("Days")["Reaction"].agg(statistic)


def wide(order="C"):
    """Reaction times with a row a person, if they are filled in row by row."""
    return study()["Reaction"].to_numpy().reshape(18, 10, order=order)


def changes():
    """Return the nine changes of subject 308 from one day to the next, in ms."""
    return np.abs(np.diff(person("308")["Reaction"]))


def two_predictors(days2):
    """Coefficients of Days and of another predictor."""
    return lm("Reaction ~ Days + Days2", study().assign(Days2=days2)).fixef


def through_zero():
    """Return residual, total and raw sums of squares of a line through the origin."""
    y = study()["Reaction"]
    left = rss(everybody("Reaction ~ Days - 1"))
    return left, np.sum((y - y.mean()) ** 2), np.sum(y**2)


def by_studage(semester):
    """Return the slope of ratings on the time at university, numbered in some way."""
    ratings = load_insteval()
    codes = ratings["studage"].cat.codes.to_numpy()
    return np.polyfit(np.asarray(semester)[codes], ratings["y"], 1)[0]


def log_radon_fit():
    """Coefficients of log radon on the floor where it was measured."""
    return lm("log_radon ~ floor", load_radon()).fixef


def uranium():
    """Return the logarithm of the uranium in the ground of each house's county."""
    return load_radon()["log_uranium"]


def with_uranium(column, method="pearson"):
    """Return the correlation of a column of the radon data with the uranium."""
    return load_radon()[column].corr(uranium(), method=method)


@cache
def sums():
    """Return n, Σx, Σx², Σy and Σxy of subject 335."""
    x, y = (person("335")[name].to_numpy(float) for name in ("Days", "Reaction"))
    return len(x), x.sum(), x @ x, y.sum(), x @ y


def slope_by_hand(sign=-1, divisor=None):
    """Return the slope of subject 335, or a slip of it."""
    n, x, xx, y, xy = sums()
    return (n * xy + sign * x * y) / (divisor or n * xx - x**2)


def cake_mean(recipe):
    """Return the mean breakage angle of one recipe, in degrees."""
    cake = load_cake()
    return cake.loc[cake["recipe"] == recipe, "angle"].mean()


def without_day(day):
    """Fit the line of subject 308 without one of the days."""
    return lm("Reaction ~ Days", person("308")[person("308")["Days"] != day])


def days_as_names():
    """Return the residual sums of squares of the mean, of the line and of ten names."""
    formulas = ("Reaction ~ 1", "Reaction ~ Days", "Reaction ~ C(Days)")
    return [rss(everybody(formula)) for formula in formulas]


def f_of_names():
    """Return the F of ten names against a line."""
    _, by_line, by_name = days_as_names()
    return ((by_line - by_name) / 8) / (by_name / 170)


def se_of_line(day):
    """Return the standard error of subject 308's line at a day, in ms."""
    at = np.array([1, day])
    return np.sqrt(at @ line("308").vcov.to_numpy() @ at)


def log_density(sd=SD):
    """Return the log-likelihood of the three numbers of 1.5a."""
    return stats.norm.logpdf(THREE, MEAN, sd).sum()


def loss_without_slope():
    """Return by how much the log-likelihood of subject 309 falls without a slope."""
    level = lm("Reaction ~ 1", person("309"))
    return line("309").loglik - level.loglik


def fall_at_fixed_sigma():
    """Return the same fall with σ held at the estimate that has the slope."""
    level = lm("Reaction ~ 1", person("309"))
    return (rss(level) - rss(line("309"))) / (2 * rss(line("309")) / 10)


def interval(fall=None, half=None):
    """Return an interval around the slope of subject 308, in ms a day.

    It reaches ``half`` to both sides, or to where 2 log L has fallen by ``fall``.
    """
    around = 82.5  # the sum of squared distances of the days from their mean
    if half is None:
        half = np.sqrt(rss(line("308")) * np.expm1(fall / 10) / around)
    return line("308").fixef["Days"] + half * np.array([-1, 1])


def slope_se():
    """Return the standard error of subject 308's slope, in ms a day."""
    return line("308").se["Days"]


QUESTIONS = {
    "1.1a": Question(
        answer=lambda: sys.executable,
        mistakes=(
            Mistake(
                lambda: sys.prefix,
                "That is the folder of the environment. The program that runs lies "
                "in it: ask `sys` for the executable.",
            ),
            Mistake(
                lambda: sys.version,
                "That says which version runs. Two Pythons on one computer can have "
                "the same version; only the path tells them apart.",
            ),
            Mistake(
                platform.python_version,
                "That is a version, and two Pythons can share one. The path is asked.",
            ),
            Mistake(
                lambda: "python3",
                "That is a name, and it means whatever comes first on the search "
                "path. Ask the Python of this notebook where it lies.",
            ),
        ),
    ),
    "1.1b": Question(
        answer=lambda: 6,
        exact=True,
        mistakes=(
            Mistake(
                lambda: 4,
                "That many begin with `ok` now. The command mends something.",
            ),
            Mistake(
                lambda: 5,
                "Nearly. The line with `--` was not wrong, it was waiting: for what?",
            ),
            Mistake(
                lambda: 7,
                "One command mends one thing. Look for another `!!` further down.",
            ),
            Mistake(
                lambda: 1,
                "That counts what the command mends. The lines that were `ok` before "
                "are printed again.",
            ),
        ),
    ),
    "1.1c": Question(
        answer=lambda: 4,
        exact=True,
        mistakes=(
            Mistake(
                lambda: 7,
                "There pandas is asked to read, and fails. But that line only uses "
                "a path: where is the path made?",
            ),
            Mistake(
                lambda: 9,
                "That is where the story begins, and the file's name is right. "
                "Compare the last line of the traceback with the folder's real name.",
            ),
            Mistake(
                lambda: 954,
                "That line is pandas's own, and pandas did what it was told. Look "
                "among the lines of `analysis.py`.",
            ),
            Mistake(
                lambda: 1866,
                "That line is pandas's own, and pandas did what it was told. Look "
                "among the lines of `analysis.py`.",
            ),
        ),
    ),
    "1.1d": Question(
        answer=lambda: 2,
        exact=True,
        mistakes=(
            Mistake(
                lambda: 3,
                "Three files that git knows are changed, but one of them has not "
                "been chosen with `git add`.",
            ),
            Mistake(
                lambda: 4,
                "That is every file with something new. A commit keeps only what "
                "was chosen with `git add`.",
            ),
            Mistake(
                lambda: 5,
                "You have counted lines. One file stands in two places: it was "
                "changed again after `git add`.",
            ),
            Mistake(
                lambda: 1,
                "A file that was changed again after git add is still chosen: as it "
                "was at that moment.",
            ),
        ),
    ),
    "1.1e": Question(
        answer=lambda: line("308").fixef,
        mistakes=(
            Mistake(
                lambda: everybody().fixef,
                "That is the line through all eighteen people. Keep the ten rows of "
                "subject 308 first.",
            ),
            Mistake(
                lambda: line("308").fixef - [line("308").fixef["Days"], 0],
                "The slope is right. Your intercept lies a day too early: the first "
                "day is called 0.",
            ),
            Mistake(
                lambda: [person("308")["Reaction"].mean(), line("308").fixef["Days"]],
                "The slope is right. The first number is the height on the middle "
                "day, and the intercept is the height on day 0.",
            ),
        ),
    ),
    "1.2a": Question(
        answer=lambda: R_SLICE,
        exact=True,
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
        ),
    ),
    "1.2b": Question(
        answer=lambda: by_day("mean"),
        unit="ms",
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
                lambda: study().groupby("Subject", observed=True)["Reaction"].mean(),
                "Those are eighteen means, one a person. Group by the second "
                "argument of `tapply`.",
            ),
            Mistake(
                lambda: by_day("sum"),
                "Those are sums over the eighteen people of each day. Divide.",
            ),
        ),
    ),
    "1.2c": Question(
        answer=lambda: wide().std(axis=1, ddof=1),
        unit="ms",
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
        ),
    ),
    "1.2d": Question(
        answer=lambda: changes().mean(),
        unit="ms",
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
        ),
    ),
    "1.2e": Question(
        answer=lambda: two_predictors(2 * study()["Days"] + rnorm(180, 7)),
        mistakes=(
            Mistake(
                lambda: two_predictors(
                    2 * study()["Days"] + np.random.default_rng(7).normal(size=180)
                ),
                "NumPy's seed 7 starts another stream than R's. `mlm.rstream` has R's.",
            ),
            Mistake(
                lambda: two_predictors(2 * study()["Days"] + rnorm(180, 1)),
                "That is R's stream, of seed 1. The R sets another seed.",
            ),
            Mistake(
                lambda: two_predictors(study()["Days"] + rnorm(180, 7)),
                "The noise is right. `Days2` is to be twice Days before it is added.",
            ),
            Mistake(
                lambda: two_predictors(2 * (study()["Days"] + rnorm(180, 7))),
                "You have doubled the noise as well. R multiplies before it adds, and "
                "so does Python; mind the parentheses.",
            ),
        ),
    ),
    "1.2f": Question(
        answer=lambda: 1 - through_zero()[0] / through_zero()[1],
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
                lambda: study()["Days"].corr(study()["Reaction"]) ** 2,
                "That is the square of a correlation, which is R² of the line that "
                "has an intercept. This line must go through zero.",
            ),
        ),
    ),
    "1.3a": Question(
        answer=lambda: LEVELS,
        mistakes=(
            Mistake(
                lambda: ("ordinal", *LEVELS[1:]),
                "One is not right: does a larger postcode mean more of anything?",
            ),
            Mistake(
                lambda: ("interval", *LEVELS[1:]),
                "One is not right: is the difference of two postcodes a quantity?",
            ),
            Mistake(
                lambda: (LEVELS[0], "ratio", *LEVELS[2:]),
                "One is not right: is ten o'clock twice as late as five o'clock, or "
                "only for those who begin to count at midnight?",
            ),
            Mistake(
                lambda: (*LEVELS[:2], "interval", *LEVELS[3:]),
                "One is not right: the first may have won by a second, and the "
                "second by an hour.",
            ),
            Mistake(
                lambda: (*LEVELS[:4], "ratio", LEVELS[5]),
                "One is not right: write the times in seconds instead of ms. What "
                "becomes of the logarithm, and of its 0?",
            ),
            Mistake(
                lambda: ("nominal", "ratio", "ordinal", "ratio", "ratio", "ratio"),
                "Two are not right: ask for each ratio whether its 0 means none, or "
                "whether somebody has put it there.",
            ),
            Mistake(
                lambda: (*LEVELS[:3], "interval", *LEVELS[4:]),
                "One is not right: what do 0 errors mean?",
            ),
            Mistake(
                lambda: (*LEVELS[:5], "interval"),
                "One is not right: what does an angle of 0 degrees say of the cake?",
            ),
        ),
    ),
    "1.3b": Question(
        answer=lambda: np.mean([1000 / 250, 1000 / 500]),
        unit="responses a second",
        mistakes=(
            Mistake(
                lambda: 1000 / 375,
                "That is the speed of the mean time. Turn each time into a speed "
                "first, then take the mean.",
            ),
            Mistake(
                lambda: 375,
                "That is the mean of the times, in ms. Speeds are asked, in "
                "responses a second.",
            ),
            Mistake(
                lambda: 0.375,
                "That is the mean of the times, in s. Speeds are asked, in responses "
                "a second.",
            ),
            Mistake(
                lambda: 6,
                "Each speed is right, and you have added them. Their mean is asked.",
            ),
        ),
    ),
    "1.3c": Question(
        answer=lambda: load_cake()["temp"].mean() / (load_cake()["temp"].mean() - 32),
        mistakes=(
            Mistake(
                lambda: 1,
                "A ratio of two numbers on an interval scale need not survive: the "
                "mean loses something that the standard deviation does not.",
            ),
            Mistake(
                lambda: 5 / 9,
                "So much does the standard deviation change. The mean changes too, "
                "and by another factor.",
            ),
            Mistake(
                lambda: 1 - 32 / load_cake()["temp"].mean(),
                "That is the factor from °C to °F. The other way is asked.",
            ),
            Mistake(
                lambda: 1 / (1 - 32 / load_cake()["temp"].mean()) / 1.8,
                "You have changed the standard deviation once too often: the size of "
                "the degrees changes it and the mean alike.",
            ),
        ),
    ),
    "1.3d": Question(
        answer=lambda: by_studage([2, 4, 6, 8]),
        mistakes=(
            Mistake(
                lambda: by_studage([0, 1, 2, 3]),
                "That is the slope as it is printed. How many semesters lie between "
                "one code and the next?",
            ),
            Mistake(
                lambda: by_studage([0, 0.5, 1, 1.5]),
                "The factor goes the other way: a step of two semesters is larger "
                "than a step of one.",
            ),
            Mistake(
                lambda: by_studage([0, 1, 2, 3]) / 8,
                "You have divided by the number of semesters of the last group. What "
                "counts is how far apart neighbouring groups are.",
            ),
        ),
    ),
    "1.3e": Question(
        answer=lambda: with_uranium("activity", method="spearman"),
        mistakes=(
            Mistake(
                lambda: with_uranium("activity"),
                "That is the correlation of the values themselves, and it does not "
                "survive a logarithm. Rank both columns first.",
            ),
            Mistake(
                lambda: with_uranium("log_radon"),
                "That is the correlation with the logarithm. With ranks you would "
                "get one and the same number with and without it.",
            ),
            Mistake(
                lambda: with_uranium("activity", method="kendall"),
                "That is Kendall's, made of pairs. The correlation of the ranks is "
                "asked, which is Spearman's.",
            ),
            Mistake(
                lambda: load_radon()["activity"].rank().corr(uranium()),
                "One column is ranked, the other is not yet.",
            ),
        ),
    ),
    "1.3f": Question(
        answer=lambda: (np.log(BECQUEREL), 0),
        mistakes=(
            Mistake(
                lambda: (np.log(BECQUEREL), np.log(BECQUEREL)),
                "The intercept is right. The slope is a difference of two "
                "logarithms: what becomes of something that both gain?",
            ),
            Mistake(
                lambda: (BECQUEREL, 0),
                "The slope is right. The intercept gains what the logarithm gains, "
                "and that is not the factor itself.",
            ),
            Mistake(
                lambda: (np.log10(BECQUEREL), 0),
                "Nearly: `log_radon` is a natural logarithm, and you have taken the "
                "one of base ten.",
            ),
            Mistake(
                lambda: (BECQUEREL - 1) * log_radon_fit().to_numpy(),
                "So it would be if the response were the activity itself. The "
                "logarithm of a product is a sum.",
            ),
            Mistake(
                lambda: (0, np.log(BECQUEREL)),
                "The right two numbers, the wrong way round: which coefficient says "
                "how high the data lie?",
            ),
        ),
    ),
    "1.4a": Question(
        answer=slope_by_hand,
        unit="ms a day",
        mistakes=(
            Mistake(
                lambda: slope_by_hand(sign=1),
                "The inverse changes the sign of what stands beside the diagonal: "
                "one product is to be subtracted.",
            ),
            Mistake(
                lambda: slope_by_hand(divisor=1),
                "The products are right. Divide by the determinant, n Σx² - (Σx)².",
            ),
            Mistake(
                lambda: line("335").fixef["(Intercept)"],
                "That is the intercept, from the first row of the inverse. The slope "
                "comes from the second.",
            ),
            Mistake(
                lambda: sums()[4] / sums()[2],
                "That is the slope of a line through zero. This one has an "
                "intercept, so use all five numbers.",
            ),
        ),
    ),
    "1.4b": Question(
        answer=lambda: cake_mean("C"),
        mistakes=(
            Mistake(
                lambda: cake_mean("C") - cake_mean("A"),
                "That is how far C lies from the recipe that has no line of its own. "
                "Where does that one lie?",
            ),
            Mistake(
                lambda: cake_mean("A"),
                "That is the intercept: the mean of the recipe that has no line of "
                "its own. Which one is that?",
            ),
            Mistake(
                lambda: 2 * cake_mean("A") - cake_mean("C"),
                "Mind the sign of the coefficient: C breaks earlier.",
            ),
            Mistake(
                lambda: cake_mean("B") + cake_mean("C") - cake_mean("A"),
                "You have added the coefficient of B as well. A cake of recipe C has "
                "a 0 in that column.",
            ),
            Mistake(
                lambda: cake_mean("B"),
                "That is the mean of recipe B; look one line further down.",
            ),
        ),
    ),
    "1.4c": Question(
        answer=lambda: without_day(7).sigma,
        unit="ms",
        mistakes=(
            Mistake(
                lambda: line("308").sigma,
                "That is with all ten days. Fit again, to the data without day 7.",
            ),
            Mistake(
                lambda: np.sqrt(rss(without_day(7)) / 9),
                "You have divided by n. Two coefficients have been fitted, so n - 2 "
                "pieces of information are left.",
            ),
            Mistake(
                lambda: np.sqrt(rss(without_day(7)) / 8),
                "The residuals are right, but 8 was for ten days. One day is gone.",
            ),
            Mistake(
                lambda: without_day(6).sigma,
                "You have left out the seventh row, which is day 6: days are called "
                "from 0.",
            ),
        ),
    ),
    "1.4d": Question(
        answer=f_of_names,
        mistakes=(
            Mistake(
                lambda: 8 * f_of_names(),
                "Nearly: divide what the names take away by the number of "
                "coefficients that they add.",
            ),
            Mistake(
                lambda: stats.f.sf(f_of_names(), 8, 170),
                "That is p. F itself is asked.",
            ),
            Mistake(
                lambda: (days_as_names()[0] / days_as_names()[2] - 1) / (9 / 170),
                "You have compared ten names with one mean. Compare them with the "
                "line.",
            ),
            Mistake(
                lambda: (1 - days_as_names()[2] / days_as_names()[1]) / (8 / 178),
                "Below the line goes what is left by the larger model, the one with "
                "ten names, with its own degrees of freedom.",
            ),
        ),
    ),
    "1.4e": Question(
        answer=lambda: everybody().sigma / np.sqrt(180),
        unit="ms",
        mistakes=(
            Mistake(
                lambda: everybody().se["(Intercept)"],
                "That is for the height at day 0. Subtract the mean day from Days, "
                "and fit again.",
            ),
            Mistake(
                lambda: everybody().se["Days"],
                "That is the standard error of the slope, which does not notice "
                "where the days begin.",
            ),
            Mistake(
                lambda: study()["Reaction"].std() / np.sqrt(180),
                "That takes the scatter around the mean. The line has taken some of "
                "it away: use what is left.",
            ),
            Mistake(
                lambda: everybody().sigma / np.sqrt(18),
                "You have divided by the number of people. That may well be wiser, "
                "but this model believes in 180 independent rows.",
            ),
        ),
    ),
    "1.4f": Question(
        answer=lambda: se_of_line(12),
        unit="ms",
        mistakes=(
            Mistake(
                lambda: np.hypot(
                    line("308").se["(Intercept)"], 12 * line("308").se["Days"]
                ),
                "You have added the two variances. The estimates are correlated, so "
                "twice their covariance, times the day, belongs to the sum.",
            ),
            Mistake(
                lambda: np.hypot(se_of_line(12), line("308").sigma),
                "That is for a new reaction time, which scatters around the line. "
                "How uncertain the line itself is, is asked.",
            ),
            Mistake(
                lambda: 12 * slope_se(),
                "That is the uncertainty of the slope alone, carried from day 0. The "
                "intercept is uncertain too, and they are correlated.",
            ),
            Mistake(
                lambda: line("308").se["(Intercept)"],
                "That is for day 0 (and, by symmetry, for day 9).",
            ),
        ),
    ),
    "1.5a": Question(
        answer=log_density,
        mistakes=(
            Mistake(
                lambda: log_density() - 21 / 8,
                "The sum of squares is divided by 2σ², not by σ².",
            ),
            Mistake(
                lambda: log_density(np.sqrt(SD)),
                "You have taken 2 for the variance. It is σ, the standard deviation.",
            ),
            Mistake(
                lambda: np.exp(log_density()),
                "That is the likelihood, a product of three densities. Its "
                "logarithm is asked.",
            ),
            Mistake(
                lambda: -2 * log_density(),
                "That is the deviance, -2 times what is asked.",
            ),
            Mistake(
                lambda: log_density() + 1.5 * np.log(2 * np.pi),
                "The part with 2π is missing. It holds no parameter, but belongs to "
                "the density.",
            ),
        ),
    ),
    "1.5b": Question(
        answer=lambda: np.sqrt(rss(line("309")) / 10),
        unit="ms",
        mistakes=(
            Mistake(
                lambda: line("309").sigma,
                "That stands in the print-out, and is made with n - p. What does ML "
                "divide by?",
            ),
            Mistake(
                lambda: line("309").sigma * 0.8,
                "That is the factor for σ². You want σ, so take its root.",
            ),
            Mistake(
                lambda: line("309").sigma / np.sqrt(0.8),
                "The factor goes the other way: ML divides by more, and so is smaller.",
            ),
            Mistake(
                lambda: line("309").sigma * np.sqrt(7 / 8),
                "The print-out's 8 has the two coefficients subtracted already. How "
                "many days are there?",
            ),
        ),
    ),
    "1.5c": Question(
        answer=loss_without_slope,
        mistakes=(
            Mistake(
                lambda: 2 * loss_without_slope(),
                "That is the fall of 2 log L, which χ² is for. The log-likelihood "
                "itself is asked.",
            ),
            Mistake(
                fall_at_fixed_sigma,
                "You have kept σ where it was with the slope. Without the slope "
                "another σ is best: let it be estimated again.",
            ),
            Mistake(
                lambda: loss_without_slope() * 0.8,
                "ML counts all ten observations: the factor before the logarithm is "
                "n/2, and not (n - p)/2.",
            ),
        ),
    ),
    "1.5d": Question(
        answer=lambda: interval(fall=stats.chi2.ppf(0.95, 1)),
        unit="ms a day",
        mistakes=(
            Mistake(
                lambda: interval(half=stats.t.ppf(0.975, 8) * slope_se()),
                "That is the interval from t. Here the ends are where the "
                "log-likelihood has fallen far enough.",
            ),
            Mistake(
                lambda: interval(half=stats.norm.ppf(0.975) * slope_se()),
                "That is the estimate ± 1.96 standard errors: a parabola in place of "
                "the log-likelihood. Use the log-likelihood itself.",
            ),
            Mistake(
                lambda: interval(fall=2 * stats.chi2.ppf(0.95, 1)),
                "You have let the log-likelihood fall by 3.84. It is twice the "
                "log-likelihood that may fall so far.",
            ),
            Mistake(
                lambda: interval(
                    half=np.sqrt(stats.chi2.ppf(0.95, 1) * rss(line("308")) / 825)
                ),
                "You have kept σ at its best value. For each slope another σ is "
                "best, and the curve is flatter for it.",
            ),
            Mistake(
                lambda: interval(fall=stats.chi2.ppf(0.95, 1) / 2),
                "You have let twice the log-likelihood fall by half of 3.84. It may "
                "fall by all of it.",
            ),
        ),
    ),
    "1.5e": Question(
        answer=lambda: 0.5,
        mistakes=(
            Mistake(
                lambda: 1,
                "More people bring more data, but each brings a mean to be fitted as "
                "well. What is p/n?",
            ),
            Mistake(
                lambda: np.sqrt(0.5),
                "That is for σ. The share of σ² is asked.",
            ),
            Mistake(
                lambda: 2,
                "ML is too small, not too large. You have it upside down.",
            ),
            Mistake(
                lambda: 0,
                "You have taken n for the number of people. It is the number of "
                "observations, and each person brings two.",
            ),
        ),
    ),
    "1.5f": Question(
        answer=lambda: -np.log(24),
        mistakes=(
            Mistake(
                lambda: -2 * np.log(24),
                "That is how much -2 times it changes, and with the wrong sign. Half "
                "of log |XᵀX| is subtracted.",
            ),
            Mistake(
                lambda: 2 * np.log(24),
                "That is how much -2 times the REML log-likelihood changes. The "
                "log-likelihood itself is asked.",
            ),
            Mistake(
                lambda: 0,
                "That holds for ML. REML subtracts half of log |XᵀX|, and X has "
                "changed.",
            ),
            Mistake(
                lambda: -np.log(24) / 2,
                "One column of X is 24 times as large, so the determinant of XᵀX "
                "is so many times as large squared.",
            ),
        ),
    ),
}
