"""Answers of Python: how they are computed, compared with R's, and shown."""

import ast
import contextlib
import io

import numpy as np
import pandas as pd

from mlm.ground.text import r_format

RELATIVE = 1e-6  # how far two equal numbers may differ
WIDTH = 40  # letters in a line of an answer
LARGEST = 40  # numbers of an answer that is shown whole


class Printed(str):
    """What code printed: it is shown without quotation marks."""


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
