"""The engine: profiled criterion of theta and its exact gradient.

The same numbers as `mlm.pls`, computed for speed instead of for reading: the data
enter once, as cross-products, and a Cholesky factor of one small matrix gives both
the criterion and its gradient.  The cost of an evaluation does not grow with n.

With the columns in the order Z, X, y,

    A = [Z X y]ᵀ [Z X y],      L Lᵀ = Λ̃ᵀ A Λ̃ + diag(I, 0, 0),   Λ̃ = blockdiag(Λ, I, I)

the diagonal of L holds L_θ, R_X and r(θ) of Bates et al. (2015) one after another, so

    f(θ) = Σ w_i log L²_ii + d (1 + log(2π/d)),    ∂f/∂Λ̃ = 2 A Λ̃ L⁻ᵀ W L⁻¹

with w = 1 on the rows of Z, 1 (REML) or 0 (ML) on those of X, and d on that of y;
d = n − p (REML) or n (ML).
"""

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from mlm.covariance import RelativeFactor
from mlm.errors import DataError

# A residual smaller than this share of the response is rounding.
EXACT = 1e-13


class ProfiledDeviance:
    """Criterion of a design as a function of theta alone: call it, plot it, test it.

    Made by `profiled_deviance`.

    Attributes
    ----------
    names : list of str, length m
        Names of theta.
    evaluations : int
        How often the criterion has been computed so far.
    """

    def __init__(self, design, reml=True):
        self.factor = RelativeFactor(design.terms)
        self.names = self.factor.names
        self.evaluations = 0
        self._q = design.q
        self._d = design.n - design.p if reml else design.n
        # Orthonormal X, and y without what X explains: an offset or a scale of the
        # data then costs no digits in the cross-products.
        Q, R = np.linalg.qr(design.X)
        y = design.y - Q @ (Q.T @ design.y)
        y -= Q @ (Q.T @ y)
        if np.linalg.norm(y) <= EXACT * np.linalg.norm(design.y):
            raise DataError(
                "the fixed effects explain the response exactly: there is nothing "
                "left for random effects. Is a predictor computed from the response?"
            )
        Z, Xy = design.Z, np.column_stack([Q, y])
        self._A = np.block([[(Z.T @ Z).toarray(), Z.T @ Xy], [(Z.T @ Xy).T, Xy.T @ Xy]])
        self._weight = np.repeat([1.0, float(reml), self._d], [design.q, design.p, 1])
        log_det_R = np.log(np.abs(np.diag(R))).sum()
        self._constant = self._d * (1 + np.log(2 * np.pi / self._d))
        self._constant += 2 * log_det_R * reml

    def __call__(self, theta):
        """Give the REML criterion, or the deviance, at theta."""
        return self.with_gradient(theta)[0]

    def gradient(self, theta):
        """Give the exact derivative of the criterion by theta, shape (m,)."""
        return self.with_gradient(theta)[1]

    def with_gradient(self, theta):
        """Give the criterion and its gradient, from one factorisation.

        Parameters
        ----------
        theta : array_like, shape (m,)

        Returns
        -------
        criterion : float
        gradient : ndarray, shape (m,)
        """
        self.evaluations += 1
        q = self._q
        Lambda = self.factor.Lambda(theta)
        A_Lambda = self._A.copy()
        A_Lambda[:, :q] = (Lambda.T @ self._A[:q]).T
        inner = A_Lambda.copy()
        inner[:q] = Lambda.T @ A_Lambda[:q]
        inner[np.arange(q), np.arange(q)] += 1
        L = cholesky(inner, lower=True, overwrite_a=True, check_finite=False)
        criterion = self._weight @ np.log(np.diag(L) ** 2) + self._constant
        L_inverse = solve_triangular(L, np.eye(len(L)), lower=True, check_finite=False)
        B = L_inverse.T @ (self._weight[:, None] * L_inverse)
        return float(criterion), self.factor.gather(2 * A_Lambda[:q] @ B[:, :q])


def profiled_deviance(design, reml=True):
    """Criterion of a design as a callable of theta.

    Parameters
    ----------
    design : Design
    reml : bool
        REML criterion if true, deviance (-2 log likelihood) if false.

    Returns
    -------
    ProfiledDeviance

    Examples
    --------
    >>> import mlm
    >>> design = mlm.design_matrices(
    ...     "Reaction ~ Days + (1 | Subject)", mlm.load_sleepstudy()
    ... )
    >>> round(mlm.profiled_deviance(design)([1.0]), 4)
    1787.3989
    """
    return ProfiledDeviance(design, reml)
