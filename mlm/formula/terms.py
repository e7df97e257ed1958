"""Sums and products of effects, such as ``1 + x * np.log(z)``: text to terms.

`formulaic` reads the operators; what terms they make is R's algebra, written here.
Nothing here sees data.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from mlm.formula.dialects import operator_hint
from mlm.formula.expressions import Expression, read_expression
from mlm.formula.functions import PartError
from mlm.formula.quoting import shield, unshield

# Most terms that a formula may ask for.
MOST_TERMS = 2000
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

    @property
    def factors(self):
        """Names of the factors of all terms, without repetition."""
        return list(dict.fromkeys(factor for term in self.terms for factor in term))


@lru_cache(maxsize=64)
def column_names(text):
    """Names of the columns that one part of a formula uses, in order: tuple."""
    if PLAIN.fullmatch(text):
        return tuple(name for (name,) in read_effects(text).terms)
    tokens, expressions = _tokens(text)
    names = []
    for token in tokens:
        if token.kind is token.Kind.NAME:
            found = expressions.get(token.token)
            names += found.variables if found else [token.token]
    return tuple(dict.fromkeys(names))


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
    if sign := re.search(r"%[*/>o]?%", shielded):
        problem = f"{sign[0]!r} between effects."
        raise PartError(problem, operator_hint(sign[0]), sign[0])
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
        sign = re.search("operator '(.)", problem)
        hint = (sign and operator_hint(sign[1])) or HINT
        raise PartError(f"cannot read {text!r}: {problem}", hint, text) from error
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
            return _union(sides[0], self._product(_whole(sides[0]), sides[1]))
        if symbol == "in":
            return self._product(sides[0], _whole(sides[1]))
        if symbol == ":":
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
        """Whether there is one: the last 0 or 1 says so, as in R also in a product."""
        found, waiting = True, [(tree, True)]
        while waiting:
            node, is_added = waiting.pop()
            if not hasattr(node, "args"):
                if node.kind is node.Kind.VALUE:
                    found = (node.token == "1") == is_added
            elif node.operator.symbol in POWERS:
                waiting.append((node.args[0], is_added))
            else:
                is_minus = node.operator.symbol == "-"
                last = (node.args[-1], is_added != is_minus)
                waiting += [last, *((first, is_added) for first in node.args[:-1])]
        return found


def _symbol(node):
    """Operator of a node, None of a leaf."""
    return node.operator.symbol if hasattr(node, "args") else None


def _whole(terms):
    """The one term of all factors of a set: what others are nested within."""
    every = tuple(dict.fromkeys(factor for term in terms.values() for factor in term))
    return {frozenset(every): every}


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
