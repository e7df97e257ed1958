"""What the engine knows at one theta beyond the criterion: estimates and variances.

The same pieces as `mlm.pls`, by blocks and so at any size: fixed effects, conditional
modes and their variances.  Letters as in `mlm.profiled`.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg import solve_triangular

from mlm.errors import DataError
from mlm.factors import solve_lower
from mlm.products import EXACT


@dataclass(frozen=True, eq=False)
class Solution:
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


def solve_linear(design):
    """Solve a design without random terms by least squares.

    Parameters
    ----------
    design : Design

    Returns
    -------
    Solution
        With -2 log likelihood as criterion, and the unbiased sigma, as in R.

    Raises
    ------
    DataError
        If there are not more observations than coefficients, or no residuals.
    """
    n, p = design.n, design.p
    X = design.weighted(design.X)
    y = design.weighted((design.y - design.offset)[:, None])[:, 0]
    if n <= p:
        raise DataError(
            f"{p} coefficients for {n} observations: nothing is left to estimate the "
            "residual variance. Use fewer predictors."
        )
    Q, R = np.linalg.qr(X)
    R_inverse = np.linalg.inv(R)
    beta = R_inverse @ (Q.T @ y)
    rss = np.sum((y - X @ beta) ** 2)
    if rss <= (EXACT * np.linalg.norm(y)) ** 2:
        raise DataError(
            "the predictors explain the response exactly. Is one of them computed "
            "from it?"
        )
    log_weights = 0.0 if design.weights is None else np.log(design.weights).sum()
    return Solution(
        theta=np.empty(0),
        criterion=float(n * (1 + np.log(2 * np.pi * rss / n)) - log_weights),
        sigma=float(np.sqrt(rss / (n - p))),
        beta=beta,
        vcov=R_inverse @ R_inverse.T,
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
    found = modes(products, factors)
    b2 = products.rest_times(factors.blocks, -found.rest)[:q2]
    return Solution(
        theta=theta,
        criterion=deviance.criterion(factors),
        sigma=float(abs(R[-1, -1]) / np.sqrt(deviance.d)),
        beta=solve_triangular(products.RX, products.Qty - found.rest[q2:-1]),
        vcov=fixed_covariance(products, factors),
        b=_by_term(products, found.b1.T, b2),
    )


def fixed_covariance(products, factors):
    """Covariance of the fixed effects over sigma² (eq. 54): ndarray, shape (p, p)."""
    q2 = products.q2
    root = np.linalg.inv(products.RX) @ np.linalg.inv(factors.R[q2:-1, q2:-1].T)
    return root @ root.T


class Modes(NamedTuple):
    """What solves the penalised system, for orthonormal effects."""

    rest: np.ndarray  # −u₂, −β of Q, and 1: shape (q₂ + p + 1,)
    left: np.ndarray  # Z_jᵀ (y − Xβ − Z₂b₂): shape (k, J)
    b1: np.ndarray  # of the leading terms: shape (k, J)


def modes(products, factors):
    """Solve for the conditional modes and the fixed effects.

    Parameters
    ----------
    products : Products
    factors : Factors

    Returns
    -------
    Modes
    """
    R, q2 = factors.R, products.q2
    # The last row of R is what is left of y; solving with it gives u₂ and β.
    solved = solve_lower(R[:-1, :-1], R[-1, :-1], transposed=True)
    rest = np.append(-solved, 1.0)
    b2 = products.rest_times(factors.blocks, rest)
    left = np.einsum("r,raj->aj", b2[-len(products.C) :], products.C)
    if products.coupling is not None:
        left += products.coupled(b2[:q2])
    # For each leading group, N_j Z_jᵀ (y − Xβ − Z₂b₂): the group's own modes.
    return Modes(rest, left, np.einsum("abj,bj->aj", factors.N, left))


def _by_term(products, b1, b2):
    """Modes of the original effects, term by term."""
    found, start = {}, 0
    for i in products.lead:
        k = products.terms[i].k
        found[i] = products.original(i, b1[:, start : start + k])
        start += k
    start = 0
    for i in products.others:
        term = products.terms[i]
        part = b2[start : start + term.b_size].reshape(term.J, term.k)
        found[i] = products.original(i, part)
        start += term.b_size
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
    q2, N = products.q2, factors.N
    P = np.zeros_like(factors.R)
    variances = {}
    if q2:
        P[:q2, :q2] = spread(products, factors, q2)
        inner = np.einsum("bcj,cdj->bdj", products.middle(P), N)
        N = N + np.einsum("abj,bdj->adj", N, inner)
        ends = np.cumsum([terms[i].b_size for i in products.others])
        places = dict(
            zip(products.others, np.split(np.arange(q2), ends[:-1]), strict=True)
        )
        for group in dict.fromkeys(terms[i].group for i in products.others):
            members = [i for i in products.others if terms[i].group == group]
            b = np.hstack([places[i].reshape(-1, terms[i].k) for i in members])
            variance = P[b[:, :, None], b[:, None, :]]
            variances[group] = products.original_variance(members, variance)
    variance = products.original_variance(products.lead, np.moveaxis(N, -1, 0))
    return variances | {terms[products.lead[0]].group: variance}


def spread(products, factors, size):
    """Λ₂ S⁻¹ Λ₂ᵀ of the first `size` of [Z₂ X y]: ndarray, shape (size, size)."""
    Lambda_2_t = products.rest_times(
        factors.blocks, np.eye(len(factors.R)), transposed=True
    )
    root = solve_triangular(
        factors.R[:size, :size], Lambda_2_t[:size, :size], lower=True
    )
    return root.T @ root
