"""The problems that a search solves: criteria, their unknowns and their units.

The unknowns of a problem are the blocks of Λ for orthonormal effects, whole k × k
matrices, and a plain vector, which may be empty.  Scales, units and origins of the
predictors do not matter there, and no corner is in the way.

Of its criterion a search (`mlm.engine.search`) knows nothing else than

    terms           the random terms, of J groups and k effects
    start()         a `Point` to start from
    value(point)    the criterion of every problem, infinite where there is none
    expand(point, fall)
                    the criterion to second order: `Expansion`; where it should be lower
                    than before by `fall`, an error of a small share of that is allowed
    take(which)     the criteria of some of the problems
    learns          whether its curvature is so rough that the search corrects it from
                    the first step by what the gradient tells
    blurred         whether value and slopes are estimates, one not the derivative of
                    the other: two points are then compared by the slopes between them
    unit            about the standard error of the elements of the vector

To look for the best of several minima of one problem (`mlm.engine.optimum`), it asks

    basis           orthonormal effects, to start from and to end with theta
    wide            whether weights are so far apart that several minima are likely
    apart           whether random effects vary around 0, their average not being in X
    costly          whether hundreds of evaluations take too long
    crowd()         the criterion at many points at once: `Crowd`, or None
    slopes(point, near)
                    first derivatives alone, for the curvature at the point `near`:
                    differences are taken across it
    error()         the error to raise where the criterion cannot be computed anywhere
"""

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import sqrt

import numpy as np

from mlm.engine.points import Point
from mlm.engine.steps import regular, straight

# Blocks stay this far, in standard errors, from being singular during a search.
SMALLEST = 1e-5
# Sum of the squares of a block's elements, above which its directions are told apart.
LARGE = 10


@dataclass
class Tally:
    """A count that a problem and all parts of it share.

    Attributes
    ----------
    evaluations : int
        How often criteria were computed, of one problem or of many together.
    """

    evaluations: int = 0


class Problem:
    """A criterion with its unknowns in units of about one standard error.

    Parameters
    ----------
    criterion : object
        See the module's first paragraphs.
    careful : bool
        Whether a search is to end where the criterion was computed, instead of one last
        step ahead.

    Attributes
    ----------
    criterion : object
    careful : bool
    units : list of float
        About the standard error of the elements of each block: 1/√(4J).
    parts : list of slice
        Places of each block's elements among the unknowns.
    """

    def __init__(self, criterion, careful=False):
        self.criterion, self.careful, self._tally = criterion, careful, Tally()
        terms = criterion.terms
        self.units = [1 / sqrt(4 * term.J) for term in terms]
        sizes = [term.k**2 for term in terms]
        self.parts = [
            slice(e - s, e) for e, s in zip(accumulate(sizes), sizes, strict=True)
        ]
        self._units = np.repeat(self.units, sizes)

    @property
    def evaluations(self):
        """How often criteria were computed, of one problem or of many together."""
        return self._tally.evaluations

    @cached_property
    def crowd(self):
        """The criterion of one problem at many points at once: `Crowd`, or None."""
        return self.criterion.crowd()

    def value(self, point):
        """The criteria at a point: ndarray, shape (R,)."""
        self._tally.evaluations += 1
        return self.criterion.value(point)

    def values(self, points):
        """The criterion of one problem at several points.

        Parameters
        ----------
        points : list of Point

        Returns
        -------
        ndarray, shape (number of points,)
        """
        if self.crowd is None:
            return np.array([self.value(point)[0] for point in points])
        self._tally.evaluations += 1
        values, unsure = self.crowd.values(points)
        for i in np.flatnonzero(unsure):
            values[i] = self.value(points[i])[0]
        return values

    def expand(self, point, fall=0.0):
        """The criteria to second order: `Expansion`.

        Parameters
        ----------
        point : Point
        fall : float or ndarray, shape (R,)
            How much lower than before they should be: the more, the rougher an answer
            will do.  Infinite at a start; 0 asks for the last digits.

        Returns
        -------
        Expansion
        """
        self._tally.evaluations += 1
        return self.criterion.expand(point, fall)

    def part(self, which):
        """Some of the problems (first axis), with the same tally."""
        other = copy(self)
        other.criterion = self.criterion.take(which)
        return other

    def scale(self, point):
        """How unknowns move with unit steps: ndarray, (R, m, m), symmetric.

        A block T moves by (I + T Tᵀ)^½ E where E is a step: by a standard error where
        effects are small, and in proportion where they are large, in any direction.
        """
        R, v = point.vector.shape
        m = len(self._units) + v
        scale = np.zeros((R, m, m))
        diagonal = scale.reshape(R, m * m)[:, :: m + 1]
        diagonal[:, m - v :] = self.criterion.unit
        diagonal[:, : m - v] = self._units
        for T, unit, part in zip(point.blocks, self.units, self.parts, strict=True):
            if T.shape[-1] == 1:
                diagonal[:, part] *= np.sqrt(1 + T[:, :, 0] ** 2)
                continue
            for r in np.flatnonzero(_squares(T) > LARGE):
                axes, lengths, _ = np.linalg.svd(T[r])
                M = (axes * np.sqrt(1 + lengths**2)) @ axes.T
                scale[r, part, part] = unit * np.kron(M, np.eye(len(M)))
        return scale

    def moved(self, point, change):
        """Change all unknowns, and keep clear of singular blocks.

        Parameters
        ----------
        point : Point
        change : ndarray, shape (R, m)
            Elements of the blocks, term by term and row by row, then the vector.

        Returns
        -------
        Point
        """
        blocks = []
        for T, unit, part in zip(point.blocks, self.units, self.parts, strict=True):
            own = change[:, part].reshape(T.shape)
            if T.shape[-1] > 1:
                for r in np.flatnonzero(_squares(T) > LARGE):
                    own[r] = straight(T[r], own[r])
            blocks.append(regular(T + own, SMALLEST * unit))
        return Point(blocks, point.vector + change[:, self.parts[-1].stop :])

    def clear(self, point):
        """The point with blocks that are not singular."""
        pairs = zip(point.blocks, self.units, strict=True)
        blocks = [regular(T, SMALLEST * unit) for T, unit in pairs]
        return Point(blocks, point.vector)

    def smaller(self, point, share):
        """Whether all elements of all blocks are small.

        Parameters
        ----------
        point : Point
        share : float
            Small is below so many standard errors.

        Returns
        -------
        ndarray of bool, shape (R,)
        """
        pairs = zip(point.blocks, self.units, strict=True)
        sizes = [np.abs(T).max(axis=(1, 2)) < share * unit for T, unit in pairs]
        return np.logical_and.reduce(sizes)


def _squares(T):
    """Sum of the squares of every block: ndarray, shape (R,)."""
    return np.einsum("rab,rab->r", T, T)
