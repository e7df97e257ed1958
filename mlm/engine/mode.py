"""The conditional mode of random effects whose responses are of any family.

With η = Qβ + ZΛu + o and ℓ the log likelihood, the mode ũ is where

    h(u) = −2ℓ(η) + ‖u‖²

is smallest.  Newton's steps, with the observed weights Wₒ = −ℓ″, descend and at the end
square what is left of the way; `mlm.pirls` has the same in equations.
"""

from typing import NamedTuple

import numpy as np

from mlm.engine.penalised import solve_effects

# The step of the search that lowers h by less is the last: the one after it would lower
# h by the square of that.
LAST_STEP = 1e-6
MOST_STEPS = 100
MOST_HALVINGS = 30
# A rise of h by this share is rounding.
ROUNDING = 1e-12


class Mode(NamedTuple):
    """The conditional mode at one Λ and β, and what the rows say there."""

    u: list  # one a term: shape (k, J)
    beta: np.ndarray  # of Q: shape (p,)
    eta: np.ndarray  # shape (n,)
    rows: tuple  # RowTerms
    h: float
    steps: tuple  # lengths of the steps of u, floats


def mode_at(model, blocks, u, beta, slopes=False):
    """The rows at effects that are taken for the mode.

    Parameters
    ----------
    model : WorkingModel
    blocks : list of ndarray, shape (k, k)
        Of Λ, one a term.
    u : list of ndarray, shape (k, J)
    beta : ndarray, shape (p,)
        Coefficients of Q.
    slopes : bool
        Whether slopes of the weights are asked for.

    Returns
    -------
    Mode
        Without steps; `h` is infinite where there is no likelihood.
    """
    eta = model.Q.T @ beta + model.offset + model.along(blocks, u)
    rows = model.at(eta, slopes)
    h = _squares(u) - 2 * rows.value
    return Mode(u, beta, eta, rows, h if np.isfinite(h) else np.inf, ())


def find_mode(model, blocks, starts, enough=np.inf):
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
        here = mode_at(model, blocks, *start)
        if best is None or here.h <= best.h:
            best = here
        if np.isfinite(best.h) and best.h <= enough:
            break
    u, beta, eta, rows, h, _ = best
    fixed = model.Q.T @ beta + model.offset
    lengths = []
    for _ in range(MOST_STEPS):
        # Where ℓ is not concave, steps descend, but do not square the rest.
        concave = rows.W_observed.min() >= 0
        W = rows.W_observed if concave else np.maximum(rows.W_observed, 0)
        factors = model.factorise(blocks, W, model.joint)
        right = W * (eta - fixed) + rows.g
        right = model.with_Z(right), model.with_Q(right)
        aim, change = solve_effects(factors, *right)
        step = [new - old for new, old in zip(aim, u, strict=True)]
        ahead = model.along(blocks, step)
        if model.joint:
            ahead += (across := model.Q.T @ change)
        promised = ahead @ (W * ahead) + _squares(step)
        share, last = 1.0, promised < (LAST_STEP if concave else LAST_STEP**2)
        for _ in range(MOST_HALVINGS):
            there = eta + share * ahead
            found = model.at(there, slopes=last)
            moved = [old + share * s for old, s in zip(u, step, strict=True)]
            lower = _squares(moved) - 2 * found.value
            if lower <= h + ROUNDING * abs(h):
                break
            share /= 2
        u, eta, rows, h = moved, there, found, lower
        lengths.append(float(share * np.sqrt(_squares(step))))
        if model.joint:
            beta, fixed = beta + share * change, fixed + share * across
        if last:
            return Mode(u, beta, eta, rows, h, tuple(lengths))
    raise np.linalg.LinAlgError("no conditional mode was found")


def _squares(u):
    """Sum of squares of all effects: float."""
    return sum(np.vdot(own, own) for own in u)
