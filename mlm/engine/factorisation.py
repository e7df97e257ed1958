"""The factorised penalised system at one Λ, and all that is read from it.

Letters as in `mlm.engine.factorise`, which makes it.  Nothing here is specific to
normal responses: the rows' weights are in the sums.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dlauum, dtrtri

from mlm.engine.by_rows import RowFactors
from mlm.engine.spread import conditional_variances, inverse_block, leverage
from mlm.engine.sums import Sums
from mlm.ground.linalg import solve_lower

# Smaller matrices are multiplied as they are: LAPACK's LAUUM starts threads whatever
# the size, and to start them takes longer than the product, by far on a busy machine.
SMALL = 64


class StageFactors(NamedTuple):
    """One stage at one Λ: arrays over its groups j, which come last."""

    A: np.ndarray  # (k, k, J)
    C: np.ndarray  # (rows, k, J)
    K: np.ndarray  # (k, k, J)
    N: np.ndarray  # (k, k, J)


class Modes(NamedTuple):
    """The solution of the penalised system, for orthonormal effects."""

    rest: np.ndarray  # −u₂, −β of Q, and 1: shape (q₂ + p + 1,)
    b: list  # modes of each stage: shape (k, J)


@dataclass(frozen=True, eq=False)
class Factorisation:
    """Triangles of the penalised system at one Λ.

    Attributes
    ----------
    sums : Sums
    blocks : list of ndarray, shape (k, k)
        Λ for orthonormal effects, a block a term.
    stages : list of StageFactors
    log_det : float
        Σ_j log det Ω_j of all stages.
    HL : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
        H Λ₂.
    R : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
        Lower triangular.
    by_rows : RowFactors or None
        Where cross-products lose digits, the same by QR: `log_det` and `R` are its.
    """

    sums: Sums
    blocks: list
    stages: list
    log_det: float
    HL: np.ndarray
    R: np.ndarray
    by_rows: RowFactors | None = None

    def rest_times(self, M, transposed=False):
        """Λ₂ M, or Λ₂ᵀ M.

        Parameters
        ----------
        M : ndarray, shape (q₂ + p + 1, …)
        transposed : bool

        Returns
        -------
        ndarray, shape (q₂ + p + 1, …)
        """
        return self.sums.structure.rest_times(self.blocks, M, transposed)

    def modes(self):
        """Solve for the conditional modes and the fixed effects: `Modes`."""
        if self.by_rows is not None:
            return _modes_by_rows(self)
        return self.solve()[0]

    def solve(self):
        """Solve for the modes by cross-products, whose residuals are known as well.

        Returns
        -------
        modes : Modes
        left : list of ndarray, shape (k, J)
            Z_jᵀe + A_j b_j of each stage, e the residuals.
        """
        # The last row of R belongs to y; solving with it gives u₂ and β.
        solved = solve_lower(self.R[:-1, :-1], self.R[-1, :-1], transposed=True)
        rest = np.append(-solved, 1.0)
        b2, sums, number = self.rest_times(rest), self.sums, len(self.stages)
        left, b = [None] * number, [None] * number
        for i, stage in reversed(list(enumerate(sums.structure.stages))):
            C, N = self.stages[i].C, self.stages[i].N
            left[i] = np.einsum("r,raj->aj", b2[-sums.width :], sums.dense(C))
            if sums.coupling is not None:
                left[i] += sums.coupling.transposed_times(b2[: sums.structure.q2])
            for m, (nesting, rows) in enumerate(stage.parents, i + 1):
                left[i] -= np.einsum("raj,rj->aj", C[rows], nesting.gather(b[m]))
            b[i] = np.einsum("abj,bj->aj", N, left[i])
        return Modes(rest, b), left

    def modes_by_term(self, found):
        """Conditional modes of the effects as the terms have them (eq. 11).

        Parameters
        ----------
        found : Modes

        Returns
        -------
        list of ndarray, shape (J, k)
            One a term.
        """
        structure, basis = self.sums.structure, self.sums.basis
        b2, by_term = self.rest_times(-found.rest), {}
        for stage, modes in zip(structure.stages, found.b, strict=True):
            for i, rows in stage.spans.items():
                by_term[i] = basis.original(i, modes[rows].T)
        for i, rows in structure.rows.items():
            by_term[i] = basis.original(i, b2[rows].reshape(-1, structure.terms[i].k))
        return [by_term[i] for i in range(len(by_term))]

    def fixed_covariance(self):
        """Covariance of the fixed effects over sigma² (eq. 54): ndarray, (p, p)."""
        q2 = self.sums.structure.q2
        R_inverse = np.linalg.inv(self.R[q2:-1, q2:-1].T)
        root = np.linalg.inv(self.sums.basis.RX) @ R_inverse
        return root @ root.T

    def backward(self, P):
        """From P, derivatives by H, find those by the Schur complements before it.

        Parameters
        ----------
        P : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
            Symmetric; or Λ₂ S⁻¹ Λ₂ᵀ, which gives V of every group (`inverse_block`).

        Yields
        ------
        stage : Stage
            The last first.
        factors : StageFactors
        D : ndarray, shape (k, k, J)
            C_jᵀ P C_j.
        PC : ndarray, shape (rows, k, J)
            P C_j, without the rows of a sparse coupling.
        """
        sums = self.sums
        behind = [None] * len(self.stages)  # derivatives by each stage's slab
        for i, stage in reversed(list(enumerate(sums.structure.stages))):
            _, C, _, N = self.stages[i]
            PC, dense = np.empty_like(C), sums.dense(C)
            width = len(dense)
            product = P[-width:, -width:] @ dense.reshape(width, -1)
            PC[-width:] = product.reshape(dense.shape)
            if len(C) > width:
                PC[:-width] = 0
            for m, (nesting, rows) in enumerate(stage.parents, i + 1):
                here = nesting.gather(behind[m])
                PC[rows.start :] += np.einsum("rsj,saj->raj", here, C[rows])
                below = here[rows.stop - rows.start :]
                PC[rows] += np.einsum("rsj,raj->saj", below, C[rows.stop :])
            D = np.einsum("raj,rbj->abj", C, PC)
            if sums.coupling is not None:
                sums.coupling.add_middle(D, P, C)
            if i:
                side = -np.einsum("raj,abj->rbj", PC, N)
                behind[i] = np.concatenate([inverse_block(N, D), side])
            yield stage, self.stages[i], D, PC

    def explained(self, g, rest):
        """Products gᵢᵀ M⁻¹ gⱼ of right-hand sides, M the matrix of the mixed model.

        Parameters
        ----------
        g : list of ndarray, shape (number, k, J)
            One a stage.
        rest : ndarray, shape (q₂ + p + 1, number)

        Returns
        -------
        products : ndarray, shape (number, number)
        by_X : ndarray, shape (p, number)
            The part of X in them is by_Xᵀ by_X.
        """
        g, total = list(g), 0.0
        for i, stage in enumerate(self.sums.structure.stages):
            _, C, _, N = self.stages[i]
            Ng = np.einsum("abj,ibj->iaj", N, g[i])
            total += g[i].reshape(len(g[i]), -1) @ Ng.reshape(len(Ng), -1).T
            for m, (nesting, rows) in enumerate(stage.parents, i + 1):
                g[m] = g[m] - nesting.sum(np.einsum("raj,iaj->irj", C[rows], Ng))
            rest = rest - self.sums.rest_of_stage(C, Ng)
        left = self.rest_times(rest, transposed=True)
        solved = solve_lower(self.R[:-1, :-1], left[:-1])
        return total + solved.T @ solved, solved[self.sums.structure.q2 :]

    def slopes(self, weight):
        """Derivatives of Σ weight log(diagonal²) by the blocks of Λ.

        Parameters
        ----------
        weight : ndarray, shape (q₂ + p + 1,)
            Of the diagonal of R; that of every L_j has weight 1.

        Returns
        -------
        list of ndarray, shape (k, k)
            One a term.
        """
        if self.by_rows is not None:
            return self.by_rows.slopes(weight)
        B = _weighted_inverse(self.R, weight, self.sums.structure.q2)
        slopes = _rest_slopes(self.sums.structure, self.HL, B)
        P = self.rest_times(self.rest_times(B).T)
        for stage, (A, _, K, N), D, _ in self.backward(P):
            ND = np.einsum("abj,bcj->acj", N, D)
            F = A - D + np.einsum("abj,bcj->acj", A, ND)
            slopes |= stage.split(2 * np.einsum("abj,bcj->ac", F, K))
        return [slopes[i] for i in range(len(slopes))]

    def conditional_variances(self):
        """Conditional variances over sigma² (eq. 58): dict of ndarray, (J, k, k).

        By grouping factor: `mlm.engine.spread.conditional_variances`.
        """
        return conditional_variances(self)

    def leverage(self):
        """Diagonal of the hat matrix (`mlm.engine.spread.leverage`): (n,)."""
        return leverage(self)


def _modes_by_rows(factors):
    """`Modes` from the QR factorisation."""
    u, columns = factors.by_rows.solution(), factors.by_rows.rows.columns
    b = [
        np.hstack([u[columns[i]] @ factors.blocks[i].T for i in stage.terms]).T
        for stage in factors.sums.structure.stages
    ]
    staged = len(u) + 1 - len(factors.R)
    return Modes(np.append(-u[staged:], 1.0), b)


def _weighted_inverse(R, weight, q2):
    """B = R⁻ᵀ W R⁻¹, by its difference from R⁻ᵀ R⁻¹: the rows of X and y."""
    R_inverse, _ = dtrtri(R, lower=True)
    if len(R) < SMALL:
        return R_inverse.T @ (weight[:, None] * R_inverse)
    last = R_inverse[q2:].copy()
    B, _ = dlauum(R_inverse, lower=True, overwrite_c=True)
    B += np.tril(B, -1).T  # LAPACK fills the lower triangle only
    B += last.T @ ((weight[-len(last) :, None] - 1) * last)
    return B


def _rest_slopes(structure, HL, B):
    """∂f/∂Λ₂ = 2 H Λ₂ B, summed over the groups of each term: dict by term."""
    slopes = {}
    for i, place in structure.rows.items():
        k = structure.terms[i].k
        rows = HL[place].reshape(-1, k, len(B))
        columns = B[:, place].reshape(len(B), -1, k)
        slopes[i] = 2 * np.einsum("jar,rjb->ab", rows, columns)
    return slopes
