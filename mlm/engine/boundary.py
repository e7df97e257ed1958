"""Whether a variance is 0: the boundary of a search.

A criterion depends on Λ through ΛΛᵀ.  Its derivative by an element of Λ that is 0 is 0
too, but the one by the element's square is not: where the criterion rises with it, 0 is
the minimum.  Values of the criterion there and close by differ by rounding alone.
"""

import numpy as np

from mlm.engine.points import Point
from mlm.engine.problem import SMALLEST
from mlm.ground.linalg import lower_factor

# Differences of the criterion smaller than this are rounding, and so are those smaller
# than this share of it.
CRITERION_TOLERANCE, ROUNDING = 1e-8, 1e-12
# Or than this, where values are estimates: their last digits depend on how many steps
# a solver took.
BLURRED_TOLERANCE = 1e-4
# Diagonal elements that end so close to 0, in standard errors, are tried there.
NEARLY_ZERO = 0.1
# Elements of blocks that end smaller, in standard errors, are rounding.
DUST = 1e-10


def rises(problem, there, i):
    """Whether criteria rise with the variance of whatever is 0 in a block.

    Where T T' is 0 along some directions, its derivative by the variance along them is
    that by T at a tiny T, over twice that T.

    Parameters
    ----------
    problem : Problem
    there : Expansion
        At points that `Problem.clear` made of those with zeros.
    i : int
        Number of the term.

    Returns
    -------
    ndarray of bool, shape (R,)
        True also where nothing is 0, and where the criterion cannot be computed so
        close to 0: then 0 is all that is left.
    """
    T, least = there.point.blocks[i], 2 * SMALLEST * problem.units[i]
    slopes = there.slopes[:, problem.parts[i]].reshape(T.shape)
    if T.shape[-1] == 1:
        return ~((slopes < 0) & (least > T))[:, 0, 0]
    axes, size, others = np.linalg.svd(T)
    found = np.ones(len(T), dtype=bool)
    for r in np.flatnonzero(np.isfinite(slopes).all(axis=(1, 2))):
        gone = size[r] < least
        by_variance = axes[r][:, gone].T @ slopes[r] @ others[r][gone].T
        found[r] = (np.linalg.eigvalsh(by_variance + by_variance.T) >= 0).all()
    return found


def all_at_zero(problem, here, tried):
    """Points with all blocks 0, and which of them are minima.

    Parameters
    ----------
    problem : Problem
    here : Expansion
        Close by.
    tried : ndarray of bool, shape (R,)
        Problems to try.

    Returns
    -------
    zeros : Point
    value : ndarray, shape (R,)
        Infinite where it was not tried.
    fallen : ndarray of bool, shape (R,)
        Whether the criterion is no higher there, and rises from there.
    """
    zeros = here.point._replace(blocks=[np.zeros_like(T) for T in here.point.blocks])
    value = np.full(len(tried), np.inf)
    value[tried] = problem.part(tried).value(zeros.take(tried))
    fallen = value <= here.value
    if fallen.any():
        part = problem.part(fallen)
        there = part.expand(part.clear(zeros.take(fallen)))
        up = [rises(part, there, i) for i in range(len(zeros.blocks))]
        fallen[fallen] = np.all(up, axis=0)
    return zeros, value, fallen


def snap_to_zero(problem, ends):
    """Set vanishing diagonal elements to exactly 0 where the criterion rises from 0.

    Parameters
    ----------
    problem : Problem
    ends : Minima
        Changed in place.

    Returns
    -------
    Minima
    """
    for i, unit in enumerate(problem.units):
        for d in range(ends.point.blocks[i].shape[-1]):
            size = ends.point.blocks[i][:, d, d]
            small = np.flatnonzero((size > 0) & (size < NEARLY_ZERO * unit))
            if len(small):
                tried = ends.take(small)
                blocks = [T.copy() for T in tried.point.blocks]
                blocks[i][:, d, d] = 0
                blocks[i] = lower_factor(blocks[i])
                blocks[i][np.abs(blocks[i]) < DUST * unit] = 0
                point = Point(blocks, tried.point.vector)
                part = problem.part(small)
                value, there = part.value(point), part.expand(problem.clear(point))
                # Other elements of the block may have moved by more than rounding.
                blurred = problem.criterion.blurred
                same = BLURRED_TOLERANCE if blurred else CRITERION_TOLERANCE
                same = same + ROUNDING * np.abs(value)
                better = rises(problem, there, i) & (value <= tried.value + same)
                tried = tried._replace(point=point, value=value)
                if point.vector.shape[1]:
                    slopes = (problem.scale(point) @ there.slopes[..., None])[..., 0]
                    gone = ~point.blocks[i].any(axis=(1, 2))  # there its slope is 0
                    slopes[gone, problem.parts[i]] = 0
                    tried = tried._replace(size=np.abs(slopes).max(axis=1))
                ends.put(small[better], tried.take(better))
    return ends
