"""Is my answer right?  If it is not: what is wrong, in words, and never the answer.

    from methods3.check import check, progress

    check("2.4a", fit.sigma)
    progress("2.4")

Answers are computed when they are asked for, from the data that come with mlm: nothing
is sent or stored, and a restarted kernel starts anew.
"""

import re
from difflib import get_close_matches
from html import escape
from string import ascii_lowercase

from methods3.check.course import QUESTIONS
from methods3.check.diagnose import diagnosis
from mlm.ground.errors import DataError
from mlm.ground.text import html_table, text_table

__all__ = ["check", "progress"]

# By question: whether each try was right, up to the first that was.
_tries = {}


def check(name, answer):
    """Say whether an answer is right, and if not, what is wrong with it.

    Parameters
    ----------
    name : str
        Of the question, such as ``"2.4a"``.
    answer : object
        A number, a string, a bool, or a list, an array or a table of one of these.
        Numbers in full, or rounded to the digits that are asked for.

    Returns
    -------
    Verdict
        Shown when it is the last line of a cell.

    Raises
    ------
    DataError
        If there is no question of this name.

    Examples
    --------
    >>> check("1.3b", None)
    1.3b: not yet. There is no answer in it yet.
    """
    if not isinstance(name, str):
        raise DataError('the name of the question comes first: check("2.4a", answer).')
    if name not in QUESTIONS:
        near = get_close_matches(name, QUESTIONS, n=4, cutoff=0)
        told = ", ".join(map(repr, near))
        raise DataError(f"no question {name!r}; near it are {told}.")
    verdict = Verdict(name, diagnosis(QUESTIONS[name], answer))
    tries = _tries.setdefault(name, [])
    if True not in tries:
        tries.append(verdict.right)
    return verdict


def progress(lecture):
    """Show how far you are with the questions of a lecture, since the kernel started.

    Parameters
    ----------
    lecture : str
        Its number, such as ``"2.4"``, or of a part of an assignment, ``"A1.2"``.

    Returns
    -------
    Progress
        A table when it is the last line of a cell: the tries are counted up to the
        first right one.

    Raises
    ------
    DataError
        If there are no questions on this lecture.

    Examples
    --------
    >>> progress("1.3")  # doctest: +ELLIPSIS
    Exercises 1.3: 0 of ... right
    Question State     Tries
    1.3a     not tried     0
    ...
    """
    names = [name for name in QUESTIONS if _lecture(name) == lecture]
    if not names:
        known = ", ".join(dict.fromkeys(map(repr, map(_lecture, QUESTIONS))))
        raise DataError(f"no questions on lecture {lecture!r}; there are: {known}.")
    return Progress(lecture, {name: tuple(_tries.get(name, ())) for name in names})


def _lecture(name):
    """What a question belongs to: ``2.10`` of ``2.10b``, and ``A1.2`` of ``A1.2f``."""
    return name.rstrip(ascii_lowercase)


class Verdict:
    """What is said about one answer; `right` is whether it is right."""

    def __init__(self, name, problem):
        self.right = not problem
        self._head = f"{name}: {'not yet' if problem else 'right'}."
        self._problem = problem

    def __repr__(self):
        return f"{self._head} {self._problem}".rstrip()

    def _repr_html_(self):
        problem = re.sub("`([^`]*)`", r"<code>\1</code>", escape(self._problem))
        return f"<p><strong>{escape(self._head)}</strong> {problem}</p>"


class Progress:
    """A table of questions: right, not yet, or not tried, and the number of tries."""

    def __init__(self, lecture, tries):
        self._header = ["Question", "State", "Tries"]
        self._rows = [
            [name, _state(tried), str(len(tried))] for name, tried in tries.items()
        ]
        right = sum(True in tried for tried in tries.values())
        self._caption = f"Exercises {lecture}: {right} of {len(tries)} right"

    def __repr__(self):
        table = text_table(self._header, self._rows, "<<>")
        return f"{self._caption}\n{table}"

    def _repr_html_(self):
        return html_table(self._caption, self._header, self._rows)


def _state(tried):
    """How far a question is, in words."""
    if not tried:
        return "not tried"
    return "right" if True in tried else "not yet"
