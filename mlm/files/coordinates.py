"""Coordinates in which X, effects and response have no units and no origins.

The columns U of the recipe are nearly orthonormal: U = Q R₁ with columns Q that are
orthonormal over all rows, and R₁ near to √n times the identity.  X and the effects of
each term are sums of the columns, and so of Q; their triangles, and the columns that
are orthonormal in their turn, are those of small matrices.  No row is needed, and no
digit lost.
"""

from dataclasses import dataclass

import numpy as np

from mlm.engine.basis import told_apart
from mlm.ground.linalg import triangular_factor

# A column of which so small a share is new among some rows may be new in others.
NOT_NEW = 1e-14
# A column of U that is shorter, as a share of √n, is rounding.
NOTHING = 1e-14
# Of the length of a column, or of the response, that much is new at least: otherwise
# the rows that told the triangle and the start were unlike the others.
SHOWN = 1e-3
# The same where only the rank is asked: of products, smaller shares are rounding.
TOLD = 1e-7


@dataclass(frozen=True, eq=False)
class Coordinates:
    """What columns of U, and the response, are in orthonormal columns Q.

    Attributes
    ----------
    n : int
    R : ndarray, shape (w, w)
        R₁; rows of columns that are not new hold 0.
    columns : ndarray, shape (w, w)
        R₁R₀: the columns of the effects as sums of those of Q.
    back : ndarray, shape (w, w)
        R₁⁻¹, with 0 for columns that are not new: Q as sums of those of U.
    shown : bool
        Whether each column has a new part that is no small share of it.
    """

    n: int
    R: np.ndarray
    columns: np.ndarray
    back: np.ndarray
    shown: bool

    @classmethod
    def of(cls, products, triangle, n, least_new=SHOWN, weight=1.0):
        """Find them from the products of the columns of U.

        Parameters
        ----------
        products : ndarray, shape (w, w)
        triangle : ndarray, shape (w, w)
            R₀.
        n : int
        least_new : float
            Share of a column of U that is new at least; with less, none of it is.
        weight : float
            A typical one.

        Returns
        -------
        Coordinates
        """
        R, shown = np.zeros_like(products), True
        # A column of which the rows that told the triangle had zeros only: its size
        # is not known.
        empty = (np.count_nonzero(triangle, axis=0) == 1) & (np.diag(triangle) == 1)
        least = np.where(empty, 0.0, NOTHING**2 * n * weight)
        for j in range(len(R)):
            rest = products[j, j:] - R[:j, j] @ R[:j, j:]
            if products[j, j] <= least[j]:
                continue
            if rest[0] > least_new**2 * products[j, j]:
                R[j, j:] = rest / np.sqrt(rest[0])
            else:  # what is new is lost in rounding: a third pass looks for it
                shown = False
        new = np.flatnonzero(np.diag(R))
        back = np.zeros_like(R)
        back[np.ix_(new, new)] = np.linalg.inv(R[np.ix_(new, new)])
        return cls(n, R, R @ triangle, back, shown)

    def effects(self, places):
        """Triangle and axes of the effects of a term.

        Parameters
        ----------
        places : list of int
            Of its columns.

        Returns
        -------
        R : ndarray, shape (k, k)
            As of `mlm.engine.basis.Basis`.
        axes : ndarray, shape (w, k)
            Effects R⁻¹ as sums of the columns Q.
        """
        own = self.columns[:, places]
        R = told_apart(triangular_factor(own) / np.sqrt(self.n))
        return R, np.linalg.solve(R.T, own.T).T

    def of_X(self, places):
        """Triangle and axes of X.

        Parameters
        ----------
        places : list of int
            Of its columns, none of them determined by others.

        Returns
        -------
        RX : ndarray, shape (p, p)
            Its diagonal not negative.
        axes : ndarray, shape (w, p)
            Orthonormal columns.
        """
        axes, RX = np.linalg.qr(self.columns[:, places])
        signs = np.where(np.diag(RX) < 0, -1.0, 1.0)
        return signs[:, None] * RX, axes * signs


@dataclass(frozen=True, eq=False)
class Response:
    """The response without X, in the same coordinates.

    Attributes
    ----------
    Qty : ndarray, shape (p,)
        Coefficients of X's orthonormal columns that were taken out.
    weights : ndarray, shape (w + 1,)
        What is left, as a sum of the columns of U and of what the start left.
    square : float
        Its sum of squares.
    shown : bool
        Whether that is no small share of what the start left.
    """

    Qty: np.ndarray
    weights: np.ndarray
    square: float
    shown: bool

    @classmethod
    def of(cls, coordinates, axes_of_X, products, start):
        """Take X out of the response.

        Parameters
        ----------
        coordinates : Coordinates
        axes_of_X : ndarray, shape (w, p)
        products : ndarray, shape (w + 1,)
            Of what the start left with U and with itself.
        start : ndarray, shape (w,)

        Returns
        -------
        Response
        """
        back = coordinates.back
        left = axes_of_X.T @ (back.T @ products[:-1])
        square = products[-1] - left @ left
        Qty = axes_of_X.T @ (coordinates.R @ start) + left
        weights = np.append(-back @ (axes_of_X @ left), 1.0)
        return cls(Qty, weights, float(square), square > SHOWN**2 * products[-1])


def near(R):
    """A triangle like R by which columns that are not new are divided by their size.

    Parameters
    ----------
    R : ndarray, shape (w, w)

    Returns
    -------
    ndarray, shape (w, w)
        Upper triangular, no 0 on its diagonal.
    """
    Q, found = np.zeros_like(R), np.zeros_like(R)
    for j, column in enumerate(R.T):
        new, explained = column, np.zeros(len(R))
        for _ in range(2):  # twice: once loses orthogonality by rounding
            more = Q.T @ new
            new, explained = new - Q @ more, explained + more
        size, whole = np.linalg.norm(new), np.linalg.norm(column)
        found[:j, j] = explained[:j]
        if size > NOT_NEW * whole:
            Q[:, j], found[j, j] = new / size, size
        else:
            found[j, j] = whole or 1.0
    return found
