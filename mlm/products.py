"""Cross-products: all that the engine needs to know of the data.

Made once per design; nothing after it costs anything in n.  Effects of every random
term are made orthonormal first (times √n), X too, and what X explains is taken out of
y: shifts and scales of the data then cost no digits.  See `mlm.profiled` for letters.
"""

from copy import copy
from functools import cached_property
from itertools import combinations_with_replacement, pairwise

import numpy as np
from scipy.linalg import block_diag, solve_triangular
from scipy.sparse import csr_array, hstack

from mlm.coupling import SparseCoupling
from mlm.covariance import RelativeFactor
from mlm.errors import DataError
from mlm.factors import lower_factor, triangular_factor

# A residual smaller than this share of the response is rounding.
EXACT = 1e-13
# Effects of a term closer to collinear than this are scaled, but not decorrelated.
COLLINEAR = 1e-10
# Where more than this share of the groups of two factors meet, or there are few of
# them, dense matrices are quicker than sparse ones.
CROWDED = 0.15
FEW = 30_000


class Products:
    """A_j, C_j and A₂₂ of a design with orthonormal effects, and what uses them alone.

    Attributes
    ----------
    terms : tuple of RandomTerm
    lead : list of int
        Which terms are eliminated group by group: those of the grouping factor with
        the most effects, such as both of ``(x || g)``.  Together they have k effects.
    others : list of int
    q2 : int
        Number of random effects of the other terms.
    A : ndarray, shape (k, k, J)
        Z_jᵀZ_j of the leading terms.
    C : ndarray, shape (p + 1, k, J) or (q₂ + p + 1, k, J)
        [X y]ᵀZ_j; with [Z₂ X y] if there is no `coupling`.
    coupling : SparseCoupling or None
        Z₂ᵀZ_j, where few groups of other terms meet a leading group.
    A22 : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
    RX, Qty : ndarray, shape (p, p), (p,)
        X = Q RX, and Qᵀy, which was taken out of y.
    """

    def __init__(self, design):
        if not design.terms:
            raise DataError("a criterion of theta needs a random term.")
        self.design = design
        self.terms = design.terms
        sizes = {}
        for term in design.terms:
            sizes[term.group] = sizes.get(term.group, 0) + term.b_size
        leading = max(sizes, key=sizes.get)
        numbered = list(enumerate(design.terms))
        self.lead = [i for i, term in numbered if term.group == leading]
        self.others = [i for i, term in numbered if term.group != leading]
        self.q2 = sum(self.terms[i].b_size for i in self.others)
        self._R = [self._factor(term) for term in design.terms]
        self.RX = triangular_factor(design.weighted(design.X))
        whitened, Q = self._rows()
        self._sum_predictors(whitened, Q)
        self._sum_response(whitened, Q)

    def with_response(self, y):
        """Give the products of the same predictors with another response.

        Parameters
        ----------
        y : ndarray, shape (n,)
        """
        other = copy(self)
        other.design = self.design.with_response(y)
        other.A22, other.C = self.A22.copy(), self.C.copy()
        other._sum_response(*other._rows())
        return other

    def _factor(self, term):
        """R of effects/√n = Q R, so that effects R⁻¹ are orthonormal times √n."""
        effects = self.design.weighted(term.effects.values)
        R = triangular_factor(effects) / np.sqrt(len(effects))
        size = np.linalg.norm(R, axis=0)
        if (np.diag(R) < COLLINEAR * size).any():
            return np.diag(np.where(size > 0, size, 1))
        return R

    def _rows(self):
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
        """A, and the parts of C and A₂₂ that y has no share in."""
        lead, q2 = self.terms[self.lead[0]], self.q2
        M = np.vstack([whitened[i] for i in self.lead])
        self.A = _sums_by_group(lead, M, M)
        self.A22 = np.zeros((q2 + len(Q) + 1,) * 2)
        self.A22[q2:-1, q2:-1] = Q @ Q.T
        self.A22[:q2, :q2] = self._corner(whitened)
        for i in self.others:
            side = _sums_by_group(self.terms[i], Q, whitened[i])
            self.A22[q2:-1, self.rows[1][i]] = side.transpose(0, 2, 1).reshape(
                len(Q), -1
            )
        self.A22[:q2, q2:-1] = self.A22[q2:-1, :q2].T
        self.coupling = None
        dense = np.zeros((0, len(M), lead.J))
        if q2 * lead.J < FEW:
            dense = self._dense_coupling(whitened, M)
        else:
            coupling = SparseCoupling(self._Z2(whitened), lead, M)
            if coupling.fill > CROWDED:
                dense = coupling.dense()
            else:
                self.coupling = coupling.with_pairs()
        y_row = np.zeros((1, len(M), lead.J))
        self.C = np.concatenate([dense, _sums_by_group(lead, Q, M), y_row])

    def _corner(self, whitened):
        """Z₂ᵀZ₂: ndarray, shape (q₂, q₂)."""
        corner = np.zeros((self.q2, self.q2))
        rows = self.rows[1]
        for i, j in combinations_with_replacement(self.others, 2):
            one, other = self.terms[i], self.terms[j]
            meetings = _sums_by_meeting(one, whitened[i], other, whitened[j])
            block = meetings.transpose(2, 0, 3, 1).reshape(one.b_size, other.b_size)
            corner[rows[i], rows[j]] = block
            corner[rows[j], rows[i]] = block.T
        return corner

    def _dense_coupling(self, whitened, M):
        """C_j of the other terms in full: ndarray, shape (q₂, k, J)."""
        lead = self.terms[self.lead[0]]
        dense = np.zeros((self.q2, len(M), lead.J))
        for i, rows in self.rows[1].items():
            meetings = _sums_by_meeting(self.terms[i], whitened[i], lead, M)
            dense[rows] = meetings.transpose(2, 0, 1, 3).reshape(-1, len(M), lead.J)
        return dense

    def _sum_response(self, whitened, Q):
        """Complete C and A₂₂ by y, less what X explains of it."""
        design = self.design
        given = design.weighted((design.y - design.offset)[:, None])[:, 0]
        self.Qty, y = np.zeros(len(Q)), given
        for _ in range(2):  # twice: once loses orthogonality by rounding
            explained = Q @ y
            y = y - explained @ Q
            self.Qty += explained
        if np.linalg.norm(y) <= EXACT * np.linalg.norm(given):
            raise DataError(
                "the fixed effects explain the response exactly: there is nothing "
                "left for random effects. Is a predictor computed from the response?"
            )
        with_Z = [
            _sums_by_group(term, y[None, :], M)[0]
            for term, M in zip(self.terms, whitened, strict=True)
        ]
        self.C[-1] = np.vstack([with_Z[i] for i in self.lead])
        row = [*(with_Z[i].T.ravel() for i in self.others), Q @ y, [y @ y]]
        self.A22[-1] = self.A22[:, -1] = np.concatenate(row)

    def original_variance(self, members, variance):
        """Give covariances (J × k × k) of the original effects of some terms."""
        R_inverse = np.linalg.inv(block_diag(*(self._R[i] for i in members)))
        return R_inverse @ variance @ R_inverse.T

    def own_sums(self, i):
        """Σ z² and Σ z y of every effect of term i, each of shape (k, J)."""
        leading, others = self.rows
        if i in leading:
            rows = leading[i]
            return np.einsum("aaj->aj", self.A[rows, rows]), self.C[-1, rows]
        zz, zy = np.diag(self.A22)[others[i]], self.A22[-1, others[i]]
        return zz.reshape(-1, self.terms[i].k).T, zy.reshape(-1, self.terms[i].k).T

    def leading(self, blocks):
        """Block T of the leading factor: the blocks of its terms on the diagonal."""
        if len(self.lead) == 1:  # block_diag would take longer than the factorisation
            return blocks[self.lead[0]]
        return block_diag(*(blocks[i] for i in self.lead))

    def split(self, T):
        """Give what stands where `leading` puts the blocks: {term: (k, k) array}."""
        ends = np.cumsum([0, *(self.terms[i].k for i in self.lead)])
        spans = zip(self.lead, pairwise(ends), strict=True)
        return {i: T[start:stop, start:stop] for i, (start, stop) in spans}

    def observations(self, chunk):
        """Yield group, z (k, rows) and [z₂ x] (rows, q₂ + p) of `chunk` rows a time."""
        whitened, Q = self._rows()
        M = np.vstack([whitened[i] for i in self.lead])
        Z2 = self._Z2(whitened) if self.others else None
        for start in range(0, self.design.n, chunk):
            rows = slice(start, start + chunk)
            rest = Q[:, rows].T
            if Z2 is not None:
                rest = np.hstack([Z2[rows].toarray(), rest])
            yield self.terms[self.lead[0]].codes[rows], M[:, rows], rest

    def rest_of_groups(self, codes, b):
        """[Z₂ X]ᵀZ_j b of the groups `codes`, b (k, number): (number, q₂ + p)."""
        found = np.einsum("rai,ai->ir", self.C[:-1, :, codes], b)
        if self.coupling is None:
            return found
        return np.hstack([self.coupling.of_groups(codes, b), found])

    @cached_property
    def rows(self):
        """Rows of each leading term in C_jᵀ, and of the others in Z₂ᵀ: two dicts."""
        places = []
        for members, sizes in (
            (self.lead, [self.terms[i].k for i in self.lead]),
            (self.others, [self.terms[i].b_size for i in self.others]),
        ):
            ends = np.cumsum([0, *sizes])
            spans = (slice(*span) for span in pairwise(ends))
            places.append(dict(zip(members, spans, strict=True)))
        return places

    @cached_property
    def in_order_of_terms(self):
        """Places of the elements of all blocks, given leading terms' first."""
        sizes = [self.terms[i].k ** 2 for i in self.lead + self.others]
        parts = np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1])
        places = dict(zip(self.lead + self.others, parts, strict=True))
        return np.concatenate([places[i] for i in range(len(self.terms))])

    def whiten(self, theta):
        """Give the blocks of Λ for orthonormal effects, R T: one k × k array a term."""
        blocks = RelativeFactor(self.terms).blocks(theta)
        return [R @ T for R, T in zip(self._R, blocks, strict=True)]

    def slopes_by_theta(self, slopes):
        """Give derivatives by theta for those by the whitened blocks."""
        parts = zip(self._R, slopes, strict=True)
        return np.concatenate([_triangle(R.T @ slope) for R, slope in parts])

    def unwhiten(self, blocks):
        """Give theta for blocks of Λ that belong to orthonormal effects."""
        parts = zip(self._R, blocks, strict=True)
        factors = [lower_factor(solve_triangular(R, block)) for R, block in parts]
        return np.concatenate([_triangle(T) for T in factors])

    def original(self, i, b):
        """Give random effects of term i (J × k) for those of orthonormal effects."""
        return b @ np.linalg.inv(self._R[i]).T

    def schur(self, N):
        """H = A₂₂ − Σ_j C_j N_j C_jᵀ."""
        H = self.A22.copy()
        width = len(self.C)
        NC = np.einsum("abj,rbj->raj", N, self.C)
        H[-width:, -width:] -= NC.reshape(width, -1) @ self.C.reshape(width, -1).T
        if self.coupling is not None:
            self.coupling.subtract(H, N, NC)
        return H

    def rest_times(self, blocks, M, transposed=False):
        """Give Λ₂ M, or Λ₂ᵀ M: the other terms' blocks on their rows of M."""
        product, start = M.copy(), 0
        for i in self.others:
            term, T = self.terms[i], blocks[i].T if transposed else blocks[i]
            rows = slice(start, start := start + term.b_size)
            if term.k == 1:
                product[rows] *= T[0, 0]
            else:
                groups = M[rows].reshape(term.J, term.k, -1)
                product[rows] = (T @ groups).reshape(M[rows].shape)
        return product

    def middle(self, B):
        """D_j = C_jᵀ B C_j for every group."""
        width = len(self.C)
        BC = B[-width:, -width:] @ self.C.reshape(width, -1)
        D = np.einsum("raj,rbj->abj", self.C, BC.reshape(self.C.shape))
        if self.coupling is not None:
            self.coupling.add_middle(D, B, self.C)
        return D

    def coupled(self, b2):
        """Z_jᵀ Z₂ b₂ for every group: shape (k, J)."""
        if self.coupling is not None:
            return self.coupling.transposed_times(b2)
        return np.einsum("r,raj->aj", b2, self.C[: self.q2])

    def rest_of_leading(self, b1):
        """[Z₂ X y]ᵀ Z₁ b for several b, shape (number, k, J): one a column."""
        b1 = b1.reshape(len(b1), -1).T
        product = self.C.reshape(len(self.C), -1) @ b1
        if self.coupling is None:
            return product
        return np.vstack([self.coupling.times(b1), product])


def _triangle(T):
    """Lower triangle of a block, column by column, as theta has it."""
    return T[np.triu_indices(len(T))[::-1]]


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
