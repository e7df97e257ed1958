"""Fits of the staircase: a curve for everybody, and curves that differ."""

import warnings
from functools import cache
from types import SimpleNamespace

import numpy as np
from scipy.special import expit, logit

from mlm.datasets import load_simulated_staircase
from mlm.families import links
from mlm.fit import glm, glmer
from mlm.ground.errors import SingularFitWarning

RANDOM = {
    "intercepts": "(1 | subject)",
    "slopes": "(contrast | subject)",
    "no intercepts": "(0 + contrast | subject)",
    "uncorrelated": "(contrast || subject)",
}


@cache
def staircase():
    """Give the answers of the staircase, with the logarithm of the contrast."""
    data = load_simulated_staircase()
    return data.assign(log_contrast=np.log(data["contrast"]))


def between(guess, lapse):
    """Make the link whose means lie between a guess rate and one less a lapse rate."""
    known = 1 - guess - lapse
    return SimpleNamespace(
        link=lambda p: logit((p - guess) / known),
        inverse=lambda eta: guess + known * expit(eta),
        derivative=lambda eta: known * expit(eta) * expit(-eta),
    )


WEIBULL = SimpleNamespace(
    link=lambda p: np.log(-np.log1p(-2 * (p - 0.5))),
    inverse=lambda eta: 0.5 - 0.5 * np.expm1(-np.exp(eta)),
    derivative=lambda eta: 0.5 * np.exp(eta - np.exp(eta)),
)


@cache
def one_curve(x="contrast", link="logit"):
    """Fit one curve for everybody; a number is a guess rate."""
    made = {"weibull": WEIBULL, "guess": links.guess(1 / 2)}
    made |= {"four keys": links.guess(1 / 4), "lapses": between(0.5, 0.02)}
    return glm(f"correct ~ {x}", staircase(), "binomial", made.get(link, link))


@cache
def mixed(guess=0, lapse=0, random="intercepts"):
    """Fit a curve whose threshold (and slope) differs between people."""
    link = between(guess, lapse) if guess else "logit"
    formula = f"correct ~ contrast + {RANDOM[random]}"
    with warnings.catch_warnings():  # of mistakes, some are singular
        warnings.simplefilter("ignore", SingularFitWarning)
        return glmer(formula, staircase(), "binomial", link)


def with_people(guess=0, lapse=0, random="intercepts"):
    """Fixed effects of such a curve: ndarray, shape (2,)."""
    return mixed(guess, lapse, random).fixef.to_numpy()


def contrast_for(eta, fixef):
    """The contrast at which a curve has this linear predictor."""
    return (eta - fixef[0]) / fixef[1]
