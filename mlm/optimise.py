"""Minimise a profiled criterion over theta, and say how that went.

The search runs over whole k × k blocks of Λ for orthonormal effects: scales, units
and origins of the predictors do not matter there, and no corner is in the way.

The criterion is even in every column of Λ, so its derivative is 0 wherever a column
is 0, optimum or not.  The search therefore starts away from there, takes no step long
enough to land there by accident, and where it ends there it tests whether the
criterion really rises on leaving.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from mlm.products import lower_factor

# A scaled gradient of 1e-3 is about a thousandth of a standard error off in theta.
GRADIENT_TOLERANCE = 1e-3
# Differences of the criterion smaller than this are rounding.
CRITERION_TOLERANCE = 1e-8
# lme4 calls a fit singular where a diagonal element of Λ is below this.  Here Λ is the
# one of orthonormal effects, so that units do not matter.
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


def minimise(deviance):
    """Find the theta with the smallest criterion.

    Parameters
    ----------
    deviance : ProfiledDeviance

    Returns
    -------
    theta : ndarray, shape (m,)
        With a non-negative diagonal; variances that vanish are exactly 0.
    convergence : Convergence
    """
    problem = _Problem(deviance)
    blocks = _search(problem, _start(problem))
    hessian = problem.hessian(blocks)
    curvature = np.linalg.eigvalsh(hessian).min()
    if curvature > GRADIENT_TOLERANCE:
        blocks = _newton_step(problem, blocks, hessian)
    size = np.abs(problem.gradient(blocks)).max()
    smallest = min(np.linalg.svd(T, compute_uv=False).min() for T in blocks)
    converged = size < GRADIENT_TOLERANCE and curvature > -GRADIENT_TOLERANCE
    convergence = Convergence(
        converged=bool(converged),
        evaluations=deviance.evaluations,
        gradient=float(size),
        curvature=float(curvature),
        singular=bool(smallest < SINGULAR_TOLERANCE),
    )
    return deviance.products.unwhiten(blocks), convergence


class _Problem:
    """The criterion as a function of a flat vector x, in units of a standard error.

    Blocks of Λ (one k × k array a term) are x times about the standard error of their
    elements, 1/√(4J).
    """

    def __init__(self, deviance):
        self.deviance = deviance
        self.sizes = [term.k for term in deviance.products.terms]
        self.units = [1 / np.sqrt(4 * term.J) for term in deviance.products.terms]

    def blocks(self, x):
        parts = np.split(x, np.cumsum([k * k for k in self.sizes])[:-1])
        return [
            part.reshape(k, k) * unit
            for part, k, unit in zip(parts, self.sizes, self.units, strict=True)
        ]

    def flat(self, blocks):
        parts = zip(blocks, self.units, strict=True)
        return np.concatenate([np.ravel(block) / unit for block, unit in parts])

    def value(self, blocks):
        return self.deviance.at(blocks, gradient=False)[0]

    def with_gradient(self, x):
        criterion, slopes = self.deviance.at(self.blocks(x))
        scaled = zip(slopes, self.units, strict=True)
        return criterion, np.concatenate([np.ravel(s) * unit for s, unit in scaled])

    def free(self):
        """Elements of x on and below the diagonals: the others are redundant."""
        return np.concatenate([np.tri(k, dtype=bool).ravel() for k in self.sizes])

    def gradient(self, blocks):
        """Derivative by the lower triangles."""
        return self.with_gradient(self.flat(blocks))[1][self.free()]

    def hessian(self, blocks):
        """Second derivatives by the lower triangles: differences of the gradient."""
        x, free, step = self.flat(blocks), self.free(), 1e-3
        rows = []
        for i in np.flatnonzero(free):
            up, down = x.copy(), x.copy()
            up[i], down[i] = x[i] + step, x[i] - step
            change = self.with_gradient(up)[1] - self.with_gradient(down)[1]
            rows.append(change[free] / (2 * step))
        hessian = np.array(rows)
        return (hessian + hessian.T) / 2


def _start(problem):
    """One step of the EM algorithm from random effects as large as the residuals."""
    _, slopes = problem.deviance.at([np.eye(k) for k in problem.sizes])
    start = []
    for slope, term in zip(slopes, problem.deviance.products.terms, strict=True):
        growth = 1 - np.diag(slope) / (2 * term.J)
        start.append(np.diag(np.sqrt(np.clip(growth, 0.1, 100))))
    return start


def _search(problem, blocks):
    """Descend, and leave corners that are no minima."""
    for _ in range(sum(problem.sizes) + 1):
        blocks = _snap_to_zero(problem, _descend(problem, blocks))
        released = _leave_zero(problem, blocks)
        if released is None:
            break
        blocks = released
    return blocks


def _descend(problem, blocks):
    """Quasi-Newton to the bottom of the valley; give triangular blocks."""
    options = {"gtol": 1e-4, "ftol": 0, "maxiter": 500, "maxcor": 20}
    start = problem.flat(blocks)
    method = {"jac": True, "method": "L-BFGS-B", "options": options}
    x = minimize(problem.with_gradient, start, **method).x
    return [lower_factor(block) for block in problem.blocks(x)]


def _newton_step(problem, blocks, hessian):
    """Remove what the descent left: one step, if it does not lead upwards."""
    x = problem.flat(blocks)
    x[problem.free()] -= np.linalg.solve(hessian, problem.gradient(blocks))
    polished = [lower_factor(block) for block in problem.blocks(x)]
    better = problem.value(polished) <= problem.value(blocks) + CRITERION_TOLERANCE
    return polished if better else blocks


def _snap_to_zero(problem, blocks):
    """Set a vanishing diagonal element to exactly 0 where that costs nothing."""
    for i, unit in enumerate(problem.units):
        for d in np.flatnonzero(np.diag(blocks[i]) < 0.1 * unit):
            at_zero = [block.copy() for block in blocks]
            at_zero[i][d, d] = 0
            at_zero[i] = lower_factor(at_zero[i])
            if problem.value(at_zero) <= problem.value(blocks) + CRITERION_TOLERANCE:
                blocks = at_zero
    return blocks


def _leave_zero(problem, blocks):
    """Give better blocks with a 0 of a diagonal lifted, or None."""
    lowest = problem.value(blocks)
    for i, unit in enumerate(problem.units):
        for d in np.flatnonzero(np.diag(blocks[i]) == 0):
            for step in (0.1, 1.0):
                lifted = [block.copy() for block in blocks]
                lifted[i][d, d] = step * unit
                if problem.value(lifted) < lowest - CRITERION_TOLERANCE:
                    return lifted
    return None
