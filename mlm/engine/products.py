"""Products of effects, X and a response, summed over the rows of the data.

The letters, and where each product stands, are those of `mlm.engine.sums`.
"""

import numpy as np

from mlm.engine.coupling import SparseCoupling
from mlm.engine.group_sums import corner, sums_by_group, sums_with_others
from mlm.ground.errors import DataError

EXPLAINED_BY_X = (
    "the fixed effects explain the response exactly: there is nothing left for random "
    "effects. Is a predictor computed from the response?"
)


def products(rows):
    """Slabs, A₂₂ and coupling without a response, whose places hold 0.

    Parameters
    ----------
    rows : WeightedRows

    Returns
    -------
    slabs : list of ndarray, shape (k + rows, k, J)
    A22 : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
    coupling : SparseCoupling or None
    """
    structure, effects = rows.structure, rows.of_stages()
    coupling = None
    if structure.meetings is not None:
        Z2 = np.hstack([rows.Z[i].T for i in structure.others])
        meetings = structure.meetings
        coupling = SparseCoupling(meetings, meetings.sums(Z2, effects[0]))
    slabs = []
    for i, (stage, M) in enumerate(zip(structure.stages, effects, strict=True)):
        parts = [sums_by_group(stage.term, N, M) for N in effects[i:]]
        if coupling is None:
            parts += sums_with_others(structure, rows.Z, stage.term, M)
        parts += [sums_by_group(stage.term, rows.Q, M)]
        slabs.append(np.concatenate([*parts, np.zeros((1, *parts[0].shape[1:]))]))
    return slabs, products_of_rest(rows), coupling


def products_of_rest(rows):
    """A₂₂ without a response, whose places hold 0.

    Parameters
    ----------
    rows : WeightedRows

    Returns
    -------
    ndarray, shape (q₂ + p + 1, q₂ + p + 1)
    """
    structure, Q = rows.structure, rows.Q
    q2 = structure.q2
    A22 = np.zeros((q2 + len(Q) + 1,) * 2)
    A22[q2:-1, q2:-1] = Q @ Q.T
    A22[:q2, :q2] = corner(structure, rows.Z)
    for i, place in structure.rows.items():
        term = structure.terms[i]
        side = sums_by_group(term, Q, rows.Z[i]).transpose(0, 2, 1)
        A22[q2:-1, place] = side.reshape(len(Q), term.b_size)
    A22[:q2, q2:-1] = A22[q2:-1, :q2].T
    return A22


def add_response(rows, y, slabs, A22):
    """Complete slabs and A₂₂ by y, in place.

    Parameters
    ----------
    rows : WeightedRows
    y : ndarray, shape (n,)
        Without weights.
    slabs : sequence of ndarray, shape (k + rows, k, J)
    A22 : ndarray, shape (q₂ + p + 1, q₂ + p + 1)

    Returns
    -------
    ndarray, shape (p,)
        Coefficients of Q that were taken out of y.

    Raises
    ------
    DataError
        If X explains the response exactly.
    """
    y, Qty, exact = rows.without_X(y[:, None])
    y = y[:, 0]
    if exact[0]:
        raise DataError(EXPLAINED_BY_X)
    structure = rows.structure
    with_Z = [
        sums_by_group(term, y[None, :], M)[0]
        for term, M in zip(structure.terms, rows.Z, strict=True)
    ]
    for stage, slab in zip(structure.stages, slabs, strict=True):
        slab[-1] = stage.joined(with_Z)
    row = [*(with_Z[i].T.ravel() for i in structure.others), rows.Q @ y, [y @ y]]
    A22[-1] = A22[:, -1] = np.concatenate(row)
    return Qty[:, 0]
