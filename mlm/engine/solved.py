"""Fit one design to many responses at once, and keep all that is asked of the fits.

The search is the one of every fit (`mlm.engine.search`).  What `mlm.engine.optimum`
adds for hard cases is left to fits of their own: responses that need it are not
`settled` here.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import solve_triangular

from mlm.engine.boundary import CRITERION_TOLERANCE
from mlm.engine.convergence import GRADIENT_TOLERANCE, is_singular
from mlm.engine.dips import scan
from mlm.engine.many import ManyCriteria
from mlm.engine.patterns import Patterns, ReducedResponses
from mlm.engine.points import Minima, Point
from mlm.engine.problem import Problem
from mlm.engine.satterthwaite import degrees_of_freedom
from mlm.engine.search import settle
from mlm.engine.several import large
from mlm.engine.solution import Solution

# A response that takes more steps than this is not settled.
MOST_STEPS = 25


def solve_many(patterns, Y):
    """Fit many responses.

    Parameters
    ----------
    patterns : Patterns
    Y : ndarray, shape (n, R)
        Without weights and with the offset, as the design's response is.

    Returns
    -------
    Solved
    """
    responses = patterns.reduce(Y)
    criteria = ManyCriteria(patterns, responses.sums)
    problem = Problem(criteria)
    with np.errstate(all="ignore"):  # a number that is not finite is not settled
        ends = settle(problem, criteria.start())
        falls = _falls_from_zero(problem, ends)
    settled = (ends.size < GRADIENT_TOLERANCE) & (ends.steps <= MOST_STEPS)
    settled &= np.isfinite(ends.value) & ~falls & ~responses.exact
    settled &= ~large(problem, ends)
    return Solved(patterns, responses, criteria, ends, settled)


def _falls_from_zero(problem, ends):
    """Whether a criterion falls somewhere on the way from a variance of 0: (R,)."""
    falls = np.zeros(len(ends.value), dtype=bool)
    for i, unit in enumerate(problem.units):
        for d in range(ends.point.blocks[i].shape[-1]):
            zero = np.flatnonzero(ends.point.blocks[i][:, d, d] == 0)
            if not len(zero):
                continue
            part, point, before = problem.part(zero), ends.point.take(zero), np.inf
            for size in scan(unit):
                blocks = [T.copy() for T in point.blocks]
                blocks[i][:, d, d] = size
                value = part.value(Point(blocks, point.vector))
                if size:
                    falls[zero] |= value < before - CRITERION_TOLERANCE
                before = value
    return falls


@dataclass(frozen=True, eq=False)
class Solved:
    """Minima and solutions of many responses; equations of Bates et al. (2015).

    Attributes
    ----------
    patterns : Patterns
    responses : ReducedResponses
    criteria : ManyCriteria
    ends : Minima
    settled : ndarray of bool, shape (R,)
        Whether the minimum is found; nothing else here is of use where it is not.
    """

    patterns: Patterns
    responses: ReducedResponses
    criteria: ManyCriteria
    ends: Minima
    settled: np.ndarray

    @cached_property
    def _found(self):
        """Factorisations at the minima: `ManyFactors`."""
        blocks = self.criteria.assemble(self.ends.point.blocks)
        with np.errstate(all="ignore"):  # of what is not settled, no number is used
            return self.criteria.factorise(blocks)

    @property
    def _basis(self):
        """Orthonormal effects: `Basis`."""
        return self.patterns.criterion.basis

    @cached_property
    def theta(self):
        """Theta of every response: ndarray, shape (R, m)."""
        return self._basis.unwhiten(self.ends.point.blocks)

    @cached_property
    def criterion(self):
        """Criterion at the minimum: ndarray, shape (R,)."""
        return self.criteria.of_factors(self._found)

    @cached_property
    def sigma(self):
        """Residual standard deviation (eq. 33 for ML, 40 for REML): ndarray, (R,)."""
        return np.sqrt(self._found.r2 / self.patterns.d)

    @cached_property
    def beta(self):
        """Fixed effects (eq. 51): ndarray, shape (R, p)."""
        return solve_triangular(
            self._basis.RX, self.responses.Qty + self._found.gamma
        ).T

    @cached_property
    def vcov(self):
        """Covariance of the fixed effects over sigma² (eq. 54): ndarray, (R, p, p)."""
        return self._fixed_covariance(self._found)

    def _fixed_covariance(self, found):
        """Covariance of the fixed effects over sigma²: ndarray, shape (R, p, p)."""
        RX_inverse = np.linalg.inv(self._basis.RX)
        root = RX_inverse @ found.L_inverse.transpose(2, 1, 0)
        return root @ np.swapaxes(root, -1, -2)

    @cached_property
    def singular(self):
        """Whether a variance is (nearly) 0, or a correlation ±1: bools, shape (R,)."""
        return is_singular(self.ends.point.blocks)

    @cached_property
    def _modes(self):
        """Conditional modes of every term: list of ndarray, shape (R, J, k)."""
        modes = self.patterns.modes(self.responses, self._found).transpose(1, 2, 0)
        return [
            self._basis.original(i, modes[..., rows])
            for i, rows in self.patterns.stage.spans.items()
        ]

    def solution(self, i):
        """Solution of one response.

        Parameters
        ----------
        i : int
            Number of the response.

        Returns
        -------
        Solution
        """
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
        criteria, d = self.criteria, self.patterns.d

        def gradient_and_variance(blocks, sigma):
            T = criteria.assemble(blocks)
            found = criteria.factorise(T)
            slopes, *_ = criteria.slopes(found, 1 / sigma**2)
            slopes = 2 * np.einsum("abr,bcr->acr", slopes, T)
            slope = 2 * (d - found.r2 / sigma**2)
            variance = np.diagonal(self._fixed_covariance(found), axis1=1, axis2=2)
            by_block = [
                slopes[span, span].transpose(2, 0, 1)
                for span in self.patterns.stage.spans.values()
            ]
            return by_block, slope, sigma**2 * variance.T

        units = Problem(criteria).units
        return degrees_of_freedom(
            gradient_and_variance, self.ends.point.blocks, self.sigma, units
        ).T
