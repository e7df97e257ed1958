"""Datasets of pyarrow, parquet files above all, read file by file."""

from mlm.files.kinds import Types
from mlm.ground.errors import DataError, EmptyFileWarning, warn

# Files that a message names.
MOST_TOLD = 3


def unreadable(place, error):
    """The refusal of a part of the data that cannot be read: `DataError`."""
    said = " ".join(str(error).split())
    return DataError(
        f"{place} cannot be read: {said}. Write it again, or leave it out of the data."
    )


class Arrow:
    """A dataset of pyarrow: parquet files, or anything else that it scans.

    Parameters
    ----------
    dataset : pyarrow.dataset.Dataset
    told : str
        What it is, for errors.

    Attributes
    ----------
    told : str
    names : list of str
        Of all columns.
    """

    # Whether the passes run on a cluster.
    client = None

    def __init__(self, dataset, told):
        self._schema, self.told = dataset.schema, told
        try:
            fragments = list(dataset.get_fragments())
        except ValueError as error:  # of a dataset with a filter
            raise DataError(
                f"{told} has a filter, so that its files cannot be checked one by one. "
                "Filter a polars LazyFrame instead: pl.scan_parquet(path).filter(…)."
            ) from error
        if not fragments:
            raise DataError(f"{told} holds no files.")
        places = [getattr(one, "path", None) or told for one in fragments]
        self._files = list(zip(places, fragments, strict=True))
        self._columns = [_columns(*file, self._schema) for file in self._files]
        # The schema of a dataset is that of its first file.
        found = dict.fromkeys(self._schema.names)
        self.names = list(found | {name: None for own in self._columns for name in own})

    def kinds(self, names):
        """What columns hold, after a look into every file's schema.

        Parameters
        ----------
        names : list of str

        Returns
        -------
        dict of str
            See `mlm.files.kinds`.

        Raises
        ------
        DataError
            A file cannot be read, has no such column, or has another kind of it.

        Warns
        -----
        EmptyFileWarning
            A file has no rows.
        """
        schema, types, empty = self._schema, Types(), []
        for (place, fragment), columns in zip(self._files, self._columns, strict=True):
            types.add(place, names, columns)
            if not _told(place, fragment.count_rows):
                empty.append(place)
        if empty:
            some = ", ".join(empty[:MOST_TOLD])
            warn(
                f"{len(empty)} of {len(self._files)} files have no rows: {some}. "
                "Were they written to the end?",
                EmptyFileWarning,
            )
        for name, of_all in types.found.items():
            field = schema.field(name).with_type(of_all)
            schema = schema.set(schema.get_field_index(name), field)
        self._schema = schema
        return types.kinds()

    def _batches(self, fragment, names, rows):
        """The rows of one file: pyarrow.RecordBatch, one after the other."""
        from pyarrow import dataset

        known = {"columns": names, "batch_size": rows}
        if hasattr(fragment, "row_groups"):  # without a copy of the file in memory
            options = dataset.ParquetFragmentScanOptions(pre_buffer=False)
            known["fragment_scan_options"] = options
        for piece in _pieces(fragment, rows):
            yield from piece.to_batches(self._schema, **known)

    def tables(self, names, rows):
        """Read the rows, some at a time.

        Parameters
        ----------
        names : list of str
            Columns to read, of which `kinds` was asked before.
        rows : int
            Of a table, or a few more or less.

        Yields
        ------
        place : str
            Where the rows come from.
        pyarrow.Table

        Raises
        ------
        DataError
        """
        for place, fragment in self._files:
            tables = joined(self._batches(fragment, names, rows), rows)
            while (table := _told(place, next, tables, None)) is not None:
                yield place, table


def _told(place, function, *arguments):
    """What a function of pyarrow gives; its errors as ours."""
    import pyarrow as pa

    try:
        return function(*arguments)
    except (OSError, pa.ArrowException) as error:
        raise unreadable(place, error) from error


def _columns(place, fragment, schema):
    """Types of the columns of a file, with those in the names of its folders: dict."""
    from pyarrow.dataset import get_partition_keys  # as in ``year=2020``

    own = _told(place, lambda: fragment.physical_schema)
    of_folders = get_partition_keys(fragment.partition_expression)
    found = {name: schema.field(name).type for name in of_folders}
    return found | dict(zip(own.names, own.types, strict=True))


def _pieces(fragment, rows):
    """Parts of a file that are read one after the other: of parquet, row groups.

    Pyarrow alone would read ahead, more than it is told to.

    Parameters
    ----------
    fragment : pyarrow.dataset.Fragment
    rows : int
        Of a part at least, but for the last.

    Yields
    ------
    pyarrow.dataset.Fragment
    """
    if not hasattr(fragment, "row_groups"):
        yield fragment
        return
    together, number = [], 0
    for group in fragment.row_groups:
        together.append(group.id)
        number += group.num_rows
        if number >= rows:
            yield fragment.subset(row_group_ids=together)
            together, number = [], 0
    if together:
        yield fragment.subset(row_group_ids=together)


def joined(batches, rows):
    """Tables of so many rows, of smaller pieces and of larger ones.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch
    rows : int

    Yields
    ------
    pyarrow.Table
    """
    import pyarrow as pa

    waiting, number = [], 0
    for batch in batches:
        waiting.append(batch)
        number += batch.num_rows
        if number >= rows:
            table = pa.Table.from_batches(waiting)
            for start in range(0, number - rows + 1, rows):
                yield table.slice(start, rows)
            waiting = table.slice(number - number % rows).to_batches()
            number %= rows
    if number:
        yield pa.Table.from_batches(waiting)
