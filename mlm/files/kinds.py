"""What columns of files hold, and their values as a data frame of pandas.

A column has one kind in all files: numbers may be whole in one and not in another, but
text that turns into numbers half-way is refused, with the name of the file.
"""

import numpy as np
import pandas as pd

from mlm.design.columns import CATEGORIES, DATES, NUMBERS, TEXT, TRUTH
from mlm.ground.errors import DataError

NOTHING = "nothing but missing values"


def kind_of(type):
    """What a column of an Arrow type holds: str, or None if no formula knows it."""
    from pyarrow import types

    if types.is_dictionary(type):
        return CATEGORIES
    if types.is_integer(type) or types.is_floating(type) or types.is_decimal(type):
        return NUMBERS
    if types.is_boolean(type):
        return TRUTH
    if types.is_temporal(type):
        return DATES
    if types.is_null(type):
        return NOTHING
    text = types.is_string, types.is_large_string, types.is_string_view
    return TEXT if any(is_text(type) for is_text in text) else None


class Types:
    """The types of columns in all places, held against each other.

    Attributes
    ----------
    found : dict of pyarrow.DataType
        A type that holds each column of all places.
    """

    def __init__(self):
        self.found, self._kinds, self._first = {}, {}, {}

    def add(self, place, names, types):
        """Note the types of one place.

        Parameters
        ----------
        place : str
        names : list of str
            Columns that it must have.
        types : dict of pyarrow.DataType

        Raises
        ------
        DataError
            There is no such column, or it is of another kind than elsewhere.
        """
        for name in names:
            if name not in types:
                raise DataError(
                    f"{place} has no column {name!r}. Write the column, with missing "
                    "values if need be, or leave that file out of the data."
                )
            self._join(place, name, types[name], kind_of(types[name]))

    def _join(self, place, name, type, kind):
        if kind is None:
            raise DataError(
                f"{name!r} is no number and no category in {place}, but {type}. "
                "Convert it, or leave it out of the formula."
            )
        known = self._kinds.get(name, NOTHING)
        if known == NOTHING:
            self.found[name], self._kinds[name] = type, kind
            self._first[name] = place
        elif kind not in (known, NOTHING):
            raise DataError(
                f"{name!r} holds {kind} in {place}, but {known} in "
                f"{self._first[name]}: it is {type} there, and "
                f"{self.found[name]} here. Make it one type in all files."
            )
        elif kind == NUMBERS and type != self.found[name]:
            self.found[name] = _wide_enough(self.found[name], type)

    def kinds(self):
        """What each column holds: dict of str."""
        return dict(self._kinds)


def _wide_enough(one, other):
    """A type for the numbers of two."""
    import pyarrow as pa

    whole = pa.types.is_integer(one) and pa.types.is_integer(other)
    return pa.int64() if whole else pa.float64()


def check_kind(place, name, wanted, type):
    """Refuse a column of another kind than it was said to be.

    Parameters
    ----------
    place, name : str
        Where the column is, and its name.
    wanted : str
    type : pyarrow.DataType

    Raises
    ------
    DataError
    """
    kind = kind_of(type)
    if kind not in (wanted, NOTHING) and {kind, wanted} != {TEXT, CATEGORIES}:
        raise DataError(
            f"{name!r} holds {kind or type} in {place}, but {wanted} elsewhere. Make "
            "it one type in all of the data."
        )


def complete_rows(table, names):
    """Which rows have all values, and how many columns lack one.

    Parameters
    ----------
    table : pyarrow.Table
    names : list of str

    Returns
    -------
    complete : ndarray of bool, shape (n,), or None
        None where nothing is missing.
    gaps : dict of int
        By column, where some are missing.
    """
    import pyarrow.compute as pc
    from pyarrow import types

    complete, gaps = None, {}
    for name in names:
        column = table.column(name)
        if types.is_floating(column.type):
            lacks = np.isnan(column.to_numpy())
        elif column.null_count:
            lacks = ~pc.is_valid(column).to_numpy(zero_copy_only=False)
        else:
            continue
        if lacks.any():
            gaps[name] = int(lacks.sum())
            complete = ~lacks if complete is None else complete & ~lacks
    return complete, gaps


def data_frame(place, table, kinds):
    """Complete rows as a data frame of pandas.

    Parameters
    ----------
    place : str
        Where they come from.
    table : pyarrow.Table
        Without missing values.
    kinds : dict of str
        Of the columns that are wanted.

    Returns
    -------
    DataFrame
        Numbers as numpy has them; text as a categorical of the text that occurs.

    Raises
    ------
    DataError
        A category is missing, or there twice.
    """
    found = {}
    for name, kind in kinds.items():
        try:
            found[name] = _values(table.column(name), kind)
        except ValueError as error:
            raise DataError(
                f"{name!r} is no column of categories in {place}: {error}. Write it as "
                "text, or give it other categories."
            ) from error
    return pd.DataFrame(found, index=pd.RangeIndex(table.num_rows), copy=False)


def _values(column, kind):
    """The values of a column, in a type of pandas'."""
    import pyarrow as pa

    if kind in (TEXT, CATEGORIES):
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        column = column.unify_dictionaries().combine_chunks()
        parts = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
        if not parts:
            return pd.Categorical([])
        (part,) = parts
        codes = part.indices.to_numpy(zero_copy_only=False)
        levels = part.dictionary.to_numpy(zero_copy_only=False)
        return pd.Categorical.from_codes(codes, levels)
    if kind == DATES:  # days and time zones as pandas has them
        return column.to_pandas().array
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    return column.to_numpy()
