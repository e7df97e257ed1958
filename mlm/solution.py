"""What the engine knows at one theta beyond the criterion: estimates and variances.

The same pieces as `mlm.pls`, by blocks and so at any size: fixed effects, conditional
modes and their variances.  Letters as in `mlm.elimination`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from mlm.elimination import inverse_block
from mlm.errors import DataError
from mlm.products import EXACT
from mlm.readonly import Locked


@dataclass(frozen=True, eq=False)
class Solution(Locked):
    """Estimates at one theta; the covariances are divided by sigma².

    Attributes
    ----------
    theta : ndarray, shape (m,)
    criterion : float
        REML criterion, or deviance.
    sigma : float
        Residual standard deviation (Bates et al. 2015, eq. 33 for ML, 40 for REML).
    beta : ndarray, shape (p,)
        Fixed effects (eq. 51).
    vcov : ndarray, shape (p, p)
        Their covariance over sigma² (eq. 54).
    b : list of ndarray, shape (J, k)
        Conditional modes, term by term (eq. 11, 52).
    """

    theta: np.ndarray
    criterion: float
    sigma: float
    beta: np.ndarray
    vcov: np.ndarray
    b: list


class LeastSquares:
    """A design without random terms, factorised once to solve for many responses.

    Parameters
    ----------
    design : Design

    Raises
    ------
    DataError
        If there are not more observations than coefficients.
    """

    def __init__(self, design):
        self.design, (n, p) = design, design.X.shape
        if n <= p:
            raise DataError(
                f"{p} coefficients for {n} observations: nothing is left to estimate "
                "the residual variance. Use fewer predictors."
            )
        self._X = design.weighted(design.X)
        self._Q, R = np.linalg.qr(self._X)
        self._R_inverse = np.linalg.inv(R)
        self._vcov = self._R_inverse @ self._R_inverse.T
        weights = design.weights
        self._log_weights = 0.0 if weights is None else np.log(weights).sum()

    def solve(self, y):
        """Solve for a response, ndarray of shape (n,).

        Returns
        -------
        Solution
            With -2 log likelihood as criterion, and the unbiased sigma, as in R.

        Raises
        ------
        DataError
            If there are no residuals.
        """
        design, (n, p) = self.design, self._X.shape
        y = design.weighted((y - design.offset)[:, None])[:, 0]
        beta = self._R_inverse @ (self._Q.T @ y)
        rss = np.sum((y - self._X @ beta) ** 2)
        if rss <= (EXACT * np.linalg.norm(y)) ** 2:
            raise DataError(
                "the predictors explain the response exactly. Is one of them computed "
                "from it?"
            )
        criterion = n * (1 + np.log(2 * np.pi * rss / n)) - self._log_weights
        return Solution(
            theta=np.empty(0),
            criterion=float(criterion),
            sigma=float(np.sqrt(rss / (n - p))),
            beta=beta,
            vcov=self._vcov,
            b=[],
        )


def solve(deviance, theta):
    """Solve the penalised least squares problem at theta by the engine's blocks.

    Parameters
    ----------
    deviance : ProfiledDeviance
    theta : array_like, shape (m,)

    Returns
    -------
    Solution
    """
    products = deviance.products
    factors = deviance.factorise(products.whiten(theta))
    R, q2 = factors.R, products.q2
    found = factors.modes()
    b2 = factors.rest_times(-found.rest)[:q2]
    return Solution(
        theta=theta,
        criterion=deviance.criterion(factors),
        sigma=float(abs(R[-1, -1]) / np.sqrt(deviance.d)),
        beta=solve_triangular(products.RX, products.Qty - found.rest[q2:-1]),
        vcov=fixed_covariance(products, factors),
        b=_by_term(products, found.b, b2),
    )


def fixed_covariance(products, factors):
    """Covariance of the fixed effects over sigma² (eq. 54): ndarray, shape (p, p)."""
    q2 = products.q2
    root = np.linalg.inv(products.RX) @ np.linalg.inv(factors.R[q2:-1, q2:-1].T)
    return root @ root.T


def _by_term(products, b, b2):
    """Modes of the original effects, term by term."""
    found = {}
    for stage, modes in zip(products.stages, b, strict=True):
        for i, rows in stage.spans.items():
            found[i] = products.original(i, modes[rows].T)
    for i, rows in products.rows.items():
        found[i] = products.original(i, b2[rows].reshape(-1, products.terms[i].k))
    return [found[i] for i in range(len(found))]


def conditional_variances(deviance, theta):
    """Λ V Λᵀ (Bates et al. 2015, eq. 58) over sigma², by grouping factor.

    Parameters
    ----------
    deviance : ProfiledDeviance
    theta : array_like, shape (m,)

    Returns
    -------
    dict of ndarray, shape (J, k, k)
        Conditional covariance of each grouping factor's effects, those of all its
        terms together.
    """
    products, terms = deviance.products, deviance.products.terms
    factors = deviance.factorise(products.whiten(theta))
    P = np.zeros_like(factors.R)
    P[: products.q2, : products.q2] = spread(factors, products.q2)
    variances = {}
    for group in dict.fromkeys(terms[i].group for i in products.others):
        members = [i for i in products.others if terms[i].group == group]
        b = np.arange(products.q2)
        b = [b[products.rows[i]].reshape(-1, terms[i].k) for i in members]
        b = np.hstack(b)
        variance = P[b[:, :, None], b[:, None, :]]
        variances[group] = products.original_variance(members, variance)
    for stage, eliminated, D in factors.backward(P):
        variance = np.moveaxis(inverse_block(eliminated.N, D), -1, 0)
        variance = products.original_variance(stage.members, variance)
        variances[stage.term.group] = variance
    return variances


def spread(factors, size):
    """Λ₂ S⁻¹ Λ₂ᵀ of the first `size` of [Z₂ X y]: ndarray, shape (size, size)."""
    Lambda_2_t = factors.rest_times(np.eye(len(factors.R)), transposed=True)
    root = solve_triangular(
        factors.R[:size, :size], Lambda_2_t[:size, :size], lower=True
    )
    return root.T @ root
