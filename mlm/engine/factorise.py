"""Factorise the penalised system at one Λ.

Stage by stage (see `mlm.engine.structure`), the groups of one factor are eliminated;
there remains one dense matrix for all other random effects, X and y.  With A_j =
Z_jᵀZ_j and C_j = [Z₂ X y]ᵀZ_j for group j, T the block of its factor in Λ, and Λ₂ the
rest of Λ with ones for X and y:

    Ω_j = Tᵀ A_j T + I = L_j L_jᵀ       N_j = T Ω_j⁻¹ Tᵀ        K_j = T Ω_j⁻¹
    H = A₂₂ − Σ_j C_j N_j C_jᵀ          S = Λ₂ᵀ H Λ₂ + diag(I, 0, 0) = R Rᵀ

Earlier stages change A_j and C_j of later ones as they change H.
Arrays over groups have the group last, so that numpy's loops run over groups.
"""

import numpy as np
from scipy.linalg.lapack import dpotrf

from mlm.engine.factorisation import Factorisation, StageFactors
from mlm.engine.weighted_rows import EXACT
from mlm.ground.errors import DataError
from mlm.ground.linalg import cholesky_blocks

EPSILON = np.finfo(float).eps
# Where rounding may move the criterion by more, the rows are factorised instead.
MOST_ROUNDING = 1e-8
# Blocks of Λ of this size square to what no number holds.
LARGEST = 1e300
# Only with larger elements in Λ can the penalised system be ill-conditioned.
LARGE = 10
TOO_LARGE = "theta is too large to compute with."
EXPLAINED = (
    "fixed and random effects together explain the response exactly: there is nothing "
    "left for the residuals. Is it constant within groups?"
)


def factorise(sums, blocks):
    """Factorise the penalised system at given blocks of Λ.

    Parameters
    ----------
    sums : Sums
    blocks : list of ndarray, shape (k, k)
        One a term, for orthonormal effects (`Basis.whiten`); they need not be
        triangular.

    Returns
    -------
    Factorisation

    Raises
    ------
    DataError
        If Λ is too large to compute with, or if fixed and random effects together
        explain the response exactly.
    """
    structure, width = sums.structure, sums.width
    slabs, H = list(sums.slabs), sums.A22.copy()
    stages, log_det, condition = [], 0.0, 1.0
    large = LARGE**2 < max(np.vdot(T, T) for T in blocks) < LARGEST
    for i, stage in enumerate(structure.stages):
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
        stages.append(StageFactors(A, C, K, N))
        NC = np.einsum("abj,rbj->raj", N, C)
        for m, (nesting, rows) in enumerate(stage.parents, i + 1):
            taken = np.einsum("raj,saj->rsj", NC[rows.start :], C[rows])
            slabs[m] = slabs[m] - nesting.sum(taken)
        dense = sums.dense(C).reshape(width, -1)
        H[-width:, -width:] -= sums.dense(NC).reshape(width, -1) @ dense.T
        if sums.coupling is not None:
            sums.coupling.subtract(H, N, NC)
    if not np.isfinite(log_det):
        raise DataError(TOO_LARGE)
    HL = structure.rest_times(blocks, H, transposed=True).T
    S = structure.rest_times(blocks, HL, transposed=True)
    diagonal = np.arange(structure.q2)
    S[diagonal, diagonal] += 1
    before = S[diagonal, diagonal] if large else None
    R, failed = dpotrf(S.T, lower=True, overwrite_a=True)  # LAPACK reads by columns
    if not failed:
        if large and structure.q2:
            condition *= (before / R[diagonal, diagonal] ** 2).max()
        if _rounding(sums, R, condition) < MOST_ROUNDING or sums.by_rows is None:
            return Factorisation(sums, blocks, HL, R, log_det, stages)
    elif sums.by_rows is None:
        raise DataError(EXPLAINED)
    return _by_rows(sums, blocks, stages, HL)


def _by_rows(sums, blocks, stages, HL):
    """The factorisation with R from the rows of the data: see `mlm.engine.by_rows`."""
    found = sums.by_rows.factorise(blocks)
    first = len(found.R) - len(HL)
    log_det = 2 * np.log(np.diag(found.R)[:first]).sum()
    R = np.asfortranarray(found.R[first:, first:].T)
    if R[-1, -1] <= EXACT * np.sqrt(sums.A22[-1, -1]):
        raise DataError(EXPLAINED)
    return Factorisation(sums, blocks, HL, R, log_det, stages, found)


def _rounding(sums, R, condition):
    """About how far the criterion is off because cross-products cancel.

    The parts of y and of X that remain are differences: their relative error is that
    of the numbers they are differences of, times the condition of the solution.

    Parameters
    ----------
    sums : Sums
    R : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
    condition : float
        Product of the largest losses in the eliminations.

    Returns
    -------
    float
    """
    kept = R.diagonal()[sums.structure.q2 :] ** -2.0
    lost = sums.n * sums.A22[-1, -1] * kept[-1] + kept[:-1].sum()
    return EPSILON * condition * lost
