"""Solve the penalised system of random effects for any right-hand side.

Letters as in `mlm.engine.factorise`.
"""

import numpy as np

from mlm.engine.spread import inverse_block, rest_spread
from mlm.ground.linalg import solve_lower


def solve_effects(factors, right, right_X=None):
    """u = M⁻¹ Λᵀ r, with M = Λᵀ Zᵀ W Z Λ + I and the weights W of the sums.

    Parameters
    ----------
    factors : Factorisation
    right : list of ndarray, shape (k, J)
        r, one a term: products with orthonormal effects.
    right_X : ndarray, shape (p,), optional
        Products with Q, where β is solved for too; the factorisation has X then.

    Returns
    -------
    u : list of ndarray, shape (k, J)
        One a term.
    beta : ndarray, shape (p,)
        Empty without `right_X`.
    """
    sums, structure = factors.sums, factors.sums.structure
    q2, u, b = structure.q2, {}, [None] * len(structure.stages)
    g = [np.vstack([right[i] for i in stage.terms]) for stage in structure.stages]
    right_X = np.empty(0) if right_X is None else right_X
    rest = np.concatenate([*(right[i].T.ravel() for i in structure.others), right_X])
    size = len(rest)
    for i, stage in enumerate(structure.stages):
        _, C, _, N = factors.stages[i]
        Ng = np.einsum("abj,bj->aj", N, g[i])
        for m, (nesting, rows) in enumerate(stage.parents, i + 1):
            g[m] = g[m] - nesting.sum(np.einsum("raj,aj->rj", C[rows], Ng))
        if size:
            rest = rest - sums.rest_of_stage(C, Ng[None])[:size, 0]
    R = factors.R[:size, :size]
    u2 = structure.rest_times(factors.blocks, rest, transposed=True)
    u2 = solve_lower(R, solve_lower(R, u2), transposed=True)
    b2 = structure.rest_times(factors.blocks, u2)
    for i, stage in reversed(list(enumerate(structure.stages))):
        _, C, K, N = factors.stages[i]
        left, b_dense = g[i], b2
        if sums.coupling is not None:
            left, b_dense = left - sums.coupling.transposed_times(b2[:q2]), b2[q2:]
        if len(b_dense):
            dense = sums.dense(C)[: len(b_dense)]
            left = left - np.einsum("r,raj->aj", b_dense, dense)
        for m, (nesting, rows) in enumerate(stage.parents, i + 1):
            left = left - np.einsum("raj,rj->aj", C[rows], nesting.gather(b[m]))
        b[i] = np.einsum("abj,bj->aj", N, left)
        own = np.einsum("abj,aj->bj", K, left)
        u |= {t: own[span] for t, span in stage.spans.items()}
    for i, rows in structure.rows.items():
        u[i] = u2[rows].reshape(-1, structure.terms[i].k).T
    return [u[i] for i in range(len(u))], u2[q2:]


def row_variances(factors, Z):
    """Diagonal of Z V Zᵀ, with V = Λ M⁻¹ Λᵀ.

    Parameters
    ----------
    factors : Factorisation
    Z : list of ndarray, shape (k, n)
        Orthonormal effects of every term, without weights.

    Returns
    -------
    ndarray, shape (n,)
        Conditional variances of the linear predictor, over sigma².
    """
    sums, structure = factors.sums, factors.sums.structure
    q2, v = structure.q2, np.zeros(Z[0].shape[1])
    P = np.zeros_like(factors.R)
    P[:q2, :q2] = rest_spread(factors, q2)
    for i in structure.others:
        for m in structure.others:
            if i <= m:
                block = _by_groups(structure, P[structure.rows[i], structure.rows[m]], i, m)
                v += (1 + (i < m)) * _quadratic(structure, Z, i, m, block)
    for stage, (_, _, _, N), D, PC in factors.backward(P):
        own = np.vstack([Z[i] for i in stage.terms])
        codes = stage.term.codes
        v += _paired(own, own, inverse_block(N, D), codes)
        side = -np.einsum("raj,abj->rbj", PC, N)
        place = structure.stages.index(stage) + 1
        for m, (_, rows) in enumerate(stage.parents, place):
            outer = np.vstack([Z[i] for i in structure.stages[m].terms])
            v += 2 * _paired(outer, own, side[rows], codes)
        if sums.coupling is not None:
            v += 2 * _through_meetings(sums.coupling, P[:q2, :q2], N, Z, stage, structure)
        elif q2:
            dense = sums.dense(side)[:q2]
            for i in structure.others:
                term = structure.terms[i]
                block = dense[structure.rows[i]].reshape(term.J, term.k, *side.shape[1:])
                for a, left in enumerate(Z[i]):
                    for b, right in enumerate(own):
                        v += 2 * left * right * block[term.codes, a, b, codes]
    return v


def _paired(left, right, blocks, codes):
    """leftᵢᵀ B_j rightᵢ of every row i of group j: ndarray, shape (n,)."""
    total = 0.0
    for a, x in enumerate(left):
        for b, z in enumerate(right):
            total = total + x * z * blocks[a, b].take(codes)
    return total


def _by_groups(structure, block, i, m):
    """A block of P as (J, k, J, k)."""
    one, other = structure.terms[i], structure.terms[m]
    return block.reshape(one.J, one.k, other.J, other.k)


def _quadratic(structure, Z, i, m, block):
    """Zᵢᵀ P Z_m of every row, for two terms in no stage: ndarray, shape (n,)."""
    one, other = structure.terms[i].codes, structure.terms[m].codes
    return sum(
        x * z * block[one, a, other, b]
        for a, x in enumerate(Z[i])
        for b, z in enumerate(Z[m])
    )


def _through_meetings(coupling, P, N, Z, stage, structure):
    """The part of a stage with the other terms, where their coupling is sparse."""
    meetings = coupling.meetings
    side = -np.einsum("am,abm->bm", coupling.middle(P), N[:, :, meetings.group])
    Z2 = np.hstack([Z[i].T for i in structure.others])[meetings.stored]
    own = np.vstack([Z[i] for i in stage.terms])
    along = sum(
        V.take(meetings.slot) * z.take(meetings.observation)
        for V, z in zip(side, own, strict=True)
    )
    return np.bincount(meetings.observation, Z2 * along, minlength=Z[0].shape[1])
