"""Factorise the penalised system at one Λ, and solve with it.

Stage by stage (see `mlm.stages`), the groups of one factor are eliminated; what is left
is one dense matrix for all other random effects, X and y.  With A_j = Z_jᵀZ_j and
C_j = [Z₂ X y]ᵀZ_j for group j, T the block of its factor in Λ, and Λ₂ the rest of Λ
with ones for X and y:

    Ω_j = Tᵀ A_j T + I = L_j L_jᵀ       N_j = T Ω_j⁻¹ Tᵀ        K_j = T Ω_j⁻¹
    H = A₂₂ − Σ_j C_j N_j C_jᵀ          S = Λ₂ᵀ H Λ₂ + diag(I, 0, 0) = R Rᵀ

A later stage finds in its part of H what earlier ones have left: its A_j and C_j.
Arrays over groups have the group last, so that numpy's loops run over groups.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dpotrf

from mlm.by_rows import RowFactors
from mlm.errors import DataError
from mlm.factors import cholesky_blocks, solve_lower
from mlm.products import EXACT, Products

EPSILON = np.finfo(float).eps
# Where rounding may move the criterion by more, the rows are factorised instead.
MOST_ROUNDING = 1e-8
# Blocks of Λ of this size square to what no number holds.
LARGEST = 1e300
# Only with larger elements in Λ can the penalised system be ill-conditioned.
LARGE = 10
EXPLAINED = (
    "fixed and random effects together explain the response exactly: there is nothing "
    "left for the residuals. Is it constant within groups?"
)


class Eliminated(NamedTuple):
    """One stage at one Λ, in the letters of the module's first paragraph."""

    A: np.ndarray
    C: np.ndarray
    K: np.ndarray
    N: np.ndarray


class Modes(NamedTuple):
    """What solves the penalised system, for orthonormal effects."""

    rest: np.ndarray  # −u₂, −β of Q, and 1: shape (q₂ + p + 1,)
    left: list  # Z_jᵀ of what the others leave of y, for each stage: shape (k, J)
    b: list  # modes of each stage: shape (k, J)


@dataclass(frozen=True, eq=False)
class Factors:
    """The factorisation at one Λ.

    Attributes
    ----------
    products : Products
    blocks : list of ndarray, shape (k, k)
        Λ for orthonormal effects, a block a term.
    stages : list of Eliminated
    log_det : float
        Σ_j log det Ω_j of all stages.
    HL : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
        H Λ₂.
    R : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
        Lower triangular.
    by_rows : RowFactors or None
        Where cross-products lose digits, the same by QR: `log_det` and `R` are its.
    """

    products: Products
    blocks: list
    stages: list
    log_det: float
    HL: np.ndarray
    R: np.ndarray
    by_rows: RowFactors | None = None

    def rest_times(self, M, transposed=False):
        """Λ₂ M, or Λ₂ᵀ M."""
        return self.products.rest_times(self.blocks, M, transposed)

    def modes(self):
        """Solve for the conditional modes and the fixed effects: `Modes`."""
        products = self.products
        if self.by_rows is not None:
            return self._modes_by_rows()
        # The last row of R is what is left of y; solving with it gives u₂ and β.
        solved = solve_lower(self.R[:-1, :-1], self.R[-1, :-1], transposed=True)
        rest = np.append(-solved, 1.0)
        b2 = self.rest_times(rest)
        left, b = [None] * len(self.stages), [None] * len(self.stages)
        for i, stage in reversed(list(enumerate(products.stages))):
            C, N = self.stages[i].C, self.stages[i].N
            left[i] = np.einsum("r,raj->aj", b2[-products.width :], products.dense(C))
            if products.coupling is not None:
                left[i] += products.coupling.transposed_times(b2[: products.q2])
            for m, (nesting, rows) in enumerate(stage.outer, i + 1):
                left[i] -= np.einsum("raj,rj->aj", C[rows], nesting.gather(b[m]))
            b[i] = np.einsum("abj,bj->aj", N, left[i])
        return Modes(rest, left, b)

    def _modes_by_rows(self):
        """`modes` from the QR factorisation; what the others leave is not needed."""
        u, columns = self.by_rows.solution(), self.by_rows.rows.columns
        b = [
            np.hstack([u[columns[i]] @ self.blocks[i].T for i in stage.members]).T
            for stage in self.products.stages
        ]
        staged = len(u) + 1 - len(self.R)
        return Modes(np.append(-u[staged:], 1.0), None, b)

    def backward(self, P):
        """From P, derivatives by H, find those by the Schur complements before it.

        Parameters
        ----------
        P : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
            Symmetric; or Λ₂ S⁻¹ Λ₂ᵀ, for which what comes out is V by groups.

        Yields
        ------
        stage : Stage
            The last first.
        eliminated : Eliminated
        D : ndarray, shape (k, k, J)
            C_jᵀ P C_j.
        """
        products = self.products
        behind = [None] * len(self.stages)  # derivatives by each stage's slab
        for i, stage in reversed(list(enumerate(products.stages))):
            _, C, _, N = self.stages[i]
            PC = np.empty_like(C)
            dense = products.dense(C)
            width = len(dense)
            PC[-width:] = (P[-width:, -width:] @ dense.reshape(width, -1)).reshape(
                dense.shape
            )
            if len(C) > width:
                PC[:-width] = 0
            for m, (nesting, rows) in enumerate(stage.outer, i + 1):
                here = nesting.gather(behind[m])
                PC[rows.start :] += np.einsum("rsj,saj->raj", here, C[rows])
                below = here[rows.stop - rows.start :]
                PC[rows] += np.einsum("rsj,raj->saj", below, C[rows.stop :])
            D = np.einsum("raj,rbj->abj", C, PC)
            if products.coupling is not None:
                products.coupling.add_middle(D, P, C)
            if i:
                behind[i] = np.concatenate(
                    [inverse_block(N, D), -np.einsum("raj,abj->rbj", PC, N)]
                )
            yield stage, self.stages[i], D

    def explained(self, g, rest):
        """Products gᵢᵀ M⁻¹ gⱼ of right-hand sides, M the matrix of the mixed model.

        Parameters
        ----------
        g : list of ndarray, shape (number, k, J)
            One a stage.
        rest : ndarray, shape (q₂ + p + 1, number)

        Returns
        -------
        ndarray, shape (number, number)
        """
        products, g, total = self.products, list(g), 0.0
        for i, stage in enumerate(products.stages):
            _, C, _, N = self.stages[i]
            Ng = np.einsum("abj,ibj->iaj", N, g[i])
            total += g[i].reshape(len(g[i]), -1) @ Ng.reshape(len(Ng), -1).T
            for m, (nesting, rows) in enumerate(stage.outer, i + 1):
                g[m] = g[m] - nesting.sum(np.einsum("raj,iaj->irj", C[rows], Ng))
            rest = rest - products.rest_of_stage(C, Ng)
        left = self.rest_times(rest, transposed=True)
        solved = solve_lower(self.R[:-1, :-1], left[:-1])
        return total + solved.T @ solved


