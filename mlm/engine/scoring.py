"""Fisher scoring: the coefficients at which a family's likelihood is largest.

Each step solves a weighted least-squares problem, and is halved until the likelihood
does not fall (McCullagh & Nelder 1989, section 2.5; R's `glm.fit`).
"""

from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dtrtrs

from mlm.ground.errors import DataError
from mlm.ground.linalg import triangular_factor

MOST_STEPS, MOST_HALVINGS = 100, 40
# Squared length of the last step, in standard errors of the coefficients.
SMALLEST_STEP = 1e-18
# Linear predictors change by no more than this in a step, or by the largest of them:
# where nothing holds a coefficient, weights vanish, and a step would be rounding alone.
MOST_CHANGE = 10.0
# Linear predictors that move by more are not near to where they will stay.
STILL_MOVING = 0.1
# A likelihood lower by less than this share is not lower, but rounding.
ROUNDING = 1e-13


class Scored(NamedTuple):
    """Coefficients where Fisher scoring ended.

    Attributes
    ----------
    beta : ndarray, shape (p,)
    eta : ndarray, shape (n,)
        Linear predictors, offset included.
    terms : RowTerms
        Of the family, at eta.
    R : ndarray, shape (p, p)
        Upper triangle of W^½ X = Q R.
    steps : int
    converged : bool
        Whether the last step was too small to matter.
    """

    beta: np.ndarray
    eta: np.ndarray
    terms: tuple
    R: np.ndarray
    steps: int
    converged: bool


def score(X, family, y, weights=None, offset=0.0):
    """Maximise a family's likelihood over the coefficients of X.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Of full column rank.
    family : Family
    y : ndarray, shape (n,)
    weights : ndarray, shape (n,), optional
        See `Family`.
    offset : ndarray, shape (n,), or float

    Returns
    -------
    Scored

    Raises
    ------
    DataError
        No coefficients were found whose means the family can have.
    """
    n, p = X.shape
    if not p:
        eta = np.zeros(n) + offset
        terms = _checked(family.at(eta, y, weights), family)
        return Scored(np.empty(0), eta, terms, np.empty((0, 0)), 0, True)
    beta, eta, terms = _start(X, family, y, weights, offset)
    for steps in range(1, MOST_STEPS + 1):
        R, step = _least_squares(X, terms.W, terms.g)
        with np.errstate(all="ignore"):
            size = np.sum((R @ step) ** 2)
            most = max(MOST_CHANGE, np.abs(eta).max())
            step = step * min(1.0, most / np.abs(X @ step).max())
        found = _climb(X, family, y, weights, offset, (beta, terms.value), step)
        if found is None or not np.isfinite(size):  # at the edge of what the link has
            return Scored(beta, eta, terms, R, steps, bool(size < np.sqrt(ROUNDING)))
        gained = found[2].value - terms.value
        beta, eta, terms = found
        if size <= SMALLEST_STEP:
            break
        moved = np.abs(X @ step).max()
        if moved > STILL_MOVING and gained <= ROUNDING * abs(terms.value):
            break  # nothing is gained, however far: what moves has no best value
    R, _ = _least_squares(X, terms.W, terms.g)
    return Scored(beta, eta, terms, R, steps, bool(size <= SMALLEST_STEP))


def _start(X, family, y, weights, offset):
    """Coefficients fitted to the family's own start; or, if impossible, one mean."""
    eta = family.start(y, weights)
    mean = np.average(y, weights=weights)
    with np.errstate(all="ignore"):
        flat = np.full(len(y), family.link.link(np.array(mean)))
    for target in (eta, flat):
        with np.errstate(all="ignore"):
            target = np.where(np.isfinite(target), target, 0.0)
            terms = family.at(target, y, weights)
            W = np.where(np.isfinite(terms.W), terms.W, 0.0)
            z = target + np.where(W > 0, terms.g / W, 0.0) - offset
            if target is not eta:
                W, z = np.ones(len(y)), target - offset
            z = np.where(np.isfinite(z), z, 0.0)
            beta = _least_squares(X, W, W * z)[1]
            eta = X @ beta + offset
            terms = family.at(eta, y, weights)
        if np.isfinite(terms.value) and np.isfinite(beta).all():
            return beta, eta, terms
    return beta, eta, _checked(terms, family)


def _checked(terms, family):
    """Refuse a likelihood that is no number."""
    if not np.isfinite(terms.value):
        raise DataError(
            f"no coefficients to start from: {family} has no mean for the linear "
            "predictors found, or none that a number holds. Check the offset and the "
            "units of the predictors, or use another link."
        )
    return terms


def _climb(X, family, y, weights, offset, here, step):
    """The step, or the first half of halves of it, that lets no likelihood fall."""
    beta, value = here
    least = value - ROUNDING * (1 + abs(value))
    for _ in range(MOST_HALVINGS):
        found = beta + step
        eta = X @ found + offset
        with np.errstate(all="ignore"):
            terms = family.at(eta, y, weights)
        if terms.value >= least:
            return found, eta, terms
        step = step / 2
    return None


def _least_squares(X, W, g):
    """R of W^½ X = Q R, and the solution of XᵀWX step = Xᵀg.

    By the factor of W^½ [X g/W], which does not square the condition number.  The
    solution is not a number where no row of a column has a weight.
    """
    roots = np.sqrt(W)
    with np.errstate(divide="ignore", invalid="ignore"):
        response = np.where(roots > 0, g / roots, 0.0)
        rows = np.column_stack([X * roots[:, None], response])
    whole = triangular_factor(rows)
    R = whole[:-1, :-1]
    step, singular = dtrtrs(R, whole[:-1, -1])
    return R, np.full(len(step), np.nan) if singular else step
