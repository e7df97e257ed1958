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

from mlm.design.frame import OFFSET
from mlm.formula.parse import variables
from mlm.formula.terms import read_effects
from mlm.ground.arguments import numbers
from mlm.ground.errors import DataError, check_known
from mlm.ground.text import label_text

MOST_ROWS = 1_000_000
# A combination that the data do not tell, as a share of its size.
UNTOLD = 1e-8
# Combinations that are named in a message.
MOST_TOLD = 3


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
        Values of predictors, instead of those of the data: one, or a list.  An offset's
        variables may be among them.

    Returns
    -------
    Grid

    Raises
    ------
    DataError
        An unknown predictor or level, or a number with one value alone among `names`.
    """
    frame, at = design.frame, dict(at or {})
    predictors = list(dict.fromkeys(variables(design.formula.fixed)))
    others = [name for name in offset_variables(design) if name not in predictors]
    for name in [*names, *at]:
        check_known("predictor", name, [*predictors, *others])
    predictors += [name for name in others if name in at]
    for name in set(names) - set(predictors):
        raise DataError(f"{name!r} is of an offset: say at which values, with at=.")
    levels = {
        name: _given(name, at[name], _column(design, name), is_coded(design, name))
        if name in at
        else _levels(frame[name], is_coded(design, name))
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
        dtype = _column(design, name).dtype
        if isinstance(dtype, pd.CategoricalDtype):
            table[name] = pd.Categorical(table[name], dtype=dtype)
    return Grid(table, rows_of(design, table))


def is_coded(design, name):
    """Whether a predictor stands in ``C()``, which knows the data's values alone."""
    effects = read_effects(design.formula.fixed)
    return any(
        name in found.variables and found.text.startswith("C(")
        for found in effects.expressions.values()
    )


def offset_variables(design):
    """Names that the offset is computed from: list of str."""
    names = variables(design.formula.offset_sum) if design.offset_columns else []
    return list(dict.fromkeys([*names, *filter(None, [design.offset_name])]))


def offset_of(design, table, at):
    """Offset of combinations: its mean, or what it is where `at` has its variables.

    Parameters
    ----------
    design : Design
    table : DataFrame
        Of a grid.
    at : dict

    Returns
    -------
    ndarray, shape (rows,)
    """
    names = offset_variables(design)
    if not set(names) & set(at):
        return np.full(len(table), np.mean(design.offset))
    means = {name: _column(design, name).mean() for name in names if name not in table}
    table, known = table.assign(**means), np.zeros(len(table))
    if design.offset_name is not None:
        known += table[design.offset_name].to_numpy()
    elif OFFSET in design.frame:
        known += design.frame[OFFSET].mean()
    if design.offset_columns is not None:
        known += design.offset_columns.again(table).sum(axis=1)
    return known


def untold(table, X):
    """Combinations that the data do not tell, by the predictors that matter.

    Parameters
    ----------
    table : DataFrame
        Of a grid.
    X : ndarray, shape (rows, p)

    Returns
    -------
    tuple of str
        Up to `MOST_TOLD`, and how many more there are.
    """
    missing = pd.Series(np.isnan(X).any(axis=1), table.index)
    if not missing.any():
        return ()
    if missing.all():
        return ("any of these",)
    names = list(table)
    for name in table:
        rest = [other for other in names if other != name]
        groups = missing.groupby([table[n] for n in rest], observed=True)
        if (groups.nunique() == 1).all():
            names = rest
    found = table.loc[missing, names].drop_duplicates().to_dict("records")
    told = tuple(
        ", ".join(f"{name} = {label_text(value)}" for name, value in row.items())
        for row in found[:MOST_TOLD]
    )
    more = len(found) - MOST_TOLD
    return (*told, f"{more} more") if more > 0 else told


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


def _column(design, name):
    """Values of a predictor, or of the offset that came from a column of this name."""
    return design.frame[name if name in design.frame else OFFSET]


def _levels(column, is_coded):
    """Values of a predictor: all categories, both of two numbers, or the mean."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return list(column.cat.categories)
    values = np.unique(column.to_numpy())
    if column.dtype == bool or is_coded or len(values) == 2:
        return list(values)
    return [float(column.mean())]


def _given(name, values, column, is_coded):
    """Values from `at`, checked against the data's."""
    values = [values] if np.ndim(values) == 0 else list(values)
    if not values:
        raise DataError(
            f"at[{name!r}] has no values: give one or more, or leave it out."
        )
    levels = None
    if isinstance(column.dtype, pd.CategoricalDtype):
        levels = list(column.cat.categories)
    elif column.dtype == bool:
        levels = [False, True]
    elif is_coded:
        levels = np.unique(column.to_numpy()).tolist()
    if levels is None:
        return list(numbers(f"at[{name!r}]", values))
    for value in values:
        check_known(f"level of {name!r}", value, levels)
    return values
