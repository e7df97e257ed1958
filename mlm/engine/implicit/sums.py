"""Cross-products of factors with many groups that are crossed.

Letters are those of `mlm.engine.sums`.  Every factor is a stage: A_j are the products
of its effects over the rows of group j, and C_j those with the other effects, X and y.
Between factors there are G and K, which are sparse; their rows and columns are effects
of groups as `mlm.engine.implicit.blocks` has them.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, permutations

import numpy as np
from scipy.sparse import csr_array

from mlm.engine.group_sums import sums_by_group, sums_with_others
from mlm.engine.implicit.blocks import places
from mlm.engine.products import add_response, products_of_rest
from mlm.engine.sums import Sums
from mlm.engine.weighted_rows import WeightedRows

# Groups of the first factor whose pairs are multiplied together.
ROWS = 20_000


@dataclass(frozen=True, eq=False)
class CrossedSums(Sums):
    """Cross-products of a design with large factors.

    Attributes
    ----------
    structure, basis, roots, response, slabs, A22, coupling, Qty
        As of `Sums`; the structure is that of `mlm.engine.implicit.crossed`, and there
        is no coupling of that kind.
    G : csr_array, shape (q₁, q_K)
        Z₁ᵀZ_K of the first factor and all others, which are kept.  All blocks of two
        factors' effects have the same pattern: zeros are stored.
    K : csr_array, shape (q_K, q_K), or None
        Z_KᵀZ_K of the kept factors, less the products within each; None if there is
        only one.
    """

    G: csr_array
    K: csr_array | None

    @cached_property
    def kept(self):
        """Columns of G that belong to each kept factor: list of slice."""
        return places([self.A(f) for f in range(1, len(self.slabs))])

    def right(self, f):
        """Products of one factor with the columns of other effects, X and y.

        Parameters
        ----------
        f : int
            Number of the stage.

        Returns
        -------
        ndarray, shape (k J, q₂ + p + 1)
        """
        C = self.C(f)
        return np.ascontiguousarray(C.reshape(len(C), -1).T)

    @cached_property
    def _meetings(self):
        """Pairs of the first factor and each other: list of (values, pattern)."""
        return [self._blocks(0, f) for f in range(1, len(self.slabs))]

    def _blocks(self, s, t):
        """Blocks of two factors' groups that meet, and their common pattern.

        Returns
        -------
        values : ndarray, shape (k of stage s, k of stage t, pairs)
        indices, indptr : ndarray of int
            As of a csr_array, shape (J of stage s, J of stage t).
        """
        one, other = self.structure.stages[s], self.structure.stages[t]
        whole = self.K if s else self.G
        if whole.shape == (one.J, other.J):  # no copies
            return whole.data[None, None], whole.indices, whole.indptr
        top, left = self.kept[s - 1].start if s else 0, self.kept[t - 1].start
        rows = [slice(top + a * one.J, top + (a + 1) * one.J) for a in range(one.k)]
        columns = [
            slice(left + b * other.J, left + (b + 1) * other.J) for b in range(other.k)
        ]
        parts = [[whole[row, column] for column in columns] for row in rows]
        values = np.array([[part.data for part in row] for row in parts])
        return values, parts[0][0].indices, parts[0][0].indptr

    def at_kept(self, f, N):
        """Σ G_jᵀ N_j G_j over the groups j of the first factor.

        Parameters
        ----------
        f : int
            Number of a stage that is kept.
        N : ndarray, shape (k, k, J)
            Symmetric, of the first.

        Returns
        -------
        ndarray, shape (k, k, J)
            Of the kept stage.
        """
        values, *pattern = self._meetings[f - 1]
        return self._sandwich(values, pattern, N, f, transposed=True)

    def at_first(self, f, N):
        """Σ G_j N_j G_jᵀ over the groups j of one that is kept.

        Parameters
        ----------
        f : int
            Number of a stage that is kept.
        N : ndarray, shape (k, k, J)
            Symmetric, of this stage.

        Returns
        -------
        ndarray, shape (k, k, J)
            Of the first.
        """
        values, *pattern = self._meetings[f - 1]
        return self._sandwich(values.swapaxes(0, 1), pattern, N, f, transposed=False)

    def _sandwich(self, values, pattern, N, f, transposed):
        """Σ vᵀ N v over pairs, v of shape (k of N, k of the sums)."""
        (indices, indptr), k = pattern, values.shape[1]
        J, others = self.A(0).shape[-1], self.A(f).shape[-1]
        sums, (upper, lower) = (
            np.zeros((k, k, others if transposed else J)),
            np.triu_indices(k),
        )
        for j in range(0, J, ROWS):
            ends = indptr[j : j + ROWS + 1]
            here, own = slice(ends[0], ends[-1]), slice(j, j + len(ends) - 1)
            places, shape = (indices[here], ends - ends[0]), (len(ends) - 1, others)
            for a, b in np.ndindex(len(N), len(N)):
                for c, d in zip(upper, lower, strict=True):
                    products = values[a, c, here] * values[b, d, here]
                    pairs = csr_array((products, *places), shape=shape)
                    if transposed:
                        sums[c, d] += pairs.T @ N[a, b, own]
                    else:
                        sums[c, d, own] += pairs @ N[a, b]
        sums[lower, upper] = sums[upper, lower]
        return sums

    def between(self, s, t):
        """ZᵢᵀZ_m of the pairs of groups that meet, as `Sums.between` has it.

        Parameters
        ----------
        s, t : int
            Numbers of the stages, the first one smaller.

        Returns
        -------
        ndarray, shape (k of stage t, k of stage s, pairs)
        j, h : ndarray of int, shape (pairs,)
        """
        values, indices, indptr = self._blocks(s, t)
        j = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
        return values.swapaxes(0, 1), j, indices

    def times(self, a, a2):
        """[Z X y]ᵀ Z a for several a, as `Sums.times` has it.

        Parameters
        ----------
        a : list of ndarray, shape (number, k, J)
            One a factor.
        a2 : ndarray, shape (number, q₂)
            Of the other terms.

        Returns
        -------
        found : list of ndarray, shape (number, k, J)
        rest : ndarray, shape (q₂ + p + 1, number)
        """
        found, rest = super().times(a, a2)
        first, *others = [part.reshape(len(part), -1).T for part in a]
        others = np.concatenate(others)
        found[0] += (self.G @ others).T.reshape(found[0].shape)
        kept = self.G.T @ first
        if self.K is not None:
            kept += self.K @ others
        for own, place in zip(found[1:], self.kept, strict=True):
            own += kept[place].T.reshape(own.shape)
        return found, rest


def crossed_products(structure, basis, y, weights=None):
    """Sum the products of effects, X and a response over the rows of the data.

    Parameters
    ----------
    structure : Structure
        Of `mlm.engine.implicit.crossed`.
    basis : Basis
    y : ndarray, shape (n,)
        Response, less the offset.
    weights : ndarray, shape (n,), optional
        Of the rows.

    Returns
    -------
    CrossedSums

    Raises
    ------
    DataError
        If X explains the response exactly.
    """
    roots = None if weights is None else np.sqrt(weights)
    rows, slabs = WeightedRows(structure, basis, roots), []
    effects, A22 = rows.of_stages(), products_of_rest(rows)
    for stage, M in zip(structure.stages, effects, strict=True):
        parts = [sums_by_group(stage.term, M, M)]
        parts += sums_with_others(structure, rows.Z, stage.term, M)
        parts += [sums_by_group(stage.term, rows.Q, M), np.zeros((1, stage.k, stage.J))]
        slabs.append(np.concatenate(parts))
    Qty, stages = add_response(rows, y, slabs, A22), structure.stages

    def meet(s, t):
        products = effects[s][:, None] * effects[t]
        return products, stages[s].term.codes, stages[t].term.codes

    G, K = between_factors([(stage.k, stage.J) for stage in stages], meet)
    return CrossedSums(structure, basis, roots, y, tuple(slabs), A22, None, Qty, G, K)


def between_factors(sizes, meet):
    """G and K of `CrossedSums`.

    Parameters
    ----------
    sizes : list of (int, int)
        Effects and groups, k and J, of each stage.
    meet : callable
        Of the numbers s and t of two stages: the products of their effects, ndarray of
        shape (k of s, k of t, pairs), and the groups of each pair, j and h.

    Returns
    -------
    G : csr_array, shape (q₁, q_K)
    K : csr_array, shape (q_K, q_K), or None
        If only one factor is kept.
    """
    starts = [0, *accumulate(k * J for k, J in sizes[1:])]
    kept = list(enumerate(starts[:-1], start=1))

    def matrix(pairs, shape):
        values, rows, columns = [], [], []
        for (s, top), (t, left) in pairs:
            met, j, h = meet(s, t)
            for a, b in np.ndindex(met.shape[:2]):
                values.append(met[a, b])
                rows.append((top + a * sizes[s][1] + j).astype(np.int32))
                columns.append((left + b * sizes[t][1] + h).astype(np.int32))
        where = np.concatenate(rows), np.concatenate(columns)
        return csr_array((np.concatenate(values), where), shape=shape)

    k, J = sizes[0]
    G = matrix([((0, 0), other) for other in kept], (k * J, starts[-1]))
    if len(kept) == 1:
        return G, None
    return G, matrix(permutations(kept, 2), (starts[-1], starts[-1]))
