"""Where the search for theta starts: estimates by moments, without iteration.

Rao's MINQUE(0) (1971, J. Multivar. Anal. 1, 257-275): with y what X leaves of the
response, M = I − QQᵀ what takes X out, and Σᵢ = σ² Tᵢ Tᵢᵀ for one group of term i,

    E(Σ Zᵢᵀy yᵀZᵢ) = Σ_m Σ (ZᵢᵀMZ_m) Σ_m (ZᵢᵀMZ_m)ᵀ + σ² Σ ZᵢᵀMZᵢ
    E(yᵀy)         = Σ_m Σ tr(Z_mᵀMZ_m Σ_m) + σ² (n − p)

where inner sums run over groups, or pairs of groups: linear equations for all Σᵢ and
σ².  On balanced data their solution is the REML estimate itself.
"""

import numpy as np

# Smallest and largest eigenvalue of T Tᵀ, for orthonormal effects.
RANGE = 0.01, 1e4
# Smallest residual variance, as a share of the response's.
LEAST = 1e-3


def start(products):
    """Estimate the blocks of Λ for orthonormal effects, roughly.

    Parameters
    ----------
    products : Products

    Returns
    -------
    list of ndarray, shape (k, k)
        One a term; not triangular, and not singular.
    """
    zy = [_with_y(products, i) for i in range(len(products.terms))]
    squares = [(part @ part.T).ravel() for part in zy]
    yy = products.A22[-1, -1]
    return solve_moments(products, np.array([*np.concatenate(squares), yy]))


def solve_moments(products, moments):
    """Give the blocks of Λ that one response, or many, have by their moments.

    Parameters
    ----------
    products : Products
    moments : ndarray, shape (Σ k² + 1, ...)
        Σ Zᵢᵀy yᵀZᵢ of every term, element by element, and yᵀy.

    Returns
    -------
    list of ndarray, shape (..., k, k)
        One a term; not triangular, and not singular.
    """
    *found, sigma2 = np.linalg.lstsq(_system(products), moments)[0]
    ratios = np.array(found) / np.maximum(
        sigma2, LEAST * moments[-1] / products.design.n
    )
    blocks, place = [], 0
    for term in products.terms:
        k = term.k
        ratio = np.moveaxis(ratios[place : (place := place + k * k)], 0, -1)
        ratio = ratio.reshape(*ratio.shape[:-1], k, k)
        size, axes = np.linalg.eigh((ratio + np.swapaxes(ratio, -1, -2)) / 2)
        blocks.append(axes * np.sqrt(np.clip(size, *RANGE))[..., None, :])
    return blocks


def _system(products):
    """Coefficients of the moments' equations: shape (Σ k² + 1, Σ k² + 1)."""
    terms = range(len(products.terms))
    P = [_with_X(products, i) for i in terms]
    P2 = [_pair_sums(Pi, Pi) for Pi in P]
    total = [_total(products, i, P[i]) for i in terms]
    squares = [  # of G = ZᵢᵀZ_m − PᵢᵀP_m; the second part is there for all pairs
        [_squares(products, i, m, P) + P2[i] @ P2[m].T for m in terms] for i in terms
    ]
    freedom = products.design.n - len(products.Qty)
    return np.block(
        [
            [np.block(squares), np.concatenate(total)[:, None]],
            [np.concatenate(total), freedom],
        ]
    )


def _pair_sums(F, G):
    """Σ F ⊗ G over the last axis, of r × c matrices: (r², c²)."""
    r, c, number = F.shape
    sums = F.reshape(r * c, number) @ G.reshape(r * c, number).T
    return sums.reshape(r, c, r, c).transpose(0, 2, 1, 3).reshape(r * r, c * c)


def _squares(products, i, m, P):
    """What Σ G ⊗ G has from the pairs that meet, G = ZᵢᵀMZ_m: (kᵢ², k_m²)."""
    G, j, h = _meetings(products, i, m)
    D = np.einsum("axp,cxp->acp", P[i][:, :, j], P[m][:, :, h])
    return _pair_sums(G, G - D) - _pair_sums(D, G)


def _total(products, i, P):
    """Σ ZᵢᵀMZᵢ over groups, as a vector."""
    own = _meetings(products, i, i)[0].sum(axis=-1)
    return (own - np.einsum("axj,bxj->ab", P, P)).ravel()


def _with_y(products, i):
    """Zᵀy of every group of term i: ndarray, shape (k, J)."""
    if i in products.rows:
        return products.A22[-1, products.rows[i]].reshape(-1, products.terms[i].k).T
    stage = products.stages[_stage_of(products, i)]
    return stage.C[-1, stage.spans[i]]


def _with_X(products, i):
    """ZᵀQ of every group of term i: ndarray, shape (k, p, J)."""
    p, term = len(products.Qty), products.terms[i]
    if i in products.rows:
        side = products.A22[products.q2 : -1, products.rows[i]]
        return side.reshape(p, term.J, term.k).transpose(2, 0, 1)
    stage = products.stages[_stage_of(products, i)]
    return stage.C[-1 - p : -1, stage.spans[i]].transpose(1, 0, 2)


def _meetings(products, i, m):
    """ZᵢᵀZ_m of the pairs of groups that meet; pairs with zeros may be among them.

    Returns
    -------
    G : ndarray, shape (kᵢ, k_m, pairs)
    j, h : ndarray, shape (pairs,)
        Groups of terms i and m.
    """
    i_staged, m_staged = i not in products.rows, m not in products.rows
    if i_staged and m_staged:
        return _meetings_of_stages(products, i, m)
    if i_staged:
        return _meetings_with_stage(products, i, m)
    if m_staged:
        G, j, h = _meetings_with_stage(products, m, i)
        return G.transpose(1, 0, 2), h, j
    one, other = products.terms[i], products.terms[m]
    G = products.A22[products.rows[i], products.rows[m]]
    G = G.reshape(one.J, one.k, other.J, other.k)
    if one.group == other.group:
        j = np.arange(one.J)
        return np.einsum("jajb->abj", G), j, j
    j, h = np.indices((one.J, other.J)).reshape(2, -1)
    return G.transpose(1, 3, 0, 2).reshape(one.k, other.k, -1), j, h


def _meetings_of_stages(products, i, m):
    """`_meetings` of two terms that are eliminated group by group."""
    s, t = _stage_of(products, i), _stage_of(products, m)
    if s > t:
        G, j, h = _meetings_of_stages(products, m, i)
        return G.transpose(1, 0, 2), h, j
    inner, outer = products.stages[s], products.stages[t]
    j = h = np.arange(inner.term.J)
    found = inner.A
    if s < t:
        nesting, rows = inner.outer[t - s - 1]
        found, h = inner.C[rows], nesting.parent
    return found[outer.spans[m], inner.spans[i]].transpose(1, 0, 2), j, h


def _meetings_with_stage(products, i, m):
    """`_meetings` of term i of a stage with term m of none."""
    stage = products.stages[_stage_of(products, i)]
    one, other = products.terms[i], products.terms[m]
    if products.coupling is not None:
        G, j, h = products.coupling.meetings(products.rows[m], other.k)
        return G[stage.spans[i]], j, h
    C = products.dense(stage.C)[products.rows[m], stage.spans[i]]
    G = C.reshape(other.J, other.k, one.k, one.J).transpose(2, 1, 3, 0)
    j, h = np.indices((one.J, other.J)).reshape(2, -1)
    return G.reshape(one.k, other.k, -1), j, h


def _stage_of(products, i):
    """Which stage eliminates term i."""
    return next(s for s, stage in enumerate(products.stages) if i in stage.members)
