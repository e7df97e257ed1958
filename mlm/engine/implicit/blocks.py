"""Block-diagonal matrices of many groups, a small block for each.

Blocks of one factor are an array (a, b, J), the group last.  Vectors of a factor have
its effects one below the other: effect a of group j is element a J + j.
"""

from itertools import accumulate

import numpy as np
from scipy.sparse import block_array, block_diag, diags_array


class BlockDiagonal:
    """A block for every group of several factors, one factor below the other.

    Parameters
    ----------
    parts : list of ndarray, shape (k, k, J)
        One a factor.

    Attributes
    ----------
    parts : list of ndarray, shape (k, k, J)
    places : list of slice
        Each factor's elements of a vector.
    """

    def __init__(self, parts):
        self.parts, self.places = list(parts), places(parts)
        scalar = all(len(part) == 1 for part in parts)
        self._diagonal = np.concatenate([p.ravel() for p in parts]) if scalar else None

    def times(self, v):
        """The product with several vectors.

        Parameters
        ----------
        v : ndarray, shape (q, c)

        Returns
        -------
        ndarray, shape (q, c)
        """
        if self._diagonal is not None:
            return self._diagonal[:, None] * v
        return self._each("abj,bjc->ajc", v)

    def transposed_times(self, v):
        """The product of the transpose with several vectors.

        Parameters
        ----------
        v : ndarray, shape (q, c)

        Returns
        -------
        ndarray, shape (q, c)
        """
        if self._diagonal is not None:
            return self.times(v)
        return self._each("baj,bjc->ajc", v)

    def sparse(self):
        """The whole matrix: csr_array, shape (q, q)."""
        return block_diag(
            [
                block_array([[diags_array(own) for own in row] for row in part])
                for part in self.parts
            ],
            format="csr",
        )

    def _each(self, subscripts, v):
        products = np.empty_like(v)
        for part, place in zip(self.parts, self.places, strict=True):
            own = by_effect(v[place], len(part))
            products[place] = np.einsum(subscripts, part, own).reshape(v[place].shape)
        return products


def places(parts):
    """Each factor's elements of a vector of all.

    Parameters
    ----------
    parts : list of ndarray, shape (k, ..., J)
        One a factor.

    Returns
    -------
    list of slice
    """
    sizes = [len(part) * part.shape[-1] for part in parts]
    return [slice(e - s, e) for e, s in zip(accumulate(sizes), sizes, strict=True)]


def by_effect(v, k):
    """Elements of vectors of one factor by effect and group.

    Parameters
    ----------
    v : ndarray, shape (k J, …)
    k : int
        Effects of a group.

    Returns
    -------
    ndarray, shape (k, J, …)
        Of a contiguous array, the array itself.
    """
    return v.reshape(k, len(v) // k, *v.shape[1:])


def pair_sums(v, w, k):
    """Σ v_j w_jᵀ over the groups of a factor, for every pair of vectors, symmetrised.

    Parameters
    ----------
    v, w : ndarray, shape (k J, c)
    k : int
        Effects of a group.

    Returns
    -------
    ndarray, shape (k, k, c)
    """
    sums = np.einsum("ajc,bjc->abc", by_effect(v, k), by_effect(w, k))
    return (sums + sums.transpose(1, 0, 2)) / 2
