"""Cross-products of two large factors that are crossed.

Letters are those of `mlm.engine.sums`.  Both factors are stages: A_j is the sum of the
squares of an effect over the rows of group j, and C_j its products with the other
effects, X and y.  Between the two factors there is G = Z₁ᵀZ₂, which is sparse.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from mlm.engine.group_sums import sums_by_group, sums_with_others
from mlm.engine.products import add_response, products_of_rest
from mlm.engine.sums import Sums
from mlm.engine.weighted_rows import WeightedRows


@dataclass(frozen=True, eq=False)
class CrossedSums(Sums):
    """Cross-products of a design with two large factors.

    Attributes
    ----------
    structure, basis, roots, response, slabs, A22, coupling, Qty
        As of `Sums`; the structure is that of `mlm.engine.implicit.crossed`, and there
        is no coupling of that kind.
    G : csr_array, shape (J₁, J₂)
        Z₁ᵀZ₂.
    """

    G: csr_array

    @cached_property
    def squares(self):
        """The squares of the elements of G: csr_array, shape (J₁, J₂)."""
        parts = self.G.data**2, self.G.indices, self.G.indptr
        return csr_array(parts, shape=self.G.shape)

    def between(self, s, t):
        """ZᵢᵀZ_m of the pairs of groups that meet, as `Sums.between` has it.

        Parameters
        ----------
        s, t : int
            Numbers of the stages, 0 and 1.

        Returns
        -------
        ndarray, shape (1, 1, pairs)
        j, h : ndarray of int, shape (pairs,)
        """
        pairs = self.G.tocoo()
        return pairs.data[None, None], pairs.row, pairs.col

    def times(self, a, a2):
        """[Z X y]ᵀ Z a for several a, as `Sums.times` has it.

        Parameters
        ----------
        a : list of ndarray, shape (number, 1, J)
            One a factor.
        a2 : ndarray, shape (number, q₂)
            Of the other terms.

        Returns
        -------
        found : list of ndarray, shape (number, 1, J)
        rest : ndarray, shape (q₂ + p + 1, number)
        """
        found, rest = super().times(a, a2)
        found[0] += (self.G @ a[1][:, 0].T).T[:, None]
        found[1] += (self.G.T @ a[0][:, 0].T).T[:, None]
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
        parts += [sums_by_group(stage.term, rows.Q, M), np.zeros((1, 1, stage.J))]
        slabs.append(np.concatenate(parts))
    Qty = add_response(rows, y, slabs, A22)
    one, other = (stage.term for stage in structure.stages)
    values, places = effects[0][0] * effects[1][0], (one.codes, other.codes)
    G = csr_array((values, places), shape=(one.J, other.J))
    return CrossedSums(
        *(structure, basis, roots, y, tuple(slabs), A22),
        *(None, Qty, G),
    )
