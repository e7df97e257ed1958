"""Values given row by row, beside a data frame: put into the order of its rows."""

import numpy as np
import pandas as pd

from mlm.ground.errors import DataError
from mlm.ground.tables import column


def in_order(what, given, index):
    """Return values in the order of an index, if they have labels of their own.

    Parameters
    ----------
    what : str
        What the values are, for errors.
    given : array_like
        A Series or a DataFrame is aligned by its labels; anything else has no labels,
        and comes back as it is.
    index : Index
        Labels of the rows that the values belong to.

    Returns
    -------
    array_like

    Raises
    ------
    DataError
        Other labels than those of the rows, or repeated ones in another order.
    """
    if not isinstance(given, (pd.Series, pd.DataFrame)) or given.index.equals(index):
        return given
    same = len(given) == len(index) and given.index.is_unique and index.is_unique
    if same and given.index.isin(index).all():
        return given.reindex(index)
    raise DataError(
        f"{what}: labels of its {len(given)} rows are not those of the {len(index)} "
        "rows of the data, so which value belongs to which row is not known. Put it "
        "into the data frame, or select its rows with .loc; if it is in the data's "
        "order, give .to_numpy()."
    )


def named(what, given, data, known):
    """The column that weights or offset are, where they were given by its name.

    Parameters
    ----------
    what : str
        The argument's name.
    given : str or array_like
    data : DataFrame
    known : ModelFrame
        Columns that were read from the data already.

    Returns
    -------
    array_like

    Raises
    ------
    DataError
        No such column, or several.
    """
    if not isinstance(given, str):
        return given
    if given in known:
        return known[given]
    if list(data.columns).count(given) != 1:
        raise DataError(
            f"{what}={given!r} names no column, or several. "
            f"The data have: {', '.join(map(repr, data.columns))}."
        )
    return data[given]


def per_row(what, given, data):
    """Weights or offset as numbers, one for each row of the data.

    Parameters
    ----------
    what : str
        What the numbers are, for errors.
    given : array_like
    data : DataFrame

    Returns
    -------
    ndarray of float, shape (n,)
        NaN where missing.

    Raises
    ------
    DataError
        No numbers, or not one for each row.
    """
    given = in_order(f"the {what}", column(given), data.index)
    if np.ndim(given) != 1:
        raise DataError(
            f"the {what} have shape {np.shape(given)}; one number is needed for each "
            "row."
        )
    given = given if isinstance(given, pd.Series) else pd.Series(given)
    values = as_numbers(f"the {what}", given)
    if values.shape != (len(data),):
        raise DataError(
            f"{len(values)} {what} for {len(data)} rows; one is needed for each row."
        )
    return values


def as_numbers(what, column):
    """A column's numbers: ndarray of float, NaN where missing; refuse others."""
    kinds, dtype = pd.api.types, column.dtype
    if not kinds.is_numeric_dtype(dtype) or kinds.is_complex_dtype(dtype):
        raise DataError(f"{what} must be numbers, not {dtype}.")
    return floats(column)


def floats(column):
    """A column of numbers as floats, NaN where missing: ndarray, shape (n,)."""
    if isinstance(column.dtype, np.dtype):  # numpy has no NA to look for
        return column.to_numpy(dtype=float)
    return column.to_numpy(dtype=float, na_value=np.nan)
