"""Which columns of X say something new, and how nearly others repeat them."""

import numpy as np
from scipy.linalg.lapack import dgesdd

from mlm.ground.errors import IllConditionedWarning, RankDeficiencyWarning, warn

# R's lm drops a column whose part that is new is smaller than this share of it.
RANK_TOLERANCE = 1e-7
# Estimates lose about as many of their 16 digits as this number has.
ILL_CONDITIONED = 1e6


def full_rank(fixed):
    """Choose the columns that add something to those before them, as R's lm does.

    Parameters
    ----------
    fixed : Columns

    Returns
    -------
    tuple of int
        Places of the columns that are kept.

    Warns
    -----
    RankDeficiencyWarning
        Some columns are dropped.
    IllConditionedWarning
        Those that are kept nearly determine each other.
    """
    R, names = fixed.R, fixed.names
    kept = new_columns(R)
    if len(kept) < len(names):
        dropped = [name for j, name in enumerate(names) if j not in kept]
        warn(
            f"X is rank deficient: dropped {', '.join(map(repr, dropped))}, which "
            "the other columns already determine. The fit is the same whichever of "
            "them is left out; leave it out of the formula yourself to choose.",
            RankDeficiencyWarning,
        )
    if kept:
        _check_condition(R[:, kept], [names[j] for j in kept])
    return tuple(kept)


def new_columns(R):
    """Places of columns that are not in the span of those before.

    Parameters
    ----------
    R : ndarray, shape (p, p)
        Triangle of the columns.

    Returns
    -------
    list of int
    """
    if is_full_rank(R):
        return list(range(len(R)))
    Q, kept = np.empty_like(R), []
    for j, column in enumerate(R.T):  # its columns have the lengths and angles of X's
        basis = Q[:, : len(kept)]
        new = column - basis @ (basis.T @ column)
        new -= basis @ (basis.T @ new)  # twice: once loses orthogonality by rounding
        size = np.linalg.norm(new)
        if size > RANK_TOLERANCE * np.linalg.norm(column):
            Q[:, len(kept)] = new / size
            kept.append(j)
    return kept


def is_full_rank(R):
    """Whether no column repeats what those before it say.

    Parameters
    ----------
    R : ndarray, shape (p, p)
        Triangle of the columns, diagonal not negative.

    Returns
    -------
    bool
    """
    return bool((R.diagonal() > RANK_TOLERANCE * np.linalg.norm(R, axis=0)).all())


def _check_condition(R, names):
    """Warn of columns that are nearly collinear (Belsley's condition number)."""
    # Of few columns, numpy's checks take longer than LAPACK; what is kept is finite.
    _, singular, directions, _ = dgesdd(R / np.linalg.norm(R, axis=0))
    number = singular[0] / singular[-1]
    if number > ILL_CONDITIONED:
        share = np.abs(directions[-1])
        culprits = [name for name, s in zip(names, share, strict=True) if s > 0.3]
        warn(
            f"X is ill-conditioned (condition number {number:.0e}): "
            f"{', '.join(map(repr, culprits))} nearly determine each other, so their "
            "estimates have large standard errors and lose digits. Centre the "
            "predictors, use poly(x, 2) for powers, or leave one of them out.",
            IllConditionedWarning,
        )
