"""Conditional variance of every row's linear predictor: the diagonal of ZVZᵀ.

V = ΛM⁻¹Λᵀ is needed only between groups that meet in a row.  Those blocks follow from
the factorisation stage by stage (`Factorisation.backward`), whatever n is; a row then
adds up z_aᵀ V_ab z_b over pairs of its terms.  Letters as in `mlm.engine.factorise`.
"""

import numpy as np

from mlm.engine.spread import inverse_block, rest_spread


def row_variances(factors, Z):
    """Diagonal of Z V Zᵀ.

    Parameters
    ----------
    factors : Factorisation
    Z : list of ndarray, shape (k, n)
        Orthonormal effects of every term, without weights.

    Returns
    -------
    ndarray, shape (n,)
        Over sigma².
    """
    sums, structure = factors.sums, factors.sums.structure
    q2, terms, rows = structure.q2, structure.terms, structure.rows
    P = np.zeros_like(factors.R)
    P[:q2, :q2] = rest_spread(factors, q2)
    v = np.zeros(Z[0].shape[1])
    for i in structure.others:
        for m in (m for m in structure.others if m >= i):
            block = P[rows[i], rows[m]]
            block = block.reshape(terms[i].J, terms[i].k, terms[m].J, terms[m].k)
            found = _crossed(Z[i], Z[m], block, terms[i].codes, terms[m].codes)
            v += found if m == i else 2 * found
    number = len(structure.stages)
    for stage, (_, _, _, N), D, PC in factors.backward(P):
        number -= 1
        own, codes = stage.joined(Z), stage.term.codes
        v += _within(own, own, inverse_block(N, D), codes)
        side = -np.einsum("raj,abj->rbj", PC, N)
        for m, (_, place) in enumerate(stage.parents, number + 1):
            outer = structure.stages[m].joined(Z)
            v += 2 * _within(outer, own, side[place], codes)
        if sums.coupling is not None:
            Z2 = np.hstack([Z[i].T for i in structure.others])
            v += 2 * _where_they_meet(sums.coupling, P[:q2, :q2], N, Z2, own)
            continue
        dense = sums.dense(side)
        for i in structure.others:
            block = dense[rows[i]].reshape(terms[i].J, terms[i].k, *side.shape[1:])
            block = block.transpose(0, 1, 3, 2)
            v += 2 * _crossed(Z[i], own, block, terms[i].codes, codes)
    return v


def _within(left, right, blocks, codes):
    """leftᵢᵀ B_j rightᵢ of every row i in group j, B of shape (a, b, J): (n,)."""
    total = 0.0
    for a, x in enumerate(left):
        for b, z in enumerate(right):
            total = total + x * z * blocks[a, b].take(codes)
    return total


def _crossed(left, right, blocks, one, other):
    """leftᵢᵀ B_jh rightᵢ of every row in groups j and h, B of shape (J, a, H, b)."""
    return sum(
        x * z * blocks[one, a, other, b]
        for a, x in enumerate(left)
        for b, z in enumerate(right)
    )


def _where_they_meet(coupling, P, N, Z2, own):
    """The part of a stage with all other terms, where their coupling is sparse."""
    meetings = coupling.meetings
    side = -np.einsum("am,abm->bm", coupling.middle(P), N[:, :, meetings.group])
    along = sum(
        V.take(meetings.slot) * z.take(meetings.observation)
        for V, z in zip(side, own, strict=True)
    )
    along *= Z2[meetings.stored]
    return np.bincount(meetings.observation, along, minlength=len(Z2))
