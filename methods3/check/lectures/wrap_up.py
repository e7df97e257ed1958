"""Questions 2.10, wrap-up: which model, what varies, and what it means in units."""

import numpy as np

from methods3.check.fits import GROUND, fitted, sds
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_cake, load_radon
from mlm.fit import lm


def lines_variances():
    """Variances of intercepts, slopes and residuals, sleepstudy."""
    fit = fitted()
    return *(fit.varcorr.std_dev("Subject") ** 2), fit.sigma**2


def ground():
    """Fit the model of counties with floor and uranium."""
    return fitted(GROUND, load_radon)


def highest_activity(*standard_deviations):
    """Upper end for a basement in a county unheard of, from what varies."""
    spread = np.sqrt(sum(sd**2 for sd in standard_deviations))
    return np.exp(ground().fixef["(Intercept)"] + 1.96 * spread)


def ground_sds():
    """Standard deviations between counties, and between a county's houses."""
    return sds(ground(), "county")


def batters(formula="angle ~ recipe + temp + (1 | recipe:replicate)"):
    """Fit a mixed model to the cakes."""
    return fitted(formula, load_cake)


def ten_degrees(fit):
    """Rise of the breakage angle by 10 °F, and its standard error."""
    return [10 * fit.fixef["temp"], 10 * fit.se["temp"]]


QUESTIONS = {
    "2.10a": Question(
        lambda: "BCDFA",
        mistakes=(
            Mistake(
                lambda: "CCDFA",
                "The first: each person meets *one* treatment only. Can the data say "
                "how its effect differs between people?",
            ),
            Mistake(
                lambda: "BBDFA",
                "The second: everybody meets both treatments, so the effect may differ "
                "between people. Give them room for that.",
            ),
            Mistake(
                lambda: "BCCFA",
                "The third: words come back from person to person, as people come "
                "back from word to word. One of the two is missing.",
            ),
            Mistake(
                lambda: "BCDEA",
                "The fourth: pupil one of two classes is not one child. The formula "
                "must know that pupils are counted anew in each class.",
            ),
            Mistake(
                lambda: "BCDFB",
                "The last: with a single row a person, what is a person's intercept, "
                "and what is the residual? Nothing can tell them apart.",
            ),
        ),
    ),
    "2.10b": Question(
        lambda: np.sqrt(81 * lines_variances()[1] + 2 * lines_variances()[2]),
        unit="ms",
        mistakes=(
            Mistake(
                lambda: np.sqrt(81 * lines_variances()[1]),
                "That is how much people's *lines* differ in it. The two days you "
                "measure have residuals, too.",
            ),
            Mistake(
                lambda: np.sqrt(2 * lines_variances()[2]),
                "That is the conditional spread, around a line that is known. A new "
                "person's line is not: in the marginal one slopes vary, too.",
            ),
            Mistake(
                lambda: np.sqrt(81 * lines_variances()[1] + lines_variances()[2]),
                "Two days are measured, and each brings a residual of its own.",
            ),
            Mistake(
                lambda: 9 * fitted().se["Days"],
                "That says how well the *mean* change is known. A single new person "
                "is far less certain.",
            ),
            Mistake(
                lambda: np.sqrt(
                    lines_variances()[0]
                    + 81 * lines_variances()[1]
                    + 2 * lines_variances()[2]
                ),
                "The intercept is in both days, so it cancels in their difference.",
            ),
            Mistake(
                lambda: np.sqrt(9 * lines_variances()[1] + 2 * lines_variances()[2]),
                "Nine days of slope: the variance of nine times a number is not nine "
                "times its variance.",
            ),
        ),
    ),
    "2.10c": Question(
        lambda: [3, 4, 6],
        exact=True,
        mistakes=(
            Mistake(
                lambda: [4, 6],
                "Two found, one to go: is a smaller standard error always a better "
                "one?",
            ),
            Mistake(
                lambda: [3, 6],
                "Two found, one to go: look for a number that was computed from the "
                "wrong table.",
            ),
            Mistake(
                lambda: [3, 4],
                "Two found, one to go: which comparison is not allowed with REML?",
            ),
            Mistake(
                lambda: [3, 4, 5, 6],
                "One too many: the intercept is where the line meets day 0, so a "
                "correlation with it does depend on where day 0 is.",
            ),
            Mistake(
                lambda: [2, 3, 4, 6],
                "One too many: both numbers stand in the print-out as they should.",
            ),
        ),
    ),
    "2.10d": Question(
        lambda: highest_activity(*ground_sds()),
        unit="pCi/L",
        mistakes=(
            Mistake(
                lambda: highest_activity(ground_sds()[1]),
                "That is the conditional spread, given the county. Of this county "
                "nothing is known: take the marginal one, in which counties vary, too.",
            ),
            Mistake(
                lambda: highest_activity(ground_sds()[0]),
                "That is the range of county *means*. One house is asked for, and "
                "houses vary much more: the residual is missing.",
            ),
            Mistake(
                lambda: np.log(highest_activity(*ground_sds())),
                "That is still the logarithm. Nobody measures log pCi/L: take it back.",
            ),
            Mistake(
                lambda: highest_activity(sum(ground_sds())),
                "Standard deviations do not add up. Their squares do.",
            ),
            Mistake(
                lambda: highest_activity(ground().se["(Intercept)"]),
                "That is how well the average is known, and no house is the average.",
            ),
        ),
    ),
    "2.10e": Question(
        lambda: ten_degrees(batters()),
        unit="degrees",
        digits=3,
        mistakes=(
            Mistake(
                lambda: [value / 10 for value in ten_degrees(batters())],
                "Right, but by one degree of the oven. Give it by ten.",
            ),
            Mistake(
                lambda: ten_degrees(lm("angle ~ recipe + temp", load_cake())),
                "The rise is right. Its standard error takes 270 cakes for 270 "
                "batters, and lets what batters have in common pass for noise.",
            ),
            Mistake(
                lambda: ten_degrees(lm("angle ~ temp", load_cake())),
                "The rise is right. Its standard error takes 270 cakes for 270 "
                "batters, and lets what batters have in common pass for noise.",
            ),
            Mistake(
                lambda: ten_degrees(batters("angle ~ recipe + temp + (1 | replicate)")),
                "The rise is right. The grouping says that replicate 1 is one batter, "
                "but there is one for each recipe.",
            ),
            Mistake(
                lambda: ten_degrees(
                    batters("angle ~ recipe * temp + (1 | recipe:replicate)")
                ),
                "That is the rise of recipe A alone, in a model where each recipe has "
                "its own. Do they differ enough for that?",
            ),
            Mistake(
                lambda: ten_degrees(
                    batters("angle ~ recipe + temp + (temp | recipe:replicate)")
                ),
                "A line for each batter is a fair try, but this fit is singular: "
                "its correlation is 1. What does the simpler one say?",
            ),
        ),
    ),
}
