"""The rows and columns of a data frame that a formula uses, checked.

Unknown columns, missing and infinite values, and effects that cannot be computed are
met here, so that what comes after may trust its numbers.  Nothing here knows of X, Z
or groups.
"""

from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from typing import NamedTuple
from unicodedata import normalize

import numpy as np
import pandas as pd

from mlm.computing import compute_columns, evaluate
from mlm.errors import DataError, MissingValuesWarning, warn
from mlm.formula import variables
from mlm.terms import read_effects
from mlm.transforms import PartError, Rows

# What pandas calls text; other objects might be numbers read badly.
TEXT_KINDS = ("string", "categorical", "boolean")
LARGEST = 1e100
WIDE = {"i": np.int64, "u": np.int64, "f": np.float64, "b": np.bool_}
# What R calls these columns of the model frame.
WEIGHTS, OFFSET = "(weights)", "(offset)"


class Columns(NamedTuple):
    """Design columns of one expression.

    Attributes
    ----------
    values : ndarray, shape (n, number of columns)
    names : tuple of str
        As R names them.
    again : callable
        Gives `values` for another data frame, with what was learned from this one.
    """

    values: np.ndarray
    names: tuple[str, ...]
    again: Callable[[pd.DataFrame], np.ndarray]


def model_frame(formula, data, weights=None, offset=None, na_action="drop"):
    """Give the rows and columns of `data` that a formula uses, checked.

    Parameters
    ----------
    formula : Formula
    data : DataFrame
    weights, offset : str or array_like, shape (n,), optional
        Name of a column, or a number for each row.
    na_action : {"drop", "raise"}

    Returns
    -------
    DataFrame
        Complete rows only, with the labels of `data`; unused categories are gone.
        Weights and offset are its columns ``(weights)`` and ``(offset)``.

    Raises
    ------
    FormulaError
        The formula names a column that is not there.
    DataError
        No data frame, no rows, a column twice, an infinite value, or weights that are
        not positive.
    """
    if na_action not in ("drop", "raise"):
        raise DataError(f"na_action is 'drop' or 'raise', not {na_action!r}.")
    if not isinstance(data, pd.DataFrame):
        raise DataError(
            f"the data must be a pandas DataFrame, not {type(data).__name__}."
        )
    used = formula.variables
    for name in used:
        check_present(formula, name, data)
    frame = data[used]
    for name, given in ((WEIGHTS, weights), (OFFSET, offset)):
        if given is not None:
            frame = frame.assign(**{name: _per_row(name, given, data)})
    frame = _tidy(_without_missing(frame, na_action))
    if weights is not None and (frame[WEIGHTS] <= 0).any():
        row = frame.index[frame[WEIGHTS] <= 0][0]
        raise DataError(
            f"the weight at row {row!r} is not positive; a weight of 0 means that the "
            "row is left out: leave it out of the data."
        )
    return frame


def _tidy(frame):
    """Numbers in 64 bits, no unused categories, and no value that cannot be summed.

    Functions of narrow integers would overflow in silence.
    """
    changed = {}
    for name, column in frame.items():
        wide = WIDE.get(column.dtype.kind)
        if wide is not None and column.dtype != wide:
            column = changed[name] = column.astype(wide)
        if column.dtype == np.float64:
            _check_size(name, column)
        elif isinstance(column.dtype, pd.CategoricalDtype):
            categories = column.array
            used = np.bincount(categories.codes, minlength=len(categories.categories))
            if not used.all():
                changed[name] = column.cat.remove_unused_categories()
    return frame.assign(**changed) if changed else frame


def _check_size(name, column):
    """Refuse infinite values, and those whose squares no computer number holds."""
    size = np.abs(column.to_numpy(dtype=float))
    largest = size.max()
    if np.isinf(largest):
        row = column.index[np.isinf(size)].tolist()[0]
        raise DataError(
            f"column {name!r} is infinite at row {row!r}; "
            "correct the value, or set it to missing."
        )
    if largest and not 1 / LARGEST < largest < LARGEST:
        raise DataError(
            f"column {name!r} has values up to {largest:.0e}, which cannot be squared "
            "and summed; express it in another unit."
        )


def _per_row(name, given, data):
    """Weights or offset as numbers, one for each row of the data."""
    what = name.strip("()")
    if isinstance(given, str):
        if (data.columns == given).sum() != 1:
            raise DataError(
                f"{what}={given!r} names no column, or several. "
                f"The data have: {', '.join(map(repr, data.columns))}."
            )
        given = data[given]
    elif isinstance(given, pd.Series) and not given.index.equals(data.index):
        raise DataError(
            f"the {what} have another index than the data; put them into the data "
            f"frame, and give the column's name: {what}='...'."
        )
    if np.ndim(given) != 1:
        raise DataError(
            f"the {what} have shape {np.shape(given)}; one number is needed for each "
            "row."
        )
    given = pd.Series(given)
    if not pd.api.types.is_numeric_dtype(given):
        raise DataError(f"the {what} must be numbers, not {given.dtype}.")
    values = given.to_numpy(dtype=float, na_value=np.nan)
    if values.shape != (len(data),):
        raise DataError(
            f"{len(values)} {what} for {len(data)} rows; one is needed for each row."
        )
    return values


def check_present(formula, name, data):
    """Refuse a column that is not there, or there more than once."""
    if name not in data.columns:
        columns = list(map(str, data.columns))
        twins = [c for c in columns if normalize("NFKC", c) == normalize("NFKC", name)]
        close = twins or get_close_matches(name, columns, n=1)
        hint = f"Did you mean {close[0]!r}? " if close else ""
        if twins:  # such as the micro sign and the Greek letter
            hint += f"It looks like {name!r}, but is written {twins[0]!a}. "
        hint += f"The data have: {', '.join(map(repr, data.columns))}."
        raise formula.error(f"no column {name!r} in the data.", hint, name)
    count = 1 if data.columns.is_unique else (data.columns == name).sum()
    if count > 1:
        raise DataError(f"{count} columns are called {name!r}; rename all but one.")


