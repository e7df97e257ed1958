"""Penalised least squares at one theta, an equation a line.

Follows section 3 of Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1),
with prior weights W and offset o; the numbers on the right are the paper's equations
(as numbered in lme4's vignette, which is the same text).  It is written to be read;
`mlm.engine.profiled` computes the same criterion to be fast.  Nothing here optimises.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular
from scipy.sparse import csc_array

from mlm.design import covariance
from mlm.design.design import linear_design
from mlm.engine.theta import checked_theta
from mlm.ground.arguments import truth
from mlm.ground.errors import DataError
from mlm.ground.readonly import Locked

# More random effects than this would fill gigabytes.
LARGEST = 10_000


@dataclass(frozen=True, eq=False)
class PLS(Locked):
    """Everything that penalised least squares knows at one value of theta.

    Attributes
    ----------
    theta : ndarray, shape (m,)
    reml : bool
    Lambda : csc_array, shape (q, q)
        Relative covariance factor (eq. 4).
    L : ndarray, shape (q, q)
        Lower Cholesky factor of Λᵀ Zᵀ W Z Λ + I (eq. 18).
    RZX : ndarray, shape (q, p)
        Eq. 49.
    RX : ndarray, shape (p, p)
        Upper triangular (eq. 50).
    beta : ndarray, shape (p,)
        Estimated fixed effects (eq. 51).
    u : ndarray, shape (q,)
        Conditional modes of the spherical random effects (eq. 52).
    b : ndarray, shape (q,)
        Conditional modes of the random effects, b = Λ u (eq. 11).
    mu : ndarray, shape (n,)
        Conditional mean of the response (eq. 13).
    rho2 : float
        Weighted residual sum of squares (eq. 15).
    penalty : float
        ‖u‖², what the random effects cost (eq. 14).
    r2 : float
        Penalised residual sum of squares, rho2 + penalty (eq. 14).
    sigma : float
        Residual standard deviation (eq. 33 for ML, 40 for REML).
    criterion : float
        Profiled deviance (eq. 34) or REML criterion (eq. 41).
    """

    theta: np.ndarray
    reml: bool
    Lambda: csc_array
    L: np.ndarray
    RZX: np.ndarray
    RX: np.ndarray
    beta: np.ndarray
    u: np.ndarray
    b: np.ndarray
    mu: np.ndarray
    rho2: float
    penalty: float
    r2: float
    sigma: float
    criterion: float


def pls(design, theta, reml=True):
    """Solve the penalised least squares problem at one theta.

    Parameters
    ----------
    design : Design
        With y (n,), X (n, p) and Z (n, q).
    theta : array_like, shape (m,)
        Covariance parameters, in the order of `fit.theta`.
    reml : bool
        REML criterion if true, deviance (-2 log likelihood) if false.

    Returns
    -------
    PLS

    Raises
    ------
    DataError
        If theta has the wrong length or is not finite, or q is too large: the
        textbook's matrices are dense.

    References
    ----------
    Bates, Mächler, Bolker & Walker (2015), equations as numbered in the source.

    Examples
    --------
    >>> import mlm
    >>> design = mlm.design_matrices(
    ...     "Reaction ~ Days + (1 | Subject)", mlm.load_sleepstudy()
    ... )
    >>> at_one = mlm.pls(design, [1.0])
    >>> round(at_one.rho2, 2), round(at_one.penalty, 2)
    (156704.73, 20712.24)
    """
    linear_design(design)
    reml = truth("reml", reml)
    theta = checked_theta(design.terms, theta)
    y, X, Z, W = design.y - design.offset, design.X, design.Z, design.W
    n, p, q = design.n, design.p, design.q
    in_full("pls", q, "mlm.lmer and mlm.profiled_deviance")

    Lambda = covariance.Lambda(design.terms, theta)  # (4)
    ZL = Z @ Lambda
    L = np.linalg.cholesky((ZL.T @ W @ ZL).toarray() + np.eye(q))  # (18)
    cu = solve_triangular(L, ZL.T @ W @ y, lower=True)  # (48)
    RZX = solve_triangular(L, ZL.T @ W @ X, lower=True)  # (49)
    RX = np.linalg.cholesky(X.T @ W @ X - RZX.T @ RZX, upper=True)  # (50)
    cb = solve_triangular(RX, X.T @ W @ y - RZX.T @ cu, trans="T")
    beta = solve_triangular(RX, cb)  # (51)
    u = solve_triangular(L, cu - RZX @ beta, lower=True, trans="T")  # (52)
    b = Lambda @ u  # (11)
    mu = X @ beta + Z @ b + design.offset  # (13)
    rho2 = np.sum(W @ (design.y - mu) ** 2)  # (15)
    penalty = np.sum(u**2)
    r2 = rho2 + penalty  # (14)
    log_det = 2 * np.sum(np.log(np.diag(L))) - np.sum(np.log(W.diagonal()))
    d = n
    if reml:
        log_det += 2 * np.sum(np.log(np.diag(RX)))
        d = n - p
    sigma = np.sqrt(r2 / d)  # (33), (40)
    criterion = log_det + d * (1 + np.log(2 * np.pi * r2 / d))  # (34), (41)
    scalars = (rho2, penalty, r2, sigma, criterion)
    parts = (theta, reml, Lambda, L, RZX, RX, beta, u, b, mu)
    return PLS(*parts, *map(float, scalars))


def in_full(name, q, instead):
    """Refuse more random effects than dense matrices can have.

    Parameters
    ----------
    name : str
        Of the function that was called.
    q : int
    instead : str
        What to use for large designs.

    Raises
    ------
    DataError
    """
    if q > LARGEST:
        raise DataError(
            f"{name} shows every matrix in full, and L alone would be {q} × {q}. "
            f"For large designs use {instead}."
        )
