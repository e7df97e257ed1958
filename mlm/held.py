"""A model with one parameter held at a value, and what is left to choose.

A profile asks for the lowest deviance with one parameter held: a standard deviation or
a correlation of random effects, sigma, or a fixed effect.  Here the constraint is built
in, so that the search for everything else is free of it.

Effects of a term are orthonormal in `mlm.products`.  With W their block of Λ, effect c
of the data has the row a_cᵀ W, where a_c is column c of R⁻ᵀ; its length is the relative
standard deviation, and the cosine between two rows is a correlation.  Let Q be an
orthonormal basis whose first axis is a_c, and W = Q L: the standard deviation is
σ |a_c| l, with l the length of the first row of L.  Let a_r be in the plane of the
first two axes of Q.  Turning L from the right changes no variance, so its first two
rows may be (·, 0, …) and (·, ·, 0, …): the correlation is the cosine of an angle there.

Everything is in the fit's own scale: x holds the elements of all blocks (L for the term
of the held parameter, W for the others), and log σ, in units of about one standard
error.  Elements that are held keep their place in x, and do nothing there.  A held
value has a coordinate t: log σ, the angle of a correlation, otherwise the value itself.
"""

from dataclasses import replace

import numpy as np

from mlm.factors import lower_factor
from mlm.profiled import ProfiledDeviance, profiled_deviance
from mlm.steps import regular

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
        self._deviance = fit.objective
        blocks = self._deviance.products.whiten(fit.solution.theta)
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
        return lambda x: self._expand(self._deviance, t, x)[:2]

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

    def _expand(self, deviance, t, x):
        """Value of a deviance, and its derivatives by x and by t."""
        z, by_x, by_t = self.place(t, x)
        parts = np.split(z, self._splits)
        blocks = [part.reshape((int(np.sqrt(part.size)),) * 2) for part in parts[:-1]]
        value, slopes, slope = deviance.at_sigma(blocks, np.exp(z[-1]))
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
            self._expand(self._deviance, self.best + shift / size, self.origin)
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
        self._others = profiled_deviance(replace(design, kept=kept), reml=False)

    def deviance(self, t):
        """The deviance at t: a function of x that returns its value and gradient."""
        y = self._y - t * self._column
        held = ProfiledDeviance(self._others.products.with_response(y), reml=False)
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


class _OfTerm(Held):
    """A parameter of one term, whose block is W = Q L."""

    def __init__(self, fit, i, effects):
        super().__init__(fit)
        own = self._own = self.squares[i]
        k, m = len(own), len(effects)
        a = self._deviance.products.original(i, np.eye(k))[:, effects]
        Q, sides = np.linalg.qr(a, mode="complete")
        # Row c of `sides`: coordinates of the effects along axis c of Q.
        signs = np.append(np.where(np.diag(sides) < 0, -1, 1), np.ones(k - m))
        self._Q, self._sides = np.kron(Q * signs, np.eye(k)), sides * signs[:, None]
        unit = self._unit = self._units[own.flat[0]]
        self._L = lower_factor((Q * signs).T @ (unit * self.origin[own]))
        self.origin[own] = self._L / unit
        self.squares[i], self._rows[i] = own[m:, m:], (own, m)

    def _turned(self, L, by_x, by_t):
        """z and its derivatives, from those of W or L to those of W alone."""
        rows = self._own.ravel()
        for part in (L, by_x, by_t):
            part[rows] = self._Q @ part[rows]
        return L, by_x, by_t


class StandardDeviation(_OfTerm):
    """The standard deviation of effect c of term i.

    In x, the first row holds the direction d of l d, of any length, and the other rows
    begin with 0.  (With (l, 0, …) for first row, the others would be nearly free to
    turn while l is small, and a search along such an arc is slow.)
    """

    low = 0.0

    def __init__(self, fit, i, c):
        super().__init__(fit, i, [c])
        self._length = self._sides[0, 0]
        self._row = self._own[0]
        T = lower_factor(np.roll(self._L, -1, axis=0))
        L = np.roll(T, (1, 1), axis=(0, 1))
        size = np.linalg.norm(L[0])
        self.best = float(fit.sigma * self._length * size)
        L[0] = L[0] / size if size > 0 else np.arange(len(L)) == 0
        self.origin[self._own] = L / self._unit

    def lifted(self, x):
        """See `Held.lifted`; the direction is one that the others do not have alone."""
        x = super().lifted(x)
        x[self._row[0]] = max(np.abs(x[self._row[0]]), LIFT)
        return x

    def elsewhere(self, x):
        """See `Held.elsewhere`; or with all other effects correlated with c."""
        yield from super().elsewhere(x)
        for sign in (1, -1) if len(self._row) > 1 else ():
            other = x.copy()
            other[self._row] = sign / self._unit
            other[self._row[0]] = 1 / self._unit
            yield other

    def place(self, t, x):
        """See `Held.place`."""
        z, by_x, by_t = super().place(t, x)
        row, length = self._row, np.linalg.norm(z[self._row])
        d, scale = z[row] / length, np.exp(-z[-1]) / self._length
        z[row], by_t[row] = t * scale * d, scale * d
        across = (np.eye(len(d)) - np.outer(d, d)) / length
        by_x[np.ix_(row, row)] = t * scale * self._unit * across
        by_x[row, -1] = -t * scale * self._units[-1] * d
        below = self._own[1:, 0]
        z[below] = by_x[below] = 0
        return self._turned(z, by_x, by_t)


class Correlation(_OfTerm):
    """The correlation of effects c and r of term i, by its angle, -π to 0.

    In x, the places of the two diagonal elements hold the relative standard deviations
    of c and of r, over |a_c| and over the part of a_r that is orthogonal to it.
    """

    low, high = -np.pi, 0.0

    def __init__(self, fit, i, c, r):
        super().__init__(fit, i, [c, r])
        self._shear = self._sides[0, 1] / self._sides[1, 1]
        across = self._L[1, 0] + self._shear * self._L[0, 0]
        self.best = -float(np.arctan2(self._L[1, 1], across))
        self.positive = [self._own[0, 0], self._own[1, 1]]
        self.origin[self._own[:2]] = 0
        sizes = [self._L[0, 0], np.hypot(self._L[1, 1], across)]
        self.origin[self.positive] = np.array(sizes) / self._unit

    def value(self, t):
        """The correlation, -1 to 1: float."""
        return float(np.cos(t))

    def place(self, t, x):
        """See `Held.place`."""
        z, by_x, by_t = super().place(t, x)
        first, second = self._own[0, :2], self._own[1, :2]
        one, other = z[self.positive]
        z[self._own[:2]] = by_x[self._own[:2]] = 0
        z[first[0]], by_x[first[0], first[0]] = one, self._unit
        turned = np.array([np.cos(t), np.sin(t)])
        z[second] = other * turned
        z[second[0]] -= self._shear * one
        by_x[second, second[1]] = self._unit * turned
        by_x[second[0], first[0]] = -self._unit * self._shear
        by_t[second] = other * np.array([-turned[1], turned[0]])
        return self._turned(z, by_x, by_t)
