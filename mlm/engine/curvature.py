"""Average information: second derivatives of the criterion at the price of a solve.

Gilmour, Thompson & Cullis (1995, Biometrics 51, 1440-1450) average the observed and
the expected Hessian; the traces cancel, and inner products remain.  With
V = ZΛΛᵀZᵀ + I, P = V⁻¹ − V⁻¹X(XᵀV⁻¹X)⁻¹XᵀV⁻¹, e = Py (the residuals), and Vᵢ the
derivative of V by the i-th element of Λ's blocks,

    wᵢ = Vᵢ e        Hᵢⱼ = (wᵢᵀ P wⱼ − eᵀwᵢ eᵀwⱼ / r²) / σ²

Here wᵢ = Z aᵢ, with aᵢ = (Ṫ Tᵀ + T Ṫᵀ) Zᵀe for every group, Ṫ having a single 1.
Letters as in `mlm.engine.factorise`.
"""

import numpy as np


def average_information(factors, d):
    """Approximate Hessian by all elements of the blocks of Λ.

    Parameters
    ----------
    factors : Factorisation or CrossedFactors
    d : int
        n − p for REML, n for ML.

    Returns
    -------
    ndarray, shape (Σ k², Σ k²)
        Positive semi-definite; elements term by term, row by row.
    """
    if factors.by_rows is not None:
        return factors.by_rows.information(d, _one_term)
    return information_and_slopes(factors, d)[0]


def information_and_slopes(factors, d):
    """Average information, and how r² and the coefficients of Q change.

    Parameters
    ----------
    factors : Factorisation or CrossedFactors
    d : int

    Returns
    -------
    information : ndarray, shape (Σ k², Σ k²)
        See `average_information`.
    with_e : ndarray, shape (Σ k²,)
        eᵀwᵢ, of which −1 times is the derivative of r².
    by_X : ndarray, shape (p, Σ k²)
        R_XᵀṘ, with Ṙ of −1 times the derivative of the coefficients.
    """
    with_Z, with_Z2 = factors.with_residuals()
    a, a2 = directions(factors.sums.structure, factors.blocks, with_Z, with_Z2)
    P, with_e, by_X = _inner_products(factors, a, a2, with_Z, with_Z2)
    r2 = factors.R[-1, -1] ** 2
    information = (P - np.outer(with_e, with_e) / r2) * d / r2
    order = factors.sums.structure.in_order_of_terms
    information = information[np.ix_(order, order)]
    if factors.rough:
        information = _straightened(information, factors.blocks)
    return information, with_e[order], by_X[:, order]


def _straightened(information, blocks):
    """The information without what it says of turns T A, A antisymmetric.

    They change nothing.  A number that is 0 but for a rough solution would be taken for
    a curvature, and a step along it be long.
    """
    information, start = (information + information.T) / 2, 0
    for T in blocks:
        k, own = len(T), slice(start, start := start + T.size)
        pairs = [(a, b) for a in range(k) for b in range(a)]
        turns = np.zeros((len(pairs), k, k))
        for turn, (a, b) in zip(turns, pairs, strict=True):
            turn[:, a], turn[:, b] = T[:, b], -T[:, a]
        axes, size, _ = np.linalg.svd(turns.reshape(-1, k * k).T, full_matrices=False)
        axes = axes[:, size > 0]
        information[own] -= axes @ (axes.T @ information[own])
        information[:, own] -= (information[:, own] @ axes) @ axes.T
    return information


