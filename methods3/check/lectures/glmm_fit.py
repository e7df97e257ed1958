"""Questions 3.7, from formula to fit, again: working responses and integrals."""

from functools import cache

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import binom, norm

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_cbpp, load_mtcars
from mlm.fit import glm, glmer, lm

HERDS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"


def working(y, eta, divided=True, moved=True):
    """Working response of one answer, whole or with a step forgotten."""
    p = expit(eta)
    off = (y - p) / (p * (1 - p) if divided else 1)
    return eta * moved + off


@cache
def cars():
    """Give the cars, with the working response of carburettors at the mean of all."""
    data = load_mtcars()
    mean = data["carb"].mean()
    return data.assign(
        z=np.log(mean) + (data["carb"] - mean) / mean,
        from_zero=data["carb"] - 1,
        off=(data["carb"] - mean) / mean,
        undivided=np.log(mean) + data["carb"] - mean,
        log_carb=np.log(data["carb"]),
        multiplied=np.log(mean) + (data["carb"] - mean) * mean,
        by_each=np.log(mean) + (data["carb"] - mean) / data["carb"],
        turned=np.log(mean) - (data["carb"] - mean) / mean,
        rooted=np.log(mean) + (data["carb"] - mean) / np.sqrt(mean),
        from_mean=mean + (data["carb"] - mean) / mean,
        by_logit=np.log(mean) + (data["carb"] - mean) / (mean * (1 - mean)),
    )


@cache
def line(response):
    """Intercept and slope of a line through some response of the cars."""
    return lm(f"{response} ~ wt", cars()).fixef.to_numpy()


@cache
def second_step():
    """Intercept and slope of the carburettors after two steps."""
    eta = line("z") @ [np.ones(len(cars())), cars()["wt"]]
    mean = np.exp(eta)
    data = cars().assign(again=eta + (cars()["carb"] - mean) / mean)
    return lm("again ~ wt", data, weights=mean).fixef.to_numpy()


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


def sick(u=0.0):
    """Log-probability of every row where its herd's effect is u: shape (56, …)."""
    data, fit = load_cbpp(), of_herds(25)
    k, n = (data[name].to_numpy()[:, None] for name in ("incidence", "size"))
    eta = fit.design.X @ fit.fixef.to_numpy()
    return binom.logpmf(k, n, expit(eta[:, None] + u))


def at_zero():
    """Minus two times the log-likelihood if all herds are typical."""
    return -2 * sick().sum()


def by_strips(spread=1.0, dense=True, each=False, wide=True):
    """Minus two times the log-likelihood by strips, with a step forgotten.

    `spread` is the power of the standard deviation that is taken for it.
    """
    sigma = of_herds(25).varcorr.std_dev("herd").iloc[0]
    u = np.linspace(-8 * sigma, 8 * sigma, 2001)
    width = u[1] - u[0] if wide else 1.0
    logs = pd.DataFrame(sick(u))
    if not each:
        logs = logs.groupby(load_cbpp()["herd"].to_numpy()).sum()
    density = norm.pdf(u, scale=sigma**spread) if dense else np.ones_like(u)
    return -2 * np.log(np.exp(logs.to_numpy()) @ density * width).sum()


def pooled():
    """Minus two times the log-likelihood of one share for all rows."""
    data = load_cbpp()
    k, n = data["incidence"], data["size"]
    return -2 * binom.logpmf(k, n, k.sum() / n.sum()).sum()


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

