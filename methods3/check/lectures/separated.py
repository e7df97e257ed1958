"""Question 3.7d: a predictor that separates the answers, and one that nearly does."""

from functools import cache

import numpy as np
import pandas as pd
from scipy.special import expit

from methods3.check.questions import Mistake, Question
from mlm.fit import glm, lm


@cache
def by_probit():
    """Fit a probit regression to the eight answers."""
    data = pd.DataFrame({"x": np.arange(1, 9), "y": MIXED_UP})
    return glm("y ~ x", data, "binomial", link="probit")


@cache
def eight(*y):
    """Fit a logistic regression to eight answers, by 1 to 8."""
    data = pd.DataFrame({"x": np.arange(1, 9), "y": y})
    return glm("y ~ x", data, "binomial")


MIXED_UP = 0, 0, 0, 1, 0, 1, 1, 1

SEPARATED = {
    "3.7d": Question(
        lambda: eight(*MIXED_UP).fixef["x"],
        mistakes=(
            Mistake(
                lambda: eight(*MIXED_UP).fixef["(Intercept)"],
                "That is the intercept. Asked is the slope.",
            ),
            Mistake(
                lambda: eight(*MIXED_UP).se["x"],
                "That is the standard error of the slope.",
            ),
            Mistake(
                lambda: np.exp(eight(*MIXED_UP).fixef["x"]),
                "That is the odds ratio, e to the slope. Asked is the slope.",
            ),
            Mistake(
                lambda: eight(*MIXED_UP).fixef["x"] / eight(*MIXED_UP).se["x"],
                "That is z, the slope over its standard error.",
            ),
            Mistake(
                lambda: eight(0, 0, 1, 0, 1, 0, 1, 1).fixef["x"],
                "There two pairs have changed places. Only the fourth and the fifth "
                "do.",
            ),
            Mistake(
                lambda: lm(
                    "y ~ x", pd.DataFrame({"x": np.arange(1, 9), "y": MIXED_UP})
                ).fixef["x"],
                "That is the slope of a straight line. Fit a logistic regression.",
            ),
            Mistake(
                lambda: expit(eight(*MIXED_UP).fixef["x"]),
                "You inverted the slope alone, which is no probability. The slope "
                "itself is asked.",
            ),
            Mistake(
                lambda: -2 * eight(*MIXED_UP).loglik,
                "That is the deviance. Asked is the slope.",
            ),
            Mistake(
                lambda: eight(0, 0, 0, 0, 1, 0, 1, 1).fixef["x"],
                "There two neighbours have changed places that are not the fourth and "
                "the fifth. Python counts from 0.",
            ),
            Mistake(
                lambda: eight(0, 0, 0, 1, 1, 1, 1, 0).fixef["x"],
                "There the eighth has failed. The fourth and the fifth change.",
            ),
            Mistake(
                lambda: by_probit().fixef["x"],
                "That is by the probit. The lecture's eight people have a logit.",
            ),
            Mistake(
                lambda: eight(*MIXED_UP).fixef["x"] / 4,
                "That is about the steepest slope of the probability. Asked is that "
                "of the log-odds.",
            ),
        ),
    ),
}
