"""Estimates of a generalised linear mixed model, where its criterion is smallest."""

import numpy as np

from mlm.engine.optimum import minimise
from mlm.engine.points import Point
from mlm.engine.solution import Solution
from mlm.ground.errors import DataError
from mlm.ground.linalg import lower_factor, solve

# Elements of blocks smaller than this are 0, on the boundary.
ZERO = 1e-10


def estimates(criterion, start=None):
    """Estimates where the criterion is smallest.

    Parameters
    ----------
    criterion : LaplaceCriterion
    start : array_like, shape (m,), optional
        A theta to search from as well.

    Returns
    -------
    solution : Solution
    convergence : Convergence

    Raises
    ------
    DataError
        If the criterion cannot be computed where the search ended, or anywhere.
    """
    theta, beta, convergence = minimise(criterion, start)
    try:
        found = solution_at(criterion, theta, beta)
    except DataError:  # the last step, which a search takes unseen, lost the mode
        theta, beta, convergence = minimise(criterion, start, careful=True)
        found = solution_at(criterion, theta, beta)
    if not convergence.converged:
        # Where ℓ is not concave, a search can follow a mode that is not found again.
        without = criterion.start().vector[0]
        alone = solution_at(criterion, np.zeros_like(theta), without)
        found = min(alone, found, key=lambda solution: solution.criterion)
    return found, convergence


def solution_at(criterion, theta, beta):
    """Estimates at one θ and β of Q.

    Parameters
    ----------
    criterion : LaplaceCriterion
    theta : ndarray, shape (m,)
    beta : ndarray, shape (p,)
        Coefficients of Q; empty where they are part of the mode.

    Returns
    -------
    Solution
        With 1 for sigma; the covariance is that of known θ, (R_XᵀR_X)⁻¹.

    Raises
    ------
    DataError
        If no conditional mode is found there.
    """
    basis = criterion.basis
    blocks = [lower_factor(T) for T in basis.whiten(theta)]
    try:
        here = criterion.around(blocks, beta)
    except (DataError, np.linalg.LinAlgError):
        raise criterion.error() from None
    b = [
        basis.original(i, (T @ u).T)
        for i, (T, u) in enumerate(zip(blocks, here.mode.u, strict=True))
    ]
    return Solution(
        theta=theta,
        criterion=here.value,
        sigma=1.0,
        beta=solve(basis.RX, here.mode.beta),
        vcov=here.factors.fixed_covariance(),
        b=b,
    )


def covariance_by_hessian(criterion, solution):
    """Covariance of β, with what is not known of θ: from second derivatives.

    Half the Hessian by θ and β, of which the inverse has this block; elements of Λ
    that are 0, on the boundary, stay there.

    Parameters
    ----------
    criterion : LaplaceCriterion
    solution : Solution

    Returns
    -------
    ndarray, shape (p, p), or None
        None if the Hessian is not positive definite, or cannot be computed: where
        means are at the edge of what they can be.
    """
    basis, p = criterion.basis, len(solution.beta)
    blocks = [lower_factor(T) for T in basis.whiten(solution.theta)]
    point = Point.of(blocks, basis.RX @ solution.beta)
    try:
        H = criterion.hessian(point, basis.RX @ solution.vcov @ basis.RX.T)
    except (DataError, np.linalg.LinAlgError):
        return None
    if not np.isfinite(H).all():
        return None
    elements = [T[np.tri(len(T), dtype=bool)] for T in blocks]
    free = np.append(np.abs(np.concatenate(elements)) > ZERO, np.ones(p, dtype=bool))
    try:
        L = np.linalg.cholesky(H[free][:, free] / 2)
    except np.linalg.LinAlgError:
        return None
    # The last block of the inverse of L Lᵀ needs the last block of L alone.
    L = L[len(L) - p :, len(L) - p :]
    root = solve(L.T @ basis.RX, np.eye(p))
    return root @ root.T
