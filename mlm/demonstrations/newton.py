"""Newton's method with a seat belt, and the version of the notes without one.

Nothing here knows statistics: a function and its derivative in, a root out.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mlm.ground.arguments import check, function, number, positive, whole_number
from mlm.ground.errors import DataError

# Halvings of a step before giving up on it.
MOST_HALVINGS = 30


@dataclass(frozen=True)
class NewtonResult:
    """How a search for a root went.

    Attributes
    ----------
    x : float
        Where it ended.
    f : float
        The function there.
    converged : bool
    reason : str
        Why it ended, in words.
    path : tuple of float
        Every x it stood on, the start first.
    """

    x: float
    f: float
    converged: bool
    reason: str
    path: tuple[float, ...]

    @property
    def steps(self):
        """How many steps it took: int."""
        return len(self.path) - 1


def newton(f, fprime, x0, *, bracket=None, tol=1e-10, max_steps=50):
    """Find a root of f by Newton's method, x − f(x)/f′(x), done safely.

    A step that does not bring f nearer to 0 is halved until it does.  With a bracket, a
    step that leaves it, or does not bring f nearer to 0, is replaced by one to the
    bracket's middle; the bracket shrinks around the root.

    Parameters
    ----------
    f, fprime : callable of float
        The function and its derivative.
    x0 : float
        Where to start.
    bracket : tuple of (float, float), optional
        Two places where f has different signs, with `x0` between them.
    tol : float
        The search has converged where the next step is at most this, relative to x
        (or 1), and f too, relative to where it was at the start (or 1).
    max_steps : int

    Returns
    -------
    NewtonResult

    Raises
    ------
    DataError
        If f is not finite at `x0`, the bracket has no change of sign, or does not hold
        `x0`, or `tol` or `max_steps` is not positive.

    Examples
    --------
    >>> newton(lambda x: x**2 - 2, lambda x: 2 * x, 1.0).x
    1.4142135623730951
    """
    function("f", f)
    function("fprime", fprime)
    tol = positive("tol", tol)
    max_steps = whole_number("max_steps", max_steps, 1)
    x = number("x0", x0)
    value = _value(f, x)
    if not np.isfinite(value):
        raise DataError(f"f is {value} at x0 = {x0}: start where it is finite.")
    if bracket is not None:
        bracket = _bracket(f, bracket, x)
    path, near = [x], tol * (1 + abs(value))

    def result(converged, reason):
        return NewtonResult(x, value, converged, reason, tuple(path))

    for _ in range(max_steps):
        slope = _value(fprime, x)
        step = -value / slope if slope and np.isfinite(slope) else np.nan
        if value == 0 or (abs(step) <= tol * (1 + abs(x)) and abs(value) <= near):
            last = _value(f, x + step)
            if abs(last) < abs(value):
                x, value = x + step, last
                path.append(x)
            return result(True, "step and f are within tol")
        if bracket is None:
            step = _downhill(f, x, value, step)
            if step is None:
                return result(False, "no step along Newton's brings f nearer to 0")
        else:
            bracket = bracket.around(x, value)
            inside = bracket.low < x + step < bracket.high
            if not inside or not abs(_value(f, x + step)) < abs(value):
                step = (bracket.low + bracket.high) / 2 - x
        x, value = x + step, _value(f, x + step)
        path.append(x)
        if not np.isfinite(value):
            return result(False, "f is not finite")
    return result(False, f"not there after {max_steps} steps")


def _downhill(f, x, value, step):
    """Halve a step until it brings f nearer to 0, or give None."""
    for _ in range(MOST_HALVINGS):
        if abs(_value(f, x + step)) < abs(value):  # false also for what is no number
            return step
        step /= 2
    return None


class _Bracket(NamedTuple):
    """Two places where f has different signs; `rising` if it is negative at `low`."""

    low: float
    high: float
    rising: bool

    def around(self, x, value):
        """The part of the bracket that holds the root, f being `value` at x."""
        if (value < 0) == self.rising:
            return self._replace(low=x)
        return self._replace(high=x)


def _value(f, x):
    """f(x) as a float; not a number where Python refuses to compute it."""
    with np.errstate(all="ignore"):
        try:
            return float(f(x))
        except (OverflowError, ZeroDivisionError):
            return np.nan


def _bracket(f, ends, x):
    """Check a bracket; give it in order."""
    try:
        low, high = sorted(number("bracket", end) for end in ends)
    except (TypeError, ValueError):
        check(False, "bracket", "two numbers", ends)
    below, above = _value(f, low), _value(f, high)
    if not low <= x <= high:
        raise DataError(f"x0 = {x} is not in the bracket, {low} to {high}.")
    if not below * above < 0:
        raise DataError(
            f"f is {below:.3g} and {above:.3g} at the ends of the bracket; its signs "
            "must differ there."
        )
    return _Bracket(low, high, below < 0)


def newton_of_the_notes(f, fprime, x0, tol=1e-8):
    """Yield x after x as the notes' program does: a specimen, faults and all.

    It looks at the last step only, and at nothing else: a step that is not a number
    ends it as if it had converged, a step that is infinite never does, and Python's own
    numbers overflow.  So take as many as you want to see, with ``itertools.islice``.

    Parameters
    ----------
    f, fprime : callable of float
    x0 : float
    tol : float

    Yields
    ------
    float

    Examples
    --------
    >>> from itertools import islice
    >>> list(islice(newton_of_the_notes(lambda x: x**2 - 2, lambda x: 2 * x, 1.0), 3))
    [1.0, 1.5, 1.4166666666666667]
    """
    x = x0
    yield x
    dx = f(x) / fprime(x)
    while abs(dx) > tol:
        x = x - dx
        yield x
        dx = f(x) / fprime(x)


def van_der_waals(V, T=0.8, p=0.4):
    """Reduced equation of state, pressure less `p`: 8T/(3V − 1) − 3/V² − p.

    Its three roots at T = 0.8 and p = 0.4 are the volumes of liquid, unstable fluid and
    gas, relative to the critical point; V = 1/3 is a pole.

    Parameters
    ----------
    V : float or ndarray
        Volume over the critical volume.
    T, p : float
        Temperature and pressure over the critical ones.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> round(newton(van_der_waals, van_der_waals_slope, 0.5).x, 9)
    0.516570124
    """
    return 8 * T / (3 * V - 1) - 3 / V**2 - p


def van_der_waals_slope(V, T=0.8):
    """Derivative of `van_der_waals` by V: −24T/(3V − 1)² + 6/V³.

    Parameters
    ----------
    V, T
        As for `van_der_waals`.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> round(van_der_waals_slope(1.0), 6)
    1.2
    """
    return -24 * T / (3 * V - 1) ** 2 + 6 / V**3
