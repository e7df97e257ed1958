"""Questions 3.4, counts: rates, exposures, and more spread than a model says."""

from functools import cache

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from methods3.check.lectures.absences import ABSENCES
from methods3.check.lectures.claims import CLAIMS
from methods3.check.lectures.wool import WOOL
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_warpbreaks
from mlm.fit import glm, lm

STEP = -0.4758
OMEGA = 5


@cache
def loom():
    """Fit breaks of yarn by wool and tension."""
    return glm("breaks ~ wool * tension", load_warpbreaks(), "poisson")


def loom_z():
    """Its z value of the interaction with middle tension."""
    return loom().fixef["woolB:tensionM"] / loom().se["woolB:tensionM"]


def within(reach):
    """Share of a normal distribution within so many standard deviations."""
    return norm.cdf(reach) - norm.cdf(-reach)


def corrected(name):
    """Give the z value of a row of the loom, corrected for overdispersion."""
    return loom().fixef[name] / loom().se[name] / np.sqrt(loom().dispersion)


@cache
def plain_line():
    """Fit a line to the breaks of yarn."""
    return lm("breaks ~ wool * tension", load_warpbreaks())


QUESTIONS = {
    "3.4a": Question(
        lambda: np.exp(STEP),
        kind="rate ratio",
        digits=3,
        mistakes=(
            Mistake(
                lambda: expit(STEP),
                "That is the inverse logit, which belongs to another link. Which "
                "function undoes a logarithm?",
            ),
            Mistake(
                lambda: np.exp(-STEP),
                "That is the reference divided by the condition. The coefficient is "
                "negative: is the rate higher, or lower?",
            ),
            Mistake(
                lambda: 1 + STEP,
                "That is near the ratio only for small coefficients. Take the "
                "exponential.",
            ),
            Mistake(
                lambda: 1 - np.exp(STEP),
                "By that share the rate is lower. The ratio is asked.",
            ),
            Mistake(
                lambda: 10**STEP,
                "You undid a logarithm to base 10. The link is the natural one.",
            ),
            Mistake(
                lambda: np.exp(STEP) - 1,
                "By that share the rate changes. The ratio is 1 more.",
            ),
            Mistake(
                lambda: STEP,
                "That is the difference of the logarithms. What is the ratio?",
            ),
            Mistake(
                lambda: 2**STEP,
                "You undid a logarithm to base 2. The link is the natural one.",
            ),
        ),
    ),
    "3.4b": Question(
        lambda: loom_z() / np.sqrt(loom().dispersion),
        kind="t value",
        mistakes=(
            Mistake(
                loom_z,
                "That is the z value as it is printed, without a correction.",
            ),
            Mistake(
                lambda: loom_z() / loom().dispersion,
                "You divided by the dispersion. It is a ratio of variances; standard "
                "errors grow with its root.",
            ),
            Mistake(
                lambda: loom_z() * np.sqrt(loom().dispersion),
                "You multiplied. A larger standard error makes the z value smaller.",
            ),
            Mistake(
                lambda: loom_z() / np.sqrt(loom().deviance / loom().df_residual),
                "You took deviance over degrees of freedom. That is near the "
                "dispersion, which is made of squared Pearson residuals, and printed.",
            ),
            Mistake(
                lambda: (
                    loom().fixef["woolB:tensionH"]
                    / loom().se["woolB:tensionH"]
                    / np.sqrt(loom().dispersion)
                ),
                "That is the row of `woolB:tensionH`. One row up is asked.",
            ),
            Mistake(
                lambda: loom().se["woolB:tensionM"] * np.sqrt(loom().dispersion),
                "That is the corrected standard error. Divide the estimate by it.",
            ),
            Mistake(
                lambda: loom_z() * loom().dispersion,
                "You multiplied by the dispersion. A larger standard error makes "
                "the z value smaller, and it grows with the root.",
            ),
            Mistake(
                lambda: loom().fixef["woolB:tensionM"] / np.sqrt(loom().dispersion),
                "You divided the estimate by the root of the dispersion. The estimate "
                "stays; its standard error is multiplied, and then divides.",
            ),
            Mistake(
                lambda: corrected("woolB"),
                "That is the row of `woolB`. The product with the middle tension is "
                "asked.",
            ),
            Mistake(
                lambda: corrected("tensionM"),
                "That is the row of `tensionM`. Its product with `woolB` is asked.",
            ),
            Mistake(
                lambda: np.sqrt(loom().dispersion),
                "By that factor the standard error grows. What becomes of the z value?",
            ),
            Mistake(
                lambda: 2 * norm.sf(corrected("woolB:tensionM")),
                "That is the p value that would go with it. The z value is asked.",
            ),
            Mistake(
                lambda: loom_z() / loom().dispersion ** 2,
                "You divided by the square of the dispersion. Standard errors grow "
                "with its root.",
            ),
            Mistake(
                lambda: loom_z() - np.sqrt(loom().dispersion),
                "You subtracted. The standard error is multiplied, and it divides.",
            ),
            Mistake(
                lambda: (
                    loom().fixef["woolB:tensionM"]
                    / np.sqrt(loom().se["woolB:tensionM"] * loom().dispersion)
                ),
                "You took the root of the standard error as well. Only the dispersion "
                "is a variance.",
            ),
            Mistake(
                lambda: (
                    plain_line().fixef["woolB:tensionM"]
                    / plain_line().se["woolB:tensionM"]
                ),
                "That is the t value of a line through the counts. Correct the "
                "Poisson regression.",
            ),
        ),
    ),
    "3.4c": Question(
        lambda: within(1.96 / np.sqrt(OMEGA)),
        kind="share",
        digits=3,
        mistakes=(
            Mistake(
                lambda: within(1.96 / OMEGA),
                "You divided the reach by the ratio of the variances. Standard errors "
                "differ by its root.",
            ),
            Mistake(
                lambda: norm.cdf(1.96 / np.sqrt(OMEGA)),
                "That is the share below the upper end. An interval misses on both "
                "sides.",
            ),
            Mistake(
                lambda: 0.95 / np.sqrt(OMEGA),
                "You divided the share. It is the reach that is too short by that "
                "factor; the share follows from the normal distribution.",
            ),
            Mistake(
                lambda: 0.95 / OMEGA,
                "Either you divided the share by the variance, or that is the share "
                "beyond one end. An interval misses on both sides, and its reach is "
                "too short by the root of that.",
            ),
            Mistake(
                lambda: within(1.96 * np.sqrt(OMEGA)),
                "You made the interval longer. A Poisson model claims too little "
                "spread: how many true standard errors does it reach?",
            ),
            Mistake(
                lambda: 1.96 / np.sqrt(OMEGA),
                "So many true standard errors it reaches. Which share of a normal "
                "distribution lies within that?",
            ),
            Mistake(
                lambda: 0.95,
                "That is the promise. The variance behind it is five times too small.",
            ),
            Mistake(
                lambda: within(1 / np.sqrt(OMEGA)),
                "You took one standard error. The interval reaches 1.96 of them.",
            ),
            Mistake(
                lambda: 0.05 * OMEGA,
                "You multiplied the misses. It is the reach that is too short, by a "
                "root; the share follows from the normal distribution.",
            ),
            Mistake(
                lambda: 1 - 0.05 * OMEGA,
                "You multiplied the misses. It is the reach that is too short, by a "
                "root; the share follows from the normal distribution.",
            ),
            Mistake(
                lambda: 0.05 * np.sqrt(OMEGA),
                "You multiplied the misses. It is the reach that is too short by that "
                "factor; the share follows from the normal distribution.",
            ),
            Mistake(
                lambda: 1 - 0.05 * np.sqrt(OMEGA),
                "You multiplied the misses. It is the reach that is too short by that "
                "factor; the share follows from the normal distribution.",
            ),
            Mistake(
                lambda: 1 - within(1.96 / OMEGA),
                "That is the share of misses, and you divided the reach by the ratio "
                "of variances. Standard errors differ by its root.",
            ),
            Mistake(
                lambda: within(1.96 / np.sqrt(OMEGA)) / 2,
                "That is the share between the estimate and one of the ends. An "
                "interval has two.",
            ),
            Mistake(
                lambda: within(1.96 / OMEGA**2),
                "You divided the reach by the square of the ratio. Standard errors "
                "differ by its root.",
            ),
            Mistake(
                lambda: within(2 / np.sqrt(OMEGA)),
                "Your intervals reach 2 standard errors. In the question it is 1.96.",
            ),
            Mistake(
                lambda: within(1.96 / np.sqrt(OMEGA - 1)),
                "You divided by the root of 4. The variance is 5 times as large, not 5 "
                "times larger.",
            ),
        ),
    ),
    **CLAIMS,
    **ABSENCES,
    **WOOL,
}
