"""Sums and products of effects, such as ``1 + x * np.log(z)``, and their columns.

`formulaic` reads the operators and makes the columns: contrasts, their names, and which
of them are needed.  It never evaluates an expression: it gets the values that
`expressions` and `transforms` compute.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
import pandas as pd

from mlm.errors import DataError, MlmError
from mlm.expressions import Expression, read_expression, shield, unshield
from mlm.transforms import PartError, Rows, full

# Most terms, most columns, and most numbers in them (2 GB) that a formula may ask for.
MOST_TERMS, MOST_COLUMNS, MOST_NUMBERS = 2000, 10_000, 250_000_000
HIGHEST_POWER = MOST_FACTORS = 8  # of a term
POWERS = ("**", "^")
# A sum of columns, which needs no parser.
PLAIN = re.compile(r"\s*(?:[01]|[^\W\d]\w*)\s*(?:\+\s*(?:[01]|[^\W\d]\w*)\s*)*")
HINT = "Effects are joined by + - * : and functions such as np.log(x), I(x**2); "
HINT += "a name with spaces or operators stands in backticks."


@dataclass(frozen=True)
class Effects:
    """A sum of effects.

    Attributes
    ----------
    intercept : bool
        As in R, the last word counts: ``0 + x + 1`` has one.
    terms : tuple of tuple of str
        The others, each a product of the factors that are named; low orders first.
    expressions : dict of str to Expression
        Factors that are no columns, by their text.
    """

    intercept: bool
    terms: tuple[tuple[str, ...], ...]
    expressions: dict[str, Expression]


def column_names(text):
    """Names of the columns that one part of a formula uses, in order."""
    if PLAIN.fullmatch(text):
        return [name for (name,) in read_effects(text).terms]
    tokens, expressions = _tokens(text)
    names = []
    for token in tokens:
        if token.kind is token.Kind.NAME:
            found = expressions.get(token.token)
            names += found.variables if found else [token.token]
    return list(dict.fromkeys(names))


@lru_cache(maxsize=64)
def _tokens(text):
    """Formulaic's tokens, the expressions among them read and named by their text."""
    from formulaic.parser.algos.tokenize import tokenize  # here, because it is slow

    shielded, quoted = shield(text)
    for mark in "`'\"":
        if mark in shielded:
            hint = (
                f"Add the {mark} that closes it; a name in backticks has none itself."
            )
            raise PartError(f"{mark} is never closed.", hint, mark)
    if "\\" in shielded:
        raise PartError("a backslash.", "Leave it out.", "\\")
    try:
        tokens = list(tokenize(re.sub(r"(?<=\w)\s+\(", "(", shielded)))  # log (x)
    except Exception as error:  # formulaic's own, or Python's about odd text
        raise PartError(f"cannot read {text!r}.", HINT, text) from error
    expressions, names = {}, set()
    for token in tokens:
        kind = token.kind
        if kind is kind.PYTHON:
            found = read_expression(token.token, quoted)
            expressions[found.text] = found
            token.token, token.kind = found.text, kind.NAME
        elif kind is kind.NAME:
            written = quoted.get(token.token, token.token)
            if written[0] in "'\"":
                hint = "Name a column; one with spaces stands in `backticks`."
                raise PartError(f"the text {written} is no effect.", hint, written)
            token.token = written.strip("`")
            names.add(token.token)
        elif kind is kind.CONTEXT and token.token in "[]":
            raise PartError("a bracket.", "Write parentheses: (a + b)^2.", token.token)
        elif kind is kind.OPERATOR and set(token.token) <= set("+- "):
            token.token = "-" if token.token.count("-") % 2 else "+"
    for name in names & set(expressions):
        hint = "Rename the column."
        raise PartError(f"the column {name!r} reads as an expression.", hint, name)
    return tokens, expressions


