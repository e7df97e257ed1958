"""The penalised system of one grouping factor, factorised group by group.

Letters as in `mlm.engine.one_factor`.
"""

from functools import cached_property
from math import isfinite

import numpy as np

from mlm.engine.factorise import EPSILON, TOO_LARGE
from mlm.engine.group_rows import between, left, times
from mlm.engine.penalised import Step
from mlm.ground.errors import DataError
from mlm.ground.linalg import cholesky_blocks, eigen, solve

# Coefficients of Q stay while the mode of u is found.
NO_STEP = np.empty(0)


class GroupSystem:
    """Newton's steps to the mode at one Λ, as those of `PenalisedSystem`.

    Parameters
    ----------
    by_group : GroupRows
    blocks : list of ndarray, shape (k, k)
        Of Λ, one a term.

    Attributes
    ----------
    model : WorkingModel
    by_group : GroupRows
    T : ndarray, shape (k, k)
        The factor's block of Λ.
    """

    def __init__(self, by_group, blocks):
        self.model, self.by_group = by_group.model, by_group
        self.T = by_group.stage.block(blocks)

    def along(self, u):
        """ZΛu, what effects add to the linear predictor.

        Parameters
        ----------
        u : list of ndarray, shape (k, J)
            One a term.

        Returns
        -------
        ndarray, shape (n,)
        """
        return self.by_group.along(left(self.T, self.by_group.stage.joined(u)))

    def newton(self, here, with_X):
        """Newton's step from one place.

        Parameters
        ----------
        here : Place
        with_X : bool
            Not read: sums with X are made when they are asked for.

        Returns
        -------
        Step
            Its factors are the `GroupFactors`, Zᵀg here, and by how much ΛΔu moves.
        """
        rows, by_group = here.rows, self.by_group
        W, squares = rows.W_observed, True
        factors = self.factorise(W)
        if W is not rows.W and not factors.positive:
            W, squares = np.maximum(W, 0), False
            factors = self.factorise(W)
        with_g = by_group.sums(rows.g)
        right = left(self.T.T, with_g) - by_group.stage.joined(here.u)
        step = times(factors.inverse, right)
        moved = left(self.T, step)
        return Step(
            by_group.split(step),
            NO_STEP,
            by_group.along(moved),
            W,
            float(np.vdot(right, step)),
            float(np.vdot(step, step)),
            squares,
            (factors, with_g, moved),
        )

    def factorise(self, W):
        """Factorise M for given weights of the rows.

        Parameters
        ----------
        W : ndarray, shape (n,)

        Returns
        -------
        GroupFactors
        """
        return GroupFactors(self.by_group, self.T, W)

    def adjoint(self, rows, factors, observed):
        """Find how log|M| follows the mode, by the implicit function theorem.

        Parameters
        ----------
        rows : RowTerms
            With slopes.
        factors, observed : GroupFactors
            Of the weights W, and Wₒ.

        Returns
        -------
        t : ndarray, shape (n,)
            W′v, with v the diagonal of ZNZᵀ.
        with_t, c : ndarray, shape (k, J)
            Zᵀt, and Ωₒ⁻¹TᵀZᵀt.
        """
        t = rows.W_slope * self.by_group.variances(factors.N)
        with_t = self.by_group.sums(t)
        return t, with_t, times(observed.KT, with_t)


