"""Rows of a model with one grouping factor, and their sums by group.

Whatever of `mlm.engine.one_factor` costs something in n is here.  Arrays over groups
have the group last: M of shape (a, b, J) is a small matrix for each.
"""

import numpy as np


class GroupRows:
    """Orthonormal effects of one grouping factor, ready to be summed by its groups.

    Parameters
    ----------
    model : WorkingModel

    Attributes
    ----------
    model : WorkingModel
    stage : Stage
        The factor: k effects in J groups.
    """

    def __init__(self, model):
        self.model, (self.stage,) = model, model.structure.stages
        self._codes, self._J = self.stage.term.codes, self.stage.J
        self._Z = self.stage.joined(model.rows.Z)
        self._products = [
            (a, b, self._Z[a] * self._Z[b])
            for a in range(len(self._Z))
            for b in range(a + 1)
        ]

    def split(self, u):
        """Effects of the factor, (k, J), one array a term: list of ndarray."""
        if len(self.stage.terms) == 1:
            return [u]
        return [u[span] for span in self.stage.spans.values()]

    def sums(self, values):
        """Zᵀ times a vector.

        Parameters
        ----------
        values : ndarray, shape (n,)

        Returns
        -------
        ndarray, shape (k, J)
        """
        sums = [np.bincount(self._codes, z * values, self._J) for z in self._Z]
        return np.array(sums)

    def squares(self, W):
        """A_j = Z_jᵀWZ_j.

        Parameters
        ----------
        W : ndarray, shape (n,)

        Returns
        -------
        ndarray, shape (k, k, J)
        """
        k = len(self._Z)
        A = np.empty((k, k, self._J))
        for a, b, product in self._products:
            A[a, b] = np.bincount(self._codes, product * W, self._J)
            if a != b:
                A[b, a] = A[a, b]
        return A

    def with_X(self, W):
        """Z_jᵀWQ, and QᵀWQ.

        Parameters
        ----------
        W : ndarray, shape (n,)

        Returns
        -------
        C : ndarray, shape (p, k, J)
        gram : ndarray, shape (p, p)
        """
        Q, C = self.model.Q * W, np.empty((len(self.model.Q), len(self._Z), self._J))
        for own, weighted in zip(C, Q, strict=True):
            own[:] = self.sums(weighted)
        return C, Q @ self.model.Q.T

    def along(self, b):
        """Zb.

        Parameters
        ----------
        b : ndarray, shape (k, J)

        Returns
        -------
        ndarray, shape (n,)
        """
        total = 0.0
        for z, own in zip(self._Z, b, strict=True):
            total = total + z * own.take(self._codes)
        return total

    def variances(self, N):
        """zᵀN_jz of every row, in group j.

        Parameters
        ----------
        N : ndarray, shape (k, k, J)
            Symmetric.

        Returns
        -------
        ndarray, shape (n,)
        """
        total = 0.0
        for a, b, product in self._products:
            own = N[a, b] if a == b else 2 * N[a, b]
            total = total + product * own.take(self._codes)
        return total


def left(T, M):
    """T times every matrix, or vector, of shape (k, ..., J)."""
    if len(T) == 1:
        return T[0, 0] * M
    return (T @ M.reshape(len(T), -1)).reshape(M.shape)


def times(M, x):
    """M_j x_j for M of shape (a, b, J) and x of shape (b, J): ndarray, (a, J)."""
    return M[0] * x if len(M) == 1 else np.einsum("abj,bj->aj", M, x)
