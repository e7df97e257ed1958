"""Pictures of pooling in one panel: everybody's lines, and weights by size."""

import numpy as np
import pandas as pd
from matplotlib import colormaps

from mlm.ground.errors import DataError, check_known
from mlm.plots.style import BLUE, new_axes, tidy, with_unit


def plot_lines(table, model, span, *, labels=("", ""), units=("", ""), ax=None):
    """Draw all groups' lines by one model in one panel, and their mean.

    Parameters
    ----------
    table : DataFrame
        From `mlm.demonstrations.pooling.pooling_table`, with one predictor.
    model : str
        Whose lines: a name of the table.
    span : tuple of (float, float)
        Of the predictor.
    labels, units : tuple of (str, str)
        Of the axes: predictor and response.
    ax : Axes, optional

    Returns
    -------
    Axes
        A thin line for each group, in the table's order, and last a thick one of the
        mean coefficients; where all groups have one line, it alone.

    Raises
    ------
    DataError
        If the table has no such model, or another number of predictors.

    Examples
    --------
    >>> import mlm
    >>> from mlm.demonstrations.pooling import pooling_table
    >>> table = pooling_table("Reaction ~ Days", mlm.load_sleepstudy(), "Subject")
    >>> len(plot_lines(table, "own intercepts", (0, 9)).lines)
    19
    """
    check_known("model", model, table.columns.get_level_values(0).unique())
    coefficients = table[model]
    if coefficients.shape[1] != 2:
        raise DataError(
            "lines have an intercept and one slope, but the table's models have "
            f"{coefficients.shape[1]} coefficients: {', '.join(coefficients)}."
        )
    ax = tidy(new_axes(ax))
    ends = np.array(span, dtype=float)
    each = coefficients.to_numpy()
    if np.ptp(each, axis=0).any():
        hues = colormaps["viridis"](np.linspace(0, 0.9, len(each)))
        for (intercept, slope), hue in zip(each, hues, strict=True):
            ax.plot(ends, intercept + slope * ends, color=hue, linewidth=1)
    intercept, slope = np.nanmean(each, axis=0)
    ax.plot(ends, intercept + slope * ends, color="black", linewidth=3)
    ax.set_xlabel(with_unit(labels[0], units[0]))
    ax.set_ylabel(with_unit(labels[1], units[1]))
    return ax


def plot_weight_lines(weights, *, ax=None):
    """Draw estimated weights of one data set of each size, and 1 minus them.

    Parameters
    ----------
    weights : Series
        By the number of observations in a group: the weight of the group's own data.
    ax : Axes, optional

    Returns
    -------
    Axes
        A solid line of the weights, and a dotted one of 1 minus them.

    Raises
    ------
    DataError
        If the weights are no Series, or not all between 0 and 1.

    Examples
    --------
    >>> import pandas as pd
    >>> ax = plot_weight_lines(pd.Series([0.6, 0.9], [2, 10]))
    >>> ax.lines[1].get_ydata().round(1).tolist()
    [0.4, 0.1]
    """
    if not isinstance(weights, pd.Series) or not weights.between(0, 1).all():
        raise DataError("weights are a Series of numbers from 0 to 1, by size.")
    ax = tidy(new_axes(ax))
    ax.plot(weights.index, weights, "-", color=BLUE, label="subject weighting")
    ax.plot(weights.index, 1 - weights, ":", color=BLUE, label="overall weighting")
    ax.set(xlabel="observations in the group", ylabel="weight", ylim=(-0.03, 1.03))
    ax.legend(frameon=False)
    return ax
