"""Newton steps over blocks of Λ: how far, how damped, and where singular blocks begin.

Arrays may have responses first, (..., k, k): one fit, or many at once.
"""

import numpy as np

# Curvature smaller than this is none.
FLAT = 1e-9


def regular(T, smallest):
    """Raise the singular values of blocks, so that none is singular.

    Parameters
    ----------
    T : ndarray, shape (..., k, k)
    smallest : float
        Singular values below this become this.

    Returns
    -------
    ndarray, shape (..., k, k)
    """
    if T.shape[-1] == 1:
        return np.maximum(np.abs(T), smallest)
    U, size, Vt = np.linalg.svd(T)
    return (U * np.maximum(size, smallest)[..., None, :]) @ Vt


def straight(T, change):
    """A change of T Tᵀ that is the same to first order, and straighter beyond.

    T A changes nothing where A is antisymmetric.  Of T = U S Vᵀ with effects of very
    different size, the smaller ones are to gain a share in what drives the larger, not
    the other way round: valleys of the criterion lie so.

    Parameters
    ----------
    T : ndarray, shape (k, k)
        Not singular.
    change : ndarray, shape (k, k)
        Of T.

    Returns
    -------
    ndarray, shape (k, k)
        The change of T to make instead.
    """
    axes, size, others = np.linalg.svd(T)
    E = axes.T @ change @ others.T / size[:, None]
    E = np.tril(E) + np.triu(E, 1).T
    return axes @ (size[:, None] * E) @ others


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
        Added to the absolute curvature of every direction.

    Returns
    -------
    step : ndarray, shape (..., m)
    promised : float or ndarray, shape (...)

    Raises
    ------
    LinAlgError
        If LAPACK finds no eigenvalues of a Hessian.
    """
    curvature, axes = np.linalg.eigh(hessian)
    # Turning a block changes nothing: there curvature and gradient are 0.
    curvature = np.maximum(np.abs(curvature), FLAT) + np.asarray(damping)[..., None]
    slopes = (gradient[..., None, :] @ axes)[..., 0, :]
    along = slopes / curvature
    step = -(axes @ along[..., None])[..., 0]
    return step, np.vecdot(slopes, along) / 2


def damped(damping, kept):
    """The next damping, after a step that was tried.

    Parameters
    ----------
    damping : float or ndarray, shape (...)
        Of the step.
    kept : float or ndarray, shape (...)
        Share of the promised decrease that the step kept; −inf, or NaN, if it led
        nowhere.

    Returns
    -------
    ndarray, shape (...)
    """
    shorter = np.where(kept > 0.5, damping / 10, damping)
    return np.where(kept > 0.1, shorter, np.maximum(10 * damping, 0.03))
