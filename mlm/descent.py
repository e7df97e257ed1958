"""Descend to a minimum of a profiled criterion, from given blocks of Λ.

Newton's method with the average information for second derivatives, over whole k × k
blocks of Λ for orthonormal effects: scales, units and origins of the predictors do not
matter there, and no corner is in the way.

The criterion depends on ΛΛᵀ only, so its derivative is 0 wherever a column of Λ is 0,
optimum or not.  The search therefore never steps onto such a point; where it ends close
by, the criterion at 0 itself decides.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np

from mlm.errors import DataError
from mlm.factors import lower_factor
from mlm.information import average_information

# Differences of the criterion smaller than this are rounding.
CRITERION_TOLERANCE = 1e-8
# A step that promises less than this is the last.
STOP = 1e-10
MOST_STEPS = 100
# Curvature smaller than this is none.
FLAT = 1e-9
# Blocks stay this far, in standard errors, from being singular during the search.
SMALLEST = 1e-5
# Diagonal elements that end so close to 0, in standard errors, are tried there.
NEARLY_ZERO = 0.1
# How often a start at which the criterion cannot be computed is divided by 10.
MOST_RETREATS = 6


class Expansion(NamedTuple):
    """The criterion around some blocks, to second order in their elements."""

    blocks: list
    value: float
    slopes: np.ndarray  # by the elements, row by row: shape (Σ k²,)
    curvature: np.ndarray  # shape (Σ k², Σ k²)
    units: np.ndarray  # about a standard error of every element
    left: float  # r² as a share of the response's sum of squares

    @property
    def gradient(self):
        return self.slopes * self.units


class Problem:
    """The criterion, with elements of the blocks in units of a standard error.

    That of an element is about 1/√(4J) where its effect is small, and grows with it.
    """

    def __init__(self, deviance):
        self.deviance = deviance
        self.terms = deviance.products.terms
        self.units = [1 / np.sqrt(4 * term.J) for term in self.terms]
        self.failure = None

    def value(self, blocks):
        """The criterion; infinite where it cannot be computed."""
        try:
            value = self.deviance.at(blocks, gradient=False)[0]
        except (DataError, np.linalg.LinAlgError) as error:
            self.failure = error
            return np.inf
        return value if np.isfinite(value) else np.inf

    def expand(self, blocks):
        """The criterion to second order, or None where it cannot be computed."""
        try:
            value, slopes, factors = self.deviance.expand(blocks)
            curvature = average_information(self.deviance, factors)
            start = 0
            for T, slope in zip(blocks, slopes, strict=True):
                part = slice(start, start := start + T.size)
                curvature[part, part] += bend(T, slope)
        except (DataError, np.linalg.LinAlgError) as error:
            self.failure = error
            return None
        if not np.isfinite(value) or not np.isfinite(curvature).all():
            return None
        slopes = np.concatenate([slope.ravel() for slope in slopes])
        left = factors.R[-1, -1] ** 2 / self.deviance.products.A22[-1, -1]
        units = self.units_at(blocks)
        return Expansion(blocks, value, slopes, curvature, units, left)

    def units_at(self, blocks):
        """About the standard error of every element: shape (Σ k²,)."""
        units = []
        for T, unit in zip(blocks, self.units, strict=True):
            for row in T:
                units += [unit * sqrt(1 + np.vdot(row, row))] * len(T)
        return np.array(units)

    def vanishes(self, blocks):
        """Whether all blocks are so small that 0 itself should be tried."""
        parts = zip(blocks, self.units, strict=True)
        return all(np.abs(T).max() < NEARLY_ZERO * unit for T, unit in parts)

    def moved(self, blocks, step):
        """Add a step to all elements; keep clear of singular blocks."""
        moved, start = [], 0
        for T, unit in zip(blocks, self.units, strict=True):
            part = step[start : (start := start + T.size)].reshape(T.shape)
            moved.append(regular(T + part, SMALLEST * unit))
        return moved

    def hessian(self, blocks):
        """Second derivatives by the lower triangles: differences of the gradient."""
        free = np.concatenate([np.tri(term.k).ravel() for term in self.terms]) > 0
        units, rows = self.units_at(blocks), []
        for i in np.flatnonzero(free):
            shift = 1e-3 * units * (np.arange(len(free)) == i)
            change = self._slopes(blocks, shift) - self._slopes(blocks, -shift)
            rows.append((change * units)[free] / 2e-3)
        hessian = np.array(rows)
        return (hessian + hessian.T) / 2

    def _slopes(self, blocks, shift):
        parts = np.split(shift, np.cumsum([T.size for T in blocks])[:-1])
        shifted = [T + d.reshape(T.shape) for T, d in zip(blocks, parts, strict=True)]
        return np.concatenate([s.ravel() for s in self.deviance.at(shifted)[1]])


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


class Minimum(NamedTuple):
    """Where a descent ended."""

    blocks: list  # lower triangular
    value: float
    size: float  # largest scaled gradient before the last step
    left: float  # as in `Expansion`


def settle(problem, blocks):
    """Descend from some blocks, and set variances that vanish to exactly 0.

    Parameters
    ----------
    problem : Problem
    blocks : list of ndarray, shape (k, k)
        One a term.  They are made smaller where the criterion cannot be computed.

    Returns
    -------
    Minimum or None
        None if the criterion cannot be computed anywhere near.
    """
    parts = zip(blocks, problem.units, strict=True)
    blocks = [regular(T, SMALLEST * unit) for T, unit in parts]
    for _ in range(MOST_RETREATS):
        here = problem.expand(blocks)
        if here is not None:
            here = _descend(problem, here)
            blocks = [lower_factor(T) for T in here.blocks]
            size = float(np.abs(here.gradient).max())
            return _snap_to_zero(problem, Minimum(blocks, here.value, size, here.left))
        blocks = [T / 10 for T in blocks]
    return None


def _descend(problem, here):
    """Newton's method, damped (Levenberg, Marquardt) where it would climb.

    If steps do not shrink as Newton's should, average information misjudges the
    curvature; from then on it is corrected by what the gradient tells (symmetric
    rank-one updates).  A trial point that cannot be evaluated is a step to take back.
    """
    damping, correction = 0.0, np.zeros_like(here.curvature)
    slow, promised = False, np.inf
    for _ in range(MOST_STEPS):
        before, units = promised, here.units
        curvature = (here.curvature + correction) * units[:, None] * units
        try:
            step, promised = newton_step(here.gradient, curvature, damping)
        except np.linalg.LinAlgError:  # rare: LAPACK finds no eigenvalues
            break
        moved = problem.moved(here.blocks, step * units)
        if promised < STOP:  # too little to be measured: taken unseen
            return here._replace(blocks=moved)
        there = problem.expand(moved)
        if there is None:
            damping = damped(damping, -np.inf)
            continue
        kept = (here.value - there.value) / promised
        better = there if kept > 0.1 else here
        slow = slow or promised > before / 4
        if slow:
            change = _flat(there.blocks) - _flat(here.blocks)
            missing = there.slopes - here.slopes
            missing = missing - (better.curvature + correction) @ change
            size = missing @ change
            if abs(size) > FLAT * np.linalg.norm(missing) * np.linalg.norm(change):
                correction = correction + np.outer(missing, missing) / size
        if better is here and promised < CRITERION_TOLERANCE:
            break
        here, damping = better, damped(damping, kept)
        if problem.vanishes(here.blocks):
            zeros = [np.zeros_like(T) for T in here.blocks]
            if (value := problem.value(zeros)) <= here.value:
                return here._replace(blocks=zeros, value=value, slopes=0 * here.slopes)
    return here


def _flat(blocks):
    return np.concatenate([T.ravel() for T in blocks])


def damped(damping, kept):
    """Give the next damping, where a step kept such a share of what it promised."""
    shorter = np.where(kept > 0.5, damping / 10, damping)
    return np.where(kept > 0.1, shorter, np.maximum(10 * damping, 0.03))


def _snap_to_zero(problem, end):
    """Set vanishing diagonal elements to exactly 0 where that is no worse."""
    for i, unit in enumerate(problem.units):
        for d, size in enumerate(np.diag(end.blocks[i])):
            if 0 < size < NEARLY_ZERO * unit:
                at_zero = [block.copy() for block in end.blocks]
                at_zero[i][d, d] = 0
                at_zero[i] = lower_factor(at_zero[i])
                value = problem.value(at_zero)
                if value <= end.value + CRITERION_TOLERANCE:
                    end = end._replace(blocks=at_zero, value=value)
    return end
