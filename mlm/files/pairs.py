"""Sums over the pairs of groups of two factors that meet, gathered chunk by chunk.

As long as every group of the first factor lies in one of the second, only that one is
noted: the sums are then those by groups of the first.  Otherwise each pair is a number,
its place in a table of all pairs, and sums are sorted by it.
"""

from typing import NamedTuple

import numpy as np

# Tables of so many pairs are held in full.
FULL = 4_000_000
# Pairs that wait before equal ones are put together; and about how many are at once.
WAITING, TOGETHER = 2**24, 2**20


class Met(NamedTuple):
    """Pairs of groups that meet, by group of the first factor."""

    ends: np.ndarray  # where the pairs of each first group end, from 0: shape (J₁ + 1,)
    other: np.ndarray  # group of the second factor: shape (pairs,)
    # Shape (number, pairs); None if all are 1.  Counts are of the smallest type.
    values: np.ndarray | None

    @property
    def one(self):
        """Group of the first factor: ndarray of int, shape (pairs,)."""
        return np.repeat(np.arange(len(self.ends) - 1), np.diff(self.ends))


class Pairs:
    """Sums over pairs of groups of two factors.

    Parameters
    ----------
    J1, J2 : int
        Groups of the factors.
    number : int
        Sums for each pair.
    """

    def __init__(self, J1, J2, number):
        self.J1, self.J2, self.number = J1, J2, number
        self.parent = np.full(J1, -1, dtype=np.int32) if J1 >= J2 else None
        self._full, self._waiting, self._limit = None, Waiting(number), WAITING
        if self.parent is None:
            self._begin()

    def _begin(self):
        """From now on, count pairs."""
        self.parent = None
        if self.J1 * self.J2 <= FULL:
            self._full = np.zeros((self.number, self.J1 * self.J2))
            self._met = np.zeros(self.J1 * self.J2, dtype=bool)

    def add(self, one, other, values, before):
        """Add rows.

        Parameters
        ----------
        one, other : ndarray of int, shape (n,)
            Their groups.
        values : callable
            Gives what is summed, ndarray of shape (number, n); None for counts.
        before : callable
            Gives the sums by groups of the first factor over all rows before these:
            ndarray, shape (number, J₁).
        """
        if self.parent is not None:
            if self._lie(one, other):
                return
            self._cross(before)
        self._put(one, other, values())

    def _lie(self, one, other):
        """Whether the groups lie where they lay before; note new ones."""
        known = self.parent[one]
        new = known < 0
        self.parent[one[new]] = other[new]
        same = (self.parent[one] == other).all()
        if not same:  # what was noted of these rows alone is no pair of earlier ones
            self.parent[one[new]] = -1
        return same

    def _cross(self, before):
        """Begin to count pairs, with those that were noted so far."""
        parent = self.parent
        self._begin()
        known = np.flatnonzero(parent >= 0)
        if len(known):
            self._put(known, parent[known], before()[:, known])

    def _put(self, one, other, values):
        place = one.astype(np.int64) * self.J2 + other
        if self._full is not None:
            self._met[place] = True
            size = len(self._met)
            for sums, own in zip(self._full, _or_ones(values, place), strict=True):
                sums += np.bincount(place, own, size)
            return
        self._waiting.add(place, values)
        if self._waiting.n > self._limit:
            self._settle()

    def _settle(self):
        """Put equal pairs together, if that makes them fewer by much."""
        places, values = self._sorted()
        steps = range(0, len(places), TOGETHER)  # a part at a time takes less memory
        parts = (places[max(i - 1, 0) : i + TOGETHER] for i in steps)
        different = 1 + sum(np.count_nonzero(np.diff(part)) for part in parts)
        if 2 * different < len(places):
            first = np.flatnonzero(np.diff(places, prepend=-1))
            values = np.add.reduceat(_or_ones(values, places), first, axis=1)
            places = places[first]
        self._waiting.add(places, values)
        self._limit = 2 * len(places) + WAITING

    def _sorted(self):
        """All that waits, by place: (ndarray, ndarray or None)."""
        places, values = self._waiting.taken()
        if values is None:
            places.sort()
            return places, None
        order = np.argsort(places)
        return places[order], values[:, order]

    def merge(self, other, before, others_before):
        """Add the sums of another part of the data.

        Parameters
        ----------
        other : Pairs
        before, others_before : callable
            See `add`: of the rows of each part.
        """
        if self.parent is not None and other.parent is not None:
            known = np.flatnonzero(other.parent >= 0)
            if self._lie(known, other.parent[known]):
                return
        if self.parent is not None:
            self._cross(before)
        if other.parent is not None:
            other._cross(others_before)
        if self._full is not None:
            self._full += other._full
            self._met |= other._met
            return
        places, values = other._waiting.taken()
        self._put(*np.divmod(places, self.J2), values)

    def met(self):
        """The pairs that meet, and their sums: `Met`."""
        if self._full is not None:
            places = np.flatnonzero(self._met)
            ends = self._ends(places)
            return Met(ends, places % self.J2, self._full[:, places])
        return _by_group(*self._sorted(), self.J1, self.J2)

    def _ends(self, places):
        """Where the pairs of each first group end: ndarray of int, shape (J₁ + 1,)."""
        return np.searchsorted(places, np.arange(self.J1 + 1) * self.J2)


