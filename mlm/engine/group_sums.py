"""Sums of products over the rows of each group, or of each pair of groups.

Effects are weighted and orthonormal, as `mlm.engine.weighted_rows` has them.
"""

from itertools import combinations_with_replacement

import numpy as np


def corner(structure, Z):
    """Z₂ᵀZ₂ of the terms in no stage.

    Parameters
    ----------
    structure : Structure
    Z : list of ndarray, shape (k, n)
        Effects of every term of the model.

    Returns
    -------
    ndarray, shape (q₂, q₂)
    """
    terms, rows = structure.terms, structure.rows
    found = np.zeros((structure.q2, structure.q2))
    for i, j in combinations_with_replacement(structure.others, 2):
        meetings = sums_by_meeting(terms[i], Z[i], terms[j], Z[j])
        block = meetings.transpose(2, 0, 3, 1)
        block = block.reshape(terms[i].b_size, terms[j].b_size)
        found[rows[i], rows[j]] = block
        found[rows[j], rows[i]] = block.T
    return found


def sums_with_others(structure, Z, term, M):
    """Z₂ᵀZ_j of each term in no stage, stored in full.

    Parameters
    ----------
    structure : Structure
    Z : list of ndarray, shape (k, n)
        Effects of every term of the model.
    term : RandomTerm
        With the groups j.
    M : ndarray, shape (k, n)
        Effects of its stage.

    Yields
    ------
    ndarray, shape (rows, k, J)
        The rows of one term among the q₂.
    """
    for i in structure.others:
        meetings = sums_by_meeting(structure.terms[i], Z[i], term, M)
        yield meetings.transpose(2, 0, 1, 3).reshape(-1, len(M), term.J)


def sums_by_meeting(one, left, other, right):
    """Sums of leftᵢ rightᵢᵀ over the rows of each pair of groups.

    Parameters
    ----------
    one, other : RandomTerm
        With J₁ and J₂ groups.
    left, right : ndarray, shape (k₁, n) and (k₂, n)

    Returns
    -------
    ndarray, shape (k₁, k₂, J₁, J₂)
    """
    meeting = one.codes * other.J + other.codes
    size = one.J * other.J
    sums = [[np.bincount(meeting, x * z, minlength=size) for z in right] for x in left]
    return np.reshape(sums, (len(left), len(right), one.J, other.J))


def sums_by_group(term, left, right):
    """Sums of leftᵢ rightᵢᵀ over the rows of each group.

    Parameters
    ----------
    term : RandomTerm
        With J groups.
    left, right : ndarray, shape (a, n) and (b, n)

    Returns
    -------
    ndarray, shape (a, b, J)
    """
    sums = np.empty((len(left), len(right), term.J))
    for a, x in enumerate(left):
        for b, z in enumerate(right):
            if left is right and b < a:
                sums[a, b] = sums[b, a]
            else:
                sums[a, b] = np.bincount(term.codes, x * z, minlength=term.J)
    return sums
