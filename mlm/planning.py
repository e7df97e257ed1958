"""Plan a study: its rows, its design without data, and a closed form of power."""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import nctdtr, stdtrit  # scipy.stats takes 0.3 s to import

from mlm.design import design_matrices
from mlm.errors import DataError
from mlm.formula import parse_formula


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
    levels = {
        name: range(1, given + 1) if isinstance(given, (int, np.integer)) else [*given]
        for name, given in factors.items()
    }
    empty = [name for name, given in levels.items() if not len(given)]
    if empty or not levels:
        names = ", ".join(map(repr, empty)) or "the study"
        raise DataError(f"{names} has no levels; write crossing(Subject=20, Days=10).")
    return pd.MultiIndex.from_product(levels.values(), names=levels).to_frame(
        index=False
    )


def planned_design(formula, data, namespace=None):
    """Build the design of a study that has no response yet.

    Parameters
    ----------
    formula : str
        See `parse_formula`.  The response is any name: what will be simulated.
    data : DataFrame
        One row a planned observation; see `crossing`.
    namespace : dict of str to callable, optional
        Functions that the formula may call; see `parse_formula`.

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
        raise formula.error(
            f"the response {formula.response!r} is a function.",
            "Give it a name of its own: it is simulated on the scale of the model.",
            formula.response,
        )
    if not isinstance(data, pd.DataFrame):
        raise DataError(f"the data must be a DataFrame, not {type(data).__name__}.")
    data = data.assign(**{name: np.arange(len(data))})
    design = design_matrices(formula.text, data, namespace=namespace)
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
    slope : float
        The truth, in the response's unit per day.
    sd_slope : float
        Standard deviation of slopes between subjects.
    sigma : float
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
        Fewer than 2 subjects, or days that do not differ.

    Examples
    --------
    >>> slope_power(12, range(10), slope=5, sd_slope=6, sigma=25).round(3)
    np.float64(0.667)
    """
    x, subjects = np.asarray(days, dtype=float), np.asarray(subjects)
    spread = np.sum((x - x.mean()) ** 2)
    if (subjects < 2).any() or not spread > 0:
        raise DataError("a slope needs 2 subjects or more, and days that differ.")
    df = subjects - 1
    noncentrality = slope / np.sqrt((sd_slope**2 + sigma**2 / spread) / subjects)
    limit = stdtrit(df, 1 - alpha / 2)
    below = nctdtr(df, noncentrality, -limit)
    return 1 - nctdtr(df, noncentrality, limit) + below
