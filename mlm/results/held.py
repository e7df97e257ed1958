"""A model with one parameter held at a value, and what is left to choose.

A profile asks for the lowest deviance with one parameter held: a standard deviation or
a correlation of random effects, sigma, or a fixed effect.  Here the constraint is built
in, so that the search for everything else is free of it.

Everything is in the fit's own scale: x holds the elements of all blocks (L for the term
of the held parameter, W for the others: see `mlm.results.held_terms`), and log σ, in
units of about one standard error.  Elements that are held keep their place in x, and do
nothing there.  A held value has a coordinate t: log σ, the angle of a correlation,
otherwise the value itself.
"""

from dataclasses import replace

import numpy as np

from mlm.engine.profiled import ProfiledCriterion
from mlm.engine.steps import regular

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


class Held:
    """A parameter that can be held; its subclasses say which, and how.

    Attributes
    ----------
    best, low, high : float
        t of the estimate, and its range.
    origin : ndarray, shape (Σ k² + 1,)
        x of the estimate.
    squares : list of ndarray of int, shape (k, k)
        Places in x of blocks that a search should not start from singular.
    positive : list of int
        Places in x of what has to stay positive.
    """

    low, high = -np.inf, np.inf

    def __init__(self, fit):
        self._criterion = fit.criterion_function
        blocks = self._criterion.basis.whiten(fit.solution.theta)
        sizes = [T.size for T in blocks]
        self._splits = np.cumsum(sizes)
        groups = np.repeat([term.J for term in fit.design.terms], sizes)
        self._units = 1 / np.sqrt(4 * np.append(groups, fit.nobs))
        z = np.append(np.concatenate([T.ravel() for T in blocks]), np.log(fit.sigma))
        self.origin = z / self._units
        places = np.split(np.arange(len(z) - 1), self._splits[:-1])
        self.squares = [
            place.reshape(T.shape) for place, T in zip(places, blocks, strict=True)
        ]
        self._rows = [(own, 0) for own in self.squares]  # and how many are held
        self.positive = []

    def value(self, t):
        """The parameter's value, in its own unit: float."""
        return float(t)

    def place(self, t, x):
        """All elements of the blocks W, and log sigma, at t and x.

        Returns
        -------
        z : ndarray, shape (Σ k² + 1,)
        by_x : ndarray, shape (Σ k² + 1, Σ k² + 1)
            Derivatives of z by x, a column an element of x.
        by_t : ndarray, shape (Σ k² + 1,)
            Derivatives of z by t.
        """
        return self._units * x, np.diag(self._units), np.zeros(len(x))

    def deviance(self, t):
        """The deviance at t: a function of x that returns its value and gradient."""
        return lambda x: self._expand(self._criterion, t, x)[:2]

    def elsewhere(self, x):
        """Other places to start from.

        The effects of a term without correlation, or with those of one reversed.

        Yields
        ------
        ndarray, shape (Σ k² + 1,)
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

    def _expand(self, criterion, t, x):
        """The deviance by a criterion, and its derivatives by x and by t."""
        z, by_x, by_t = self.place(t, x)
        parts = np.split(z, self._splits)
        blocks = [part.reshape((int(np.sqrt(part.size)),) * 2) for part in parts[:-1]]
        factors = criterion.factorise(blocks)
        value, slopes, slope = criterion.at_sigma(factors, np.exp(z[-1]))
        gradient = np.append(np.concatenate([s.ravel() for s in slopes]), slope)
        return value, gradient @ by_x, gradient @ by_t

    def hessian(self):
        """Second derivatives of the deviance by x, at the estimate: (Σ k² + 1)²."""
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
            self._expand(self._criterion, self.best + shift / size, self.origin)
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

    def __init__(self, fit, j):
        super().__init__(fit)
        design = fit.design
        self.best, self._se = float(fit.fixef.iloc[j]), float(fit.se.iloc[j])
        self._y, self._column = design.y, design.X[:, j]
        kept = [*design.kept[:j], *design.kept[j + 1 :]]
        self._others = ProfiledCriterion(replace(design, kept=kept), reml=False)

    def deviance(self, t):
        """The deviance at t: a function of x that returns its value and gradient."""
        y = self._y - t * self._column
        held = self._others.with_response(y)
        return lambda x: self._expand(held, t, x)[:2]

    def standard_error(self, hessian):
        """Standard error of the fixed effect."""
        return self._se


class ResidualDeviation(Held):
    """Sigma, by its logarithm."""

    def __init__(self, fit):
        super().__init__(fit)
        self.best = float(np.log(fit.sigma))
        self.low = self.best - FARTHEST

    def value(self, t):
        """Sigma, in the response's unit: float."""
        return 0.0 if t <= self.low else float(np.exp(t))

    def place(self, t, x):
        """See `Held.place`."""
        z, by_x, by_t = super().place(t, x)
        z[-1], by_x[-1, -1], by_t[-1] = t, 0, 1
        return z, by_x, by_t
