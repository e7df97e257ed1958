"""One expression of a formula, such as ``np.log(x + 1)``: read and checked.

Nothing is ever run as code.  The text is parsed to Python's syntax tree; every node
must be on the lists below, and becomes a small function of `Rows`.  A formula may
therefore come from a web form or a file.
"""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from pandas.api.types import infer_dtype

from mlm.dialects import function_hint, method_hint
from mlm.transforms import (
    BARE,
    CONSTANTS,
    CONTRASTS,
    MOST_COLUMNS,
    SUMMARIES,
    TRANSFORMS,
    PartError,
    numpy_function,
)

QUOTED = re.compile(r"""`[^`]*`|'[^']*'|"[^"]*\"""")
# Most characters of an expression, and its deepest nesting.
LONGEST, DEEPEST = 2000, 100
BINARY = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.true_divide,
    ast.FloorDiv: np.floor_divide,
    ast.Mod: np.mod,
    ast.Pow: np.power,
}
UNARY = {ast.UAdd: np.positive, ast.USub: np.negative}
EQUALITY = {ast.Eq: np.equal, ast.NotEq: np.not_equal}
COMPARISONS = EQUALITY | {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}
ALLOWED = "Expressions are of columns, numbers, + - * / **, comparisons, and functions "
ALLOWED += "such as np.log(x), I(x**2), poly(x, 2), C(x)."
BOTH = "Write np.logical_and(x > 1, z < 2), or np.logical_or(...)."
NODE_HINTS = {
    ast.IfExp: "Write np.where(x > 3, 1, 0).",
    ast.BoolOp: BOTH,
    ast.BinOp: BOTH,
    ast.Tuple: "Fit one response at a time.",
    ast.List: "Fit one response at a time.",
    ast.Subscript: "Compute it as a column of the data first, and use that column.",
}
COUNTS = {"degree", "df"}  # arguments that say how many columns there will be


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
        several columns.
    """

    text: str
    written: str
    variables: tuple[str, ...]
    functions: tuple[str, ...]
    value: Callable


def shield(text):
    """Replace what stands in quotes and backticks by words that no parser trips over.

    Returns
    -------
    str
    dict of str to str
        What each of these words stands for, quotes included.
    """
    stem = "_quoted"
    while stem in text:
        stem += "_"
    quoted = {}

    def word(match):
        name = f"{stem}{len(quoted)}_"
        quoted[name] = match[0]
        before, after = text[match.start() - 1 : match.start()], text[match.end() :][:1]
        apart = [" " if re.match(r"[\w'\"`]", c) else "" for c in (before, after)]
        return f"{apart[0]}{name}{apart[1]}"  # f'x' is no name

    return QUOTED.sub(word, text), quoted


def unshield(text, quoted):
    """What was written before `shield`."""
    return re.sub(r"\w+", lambda word: quoted.get(word[0], word[0]), text)


def read_expression(text, quoted):
    """Read one expression, and check all of it.

    Parameters
    ----------
    text : str
    quoted : dict
        Both from `shield`.

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
        hint = "Compute it as a column of the data, and use that."
        problem = f"an expression of {len(text)} characters is too long."
        raise PartError(problem, hint, written)
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
        reader = _Reader(text.strip(), quoted, tree)
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
    """Read the left side of a formula: a column, or arithmetic with columns.

    Raises
    ------
    PartError
        As `read_expression`.
    """
    if re.fullmatch(r"[^\W\d][\w.]*", text):  # a name may have dots, or be `lambda`
        return Expression(text, text, (text,), (), lambda rows: rows.numbers(text))
    return read_expression(*shield(text))


