"""The reference grid: every combination of the predictors' levels, and its rows of X.

Categories have all their levels, numbers their mean, and numbers of two values both of
these, as in R's emmeans (Lenth): what is averaged over counts each level alike, however
many rows have it.
"""

import math
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from mlm.formula.parse import variables
from mlm.ground.arguments import numbers
from mlm.ground.errors import DataError, check_known

MOST_ROWS = 1_000_000
# A combination that the data do not tell, as a share of its size.
UNTOLD = 1e-8


class Grid(NamedTuple):
    """Combinations of predictors."""

    table: pd.DataFrame  # one row a combination
    X: np.ndarray  # shape (rows, p); NaN where the data do not tell


def reference_grid(design, names=(), at=None):
    """Combinations of all predictors of the fixed part.

    Parameters
    ----------
    design : Design
    names : sequence of str
        Predictors that are to have several values.
    at : dict, optional
        Values of predictors, instead of those of the data: one, or a list.

    Returns
    -------
    Grid

    Raises
    ------
    DataError
        An unknown predictor or level, or a number with one value alone among `names`.
    """
    predictors = list(dict.fromkeys(variables(design.formula.fixed)))
    frame, at = design.frame, dict(at or {})
    for name in [*names, *at]:
        check_known("predictor", name, predictors)
    levels = {
        name: _given(name, at[name], frame[name])
        if name in at
        else _levels(frame[name])
        for name in predictors
    }
    for name in names:
        if name not in at and len(levels[name]) == 1:
            raise DataError(
                f"{name!r} is a number, and has many values: say at which, as in "
                f"at={{{name!r}: [{frame[name].min():g}, {frame[name].max():g}]}}; its "
                f"slope is fit.slopes({name!r})."
            )
    number = math.prod(map(len, levels.values()))
    if number > MOST_ROWS:
        raise DataError(
            f"the predictors have {number} combinations, and means are taken over up "
            f"to {MOST_ROWS}: give some of them one value with at=."
        )
    rows = list(product(*levels.values()))
    table = pd.DataFrame(rows, columns=predictors, index=range(len(rows)))
    for name in predictors:
        if isinstance(frame[name].dtype, pd.CategoricalDtype):
            table[name] = pd.Categorical(table[name], dtype=frame[name].dtype)
    return Grid(table, rows_of(design, table))


def one_at_a_time(design, factor):
    """Rows of X for the levels of one factor, all else the same.

    Parameters
    ----------
    design : Design
    factor : str
        As in the formula: a column, or ``C(f, ...)``.

    Returns
    -------
    ndarray, shape (levels, p), or None
        None where it is a number.
    """
    frame, (name, *others) = design.frame, variables(f"0 + {factor}")
    column = frame[name]
    is_factor = factor.startswith("C(") or column.dtype.kind not in "iuf"
    if others or not is_factor:
        return None
    levels = column.cat.categories if hasattr(column, "cat") else np.unique(column)
    table = frame.iloc[[0] * len(levels)].reset_index(drop=True)
    values = pd.Series(levels).astype(column.dtype)
    return design.fixed.again(table.assign(**{name: values}))[:, design.kept]


def rows_of(design, table):
    """Rows of X for values of the predictors; NaN where the data do not tell.

    Parameters
    ----------
    design : Design
    table : DataFrame

    Returns
    -------
    ndarray, shape (rows, p)
    """
    values = design.fixed.again(table)
    kept = list(design.kept)
    others = [i for i in range(values.shape[1]) if i not in design.kept]
    X = values[:, kept]
    if others:  # a row says something if it keeps what the columns of X had in common
        every = design.fixed.values
        inner = np.linalg.lstsq(every[:, kept], every[:, others])[0]
        off = np.abs(X @ inner - values[:, others]).max(axis=1)
        X[off > UNTOLD * (1 + np.abs(values).max(axis=1))] = np.nan
    return X


def _levels(column):
    """Values of a predictor: all categories, both of two numbers, or the mean."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return list(column.cat.categories)
    values = np.unique(column.to_numpy())
    if column.dtype == bool or len(values) == 2:
        return list(values)
    return [float(column.mean())]


def _given(name, values, column):
    """Values from `at`, checked against the data's."""
    values = [values] if np.ndim(values) == 0 else list(values)
    if isinstance(column.dtype, pd.CategoricalDtype):
        for value in values:
            check_known(f"level of {name!r}", value, list(column.cat.categories))
        return values
    if column.dtype == bool:
        return [bool(value) for value in values]
    return list(numbers(f"at[{name!r}]", values))
