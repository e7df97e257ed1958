"""Question 3.8d: what a model says of somebody whom nobody has met."""

from functools import cache

import numpy as np
from scipy.special import expit

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_simulated_pas
from mlm.fit import glmer

RATED = "correct ~ pas + (1 | subject)"


@cache
def rated():
    """Fit the answers by the rating, with intercepts that vary between people."""
    return glmer(RATED, load_simulated_pas(), family="binomial")


def spread_of_people():
    """Standard deviation of people, in log-odds."""
    return rated().varcorr.std_dev("subject").iloc[0]


def rating_two(z=0.0, spread=None):
    """Probability at rating 2, for somebody z standard deviations from the middle."""
    fit = rated()
    spread = spread_of_people() if spread is None else spread
    return expit(fit.fixef["(Intercept)"] + fit.fixef["pas2"] + z * spread)


def middle_two():
    """Log-odds of the typical person at rating 2, and their standard error."""
    fit, row = rated(), np.array([1.0, 1, 0, 0])
    return row @ fit.fixef, np.sqrt(row @ fit.vcov @ row)


SOMEBODY_NEW = {
    "3.8d": Question(
        lambda: rating_two(-1.96),
        kind="probability",
        digits=3,
        mistakes=(
            Mistake(
                lambda: rating_two(+1.96),
                "That is the upper end.",
            ),
            Mistake(
                rating_two,
                "That is the typical person, in the middle of the range.",
            ),
            Mistake(
                lambda: rating_two(-1),
                "That is one standard deviation down. For 95 % it is more.",
            ),
            Mistake(
                lambda: rating_two(-2),
                "You went two standard deviations down. It is 1.96 here.",
            ),
            Mistake(
                lambda: rating_two(-1.96, spread_of_people() ** 2),
                "You went 1.96 variances down. Take the root first.",
            ),
            Mistake(
                lambda: rating_two(-1.96, rated().se["(Intercept)"]),
                "A standard error says how well an average is known. How much do "
                "people differ from it?",
            ),
            Mistake(
                lambda: rating_two(-1.96, rated().se["pas2"]),
                "A standard error says how well a coefficient is known. How much do "
                "people differ?",
            ),
            Mistake(
                lambda: expit(rated().fixef["(Intercept)"] - 1.96 * spread_of_people()),
                "That is at rating 1. At rating 2 its coefficient is added.",
            ),
            Mistake(
                lambda: expit(rated().fixef["pas2"] - 1.96 * spread_of_people()),
                "The intercept is missing: add all of the log-odds, and then invert.",
            ),
            Mistake(
                lambda: rating_two() - 1.96 * spread_of_people(),
                "The standard deviation is in log-odds. Subtract it there, and then "
                "invert.",
            ),
            Mistake(
                lambda: np.log(rating_two(-1.96) / (1 - rating_two(-1.96))),
                "That is still in log-odds. Take it back to a probability.",
            ),
            Mistake(
                lambda: expit(
                    rated().fixef["(Intercept)"]
                    + rated().fixef["pas3"]
                    - 1.96 * spread_of_people()
                ),
                "That is at rating 3.",
            ),
            Mistake(
                lambda: rating_two(-1.645),
                "That is 1.645 standard deviations down, which leaves out 5 % there. "
                "For a range of 95 % it is 1.96.",
            ),
            Mistake(
                lambda: expit(middle_two()[0] - 1.96 * middle_two()[1]),
                "A standard error says how well the middle is known. How much do "
                "people differ?",
            ),
            Mistake(
                lambda: rating_two() - 1.96 * expit(spread_of_people()),
                "You inverted the standard deviation alone. Subtract it in log-odds, "
                "then invert.",
            ),
            Mistake(
                lambda: rating_two(-1.96, np.sqrt(spread_of_people())),
                "You took the root of the standard deviation.",
            ),
            Mistake(
                lambda: rating_two() - expit(1.96 * spread_of_people()),
                "You inverted the two parts apart. Subtract in log-odds, then invert.",
            ),
            Mistake(
                lambda: (
                    rating_two()
                    - 1.96 * spread_of_people() * rating_two() * (1 - rating_two())
                ),
                "You went down on the scale of probabilities, along the tangent. "
                "People are normal in log-odds.",
            ),
            Mistake(
                lambda: 1 - rating_two(1.96),
                "That is the lower end for a *wrong* answer.",
            ),
            Mistake(
                lambda: expit(
                    middle_two()[0] + rated().ranef["subject"]["(Intercept)"].min()
                ),
                "That is the lowest of the people who were measured. Asked is "
                "somebody new.",
            ),
            Mistake(
                lambda: rating_two(
                    -1.96, rated().ranef["subject"]["(Intercept)"].std(ddof=0)
                ),
                "You took the spread of the predicted u, which are shrunk. `varcorr` "
                "has that of people.",
            ),
            Mistake(
                lambda: (
                    rating_two() - 1.96 * np.sqrt(rating_two() * (1 - rating_two()))
                ),
                "That is the standard deviation of one answer. How much do *people* "
                "differ?",
            ),
            Mistake(
                lambda: expit(
                    middle_two()[0]
                    - 1.96 * np.hypot(middle_two()[1], spread_of_people())
                ),
                "You added how well the middle is known. Take the fitted numbers for "
                "the truth.",
            ),
        ),
    ),
}