class GroupFactors:
    """M, factorised for given weights of the rows.

    Parameters
    ----------
    by_group : GroupRows
    T : ndarray, shape (k, k)
    W : ndarray, shape (n,)

    Attributes
    ----------
    T : ndarray, shape (k, k)
    A : ndarray, shape (k, k, J)
    """

    def __init__(self, by_group, T, W):
        self._by_group, self.T, self._W = by_group, T, W
        self.A = A = by_group.squares(W)
        self._Omega = between(T.T, A) + by_group.identity

    @cached_property
    def _triangles(self):
        """L_j with Ω_j = L_jL_jᵀ, and their inverses: ndarray, shape (k, k, J)."""
        with np.errstate(all="ignore"):  # not a number where one is not positive
            return cholesky_blocks(self._Omega)

    @property
    def positive(self):
        """Whether every Ω_j is positive definite: bool."""
        diagonal = np.einsum("aaj->aj", self._triangles[0])
        return bool((diagonal > 0).all())

    @cached_property
    def inverse(self):
        """Ω_j⁻¹, not positive ones included: ndarray, shape (k, k, J)."""
        if len(self.T) == 1:
            return 1 / self._Omega
        _, L_inverse = self._triangles
        if self.positive:
            return np.einsum("caj,cbj->abj", L_inverse, L_inverse)
        return np.moveaxis(np.linalg.inv(np.moveaxis(self._Omega, -1, 0)), 0, -1)

    @cached_property
    def log_det(self):
        """log|M|: float.

        Raises
        ------
        DataError
            If Λ is too large to compute with.
        """
        if len(self.T) == 1:
            found = np.log(self._Omega).sum()
        else:
            found = 2 * np.log(np.einsum("aaj->aj", self._triangles[0])).sum()
        if not isfinite(found):
            raise DataError(TOO_LARGE)
        return found

    @cached_property
    def K(self):
        """TΩ_j⁻¹: ndarray, shape (k, k, J)."""
        return left(self.T, self.inverse)

    @property
    def KT(self):
        """Ω_j⁻¹Tᵀ, the same turned, as Ω_j is symmetric: ndarray, shape (k, k, J)."""
        return self.K.transpose(1, 0, 2)

    @cached_property
    def N(self):
        """TΩ_j⁻¹Tᵀ: ndarray, shape (k, k, J)."""
        return left(self.T, self.KT)

    def slopes(self):
        """Derivatives of log|M| by T: ndarray, shape (k, k)."""
        if len(self.T) == 1:
            return np.full((1, 1), 2 * np.vdot(self.A, self.K))
        return 2 * np.einsum("abj,bcj->ac", self.A, self.K)

    @cached_property
    def _with_X(self):
        """QᵀWZ_j, ndarray of shape (p, k, J), and R_XᵀR_X for Q, of shape (p, p)."""
        C, gram = self._by_group.with_X(self._W)
        flat = C.reshape(len(gram), self.A[0].size)
        return C, gram - flat @ times(self.N, C).reshape(flat.shape).T

    def back(self, effects, change):
        """Ω_j⁻¹TᵀZ_jᵀW(Z effects + Q change).

        Parameters
        ----------
        effects : ndarray, shape (k, J)
        change : ndarray, shape (p,)

        Returns
        -------
        ndarray, shape (k, J)
        """
        C = self._with_X[0].reshape(len(change), effects.size)
        right = times(self.A, effects) + (change @ C).reshape(effects.shape)
        return times(self.KT, right)

    def information(self, a):
        """Second derivatives of the working linear model: `working_information`.

        Parameters
        ----------
        a : ndarray, shape (m, k, J)
            Directions of `mlm.engine.curvature`.

        Returns
        -------
        ndarray, shape (m + p, m + p)
        """
        m, kept = len(a), a - times(self.N, times(self.A, a))
        C, by_beta = self._with_X
        with_X = C.reshape(len(C), a[0].size) @ kept.reshape(m, -1).T
        information = np.empty((m + len(C),) * 2)
        information[:m, :m] = a.reshape(m, -1) @ times(self.A, kept).reshape(m, -1).T
        information[m:, :m], information[:m, m:] = with_X, with_X.T
        information[m:, m:] = 2 * by_beta
        return information

    def fixed_covariance(self):
        """Covariance of the fixed effects, (R_XᵀR_X)⁻¹: ndarray, shape (p, p)."""
        size, axes = eigen(self._with_X[1])
        # Of what the rows tell nothing, rounding is left.
        roots = np.sqrt(np.maximum(size, EPSILON * size[-1:]))
        root = solve(self._by_group.model.basis.RX, axes / roots)
        return root @ root.T
