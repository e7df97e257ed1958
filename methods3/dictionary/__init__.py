"""A dictionary from R to Python that is executed: each row gives what it says.

``rows.toml`` holds the rows, and ``from_r.json`` what R answered, which
``tests/reference/dictionary.R`` writes.  Python's answers are computed when asked for.
"""

import ast
import contextlib
import io
import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files

import numpy as np
import pandas as pd

from mlm.ground.errors import check_known
from mlm.ground.text import r_format

RELATIVE = 1e-6  # how far two equal numbers may differ
WIDTH = 40  # letters in a line of an answer
LARGEST = 40  # numbers of an answer that is shown whole
DATA = np.ndarray, pd.Series, pd.DataFrame


@cache
def _rows():
    rows = tomllib.loads(files(__name__).joinpath("rows.toml").read_text("utf-8"))
    return rows.pop("begin"), rows


@cache
def _from_r():
    return json.loads(files(__name__).joinpath("from_r.json").read_text("utf-8"))


class Printed(str):
    """What code printed: it is shown without quotation marks."""


@dataclass(frozen=True)
class Entry:
    """One row: code in both languages, both answers, and the trap."""

    R: str
    r_answer: str
    python: str
    answer: object
    same: bool
    trap: str
    wrong: str  # a translation that gives another answer
    wrong_answer: object


@dataclass(frozen=True)
class Theme:
    """The rows of a theme; shows itself as a table."""

    name: str
    entries: tuple

    @property
    def caption(self):
        """What a table says above itself: how many answers agree."""
        same = sum(entry.same for entry in self.entries)
        count = len(self.entries)
        return f"{self.name}: {same} of {count} answers are those of R {_from_r()['R']}"

    def __repr__(self):
        lines = [self.caption]
        for entry in self.entries:
            lines += ["", *_indented(entry.R, "R       ")]
            lines += _indented(entry.r_answer)
            lines += _indented(entry.python, "Python  ")
            lines += _indented(shown(entry.answer))
            lines += [f"Trap    {entry.trap}"]
            lines += _indented(entry.wrong, "Wrong   ")
            lines += _indented(shown(entry.wrong_answer))
        return "\n".join(lines)

    def _repr_html_(self):
        rows = "\n".join(map(_html_rows, self.entries))
        # It scrolls by itself where it is too wide, and by keyboard too.
        return (
            '<div class="mlm-dictionary" style="overflow-x: auto" tabindex="0" '
            f'role="region" aria-label="{escape(self.caption)}">\n'
            f'<table class="mlm-table">\n<caption>{escape(self.caption)}</caption>\n'
            '<thead><tr><th scope="col">R</th><th scope="col">Python</th></tr>'
            f"</thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>"
        )


def dictionary(theme):
    """Run the Python of one theme, and put it beside what R gave.

    Parameters
    ----------
    theme : str
        One of `themes`.

    Returns
    -------
    Theme
        Its entries, in order; a notebook shows them as a table.

    Raises
    ------
    DataError
        If there is no such theme.

    Examples
    --------
    >>> second = dictionary("vectors").entries[1]
    >>> second.R, second.python, int(second.answer), int(second.wrong_answer)
    ('x[2]', 'x[1]', 20, 30)
    """
    begin, rows = _rows()
    check_known("theme", theme, rows)
    session = {}
    answer_of(begin, session)
    recorded = _from_r()["rows"][theme]
    pairs = zip(rows[theme], recorded, strict=True)
    return Theme(theme, tuple(_entry(row, r, session) for row, r in pairs))


def themes():
    """Names of the themes, in order.

    Returns
    -------
    list of str

    Examples
    --------
    >>> themes()[:2]
    ['vectors', 'numbers and text']
    """
    return list(_rows()[1])


def _entry(row, recorded, session):
    answer = answer_of(row["python"], session)
    # A mistake must not spoil what comes after it.
    spoilt = {k: v.copy() if isinstance(v, DATA) else v for k, v in session.items()}
    try:
        wrong_answer = answer_of(row["wrong"], spoilt)
    except Exception as error:
        wrong_answer = error
    return Entry(
        # A line each, as Python has it; braces stay together.
        R=re.sub(r"; (?![^{]*\})", "\n", row["R"]),
        r_answer="\n".join(filter(None, map(str.rstrip, recorded["printed"]))),
        python=row["python"].strip(),
        answer=answer,
        same=is_same(answer, recorded["value"]),
        trap=row["trap"],
        wrong=row["wrong"].strip(),
        wrong_answer=wrong_answer,
    )


