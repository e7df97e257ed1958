"""Pictures of simulated studies: power, estimates, intervals that hold the truth."""

import numpy as np
from matplotlib import colormaps

from mlm.ground.arguments import numbers
from mlm.ground.errors import DataError
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, new_axes, tidy

# Where the colours change, and where the thick line is.
LEVELS = np.linspace(0, 1, 11)
WANTED = 0.8
# Colour, dashes and mark of the intervals under a histogram.
INTERVALS = ((ORANGE, "-", "|"), (GREEN, "--", "o"))


def plot_power(subjects, trials, power, *, cost=None, budgets=(), ax=None):
    """Draw power over subjects and trials, with lines of equal cost.

    Parameters
    ----------
    subjects : array_like, shape (c,)
        Numbers of subjects, rising.
    trials : array_like, shape (r,)
        Numbers of trials of each subject, rising.
    power : array_like, shape (r, c)
        0 to 1, a row a number of trials, such as from `mlm.studies.plan.slope_power`.
    cost : array_like, shape (r, c), optional
        What a plan costs; if left out, its number of measurements.
    budgets : sequence of float
        Costs for which a dashed line joins all plans.
    ax : Axes, optional

    Returns
    -------
    Axes
        Both axes are logarithmic; a thick line joins the plans with a power of 0.8.

    Raises
    ------
    DataError
        If power or cost has another shape.

    Examples
    --------
    >>> ax = plot_power([5, 10], [4, 8], [[0.2, 0.4], [0.3, 0.5]], budgets=[40])
    >>> ax.get_xlabel()
    'subjects'
    """
    subjects, trials = np.asarray(subjects), np.asarray(trials)
    power = np.asarray(power, dtype=float)
    cost = trials[:, None] * subjects if cost is None else np.asarray(cost)
    for name, values in (("power", power), ("cost", cost)):
        if values.shape != (len(trials), len(subjects)):
            raise DataError(
                f"{name} has a row each number of trials and a column each number of "
                f"subjects, {len(trials)} × {len(subjects)}, not {values.shape}."
            )
    ax = new_axes(ax)
    # Light ones, on which black lines are seen.
    blues = colormaps["Blues"](0.65 * LEVELS[1:])
    filled = ax.contourf(subjects, trials, power, levels=LEVELS, colors=blues)
    ax.figure.colorbar(filled, ax=ax, label="power", ticks=LEVELS[::2])
    ax.contour(subjects, trials, power, levels=[WANTED], colors=ORANGE, linewidths=3)
    if len(budgets):
        equal = ax.contour(
            subjects,
            trials,
            cost,
            levels=np.sort(budgets),
            colors="black",
            linestyles="--",
            linewidths=1.2,
        )
        ax.clabel(equal, fmt="%g", fontsize="small", inline_spacing=1)
    ax.set(xscale="log", yscale="log", xlabel="subjects")
    ax.set_ylabel("trials of each subject")
    for axis, values in ((ax.xaxis, subjects), (ax.yaxis, trials)):
        ticks = [t for t in (3, 5, 10, 20, 50, 100) if values[0] <= t <= values[-1]]
        axis.set_ticks(ticks, map(str, ticks))
        axis.set_ticks([], minor=True)
    return ax


def plot_replicates(values, estimate, intervals, *, label, ax=None):
    """Draw estimates from simulated data, with the real one and its intervals.

    Parameters
    ----------
    values : array_like
        Of the simulated data sets, such as a column of ``boot.values``.
    estimate : float
        Of the data.
    intervals : mapping of str to (float, float)
        At most two, by name.
    label : str
        What is estimated, with its unit.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_replicates([1, 2, 2, 4], 2, {"profile": (1, 5)}, label="sd (ms)")
    >>> ax.get_xlabel()
    'sd (ms)'
    """
    ax = tidy(new_axes(ax))
    counts, _, _ = ax.hist(values, 40, color=BLUE, alpha=0.4)
    ax.axvline(estimate, color=GREY, linewidth=1.5)
    styles = zip(intervals.items(), INTERVALS, strict=False)
    for place, ((name, ends), (colour, dashes, mark)) in enumerate(styles, start=1):
        height = [-0.1 * place * counts.max()] * 2
        style = {"color": colour, "linestyle": dashes, "marker": mark, "linewidth": 2.5}
        ax.plot(ends, height, markersize=7, label=name, **style)
    ax.set(xlabel=label, ylabel="data sets")
    ax.set_yticks([tick for tick in ax.get_yticks() if 0 <= tick <= counts.max()])
    return ax


def plot_coverage(lower, upper, truth, *, label="", ax=None):
    """Draw intervals of many studies, in colour those that miss the truth.

    Parameters
    ----------
    lower, upper : array_like, shape (studies,)
        Ends of each study's interval.
    truth : float
        What every interval should hold, drawn as a line.
    label : str
        What is estimated, with its unit.
    ax : Axes, optional

    Returns
    -------
    Axes
        One upright line for each study, sorted by its middle; lines that miss are
        also thicker, and the title counts those that hold the truth.

    Raises
    ------
    DataError
        If the ends differ in number, or a lower one lies above its upper one.

    Examples
    --------
    >>> ax = plot_coverage([0.2, 1.1], [1.4, 2.0], 1, label="difference (ms)")
    >>> ax.get_title()
    '1 of 2 hold the truth'
    """
    lower, upper = numbers("lower", lower), numbers("upper", upper)
    if lower.shape != upper.shape or (lower > upper).any():
        raise DataError(
            "lower and upper hold the ends of each study's interval, in this order: as "
            f"many of both (here {len(lower)} and {len(upper)}), and none upside down."
        )
    ax = tidy(new_axes(ax, figsize=(4.5, 2.0)))
    order = np.argsort(lower + upper, kind="stable")
    lower, upper, places = lower[order], upper[order], np.arange(len(order))
    holds = (lower <= truth) & (truth <= upper)
    for chosen, colour, width in ((holds, BLUE, 0.9), (~holds, ORANGE, 1.8)):
        ends = lower[chosen], upper[chosen]
        ax.vlines(places[chosen], *ends, colors=colour, linewidths=width)
    ax.axhline(truth, color=GREY, linewidth=1.2)
    ax.set(xlabel="studies, sorted by their estimate", ylabel=label, xticks=[])
    ax.set_title(f"{holds.sum()} of {len(holds)} hold the truth", fontsize="medium")
    return ax
