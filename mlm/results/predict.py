"""Predictions for new data: the same columns, computed with what was learned before.

Categories, knots and polynomial bases are those of the data that were fitted; nothing
is learned from the new data.
"""

import numpy as np
import pandas as pd

from mlm.design.columns import told
from mlm.design.frame import OFFSET, check_present, missing, new_columns
from mlm.design.rows import as_numbers
from mlm.formula.parse import variables
from mlm.ground.errors import DataError
from mlm.ground.tables import data_frame


def predict(design, solution, data, random, allow_new_levels):
    """Xβ̂ + o, or Xβ̂ + Zb̃ + o, of new rows: see `FittedModel.predict`.

    Parameters
    ----------
    design : Design
        Of the fitted data.
    solution : Solution
    data : DataFrame or None
    random, allow_new_levels : bool

    Returns
    -------
    Series, length of `data`
    """
    if data is not None:
        data = data_frame("new data", data, _needed(design, random))
    X, offset, index = fixed_rows(design, data)
    result = X @ solution.beta + offset
    fitted = design.frame
    data = fitted if data is None else data
    if random:
        for term, b in zip(design.terms, solution.b, strict=True):
            values = _new_effects(design, term.bar.effects, term.effects, fitted, data)
            codes, known = _new_codes(design, term, data, allow_new_levels)
            modes = np.vstack([b, np.zeros(term.k)])  # code -1: effects of 0
            result += np.sum(values * modes[codes], axis=1)
            result[~known] = np.nan
    return pd.Series(result, index=index)


def fixed_rows(design, data):
    """X and offset of new rows, or of the fitted ones.

    Parameters
    ----------
    design : Design
        Of the fitted data.
    data : DataFrame or None

    Returns
    -------
    X : ndarray, shape (n, p)
        Not a number where a variable is missing.
    offset : ndarray, shape (n,), or float
    index : Index
        Labels of the rows.
    """
    fitted = design.frame
    if data is None:
        data, offset = fitted, design.offset
    else:
        data = data_frame("new data", data, _needed(design, random=False))
        offset = _offset(design, data)
    values = _new_effects(design, design.formula.fixed, design.fixed, fitted, data)
    return values[:, design.kept], offset, data.index


def _needed(design, random):
    """Columns that predictions need, with the random effects or without: list."""
    texts = [design.formula.fixed]
    if design.offset_columns is not None:
        texts.append(design.formula.offset_sum)
    names = [name for text in texts for name in variables(text)]
    for term in design.terms if random else ():
        names += [*variables(term.bar.effects), *term.bar.group]
    return [*names, design.offset_name]


def _offset(design, data):
    """Offset of new rows, by the names that it has in the fitted data."""
    known, columns = 0.0, design.offset_columns
    if OFFSET in design.frame:
        if design.offset_name is None:
            raise DataError(
                "the offset of the fit was an array, so that of new rows is not known. "
                "Fit with offset='name of a column', and give new data that column."
            )
        check_present(design.formula, design.offset_name, data)
        known = as_numbers(f"{design.offset_name!r}", data[design.offset_name])
    if columns is not None:
        text = design.formula.offset_sum
        values = _new_effects(design, text, columns, design.frame, data)
        known = known + values.sum(axis=1)
    return known


def _new_effects(design, expression, columns, fitted, data):
    """Design columns of new rows; NaN where a variable is missing."""
    names = variables(expression)
    if not names:  # an intercept alone
        return np.ones((len(data), len(columns.names)))
    frame, complete = new_columns(design.formula, names, fitted, data)
    values = np.full((len(data), len(columns.names)), np.nan)
    if complete.any():
        values[complete] = columns.again(frame)
    return values


def _new_codes(design, term, data, allow_new_levels):
    """Fitted group of each new row, -1 for none; and which rows have labels."""
    names = list(term.bar.group)
    for name in names:
        check_present(design.formula, name, data)
    known = ~np.any([missing(data[name]) for name in names], axis=0)
    codes = np.full(len(data), -1)
    frame = data.loc[known, names]
    codes[known] = term.groups.places(design.formula, frame)
    new = frame[codes[known] < 0].drop_duplicates()
    if len(new) and not allow_new_levels:
        rows = new[names[0]] if len(names) == 1 else new.itertuples(index=False)
        some = told(pd.Index([*map(tuple, rows)] if len(names) > 1 else rows))
        raise DataError(
            f"{term.group!r} has groups that were not fitted: {some}. Predict the "
            "average group with allow_new_levels=True, or with random=False."
        )
    return codes, known
