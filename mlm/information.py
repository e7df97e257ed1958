"""Average information: second derivatives of the criterion at the price of a solve.

Gilmour, Thompson & Cullis (1995, Biometrics 51, 1440-1450) average the observed and
the expected Hessian; the traces cancel, and what is left are inner products.  With
V = ZΛΛᵀZᵀ + I, P = V⁻¹ − V⁻¹X(XᵀV⁻¹X)⁻¹XᵀV⁻¹ and e = Py (what fixed and random effects
leave of y), and Vᵢ the derivative of V by the i-th element of Λ's blocks,

    wᵢ = Vᵢ e        Hᵢⱼ = (wᵢᵀ P wⱼ − eᵀwᵢ eᵀwⱼ / r²) / σ²

Here wᵢ = Z aᵢ, with aᵢ = (Ṫ Tᵀ + T Ṫᵀ) Zᵀe for every group, Ṫ having a single 1.
Letters as in `mlm.profiled`.
"""

import numpy as np

from mlm.factors import solve_lower
from mlm.solution import modes


def average_information(deviance, factors):
    """Approximate Hessian by all elements of the blocks of Λ.

    Parameters
    ----------
    deviance : ProfiledDeviance
    factors : Factors
        From its `factorise`.

    Returns
    -------
    ndarray, shape (Σ k², Σ k²)
        Positive semi-definite; elements term by term, row by row.
    """
    products = deviance.products
    R, q2 = factors.R, products.q2
    found = modes(products, factors)
    # Zᵀe, and a of every direction: of the leading factor, and of the other terms.
    with_Z1 = found.left - np.einsum("abj,bj->aj", products.A, found.b1)
    with_Z2 = factors.HL[:q2] @ found.rest
    a1, a2 = _directions(products, factors.blocks, with_Z1, with_Z2)
    # Z₁ᵀw and [Z₂ X y]ᵀw of every direction; then wᵀw, less what P takes away.
    Z1_w = np.einsum("abj,ibj->iaj", products.A, a1)
    rest_w = products.rest_of_leading(a1)
    if q2:
        Z1_w = np.concatenate([Z1_w, [products.coupled(a) for a in a2]])
        rest_w = np.hstack([rest_w, products.A22[:, :q2] @ a2.T])
    N_Z1_w = np.einsum("abj,ibj->iaj", factors.N, Z1_w)
    flat = Z1_w.reshape(len(Z1_w), -1)
    P = np.vstack([a1.reshape(len(a1), -1) @ flat.T, a2 @ rest_w[:q2]])
    P -= flat @ N_Z1_w.reshape(len(Z1_w), -1).T
    left = rest_w - products.rest_of_leading(N_Z1_w)
    left = products.rest_times(factors.blocks, left, transposed=True)
    solved = solve_lower(R[:-1, :-1], left[:-1])
    P -= solved.T @ solved
    with_e = np.append(a1.reshape(len(a1), -1) @ with_Z1.ravel(), a2 @ with_Z2)
    r2 = R[-1, -1] ** 2
    information = (P - np.outer(with_e, with_e) / r2) * deviance.d / r2
    order = products.in_order_of_terms
    return information[np.ix_(order, order)]


def _directions(products, blocks, with_Z1, with_Z2):
    """aᵢ of every element of Λ: of leading terms (·, k, J), of the others (·, q₂)."""
    rows1, rows2 = products.rows
    a1 = np.zeros((sum(blocks[i].size for i in rows1), *with_Z1.shape))
    start = 0
    for i, rows in rows1.items():
        part = slice(start, start := start + blocks[i].size)
        a1[part, rows] = _one_term(blocks[i], with_Z1[rows])
    a2 = np.zeros((sum(blocks[i].size for i in rows2), len(with_Z2)))
    start = 0
    for i, rows in rows2.items():
        part = slice(start, start := start + blocks[i].size)
        a = _one_term(blocks[i], with_Z2[rows].reshape(-1, len(blocks[i])).T)
        a2[part, rows] = a.transpose(0, 2, 1).reshape(len(a), -1)
    return a1, a2


def _one_term(T, with_Z):
    """(Ṫ Tᵀ + T Ṫᵀ) Zᵀe for all k² Ṫ of one block: shape (k², k, J)."""
    a = np.einsum("ac,rj->rcaj", T, with_Z)
    for r, turned in enumerate(a):
        turned[:, r] += T.T @ with_Z
    return a.reshape(T.size, *with_Z.shape)
