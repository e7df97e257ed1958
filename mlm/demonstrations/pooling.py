"""Complete, no and partial pooling side by side; weights of shrinkage.

Equation 12.4 is that of Gelman & Hill (2007, Data Analysis Using Regression and
Multilevel/Hierarchical Models, chapter 12).
"""

import warnings
from collections.abc import Iterable

import numpy as np
import pandas as pd

from mlm.fit import lm, lmer
from mlm.formula.parse import parse_formula
from mlm.ground.arguments import (
    SHAPES,
    check,
    in_memory,
    not_negative,
    numbers,
    seed_of,
    text,
    whole_number,
)
from mlm.ground.errors import DataError, SingularFitWarning, check_known
from mlm.ground.tables import data_frame

# The five models, from one line for all to a line for each.
MODELS = (
    "complete",
    "own intercepts",
    "own lines",
    "partial intercepts",
    "partial lines",
)


def shrinkage_weight(n, sigma_y, sigma_alpha):
    """Weight of a group's own estimate in partial pooling (in eq. 12.4).

    ``n σ_α² / (n σ_α² + σ_y²)``: 0 is complete pooling, 1 is none.

    Parameters
    ----------
    n : float or array_like
        Observations in the group, 0 or more; may be infinite.
    sigma_y : float or array_like
        Standard deviation within groups, in the response's unit.
    sigma_alpha : float or array_like
        Standard deviation between groups, in the same unit.

    Returns
    -------
    float or ndarray
        Of the arguments' common shape, from 0 to 1.

    Raises
    ------
    DataError
        If an argument is negative or not a number, or two of them leave the weight
        undetermined: a group with no data (or no variance between groups) against no
        variance within.

    Examples
    --------
    >>> shrinkage_weight(n=10, sigma_y=30.99123, sigma_alpha=37.12383).round(6)
    np.float64(0.93485)
    >>> shrinkage_weight([0, 1, np.inf], 4, 3).tolist()
    [0.0, 0.36, 1.0]
    """
    arguments = {"n": n, "sigma_y": sigma_y, "sigma_alpha": sigma_alpha}
    for name, value in arguments.items():
        if not np.all(numbers(name, value, SHAPES, finite=False) >= 0):
            raise DataError(f"{name} is 0 or more, not {value!r}.")
    with np.errstate(invalid="ignore", over="ignore"):
        own = np.asarray(n, dtype=float) * np.square(sigma_alpha, dtype=float)
        weight = own / (own + np.square(sigma_y, dtype=float))
        weight = np.where(np.isinf(own) & np.isfinite(sigma_y), 1.0, weight)
    if np.isnan(weight).any():
        raise DataError(
            "the weight is undetermined: with no (or infinite) information both within "
            f"and between groups, it could be anything (n = {n!r}, sigma_y = "
            f"{sigma_y!r}, sigma_alpha = {sigma_alpha!r})."
        )
    return weight[()]


def partially_pooled_intercept(own, population, n, sigma_y, sigma_alpha):
    """Intercept of a group by partial pooling (eq. 12.4).

    A mean of the group's own intercept and the population's, weighted by what each
    knows.

    Parameters
    ----------
    own : float or array_like
        The group's own intercept, ȳ_j − β x̄_j; ignored where `n` is 0.
    population : float or array_like
        The population's, μ_α.
    n, sigma_y, sigma_alpha : float or array_like
        As for `shrinkage_weight`.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> alpha = partially_pooled_intercept(295.031, 251.405, 10, 30.991, 37.124)
    >>> alpha.round(2)
    np.float64(292.19)
    """
    weight = shrinkage_weight(n, sigma_y, sigma_alpha)
    own = numbers("own", own, SHAPES, finite=False)
    population = numbers("population", population, SHAPES)
    # Not weight * own where the weight is 0: a group without data has no own intercept.
    own = np.where(weight > 0, own, population)
    return (weight * own + (1 - weight) * population)[()]


def simulated_weights(n, sigma_y, sigma_alpha, *, groups=18, data_sets=100, seed=1):
    """Estimate the weight from simulated data, as a fit would (eq. 12.4).

    Parameters
    ----------
    n : sequence of int
        Sizes of the groups, at least 2: all groups of a data set have the same.
    sigma_y, sigma_alpha : float
        Standard deviations within and between groups.
    groups, data_sets : int
    seed : int

    Returns
    -------
    DataFrame, shape (data_sets, len(n))
        1 − 1/F, with F the ratio of mean squares between and within groups, and 0 where
        that is negative: the REML estimate.

    Raises
    ------
    DataError
        If a size is less than 2, or an argument of `shrinkage_weight` is wrong.

    Examples
    --------
    >>> simulated_weights([5, 50], 3.0, 4.0).mean().round(2).to_dict()
    {5: 0.89, 50: 0.99}
    """
    check(isinstance(n, Iterable), "n", "a list of sizes", n)
    sizes = [whole_number("n", size, 2, "sizes of groups, 2 or more") for size in n]
    check(sizes, "n", "a list of sizes", n)
    sigma_y = not_negative("sigma_y", sigma_y)
    sigma_alpha = not_negative("sigma_alpha", sigma_alpha)
    shrinkage_weight(sizes, sigma_y, sigma_alpha)
    groups = whole_number("groups", groups, 2)
    data_sets = whole_number("data_sets", data_sets, 1)
    in_memory("data_sets", data_sets, groups * max(sizes))
    rng, found = np.random.default_rng(seed_of(seed)), {}
    for size in sizes:
        alpha = rng.normal(0, sigma_alpha, (data_sets, groups, 1))
        y = alpha + rng.normal(0, sigma_y, (data_sets, groups, size))
        means = y.mean(axis=2)
        between = size * means.var(axis=1, ddof=1)
        within = y.var(axis=2, ddof=1).mean(axis=1)
        found[size] = np.maximum(0, 1 - within / between)
    return pd.DataFrame(found)