QUESTIONS = {
    "3.7a": Question(
        lambda: working(0, 1.0),
        mistakes=(
            Mistake(
                lambda: working(0, 1.0, moved=False),
                "That is how far the point is from the line. Where does it stand: "
                "from which η did you go?",
            ),
            Mistake(
                lambda: working(0, 1.0, divided=False),
                "You added the distance of the answer from p on the scale of "
                "probability. Divide it by the slope of the curve, p(1 − p).",
            ),
            Mistake(
                lambda: working(1, 1.0),
                "That is the point of an answer 1. Asked is that of a 0.",
            ),
            Mistake(
                lambda: -expit(1.0),
                "That is p, or y − p. What is asked is η plus y − p over p(1 − p).",
            ),
            Mistake(
                lambda: expit(1.0),
                "That is p, or y − p. What is asked is η plus y − p over p(1 − p).",
            ),
            Mistake(
                lambda: 0.0,
                "You divided by p alone, or gave the answer itself. The slope of the "
                "curve is p(1 − p).",
            ),
            Mistake(
                lambda: 1 - expit(1) * expit(1) * expit(-1),
                "You multiplied by the slope of the curve. Divide by it.",
            ),
            Mistake(
                lambda: 1 + 1 / expit(-1),
                "You took y − p the other way round. The answer is 0, below p.",
            ),
            Mistake(
                lambda: expit(1) - 1 / expit(-1),
                "You started from p. The point belongs to the scale of η, which is 1.",
            ),
            Mistake(
                lambda: expit(1) * expit(-1),
                "That is the slope of the curve. Divide y − p by it, and add η.",
            ),
            Mistake(
                lambda: 1 - 1 / (expit(1) * expit(-1)),
                "You took η for p in y − p. Compute p first.",
            ),
            Mistake(
                lambda: -1 - 1 / expit(-1),
                "The sign of η is turned: it is 1.",
            ),
            Mistake(
                lambda: 1 - expit(1) / np.sqrt(expit(1) * expit(-1)),
                "You divided by the standard deviation of the answer. Divide by the "
                "slope of the curve, p(1 − p).",
            ),
            Mistake(
                lambda: 1 - norm.cdf(1) / norm.pdf(1),
                "That is the working response of a probit. Here the link is the logit.",
            ),
            Mistake(
                lambda: -1.0,
                "You took p as one half, where a first step may start. Here η is 1.",
            ),
            Mistake(
                lambda: 1 - np.e,
                "That is the working response of a count, whose slope is exp(η). An "
                "answer of 0 or 1 has p(1 − p).",
            ),
            Mistake(
                lambda: expit(-np.expm1(1) * 0 - np.e),
                "You made a probability of it. The working response is on the scale "
                "of η.",
            ),
        ),
        hint="Compute p first; then y − p; then divide by p(1 − p), and add η.",
    ),
    "3.7b": Question(
        lambda: line("z"),
        kind="coefficient",
        mistakes=(
            Mistake(
                lambda: line("from_zero"),
                "That is the step from η = 0, where every mean is 1. Start where all "
                "means are the mean of the counts.",
            ),
            Mistake(
                lambda: line("off"),
                "Almost: that is the distance from η on its scale. The point is η "
                "itself, the logarithm of the mean, plus that.",
            ),
            Mistake(
                lambda: line("undivided"),
                "The distance of a count from its mean is to be divided by the slope "
                "of exp, which is the mean.",
            ),
            Mistake(
                lambda: glm("carb ~ wt", cars(), "poisson").fixef,
                "That is where the search ends. Asked is its first step.",
            ),
            Mistake(
                lambda: line("log_carb"),
                "That is a line through the logarithms of the counts. A working "
                "response takes the tangent of the logarithm, at the mean.",
            ),
            Mistake(
                lambda: line("carb"),
                "That is a line through the counts themselves, on their own scale.",
            ),
            Mistake(
                lambda: line("multiplied"),
                "You multiplied by the mean. Divide by it.",
            ),
            Mistake(
                lambda: line("by_each"),
                "You divided by each count. All start at the same mean.",
            ),
            Mistake(
                lambda: np.exp(line("z")),
                "You took the exponential of the coefficients. They are asked as they "
                "are.",
            ),
            Mistake(
                lambda: second_step(),
                "Those are two steps. Asked is the first alone.",
            ),
            Mistake(
                lambda: line("turned"),
                "You took the mean minus the count. It is the other way round.",
            ),
            Mistake(
                lambda: line("rooted"),
                "You divided by the root of the mean: the standard deviation of a "
                "count. Divide by the slope of exp, which is the mean.",
            ),
            Mistake(
                lambda: line("from_mean"),
                "You started from the mean itself. The point belongs to the scale of "
                "η: its logarithm.",
            ),
            Mistake(
                lambda: line("by_logit"),
                "You divided by m(1 − m), the slope for a probability. For a count it "
                "is the mean.",
            ),
        ),
    ),
    "3.7c": Question(
        herds_height,
        kind="deviance",
        digits=7,
        mistakes=(
            Mistake(
                lambda: herds_height(1),
                "That is by Laplace's approximation, one bell for each herd.",
            ),
            Mistake(
                lambda: herds_height() - saturated(),
                "That is what lme4 prints: it leaves out a constant with several "
                "nodes. What would it be with all of them?",
            ),
            Mistake(
                lambda: herds_height() - counted(),
                "The binomial coefficients are missing: in how many ways can so many "
                "of a herd be the sick ones?",
            ),
            Mistake(
                lambda: -herds_height() / -2,
                "That is −log L, and not twice that.",
            ),
            Mistake(
                lambda: at_zero(),
                "That is with every herd's u at 0. Sum over all that u can be, with "
                "its density.",
            ),
            Mistake(
                lambda: by_strips(spread=2),
                "The variance stands where the standard deviation belongs.",
            ),
            Mistake(
                lambda: by_strips(spread=0.5),
                "You took the root of `sigma`, which is a standard deviation already.",
            ),
            Mistake(
                lambda: by_strips(dense=False),
                "The density of u is missing: likely values count more.",
            ),
            Mistake(
                lambda: by_strips(each=True),
                "You integrated each row alone. The rows of a herd share one u: their "
                "product comes first.",
            ),
            Mistake(
                lambda: by_strips(wide=False),
                "The width of the strips is missing.",
            ),
            Mistake(
                lambda: by_strips(spread=0),
                "The standard deviation of the density is 1 there. It is that of the "
                "herds.",
            ),
            Mistake(
                lambda: herds_height() + 10,
                "That is AIC. The five parameters are charged for.",
            ),
        ),
        hint="All constants count: binomial coefficients, and those of the density.",
    ),
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
