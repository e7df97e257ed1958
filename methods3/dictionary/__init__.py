"""A dictionary from R to Python that is executed: each row gives what it says.

``rows.toml`` holds the rows, and ``from_r.json`` what R answered, which
``tests/reference/dictionary.R`` writes.  Python's answers are computed when asked for.
The Python of R's names is from the table with which `mlm` answers who types them.
"""

import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files

import numpy as np
import pandas as pd

from methods3.dictionary.answers import answer_of, is_same, shown
from mlm.ground.errors import check_known
from mlm.ground.names import python_of

DATA = np.ndarray, pd.Series, pd.DataFrame


@cache
def _rows():
    rows = tomllib.loads(files(__name__).joinpath("rows.toml").read_text("utf-8"))
    return rows.pop("begin"), rows


@cache
def _from_r():
    return json.loads(files(__name__).joinpath("from_r.json").read_text("utf-8"))


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
        """What a table says above itself, and a screen reader of its region."""
        return f"{self.name}: R (answers of R {_from_r()['R']}) and Python"

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


def python_code(row):
    """Python of a row: where it has a name of R, its last line is from mlm's table.

    Parameters
    ----------
    row : dict
        Of ``rows.toml``; ``fit`` is what its code calls the fit, ``m`` if left out.

    Returns
    -------
    str

    Examples
    --------
    >>> python_code({"name": "AIC", "fit": "ml"})
    'ml.aic'
    """
    code = row.get("python", "")
    if "name" in row:
        code += "\n" + re.sub(r"\bfit\b", row.get("fit", "m"), python_of(row["name"]))
    return code.strip()


def _entry(row, recorded, session):
    python = python_code(row)
    answer = answer_of(python, session)
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
        python=python,
        answer=answer,
        same=is_same(answer, recorded["value"]),
        trap=row["trap"],
        wrong=row["wrong"].strip(),
        wrong_answer=wrong_answer,
    )


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
