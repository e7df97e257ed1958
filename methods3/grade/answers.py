"""Answers as text: plain data only, for what leaves the sandbox is not trusted.

Never pickle: whoever reads a pickle runs what its writer wants.
"""

import json

import numpy as np

from methods3.drawn import drawn_lines
from methods3.modelled import plain_design, with_design

# Characters of one answer: a design matrix of some hundred rows and columns still fits.
LONGEST = 2_000_000
LONGEST_WORD = 1000


def pack(value):
    """Turn an answer into what JSON can hold.

    Parameters
    ----------
    value : object
        A number, a truth, a word; or an array, a table, a list or a tuple of them.  Of
        a picture, its lines; of a fit, its design.

    Returns
    -------
    list
        A kind, and what it takes to make one again; ``["other", type]`` for the rest.

    Examples
    --------
    >>> pack(np.float64(25.5)), pack((1, "a")), pack(object)
    (['plain', 25.5], ['list', [['plain', 1], ['plain', 'a']]], ['other', 'type'])
    """
    if hasattr(value, "toarray"):  # sparse
        value = value.toarray()
    lines = drawn_lines(value)
    if lines is not None:
        value = lines
    if hasattr(value, "__array__") and not isinstance(value, np.generic):
        value = np.asarray(value)  # tables, of pandas or not
        return ["array", [list(value.shape), value.ravel().tolist()]]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return ["plain", value]
    if isinstance(value, list | tuple | range):
        return ["list", [pack(element) for element in value]]
    design = plain_design(value)
    return ["other", type(value).__name__] if design is None else ["model", design]


def record(name, value):
    """Line of text that says which question was answered, and with what.

    The answer is text within it: whoever only passes it on makes nothing of it.
    """
    kind = type(value).__name__
    try:
        packed = json.dumps(pack(value))
    except Exception:  # in itself, too deep, or with a method that fails
        packed = json.dumps(["other", kind])
    if len(packed) > LONGEST:
        packed = json.dumps(["other", f"{kind} of this size"])
    return json.dumps(["answer", str(name)[:99], packed])


def unpack(packed):
    """Make an answer again.

    Parameters
    ----------
    packed : str
        As `record` puts it into a line, or anything else.

    Returns
    -------
    object

    Raises
    ------
    ValueError
        If it is nothing that `pack` makes, or was no plain data; says so.
    """
    try:
        return _made(json.loads(packed))
    except (KeyError, TypeError, RecursionError, OverflowError, json.JSONDecodeError):
        raise ValueError("the answer cannot be read") from None


def _made(packed):
    kind, content = packed
    if kind == "array":
        shape, values = content
        return np.array([_short(value) for value in values]).reshape(shape)
    if kind == "list":
        return [_made(element) for element in content]
    if kind == "model":
        return with_design(content)
    if kind == "plain" and not isinstance(content, list | dict):
        return _short(content)
    raise ValueError(f"an answer of the type {content!s:.50} cannot be graded")


def _short(value):
    """The value itself; an array gives each of its words the room of the longest."""
    if isinstance(value, str) and len(value) > LONGEST_WORD:
        raise ValueError(f"a word of {len(value)} characters cannot be graded")
    return value
