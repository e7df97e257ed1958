"""What is wrong with an answer, in the words of whoever gave it.

First what is wrong with this question (its mistakes, and steps on its way), then the
slips that are made with any, then where in a print-out the number stands.  No message
tells the answer.
"""

import re
import warnings
from functools import cache, partial
from numbers import Number

import numpy as np

from methods3.check.combined import combined
from methods3.check.compare import agree, close, read, shortened
from methods3.check.fits import by_ml
from methods3.check.places import misread
from methods3.check.questions import ALL
from methods3.check.routes import wrong_steps
from methods3.check.scales import rescaled
from methods3.check.slips import asked_for, disguised, nearly

EMPTY = "There is no answer in it yet."
COMMA = (
    "All are whole numbers, and twice as many as are asked for: write decimals with a "
    "point, as a comma makes two numbers of one."
)
ML = (
    "That is what comes out by ML (`reml=False`). Asked is a fit by REML, which is the "
    "default."
)
OTHER_SIGN = "And the sign is another one."
TURNED = "Rows and columns are swapped: transpose it."


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
    wanted = _known(question.answer)
    answer = _arranged(answer, wanted, question.unordered)
    given = read(answer, wanted)
    if given is not None and agree(given, wanted, question.precision, question.within):
        return ""
    with np.errstate(all="ignore"):
        return next(_causes(answer, given, wanted, question))


def _arranged(answer, wanted, unordered):
    """A list as it is asked for, where it is written in another way or order."""
    if wanted.dtype.kind == "U" and wanted.ndim:
        if isinstance(answer, dict):
            answer = [*answer.values()]
        if isinstance(answer, str) and re.search("[,;]", answer):
            answer = [word.strip("[]()'\" ") for word in re.split("[,;]", answer)]
    if not unordered:
        return answer
    listed = read([*answer] if isinstance(answer, set) else answer, wanted)
    return answer if listed is None else np.sort(listed, axis=None)


def _causes(answer, given, wanted, question):
    """Give what fits, the most particular first; something always does."""
    mistakes = [(_known(m.answer), m.message) for m in question.mistakes]
    as_good = partial(agree, within=question.within)
    yield from _same(answer, mistakes, as_good, question.precision)
    if not question.exact:
        yield from _short(answer, given, wanted, mistakes, question)
    if given is None:
        yield _wrong_kind(answer, wanted)
    elif given.shape != wanted.shape:
        yield _wrong_shape(given, wanted, question.precision)
    else:
        yield from _wrong_places(given, wanted, question.precision)
        if wanted.dtype.kind == "f":
            yield from disguised(given, wanted, question)
            yield from _unlisted(given, wanted, question)
            for said in _same(-given, mistakes, as_good, question.precision):
                yield f"{said} {OTHER_SIGN}"
        yield _wrong(given, wanted, question)


def _same(answer, mistakes, same, digits):
    """Messages of the mistakes that the answer is the same as."""
    for wrong, message in mistakes:
        given = read(answer, wrong)
        if given is not None and same(given, wrong, digits):
            yield message


def _short(answer, given, wanted, mistakes, question):
    """What too few digits could stand for, if that is one thing."""
    digits = question.digits
    enough = f"give {digits} significant ones or more, rounded and not cut off."
    right = given is not None and shortened(given, wanted, digits)
    wrong = dict.fromkeys(_same(answer, mistakes, shortened, digits))
    if not right and question.follows is not None and _one_digit(given):
        wrong = {}  # what follows from it is certain
    if right and not wrong:
        yield f"Right so far, but with too few digits: {enough}"
    if right + len(wrong) > 1:
        yield f"With so few digits it could be more than one number: {enough}"
    yield from wrong


def _one_digit(given):
    """Whether it is a number such as 0.5, which may stand for anything near it."""
    if given is None or given.ndim or given.dtype.kind != "f":
        return False
    return bool(abs(given) < 1 and float(f"{given:.0e}") == given)


@cache
def _known(answer):
    """What a question's function gives, read as an answer; computed once."""
    return read(_computed(answer))


