"""Unknowns of a search, criteria around them to second order, and where searches end.

Each holds R problems at once, along the first axis of its arrays.
"""

from typing import NamedTuple

import numpy as np


def chosen(which, one, other):
    """Values of some problems from one array, and of the others from another.

    Parameters
    ----------
    which : ndarray of bool, shape (R,)
        Problems whose values come from `one`.
    one, other : ndarray, shape (R, ...)

    Returns
    -------
    ndarray, shape (R, ...)
    """
    if which.all():
        return one
    return np.where(which.reshape(-1, *(1,) * (one.ndim - 1)), one, other)


class Point(NamedTuple):
    """The unknowns of R problems."""

    blocks: list  # one a term, of Λ for orthonormal effects: shape (R, k, k)
    vector: np.ndarray  # shape (R, v)

    @classmethod
    def of(cls, blocks, vector=()):
        """The point of one problem.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
            One a term, of Λ for orthonormal effects.
        vector : array_like, shape (v,)

        Returns
        -------
        Point
        """
        return cls([T[None] for T in blocks], np.array(vector, dtype=float)[None])

    @classmethod
    def joined(cls, points):
        """The points of several problems as one.

        Parameters
        ----------
        points : list of Point

        Returns
        -------
        Point
        """
        blocks = [
            np.concatenate(T) for T in zip(*(p.blocks for p in points), strict=True)
        ]
        return cls(blocks, np.concatenate([p.vector for p in points]))

    def take(self, which):
        """The unknowns of some of the problems, along the first axis."""
        return Point([T[which] for T in self.blocks], self.vector[which])

    def flat(self):
        """All unknowns as one vector: ndarray, shape (R, Σ k² + v)."""
        parts = [T.reshape(len(T), -1) for T in self.blocks]
        return np.concatenate([*parts, self.vector], axis=1)


class Expansion(NamedTuple):
    """The criteria of R problems around a point, to second order."""

    point: Point
    value: np.ndarray  # infinite where there is none: shape (R,)
    slopes: np.ndarray  # by the unknowns, blocks row by row: shape (R, m)
    curvature: np.ndarray  # shape (R, m, m)

    @classmethod
    def nowhere(cls, point):
        """The expansion where no criterion can be computed; slopes are NaN."""
        R, m = point.flat().shape
        nothing = np.full((R, m), np.nan), np.full((R, m, m), np.nan)
        return cls(point, np.full(R, np.inf), *nothing)

    def take(self, which):
        """The expansions of some of the problems, along the first axis."""
        arrays = (array[which] for array in self[1:])
        return Expansion(self.point.take(which), *arrays)

    def where(self, better, other):
        """The better of two expansions for every problem.

        Parameters
        ----------
        better : ndarray of bool, shape (R,)
            Problems that come from here, not from `other`.
        other : Expansion
            Of the same problems.

        Returns
        -------
        Expansion
        """
        if better.all():
            return self
        if not better.any():
            return other
        pairs = zip(self.point.blocks, other.point.blocks, strict=True)
        blocks = [chosen(better, mine, theirs) for mine, theirs in pairs]
        vector = chosen(better, self.point.vector, other.point.vector)
        pairs = zip(self[1:], other[1:], strict=True)
        arrays = (chosen(better, mine, theirs) for mine, theirs in pairs)
        return Expansion(Point(blocks, vector), *arrays)


class Minima(NamedTuple):
    """Where R searches ended."""

    point: Point  # blocks lower triangular
    value: np.ndarray  # infinite where nothing could be computed: shape (R,)
    size: np.ndarray  # largest scaled slope before the last step: shape (R,)
    steps: np.ndarray  # shape (R,)

    def take(self, which):
        """The ends of some of the searches, along the first axis."""
        return Minima(self.point.take(which), *(array[which] for array in self[1:]))

    @classmethod
    def joined(cls, parts):
        """The ends of all searches, in the order of their problems.

        Parameters
        ----------
        parts : list of (ndarray of int, Minima)
            Numbers of some problems, and the ends of their searches.

        Returns
        -------
        Minima
        """
        if len(parts) == 1:  # the numbers then ascend
            return parts[0][1]
        numbers = np.concatenate([number for number, _ in parts])
        order = np.argsort(numbers)
        point = Point.joined([found.point for _, found in parts]).take(order)
        arrays = zip(*(found[1:] for _, found in parts), strict=True)
        return cls(point, *(np.concatenate(a)[order] for a in arrays))

    def put(self, which, other):
        """Put other ends in the places of some of these, in place.

        Parameters
        ----------
        which : ndarray of int
            Numbers of the problems to replace.
        other : Minima
            One for each of them.
        """
        for mine, theirs in zip(self.point.blocks, other.point.blocks, strict=True):
            mine[which] = theirs
        self.point.vector[which] = other.point.vector
        for mine, theirs in zip(self[1:], other[1:], strict=True):
            mine[which] = theirs
