"""Questions 3.2, a likelihood to maximise: products, sums, deviance and AIC."""

from functools import cache

import numpy as np
from scipy import stats
from scipy.special import expit, gammaln, logit

from methods3.check.questions import Mistake, Question
from methods3.check.routes import Part, Route
from mlm.datasets import load_mtcars, load_quine, load_wells
from mlm.fit import glm, lm

P, DONE = np.array([0.8, 0.4, 0.3]), np.array([1, 0, 1])  # 3.2a
RATE = 0.5, 0.1  # 3.2b
BOTH = "switch ~ dist100 + arsenic"  # 3.2c
# Smallest number that has all its digits.
NORMAL = 2.0**-1022


def log_of_three(p=P, done=DONE):
    """Return the log-likelihood of the three households of 3.2a."""
    return np.log(stats.bernoulli.pmf(done, p)).sum()


@cache
def mtcars():
    """Give the cars of R."""
    return load_mtcars()


def rates(intercept=RATE[0], slope=RATE[1]):
    """Return the mean number of carburettors that 3.2b supposes for each car."""
    return np.exp(intercept + slope * mtcars()["wt"])


def log_of_counts(mean=None):
    """Return the log-likelihood of the carburettors, by the rates of 3.2b or others."""
    mean = rates() if mean is None else mean
    return stats.poisson.logpmf(mtcars()["carb"], mean).sum()


def without_factorials():
    """Return the same, without the part that holds no rate."""
    return log_of_counts() + gammaln(mtcars()["carb"] + 1).sum()


@cache
def wells():
    """Give the households, with the distance in hundreds of metres."""
    data = load_wells()
    return data.assign(dist100=data["distance"] / 100)


@cache
def logistic(formula=BOTH):
    """Fit a logistic regression to the households."""
    return glm(formula, wells(), family="binomial")


def first_below(limit=0.0, formula=BOTH, of_what_happened=True):
    """Return the first household whose product of probabilities is at a limit."""
    p = logistic(formula).fitted.to_numpy()
    if of_what_happened:
        p = stats.bernoulli.pmf(wells()["switch"], p)
    return int(np.argmax(np.cumprod(p) <= limit)) + 1


def first_zero(p):
    """Return the first place, from 1, where the product of probabilities is 0."""
    return int(np.argmax(np.cumprod(p) == 0)) + 1


def happened():
    """Return the probabilities of what the households did."""
    return stats.bernoulli.pmf(wells()["switch"], logistic().fitted.to_numpy())


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


def one_curve():
    """Return β₀ of the wells without a predictor, and its standard error."""
    y = wells()["switch"]
    p, n = y.mean(), len(y)
    return np.array([logit(p), 1 / np.sqrt(n * p * (1 - p))])


def share():
    """Return the share that switched."""
    return wells()["switch"].mean()


