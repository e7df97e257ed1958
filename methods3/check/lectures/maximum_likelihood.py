"""Questions 3.2, a likelihood to maximise: products, sums, deviance and AIC."""

import numpy as np
from scipy import stats
from scipy.special import expit, gammaln, logit

from methods3.check.lectures.deviances import DEVIANCES, mtcars
from methods3.check.lectures.information import INFORMATION
from methods3.check.lectures.underflow import UNDERFLOW
from methods3.check.questions import Mistake, Question
from mlm.fit import glm

P, DONE = np.array([0.8, 0.4, 0.3]), np.array([1, 0, 1])  # 3.2a
RATE = 0.5, 0.1  # 3.2b


def log_of_three(p=P, done=DONE):
    """Return the log-likelihood of the three households of 3.2a."""
    return np.log(stats.bernoulli.pmf(done, p)).sum()


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
    **DEVIANCES,
    **INFORMATION,
    **UNDERFLOW,
}