def inverse_block(N, D):
    """Diagonal block of the inverse, of one group: N + N D N."""
    return N + np.einsum("abj,bcj->acj", np.einsum("abj,bcj->acj", N, D), N)


def eliminate(products, blocks):
    """Factorise at given blocks of Λ.

    Parameters
    ----------
    products : Products
    blocks : list of ndarray, shape (k, k)
        One a term, for orthonormal effects (`Products.whiten`); they need not be
        triangular.

    Returns
    -------
    Factors
    """
    slabs = [stage.slab for stage in products.stages]
    H, stages, log_det, condition = products.A22.copy(), [], 0.0, 1.0
    large = LARGE**2 < max(np.vdot(T, T) for T in blocks) < LARGEST
    for i, stage in enumerate(products.stages):
        A, C = slabs[i][: stage.k], slabs[i][stage.k :]
        T = stage.block(blocks)
        diagonal = np.arange(len(T))
        Omega = np.einsum("bcj,cd->bdj", A, T)
        Omega = np.einsum("ba,bdj->adj", T, Omega)
        Omega[diagonal, diagonal] += 1
        L, L_inverse = cholesky_blocks(Omega)
        if large:
            pivots = np.einsum("aaj->aj", L) ** 2
            condition *= (np.einsum("aaj->aj", Omega) / pivots).max()
        log_det += 2 * np.log(np.einsum("aaj->aj", L)).sum()
        K = np.einsum("cbj,cdj->bdj", L_inverse, L_inverse)
        K = np.einsum("ab,bdj->adj", T, K)
        N = np.einsum("abj,cb->acj", K, T)
        stages.append(Eliminated(A, C, K, N))
        NC = np.einsum("abj,rbj->raj", N, C)
        for m, (nesting, rows) in enumerate(stage.outer, i + 1):
            taken = np.einsum("raj,saj->rsj", NC[rows.start :], C[rows])
            slabs[m] = slabs[m] - nesting.sum(taken)
        dense, width = products.dense(C), products.width
        taken = products.dense(NC).reshape(width, -1) @ dense.reshape(width, -1).T
        H[-width:, -width:] -= taken
        if products.coupling is not None:
            products.coupling.subtract(H, N, NC)
    if not np.isfinite(log_det):
        raise DataError("theta is too large to compute with.")
    HL = products.rest_times(blocks, H, transposed=True).T
    S = products.rest_times(blocks, HL, transposed=True)
    diagonal = np.arange(products.q2)
    S[diagonal, diagonal] += 1
    before = S[diagonal, diagonal] if large else None
    R, failed = dpotrf(S.T, lower=True, overwrite_a=True)  # LAPACK reads by columns
    if not failed:
        if large and products.q2:
            condition *= (before / R[diagonal, diagonal] ** 2).max()
        if _rounding(products, R, condition) < MOST_ROUNDING:
            return Factors(products, blocks, stages, log_det, HL, R)
    if products.by_rows is not None:
        found = products.by_rows.factorise(blocks)
        first = len(found.R) - len(H)
        log_det = 2 * np.log(np.diag(found.R)[:first]).sum()
        R = np.asfortranarray(found.R[first:, first:].T)
        failed = R[-1, -1] <= EXACT * np.sqrt(products.A22[-1, -1])
        if not failed:
            return Factors(products, blocks, stages, log_det, HL, R, found)
    if failed:
        raise DataError(EXPLAINED)
    return Factors(products, blocks, stages, log_det, HL, R)


def _rounding(products, R, condition):
    """About how far the criterion is off because cross-products cancel.

    What is left of y and of X is a difference: its relative error is that of the
    numbers it is the difference of, times the condition of what was solved for it.
    """
    kept = R.diagonal()[products.q2 :] ** -2.0
    lost = products.design.n * products.A22[-1, -1] * kept[-1] + kept[:-1].sum()
    return EPSILON * condition * lost
