"""A model with one parameter held at a value, and what is left to choose.

A profile asks for the lowest deviance with one parameter held: a standard deviation or
a correlation of random effects, sigma, or a fixed effect.  Here the constraint is built
in, so that the search for everything else is free of it.

Everything is in the fit's own scale: x holds the elements of all blocks (L for the term
of the held parameter, W for the others: see `mlm.results.held_terms`), and the rest
(see `mlm.results.surface`), in units of about one standard error.  Elements that are
held keep their place in x, and do nothing there.  A held value has a coordinate t:
log σ, the angle of a correlation, otherwise the value itself.
"""

from abc import ABC, abstractmethod
from dataclasses import replace

import numpy as np

from mlm.engine.profiled import ProfiledCriterion
from mlm.engine.steps import regular
from mlm.results.surface import OverSigma

# A search starts with blocks this far, in standard errors, from being singular: there
# the gradient is 0 whether or not leaving would pay.
LIFT = 0.3
# Step of differences of the gradient, in standard errors.
STEP = 1e-3
# Least curvature in these units, where it is usually about 1: with less, the first step
# along a profile would be a leap.
FLATTEST = 1e-2
# Sigma is followed down to exp(-14) of its estimate, a millionth: that counts as 0.
FARTHEST = 14.0


class Held(ABC):
    """A parameter that can be held; its subclasses say which, and how.

    Parameters
    ----------
    surface : OverSigma or OverBeta

    Attributes
    ----------
    low, high : float
        Range of t.
    origin : ndarray, shape (Σ k² + r,)
        x of the estimate.
    squares : list of ndarray of int, shape (k, k)
        Places in x of blocks that a search should not start from singular.
    positive : list of int
        Places in x of what has to stay positive.
    """

    low, high = -np.inf, np.inf

    def __init__(self, surface):
        self._surface, blocks = surface, surface.blocks
        sizes = [T.size for T in blocks]
        self._splits = np.cumsum(sizes, dtype=int)
        groups = np.repeat([term.J for term in surface.fit.design.terms], sizes)
        self._units = np.append(1 / np.sqrt(4 * groups), surface.units)
        z = np.concatenate([*(T.ravel() for T in blocks), surface.rest])
        self.origin = z / self._units
        *places, self._rest = np.split(np.arange(len(z)), self._splits)
        self.squares = [
            place.reshape(T.shape) for place, T in zip(places, blocks, strict=True)
        ]
        self._rows = [(own, 0) for own in self.squares]  # and how many are held
        self.positive = []

    @property
    @abstractmethod
    def best(self):
        """Coordinate t of the estimate: float."""

    def value(self, t):
        """The parameter's value, in its own unit: float."""
        return float(t)

    def place(self, t, x):
        """All elements of the blocks W, and the rest, at t and x.

        Returns
        -------
        z : ndarray, shape (Σ k² + r,)
        by_x : ndarray, shape (Σ k² + r, Σ k² + r)
            Derivatives of z by x, a column an element of x.
        by_t : ndarray, shape (Σ k² + r,)
            Derivatives of z by t.
        """
        return self._units * x, np.diag(self._units), np.zeros(len(x))

    def deviance(self, t):
        """The deviance at t: a function of x that returns its value and gradient."""
        return lambda x: self._expand(self._surface, t, x)[:2]

    def elsewhere(self, x):
        """Other places to start from.

        The effects of a term without correlation, or with those of one reversed.

        Yields
        ------
        ndarray, shape (Σ k² + r,)
        """
        for own, held in self._rows:
            if len(own) > 1:
                other = x.copy()
                other[own] = np.diag(np.linalg.norm(x[own], axis=1))
                yield other
            for r in range(max(held, 1), len(own)):
                other = x.copy()
                other[own[r]] *= -1
                yield other

    def _expand(self, surface, t, x):
        """The deviance on a surface, and its derivatives by x and by t."""
        z, by_x, by_t = self.place(t, x)
        *parts, rest = np.split(z, self._splits)
        blocks = [part.reshape((int(np.sqrt(part.size)),) * 2) for part in parts]
        value, slopes, by_rest = surface.expand(blocks, rest)
        gradient = np.concatenate([*(slope.ravel() for slope in slopes), by_rest])
        return value, gradient @ by_x, gradient @ by_t

    def hessian(self):
        """Second derivatives of the deviance by x, at the estimate: (Σ k² + r)²."""
        deviance, rows = self.deviance(self.best), []
        for shift in STEP * np.eye(len(self.origin)):
            ahead, behind = deviance(self.origin + shift), deviance(self.origin - shift)
            rows.append((ahead[1] - behind[1]) / (2 * STEP))
        return (np.array(rows) + np.transpose(rows)) / 2

    def standard_error(self, hessian):
        """Standard error of t by second derivatives; `hessian` is that by x."""
        _, _, direction = self.place(self.best, self.origin)
        size = np.linalg.norm(direction / self._units)
        if size == 0:  # the angle of an effect that does not vary
            return 1.0
        ahead, behind = (
            self._expand(self._surface, self.best + shift / size, self.origin)
            for shift in (STEP, -STEP)
        )
        by_x = (ahead[1] - behind[1]) / (2 * STEP)
        by_t = (ahead[2] - behind[2]) / (2 * STEP * size)
        curvature, axes = np.linalg.eigh(hessian)
        explained = (axes.T @ by_x) ** 2 / np.maximum(curvature, FLATTEST)
        return float(np.sqrt(2 / max(by_t - explained.sum(), FLATTEST)) / size)

    def lifted(self, x):
        """A copy of x whose blocks are not singular."""
        x = x.copy()
        for square in self.squares:
            if square.size:
                x[square] = regular(x[square], LIFT)
        x[self.positive] = np.maximum(x[self.positive], LIFT)
        return x


