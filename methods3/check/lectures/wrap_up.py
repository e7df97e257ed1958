"""Questions 2.10, wrap-up: which model, what varies, and what it means in units."""

import re

import numpy as np

from methods3.check.fits import GROUND, fitted, sds
from methods3.check.lectures.cakes import CAKES_QUESTIONS
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_radon


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


NUMERALS = {5: "five", 6: "six"}
LETTERS = "BCDFA"
HINTS = (
    "The first: each person meets *one* treatment only. Can the data say how its "
    "effect differs between people?",
    "The second: everybody meets both treatments, so the effect may differ between "
    "people. Give them room for that.",
    "The third: words come back from person to person, as people come back from word "
    "to word, and `x` changes within a person.",
    "The fourth: pupil one of two classes is not one child. The formula must know that "
    "pupils are counted anew in each class.",
    "The last: with a single row for each person, what is a person's intercept, and "
    "what is the residual? Nothing can tell them apart.",
)


def letters_judge(right, hints):
    """Make the judge of a text of letters: it tells the hint of the first wrong one.

    Parameters
    ----------
    right : str
        The letters, each from A to F.
    hints : sequence of str
        One for each letter.
    """

    def judge(answer):
        if isinstance(answer, list | tuple):
            answer = "".join(map(str, answer))
        given = re.sub(r"[\s,;]", "", answer).upper() if isinstance(answer, str) else ""
        if len(given) != len(right) or set(given) - set("ABCDEF"):
            count = NUMERALS[len(right)]
            return f"Give {count} letters from A to F as one text, in quotes."
        pairs = zip(given, right, hints, strict=True)
        return next((hint for one, each, hint in pairs if one != each), "")

    return judge


QUESTIONS = {
    "2.10a": Question(
        lambda: LETTERS,
        judge=letters_judge(LETTERS, HINTS),
        mistakes=tuple(
            Mistake(lambda wrong=wrong: wrong, hint)
            for wrong, hint in zip(
                ("CCDFA", "BBDFA", "BCCFA", "BCDEA", "BCDFB"), HINTS, strict=True
            )
        ),
    ),
    "2.10b": Question(
        lambda: np.sqrt(81 * lines_variances()[1] + 2 * lines_variances()[2]),
        unit="ms",
        kind="standard deviation",
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
            Mistake(
                lambda: 65.43 - 35.60,
                "Those are the two standard deviations of single days. They do not "
                "subtract: the intercept is in both days, and cancels.",
            ),
            Mistake(
                lambda: np.hypot(65.43, 35.60),
                "That would be right of two different people. One person's two "
                "days share the intercept, which cancels.",
            ),
            Mistake(
                lambda: 65.43,
                "That is the spread on day 9. Asked is that of the change.",
            ),
            Mistake(
                lambda: 35.60,
                "That is the spread on day 0. Asked is that of the change.",
            ),
            Mistake(
                lambda: (
                    9 * np.sqrt(lines_variances()[1])
                    + np.sqrt(2 * lines_variances()[2])
                ),
                "Standard deviations do not add up. Their squares do.",
            ),
            Mistake(
                lambda: np.sqrt(lines_variances()[1] + 2 * lines_variances()[2]),
                "That is the change of a single day. Between the two measurements "
                "are nine days of slope.",
            ),
            Mistake(
                lambda: np.sqrt(81 * lines_variances()[1] + 4 * lines_variances()[2]),
                "There are two residuals, with a variance each: no 2 is squared here.",
            ),
            Mistake(
                lambda: np.sqrt(65.43**2 - 35.60**2),
                "Variances of single days do not subtract: each holds the "
                "intercept and a residual. Write both measurements out.",
            ),
            Mistake(
                lambda: 9 * fitted().fixef["Days"],
                "That is the mean change. How much do people scatter around it?",
            ),
            Mistake(
                lambda: (
                    9 * np.sqrt(lines_variances()[1])
                    + 2 * np.sqrt(lines_variances()[2])
                ),
                "Standard deviations do not add up. Their squares do.",
            ),
            Mistake(
                lambda: fitted().sigma,
                "That is one residual. Which else do the two measurements hold?",
            ),
            Mistake(
                lambda: np.sqrt(lines_variances()[1]),
                "That is how much slopes differ, for one day. Which else is in the "
                "change?",
            ),
        ),
    ),
    "2.10c": Question(
        lambda: [3, 4, 6],
        exact=True,
        kind="sentence",
        unordered=True,
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
            Mistake(
                lambda: [1, 2, 5],
                "Those are the three right ones. The wrong ones are asked for.",
            ),
        ),
    ),
    "2.10d": Question(
        lambda: highest_activity(*ground_sds()),
        unit="pCi/L",
        kind="activity",
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
            Mistake(
                lambda: np.exp(ground().fixef["(Intercept)"]),
                "That is the middle of the range. Where does it end?",
            ),
            Mistake(
                lambda: np.exp(
                    ground().fixef["(Intercept)"] + 2 * np.hypot(*ground_sds())
                ),
                "You went two standard deviations up. It is 1.96 here.",
            ),
            Mistake(
                lambda: np.exp(
                    ground().fixef["(Intercept)"] - 1.96 * np.hypot(*ground_sds())
                ),
                "That is the lower end.",
            ),
            Mistake(
                lambda: np.exp(ground().fixef["(Intercept)"] + np.hypot(*ground_sds())),
                "That is one standard deviation up. For 95 % it is more.",
            ),
            Mistake(
                lambda: np.exp(
                    ground().fixef["(Intercept)"] + 1.96 * np.sum(ground_sds() ** 2)
                ),
                "You went 1.96 variances up. Take the root of the sum first.",
            ),
            Mistake(
                lambda: np.exp(1.96 * np.hypot(*ground_sds())),
                "The mean is missing: on the scale of logarithms it is the intercept.",
            ),
            Mistake(
                lambda: np.exp(
                    ground().fixef[["(Intercept)", "floor"]].sum()
                    + 1.96 * np.hypot(*ground_sds())
                ),
                "That is the first floor. In the basement, floor is 0.",
            ),
            Mistake(
                lambda: (
                    ground().fixef["(Intercept)"]
                    + 1.96 * np.exp(np.hypot(*ground_sds()))
                ),
                "Add on the scale of logarithms, and take the whole sum back.",
            ),
        ),
    ),
} | CAKES_QUESTIONS
