"""Minimise a profiled criterion over theta, and say how that went.

The criterion is even in every column of Lambda, so its derivative is 0 wherever a
column is 0, optimum or not.  The search therefore starts away from there, takes no
step long enough to land there by accident, and where it ends there it tests whether
the criterion really rises on leaving.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from mlm.covariance import RelativeFactor

# A scaled gradient of 1e-3 is about a thousandth of a standard error off in theta.
GRADIENT_TOLERANCE = 1e-3
# Differences of the criterion smaller than this are rounding.
CRITERION_TOLERANCE = 1e-8
# lme4 calls a fit singular where a diagonal element of Λ is below this.  Here the
# element is first multiplied by the size of its effect, so that units do not matter.
SINGULAR_TOLERANCE = 1e-4


@dataclass(frozen=True, eq=False)
class Convergence:
    """How the search for theta ended.

    Attributes
    ----------
    converged : bool
        Whether gradient and curvature are those of a minimum.
    evaluations : int
        How often the criterion was computed.
    gradient : float
        Largest absolute element of the gradient, with theta in units of (about) its
        standard error; 0 at an exact minimum.
    curvature : float
        Smallest eigenvalue of the Hessian in the same units; positive at a minimum.
    singular : bool
        Whether a variance is (nearly) 0, or a correlation ±1.
    """

    converged: bool
    evaluations: int
    gradient: float
    curvature: float
    singular: bool

    def __repr__(self):
        words = "converged" if self.converged else "did not converge"
        return (
            f"{words} after {self.evaluations} evaluations "
            f"(scaled gradient {self.gradient:.1e}, "
            f"smallest curvature {self.curvature:.1e})"
        )


def minimise(deviance, design):
    """Find the theta with the smallest criterion.

    Parameters
    ----------
    deviance : ProfiledDeviance
    design : Design

    Returns
    -------
    theta : ndarray, shape (m,)
        With a non-negative diagonal; variances that vanish are exactly 0.
    convergence : Convergence
    """
    factor = RelativeFactor(design.terms)
    rms, groups = _column_sizes(design)
    unit = 1 / (rms * np.sqrt(4 * groups))  # about the standard error of theta
    theta = _start(deviance, factor, rms, groups)
    for _ in range(len(theta) + 1):
        theta = _descend(deviance, theta, unit)
        theta = _snap_to_zero(deviance, factor.canonical(theta), factor, unit)
        released = _leave_zero(deviance, theta, factor, unit)
        if released is None:
            break
        theta = released
    gradient, hessian = _derivatives(deviance, theta, unit)
    size = np.abs(gradient).max()
    curvature = np.linalg.eigvalsh(hessian).min()
    converged = size < GRADIENT_TOLERANCE and curvature > -GRADIENT_TOLERANCE
    singular = (theta * rms)[factor.is_diagonal].min() < SINGULAR_TOLERANCE
    return theta, Convergence(
        converged=bool(converged),
        evaluations=deviance.evaluations,
        gradient=float(size),
        curvature=float(curvature),
        singular=bool(singular),
    )


def _column_sizes(design):
    """For each element of theta: rms of the effect it multiplies, number of groups."""
    squares = design.Z.multiply(design.Z).sum(axis=0)
    rms, groups = [], []
    for term in design.terms:
        total = squares[term.b_slice].reshape(term.J, term.k).sum(axis=0)
        _, rows = np.triu_indices(term.k)
        rms.extend(np.sqrt(total / design.n)[rows])
        groups.extend([term.J] * len(rows))
    return np.array(rms), np.array(groups)


def _start(deviance, factor, rms, groups):
    """One step of the EM algorithm from random effects as large as the residuals."""
    diagonal = factor.is_diagonal
    theta = diagonal / rms
    gradient = deviance.gradient(theta)[diagonal]
    growth = 1 - theta[diagonal] * gradient / (2 * groups[diagonal])
    theta[diagonal] *= np.sqrt(np.clip(growth, 0.1, 100))
    return theta


def _descend(deviance, theta, unit):
    """Quasi-Newton to the bottom of the valley, then one exact Newton step."""

    def scaled(x):
        criterion, gradient = deviance.with_gradient(x * unit)
        return criterion, gradient * unit

    options = {"gtol": 1e-5, "ftol": 0, "maxiter": 500}
    x = minimize(scaled, theta / unit, jac=True, method="L-BFGS-B", options=options).x
    gradient, hessian = _derivatives(deviance, x * unit, unit)
    if np.linalg.eigvalsh(hessian).min() > GRADIENT_TOLERANCE:
        x = x - np.linalg.solve(hessian, gradient)
    return x * unit


def _derivatives(deviance, theta, unit):
    """Gradient, and Hessian by central differences of it, in units of `unit`."""
    steps = 1e-3 * np.diag(unit)
    differences = [
        deviance.gradient(theta + step) - deviance.gradient(theta - step)
        for step in steps
    ]
    hessian = np.array(differences) * unit / 2e-3
    return deviance.gradient(theta) * unit, (hessian + hessian.T) / 2


def _snap_to_zero(deviance, theta, factor, unit):
    """Set a vanishing diagonal element to exactly 0 where that costs nothing."""
    for i in np.flatnonzero(factor.is_diagonal & (theta < 0.1 * unit)):
        at_zero = theta.copy()
        at_zero[i] = 0
        if deviance(at_zero) <= deviance(theta) + CRITERION_TOLERANCE:
            theta = at_zero
    return theta


def _leave_zero(deviance, theta, factor, unit):
    """Give a better theta with a 0 of the diagonal lifted, or None."""
    for i in np.flatnonzero(factor.is_diagonal & (theta == 0)):
        for step in (0.1, 1.0):
            lifted = theta.copy()
            lifted[i] = step * unit[i]
            if deviance(lifted) < deviance(theta) - CRITERION_TOLERANCE:
                return lifted
    return None
