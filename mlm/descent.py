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
from mlm.steps import bend, damped, newton_step, regular

# Differences of the criterion smaller than this are rounding.
CRITERION_TOLERANCE = 1e-8
# A step that promises less than this is the last.
STOP = 1e-10
MOST_STEPS = 100
# Blocks stay this far, in standard errors, from being singular during the search.
SMALLEST = 1e-5
# Diagonal elements that end so close to 0, in standard errors, are tried there.
NEARLY_ZERO = 0.1
# A change of the gradient tells of curvature if its cosine with the step is no smaller.
HARDLY = 1e-3
# Sum of the squares of a block's elements, above which its directions are told apart.
LARGE = 10
# How often a start at which the criterion cannot be computed is divided by 10.
MOST_RETREATS = 6


class Expansion(NamedTuple):
    """The criterion around some blocks, to second order in their elements."""

    blocks: list
    value: float
    gradient: np.ndarray  # by the scaled elements, row by row: shape (Σ k²,)
    curvature: np.ndarray  # by the scaled elements: shape (Σ k², Σ k²)
    scale: np.ndarray  # of the elements, see `Problem.scale_at`: shape (Σ k², Σ k²)
    left: float  # r² as a share of the response's sum of squares


class Problem:
    """The criterion, with elements of the blocks in units of a standard error.

    Attributes
    ----------
    units : list of float
        About the standard error of the elements of each small block, 1/√(4J).
    """

    def __init__(self, deviance):
        self.deviance = deviance
        self.terms = deviance.products.terms
        self.units = [1 / sqrt(4 * term.J) for term in self.terms]
        sizes = [term.k**2 for term in self.terms]
        ends = np.cumsum(sizes).tolist()
        self._parts = [slice(e - s, e) for e, s in zip(ends, sizes, strict=True)]
        self._scale = np.diag(np.repeat(self.units, sizes))

    def value(self, blocks):
        """The criterion; infinite where it cannot be computed."""
        try:
            value = self.deviance.at(blocks, gradient=False)[0]
        except (DataError, np.linalg.LinAlgError):
            return np.inf
        return value if np.isfinite(value) else np.inf

    def expand(self, blocks):
        """The criterion to second order, or None where it cannot be computed."""
        try:
            value, slopes, factors = self.deviance.expand(blocks)
            curvature = average_information(self.deviance, factors)
            for T, slope, part in zip(blocks, slopes, self._parts, strict=True):
                curvature[part, part] += bend(T, slope)
        except (DataError, np.linalg.LinAlgError):
            return None
        if not np.isfinite(value) or not np.isfinite(curvature).all():
            return None
        slopes = np.concatenate([slope.ravel() for slope in slopes])
        left = factors.R[-1, -1] ** 2 / self.deviance.products.A22[-1, -1]
        scale = self.scale_at(blocks)
        gradient, curvature = scale @ slopes, scale @ curvature @ scale
        return Expansion(blocks, value, gradient, curvature, scale, left)

    def scale_at(self, blocks):
        """How elements move with unit steps: ndarray, shape (Σ k², Σ k²), symmetric.

        A block T moves by (I + T Tᵀ)^½ E where E is a step: by a standard error where
        effects are small, and in proportion where they are large, in any direction.
        """
        scale = self._scale.copy()
        for T, unit, part in zip(blocks, self.units, self._parts, strict=True):
            if len(T) == 1:
                scale[part, part] = unit * sqrt(1 + T[0, 0] ** 2)
            elif np.vdot(T, T) > LARGE:
                axes, lengths, _ = np.linalg.svd(T)
                M = (axes * np.sqrt(1 + lengths**2)) @ axes.T
                scale[part, part] = unit * np.kron(M, np.eye(len(T)))
        return scale

    def vanishes(self, blocks):
        """Whether all blocks are so small that 0 itself should be tried."""
        parts = zip(blocks, self.units, strict=True)
        return all(np.abs(T).max() < NEARLY_ZERO * unit for T, unit in parts)

    def moved(self, blocks, step):
        """Add a step to all elements; keep clear of singular blocks."""
        moved = []
        for T, unit, part in zip(blocks, self.units, self._parts, strict=True):
            change = step[part].reshape(T.shape)
            if len(T) > 1 and np.vdot(T, T) > LARGE:
                change = _straight(T, change)
            moved.append(regular(T + change, SMALLEST * unit))
        return moved

    def hessian(self, blocks):
        """Second derivatives by the lower triangles: differences of the gradient."""
        free = np.concatenate([np.tri(term.k).ravel() for term in self.terms]) > 0
        units, rows = np.diagonal(self.scale_at(blocks)), []
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


def _straight(T, change):
    """A change of T Tᵀ that is the same to first order, and straighter beyond.

    T A changes nothing where A is antisymmetric.  Of T = U S Vᵀ with effects of very
    different size, the smaller ones are to gain a share in what drives the larger, not
    the other way round: valleys of the criterion lie so.
    """
    axes, size, others = np.linalg.svd(T)
    E = axes.T @ change @ others.T / size[:, None]
    E = np.tril(E) + np.triu(E, 1).T
    return axes @ (size[:, None] * E) @ others


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
        before = promised
        try:
            curvature = here.curvature + correction
            step, promised = newton_step(here.gradient, curvature, damping)
        except np.linalg.LinAlgError:  # rare: LAPACK finds no eigenvalues
            break
        moved = problem.moved(here.blocks, here.scale @ step)
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
            change = np.linalg.solve(here.scale, _flat(moved) - _flat(here.blocks))
            missing = there.gradient - here.gradient
            missing = missing - (better.curvature + correction) @ change
            size = missing @ change
            if abs(size) > HARDLY * np.linalg.norm(missing) * np.linalg.norm(change):
                correction = correction + np.outer(missing, missing) / size
        if better is here and promised < CRITERION_TOLERANCE:
            break
        here, damping = better, damped(damping, kept)
        if problem.vanishes(here.blocks):
            zeros = [np.zeros_like(T) for T in here.blocks]
            if (value := problem.value(zeros)) <= here.value:
                flat = np.zeros_like(here.gradient)
                return here._replace(blocks=zeros, value=value, gradient=flat)
    return here


def _flat(blocks):
    return np.concatenate([T.ravel() for T in blocks])


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
