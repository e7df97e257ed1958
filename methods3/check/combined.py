"""Numbers that two of the parts of an answer make.

What is said is true of the number, whatever led there: which two it is made of.  What
else two numbers may make is not tried: a third of what that explained had come about in
another way.
"""

from itertools import combinations

import numpy as np

from methods3.check.places import copied


def combined(given, wanted, question):
    """Say which two parts of its answer a wrong number is made of.

    Parameters
    ----------
    given, wanted : ndarray of float
        Of one shape.
    question : Question
        With a route, whose parts are tried.

    Yields
    ------
    str

    Examples
    --------
    >>> from methods3.check.questions import Question
    >>> from methods3.check.routes import Part, Route
    >>> parts = {"start": Part(250.0, "the start"), "day": Part(9.0, "the day")}
    >>> way = Route(lambda start, day: start + 10 * day, parts)
    >>> question = Question(lambda: 340.0, route=way)
    >>> next(combined(np.array(2250.0), np.array(340.0), question))
    'That is the start times the day.'
    """
    if given.ndim or not np.isfinite(given):
        return
    numbers = [
        (part.words, float(part.value))
        for part in question.route.parts.values()
        if part.words and part.value not in (0, 1)
    ]
    found = [
        words
        for one, two in combinations(numbers, 2)
        for words, number in _pairs(*one, *two)
        if copied(given[()], number)
    ]
    if len(found) == 1:
        yield f"That is {found[0]}."


def _pairs(one, a, two, b):
    """What two numbers make, and how that is said."""
    yield f"{one} times {two}", a * b
    yield f"{one} over {two}", a / b
    yield f"{two} over {one}", b / a
    yield f"the sum of {one} and {two}", a + b
    yield f"{one} minus {two}", a - b
    yield f"{two} minus {one}", b - a
    yield f"the mean of {one} and {two}", (a + b) / 2
