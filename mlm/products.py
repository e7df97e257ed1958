"""Cross-products: all that the engine needs to know of the data.

Made once per design; nothing after it costs anything in n.  Effects of every random
term are made orthonormal first (times √n), X too, and what X explains is taken out of
y: shifts and scales of the data then cost no digits.  Letters as in `mlm.elimination`.
"""

from copy import copy
from dataclasses import replace
from functools import cached_property
from itertools import combinations_with_replacement, pairwise

import numpy as np
from scipy.linalg import block_diag
from scipy.sparse import csr_array, hstack

from mlm.by_rows import LARGEST as LARGEST_ROWS
from mlm.by_rows import DesignRows
from mlm.coupling import SparseCoupling
from mlm.covariance import RelativeFactor
from mlm.errors import DataError
from mlm.factors import lower_factor, triangular_factor
from mlm.stages import make_stages

# A residual smaller than this share of the response is rounding.
EXACT = 1e-13
# Effects of a term closer to collinear than this are scaled, but not decorrelated.
COLLINEAR = 1e-10
# Where more than this share of the groups of two factors meet, or there are few of
# them, dense matrices are quicker than sparse ones.
CROWDED = 0.15
FEW = 30_000
# Random effects that are left for dense matrices, of which there are half a dozen.
LARGEST = 20_000
# Pairs of them that meet in groups of the first factor, at some 80 bytes each.
MOST_PAIRS = 250_000_000


