"""Question 3.2f: the top of a likelihood, and how sharp it is."""

from functools import cache

import numpy as np
from scipy import stats
from scipy.special import expit, logit

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_wells
from mlm.fit import glm

BOTH = "switch ~ dist100 + arsenic"  # 3.2c


@cache
def wells():
    """Give the households, with the distance in hundreds of metres."""
    data = load_wells()
    return data.assign(dist100=data["distance"] / 100)


@cache
def logistic(formula=BOTH):
    """Fit a logistic regression to the households."""
    return glm(formula, wells(), family="binomial")


def one_curve():
    """Return β₀ of the wells without a predictor, and its standard error."""
    y = wells()["switch"]
    p, n = y.mean(), len(y)
    return np.array([logit(p), 1 / np.sqrt(n * p * (1 - p))])


def share():
    """Return the share that switched."""
    return wells()["switch"].mean()


INFORMATION = {
    "3.2f": Question(
        answer=one_curve,
        mistakes=(
            Mistake(
                lambda: [share(), np.sqrt(share() * (1 - share()) / len(wells()))],
                "Those are the share and its standard error, as probabilities. β₀ is a "
                "log-odds.",
            ),
            Mistake(
                lambda: [one_curve()[0], np.sqrt(share() * (1 - share()) / 3020)],
                "The standard error is that of the share. For a log-odds, take the "
                "curvature of the log-likelihood over β₀.",
            ),
            Mistake(
                lambda: [one_curve()[0], one_curve()[1] ** 2],
                "The second number is the variance. Take its root.",
            ),
            Mistake(
                lambda: [one_curve()[0], 1 / one_curve()[1]],
                "The second number is the root of the information. A sharp top means a "
                "small standard error.",
            ),
            Mistake(
                lambda: [one_curve()[0], 1 / one_curve()[1] ** 2],
                "The second number is the information. How does it become a standard "
                "error?",
            ),
            Mistake(
                lambda: [one_curve()[0], one_curve()[1] * np.sqrt(3020)],
                "The curvature is the sum over all households, and you took one.",
            ),
            Mistake(
                lambda: [np.log(share()), one_curve()[1]],
                "The first number is the logarithm of the share. Its log-odds are "
                "asked for.",
            ),
            Mistake(
                lambda: [share() / (1 - share()), one_curve()[1]],
                "The first number is the odds. Take their logarithm.",
            ),
            Mistake(
                lambda: [
                    logistic("switch ~ dist100").fixef.iloc[0],
                    logistic("switch ~ dist100").se.iloc[0],
                ],
                "That is the intercept of the model with distance: households next to "
                "a safe well. Here no predictor is in the model.",
            ),
            Mistake(
                lambda: [one_curve()[0], 2 / np.sqrt(len(wells()))],
                "The standard error is for a share of one half. Take the ŷ that "
                "solves the first equation.",
            ),
            Mistake(
                lambda: [one_curve()[0], 1.96 * one_curve()[1]],
                "The second number is 1.96 standard errors. One is asked.",
            ),
            Mistake(
                lambda: [one_curve()[0], 1 / np.sqrt(len(wells()) * share())],
                "Your information is that of a count, n ŷ. A switch is 0 or 1: n ŷ (1 "
                "− ŷ).",
            ),
            Mistake(
                lambda: [one_curve()[0], np.sqrt(share() * (1 - share()))],
                "The second number is the standard deviation of one answer. How does "
                "the curvature make a standard error?",
            ),
            Mistake(
                lambda: [one_curve()[0], -len(wells()) * share() * (1 - share())],
                "The second number is the curvature. How does it become a standard "
                "error?",
            ),
            Mistake(
                lambda: [stats.norm.ppf(share()), one_curve()[1]],
                "The first number is a probit. The link is the logit.",
            ),
            Mistake(
                lambda: [one_curve()[0] / np.log(10), one_curve()[1]],
                "The first number is a logarithm of base ten. Log-odds are natural "
                "ones.",
            ),
            Mistake(
                lambda: [share(), one_curve()[1]],
                "The first number is the share. Its log-odds are asked for.",
            ),
            Mistake(
                lambda: np.exp(one_curve()),
                "Those are exponentials. β₀ and its standard error are asked in "
                "log-odds.",
            ),
            Mistake(
                lambda: [expit(share()), one_curve()[1]],
                "You put the share through logit⁻¹. The way from a share to β₀ is the "
                "logit.",
            ),
        ),
        hint="At the top Σ (y − ŷ), the derivative by β₀, is 0, and all ŷ are equal.",
    ),
}
