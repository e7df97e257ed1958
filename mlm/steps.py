"""Newton steps over blocks of Λ: how far, how damped, and where singular blocks begin.

Arrays may have responses first, (..., k, k): one fit, or many at once.
"""

import numpy as np

# Curvature smaller than this is none.
FLAT = 1e-9


def regular(T, smallest):
    """Blocks T (..., k, k) with singular values raised to `smallest`."""
    if T.shape[-1] == 1:
        return np.maximum(np.abs(T), smallest)
    U, size, Vt = np.linalg.svd(T)
    return (U * np.maximum(size, smallest)[..., None, :]) @ Vt


def bend(T, slope):
    """Part of a block's Hessian that average information lacks on the boundary.

    The slope is S T with a symmetric S, which is 0 at a minimum inside and positive
    where a block wants to be smaller but cannot.

    Parameters
    ----------
    T, slope : ndarray, shape (..., k, k)

    Returns
    -------
    ndarray, shape (..., k², k²)
        Elements row by row.
    """
    k = T.shape[-1]
    if k == 1:
        return np.maximum(slope / T, 0)
    S = slope @ np.linalg.inv(T)
    size, axes = np.linalg.eigh((S + np.swapaxes(S, -1, -2)) / 2)
    positive = (axes * np.maximum(size, 0)[..., None, :]) @ np.swapaxes(axes, -1, -2)
    found = np.einsum("...ab,cd->...acbd", positive, np.eye(k))
    return found.reshape(*T.shape[:-2], k * k, k * k)


def newton_step(gradient, hessian, damping):
    """Newton's step, shortened by damping, and the decrease it promises.

    Along directions of negative curvature it goes down, not to the saddle.

    Parameters
    ----------
    gradient : ndarray, shape (..., m)
    hessian : ndarray, shape (..., m, m)
    damping : float or ndarray, shape (...)

    Returns
    -------
    step : ndarray, shape (..., m)
    promised : float or ndarray, shape (...)
    """
    curvature, axes = np.linalg.eigh(hessian)
    # Turning a block changes nothing: there curvature and gradient are 0.
    curvature = np.maximum(np.abs(curvature), FLAT) + np.expand_dims(damping, -1)
    along = np.einsum("...ij,...i->...j", axes, gradient) / curvature
    step = -np.einsum("...ij,...j->...i", axes, along)
    return step, -np.einsum("...i,...i->...", gradient, step) / 2


def damped(damping, kept):
    """The next damping, where a step kept such a share of what it promised."""
    shorter = np.where(kept > 0.5, damping / 10, damping)
    return np.where(kept > 0.1, shorter, np.maximum(10 * damping, 0.03))
