"""Plan a study: its rows, its design without data, and a closed form of power."""

import math
from collections.abc import Iterable
from dataclasses import replace
from numbers import Number

import numpy as np
import pandas as pd
from scipy.special import nctdtr, stdtrit  # scipy.stats takes 0.3 s to import

from mlm.design.matrices import design_matrices
from mlm.families.choose import family_of
from mlm.formula.parse import parse_formula
from mlm.ground.arguments import (
    SHAPES,
    check,
    in_memory,
    numbers,
    share,
    whole_number,
)
from mlm.ground.errors import DataError
from mlm.ground.names import answering
from mlm.ground.tables import data_frame


def crossing(**factors):
    """Make the table of a study in which every level of a factor meets every other's.

    Parameters
    ----------
    **factors : int or iterable
        The levels of each column; a number n stands for levels 1 to n.  The last
        varies fastest.

    Returns
    -------
    DataFrame
        A row each combination.

    Raises
    ------
    DataError
        No factor, or one without levels.

    Examples
    --------
    >>> crossing(Subject=2, Days=[0, 4, 9])
       Subject  Days
    0        1     0
    1        1     4
    2        1     9
    3        2     0
    4        2     4
    5        2     9
    """
    levels = {name: _levels(name, given) for name, given in factors.items()}
    in_memory("rows", math.prod(map(len, levels.values())), len(levels) or 1)
    empty = [name for name, given in levels.items() if not len(given)]
    if empty or not levels:
        names = ", ".join(map(repr, empty)) or "the study"
        raise DataError(f"{names} has no levels; write crossing(Subject=20, Days=10).")
    return pd.MultiIndex.from_product(levels.values(), names=levels).to_frame(
        index=False
    )


def _levels(name, given):
    """Levels of a factor, from a number of them or from themselves."""
    if isinstance(given, Number):
        return range(1, whole_number(name, given) + 1)
    is_many = isinstance(given, Iterable) and not isinstance(given, str | bytes)
    check(is_many, name, "a number of levels, or a list of them", given)
    return [*given]


@answering
def planned_design(
    formula,
    data,
    weights=None,
    offset=None,
    namespace=None,
    family=None,
    link=None,
):
    """Build the design of a study that has no response yet.

    Parameters
    ----------
    formula : str
        See `parse_formula`.  The response is any name: what will be simulated.
    data : DataFrame
        One row a planned observation; see `crossing`.
    weights, offset : str or array_like, shape (n,), optional
        Prior weights and known part of the response: see `design_matrices`.
    namespace : dict of str to callable, optional
        Functions that the formula may call; see `parse_formula`.
    family, link : optional
        Of a generalised model, as for `glm`.  Several trials a row of a binomial
        response are its weights.

    Returns
    -------
    Design
        Its y is missing.

    Raises
    ------
    FormulaError, DataError
        As `design_matrices`, and for a response that is a function.

    Examples
    --------
    >>> study = crossing(Subject=20, Days=range(10))
    >>> planned_design("Reaction ~ Days + (Days | Subject)", study)
    Design('Reaction ~ Days + (Days | Subject)'; y: 200, X: 200 × 2, Z: 200 × 40; \
terms: Subject (20 × 2))
    """
    formula = parse_formula(formula, namespace)
    name = formula.response_column
    if name is None:
        hint = "Give it a name of its own: it is simulated on the scale of the model."
        if formula.has_two_counts:
            hint = "Write a name for it, and weights= with the column of trials."
        problem = f"the response {formula.response!r} is a function."
        raise formula.error(problem, hint, formula.response)
    others = [one for one in formula.variables if one != name]
    data = data_frame("the data", data, [*others, weights, offset])
    # A response of every family, which is not constant.
    filled = data.assign(**{name: np.arange(len(data)) % 2})
    if family is not None:
        family = family_of(family, link)
    given = {"namespace": namespace, "family": family}
    design = design_matrices(formula.text, filled, weights, offset, **given)
    unknown = np.full(design.n, np.nan)
    return replace(design, y=unknown, frame=design.frame.assign(**{name: unknown}))


def slope_power(subjects, days, slope, sd_slope, sigma, alpha=0.05):
    """Power of the test of a slope, in closed form, if everybody has the same days.

    Each subject's least-squares slope has variance sd_slope² + σ²/Σ(x − x̄)² around the
    common one; with an intercept and a slope for every subject, the test of the fixed
    slope is then the t test of these slopes, with subjects − 1 degrees of freedom
    (exactly so for data sets whose fit is not singular).

    Parameters
    ----------
    subjects : int or array_like
        At least 2.
    days : array_like, shape (trials,)
        Where every subject is measured, not all the same.
    slope : float or array_like
        The truth, in the response's unit per day.
    sd_slope : float or array_like
        Standard deviation of slopes between subjects.
    sigma : float or array_like
        Residual standard deviation.
    alpha : float
        Level of the two-sided test.

    Returns
    -------
    float or ndarray
        Probability that the test rejects.

    Raises
    ------
    DataError
        Fewer than 2 subjects, days that do not differ, no variance at all, or what
        is no number.

    Examples
    --------
    >>> slope_power(12, range(10), slope=5, sd_slope=6, sigma=25).round(3)
    np.float64(0.667)
    """
    x, subjects = numbers("days", days), numbers("subjects", subjects, SHAPES)
    slope, alpha = numbers("slope", slope, SHAPES), share("alpha", alpha)
    sizes = {"sd_slope": sd_slope, "sigma": sigma}
    sizes = {name: numbers(name, size, SHAPES) for name, size in sizes.items()}
    for name, size in sizes.items():
        check((size >= 0).all(), name, "0 or more", size)
    sd_slope, sigma = sizes.values()
    spread = np.sum((x - x.mean()) ** 2)
    if (subjects < 2).any() or not spread > 0:
        raise DataError("a slope needs 2 subjects or more, and days that differ.")
    if (sd_slope + sigma == 0).any():
        raise DataError("sd_slope and sigma are both 0: every test would reject.")
    df = subjects - 1
    error = np.sqrt((sd_slope**2 + sigma**2 / spread) / subjects)
    noncentrality = np.abs(slope) / error
    limit = stdtrit(df, 1 - alpha / 2)
    # Above 0, nctdtr has NaN only for probabilities too small for it.
    inside, below = (
        np.nan_to_num(nctdtr(df, noncentrality, end)) for end in (limit, -limit)
    )
    return 1 - inside + below
