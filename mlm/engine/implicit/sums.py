"""Cross-products of factors with many groups that are crossed.

Letters are those of `mlm.engine.sums`.  Every factor is a stage: A_j are the products
of its effects over the rows of group j, and C_j those with the other effects, X and y.
Between factors there are G and K, which are sparse; their rows and columns are effects
of groups as `mlm.engine.implicit.blocks` has them.
"""

from dataclasses import dataclass
from itertools import accumulate, permutations

import numpy as np
from scipy.sparse import csr_array

from mlm.engine.group_sums import sums_by_group, sums_with_others
from mlm.engine.implicit.crossing import Crossing
from mlm.engine.implicit.crossings import Crossings
from mlm.engine.products import add_response, products_of_rest
from mlm.engine.sums import Sums
from mlm.engine.weighted_rows import WeightedRows


@dataclass(frozen=True, eq=False)
class CrossedSums(Sums):
    """Cross-products of a design with large factors.

    Attributes
    ----------
    structure, basis, roots, response, slabs, A22, coupling, Qty
        As of `Sums`; the structure is that of `mlm.engine.implicit.crossed`, and there
        is no coupling of that kind.
    G : Crossings, shape (q₁, q_K)
        Z₁ᵀZ_K of the first factor and all others, which are kept.
    K : csr_array, shape (q_K, q_K), or None
        Z_KᵀZ_K of the kept factors, less the products within each; None if there is
        only one.
    """

    G: Crossings
    K: csr_array | None

    @property
    def kept(self):
        """Columns of G that belong to each kept factor: list of slice."""
        return self.G.kept

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

    def between_in_parts(self, s, t):
        """ZᵢᵀZ_m of the pairs of groups that meet, as `Sums.between_in_parts` has it.

        Parameters
        ----------
        s, t : int
            Numbers of the stages, the first one smaller.

        Yields
        ------
        ndarray, shape (k of stage t, k of stage s, pairs)
        j, h : ndarray of int, shape (pairs,)
        """
        crossing = self._kept_crossing(s, t) if s else self.G.each[t - 1]
        for values, j, h in crossing.parts():
            yield values.swapaxes(0, 1), j, h

    def _kept_crossing(self, s, t):
        """Pairs of two kept factors: `Crossing`."""
        one, other = self.structure.stages[s], self.structure.stages[t]
        top, left, parts = self.kept[s - 1].start, self.kept[t - 1].start, []
        for a in range(one.k):
            rows = self.K[top + a * one.J : top + (a + 1) * one.J]
            starts = range(left, left + other.k * other.J, other.J)
            parts.append([rows[:, start : start + other.J] for start in starts])
        values = np.array([[part.data for part in row] for row in parts])
        pattern = parts[0][0]
        return Crossing(values, 1.0, pattern.indices, pattern.indptr, other.J)

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
        found[0] += self.G.times(others).T.reshape(found[0].shape)
        kept = self.G.transposed_times(first)
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

    sizes = [(stage.k, stage.J) for stage in stages]
    J = [J for _, J in sizes]
    others = range(1, len(stages))
    G = Crossings([Crossing.of(*meet(0, t), (J[0], J[t])) for t in others])
    K = between_kept(sizes, meet)
    return CrossedSums(structure, basis, roots, y, tuple(slabs), A22, None, Qty, G, K)


def between_kept(sizes, meet):
    """K of `CrossedSums`.

    Parameters
    ----------
    sizes : list of (int, int)
        Effects and groups, k and J, of each stage.
    meet : callable
        Of the numbers s and t of two stages: the products of their effects, ndarray of
        shape (k of s, k of t, pairs), and the groups of each pair, j and h.

    Returns
    -------
    csr_array, shape (q_K, q_K), or None
        If only one factor is kept.  All blocks of two factors' effects have the same
        pattern: zeros are stored.
    """
    starts = [0, *accumulate(k * J for k, J in sizes[1:])]
    kept = list(enumerate(starts[:-1], start=1))
    if len(kept) == 1:
        return None
    values, rows, columns = [], [], []
    for (s, top), (t, left) in permutations(kept, 2):
        met, j, h = meet(s, t)
        for a, b in np.ndindex(met.shape[:2]):
            values.append(met[a, b])
            rows.append((top + a * sizes[s][1] + j).astype(np.int32))
            columns.append((left + b * sizes[t][1] + h).astype(np.int32))
    where = np.concatenate(rows), np.concatenate(columns)
    return csr_array((np.concatenate(values), where), shape=(starts[-1], starts[-1]))
