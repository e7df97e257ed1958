"""Variances and leverages, from diagonal blocks of the inverse of a factorisation.

Letters as in `mlm.engine.factorise`.
"""

import numpy as np

from mlm.ground.linalg import solve_lower

# Rows of the data at a time, so that no matrix is n × q.
CHUNK = 2048


def conditional_variances(factors):
    """Λ V Λᵀ (Bates et al. 2015, eq. 58) over sigma², by grouping factor.

    Parameters
    ----------
    factors : Factorisation

    Returns
    -------
    dict of ndarray, shape (J, k, k)
        Conditional covariance of each grouping factor's effects, those of all its
        terms together.
    """
    variances = variances_of_others(factors)
    P, q2 = np.zeros_like(factors.R), factors.sums.structure.q2
    P[:q2, :q2] = rest_spread(factors, q2)
    for stage, own, D, _ in factors.backward(P):
        variance = np.moveaxis(inverse_block(own.N, D), -1, 0)
        variance = factors.sums.basis.original_variance(stage.terms, variance)
        variances[stage.term.group] = variance
    return variances


def leverage(factors):
    """Diagonal of the hat matrix (Bates et al. 2015, eq. 63 to 65).

    Parameters
    ----------
    factors : Factorisation

    Returns
    -------
    ndarray, shape (n,)
        Between 0 and 1: how far each fitted value follows its own observation.
    """
    rows = factors.sums.rows()
    codes = [term.codes for term in factors.sums.structure.terms]
    return row_spread(factors, codes, rows.Z, rows.Q)


def row_spread(factors, codes, effects, Q, covariance=None):
    """Variance of z'(b̃ - b) + x'(β̂ - β) for any rows, over sigma².

    Of the rows that were fitted it is the leverage.

    Parameters
    ----------
    factors : Factorisation
        With the columns of X.
    codes : list of ndarray of int, shape (n,)
        Groups of the rows, one array a term.
    effects : list of ndarray, shape (k, n)
        Orthonormal effects, one array a term; 0 in rows that have none.
    Q : ndarray, shape (p, n)
        Orthonormal columns of X.
    covariance : ndarray, shape (p, p), optional
        Of their coefficients, over sigma²; that of the factorisation if left out.

    Returns
    -------
    ndarray, shape (n,)
    """
    q2 = factors.sums.structure.q2
    size = q2 + len(Q)
    root, outer = rest_root(factors, size), None
    if covariance is not None:
        R = factors.R[q2:size, q2:size]
        outer = R.T @ covariance @ R
    parts = [
        _chunk_spread(
            *(factors, root, outer),
            *([own[rows] for own in codes], [z[:, rows] for z in effects], Q[:, rows]),
        )
        for rows in (slice(i, i + CHUNK) for i in range(0, Q.shape[1], CHUNK))
    ]
    return np.concatenate([np.empty(0), *parts])


def _chunk_spread(factors, root, outer, codes, effects, Q):
    """Eliminate the groups of single rows of data: h = Σ zᵀN z + ‖root v‖²."""
    sums, structure, n = factors.sums, factors.sums.structure, Q.shape[1]
    rest = np.zeros((structure.q2 + len(Q), n))
    rest[structure.q2 :] = Q
    for i, place in structure.rows.items():
        k = structure.terms[i].k
        for a, z in enumerate(effects[i]):
            rest[place.start + codes[i] * k + a, np.arange(n)] = z
    parts = [
        [(codes[next(iter(stage.terms))], stage.joined(effects))]
        for stage in structure.stages
    ]
    h = 0.0
    for i, stage in enumerate(structure.stages):
        C, N = factors.stages[i].C, factors.stages[i].N
        for own, z in _apart(parts[i]):
            Nz = np.einsum("abi,bi->ai", N[:, :, own], z)
            h += np.sum(z * Nz, axis=0)
            taken = np.einsum("rai,ai->ri", C[:-1, :, own], Nz)
            for m, (nesting, rows) in enumerate(stage.parents, i + 1):
                parts[m].append((nesting.parent[own], -taken[rows]))
            taken = taken[len(C) - sums.width :]
            if sums.coupling is not None:
                taken = np.vstack([sums.coupling.of_groups(own, Nz), taken])
            rest -= taken
    left = root @ rest
    if outer is None:
        return h + np.sum(left**2, axis=0)
    of_X = left[structure.q2 :]
    return (
        h
        + np.sum(left[: structure.q2] ** 2, axis=0)
        + np.sum(of_X * (outer @ of_X), axis=0)
    )


def _apart(parts):
    """Parts of rows in one stage, those in the same group together.

    A new row may name a class and a school in which that class is not.

    Parameters
    ----------
    parts : list of (ndarray of int, ndarray)
        Groups, shape (n,), and effects, shape (k, n).

    Returns
    -------
    list of (ndarray of int, ndarray)
    """
    found = []
    for codes, z in parts:
        for other, sum_there in found:
            same = codes == other
            sum_there += np.where(same, z, 0)
            z = np.where(same, 0, z)
        if not found or z.any():
            found.append((codes, z.copy()))
    return found


def inverse_block(N, D):
    """Diagonal blocks of the inverse, N + N D N of every group.

    Parameters
    ----------
    N : ndarray, shape (k, k, J)
    D : ndarray, shape (k, k, J)
        C_jᵀ P C_j, as `Factorisation.backward` yields it.

    Returns
    -------
    ndarray, shape (k, k, J)
    """
    return N + np.einsum("abj,bcj->acj", np.einsum("abj,bcj->acj", N, D), N)


def rest_spread(factors, size):
    """Λ₂ S⁻¹ Λ₂ᵀ of the first rows of [Z₂ X y].

    Parameters
    ----------
    factors : Factorisation
    size : int
        Number of rows.

    Returns
    -------
    ndarray, shape (size, size)
    """
    root = rest_root(factors, size)
    return root.T @ root


def rest_root(factors, size):
    """R⁻¹ Λ₂ᵀ of the first rows of [Z₂ X y]; their spread is its square.

    Parameters
    ----------
    factors : Factorisation
    size : int
        Number of rows.

    Returns
    -------
    ndarray, shape (size, size)
    """
    Lambda_2_t = factors.rest_times(np.eye(len(factors.R)), transposed=True)
    part = slice(None, size)
    return solve_lower(factors.R[part, part], Lambda_2_t[part, part])


def variances_of_others(factors):
    """Conditional covariances over sigma² of the terms in no stage.

    Parameters
    ----------
    factors : RestFactors

    Returns
    -------
    dict of ndarray, shape (J, k, k)
        By grouping factor.
    """
    structure, basis = factors.sums.structure, factors.sums.basis
    terms, spread, variances = structure.terms, rest_spread(factors, structure.q2), {}
    for group in dict.fromkeys(terms[i].group for i in structure.others):
        own = [i for i in structure.others if terms[i].group == group]
        places = np.arange(structure.q2)
        b = [places[structure.rows[i]].reshape(-1, terms[i].k) for i in own]
        b = np.hstack(b)
        variance = spread[b[:, :, None], b[:, None, :]]
        variances[group] = basis.original_variance(own, variance)
    return variances
