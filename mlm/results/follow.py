"""Follow the profile of one held parameter, and find where the deviance has risen.

The curve is zeta, the root of the rise of the deviance: for one parameter a statistic
like |z|, and nearly straight.  Each point is searched for (by
`mlm.engine.quasi_newton`) from its nearest neighbour; ends, and points to draw, from
the estimate and from elsewhere too, and the lower one counts.
"""

import numpy as np

from mlm.engine.quasi_newton import LostError, descend
from mlm.ground.errors import MlmError

# An end is found when zeta is this close to its limit, or t is known to this share of
# a standard error.
CLOSE = 2e-7
MOST_POINTS = 60
# So many steps back are taken from where a profile is lost.
MOST_LOST_POINTS = 6
# What is less lower than this is no other minimum; so many are left for lower ones.
LOWER = 1e-6
MOST_LOWER = 5
# How far apart points of a profile are, in zeta.
SPACE = 0.5


class Points:
    """Points of the profile of one held parameter, searched for one by one.

    Parameters
    ----------
    make : callable
        Makes the `Held`.
    lowest : float
        Deviance of the fit.
    cap : float
        Deviance that can be had whatever the value that is held.

    Attributes
    ----------
    held : Held
    below : float
        How far below the fit's deviance a point was found.

    Raises
    ------
    LostError
        If the deviance cannot be evaluated around the estimate.
    """

    def __init__(self, make, lowest, cap=np.inf):
        try:
            held = self.held = make()
            hessian = held.hessian()
            self._step = held.standard_error(hessian)
            there, _ = held.deviance(held.best)(held.origin)
        except (MlmError, np.linalg.LinAlgError) as error:
            raise LostError(f"around the estimate, {error}") from error
        self._lowest, self._cap = lowest, cap
        self._known = {held.best: (lowest, held.origin, hessian)}
        self.below = max(0.0, lowest - min(cap, there))

    def zeta(self, t):
        """Root of the rise of the deviance at t: float, 0 or more.

        Raises
        ------
        LostError
            If no search for the point ended well.
        """
        return float(np.sqrt(max(min(self.deviance(t), self._cap) - self._lowest, 0)))

    def deviance(self, t):
        """Lowest deviance with the parameter held at t: float."""
        if t not in self._known:
            self._keep(t, self._search(t, self._starts(t)))
        return self._known[t][0]

    def _search(self, t, starts):
        """Lowest of the ends of searches: value, x, second derivatives."""
        found, reason = [], None
        for x, hessian in starts:
            try:
                deviance = self.held.deviance(t)
                x = self.held.lifted(x)
                found.append(descend(deviance, x, hessian, self.held.positive))
            except MlmError as error:
                reason = error
        if not found:
            raise LostError(f"at {self.held.value(t):.4g}, {reason}")
        return min(found, key=lambda end: end[0])

    def _starts(self, t):
        """Where to start from, x and second derivatives: a neighbour, or two."""
        nearest, *others = sorted(self._known, key=lambda known: abs(known - t))
        if nearest == self.held.best:
            yield self._known[nearest][1:]
            return
        # Further along the line through two neighbours, but not much further.
        _, x, hessian = self._known[nearest]
        share = (t - nearest) / (nearest - others[0])
        if abs(share) < 2:
            x = x + share * (x - self._known[others[0]][1])
        yield x, hessian

    def _improved(self, t):
        """Whether searches from elsewhere find a lower deviance at t.

        If so, it is kept, and other points on this side of the estimate are forgotten:
        they may be on the higher branch as well.
        """
        value, x, _ = self._known[t]
        best = self.held.best
        # With curvature of 1, not the estimate's: a first leap could lead back.
        if t == best:
            return False
        starts = [(other, np.eye(len(x))) for other in self.held.elsewhere(x)]
        starts.append(self._known[best][1:])
        try:
            found = self._search(t, starts)
        except LostError:
            return False
        if found[0] > value - LOWER:
            return False
        self._known = {
            known: kept
            for known, kept in self._known.items()
            if (known - best) * (t - best) <= 0
        }
        self._keep(t, found)
        return True

    def _keep(self, t, found):
        self._known[t] = found
        self.below = max(self.below, self._lowest - found[0])


