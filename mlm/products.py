"""Cross-products: all that the engine needs to know of the data.

Made once per design; nothing after it costs anything in n.  Effects of every random
term are made orthonormal first (times √n), X too, and what X explains is taken out of
y: shifts and scales of the data then cost no digits.  See `mlm.profiled` for letters.
"""

from itertools import pairwise

import numpy as np
from scipy.linalg import block_diag, qr, solve_triangular
from scipy.sparse import block_array

from mlm.covariance import RelativeFactor
from mlm.errors import DataError

# A residual smaller than this share of the response is rounding.
EXACT = 1e-13
# Effects of a term closer to collinear than this are scaled, but not decorrelated.
COLLINEAR = 1e-10


class Products:
    """A_j, C_j and A₂₂ of a design with orthonormal effects, and what uses them alone.

    Attributes
    ----------
    terms : tuple of RandomTerm
    lead : list of int
        Which terms are eliminated group by group: those of the grouping factor with
        the most effects, such as both of ``(x || g)``.  Together they have k effects.
    others : list of int
    A : ndarray, shape (k, k, J)
        Z_jᵀZ_j of the leading terms.
    C : ndarray, shape (p + 1, k, J)
        [X y]ᵀZ_j.
    C2 : list of csr_array, shape (q₂, J)
        Z₂ᵀZ_j, one array for each of the k effects: sparse, because few groups of
        other terms meet a leading group.
    C2_t : list of csr_array, shape (J, q₂)
        Their transposes.
    A22 : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
    RX, Qty : ndarray, shape (p, p), (p,)
        X = Q RX, and Qᵀy, which was taken out of y.
    """

    def __init__(self, design):
        if not design.terms:
            raise DataError("a criterion of theta needs a random term.")
        self.terms = design.terms
        sizes = {}
        for term in design.terms:
            sizes[term.group] = sizes.get(term.group, 0) + term.b_size
        leading = max(sizes, key=sizes.get)
        numbered = list(enumerate(design.terms))
        self.lead = [i for i, term in numbered if term.group == leading]
        self.others = [i for i, term in numbered if term.group != leading]
        self._R = [_triangular_factor(term.effects.values) for term in design.terms]
        Q, self.RX = np.linalg.qr(design.X)
        self.Qty = Q.T @ design.y
        y = design.y - Q @ self.Qty
        y -= Q @ (Q.T @ y)
        if np.linalg.norm(y) <= EXACT * np.linalg.norm(design.y):
            raise DataError(
                "the fixed effects explain the response exactly: there is nothing "
                "left for random effects. Is a predictor computed from the response?"
            )
        self._sum(np.column_stack([Q, y]))

    def _sum(self, Xy):
        whitened = [
            solve_triangular(R, term.effects.values.T, trans="T").T
            for R, term in zip(self._R, self.terms, strict=True)
        ]
        lead = self.terms[self.lead[0]]
        M = np.hstack([whitened[i] for i in self.lead])
        self.A = _sums_by_group(lead, M, M)
        self.C = _sums_by_group(lead, Xy, M)
        self.A22, self.C2, self.C2_t = Xy.T @ Xy, [], []
        if not self.others:
            return
        Z2 = [self.terms[i].matrix(whitened[i]) for i in self.others]
        Z2 = block_array([Z2], format="csr")
        corner, side = (Z2.T @ Z2).toarray(), Z2.T @ Xy
        self.A22 = np.block([[corner, side], [side.T, self.A22]])
        Z2_t = Z2.T.tocsr()
        self.C2 = [(Z2_t @ lead.matrix(column[:, None])).tocsr() for column in M.T]
        # Both ways round: a sparse matrix times a dense one is quick by rows only.
        self.C2_t = [C_a.T.tocsr() for C_a in self.C2]

    def original_variance(self, members, variance):
        """Give covariances (J × k × k) of the original effects of some terms."""
        R_inverse = np.linalg.inv(block_diag(*(self._R[i] for i in members)))
        return R_inverse @ variance @ R_inverse.T

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

    @property
    def q2(self):
        """Number of random effects of the other terms."""
        return len(self.A22) - len(self.C)

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
        return solve_triangular(self._R[i], b.T).T

    def schur(self, N):
        """H = A₂₂ − Σ_j C_j N_j C_jᵀ."""
        H = self.A22.copy()
        width = len(self.C)
        NC = np.einsum("abj,rbj->raj", N, self.C)
        flat = self.C.reshape(width, -1)
        H[-width:, -width:] -= NC.reshape(width, -1) @ flat.T
        for a, C_a in enumerate(self.C2):
            H[:-width, -width:] -= C_a @ NC[:, a].T
            for b in range(len(self.C2)):
                H[:-width, :-width] -= ((C_a * N[a, b]) @ self.C2_t[b]).toarray()
        if self.C2:
            H[-width:, :-width] = H[:-width, -width:].T
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
        for a, C_a in enumerate(self.C2_t):
            side = C_a @ B[:-width, -width:]
            for b in range(len(D)):
                mixed = np.einsum("jr,rj->j", side, self.C[:, b])
                D[a, b] += mixed
                D[b, a] += mixed
                if b >= a:
                    product = self.C2_t[b] @ B[:-width, :-width]
                    inner = C_a.multiply(product).sum(axis=1)
                    D[a, b] += inner
                    D[b, a] += inner * (a != b)
        return D


def _triangle(T):
    """Lower triangle of a block, column by column, as theta has it."""
    return T[np.triu_indices(len(T))[::-1]]


def lower_factor(block):
    """Give the lower-triangular T, diagonal not negative, with T Tᵀ = block blockᵀ."""
    T = np.linalg.qr(block.T, mode="r").T
    return T * np.where(np.diag(T) < 0, -1, 1) + 0.0


def _triangular_factor(effects):
    """R of effects/√n = Q R, so that effects R⁻¹ are orthonormal times √n."""
    R = qr(effects / np.sqrt(len(effects)), mode="r", check_finite=False)[0]
    R = R[: effects.shape[1]]
    size = np.linalg.norm(R, axis=0)
    if (np.abs(np.diag(R)) < COLLINEAR * size).any():
        return np.diag(np.where(size > 0, size, 1))
    return R


def _sums_by_group(term, left, right):
    """Sum leftᵢ rightᵢᵀ over the rows of each group: shape (columns, columns, J)."""
    return np.array(
        [
            [np.bincount(term.codes, a * b, minlength=term.J) for b in right.T]
            for a in left.T
        ]
    )