@lru_cache(maxsize=64)
def read_effects(text):
    """Read a sum of effects.

    Parameters
    ----------
    text : str

    Returns
    -------
    Effects

    Raises
    ------
    PartError
        It cannot be read, or asks for too many terms.
    """
    if PLAIN.fullmatch(text):
        return _plain_effects(text)
    from formulaic.parser.algos.tokens_to_ast import tokens_to_ast
    from formulaic.parser.parser import DefaultOperatorResolver

    tokens, expressions = _tokens(text)
    try:
        tree = tokens_to_ast(tokens, DefaultOperatorResolver())
    except Exception as error:  # formulaic's own, or Python's about odd text
        problem = re.sub(r"\x1b\[[\d;]*m", "", str(error)).partition("\n")[0]
        problem = unshield(problem, shield(text)[1])
        raise PartError(f"cannot read {text!r}: {problem}", HINT, text) from error
    if tree is None:
        raise PartError("there is nothing between the operators.", HINT, text)
    algebra = _Algebra(text)
    terms = algebra.terms(tree)
    ordered = sorted((term for term in terms.values()), key=len)
    return Effects(algebra.intercept(tree), tuple(ordered), expressions)


def _plain_effects(text):
    parts = [part.strip() for part in text.split("+")]
    last = [part for part in parts if part in "01"][-1:]
    names = dict.fromkeys(part for part in parts if part not in "01")
    return Effects(last != ["0"], tuple((name,) for name in names), {})


class _Algebra:
    """R's rules of + - * : / ^ and %in% for sets of terms.

    A set is a dict from the factors of a term, in any order, to them as written.
    """

    def __init__(self, text):
        self._text = text

    def terms(self, tree):
        """All terms but the intercept."""
        nodes = list(_children_first(tree))
        powers = [n for n in nodes if _symbol(n) in POWERS]
        found = {id(node.args[1]): {} for node in powers}  # exponents are no terms
        for node in nodes:
            if id(node) in found:
                continue
            if not hasattr(node, "args"):
                found[id(node)] = self._leaf(node)
                continue
            sides = [found[id(side)] for side in node.args]
            terms = self._operate(node.operator.symbol, node.args, sides)
            found[id(node)] = self._not_too_many(terms, MOST_TERMS)
        return found[id(tree)]

    def _leaf(self, token):
        if token.kind is token.Kind.NAME:
            return {frozenset([token.token]): (token.token,)}
        if token.token not in ("0", "1"):
            hint = "Only 0 and 1 stand alone, for the intercept; write I(2 * x)."
            raise PartError(f"{token.token} is no effect.", hint, token.token)
        return {}

    def _operate(self, symbol, nodes, sides):
        if symbol in "+-":
            if len(sides) == 1:
                return sides[0] if symbol == "+" else {}
            if symbol == "+":
                return _union(*sides)
            return {k: term for k, term in sides[0].items() if k not in sides[1]}
        if symbol in POWERS:
            return self._power(sides[0], nodes[1])
        if not all(sides):
            hint = (
                "Write 0 and 1 as terms of the sum, and numbers within I(): I(2 * x)."
            )
            problem = f"nothing to multiply beside {symbol!r}."
            raise PartError(problem, hint, self._text)
        if symbol == "*":
            return _union(*sides, self._product(*sides))
        if symbol == "/":
            every = tuple(dict.fromkeys(f for term in sides[0].values() for f in term))
            return _union(sides[0], self._product({frozenset(every): every}, sides[1]))
        if symbol in (":", "in"):
            return self._product(*sides)
        raise PartError(f"{symbol!r} does not join effects.", HINT, self._text)

    def _product(self, left, right):
        pairs = ((a, b) for a in left.values() for b in right.values())
        self._not_too_many(range(len(left) * len(right)), 100 * MOST_TERMS)
        terms = [tuple(dict.fromkeys(a + b)) for a, b in pairs]
        if any(len(term) > MOST_FACTORS for term in terms):
            hint = f"There may be {MOST_FACTORS}; compute the product as a column."
            raise PartError("a term has too many factors.", hint, self._text)
        return _union(*({frozenset(term): term} for term in terms))

    def _power(self, base, exponent):
        text = getattr(exponent, "token", "")
        if text not in map(str, range(1, HIGHEST_POWER + 1)):
            hint = f"It is a whole number from 1 to {HIGHEST_POWER}, as in (a + b)^2; "
            hint += "for powers of a column write I(x**2)."
            raise PartError("no power that effects can have.", hint, self._text)
        if len(base) < 2:
            hint = "For the power of a column write I(x**2); (a + b)^2 is a + b + a:b."
            problem = "'^' and '**' cross effects with each other, and this is one."
            raise PartError(problem, hint, self._text)
        found = base
        for _ in range(int(text) - 1):
            found = _union(found, self._product(found, base))
            self._not_too_many(found, MOST_TERMS)
        return found

    def _not_too_many(self, terms, limit):
        if len(terms) > limit:
            hint = f"There may be {MOST_TERMS}; write those that are needed."
            raise PartError("the formula has too many terms.", hint, self._text)
        return terms

    def intercept(self, tree):
        """Whether there is one: the last 0 or 1 says so."""
        found, waiting = True, [(tree, True)]
        while waiting:
            node, is_added = waiting.pop()
            if not hasattr(node, "args"):
                if node.kind is node.Kind.VALUE:
                    found = (node.token == "1") == is_added
            elif node.operator.symbol in "+-":
                is_minus = node.operator.symbol == "-"
                last = (node.args[-1], is_added != is_minus)
                waiting += [last, *((first, is_added) for first in node.args[:-1])]
        return found