class Curve(Points):
    """Zeta of one held parameter, as a function of its coordinate t."""

    def end(self, side, limit):
        """The t on one side of the estimate where zeta reaches a limit.

        Parameters
        ----------
        side : {-1, 1}
        limit : float

        Returns
        -------
        float
            The bound of t, where zeta does not reach the limit up to there.

        Raises
        ------
        LostError
            If the profile could not be followed so far, or never rises enough.
        """
        bound = self._bound(side)
        if self._cap - self._lowest < limit**2:
            return bound
        wall, lost, lowered = None, 0, 0
        for count in range(MOST_POINTS):
            inner, outer = self._bracket(side, limit)
            end = self._settled(inner, outer, bound, limit)
            if end is not None:
                if lowered == MOST_LOWER or not self._improved(end):
                    return end
                lowered += 1
                continue
            beyond = wall if outer is None else outer
            guess = self._guess(side, limit, inner, beyond, bisect=count % 4 == 3)
            try:
                self.zeta(guess)
            except LostError:
                wall, lost = guess, lost + 1
                if lost > MOST_LOST_POINTS:
                    raise
        raise LostError("the deviance does not rise enough, however far one goes")

    def walk(self, side, limit):
        """Points from the estimate to where zeta passes a limit, SPACE apart.

        Parameters
        ----------
        side : {-1, 1}
        limit : float

        Returns
        -------
        list of (float, float)
            t and zeta, the sign that of the side, without the estimate's own 0; it
            ends early at the bound of t, or where the profile is lost.
        """
        bound = self._bound(side)
        t, zeta, points = self.held.best, 0.0, []
        step = SPACE * self._step
        while zeta < limit and t != bound and len(points) < MOST_POINTS:
            ahead = self._clipped(t + side * step)
            try:
                self.zeta(ahead)
                self._improved(ahead)
                risen = self.zeta(ahead)
            except LostError:
                break
            rise = max(risen - zeta, SPACE / 4)
            t, zeta, step = ahead, risen, abs(ahead - t) * min(SPACE / rise, 2)
            points.append((t, side * zeta))
        return points

    def _settled(self, inner, outer, bound, limit):
        """The end, if two values of t around it leave nothing to look for."""
        for t in (inner, outer):
            if t is not None and abs(self.zeta(t) - limit) <= CLOSE:
                return t
        close = outer is not None and abs(outer - inner) <= CLOSE * self._step
        return inner if inner == bound or close else None

    def _bracket(self, side, limit):
        """The last known t with a zeta below the limit, and the next one or None."""
        inner = self.held.best
        for t in self._side(side):
            if self.zeta(t) >= limit:
                return inner, t
            inner = t
        return inner, None

    def _side(self, side):
        """Known values of t on one side of the estimate, from there outwards."""
        best = self.held.best
        return sorted(
            (t for t in self._known if (t - best) * side >= 0),
            key=lambda t: abs(t - best),
        )

    def _guess(self, side, limit, inner, beyond, bisect):
        """Where zeta should reach the limit: between two values of t, or further."""
        known = sorted(self._side(side), key=lambda t: abs(self.zeta(t) - limit))
        guess = _crossing([(self.zeta(t), t) for t in known[:4]], limit)
        if beyond is not None:
            inside = min(inner, beyond) < guess < max(inner, beyond)
            return guess if inside and not bisect else (inner + beyond) / 2
        reach = max(abs(inner - self.held.best), limit / 2 * self._step)
        ahead = (guess - inner) * side
        if not ahead > 0:  # also where zeta tells nothing
            ahead = reach
        return self._clipped(inner + side * min(ahead, 2 * reach))

    def _bound(self, side):
        return self.held.high if side > 0 else self.held.low

    def _clipped(self, t):
        return float(np.clip(t, self.held.low, self.held.high))


def _crossing(points, limit):
    """Where a polynomial through (zeta, t) has a zeta: its t, or not a number."""
    if len({zeta for zeta, _ in points}) < max(len(points), 2):
        return np.nan
    total = 0.0
    for zeta, t in points:
        share = [(limit - z) / (zeta - z) for z, _ in points if z != zeta]
        total += t * np.prod(share)
    return total