def pooling_table(formula, data, group, namespace=None):
    """Fit the five models, and give every group's coefficients by each.

    Parameters
    ----------
    formula : str
        Response and predictors without random terms, such as ``"Reaction ~ Days"``.
    data : DataFrame
    group : str
        The grouping factor.
    namespace : dict of str to callable, optional
        Functions that the formula may call; see `parse_formula`.

    Returns
    -------
    DataFrame
        A row a group; columns are pairs of model and coefficient.  The models:
        ``complete`` (one line for all), ``own intercepts`` (parallel lines, no
        pooling), ``own lines`` (each group alone, no pooling), ``partial intercepts``
        and ``partial lines`` (`lmer` with ``(1 | group)``, and with all predictors
        varying).  What a group's own data do not determine is missing.

    Raises
    ------
    DataError
        If the data have no such column, or the formula has random terms.

    Examples
    --------
    >>> import mlm
    >>> table = pooling_table("Reaction ~ Days", mlm.load_sleepstudy(), "Subject")
    >>> table.loc["308", "own lines"].round(2).to_dict()
    {'(Intercept)': 244.19, 'Days': 21.76}
    """
    parsed = parse_formula(formula, namespace)
    data = data_frame("data", data, [*parsed.variables, group])
    check_known("column", text("group", group), data)
    if parsed.bars:
        raise DataError(
            f"{formula!r} has random terms; give the fixed part, and the group by name."
        )
    with warnings.catch_warnings():
        # A singular fit is an answer here: complete pooling.
        warnings.simplefilter("ignore", SingularFitWarning)
        intercepts = lmer(f"{formula} + (1 | {group})", data, namespace=namespace)
        lines = lmer(
            f"{formula} + ({parsed.fixed} | {group})", data, namespace=namespace
        )
    design = intercepts.design
    groups = intercepts.coef[group].index
    complete = np.tile(lm(formula, data, namespace=namespace).fixef, (len(groups), 1))
    tables = {
        "complete": complete,
        "own intercepts": _own_intercepts(design),
        "own lines": _own_lines(design),
        "partial intercepts": intercepts.coef[group],
        "partial lines": lines.coef[group],
    }
    names = list(intercepts.fixef.index)
    return pd.concat(
        {
            model: pd.DataFrame(np.asarray(table), groups, names)
            for model, table in tables.items()
        },
        axis=1,
        names=["model", "coefficient"],
    )


def _own_intercepts(design):
    """Parallel lines without pooling: ndarray, shape (J, p)."""
    term, slopes = design.terms[0], _slopes(design)
    counts = np.bincount(term.codes)
    columns = np.column_stack([design.y, design.X[:, slopes]])
    means = [np.bincount(term.codes, column) / counts for column in columns.T]
    means = np.transpose(means)
    within = columns - means[term.codes]
    common = _least_squares(within[:, 1:], within[:, 0])
    found = np.empty((term.J, design.p))
    found[:, slopes] = common
    found[:, ~slopes] = means[:, :1] - means[:, 1:] @ np.nan_to_num(common)[:, None]
    return found


def _own_lines(design):
    """A line for each group by itself: ndarray, shape (J, p)."""
    codes = design.terms[0].codes
    rows = [codes == j for j in range(design.terms[0].J)]
    return np.array([_least_squares(design.X[own], design.y[own]) for own in rows])


def _slopes(design):
    """Which columns of X are not the intercept, which must be there."""
    slopes = np.array(design.fixed_names) != "(Intercept)"
    if slopes.all():
        raise DataError("pooling is about intercepts; leave out the 0 or -1.")
    return slopes


def _least_squares(X, y):
    """Coefficients as R's lm has them: missing for columns that add nothing."""
    kept = []
    for j in range(X.shape[1]):
        if np.linalg.matrix_rank(X[:, [*kept, j]]) > len(kept):
            kept.append(j)
    found = np.full(X.shape[1], np.nan)
    found[kept] = np.linalg.lstsq(X[:, kept], y)[0]
    return found
