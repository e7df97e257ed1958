"""The conditional mode of random effects whose responses are of any family.

With η = Qβ + ZΛu + o and ℓ the log likelihood, the mode ũ is where

    h(u) = −2ℓ(η) + ‖u‖²

is smallest.  Newton's steps, with the observed weights Wₒ = −ℓ″, descend and at the end
square what is left of the way; `mlm.pirls` has the same in equations.  The last one is
so short that the rows need not be asked again: ℓ is a parabola along it.
"""

from math import inf, isfinite, sqrt
from typing import NamedTuple

import numpy as np

from mlm.engine.penalised import Step, squares

# A step that lowers h by less is the last: what it leaves of the way is a matter of
# this, and so is what third derivatives of ℓ add to the criterion along it.
LAST_STEP = 1e-11
# The same where steps do not square what is left of the way, but take a share of it.
LAST_STEADY = 1e-18
# Newton's steps square what is left: after one that lowers h by less than so many times
# the root of what the last may, the next is likely to be the last.
NEARLY = 30
MOST_STEPS = 100
MOST_HALVINGS = 30
# A rise of h by this share is rounding.
ROUNDING = 1e-12


class Mode(NamedTuple):
    """The conditional mode at one Λ and β, and what the rows say there.

    Weights and their slopes are those before the last step.
    """

    u: list  # one a term: shape (k, J)
    beta: np.ndarray  # of Q: shape (p,)
    eta: np.ndarray  # shape (n,)
    rows: tuple  # RowTerms, the weights' slopes included
    h: float
    steps: tuple  # lengths of the steps of u, floats
    last: Step

    @property
    def factors(self):
        """Of the system with the observed weights; None if these were not used."""
        return self.last.factors if self.last.squares else None


class Place(NamedTuple):
    """Effects on the way to the mode."""

    u: list
    fixed: np.ndarray  # Qβ + o: shape (n,)
    eta: np.ndarray
    rows: tuple
    h: float  # infinite where there is no likelihood
    beta: np.ndarray

    @classmethod
    def of(cls, system, u, beta):
        """The rows at effects and coefficients of Q.

        Parameters
        ----------
        system : PenalisedSystem or GroupSystem
        u : list of ndarray, shape (k, J)
            One a term.
        beta : ndarray, shape (p,)

        Returns
        -------
        Place
        """
        model = system.model
        fixed = model.Q.T @ beta + model.offset
        eta = fixed + system.along(u)
        rows = model.at(eta, slopes=True)
        h = squares(u) - 2 * rows.value
        return cls(u, fixed, eta, rows, h if isfinite(h) else inf, beta)

    def moved(self, system, step):
        """The place to which a step leads.

        Parameters
        ----------
        system : PenalisedSystem or GroupSystem
        step : Step

        Returns
        -------
        Place
        """
        model, fixed, beta = system.model, self.fixed, self.beta
        u = [old + own for old, own in zip(self.u, step.u, strict=True)]
        eta = self.eta + step.ahead
        rows = model.at(eta, slopes=True)
        if model.joint:
            beta = beta + step.beta
            fixed = fixed + model.Q.T @ step.beta
        return Place(u, fixed, eta, rows, squares(u) - 2 * rows.value, beta)


def find_mode(system, starts, enough=inf, with_X=False, last=LAST_STEP):
    """Find the conditional mode by Newton's method.

    Parameters
    ----------
    system : PenalisedSystem or GroupSystem
    starts : list of (list of ndarray, ndarray)
        Effects and coefficients of Q to start from, the best guess first; where β is
        no part of the mode, these are the same.
    enough : float
        An h so low that no other start is looked at, if it is finite.
    with_X : bool
        Whether the factors at the mode are likely to be asked for the columns of X.
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
    here = None
    for start in starts:
        place = Place.of(system, *start)
        if here is None or place.h <= here.h:
            here = place
        if isfinite(here.h) and here.h <= enough:
            break
    lengths, near = [], len(starts) > 1
    for _ in range(MOST_STEPS):
        step = system.newton(here, with_X and near)
        if step.promised < (last if step.squares else LAST_STEADY):
            return _ended(here, step, (*lengths, sqrt(step.size)))
        if not isfinite(step.promised):
            break
        for _ in range(MOST_HALVINGS):
            there = here.moved(system, step)
            if there.h <= here.h + ROUNDING * abs(here.h):
                break
            step = step.halved()
        here, near = there, step.promised < NEARLY * sqrt(last)
        lengths.append(sqrt(step.size))
    raise np.linalg.LinAlgError("no conditional mode was found")


def _ended(here, step, lengths):
    """The mode at the end of a last step, along which ℓ is a parabola: `Mode`."""
    rows = here.rows
    u = [old + own for old, own in zip(here.u, step.u, strict=True)]
    beta = here.beta + step.beta if len(step.beta) else here.beta
    h = here.h - step.promised
    if step.W is not rows.W_observed:
        h += step.ahead @ ((rows.W_observed - step.W) * step.ahead)
    rows = rows._replace(g=rows.g - rows.W_observed * step.ahead)
    return Mode(u, beta, here.eta + step.ahead, rows, h, lengths, step)
