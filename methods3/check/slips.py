"""Slips that are made with any number, each only where the question can mean it.

A square is no slip where no variance is near, and a complement only of a share: the
kind of number that is asked for decides.  Where no slip is certain, that kind is told.
"""

from functools import partial

import numpy as np

from methods3.check.compare import agree, close

SPREADS = ("standard deviation", "standard error")
SHARES = ("share", "probability")
LIKELIHOODS = ("log-likelihood", "deviance")
CLOSE = (
    "Close, but another number. Were digits lost on the way? If not, one step differs "
    "a little from what is asked."
)
# Relative difference that rounding on the way can make.
NEARBY = 0.02


def disguised(given, wanted, question):
    """Say what disguises the right numbers: a sign, a unit, a point, a square.

    Parameters
    ----------
    given, wanted : ndarray of float
        Of one shape.
    question : Question

    Yields
    ------
    str
    """
    near = partial(agree, digits=strictness(question.precision))
    if not np.all(np.isfinite(given)):
        yield (
            "There is nan or inf in it: was something divided by zero, is a logarithm "
            "of 0 in it, is a value missing, or is it a mean of no rows?"
        )
    if near(np.abs(given), np.abs(wanted)) and not near(given, wanted):
        yield f"The size is right, {'a' if wanted.ndim else 'the'} sign is not."
    if not question.exact:
        yield from _measures(given, wanted, question, near)


def nearly(given, wanted, question):
    """Say in what way the numbers are nearly right, without naming a step.

    Parameters
    ----------
    given, wanted : ndarray of float
        Of one shape.
    question : Question

    Yields
    ------
    str
    """
    near = partial(agree, digits=strictness(question.precision))
    right = close(given, wanted, question.precision, question.within)
    near_all = np.allclose(given, wanted, rtol=NEARBY, atol=0)
    if near_all and not (question.counts or right.any()):
        yield CLOSE
    yield from _common(given, wanted, question, near)


def strictness(precision):
    """Digits to which a slip is recognised: squares and roots of rounded numbers.

    Parameters
    ----------
    precision : int

    Returns
    -------
    int
    """
    return max(min(precision, 3), precision - 1)


def _measures(given, wanted, question, near):
    """Numbers that measure the same thing differently."""
    kind = question.kind
    if kind in SHARES and (near(given * 100, wanted) or near(given / 100, wanted)):
        yield "The digits are right, the size is not: a share, or a percentage?"
    if question.unit and _shifted(given, wanted, near, (-6, -3, 3, 6)):
        unit = question.unit
        yield f"The digits are right, the unit is not: the answer is in {unit}."
    if _shifted(given, wanted, near, (-6, -3, -2, -1, 1, 2, 3, 6)):
        yield "The digits are right, the decimal point is in the wrong place."
    if kind in SPREADS and near(given, wanted**2):
        yield f"That is the square: a variance, where a {kind} is asked for."
    if kind == "variance" and near(given**2, wanted):
        yield "That is the root: a standard deviation, where a variance is asked for."
    if kind in LIKELIHOODS and (near(given, -2 * wanted) or near(-2 * given, wanted)):
        yield "That is off by the factor −2: a log-likelihood, or a deviance?"
    if kind in SHARES and near(1 - given, wanted):
        yield "That and the answer add up to one: is the other part asked for?"


def _shifted(given, wanted, near, powers):
    """Whether a power of ten is all that is wrong."""
    return any(near(given * 10.0**power, wanted) for power in powers)


def _common(given, wanted, question, near):
    """One thing that is wrong with all of several numbers."""
    if not wanted.ndim or len(wanted) < 2:
        return
    off = given - wanted
    if np.any(off) and near(given - off[0], wanted):
        if question.exact and np.all(np.abs(off[0]) <= 1):
            yield "All are off by the same amount: does the count start at 0, or at 1?"
        what = "All" if wanted.ndim == 1 else "All rows"
        yield f"{what} are off by the same amount: what was added, or left out?"
    largest = np.unravel_index(np.argmax(np.abs(wanted)), wanted.shape)
    if given[largest] and near(given * (wanted[largest] / given[largest]), wanted):
        yield "All are off by the same factor: which number was forgotten, or too many?"


def asked_for(wanted, question):
    """Describe the kind of number that is asked for: unit, sign and size.

    Parameters
    ----------
    wanted : ndarray of float
    question : Question

    Returns
    -------
    str
        A sentence that does not tell the number.
    """
    many, kind = bool(wanted.ndim), question.kind
    article = "an" if kind[0] in "aeiou" else "a"
    noun = f"are {plural(kind)}" if many else f"is {article} {kind}"
    unit = f" in {question.unit}" if question.unit else ""
    return f"Asked for {noun}{unit}, {_size(wanted)}."


def plural(kind):
    """Return the plural of a kind of number, whose first noun takes it.

    Parameters
    ----------
    kind : str

    Returns
    -------
    str

    Examples
    --------
    >>> plural("probability"), plural("number of rows")
    ('probabilities', 'numbers of rows')
    """
    first, of, rest = kind.partition(" of ")
    many = f"{first[:-1]}ies" if first.endswith("ty") else f"{first}s"
    return f"{many}{of}{rest}"


def _size(wanted):
    """Where numbers lie, to the power of ten."""
    most = np.abs(wanted).max()
    power = 10 ** max(int(np.floor(np.log10(most))), 0) if most else 1
    low, high = (f"{power:g}", f"{10 * power:g}") if most >= 1 else ("0", "1")
    if not wanted.ndim:
        ends = (
            (low, high) if wanted >= 0 else (f"−{high}", f"−{low}".replace("−0", "0"))
        )
        return f"between {ends[0]} and {ends[1]}"
    sign = "all above 0" if wanted.min() > 0 else "all below 0"
    if wanted.min() <= 0 <= wanted.max():
        sign = "not all above 0"
    return f"{sign}, and the largest in size between {low} and {high}"