QUESTIONS = {
    "3.2a": Question(
        answer=log_of_three,
        kind="log-likelihood",
        mistakes=(
            Mistake(
                lambda: np.exp(log_of_three()),
                "That is the likelihood, a product of three probabilities. Its "
                "logarithm is asked for.",
            ),
            Mistake(
                lambda: np.log(P).sum(),
                "You took the probability of a 1 for all three. One household did not "
                "switch: how probable was *that*?",
            ),
            Mistake(
                lambda: np.log(P[DONE == 1]).sum(),
                "Only the households that switched are in it. What the other one did "
                "has a probability, too.",
            ),
            Mistake(
                lambda: np.log(1 - P[DONE == 0]).sum(),
                "Either only the household that stayed is in it, or the logarithm of "
                "0.4 was subtracted. What each of the three did has a probability; "
                "add their logarithms.",
            ),
            Mistake(
                lambda: log_of_three(done=1 - DONE),
                "It is the other way round: ŷ is the probability of a 1, and 1 − ŷ "
                "that of a 0.",
            ),
            Mistake(
                lambda: log_of_three() / 3,
                "That is the mean of the three logarithms. Their sum is asked for.",
            ),
            Mistake(
                lambda: log_of_three() / np.log(10),
                "That is a logarithm of base ten. A log-likelihood is a natural one.",
            ),
            Mistake(
                lambda: np.log(stats.bernoulli.pmf(DONE, P).sum()),
                "You added the probabilities, and then took the logarithm. Independent "
                "households multiply them.",
            ),
            Mistake(
                lambda: stats.bernoulli.pmf(DONE, P).sum(),
                "You added the probabilities. Independent households multiply them, so "
                "add their logarithms.",
            ),
            Mistake(
                lambda: log_of_three(p=expit(P)),
                "0.8, 0.4 and 0.3 are probabilities already: logit⁻¹ has been applied.",
            ),
            Mistake(
                lambda: log_of_three() / np.log(2),
                "That is a logarithm of base two. A log-likelihood is a natural one.",
            ),
            Mistake(
                lambda: logit(0.8) - logit(0.4) + logit(0.3),
                "You added log-odds. The logarithms of probabilities are asked.",
            ),
            Mistake(
                lambda: np.prod(P),
                "That is a product, not its logarithm, and the second household did "
                "not switch.",
            ),
            Mistake(
                lambda: np.log(0.2 * 0.6 * 0.7),
                "Those are probabilities of staying. Two of the three switched.",
            ),
            Mistake(
                lambda: 2 * log_of_three(),
                "That is twice the log-likelihood.",
            ),
        ),
        hint="Write down, for each household, how probable what it did was.",
    ),
    "3.2b": Question(
        answer=log_of_counts,
        kind="log-likelihood",
        mistakes=(
            Mistake(
                without_factorials,
                "The part with the factorials, log y!, is missing. It holds no rate, "
                "but belongs to the probability.",
            ),
            Mistake(
                lambda: log_of_counts(glm("carb ~ wt", mtcars(), "poisson").fitted),
                "That is the largest log-likelihood of all, at the estimates. That of "
                "the rates in the question is asked for.",
            ),
            Mistake(
                lambda: log_of_counts(RATE[0] + RATE[1] * mtcars()["wt"]),
                "0.5 + 0.1 · wt is the logarithm of the mean. Come back from it first.",
            ),
            Mistake(
                lambda: log_of_counts(np.exp(mtcars()["carb"] * 0 + RATE[0])),
                "The weight is not in it: every car has a mean of its own.",
            ),
            Mistake(
                lambda: log_of_counts() / 32,
                "That is the mean over the cars. The sum is asked for.",
            ),
            Mistake(
                lambda: log_of_counts() / np.log(10),
                "That is a logarithm of base ten. A log-likelihood is a natural one.",
            ),
            Mistake(
                lambda: stats.poisson.pmf(mtcars()["carb"], rates()).sum(),
                "You added the probabilities. Add their logarithms.",
            ),
            Mistake(
                lambda: stats.poisson.pmf(mtcars()["carb"], rates()).prod(),
                "That is the likelihood. Its logarithm is asked for.",
            ),
            Mistake(
                lambda: (
                    2 * (stats.poisson.logpmf(*[mtcars()["carb"]] * 2).sum())
                    - 2 * log_of_counts()
                ),
                "That is the deviance, measured from the saturated model.",
            ),
            Mistake(
                lambda: stats.norm.logpdf(mtcars()["carb"], rates()).sum(),
                "That is a normal distribution. Counts are Poisson here.",
            ),
            Mistake(
                lambda: stats.poisson.logcdf(mtcars()["carb"], rates()).sum(),
                "You took probabilities of so many *or fewer*. Take that of exactly "
                "what was counted: `logpmf`.",
            ),
            Mistake(
                lambda: log_of_counts(rates(0.1, 0.5)),
                "Intercept and slope have changed places.",
            ),
            Mistake(
                lambda: log_of_counts(10 ** (0.5 + 0.1 * mtcars()["wt"])),
                "You came back by a power of ten. The logarithm is the natural one.",
            ),
            Mistake(
                lambda: log_of_counts(np.exp(0.5 + 0.1 * mtcars()["wt"].mean())),
                "That has one mean for all, at the mean weight. Each car has its own.",
            ),
            Mistake(
                lambda: np.log(stats.poisson.pmf(mtcars()["carb"], rates()).sum()),
                "You added the probabilities, and then took the logarithm. "
                "Independent cars multiply them.",
            ),
            Mistake(
                lambda: log_of_counts(np.exp(0.5) + 0.1 * mtcars()["wt"]),
                "You took the exponential of the intercept alone. It belongs around "
                "the whole sum.",
            ),
            Mistake(
                lambda: log_of_counts(mtcars()["carb"].mean()),
                "That has one mean for all. The question has a curve.",
            ),
        ),
        hint="First the 32 means, then the logarithm of each car's probability.",
    ),
    "3.2c": Question(
        answer=first_below,
        exact=True,
        kind="number of households",
        mistakes=(
            Mistake(
                lambda: first_below() - 1,
                "That is one less: Python counts from 0, or it is the last product "
                "above 0. Households are counted from 1.",
            ),
            Mistake(
                lambda: first_below() + 1,
                "That is one too many. `np.argmax` of a comparison gives a place that "
                "is counted from 0: add 1, once.",
            ),
            Mistake(
                lambda: first_below(formula="switch ~ dist100"),
                "That is the curve of distance alone, as in the lecture. Here the "
                "arsenic of their own well is a predictor, too.",
            ),
            Mistake(
                lambda: first_below(formula="switch ~ dist100 * arsenic"),
                "That is the model with an interaction. Asked for is the sum of the "
                "two.",
            ),
            Mistake(
                lambda: first_below(formula="switch ~ arsenic"),
                "That is the model of arsenic alone.",
            ),
            Mistake(
                lambda: first_below(NORMAL),
                "There the product gets below 1e-308, and loses digits. It is not 0 "
                "yet.",
            ),
            Mistake(
                lambda: first_below(of_what_happened=False),
                "You multiplied the probabilities of switching. Of a household that "
                "stayed, take 1 − ŷ.",
            ),
            Mistake(
                lambda: len(wells()),
                "That is how many households there are. Where does the product become "
                "0?",
            ),
            Mistake(
                lambda: first_below(2.3e-16),
                "That is where a product is small beside 1. It is not 0 yet.",
            ),
            Mistake(
                lambda: first_below(5e-9),
                "That is where a product is 0 when it is rounded. Compare the numbers "
                "as they are.",
            ),
            Mistake(
                lambda: first_zero(np.sort(happened())),
                "You sorted the probabilities. Keep the order of the data.",
            ),
            Mistake(
                lambda: first_zero(happened().astype(np.float32)),
                "That is with single precision. NumPy's own numbers are double.",
            ),
            Mistake(
                lambda: first_zero(1 - happened()),
                "You multiplied the probabilities of what households did *not* do.",
            ),
            Mistake(
                lambda: first_zero(1 - logistic().fitted.to_numpy()),
                "You multiplied the probabilities of staying. Of a household that "
                "switched, take ŷ.",
            ),
        ),
        hint="`np.cumprod` gives the product after each household.",
    ),
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
