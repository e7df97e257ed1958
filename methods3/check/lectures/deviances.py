"""Questions 3.2d and 3.2e: from a perfect model, and what AIC counts."""

from functools import cache

import numpy as np
from scipy import stats
from scipy.special import gammaln

from methods3.check.questions import Mistake, Question
from methods3.check.routes import Part, Route
from mlm.datasets import load_mtcars, load_quine
from mlm.fit import glm, lm


@cache
def mtcars():
    """Give the cars of R."""
    return load_mtcars()


@cache
def days():
    """Give the days that Walker's pupils were absent."""
    return load_quine()["Days"].to_numpy(dtype=float)


def saturated():
    """Return the log-likelihood of the days if each is its own mean."""
    return stats.poisson.logpmf(days(), days()).sum()


def one_mean():
    """Return it if all have the same mean."""
    return stats.poisson.logpmf(days(), days().mean()).sum()


@cache
def fuel():
    """Fit miles per gallon by weight and power."""
    return lm("mpg ~ wt + hp", mtcars())


def rss():
    """Return its residual sum of squares."""
    return float(np.sum(fuel().residuals() ** 2))


def aic_by_hand(rss, k, divisor=32, first=-1):
    """Return AIC from the sum of squares; `first` is the sign before n/2 log 2π."""
    variance = rss / divisor
    log = first * 16 * np.log(2 * np.pi) - 16 * np.log(variance) - rss / (2 * variance)
    return -2 * log + 2 * k


