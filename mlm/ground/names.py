"""Names that R and other libraries have, and what to write here: one table answers.

`names.toml` is the table; tests run its code, and the course shows it.  Who misses a
name asks here: an attribute of a fit, one of mlm, an argument of a call.
"""

import inspect
import re
import sys
import tomllib
from difflib import get_close_matches
from functools import cache, partial, wraps
from importlib.resources import files
from importlib.util import find_spec

from mlm.ground.errors import CallError, UnknownNameError

# What R calls, and is read here.
PLAIN = ", without parentheses"


@cache
def table():
    """Read the table.

    Returns
    -------
    dict
        ``names``, ``results`` and ``arguments``, lists of rows, and ``formula``, hints
        by word.
    """
    return tomllib.loads(files(__package__).joinpath("names.toml").read_text("utf-8"))


def python_of(name):
    """Find the Python of a name that R has.

    Parameters
    ----------
    name : str
        Such as ``"VarCorr"``.

    Returns
    -------
    str
        Code about ``fit``, ``formula``, ``data``.

    Raises
    ------
    KeyError
        The table does not have it.
    """
    for row in table()["names"]:
        if name in row["typed"]:
            return row["python"]
    raise KeyError(name)


def not_public(module, name, public):
    """Make the error for a name that mlm does not have.

    Parameters
    ----------
    module : str
        ``"mlm"``.
    name : str
    public : list of str
        Its public names.

    Returns
    -------
    UnknownNameError or ImportError
        The latter for ``from mlm import name``: Python would drop the words of others.
    """
    if name.startswith("_"):  # Python asks for these by itself
        return UnknownNameError(f"module {module!r} has no attribute {name!r}")
    imported = sys._getframe(2).f_code.co_name == "_handle_fromlist"
    if name.isidentifier() and find_spec(f"{module}.{name}"):
        words = f"{name} is a module of its own: write from {module} import {name}."
        return UnknownNameError(words)  # with which an import goes on, and finds it
    answer = _answer_of(name, _rows(name), public, f"{module}.{{}}".format)
    words = f"{module} has no {name!r}{answer}"
    return ImportError(words, name=module) if imported else UnknownNameError(words)


def no_attribute(fit, name, base):
    """Make the error for an attribute that a fit does not have.

    Parameters
    ----------
    fit : object
    name : str
    base : type
        Of all fits.

    Returns
    -------
    UnknownNameError
    """
    kind = type(fit)
    if name.startswith("_"):
        return UnknownNameError(f"{kind.__name__!r} has no attribute {name!r}")
    asked = {row["python"]: _asked(row["python"]) for row in _rows(name)}
    public = [known for known in dir(fit) if not known.startswith("_")]
    there = [row for row in _rows(name) if asked[row["python"]] in (None, *public)]
    missed = next(filter(None, asked.values()), name)
    kinds = dict.fromkeys(_kinds(base))
    owners = [other.__name__ for other in kinds if _has(other, missed)]
    if owners and not there:
        what = "it" if missed == name else f"fit.{missed}"
        words = f": only {' and '.join(owners)} have {what}."
    else:
        words = _answer_of(name, there, public, partial(_written, kind))
    return UnknownNameError(f"{kind.__name__} has no {name!r}{words}")


def no_part(result, name, columns):
    """Make the error for a name that means or contrasts do not have.

    Parameters
    ----------
    result : object
        With a method `to_frame`.
    name : str
    columns : list of str
        Of its table.

    Returns
    -------
    UnknownNameError
    """
    kind = type(result).__name__
    if name.startswith("_"):
        return UnknownNameError(f"{kind!r} has no attribute {name!r}")
    rows = [row for row in table()["results"] if _is_typed(name, row)]
    ways = [row["python"] for row in rows if kind in row.get("of", [kind])]
    if name in columns:
        ways = [f"results.to_frame()[{name!r}]"]
    way = ways[0] if ways else "results.to_frame(), which has its numbers"
    words = f"{kind} has no {name!r}: write {way.replace('results', kind.lower())}."
    return UnknownNameError(words)