def _symbol(node):
    """Operator of a node, None of a leaf."""
    return node.operator.symbol if hasattr(node, "args") else None


def _union(*sets):
    """Terms of all sets; what is there twice stays as it was first written."""
    found = {}
    for terms in sets:
        for key, term in terms.items():
            found.setdefault(key, term)
    return found


def _children_first(tree):
    """Every node of a tree after those below it; no recursion, as sums are deep."""
    order, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting += getattr(node, "args", [])
    return reversed(order)


def compute_columns(text, rows):
    """Columns of a sum of effects, and how to compute them again for other rows.

    Parameters
    ----------
    text : str
    rows : Rows
        Of the data to learn from.

    Returns
    -------
    values : ndarray, shape (n, number of columns)
    names : list of str
        As R gives them.
    again : callable
        From a data frame to its columns.

    Raises
    ------
    PartError
        Expressions that cannot be computed, or too many columns.
    DataError
        Values that the fitted data had not.
    """
    from formulaic import SimpleFormula
    from formulaic.parser.types import Factor, Term

    effects = read_effects(text)
    one = [Term([Factor("1", eval_method="literal")])] if effects.intercept else []
    values = _factors(effects, rows)
    _check_size(text, effects, values, len(rows))
    keys = _keys(effects)
    terms = [
        Term([Factor(keys[name], eval_method="lookup") for name in term])
        for term in effects.terms
    ]
    try:
        matrix = _matrix(SimpleFormula(one + terms), effects, values, len(rows))
    except Exception as error:  # contrasts that do not fit raise anything
        problem = f"cannot compute {text!r}: {str(error).partition(chr(10))[0]}"
        hint = "Check the contrasts, and the levels that they name."
        raise PartError(problem, hint, text) from error
    again = partial(
        _compute_again, text, matrix.model_spec, rows.namespace, rows.states
    )
    names = [_as_in_r(name, keys) for name in matrix.columns]
    return matrix.to_numpy(dtype=float), names, again


def _compute_again(text, specification, namespace, states, frame):
    """Columns of other rows, with what was learned from the first."""
    effects = read_effects(text)
    try:
        values = _factors(effects, Rows(frame, namespace, states))
    except PartError as error:
        raise DataError(f"{error.problem} {error.hint}") from error
    return _matrix(specification, effects, values, len(frame)).to_numpy(dtype=float)


