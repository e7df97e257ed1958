"""Compute the replicates of a simulation: here, on all cores, or on a cluster.

What is computed is a table with a row a replicate.  Rows are computed in blocks whose
size depends on the task alone, with one BLAS thread: a row has the same bits whoever
computes it.  Who does is joblib's business.
"""

import time
from contextlib import closing, nullcontext
from functools import cache, partial

import numpy as np

from mlm.ground.arguments import in_memory
from mlm.ground.errors import CheckpointWarning, InterruptedWarning, warn
from mlm.replicates.checkpoint import Checkpoint

# Seconds that starting other processes takes: less work than this stays here.
START_UP = 2.0
# Seconds between two writings of the checkpoint.
SAVE_EVERY = 2.0
# Numbers that another machine may get: those that differ by less than this share.
SAME = 1e-4


def replicate(task, n, checkpoint=None, progress=True):
    """Compute the first n rows of a task.

    Parameters
    ----------
    task : object
        With ``columns``, names; ``block``, how many rows go together; ``description``,
        a dict of what determines them; and called with numbers of rows, a range within
        one block: gives the rows, ndarray of shape (numbers, columns).
    n : int
    checkpoint : str or Path, optional
        File that keeps what is done, and is gone on with if it exists.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    numbers : ndarray of int, shape (rows,)
        Which rows are done: all n, unless stopped.
    rows : ndarray, shape (rows, columns)

    Raises
    ------
    DataError
        The checkpoint belongs to another task or run, is damaged, or cannot be
        written; or n rows would not fit in memory.

    Warns
    -----
    InterruptedWarning
        Ctrl-C was pressed: what is done is given back.
    CheckpointWarning
        The checkpoint cannot be written any more: all rows are given back.
    """
    in_memory("number of replicates", n, len(task.columns))
    store = None if checkpoint is None else Checkpoint(checkpoint, task)
    with _one_blas_thread(), nullcontext() if store is None else store.held():
        table = _Table(task, n, store)
        _fill(table, progress)
    numbers = np.flatnonzero(table.done[:n])
    return numbers, table.rows[numbers]


def _fill(table, progress):
    """Compute the rows that are missing, or as many as Ctrl-C allows."""
    from tqdm.auto import tqdm

    n = table.n
    with tqdm(total=n, initial=table.count(), disable=not progress) as bar:
        try:
            with closing(_compute(table.task, table.missing())) as results:
                for numbers, rows in results:
                    table.add(numbers, rows)
                    bar.update(len(numbers))
        except KeyboardInterrupt:
            table.save()
            done = f"stopped after {table.count()} of {n} replicates, given back"
            kept = "; the same call goes on from there" if table.is_kept() else ""
            warn(f"{done}{kept}.", InterruptedWarning)
        finally:
            table.save()


class _Table:
    """Rows that are done, and the file that keeps them."""

    def __init__(self, task, n, store):
        self.task, self.n, self.store = task, n, store
        numbers, rows = np.empty(0, dtype=int), np.empty((0, len(task.columns)))
        if self.store is not None:
            numbers, rows = self.store.load()
        size = max(n, numbers.max(initial=-1) + 1)  # a file may hold more than n
        self.rows = np.full((size, len(task.columns)), np.nan)
        self.done = np.zeros(size, dtype=bool)
        self.rows[numbers], self.done[numbers] = rows, True
        self._saved, self._new, self._told = time.monotonic(), False, False
        if len(numbers):
            self._check(numbers[0])

    def _check(self, number):
        """Refuse rows that this task would not give again: its function has changed."""
        again, kept = self.task(range(number, number + 1))[0], self.rows[number]
        other = ~np.isclose(again, kept, rtol=SAME, equal_nan=True)
        if other.any():
            i = np.flatnonzero(other)[0]
            raise self.store.refusal(
                f"{self.task.columns[i]!r} of replicate {number} was {kept[i]:.6g}, "
                f"and now is {again[i]:.6g}"
            )

    def count(self):
        return int(self.done[: self.n].sum())

    def missing(self):
        """Numbers of the rows to compute: a range for each block."""
        block = self.task.block
        left = np.flatnonzero(~self.done[: self.n])
        parts = np.split(left, np.flatnonzero(np.diff(left // block)) + 1)
        return [range(part[0], part[-1] + 1) for part in parts if len(part)]

    def add(self, numbers, rows):
        self.rows[numbers], self.done[numbers], self._new = rows, True, True
        if time.monotonic() - self._saved > SAVE_EVERY:
            self.save()

    def save(self):
        """Write what is new; if that fails, say so once, and try again next time."""
        if self.store is not None and self._new:
            numbers = np.flatnonzero(self.done)
            try:
                self.store.save(numbers, self.rows[numbers])
                self._new = False
            except OSError as error:
                self._tell(error)
        self._saved = time.monotonic()

    def _tell(self, error):
        if not self._told:
            warn(
                f"the checkpoint {str(self.store.path)!r} cannot be written: "
                f"{error.strerror or error}. The run goes on in memory, and gives all "
                "its replicates back; those since the last writing are in no file.",
                CheckpointWarning,
            )
        self._told = True

    def is_kept(self):
        """Whether a file has every row that is done."""
        return self.store is not None and not self._new


def _compute(task, ranges):
    """Yield ranges and their rows, as they come.

    Without a backend of the caller's choice the work begins here, and goes on here if
    it is short, or if there is one core only (as in a browser).
    """
    from joblib import Parallel, delayed, effective_n_jobs, parallel_config

    setting = nullcontext
    if not _backend_is_chosen():
        begin, place = time.perf_counter(), 0
        setting = partial(parallel_config, "loky", n_jobs=-1, inner_max_num_threads=1)
        for place, numbers in enumerate(ranges, start=1):
            yield numbers, task(numbers)
            left = (time.perf_counter() - begin) / place * (len(ranges) - place)
            if left > START_UP and effective_n_jobs(-1) > 1:
                break
        ranges = ranges[place:]
    if ranges:
        with setting():
            yield from Parallel(return_as="generator_unordered")(
                delayed(_one_range)(task, numbers) for numbers in ranges
            )


def _one_range(task, numbers):
    with _one_blas_thread():
        return numbers, task(numbers)


def _one_blas_thread():
    """Keep BLAS from sharing a sum among threads, which would change its last bits."""
    return _thread_pools().limit(limits=1, user_api="blas")


@cache
def _thread_pools():
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _backend_is_chosen():
    """Whether the caller has set joblib's backend, or a number of jobs."""
    from joblib.parallel import BACKENDS, DEFAULT_BACKEND, get_active_backend

    backend, n_jobs = get_active_backend()
    return n_jobs is not None or type(backend) is not BACKENDS[DEFAULT_BACKEND]
