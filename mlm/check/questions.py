"""Questions of the exercises: the answer, and the wrong answers that students give."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that students give, and what to say to it.

    Parameters
    ----------
    answer : callable
        Gives the wrong answer, computed when it is needed.
    message : str
        What went wrong, in the student's terms, and where to look.
    """

    answer: Callable
    message: str


@dataclass(frozen=True)
class Question:
    """The answer to a question of the exercises, and how it is compared.

    Parameters
    ----------
    answer : callable
        Gives the answer: a number, a string, a bool, a sequence, an array, a table.
    unit : str
        Of the answer, such as ``"ms"``; nothing if it has none.
    digits : int
        Significant digits wanted.
    exact : bool
        Whether every digit counts, as in counts and shapes.
    mistakes : sequence of Mistake
    """

    answer: Callable
    unit: str = ""
    digits: int = 4
    exact: bool = False
    mistakes: tuple[Mistake, ...] = ()


def diagnosis(question, answer):
    """Say what is wrong with an answer; nothing if it is right."""
    if same(question, answer, question.answer()):
        return ""
    for mistake in question.mistakes:
        if same(question, answer, mistake.answer()):
            return mistake.message
    return "Not yet."


def same(question, answer, wanted):
    """Whether two answers agree, to the digits that are wanted."""
    if isinstance(wanted, str):
        return answer == wanted
    try:
        given, wanted = np.asarray(answer, float), np.asarray(wanted, float)
    except (TypeError, ValueError):
        return np.array_equal(answer, wanted)
    error = 0 if question.exact else 0.51 * 10.0 ** (1 - question.digits)
    return given.shape == wanted.shape and np.allclose(given, wanted, error, 1e-12)
