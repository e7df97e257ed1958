"""How the groups of the leading factor are coupled to the effects of other factors.

For group j of the leading factor, C_j = Z₂ᵀZ_j has few rows that are not zero: the
effects of other factors that j meets.  What the engine needs of them,
Σ_j C_j N_j C_jᵀ and C_jᵀ B C_j, is then a sum over pairs of effects that meet in a
group, and is linear in N and in B: with the pairs listed once, each is one product
with a fixed sparse matrix.
"""

from itertools import combinations_with_replacement

import numpy as np
from scipy.sparse import csr_array


class SparseCoupling:
    """C_j of all groups, and the pairs of its rows.

    Parameters
    ----------
    Z2 : csr_array, shape (n, q₂)
    lead : RandomTerm
        Gives the group of every row.
    M : ndarray, shape (k, n)
        Effects of the leading factor.
    """

    def __init__(self, Z2, lead, M):
        self.shape = (Z2.shape[1], len(M), lead.J)
        observation = np.repeat(np.arange(len(lead.codes)), np.diff(Z2.indptr))
        key = lead.codes[observation] * self.shape[0] + Z2.indices
        key, slot = np.unique(key, return_inverse=True)
        self.group, self.row = np.divmod(key, self.shape[0])
        self.values = np.array(
            [np.bincount(slot, Z2.data * z[observation], len(key)) for z in M]
        )

    @property
    def fill(self):
        """Share of elements that are stored."""
        return len(self.row) / (self.shape[0] * self.shape[2])

    @property
    def pairs(self):
        """How many pairs of rows meet in a group, each row with itself included."""
        size = np.bincount(self.group)
        return int((size * (size + 1) // 2).sum())

    def meetings(self, rows, k):
        """Z_jᵀZ_h of the groups h of one term that meet j.

        Parameters
        ----------
        rows : slice
            The term's among all q₂.
        k : int
            Its effects.

        Returns
        -------
        G : ndarray, shape (k of the leading factor, k, pairs)
        j, h : ndarray, shape (pairs,)
        """
        own = (self.row >= rows.start) & (self.row < rows.stop)
        h, effect = np.divmod(self.row[own] - rows.start, k)
        j = self.group[own]
        new = (np.diff(h, prepend=-1) != 0) | (np.diff(j, prepend=-1) != 0)
        G = np.zeros((len(self.values), k, new.sum()))
        G[:, effect, np.cumsum(new) - 1] = self.values[:, own]
        return G, j[new], h[new]

    def with_pairs(self):
        """List the pairs of rows that meet in a group; give the object itself."""
        q2, k, J = self.shape
        ends = np.searchsorted(self.group, np.arange(J + 1))
        place = np.arange(len(self.group)) - ends[self.group]
        # Each row of a group with itself and those before it: the lower triangle.
        counts = place + 1
        first = np.repeat(np.arange(len(place)), counts)
        second = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
        second += ends[self.group[first]]
        pair = self.row[first] * q2 + self.row[second]
        order = np.arange(len(pair))
        by_pair = csr_array((order, (pair, self.group[first])), shape=(q2 * q2, J))
        used = np.flatnonzero(np.diff(by_pair.indptr))
        self._lower = np.divmod(used, q2)
        pointers = np.append(by_pair.indptr[used], by_pair.indptr[-1])
        first, second = first[by_pair.data], second[by_pair.data]
        self._pairs = {}
        for a, b in combinations_with_replacement(range(k), 2):
            values = self.values[a, first] * self.values[b, second]
            if a != b:
                values += self.values[b, first] * self.values[a, second]
            parts = (values, by_pair.indices, pointers)
            self._pairs[a, b] = csr_array(parts, shape=(len(used), J))
        self.columns = [
            csr_array((values, (self.row, self.group)), shape=(q2, J))
            for values in self.values
        ]
        return self

    def subtract(self, H, N, NC):
        """Take Σ_j C_j N_j C_jᵀ out of H; NC is N_j C_jᵀ of the dense rows."""
        row, column = self._lower
        size = sum(pairs @ N[a, b] for (a, b), pairs in self._pairs.items())
        H[row, column] -= size
        H[column, row] = H[row, column]
        q2, width = self.shape[0], len(NC)
        for a, C_a in enumerate(self.columns):
            H[:q2, -width:] -= C_a @ NC[:, a].T
        H[-width:, :q2] = H[:q2, -width:].T

    def add_middle(self, D, B, C):
        """Add to D what C_jᵀ B C_j has of these rows; C are the dense ones."""
        q2, width = self.shape[0], len(C)
        side = B[:q2, -width:]
        mixed = np.array([C_a.T @ side for C_a in self.columns])
        mixed = np.einsum("ajr,rbj->abj", mixed, C)
        D += mixed + mixed.transpose(1, 0, 2)
        row, column = self._lower
        weight = B[row, column] * np.where(row == column, 1, 2)
        for (a, b), pairs in self._pairs.items():
            inner = pairs.T @ weight
            if a == b:
                D[a, a] += inner
            else:
                D[a, b] += inner / 2
                D[b, a] += inner / 2

    def times(self, b1):
        """Σ_j C_j b_j for several b: shape (k J, number) to (q₂, number)."""
        parts = np.split(b1, len(self.columns))
        return sum(C_a @ part for C_a, part in zip(self.columns, parts, strict=True))

    def of_groups(self, codes, b):
        """C_j b of the groups `codes`, b (k, number): ndarray, shape (q₂, number)."""
        return sum(
            weight * C_a.T.tocsr()[codes].toarray().T
            for weight, C_a in zip(b, self.columns, strict=True)
        )

    def transposed_times(self, b):
        """C_jᵀ b for every group: ndarray, shape (k, J)."""
        return np.array([C_a.T @ b for C_a in self.columns])