class _Reader:
    """Makes a function of `Rows` of every node, or refuses it.

    Names get the spelling that they have in the formula: Python writes µ and μ alike.
    """

    def __init__(self, text, quoted, tree):
        self._source, self._quoted = text.encode(), quoted
        self.variables, self.functions = [], []
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                name = self._source[node.col_offset : node.end_col_offset].decode()
                node.id = quoted.get(name, name)

    def read(self, node, depth=0):
        """Function that computes a node: numbers, one for each row or one for all."""
        if depth > DEEPEST:
            hint = "Compute it as a column of the data, and use that."
            raise PartError("an expression is nested too deep.", hint, self._part(node))
        if isinstance(node, ast.Name):
            return self._column(node, "numbers")
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            number = np.float64(node.value)
            return lambda rows: number
        if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
            return self._apply(BINARY[type(node.op)], [node.left, node.right], depth)
        if isinstance(node, ast.UnaryOp) and type(node.op) in UNARY:
            return self._apply(UNARY[type(node.op)], [node.operand], depth)
        if isinstance(node, ast.Compare) and {*map(type, node.ops)} <= {*COMPARISONS}:
            return self._comparison(node, depth)
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        if _numpy_name(node) in CONSTANTS:
            constant = CONSTANTS[node.attr]
            return lambda rows: constant
        raise self._not_allowed(node)

    def _column(self, node, kind):
        name = self._variable(node)
        return lambda rows: getattr(rows, kind)(name)

    def _variable(self, node):
        """Note the name of a column."""
        if _is_text(node):
            hint = "A text stands in a comparison, I(x == 'a'), or among arguments."
            raise PartError(f"the text {node.id} is no column.", hint, node.id)
        if hint := function_hint(node.id) if node.id in ("TRUE", "FALSE") else None:
            raise PartError(f"{node.id} is R's.", hint, node.id)
        name = node.id.strip("`")
        self.variables.append((node.col_offset, name))
        return name

    def _apply(self, function, nodes, depth):
        parts = [self.read(node, depth + 1) for node in nodes]
        return lambda rows: function(*(_as_numbers(part(rows)) for part in parts))

    def _comparison(self, node, depth):
        sides = [self._side(side, depth + 1) for side in (node.left, *node.comparators)]
        operations = [COMPARISONS[type(op)] for op in node.ops]
        is_order = not {*map(type, node.ops)} <= {*EQUALITY}
        part = self._part(node)

        def value(rows):
            values = [side(rows) for side in sides]
            if is_order and any(np.asarray(v).dtype.kind in "OU" for v in values):
                hint = "Categories can be compared with == and !=."
                raise PartError("texts have no order.", hint, part)
            kinds = {kind for v in values if (kind := _told_kind(v))}
            if len(kinds) > 1:
                hint = "Write numbers without quotes, and texts with them."
                problem = f"{' and '.join(sorted(kinds))} are never equal."
                raise PartError(problem, hint, part)
            pairs = zip(operations, values[:-1], values[1:], strict=True)
            found = [np.asarray(compare(a, b), dtype=bool) for compare, a, b in pairs]
            return np.logical_and.reduce(np.broadcast_arrays(*found))

        return value

    def _side(self, node, depth):
        """One side of a comparison, which may be a text or a column of texts."""
        if _is_text(node):
            text = np.array(node.id[1:-1], dtype=object)
            return lambda rows: text
        if isinstance(node, ast.Name):
            return self._column(node, "comparable")
        return self.read(node, depth)

    def _call(self, node, depth):
        name = _numpy_name(node.func) or getattr(node.func, "id", "")
        starred = [a for a in node.args if isinstance(a, ast.Starred)]
        if starred or any(keyword.arg is None for keyword in node.keywords):
            raise self._not_allowed(node)
        if (summary := _summary_name(node.func)) is not None:
            return self._summary(node, summary, depth)
        if name in BARE or _numpy_name(node.func) is not None:
            return self._numpy_call(node, name, depth)
        if not name:
            raise self._not_allowed(node.func)
        if name == "I":
            self._check_count(node, name, 1, 1)
            inner = node.args[0]
            is_column = isinstance(inner, ast.Name) and depth == 0
            return self._argument(inner) if is_column else self.read(inner, depth + 1)
        if name in TRANSFORMS:
            return self._transform(node, name, depth)
        if name.startswith("`") or name.startswith("__"):
            raise self._not_allowed(node.func)
        return self._by_caller(node, name, depth)

    def _numpy_call(self, node, name, depth):
        found = numpy_function(name)
        if found is None:
            raise self._not_allowed(node.func)
        function, least, most = found
        self._check_count(node, self._part(node.func), least, most)
        return self._apply(function, node.args, depth)

    def _summary(self, node, name, depth):
        """One number for all rows, such as ``np.mean(x)`` or ``x.mean()``.

        It is that of the fitted data, for new data too.
        """
        inner = node.args
        if not name.startswith("np."):
            inner = [node.func.value, *node.args]
        if len(inner) != 1 or node.keywords:
            hint = "Write np.mean(x), or x.mean()."
            problem = f"{self._part(node.func)}() takes no other arguments."
            raise PartError(problem, hint, self._part(node))
        key, part = ast.unparse(node), self.read(inner[0], depth + 1)
        return lambda rows: rows.summary(name, key, _as_numbers(part(rows)))

    def _check_count(self, node, name, least, most):
        if node.keywords or not least <= len(node.args) <= most:
            number = least if least == most else f"{least} to {most}"
            problem = (
                f"{name}() takes {number} argument{'s' * (most > 1)}, by position."
            )
            hint = "Write it as in np.log(x); of base 2 it is np.log2(x)."
            raise PartError(problem, hint, self._part(node))

    def _transform(self, node, name, depth):
        key = ast.unparse(node)
        if depth and name not in ("center", "scale"):
            hint = f"Let it stand alone: {name}(...), without I() or other functions."
            raise PartError(f"{name}() gives columns.", hint, self._part(node))
        if not node.args:
            self._check_count(node, name, 1, 1)
        given = self._arguments(node, name, node.args[1:], TRANSFORMS[name])
        if name == "C":
            values = self._argument(node.args[0], depth)
            contrasts, levels = given.get("contrasts"), given.get("levels")
            return lambda rows: rows.categories(key, values(rows), contrasts, levels)
        part = self.read(node.args[0], depth + 1)
        return lambda rows: rows.learned(name, key, _as_numbers(part(rows)), given)

    def _argument(self, node, depth=0):
        """A column as it is, or numbers."""
        if isinstance(node, ast.Name):
            return self._column(node, "column")
        return self.read(node, depth + 1)

    def _by_caller(self, node, name, depth):
        """A function that only the caller knows; its first arguments are columns."""
        self.functions.append(name)
        key = ast.unparse(node)
        parts = []
        for argument in node.args:
            if _is_text(argument) or not _has_names(argument):
                literal = self._literal(argument)
                parts.append(lambda rows, literal=literal: literal)
            else:
                parts.append(self._argument(argument, depth))
        keywords = {k.arg: self._literal(k.value) for k in node.keywords}
        return lambda rows: rows.by_caller(
            name, key, [part(rows) for part in parts], keywords
        )

    def _arguments(self, node, name, positional, known):
        """Values of the arguments that are no columns, by name."""
        given = list(zip(known, positional, strict=False))
        given += [(keyword.arg, keyword.value) for keyword in node.keywords]
        values = {}
        if len(positional) > len(known):
            given.append(("", node))
        for argument, value in given:
            if argument not in known or argument in values:
                hint = f"Its arguments after the column: {', '.join(known) or 'none'}."
                problem = f"{name}() has no such argument, or has it twice."
                raise PartError(problem, hint, self._part(node))
            if argument == "contrasts" and not isinstance(value, (ast.List, ast.Dict)):
                values[argument] = self._contrasts(value)
            else:
                values[argument] = self._literal(value)
                self._check_type(name, argument, values[argument], known, value)
        return values

    def _check_type(self, name, argument, value, known, node):
        kinds = known[argument]
        is_count = argument in COUNTS
        if type(value) not in kinds or (is_count and not 1 <= value <= MOST_COLUMNS):
            hint = (
                f"Write a number from 1 to {MOST_COLUMNS}."
                if is_count
                else (f"It is of type {' or '.join(kind.__name__ for kind in kinds)}.")
            )
            problem = f"{name}() cannot use {argument}={value!r}."
            raise PartError(problem, hint, self._part(node))
        if argument == "knots" and len(value) > MOST_COLUMNS:
            hint = f"There may be {MOST_COLUMNS}."
            raise PartError(f"{len(value)} knots are too many.", hint, self._part(node))

    def _contrasts(self, node):
        """``contr.sum`` or ``contr.treatment('a')``, as name and arguments."""
        func = node.func if isinstance(node, ast.Call) else node
        is_known = isinstance(func, ast.Attribute) and func.attr in CONTRASTS
        if not is_known or getattr(func.value, "id", "") != "contr":
            part = self._part(func)
            known = ", ".join(f"contr.{name}" for name in CONTRASTS)
            hint = function_hint(part) or f"There are {known}."
            raise PartError(f"{part!r} are no contrasts.", hint, part)
        if node is func:
            return func.attr, {}
        known, name = CONTRASTS[func.attr], f"contr.{func.attr}"
        return func.attr, self._arguments(node, name, node.args, known)

    def _literal(self, node):
        """A number, a text, True, False, None, or a list or dict of these."""
        if _is_text(node):
            return node.id[1:-1]
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self._literal(item) for item in node.elts]
        if isinstance(node, ast.Dict) and None not in node.keys:
            keys = [self._literal(key) for key in node.keys]
            if all(isinstance(key, (str, int, float)) for key in keys):
                return dict(zip(keys, map(self._literal, node.values), strict=True))
        number = node.operand if isinstance(node, ast.UnaryOp) else node
        is_number = type(getattr(number, "value", "")) in (int, float)
        if isinstance(number, ast.Constant) and (is_number or number is node):
            if number is node and (is_number or node.value in (True, False, None)):
                return node.value
            if type(node.op) in UNARY:
                return -number.value if isinstance(node.op, ast.USub) else number.value
        part = self._part(node)
        hint = function_hint(part) or "Write a number, a text in quotes, or a list."
        raise PartError(f"the argument {part} is no number and no text.", hint, part)

    def _not_allowed(self, node):
        part = self._part(node)
        if isinstance(node, ast.Attribute):
            numpy_name = _numpy_name(node)
            hint = function_hint(f"np.{numpy_name}") if numpy_name else None
            hint = hint or function_hint(part) or method_hint(node.attr)
        else:
            hint = NODE_HINTS.get(type(node), ALLOWED)
        return PartError(f"{part!r} is not allowed in a formula.", hint, part)

    def _part(self, node):
        """The text of a node as it is written."""
        text = self._source[node.col_offset : node.end_col_offset].decode()
        return unshield(text, self._quoted)


def _numpy_name(node):
    """The name after ``np.``, or None."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.attr if node.value.id == "np" else None
    return None


def _summary_name(node):
    """``np.mean`` or ``.mean``, if it is among `SUMMARIES`, or None."""
    if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") != "contr":
        name = f"np.{node.attr}" if _numpy_name(node) else f".{node.attr}"
        return name if name in SUMMARIES else None
    return None


def _is_text(node):
    return isinstance(node, ast.Name) and node.id[0] in "'\""


def _has_names(node):
    """Whether an argument uses columns, and is not a list of texts and numbers."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Dict)):
        return False
    return any(isinstance(inner, ast.Name) for inner in ast.walk(node))


def _told_kind(values):
    """Whether one side of a comparison is numbers or texts; "" for anything else."""
    values = np.asarray(values)
    if values.dtype.kind in "iuf":
        return "numbers"
    kind = infer_dtype(values.ravel(), skipna=False)
    return {"string": "texts", "integer": "numbers", "floating": "numbers"}.get(
        kind, ""
    )


def _as_numbers(values):
    """Truth values as 0 and 1, which add up as R's do; other values as they are."""
    values = np.asarray(values)
    return values.astype(float) if values.dtype.kind == "b" else values
