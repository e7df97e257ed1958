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
    variances = _variances_of_others(factors)
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
    P, sums, parts = rest_spread(factors, len(factors.R) - 1), factors.sums, []
    for codes, z, rest in sums.rows().chunks(CHUNK):
        # Eliminate the groups of one row of data: h = Σ zᵀN z + vᵀPv.
        h = 0.0
        for i, stage in enumerate(sums.structure.stages):
            C, N = factors.stages[i].C, factors.stages[i].N
            Nz = np.einsum("abi,bi->ai", N[:, :, codes[i]], z[i])
            h += np.sum(z[i] * Nz, axis=0)
            taken = np.einsum("rai,ai->ri", C[:-1, :, codes[i]], Nz)
            for m, (_, rows) in enumerate(stage.parents, i + 1):
                z[m] = z[m] - taken[rows]
            taken = taken[len(C) - sums.width :]
            if sums.coupling is not None:
                own = sums.coupling.of_groups(codes[i], Nz)
                taken = np.vstack([own, taken])
            rest = rest - taken
        parts.append(h + np.sum(rest * (P @ rest), axis=0))
    return np.concatenate(parts)


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
    Lambda_2_t = factors.rest_times(np.eye(len(factors.R)), transposed=True)
    part = slice(None, size)
    root = solve_lower(factors.R[part, part], Lambda_2_t[part, part])
    return root.T @ root


def _variances_of_others(factors):
    """Conditional variances of the terms in no stage: dict of ndarray, by group."""
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
