"""Text of a model formula to `Formula`: response, fixed part, random terms.

The fixed part is left to `formulaic`; only the bars, which it does not know, are
read here.  This module never sees data.
"""

import re
from dataclasses import dataclass

from mlm.errors import FormulaError

NAME = re.compile(r"[^\W\d][\w.]*|`[^`]+`")
BAR = re.compile(r"\|+")
# A column is `quoted`, or a word that is no function, attribute, argument or module.
VARIABLE = re.compile(r"`([^`]+)`|(?<![\w.])([^\W\d]\w*)\b(?!\s*(?:[(.]|=(?!=)))")
# Words of Python's expressions; its other keywords, such as yield, may be columns.
WORDS = {"and", "or", "not", "in", "is", "if", "else", "True", "False", "None"}
# What R's formulas have and these do not, and what to write instead.
R_FUNCTIONS = {
    "offset": "Give it as an argument instead: offset='name of the column'.",
    "factor": "Write C(x), or make the column categorical: .astype('category').",
    "as.factor": "Write C(x), or make the column categorical: .astype('category').",
    "cbind": "Fit one response at a time.",
    "s": "Smooth terms are not part of lme4's models; bs(x, df=4) is a spline.",
}
TEXT = re.compile(r"""'[^']*'|"[^"]*"|%in%""")


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
        Left of the tilde.
    fixed : str
        Right of the tilde without the random terms; ``"1"`` where nothing is left.
    bars : tuple of Bar
        Random terms in the order written, with ``||`` and ``a/b`` written out.
    """

    text: str
    response: str
    fixed: str
    bars: tuple[Bar, ...]

    def error(self, problem, hint, part=None):
        """Make a `FormulaError` that marks `part`: text, a span, or the right side."""
        span = part
        if isinstance(part, str):
            found = re.search(rf"(?<!\w){re.escape(part)}", self.text)
            span = found and found.span()
        if span is None:
            span = (self.text.index("~") + 1, len(self.text))
        return FormulaError(problem, self.text, span, hint)


def variables(expression):
    """Names of the columns that one part of a formula uses, in order.

    Examples
    --------
    >>> variables("np.log(Days + 1) * Subject")
    ['Days', 'Subject']
    """
    found = VARIABLE.findall(TEXT.sub(" ", expression))
    names = [quoted or word for quoted, word in found]
    return list(dict.fromkeys(name for name in names if name not in WORDS))


def parse_formula(text):
    """Read a formula in lme4's notation.

    Parameters
    ----------
    text : str
        For example ``"Reaction ~ Days + (Days | Subject)"``.  Random terms are
        ``(x | g)``, ``(x || g)`` (effects independent), ``(1 | a:b)`` (groups are
        combinations) and ``(1 | a/b)`` .

    Returns
    -------
    Formula

    Raises
    ------
    FormulaError
        The message shows the formula with its bad part marked.

    Notes
    -----
    ``(f || g)`` with a factor f is, as in lme4, ``(1 | g) + (0 + f | g)``: the levels
    of f keep their correlations, and the intercept repeats what they can say together.
    For independent effects make a numeric column of each level.

    Examples
    --------
    >>> parse_formula("Reaction ~ Days + (Days | Subject)").bars[0].label
    'Subject'
    """
    if not isinstance(text, str):
        raise FormulaError(
            f"a formula is text, not {type(text).__name__}.",
            repr(text),
            (0, len(repr(text))),
            'Write it in quotes, such as "Reaction ~ Days + (Days | Subject)".',
        )
    tilde = _find_tilde(text)
    response = text[:tilde].strip()
    parentheses = _outer_parentheses(text, tilde + 1)
    bars, fixed = [], []
    end = tilde + 1
    for start, stop in parentheses:
        if "|" in text[start:stop]:
            _check_joined_by_plus(text, (start, stop), tilde + 1)
            bars.extend(_read_term(text, start, stop))
            fixed.append(text[end:start])
            end = stop
        else:
            _check_forgotten_bar(text, start, stop)
    fixed.append(text[end:])
    _check_r_functions(text)
    _check_power(text)
    _check_dot(text)
    _check_stray_bar(text, parentheses, tilde + 1)
    _check_repeated(text, bars)
    return Formula(text, response, _tidy(fixed), tuple(bars))


def _find_tilde(text):
    tildes = [m.start() for m in re.finditer("~", text)]
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


def _outer_parentheses(text, begin):
    """Spans of the outermost parentheses from `begin` on, in order."""
    spans, opened = [], []
    for i, character in enumerate(text):
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


def _check_forgotten_bar(text, start, stop):
    """Refuse two names side by side, where a bar was most likely meant."""
    inside = text[start + 1 : stop - 1].strip()
    words = re.fullmatch(r"(.*[\w.])\s+([\w.]+)", inside)
    is_call = start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_.")
    if words and not is_call:
        hint = f"If this is a random term, write ({words[1]} | {words[2]})."
        raise FormulaError("no operator between names.", text, (start, stop), hint)


def _check_stray_bar(text, parentheses, begin):
    for bar in BAR.finditer(text):
        inside = any(start < bar.start() < stop for start, stop in parentheses)
        if not inside or bar.start() < begin:
            raise FormulaError(
                "a bar outside parentheses.",
                text,
                bar.span(),
                "Put the random term in parentheses, as in (Days | Subject).",
            )


def _check_r_functions(text):
    for call in re.finditer(r"(?<![\w.])([a-z.]+)\s*\(", text):
        if call[1] in R_FUNCTIONS:
            problem = f"{call[1]}() is not known in a formula."
            raise FormulaError(problem, text, call.span(1), R_FUNCTIONS[call[1]])


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


def _check_power(text):
    """Refuse R's ``I(x^2)``: in Python ``^`` is no power, but exclusive or."""
    for inner in re.finditer(r"\w\([^()]*(\^)[^()]*\)", text):
        hint = "Write ** for a power, as in I(x**2)."
        raise FormulaError("'^' inside a function.", text, inner.span(1), hint)