def _without_missing(frame, na_action):
    missing = {name: column.array.isna() for name, column in frame.items()}
    counts = {name: rows.sum() for name, rows in missing.items() if rows.any()}
    if counts:
        bad_rows = np.any(list(missing.values()), axis=0)
        detail = ", ".join(f"{name!r} ({c})" for name, c in counts.items())
        problem = f"{bad_rows.sum()} of {len(frame)} rows have missing values: {detail}"
        if na_action == "raise":
            raise DataError(f"{problem}. Remove or fill them, or use na_action='drop'.")
        warn(f"{problem}; left out.", MissingValuesWarning)
        frame = frame[~bad_rows]
    if frame.empty:
        raise DataError(
            "no rows to fit: the data are empty, or every row lacks a value."
        )
    return frame


def effect_columns(formula, expression, frame):
    """Compute the design columns of one expression, with the names R gives them.

    Parameters
    ----------
    formula : Formula
        Shown, with the expression marked, if something is wrong with it.
    expression : str
        Such as ``"1 + Days"`` or ``"0 + np.log(x)"``.
    frame : DataFrame
        From `model_frame`.

    Returns
    -------
    Columns
    """
    effects = read_effects(expression)
    if not effects.expressions and all(
        len(term) == 1 and _is_plain(frame[term[0]]) for term in effects.terms
    ):  # most expressions are sums of numeric columns
        names = [name for (name,) in effects.terms]
        intercept = ["(Intercept)"] if effects.intercept else []
        again = partial(_numeric_columns, names, effects.intercept)
        return Columns(again(frame), (*intercept, *names), again)
    for name in variables(expression):
        _check_kind(formula, name, frame[name])
    # The 0 is not in the text where a term of || was given one.
    text = expression if expression in formula.text else expression[len("0 + ") :]
    try:
        rows = Rows(frame, formula.namespace)
        values, names, again = compute_columns(expression, rows)
    except PartError as error:
        part = error.part or text
        raise formula.error(error.problem, error.hint, part) from error
    if not np.isfinite(values).all():
        bad = names[np.flatnonzero(~np.isfinite(values).all(axis=0))[0]]
        hint = "Check its arguments: a logarithm of 0, or a division by 0?"
        raise formula.error(f"{bad!r} is not finite everywhere.", hint, text)
    return Columns(values, tuple(names), again)


def _is_plain(column):
    return column is not None and column.dtype in (np.float64, np.int64)


def _numeric_columns(names, intercept, frame):
    """Columns of numbers, after one of ones if there is an intercept."""
    values = np.ones((len(frame), intercept + len(names)))
    for j, name in enumerate(names, start=intercept):
        values[:, j] = frame[name]
    return values


def _check_kind(formula, name, column):
    """Refuse columns that would silently become something else than they say."""
    kinds = pd.api.types
    known = kinds.is_numeric_dtype(column) or kinds.is_string_dtype(column)
    known = known or isinstance(column.dtype, pd.CategoricalDtype)
    if kinds.is_complex_dtype(column) or not (known or kinds.is_object_dtype(column)):
        hint = "Convert it, for dates such as (day - day.min()).dt.days, and use that."
        problem = f"{name!r} is no number and no category, but {column.dtype}."
        raise formula.error(problem, hint, name)
    if kinds.is_object_dtype(column) and kinds.infer_dtype(column) not in TEXT_KINDS:
        hint = "Convert it with pd.to_numeric, or with .astype('category')."
        problem = f"{name!r} holds {kinds.infer_dtype(column)} values of dtype object."
        raise formula.error(problem, hint, name)
    if not kinds.is_numeric_dtype(column) and column.nunique() < 2:
        hint = "Leave it out: what does not vary explains nothing."
        problem = f"{name!r} has one level only ({column.iloc[0]!r})."
        raise formula.error(problem, hint, name)


def response(formula, frame):
    """Compute the response, ndarray of shape (n,); refuse text and constants."""
    name, column = formula.response, formula.response_column
    if column in frame and not pd.api.types.is_numeric_dtype(frame[column]):
        raise formula.error(
            f"the response {column!r} is not numeric but {frame[column].dtype}.",
            "Use a numeric column, or convert it with pd.to_numeric.",
            name,
        )
    if column in variables(formula.fixed):
        hint = "Leave it out on the right: it would explain itself."
        raise formula.error(f"the response {column!r} is also a predictor.", hint)
    for used in formula.response_expression.variables:
        _check_kind(formula, used, frame[used])
    try:
        values = evaluate(formula.response_expression, Rows(frame, formula.namespace))
    except PartError as error:
        part = error.part or name
        raise formula.error(error.problem, error.hint, part) from error
    columns = 1 if np.ndim(values) == 1 else np.ndim(values) and np.shape(values)[1]
    if columns != 1 or getattr(values.dtype, "kind", "O") not in "fiub":
        hint = "It is arithmetic with numbers, such as np.log(y) or y - x."
        problem = f"the response {name!r} is not one column of numbers."
        raise formula.error(problem, hint, name)
    y = np.asarray(values, dtype=float)
    if not np.isfinite(y).all():
        hint = "Check its arguments: a logarithm of 0, or a division by 0?"
        raise formula.error(
            f"the response {name!r} is not finite everywhere.", hint, name
        )
    if np.ptp(y) == 0:
        problem = f"the response {name!r} is constant."
        raise formula.error(problem, "There is nothing to explain.", name)
    return y
