"""Keep the rows of a simulation in a file, so that an interruption loses nothing.

The file is Parquet, which pandas, R and most others read: a column ``replicate``, and
the task's own.  Its metadata say what the rows were computed from.
"""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd

from mlm.errors import DataError

KEY = b"mlm"


class Checkpoint:
    """The file of one task.

    Parameters
    ----------
    path : str or Path
        Made when first saved, with its directory.
    task : object
        With ``columns`` and ``description``, as for `replicate`.
    """

    def __init__(self, path, task):
        self.path = Path(path)
        self._columns = list(task.columns)
        self._description = task.description | {"columns": self._columns}
        try:
            import pyarrow.parquet
        except ImportError as error:
            raise DataError(
                "a checkpoint needs the package pyarrow: pip install pyarrow"
            ) from error
        self._arrow = pyarrow

    def load(self):
        """Give what the file holds.

        Returns
        -------
        numbers : ndarray of int, shape (rows,)
        rows : ndarray, shape (rows, columns)

        Raises
        ------
        DataError
            The file belongs to another task, or is no checkpoint.
        """
        if not self.path.exists():
            return np.empty(0, dtype=int), np.empty((0, len(self._columns)))
        try:
            file = self._arrow.parquet.read_table(self.path)
            known = json.loads(file.schema.metadata[KEY])
        except Exception as error:  # whatever a damaged file makes the reader raise
            raise DataError(
                f"{str(self.path)!r} is no checkpoint of a simulation. Give another "
                "name, or move the file away."
            ) from error
        changed = [
            f"{name} was {known.get(name)!r}, and now is {value!r}"
            for name, value in self._description.items()
            if known.get(name) != value
        ]
        if changed:
            raise self.refusal("; ".join(changed))
        table = file.to_pandas()
        return table["replicate"].to_numpy(), table[self._columns].to_numpy()

    def refusal(self, reason):
        """Give the error that the file does not fit the task."""
        return DataError(
            f"{str(self.path)!r} holds another simulation: {reason}. Give another "
            "name, or delete the file to begin anew."
        )

    def save(self, numbers, rows):
        """Write rows in place of those in the file: all or nothing.

        Parameters
        ----------
        numbers : ndarray of int, shape (rows,)
        rows : ndarray, shape (rows, columns)
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        table = pd.DataFrame(rows, columns=self._columns)
        table.insert(0, "replicate", numbers)
        new = self.path.with_name(self.path.name + ".new")
        table = self._arrow.Table.from_pandas(table, preserve_index=False)
        described = {KEY: json.dumps(self._description)}
        table = table.replace_schema_metadata(table.schema.metadata | described)
        self._arrow.parquet.write_table(table, new)
        os.replace(new, self.path)
