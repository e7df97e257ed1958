"""Marginal means and slopes over a reference grid.

Searle, Speed & Milliken (1980, Am. Stat. 34, 216-221); as R's emmeans has them.
"""

import numpy as np
import pandas as pd

from mlm.ground.errors import DataError, check_known
from mlm.inference.grid import reference_grid, rows_of
from mlm.inference.means import Means

# Step of a slope, as a share of the predictor's range.
STEP = 1e-3


def marginal_means(design, beta, uncertainty, names, at, by, level, family):
    """Means of combinations of predictors, averaged over all others.

    Parameters
    ----------
    design : Design
    beta : ndarray, shape (p,)
    uncertainty : Constant, Satterthwaite or KenwardRoger
    names, by : list of str
    at : dict or None
    level : float
    family : Family or None
        For means on the response's scale.

    Returns
    -------
    Means

    Raises
    ------
    DataError
        See `reference_grid`; or a predictor twice.
    """
    wanted = [*by, *names]
    if len(set(wanted)) < len(wanted):
        raise DataError("a predictor is named twice among the means and by=.")
    grid = reference_grid(design, wanted, at)
    labels, L, averaged = _averaged(grid.table, grid.X, wanted)
    labels = labels[[*names, *by]]
    known = float(np.mean(design.offset))
    more = tuple(by), family, known, "mean", averaged
    return Means(labels, L, beta, uncertainty, level, *more)


def marginal_slopes(design, beta, uncertainty, predictor, by, at, level):
    """Slopes of a numeric predictor, averaged over all others.

    Parameters
    ----------
    design, beta, uncertainty, at, level
        As for `marginal_means`.
    predictor : str
    by : list of str
        Predictors for whose values it is asked apart.

    Returns
    -------
    Means
        Of the linear predictor; of powers and the like, where the predictor has its
        mean or the value in `at`.

    Raises
    ------
    DataError
        See `reference_grid`; or the predictor is no number.
    """
    frame, at = design.frame, dict(at or {})
    check_known("predictor", predictor, reference_grid(design).table.columns)
    column = frame[predictor]
    if column.dtype.kind not in "iuf":
        raise DataError(
            f"{predictor!r} is no number, and has no slope: compare its levels, by "
            f"fit.means({predictor!r}).pairs()."
        )
    at.setdefault(predictor, float(column.mean()))
    grid = reference_grid(design, by, at)
    step = STEP * float(np.ptp(column.to_numpy()))
    ends = [
        rows_of(design, grid.table.assign(**{predictor: grid.table[predictor] + h}))
        for h in (step / 2, -step / 2)
    ]
    labels, L, averaged = _averaged(grid.table, (ends[0] - ends[1]) / step, by)
    averaged = tuple(name for name in averaged if name != predictor)
    return Means(labels, L, beta, uncertainty, level, (), None, 0.0, "slope", averaged)


def _averaged(table, X, names):
    """Rows of the grid with equal values of some predictors, averaged.

    Returns
    -------
    labels : DataFrame
        The values, those of the first name varying slowest.
    L : ndarray, shape (combinations, p)
    averaged : tuple of str
        Predictors with other levels, which count alike.
    """
    if not names:
        codes, labels = np.zeros(len(table), dtype=int), pd.DataFrame({"": ["all"]})
    else:  # the grid holds every combination
        places = [pd.factorize(table[name]) for name in names]
        sizes = [len(values) for _, values in places]
        codes = np.ravel_multi_index([code for code, _ in places], sizes)
        _, first = np.unique(codes, return_index=True)
        labels = table[list(names)].iloc[first].reset_index(drop=True)
    counts = np.bincount(codes)
    L = np.zeros((len(counts), X.shape[1]))
    np.add.at(L, codes, X)
    others = [n for n in table.columns if n not in names and table[n].nunique() > 1]
    return labels, L / counts[:, None], tuple(others)
