"""The factorised penalised system at one Λ, and all that is read from it.

Letters as in `mlm.engine.factorise`, which makes it.  Nothing here is specific to
normal responses: the rows' weights are in the sums.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mlm.engine.by_rows import RowFactors
from mlm.engine.rest_factors import Modes, RestFactors
from mlm.engine.spread import (
    conditional_variances,
    inverse_block,
    leverage,
    row_spread,
)
from mlm.ground.linalg import solve_lower


class StageFactors(NamedTuple):
    """One stage at one Λ: arrays over its groups j, which come last."""

    A: np.ndarray  # (k, k, J)
    C: np.ndarray  # (rows, k, J)
    K: np.ndarray  # (k, k, J)
    N: np.ndarray  # (k, k, J)


@dataclass(frozen=True, eq=False)
class Factorisation(RestFactors):
    """Triangles of the penalised system at one Λ.

    Attributes
    ----------
    sums, blocks, HL, R
        As of `RestFactors`.
    log_det : float
        Σ_j log det Ω_j of all stages.
    stages : list of StageFactors
    by_rows : RowFactors or None
        Where cross-products lose digits, the same by QR: `log_det` and `R` are its.
    """

    log_det: float
    stages: list
    by_rows: RowFactors | None = None

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
        rest = self.solve_rest()
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

    def with_residuals(self):
        """Zᵀe of every group of each stage, and Z₂ᵀe, e the residuals.

        Returns
        -------
        list of ndarray, shape (k, J)
        ndarray, shape (q₂,)
        """
        found, rests = self.solve()
        with_Z = [
            left - np.einsum("abj,bj->aj", stage.A, b)
            for stage, left, b in zip(self.stages, rests, found.b, strict=True)
        ]
        return with_Z, self.HL[: self.sums.structure.q2] @ found.rest

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
        slopes, P = self.rest_slopes(weight)
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

    def row_spread(self, codes, effects, Q, covariance=None):
        """Variance of z'(b̃ - b) + x'(β̂ - β) for any rows, over sigma².

        Parameters
        ----------
        codes, effects, Q, covariance
            As of `mlm.engine.spread.row_spread`.

        Returns
        -------
        ndarray, shape (n,)
        """
        return row_spread(self, codes, effects, Q, covariance)

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
