"""Questions 3.6d and 3.6e: a link of one's own, and a curve without a likelihood."""

from functools import cache

import numpy as np
from scipy.optimize import minimize_scalar

from methods3.check.lectures.staircase import WEIBULL, one_curve, staircase
from methods3.check.questions import Mistake, Question
from mlm.fit import glmer


def height(*curve):
    """Minus two times the log-likelihood of one curve for everybody."""
    return -2 * one_curve(*curve).loglik


@cache
def least_squares():
    """Upper end, drop and slope of the curve with the least squares.

    Its lower end runs away to minus infinity, which leaves an exponential.
    """
    x, y = staircase()["contrast"].to_numpy(), staircase()["correct"].to_numpy()

    def fit(slope):
        X = np.column_stack([np.ones_like(x), np.exp(-slope * x)])
        found = np.linalg.lstsq(X, y)[0]
        return found, np.sum((y - X @ found) ** 2)

    slope = minimize_scalar(lambda s: fit(s)[1], bounds=(0.5, 10)).x
    return *fit(slope)[0], slope


def squares(upper):
    """Least sum of squares of a curve that ends at a given height."""
    x, y = staircase()["contrast"].to_numpy(), staircase()["correct"].to_numpy()

    def left(slope):
        fall = np.exp(-slope * x)
        return np.sum((y - upper - fall * (fall @ (y - upper)) / (fall @ fall)) ** 2)

    return minimize_scalar(left, bounds=(0.5, 10)).fun


def people_by_weibull(random):
    """Minus two times the log-likelihood of Weibull's curve, with people."""
    formula = f"correct ~ log_contrast + {random}"
    return -2 * glmer(formula, staircase(), "binomial", WEIBULL).loglik


OWN_LINKS = {
    "3.6d": Question(
        lambda: height("log_contrast", "weibull"),
        kind="deviance",
        digits=6,
        mistakes=(
            Mistake(
                lambda: height("contrast", "weibull"),
                "Your link works. The predictor is to be the logarithm of the "
                "contrast, so that contrast 0 is infinitely far away.",
            ),
            Mistake(
                lambda: height("log_contrast", "guess"),
                "The predictor is right, the link is that of the lecture: its middle "
                "is a logit. Here it is 1 − exp(−exp(η)).",
            ),
            Mistake(
                lambda: height("log_contrast", "cloglog"),
                "That is the same curve from 0 to 1. With two keys it starts at ½.",
            ),
            Mistake(
                lambda: height("log_contrast", "logit"),
                "That is the logit, which knows nothing of guesses.",
            ),
            Mistake(
                lambda: height("contrast", "guess"),
                "That is the lecture's fit. Both are new here: the link and the "
                "logarithm of the contrast.",
            ),
            Mistake(
                lambda: height("contrast", "logit"),
                "That is the logit by contrast. Both are new here: the link and the "
                "logarithm of the contrast.",
            ),
            Mistake(
                lambda: one_curve("log_contrast", "weibull").aic,
                "That is AIC, which adds 2 for each parameter.",
            ),
            Mistake(
                lambda: one_curve().null_deviance,
                "That is of a model without contrast.",
            ),
            Mistake(
                lambda: height("log_contrast", "weibull") / 2,
                "That is −log L. Twice that is asked.",
            ),
            Mistake(
                lambda: (
                    height("log_contrast", "weibull") + 2 * np.log(len(staircase()))
                ),
                "That is BIC, which adds log n for each parameter.",
            ),
            Mistake(
                lambda: height("contrast", "probit"),
                "That is the probit, which knows nothing of guesses.",
            ),
            Mistake(
                lambda: height("contrast", "cloglog"),
                "That is by contrast, and the curve from 0 to 1. Both are new here: "
                "the logarithm, and the floor of ½.",
            ),
            Mistake(
                lambda: height("log_contrast", "lapses"),
                "The predictor is right, the link has lapses and a logit's middle. "
                "Here it is 1 − exp(−exp(η)).",
            ),
            Mistake(
                lambda: people_by_weibull("(1 | subject)"),
                "Your link works. But that model has people: one curve for everybody "
                "is asked, by `glm`.",
            ),
            Mistake(
                lambda: people_by_weibull("(log_contrast | subject)"),
                "Your link works. But that model has people: one curve for everybody "
                "is asked, by `glm`.",
            ),
            Mistake(
                lambda: (
                    one_curve("1", "logit").deviance - height("log_contrast", "weibull")
                ),
                "That is by how much it falls from a model without contrast. −2 log L "
                "itself is asked.",
            ),
        ),
        hint="Is the link your own, and the predictor the logarithm of the contrast?",
    ),
    "3.6e": Question(
        lambda: least_squares()[0],
        mistakes=(
            Mistake(
                lambda: 1.0,
                "So it would be if the curve had to end at 1, but all four numbers are "
                "free. If you rounded: give four digits.",
            ),
            Mistake(
                lambda: 0.98,
                "That is the truth behind the data. What does the fit say?",
            ),
            Mistake(
                lambda: least_squares()[2],
                "That is the slope. Which of the four numbers is the upper end?",
            ),
            Mistake(
                lambda: least_squares()[0] + least_squares()[1],
                "That is the curve at contrast 0. The upper end is where it goes for "
                "a very large contrast.",
            ),
            Mistake(
                lambda: squares(least_squares()[0]),
                "That is the smallest sum of squares. Which of the four numbers is the "
                "upper end?",
            ),
            Mistake(
                lambda: least_squares()[0] - 1,
                "By so much the upper end is above 1. The end itself is asked.",
            ),
            Mistake(
                lambda: 1 - least_squares()[0],
                "That is what would be a lapse rate, 1 − u. The upper end itself is "
                "asked.",
            ),
        ),
        hint="Minimise the sum of squares over all four numbers, and read off upper.",
    ),
}
