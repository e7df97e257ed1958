"""Rows of new data as the model sees them, computed with what was learned before.

Categories, knots and polynomial bases are those of the data that were fitted; nothing
is learned from the new data.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mlm.design.design import Design
from mlm.design.frame import OFFSET, WEIGHTS, check_present, missing, new_columns
from mlm.design.rows import as_numbers
from mlm.formula.computing import evaluate
from mlm.formula.evaluation import Rows
from mlm.formula.parse import variables
from mlm.ground.errors import DataError
from mlm.ground.tables import data_frame
from mlm.ground.text import listed


@dataclass(frozen=True, eq=False)
class NewRows:
    """Rows of X and Z, with their offset.

    Attributes
    ----------
    design : Design
        Of the fitted data.
    data : DataFrame
    X : ndarray, shape (n, p)
        Not a number where a variable is missing.
    offset : ndarray, shape (n,), or float
    effects : list of ndarray, shape (n, k)
        Of every random term.
    codes : list of ndarray of int, shape (n,)
        Fitted group of every row, a term each; -1 for one that was not fitted.
    weights : ndarray, shape (n,), or None
        Prior weights, or trials; None if all are 1, or none are wanted.
    """

    design: Design
    data: pd.DataFrame
    X: np.ndarray
    offset: np.ndarray | float
    effects: list
    codes: list
    weights: np.ndarray | None

    @property
    def index(self):
        """Labels of the rows."""
        return self.data.index

    def linear_predictor(self, solution):
        """Xβ̂ + Zb̃ + o, with effects of 0 in groups that were not fitted.

        Parameters
        ----------
        solution : Solution

        Returns
        -------
        ndarray, shape (n,)
            Not a number where something is missing.
        """
        result = self.X @ solution.beta + self.offset
        for values, codes, b in zip(self.effects, self.codes, solution.b, strict=True):
            modes = np.vstack([b, np.zeros(b.shape[1])])  # code -1: effects of 0
            result += np.sum(values * modes[codes], axis=1)
        return result

    def of_new_groups(self):
        """The same rows in groups that were not fitted: `NewRows`."""
        return replace(self, codes=[np.full_like(codes, -1) for codes in self.codes])


def new_rows(
    design, data, allow_new_levels=False, effects=False, groups=False, weights=False
):
    """Compute rows of X and Z, or take the fitted ones.

    Parameters
    ----------
    design : Design
        Of the fitted data.
    data : DataFrame or None
    allow_new_levels : bool
        Whether groups may be such as were not fitted.
    effects : bool
        Whether random effects are wanted; they are 0 in every row if not.
    groups : bool
        Whether the rows' groups are; none was fitted if not.
    weights : bool
        Whether weights are.

    Returns
    -------
    NewRows

    Raises
    ------
    FormulaError
        A column is not there.
    DataError
        A category, or a group, was not in the fitted data; a column is of another type
        than it was there; or weights or offset are not known.
    """
    fitted = design.types
    if data is None:
        data, offset = design.frame, design.offset
        known = design.weights if weights else None
    else:
        needed = _needed(design, effects, groups, weights)
        data = data_frame("new data", data, needed)
        offset = _offset(design, data)
        known = _weights(design, data) if weights else None
    X = _new_effects(design, design.formula.fixed, design.fixed, fitted, data)
    Z, codes = [], []
    for term in design.terms:
        values, own = np.zeros((len(data), term.k)), np.full(len(data), -1)
        if effects:
            values = _new_effects(design, term.bar.effects, term.effects, fitted, data)
        if groups:
            own, labelled = _new_codes(design, term, data, allow_new_levels)
            values[~labelled] = np.nan
        Z.append(values)
        codes.append(own)
    return NewRows(design, data, X[:, design.kept], offset, Z, codes, known)


def _needed(design, effects, groups, weights):
    """Names of the columns that are read: list."""
    texts = [design.formula.fixed]
    if design.offset_columns is not None:
        texts.append(design.formula.offset_sum)
    if effects:
        texts += [term.bar.effects for term in design.terms]
    names = [name for text in texts for name in variables(text)]
    if groups:
        names += [name for term in design.terms for name in term.bar.group]
    if weights and design.formula.has_two_counts:
        names += design.formula.response_expression.variables
    elif weights:
        names.append(design.weights_name)
    return [*names, design.offset_name]


def _weights(design, data):
    """Weights of new rows, by the names that they have in the fitted data."""
    if WEIGHTS not in design.types:
        return None
    if design.formula.has_two_counts:
        counts = design.formula.response_expression
        for name in counts.variables:
            check_present(design.formula, name, data)
        return evaluate(counts, Rows(data, design.formula.namespace)).sum(axis=1)
    if design.weights_name is None:
        raise DataError(
            "the weights of the fit were an array, so those of new rows are not known. "
            "Fit with weights='name of a column', and give new data that column."
        )
    return _known(design, design.weights_name, data)


def _known(design, name, data):
    """A column of new data by its name: ndarray, shape (n,)."""
    check_present(design.formula, name, data)
    return as_numbers(f"{name!r}", data[name])


def _offset(design, data):
    """Offset of new rows, by the names that it has in the fitted data."""
    known, columns = 0.0, design.offset_columns
    if OFFSET in design.types:
        if design.offset_name is None:
            raise DataError(
                "the offset of the fit was an array, so that of new rows is not known. "
                "Fit with offset='name of a column', and give new data that column."
            )
        known = _known(design, design.offset_name, data)
    if columns is not None:
        text = design.formula.offset_sum
        values = _new_effects(design, text, columns, design.types, data)
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
        some = listed(pd.Index([*map(tuple, rows)] if len(names) > 1 else rows))
        raise DataError(
            f"{term.group!r} has groups that were not fitted: {some}. Predict the "
            "average group with allow_new_levels=True, or with random=False."
        )
    return codes, known
