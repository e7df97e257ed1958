"""Solve the penalised system of random effects for any right-hand side.

Letters as in `mlm.engine.factorise`.
"""

import numpy as np

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
    g = [stage.joined(right) for stage in structure.stages]
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
