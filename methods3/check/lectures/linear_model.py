"""Questions 1.4, the linear model: slopes by hand, F, and standard errors of a line."""

from functools import cache

import numpy as np
from scipy import stats

from methods3.check.fits import everybody, line, person, rss
from methods3.check.lectures.line_errors import LINE_ERRORS
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_cake
from mlm.fit import lm


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


QUESTIONS = {
    "1.4a": Question(
        answer=slope_by_hand,
        unit="ms a day",
        kind="slope",
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
            Mistake(
                lambda: slope_by_hand(divisor=10 * 285 - 45),
                "In the determinant, (Σx)² is the square of the sum: look at the "
                "divisor again.",
            ),
            Mistake(
                lambda: (sums()[4] - 4.5 * sums()[3]) / 285,
                "Above the line the mean day is taken out, below it is not: Σx² "
                "needs it as well.",
            ),
            Mistake(
                lambda: 9 * slope_by_hand(),
                "That is the change over nine days. The slope is for one.",
            ),
            Mistake(
                lambda: slope_by_hand(divisor=10),
                "Nearly: you divided by n. Divide by the determinant, n Σx² - (Σx)².",
            ),
            Mistake(
                lambda: sums()[3] / 10,
                "That is the mean reaction time. The slope comes from the second "
                "row of the inverse.",
            ),
            Mistake(
                lambda: line("335").sigma,
                "That is the residual standard deviation. The slope is asked.",
            ),
            Mistake(
                lambda: sums()[4] / sums()[3],
                "That is a mean day, weighed by reaction times. A slope needs all "
                "five numbers.",
            ),
        ),
    ),
    "1.4b": Question(
        answer=lambda: cake_mean("C"),
        kind="angle",
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
            Mistake(
                lambda: load_cake()["angle"].mean(),
                "That is the mean of all recipes. Asked is that of C.",
            ),
        ),
    ),
    "1.4c": Question(
        answer=lambda: line("310").fixef,
        kind="coefficient",
        mistakes=(
            Mistake(
                lambda: line("310").fixef[::-1],
                "The values are right, their order is not: the first column of X is "
                "that of ones.",
            ),
            Mistake(
                lambda: line("308").fixef,
                "That is subject 308's line. Here it is another person's.",
            ),
            Mistake(
                lambda: [
                    person("310")["Reaction"].mean(),
                    line("310").fixef["Days"],
                ],
                "The slope is right. The first number is the height on the middle day: "
                "were the days centred?",
            ),
            Mistake(
                lambda: person("310")["Days"] @ person("310")["Reaction"] / 285,
                "That is a line through zero. X needs a column of ones, too.",
            ),
        ),
    ),
    "1.4d": Question(
        answer=lambda: without_day(7).sigma,
        unit="ms",
        kind="standard deviation",
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
            Mistake(
                lambda: without_day(8).sigma,
                "You have left out day 8. Days are called from 0, so rows and days "
                "differ by one.",
            ),
            Mistake(
                lambda: without_day(7).fixef["Days"],
                "That is the slope of the new line. Its residual standard "
                "deviation is asked.",
            ),
            Mistake(
                lambda: rss(without_day(7)),
                "That is the sum of squares. Divide by what is left of the "
                "information, and take the root.",
            ),
            Mistake(
                lambda: line("308").sigma - without_day(7).sigma,
                "That is by how much it falls. Which value does it fall to?",
            ),
            Mistake(
                lambda: np.sqrt(rss(without_day(7))),
                "That is the root of the sum of squares. Divide by what is left of "
                "the information first.",
            ),
            Mistake(
                lambda: line("308").fixef["Days"],
                "That is the slope with all ten days. The residual standard "
                "deviation without one is asked.",
            ),
            Mistake(
                lambda: without_day(7).se["Days"],
                "That is the slope's standard error. The residual standard "
                "deviation is asked.",
            ),
            Mistake(
                lambda: without_day(9).sigma,
                "You have left out the last day. Keep the rows where Days is not 7.",
            ),
        ),
    ),
    "1.4e": Question(
        answer=f_of_names,
        kind="value of F",
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
            Mistake(
                lambda: f_of_names() / 170,
                "The RSS that is left is to be divided, too: how many degrees of "
                "freedom has it?",
            ),
            Mistake(
                lambda: 8 * f_of_names() / 170,
                "Neither sum is divided yet: each by its own number of "
                "coefficients, or degrees of freedom.",
            ),
            Mistake(
                lambda: 1 / f_of_names(),
                "That is upside down: the fall of RSS goes above the line.",
            ),
            Mistake(
                lambda: 8 * f_of_names() / 9,
                "How many coefficients do the names add to those of the line? "
                "Count the intercept in both, or in neither.",
            ),
            Mistake(
                lambda: 0.8 * f_of_names(),
                "How many coefficients do the names add to those of the line, "
                "which has some already?",
            ),
            Mistake(
                lambda: f_of_names() * 180 / 170,
                "You took 180 degrees of freedom for what is left. The "
                "coefficients have used up some.",
            ),
            Mistake(
                lambda: f_of_names() * 171 / 170,
                "You took one degree of freedom too many below the line: the "
                "intercept uses one up, too.",
            ),
            Mistake(
                lambda: stats.f.cdf(f_of_names(), 8, 170),
                "That is one minus p. F itself is asked.",
            ),
            Mistake(
                lambda: 8 * f_of_names() * days_as_names()[2] / 170,
                "That is the fall of RSS. Divide it, and set it against what is left.",
            ),
        ),
    ),
} | LINE_ERRORS