def _computed(answer):
    """What a question's function gives; its warnings are not for students."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return answer()


def _wrong_kind(answer, wanted):
    """Say what kind of answer is asked for."""
    if callable(answer):
        return "That is a function. To get what it gives, put () behind it."
    if hasattr(answer, "design"):
        return "That is a whole model. Take out of it what is asked for."
    if isinstance(answer, str | list | tuple | dict) and not answer:
        return EMPTY
    if wanted.dtype.kind == "b":
        return "The answer is True or False, without quotes."
    if wanted.dtype.kind == "U":
        if wanted.ndim:
            return "The answer is a list of words: put each in quotes."
        return "The answer is text: put it in quotes."
    asked = "Give numbers, in a list or an array" if wanted.ndim else "Give a number"
    if not isinstance(answer, str | list | tuple | np.ndarray):
        return f"Your answer is of type `{type(answer).__name__}`. {asked}."
    given = read(answer)
    if given is not None and given.dtype.kind == "U":
        return f"That is text. {_without_quotes(given, asked)}"
    return _strange_part(answer, asked)


def _without_quotes(words, asked):
    """What to do about text where numbers are asked for."""
    if any(re.search(r"\d,\d", word) for word in words.flat):
        return f"{asked}, without quotes, and with a decimal point instead of a comma."
    return f"{asked}, without quotes and without a unit."


def _strange_part(answer, asked):
    """Say what in a list is no number."""
    for part in answer if isinstance(answer, list | tuple) else ():
        if isinstance(part, list | tuple) or np.ndim(part):
            return "There is a list or a table in your list, where a number belongs."
        if not isinstance(part, Number | str):
            kind = type(part).__name__
            return f"There is a `{kind}` in your list, where a number belongs."
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
    doubled = given.ndim == 1 and given.size == 2 * wanted.size
    if digits < ALL and doubled and _whole(given):
        return COMMA
    if not wanted.ndim:
        return f"One value is asked for, and your answer has {given.size}."
    if not given.ndim:
        return "More than one value is asked for, and your answer has one."
    if given.ndim == wanted.ndim == 1:
        long = "long" if given.size > wanted.size else "short"
        return f"Your answer is too {long}: its length is {given.size}."
    return f"Your answer has the shape {given.shape}: what are its rows and columns?"


def _whole(given):
    """Whether all are whole numbers."""
    return given.dtype.kind == "f" and not np.any(given % 1)


def _wrong_places(given, wanted, digits):
    """Right values in the wrong places."""
    if agree(given.T, wanted, digits):
        yield TURNED
    if agree(np.sort(given, axis=None), np.sort(wanted, axis=None), digits):
        yield "The values are right, their order is not."


def _unlisted(given, wanted, question):
    """What a wrong number is, or what would follow from it, without a list."""
    with by_ml():
        fitted_so = read(_computed(question.answer), wanted)
    if agree(given, fitted_so, question.precision, question.within):
        yield ML
    if question.route is not None:
        yield from wrong_steps(given, wanted, question)
    yield from rescaled(given, wanted, question)
    yield from nearly(given, wanted, question)
    yield from misread(given, wanted, question)
    if question.route is not None and not question.exact:
        yield from combined(given, wanted, question)
    if question.follows is not None and np.all(np.isfinite(given)):
        said = question.follows(given[()])
        if said:
            yield said


def _wrong(given, wanted, question):
    """What can be said where nothing is recognised."""
    if question.unordered:
        found = np.isin(wanted, given)
    else:
        found = close(given, wanted, question.precision, question.within)
    right = np.count_nonzero(found)
    if right:
        return f"{right} of {wanted.size} are right."
    if wanted.dtype.kind == "b":
        return "It is the other way round. Can you say why?"
    if wanted.dtype.kind == "U":
        return "That is another one. What does the lecture say about it?"
    other = "another number"
    if question.kind.startswith("number of") and not wanted.ndim:
        other += f": too {'many' if given > wanted else 'few'}"
    return f"That is {other}. {asked_for(wanted, question)} {question.hint}"
