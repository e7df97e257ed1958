"""Frames that are plans of a table: polars' lazy ones, and those of dask."""

import sys

from mlm.files.arrow import unreadable
from mlm.files.kinds import TEXT, Types
from mlm.ground.errors import DataError


class Polars:
    """A lazy frame of polars, computed piece by piece."""

    client = None
    told = "the polars LazyFrame"

    def __init__(self, frame):
        self._frame = frame
        if not hasattr(frame, "collect_batches"):
            raise DataError(
                "this polars cannot compute a LazyFrame piece by piece; 1.34 and newer "
                "can: python -m pip install --upgrade polars."
            )
        self.names = self._computed(frame.collect_schema).names()

    def kinds(self, names):
        """What columns hold: see `Arrow.kinds`."""
        types, schema = Types(), self._frame.collect_schema()
        none = self._computed(self._frame.select(names).head(0).collect)
        table = self._computed(none.to_arrow)
        types.add(self.told, names, {n: table.schema.field(n).type for n in names})
        kinds = types.kinds()
        for name in names:  # these have no order but that of text
            if schema[name].base_type().__name__ == "Categorical":
                kinds[name] = TEXT
        return kinds

    def tables(self, names, rows):
        """Read the rows, some at a time: see `Arrow.tables`."""
        pieces = self._computed(
            self._frame.select(names).collect_batches, chunk_size=rows
        )
        while (piece := self._computed(next, pieces, None)) is not None:
            yield self.told, self._computed(piece.to_arrow)

    def _computed(self, function, *arguments, **options):
        """What a function of polars gives; its errors as ours."""
        import polars
        import pyarrow as pa

        errors = polars.exceptions.PolarsError, pa.ArrowException, OSError
        try:
            return function(*arguments, **options)
        except errors as error:
            raise unreadable(self.told, error) from error


class Dask:
    """A data frame of dask: its partitions one after the other, or on a cluster.

    Attributes
    ----------
    client : distributed.Client or None
        Of the cluster that is in use, if there is one.
    """

    told = "the dask data frame"

    def __init__(self, frame):
        self._frame, self.names = frame, list(frame.columns)
        self.client = None
        if "distributed" in sys.modules:
            from distributed import default_client

            try:
                self.client = default_client()
            except ValueError:  # no client
                self.client = None

    def kinds(self, names):
        """What columns hold by dask's own account: see `Arrow.kinds`."""
        types = Types()
        table = as_arrow(self.told, self._frame[names]._meta_nonempty)
        types.add(self.told, names, {n: table.schema.field(n).type for n in names})
        return types.kinds()

    def partitions(self, names):
        """The partitions, not computed yet: list of (place, Delayed)."""
        parts = self._frame[names].to_delayed()
        return [(f"partition {i} of {self.told}", p) for i, p in enumerate(parts)]

    def tables(self, names, rows):
        """Compute the partitions one by one: see `Arrow.tables`."""
        for place, partition in self.partitions(names):
            try:
                frame = partition.compute(scheduler="synchronous")
            except Exception as error:  # whatever the user's graph raises
                raise unreadable(place, error) from error
            for start in range(0, max(len(frame), 1), rows):
                yield place, as_arrow(place, frame.iloc[start : start + rows])


def as_arrow(place, frame):
    """A data frame of pandas as a table of Arrow, or the reason why it is none."""
    import pyarrow as pa

    try:
        return pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowException, OSError) as error:
        raise unreadable(place, error) from error
