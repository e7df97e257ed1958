"""The door for data that do not fit in memory: opened, checked, read as Arrow tables.

A source knows its columns and their kinds without reading rows, and yields tables of
the columns that are asked for, each with the name of the place that it comes from.
Whatever cannot be read is refused by that name; nothing is left out in silence.
"""

import os

from mlm.files.arrow import Arrow, unreadable
from mlm.files.lazy import Dask, Polars
from mlm.ground.errors import DataError

NEEDED = 'Data in files need pyarrow: python -m pip install "mlm[files]".'


def kind_of_source(data):
    """The class that reads data chunk by chunk; None if they are in memory.

    Parameters
    ----------
    data : object
        Path of a parquet file or of a folder of such; pyarrow dataset; polars
        LazyFrame; dask dataframe; or anything else.

    Returns
    -------
    class or None
    """
    library, name = type(data).__module__.partition(".")[0], type(data).__name__
    if isinstance(data, str | os.PathLike):
        return Arrow
    if library == "pyarrow" and hasattr(data, "get_fragments"):
        return Arrow
    if library == "polars" and name == "LazyFrame":
        return Polars
    return Dask if library == "dask" and hasattr(data, "to_delayed") else None


def opened(data):
    """The source that data are which are read chunk by chunk.

    Parameters
    ----------
    data : object
        Of which `kind_of_source` knows a class.

    Returns
    -------
    Arrow, Polars or Dask

    Raises
    ------
    DataError
        There is no such file, it cannot be read, or pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.dataset
    except ImportError as error:
        raise DataError(NEEDED) from error
    kind = kind_of_source(data)
    if kind is not Arrow:
        return kind(data)
    if not isinstance(data, str | os.PathLike):
        return Arrow(data, "the pyarrow dataset")
    path = os.fspath(data)
    if "://" not in path and not os.path.exists(path):
        raise DataError(
            f"data = {path!r} is no data frame, and no file or folder either. Give a "
            "data frame, or the path of a parquet file or of a folder of such."
        )
    try:
        known = pa.dataset.dataset(path, format="parquet", partitioning="hive")
    except (OSError, pa.ArrowException) as error:
        raise unreadable(path, error) from error
    return Arrow(known, repr(path))
