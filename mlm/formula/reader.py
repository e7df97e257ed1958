"""The syntax tree of an expression, made into a function of the rows of data.

Every node must be on the lists below; all others are refused.
"""

import ast

import numpy as np
from pandas.api.types import infer_dtype

from mlm.formula.dialects import COLUMN_FIRST, ONE_RESPONSE, function_hint, method_hint
from mlm.formula.functions import (
    BARE,
    CONSTANTS,
    SUMMARIES,
    TRANSFORMS,
    PartError,
    numpy_function,
)
from mlm.formula.literals import Source, is_text

# Deepest nesting of an expression.
DEEPEST = 100
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
    ast.Tuple: ONE_RESPONSE,
    ast.List: ONE_RESPONSE,
    ast.Subscript: COLUMN_FIRST,
}


class Reader:
    """Makes a function of `Rows` of every node, or refuses it.

    Names get the spelling that they have in the formula: Python writes µ and μ alike.
    """

    def __init__(self, text, quoted, tree, is_response=False):
        source, self._source = text.encode(), Source(text, quoted)
        self._is_response = is_response
        self.variables, self.functions = [], []
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                name = source[node.col_offset : node.end_col_offset].decode()
                node.id = quoted.get(name, name)

    def read(self, node, depth=0):
        """Function that computes a node: numbers, one for each row or one for all."""
        if depth > DEEPEST:
            part = self._source.part(node)
            raise PartError("an expression is nested too deep.", COLUMN_FIRST, part)
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
        if is_text(node):
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
        part = self._source.part(node)

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
        if is_text(node):
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
        if name == "cbind" and self._is_response and not depth:
            return self._counts(node)
        if name == "offset" and not depth:
            self._check_count(node, name, 1, 1)
            return self._apply(np.positive, node.args, depth)
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
        self._check_count(node, self._source.part(node.func), least, most)
        return self._apply(function, node.args, depth)

    def _summary(self, node, name, depth):
        """One number for all rows, as ``x.mean()``; for new data that of the fitted."""
        inner = node.args
        if not name.startswith("np."):
            inner = [node.func.value, *node.args]
        if len(inner) != 1 or node.keywords:
            hint = "Write np.mean(x), or x.mean()."
            problem = f"{self._source.part(node.func)}() takes no other arguments."
            raise PartError(problem, hint, self._source.part(node))
        key, part = ast.unparse(node), self.read(inner[0], depth + 1)
        return lambda rows: rows.summary(name, key, _as_numbers(part(rows)))

    def _counts(self, node):
        """Both columns of ``cbind(successes, failures)``: shape (n, 2)."""
        if node.keywords or len(node.args) != 2:
            hint = "Write cbind(successes, failures)."
            raise PartError("cbind() takes two counts.", hint, self._source.part(node))
        parts = [self.read(count, 1) for count in node.args]
        return lambda rows: np.column_stack(
            [np.broadcast_to(_as_numbers(part(rows)), len(rows)) for part in parts]
        )

    def _check_count(self, node, name, least, most):
        if node.keywords or not least <= len(node.args) <= most:
            number = least if least == most else f"{least} to {most}"
            problem = (
                f"{name}() takes {number} argument{'s' * (most > 1)}, by position."
            )
            hint = "Write it as in np.log(x); of base 2 it is np.log2(x)."
            raise PartError(problem, hint, self._source.part(node))

    def _transform(self, node, name, depth):
        key = ast.unparse(node)
        if depth and name not in ("center", "scale"):
            hint = f"Let it stand alone: {name}(...), without I() or other functions."
            raise PartError(f"{name}() gives columns.", hint, self._source.part(node))
        if not node.args:
            self._check_count(node, name, 1, 1)
        given = self._source.arguments(node, name, node.args[1:], TRANSFORMS[name])
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
            if is_text(argument) or not _has_names(argument):
                literal = self._source.literal(argument)
                parts.append(lambda rows, literal=literal: literal)
            else:
                parts.append(self._argument(argument, depth))
        keywords = {k.arg: self._source.literal(k.value) for k in node.keywords}
        return lambda rows: rows.by_caller(
            name, key, [part(rows) for part in parts], keywords
        )

    def _not_allowed(self, node):
        part = self._source.part(node)
        if isinstance(node, ast.Attribute):
            numpy_name = _numpy_name(node)
            hint = function_hint(f"np.{numpy_name}") if numpy_name else None
            hint = hint or function_hint(part) or method_hint(node.attr)
        else:
            hint = NODE_HINTS.get(type(node), ALLOWED)
        return PartError(f"{part!r} is not allowed in a formula.", hint, part)


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
