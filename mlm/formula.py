"""Text of a model formula to `Formula`: response, fixed part, random terms.

The fixed part is left to `formulaic`; only the bars, which it does not know, are
read here.  This module never sees data.
"""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches

from mlm.arguments import shown
from mlm.dialects import function_hint
from mlm.errors import FormulaError
from mlm.expressions import QUOTED, read_response
from mlm.terms import column_names, read_effects
from mlm.transforms import RESERVED, PartError, check_namespace, numpy_function

NAME = re.compile(r"[^\W\d][\w.]*|`[^`]+`")
BAR = re.compile(r"\|+")
# Most characters of a formula.
LONGEST = 20_000


@dataclass(frozen=True)
class Bar:
    """One random term, as ``(effects | group)`` in lme4's notation.

    Attributes
    ----------
    effects : str
        Left of the bar: the effects that vary by group, such as ``"1 + Days"``.
    group : tuple of str
        Columns whose combination is the grouping factor; ``a:b`` gives two.
    span : tuple of (int, int)
        Where the term stands in the formula, parentheses included.
    """

    effects: str
    group: tuple[str, ...]
    span: tuple[int, int]

    @property
    def label(self):
        """Name of the grouping factor, as lme4 prints it."""
        return ":".join(self.group)


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
    namespace : dict of str to callable
        Functions of the caller's that it may call.
    """

    text: str
    response: str
    fixed: str
    bars: tuple[Bar, ...]
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
    def variables(self):
        """Names of all columns that are used, without repetition."""
        groups = [name for bar in self.bars for name in bar.group]
        return list(dict.fromkeys([*self.effect_variables, *groups]))

    @property
    def effect_variables(self):
        """Names of the columns that are response or effects, without repetition."""
        parts = [self.fixed, *(bar.effects for bar in self.bars)]
        names = [*self.response_expression.variables]
        names += [name for part in parts for name in column_names(part)]
        return list(dict.fromkeys(names))

    def error(self, problem, hint, part=None):
        """Make a `FormulaError` that marks `part`: text, a span, or the right side."""
        span = part
        if isinstance(part, str):
            start = r"(?<!\w)" if part[:1].isalnum() else ""  # no part of a word
            found = re.search(start + re.escape(part), self.text)
            tilde = _masked(self.text).index("~")
            left = (0, tilde) if part == self.response else None
            span = found.span() if found else left
        if span is None:
            span = (_masked(self.text).index("~") + 1, len(self.text))
        return FormulaError(problem, self.text, span, hint)


def variables(expression):
    """Names of the columns that one part of a formula uses, in order.

    Examples
    --------
    >>> variables("np.log(Days + 1) * Subject")
    ['Days', 'Subject']
    """
    try:
        return column_names(expression)
    except PartError as error:
        span = (0, len(expression))
        problem, hint = error.problem, error.hint
        raise FormulaError(problem, expression, span, hint) from error


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
      ufunc, ``np.where``, ``np.clip``, ``np.round``; ``log``, ``log2``, ``log10``,
      ``exp``, ``exp2`` are known without ``np.``, and ``np.pi``, ``np.e`` are numbers;
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
    fitted and predicted is on its scale.  Of several 0 and 1 on the right, the last
    says whether there is an intercept.

    ``(f || g)`` with a factor f is, as in lme4, ``(1 | g) + (0 + f | g)``: the levels
    of f keep their correlations, and the intercept repeats what they can say together.
    For independent effects make a numeric column of each level.

    Examples
    --------
    >>> parse_formula("Reaction ~ Days + (Days | Subject)").bars[0].label
    'Subject'
    """
    _check_text(text)
    text = _outside_quotes(text, r"\s", " ")  # a formula may be of several lines
    namespace = check_namespace(namespace)
    masked = _masked(text)
    tilde = _find_tilde(text, masked)
    parentheses = _outer_parentheses(text, masked, tilde + 1)
    bars, fixed = [], []
    end = tilde + 1
    for start, stop in parentheses:
        if "|" in masked[start:stop]:
            _check_joined_by_plus(text, (start, stop), tilde + 1)
            bars.extend(_read_term(text, masked, start, stop))
            fixed.append(text[end:start])
            end = stop
        else:
            _check_forgotten_bar(text, masked, start, stop)
    fixed.append(text[end:])
    _check_dot(text, masked)
    _check_stray_bar(text, masked, parentheses, tilde + 1)
    _check_repeated(text, bars)
    response = _outside_quotes(text[:tilde].strip(), r"\^", "**")  # arithmetic
    formula = Formula(text, response, _tidy(fixed), tuple(bars), namespace)
    _check_expressions(formula)
    return formula


