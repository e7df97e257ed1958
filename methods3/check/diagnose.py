"""What is wrong with an answer, in the words of whoever gave it.

First what is wrong with this question (its mistakes), then the slips that are made with
any.  No message tells the answer.
"""

import warnings
from functools import partial

import numpy as np

from methods3.check.compare import agree, close, read, shortened

EMPTY = "There is no answer in it yet."
TURNED = "Rows and columns are swapped: transpose it."
CLOSE = (
    "Close, but another number: was something rounded on the way, n taken for n − 1, "
    "or ML for REML?"
)
# Share of a number by which these change it, if ten people or more took part.
NEARBY = 0.06


def diagnosis(question, answer):
    """Say what is wrong with an answer.

    Parameters
    ----------
    question : Question
    answer : object

    Returns
    -------
    str
        Empty if the answer is right.

    Examples
    --------
    >>> from methods3.check.questions import Mistake, Question
    >>> slope = Mistake(lambda: 10.467, "That is the slope.")
    >>> question = Question(lambda: 251.405, unit="ms", mistakes=(slope,))
    >>> diagnosis(question, 251.4)
    ''
    >>> diagnosis(question, 10.5)
    'That is the slope.'
    >>> diagnosis(question, 0.2514)
    'The digits are right, the unit is not: the answer is in ms.'
    """
    if answer is None or answer is ...:
        return EMPTY
    if question.judge is not None:
        return question.judge(answer)
    wanted = read(_computed(question.answer))
    given = read(answer, wanted)
    if given is not None and agree(given, wanted, question.precision, question.within):
        return ""
    with np.errstate(all="ignore"):
        return next(_causes(answer, given, wanted, question))


def _causes(answer, given, wanted, question):
    """Give what fits, the most particular first; something always does."""
    mistakes = [(read(_computed(m.answer)), m.message) for m in question.mistakes]
    as_good = partial(agree, within=question.within)
    yield from _same(answer, mistakes, as_good, question.precision)
    if not question.exact:
        if given is not None and shortened(given, wanted, question.digits):
            yield (
                "Right so far, but with too few digits: give "
                f"{question.digits} significant ones or more, rounded and not cut off."
            )
        yield from _same(answer, mistakes, shortened, question.digits)
    if given is None:
        yield _wrong_kind(answer, wanted)
    elif given.shape != wanted.shape:
        yield _wrong_shape(given, wanted, question.precision)
    else:
        yield from _wrong_places(given, wanted, question.precision)
        if wanted.dtype.kind == "f":
            yield from _wrong_numbers(given, wanted, question)
        yield _wrong(given, wanted, question)


def _same(answer, mistakes, same, digits):
    """Messages of the mistakes that the answer is the same as."""
    for wrong, message in mistakes:
        given = read(answer, wrong)
        if given is not None and same(given, wrong, digits):
            yield message


def _computed(answer):
    """What a question's function gives; its warnings are not for students."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return answer()


def _wrong_kind(answer, wanted):
    """Say what kind of answer is asked for."""
    if callable(answer):
        return "That is a function. To get what it gives, put () behind it."
    if wanted.dtype.kind == "b":
        return "The answer is True or False, without quotes."
    if wanted.dtype.kind == "U":
        return "The answer is text: put it in quotes."
    asked = "Give numbers, in a list or an array" if wanted.ndim else "Give a number"
    given = read(answer)
    if given is not None and given.dtype.kind == "U":
        return f"That is text. {asked}, without quotes and without a unit."
    return f"Your answer is of type `{type(answer).__name__}`. {asked}."


def _wrong_shape(given, wanted, digits):
    """Say what is wrong with the shape; the right one only if all else is right."""
    if agree(given.T, wanted, digits):
        return TURNED
    if given.size == wanted.size and agree(given.ravel(), wanted.ravel(), digits):
        shapes = f"yours is {given.shape}, and {wanted.shape} is asked for"
        return f"The values are right, their shape is not: {shapes}."
    if not given.size:
        return EMPTY
    if not wanted.ndim:
        return f"One value is asked for, and your answer has {given.size}."
    if not given.ndim:
        return "More than one value is asked for, and your answer has one."
    if given.ndim == wanted.ndim == 1:
        long = "long" if given.size > wanted.size else "short"
        return f"Your answer is too {long}: its length is {given.size}."
    return f"Your answer has the shape {given.shape}: what are its rows and columns?"


def _wrong_places(given, wanted, digits):
    """Right values in the wrong places."""
    if agree(given.T, wanted, digits):
        yield TURNED
    if agree(np.sort(given, axis=None), np.sort(wanted, axis=None), digits):
        yield "The values are right, their order is not."


def _wrong_numbers(given, wanted, question):
    """Numbers that are right but for one thing."""
    near = partial(agree, digits=max(question.precision - 1, 2))
    if not np.all(np.isfinite(given)):
        yield "There is nan or inf in it: was something divided by zero?"
    if near(given, wanted):
        yield CLOSE
    if near(np.abs(given), np.abs(wanted)):
        yield f"The size is right, {'a' if wanted.ndim else 'the'} sign is not."
    if not question.exact:
        yield from _wrong_measure(given, wanted, question.unit, near)
    if wanted.ndim and len(wanted) > 1 and near(given - given[0] + wanted[0], wanted):
        if question.exact:
            yield "All are off by the same amount: does the count start at 0, or at 1?"
        if wanted.ndim == 1:
            yield "All are off by the same amount: is the intercept in, or left out?"
        yield "All rows are off by the same: are the fixed effects in, or left out?"


def _wrong_measure(given, wanted, unit, near):
    """Numbers that measure the same thing differently."""
    if any(near(given * 10.0**power, wanted) for power in (-6, -3, 3, 6)):
        asked = f"the answer is in {unit}." if unit else "milliseconds and seconds?"
        yield f"The digits are right, the unit is not: {asked}"
    if near(given * 100, wanted) or near(given / 100, wanted):
        yield "The digits are right, the size is not: a share, or a percentage?"
    if near(given, wanted**2):
        yield "That is the square: a variance, where a standard deviation is asked for?"
    if near(given**2, wanted):
        yield "That is the root: a standard deviation, where a variance is asked for?"
    if near(given, -2 * wanted) or near(-2 * given, wanted):
        yield "That is off by the factor −2: a log-likelihood, or a deviance?"
    if near(1 - given, wanted):
        yield "That and the answer add up to one: is the other part asked for?"
    if np.allclose(given, wanted, rtol=NEARBY, atol=0):
        yield CLOSE
    largest = np.argmax(np.abs(wanted))
    if wanted.size > 1 and near(given * (wanted / given).flat[largest], wanted):
        yield "All are off by the same factor: is it the residual standard deviation?"


def _wrong(given, wanted, question):
    """What can be said where nothing is recognised."""
    found = close(given, wanted, question.precision, question.within)
    right = np.count_nonzero(found)
    if right:
        return f"{right} of {wanted.size} are right."
    if wanted.dtype.kind == "b":
        return "It is the other way round. Can you say why?"
    if wanted.dtype.kind == "U":
        return "That is another one. What does the lecture say about it?"
    return "That is another number. Which step are you least sure of? Try it alone."
