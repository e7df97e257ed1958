"""Orthonormal effects: a change of basis that costs the data's units no digits.

The effects of every random term become orthonormal (times √n), and so do the columns of
X: whatever the scales and origins of the predictors, the engine sees the same numbers.
Blocks of Λ for orthonormal effects are R T, where the term's effects are Q R and T is
its block for the effects as they were given.

A `Basis` is made once a design, with its prior weights; it stays where it is when the
weights of the rows change.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from mlm.engine.theta import blocks_of
from mlm.ground.linalg import lower_factor, lower_triangle, triangular_factor

# Effects of a term closer to collinear than this are scaled, but not decorrelated.
COLLINEAR = 1e-10


@dataclass(frozen=True, eq=False)
class Basis:
    """Triangles that make effects and X orthonormal.

    Attributes
    ----------
    terms : tuple of RandomTerm
    X : ndarray, shape (n, p)
    R : list of ndarray, shape (k, k)
        One a term: upper triangular.
    RX : ndarray, shape (p, p)
        X = Q RX.
    """

    terms: tuple
    X: np.ndarray
    R: list
    RX: np.ndarray

    @property
    def n(self):
        """Number of observations."""
        return len(self.X)

    def products(self, members):
        """Mean products of orthonormal effects of some terms: how collinear they are.

        Parameters
        ----------
        members : list of int
            Numbers of the terms.

        Returns
        -------
        ndarray, shape (Σ k, Σ k)
        """
        rows = np.vstack([self.rows(i) for i in members])
        return rows @ rows.T / self.n

    def rows(self, i):
        """Orthonormal effects of one term, row by row of the data.

        Parameters
        ----------
        i : int
            Number of the term.

        Returns
        -------
        ndarray, shape (k, n)
            Without weights.
        """
        return np.linalg.inv(self.R[i]).T @ self.terms[i].effects.values.T

    def rows_of_X(self):
        """Qᵀ: ndarray, shape (p, n)."""
        return np.linalg.inv(self.RX).T @ self.X.T

    def whiten(self, theta):
        """Blocks of Λ for orthonormal effects.

        Parameters
        ----------
        theta : array_like, shape (..., m)

        Returns
        -------
        list of ndarray, shape (..., k, k)
            R T, one a term; not triangular where R is not diagonal.

        Raises
        ------
        DataError
            If a single theta is not m finite numbers.
        """
        pairs = zip(self.R, blocks_of(self.terms, theta), strict=True)
        return [R @ T for R, T in pairs]

    def unwhiten(self, whitened):
        """Theta for blocks of Λ for orthonormal effects.

        Parameters
        ----------
        whitened : list of ndarray, shape (..., k, k)
            One a term; any blocks with the same T Tᵀ have the same theta.

        Returns
        -------
        ndarray, shape (..., m)
            With a non-negative diagonal.
        """
        parts = zip(self.R, whitened, strict=True)
        factors = [lower_factor(np.linalg.solve(R, block)) for R, block in parts]
        return np.concatenate([_triangle(T) for T in factors], axis=-1)

    def slopes_by_theta(self, slopes):
        """Derivatives by theta from those by the blocks of Λ.

        Parameters
        ----------
        slopes : list of ndarray, shape (k, k)
            By the blocks for orthonormal effects, one a term.

        Returns
        -------
        ndarray, shape (m,)
        """
        parts = zip(self.R, slopes, strict=True)
        return np.concatenate([_triangle(R.T @ slope) for R, slope in parts])

    def original(self, i, b):
        """Random effects as the term has them, from those of orthonormal effects.

        Parameters
        ----------
        i : int
            Number of the term.
        b : ndarray, shape (..., J, k)
            In the unit of the response, as orthonormal effects have none.

        Returns
        -------
        ndarray, shape (..., J, k)
            In the unit of the response over that of each effect.
        """
        return b @ np.linalg.inv(self.R[i]).T

    def original_variance(self, numbers, variance):
        """Covariances of random effects from those of orthonormal effects.

        Parameters
        ----------
        numbers : iterable of int
            Numbers of the terms, in the order of their rows in `variance`.
        variance : ndarray, shape (J, k, k)
            Of all effects of these terms together, group by group.

        Returns
        -------
        ndarray, shape (J, k, k)
        """
        R_inverse = np.linalg.inv(block_diag(*(self.R[i] for i in numbers)))
        return R_inverse @ variance @ R_inverse.T


def basis(design):
    """Make effects and X of a design orthonormal, with its prior weights.

    Parameters
    ----------
    design : Design

    Returns
    -------
    Basis
    """
    R = [_factor(design, term) for term in design.terms]
    return Basis(design.terms, design.X, R, design.RX)


def _factor(design, term):
    """R of effects/√n = Q R, so that effects R⁻¹ are orthonormal times √n.

    Parameters
    ----------
    design : Design
    term : RandomTerm

    Returns
    -------
    ndarray, shape (k, k)
        Upper triangular; diagonal where the effects are nearly collinear.
    """
    if design.weights is None:
        R = term.effects.R / np.sqrt(design.n)
    else:
        R = triangular_factor(design.weighted(term.effects.values)) / np.sqrt(design.n)
    return told_apart(R)


def told_apart(R):
    """The triangle that makes effects orthonormal; of collinear ones only their scale.

    Parameters
    ----------
    R : ndarray, shape (k, k)
        Upper triangular, of effects/√n = Q R.

    Returns
    -------
    ndarray, shape (k, k)
    """
    size = np.linalg.norm(R, axis=0)
    if (np.diag(R) < COLLINEAR * size).any():
        return np.diag(np.where(size > 0, size, 1))
    return R


def _triangle(T):
    """Lower triangle of blocks (..., k, k), column by column, as theta has it."""
    rows, columns = lower_triangle(T.shape[-1])
    return T[..., rows, columns]
