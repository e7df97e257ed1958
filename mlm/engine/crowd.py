"""One criterion at many points at once, where its design has one grouping factor.

To numpy, hundreds of points cost little more than one.  They are taken as hundreds of
responses are (`mlm.engine.many`), of which all are the same.  That computes from
cross-products alone; where these may have lost digits, a point is unsure, and left to
the criterion itself.
"""

import numpy as np

from mlm.engine.convergence import GRADIENT_TOLERANCE
from mlm.engine.factorise import EPSILON, MOST_ROUNDING
from mlm.engine.many import ManyCriteria
from mlm.engine.patterns import Patterns
from mlm.engine.points import Point
from mlm.engine.problem import Problem
from mlm.engine.search import settle
from mlm.engine.several import large

# With more patterns than this, many points at once are no quicker than one by one.
MOST_PATTERNS = 500
# Of the largest arrays: beyond this, points are taken in several parts.
MOST_NUMBERS = 1_000_000


def crowd_of(criterion):
    """The criterion at many points at once, where that is possible and pays.

    Parameters
    ----------
    criterion : BlockCriterion

    Returns
    -------
    Crowd or None
    """
    structure = criterion.sums.structure
    if len(structure.stages) > 1 or structure.others:
        return None
    patterns = Patterns(criterion)
    return Crowd(patterns) if len(patterns.count) <= MOST_PATTERNS else None


class Crowd:
    """The criterion of one response, at many points.

    Parameters
    ----------
    patterns : Patterns
        Of its design, which has one grouping factor.
    """

    def __init__(self, patterns):
        self._patterns, sums = patterns, patterns.criterion.sums
        self._own = patterns.sums(sums.C(0)[-1][:, None], sums.A22[-1:, -1])
        self._lost = sums.n * sums.A22[-1, -1]

    def values(self, points):
        """The criterion at some points.

        Parameters
        ----------
        points : list of Point

        Returns
        -------
        values : ndarray, shape (R,)
            Infinite where there is none.
        unsure : ndarray of bool, shape (R,)
            Whether cross-products may have too few digits there.
        """
        size = self._patterns.A.size
        parts = -(-len(points) * size // MOST_NUMBERS)
        found = [
            self._at(Point.joined([points[i] for i in part]))
            for part in np.array_split(np.arange(len(points)), parts)
        ]
        values, unsure = map(np.concatenate, zip(*found, strict=True))
        return values, unsure

    def ends(self, points):
        """Where searches from some points end, and how low.

        Parameters
        ----------
        points : list of Point

        Returns
        -------
        list of (Point, float)
            The end of each search; or, if that is unsure, where it began, and −∞.
        """
        problem = Problem(self._criteria(len(points)))
        ends = settle(problem, problem.clear(Point.joined(points)))
        values, unsure = self._at(ends.point)
        unsure |= ~(ends.size <= GRADIENT_TOLERANCE) | large(problem, ends)
        return [
            (points[i], -np.inf) if unsure[i] else (ends.point.take([i]), values[i])
            for i in range(len(points))
        ]

    def _criteria(self, number):
        """The criterion as often as there are points: `ManyCriteria`."""
        return ManyCriteria(self._patterns, self._own.take(np.zeros(number, dtype=int)))

    def _at(self, point):
        """Values and doubts of `values`, at R points in one."""
        criteria = self._criteria(len(point.vector))
        T = criteria.assemble(point.blocks)
        found = criteria.factorise(T)
        values = criteria.of_factors(found)
        # As in `mlm.engine.factorise`; of orthonormal effects no A_j is larger than I.
        kept = np.einsum("xxr->xr", found.L_inverse) ** 2
        lost = self._lost / found.r2 + kept.sum(axis=0)
        condition = 1 + np.einsum("abr,abr->r", T, T)
        sure = EPSILON * condition * lost < MOST_ROUNDING
        return np.where(np.isfinite(values), values, np.inf), ~sure