def _check_dot(text):
    """Refuse ``y ~ .`` (all other columns): a reader cannot see which they are."""
    for dot in re.finditer(r"(?<![\w`.])\.(?![\w.])", TEXT.sub(" ", text)):
        hint = "Name the columns."
        raise FormulaError("'.' for all columns.", text, dot.span(), hint)


def _read_term(text, start, stop):
    """Read one parenthesis that holds a bar; give its terms, written out."""
    bars = list(BAR.finditer(text, start, stop))
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
    if "(" in effects and effects.count("(") != effects.count(")"):
        hint = "Put one random term in one pair of parentheses, as in (Days | Subject)."
        raise FormulaError("the bar is nested too deep.", text, (start, stop), hint)
    groups = _read_group(text, group, (bar.start(), stop))
    try:
        parts = _split_effects(effects) if bar[0] == "||" else [effects]
    except Exception as error:  # formulaic's own, or Python's about odd text
        hint = (
            "Left of '||' stand effects joined by + - * :, as in (1 + Days || Subject)."
        )
        problem = f"cannot read {effects!r}: {error}"
        raise FormulaError(problem, text, (start, bar.start()), hint) from error
    return [Bar(part, names, (start, stop)) for names in groups for part in parts]


def _read_group(text, group, span):
    """``a`` gives [(a,)], ``a:b`` gives [(a, b)], ``a/b`` gives [(b, a), (a,)]."""
    pieces = re.split(r"\s*([:/])\s*", group)
    names, operators = pieces[0::2], pieces[1::2]
    if not all(NAME.fullmatch(name) for name in names):
        raise FormulaError(
            f"{group!r} is no grouping factor." if group else "nothing after the bar.",
            text,
            span,
            "After the bar stands a column (g), or columns joined as a:b or a/b.",
        )
    if "/" not in operators:
        return [tuple(name.strip("`") for name in names)]
    if ":" in operators:
        hint = "Write the terms out: (1 | a) + (1 | a:b)."
        raise FormulaError("':' and '/' in one grouping factor.", text, span, hint)
    names = [name.strip("`") for name in names]
    return [tuple(names[depth - 1 :: -1]) for depth in range(len(names), 0, -1)]


def _split_effects(effects):
    """Terms on the left of ``||``, as independent terms (lme4: expandDoubleVerts).

    A factor is one term: its levels' effects stay correlated, as in lme4.
    """
    import formulaic  # here, because it takes a fifth of the time of `import mlm`

    terms = [
        ":".join(map(_quoted, term.factors)) for term in formulaic.Formula(effects)
    ]
    return ["1" if term == "1" else f"0 + {term}" for term in terms]


def _quoted(factor):
    """A factor of a term as it is written: odd names of columns in backticks."""
    odd = factor.eval_method.value == "lookup" and not factor.expr.isidentifier()
    return f"`{factor.expr}`" if odd else factor.expr


def _tidy(pieces):
    """Join what stands around the random terms, without doubled plus signs."""
    kept = [piece.strip().strip("+").strip() for piece in pieces]
    return " + ".join(piece for piece in kept if piece).replace("+ -", "-") or "1"
