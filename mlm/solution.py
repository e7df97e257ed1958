"""What the engine knows at one theta beyond the criterion: estimates and variances.

The same pieces as `mlm.pls`, by blocks and so at any size: fixed effects, conditional
modes and their variances.  Letters as in `mlm.profiled`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from mlm.errors import DataError
from mlm.products import EXACT


@dataclass(frozen=True, eq=False)
class Solution:
    """Estimates at one theta; the covariances are divided by sigma².

    Attributes
    ----------
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
    condvar : dict of ndarray, shape (J, k, k)
        Conditional covariance over sigma² (eq. 58) of each grouping factor's effects,
        those of all its terms together.
    """

    criterion: float
    sigma: float
    beta: np.ndarray
    vcov: np.ndarray
    b: list
    condvar: dict


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
    if n <= p:
        raise DataError(
            f"{p} coefficients for {n} observations: nothing is left to estimate the "
            "residual variance. Use fewer predictors."
        )
    Q, R = np.linalg.qr(design.X)
    R_inverse = np.linalg.inv(R)
    beta = R_inverse @ (Q.T @ design.y)
    rss = np.sum((design.y - design.X @ beta) ** 2)
    if rss <= (EXACT * np.linalg.norm(design.y)) ** 2:
        raise DataError(
            "the predictors explain the response exactly. Is one of them computed "
            "from it?"
        )
    return Solution(
        criterion=float(n * (1 + np.log(2 * np.pi * rss / n))),
        sigma=float(np.sqrt(rss / (n - p))),
        beta=beta,
        vcov=R_inverse @ R_inverse.T,
        b=[],
        condvar={},
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
    blocks = products.whiten(theta)
    factors = deviance.factorise(blocks)
    R, q2 = factors.R, products.q2
    # The last row of R is what is left of y; solving with it gives u₂ and β.
    solved = solve_triangular(R[:-1, :-1], R[-1, :-1], lower=True, trans="T")
    RX_inverse = np.linalg.inv(products.RX)
    from_Q = RX_inverse @ np.linalg.inv(R[q2:-1, q2:-1].T)
    b2 = products.rest_times(blocks, solved[:q2])
    # For each leading group, N_j Z_jᵀ (y − Xβ − Z₂b₂): the group's own modes.
    rest = np.append(-solved[q2:], 1.0)
    left = np.einsum("r,raj->aj", rest, products.C)
    for a, C_a in enumerate(products.C2):
        left[a] -= C_a.T @ b2
    b1 = np.einsum("abj,bj->ja", factors.N, left)
    return Solution(
        criterion=deviance.at(blocks, gradient=False)[0],
        sigma=float(abs(R[-1, -1]) / np.sqrt(deviance.d)),
        beta=RX_inverse @ (solved[q2:] + products.Qty),
        vcov=from_Q @ from_Q.T,
        b=_by_term(products, b1, b2),
        condvar=_conditional_variances(products, factors),
    )


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


def _conditional_variances(products, factors):
    """Λ V Λᵀ (eq. 58), the diagonal blocks of each grouping factor."""
    q2, N, terms = products.q2, factors.N, products.terms
    P = np.zeros_like(factors.R)
    variances = {}
    if q2:
        # Of b₂: P = Λ₂ (R₂₂ R₂₂ᵀ)⁻¹ Λ₂ᵀ.  Of b₁: N_j + N_j C_jᵀ P C_j N_j.
        Lambda_2_t = products.rest_times(factors.blocks, np.eye(q2), transposed=True)
        root = solve_triangular(factors.R[:q2, :q2], Lambda_2_t, lower=True)
        P[:q2, :q2] = root.T @ root
        spread = np.einsum("bcj,cdj->bdj", products.middle(P), N)
        N = N + np.einsum("abj,bdj->adj", N, spread)
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
