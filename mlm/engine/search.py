"""Search for minima of a criterion: damped Newton steps, for many problems at once.

What is minimised, and over which unknowns, says `mlm.engine.problem`.  A criterion
depends on ΛΛᵀ only, so its derivative is 0 wherever a column of Λ is 0, optimum or not.
The search therefore never steps onto such a point; where it ends close by,
`mlm.engine.boundary` decides.
"""

from typing import NamedTuple

import numpy as np

from mlm.engine.boundary import (
    CRITERION_TOLERANCE,
    NEARLY_ZERO,
    all_at_zero,
    snap_to_zero,
)
from mlm.engine.points import Expansion, Minima, Point, chosen
from mlm.engine.problem import SMALLEST
from mlm.engine.steps import damped, newton_step
from mlm.ground.linalg import lower_factor, solve

# A step that promises less than this is the last.
STOP = 1e-10
# Or less than this, where estimates are far less exact; or less than NEAR_BLURRED,
# where the step before tells that less than this will be left after it.
STOP_BLURRED, NEAR_BLURRED = 1e-8, 1e-4
# So is one that promises less than NEAR, where the step before promised so much more
# that what will be left after it is less than LEFT.
NEAR, LEFT = 1e-8, 1e-11
# With so much damping it is not taken: steps before it may have led to where there is
# no criterion, and so may this one.
UNSURE = 1e-2
MOST_STEPS = 100
# A change of the gradient tells of curvature if its cosine with the step is no smaller.
HARDLY = 0.1
# How often a start at which the criterion cannot be computed is divided by 10.
MOST_RETREATS = 6


def settle(problem, point):
    """Descend from a point, and set variances that vanish to exactly 0.

    Parameters
    ----------
    problem : Problem
    point : Point
        Without singular blocks (`Problem.clear`); made smaller where the criterion
        cannot be computed.

    Returns
    -------
    Minima
    """
    here = problem.expand(point, np.inf)
    for _ in range(MOST_RETREATS):
        lost = np.isinf(here.value)
        if not lost.any():
            break
        blocks = [chosen(lost, T / 10, T) for T in here.point.blocks]
        here = problem.expand(Point(blocks, here.point.vector), np.inf)
    ends = _descend(problem, here)
    blocks = [lower_factor(T) for T in ends.point.blocks]
    ends = ends._replace(point=Point(blocks, ends.point.vector))
    return snap_to_zero(problem, ends)


class _Going(NamedTuple):
    """Searches that go on: where they are, and what they have learned."""

    number: np.ndarray  # of the problem: shape (R,)
    here: Expansion
    gradient: np.ndarray  # by scaled unknowns: shape (R, m)
    curvature: np.ndarray  # by scaled unknowns: shape (R, m, m)
    scale: np.ndarray  # shape (R, m, m)
    damping: np.ndarray  # shape (R,)
    correction: np.ndarray  # of the curvature: shape (R, m, m)
    corrected: np.ndarray  # whether the curvature is: shape (R,)
    promised: np.ndarray  # by the step before: shape (R,)

    @classmethod
    def of(cls, problem, here):
        """The first state."""
        R, m = here.slopes.shape
        scaled = _scaled(problem, here)
        state = np.zeros(R), np.zeros((R, m, m)), np.full(R, problem.criterion.learns)
        return cls(np.arange(R), here, *scaled, *state, np.full(R, np.inf))

    def take(self, which):
        """Some of the searches."""
        number, here, *others = self
        others = (array[which] for array in others)
        return _Going(number[which], here.take(which), *others)

    def moved(self, which, there, scaled, **learned):
        """Some of the searches elsewhere, where `scaled` is what `_scaled` gives."""
        if not which.all():
            before = self.gradient, self.curvature, self.scale
            scaled = map(chosen, (which,) * 3, scaled, before)
            there = there.where(which, self.here)
        gradient, curvature, scale = scaled
        return self._replace(
            here=there, gradient=gradient, curvature=curvature, scale=scale, **learned
        )


def _scaled(problem, here):
    """Gradient and curvature by scaled unknowns, and the scale."""
    scale = problem.scale(here.point)
    gradient = (scale @ here.slopes[..., None])[..., 0]
    return gradient, scale @ here.curvature @ scale, scale


def _least(criterion, before):
    """The promise below which a step is the last, by that of the step before."""
    before = np.where(np.isfinite(before), before, 0)  # none tells of a first step
    if criterion.blurred:  # evaluations take long
        near = np.sqrt(STOP_BLURRED * before)
        return np.maximum(STOP_BLURRED, np.minimum(NEAR_BLURRED, near))
    if criterion.learns:  # of others, steps shrink at once beyond this
        return np.maximum(STOP, np.minimum(NEAR, np.sqrt(LEFT * before)))
    return STOP


