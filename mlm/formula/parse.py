"""Text of a model formula to `Formula`: response, fixed part, random terms.

Random terms are read by `mlm.formula.bars`, sums of effects by `mlm.formula.terms`.
This module never sees data.
"""

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

from mlm.formula.bars import NAME, Bar, joined, outer_parentheses, read_bars
from mlm.formula.dialects import function_hint, unknown_function_hint
from mlm.formula.expressions import read_response
from mlm.formula.functions import PartError, check_namespace
from mlm.formula.quoting import masked, outside_quotes
from mlm.formula.terms import column_names, read_effects
from mlm.ground.arguments import shown
from mlm.ground.errors import FormulaError
from mlm.ground.names import answering

# Most characters of a formula.
LONGEST = 20_000


@dataclass(frozen=True)
class Formula:
    """A formula read but not yet met by data.

    Attributes
    ----------
    text : str
        The formula as written.
    response : str
        Left of the tilde: a column, or arithmetic, with ``**`` for R's ``^``.
    fixed : str
        Right of the tilde without the random terms; ``"1"`` where nothing is left.
    bars : tuple of Bar
        Random terms in the order written, with ``||`` and ``a/b`` written out.
    offsets : tuple of str
        Terms ``offset(...)`` as written; they are not in `fixed`.
    namespace : dict of str to callable
        Functions of the caller's that it may call.
    """

    text: str
    response: str
    fixed: str
    bars: tuple[Bar, ...]
    offsets: tuple[str, ...] = ()
    namespace: dict = field(default_factory=dict, compare=False)

    @property
    def response_column(self):
        """Name of the response's column; None where the response is computed."""
        return self.response.strip("`") if NAME.fullmatch(self.response) else None

    @property
    def response_expression(self):
        """The response, to be computed: `Expression`."""
        return read_response(self.response)

    @property
    def has_two_counts(self):
        """Whether the response is ``cbind(successes, failures)``."""
        return self.response_expression.text.startswith("cbind(")

    @property
    def variables(self):
        """Names of all columns that are used, without repetition."""
        return list(dict.fromkeys([*self.effect_variables, *self.groups]))

    @property
    def groups(self):
        """Names of the columns that form groups."""
        return [name for bar in self.bars for name in bar.group]

    @property
    def effect_variables(self):
        """Names of the columns that are response or effects, without repetition."""
        left = self.response_expression.variables
        return list(dict.fromkeys([*left, *self.predictors]))

    @property
    def predictors(self):
        """Names of the columns that are effects or offsets."""
        parts = [self.fixed, *(bar.effects for bar in self.bars), *self.offsets]
        return [name for part in parts for name in column_names(part)]

    def error(self, problem, hint, part=None):
        """Make a `FormulaError` that marks `part`: text, a span, or the right side."""
        span = part
        if isinstance(part, str):
            start = r"(?<!\w)" if part[:1].isalnum() else ""  # no part of a word
            found = re.search(start + re.escape(part), self.text)
            tilde = masked(self.text).index("~")
            left = (0, tilde) if part == self.response else None
            span = found.span() if found else left
        if span is None:
            span = (masked(self.text).index("~") + 1, len(self.text))
        return FormulaError(problem, self.text, span, hint)

    @property
    def offset_sum(self):
        """All offsets as one sum of effects, to be computed; empty without any."""
        return self.offsets and " + ".join(["0", *self.offsets])

    @contextmanager
    def marking(self, text=None):
        """Raise what is wrong with a part as an error that marks it, or else `text`."""
        try:
            yield
        except PartError as error:
            part = error.part or text
            raise self.error(error.problem, error.hint, part) from error


def variables(expression):
    """Names of the columns that one part of a formula uses, in order.

    Examples
    --------
    >>> variables("np.log(Days + 1) * Subject")
    ['Days', 'Subject']
    """
    try:
        return list(column_names(expression))
    except PartError as error:
        span = (0, len(expression))
        problem, hint = error.problem, error.hint
        raise FormulaError(problem, expression, span, hint) from error


