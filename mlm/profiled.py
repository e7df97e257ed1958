"""The engine: profiled criterion of theta and its exact gradient.

The same numbers as `mlm.pls`, computed for speed instead of for reading: the data
enter once, as cross-products, so the cost of an evaluation does not grow with n.

The random term with the most effects (the leading one, k effects in J groups) is
eliminated group by group; what is left is one dense matrix for all other random
effects, X and y.  With A_j = Z_jᵀZ_j and C_j = [Z₂ X y]ᵀZ_j for group j, T the block
of the leading term in Λ, and Λ₂ the rest of Λ with ones for X and y:

    Ω_j = Tᵀ A_j T + I = L_j L_jᵀ       N_j = T Ω_j⁻¹ Tᵀ        K_j = T Ω_j⁻¹
    H = A₂₂ − Σ_j C_j N_j C_jᵀ          S = Λ₂ᵀ H Λ₂ + diag(I, 0, 0) = R Rᵀ

The diagonals of all L_j and R are those of L_θ and R_X, and r(θ), of Bates et al.
(2015, eq. 18 and 19).  With weight w = 1 on random effects, 1 (REML) or 0 (ML) on X,
and d = n − p (REML) or n (ML) on y, eq. 34 and 41 become

    f = Σ w log(diagonal²) + d (1 + log(2π/d))

and, with B = R⁻ᵀ W R⁻¹ and D_j = C_jᵀ Λ₂ B Λ₂ᵀ C_j, its derivatives are

    ∂f/∂T = 2 Σ_j (A_j − D_j + A_j N_j D_j) K_j       ∂f/∂Λ₂ = 2 H Λ₂ B

Arrays over groups have the group last, so that numpy's loops run over groups.
"""

from itertools import pairwise

import numpy as np
from scipy.linalg import qr, solve_triangular
from scipy.linalg.lapack import dlauum, dpotrf, dtrtri
from scipy.sparse import block_array, eye_array, kron

from mlm.covariance import RelativeFactor
from mlm.errors import DataError

# A residual smaller than this share of the response is rounding.
EXACT = 1e-13
# Effects of a term closer to collinear than this are scaled, but not decorrelated.
COLLINEAR = 1e-10


