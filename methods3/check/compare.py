"""Two answers side by side: read as arrays, compared to the digits that are wanted.

Knows nothing of questions: values in, arrays and truths out.
"""

import numpy as np

# Of the last place wanted: half of it is rounding, the rest what optimisers differ in.
SLACK = 0.6
# An element this many places behind the largest one's last is as good as zero.
BEHIND = 3


def read(answer, like=None):
    """Read an answer as an array of numbers, of truths, or of words.

    Parameters
    ----------
    answer : object
        Lists, tables and sparse matrices will do; words lose capitals and blanks.
    like : ndarray, optional
        An array that the answer should be like.  Truths then pass for numbers, and a
        single element in brackets for one without.

    Returns
    -------
    ndarray or None
        None if the answer is nothing of the kind.

    Examples
    --------
    >>> read([1, 2])
    array([1., 2.])
    >>> read("Not yet")
    array('notyet', dtype='<U6')
    >>> read({"sigma": 25.6}) is None
    True
    """
    array = _array(answer)
    if array is None or like is None:
        return array
    if (array.dtype.kind, like.dtype.kind) == ("b", "f"):
        array = array.astype(float)
    if array.dtype.kind != like.dtype.kind:
        return None
    return array.reshape(()) if array.size == 1 and like.ndim == 0 else array


def _array(answer):
    """An array of floats, bools or strings; None if the answer makes no such array."""
    if answer is None:
        return None  # which numpy would call nan
    if hasattr(answer, "toarray"):
        answer = answer.toarray()
    try:
        array = np.asarray(answer)
        if array.dtype.kind in "OU" and any(isinstance(x, str) for x in array.flat):
            words = ["".join(str(x).casefold().split()) for x in array.flat]
            return np.array(words, str).reshape(array.shape)
        if array.dtype.kind == "b":
            return array
        return array.astype(float) if array.dtype.kind in "iufO" else None
    except (TypeError, ValueError, OverflowError):
        return None


def close(given, wanted, digits, within=0.0):
    """Compare element by element, numbers to so many significant digits.

    Parameters
    ----------
    given, wanted : ndarray
        Of one kind and shape, as `read` gives them.
    digits : int
    within : float
        A difference that is always small enough.

    Returns
    -------
    ndarray of bool

    Examples
    --------
    >>> close(np.array([25.59, 25.6]), np.array([25.5918, 25.5918]), 4)
    array([ True, False])
    """
    if wanted.dtype.kind != "f":
        return given == wanted
    size = np.abs(wanted)
    with np.errstate(all="ignore"):
        place = 10 ** (np.floor(np.log10(size)) + 1 - digits)
        zero = 10.0 ** -(digits + BEHIND) * (size.max(initial=0) or 1)
        allowed = np.maximum(SLACK * place, max(zero, within))
        return np.abs(given - wanted) <= allowed


def agree(given, wanted, digits, within=0.0):
    """Whether two arrays have the same shape, and elements that are close.

    Parameters
    ----------
    given, wanted : ndarray
        Of one kind, as `read` gives them.
    digits : int
    within : float
        As for `close`.

    Returns
    -------
    bool

    Examples
    --------
    >>> agree(np.array([25.59]), np.array([25.5918, 24.7405]), 4)
    False
    """
    if given.shape != wanted.shape:
        return False
    return bool(np.all(close(given, wanted, digits, within)))


def shortened(given, wanted, digits):
    """Whether numbers are the wanted ones, some of them with too few digits.

    Parameters
    ----------
    given, wanted : ndarray
        As `read` gives them.
    digits : int
        That would be enough.

    Returns
    -------
    bool
        True where all are rounded or cut off to the first two digits of the largest,
        or to more; from a hundred on to three, and below one to the first alone.

    Examples
    --------
    >>> shortened(np.array(25.6), np.array(25.5918), 4)
    True
    >>> shortened(np.array(25.4), np.array(25.5918), 4)
    False
    """
    if given.shape != wanted.shape or wanted.dtype.kind != "f" or not wanted.any():
        return False
    first = int(np.floor(np.log10(np.abs(wanted).max())))
    fewest = 1 - first + (first > 1) if first >= 0 else -first
    found = close(given, wanted, digits)
    for decimals in range(fewest, fewest + digits):
        cut = np.trunc(wanted * 10.0**decimals) / 10.0**decimals
        for short in (np.round(wanted, decimals), cut):
            found |= np.isclose(given, short, rtol=1e-9, atol=1e-12)
    return bool(found.all())