def _keys(effects):
    """What formulaic calls the factors: words that no name of a column contains."""
    names = dict.fromkeys(factor for term in effects.terms for factor in term)
    return {name: f"\ue000{i}\ue001" for i, name in enumerate(names)}


def _as_in_r(name, keys):
    """R's name of a column that formulaic calls ``factor[T.level]:other``."""
    if name == "Intercept":
        return "(Intercept)"
    names = {key: factor for factor, key in keys.items()}
    parts = []
    for part in re.split(":(?=\ue000)", name):
        key, level = re.fullmatch(r"(\ue000\d+\ue001)(.*)", part, re.DOTALL).groups()
        level = re.sub(r"\[(?:T\.)?(.*)\]", r"\1", level, flags=re.DOTALL)
        parts.append(names[key] + level)
    return ":".join(parts)


def _matrix(specification, effects, values, n):
    """Formulaic's columns of factors that are computed already, on rows 0 to n - 1."""
    from formulaic.materializers import PandasMaterializer

    empty = pd.DataFrame(index=pd.RangeIndex(n))
    context = {key: values[name] for name, key in _keys(effects).items()}
    maker = PandasMaterializer(empty, context=context)
    with np.errstate(all="ignore"):  # what is not finite is refused later
        return maker.get_model_matrix(
            specification, na_action="ignore", output="pandas"
        )


def _factors(effects, rows):
    """Values of every factor by its name: numbers, categories, or several columns."""
    names = dict.fromkeys(factor for term in effects.terms for factor in term)
    return {name: _factor(effects.expressions.get(name), name, rows) for name in names}


def _factor(expression, name, rows):
    """Values of one factor, as formulaic knows numbers and categories apart."""
    values = rows.column(name) if expression is None else evaluate(expression, rows)
    if hasattr(values, "__formulaic_metadata__") or np.ndim(values) > 1:
        return values
    if expression is not None and values.dtype == bool:  # in R, too, a factor
        return pd.Categorical(values, categories=[False, True])
    if pd.api.types.is_numeric_dtype(values.dtype):
        return np.asarray(values)
    return pd.Categorical(values)


def evaluate(expression, rows):
    """Values of one expression: an array of shape (n,), or several columns.

    Raises
    ------
    PartError
        It cannot be computed.
    """
    try:
        with np.errstate(all="ignore"):
            values = expression.value(rows)
    except (PartError, MlmError):
        raise
    except Exception as error:  # functions of numpy and of the caller raise anything
        problem = f"cannot compute {expression.written!r}: "
        problem += str(error).partition("\n")[0]
        hint = "Check the function's arguments."
        raise PartError(problem, hint, expression.written) from error
    is_plain = isinstance(values, (float, np.generic, np.ndarray))
    return full(values, len(rows)) if is_plain and np.ndim(values) < 2 else values


def _check_size(text, effects, values, n):
    """Refuse more columns than fit in memory, before they are made."""
    widths = {name: _width(value) for name, value in values.items()}
    columns = sum(math.prod(widths[f] for f in term) for term in effects.terms)
    if columns > MOST_COLUMNS or columns * n > MOST_NUMBERS:
        hint = (
            "Leave interactions of categories with many levels out; a number that is "
        )
        hint += "a category by C(x) has a level for each of its values."
        problem = f"{columns} columns of {n} rows are too many."
        raise PartError(problem, hint, text)


def _width(values):
    """Number of columns that a factor gives at most."""
    inner = getattr(values, "__wrapped__", values)
    if isinstance(inner, dict):
        return len(inner)
    if isinstance(inner, (pd.Series, pd.Categorical)):
        return len(pd.Categorical(inner).categories)
    return 1 if np.ndim(inner) < 2 else np.shape(inner)[1]
