"""The door for data frames: those of other libraries become pandas', column by column.

Frames of pandas come through as they are.  Of others, such as those of polars and
pyarrow, only the columns that are asked for are read, so that nothing else in them
costs time, or has to be a type that pandas knows.  What a column then is gets decided
in `mlm.design.columns`.
"""

import numpy as np
import pandas as pd

from mlm.ground.errors import DataError


def data_frame(what, data, names):
    """Return a data frame as one of pandas, with the columns that are needed.

    Parameters
    ----------
    what : str
        What the data are, for errors.
    data : DataFrame of pandas, or of a library that narwhals knows
    names : iterable of str
        Columns that are needed.

    Returns
    -------
    DataFrame
        That of pandas itself, all columns; of others these columns, with rows numbered
        from 0.  Where one of them is not there, all columns without any rows: a caller
        refuses that name, and tells which there are.

    Raises
    ------
    DataError
        No data frame, one that is not computed yet, or columns of several levels.

    Examples
    --------
    >>> import pyarrow
    >>> table = pyarrow.table({"x": [1, 2], "f": ["a", "b"], "other": [3, 4]})
    >>> data_frame("the data", table, ["x", "f"])
       x  f
    0  1  a
    1  2  b
    """
    if isinstance(data, pd.DataFrame):
        if data.columns.nlevels > 1:
            raise DataError(
                f"the columns of {what} have {data.columns.nlevels} levels; a formula "
                "needs one name for each: data.columns = data.columns.map('_'.join)."
            )
        return data
    frame, columns = _opened(what, data)
    names = list(dict.fromkeys(name for name in names if isinstance(name, str)))
    if not set(names) <= set(columns):
        return pd.DataFrame(columns=columns, dtype=float)
    found = {name: _values(frame[name]) for name in names}
    return pd.DataFrame(found, index=pd.RangeIndex(len(frame)))


def column(values):
    """Return a Series of another library as pandas would hold it, anything else as is.

    Parameters
    ----------
    values : object

    Returns
    -------
    array_like
        Without labels of rows, which only pandas has.

    Examples
    --------
    >>> import pyarrow
    >>> column(pyarrow.chunked_array([[1, None]]))
    <IntegerArray>
    [1, <NA>]
    Length: 2, dtype: Int64
    """
    if isinstance(values, pd.Series | pd.Index | np.ndarray | list | tuple):
        return values
    import narwhals.stable.v2 as nw  # here, because most have no need of it

    known = nw.from_native(values, series_only=True, pass_through=True)
    return _values(known) if isinstance(known, nw.Series) else values


def _opened(what, data):
    """A frame of another library as narwhals sees it, and the names of its columns."""
    import narwhals.stable.v2 as nw
    from narwhals.exceptions import DuplicateError

    try:
        frame = nw.from_native(data, pass_through=True)
    except DuplicateError as error:
        problem = " ".join(str(error).split())
        raise DataError(
            f"columns of {what} share a name; rename all but one. {problem}."
        ) from error
    if isinstance(frame, nw.LazyFrame):
        raise DataError(
            f"{what} are not computed yet: {type(data).__name__} is a plan of a table. "
            "Give what data.collect() makes of it."
        )
    if not isinstance(frame, nw.DataFrame):
        raise DataError(
            f"{what} must be a data frame of pandas, polars or pyarrow, not "
            f"{type(data).__name__}. Make one with pd.DataFrame(...)."
        )
    return frame, frame.columns


def _values(series):
    """The values of a column, in a type of pandas' that has its missing values: (n,).

    Not by the libraries' own `to_pandas`: that of polars needs pyarrow.
    """
    import narwhals.stable.v2 as nw

    dtype = series.dtype
    if dtype.is_decimal():
        return series.cast(nw.Float64).to_numpy()
    if dtype.is_integer() or dtype == nw.Boolean:
        return _whole(series)
    if dtype.is_float():
        return series.to_numpy()  # missing ones are NaN
    if isinstance(dtype, nw.Enum):
        return pd.Categorical(series.to_list(), categories=dtype.categories)
    if dtype == nw.Categorical:
        if series.implementation.is_polars():  # these have no order but that of text
            return pd.Categorical(series.to_list())
        levels = series.cat.get_categories().to_list()
        return pd.Categorical(series.to_list(), categories=levels)
    if isinstance(dtype, nw.Datetime) and dtype.time_zone:
        instants = pd.DatetimeIndex(series.to_numpy())
        return instants.tz_localize("UTC").tz_convert(dtype.time_zone).array
    if isinstance(dtype, nw.Date | nw.Datetime | nw.Duration):
        return series.to_numpy()  # missing ones are NaT
    values = np.empty(len(series), dtype=object)  # of lists, too, one each row
    values[:] = series.to_list()
    return values


def _whole(series):
    """Whole numbers or truths: with missing ones, floats would round the others."""
    import narwhals.stable.v2 as nw

    gaps = series.is_null().to_numpy()
    if not gaps.any():
        return series.to_numpy()
    truth = series.dtype == nw.Boolean
    kind = pd.arrays.BooleanArray if truth else pd.arrays.IntegerArray
    filled = series.fill_null(False if truth else 0)
    return kind(filled.to_numpy(), gaps)