class ProfiledDeviance:
    """Criterion of a design as a function of theta alone: call it, plot it, test it.

    Made by `profiled_deviance`.

    Attributes
    ----------
    names : list of str, length m
        Names of theta.
    evaluations : int
        How often the criterion has been computed so far.
    """

    def __init__(self, design, reml=True):
        self.terms = design.terms
        self.factor = RelativeFactor(design.terms)
        self.names = self.factor.names
        self.evaluations = 0
        # Effects of every term made orthonormal (times √n), X too, and y without what
        # X explains: shifts and scales of the data then cost no digits.
        self._R = [_triangular_factor(term.effects) for term in design.terms]
        Q, R = np.linalg.qr(design.X)
        y = design.y - Q @ (Q.T @ design.y)
        y -= Q @ (Q.T @ y)
        if np.linalg.norm(y) <= EXACT * np.linalg.norm(design.y):
            raise DataError(
                "the fixed effects explain the response exactly: there is nothing "
                "left for random effects. Is a predictor computed from the response?"
            )
        self._sum_products(np.column_stack([Q, y]))
        d = design.n - design.p if reml else design.n
        rest = len(self._A22) - design.p - 1
        self._weight = np.repeat([1.0, float(reml), d], [rest, design.p, 1])
        self._constant = d * (1 + np.log(2 * np.pi / d))
        self._constant += 2 * np.log(np.abs(np.diag(R))).sum() * reml

    def _sum_products(self, Xy):
        """Everything that is needed of the data: A_j, C_j and A₂₂."""
        sizes = [term.J * term.k for term in self.terms]
        self._lead = int(np.argmax(sizes)) if sizes else None
        self._others = [i for i in range(len(sizes)) if i != self._lead]
        whitened = [
            solve_triangular(R, term.effects.T, trans="T").T
            for R, term in zip(self._R, self.terms, strict=True)
        ]
        self._A22 = Xy.T @ Xy
        self._C2 = []
        if self._lead is None:
            return
        lead, M = self.terms[self._lead], whitened[self._lead]
        self._A = _sums_by_group(lead, M, M)
        self._C = _sums_by_group(lead, Xy, M)
        if not self._others:
            return
        Z2 = [self.terms[i].matrix(whitened[i]) for i in self._others]
        Z2 = block_array([Z2], format="csr")
        corner, side = (Z2.T @ Z2).toarray(), Z2.T @ Xy
        self._A22 = np.block([[corner, side], [side.T, self._A22]])
        # Rows of C for the other terms, an effect of the leading term at a time:
        # sparse, because few of their groups meet a leading group.
        C2 = (Z2.T @ lead.matrix(M)).tocsc()
        self._C2 = [C2[:, a :: lead.k].tocsr() for a in range(lead.k)]

    def __call__(self, theta):
        """Give the REML criterion, or the deviance, at theta."""
        return self.at(self.whiten(theta), gradient=False)[0]

    def gradient(self, theta):
        """Give the exact derivative of the criterion by theta, shape (m,)."""
        _, slopes = self.at(self.whiten(theta))
        return np.concatenate(
            [
                (R.T @ slope)[np.triu_indices(len(R))[::-1]]
                for R, slope in zip(self._R, slopes, strict=True)
            ]
        )

    def whiten(self, theta):
        """Give the blocks of Λ for orthonormal effects, R T: one k × k array a term."""
        blocks = self.factor.blocks(theta)
        return [R @ T for R, T in zip(self._R, blocks, strict=True)]

    def unwhiten(self, blocks):
        """Give theta for blocks of Λ that belong to orthonormal effects."""
        theta = []
        for R, block in zip(self._R, blocks, strict=True):
            T = lower_factor(solve_triangular(R, block))
            theta.append(T[np.triu_indices(len(T))[::-1]])
        return np.concatenate(theta)

    def at(self, blocks, gradient=True):
        """Give the criterion, and its derivative by each block of Λ.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
            One a term, for orthonormal effects (`whiten`); not only triangular ones.
        gradient : bool

        Returns
        -------
        criterion : float
        slopes : list of ndarray, shape (k, k), or None
        """
        self.evaluations += 1
        T = blocks[self._lead]
        k = len(T)
        AT = np.einsum("bcj,cd->bdj", self._A, T)
        Omega = np.einsum("ba,bdj->adj", T, AT)
        Omega[np.arange(k), np.arange(k)] += 1
        L, L_inverse = _cholesky(Omega)
        K = np.einsum("cbj,cdj->bdj", L_inverse, L_inverse)
        K = np.einsum("ab,bdj->adj", T, K)
        N = np.einsum("abj,cb->acj", K, T)
        H = self._schur(N)
        Lambda_2 = self._rest(blocks)
        HL = H if Lambda_2 is None else (Lambda_2.T @ H).T
        S = H.copy() if Lambda_2 is None else Lambda_2.T @ HL
        q2 = len(H) - self._C.shape[0]
        S[np.arange(q2), np.arange(q2)] += 1
        R, failed = dpotrf(S, lower=True, overwrite_a=True)
        if failed:
            raise np.linalg.LinAlgError("the penalised system is not positive definite")
        criterion = self._constant + 2 * self._weight @ np.log(np.diag(R))
        criterion += 2 * np.log(np.einsum("aaj->aj", L)).sum()
        if not gradient:
            return float(criterion), None
        B = self._weighted_inverse(R)
        slopes = dict(zip(self._others, self._rest_slopes(HL, B), strict=True))
        D = self._middle(B if Lambda_2 is None else Lambda_2 @ (Lambda_2 @ B).T)
        ND = np.einsum("bcj,cdj->bdj", N, D)
        F = self._A - D + np.einsum("abj,bdj->adj", self._A, ND)
        slopes[self._lead] = 2 * np.einsum("abj,bcj->ac", F, K)
        return float(criterion), [slopes[i] for i in range(len(blocks))]

    def _weighted_inverse(self, R):
        """B = R⁻ᵀ W R⁻¹, by what differs from R⁻ᵀ R⁻¹: the rows of X and y."""
        R_inverse, _ = dtrtri(R, lower=True)
        last = R_inverse[-self._C.shape[0] :].copy()
        B, _ = dlauum(R_inverse, lower=True, overwrite_c=True)
        B = np.tril(B) + np.tril(B, -1).T
        return B + last.T @ ((self._weight[-len(last) :, None] - 1) * last)

    def _schur(self, N):
        """H = A₂₂ − Σ_j C_j N_j C_jᵀ."""
        H = self._A22.copy()
        width = len(self._C)
        NC = np.einsum("abj,rbj->raj", N, self._C)
        flat = self._C.reshape(width, -1)
        H[-width:, -width:] -= NC.reshape(width, -1) @ flat.T
        for a, C_a in enumerate(self._C2):
            H[:-width, -width:] -= C_a @ NC[:, a].T
            for b, C_b in enumerate(self._C2):
                H[:-width, :-width] -= ((C_a * N[a, b]) @ C_b.T).toarray()
        if self._C2:
            H[-width:, :-width] = H[:-width, -width:].T
        return H

    def _rest(self, blocks):
        """Λ₂: the other terms' blocks, repeated by group, and ones for X and y.

        None where the leading term is the only one: all ones.
        """
        if not self._others:
            return None
        parts = [kron(eye_array(self.terms[i].J), blocks[i]) for i in self._others]
        parts.append(eye_array(self._C.shape[0]))
        grid = [
            [part if i == j else None for j, _ in enumerate(parts)]
            for i, part in enumerate(parts)
        ]
        return block_array(grid, format="csr")

    def _rest_slopes(self, HL, B):
        """∂f/∂Λ₂ = 2 H Λ₂ B, summed over the groups of each term."""
        ends = np.cumsum([0, *(self.terms[i].b_size for i in self._others)])
        for i, (start, stop) in zip(self._others, pairwise(ends), strict=True):
            k = self.terms[i].k
            rows = HL[start:stop].reshape(-1, k, len(B))
            columns = B[:, start:stop].reshape(len(B), -1, k)
            yield 2 * np.einsum("jar,rjb->ab", rows, columns)

    def _middle(self, B):
        """D_j = C_jᵀ B C_j for every group."""
        width = len(self._C)
        BC = B[-width:, -width:] @ self._C.reshape(width, -1)
        D = np.einsum("raj,rbj->abj", self._C, BC.reshape(self._C.shape))
        for a, C_a in enumerate(self._C2):
            side = C_a.T @ B[:-width, -width:]
            for b in range(len(D)):
                mixed = np.einsum("jr,rj->j", side, self._C[:, b])
                D[a, b] += mixed
                D[b, a] += mixed
                if b >= a:
                    product = self._C2[b].T @ B[:-width, :-width]
                    inner = C_a.T.multiply(product).sum(axis=1)
                    D[a, b] += inner
                    D[b, a] += inner * (a != b)
        return D


