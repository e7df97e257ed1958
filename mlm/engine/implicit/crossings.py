"""Products with all pairs of groups of a first factor and others.

A product takes some groups of the first factor at a time, there and back: memory then
holds vectors of these groups alone, and pairs are read where the cache still has them.
To read pairs takes as long as to multiply half a dozen columns, so what is solved for
at one Λ shares products.  Of a hundred thousand groups, not all rows of more than some
eight columns stay in the cache, and then each further column costs more.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from os import cpu_count

import numpy as np
from scipy.sparse import block_array

from mlm.engine.implicit.blocks import by_effect
from mlm.engine.implicit.crossing import blocks

# Pairs are divided in halves, whatever the machine, so that threads change no bit; with
# fewer than so many, to start threads would take longer than the products.
SHARED = 2**20
THREADS = min(2, cpu_count() or 1)


class Crossings:
    """G = Z₁ᵀZ_K, of the first factor and all others, which are kept.

    Parameters
    ----------
    each : list of Crossing
        Of the first with one of the others.

    Attributes
    ----------
    each : list of Crossing
    kept : list of slice
        Columns of each other factor's effects.
    shape : (int, int)
        Effects of the first factor, and of the others.
    """

    def __init__(self, each):
        self.each = each
        self._k, self._J = len(each[0].values), len(each[0].ends) - 1
        widths = [own.values.shape[1] * own.others for own in each]
        ends = np.cumsum([0, *widths]).tolist()
        self.kept = [slice(*span) for span in pairwise(ends)]
        self.shape = self._k * self._J, ends[-1]
        of_all = sum(own.ends.astype(np.int64) for own in each)
        cut = self._J
        if of_all[-1] > SHARED:
            cut = int(np.searchsorted(of_all, of_all[-1] // 2))
        halves = [(0, cut), (cut, self._J)]
        self._halves = [blocks(of_all, *half) for half in halves if half[0] < half[1]]

    @property
    def meeting(self):
        """Effects of the others that each first group meets: ndarray, shape (J,)."""
        return sum(own.values.shape[1] * np.diff(own.ends) for own in self.each)

    def sparse(self):
        """The whole matrix: csr_array, shape (q₁, q_K)."""
        whole = slice(0, self._J)
        matrices = [own.matrices(whole) for own in self.each]
        rows = [
            [matrix for own in matrices for matrix in own[a]] for a in range(self._k)
        ]
        return block_array(rows, format="csr")

    def times(self, b):
        """G b.

        Parameters
        ----------
        b : ndarray, shape (q_K, c)

        Returns
        -------
        ndarray, shape (q₁, c)
        """
        found = np.empty((self._k, self._J, b.shape[1]))

        def half(slices):
            for rows in slices:
                found[:, rows] = self._times(self._matrices(rows), b)

        self._by_halves(half)
        return found.reshape(-1, b.shape[1])

    def transposed_times(self, y):
        """Gᵀ y.

        Parameters
        ----------
        y : ndarray, shape (q₁, c)

        Returns
        -------
        ndarray, shape (q_K, c)
        """
        y = by_effect(y, self._k)

        def half(slices):
            found = np.zeros((self.shape[1], y.shape[-1]))
            for rows in slices:
                self._add(self._matrices(rows), y[:, rows], found)
            return found

        return sum(self._by_halves(half))

    def there_and_back(self, N, b):
        """Gᵀ N G b.

        Parameters
        ----------
        N : ndarray, shape (k, k, J)
            Blocks of the first factor.
        b : ndarray, shape (q_K, c)

        Returns
        -------
        ndarray, shape (q_K, c)
        """

        def half(slices):
            found = np.zeros_like(b)
            for rows in slices:
                matrices = self._matrices(rows)
                y = _by_group(N[:, :, rows], self._times(matrices, b))
                self._add(matrices, y, found)
            return found

        return sum(self._by_halves(half))

    def pair_sums(self, F, b, c):
        """Σ (F G b)_j (F G c)_jᵀ over groups of the first factor, symmetrised.

        Parameters
        ----------
        F : ndarray, shape (k, k, J)
        b, c : ndarray, shape (q_K, number)

        Returns
        -------
        ndarray, shape (k, k, number)
        """
        both, number = np.hstack([b, c]), b.shape[1]

        def half(slices):
            found = np.zeros((self._k, self._k, number))
            for rows in slices:
                y = _by_group(F[:, :, rows], self._times(self._matrices(rows), both))
                found += np.einsum("ajc,bjc->abc", y[..., :number], y[..., number:])
            return found

        sums = sum(self._by_halves(half))
        return (sums + sums.transpose(1, 0, 2)) / 2

    def _by_halves(self, function):
        """Results of a function of each half of the blocks: list."""
        if len(self._halves) < 2 or THREADS < 2:
            return [function(half) for half in self._halves]
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(function, self._halves))

    def _matrices(self, rows):
        return [own.matrices(rows) for own in self.each]

    def _times(self, matrices, b):
        """Products of some groups: ndarray, shape (k, rows, c)."""
        found = None
        for own, place in zip(matrices, self.kept, strict=True):
            parts = by_effect(b[place], len(own[0]))
            if found is None and self._k == len(parts) == 1:
                found = (own[0][0] @ parts[0])[None]
                continue
            product = np.array(
                [sum(M @ v for M, v in zip(row, parts, strict=True)) for row in own]
            )
            found = product if found is None else found + product
        return found

    def _add(self, matrices, y, found):
        """Add the transpose's products with those of some groups."""
        for own, place in zip(matrices, self.kept, strict=True):
            parts = by_effect(found[place], len(own[0]))
            for row, left in zip(own, y, strict=True):
                for matrix, part in zip(row, parts, strict=True):
                    part += matrix.T @ left


def _by_group(M, v):
    """Blocks times vectors of each group, which may be changed: shape (k, J, c)."""
    if len(M) == 1:
        v *= M[0, 0, :, None]
        return v
    return np.einsum("abj,bjc->ajc", M, v)
