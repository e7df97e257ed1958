"""Questions 3.3e and 3.3f: from coefficients to probabilities and their intervals."""

from functools import cache

import numpy as np
from scipy.special import expit, logit

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_mtcars, load_simulated_pas
from mlm.fit import glm

HEAVY = np.array([1.0, 4.0])  # a car of 4000 lb


@cache
def by_clearness():
    """Intercept of clearness 1, and the steps to 2, 3 and 4: ndarray, shape (4,)."""
    return glm("correct ~ pas", load_simulated_pas(), "binomial").fixef.to_numpy()


def probabilities():
    """Probabilities of being correct at the four clearnesses."""
    start, *further = by_clearness()
    return expit([start, *(start + step for step in further)])


@cache
def gears():
    """Fit manual gears by weight."""
    return glm("am ~ wt", load_mtcars(), "binomial")


def heavy():
    """Log-odds that a heavy car has manual gears, and their standard error."""
    fit = gears()
    return HEAVY @ fit.fixef, np.sqrt(HEAVY @ fit.vcov @ HEAVY)


def ends(reach=1.96):
    """Log-odds, so many standard errors down and up."""
    eta, se = heavy()
    return np.array([eta - reach * se, eta + reach * se])


def symmetric():
    """Interval from the standard error of the probability itself."""
    eta, se = heavy()
    p = expit(eta)
    return np.array([p - 1.96 * p * (1 - p) * se, p + 1.96 * p * (1 - p) * se])


def with_error(se):
    """Interval for a heavy car by another standard error."""
    return expit(heavy()[0] + np.array([-1.96, 1.96]) * se)


PROBABILITIES = {
    "3.3e": Question(
        probabilities,
        kind="probability",
        digits=3,
        mistakes=(
            Mistake(
                lambda: expit(by_clearness()),
                "You inverted each coefficient alone. A step needs a place to start "
                "from: add the intercept first, then invert.",
            ),
            Mistake(
                lambda: expit(np.cumsum(by_clearness())),
                "You added each step to the one before. All of them start at "
                "clearness 1.",
            ),
            Mistake(
                lambda: np.exp(by_clearness()),
                "Those are odds of clearness 1, and odds ratios. Probabilities are "
                "asked.",
            ),
            Mistake(
                lambda: logit(probabilities()),
                "Those are log-odds, rightly added. Now invert them.",
            ),
            Mistake(
                lambda: np.exp(logit(probabilities())),
                "Those are odds. A probability is odds/(1 + odds).",
            ),
            Mistake(
                lambda: expit(by_clearness()).cumsum(),
                "You inverted first and added then. No sum of probabilities like "
                "these is one: add log-odds.",
            ),
            Mistake(
                lambda: probabilities()[::-1],
                "That is from 4 to 1. From 1 to 4 is asked.",
            ),
            Mistake(
                lambda: by_clearness(),
                "Those are the coefficients: log-odds of clearness 1, and three "
                "steps from there.",
            ),
            Mistake(
                lambda: probabilities()[0] * np.exp([0, *by_clearness()[1:]]),
                "You multiplied a probability by odds ratios. They multiply odds.",
            ),
            Mistake(
                lambda: (
                    expit(by_clearness()) + probabilities()[0] * np.array([0, 1, 1, 1])
                ),
                "You inverted first and added then. No sum of probabilities like "
                "these is one: add log-odds.",
            ),
            Mistake(
                lambda: expit([2 * by_clearness()[0], *logit(probabilities())[1:]]),
                "In the first the intercept is counted twice. Clearness 1 has no step.",
            ),
        ),
    ),
    "3.3f": Question(
        lambda: expit(ends()),
        kind="probability",
        digits=3,
        within=0.00051,
        mistakes=(
            Mistake(
                symmetric,
                "You computed the interval on the scale of probabilities, and it "
                "reaches below 0. Compute its ends in log-odds, then invert them.",
            ),
            Mistake(
                lambda: np.maximum(symmetric(), 0),
                "You cut the interval off at 0. It was computed on the scale of "
                "probabilities, and its upper end is wrong as well. Compute both in "
                "log-odds, then invert them.",
            ),
            Mistake(
                ends,
                "Those are the ends in log-odds. Invert them.",
            ),
            Mistake(
                lambda: expit(ends(1)),
                "That is one standard error to each side. A 95 % interval reaches "
                "further.",
            ),
            Mistake(
                lambda: expit(ends())[::-1],
                "Those are the two ends. Give the lower one first.",
            ),
            Mistake(
                lambda: np.exp(ends()),
                "Those are odds. A probability is odds/(1 + odds).",
            ),
            Mistake(
                lambda: with_error(heavy()[1] ** 2),
                "You used the variance of the log-odds. The standard error is its "
                "root.",
            ),
            Mistake(
                lambda: with_error(np.sqrt(np.diag(gears().vcov) @ HEAVY**2)),
                "The covariance of intercept and slope is missing. It is far from 0, "
                "and makes the sum much surer than its parts.",
            ),
            Mistake(
                lambda: with_error(gears().se["(Intercept)"]),
                "You used the standard error of the intercept: of a car that weighs "
                "nothing. That of the log-odds at 4 is asked.",
            ),
            Mistake(
                lambda: with_error(gears().se["wt"]),
                "You used the standard error of the slope. That of the log-odds at 4 "
                "is asked, of intercept and slope together.",
            ),
            Mistake(
                lambda: expit(ends(1.645)),
                "That is an interval of 90 %. For 95 % it is 1.96 standard errors.",
            ),
            Mistake(
                lambda: with_error(4 * gears().se["wt"]),
                "You used the standard error of the slope's part alone. The intercept "
                "is estimated, too, and the two covary.",
            ),
            Mistake(
                lambda: expit(
                    gears().fixef["wt"] + np.array([-1.96, 1.96]) * gears().se["wt"]
                ),
                "That is an interval of the slope. The log-odds at 4 are asked, of "
                "intercept and slope together.",
            ),
            Mistake(
                lambda: with_error(
                    np.sqrt(
                        HEAVY**2 @ np.diag(gears().vcov) + 4 * gears().vcov.iloc[0, 1]
                    )
                ),
                "The covariance counts twice in the variance of a sum, each time with "
                "its 4.",
            ),
            Mistake(
                lambda: expit(heavy()[0]) + np.array([-1.96, 1.96]) * expit(heavy()[1]),
                "You inverted the standard error alone. Compute the ends in log-odds, "
                "then invert them.",
            ),
            Mistake(
                lambda: expit(heavy()[0]) + np.array([-1.96, 1.96]) * heavy()[1],
                "The probability and the standard error are on two scales. Compute "
                "the ends in log-odds, then invert them.",
            ),
        ),
    ),
}
