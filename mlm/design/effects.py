"""Columns of numbers that a part of a formula asks for: its effects.

Effects that cannot be computed, or not told apart, are refused here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd

from mlm.formula.computing import INTERCEPT, check_number, compute_columns
from mlm.formula.evaluation import Rows
from mlm.formula.parse import variables
from mlm.formula.terms import read_effects
from mlm.ground.arguments import unusable_size
from mlm.ground.linalg import triangular_factor
from mlm.ground.readonly import Locked, lock
from mlm.ground.text import label_text

ANOTHER_UNIT = "Express it in another unit."


@dataclass(frozen=True, eq=False)
class Columns(Locked):
    """Design columns of one expression.

    Attributes
    ----------
    values : ndarray, shape (n, number of columns)
    names : tuple of str
        As R names them.
    terms : tuple of str
        Which term of the formula each column is of: ``"a:b"``, or ``"(Intercept)"``.
    again : callable
        Gives `values` for another data frame, with what was learned from this one.
    """

    values: np.ndarray
    names: tuple[str, ...]
    terms: tuple[str, ...]
    again: Callable[[pd.DataFrame], np.ndarray]

    def __post_init__(self):
        lock(self.values)

    @cached_property
    def R(self):
        """Triangle of values = Q R, diagonal not negative: shape (columns, columns)."""
        return lock(triangular_factor(self.values))


def effect_columns(formula, expression, frame, states=None):
    """Compute the design columns of one expression, with the names R gives them.

    Parameters
    ----------
    formula : Formula
        Shown, with the expression marked, if something is wrong with it.
    expression : str
        Such as ``"1 + Days"`` or ``"0 + np.log(x)"``.
    frame : ModelFrame or DataFrame
    states : dict of dict, optional
        What functions learned from other rows than these (`Rows`).

    Returns
    -------
    Columns
    """
    effects = read_effects(expression)
    columns = {name: frame[name] for name in variables(expression)}
    plain = not effects.expressions and all(
        len(term) == 1 and _is_plain(columns[term[0]], effects.intercept)
        for term in effects.terms
    )
    for name, column in columns.items():
        _check_varies(formula, name, column)
    # The 0 is not in the text where a term of || was given one.
    text = expression if expression in formula.text else expression[len("0 + ") :]
    if plain:  # most expressions are sums of columns
        levels = {name: _levels(columns[name]) for (name,) in effects.terms}
        names, terms = _plain_names(levels, effects.intercept)
        with formula.marking(text):
            check_number(expression, len(names), len(frame))
        again = partial(_plain_columns, levels, effects.intercept)
        _check_names(formula, names, text)
        return Columns(again(frame), tuple(names), tuple(terms), again)
    with formula.marking(text):
        rows = Rows(frame, formula.namespace, dict(states or {}))
        values, names, terms, again = compute_columns(expression, rows)
    if not np.isfinite(values).all():
        bad = names[np.flatnonzero(~np.isfinite(values).all(axis=0))[0]]
        hint = "Check its arguments: a logarithm of 0, or a division by 0?"
        raise formula.error(f"{bad!r} is not finite everywhere.", hint, text)
    for name, column in zip(names, values.T, strict=True):
        if problem := unusable_size(column):
            raise formula.error(f"{name!r} {problem}.", ANOTHER_UNIT, text)
    _check_names(formula, names, text)
    return Columns(values, tuple(names), tuple(terms), again)


def _check_names(formula, names, text):
    """Refuse two effects of one name: tables could not tell them apart."""
    if len(set(names)) < len(names):
        repeated = next(name for name in names if names.count(name) > 1)
        hint = "A level of a factor stands behind its name: rename a column, or levels."
        problem = f"several effects would be called {repeated!r}."
        raise formula.error(problem, hint, text)


def _is_plain(column, intercept):
    """Whether it is a column of numbers, or of categories less their first."""
    if _levels(column) is not None:
        return intercept
    return column.dtype in (np.float64, np.int64)


def _levels(column):
    """Categories of a column; None if it has none."""
    is_categorical = isinstance(column.dtype, pd.CategoricalDtype)
    return column.dtype.categories if is_categorical else None


def _plain_names(levels, intercept):
    """Names of `_plain_columns`, and the term of each: two lists."""
    names, terms = [INTERCEPT] * intercept, [INTERCEPT] * intercept
    for name, own in levels.items():
        ends = [""] if own is None else map(label_text, own.tolist()[1:])
        added = [name + end for end in ends]
        names += added
        terms += [name] * len(added)
    return names, terms


def _plain_columns(levels, intercept, frame):
    """Numbers and treatment contrasts, after ones if there is an intercept."""
    width = sum(1 if own is None else len(own) - 1 for own in levels.values())
    values, place = np.ones((len(frame), intercept + width)), int(intercept)
    for name, own in levels.items():
        if own is None:
            values[:, place] = frame[name].to_numpy()
            place += 1
            continue
        column = frame[name].array
        if _levels(column) is not own:
            column = pd.Categorical(column, categories=own)
        codes = column.codes
        for level in range(1, len(own)):
            values[:, place] = codes == level
            place += 1
    return values


def _check_varies(formula, name, column):
    """Refuse a factor of one level; a categorical has none that is not used."""
    if column.dtype.kind in "iuf":
        return
    levels = _levels(column)
    if (column.nunique() if levels is None else len(levels)) < 2:
        hint = "Leave it out: what does not vary explains nothing."
        problem = f"{name!r} has one level only ({column.iloc[0]!r})."
        raise formula.error(problem, hint, name)
