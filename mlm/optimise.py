"""Minimise a profiled criterion over theta, and say how that went.

Newton's method with the average information for second derivatives, over whole k × k
blocks of Λ for orthonormal effects: scales, units and origins of the predictors do not
matter there, and no corner is in the way.

The criterion depends on ΛΛᵀ only, so its derivative is 0 wherever a column of Λ is 0,
optimum or not.  The search therefore starts away from there and never steps onto it;
where it ends close by, the criterion at 0 itself decides, and whether it really rises
on leaving.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np

from mlm.factors import lower_factor
from mlm.information import average_information
from mlm.moments import start

# A scaled gradient of 1e-3 is about a thousandth of a standard error off in theta.
GRADIENT_TOLERANCE = 1e-3
# Differences of the criterion smaller than this are rounding.
CRITERION_TOLERANCE = 1e-8
# A step that promises less than this is the last.
STOP = 1e-10
MOST_STEPS = 200
# Curvature smaller than this is none.
FLAT = 1e-9
# Blocks stay this far, in standard errors, from being singular during the search.
SMALLEST = 1e-5
# lme4 calls a fit singular where a diagonal element of Λ is below this.  Here Λ is the
# one of orthonormal effects, so that units do not matter.
SINGULAR_TOLERANCE = 1e-4
# Diagonal elements that end so close to 0, in standard errors, are tried there; and a 0
# is left by such steps.
NEARLY_ZERO = 0.1
LIFTS = 0.1, 1.0


@dataclass(frozen=True, eq=False)
class Convergence:
    """How the search for theta ended.

    Attributes
    ----------
    converged : bool
        Whether the gradient is that of a minimum.
    evaluations : int
        How often the criterion was computed.
    gradient : float
        Largest absolute element of the gradient, with theta in units of (about) its
        standard error, before the last step; 0 at an exact minimum.
    singular : bool
        Whether a variance is (nearly) 0, or a correlation ±1.
    """

    converged: bool
    evaluations: int
    gradient: float
    singular: bool
    _hessian: Callable[[], np.ndarray]

    @cached_property
    def eigenvalues(self):
        """Curvature of the criterion at the end, ascending: ndarray, shape (m,).

        Eigenvalues of the Hessian, in the units of `gradient`; all positive at a
        minimum, one near 0 where the data hardly tell.  Computed when asked for.
        """
        return np.linalg.eigvalsh(self._hessian())

    def __repr__(self):
        words = "converged" if self.converged else "did not converge"
        return (
            f"{words} after {self.evaluations} evaluations "
            f"(largest scaled gradient {self.gradient:.1e})"
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
    before = deviance.evaluations
    blocks, gradient = _search(problem)
    size = np.abs(gradient).max()
    evaluations = deviance.evaluations - before
    convergence = judge(blocks, size, evaluations, partial(hessian, deviance, blocks))
    return deviance.products.unwhiten(blocks), convergence


def hessian(deviance, blocks):
    """Second derivatives of the criterion by the lower triangles of the blocks."""
    return _Problem(deviance).hessian(blocks)


def judge(blocks, size, evaluations, hessian):
    """Say how a search ended: `Convergence`.

    Parameters
    ----------
    blocks : list of ndarray, shape (k, k)
        Where it ended.
    size : float
        Largest scaled gradient before the last step.
    evaluations : int
    hessian : callable
        Gives second derivatives there.
    """
    return Convergence(
        converged=bool(size < GRADIENT_TOLERANCE),
        evaluations=evaluations,
        gradient=float(size),
        singular=bool(is_singular(blocks)),
        _hessian=hessian,
    )


def is_singular(blocks):
    """Whether a block, (..., k, k), is nearly singular: bools of shape (...)."""
    smallest = [np.linalg.svd(T, compute_uv=False).min(axis=-1) for T in blocks]
    return np.min(smallest, axis=0) < SINGULAR_TOLERANCE


class _Expansion(NamedTuple):
    """The criterion around some blocks, to second order in their elements."""

    blocks: list
    value: float
    gradient: np.ndarray
    hessian: np.ndarray


class _Problem:
    """The criterion, with elements of the blocks in units of a standard error.

    That of an element is about 1/√(4J).
    """

    def __init__(self, deviance):
        self.deviance = deviance
        self.terms = deviance.products.terms
        self.units = [1 / np.sqrt(4 * term.J) for term in self.terms]
        self.flat_units = np.repeat(self.units, [term.k**2 for term in self.terms])

    def value(self, blocks):
        return self.deviance.at(blocks, gradient=False)[0]

    def gradient(self, blocks):
        _, slopes = self.deviance.at(blocks)
        return np.concatenate([slope.ravel() for slope in slopes]) * self.flat_units

    def expand(self, blocks):
        value, slopes, factors = self.deviance.expand(blocks)
        hessian = average_information(self.deviance, factors)
        start = 0
        for T, slope in zip(blocks, slopes, strict=True):
            part = slice(start, start := start + T.size)
            hessian[part, part] += bend(T, slope)
        gradient = np.concatenate([slope.ravel() for slope in slopes])
        units = self.flat_units
        return _Expansion(
            blocks, value, gradient * units, hessian * units[:, None] * units
        )

    def flat(self, blocks):
        return np.concatenate([T.ravel() for T in blocks]) / self.flat_units

    def moved(self, blocks, step):
        """Add a step to all elements; keep clear of singular blocks."""
        moved, start = [], 0
        for T, unit in zip(blocks, self.units, strict=True):
            part = step[start : (start := start + T.size)].reshape(T.shape)
            moved.append(regular(T + unit * part, SMALLEST * unit))
        return moved

    def hessian(self, blocks):
        """Second derivatives by the lower triangles: differences of the gradient."""
        free = np.concatenate([np.tri(term.k).ravel() for term in self.terms]) > 0
        step, rows = 1e-3, []
        for i in np.flatnonzero(free):
            shift = step * (np.arange(len(free)) == i)
            change = self.gradient(self._shifted(blocks, shift))
            change -= self.gradient(self._shifted(blocks, -shift))
            rows.append(change[free] / (2 * step))
        hessian = np.array(rows)
        return (hessian + hessian.T) / 2

    def _shifted(self, blocks, shift):
        parts = np.split(
            shift * self.flat_units, np.cumsum([T.size for T in blocks])[:-1]
        )
        return [T + d.reshape(T.shape) for T, d in zip(blocks, parts, strict=True)]


def regular(T, smallest):
    """Give blocks T (..., k, k) with singular values raised to `smallest`."""
    if T.shape[-1] == 1:
        return np.maximum(np.abs(T), smallest)
    U, size, Vt = np.linalg.svd(T)
    return (U * np.maximum(size, smallest)[..., None, :]) @ Vt


def bend(T, slope):
    """Part of a block's Hessian that average information lacks on the boundary.

    The slope is S T with a symmetric S, which is 0 at a minimum inside and positive
    where a block wants to be smaller but cannot.

    Parameters
    ----------
    T, slope : ndarray, shape (..., k, k)

    Returns
    -------
    ndarray, shape (..., k², k²)
        Elements row by row.
    """
    k = T.shape[-1]
    if k == 1:
        return np.maximum(slope / T, 0)
    S = slope @ np.linalg.inv(T)
    size, axes = np.linalg.eigh((S + np.swapaxes(S, -1, -2)) / 2)
    positive = (axes * np.maximum(size, 0)[..., None, :]) @ np.swapaxes(axes, -1, -2)
    found = np.einsum("...ab,cd->...acbd", positive, np.eye(k))
    return found.reshape(*T.shape[:-2], k * k, k * k)


def newton_step(gradient, hessian, damping):
    """Give Newton's step, shortened by damping, and the decrease it promises.

    Along directions of negative curvature it goes down, not to the saddle.

    Parameters
    ----------
    gradient : ndarray, shape (..., m)
    hessian : ndarray, shape (..., m, m)
    damping : float or ndarray, shape (...)

    Returns
    -------
    step : ndarray, shape (..., m)
    promised : float or ndarray, shape (...)
    """
    curvature, axes = np.linalg.eigh(hessian)
    # Turning a block changes nothing: there curvature and gradient are 0.
    curvature = np.maximum(np.abs(curvature), FLAT) + np.expand_dims(damping, -1)
    along = np.einsum("...ij,...i->...j", axes, gradient) / curvature
    step = -np.einsum("...ij,...j->...i", axes, along)
    return step, -np.einsum("...i,...i->...", gradient, step) / 2


def _search(problem):
    """Descend, and leave corners that are no minima: blocks and gradient."""
    blocks = start(problem.deviance.products)
    for _ in range(sum(term.k for term in problem.terms) + 1):
        here = _descend(problem, blocks)
        blocks, gradient = [lower_factor(T) for T in here.blocks], here.gradient
        zeroed = _snap_to_zero(problem, blocks, here.value)
        if zeroed is None:
            break
        blocks, gradient = zeroed, problem.gradient(zeroed)
        released = _leave_zero(problem, blocks)
        if released is None:
            break
        blocks = released
    return blocks, gradient


def _descend(problem, blocks):
    """Newton's method, damped (Levenberg, Marquardt) where it would climb.

    If steps do not shrink as Newton's should, average information misjudges the
    curvature; from then on it is corrected by what the gradient tells (symmetric
    rank-one updates).
    """
    here, damping = problem.expand(blocks), 0.0
    correction, slow, promised = np.zeros_like(here.hessian), False, np.inf
    for _ in range(MOST_STEPS):
        before = promised
        step, promised = newton_step(here.gradient, here.hessian + correction, damping)
        if promised < STOP:  # too little to be measured: taken unseen
            return here._replace(blocks=problem.moved(here.blocks, step))
        there = problem.expand(problem.moved(here.blocks, step))
        kept = (here.value - there.value) / promised
        better = there if kept > 0.1 else here
        slow = slow or promised > before / 4
        if slow:
            moved = problem.flat(there.blocks) - problem.flat(here.blocks)
            change = there.gradient - here.gradient
            missing = change - (better.hessian + correction) @ moved
            size = missing @ moved
            if abs(size) > FLAT * np.linalg.norm(missing) * np.linalg.norm(moved):
                correction = correction + np.outer(missing, missing) / size
        if better is here and promised < CRITERION_TOLERANCE:
            break
        here, damping = better, damped(damping, kept)
    return here


def damped(damping, kept):
    """Give the next damping, where a step kept such a share of what it promised."""
    shorter = np.where(kept > 0.5, damping / 10, damping)
    return np.where(kept > 0.1, shorter, np.maximum(10 * damping, 0.03))


def _snap_to_zero(problem, blocks, lowest):
    """Set vanishing diagonal elements to exactly 0 where that is no worse, or None."""
    found = None
    for i, unit in enumerate(problem.units):
        for d in np.flatnonzero(np.diag(blocks[i]) < NEARLY_ZERO * unit):
            at_zero = [block.copy() for block in found or blocks]
            at_zero[i][d, d] = 0
            at_zero[i] = lower_factor(at_zero[i])
            if problem.value(at_zero) <= lowest + CRITERION_TOLERANCE:
                found = at_zero
    return found


def _leave_zero(problem, blocks):
    """Give better blocks with a 0 of a diagonal lifted, or None."""
    lowest = problem.value(blocks)
    for i, unit in enumerate(problem.units):
        for d in np.flatnonzero(np.diag(blocks[i]) == 0):
            for step in LIFTS:
                lifted = [block.copy() for block in blocks]
                lifted[i][d, d] = step * unit
                if problem.value(lifted) < lowest - CRITERION_TOLERANCE:
                    return lifted
    return None