class Products:
    """Cross-products of a design with orthonormal effects, and what uses them alone.

    Attributes
    ----------
    terms : tuple of RandomTerm
    stages : list of Stage
        Grouping factors that are eliminated group by group: the one with the most
        effects, and those that it is nested in.
    others : list of int
        The other terms, by number.
    q2 : int
        How many random effects they have.
    width : int
        Last rows of every slab that belong to A₂₂: q₂ + p + 1, or p + 1 if there is a
        `coupling`.
    coupling : SparseCoupling or None
        Z₂ᵀZ_j, where few groups of other terms meet a group of the only stage.
    A22 : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
    RX, Qty : ndarray, shape (p, p), (p,)
        X = Q RX, and Qᵀy, which was taken out of y.
    """

    def __init__(self, design):
        if not design.terms:
            raise DataError("a criterion of theta needs a random term.")
        self.design = design
        self.terms = design.terms
        self.stages = make_stages(design.terms)
        staged = {i for stage in self.stages for i in stage.members}
        self.others = [i for i in range(len(self.terms)) if i not in staged]
        self.q2 = sum(self.terms[i].b_size for i in self.others)
        if self.q2 > LARGEST:
            groups = ", ".join(dict.fromkeys(self.terms[i].group for i in self.others))
            raise DataError(
                f"the groups of {groups} are crossed with those of "
                f"{self.stages[0].term.group}, and are too many: mlm would need dense "
                f"matrices of {self.q2} × {self.q2}. Leave out a term, or fit part of "
                "the data."
            )
        self._R = [self._factor(term) for term in design.terms]
        self.RX = design.RX
        whitened, Q = self.orthonormal_rows()
        self._sum_predictors(whitened, Q)
        self._sum_response(whitened, Q)

    def with_response(self, y):
        """The products of the same predictors with another response.

        Parameters
        ----------
        y : ndarray, shape (n,)
        """
        other = copy(self)
        vars(other).pop("by_rows", None)
        other.design = self.design.with_response(y)
        other.A22 = self.A22.copy()
        other.stages = [replace(s, slab=s.slab.copy()) for s in self.stages]
        other._sum_response(*other.orthonormal_rows())
        return other

    def _factor(self, term):
        """R of effects/√n = Q R, so that effects R⁻¹ are orthonormal times √n."""
        if self.design.weights is None:
            R = term.effects.R / np.sqrt(self.design.n)
        else:
            effects = self.design.weighted(term.effects.values)
            R = triangular_factor(effects) / np.sqrt(self.design.n)
        size = np.linalg.norm(R, axis=0)
        if (np.diag(R) < COLLINEAR * size).any():
            return np.diag(np.where(size > 0, size, 1))
        return R

    def orthonormal_rows(self):
        """Orthonormal effects of every term, each k rows of n, and Qᵀ, p rows of n."""
        weighted = self.design.weighted
        whitened = [
            np.linalg.inv(R).T @ weighted(term.effects.values).T
            for R, term in zip(self._R, self.terms, strict=True)
        ]
        return whitened, np.linalg.inv(self.RX).T @ weighted(self.design.X).T

    def _Z2(self, whitened):
        """Z of the other terms, with orthonormal effects: csr_array, shape (n, q₂)."""
        parts = [self.terms[i].matrix(whitened[i].T) for i in self.others]
        return csr_array(hstack(parts))

    def _sum_predictors(self, whitened, Q):
        """All slabs and A₂₂, but for y."""
        q2 = self.q2
        self.A22 = np.zeros((q2 + len(Q) + 1,) * 2)
        self.A22[q2:-1, q2:-1] = Q @ Q.T
        self.A22[:q2, :q2] = self._corner(whitened)
        for i, rows in self.rows.items():
            side = _sums_by_group(self.terms[i], Q, whitened[i]).transpose(0, 2, 1)
            self.A22[q2:-1, rows] = side.reshape(len(Q), self.terms[i].b_size)
        self.A22[:q2, q2:-1] = self.A22[q2:-1, :q2].T
        effects = self._effects(whitened)
        self.coupling = self._sparse_coupling(whitened, effects[0])
        self.width = len(Q) + 1 + (q2 if self.coupling is None else 0)
        for i, (stage, M) in enumerate(zip(self.stages, effects, strict=True)):
            parts = [_sums_by_group(stage.term, M, M)]
            parts += [_sums_by_group(stage.term, N, M) for N in effects[i + 1 :]]
            if self.coupling is None:
                parts += self._meetings(whitened, stage.term, M)
            parts += [_sums_by_group(stage.term, Q, M)]
            stage.slab = np.concatenate([*parts, np.zeros((1, *parts[0].shape[1:]))])

    def _effects(self, whitened):
        """Orthonormal effects of every stage, each k rows of n."""
        return [
            np.vstack([whitened[i] for i in stage.members]) for stage in self.stages
        ]

    def _sparse_coupling(self, whitened, M):
        """Z₂ᵀZ_j of the only stage, if it is better stored sparse."""
        first = self.stages[0].term
        if len(self.stages) > 1 or self.q2 * first.J < FEW:
            return None
        coupling = SparseCoupling(self._Z2(whitened), first, M)
        if coupling.fill > CROWDED:
            return None
        if coupling.pairs > MOST_PAIRS:
            raise DataError(
                f"the groups of {first.group} meet {coupling.pairs:.1e} pairs of other "
                f"random effects, for which mlm would need {coupling.pairs * 8e-8:.0f} "
                f"GB. Leave out a term, or fit part of the data: some of {first.group}."
            )
        return coupling.with_pairs()

    def _corner(self, whitened):
        """Z₂ᵀZ₂: ndarray, shape (q₂, q₂)."""
        corner = np.zeros((self.q2, self.q2))
        rows = self.rows
        for i, j in combinations_with_replacement(self.others, 2):
            one, other = self.terms[i], self.terms[j]
            meetings = _sums_by_meeting(one, whitened[i], other, whitened[j])
            block = meetings.transpose(2, 0, 3, 1).reshape(one.b_size, other.b_size)
            corner[rows[i], rows[j]] = block
            corner[rows[j], rows[i]] = block.T
        return corner

    def _meetings(self, whitened, term, M):
        """Z₂ᵀZ_j of every other term, in full: arrays of shape (rows, k, J)."""
        for i in self.others:
            meetings = _sums_by_meeting(self.terms[i], whitened[i], term, M)
            yield meetings.transpose(2, 0, 1, 3).reshape(-1, len(M), term.J)

    def _sum_response(self, whitened, Q):
        """Complete C and A₂₂ by y, less what X explains of it."""
        y, self.Qty, exact = self.without_X(self.design.y[:, None], Q)
        y, self.Qty = y[:, 0], self.Qty[:, 0]
        if exact:
            raise DataError(
                "the fixed effects explain the response exactly: there is nothing "
                "left for random effects. Is a predictor computed from the response?"
            )
        with_Z = [
            _sums_by_group(term, y[None, :], M)[0]
            for term, M in zip(self.terms, whitened, strict=True)
        ]
        for stage in self.stages:
            stage.slab[-1] = np.vstack([with_Z[i] for i in stage.members])
        row = [*(with_Z[i].T.ravel() for i in self.others), Q @ y, [y @ y]]
        self.A22[-1] = self.A22[:, -1] = np.concatenate(row)

    def without_X(self, Y, Q):
        """Take out of responses what is known of them, and what X explains.

        Parameters
        ----------
        Y : ndarray, shape (n, R)
        Q : ndarray, shape (p, n)
            From `orthonormal_rows`.

        Returns
        -------
        y : ndarray, shape (n, R)
            What is left, weighted.
        Qty : ndarray, shape (p, R)
        exact : ndarray of bool, shape (R,)
            Whether nothing is left but rounding.
        """
        y = given = self.design.weighted(Y - np.reshape(self.design.offset, (-1, 1)))
        Qty = np.zeros((len(Q), Y.shape[1]))
        for _ in range(2):  # twice: once loses orthogonality by rounding
            explained = Q @ y
            y = y - Q.T @ explained
            Qty += explained
        size = np.linalg.norm(given, axis=0)
        return y, Qty, np.linalg.norm(y, axis=0) <= EXACT * size

    def original_variance(self, members, variance):
        """Covariances (J × k × k) of the original effects of some terms."""
        R_inverse = np.linalg.inv(block_diag(*(self._R[i] for i in members)))
        return R_inverse @ variance @ R_inverse.T

    def dense(self, C):
        """Rows of C_j, or of a product with them, that belong to A₂₂."""
        return C[-self.width :]

    def observations(self, chunk):
        """Yield groups, effects and [z₂ x] of `chunk` rows of the data at a time.

        Yields
        ------
        codes : list of ndarray, shape (rows,)
            One a stage.
        z : list of ndarray, shape (k, rows)
        rest : ndarray, shape (q₂ + p, rows)
        """
        whitened, Q = self.orthonormal_rows()
        effects = self._effects(whitened)
        Z2 = self._Z2(whitened) if self.others else None
        for start in range(0, self.design.n, chunk):
            rows = slice(start, start + chunk)
            rest = Q[:, rows]
            if Z2 is not None:
                rest = np.vstack([Z2[rows].toarray().T, rest])
            codes = [stage.term.codes[rows] for stage in self.stages]
            yield codes, [M[:, rows] for M in effects], rest

    @cached_property
    def rows(self):
        """Rows of each other term in A₂₂: dict of slice."""
        ends = np.cumsum([0, *(self.terms[i].b_size for i in self.others)])
        return dict(zip(self.others, (slice(*s) for s in pairwise(ends)), strict=True))

    @cached_property
    def order(self):
        """Terms by number, stage by stage, others last: list of int."""
        return [*(i for stage in self.stages for i in stage.members), *self.others]

    @cached_property
    def by_rows(self):
        """The rows themselves (`DesignRows`), or None where they are too many."""
        columns = sum(term.b_size for term in self.terms) + len(self.RX) + 1
        few = max(self.design.n // 10, 2 * columns) * columns <= LARGEST_ROWS
        return DesignRows(self) if few else None

    @cached_property
    def in_order_of_terms(self):
        """Places of the elements of all blocks, given in `order`."""
        sizes = [self.terms[i].k ** 2 for i in self.order]
        parts = np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1])
        places = dict(zip(self.order, parts, strict=True))
        return np.concatenate([places[i] for i in range(len(self.terms))])

    def whiten(self, theta):
        """Blocks of Λ for orthonormal effects, R T: one k × k array a term."""
        blocks = RelativeFactor(self.terms).blocks(theta)
        return [R @ T for R, T in zip(self._R, blocks, strict=True)]

    def slopes_by_theta(self, slopes):
        """Derivatives by theta for those by the whitened blocks."""
        parts = zip(self._R, slopes, strict=True)
        return np.concatenate([_triangle(R.T @ slope) for R, slope in parts])

    def unwhiten(self, blocks):
        """Theta (..., m) for blocks (..., k, k) of Λ of orthonormal effects."""
        parts = zip(self._R, blocks, strict=True)
        factors = [lower_factor(np.linalg.solve(R, block)) for R, block in parts]
        return np.concatenate([_triangle(T) for T in factors], axis=-1)

    def original(self, i, b):
        """Random effects of term i (J × k) for those of orthonormal effects."""
        return b @ np.linalg.inv(self._R[i]).T

    def rest_times(self, blocks, M, transposed=False):
        """Λ₂ M, or Λ₂ᵀ M: the other terms' blocks on their rows of M."""
        product = M.copy()
        for i, rows in self.rows.items():
            term, T = self.terms[i], blocks[i].T if transposed else blocks[i]
            if term.k == 1:
                product[rows] *= T[0, 0]
            else:
                groups = M[rows].reshape(term.J, term.k, -1)
                product[rows] = (T @ groups).reshape(M[rows].shape)
        return product

    def coupled(self, C, b2):
        """Z_jᵀ Z₂ b₂ for every group of a stage: shape (k, J)."""
        if self.coupling is not None:
            return self.coupling.transposed_times(b2)
        start = len(C) - self.width
        return np.einsum("r,raj->aj", b2, C[start : start + self.q2])

    def rest_of_stage(self, C, b):
        """[Z₂ X y]ᵀ Z b of a stage, for several b (number, k, J): one a column."""
        b = b.reshape(len(b), -1).T
        product = self.dense(C).reshape(self.width, -1) @ b
        if self.coupling is None:
            return product
        return np.vstack([self.coupling.times(b), product])

    def times(self, a, a2):
        """[Z X y]ᵀ Z a for several a.

        Parameters
        ----------
        a : list of ndarray, shape (number, k, J)
            One a stage.
        a2 : ndarray, shape (number, q₂)
            Of the other terms.

        Returns
        -------
        list of ndarray, shape (number, k, J)
        ndarray, shape (q₂ + p + 1, number)
        """
        rest = self.A22[:, : self.q2] @ a2.T
        found = [
            np.einsum("abj,ibj->iaj", stage.A, part)
            for stage, part in zip(self.stages, a, strict=True)
        ]
        for i, stage in enumerate(self.stages):
            if self.q2:
                found[i] += [self.coupled(stage.C, b2) for b2 in a2]
            rest += self.rest_of_stage(stage.C, a[i])
            for m, (nesting, rows) in enumerate(stage.outer, i + 1):
                C = stage.C[rows]
                found[i] += np.einsum("raj,irj->iaj", C, nesting.gather(a[m]))
                found[m] += nesting.sum(np.einsum("raj,iaj->irj", C, a[i]))
        return found, rest


def _triangle(T):
    """Lower triangle of a block, column by column, as theta has it."""
    rows, columns = np.triu_indices(T.shape[-1])[::-1]
    return T[..., rows, columns]


def _sums_by_meeting(one, left, other, right):
    """Sum leftᵢ rightᵢᵀ over the rows of each pair of groups: (rows, rows, J, J)."""
    meeting = one.codes * other.J + other.codes
    size = one.J * other.J
    sums = [[np.bincount(meeting, x * z, minlength=size) for z in right] for x in left]
    return np.reshape(sums, (len(left), len(right), one.J, other.J))


def _sums_by_group(term, left, right):
    """Sum leftᵢ rightᵢᵀ over the rows of each group: shape (rows, rows, J)."""
    sums = np.empty((len(left), len(right), term.J))
    for a, x in enumerate(left):
        for b, z in enumerate(right):
            if left is right and b < a:
                sums[a, b] = sums[b, a]
            else:
                sums[a, b] = np.bincount(term.codes, x * z, minlength=term.J)
    return sums
