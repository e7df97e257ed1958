"""Cross-products of terms, whether they are stored by stage, sparse or dense."""

import numpy as np


def with_y(sums, i):
    """Zᵀy of every group of one term.

    Parameters
    ----------
    sums : Sums
    i : int
        Number of the term.

    Returns
    -------
    ndarray, shape (k, J)
    """
    structure = sums.structure
    if i in structure.rows:
        return sums.A22[-1, structure.rows[i]].reshape(-1, structure.terms[i].k).T
    s = _stage_of(structure, i)
    return sums.C(s)[-1, structure.stages[s].spans[i]]


def with_X(sums, i):
    """ZᵀQ of every group of one term.

    Parameters
    ----------
    sums : Sums
    i : int
        Number of the term.

    Returns
    -------
    ndarray, shape (k, p, J)
    """
    structure, p = sums.structure, sums.p
    if i in structure.rows:
        term = structure.terms[i]
        side = sums.A22[structure.q2 : -1, structure.rows[i]]
        return side.reshape(p, term.J, term.k).transpose(2, 0, 1)
    s = _stage_of(structure, i)
    side = sums.C(s)[-1 - p : -1, structure.stages[s].spans[i]]
    return side.transpose(1, 0, 2)


def meetings(sums, i, m):
    """ZᵢᵀZ_m of the pairs of groups that meet; pairs with zeros may be among them.

    Parameters
    ----------
    sums : Sums
    i, m : int
        Numbers of the terms.

    Returns
    -------
    G : ndarray, shape (kᵢ, k_m, pairs)
    j, h : ndarray of int, shape (pairs,)
        Groups of terms i and m.
    """
    structure = sums.structure
    i_staged, m_staged = i not in structure.rows, m not in structure.rows
    if i_staged and m_staged:
        (found,) = meetings_in_parts(sums, i, m)
        return found
    if i_staged:
        return _with_stage(sums, i, m)
    if m_staged:
        G, j, h = _with_stage(sums, m, i)
        return G.transpose(1, 0, 2), h, j
    one, other = structure.terms[i], structure.terms[m]
    G = sums.A22[structure.rows[i], structure.rows[m]]
    G = G.reshape(one.J, one.k, other.J, other.k)
    if one.group == other.group:
        j = np.arange(one.J)
        return np.einsum("jajb->abj", G), j, j
    j, h = np.indices((one.J, other.J)).reshape(2, -1)
    return G.transpose(1, 3, 0, 2).reshape(one.k, other.k, -1), j, h


def meetings_in_parts(sums, i, m):
    """`meetings`, some pairs at a time where they are very many.

    Parameters
    ----------
    sums : Sums
    i, m : int
        Numbers of the terms.

    Yields
    ------
    G : ndarray, shape (kᵢ, k_m, pairs)
    j, h : ndarray of int, shape (pairs,)
        Groups of terms i and m.
    """
    structure = sums.structure
    if i in structure.rows or m in structure.rows:
        yield meetings(sums, i, m)
        return
    s, t = _stage_of(structure, i), _stage_of(structure, m)
    if s > t:
        for G, j, h in meetings_in_parts(sums, m, i):
            yield G.transpose(1, 0, 2), h, j
        return
    inner, outer = structure.stages[s], structure.stages[t]
    if s == t:
        parts = [(sums.A(s), *2 * (np.arange(inner.J),))]
    else:
        parts = sums.between_in_parts(s, t)
    for found, j, h in parts:
        yield found[outer.spans[m], inner.spans[i]].transpose(1, 0, 2), j, h


def _with_stage(sums, i, m):
    """`meetings` of term i of a stage with term m of none."""
    structure = sums.structure
    one, other, s = structure.terms[i], structure.terms[m], _stage_of(structure, i)
    span = structure.stages[s].spans[i]
    if sums.coupling is not None:
        G, j, h = sums.coupling.of_term(structure.rows[m], other.k)
        return G[span], j, h
    C = sums.dense(sums.C(s))[structure.rows[m], span]
    G = C.reshape(other.J, other.k, one.k, one.J).transpose(2, 1, 3, 0)
    j, h = np.indices((one.J, other.J)).reshape(2, -1)
    return G.reshape(one.k, other.k, -1), j, h


def _stage_of(structure, i):
    """Number of the stage that eliminates term i."""
    stages = structure.stages
    return next(s for s, stage in enumerate(stages) if i in stage.terms)