DEVIANCES = {
    "3.2d": Question(
        answer=saturated,
        kind="log-likelihood",
        mistakes=(
            Mistake(
                lambda: saturated() + gammaln(days() + 1).sum(),
                "The part with the factorials, log y!, is missing.",
            ),
            Mistake(
                one_mean,
                "That is the null model, with one mean for all. The saturated one has "
                "a mean for each pupil.",
            ),
            Mistake(
                lambda: glm("Days ~ 1", load_quine(), "poisson").null_deviance,
                "That is the null deviance, which is measured from what is asked for.",
            ),
            Mistake(
                lambda: 0,
                "That is 0, or as good as 0. Even with the perfect mean, a count is "
                "not certain, as a 0 or 1 is; if it is a product, take logarithms.",
            ),
            Mistake(
                lambda: saturated() / np.log(10),
                "That is a logarithm of base ten. A log-likelihood is a natural one.",
            ),
            Mistake(
                lambda: saturated() / len(days()),
                "That is the mean over the pupils. The sum is asked for.",
            ),
            Mistake(
                lambda: saturated() / np.count_nonzero(days()),
                "That is the mean over the pupils who were absent. The sum is asked "
                "for.",
            ),
            Mistake(
                lambda: 2 * saturated(),
                "That is twice the log-likelihood.",
            ),
            Mistake(
                lambda: stats.poisson.logpmf(days(), np.maximum(days(), 0.5)).sum(),
                "You moved the zeros to one half. A mean of 0 is allowed, and makes a "
                "count of 0 certain.",
            ),
            Mistake(
                lambda: stats.poisson.logpmf(days(), np.maximum(days(), 1)).sum(),
                "The nine who were never absent cost something here. With a mean of 0 "
                "a count of 0 is certain.",
            ),
            Mistake(
                lambda: stats.poisson.logpmf(days(), days() + 1).sum(),
                "You added 1 to the means. A mean of 0 is allowed.",
            ),
            Mistake(
                lambda: stats.poisson.pmf(days(), days()).sum(),
                "You added the probabilities. Add their logarithms.",
            ),
            Mistake(
                lambda: np.log(stats.poisson.pmf(days(), days()).sum()),
                "You added the probabilities, and then took the logarithm. "
                "Independent pupils multiply them.",
            ),
        ),
        hint="The mean of each pupil is the count that was seen.",
    ),
    "3.2e": Question(
        answer=lambda: aic_by_hand(rss(), 4),
        kind="information criterion",
        mistakes=(
            Mistake(
                lambda: aic_by_hand(rss(), 3),
                "One parameter is missing. The line has three coefficients; what else "
                "is estimated?",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 2),
                "You charged 4 in all: too few parameters are counted, or not 2 for "
                "each.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 0),
                "That is −2 log L. The price of the parameters is missing.",
            ),
            Mistake(
                lambda: -aic_by_hand(rss(), 0) / 2,
                "That is the log-likelihood.",
            ),
            Mistake(
                lambda: rss() + 2 * 4,
                "You took the sum of squares for −2 log L. For the normal distribution "
                "they are different things.",
            ),
            Mistake(
                lambda: rss() + 2 * 3,
                "You took the sum of squares for −2 log L, and left out a parameter.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 4, divisor=29),
                "You estimated σ² with n − p. Maximum likelihood divides by n.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 4, first=1),
                "In the log-likelihood, the sign before n/2 log 2π is wrong: the root "
                "of 2π is in the density's denominator.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 0) + 4 * np.log(32),
                "That is BIC, which charges log n for a parameter. AIC charges 2.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 0) - 8,
                "You subtracted the price. The more parameters, the larger AIC.",
            ),
            Mistake(
                lambda: 32 * np.log(rss() / 32) + 8,
                "The constants are left out, 2π and the sum over its variance. All of "
                "log L counts.",
            ),
            Mistake(
                lambda: 32 * np.log(rss() / 32) + 6,
                "The constants are left out, 2π and the sum over its variance. All of "
                "log L counts.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 0) / 2 + 4,
                "You took log L once. AIC has twice as much, and twice the parameters.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 0) / -2 - 4,
                "That is log L less the parameters. AIC is −2 of it.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 3, divisor=29),
                "You estimated σ² with n − p, where maximum likelihood divides by n; "
                "and σ is a parameter, too.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 0) + 3 * np.log(32),
                "That is BIC, which charges log n for a parameter, and one parameter "
                "is missing. AIC charges 2.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 4) + 2 * 4 * 5 / 27,
                "That is AIC with a correction for few rows (AICc). Asked is AIC.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 4) - 32 * np.log(2 * np.pi),
                "2π is left out. All of log L counts.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 3) - 32 * np.log(2 * np.pi),
                "2π is left out, and σ is a parameter, too. All of log L counts.",
            ),
            Mistake(
                lambda: 32 * np.log10(2 * np.pi * rss() / 32) + 32 + 8,
                "That is a logarithm of base ten. A log-likelihood is a natural one.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 4) / 32,
                "That is the mean over the cars. AIC is of all of them.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 4) + 32 * np.log(32),
                "You put the sum of squares in place of σ². By maximum likelihood σ² "
                "is that sum, divided by n.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 0) / 2 + 8,
                "You took log L once, and the price in full. AIC has twice as much.",
            ),
            Mistake(
                lambda: 32 * np.log(rss()) + 8,
                "The constants are left out, and the sum of squares is not divided by "
                "n. All of log L counts.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 4) - 32 + rss(),
                "In the last part of log L the squares are divided by 2σ².",
            ),
            Mistake(
                lambda: 32 * np.log(2 * np.pi * np.sqrt(rss() / 32)) + 32 + 8,
                "You have σ in the logarithm, where σ² belongs.",
            ),
            Mistake(
                lambda: aic_by_hand(rss(), 4) - 32,
                "The squares over 2σ² are left out. All of log L counts.",
            ),
        ),
        route=Route(
            lambda rss, n, pi, k: n * (np.log(2 * pi * rss / n) + 1) + 2 * k,
            {
                "rss": Part(195.0478, "the sum of squares"),
                "n": Part(32, "n"),
                "pi": Part(np.pi, "π"),
                "k": Part(4, "the parameters"),
            },
            lambda **_: {
                "the variance by maximum likelihood": 195.0478 / 32,
                "σ by maximum likelihood": np.sqrt(195.0478 / 32),
            },
        ),
        hint="First σ² by maximum likelihood, then log L, then the parameters.",
    ),
}
