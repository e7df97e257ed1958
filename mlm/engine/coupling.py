"""How the groups of the first stage are coupled to the effects of other factors.

For group j of the first stage, C_j = Z₂ᵀZ_j has few rows that are not zero: the effects
of other factors that j meets.  What the engine needs of them, Σ_j C_j N_j C_jᵀ and
C_jᵀ B C_j, is then a sum over pairs of effects that meet in a group, and is linear in N
and in B: with the pairs listed once (`Meetings`), each is one product with a sparse
matrix (`SparseCoupling`).
"""

from dataclasses import dataclass
from itertools import combinations_with_replacement

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
    stored : ndarray of bool, shape (n, Σ k)
        Which numbers of Z₂ are not 0, the effects of all other terms row by row.
    observation, slot : ndarray of int
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
    stored: np.ndarray
    observation: np.ndarray
    slot: np.ndarray
    group: np.ndarray
    row: np.ndarray
    pairs: tuple
    pair_group: np.ndarray
    pair_ends: np.ndarray
    lower: tuple

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
    group, row = np.divmod(key, q2)
    if len(row) > crowded * q2 * J:
        return None
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
        *(q2, J, stored, *map(_narrow, (observation, slot)), group, row),
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


class SparseCoupling:
    """C_j of all groups, for given weights.

    Parameters
    ----------
    meetings : Meetings
    Z2 : ndarray, shape (n, Σ k)
        Orthonormal effects of the other terms, weighted.
    M : ndarray, shape (k, n)
        Orthonormal effects of the first stage, weighted.

    Attributes
    ----------
    meetings : Meetings
    values : ndarray, shape (k, meetings)
        C_j where a group and an effect meet.
    columns : list of csr_array, shape (q₂, J)
        The same, one for each of the k effects.
    """

    def __init__(self, meetings, Z2, M):
        self.meetings = meetings
        Z2, size = Z2[meetings.stored], len(meetings.row)
        self.values = np.array(
            [np.bincount(meetings.slot, Z2 * z[meetings.observation], size) for z in M]
        )
        one, other = meetings.pairs
        shape = len(meetings.lower[0]), meetings.J
        self._pairs = {}
        for a, b in combinations_with_replacement(range(len(M)), 2):
            values = self.values[a, one] * self.values[b, other]
            if a != b:
                values += self.values[b, one] * self.values[a, other]
            parts = (values, meetings.pair_group, meetings.pair_ends)
            self._pairs[a, b] = csr_array(parts, shape=shape)
        places = (meetings.row, meetings.group)
        self.columns = [
            csr_array((values, places), shape=(meetings.q2, meetings.J))
            for values in self.values
        ]

    def of_term(self, rows, k):
        """Z_jᵀZ_h of the groups h of one term that meet j.

        Parameters
        ----------
        rows : slice
            The term's among all q₂.
        k : int
            Its effects.

        Returns
        -------
        G : ndarray, shape (k of the first stage, k, meetings)
        j, h : ndarray of int, shape (meetings,)
        """
        row, group = self.meetings.row, self.meetings.group
        own = (row >= rows.start) & (row < rows.stop)
        h, effect = np.divmod(row[own] - rows.start, k)
        j = group[own]
        new = (np.diff(h, prepend=-1) != 0) | (np.diff(j, prepend=-1) != 0)
        G = np.zeros((len(self.values), k, new.sum()))
        G[:, effect, np.cumsum(new) - 1] = self.values[:, own]
        return G, j[new], h[new]

    def subtract(self, H, N, NC):
        """Take Σ_j C_j N_j C_jᵀ out of H, in place.

        Parameters
        ----------
        H : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
        N : ndarray, shape (k, k, J)
        NC : ndarray, shape (p + 1, k, J)
            N_j C_jᵀ of the dense rows.
        """
        row, column = self.meetings.lower
        size = sum(pairs @ N[a, b] for (a, b), pairs in self._pairs.items())
        H[row, column] -= size
        H[column, row] = H[row, column]
        q2, width = self.meetings.q2, len(NC)
        for a, C_a in enumerate(self.columns):
            H[:q2, -width:] -= C_a @ NC[:, a].T
        H[-width:, :q2] = H[:q2, -width:].T

    def add_middle(self, D, B, C):
        """Add to D the part of C_jᵀ B C_j in these rows, in place.

        Parameters
        ----------
        D : ndarray, shape (k, k, J)
        B : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
        C : ndarray, shape (p + 1, k, J)
            The dense rows of C_j.
        """
        q2, width = self.meetings.q2, len(C)
        side = B[:q2, -width:]
        mixed = np.array([C_a.T @ side for C_a in self.columns])
        mixed = np.einsum("ajr,rbj->abj", mixed, C)
        D += mixed + mixed.transpose(1, 0, 2)
        row, column = self.meetings.lower
        weight = B[row, column] * np.where(row == column, 1, 2)
        for (a, b), pairs in self._pairs.items():
            inner = pairs.T @ weight
            if a == b:
                D[a, a] += inner
            else:
                D[a, b] += inner / 2
                D[b, a] += inner / 2

    def middle(self, B):
        """B C_j where a group and an effect meet.

        Parameters
        ----------
        B : ndarray, shape (q₂, q₂)
            Symmetric.

        Returns
        -------
        ndarray, shape (k, meetings)
        """
        one, other = self.meetings.pairs
        row, size = self.meetings.row, len(self.meetings.row)
        element = B[row[one], row[other]]
        apart = np.where(one == other, 0.0, element)
        return np.array(
            [
                np.bincount(one, element * C[other], size)
                + np.bincount(other, apart * C[one], size)
                for C in self.values
            ]
        )

    def times(self, b1):
        """Σ_j C_j b_j for several b.

        Parameters
        ----------
        b1 : ndarray, shape (k J, number)
            One b a column, effect by effect.

        Returns
        -------
        ndarray, shape (q₂, number)
        """
        parts = np.split(b1, len(self.columns))
        return sum(C_a @ part for C_a, part in zip(self.columns, parts, strict=True))

    def of_groups(self, codes, b):
        """C_j b of one group j for each b.

        Parameters
        ----------
        codes : ndarray of int, shape (number,)
            The groups.
        b : ndarray, shape (k, number)

        Returns
        -------
        ndarray, shape (q₂, number)
        """
        return sum(
            weight * C_a.T.tocsr()[codes].toarray().T
            for weight, C_a in zip(b, self.columns, strict=True)
        )

    def transposed_times(self, b):
        """C_jᵀ b for every group j.

        Parameters
        ----------
        b : ndarray, shape (q₂,)

        Returns
        -------
        ndarray, shape (k, J)
        """
        return np.array([C_a.T @ b for C_a in self.columns])
