"""Minimise the criteria of many responses at once, and solve at their minima.

The search is that of `mlm.optimise`, with the same start, steps, snaps to zero and
stop.  What else that has for hard cases is left to it: responses that need it are not
`settled` here.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import solve_triangular

from mlm.batch import Batch
from mlm.descent import CRITERION_TOLERANCE, NEARLY_ZERO, SMALLEST, STOP
from mlm.factors import lower_factor
from mlm.moments import solve_moments
from mlm.optimise import GRADIENT_TOLERANCE, is_singular, scan
from mlm.satterthwaite import degrees_of_freedom
from mlm.solution import Solution
from mlm.steps import damped, newton_step, regular

# A response that takes more steps than this is not settled.
MOST_STEPS = 25


def search(batch, moments):
    """Find the blocks of Λ with the smallest criterion, for every response.

    Parameters
    ----------
    batch : Batch
    moments : Moments

    Returns
    -------
    blocks : list of ndarray, shape (R, k, k)
        Lower triangular.
    size : ndarray, shape (R,)
        Largest scaled gradient before the last step; infinite if there was none.
    steps : ndarray of int, shape (R,)
    """
    squares = moments.S.sum(axis=2)[batch.row, batch.column]
    blocks = solve_moments(batch.objective.products, np.vstack([squares, moments.yy]))
    R = len(moments.yy)
    found, size = [T.copy() for T in blocks], np.full(R, np.inf)
    steps = np.full(R, MOST_STEPS)
    left, damping = np.arange(R), np.zeros(R)
    here = batch.expand(moments, blocks)
    for number in range(1, MOST_STEPS):
        step, promised = newton_step(here.gradient, here.hessian, damping)
        there = batch.expand(moments, _moved(batch, here.blocks, step))
        kept = (here.value - there.value) / promised
        last = promised < STOP  # too little to be measured: taken unseen
        done = last | ((kept <= 0.1) & (promised < CRITERION_TOLERANCE))
        size[left[done]] = np.abs(here.gradient[done]).max(axis=-1)
        steps[left[done]] = number
        here, damping = there.where(last | (kept > 0.1), here), damped(damping, kept)
        for T, ended in zip(found, here.blocks, strict=True):
            T[left[done]] = ended[done]
        if done.all():
            break
        more = ~done
        left, damping = left[more], damping[more]
        here, moments = here.take(more), moments.take(more)
    return [lower_factor(T) for T in found], size, steps


def _moved(batch, blocks, step):
    """Add steps (R, m) to all elements; keep clear of singular blocks."""
    moved, start = [], 0
    for T in blocks:
        part = step[:, start : (start := start + T[0].size)].reshape(T.shape)
        moved.append(regular(T + batch.unit * part, SMALLEST * batch.unit))
    return moved


def snap_to_zero(batch, moments, blocks):
    """Set vanishing diagonal elements to exactly 0 where that is no worse.

    Returns
    -------
    blocks : list of ndarray, shape (R, k, k)
    corner : ndarray of bool, shape (R,)
        Whether there may be a lower minimum: the criterion falls on leaving a 0.
    """

    def value(blocks):
        return batch.criterion(batch.eliminate(moments, batch.assemble(blocks)))

    def changed(i, d, which, size):
        other = [T.copy() for T in blocks]
        other[i][which, d, d] = size
        other[i] = lower_factor(other[i])
        return other

    lowest, corner = value(blocks), np.zeros(len(moments.yy), dtype=bool)
    places = [(i, d) for i, T in enumerate(blocks) for d in range(T.shape[-1])]
    for i, d in places:
        small = blocks[i][:, d, d] < NEARLY_ZERO * batch.unit
        if small.any():
            at_zero = changed(i, d, small, 0)
            better = value(at_zero) <= lowest + CRITERION_TOLERANCE
            for T, zeroed in zip(blocks, at_zero, strict=True):
                T[better] = zeroed[better]
    for i, d in places:
        zero = blocks[i][:, d, d] == 0
        if zero.any():
            corner[zero] |= _dips(
                batch, moments.take(zero), [T[zero] for T in blocks], i, d
            )
    return blocks, corner


def _dips(batch, moments, blocks, i, d):
    """Whether the criterion falls somewhere on the way from a 0: bools, (R,)."""
    found, before = np.zeros(len(moments.yy), dtype=bool), np.inf
    for size in [0.0, *scan(batch.unit)]:
        lifted = [T.copy() for T in blocks]
        lifted[i][:, d, d] = size
        value = batch.criterion(batch.eliminate(moments, batch.assemble(lifted)))
        if size:
            found |= value < before - CRITERION_TOLERANCE
        before = value
    return found


@dataclass(frozen=True, eq=False)
class Solved:
    """Minima and solutions of many responses.

    Attributes
    ----------
    batch : Batch
    responses : Responses
    moments : Moments
    blocks : list of ndarray, shape (R, k, k)
        Λ for orthonormal effects.
    gradient : ndarray, shape (R,)
        As in `Convergence`.
    steps : ndarray of int, shape (R,)
    settled : ndarray of bool, shape (R,)
        Whether the minimum is found; nothing else here is of use where it is not.
    """

    batch: Batch
    responses: object
    moments: object
    blocks: list
    gradient: np.ndarray
    steps: np.ndarray
    settled: np.ndarray

    @cached_property
    def _found(self):
        return self.batch.eliminate(self.moments, self.batch.assemble(self.blocks))

    @cached_property
    def theta(self):
        """ndarray, shape (R, m)."""
        return self.batch.objective.products.unwhiten(self.blocks)

    @cached_property
    def criterion(self):
        """ndarray, shape (R,)."""
        return self.batch.criterion(self._found)

    @cached_property
    def sigma(self):
        """ndarray, shape (R,)."""
        return np.sqrt(self._found.r2 / self.batch.d)

    @cached_property
    def beta(self):
        """ndarray, shape (R, p)."""
        RX = self.batch.objective.products.RX
        return solve_triangular(RX, self.responses.Qty + self._found.gamma).T

    @cached_property
    def vcov(self):
        """Over sigma²: ndarray, shape (R, p, p)."""
        return self._fixed_covariance(self._found)

    def _fixed_covariance(self, found):
        RX_inverse = np.linalg.inv(self.batch.objective.products.RX)
        root = RX_inverse @ found.L_inverse.transpose(2, 1, 0)
        return root @ np.swapaxes(root, -1, -2)

    @cached_property
    def singular(self):
        """ndarray of bool, shape (R,)."""
        return is_singular(self.blocks)

    @cached_property
    def _modes(self):
        """Of every term: ndarray, shape (R, J, k)."""
        batch = self.batch
        modes = batch.modes(self.responses, self._found).transpose(1, 2, 0)
        return [
            batch.objective.products.original(i, modes[..., rows])
            for i, rows in batch.stage.spans.items()
        ]

    def solution(self, i):
        """Solution of response i: `Solution`."""
        return Solution(
            theta=self.theta[i],
            criterion=float(self.criterion[i]),
            sigma=float(self.sigma[i]),
            beta=self.beta[i],
            vcov=self.vcov[i],
            b=[modes[i] for modes in self._modes],
        )

    @cached_property
    def degrees_of_freedom(self):
        """Satterthwaite's, of the fixed effects: ndarray, shape (R, p)."""
        batch = self.batch

        def gradient_and_variance(blocks, sigma):
            T = batch.assemble(blocks)
            found = batch.eliminate(self.moments, T)
            slopes, *_ = batch.slopes(self.moments, found, 1 / sigma**2)
            slopes = 2 * np.einsum("abr,bcr->acr", slopes, T)
            slope = 2 * (batch.d - found.r2 / sigma**2)
            variance = np.diagonal(self._fixed_covariance(found), axis1=1, axis2=2)
            by_block = [
                slopes[s, s].transpose(2, 0, 1) for s in batch.stage.spans.values()
            ]
            return by_block, slope, sigma**2 * variance.T

        units = [batch.unit] * len(self.blocks)
        return degrees_of_freedom(
            gradient_and_variance, self.blocks, self.sigma, units
        ).T


def solve_many(batch, Y):
    """Fit many responses.

    Parameters
    ----------
    batch : Batch
    Y : ndarray, shape (n, R)

    Returns
    -------
    Solved
    """
    responses = batch.responses(Y)
    moments = batch.moments(responses)
    with np.errstate(all="ignore"):  # what is not finite is not settled
        blocks, gradient, steps = search(batch, moments)
        blocks, corner = snap_to_zero(batch, moments, blocks)
    settled = (gradient < GRADIENT_TOLERANCE) & ~corner & ~responses.exact
    return Solved(batch, responses, moments, blocks, gradient, steps, settled)