def working_information(factors, with_g, p):
    """The same of a generalised model, by its working linear one with sigma 1.

    There β is unknown beside Λ, and V⁻¹ stands for P.  Of derivatives by an element of
    Λ and by β, the observed are 2 QᵀV⁻¹wᵢ, and the expected 0.

    Parameters
    ----------
    factors : Factorisation
        With the columns of X, which V then leaves out as above.
    with_g : list of ndarray, shape (k, J)
        Zᵀ times the derivatives of the log likelihood by η, one a term.
    p : int
        Number of coefficients; 0 where they are no unknowns, but part of the mode.

    Returns
    -------
    ndarray, shape (Σ k² + p, Σ k² + p)
        Elements of Λ as `average_information` has them, then coefficients of Q.
    """
    structure = factors.sums.structure
    with_Z = [stage.joined(with_g) for stage in structure.stages]
    others = (with_g[i].T.ravel() for i in structure.others)
    with_Z2 = np.concatenate([np.empty(0), *others])
    a, a2 = directions(structure, factors.blocks, with_Z, with_Z2)
    P, _, by_X = _inner_products(factors, a, a2, with_Z, with_Z2)
    order, m = structure.in_order_of_terms, len(P)
    information = np.empty((m + p, m + p))
    information[:m, :m] = P[np.ix_(order, order)]
    if p:
        by_X, RX = by_X[:, order], factors.R[structure.q2 : -1, structure.q2 : -1]
        information[:m, :m] += by_X.T @ by_X
        information[m:, :m] = RX @ by_X
        information[:m, m:] = information[m:, :m].T
        information[m:, m:] = 2 * RX @ RX.T
    return information


def _inner_products(factors, a, a2, with_Z, with_Z2):
    """wᵢᵀ P wⱼ and eᵀwᵢ of every direction, and the part that X takes from P."""
    # [Z X y]ᵀw of every direction; then wᵀw, less the part that P takes away.
    g, rest = factors.sums.times(a, a2)
    taken, by_X = factors.explained(g, rest)
    P = a2 @ rest[: len(with_Z2)] - taken
    with_e = a2 @ with_Z2
    for part, right, own in zip(a, g, with_Z, strict=True):
        flat = part.reshape(len(part), -1)
        P += flat @ right.reshape(len(right), -1).T
        with_e += flat @ own.ravel()
    return P, with_e, by_X


def directions(structure, blocks, with_Z, with_Z2):
    """aᵢ of every element of Λ, for given Zᵀe.

    Parameters
    ----------
    structure : Structure
    blocks : list of ndarray, shape (k, k)
    with_Z : list of ndarray, shape (k, J)
        Of each stage.
    with_Z2 : ndarray, shape (q₂,)
        Of the other terms.

    Returns
    -------
    a : list of ndarray, shape (Σ k², k, J)
        One a stage.
    a2 : ndarray, shape (Σ k², q₂)
    """
    number = sum(T.size for T in blocks)
    a = [np.zeros((number, *own.shape)) for own in with_Z]
    a2, start = np.zeros((number, len(with_Z2))), 0
    for stage, part, own in zip(structure.stages, a, with_Z, strict=True):
        found = directions_of_stage(stage, blocks, own)
        part[start : (start := start + len(found))] = found
    for i, rows in structure.rows.items():
        these = slice(start, start := start + blocks[i].size)
        own = _one_term(blocks[i], with_Z2[rows].reshape(-1, len(blocks[i])).T)
        a2[these, rows] = own.transpose(0, 2, 1).reshape(len(own), -1)
    return a, a2


def directions_of_stage(stage, blocks, with_Z):
    """aᵢ of the elements of one stage's blocks, in its own groups.

    Parameters
    ----------
    stage : Stage
    blocks : list of ndarray, shape (k, k)
        One for each term of the model.
    with_Z : ndarray, shape (k, J)

    Returns
    -------
    ndarray, shape (Σ k², k, J)
    """
    parts = [_one_term(blocks[i], with_Z[rows]) for i, rows in stage.spans.items()]
    if len(parts) == 1:
        return parts[0]
    a, start = np.zeros((sum(map(len, parts)), *with_Z.shape)), 0
    for part, rows in zip(parts, stage.spans.values(), strict=True):
        a[start : (start := start + len(part)), rows] = part
    return a


def _one_term(T, with_Z):
    """(Ṫ Tᵀ + T Ṫᵀ) Zᵀe for all k² Ṫ of one block.

    Parameters
    ----------
    T : ndarray, shape (k, k)
    with_Z : ndarray, shape (k, J)
        Zᵀe of every group.

    Returns
    -------
    ndarray, shape (k², k, J)
        Ṫ row by row.
    """
    if T.size == 1:
        return 2 * (T * with_Z)[None]
    a = np.einsum("ac,rj->rcaj", T, with_Z)
    for r, turned in enumerate(a):
        turned[:, r] += T.T @ with_Z
    return a.reshape(T.size, *with_Z.shape)
