"""The sums that the engine knows, made of those that the second pass found.

Letters, and where each product stands, are those of `mlm.engine.sums`.
"""

from mlm.engine.coupling import SparseCoupling
from mlm.engine.implicit.crossed import crossed
from mlm.engine.implicit.crossings import Crossings
from mlm.engine.implicit.sums import CrossedSums, between_kept
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
        sides = [known.side(stage) for stage in layout.stages]
        G = Crossings([known.crossing(sides[0], other) for other in sides[1:]])
        sizes = [(side.k, known.factors[side.factor].J) for side in sides]
        K = between_kept(sizes, lambda s, t: known.meet(sides[s], sides[t]))
        y = assembly.y
        return CrossedSums(*known.common(layout, slabs, A22), None, y.Qty, G, K)
    layout = structure(design.terms, meet=known.meetings)
    slabs, A22 = known.slabs(layout, layout.meetings is None), known.rest(layout)
    coupling = None
    if layout.meetings is not None:
        coupling = SparseCoupling(layout.meetings, known.coupling(layout))
    return Sums(*known.common(layout, slabs, A22), coupling, assembly.y.Qty)