def _masked(text):
    """The text with what is quoted made blank, of the same length."""
    return QUOTED.sub(lambda m: m[0][0] + "_" * (len(m[0]) - 2) + m[0][-1], text)


def _outside_quotes(text, pattern, replacement):
    """Replace what is not within quotes and backticks."""
    pieces = re.split(f"({QUOTED.pattern})", text)
    pieces[::2] = [re.sub(pattern, replacement, piece) for piece in pieces[::2]]
    return "".join(pieces)


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
    try:
        expressions = [formula.response_expression]
        for part in (formula.fixed, *(bar.effects for bar in formula.bars)):
            expressions += read_effects(part).expressions.values()
    except PartError as error:
        raise formula.error(error.problem, error.hint, error.part) from error
    for expression in expressions:
        for name in expression.functions:
            if name not in formula.namespace:
                raise _unknown_function(formula, name)


def _unknown_function(formula, name):
    hint = function_hint(name)
    if hint is None and numpy_function(name):
        hint = f"Write np.{name}(x)."
    if hint is None:
        close = get_close_matches(name, RESERVED, n=1)
        hint = f"Did you mean {close[0]!r}? " if close else ""
        hint += f"A function of yours is given with namespace={{{name!r}: {name}}}."
    return formula.error(f"{name}() is not known in a formula.", hint, name)


def _find_tilde(text, masked):
    tildes = [m.start() for m in re.finditer("~", masked)]
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
    return tildes[0]


def _outer_parentheses(text, masked, begin):
    """Spans of the outermost parentheses from `begin` on, in order."""
    spans, opened = [], []
    for i, character in enumerate(masked):
        if character == "(":
            opened.append(i)
        elif character == ")":
            if not opened:
                hint = "Remove it, or add the '(' that belongs to it."
                raise FormulaError("')' without '('.", text, (i, i + 1), hint)
            start = opened.pop()
            if not opened and start >= begin:
                spans.append((start, i + 1))
    if opened:
        hint = "Close the parenthesis with ')', as in (Days | Subject)."
        raise FormulaError("'(' is never closed.", text, (opened[0], len(text)), hint)
    return spans


def _check_joined_by_plus(text, span, begin):
    start, stop = span
    before = text[begin:start].rstrip()
    after = text[stop:].lstrip()
    if (before and before[-1] != "+") or (after and after[0] not in "+-"):
        raise FormulaError(
            "a random term can only be added, with '+'.",
            text,
            span,
            "Write: response ~ fixed effects + (random effects | group).",
        )


def _check_forgotten_bar(text, masked, start, stop):
    """Refuse two names side by side, where a bar was most likely meant."""
    words = masked[start + 1 : stop - 1].rsplit(None, 1)
    is_call = start > 0 and (masked[start - 1].isalnum() or masked[start - 1] in "_.`")
    if len(words) == 2 and not is_call:
        end = re.search(r"[\w.`]$", words[0].rstrip())
        if end and NAME.fullmatch(words[1]):
            inside = text[start + 1 : stop - 1].strip()
            left, right = inside[: -len(words[1])].strip(), inside[-len(words[1]) :]
            hint = f"If this is a random term, write ({left} | {right})."
            raise FormulaError("no operator between names.", text, (start, stop), hint)


def _check_stray_bar(text, masked, parentheses, begin):
    for bar in BAR.finditer(masked):
        inside = any(start < bar.start() < stop for start, stop in parentheses)
        if not inside or bar.start() < begin:
            raise FormulaError(
                "a bar outside parentheses.",
                text,
                bar.span(),
                "Put the random term in parentheses, as in (Days | Subject).",
            )


