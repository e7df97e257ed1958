"""The way to an answer, so that one wrong step on it can be told.

A route computes the answer from named parts.  Tried in turn are: each part left out, 1
in its place, its sign turned, its square, its root, one more and one less of what is
counted; two parts left out, squared, or swapped; and what else people take for it.  A
number that several such steps lead to has no cause that is certain.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from methods3.check.compare import agree, read
from methods3.check.places import copied


@dataclass(frozen=True)
class Part:
    """What an answer is computed from.

    Parameters
    ----------
    value : object
        A number, or what else `Route.compute` takes.
    words : str
        What a number is, as it stands after "without"; empty for what is chosen: a
        person, a formula.
    others : dict
        What people take for it, and how that is said: ``"for subject 308"``.
    """

    value: object
    words: str = ""
    others: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Route:
    """How an answer is computed.

    Parameters
    ----------
    compute : callable
        Takes the parts by name, and gives the answer.
    parts : dict of str to Part
    between : callable, optional
        Takes the parts as well, and gives numbers on the way, by what they are.
    """

    compute: Callable
    parts: dict[str, Part]
    between: Callable = field(default=lambda **_: {})

    @property
    def values(self):
        """The parts' values by name."""
        return {name: part.value for name, part in self.parts.items()}


def wrong_steps(given, wanted, question):
    """Say which one step of the way is wrong.

    Parameters
    ----------
    given, wanted : ndarray of float
        Of one shape.
    question : Question
        With a route.

    Yields
    ------
    str

    Examples
    --------
    >>> from methods3.check.questions import Question
    >>> parts = {"n": Part(10, "the days"), "slope": Part(1.5, "the slope")}
    >>> way = Route(lambda n, slope: 250 + n * slope, parts)
    >>> question = Question(lambda: 265.0, route=way)
    >>> next(wrong_steps(np.array(263.5), np.array(265.0), question))
    'That is what comes out with one less in place of the days.'
    """
    route = question.route

    def same(number):
        found = read(number, wanted)
        return (
            found is not None
            and found.shape == wanted.shape
            and bool(np.all(np.isfinite(found)))
            and agree(given, found, question.precision, question.within)
            and not agree(wanted, found, question.precision, question.within)
        )

    def stands(number):
        number = read(number)
        if number.ndim or given.ndim:
            return same(number)
        return same(number) or copied(given[()], number[()])

    named = [part for part in route.parts.values() if part.words]
    parts = [part.words for part in named if stands(part.value)]
    between = route.between(**route.values)
    steps = [words for words, number in between.items() if stands(number)]
    if parts:
        yield f"That is {_either(parts)}: a part of what the answer is made of."
    if steps:
        yield f"That is {_either(steps)}. It is not what is asked."
    tried = _tried(route, few=question.exact)
    found = dict.fromkeys(
        how for how, values in tried if same(_computed(route, values))
    )
    if len(found) == 1:  # of several, none is certain
        yield f"That is what comes out {_either(found)}."


def _either(words):
    """Several explanations, of which each may be the one."""
    return ", or ".join(words)


def _computed(route, values):
    """What comes out; None where that is no number."""
    try:
        return route.compute(**values)
    except (ArithmeticError, ValueError, np.linalg.LinAlgError):
        return None


def _tried(route, few):
    """How each wrong step is said, and the parts' values with it."""
    values = route.values
    numbers = {name: part for name, part in route.parts.items() if part.words}
    for name, part in route.parts.items():
        for other, how in part.others.items():
            yield how, values | {name: other}
    for name, part in numbers.items():
        for value, how in _instead(part, few):
            yield how, values | {name: value}
    if few:
        return
    for (name, one), (also, two) in combinations(numbers.items(), 2):
        yield (
            f"without {one.words} and without {two.words}",
            values | {name: 0.0, also: 0.0},
        )
        squared = {name: np.square(one.value), also: np.square(two.value)}
        yield f"with the squares of {one.words} and {two.words}", values | squared
        swapped = {name: float(two.value), also: float(one.value)}
        yield f"with {one.words} and {two.words} swapped", values | swapped


def _instead(part, few):
    """Values that may stand in place of a part's; of numbers that are counted, few."""
    value, words = np.float64(part.value), part.words
    yield np.float64(0), f"without {words}"
    if few:
        return
    yield np.float64(1), f"with 1 in place of {words}"
    yield -value, f"with the other sign before {words}"
    yield value**2, f"with the square of {words}"
    if value > 0:
        yield np.sqrt(value), f"with the root of {words}"
    if isinstance(part.value, int) and value > 1:
        yield value - 1, f"with one less in place of {words}"
        yield value + 1, f"with one more in place of {words}"
