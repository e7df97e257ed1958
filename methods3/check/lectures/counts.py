"""Questions 3.4, counts: rates, exposures, and more spread than a model says."""

from functools import cache

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_insurance, load_quine, load_warpbreaks, load_wool
from mlm.design.matrices import design_matrices
from mlm.fit import glm, glmer, lm

STEP = -0.4758
OMEGA = 5
PUPILS = "Days ~ Eth + Sex + Age + Lrn"
RUNS = "len + amp + load"
# What R's MASS::glm.nb prints for the pupils: coefficients, and the second parameter.
NEGATIVE_BINOMIAL = (2.89458, -0.56937, 0.08232, -0.44843, 0.08808, 0.35690, 0.29211)
THETA = 1.27489
# Intercept, districts 2 to 4, engine and age of what is asked.
OLDEST = np.array([1.0, 0, 0, 0, 1, 4])


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


@cache
def claims(offset=" + offset(log(Holders))"):
    """Fit claims of car owners, by default for one policy."""
    data = load_insurance()
    data["age"], data["engine"] = (data[c].cat.codes + 1 for c in ("Age", "Group"))
    return glm(f"Claims ~ District + engine + age{offset}", data, "poisson")


def log_rate(row=OLDEST):
    """Logarithm of the claims of one policy."""
    return row @ claims().fixef


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


@cache
def wool():
    """Fit cycles of wool three ways: tuple of three fits."""
    data = load_wool().assign(run=range(27))
    return (
        lm(f"log(cycles) ~ {RUNS}", data),
        glm(f"cycles ~ {RUNS}", data, "poisson"),
        glmer(f"cycles ~ {RUNS} + (1 | run)", data, "poisson"),
    )


def errors(name="amp"):
    """Standard errors of a predictor in the three fits."""
    return np.array([fit.se[name] for fit in wool()])


def mended():
    """The three of `amp`, the second corrected for overdispersion."""
    line, plain, runs = errors()
    return np.array([line, plain * np.sqrt(wool()[1].dispersion), runs])


def corrected(name):
    """Give the z value of a row of the loom, corrected for overdispersion."""
    return loom().fixef[name] / loom().se[name] / np.sqrt(loom().dispersion)


@cache
def plain_line():
    """Fit a line to the breaks of yarn."""
    return lm("breaks ~ wool * tension", load_warpbreaks())


