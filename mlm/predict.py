"""Predictions for new data: the same columns, computed with what was learned before.

Categories, knots and polynomial bases are those of the data that were fitted; nothing
is learned from the new data.
"""

import numpy as np
import pandas as pd

from mlm.errors import DataError
from mlm.formula import variables
from mlm.frame import OFFSET, check_present


def predict(design, solution, data, random, allow_new_levels):
    """Compute Xβ̂ + o, or Xβ̂ + Zb̃ + o, for new rows.

    Parameters
    ----------
    design : Design
        Of the fitted data.
    solution : Solution
    data : DataFrame
        With every predictor, and every grouping factor if `random`.
    random : bool
        Whether to add the random effects.
    allow_new_levels : bool
        Whether a group that was not fitted counts as the average group (b = 0).

    Returns
    -------
    Series
        On the index of `data`; missing where a variable that is needed is missing.

    Raises
    ------
    DataError
        A category, or a group, was not in the fitted data.
    FormulaError
        A column is not there.
    """
    if not isinstance(data, pd.DataFrame):
        raise DataError(
            f"new data must be a pandas DataFrame, not {type(data).__name__}."
        )
    values = _new_columns(design, design.formula.fixed, design.fixed, data)
    result = values[:, design.kept] @ solution.beta + _offset(design, data)
    if random:
        for term, b in zip(design.terms, solution.b, strict=True):
            values = _new_columns(design, term.bar.effects, term.effects, data)
            codes = _new_codes(design, term, data, allow_new_levels)
            known = np.vstack([b, np.zeros(term.k)])  # code -1: effects of 0
            result += np.sum(values * known[codes], axis=1)
            result[data[list(term.bar.group)].isna().any(axis=1)] = np.nan
    return pd.Series(result, index=data.index)


def _offset(design, data):
    """Offset of new rows, under the name that it has in the fitted data."""
    if data is design.frame or OFFSET not in design.frame:
        return design.offset
    if design.offset_name is None:
        raise DataError(
            "the offset of the fit was an array, so that of new rows is not known. "
            "Fit with offset='name of a column', and give new data that column."
        )
    check_present(design.formula, design.offset_name, data)
    return data[design.offset_name].to_numpy(dtype=float)


def _new_columns(design, expression, columns, data):
    """Design columns of new rows; NaN where a variable is missing."""
    names = variables(expression)
    for name in names:
        check_present(design.formula, name, data)
    frame = data[names].copy()
    for name in names:
        if not pd.api.types.is_numeric_dtype(design.frame[name]):
            frame[name] = _known_categories(name, design.frame[name], frame[name])
    if not names:  # an intercept alone: formulaic needs a column to count the rows
        return np.ones((len(data), len(columns.names)))
    missing = frame.isna().any(axis=1).to_numpy()
    values = np.full((len(data), len(columns.names)), np.nan)
    values[~missing] = columns.again(frame[~missing])
    return values


def _known_categories(name, fitted, new):
    """Turn new values into the categories of the fitted data, or name the unknown."""
    categories = pd.Categorical(fitted).categories
    unknown = sorted(set(new.dropna()) - set(categories))
    if unknown:
        there = ", ".join(map(repr, categories))
        raise DataError(
            f"{name!r} has {', '.join(map(repr, unknown))}, which the fitted data have "
            f"not; they have: {there}."
        )
    return pd.Categorical(new, categories=categories)


def _new_codes(design, term, data, allow_new_levels):
    """Which fitted group each new row belongs to; -1 for none."""
    for name in term.bar.group:
        check_present(design.formula, name, data)
    columns = [data[name] for name in term.bar.group]
    if len(columns) == 1:
        labels = columns[0]
    else:
        rows = zip(*columns, strict=True)
        labels = pd.Series([":".join(map(str, row)) for row in rows])
    codes = term.levels.get_indexer(pd.Index(labels))
    unknown = (codes < 0) & ~data[list(term.bar.group)].isna().any(axis=1).to_numpy()
    if unknown.any() and not allow_new_levels:
        some = ", ".join(map(repr, dict.fromkeys(np.asarray(labels)[unknown])))
        raise DataError(
            f"{term.group!r} has groups that were not fitted: {some}. Predict the "
            "average group with allow_new_levels=True, or with random=False."
        )
    return codes