class FixedEffect(Held):
    """The fixed effect of column j of X: its part of the response becomes known."""

    def __init__(self, surface, j):
        super().__init__(surface)
        fit = surface.fit
        design = fit.design
        self._estimate, self._se = float(fit.fixef.iloc[j]), float(fit.se.iloc[j])
        self._y, self._column = design.y, design.X[:, j]
        kept = (*design.kept[:j], *design.kept[j + 1 :])
        self._others = ProfiledCriterion(replace(design, kept=kept), reml=False)

    @property
    def best(self):
        """See `Held.best`."""
        return self._estimate

    def deviance(self, t):
        """The deviance at t: a function of x that returns its value and gradient."""
        y = self._y - t * self._column
        held = OverSigma(self._surface.fit, self._others.with_response(y))
        return lambda x: self._expand(held, t, x)[:2]

    def standard_error(self, hessian):
        """Standard error of the fixed effect."""
        return self._se


class ResidualDeviation(Held):
    """Sigma, by its logarithm."""

    @property
    def best(self):
        """See `Held.best`."""
        return float(self._surface.rest[0])

    @property
    def low(self):
        """Where sigma counts as 0."""
        return self.best - FARTHEST

    def value(self, t):
        """Sigma, in the response's unit: float."""
        return 0.0 if t <= self.low else float(np.exp(t))

    def place(self, t, x):
        """See `Held.place`."""
        z, by_x, by_t = super().place(t, x)
        z[-1], by_x[-1, -1], by_t[-1] = t, 0, 1
        return z, by_x, by_t


class Coefficient(Held):
    """The fixed effect of column j of X, where β is part of the rest.

    Row l of L gives it, t = lᵀs.  Let H be orthonormal with ±l/|l| for first column,
    and s = H x: the first element of x is ±t/|l|, and the others are free.
    """

    def __init__(self, surface, j):
        super().__init__(surface)
        H, size = np.linalg.qr(surface.L[j][:, None], mode="complete")
        self._H, self._size = H, float(size[0, 0])  # of either sign
        rest = H.T @ surface.rest
        self._estimate = self._size * float(rest[0])
        self.origin[self._rest] = rest

    @property
    def best(self):
        """See `Held.best`."""
        return self._estimate

    def place(self, t, x):
        """See `Held.place`."""
        z, by_x, by_t = super().place(t, x)
        own = self._rest
        z[own[0]], by_x[own[0], own[0]], by_t[own[0]] = (
            t / self._size,
            0,
            1 / self._size,
        )
        for part in (z, by_x, by_t):
            part[own] = self._H @ part[own]
        return z, by_x, by_t

    def standard_error(self, hessian):
        """Standard error of the fixed effect, with known variances."""
        return abs(self._size)
