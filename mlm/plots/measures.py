"""Means and proportions, with intervals: what is drawn before any mixed model."""

import numpy as np

from mlm.ground.arguments import check
from mlm.ground.errors import check_known
from mlm.ground.tables import data_frame
from mlm.plots.style import BLUE, GREY, ORANGE, new_axes, tidy, with_unit

# Area of the dot with the most rows, in points².
LARGEST = 160


def plot_means(
    data, x, y, *, names=None, line=None, shaded=None, units=("", ""), ax=None
):
    """Draw mean ± standard error of `y` at every value of `x`.

    Parameters
    ----------
    data : DataFrame
    x, y : str
        Columns.
    names : sequence of str, optional
        Draw x as a category: evenly spaced, with these names, in the order of x.
    line : tuple of (float, float), optional
        Intercept and slope of a line to draw; only if x is a number.
    shaded : tuple of (float, float), optional
        Range of x to shade.
    units : tuple of (str, str)
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> import mlm
    >>> ax = plot_means(mlm.load_sleepstudy(), "Days", "Reaction", units=("days", "ms"))
    >>> ax.get_ylabel()
    'mean Reaction (ms)'
    """
    data = data_frame("data", data, (x, y))
    for column in (x, y):
        check_known("column", column, data)
    ax = tidy(new_axes(ax))
    groups = data.groupby(x, observed=True)[y]
    means, errors = groups.mean(), groups.sem()
    places = np.arange(len(means)) if names is not None else means.index.to_numpy()
    if shaded is not None:
        ax.axvspan(*shaded, color=GREY, alpha=0.15, linewidth=0)
    if line is not None:
        ax.plot(places, line[0] + line[1] * places, color=ORANGE, linewidth=2)
    ax.errorbar(places, means, yerr=errors, fmt="o", color=BLUE, capsize=3)
    if names is not None:
        ax.set_xticks(places, names)
    ax.set_xlabel(with_unit(x, units[0]))
    ax.set_ylabel(with_unit(f"mean {y}", units[1]))
    return ax


def plot_shares(data, x, y, *, color=BLUE, label=None, ax=None):
    """Draw the share of successes at every value of `x`, as a dot sized by its rows.

    Parameters
    ----------
    data : DataFrame
        One row a trial.
    x, y : str
        Columns; `y` is 0 or 1.
    color : str
    label : str, optional
        For a legend.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> import mlm
    >>> ax = plot_shares(mlm.load_simulated_staircase(), "contrast", "correct")
    >>> ax.get_ylabel()
    'share of correct'
    """
    data = data_frame("data", data, (x, y))
    for column in (x, y):
        check_known("column", column, data)
    others = data.loc[~data[y].isin([0, 1]), y].dropna()
    check(others.empty, y, "0 or 1 in every row", others.tolist()[:1])
    ax = tidy(new_axes(ax))
    rows = data.groupby(x, observed=True)[y].agg(["mean", "count"])
    area = LARGEST * rows["count"] / rows["count"].max()
    ax.scatter(rows.index, rows["mean"], area, color=color, label=label, alpha=0.8)
    ax.set(xlabel=x, ylabel=f"share of {y}")
    return ax


def plot_proportions(groups, proportions, intervals, *, chance=None, ax=None):
    """Draw proportions as dots, group by group, with their mean and its interval.

    Parameters
    ----------
    groups : sequence
        Group of every dot.
    proportions : array_like
        0 to 1, a value a dot.
    intervals : mapping of group to (float, float)
        Interval of each group's mean; what leaves 0 to 1 is drawn in orange.
    chance : float, optional
        Drawn as a dashed line.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_proportions(["a", "a"], [0.9, 1.0], {"a": (0.85, 1.05)})
    >>> ax.get_ylabel()
    'proportion'
    """
    ax = tidy(new_axes(ax))
    groups, proportions = np.asarray(groups), np.asarray(proportions, dtype=float)
    for edge in (0, 1):
        ax.axhline(edge, color=GREY, linewidth=0.8)
    if chance is not None:
        ax.axhline(chance, color=GREY, linestyle="--", linewidth=1)
    rng = np.random.default_rng(1)
    for place, (group, (lower, upper)) in enumerate(intervals.items()):
        own = proportions[groups == group]
        jitter = rng.uniform(-0.12, 0.12, len(own))
        ax.plot(place + jitter, own, "o", color=GREY, alpha=0.6, markersize=4)
        ax.plot([place, place], [lower, upper], color=BLUE, linewidth=2)
        for outside in ((min(lower, 0), 0), (1, max(upper, 1))):
            if np.ptp(outside):
                ax.plot([place, place], outside, color=ORANGE, linewidth=4)
        ax.plot(place, own.mean(), "o", color=BLUE, markersize=9)
    ax.set_xticks(range(len(intervals)), map(str, intervals))
    ax.set_xlim(-0.6, len(intervals) - 0.4)
    ax.set_ylabel("proportion")
    return ax
