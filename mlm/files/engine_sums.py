"""The sums that the engine knows, made of those that the second pass found.

Letters, and where each product stands, are those of `mlm.engine.sums`.
"""

import numpy as np
from scipy.sparse import csr_array

from mlm.engine.coupling import SparseCoupling
from mlm.engine.implicit.crossed import crossed
from mlm.engine.implicit.sums import CrossedSums, between_factors
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
    """G and K of `CrossedSums`."""
    sides = [known.side(stage) for stage in stages]
    sizes = [(side.k, known.factors[side.factor].J) for side in sides]
    if len(sides) == 2 and (found := _scalar(known, *sides, sizes)) is not None:
        return found, None
    return between_factors(sizes, lambda s, t: known.meet(sides[s], sides[t]))


def _scalar(known, one, other, sizes):
    """G of two factors of one effect each, without a copy, as it may be very large."""
    pairs = known.second.pairs.get((one.factor, other.factor))
    if pairs is None or pairs.parent is not None or pairs.number > 1:
        return None
    met, weight = pairs.met(), one.weights[0, 0] * other.weights[0, 0]
    if met.values is None:
        values = np.full(len(met.other), weight)
    else:
        values = met.values[0]
        values *= weight
    return csr_array((values, met.other, met.ends), shape=tuple(J for _, J in sizes))
