"""Triangular factors of tall matrices and of small blocks, and small systems.

LAPACK is asked directly where checks and conversions would take longer than it does.
"""

from functools import cache

import numpy as np
from scipy.linalg.lapack import dgeqrf, dgesv, dsyevd, dtrtrs

from mlm.ground.readonly import lock

# Rows that are factorised at a time: they stay in the processor's cache.
CHUNK = 8192
# Columns that LAPACK factorises at a time.
PANEL = 32


def triangular_factor(values):
    """R of values = Q R, for a tall matrix.

    Parameters
    ----------
    values : ndarray, shape (n, k)

    Returns
    -------
    ndarray, shape (k, k)
        Upper triangular, the diagonal not negative.
    """
    if values.shape[1] == 1:
        return np.linalg.norm(values, keepdims=True)
    R = _triangle(values[:CHUNK])
    for start in range(CHUNK, len(values), CHUNK):
        R = _triangle(np.vstack([R, values[start : start + CHUNK]]))
    square = np.zeros((values.shape[1],) * 2)
    signs = np.where(R.diagonal() < 0, -1, 1)
    square[: len(R)] = R * signs[:, None]  # with fewer rows than columns, the rest is 0
    return square


def _triangle(values):
    """R of values = Q R: ndarray, shape (min(n, k), k)."""
    k = values.shape[1]
    if not values.size:
        return np.zeros((0, k))
    R, place = dgeqrf(values, lwork=PANEL * k)[0][:k], np.arange(k)
    return np.where(place[: len(R), None] <= place, R, 0)


@cache
def lower_triangle(k):
    """Places of the lower triangle's entries, column by column.

    Parameters
    ----------
    k : int
        Rows of the matrix.

    Returns
    -------
    rows, columns : ndarray of int, shape (k (k + 1) / 2,)
    """
    columns, rows = lock(np.triu_indices(k))
    return rows, columns


def solve_lower(L, b, transposed=False):
    """L⁻¹ b, or L⁻ᵀ b, without the checks that take longer than small systems.

    Parameters
    ----------
    L : ndarray, shape (k, k)
        Lower triangular; a 0 on its diagonal raises no error.
    b : ndarray, shape (k,) or (k, number)
    transposed : bool

    Returns
    -------
    ndarray, shape of b
    """
    if not len(L):
        return b
    return dtrtrs(L, b, lower=True, trans=transposed)[0]


def solve(A, b):
    """A⁻¹ b of one small matrix.

    Parameters
    ----------
    A : ndarray, shape (k, k)
    b : ndarray, shape (k,) or (k, number)

    Returns
    -------
    ndarray, shape of b

    Raises
    ------
    LinAlgError
        If A is singular.
    """
    if not len(A):
        return b
    *_, found, failed = dgesv(A, b)
    if failed:
        raise np.linalg.LinAlgError("Singular matrix")
    return found


def eigen(A):
    """Eigenvalues and eigenvectors of one small symmetric matrix.

    Parameters
    ----------
    A : ndarray, shape (k, k)

    Returns
    -------
    size : ndarray, shape (k,)
        Ascending.
    axes : ndarray, shape (k, k)
        In columns.

    Raises
    ------
    LinAlgError
        If LAPACK finds none.
    """
    if not len(A):
        return np.empty(0), A
    size, axes, failed = dsyevd(A, lower=True)
    if failed:
        raise np.linalg.LinAlgError("Eigenvalues did not converge")
    return size, axes


def lower_factor(block):
    """Triangular factor of blocks: T with T Tᵀ = block blockᵀ.

    Parameters
    ----------
    block : ndarray, shape (..., k, k)

    Returns
    -------
    ndarray, shape (..., k, k)
        Lower triangular, the diagonal not negative.
    """
    if block.shape[-1] == 1:
        return np.abs(block)
    T = np.linalg.qr(np.swapaxes(block, -1, -2), mode="r")
    signs = np.where(np.diagonal(T, axis1=-2, axis2=-1) < 0, -1, 1)
    return np.swapaxes(T * signs[..., None], -1, -2) + 0.0


def cholesky_blocks(A):
    """Lower Cholesky factor and its inverse of every A[:, :, ...]; loops over k only.

    Parameters
    ----------
    A : ndarray, shape (k, k, ...)
        Positive definite; elsewhere the results hold NaN.

    Returns
    -------
    L, inverse : ndarray, shape (k, k, ...)
    """
    if len(A) == 1:
        L = np.sqrt(A)
        return L, 1 / L
    L, inverse = np.zeros_like(A), np.zeros_like(A)
    for i in range(len(A)):
        for j in range(i + 1):
            rest = A[i, j] - np.einsum("a...,a...->...", L[i, :j], L[j, :j])
            L[i, j] = np.sqrt(rest) if i == j else rest / L[j, j]
        inverse[i, i] = 1 / L[i, i]
        for j in range(i):
            known = np.einsum("a...,a...->...", L[i, j:i], inverse[j:i, j])
            inverse[i, j] = -known * inverse[i, i]
    return L, inverse