def answering(function):
    """Decorate a function so that a wrong call is answered in mlm's words.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
        With the function's name, signature and docstring.
    """

    @wraps(function)
    def call(*given, **named):
        try:
            return function(*given, **named)
        except TypeError as error:
            if error.__traceback__.tb_next is not None:  # from within the function
                raise
        raise _wrong_call(function, given, named)

    return call


class Answering:
    """Base of results whose public methods answer wrong calls: see `answering`."""

    def __init_subclass__(cls, **given):
        super().__init_subclass__(**given)
        for name, value in list(vars(cls).items()):
            if inspect.isfunction(value) and not name.startswith("_"):
                setattr(cls, name, answering(value))


def _rows(name):
    return [row for row in table()["names"] if _is_typed(name, row)]


def _is_typed(name, row):
    return _plain(name) in map(_plain, row["typed"])


def _plain(name):
    """A name without what differs between habits: capitals, dots, underscores."""
    return re.sub(r"[._]", "", name).lower()


def _asked(python):
    """The attribute that a piece of code asks of ``fit`` first, or None."""
    found = re.search(r"\bfit\.(\w+)", python)
    return found and found[1]


def _kinds(base):
    """Classes of results: those that no other is derived from."""
    derived = [one for one in base.__subclasses__() if not vars(one).get("_variant")]
    return [kind for one in derived for kind in _kinds(one)] or [base]


def _has(kind, name):
    """Whether results of a kind have an attribute, as a dataclass's field too."""
    return hasattr(kind, name) or name in kind.__dataclass_fields__


def _written(kind, name):
    """How an attribute of a fit is asked for."""
    if inspect.isroutine(getattr(kind, name, None)):
        return f"fit.{name}()"
    return f"fit.{name}{PLAIN}"


def _close(name, known):
    """The known name that was meant, or None."""
    by_letters = {_plain(other): other for other in known}
    found = get_close_matches(_plain(name), by_letters, n=1)
    return by_letters[found[0]] if found else None


def _way(row):
    says = PLAIN if re.fullmatch(r"fit\.\w+", row["python"]) else ""
    if "says" in row:
        says += f" ({row['says']})"
    return f": write {row['python']}{says}."


def _answer_of(name, rows, known, written):
    """The end of a sentence about a name: what to write instead of it."""
    if rows:
        return _way(rows[0])
    close = _close(name, known)
    return f". Did you mean {written(close)}?" if close else "."


def _wrong_call(function, given, named):
    """What is wrong with a call that Python refused."""
    name, signature = function.__name__, inspect.signature(function)
    parameters = [p for p in signature.parameters if p != "self"]
    shown = ", ".join(str(signature.parameters[p]) for p in parameters)
    order = f"Its arguments are {name}({shown})."
    unknown = [word for word in named if word not in signature.parameters]
    if unknown:
        word = unknown[0]
        for row in table()["arguments"]:
            if _is_typed(word, row) and name in row.get("of", [name]):
                return CallError(f"{name}() has no argument {word!r}{_way(row)}")
        close = _close(word, parameters)
        hint = f"Did you mean {close}=? " if close else ""
        return CallError(f"{name}() has no argument {word!r}. {hint}{order}")
    placed = list(signature.parameters)[: len(given)]
    twice = [word for word in named if word in placed]
    if twice:
        return CallError(f"{name}() was given {twice[0]!r} twice. {order}")
    if len(given) > len(signature.parameters):
        return CallError(f"{name}() was given too many arguments. {order}")
    missing = [
        word
        for word, parameter in signature.parameters.items()
        if parameter.default is parameter.empty and word not in {*placed, *named}
    ]
    return CallError(f"{name}() needs {' and '.join(missing)}. {order}")
