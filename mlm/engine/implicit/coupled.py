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

from mlm.engine.implicit import conjugate
from mlm.engine.implicit.blocks import BlockDiagonal, pair_sums
from mlm.engine.implicit.own import own_of

# Length of residuals, as a share of the right-hand side's.
EXACT = 1e-12
# GᵀN₁G is computed where it has at most so many elements for each of G, or for each
# group of the first factor: as few groups meet, as few firms see a worker.
FEW, FEW_A_GROUP = 2, 6


class _Begun(NamedTuple):
    """Probes v, and the first product with them."""

    b: np.ndarray  # R v
    across: np.ndarray  # O R v
    start: np.ndarray  # E v


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
        self.own, self._lacks = [own_of(sums.A(0), blocks[0])], []
        self._N = BlockDiagonal([self.own[0].N])
        for f, T in enumerate(blocks[1:], 1):
            self._lacks.append(sums.G.each[f - 1].at_other(self.own[0].N))
            self.own.append(own_of(sums.A(f) - self._lacks[-1], T))
        self._first_F = BlockDiagonal([self.own[0].F])
        self._lacking = BlockDiagonal(self._lacks)
        self._R = BlockDiagonal([own.R for own in self.own[1:]])
        self._F = BlockDiagonal([own.F for own in self.own[1:]])

    @property
    def size(self):
        """Number of effects of the factors that are kept, q_K: int."""
        return self.sums.G.shape[1]

    @property
    def mixes(self):
        """Whether groups meet so many others that O has too many elements: bool."""
        return self._between is None

    @cached_property
    def _between(self):
        """O as a sparse matrix, where it has few elements: csr_array, or None."""
        G, K = self.sums.G, self.sums.K
        met = G.meeting.astype(float)
        stored = len(self.own[0].A) * met.sum()
        if np.square(met).sum() > FEW * stored + FEW_A_GROUP * len(met):
            return None
        G = G.sparse()
        between = self._lacking.sparse() - G.T @ (self._N.sparse() @ G)
        return (between if K is None else between + K).tocsr()

    def _across(self, b):
        """O b."""
        if self._between is not None:
            return self._between @ b
        product = self._lacking.times(b)
        product -= self.sums.G.there_and_back(self.own[0].N, b)
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
        return self._both(v)[0]

    def _both(self, v):
        """E v and O R v."""
        across = self._across(self._R.times(v))
        return -self._R.transposed_times(across), across

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
        kept = self._kept(right)
        begin = self._R.transposed_times(kept)
        found = conjugate.solve(self._both, begin, tolerance)
        return self._solution(right, kept, found)

    def _kept(self, right):
        """Right-hand sides when the first factor is eliminated."""
        first, *others = right
        taken = self.sums.G.transposed_times(self._N.times(first))
        return np.concatenate(others) - taken

    def _solution(self, right, kept, found):
        """`solve`, when conjugate gradients have ended."""
        P = self._F.times(kept - found.beside)
        one = right[0] - self.sums.G.times(self._R.times(found.X))
        one = self._first_F.times(one)
        return [one, *(P[place] for place in self._F.places)], len(found.alpha)

    @property
    def log_det(self):
        """log|V| less log|I − E|, which is not known exactly: float."""
        return sum(own.log_det for own in self.own)

    @cached_property
    def met(self):
        """Σ G_j N_j G_jᵀ over kept groups, for each of the first: shape (k, k, J)."""
        kept = enumerate(self.own[1:], 1)
        return sum(self.sums.G.each[f - 1].at_first(own.N) for f, own in kept)

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
        begun = self._begun(v)
        found = conjugate.solve(self._both, begun.start, tolerance)
        return self._remainders(begun, found), len(found.alpha)

    def solve_with_remainders(self, right, v, tolerances):
        """`solve` and `remainders` at once: both share their products.

        Parameters
        ----------
        right : list of ndarray, shape (k J, c)
        v : ndarray, shape (q_K, d)
        tolerances : tuple of float
            Of both.

        Returns
        -------
        solved, remaining : tuple
            What each method gives.
        """
        kept, begun = self._kept(right), self._begun(v)
        c, d = kept.shape[1], v.shape[1]
        begin = np.hstack([self._R.transposed_times(kept), begun.start])
        found = conjugate.solve(self._both, begin, np.repeat(tolerances, [c, d]))
        of_right, of_v = found.columns(slice(c)), found.columns(slice(c, None))
        remaining = self._remainders(begun, of_v), len(of_v.alpha)
        return self._solution(right, kept, of_right), remaining

    def _begun(self, v):
        """The first product with probes: `_Begun`."""
        b = self._R.times(v)
        across = self._across(b)
        return _Begun(b, across, -self._R.transposed_times(across))

    def _remainders(self, begun, found):
        """`remainders`, when conjugate gradients have ended."""
        b, across, _ = begun
        parts = [conjugate.log_remainders(found)]
        F = self.own[0].F
        sums = [self.sums.G.pair_sums(F, b, self._R.times(found.X))]
        one, other = self._F.times(across), self._F.times(across + found.beside)
        for own, place in zip(self.own[1:], self._F.places, strict=True):
            sums.append(pair_sums(one[place], other[place], len(own.F)))
        parts += [-own.reshape(-1, own.shape[-1]) for own in sums]
        return np.vstack(parts)

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
        x = self._R.times(conjugate.solve(self._both, once, tolerance).X)
        first = self._R.times(once), self.sums.G.times(self._R.times(v))
        return first, (x, self.sums.G.times(x))
