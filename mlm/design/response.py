"""The response: the left side of a formula, as numbers for each row.

Linear models take one number that varies; families take what they are of, and
binomial ones also two categories, or two counts.
"""

import numpy as np
import pandas as pd

from mlm.design.frame import WEIGHTS
from mlm.formula.computing import evaluate
from mlm.formula.evaluation import Rows
from mlm.formula.parse import variables
from mlm.ground.arguments import unusable_size
from mlm.ground.errors import DataError

ANOTHER_UNIT = "Express it in another unit."
LOGISTIC = "mlm.glm(..., family='binomial'), or mlm.glmer with random effects"


def response(formula, frame, family=None):
    """Compute the response; refuse what the model cannot be of.

    Parameters
    ----------
    formula : Formula
    frame : ModelFrame
    family : Family, optional
        Of a generalised linear model; a linear one if left out.

    Returns
    -------
    y : ndarray, shape (n,)
        Of a binomial family the proportions of successes.
    frame : ModelFrame
        As given; for ``cbind(successes, failures)`` the trials are its weights.

    Raises
    ------
    FormulaError, DataError
    """
    check_response(formula, family)
    name, column = formula.response, formula.response_column
    is_category = column in frame and _is_category(frame[column])
    if is_category and family is not None and family.has_trials:
        y = _successes(formula, frame[column])
    else:
        y = numbers(formula, frame, family)
    if formula.has_two_counts:
        return _proportions(formula, y, frame)  # which checks what the family would
    if family is None:
        check_range(formula, np.ptp(y))
        return y, frame
    weights = frame[WEIGHTS].to_numpy() if WEIGHTS in frame else None
    family.check(y, weights, f"the response {name!r}", frame.index)
    return y, frame


def check_range(formula, size):
    """Refuse the response of a linear model that is constant.

    Parameters
    ----------
    formula : Formula
    size : float
        The largest response less the smallest.

    Raises
    ------
    FormulaError
    """
    if size == 0:
        name = formula.response
        problem = f"the response {name!r} is constant."
        raise formula.error(problem, "There is nothing to explain.", name)


def check_response(formula, family=None):
    """Refuse a response that is among its predictors, and two where one is wanted.

    Parameters
    ----------
    formula, family
        As for `response`.

    Raises
    ------
    FormulaError
    """
    if formula.has_two_counts and (family is None or not family.has_trials):
        raise _two_counts(formula, family)
    column = formula.response_column
    parts = [formula.fixed, *formula.offsets]
    if any(column in variables(part) for part in parts):
        hint = "Leave it out on the right: it would explain itself."
        raise formula.error(f"the response {column!r} is also a predictor.", hint)


def _is_category(column):
    """Whether a column is no numbers: categories, or True and False."""
    return column.dtype.kind not in "iuf"


def _category(formula, column, family):
    """The refusal of categories by a family, or a linear model, of numbers."""
    if family is not None:
        hint = "Use a column of numbers, or family='binomial' for two categories."
    elif column.nunique() == 2:
        hint = f"Two categories are fitted by {LOGISTIC}."
    else:
        hint = "Use a numeric column, or convert it with pd.to_numeric."
    kind = "True and False" if column.dtype == bool else "category or text"
    problem = f"the response {column.name!r} is not numeric but {kind}."
    return formula.error(problem, hint, formula.response)


def _successes(formula, column):
    """1 where a row has the second of two categories, 0 where the first: (n,)."""
    if column.dtype == bool:
        return column.to_numpy(dtype=float)
    levels = column.cat.categories
    if len(levels) > 2:
        some = ", ".join(map(repr, levels[:3].tolist()))
        raise formula.error(
            f"the response {column.name!r} has {len(levels)} categories: {some}, ...",
            "A binomial response has two: compare one with the others, as in "
            f"({column.name} == {levels[0]!r}) ~ x, or select rows of two.",
            formula.response,
        )
    if len(levels) < 2:
        raise formula.error(
            f"the response {column.name!r} is {levels[0]!r} in every row.",
            "There is nothing to explain; which category counts as success is not "
            "known either: give the column both, by pd.Categorical.",
            formula.response,
        )
    return (column.cat.codes == 1).to_numpy(dtype=float)


def numbers(formula, frame, family=None, states=None, where=""):
    """Compute the response; refuse what is no number.

    Parameters
    ----------
    formula, family
        As for `response`.
    frame : ModelFrame or DataFrame
    states : dict of dict, optional
        What functions learned from other rows than these (`Rows`).
    where : str
        Added to what is wrong with some rows, as in " in part-1.parquet".

    Returns
    -------
    ndarray, shape (n,), or (n, 2) of counts

    Raises
    ------
    FormulaError
    """
    name, column = formula.response, formula.response_column
    if column in frame and _is_category(frame[column]):
        raise _category(formula, frame[column], family)
    with formula.marking(name):
        rows = Rows(frame, formula.namespace, dict(states or {}))
        values = evaluate(formula.response_expression, rows)
    columns = 1 if np.ndim(values) == 1 else np.ndim(values) and np.shape(values)[1]
    is_number = getattr(values.dtype, "kind", "O") in "fiub"
    if columns != 1 + formula.has_two_counts or not is_number:
        hint = "It is arithmetic with numbers, such as np.log(y) or y - x."
        problem = f"the response {name!r} is not one column of numbers."
        raise formula.error(problem, hint, name)
    y = np.asarray(values, dtype=float)
    if not np.isfinite(y).all():
        hint = "Check its arguments: a logarithm of 0, or a division by 0?"
        problem = f"the response {name!r} is not finite everywhere{where}."
        raise formula.error(problem, hint, name)
    if problem := unusable_size(y):
        problem = f"the response {name!r} {problem}{where}."
        raise formula.error(problem, ANOTHER_UNIT, name)
    return y


def _two_counts(formula, family):
    """The refusal of two counts by a family, or a linear model, of one response."""
    hint = f"Successes and failures are fitted by {LOGISTIC}."
    problem = "one response at a time; cbind() of two counts is for family binomial."
    if family is not None:
        problem = f"cbind() of two counts is no response of family {family.name!r}."
    return formula.error(problem, hint, formula.response)


def _proportions(formula, counts, frame):
    """Proportions of successes, and the frame with the trials as its weights."""
    name = formula.response
    if WEIGHTS in frame:
        hint = "Leave weights out: cbind(successes, failures) has the trials already."
        raise formula.error("weights beside two counts.", hint, name)
    trials = counts.sum(axis=1)
    whole = (counts == np.round(counts)).all(axis=1)
    for wrong, problem in (
        ((counts < 0).any(axis=1), "has a negative count"),
        (~whole, "has a count that is no whole number"),
        (trials == 0, "has 0 trials"),
    ):
        if wrong.any():
            row = frame.index[int(np.flatnonzero(wrong)[0])]
            raise DataError(
                f"{name!r} {problem} at row {row!r}: it is numbers of successes and "
                "of failures (not of trials); leave rows without trials out."
            )
    weights = {WEIGHTS: pd.Series(trials, frame.index)}
    return counts[:, 0] / trials, frame.with_columns(weights)
