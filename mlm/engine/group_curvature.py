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
    by_group, T, rows = system.by_group, system.T, here.rows
    observed = factors = system.factorise(rows.W_observed)
    if rows.W is not rows.W_observed:
        factors = system.factorise(rows.W)
    _, with_t, c = system.adjoint(rows, factors, observed)
    with_g, moved = by_group.sums(rows.g), left(T, c)
    with_e = with_t - times(observed.A, moved) - 2 * with_g
    turned, u_dot, y, ahead = _directions(system, here, observed, with_g)
    A_dot = np.array([by_group.squares(own) for own in rows.W_slope * ahead])

    bend, observed_bend = _slopes_of_weights(by_group.model, here.eta)
    bend = bend * by_group.variances(factors.N)
    bend += 2 * rows.W_observed - observed_bend * by_group.along(moved)
    found = (ahead * bend) @ ahead.T
    found += 2 * np.einsum("daj,eaj->de", u_dot, u_dot)

    half = np.einsum("dba,bcj->dacj", turned, factors.A) + _left(T.T, A_dot) / 2
    half = np.einsum("dabj,bc->dacj", half, T)
    change = np.einsum("abj,dbcj->dacj", factors.inverse, half + half.swapaxes(1, 2))
    found -= np.einsum("dabj,ebaj->de", change, change)

    B = np.einsum("aj,dbj->dab", with_e, u_dot) - np.einsum("daj,bj->dab", y, c)
    B += 2 * np.einsum("dacj,cbj->dab", A_dot, factors.K)
    pairs = np.einsum("abj,cdj->bcad", factors.A, factors.inverse)
    B += np.einsum("dbc,bcae->dae", turned, pairs)
    cross = np.einsum("dab,eab->de", turned, B)
    return found + cross + cross.T


def _directions(system, here, observed, with_g):
    """Ṫ, u̇, y and η̇ of every direction.

    Parameters
    ----------
    system : GroupSystem
    here : Place
    observed : GroupFactors
        Of the weights Wₒ.
    with_g : ndarray, shape (k, J)

    Returns
    -------
    turned : ndarray, shape (m, k, k)
        With a single 1, or nothing.
    u_dot, y : ndarray, shape (m, k, J)
    ahead : ndarray, shape (m, n)
    """
    by_group, Q = system.by_group, system.model.Q
    u = by_group.stage.joined(here.u)
    places = [
        (i, j)
        for span in by_group.stage.spans.values()
        for i in range(span.start, span.stop)
        for j in range(span.start, span.stop)
    ]
    m = len(places)
    turned = np.zeros((m + len(Q), *system.T.shape))
    turned[np.arange(m), *np.transpose(places)] = 1
    with_Q = np.zeros((m + len(Q), *u.shape))  # ZᵀWₒQβ̇
    with_Q[m:] = by_group.with_X(here.rows.W_observed)[0]
    moved = np.einsum("dab,bj->daj", turned, u)
    taken = _left(system.T.T, with_Q + times(observed.A, moved))
    right = np.einsum("dba,bj->daj", turned, with_g) - taken
    u_dot = times(observed.inverse, right)
    moved += _left(system.T, u_dot)
    ahead = by_group.along(moved)
    ahead[m:] += Q
    return turned, u_dot, with_Q + times(observed.A, moved), ahead


def _slopes_of_weights(model, eta):
    """Derivatives of W′ and Wₒ by η, row by row: two ndarray, shape (n,)."""
    above, below = (model.at(eta + step, slopes=True) for step in (STEP, -STEP))
    changes = above.W_slope - below.W_slope, above.W_observed - below.W_observed
    return tuple(change / (2 * STEP) for change in changes)


def _left(T, M):
    """T times every matrix, or vector, of every direction: the shape of M."""
    return np.einsum("ab,db...->da...", T, M)
