"""Numbers that two of a question's numbers make, and factors that are too many.

What is said is true of the number, whatever led there: which two numbers it is made of,
or by which of them it is off.
"""

from itertools import combinations

import numpy as np

from methods3.check.compare import agree, read


def combined(given, wanted, question):
    """Say which two numbers a wrong one is made of, or by which it is off.

    Parameters
    ----------
    given, wanted : ndarray of float
        Of one shape.
    question : Question
        With a route, whose parts and numbers between are tried.

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
    if given.ndim or not wanted.all() or not np.isfinite(given):
        return
    numbers = _numbers(question.route)

    def same(number):
        return bool(np.isfinite(number)) and agree(
            given, np.asarray(number), question.precision
        )

    for (one, a), (two, b) in combinations(numbers.items(), 2):
        for words, number in _pairs(one, a, two, b):
            if same(number):
                yield f"That is {words}."
    for words, number in _multiples(numbers):
        if same(wanted * number) or same(wanted / number):
            yield f"It is off by a factor, {words}: is it missing, or too many?"
    for words, number in numbers.items():
        if same(wanted + number) or same(wanted - number):
            yield f"It is off by {words}: was that added, or left out?"


def _numbers(route):
    """Numbers of a route by what they are, but for 0 and 1."""
    numbers = {part.words: part.value for part in route.parts.values() if part.words}
    numbers |= route.between(**route.values)
    read_numbers = {words: read(number) for words, number in numbers.items()}
    return {
        words: float(number)
        for words, number in read_numbers.items()
        if not number.ndim and number not in (0, 1)
    }


def _pairs(one, a, two, b):
    """What two numbers make, and how that is said."""
    yield f"{one} times {two}", a * b
    yield f"{one} over {two}", a / b
    yield f"{two} over {one}", b / a
    yield f"the sum of {one} and {two}", a + b
    yield f"{one} minus {two}", a - b
    yield f"{two} minus {one}", b - a
    yield f"the mean of {one} and {two}", (a + b) / 2


def _multiples(numbers):
    """Factors by which an answer may be off."""
    yield "2", 2.0
    yield "4", 4.0
    for words, number in numbers.items():
        yield words, abs(number)
        yield f"the square of {words}", number**2
        yield f"the root of {words}", np.sqrt(abs(number))
