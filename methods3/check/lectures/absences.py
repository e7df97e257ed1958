"""Question 3.4e: pupils who were never absent, by two distributions."""

from functools import cache

import numpy as np

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_quine
from mlm.design.matrices import design_matrices
from mlm.fit import glm

PUPILS = "Days ~ Eth + Sex + Age + Lrn"
# What R's MASS::glm.nb prints for the pupils: coefficients, and the second parameter.
NEGATIVE_BINOMIAL = (2.89458, -0.56937, 0.08232, -0.44843, 0.08808, 0.35690, 0.29211)
THETA = 1.27489


@cache
def pupils():
    """Fit days of absence."""
    return glm(PUPILS, load_quine(), "poisson")


def means():
    """Means of the negative binomial regression: ndarray, shape (146,)."""
    X = design_matrices(PUPILS, load_quine()).X
    return np.exp(X @ np.array(NEGATIVE_BINOMIAL))


def none(mu, theta=THETA):
    """Probability of no day in a negative binomial distribution."""
    return (theta / (theta + mu)) ** theta


ABSENCES = {
    "3.4e": Question(
        lambda: none(means()).sum(),
        kind="expected count",
        digits=3,
        mistakes=(
            Mistake(
                lambda: np.exp(-pupils().fitted).sum(),
                "That is what the Poisson model expects. The probability of a 0 is "
                "another one here.",
            ),
            Mistake(
                lambda: np.exp(-means()).sum(),
                "You took the Poisson probability of a 0, with these means. Use the "
                "one of the question.",
            ),
            Mistake(
                lambda: none(means()).mean(),
                "That is the probability for a pupil on average. How many pupils is "
                "that?",
            ),
            Mistake(
                lambda: (THETA / (THETA + means())).sum(),
                "The power is missing: (θ/(θ + μ)) to the power of θ.",
            ),
            Mistake(
                lambda: 146 * none(means().mean()),
                "You averaged the means first. Compute a probability for each pupil, "
                "then add them up.",
            ),
            Mistake(
                lambda: none(pupils().fitted).sum(),
                "You took the means of the Poisson fit. Those of R's coefficients are "
                "exp(Xβ).",
            ),
            Mistake(
                lambda: (1 - none(means())).sum(),
                "So many are expected to be absent at least once. The others are "
                "asked.",
            ),
            Mistake(
                lambda: 9,
                "So many were counted. How many are expected?",
            ),
            Mistake(
                lambda: ((means() / (THETA + means())) ** THETA).sum(),
                "You have μ on top of the fraction. θ belongs there.",
            ),
            Mistake(
                lambda: none(np.log(means())).sum(),
                "You took the linear predictor for the mean. The means are exp(Xβ).",
            ),
            Mistake(
                lambda: none(means(), 1 / THETA).sum(),
                "You took 1/θ for θ.",
            ),
            Mistake(
                lambda: ((THETA / (THETA + means())) ** means()).sum(),
                "The power is θ, and not μ.",
            ),
            Mistake(
                lambda: 100 * none(means()).mean(),
                "That is in per cent of the pupils. How many pupils is that?",
            ),
        ),
    ),
}
