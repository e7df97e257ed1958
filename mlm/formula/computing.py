"""Columns of a sum of effects, computed from data, and again from other data.

`expressions` computes the factors; `formulaic` gets their values alone, and makes the
columns of them: contrasts, products, and which of them are needed.
"""

import math
import re
from functools import partial

import numpy as np
import pandas as pd

from mlm.formula.evaluation import Rows, full
from mlm.formula.functions import PartError
from mlm.formula.terms import read_effects
from mlm.ground.errors import DataError, MlmError

INTERCEPT = "(Intercept)"
# Most columns, and most numbers in them (2 GB), that a formula may ask for.
MOST_COLUMNS, MOST_NUMBERS = 10_000, 250_000_000


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
    terms : list of str
        Which term each column is of: ``"a:b"``, or ``"(Intercept)"``.
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
        numbers = np.asarray(matrix, dtype=float)
    except Exception as error:  # contrasts that do not fit raise anything
        problem = f"cannot compute {text!r}: {str(error).partition(chr(10))[0]}"
        hint = "Check the contrasts, and the levels that they name."
        raise PartError(problem, hint, text) from error
    again = partial(
        _compute_again, text, matrix.model_spec, rows.namespace, rows.states
    )
    names = [_as_in_r(name, keys) for name in matrix.model_spec.column_names]
    return numbers, names, _terms(matrix.model_spec, effects, keys), again


def _compute_again(text, specification, namespace, states, frame):
    """Columns of other rows, with what was learned from the first."""
    effects = read_effects(text)
    try:
        values = _factors(effects, Rows(frame, namespace, states))
    except PartError as error:
        raise DataError(f"{error.problem} {error.hint}") from error
    return np.asarray(_matrix(specification, effects, values, len(frame)), dtype=float)


def _keys(effects):
    """What formulaic calls the factors: words that no name of a column contains."""
    return {name: f"\ue000{i}\ue001" for i, name in enumerate(effects.factors)}


def _terms(specification, effects, keys):
    """The term of every column, as it stands in the formula: list of str."""
    labels = {
        frozenset(keys[f] for f in term): ":".join(term) for term in effects.terms
    }
    labels[frozenset("1")] = INTERCEPT
    return [
        labels[frozenset(factor.expr for factor in part.term.factors)]
        for part in specification.structure
        for _ in part.columns
    ]


def _as_in_r(name, keys):
    """R's name of a column that formulaic calls ``factor[T.level]:other``."""
    if name == "Intercept":
        return INTERCEPT
    names = {key: factor for factor, key in keys.items()}
    parts = []
    for part in re.split(":(?=\ue000)", name):
        key, level = re.fullmatch(r"(\ue000\d+\ue001)(.*)", part, re.DOTALL).groups()
        parts.append(names[key] + level)
    return ":".join(parts)


def _matrix(specification, effects, values, n):
    """Formulaic's columns of factors that are computed already, on rows 0 to n - 1."""
    from mlm.formula.coding import (
        Materializer,  # here, because formulaic is slow to import
    )

    empty = pd.DataFrame(index=pd.RangeIndex(n))
    context = {key: values[name] for name, key in _keys(effects).items()}
    with np.errstate(all="ignore"):  # what is not finite is refused later
        return Materializer(empty, context=context).get_model_matrix(
            specification, na_action="ignore"
        )


def _factors(effects, rows):
    """Values of every factor by its name: numbers, categories, or several columns."""
    known = effects.expressions
    return {name: _factor(known.get(name), name, rows) for name in effects.factors}


def _factor(expression, name, rows):
    """Values of one factor, as formulaic knows numbers and categories apart."""
    values = rows.column(name) if expression is None else evaluate(expression, rows)
    if hasattr(values, "__formulaic_metadata__") or np.ndim(values) > 1:
        return values
    if values.dtype == bool:  # in R, too, a factor
        return pd.Categorical(values, categories=[False, True])
    if pd.api.types.is_numeric_dtype(values.dtype):  # products of integers overflow
        return np.asarray(values, dtype=float)
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
    """Refuse more columns than fit in memory."""
    widths = {name: _width(value) for name, value in values.items()}
    columns = sum(math.prod(widths[f] for f in term) for term in effects.terms)
    check_number(text, columns, n)


def check_number(text, columns, n):
    """Refuse so many columns of n rows, before they are made.

    Parameters
    ----------
    text : str
        What asks for them.
    columns, n : int

    Raises
    ------
    PartError
    """
    if columns > MOST_COLUMNS or columns * n > MOST_NUMBERS:
        hint = "Leave interactions of categories with many levels out; a number that "
        hint += "is a category by C(x) has a level for each of its values."
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