def _descend(problem, here):
    """Newton's method, damped (Levenberg, Marquardt) where it would climb: `Minima`.

    If steps do not shrink as Newton's should, the curvature is misjudged; from then on,
    or from the first step where the criterion `learns`, it is corrected by what the
    gradient tells (symmetric rank-one updates).  A trial point that cannot be evaluated
    is a step to take back.
    """
    going, ends = _Going.of(problem, here), []

    def end(which, point, value, steps):
        """Write down the ends of some searches; whether no other goes on."""
        nonlocal going, problem
        if not which.any():
            return False
        size = np.abs(going.gradient).max(axis=1, initial=0)
        found = Minima(point, value, size, np.full(len(which), steps))
        if which.all():
            ends.append((going.number, found))
            return True
        ends.append((going.number[which], found.take(which)))
        going, problem = going.take(~which), problem.part(~which)
        return False

    if end(np.isinf(here.value), here.point, here.value, 0):
        return Minima.joined(ends)
    for steps in range(1, MOST_STEPS + 1):
        try:
            curvature = going.curvature + going.correction
            step, promised = newton_step(going.gradient, curvature, going.damping)
        except np.linalg.LinAlgError:  # rare: LAPACK finds no eigenvalues
            break
        # Too little to be measured: such a step is taken unseen.
        last = promised < _least(problem.criterion, going.promised)
        ends_some = last.any()
        if ends_some and steps == 1 and problem.criterion.learns:
            # A start was looked at roughly; where a search ends it looks closely.
            going = _Going.of(problem, problem.expand(here.point))
            continue
        if ends_some:
            step[last & (problem.careful | (going.damping > UNSURE))] = 0
        moved = problem.moved(going.here.point, (going.scale @ step[..., None])[..., 0])
        if end(last, moved, going.here.value, steps):
            return Minima.joined(ends)
        if ends_some:
            moved, promised = moved.take(~last), promised[~last]
        going, stuck = _compared(problem, going, moved, promised)
        if end(stuck, going.here.point, going.here.value, steps):
            return Minima.joined(ends)
        tried = problem.smaller(going.here.point, NEARLY_ZERO)
        if not tried.any():
            continue
        if going.here.point.vector.shape[1]:
            going = _near_zero(problem, going, tried)
        else:
            zeros, value, fallen = all_at_zero(problem, going.here, tried)
            going.gradient[fallen] = 0
            if end(fallen, zeros, value, steps):
                return Minima.joined(ends)
    end(np.ones(len(going.number), bool), going.here.point, going.here.value, steps)
    return Minima.joined(ends)


def _compared(problem, going, moved, promised):
    """Go on from the better of two points of every search.

    Parameters
    ----------
    problem : Problem
    going : _Going
    moved : Point
        Where the steps lead.
    promised : ndarray, shape (R,)
        How much lower the criterion should be there.

    Returns
    -------
    going : _Going
    stuck : ndarray of bool, shape (R,)
        Whether a step was taken back that promised no more than rounding.
    """
    here, there = going.here, problem.expand(moved, promised)
    known = np.isfinite(there.value)
    fall = here.value - there.value
    if problem.criterion.blurred:
        change = moved.flat() - here.point.flat()
        fall = -np.sum((here.slopes + there.slopes) * change, axis=1) / 2
    kept = fall / promised  # minus infinity, or not a number, where nothing is known
    better = kept > 0.1
    scaled = _scaled(problem, there)
    corrected = going.corrected | (known & (promised > going.promised / 4))
    damping = damped(going.damping, kept)
    learned = {"damping": damping, "corrected": corrected, "promised": promised}
    after = going.moved(better, there, scaled, **learned)
    if (told := corrected & known).any():
        correction = _corrected(going, after, moved, scaled[0], told)
        after = after._replace(correction=correction)
    return after, known & ~better & (promised < CRITERION_TOLERANCE)


def _corrected(going, after, moved, gradient, told):
    """Corrections of the curvature that agree with the change of the gradient.

    Parameters
    ----------
    going, after : _Going
        Before and after the step.
    moved : Point
        Where the step led, taken back or not.
    gradient : ndarray, shape (R, m)
        There, by scaled unknowns.
    told : ndarray of bool, shape (R,)
        Searches whose curvature is corrected.

    Returns
    -------
    ndarray, shape (R, m, m)
    """
    correction = after.correction.copy()
    change = moved.flat() - going.here.point.flat()
    for r in np.flatnonzero(told):
        step = solve(going.scale[r], change[r])
        curvature = after.curvature[r] + correction[r]
        missing = gradient[r] - going.gradient[r] - curvature @ step
        size = missing @ step
        if size**2 > HARDLY**2 * (missing @ missing) * (step @ step):
            correction[r] += missing[:, None] * (missing / size)
    return correction


def _near_zero(problem, going, tried):
    """Go on from blocks that are all but 0, where 0 is no worse: the vector moves on.

    Such blocks are set to exactly 0 when the search has ended.
    """
    point = going.here.point
    tried = tried & ~problem.smaller(point, 2 * SMALLEST)
    if not tried.any():
        return going
    blocks = [chosen(tried, np.zeros_like(T), T) for T in point.blocks]
    there = problem.expand(problem.clear(point._replace(blocks=blocks)))
    fallen = tried & (there.value <= going.here.value)
    return going.moved(fallen, there, _scaled(problem, there))
