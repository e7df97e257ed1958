"""The sums that the engine knows, made of those that the second pass found.

Letters, and where each product stands, are those of `mlm.engine.sums`.
"""

from itertools import accumulate, permutations

import numpy as np
from scipy.sparse import csr_array

from mlm.engine.coupling import SparseCoupling
from mlm.engine.implicit.crossed import crossed
from mlm.engine.implicit.sums import CrossedSums
from mlm.engine.structure import structure
from mlm.engine.sums import Sums
from mlm.files.products import Products


def engine_sums(assembly, design, iterative):
    """The sums of a design on disk.

    Parameters
    ----------
    assembly : Assembly
    design : DesignOnDisk
        Of the same.
    iterative : bool
        For which solver.

    Returns
    -------
    Sums or CrossedSums
    """
    known = Products(assembly, design)
    if iterative:
        layout = crossed(design.terms)
        slabs, A22 = known.slabs(layout, True), known.rest(layout)
        G, K = _between(known, layout.stages)
        y = assembly.y
        return CrossedSums(*known.common(layout, slabs, A22), None, y.Qty, G, K)
    layout = structure(design.terms, meet=known.meetings)
    slabs, A22 = known.slabs(layout, layout.meetings is None), known.rest(layout)
    coupling = None
    if layout.meetings is not None:
        coupling = SparseCoupling(layout.meetings, known.coupling(layout))
    return Sums(*known.common(layout, slabs, A22), coupling, assembly.y.Qty)


def _between(known, stages):
    """G and K of `CrossedSums`.

    Parameters
    ----------
    known : Products
    stages : tuple of Stage

    Returns
    -------
    G : csr_array, shape (q₁, q_K)
    K : csr_array, shape (q_K, q_K), or None
    """
    sides = [known.side(stage) for stage in stages]
    sizes = [side.k * known.factors[side.factor].J for side in sides]
    starts = [0, *accumulate(sizes[1:])]
    first, *kept = sides
    G = _matrix(
        known,
        [(first, 0, own, start) for own, start in zip(kept, starts, strict=False)],
        (sizes[0], starts[-1]),
    )
    if len(kept) == 1:
        return G, None
    placed = zip(kept, starts, strict=False)
    pairs = [(*one, *other) for one, other in permutations(placed, 2)]
    return G, _matrix(known, pairs, (starts[-1], starts[-1]))


def _matrix(known, places, shape):
    """Products of pairs of factors, at their places: csr_array."""
    if len(places) == 1 and (found := _scalar(known, *places[0], shape)) is not None:
        return found
    values, rows, columns = [], [], []
    for one, top, other, left in places:
        met, j, h = known.meet(one, other)
        J, others = (known.factors[side.factor].J for side in (one, other))
        for a, b in np.ndindex(one.k, other.k):
            values.append(met[a, b])
            rows.append((top + a * J + j).astype(np.int32))
            columns.append((left + b * others + h).astype(np.int32))
    where = np.concatenate(rows), np.concatenate(columns)
    return csr_array((np.concatenate(values), where), shape=shape)


def _scalar(known, one, top, other, left, shape):
    """The same of one effect each, without a copy, as there may be very many."""
    pairs = known.second.pairs.get((one.factor, other.factor))
    if pairs is None or pairs.parent is not None or pairs.number > 1:
        return None
    met, weight = pairs.met(), one.weights[0, 0] * other.weights[0, 0]
    if met.values is None:
        values = np.full(len(met.other), weight)
    else:
        values = met.values[0]
        values *= weight
    return csr_array((values, met.other, met.ends), shape=shape)
