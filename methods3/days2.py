"""The Days2 experiment: a mixed model with a predictor that nearly repeats another.

Its optimum is singular, or nearly so, and the rank that a fit reports there depends on
where a search happens to stop.
"""

import warnings

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from methods3.rstream import rnorm
from mlm.datasets import load_sleepstudy
from mlm.engine.theta import blocks_of
from mlm.fit import lmer
from mlm.ground.errors import SingularFitWarning

DAYS2 = "Reaction ~ Days + Days2 + (Days + Days2 | Subject)"
DIAGONAL = ("Subject.(Intercept)", "Subject.Days", "Subject.Days2")
# Theta to search from; the first is lme4's own.
STARTS = {
    "identity": (1.0, 0.0, 0.0, 1.0, 0.0, 1.0),
    "half": (0.5, 0.0, 0.0, 0.5, 0.0, 0.5),
    "small slopes": (1.0, 0.0, 0.0, 0.2, 0.0, 0.1),
    "large intercepts": (2.0, 0.0, 0.0, 1.0, 0.0, 1.0),
}


def days2_data(seed):
    """The sleep study with a second predictor that nearly repeats the first.

    Parameters
    ----------
    seed : int
        As in R: ``set.seed(seed); Days2 <- 2 * Days + rnorm(180)``.

    Returns
    -------
    DataFrame, 180 × 4
        The sleep study, and ``Days2`` (simulated).

    Examples
    --------
    >>> days2_data(seed=1)["Days2"].head(3).round(6).tolist()
    [-0.626454, 2.183643, 3.164371]
    """
    data = load_sleepstudy()
    return data.assign(Days2=2 * data["Days"] + rnorm(len(data), seed))


def days2_experiment(seed):
    """Fit ``Days + Days2 + (Days + Days2 | Subject)``, and search from other starts.

    Parameters
    ----------
    seed : int
        See `days2_data`.

    Returns
    -------
    fit : LinearMixedModel
        By REML; for seeds 1 and 7 it is singular, of rank 36.
    searches : DataFrame
        Where Nelder and Mead's search, which uses no derivatives, stops: a row a start,
        with the ``criterion``, the smallest eigenvalue of Σ̂₁/σ̂² (``smallest``) and the
        ``rank`` of the 54 × 54 Σ̂ as R's ``rankMatrix`` gives it.

    Examples
    --------
    >>> fit, searches = days2_experiment(seed=1)
    >>> round(fit.criterion, 6)
    1738.260327
    """
    fit = _days2_fit(seed)
    found = {name: _searched(fit, start) for name, start in STARTS.items()}
    return fit, pd.DataFrame(found).T.astype({"rank": int})


def days2_scan(seeds):
    """Repeat the experiment: does the rank that is reported mean anything?

    Parameters
    ----------
    seeds : iterable of int

    Returns
    -------
    DataFrame
        A row a seed: ``criterion`` and ``smallest`` of the fit, the ``rank`` of its Σ̂,
        and ``rank_searched``, the rank where Nelder and Mead's search stops, with
        ``above``, how far above the optimum that is.

    Examples
    --------
    >>> days2_scan([1, 7])["criterion"].round(4).to_dict()
    {1: 1738.2603, 7: 1738.9884}
    """
    rows = {}
    for seed in seeds:
        fit = _days2_fit(seed)
        searched = _searched(fit, STARTS["identity"])
        T = blocks_of(fit.design.terms, fit.theta)[0]
        rows[seed] = _reported(fit.criterion, T, fit.ngroups["Subject"]) | {
            "rank_searched": searched["rank"],
            "above": searched["criterion"] - fit.criterion,
        }
    table = pd.DataFrame(rows).T.rename_axis("seed")
    return table.astype({"rank": int, "rank_searched": int})


def _days2_fit(seed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SingularFitWarning)
        return lmer(DAYS2, days2_data(seed))


def _searched(fit, start):
    """Where Nelder and Mead's search stops."""
    bounds = [(0 if name in DIAGONAL else None, None) for name in fit.theta.index]
    stop = minimize(fit.criterion_function, start, method="Nelder-Mead", bounds=bounds)
    T = blocks_of(fit.design.terms, stop.x)[0]
    return _reported(stop.fun, T, fit.ngroups["Subject"])


def _reported(criterion, T, J):
    """Criterion, smallest eigenvalue and rank (R's rankMatrix) of J blocks T Tᵀ."""
    size = np.linalg.svd(T, compute_uv=False) ** 2
    tolerance = J * len(T) * np.finfo(float).eps
    rank_of_all = J * int(np.sum(size > tolerance * size[0]))
    return {"criterion": criterion, "smallest": size[-1], "rank": rank_of_all}
