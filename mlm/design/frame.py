"""The rows and columns of a data frame that a formula uses, checked.

Unknown columns, missing and infinite values are met here, so that what comes after may
trust its numbers; what a column is decides `mlm.design.columns`.  Nothing here knows of
X, Z or groups.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from unicodedata import normalize

import numpy as np
import pandas as pd

from mlm.design.columns import like_fitted, usable
from mlm.design.rows import floats, named, per_row
from mlm.ground.arguments import choice, unusable_size
from mlm.ground.errors import DataError, MissingValuesWarning, warn
from mlm.ground.tables import data_frame

# What R calls these columns of the model frame.
WEIGHTS, OFFSET = "(weights)", "(offset)"
# From pandas 3 on, a column of a table stays what it is when the table is written to.
COPIED_ON_WRITE = int(pd.__version__.split(".")[0]) >= 3


@dataclass(frozen=True, eq=False)
class ModelFrame:
    """Columns that are read as a data frame's are, each of them many times.

    Of small data, to find and to add columns in a data frame takes as long as a fit.

    Attributes
    ----------
    columns : dict of Series
        By name; all with this index.
    index : Index
        Labels of the rows.
    """

    columns: dict
    index: pd.Index

    @classmethod
    def of(cls, data, names=None):
        """The columns of a data frame; what is written into it later changes nothing.

        Parameters
        ----------
        data : DataFrame or ModelFrame
        names : list of str, optional
            All columns if left out.

        Returns
        -------
        ModelFrame
        """
        if isinstance(data, ModelFrame):
            return data
        names = list(data.columns) if names is None else names
        columns = {name: data[name] for name in names}
        if not COPIED_ON_WRITE:
            columns = {name: column.copy() for name, column in columns.items()}
        return cls(columns, data.index)

    def __len__(self):
        return len(self.index)

    def __contains__(self, name):
        return name in self.columns

    def __getitem__(self, name):
        return self.columns[name]

    def with_columns(self, columns):
        """The same with other columns instead, or besides.

        Parameters
        ----------
        columns : dict of Series
            With the index of this.

        Returns
        -------
        ModelFrame
        """
        return ModelFrame(self.columns | columns, self.index)

    def table(self):
        """All columns in one table, new each time: DataFrame."""
        if not self.columns:
            return pd.DataFrame(index=self.index)
        return pd.concat(self.columns, axis="columns")


def model_frame(formula, data, weights=None, offset=None, na_action="drop"):
    """The rows and columns of `data` that a formula uses, checked.

    Parameters
    ----------
    formula : Formula
    data : DataFrame
    weights, offset : str or array_like, shape (n,), optional
        Name of a column, or a number for each row.
    na_action : {"drop", "raise"}

    Returns
    -------
    ModelFrame
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
    choice("na_action", na_action, ("drop", "raise"))
    used = formula.variables
    data = data_frame("the data", data, [*used, weights, offset])
    effects = formula.effect_variables
    for name in used:
        check_present(formula, name, data)
    for name in (WEIGHTS, OFFSET):
        if name in used:
            raise DataError(f"{name!r} has a meaning of its own; rename the column.")
    frame = ModelFrame.of(data, used)
    given = {"weights": weights, "offset": offset}
    given = {name: named(name, one, data, frame) for name, one in given.items()}
    for name, one in given.items():
        if one is not None:
            values = pd.Series(per_row(name, one, data), data.index)
            frame = frame.with_columns({f"({name})": values})
    frame = _tidy(formula, _without_missing(frame, na_action), effects)
    if weights is not None and (wrong := frame[WEIGHTS].to_numpy() <= 0).any():
        row = frame.index[wrong].tolist()[0]
        raise DataError(
            f"the weight at row {row!r} is not positive; a weight of 0 means that the "
            "row is left out: leave it out of the data."
        )
    return frame


