"""The sums that the engine knows, made of those that the second pass found.

Letters, and where each product stands, are those of `mlm.engine.sums`.
"""

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
        G = _between(known, *layout.stages)
        return CrossedSums(*known.common(layout, slabs, A22), None, assembly.y.Qty, G)
    layout = structure(design.terms, meet=known.meetings)
    slabs, A22 = known.slabs(layout, layout.meetings is None), known.rest(layout)
    coupling = None
    if layout.meetings is not None:
        coupling = SparseCoupling(layout.meetings, known.coupling(layout))
    return Sums(*known.common(layout, slabs, A22), coupling, assembly.y.Qty)


def _between(known, one, other):
    """ZᵢᵀZ_m of two stages of one effect each: csr_array, shape (Jᵢ, J_m).

    There may be very many pairs, so nothing is copied that need not be.
    """
    one, other = known.side(one), known.side(other)
    shape = tuple(known.factors[side.factor].J for side in (one, other))
    pairs = known.second.pairs.get((one.factor, other.factor))
    if pairs is None or pairs.parent is not None or pairs.number > 1:
        values, j, h = known.meet(one, other)
        return csr_array((values[0, 0], (j, h)), shape=shape)
    met, weight = pairs.met(), one.weights[0, 0] * other.weights[0, 0]
    if met.values is None:
        values = np.full(len(met.other), weight)
    else:
        values = met.values[0]
        values *= weight
    return csr_array((values, met.other, met.ends), shape=shape)