def answer_of(code, session):
    """Run code in a session; give the value of its last line, or what it printed.

    Parameters
    ----------
    code : str
        Python.
    session : dict
        Names and values; it is changed.

    Returns
    -------
    object
        None if the last line is no expression.

    Examples
    --------
    >>> answer_of("y = 2; y + 1", {}), answer_of("print(2 + 2)", {})
    (3, '4')
    """
    *lines, last = ast.parse(code).body
    if not isinstance(last, ast.Expr):
        exec(code, session)
        return None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(lines, []), "<row>", "exec"), session)
        value = eval(compile(ast.Expression(last.value), "<row>", "eval"), session)
    return Printed(printed.getvalue().rstrip("\n")) if value is None else value


def is_same(answer, recorded):
    """Whether Python's answer is the one recorded of R.

    Parameters
    ----------
    answer : object
        A number, text, sequence, array, Series or DataFrame.
    recorded : dict
        R's ``shape``, ``names`` (of the elements, or of the columns) and ``values``,
        row by row; missing ones are None.

    Returns
    -------
    bool
        Numbers to a relative 1e-6, all else exactly.  Names count where both have some.

    Examples
    --------
    >>> one = {"shape": [1], "names": None, "values": [2.5]}
    >>> is_same(2.5, one), is_same(2.6, one), is_same([2.5, 2.5], one)
    (True, False, False)
    """
    if isinstance(answer, Exception):
        return False
    labels = getattr(answer, "columns", getattr(answer, "index", None))
    named = recorded["names"] and isinstance(labels, pd.Index)
    if named and list(map(str, labels)) != recorded["names"]:
        return False
    values = np.atleast_1d(np.asarray(answer, dtype=object))
    if list(values.shape) != recorded["shape"]:
        return False
    return all(map(_equal, values.ravel(), recorded["values"]))


def _equal(one, other):
    if pd.isna(one) or other is None:
        return bool(pd.isna(one)) and other is None
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return bool(np.isclose(float(one), float(other), rtol=RELATIVE, atol=1e-12))


def shown(answer):
    """Text of an answer, with numbers of seven digits as R has them.

    Parameters
    ----------
    answer : object
        What `answer_of` gave, or the error that it ended in.

    Returns
    -------
    str

    Examples
    --------
    >>> print(shown(2 / 3), shown(np.array([0.1, 2 / 3])), shown("a"))
    0.6666667 [0.1000000 0.6666667] 'a'
    """
    if isinstance(answer, Exception):
        return type(answer).__name__
    if np.size(answer) > LARGEST:
        return f"shape {np.shape(answer)}"
    if isinstance(answer, pd.DataFrame):
        return answer.to_string()
    if isinstance(answer, pd.Series):
        return pd.Series(_texts(answer), map(str, answer.index)).to_string()
    if isinstance(answer, Printed):
        return str(answer)
    if np.ndim(answer) == 0:
        return repr(answer) if isinstance(answer, str) else _texts([answer])[0]
    cells = np.reshape(_texts(np.ravel(answer)), np.shape(answer))
    return np.array2string(cells, WIDTH, formatter={"all": str})


def _texts(values):
    """Numbers aligned as R aligns them, all else as Python writes it."""
    array = np.asarray(values)
    if array.dtype.kind == "f":
        return r_format(array, 7)
    return [repr(v) if isinstance(v, str) else str(v) for v in array.tolist()]


def _indented(text, start=" " * 8):
    """Lines of a text, all as far to the right as its first one starts."""
    lines = text.splitlines()
    return [start + lines[0], *(" " * len(start) + line for line in lines[1:])]


def _html_rows(entry):
    """Two rows: what both give, and under it the trap."""
    trap = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(entry.trap))
    trap = re.sub(r"\*([^*<]+)\*", r"<em>\1</em>", trap)
    r = _html_code(entry.R, entry.r_answer)
    python = _html_code(entry.python, shown(entry.answer))
    wrong = _html_code(entry.wrong, shown(entry.wrong_answer))
    return (
        f'<tr><th scope="row">{r}</th><td>{python}</td></tr>\n'
        f'<tr><td colspan="2"><div class="trap"><strong>Trap.</strong> {trap}\n'
        f"{wrong}</div></td></tr>"
    )


def _html_code(code, answer):
    return (
        f'<pre class="code"><code>{escape(code)}</code></pre>'
        f'<pre class="answer"><samp>{escape(answer)}</samp></pre>'
    )
