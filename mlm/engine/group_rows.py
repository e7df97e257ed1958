"""Rows of a model with one grouping factor, and their sums by group.

Whatever of `mlm.engine.one_factor` costs something in n is here.  Arrays over groups
have the group last: M of shape (a, b, J) is a small matrix for each.
"""

from functools import cached_property

import numpy as np

# Numbers of a dense matrix below which one product with it is quicker than sums group
# by group.
FEW = 5_000


def group_rows(model):
    """The rows of a model with one grouping factor, few of them or many.

    Parameters
    ----------
    model : WorkingModel

    Returns
    -------
    GroupRows
    """
    (stage,) = model.structure.stages
    few = stage.k**2 * stage.J * len(model.y) < FEW
    return FewRows(model) if few else GroupRows(model)


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
    identity : ndarray, shape (k, k, 1)
    """

    def __init__(self, model):
        self.model, (self.stage,) = model, model.structure.stages
        self._codes, self._J = self.stage.term.codes, self.stage.J
        # An intercept is one number: that saves a product of rows in every sum.
        columns = self.stage.joined(model.rows.Z)
        self._Z = [z[0] if (z == z[0]).all() else z for z in columns]
        self.identity = np.eye(len(self._Z))[..., None]

    @cached_property
    def _products(self):
        """Products of effects, row by row: list of (int, int, ndarray)."""
        Z = self._Z
        return [(a, b, Z[a] * Z[b]) for a in range(len(Z)) for b in range(a + 1)]

    def split(self, u):
        """Effects of every term.

        Parameters
        ----------
        u : ndarray, shape (k, J)
            Of the factor.

        Returns
        -------
        list of ndarray, shape (k, J)
            One a term.
        """
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
        return np.array(self._by_effect(values))

    def _by_effect(self, values):
        """Zᵀ times a vector, one array an effect: list of ndarray, shape (J,)."""
        return [self._sum(z, values) for z in self._Z]

    def _sum(self, z, values):
        """Sums of z times a vector, group by group: ndarray, shape (J,)."""
        if np.ndim(z):
            return np.bincount(self._codes, z * values, self._J)
        return z * np.bincount(self._codes, values, self._J)

    def _spread(self, z, values):
        """Every row's z times the value of its group: ndarray, shape (..., n)."""
        if np.ndim(z):
            return z * values.take(self._codes, axis=-1)
        return (z * values).take(self._codes, axis=-1)

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
            A[a, b] = self._sum(product, W)
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
        Q = self.model.Q
        weighted = Q * W
        C = np.array([self._by_effect(column) for column in weighted])
        return C.reshape(len(Q), len(self._Z), self._J), weighted @ Q.T

    def along(self, b):
        """Zb.

        Parameters
        ----------
        b : ndarray, shape (..., k, J)

        Returns
        -------
        ndarray, shape (..., n)
        """
        parts = zip(self._Z, np.moveaxis(b, -2, 0), strict=True)
        return _total(self._spread(z, own) for z, own in parts)

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
        return _total(
            self._spread(product, N[a, b] if a == b else 2 * N[a, b])
            for a, b, product in self._products
        )


class FewRows(GroupRows):
    """The same sums of few rows, each one product with a dense matrix.

    Parameters
    ----------
    model : WorkingModel
    """

    def __init__(self, model):
        super().__init__(model)
        Z, n = self.stage.joined(model.rows.Z), len(self._codes)
        dense = np.zeros((len(Z), self._J, n))
        dense[:, self._codes, np.arange(n)] = Z
        squares = dense[:, None] * Z[:, None]
        self._dense, self._squares = dense.reshape(-1, n), squares.reshape(-1, n)
        self._with_Q = np.vstack([self._dense, model.Q]).T

    def sums(self, values):
        return (self._dense @ values).reshape(-1, self._J)

    def squares(self, W):
        return (self._squares @ W).reshape(*self.identity.shape[:2], self._J)

    def with_X(self, W):
        found, q = (self.model.Q * W) @ self._with_Q, len(self._dense)
        return found[:, :q].reshape(len(found), len(self._Z), self._J), found[:, q:]

    def along(self, b):
        return b.reshape(*b.shape[:-2], -1) @ self._dense

    def variances(self, N):
        return N.ravel() @ self._squares


def _total(parts):
    """Sum of fresh arrays, in the place of the first."""
    total = next(parts)
    for part in parts:
        total += part
    return total


def left(T, M):
    """T times every matrix, or vector.

    Parameters
    ----------
    T : ndarray, shape (k, k)
    M : ndarray, shape (k, ..., J)

    Returns
    -------
    ndarray, shape (k, ..., J)
    """
    if len(T) == 1:
        return T * M
    return (T @ M.reshape(len(T), -1)).reshape(M.shape)


def between(T, M):
    """T M_j Tᵀ of every symmetric matrix.

    Parameters
    ----------
    T : ndarray, shape (k, k)
    M : ndarray, shape (k, k, J)

    Returns
    -------
    ndarray, shape (k, k, J)
    """
    if len(T) == 1:
        return T**2 * M
    return left(T, left(T, M).transpose(1, 0, 2))


def times(M, x):
    """Every matrix times its vector, M_j x_j.

    Parameters
    ----------
    M : ndarray, shape (a, b, J)
    x : ndarray, shape (..., b, J)

    Returns
    -------
    ndarray, shape (..., a, J)
    """
    return M[0] * x if len(M) == 1 else np.einsum("abj,...bj->...aj", M, x)
