"""The conditional mode of random effects whose responses are of any family.

With η = Qβ + ZΛu + o and ℓ the log likelihood, the mode ũ is where

    h(u) = −2ℓ(η) + ‖u‖²

is smallest.  Newton's steps, with the observed weights Wₒ = −ℓ″, descend and at the end
square what is left of the way; `mlm.pirls` has the same in equations.  The last one is
so short that the rows need not be asked again: ℓ is a parabola along it.
"""

from typing import NamedTuple

import numpy as np

from mlm.engine.factorisation import Factorisation
from mlm.engine.penalised import solve_effects

# A step that lowers h by less is the last: what it leaves of the way is a matter of
# this, and so is what third derivatives of ℓ add to the criterion along it.
LAST_STEP = 1e-11
# The same where steps do not square what is left of the way, but take a share of it.
LAST_STEADY = 1e-18
# After a step that lowers h by less, the next is likely to be the last.
NEAR = 1e-4
MOST_STEPS = 100
MOST_HALVINGS = 30
# A rise of h by this share is rounding.
ROUNDING = 1e-12


class Mode(NamedTuple):
    """The conditional mode at one Λ and β, and what the rows say there.

    Weights and their slopes are those before the last step, `ahead`.
    """

    u: list  # one a term: shape (k, J)
    beta: np.ndarray  # of Q: shape (p,)
    eta: np.ndarray  # shape (n,)
    rows: tuple  # RowTerms, the weights' slopes included
    h: float
    steps: tuple  # lengths of the steps of u, floats
    ahead: np.ndarray  # by how much the last step moved η: shape (n,)
    factors: Factorisation | None  # with the observed weights, if none is negative


class _Place(NamedTuple):
    """Effects on the way to the mode."""

    u: list
    beta: np.ndarray
    eta: np.ndarray
    rows: tuple
    h: float  # infinite where there is no likelihood

    @classmethod
    def of(cls, model, blocks, u, beta):
        """The rows at effects and coefficients of Q."""
        eta = model.Q.T @ beta + model.offset + model.along(blocks, u)
        rows = model.at(eta, slopes=True)
        h = _squares(u) - 2 * rows.value
        return cls(u, beta, eta, rows, h if np.isfinite(h) else np.inf)


def find_mode(model, blocks, starts, enough=np.inf, with_X=False, last=LAST_STEP):
    """Find the conditional mode by Newton's method.

    Parameters
    ----------
    model : WorkingModel
    blocks : list of ndarray, shape (k, k)
        Of Λ, one a term.
    starts : list of (list of ndarray, ndarray)
        Effects and coefficients of Q to start from, the best guess first; where β is
        no part of the mode, these are the same.
    enough : float
        An h so low that no other start is looked at, if it is finite.
    with_X : bool
        Whether the factorisation at the mode is to have the columns of X, if its
        weights are those of M: with a canonical link.
    last : float
        A step that lowers h by less is the last.

    Returns
    -------
    Mode

    Raises
    ------
    LinAlgError
        If none is found.
    """
    best = None
    for start in starts:
        here = _Place.of(model, blocks, *start)
        if best is None or here.h <= best.h:
            best = here
        if np.isfinite(best.h) and best.h <= enough:
            break
    u, beta, eta, rows, h = best
    fixed = model.Q.T @ beta + model.offset
    lengths, near = [], len(starts) > 1
    for _ in range(MOST_STEPS):
        # Where ℓ is not concave, steps descend, but do not square the rest.
        concave = rows.W_observed.min() >= 0
        W = rows.W_observed if concave else np.maximum(rows.W_observed, 0)
        own = with_X and rows.W is rows.W_observed
        with_columns = model.joint or (own and near)
        factors = model.factorise(blocks, W, with_columns)
        right = W * (eta - fixed) + rows.g
        right = model.with_Z(right), model.with_Q(right)
        aim, change = solve_effects(factors, *right)
        step = [new - old for new, old in zip(aim, u, strict=True)]
        ahead = model.along(blocks, step)
        if model.joint:
            ahead += (across := model.Q.T @ change)
        size = _squares(step)
        promised = ahead @ (W * ahead) + size
        if promised < (last if concave else LAST_STEADY):
            lengths.append(float(np.sqrt(size)))
            if own and not with_columns:
                factors = model.factorise(blocks, W, own)
            rows = rows._replace(g=rows.g - rows.W_observed * ahead)
            if model.joint:
                beta = beta + change
            factors, steps = factors if concave else None, tuple(lengths)
            h -= promised + ahead @ ((W - rows.W_observed) * ahead)
            return Mode(aim, beta, eta + ahead, rows, h, steps, ahead, factors)
        share = 1.0
        for _ in range(MOST_HALVINGS):
            there = eta + share * ahead
            found = model.at(there, slopes=True)
            moved = [old + share * s for old, s in zip(u, step, strict=True)]
            lower = _squares(moved) - 2 * found.value
            if lower <= h + ROUNDING * abs(h):
                break
            share /= 2
        u, eta, rows, h = moved, there, found, lower
        lengths.append(float(share * np.sqrt(size)))
        near = promised < NEAR
        if model.joint:
            beta, fixed = beta + share * change, fixed + share * across
    raise np.linalg.LinAlgError("no conditional mode was found")


def _squares(u):
    """Sum of squares of all effects: float."""
    return sum(np.vdot(own, own) for own in u)
