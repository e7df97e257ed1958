"""Conjugate gradients for many right-hand sides, and the logarithm that they know.

Hestenes & Stiefel (1952, J. Res. Natl. Bur. Stand. 49, 409-436).  The lengths of the
steps are the elements of Lanczos' tridiagonal matrix T of the same Krylov space, and
hᵀf(M)h is about ‖h‖² e₁ᵀf(T)e₁ (Golub & Meurant 2010, Matrices, Moments and Quadrature,
chapters 4 and 7).
"""

from typing import NamedTuple

import numpy as np

from mlm.ground.errors import DataError

# Steps after which a system counts as one that cannot be solved.
MOST_STEPS = 1000
# Below this, the function of the logarithm is computed by its series.
SMALL = 1e-2


class Solved(NamedTuple):
    """Solutions of (I − E) X = B, and the steps to them."""

    X: np.ndarray  # shape (q, c)
    beside: np.ndarray  # what the product gives beside E X, of X: shape (q, c)
    squares: np.ndarray  # of the lengths of B's columns: shape (c,)
    alpha: np.ndarray  # lengths of the steps, 0 when they have ended: (steps, c)
    beta: np.ndarray  # of the residuals' squares from step to step: (steps, c)

    def columns(self, which):
        """Some of the columns: `Solved`, without steps in which all of them rested."""
        X, beside, *others = (part[..., which] for part in self)
        squares, alpha, beta = others
        steps = int((alpha > 0).any(axis=1).sum())
        return Solved(X, beside, squares, alpha[:steps], beta[:steps])


def solve(product, B, tolerance):
    """Solve (I − E) X = B, column by column, with shared products.

    Parameters
    ----------
    product : callable
        E times a matrix of shape (q, c), and anything else that is linear in it, of
        the same shape.  E is symmetric, with eigenvalues in [0, 1).
    B : ndarray, shape (q, c)
    tolerance : float or ndarray, shape (c,)
        Length of the residuals as a share of B's columns.

    Returns
    -------
    Solved

    Raises
    ------
    DataError
        If I − E is singular to rounding.
    """
    X, beside, left, along = np.zeros_like(B), np.zeros_like(B), B.copy(), B
    squares = size = np.einsum("qc,qc->c", B, B)
    limit, alphas, betas = tolerance**2 * squares, [], []
    while (going := size > limit).any():
        image, more = _product(product, along, going)
        image = along - image
        curvature = np.einsum("qc,qc->c", along, image)
        if len(alphas) == MOST_STEPS or not (curvature[going] > 0).all():
            raise DataError(
                "the iterative solver cannot compute with this theta: effects are so "
                "large that those of crossed factors cannot be told apart."
            )
        alpha = np.divide(size, curvature, out=np.zeros_like(size), where=going)
        X += alpha * along
        beside += alpha * more
        left -= alpha * image
        after = np.einsum("qc,qc->c", left, left)
        beta = np.divide(after, size, out=np.zeros_like(size), where=going)
        along = left + beta * along
        size = after
        alphas.append(alpha)
        betas.append(beta)
    shape = len(alphas), len(squares)
    alphas, betas = np.reshape(alphas, shape), np.reshape(betas, shape)
    return Solved(X, beside, squares, alphas, betas)


def _product(product, along, going):
    """Both products with the columns that have not ended, and 0 in the others."""
    if going.all():
        return product(along)
    found = np.zeros((2, *along.shape))
    found[..., going] = product(along[:, going])
    return found


def log_remainders(solved):
    """hᵀφ(E)h of every column h of B, φ(λ) = (log(1 − λ) + λ)/λ².

    With h = Ez it is zᵀ(log(I − E) + E)z.

    Parameters
    ----------
    solved : Solved

    Returns
    -------
    ndarray, shape (c,)
    """
    alpha, beta = solved.alpha, solved.beta
    steps, columns = alpha.shape
    if not steps:
        return np.zeros(columns)
    went = alpha > 0
    inverse = np.divide(1.0, alpha, out=np.zeros_like(alpha), where=went)
    diagonal = np.where(went, inverse, 1.0)
    diagonal[1:] += np.where(went[1:], beta[:-1] * inverse[:-1], 0)
    beside = np.where(went[1:], np.sqrt(beta[:-1]) * inverse[:-1], 0)
    T, place = np.zeros((columns, steps, steps)), np.arange(steps)
    T[:, place, place] = diagonal.T
    T[:, place[1:], place[:-1]] = beside.T
    values, vectors = np.linalg.eigh(T)  # reads the lower triangles
    return solved.squares * np.sum(vectors[:, 0] ** 2 * _phi(1 - values), axis=1)


def _phi(x):
    """(log(1 − x) + x)/x², also near 0."""
    small = np.abs(x) < SMALL
    far = np.where(small, 0.5, x)
    powers = x[..., None] ** np.arange(8)
    series = -np.sum(powers / np.arange(2, 10), axis=-1)
    return np.where(small, series, (np.log1p(-far) + far) / far**2)
