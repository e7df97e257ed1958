"""Exact second derivatives of Laplace's criterion, where one grouping factor is all.

Letters as in `mlm.engine.one_factor` and `mlm.engine.laplace`; dots are derivatives
along a direction of the unknowns T and β.  At the mode the criterion is stationary by
u in

    L = h(u) + log|M| + Σ_j cⱼᵀ(TᵀZⱼᵀg − uⱼ)

with c held, so that its second derivatives are those of L along directions (Ṫ, β̇, u̇) in
which the mode stays one.  With y = ZᵀWₒη̇ and Ȧ = ZᵀW′η̇Z,

    Ωₒu̇ = ṪᵀZᵀg − Tᵀ ZᵀWₒ(Qβ̇ + ZṪu)           η̇ = Qβ̇ + Z(Ṫu + Tu̇)
    L¨ = η̇ᵀ(2Wₒ + W″v − Wₒ′ ∘ ZTc)η̇ + 2 u̇ᵀu̇ − Σ_j tr(Ω⁻¹Ω̇Ω⁻¹Ω̇) + 2 Σ_j Ṫ : B
    B = Zᵀe u̇ᵀ − y cᵀ + 2 ȦTΩ⁻¹ + AṪΩ⁻¹
"""

import numpy as np

from mlm.engine.group_rows import left, times

# Step of η by which the slopes of a row's weights are differences across it.
STEP = 1e-5


def second_derivatives(system, here):
    """Second derivatives by the elements of T's blocks and the coefficients of Q.

    Parameters
    ----------
    system : GroupSystem
    here : Place
        At the mode.

    Returns
    -------
    ndarray, shape (Σ k² + p, Σ k² + p)
        Blocks term by term, row by row.
    """
    by_group, T = system.by_group, system.T
    model, stage, u = by_group.model, by_group.stage, by_group.stage.joined(here.u)
    rows = here.rows
    observed = factors = system.factorise(rows.W_observed)
    if rows.W is not rows.W_observed:
        factors = system.factorise(rows.W)
    _, with_t, c = system.adjoint(rows, factors, observed)
    with_g, moved = by_group.sums(rows.g), left(T, c)
    with_e = with_t - times(observed.A, moved) - 2 * with_g
    above, below = (model.at(here.eta + step, slopes=True) for step in (STEP, -STEP))
    bend = above.W_slope - below.W_slope, above.W_observed - below.W_observed
    bend = bend[0] * by_group.variances(factors.N) - bend[1] * by_group.along(moved)
    bend = 2 * rows.W_observed + bend / (2 * STEP)

    places = [
        (i, j)
        for span in stage.spans.values()
        for i in range(span.start, span.stop)
        for j in range(span.start, span.stop)
    ]
    m, (i, j), number = len(places), np.transpose(places), len(places) + len(model.Q)
    turned, with_Q = np.zeros((number, *T.shape)), np.zeros((number, *u.shape))
    turned[np.arange(m), i, j] = 1  # Ṫ
    with_Q[m:] = by_group.with_X(rows.W_observed)[0]  # ZᵀWₒQβ̇
    moved = np.einsum("dab,bj->daj", turned, u)
    right = with_Q + times(observed.A, moved)
    right = np.einsum("dba,bj->daj", turned, with_g) - _left(T.T, right)
    u_dot = times(observed.inverse, right)
    moved += _left(T, u_dot)
    y = with_Q + times(observed.A, moved)
    ahead = np.array([by_group.along(own) for own in moved])  # η̇
    ahead[m:] += model.Q
    A_dot = np.array([by_group.squares(rows.W_slope * own) for own in ahead])

    half = np.einsum("dba,bcj->dacj", turned, factors.A) + _left(T.T, A_dot) / 2
    half = np.einsum("dabj,bc->dacj", half, T)
    change = np.einsum("abj,dbcj->dacj", factors.inverse, half + half.swapaxes(1, 2))
    B = np.einsum("aj,dbj->dab", with_e, u_dot) - np.einsum("daj,bj->dab", y, c)
    B += 2 * np.einsum("dacj,cbj->dab", A_dot, factors.K)
    B[:m] += np.einsum("abj,cdj->bcad", factors.A, factors.inverse)[i, j]

    found = (ahead * bend) @ ahead.T
    found += 2 * np.einsum("daj,eaj->de", u_dot, u_dot)
    found -= np.einsum("dabj,ebaj->de", change, change)
    found[:m] += B[:, i, j].T
    found[:, :m] += B[:, i, j]
    return found


def _left(T, M):
    """T times every matrix, or vector, of every direction: the shape of M."""
    return np.einsum("ab,db...->da...", T, M)
