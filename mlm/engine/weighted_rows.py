"""Rows of the data in the basis of orthonormal effects, times the roots of weights.

Whatever costs something in n is here: made where it is needed, and not kept.
"""

import numpy as np

# A residual smaller than this share of the response is rounding.
EXACT = 1e-13


class WeightedRows:
    """Orthonormal effects and X, row by row.

    Parameters
    ----------
    structure : Structure
    basis : Basis
    roots : ndarray, shape (n,), or None
        Roots of the rows' weights; None if all are 1.

    Attributes
    ----------
    structure : Structure
    roots : ndarray, shape (n,), or None
    Z : list of ndarray, shape (k, n)
        Effects of every term.
    Q : ndarray, shape (p, n)
        Columns of X.
    """

    def __init__(self, structure, basis, roots):
        self.structure, self.roots = structure, roots
        self.Z = [basis.rows(i) for i in range(len(basis.terms))]
        self.Q = basis.rows_of_X()
        if roots is not None:
            for values in (*self.Z, self.Q):
                values *= roots

    def weighted(self, roots, with_X):
        """The same rows times the roots of other weights.

        Parameters
        ----------
        roots : ndarray, shape (n,)
        with_X : bool
            Whether they have the columns of X, too.

        Returns
        -------
        WeightedRows
        """
        other = object.__new__(WeightedRows)
        other.structure, other.roots = self.structure, roots
        other.Z = [z * roots for z in self.Z]
        other.Q = (self.Q if with_X else self.Q[:0]) * roots
        return other

    def of_stages(self):
        """Effects of every stage: list of ndarray, shape (k, n)."""
        return [stage.joined(self.Z) for stage in self.structure.stages]

    def without_X(self, Y):
        """Regress responses on X alone.

        Parameters
        ----------
        Y : ndarray, shape (n, R)
            Without weights.

        Returns
        -------
        y : ndarray, shape (n, R)
            Residuals, times the roots of the weights.
        Qty : ndarray, shape (p, R)
            Coefficients of Q.
        exact : ndarray of bool, shape (R,)
            Whether the residuals are nothing but rounding.
        """
        y = given = Y if self.roots is None else Y * self.roots[:, None]
        Q, Qty = self.Q, np.zeros((len(self.Q), Y.shape[1]))
        gram = Q @ Q.T
        for _ in range(2):  # twice: once loses orthogonality by rounding
            explained = np.linalg.solve(gram, Q @ y)
            y = y - Q.T @ explained
            Qty += explained
        size = np.linalg.norm(given, axis=0)
        return y, Qty, np.linalg.norm(y, axis=0) <= EXACT * size
