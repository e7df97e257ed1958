"""One expression of a formula, such as ``np.log(x + 1)``: read and checked.

Nothing is ever run as code.  The text is parsed to Python's syntax tree, of which
`mlm.formula.reader` makes functions of rows, node by node, or refuses it.  A formula
may therefore come from a web form or a file.
"""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from mlm.formula.dialects import COLUMN_FIRST, function_hint
from mlm.formula.functions import (
    PartError,
)
from mlm.formula.quoting import shield, unshield
from mlm.formula.reader import Reader

# Most characters of an expression.
LONGEST = 2000


@dataclass(frozen=True)
class Expression:
    """An expression whose every part is allowed.

    Attributes
    ----------
    text : str
        As Python prints it, names of columns as in the formula.
    written : str
        As it stands in the formula.
    variables : tuple of str
        Columns it uses, in order.
    functions : tuple of str
        Functions that the caller must give.
    value : callable
        From `Rows` to an array of shape (n,), one number, or what formulaic makes of
        several columns; of ``cbind(a, b)``, an array of shape (n, 2).
    """

    text: str
    written: str
    variables: tuple[str, ...]
    functions: tuple[str, ...]
    value: Callable


def read_expression(text, quoted, is_response=False):
    """Read one expression, and check all of it.

    Parameters
    ----------
    text : str
    quoted : dict
        Both from `shield`.
    is_response : bool
        Whether it may be ``cbind(successes, failures)``.

    Returns
    -------
    Expression

    Raises
    ------
    PartError
        It is no expression, or uses what is not allowed.
    """
    written = unshield(text, quoted).strip()
    if len(text) > LONGEST:
        problem = f"an expression of {len(text)} characters is too long."
        raise PartError(problem, COLUMN_FIRST, written)
    for call in re.finditer(r"([^\W\d][\w.]*\.[\w.]+)\s*\(", text):
        if not call[1].startswith(("np.", "contr.")) and (
            hint := function_hint(call[1])
        ):
            raise PartError(f"{call[1]}() is not known in a formula.", hint, call[1])
    if stray := re.search(r"[\\#;]", text):
        hint = "Leave it out; a name that has it stands in backticks."
        raise PartError(f"{stray[0]!r} in an expression.", hint, written)
    if "%%" in text or "%/%" in text:
        hint = "Python writes % for R's %%, and // for %/%."
        raise PartError("R's remainder.", hint, written)
    if "^" in text:
        hint = "Write ** for a power, as in I(x**2)."
        raise PartError("'^' inside a function.", hint, "^")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        reader = Reader(text.strip(), quoted, tree, is_response)
        value = reader.read(tree)
        tidy = ast.unparse(tree)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError) as e:
        problem = f"cannot read {written!r}: {getattr(e, 'msg', e)}."
        hint = "A name with dots or spaces, or one that is a keyword of Python, stands "
        hint += "in backticks there: np.log(`reaction time`)."
        raise PartError(problem, hint, written) from e
    if not reader.variables:
        hints = filter(None, map(function_hint, reader.functions))  # Q('x') of patsy
        hint = next(hints, "Use a column, as in np.log(x).")
        raise PartError(f"{written!r} uses no column.", hint, written)
    names = [name for _, name in sorted(reader.variables)]
    variables, functions = map(dict.fromkeys, (names, reader.functions))
    return Expression(tidy, written, tuple(variables), tuple(functions), value)


@lru_cache(maxsize=64)
def read_response(text):
    """Read the left side of a formula: a column, arithmetic, or two counts.

    Raises
    ------
    PartError
        As `read_expression`.
    """
    if re.fullmatch(r"[^\W\d][\w.]*", text):  # a name may have dots, or be `lambda`
        return Expression(text, text, (text,), (), lambda rows: rows.numbers(text))
    return read_expression(*shield(text), is_response=True)
