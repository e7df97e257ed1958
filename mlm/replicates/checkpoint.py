"""Keep the rows of a simulation in a file, so that an interruption loses nothing.

The file is Parquet, which pandas, R and most others read: a column ``replicate``, and
the task's own.  Its metadata say what the rows were computed from, and hold a checksum
of every byte of the file.  One run at a time may write it.
"""

import errno
import hashlib
import json
import os
import re
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pandas as pd

from mlm.ground.errors import CheckpointWarning, DataError, warn
from mlm.replicates.file_lock import locked

KEY = b"mlm"
CHECKSUM = re.compile(rb'(?<="sha256": ")[0-9a-f]{64}(?=")')
# What stands in the checksum's place while it is computed.
BLANK = "0" * 64
# What systems say where a folder's file system has no locks.
NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP}


class Checkpoint:
    """The file of one task.

    Parameters
    ----------
    path : str or Path
        Made when first saved, with its directory.
    task : object
        With ``columns`` and ``description``, as for `replicate`.

    Raises
    ------
    DataError
        No path of a file, names of columns that a file cannot tell apart, or no
        pyarrow.
    """

    def __init__(self, path, task):
        self.path = _path_of_file(path)
        self._columns = list(map(str, task.columns))
        if len({"replicate", *self._columns}) <= len(self._columns):
            raise DataError(
                f"the columns of a checkpoint are called {self._columns}: each needs a "
                "name of its own, and none may be called 'replicate'."
            )
        self._description = task.description | {"columns": self._columns}
        try:
            import pyarrow.parquet
        except ImportError as error:
            raise DataError(
                "a checkpoint needs the package pyarrow: pip install pyarrow"
            ) from error
        self._arrow = pyarrow

    def held(self):
        """Lock the file against other runs, for a ``with`` block.

        Returns
        -------
        context manager

        Raises
        ------
        DataError
            Another run has it, or its folder cannot be written.

        Warns
        -----
        CheckpointWarning
            The file system has no locks.
        """
        name = str(self.path)
        block = ExitStack()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            block.enter_context(locked(self.path.with_name(self.path.name + ".lock")))
        except BlockingIOError as error:
            raise DataError(
                f"another run is writing the checkpoint {name!r}. Wait until it has "
                "ended, or give this run another name."
            ) from error
        except OSError as error:
            if error.errno not in NO_LOCKS:
                raise _refused(self.path, "written", error) from error
            warn(
                f"the file system of {name!r} has no locks: let no other run write "
                "this checkpoint at the same time.",
                CheckpointWarning,
            )
        return block

    def load(self):
        """Read what the file holds.

        Returns
        -------
        numbers : ndarray of int, shape (rows,)
        rows : ndarray, shape (rows, columns)

        Raises
        ------
        DataError
            The file belongs to another task, is no checkpoint, or is damaged.
        """
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return np.empty(0, dtype=int), np.empty((0, len(self._columns)))
        except OSError as error:
            raise _refused(self.path, "read", error) from error
        checksum = CHECKSUM.findall(content)
        if checksum and checksum[0] != _checksum(content):
            raise DataError(
                f"{str(self.path)!r} is damaged: its checksum does not fit, so its "
                "numbers cannot be trusted. Bring back a copy, give another name, or "
                "delete the file to begin anew."
            )
        table, known = self._read(content)
        if not checksum:
            raise DataError(
                f"{str(self.path)!r} has no checksum: it was written by an older mlm, "
                "or is damaged. Give another name, or delete the file to begin anew."
            )
        changed = [
            f"{name} was {known.get(name)!r}, and now is {value!r}"
            for name, value in self._description.items()
            if known.get(name) != value
        ]
        if changed:
            raise self.refusal("; ".join(changed))
        return table["replicate"].to_numpy(), table[self._columns].to_numpy()

    def _read(self, content):
        """Table and description in the bytes of a file."""
        try:
            file = self._arrow.parquet.read_table(self._arrow.BufferReader(content))
            return file.to_pandas(), json.loads(file.schema.metadata[KEY])
        except Exception as error:  # whatever a foreign file makes the reader raise
            raise DataError(
                f"{str(self.path)!r} is no checkpoint of a simulation, or is damaged. "
                "Give another name, or move the file away."
            ) from error

    def refusal(self, reason):
        """Error that says that the file does not fit the task.

        Parameters
        ----------
        reason : str

        Returns
        -------
        DataError
        """
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

        Raises
        ------
        OSError
            The file cannot be written; what it held before is still there.
        """
        content = self._content(numbers, rows)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_name(self.path.name + ".new")
        try:
            with open(new, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, self.path)
        except OSError:
            new.unlink(missing_ok=True)
            raise

    def _content(self, numbers, rows):
        """Bytes of the file, with their checksum."""
        table = pd.DataFrame(rows, columns=self._columns)
        table.insert(0, "replicate", numbers)
        table = self._arrow.Table.from_pandas(table, preserve_index=False)
        described = {KEY: json.dumps({"sha256": BLANK} | self._description)}
        table = table.replace_schema_metadata(table.schema.metadata | described)
        sink = self._arrow.BufferOutputStream()
        self._arrow.parquet.write_table(table, sink)
        content = sink.getvalue().to_pybytes()
        return CHECKSUM.sub(_checksum(content), content)


def _checksum(content):
    """SHA-256 of a file's bytes, with a blank where it stands itself."""
    blank = CHECKSUM.sub(BLANK.encode(), content)
    return hashlib.sha256(blank).hexdigest().encode()


def _refused(path, what, error):
    """Error that says why a path cannot be read, or written."""
    return DataError(
        f"the checkpoint {str(path)!r} cannot be {what}: {error.strerror or error}. "
        "Give the path of a file in a folder that can be written."
    )


def _path_of_file(given):
    """Path as it is without links, so that a file has one name and one lock."""
    text = os.fspath(given) if isinstance(given, str | os.PathLike) else None
    if not isinstance(text, str) or not text or "\0" in text:
        raise DataError(
            f"checkpoint is the path of a file, such as 'boot.parquet', not {given!r}."
        )
    path = Path(os.path.realpath(text))
    try:
        other = path.exists() and not path.is_file()
    except OSError as error:
        raise _refused(path, "written", error) from error
    if other:
        kind = "a folder" if path.is_dir() else "no ordinary file"
        raise DataError(
            f"checkpoint {str(path)!r} is {kind}. Give the path of a file, such as "
            "'boot.parquet'."
        )
    return path
