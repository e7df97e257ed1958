"""Arguments of a formula's functions that are no columns: numbers, texts, contrasts.

Nothing is ever run: they are read from Python's syntax tree, as in
`mlm.formula.expressions`.
"""

import ast

from mlm.formula.dialects import function_hint
from mlm.formula.functions import CONTRASTS, MOST_COLUMNS, PartError
from mlm.formula.quoting import unshield

COUNTS = {"degree", "df"}  # arguments that say how many columns there will be
SIGNS = (ast.UAdd, ast.USub)


class Source:
    """The text of an expression, and values that stand in it.

    Parameters
    ----------
    text : str
    quoted : dict
        Both from `mlm.formula.quoting.shield`.
    """

    def __init__(self, text, quoted):
        self._bytes, self._quoted = text.encode(), quoted

    def part(self, node):
        """The text of a node as it is written."""
        text = self._bytes[node.col_offset : node.end_col_offset].decode()
        return unshield(text, self._quoted)

    def arguments(self, node, name, positional, known):
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
                raise PartError(problem, hint, self.part(node))
            if argument == "contrasts" and not isinstance(value, (ast.List, ast.Dict)):
                values[argument] = self._contrasts(value)
            else:
                values[argument] = self.literal(value)
                self._check_type(name, argument, values[argument], known, value)
        return values

    def _check_type(self, name, argument, value, known, node):
        kinds = known[argument]
        is_count = argument in COUNTS
        if type(value) not in kinds or (is_count and not 1 <= value <= MOST_COLUMNS):
            hint = (
                f"Write a number from 1 to {MOST_COLUMNS}."
                if is_count
                else f"It is of type {' or '.join(kind.__name__ for kind in kinds)}."
            )
            problem = f"{name}() cannot use {argument}={value!r}."
            raise PartError(problem, hint, self.part(node))
        if argument == "knots" and len(value) > MOST_COLUMNS:
            hint = f"There may be {MOST_COLUMNS}."
            raise PartError(f"{len(value)} knots are too many.", hint, self.part(node))

    def _contrasts(self, node):
        """``contr.sum`` or ``contr.treatment('a')``, as name and arguments."""
        func = node.func if isinstance(node, ast.Call) else node
        is_known = isinstance(func, ast.Attribute) and func.attr in CONTRASTS
        if not is_known or getattr(func.value, "id", "") != "contr":
            part = self.part(func)
            known = ", ".join(f"contr.{name}" for name in CONTRASTS)
            name = part.strip("'\"").removeprefix("contr.")
            hint = function_hint(part) or function_hint(f"contr.{name}")
            hint = hint or f"There are {known}."
            raise PartError(f"{part!r} are no contrasts.", hint, part)
        if node is func:
            return func.attr, {}
        known, name = CONTRASTS[func.attr], f"contr.{func.attr}"
        return func.attr, self.arguments(node, name, node.args, known)

    def literal(self, node):
        """A number, a text, True, False, None, or a list or dict of these."""
        if is_text(node):
            return node.id[1:-1]
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self.literal(item) for item in node.elts]
        if isinstance(node, ast.Dict) and None not in node.keys:
            keys = [self.literal(key) for key in node.keys]
            if all(isinstance(key, (str, int, float)) for key in keys):
                return dict(zip(keys, map(self.literal, node.values), strict=True))
        number = node.operand if isinstance(node, ast.UnaryOp) else node
        is_number = type(getattr(number, "value", "")) in (int, float)
        if isinstance(number, ast.Constant) and (is_number or number is node):
            if number is node and (is_number or node.value in (True, False, None)):
                return node.value
            if isinstance(node.op, SIGNS):
                return -number.value if isinstance(node.op, ast.USub) else number.value
        part = self.part(node)
        hint = function_hint(part.partition("(")[0])
        hint = hint or "Write a number, a text in quotes, or a list."
        raise PartError(f"the argument {part} is no number and no text.", hint, part)


def is_text(node):
    """Whether a node is a text in quotes."""
    return isinstance(node, ast.Name) and node.id[0] in "'\""
