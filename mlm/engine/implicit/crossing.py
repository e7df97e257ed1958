"""Pairs of groups of two crossed factors that meet.

Z₁ᵀZ_f of the first factor and another is a sparse matrix whose blocks, one for each
pair of effects, have the same pattern.  The pattern is stored once, and values that are
all alike not at all: of ratings, a pair takes 4 bytes, not the 12 of a sparse matrix.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

# Pairs, and groups of the first factor, that are multiplied together: about so many.
# Fewer, and to add up what they give would take longer than the products.
PAIRS, ROWS = 2**21, 2**17


@dataclass(frozen=True, eq=False)
class Crossing:
    """Pairs of groups of two factors that meet, by group of the first.

    Attributes
    ----------
    values : ndarray, shape (k, l, pairs)
        Products of k effects of the first and l of the other, over the unit.
    unit : float
    other : ndarray of int, shape (pairs,)
        Group of the other factor.
    ends : ndarray of int, shape (J + 1,)
        Where the pairs of each first group end, from 0.
    others : int
        Groups of the other factor.
    """

    values: np.ndarray
    unit: float
    other: np.ndarray
    ends: np.ndarray
    others: int

    @classmethod
    def of(cls, values, one, other, shape):
        """Of products of any pairs, in any order, equal ones being summed.

        Parameters
        ----------
        values : ndarray, shape (k, l, number)
        one, other : ndarray of int, shape (number,)
            Their groups.
        shape : (int, int)
            Groups of both factors.

        Returns
        -------
        Crossing
        """
        where = one.astype(np.int32), other.astype(np.int32)
        found = [[csr_array((v, where), shape=shape) for v in row] for row in values]
        pattern = found[0][0]
        known = pattern.indices, pattern.indptr, shape[1]
        if values.shape[:2] != (1, 1):
            data = np.array([[matrix.data for matrix in row] for row in found])
            return cls(data, 1.0, *known)
        if (pattern.data == pattern.data[:1]).all():
            return cls.alike(pattern.data[0], *known)
        return cls(pattern.data[None, None], 1.0, *known)

    @classmethod
    def alike(cls, unit, other, ends, others):
        """Of pairs of single effects that all have the same product.

        Parameters
        ----------
        unit : float
            The product.
        other, ends : ndarray of int
        others : int

        Returns
        -------
        Crossing
        """
        values = np.broadcast_to(np.uint8(1), (1, 1, len(other)))
        return cls(values, float(unit), other, ends, others)

    def transposed(self):
        """The same pairs by group of the other factor: `Crossing`."""
        J, values = len(self.ends) - 1, self.values.swapaxes(0, 1)
        found = [
            [
                csr_array((v, self.other, self.ends), (J, self.others)).T.tocsr()
                for v in row
            ]
            for row in values
        ]
        pattern = found[0][0]
        if not values.strides[-1]:
            return self.alike(self.unit, pattern.indices, pattern.indptr, J)
        data = np.array([[matrix.data for matrix in row] for row in found])
        return Crossing(data, self.unit, pattern.indices, pattern.indptr, J)

    @cached_property
    def _same(self):
        """Values, all alike, of the most pairs that are multiplied together."""
        most = PAIRS + np.diff(self.ends).max(initial=0)
        return np.full(min(len(self.other), most), self.unit)

    def data(self, a, b, here):
        """Products of two effects in some pairs.

        Parameters
        ----------
        a, b : int
            Effects of the first factor and of the other.
        here : slice
            Of the pairs.

        Returns
        -------
        ndarray, shape (number,)
        """
        number = here.stop - here.start
        if not self.values.strides[-1] and number <= len(self._same):
            return self._same[:number]
        return self.values[a, b, here] * self.unit

    def here(self, rows):
        """Pairs of some groups of the first factor.

        Parameters
        ----------
        rows : slice

        Returns
        -------
        slice
        """
        return slice(int(self.ends[rows.start]), int(self.ends[rows.stop]))

    def matrices(self, rows):
        """Blocks of some groups of the first factor.

        Parameters
        ----------
        rows : slice

        Returns
        -------
        list of list of csr_array, shape (rows, J of the other)
            By effects of the first factor, and of the other.
        """
        (k, m, _), here = self.values.shape, self.here(rows)
        return [
            [self._matrix(self.data(a, b, here), rows) for b in range(m)]
            for a in range(k)
        ]

    def _matrix(self, data, rows):
        """Some values in the pattern of some groups of the first factor."""
        here = self.here(rows)
        ends = self.ends[rows.start : rows.stop + 1] - self.ends[rows.start]
        shape = rows.stop - rows.start, self.others
        return csr_array((data, self.other[here], ends), shape=shape)

    def blocks(self):
        """Groups of the first factor that are multiplied together: list of slice."""
        return blocks(self.ends)

    def at_other(self, N):
        """Σ G_jᵀ N_j G_j over the groups j of the first factor, for each of the other.

        Parameters
        ----------
        N : ndarray, shape (k, k, J)
            Symmetric, of the first.

        Returns
        -------
        ndarray, shape (l, l, J)
            Of the other.
        """
        k = self.values.shape[1]
        sums = np.zeros((k, k, self.others))
        for rows, a, b, c, d in self._squared(k, len(N)):
            pairs = self._products((a, c), (b, d), rows)
            sums[c, d] += pairs.T @ N[a, b, rows]
        return _mirrored(sums)

    def at_first(self, N):
        """Σ G_j N_j G_jᵀ over the groups j of the other, for each of the first.

        Parameters
        ----------
        N : ndarray, shape (l, l, J)
            Symmetric, of the other.

        Returns
        -------
        ndarray, shape (k, k, J)
            Of the first.
        """
        k = self.values.shape[0]
        sums = np.zeros((k, k, len(self.ends) - 1))
        for rows, a, b, c, d in self._squared(k, len(N)):
            pairs = self._products((c, a), (d, b), rows)
            sums[c, d, rows] += pairs @ N[a, b]
        return _mirrored(sums)

    def _squared(self, kept, summed):
        """Groups of the first factor, and effects whose products are multiplied."""
        for rows in self.blocks():
            for a, b in np.ndindex(summed, summed):
                for c, d in zip(*np.triu_indices(kept), strict=True):
                    yield rows, a, b, c, d

    def _products(self, one, other, rows):
        """Products of two values in each pair, in the pattern of some groups."""
        here = self.here(rows)
        return self._matrix(self.data(*one, here) * self.data(*other, here), rows)

    def parts(self):
        """All pairs, some at a time.

        Yields
        ------
        values : ndarray, shape (k, l, number)
        one, other : ndarray of int, shape (number,)
            Their groups.
        """
        for rows in self.blocks():
            here = self.here(rows)
            number = np.diff(self.ends[rows.start : rows.stop + 1])
            one = np.repeat(np.arange(rows.start, rows.stop), number)
            yield self.values[:, :, here] * self.unit, one, self.other[here]


def blocks(ends, start=0, stop=None):
    """Groups that are multiplied together.

    Parameters
    ----------
    ends : ndarray of int, shape (J + 1,)
        Where the pairs of each group end.
    start, stop : int
        Of the groups; all if left out.

    Returns
    -------
    list of slice
    """
    found, stop = [], len(ends) - 1 if stop is None else stop
    while start < stop:
        most = np.searchsorted(ends, ends[start] + PAIRS, side="right") - 1
        end = int(min(max(most, start + 1), start + ROWS, stop))
        found.append(slice(start, end))
        start = end
    return found


def _mirrored(sums):
    """The lower triangle as the upper one."""
    upper, lower = np.triu_indices(len(sums))
    sums[lower, upper] = sums[upper, lower]
    return sums
