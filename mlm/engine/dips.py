"""Where a criterion dips: places from which other minima may be reached.

Values on lines and grids of one block of Λ, while all other unknowns stay; from where
they are lower than beside, `mlm.engine.optimum` searches again.
"""

from itertools import combinations, product

import numpy as np

from mlm.engine.steps import regular

# Sizes that are looked at, in standard errors, as far as a random effect that is so
# many times as large as the residuals.
SCAN = np.array([0, *0.5 * 2.0 ** np.arange(30)])
FAR = 20
# By the number of effects: how far from 0 the coordinates of directions are, how many
# of them may be other than 0, and the smallest cosine between neighbours.  With more
# effects there would be thousands.
COORDINATES, FEWER = {2: (3, 2, 0.94), 3: (2, 3, 0.88)}, (1, 2, 0.7)


def scan(unit):
    """Sizes at which a direction of a block is looked at.

    Parameters
    ----------
    unit : float
        About the standard error of the block's elements.

    Returns
    -------
    ndarray, shape (sizes,)
        Ascending, from 0.
    """
    return unit * SCAN[: np.searchsorted(unit * SCAN, FAR) + 1]


def dips_along(problem, best):
    """Points where the criterion dips along a singular direction of a block of Λ.

    Where a direction of several is lost, 0, the others may have to change before the
    criterion is lower: there it counts as a dip.

    Parameters
    ----------
    problem : Problem
    best : Minima
        Of one search.

    Yields
    ------
    Point
        Blocks may be singular.
    """
    for i, unit in enumerate(problem.units):
        U, size, Vt = np.linalg.svd(best.point.blocks[i])
        for d in range(size.shape[-1]):
            lengths = np.union1d(scan(unit), size[0, d])
            here, points = np.searchsorted(lengths, size[0, d]), []
            for length in lengths:
                changed = size.copy()
                changed[:, d] = length
                points.append(
                    _with_block(best.point, i, (U * changed[:, None, :]) @ Vt)
                )
            values = problem.values(points)
            values[here] = best.value[0]
            lower = _lower(values)
            lower[0] |= size.shape[-1] > 1
            yield from (points[p] for p in np.flatnonzero(lower) if p != here)


def dips_alone(problem, best):
    """Points where the criterion dips among blocks that vary along one direction only.

    Where all effects of a term go together, their correlations ±1, there often is a
    minimum that no search from elsewhere comes near.

    Parameters
    ----------
    problem : Problem
    best : Minima
        Of one search.

    Yields
    ------
    Point
        Blocks a standard error away from being singular.
    """
    for i, unit in enumerate(problem.units):
        k = best.point.blocks[i].shape[-1]
        if k == 1:
            continue
        V, lengths = directions(k), scan(unit)[1:]
        points = [
            _with_block(best.point, i, size * _alone(v)) for v in V for size in lengths
        ]
        values = problem.values(points).reshape(len(V), len(lengths))
        lowest, at = values.min(axis=1), lengths[values.argmin(axis=1)]
        near = np.abs(V @ V.T) > COORDINATES.get(k, FEWER)[-1]
        beside = np.where(near, lowest, np.inf).min(axis=1)
        for d in np.flatnonzero(np.isfinite(lowest) & (lowest <= beside)):
            yield _with_block(best.point, i, regular(at[d] * _alone(V[d]), unit))


def dips_of_pairs(problem, best):
    """Points where the criterion dips by the sizes of two effects of different terms.

    Parameters
    ----------
    problem : Problem
    best : Minima
        Of one search.

    Yields
    ------
    Point
    """
    lone = [i for i, T in enumerate(best.point.blocks) if T.shape[-1] == 1]
    for i, m in combinations(lone, 2):
        sizes = [scan(problem.units[t])[1:, None, None, None] for t in (i, m)]
        points = [
            _with_block(_with_block(best.point, i, one), m, other)
            for one, other in product(*sizes)
        ]
        values = problem.values(points).reshape(*map(len, sizes))
        for at in np.flatnonzero(_lower(values)):
            yield points[at]


def directions(k):
    """Unit vectors that point everywhere, each without its opposite.

    Parameters
    ----------
    k : int
        At least 2.

    Returns
    -------
    ndarray, shape (number, k)
    """
    far, together, _ = COORDINATES.get(k, FEWER)
    found = {
        tuple(v)
        for places in combinations(range(k), together)
        for own in product(range(-far, far + 1), repeat=together)
        if own > (0,) * together and np.gcd.reduce(own) == 1
        for v in [np.bincount(places, own, k)]
    }
    found = np.array(sorted(found))
    return found / np.linalg.norm(found, axis=1)[:, None]


def _alone(v):
    """The block that varies along one direction, by 1: shape (1, k, k)."""
    return np.outer(v, v)[None]


def _lower(values):
    """Whether numbers on a grid are lower than those beside, along each axis."""
    found = np.isfinite(values)
    for axis in range(values.ndim):
        along = np.swapaxes(np.diff(values, axis=axis), 0, axis)
        lower = np.swapaxes(found, 0, axis)  # a view
        lower[1:] &= along < 0
        lower[:-1] &= along >= 0
    return found


def _with_block(point, i, T):
    """The point with another block of term i."""
    blocks = list(point.blocks)
    return point._replace(blocks=[*blocks[:i], T, *blocks[i + 1 :]])