@answering
def parse_formula(text, namespace=None):
    """Read a formula in lme4's notation.

    Parameters
    ----------
    text : str
        For example ``"Reaction ~ Days + (Days | Subject)"``.  Random terms are
        ``(x | g)``, ``(x || g)`` (effects independent), ``(1 | a:b)`` (groups are
        combinations) and ``(1 | a/b)`` .
    namespace : dict of str to callable, optional
        Functions that the formula may call by these names, such as ``{"f": f}`` for
        ``y ~ f(x)``.  They get columns as Series, and give one value for each row that
        depends on this row alone.

    Returns
    -------
    Formula

    Raises
    ------
    FormulaError
        The message shows the formula with its bad part marked.
    DataError
        The namespace holds what is no function, or hides one that formulas know.

    Notes
    -----
    A formula cannot run code.  It may hold names of columns (in backticks where they
    have spaces or operators), numbers, + - * / ** and comparisons, and call:

    - numpy's functions that compute row by row: ``np.log``, ``np.sqrt``, every other
      ufunc, ``np.where``, ``np.clip``, ``np.round``; ``log``, ``exp``, ``sqrt``,
      ``abs`` and more are known without ``np.``; ``np.pi`` and ``np.e`` are numbers;
    - ``I(x**2)``: arithmetic, where + and * would otherwise join effects;
    - ``C(f)``, ``C(f, levels=['b', 'a'])``, ``C(f, contr.sum)``: a category, with
      contrasts ``contr.treatment('b')``, ``sum``, ``poly``, ``helmert``, ``diff``,
      ``SAS``, or a matrix of numbers;
    - ``center(x)``, ``scale(x)``, ``poly(x, 2)``, ``bs(x, df=4)``, ``cr``, ``cs`` and
      ``cc``, which learn from the fitted data what they do to new data;
    - ``np.mean(x)``, ``x.std()`` and ``median``, ``min``, ``max``, ``sum``, ``var`` in
      the same two ways: one number, and for new data that of the fitted ones;
    - functions of the namespace.

    The left side is arithmetic, as in R: ``y - pre``, ``y^2``, ``np.log(y)``; what is
    fitted and predicted is on its scale.  ``cbind(successes, failures)`` stands there
    for `mlm.glm` with family binomial.  ``offset(log(t))`` is a term of the right side
    whose coefficient is 1, there too for new data.  Of several 0 and 1 on the right,
    the last says whether there is an intercept.

    ``(f || g)`` with a factor f is, as in lme4, ``(1 | g) + (0 + f | g)``: the levels
    of f keep their correlations, and the intercept repeats what they can say together.
    For independent effects make a numeric column of each level.

    Examples
    --------
    >>> parse_formula("Reaction ~ Days + (Days | Subject)").bars[0].label
    'Subject'
    """
    _check_text(text)
    namespace = check_namespace(namespace)
    formula = Formula(*_parts(text), namespace)
    _check_expressions(formula)
    return formula


@lru_cache(maxsize=64)  # refits read the same text again, which takes a while
def _parts(text):
    """What a `Formula` has of its text alone: the text in one line, and its parts."""
    text = outside_quotes(text, r"\s", " ")
    tilde = _find_tilde(text)
    _check_dot(text)
    bars, rest = read_bars(text, tilde + 1)
    response = outside_quotes(text[:tilde].strip(), r"\^", "**")  # arithmetic
    fixed, offsets = _without_offsets(joined(rest))
    return text, response, fixed, tuple(bars), offsets


def _check_text(text):
    if not isinstance(text, str):
        given = shown(text)
        raise FormulaError(
            f"a formula is text, not {type(text).__name__}.",
            given,
            (0, len(given)),
            "It comes first, in quotes, and the data second: "
            'mlm.lmer("Reaction ~ Days + (Days | Subject)", data).',
        )
    if len(text) > LONGEST:
        problem = f"a formula of {len(text)} characters; {LONGEST} can be read."
        hint = "Put what belongs together into fewer columns."
        raise FormulaError(problem, f"{text[:60]} ...", (0, 60), hint)
    for i, character in enumerate(text):
        if not character.isprintable() and character not in "\n\r\t\xa0":
            hint = "Leave it out, or rename the column."
            problem = f"a character that is not printed, {character!a}."
            readable = text.encode("utf-8", "replace").decode()
            raise FormulaError(problem, readable, (i, i + 1), hint)


def _check_expressions(formula):
    """Refuse what is not allowed in any part, and functions that nobody gave."""
    with formula.marking():
        expressions = [formula.response_expression]
        for part in (formula.fixed, *(bar.effects for bar in formula.bars)):
            expressions += read_effects(part).expressions.values()
        for found in expressions:
            if found.text.startswith("offset("):
                problem = "offset() is no term of its own here."
                raise PartError(problem, function_hint("offset"), found.written)
        for part in formula.offsets:
            expressions += read_effects(part).expressions.values()
    for expression in expressions:
        for name in expression.functions:
            if name not in formula.namespace:
                problem = f"{name}() is not known in a formula."
                raise formula.error(problem, unknown_function_hint(name), name)


def _find_tilde(text):
    tildes = [m.start() for m in re.finditer("~", masked(text))]
    if len(tildes) != 1:
        where = (tildes[1], len(text)) if tildes else (0, len(text))
        raise FormulaError(
            f"a formula has one '~', this one has {len(tildes)}.",
            text,
            where,
            "Write: response ~ fixed effects + (random effects | group).",
        )
    if not text[: tildes[0]].strip():
        raise FormulaError(
            "no response before '~'.",
            text,
            (0, tildes[0] + 1),
            "Write the name of the column to explain on the left of '~'.",
        )
    if not text[tildes[0] + 1 :].strip():
        raise FormulaError(
            "nothing after '~'.",
            text,
            (tildes[0], tildes[0] + 1),
            "Write 1 for an intercept alone, or the effects.",
        )
    return tildes[0]


def _check_dot(text):
    """Refuse ``y ~ .`` (all other columns): a reader cannot see which they are."""
    for dot in re.finditer(r"(?<![\w`.])\.(?![\w.])", masked(text)):
        hint = "Name the columns; ' + '.join(data.columns) makes the text of all."
        raise FormulaError("'.' for all columns.", text, dot.span(), hint)


def _without_offsets(fixed):
    """The fixed part without its terms ``offset(...)``, and these: str, tuple."""
    pieces, offsets, end, line = [], [], 0, masked(fixed)
    for start, stop in outer_parentheses(fixed, line, 0):
        name = re.search(r"(?:^|\+)\s*(offset\s*)$", line[:start])
        if name and re.match(r"\s*(?:[+-]|$)", line[stop:]):
            pieces.append(fixed[end : name.start(1)])
            offsets.append(fixed[name.start(1) : stop])
            end = stop
    return joined([*pieces, fixed[end:]]), tuple(offsets)