def _check_repeated(text, bars):
    """Refuse a random term that an earlier one repeats: their variances are one."""
    seen = set()
    for bar in bars:
        term = (re.sub(r"\s", "", bar.effects), frozenset(bar.group))
        if term in seen:
            problem = f"the random term ({bar.effects} | {bar.label}) is there twice."
            hint = "Leave one out; (1 | a/b) already holds (1 | a)."
            raise FormulaError(problem, text, bar.span, hint)
        seen.add(term)


def _check_dot(text, masked):
    """Refuse ``y ~ .`` (all other columns): a reader cannot see which they are."""
    for dot in re.finditer(r"(?<![\w`.])\.(?![\w.])", masked):
        hint = "Name the columns."
        raise FormulaError("'.' for all columns.", text, dot.span(), hint)


def _read_term(text, masked, start, stop):
    """Read one parenthesis that holds a bar; give its terms, written out."""
    bars = list(BAR.finditer(masked, start, stop))
    if len(bars) > 1 or len(bars[0][0]) > 2:
        span = (bars[0].start(), bars[-1].end())
        hint = "One bar (or one '||') a term; add further terms with '+'."
        raise FormulaError("more than one bar in a term.", text, span, hint)
    bar = bars[0]
    effects = text[start + 1 : bar.start()].strip()
    group = text[bar.end() : stop - 1].strip()
    if not effects:
        hint = f"For an intercept that varies by group, write (1 | {group or 'group'})."
        raise FormulaError("nothing before the bar.", text, (start, stop), hint)
    left = masked[start + 1 : bar.start()]
    if left.count("(") != left.count(")"):
        hint = "Put one random term in one pair of parentheses, as in (Days | Subject)."
        raise FormulaError("the bar is nested too deep.", text, (start, stop), hint)
    groups = _read_group(text, group, (bar.start(), stop))
    try:
        parts = _split_effects(effects) if bar[0] == "||" else [effects]
    except PartError as error:
        span = (start, bar.start())
        raise FormulaError(error.problem, text, span, error.hint) from error
    return [Bar(part, names, (start, stop)) for names in groups for part in parts]


def _read_group(text, group, span):
    """``a`` gives [(a,)], ``a:b`` gives [(a, b)], ``a/b`` gives [(b, a), (a,)]."""
    pieces = re.split(r"((?:`[^`]*`|[^`:/])*)", group)[1::2]
    names = [piece.strip() for piece in pieces if piece.strip()]
    operators = re.findall("[:/]", _masked(group))
    if len(names) != len(operators) + 1 or not all(map(NAME.fullmatch, names)):
        raise FormulaError(
            f"{group!r} is no grouping factor." if group else "nothing after the bar.",
            text,
            span,
            "After the bar stands a column (g), or columns joined as a:b or a/b.",
        )
    names = [name.strip("`") for name in names]
    if "/" not in operators:
        return [tuple(names)]
    if ":" in operators:
        hint = "Write the terms out: (1 | a) + (1 | a:b)."
        raise FormulaError("':' and '/' in one grouping factor.", text, span, hint)
    return [tuple(names[depth - 1 :: -1]) for depth in range(len(names), 0, -1)]


def _split_effects(text):
    """Terms on the left of ``||``, as independent terms (lme4: expandDoubleVerts).

    A factor is one term: its levels' effects stay correlated, as in lme4.
    """
    effects = read_effects(text)
    terms = [
        "0 + " + ":".join(_quoted(factor, effects.expressions) for factor in term)
        for term in effects.terms
    ]
    return ["1"] * effects.intercept + terms


def _quoted(factor, expressions):
    """A factor of a term as it is written: odd names of columns in backticks."""
    is_plain = factor in expressions or NAME.fullmatch(factor)
    return factor if is_plain else f"`{factor}`"


def _tidy(pieces):
    """Join what stands around the random terms, without doubled plus signs."""
    kept = [piece.strip().strip("+").strip() for piece in pieces]
    joined = ""
    for piece in filter(None, kept):
        plus = " " if piece.startswith("-") else " + "
        joined = f"{joined}{plus}{piece}" if joined else piece
    return joined or "1"