def new_columns(formula, names, fitted, data):
    """Columns of new data as those of the fitted frame are, and which rows have all.

    Parameters
    ----------
    formula : Formula
    names : list of str
        Columns that are needed.
    fitted : DataFrame
        From `model_frame`.
    data : DataFrame

    Returns
    -------
    frame : DataFrame
        The complete rows of `data`.
    complete : ndarray of bool, shape (n,)

    Raises
    ------
    FormulaError
        A column is not there, or is neither number nor category.
    DataError
        A column of another type than the fitted one's, or a category that it has not.
    """
    for name in names:
        check_present(formula, name, data)
    frame = data[names]
    complete = ~np.any([missing(frame[name]) for name in names], axis=0)
    frame = frame[complete]
    found = {
        name: like_fitted(formula, name, fitted[name], column)
        for name, column in frame.items()
    }
    return frame.assign(**found), complete


def missing(column):
    """Which values are missing, NA or NaN: ndarray of bool, shape (n,)."""
    dtype = column.dtype
    if dtype.kind == "f":  # pandas' own have both
        return np.isnan(floats(column))
    if isinstance(dtype, np.dtype) and dtype.kind in "biu":  # these have neither
        return np.zeros(len(column), dtype=bool)
    return np.asarray(column.array.isna())


def _tidy(formula, frame, effects):
    """Effects as numbers, truth or categories; no number that cannot be summed."""
    changed = {}
    for name, column in frame.columns.items():
        values = column
        if name in effects:
            values = usable(formula, name, column)
        elif name not in (WEIGHTS, OFFSET):
            continue
        if values.dtype == np.float64:
            _check_size(name, values)
        if values is not column:
            changed[name] = values
    return frame.with_columns(changed)


def _check_size(name, column):
    """Refuse infinite values, and those whose squares no computer number holds."""
    problem = unusable_size(column.to_numpy())
    if problem and (infinite := np.isinf(column)).any():
        row = column.index[infinite].tolist()[0]
        raise DataError(
            f"column {name!r} is infinite at row {row!r}; "
            "correct the value, or set it to missing."
        )
    if problem:
        raise DataError(f"column {name!r} {problem}; express it in another unit.")


def check_present(formula, name, data):
    """Refuse a column that is not there, or there more than once."""
    if name not in data.columns:
        columns = list(map(str, data.columns))
        twins = [c for c in columns if normalize("NFKC", c) == normalize("NFKC", name)]
        by_letters = {column.casefold(): column for column in columns}
        like = get_close_matches(name.casefold(), by_letters, n=1)
        close = twins or [by_letters[letters] for letters in like]
        hint = f"Did you mean {close[0]!r}? " if close else ""
        if twins:  # such as the micro sign and the Greek letter
            hint += f"It looks like {name!r}, but is written {twins[0]!a}. "
        hint += f"The data have: {', '.join(map(repr, data.columns))}."
        raise formula.error(f"no column {name!r} in the data.", hint, name)
    count = 1 if data.columns.is_unique else (data.columns == name).sum()
    if count > 1:
        raise DataError(f"{count} columns are called {name!r}; rename all but one.")


def _without_missing(frame, na_action):
    """The rows that have no gap: `ModelFrame`."""
    gaps = {name: missing(column) for name, column in frame.columns.items()}
    counts = {name: rows.sum() for name, rows in gaps.items() if rows.any()}
    if counts:
        bad_rows = np.any(list(gaps.values()), axis=0)
        tell_missing(bad_rows.sum(), len(frame), counts, na_action)
        frame = ModelFrame.of(frame.table()[~bad_rows])
    check_rows(len(frame))
    return frame


def tell_missing(number, n, counts, na_action):
    """Warn of rows that lack a value, or refuse them.

    Parameters
    ----------
    number, n : int
        Of such rows, and of all.
    counts : dict of int
        Missing values by column.
    na_action : {"drop", "raise"}

    Raises
    ------
    DataError

    Warns
    -----
    MissingValuesWarning
    """
    detail = ", ".join(f"{name!r} ({c})" for name, c in counts.items())
    problem = f"{number} of {n} rows have missing values: {detail}"
    if na_action == "raise":
        raise DataError(f"{problem}. Remove or fill them, or use na_action='drop'.")
    warn(f"{problem}; left out.", MissingValuesWarning)


def check_rows(n):
    """Refuse data without a complete row."""
    if not n:
        raise DataError(
            "no rows to fit: the data are empty, or every row lacks a value."
        )
