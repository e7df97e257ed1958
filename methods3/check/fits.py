"""Data and fits that questions of several lectures share, and what is read from them.

Nothing is computed before a question asks for it, and fits are kept.
"""

import warnings
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

import numpy as np
import pandas as pd

from mlm.datasets import (
    load_dyestuff,
    load_insteval,
    load_simulated_politeness,
    load_sleepstudy,
)
from mlm.fit import lm, lmer
from mlm.ground.errors import SingularFitWarning

LINES = "Reaction ~ Days + (Days | Subject)"
PARALLEL = "Reaction ~ Days + (1 | Subject)"
# Whether mixed models are fitted by ML, whatever is asked for.
_ML = ContextVar("ML", default=False)
SHORT = "Days >= 2"  # from the baseline on
HOUSES = "log_radon ~ 1 + (1 | county)"
GROUND = "log_radon ~ floor + log_uranium + (1 | county)"
PLATES = "diameter ~ 1 + (1 | plate) + (1 | sample)"


@cache
def sleepstudy():
    """Give the sleep study, with speeds (a second) and nights since the baseline."""
    data = load_sleepstudy()
    return data.assign(Speed=1000 / data["Reaction"], nights=data["Days"] - 2)


@cache
def speech():
    """Give the utterances of the simulated politeness study whose pitch is known."""
    return load_simulated_politeness().dropna(ignore_index=True)


@cache
def insteval():
    """Give the ratings of lectures: reading them takes longer than a fit."""
    return load_insteval()


def person(name):
    """Give the ten rows of one subject."""
    return sleepstudy()[sleepstudy()["Subject"] == name]


@cache
def line(name):
    """Fit a line to one subject."""
    return lm("Reaction ~ Days", person(name))


@cache
def everybody(formula="Reaction ~ Days"):
    """Fit a linear model to the whole sleep study."""
    return lm(formula, sleepstudy())


def own_lines(where="Days >= 0", predictor="Days"):
    """Give everybody's own line: a table of slopes and intercepts."""
    people = sleepstudy().query(where).groupby("Subject", observed=True)
    lines = {name: np.polyfit(p[predictor], p["Reaction"], 1) for name, p in people}
    return pd.DataFrame(lines, index=["slope", "intercept"]).T


def fitted(formula=LINES, load=sleepstudy, where=None, reml=True):
    """Fit a mixed model to a data set, or to the rows that are asked for."""
    return _fitted(formula, load, where, reml and not _ML.get())


@cache
def _fitted(formula, load, where, reml):
    """Fit it once."""
    data = load() if where is None else load().query(where)
    with warnings.catch_warnings():
        # One of the mistakes is a model that is too rich.
        warnings.simplefilter("ignore", SingularFitWarning)
        return lmer(formula, data, reml=reml)


@contextmanager
def by_ml():
    """Have mixed models fitted by ML, as whoever has a habit from elsewhere fits them.

    An answer must have been computed before: what it keeps is then that of REML.
    """
    token = _ML.set(True)
    try:
        yield
    finally:
        _ML.reset(token)


def spoken(formula):
    """Fit a mixed model to the utterances whose pitch is known."""
    return fitted(formula, speech)


@cache
def speech_line(formula):
    """Fit a linear model to them."""
    return lm(formula, speech())


def dyestuff_fit(reml=True):
    """Fit the model of the dyestuff."""
    return fitted("Yield ~ 1 + (1 | Batch)", load_dyestuff, reml=reml)


def rss(fit):
    """Residual sum of squares of a fit."""
    return np.sum(fit.residuals() ** 2)


def sds(fit, *groups):
    """Standard deviations of the groups' intercepts, then of the residuals."""
    between = [fit.varcorr.std_dev(group).iloc[0] for group in groups]
    return np.array([*between, fit.sigma])


def Sigma_1():
    """Covariance of one subject's random effects: ndarray, shape (2, 2)."""
    return fitted().varcorr["Subject"].to_numpy()


def correlation(covariance, i=0, j=1):
    """Correlation that stands behind an entry of a covariance matrix."""
    C = np.asarray(covariance)
    return C[i, j] / np.sqrt(C[i, i] * C[j, j])


def mean_squares(load=load_dyestuff):
    """Mean squares between batches and within, five samples each."""
    groups = load().groupby("Batch", observed=True)["Yield"]
    return 5 * groups.mean().var(), groups.var().mean()
