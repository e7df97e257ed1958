"""Columns of numbers that a part of a formula asks for: its effects.

Effects that cannot be computed, or not told apart, are refused here.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd

from mlm.formula.computing import INTERCEPT, compute_columns
from mlm.formula.evaluation import Rows
from mlm.formula.parse import variables
from mlm.formula.terms import read_effects
from mlm.ground.arguments import unusable_size
from mlm.ground.linalg import triangular_factor
from mlm.ground.readonly import Locked, lock

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


def effect_columns(formula, expression, frame):
    """Compute the design columns of one expression, with the names R gives them.

    Parameters
    ----------
    formula : Formula
        Shown, with the expression marked, if something is wrong with it.
    expression : str
        Such as ``"1 + Days"`` or ``"0 + np.log(x)"``.
    frame : DataFrame
        From `model_frame`.

    Returns
    -------
    Columns
    """
    effects = read_effects(expression)
    if not effects.expressions and all(
        len(term) == 1 and _is_plain(frame[term[0]]) for term in effects.terms
    ):  # most expressions are sums of numeric columns
        names = [name for (name,) in effects.terms]
        intercept = [INTERCEPT] if effects.intercept else []
        again = partial(_numeric_columns, names, effects.intercept)
        values, names = again(frame), (*intercept, *names)
        _check_names(formula, names, expression)
        return Columns(values, names, names, again)
    for name in variables(expression):
        _check_varies(formula, name, frame[name])
    # The 0 is not in the text where a term of || was given one.
    text = expression if expression in formula.text else expression[len("0 + ") :]
    with formula.marking(text):
        rows = Rows(frame, formula.namespace)
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
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        hint = "A level of a factor stands behind its name: rename a column, or levels."
        problem = f"several effects would be called {repeated[0]!r}."
        raise formula.error(problem, hint, text)


def _is_plain(column):
    return column is not None and column.dtype in (np.float64, np.int64)


def _numeric_columns(names, intercept, frame):
    """Columns of numbers, after one of ones if there is an intercept."""
    values = np.ones((len(frame), intercept + len(names)))
    for j, name in enumerate(names, start=intercept):
        values[:, j] = frame[name]
    return values


def _check_varies(formula, name, column):
    """Refuse a factor of one level."""
    if column.dtype.kind not in "iuf" and column.nunique() < 2:
        hint = "Leave it out: what does not vary explains nothing."
        problem = f"{name!r} has one level only ({column.iloc[0]!r})."
        raise formula.error(problem, hint, name)
