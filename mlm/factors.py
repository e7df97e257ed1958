"""Triangular factors of tall matrices and of small blocks."""

import numpy as np
from scipy.linalg.lapack import dtrtrs

# Rows that are factorised at a time: they stay in the processor's cache.
CHUNK = 8192


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
    R = np.zeros((0, values.shape[1]))
    for start in range(0, len(values), CHUNK):
        R = np.linalg.qr(np.vstack([R, values[start : start + CHUNK]]), mode="r")
    square = np.zeros((values.shape[1],) * 2)
    square[: len(R)] = R  # with fewer rows than columns, the rest is 0
    return square * np.where(np.diag(square) < 0, -1, 1)[:, None]


def solve_lower(L, b, transposed=False):
    """L⁻¹ b, or L⁻ᵀ b, without the checks that take longer than small systems."""
    if not len(L):
        return b
    return dtrtrs(L, b, lower=True, trans=transposed)[0]


def lower_factor(block):
    """Give the lower-triangular T, diagonal not negative, with T Tᵀ = block blockᵀ."""
    if len(block) == 1:
        return np.abs(block)
    T = np.linalg.qr(block.T, mode="r").T
    return T * np.where(np.diag(T) < 0, -1, 1) + 0.0