class Waiting:
    """Places of pairs, and what is to be summed there, in the order in which they come.

    Parameters
    ----------
    number : int
        Sums for each pair.

    Attributes
    ----------
    n : int
        Places.
    """

    def __init__(self, number):
        self.n, self._number = 0, number
        self._places, self._values = np.zeros(0, dtype=np.int64), []

    def add(self, places, values):
        """Add some.

        Parameters
        ----------
        places : ndarray of int64, shape (m,)
        values : ndarray, shape (number, m), or None
            None for ones.
        """
        end = self.n + len(places)
        if end > len(self._places):  # by the system, without a copy
            self._places.resize(max(end, self.n + TOGETHER), refcheck=False)
        self._places[self.n : end] = places
        self._values.append((len(places), values))
        self.n = end

    def taken(self):
        """All of them, which then do not wait any more.

        Returns
        -------
        places : ndarray of int64, shape (n,)
        values : ndarray, shape (number, n), or None
        """
        places, values = self._places, self._values
        places.resize(self.n, refcheck=False)
        self.__init__(self._number)
        if all(own is None for _, own in values):
            return places, None
        return places, np.hstack([_or_ones(own, range(m)) for m, own in values])


def _or_ones(values, places):
    """Values, or ones for each place where these are None."""
    return np.ones((1, len(places))) if values is None else values


def _by_group(places, values, J1, J2):
    """Put equal pairs together, and order them by group: `Met`.

    The places are given back to the system on the way, from the last to the first: of
    a hundred million, they and the result would be much to hold at once.

    Parameters
    ----------
    places : ndarray of int64, shape (m,)
        Sorted; it is used up.
    values : ndarray, shape (number, m), or None
    J1, J2 : int
    """
    starts = np.searchsorted(places, np.arange(J1) * J2)
    cuts = np.unique(starts[:: max(1, J1 * TOGETHER // max(len(places), 1))])
    m = begin = len(places)
    other = np.empty(m, dtype=np.int32)
    counts, sums = np.zeros(J1, dtype=np.int64), None
    for cut in [*cuts[cuts > 0][::-1], 0]:
        part = places[cut:]
        first = np.flatnonzero(np.diff(part, prepend=-1))
        one, two = np.divmod(part[first], J2)
        counts += np.bincount(one, minlength=J1)
        begin, end = begin - len(first), begin
        other[begin:end] = two
        if values is None:
            own = np.diff(first, append=len(part))[None]
        else:
            own = np.add.reduceat(values[:, cut : cut + len(part)], first, axis=1)
        if sums is None and (values is not None or len(first) < len(part)):
            sums = np.ones((len(own), m), dtype=_smallest(own))
        if sums is not None:
            if values is None and _smallest(own).itemsize > sums.dtype.itemsize:
                sums = sums.astype(_smallest(own))
            sums[:, begin:end] = own
        del part
        places.resize(cut, refcheck=False)
    ends = np.concatenate([[0], np.cumsum(counts)])
    if ends[-1] <= np.iinfo(np.int32).max:  # as sparse matrices have it
        ends = ends.astype(np.int32)
    return Met(ends, other[begin:], None if sums is None else sums[:, begin:])


def _smallest(values):
    """The smallest type for whole numbers; that of others: dtype."""
    whole = values.dtype.kind in "iu"
    return np.min_scalar_type(values.max()) if whole else values.dtype
