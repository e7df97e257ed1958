"""One of several crossed factors at its block of Λ, as if it were alone.

Letters are those of `mlm.engine.implicit.coupled`.
"""

from typing import NamedTuple

import numpy as np

from mlm.engine.factorise import TOO_LARGE
from mlm.ground.errors import DataError
from mlm.ground.linalg import cholesky_blocks


class Own(NamedTuple):
    """One factor at its block of Λ: arrays over groups, (k, k, J)."""

    A: np.ndarray
    R: np.ndarray
    N: np.ndarray
    F: np.ndarray
    log_det: float


def own_of(A, T):
    """One factor at its block of Λ.

    Parameters
    ----------
    A : ndarray, shape (k, k, J)
    T : ndarray, shape (k, k)

    Returns
    -------
    Own

    Raises
    ------
    DataError
        If Λ is too large to compute with.
    """
    place = np.arange(len(T))
    with np.errstate(all="ignore"):  # what is not finite is refused below
        Omega = np.einsum("ba,bcj,cd->adj", T, A, T, optimize=True)
        Omega[place, place] += 1
        L, L_inverse = cholesky_blocks(Omega)
        log_det = 2 * np.log(np.einsum("aaj->aj", L)).sum()
    if not np.isfinite(log_det):
        raise DataError(TOO_LARGE)
    R = np.einsum("ab,cbj->acj", T, L_inverse)
    N = np.einsum("abj,cbj->acj", R, R)
    if len(T) == 1:
        return Own(A, R, N, 1 / Omega, log_det)
    through = np.einsum("abj,bc->jac", A, T @ T.T)
    through[:, place, place] += 1
    return Own(A, R, N, np.moveaxis(np.linalg.inv(through), 0, -1), log_det)
