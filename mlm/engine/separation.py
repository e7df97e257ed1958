"""Separation: whether a likelihood rises without end, and along which coefficients.

A direction d of the coefficients does so if no row's likelihood falls on the way, and
some rise: a linear program finds one, or shows that there is none (Konis 2007, Linear
programming algorithms for detecting separated data).
"""

from typing import NamedTuple

import numpy as np

from mlm.ground.linalg import triangular_factor

# Means this near to what was observed make it worth to ask.
SUSPICIOUS = 1e-6
# Rows that a linear program begins with, and gets at a time.
ENOUGH = 2000
# Movements of a row by this share of the largest column are rounding.
STILL = 1e-6
# Shares of the largest coefficient that count as none.
NONE = 1e-5


class Separation(NamedTuple):
    """A direction in which the likelihood rises without end.

    Attributes
    ----------
    direction : ndarray, shape (p,)
        Of the coefficients; 0 for those that stay.
    rows : ndarray of bool, shape (n,)
        Those whose means go to what was observed.
    """

    direction: np.ndarray
    rows: np.ndarray


def separation(X, way, y, mu):
    """Find the direction in which a likelihood rises without end.

    Parameters
    ----------
    X : ndarray, shape (n, p)
    way : ndarray, shape (n,)
        Of every row: 1 or -1 if its η may go up or down without end, 0 if it must
        stay (`Family.directions`).
    y, mu : ndarray, shape (n,)
        Responses, and their means where the search ended.

    Returns
    -------
    Separation or None
    """
    near = (way != 0) & (np.abs(y - mu) < SUSPICIOUS)
    if not near.any() or not X.shape[1]:
        return None
    from scipy.optimize import linprog  # here, because it is slow to import

    scale = np.abs(X).max(axis=0)
    X = X / scale
    moves, stays = X[way != 0] * way[way != 0, None], X[way == 0]
    equal = triangular_factor(stays) if len(stays) else None
    held = np.zeros(len(moves), dtype=bool)
    held[:: max(1, len(moves) // ENOUGH)] = True
    while True:  # rows that a direction would lower are held too, a part at a time
        found = linprog(
            -moves.sum(axis=0),
            A_ub=-moves[held],
            b_ub=np.zeros(held.sum()),
            A_eq=equal,
            b_eq=None if equal is None else np.zeros(len(equal)),
            bounds=(-1, 1),
            method="highs",
        )
        if found.x is None or -found.fun <= NONE:
            return None
        moved = moves @ found.x
        lowered = np.flatnonzero((moved < -STILL) & ~held)
        if not len(lowered):
            break
        held[lowered[np.argsort(moved[lowered])[:ENOUGH]]] = True
    if moved.min() < -STILL or moved.max() <= NONE:
        return None
    rows = np.zeros(len(X), dtype=bool)
    rows[way != 0] = moved > STILL
    direction = np.where(np.abs(found.x) > NONE, found.x, 0.0)
    return Separation(direction / scale, rows)