def profiled_deviance(design, reml=True):
    """Criterion of a design as a callable of theta.

    Parameters
    ----------
    design : Design
        With at least one random term.
    reml : bool
        REML criterion if true, deviance (-2 log likelihood) if false.

    Returns
    -------
    ProfiledDeviance

    Raises
    ------
    DataError
        If the fixed effects explain the response exactly.

    Examples
    --------
    >>> import mlm
    >>> design = mlm.design_matrices(
    ...     "Reaction ~ Days + (1 | Subject)", mlm.load_sleepstudy()
    ... )
    >>> round(mlm.profiled_deviance(design)([1.0]), 4)
    1787.3989
    """
    return ProfiledDeviance(design, reml)


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


def _cholesky(A):
    """Lower Cholesky factor and its inverse of every A[:, :, j]; loops over k only."""
    L, inverse = np.zeros_like(A), np.zeros_like(A)
    for i in range(len(A)):
        for j in range(i + 1):
            rest = A[i, j] - np.einsum("aj,aj->j", L[i, :j], L[j, :j])
            L[i, j] = np.sqrt(rest) if i == j else rest / L[j, j]
        inverse[i, i] = 1 / L[i, i]
        for j in range(i):
            known = np.einsum("aj,aj->j", L[i, j:i], inverse[j:i, j])
            inverse[i, j] = -known * inverse[i, i]
    return L, inverse
