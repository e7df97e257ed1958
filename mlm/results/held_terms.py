"""Standard deviations and correlations of random effects, held at a value.

Effects of a term are orthonormal in `mlm.engine.basis`.  With W their block of Λ,
effect c of the data has the row a_cᵀ W, where a_c is column c of R⁻ᵀ; its length is the
relative standard deviation, and the cosine between two rows is a correlation.  Let Q be
an orthonormal basis whose first axis is a_c, and W = Q L: the standard deviation is σ
|a_c| l, with l the length of the first row of L.  Let a_r be in the plane of the first
two axes of Q.  Turning L from the right changes no variance, so its first two rows may
be (·, 0, …) and (·, ·, 0, …): the correlation is the cosine of an angle there.
"""

import numpy as np

from mlm.ground.linalg import lower_factor
from mlm.results.held import LIFT, Held


class _OfTerm(Held):
    """A parameter of one term, whose block is W = Q L."""

    def __init__(self, surface, i, effects):
        super().__init__(surface)
        own = self._own = self.squares[i]
        k, m = len(own), len(effects)
        basis = surface.fit.criterion_function.basis
        a = basis.original(i, np.eye(k))[:, effects]
        Q, sides = np.linalg.qr(a, mode="complete")
        # Row c of `sides`: coordinates of the effects along axis c of Q.
        signs = np.append(np.where(np.diag(sides) < 0, -1, 1), np.ones(k - m))
        self._Q, self._sides = np.kron(Q * signs, np.eye(k)), sides * signs[:, None]
        unit = self._unit = self._units[own.flat[0]]
        self._L = lower_factor((Q * signs).T @ (unit * self.origin[own]))
        self.origin[own] = self._L / unit
        self.squares[i], self._rows[i] = own[m:, m:], (own, m)

    @property
    def best(self):
        """See `Held.best`."""
        return self._estimate

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

    def __init__(self, surface, i, c):
        super().__init__(surface, i, [c])
        self._length = self._sides[0, 0]
        self._row = self._own[0]
        T = lower_factor(np.roll(self._L, -1, axis=0))
        L = np.roll(T, (1, 1), axis=(0, 1))
        size = np.linalg.norm(L[0])
        self._estimate = float(surface.scale(surface.rest)[0] * self._length * size)
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
        row, length, rest = self._row, np.linalg.norm(z[self._row]), self._rest
        unit, by_rest = self._surface.scale(z[rest])
        d, scale = z[row] / length, 1 / (unit * self._length)
        z[row], by_t[row] = t * scale * d, scale * d
        across = (np.eye(len(d)) - np.outer(d, d)) / length
        by_x[np.ix_(row, row)] = t * scale * self._unit * across
        by_x[np.ix_(row, rest)] = -t * scale * np.outer(d, by_rest * self._units[rest])
        below = self._own[1:, 0]
        z[below] = by_x[below] = 0
        return self._turned(z, by_x, by_t)


class Correlation(_OfTerm):
    """The correlation of effects c and r of term i, by its angle, -π to 0.

    In x, the places of the two diagonal elements hold the relative standard deviations
    of c and of r, over |a_c| and over the part of a_r that is orthogonal to it.
    """

    low, high = -np.pi, 0.0

    def __init__(self, surface, i, c, r):
        super().__init__(surface, i, [c, r])
        self._shear = self._sides[0, 1] / self._sides[1, 1]
        across = self._L[1, 0] + self._shear * self._L[0, 0]
        self._estimate = -float(np.arctan2(self._L[1, 1], across))
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
