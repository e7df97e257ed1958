"""Columns of a matrix, shared out among processors.

Products of sparse matrices leave other threads of Python free to compute.  Each column
is computed as it would be alone, so the number of threads changes no bit.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

THREADS = min(2, os.cpu_count() or 1)
# Multiplications that take less time than to start threads, by far.
FEW = 10_000_000


def in_threads(function, v, work):
    """A function of the columns of a matrix, of some in each thread.

    Parameters
    ----------
    function : callable
        Takes a matrix (q, c), and returns one (r, c), column by column.
    v : ndarray, shape (q, c)
    work : int
        About the multiplications for one column.

    Returns
    -------
    ndarray, shape (r, c)
    """
    threads = min(THREADS, v.shape[1])
    if threads < 2 or work * v.shape[1] < FEW:
        return function(v)
    parts = np.array_split(v, threads, axis=1)
    with ThreadPoolExecutor(threads) as pool:
        return np.hstack(list(pool.map(function, parts)))
