"""Crossed factors at one Λ, whose matrix is never formed, only multiplied.

With Γ = TTᵀ the covariances of effects over σ², one factor, the first, is eliminated
group by group.  Of the others, which are kept, there remains

    W = Z_KᵀV₁⁻¹Z_K = Z_KᵀZ_K − GᵀN₁G        V₁ = I + Z₁Γ₁Z₁ᵀ,  G = Z₁ᵀZ_K

in which A are the blocks of single groups, and O is everything between them.  For the
groups of each factor, with its A (of the first, Z₁ᵀZ₁),

    LLᵀ = I + TᵀAT      R = TL⁻ᵀ      N = RRᵀ      F = (I + AΓ)⁻¹ = I − AN

and with E = −RᵀOR, of which the blocks of single groups are 0,

    log|V|      = Σ log|LLᵀ| + log|I − E|
    Z_KᵀV⁻¹Z_K  = FA + F(O − OR(I − E)⁻¹RᵀO)Fᵀ
    Z₁ᵀV⁻¹Z₁    = F₁A₁ − F₁GR(I − E)⁻¹RᵀGᵀF₁ᵀ

all of which stay exact where a variance is 0.  A factor whose groups lie in those of
another is best the first: A of the outer one is then what stages of elimination leave.
The eigenvalues of I − E are positive; those of E are small where groups mix well.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from mlm.engine.factorise import TOO_LARGE
from mlm.engine.implicit import conjugate
from mlm.engine.implicit.blocks import BlockDiagonal, pair_sums
from mlm.engine.implicit.columns import in_threads
from mlm.ground.errors import DataError
from mlm.ground.linalg import cholesky_blocks

# Length of residuals, as a share of the right-hand side's.
EXACT = 1e-12
# GᵀN₁G is computed where it has at most so many elements for each of G, or for each
# group of the first factor: as few groups meet, as few firms see a worker.
FEW, FEW_A_GROUP = 2, 6


class Own(NamedTuple):
    """One factor at its block of Λ: arrays over groups, (k, k, J)."""

    A: np.ndarray
    R: np.ndarray
    N: np.ndarray
    F: np.ndarray
    log_det: float


class Coupled:
    """The matrix of crossed factors at one Λ.

    Parameters
    ----------
    sums : CrossedSums
    blocks : list of ndarray, shape (k, k)
        The factors' blocks of Λ, for orthonormal effects.

    Attributes
    ----------
    sums : CrossedSums
    gamma : list of ndarray, shape (k, k)
        TTᵀ.
    own : list of Own
        The first factor's, and those of the others.

    Raises
    ------
    DataError
        If Λ is too large to compute with.
    """

    def __init__(self, sums, blocks):
        self.sums, self.gamma = sums, [T @ T.T for T in blocks]
        self.own, self._lacks = [_own(sums.A(0), blocks[0])], []
        self._N = BlockDiagonal([self.own[0].N])
        for f, T in enumerate(blocks[1:], 1):
            self._lacks.append(sums.at_kept(f, self.own[0].N))
            self.own.append(_own(sums.A(f) - self._lacks[-1], T))
        self._first_F = BlockDiagonal([self.own[0].F])
        self._lacking = BlockDiagonal(self._lacks)
        self._R = BlockDiagonal([own.R for own in self.own[1:]])
        self._F = BlockDiagonal([own.F for own in self.own[1:]])

    @property
    def size(self):
        """Number of effects of the factors that are kept, q_K: int."""
        return self.sums.G.shape[1]

    @cached_property
    def _between(self):
        """O as a sparse matrix, where it has few elements: csr_array, or None."""
        G, K = self.sums.G, self.sums.K
        k = len(self.own[0].A)
        met = np.diff(G.indptr)[: len(G.indptr) // k]  # alike for all k effects
        if np.square(met, dtype=float).sum() > FEW * G.nnz + FEW_A_GROUP * len(met):
            return None
        between = self._lacking.sparse() - G.T @ (self._N.sparse() @ G)
        return (between if K is None else between + K).tocsr()

    def _across(self, b):
        """O b."""
        if self._between is not None:
            return self._between @ b
        return in_threads(self._across_columns, b, self.sums.G.nnz)

    def _across_columns(self, b):
        """O b, where O is not computed."""
        product = self._lacking.times(b)
        product -= self.sums.G.T @ self._N.times(self.sums.G @ b)
        if self.sums.K is not None:
            product += self.sums.K @ b
        return product

    def product(self, v):
        """E v.

        Parameters
        ----------
        v : ndarray, shape (q_K, c)

        Returns
        -------
        ndarray, shape (q_K, c)
        """
        return -self._R.transposed_times(self._across(self._R.times(v)))

    def solve(self, right, tolerance=EXACT):
        """Z_fᵀV⁻¹A of all factors, from their Z_fᵀA, and the steps that it took.

        Parameters
        ----------
        right : list of ndarray, shape (k J, c)
            One a factor.
        tolerance : float

        Returns
        -------
        P : list of ndarray, shape (k J, c)
        steps : int

        Raises
        ------
        DataError
            If effects are too large to be told apart.
        """
        first, *others = right
        kept = np.concatenate(others) - self.sums.G.T @ self._N.times(first)
        found = conjugate.solve(self.product, self._R.transposed_times(kept), tolerance)
        modes = self._R.times(found.X)
        P = self._F.times(kept - self._across(modes))
        one = self._first_F.times(first - self.sums.G @ modes)
        return [one, *(P[place] for place in self._F.places)], len(found.alpha)

    @property
    def log_det(self):
        """log|V| less log|I − E|, which is not known exactly: float."""
        return sum(own.log_det for own in self.own)

    @cached_property
    def met(self):
        """Σ G_j N_j G_jᵀ over kept groups, for each of the first: shape (k, k, J)."""
        kept = enumerate(self.own[1:], 1)
        return sum(self.sums.at_first(f, own.N) for f, own in kept)

    @cached_property
    def slopes(self):
        """Σ Z_jᵀV⁻¹Z_j of every factor, less what is of second order in E.

        Returns
        -------
        list of ndarray, shape (k, k)
        """
        slopes = [np.einsum("abj,bcj->ac", own.F, own.A) for own in self.own]
        F = self.own[0].F
        slopes[0] -= np.einsum("abj,bcj,dcj->ad", F, self.met, F, optimize=True)
        return slopes

    def remainders(self, v, tolerance):
        """Parts that are missing there, as each column v of a matrix estimates them.

        Parameters
        ----------
        v : ndarray, shape (q_K, c)
        tolerance : float

        Returns
        -------
        parts : ndarray, shape (1 + Σ k², c)
            Of log|V|, vᵀ(log(I − E) + E)v; and of Σ Z_jᵀV⁻¹Z_j of every factor, row
            by row: with x = (I − E)⁻¹v, the pairs of F₁GRv and F₁GR(x − v) in every
            group of the first, and of FORv and FORx in those of the others.
        steps : int
        """
        b = self._R.times(v)
        product = self._across(b)
        found = conjugate.solve(
            self.product, -self._R.transposed_times(product), tolerance
        )
        more = self._R.times(found.X)
        parts = [conjugate.log_remainders(found)]
        sides = [[self._first_F.times(self.sums.G @ own) for own in (b, more)]]
        one, other = self._F.times(product), self._F.times(self._across(b + more))
        sides += [(one[place], other[place]) for place in self._F.places]
        for own, (left, right) in zip(self.own, sides, strict=True):
            k = len(own.F)
            parts.extend(-pair_sums(left, right, k).reshape(k * k, -1))
        return np.array(parts), len(found.alpha)

    def reach(self, v, tolerance):
        """Where columns v lead once, and in all steps from there.

        Parameters
        ----------
        v : ndarray, shape (q_K, c)
        tolerance : float

        Returns
        -------
        tuple of (ndarray, ndarray), shapes (q_K, c) and (q₁, c)
            REv and GRv, then Rx and GRx with x = (I − E)⁻¹Ev.
        """
        once = self.product(v)
        x = self._R.times(conjugate.solve(self.product, once, tolerance).X)
        first = self._R.times(once), self.sums.G @ self._R.times(v)
        return first, (x, self.sums.G @ x)


def _own(A, T):
    """One factor at its block of Λ.

    Parameters
    ----------
    A : ndarray, shape (k, k, J)
    T : ndarray, shape (k, k)

    Returns
    -------
    Own

    Raises
    ------
    DataError
        If Λ is too large to compute with.
    """
    place = np.arange(len(T))
    with np.errstate(all="ignore"):  # what is not finite is refused below
        Omega = np.einsum("ba,bcj,cd->adj", T, A, T, optimize=True)
        Omega[place, place] += 1
        L, L_inverse = cholesky_blocks(Omega)
        log_det = 2 * np.log(np.einsum("aaj->aj", L)).sum()
    if not np.isfinite(log_det):
        raise DataError(TOO_LARGE)
    R = np.einsum("ab,cbj->acj", T, L_inverse)
    N = np.einsum("abj,cbj->acj", R, R)
    if len(T) == 1:
        return Own(A, R, N, 1 / Omega, log_det)
    through = np.einsum("abj,bc->jac", A, T @ T.T)
    through[:, place, place] += 1
    return Own(A, R, N, np.moveaxis(np.linalg.inv(through), 0, -1), log_det)
