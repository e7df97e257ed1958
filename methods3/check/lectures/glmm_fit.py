"""Questions 3.7, from formula to fit, again: working responses and integrals."""

from functools import cache

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import binom

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
    )


@cache
def line(response):
    """Intercept and slope of a line through some response of the cars."""
    return lm(f"{response} ~ wt", cars()).fixef.to_numpy()


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
                "That is y − p. It is to be divided by p(1 − p), and η to be added.",
            ),
            Mistake(
                lambda: 0.0,
                "You divided by p alone, or gave the answer itself. The slope of the "
                "curve is p(1 − p).",
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
        ),
    ),
}
