"""Run many notebooks, some at a time, or take what one did before."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from methods3.grade.runner import FULL, run


class Workers:
    """Run notebooks in the order in which they come.

    Parameters
    ----------
    jobs : int
        How many run at a time.
    seconds : float
        How long one may take.
    sandbox : Sandbox
        That each of them gets for itself.
    kept : Kept
    progress : callable
        Is told how many have run, and how many there are.
    """

    def __init__(self, jobs, seconds, sandbox, kept, progress):
        self.jobs, self.seconds, self.sandbox = jobs, seconds, sandbox
        self.kept, self.progress = kept, progress
        self.done = self.of = 0
        self.slots, self.exclusive = threading.Semaphore(jobs), threading.Lock()
        self.counting, self.stopped = threading.Lock(), threading.Event()

    def __enter__(self):
        self.pool = ThreadPoolExecutor(self.jobs)
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.pool.shutdown(cancel_futures=True)

    def add(self, cells, student, path, handed_in):
        """Have a notebook run.

        Parameters
        ----------
        cells : list of str
        student : Path
            What was handed in.
        path : PurePath
            The notebook below it.
        handed_in : str
            Fingerprint of what was handed in.

        Returns
        -------
        Future
            Of the Run, and of how many seconds it took.
        """
        self.of += 1
        key = self.kept.key(handed_in, path.as_posix())
        return self.pool.submit(self._do, cells, student, path, key)

    def _do(self, cells, student, path, key):
        begun = time.monotonic()
        try:
            found = self.kept.get(key)
            if found is None:
                given = cells, student, str(path.parent), self.seconds, self.sandbox
                found = self._run(*given)
                self.kept.put(key, found)
        finally:
            with self.counting:
                self.done += 1
                self.progress(self.done, self.of)
        return found, round(time.monotonic() - begun, 1)

    def _run(self, *given):
        with self.slots:
            found = run(*given, self.stopped)
        if self.jobs == 1 or not found.ended.startswith(FULL):
            return found
        # Files in memory are counted for all that run: only alone is it sure whose.
        with self.exclusive:
            for _ in range(self.jobs):
                self.slots.acquire()
            try:
                return run(*given, self.stopped)
            finally:
                self.slots.release(self.jobs)
