"""Random terms in the text of a formula: ``(x | g)``, ``(x || g)``, ``(1 | a/b)``.

The bars are found and read here, and what they stand between is handed on as text.
This module never sees data.
"""

import re
from dataclasses import dataclass

from mlm.formula.dialects import function_hint, grouping_hint
from mlm.formula.functions import PartError
from mlm.formula.quoting import masked
from mlm.formula.terms import read_effects
from mlm.ground.errors import FormulaError

NAME = re.compile(r"[^\W\d][\w.]*|`[^`]+`")
BAR = re.compile(r"\|+")


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


def read_bars(text, begin):
    """Read the random terms of a formula, and what stands around them.

    Parameters
    ----------
    text : str
        Of the formula, in one line.
    begin : int
        Where its right side begins.

    Returns
    -------
    bars : list of Bar
    rest : list of str
        Pieces of the right side between the random terms.

    Raises
    ------
    FormulaError
    """
    line = masked(text)
    parentheses = outer_parentheses(text, line, begin)
    bars, rest, end = [], [], begin
    for start, stop in parentheses:
        if "|" in line[start:stop]:
            _check_joined_by_plus(text, (start, stop), begin)
            bars.extend(_read_term(text, line, start, stop))
            rest.append(text[end:start])
            end = stop
        else:
            _check_forgotten_bar(text, line, start, stop)
    rest.append(text[end:])
    _check_stray_bar(text, line, parentheses, begin)
    _check_repeated(text, bars)
    return bars, rest


def outer_parentheses(text, line, begin):
    """Spans of the outermost parentheses from `begin` on, in order.

    Parameters
    ----------
    text : str
    line : str
        The same, `masked`.
    begin : int

    Returns
    -------
    list of (int, int)

    Raises
    ------
    FormulaError
        A parenthesis is not closed, or not opened.
    """
    spans, opened = [], []
    for i, character in enumerate(line):
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
        function = re.search(r"[\w.]+$", before)
        hint = function_hint(function[0]) if function else None
        raise FormulaError(
            "a random term can only be added, with '+'.",
            text,
            span,
            hint or "Write: response ~ fixed effects + (random effects | group).",
        )


def _check_forgotten_bar(text, line, start, stop):
    """Refuse two names side by side, where a bar was most likely meant."""
    words = line[start + 1 : stop - 1].rsplit(None, 1)
    is_call = start > 0 and (line[start - 1].isalnum() or line[start - 1] in "_.`")
    if len(words) == 2 and not is_call:
        end = re.search(r"[\w.`]$", words[0].rstrip())
        if end and NAME.fullmatch(words[1]):
            inside = text[start + 1 : stop - 1].strip()
            left, right = inside[: -len(words[1])].strip(), inside[-len(words[1]) :]
            hint = f"If this is a random term, write ({left} | {right})."
            raise FormulaError("no operator between names.", text, (start, stop), hint)


def _check_stray_bar(text, line, parentheses, begin):
    for bar in BAR.finditer(line):
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


def _read_term(text, line, start, stop):
    """Read one parenthesis that holds a bar; give its terms, written out."""
    bars = list(BAR.finditer(line, start, stop))
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
    left = line[start + 1 : bar.start()]
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
    operators = re.findall("[:/]", masked(group))
    if len(names) != len(operators) + 1 or not all(map(NAME.fullmatch, names)):
        raise FormulaError(
            f"{group!r} is no grouping factor." if group else "nothing after the bar.",
            text,
            span,
            grouping_hint(group),
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


def joined(pieces):
    """Join what stands around terms that were cut out, without doubled plus signs.

    Parameters
    ----------
    pieces : list of str

    Returns
    -------
    str
        "1" where nothing is left.
    """
    kept = [piece.strip().strip("+").strip() for piece in pieces]
    joined = ""
    for piece in filter(None, kept):
        plus = " " if piece.startswith("-") else " + "
        joined = f"{joined}{plus}{piece}" if joined else piece
    return joined or "1"
