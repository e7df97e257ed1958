"""How the groups of the first stage are coupled to the effects of other factors.

For group j of the first stage, C_j = Z₂ᵀZ_j has few rows that are not zero: the effects
of other factors that j meets.  What the engine needs of them, Σ_j C_j N_j C_jᵀ and
C_jᵀ B C_j, is then a sum over pairs of effects that meet in a group, and is linear in N
and in B: with the pairs listed once (`Meetings`), each is one product with a sparse
matrix (`SparseCoupling`).
"""

from itertools import combinations_with_replacement

import numpy as np
from scipy.sparse import csr_array


class SparseCoupling:
    """C_j of all groups, for given weights.

    Parameters
    ----------
    meetings : Meetings
    values : ndarray, shape (k, meetings)
        C_j where a group and an effect meet.

    Attributes
    ----------
    meetings, values
        The parameters.
    columns : list of csr_array, shape (q₂, J)
        The same, one for each of the k effects.
    """

    def __init__(self, meetings, values):
        self.meetings, self.values = meetings, values
        one, other = meetings.pairs
        shape = len(meetings.lower[0]), meetings.J
        self._pairs = {}
        for a, b in combinations_with_replacement(range(len(values)), 2):
            product = values[a, one] * values[b, other]
            if a != b:
                product += values[b, one] * values[a, other]
            parts = (product, meetings.pair_group, meetings.pair_ends)
            self._pairs[a, b] = csr_array(parts, shape=shape)
        places = (meetings.row, meetings.group)
        self.columns = [
            csr_array((own, places), shape=(meetings.q2, meetings.J)) for own in values
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
