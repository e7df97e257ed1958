"""Questions 1.4, the linear model: slopes by hand, F, and standard errors of a line."""

from functools import cache

import numpy as np
from scipy import stats

from methods3.check.fits import everybody, line, person, rss, sleepstudy
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


def se_of_line(day):
    """Return the standard error of subject 308's line at a day, in ms."""
    at = np.array([1, day])
    return np.sqrt(at @ line("308").vcov.to_numpy() @ at)


QUESTIONS = {
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
                lambda: sleepstudy()["Reaction"].std() / np.sqrt(180),
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
                lambda: 12 * line("308").se["Days"],
                "That is the uncertainty of the slope alone, carried from day 0. The "
                "intercept is uncertain too, and they are correlated.",
            ),
            Mistake(
                lambda: line("308").se["(Intercept)"],
                "That is for day 0 (and, by symmetry, for day 9).",
            ),
        ),
    ),
}
