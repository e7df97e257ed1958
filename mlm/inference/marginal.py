"""Marginal means and slopes over a reference grid.

Searle, Speed & Milliken (1980, Am. Stat. 34, 216-221); as R's emmeans has them.
"""

import numpy as np
import pandas as pd

from mlm.ground.errors import DataError, check_known
from mlm.inference.grid import (
    is_coded,
    offset_of,
    offset_variables,
    reference_grid,
    rows_of,
    untold,
)
from mlm.inference.means import Means

# Step of a slope, as a share of the predictor's range.
STEP = 1e-5
# Change of a column over the range, at the slope in one place, as a multiple of its
# range: beyond this it jumps there.
STEEPEST = 1e3
# Rows of the data in which a predictor is moved to see whether anything follows.
PROBES = 50
# Its multiples, less what is whole, lie nowhere in particular between 0 and 1.
GOLDEN = (5**0.5 - 1) / 2


def marginal_means(design, beta, uncertainty, names, at, by, level, type):
    """Means of combinations of predictors, averaged over all others.

    Parameters
    ----------
    design : Design
    beta : ndarray, shape (p,)
    uncertainty : Constant, Satterthwaite or KenwardRoger
    names, by : list of str
    at : dict
    level : float
    type : {"response", "link"}

    Returns
    -------
    Means

    Raises
    ------
    DataError
        See `reference_grid`; or a predictor twice.
    """
    wanted = _different([*by, *names])
    grid = reference_grid(design, wanted, at)
    known = offset_of(design, grid.table, at)
    labels, L, known = _averaged(grid.table, grid.X, known, wanted)
    return Means(
        labels[[*names, *by]],
        L,
        beta,
        uncertainty,
        level,
        known,
        by=tuple(by),
        family=design.family,
        type=type,
        scale=scale_of(design),
        averaged=_averaged_over(grid.table, wanted),
        offset=_offset_words(design, known, at),
        untold=untold(grid.table, grid.X),
    )


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
        See `reference_grid`; or the predictor is no number, or has no slope.
    """
    _check_has_slope(design, predictor)
    at = {predictor: float(design.frame[predictor].mean())} | at
    grid = reference_grid(design, _different(by), at)
    X = _changes(design, grid.table, predictor)
    if _jumps(design, X, predictor).any():
        raise DataError(
            f"the model jumps with {predictor!r} where a slope is asked for: say at "
            f"other values, as in at={{{predictor!r}: [...]}}."
        )
    labels, L, known = _averaged(grid.table, X, np.zeros(len(X)), by)
    return Means(
        labels,
        L,
        beta,
        uncertainty,
        level,
        known,
        family=design.family,
        type="link",
        scale=scale_of(design),
        what="slope",
        averaged=_averaged_over(grid.table, by),
        untold=untold(grid.table, X),
    )


def scale_of(design):
    """What linear predictors are of, where not of the response itself: str."""
    formula, family = design.formula, design.family
    if family is not None and family.link.name != "identity":
        return f"the {family.link.name}"
    is_computed = formula.response_column is None and not formula.has_two_counts
    return formula.response if is_computed else ""


def _different(names):
    """The names, of which none may be there twice."""
    if len(set(names)) < len(names):
        raise DataError("a predictor is named twice among those asked for and by=.")
    return names


def _check_has_slope(design, predictor):
    """Refuse a predictor that is no number, or that only steps follow."""
    frame = design.frame
    check_known("predictor", predictor, reference_grid(design).table.columns)
    compare = f"compare its levels, by fit.means({predictor!r}).pairs()."
    if frame[predictor].dtype.kind not in "iuf":
        raise DataError(f"{predictor!r} is no number, and has no slope: {compare}")
    if is_coded(design, predictor):
        raise DataError(
            f"{predictor!r} stands in C(), as levels that have no slope: {compare}"
        )
    low, high = frame[predictor].min(), frame[predictor].max()
    rows = np.linspace(0, len(frame) - 1, PROBES).astype(int)
    places = low + (high - low) * (GOLDEN * np.arange(1, PROBES + 1) % 1)
    table = frame.iloc[rows].reset_index(drop=True).assign(**{predictor: places})
    X = _changes(design, table, predictor)
    known = X[~_jumps(design, X, predictor) & ~np.isnan(X)]
    if known.size and not known.any():
        raise DataError(
            f"the model knows {predictor!r} by comparisons or steps alone, which have "
            f"no slope: compare its values, by fit.means({predictor!r}, "
            f"at={{{predictor!r}: [{low:g}, {high:g}]}}).pairs()."
        )


def _changes(design, table, predictor):
    """Change of rows of X with a predictor: ndarray, shape (rows, p).

    By central differences, at an end of the data within them: splines end there.
    """
    column = design.frame[predictor].to_numpy(float)
    low, high = column.min(), column.max()
    x, half = table[predictor].to_numpy(float), STEP * (high - low) / 2
    inside = (low <= x) & (x <= high)
    first, last = (
        np.where(inside, np.clip(x + h, low, high), x + h) for h in (-half, half)
    )
    ends = [rows_of(design, table.assign(**{predictor: x})) for x in (first, last)]
    return (ends[1] - ends[0]) / (last - first)[:, None]


def _jumps(design, X, predictor):
    """Whether changes, of shape (rows, p), are too steep for a slope: same shape."""
    length = np.ptp(design.frame[predictor].to_numpy(float))
    return np.abs(X) * length > STEEPEST * np.ptp(design.X, axis=0)


def _averaged(table, X, known, names):
    """Rows of the grid with equal values of some predictors, averaged.

    Returns
    -------
    labels : DataFrame
        The values, those of the first name varying slowest.
    L : ndarray, shape (combinations, p)
    known : ndarray, shape (combinations,)
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
    return labels, L / counts[:, None], np.bincount(codes, known) / counts


def _averaged_over(table, names):
    """Predictors of a grid with several values, which count alike: tuple of str."""
    return tuple(
        f"{table[n].nunique()} values of {n}" if table[n].dtype.kind in "iuf" else n
        for n in table
        if n not in names and table[n].nunique() > 1
    )


def _offset_words(design, known, at):
    """What the note says of the offset: str."""
    if given := [name for name in offset_variables(design) if name in at]:
        return f"with the offset at the values of {', '.join(given)}"
    if not np.any(design.offset):
        return ""
    return f"with the offset at its mean, {known[0]:.4g}"
