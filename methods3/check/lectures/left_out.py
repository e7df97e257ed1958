"""Question 3.7e: the constant that R leaves out of a likelihood."""

from functools import cache

import numpy as np
from scipy.stats import binom

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_cbpp
from mlm.fit import glmer

HERDS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"


@cache
def of_herds(nodes):
    """Fit the model of the herds."""
    return glmer(HERDS, load_cbpp(), "binomial", nodes=nodes)


def herds_height(nodes=25):
    """Minus two times the log-likelihood of the herds."""
    return -2 * of_herds(nodes).loglik


def counted():
    """What the ways to choose the sick ones add to minus two times log L."""
    data = load_cbpp()
    k, n = data["incidence"], data["size"]
    return -2 * np.sum(binom.logpmf(k, n, 0.5) - n * np.log(0.5))


def saturated():
    """Minus two times the log-likelihood of a model that fits every row exactly."""
    data = load_cbpp()
    k, n = data["incidence"], data["size"]
    return -2 * binom.logpmf(k, n, k / n).sum()


def pooled():
    """Minus two times the log-likelihood of one share for all rows."""
    data = load_cbpp()
    k, n = data["incidence"], data["size"]
    return -2 * binom.logpmf(k, n, k.sum() / n.sum()).sum()


LEFT_OUT = {
    "3.7e": Question(
        lambda: herds_height(1) - herds_height(),
        digits=3,
        mistakes=(
            Mistake(
                lambda: herds_height(1) - (herds_height() - saturated()),
                "That is the difference of what R prints. One of the two lacks a "
                "constant.",
            ),
            Mistake(
                saturated,
                "That is the constant. Add it to the number that lacks it, and take "
                "the difference then.",
            ),
            Mistake(
                lambda: (herds_height(1) - herds_height()) / 2,
                "That is the gain in log L. Asked is that in −2 log L.",
            ),
            Mistake(
                herds_height,
                "That is −2 log L by 25 nodes, with its constant. By how much is it "
                "lower than Laplace's?",
            ),
            Mistake(
                lambda: herds_height(1) - herds_height() + saturated() / 2,
                "The constant is in twice the logarithm as well: −2 log L of the "
                "perfect model.",
            ),
            Mistake(
                lambda: herds_height(1) - herds_height() + 2 * saturated(),
                "The sign of the constant is turned. R left it out: add it to the "
                "second number.",
            ),
            Mistake(
                lambda: herds_height(1) - saturated(),
                "You took the constant off the first number. Add it to the second, "
                "which lacks it, and subtract.",
            ),
            Mistake(
                lambda: herds_height() - 2 * saturated(),
                "You took the constant off the second number. R has left it out "
                "there: add it, and subtract the sum.",
            ),
            Mistake(
                lambda: herds_height(1) - herds_height() + saturated() - pooled(),
                "You took one share for all rows. A model that fits every row exactly "
                "has a share for each.",
            ),
            Mistake(
                lambda: herds_height(1) - herds_height() + counted(),
                "Your constant lacks the binomial coefficients. They are part of how "
                "probable a row is.",
            ),
            Mistake(
                lambda: -saturated() / 2,
                "That is the log-likelihood of the perfect model. Minus two times "
                "that is left out.",
            ),
            Mistake(
                lambda: np.exp((herds_height() - herds_height(1)) / 2),
                "That is a ratio of likelihoods. The difference of −2 log L is asked.",
            ),
        ),
    ),
}
