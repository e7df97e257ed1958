"""Checks of what callers pass: each gives the value back, or names what is wrong.

A number of numpy's is as good as one of Python's.  A truth value is no number, text is
none either, and a float is no whole number.
"""

from numbers import Integral, Real

import numpy as np

from mlm.ground.errors import DataError

# Longest text of a wrong value that is shown; of longer ones the type is.
LONGEST = 60
# Dimensions of what may be one number, or many.
SHAPES = (0, 1, 2)
# How messages say these.
DIMENSIONS = ("no", "one", "two")
# Objects that become a number, or nan, although they are none.
NO_NUMBERS = str | bytes | bool | None
# Fourth powers of larger numbers, and of the inverse of smaller ones, overflow.
LARGEST = 1e70
# Largest number of numbers in an array that is made: 8 GB of them.
MOST_NUMBERS = 10**9


def shown(value):
    """Text of a wrong value, short enough for a message."""
    text = repr(value)
    if len(text) > LONGEST or "\n" in text:
        return f"a {type(value).__name__}"
    return text


def check(right, name, wanted, value):
    """Refuse a value that is not right.

    Parameters
    ----------
    right : bool
    name : str
        Of the argument.
    wanted : str
        What would be right, after "is".
    value : object
        What was given.

    Raises
    ------
    DataError
    """
    if not right:
        raise DataError(f"{name} is {wanted}, not {shown(value)}.")


def number(name, value, wanted="a number", right=np.isfinite):
    """Float of a number that is finite and within a range.

    Parameters
    ----------
    name, wanted
        See `check`.
    value : int or float
    right : callable, optional
        Of the float: whether it is within the range.  Not a number never is.

    Returns
    -------
    float
    """
    wrong = not isinstance(value, Real) or isinstance(value, bool)
    try:
        found = np.nan if wrong else float(value)
    except OverflowError:
        found = np.inf
    check(np.isfinite(found) and right(found), name, wanted, value)
    return found


def whole_number(name, value, least=0, wanted=None, most=np.inf):
    """Int of a whole number from `least` to `most`.

    Parameters
    ----------
    name, wanted
        See `check`.
    value : int
    least, most : int

    Returns
    -------
    int
    """
    if wanted is None:
        wanted = "a whole number"
        wanted += f", {least} or more" if most == np.inf else f" from {least} to {most}"
    is_whole = isinstance(value, Integral) and not isinstance(value, bool)
    check(is_whole and least <= value <= most, name, wanted, value)
    return int(value)


def positive(name, value):
    """Float of a number above 0."""
    return number(name, value, "a positive number", lambda found: found > 0)


def not_negative(name, value):
    """Float of a number that is 0 or more."""
    return number(name, value, "a number, 0 or more", lambda found: found >= 0)


def share(name, value):
    """Float of a number between 0 and 1, both excluded: a level, a tolerance."""
    return number(name, value, "between 0 and 1", lambda found: 0 < found < 1)


def seed_of(value):
    """Int of a seed."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 0:
        raise DataError(
            "the seed is a whole number, 0 or more, such as seed=1, not "
            f"{shown(value)}: the same seed gives the same numbers again."
        )
    return int(value)


def truth(name, value):
    """Bool of True or False, Python's or numpy's."""
    check(isinstance(value, bool | np.bool_), name, "True or False", value)
    return bool(value)


def choice(name, value, known):
    """Refuse a value that is not among the few that an argument may have."""
    *others, last = map(repr, known)
    wanted = f"{', '.join(others)} or {last}"
    fits = value is None or isinstance(value, str)
    check(fits and value in known, name, wanted, value)
    return value


def text(name, value, wanted="text"):
    """Refuse what is no text."""
    check(isinstance(value, str), name, wanted, value)
    return value


def function(name, value):
    """Refuse what cannot be called."""
    check(callable(value), name, "a function", value)
    return value


def kind(name, value, kinds, wanted):
    """Refuse an object of another class than those wanted."""
    check(isinstance(value, kinds), name, wanted, value)
    return value


def fitted(name, value):
    """Refuse what is no fit.

    Asks for what a fit has, since the classes of fits stand higher up.
    """
    is_fit = hasattr(value, "solution") and hasattr(value, "design")
    check(is_fit, name, "a fit, from mlm.lm, lmer, glm or glmer", value)
    return value


def numbers(name, values, ndim=(1,), finite=True):
    """Array of numbers, from whatever holds them.

    Parameters
    ----------
    name : str
    values : array_like
    ndim : tuple of int
        How many dimensions it may have.
    finite : bool
        Whether infinite and missing numbers are refused.

    Returns
    -------
    ndarray of float

    Raises
    ------
    DataError
        Text, truth values, dates, complex or missing numbers, or another shape.
    """
    try:
        found = np.asarray(values)
        if found.dtype == object:  # pandas' nullable numbers, Python's large ones
            if any(isinstance(value, NO_NUMBERS) for value in found.flat):
                raise TypeError
            found = found.astype(float)
        if found.dtype.kind not in "iuf":
            raise TypeError
    except (TypeError, ValueError, OverflowError):
        raise DataError(f"{name} must be numbers, not {shown(values)}.") from None
    if found.ndim not in ndim:
        dimensions = " or ".join(DIMENSIONS[n] for n in ndim)
        plural = "" if tuple(ndim) == (1,) else "s"
        raise DataError(
            f"{name} must be numbers in {dimensions} dimension{plural}; its shape is "
            f"{found.shape}."
        )
    if finite and not np.isfinite(found).all():
        raise DataError(f"{name} must be finite numbers; some are missing or infinite.")
    return found.astype(float)


def unusable_size(values):
    """Why sums of squares of numbers would overflow, or vanish: str, or None.

    Parameters
    ----------
    values : ndarray of float
    """
    largest = max(values.max(initial=0), -values.min(initial=0))
    if not largest or 1 / LARGEST < largest < LARGEST:
        return None
    return f"has values up to {largest:.0e}, which cannot be squared and summed"


def in_memory(name, value, each):
    """Refuse a number of things that no memory holds, `each` numbers long."""
    if value * each > MOST_NUMBERS:
        raise DataError(
            f"{name} = {value} times {each} numbers would not fit in memory; ask for "
            f"{MOST_NUMBERS // each} at most."
        )
    return value