@cache
def raw_wool():
    """Fit a line to the cycles of wool, without a logarithm."""
    return lm(f"cycles ~ {RUNS}", load_wool())


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
        ),
    ),
    "3.4d": Question(
        lambda: 250 * np.exp(log_rate()),
        kind="expected count",
        digits=4,
        mistakes=(
            Mistake(
                lambda: np.exp(log_rate()),
                "That is for one policy. There are 250.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 1, 1]))),
                "That is the youngest group. The oldest is `age` 4.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 1, 0]))),
                "The coefficient of age is missing.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 0, 4]))),
                "The coefficient of the engine is missing: it is 1, not 0.",
            ),
            Mistake(
                lambda: 250 * np.exp(claims().fixef["(Intercept)"]),
                "That is the intercept alone, where engine and age are 0. Add their "
                "coefficients.",
            ),
            Mistake(
                lambda: 250 * expit(log_rate()),
                "You used the inverse logit. A regression for counts has a "
                "logarithmic link.",
            ),
            Mistake(
                lambda: 250 * log_rate(),
                "You multiplied the logarithm of the rate. Take its exponential first.",
            ),
            Mistake(
                lambda: np.exp(log_rate()) + 250,
                "You added the policies. They multiply the rate; it is their "
                "logarithm that is added, before the exponential.",
            ),
            Mistake(
                lambda: np.exp(OLDEST @ claims("").fixef),
                "That comes from the model without an offset, which does not know how "
                "many policies there are.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 1, 3]))),
                "That is the third age group. The oldest is `age` 4.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 4, 1]))),
                "Engine and age have changed places.",
            ),
            Mistake(
                lambda: 100 * np.exp(log_rate()),
                "That is the rate, times another number of policies. There are 250.",
            ),
            Mistake(
                lambda: 1000 * np.exp(log_rate()),
                "That is the rate, times another number of policies. There are 250.",
            ),
            Mistake(
                lambda: np.exp(log_rate()) / 250,
                "You divided. More policies make more claims.",
            ),
            Mistake(
                lambda: log_rate() + np.log(250),
                "That is the logarithm of the count. Take the exponential.",
            ),
            Mistake(
                lambda: log_rate(),
                "That is the logarithm of the rate of one policy. Take the "
                "exponential, and mind the 250.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(OLDEST + np.eye(6)[1])),
                "That is another district. The reference has no coefficient of its "
                "own.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(OLDEST + np.eye(6)[2])),
                "That is another district. The reference has no coefficient of its "
                "own.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(OLDEST + np.eye(6)[3])),
                "That is another district. The reference has no coefficient of its "
                "own.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 1, -4]))),
                "The sign of age is lost: its coefficient is negative.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 4, 4]))),
                "Those are the largest engines. The smallest are `engine` 1.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([0.0, 0, 0, 0, 1, 4]))),
                "The intercept is missing.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 0, 3]))),
                "You counted engine and age from 0. In the cell both begin at 1.",
            ),
            Mistake(
                lambda: 250 * np.exp(OLDEST @ claims("").fixef),
                "That comes from the model without an offset, which does not know how "
                "many policies there are.",
            ),
        ),
    ),
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
    "3.4f": Question(
        errors,
        kind="standard error",
        digits=3,
        within=0.00051,
        mistakes=(
            Mistake(
                mended,
                "You corrected the second for overdispersion. Right to do so, but "
                "asked is what the plain Poisson regression says.",
            ),
            Mistake(
                lambda: [fit.fixef["amp"] for fit in wool()],
                "Those are the slopes. Their standard errors are asked.",
            ),
            Mistake(
                lambda: errors("load"),
                "Those are the standard errors of `load`.",
            ),
            Mistake(
                lambda: errors("len"),
                "Those are the standard errors of `len`.",
            ),
            Mistake(
                lambda: errors() / [np.log(10), 1, 1],
                "The first is for logarithms to base 10. `log` in the formula is the "
                "natural one.",
            ),
            Mistake(
                lambda: errors()[[1, 0, 2]],
                "The first two have changed places: the line through logarithms comes "
                "first.",
            ),
            Mistake(
                lambda: errors()[[0, 1, 1]],
                "The third is that of the second. Is `(1 | run)` in its formula?",
            ),
            Mistake(
                lambda: np.exp(errors()),
                "You took the exponential of standard errors. They are asked as they "
                "are.",
            ),
            Mistake(
                lambda: np.abs(errors() / [fit.fixef["amp"] for fit in wool()]),
                "Those are the standard errors over the slopes. They are asked as "
                "they are.",
            ),
            Mistake(
                lambda: [fit.fixef["amp"] for fit in wool()] / errors(),
                "Those are the slopes over their standard errors. The standard errors "
                "are asked.",
            ),
            Mistake(
                lambda: [
                    wool()[0].sigma,
                    wool()[1].dispersion,
                    wool()[2].varcorr.std_dev("run").iloc[0],
                ],
                "Those say how much is left over in each model. The standard errors "
                "of `amp` are asked.",
            ),
            Mistake(
                lambda: errors() * [np.sqrt(23 / 27), 1, 1],
                "In the first you divided by all 27 runs. A line has four "
                "coefficients, which leaves 23 degrees of freedom.",
            ),
            Mistake(
                lambda: [raw_wool().se["amp"], *errors()[1:]],
                "The first is for the cycles themselves. Take their logarithm.",
            ),
        ),
    ),
}
