"""Which effects of other factors meet the groups of the first stage: index arrays.

Made once a design, from groups alone; the numbers are `mlm.engine.coupling`'s.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from mlm.ground.errors import DataError

# Where more than this share of the groups of two factors meet, dense matrices are
# quicker than sparse ones.
CROWDED = 0.15
# Most pairs of effects that meet in a group, at some 80 bytes each.
MOST_PAIRS = 250_000_000


@dataclass(frozen=True, eq=False)
class Meetings:
    """Which effects of other terms meet a group of the first stage: index arrays.

    Attributes
    ----------
    q2, J : int
        Number of effects of the other terms, and of groups.
    stored : ndarray of bool, shape (n, Σ k), or None
        Which numbers of Z₂ are not 0, the effects of all other terms row by row; None
        where rows are not at hand.
    observation, slot : ndarray of int, or None
        Row of the data, and meeting, of each of these.
    group, row : ndarray of int, shape (meetings,)
        Group of the first stage, and effect, that meet; groups ascending.
    pairs : tuple of ndarray of int
        Meetings of two effects with one group: both of each pair.
    pair_group, pair_ends : ndarray of int
        Groups of the pairs, and where those of each element of H end: indices and
        pointers of a sparse matrix with a row for each element.
    lower : tuple of ndarray of int
        Row and column of these elements of H, in its lower triangle.
    """

    q2: int
    J: int
    stored: np.ndarray | None
    observation: np.ndarray | None
    slot: np.ndarray | None
    group: np.ndarray
    row: np.ndarray
    pairs: tuple
    pair_group: np.ndarray
    pair_ends: np.ndarray
    lower: tuple

    def sums(self, Z2, M):
        """C_j where a group and an effect meet, from the rows of the data.

        Parameters
        ----------
        Z2 : ndarray, shape (n, Σ k)
            Orthonormal effects of the other terms, weighted.
        M : ndarray, shape (k, n)
            Orthonormal effects of the first stage, weighted.

        Returns
        -------
        ndarray, shape (k, meetings)
        """
        Z2, size = Z2[self.stored], len(self.row)
        return np.array(
            [np.bincount(self.slot, Z2 * z[self.observation], size) for z in M]
        )

    @property
    def fill(self):
        """Share of the groups and effects that meet."""
        return len(self.row) / (self.q2 * self.J)


def find_meetings(terms, first, crowded):
    """List the effects that meet in a group, and the pairs of them.

    Parameters
    ----------
    terms : list of RandomTerm
        The other terms, with together q₂ effects.
    first : RandomTerm
        A term of the first stage.
    crowded : float
        Share of meetings from which dense matrices are better.

    Returns
    -------
    Meetings or None
        None if so many meet that dense matrices are better.

    Raises
    ------
    DataError
        If the pairs would not fit in memory.
    """
    stored = np.hstack([_stored(term) for term in terms])
    starts = np.cumsum([0, *(term.b_size for term in terms)])
    columns = np.hstack(
        [
            start + term.k * term.codes[:, None] + np.arange(term.k)
            for start, term in zip(starts, terms, strict=False)
        ]
    )[stored]
    observation, q2, J = np.nonzero(stored)[0], int(starts[-1]), first.J
    key, slot = np.unique(first.codes[observation] * q2 + columns, return_inverse=True)
    if len(key) > crowded * q2 * J:
        return None
    return list_pairs(first, key, q2, (stored, *map(_narrow, (observation, slot))))


def list_pairs(first, key, q2, rows=(None, None, None)):
    """List the pairs of effects that meet in a group.

    Parameters
    ----------
    first : RandomTerm
        A term of the first stage.
    key : ndarray of int, shape (meetings,)
        Number of the group times q₂, plus that of the effect; ascending.
    q2 : int
        Effects of the other terms.
    rows : tuple of ndarray, optional
        `stored`, `observation` and `slot` of the meetings, where rows are at hand.

    Returns
    -------
    Meetings

    Raises
    ------
    DataError
        If the pairs would not fit in memory.
    """
    J = first.J
    group, row = np.divmod(key, q2)
    size = np.bincount(group)
    number = int((size * (size + 1) // 2).sum())
    if number > MOST_PAIRS:
        raise DataError(
            f"the groups of {first.group} meet {number:.1e} pairs of other random "
            f"effects, for which mlm would need {number * 8e-8:.0f} GB. Leave out a "
            f"term, or fit part of the data: some of {first.group}."
        )
    one, other = _pairs_within(group, J)
    order, places = np.arange(len(one)), (row[one] * q2 + row[other], group[one])
    by_element = csr_array((order, places), shape=(q2 * q2, J))
    used = np.flatnonzero(np.diff(by_element.indptr))
    return Meetings(
        *(q2, J, *rows, group, row),
        pairs=(_narrow(one[by_element.data]), _narrow(other[by_element.data])),
        pair_group=by_element.indices,
        pair_ends=np.append(by_element.indptr[used], by_element.indptr[-1]),
        lower=np.divmod(used, q2),
    )


def _stored(term):
    """Where a term's effects may be other than 0, once they are orthonormal."""
    if term.k == 1:
        return term.effects.values != 0
    return np.ones(term.effects.values.shape, dtype=bool)


def _pairs_within(group, J):
    """Pairs of places with equal groups, which ascend; each with those up to it."""
    ends = np.searchsorted(group, np.arange(J + 1))
    counts = np.arange(len(group)) - ends[group] + 1
    one = np.repeat(np.arange(len(group)), counts)
    other = np.arange(len(one)) - np.repeat(np.cumsum(counts) - counts, counts)
    return one, other + ends[group[one]]


def _narrow(places):
    """Integers in 32 bits, where they fit: there may be hundreds of millions."""
    fits = len(places) == 0 or places.max() < 2**31
    return places.astype(np.int32) if fits else places
