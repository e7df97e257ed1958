"""Pictures of pooling: lines by subject, estimates against n, weights, arrows."""

import numpy as np

from mlm.demonstrations.pooling import shrinkage_weight
from mlm.ground.errors import DataError, check_known
from mlm.ground.tables import data_frame
from mlm.plots.covariance import covariance_ellipse
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, new_axes, tidy, with_unit

# Colour and dashes of the models of a pooling table, in the order of less pooling; and
# of what nobody knows but who made the data.
LINES = {
    "truth": (BLUE, "-"),
    "complete": (GREY, "-"),
    "own intercepts": (GREEN, ":"),
    "own lines": (GREEN, "--"),
    "partial intercepts": (ORANGE, "-."),
    "partial lines": (ORANGE, "-"),
}


def plot_trellis(
    data, x, y, group, table, models, *, units=("", ""), columns=6, figure=None
):
    """Draw every group's data in a panel of its own, with lines by some models.

    Parameters
    ----------
    data : DataFrame
    x, y, group : str
        Columns: predictor, response, grouping factor.
    table : DataFrame
        From `mlm.demonstrations.pooling.pooling_table`, with ``x`` as its predictor.
    models : sequence of str
        Whose lines: names of the table, and ``truth`` if it was joined to it.
    units : tuple of (str, str)
        Of `x` and `y`.
    columns : int
        Panels in a row.
    figure : Figure, optional
        Empty, to draw on.

    Returns
    -------
    ndarray of Axes
        One a group, in the table's order.

    Raises
    ------
    DataError
        If the data have no such column, or the table no such model.

    Examples
    --------
    >>> import mlm
    >>> from mlm.demonstrations.pooling import pooling_table
    >>> data = mlm.load_sleepstudy()
    >>> table = pooling_table("Reaction ~ Days", data, "Subject")
    >>> axes = plot_trellis(data, "Days", "Reaction", "Subject", table, ["complete"])
    >>> len(axes)
    18
    """
    data = data_frame("data", data, (x, y, group))
    for column in (x, y, group):
        check_known("column", column, data)
    for model in models:
        check_known("model", model, LINES)
    rows = -(-len(table) // columns)
    if figure is None:
        from matplotlib import pyplot as plt

        size = (1.25 * columns, 1.45 * rows + 0.6)
        figure = plt.figure(figsize=size, layout="constrained")
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for ax in axes.flat[len(table) :]:
        ax.remove()
    span = np.array([data[x].min(), data[x].max()])
    for ax, (label, coefficients) in zip(axes.flat, table.iterrows(), strict=False):
        own = data[data[group] == label]
        tidy(ax).plot(own[x], own[y], "o", color=BLUE, markersize=3)
        for model in models:
            colour, dashes = LINES[model]
            intercept = coefficients[model, "(Intercept)"]
            line = intercept + coefficients[model, x] * span
            ax.plot(span, line, dashes, color=colour, linewidth=1.6, label=model)
        ax.set_title(str(label), fontsize="medium", pad=2)
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False)
    figure.supxlabel(with_unit(x, units[0]))
    figure.supylabel(with_unit(y, units[1]))
    return axes.flat[: len(table)]


def plot_shrinkage(own, partial, centre, Sigma, *, units=("", ""), labels=(), ax=None):
    """Draw arrows from no pooling to partial pooling, in the plane of two coefficients.

    Parameters
    ----------
    own, partial : DataFrame, shape (J, 2)
        Intercept and slope of every group, by itself and partially pooled.  A group
        whose own are missing has no arrow.
    centre : array_like, shape (2,)
        The population's, such as ``fit.fixef``.
    Sigma : array_like, shape (2, 2)
        Covariance of one group's random effects: its ellipse holds 95 % of groups.
    units : tuple of (str, str)
        Of the two coefficients.
    labels : sequence
        Groups to name.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If the tables have not two columns, differ in their groups, or lack a label.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> from mlm.demonstrations.pooling import pooling_table
    >>> table = pooling_table("Reaction ~ Days", mlm.load_sleepstudy(), "Subject")
    >>> own, partial = table["own lines"], table["partial lines"]
    >>> ax = plot_shrinkage(own, partial, fit.fixef, fit.varcorr["Subject"])
    >>> ax.get_ylabel()
    'Days'
    """
    if (
        own.shape[1] != 2
        or own.shape != partial.shape
        or not own.index.equals(partial.index)
    ):
        raise DataError(
            "arrows need own and partial with two columns and the same groups, not of "
            f"shapes {own.shape} and {partial.shape}."
        )
    for label in labels:
        check_known("group", label, own.index)
    ax = tidy(new_axes(ax, figsize=(6.4, 4.8)))
    line = {"edgecolor": ORANGE, "linewidth": 2, "label": "95 % by Σ₁"}
    ellipse = covariance_ellipse(np.asarray(Sigma, dtype=float), **line)
    ellipse.set_center(tuple(centre))
    ax.add_patch(ellipse)
    ax.plot(*own.to_numpy().T, "o", color=GREEN, mfc="none", label="no pooling")
    ax.plot(*partial.to_numpy().T, "o", color=BLUE, label="partial pooling")
    ax.plot(*centre, "D", color=ORANGE, markersize=8, label="population")
    for group, start in own.iterrows():
        end = partial.loc[group]
        if start.isna().any():
            start = end  # one row has no line of its own
        else:
            look = {"arrowstyle": "->", "color": GREY, "shrinkA": 3, "shrinkB": 3}
            ax.annotate("", xy=tuple(end), xytext=tuple(start), arrowprops=look)
        if group in labels:
            ax.annotate(
                str(group), tuple(start), xytext=(5, 4), textcoords="offset points"
            )
    ax.set_xlabel(with_unit(own.columns[0], units[0]))
    ax.set_ylabel(with_unit(own.columns[1], units[1]))
    ax.autoscale_view()
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False)
    return ax


def plot_estimates_by_size(
    n, estimates, errors, average, *, label, circled=None, ax=None
):
    """Draw groups' estimates, ± a standard error, against how many rows they have.

    Parameters
    ----------
    n, estimates, errors : Series, length J
        By group.
    average : float
        Drawn as a line.
    label : str
        What is estimated, with its unit.
    circled : optional
        A group to circle.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> import pandas as pd
    >>> n = pd.Series({"a": 4, "b": 16})
    >>> ax = plot_estimates_by_size(n, n / 10, 1 / n, 1.0, label="y (cm)")
    >>> ax.get_ylabel()
    'y (cm)'
    """
    ax = tidy(new_axes(ax))
    # Groups of equal n side by side; the same places whenever it is drawn.
    jitter = np.exp(np.random.default_rng(1).uniform(-0.1, 0.1, len(n)))
    places = n * jitter
    ax.axhline(average, color=GREY, linewidth=1)
    ax.errorbar(
        places,
        estimates,
        yerr=errors,
        fmt="o",
        color=BLUE,
        markersize=3,
        elinewidth=0.8,
    )
    if circled is not None:
        check_known("group", circled, n.index)
        ax.plot(
            places[circled],
            estimates[circled],
            "o",
            color=ORANGE,
            mfc="none",
            ms=13,
            mew=2,
        )
    ax.set_xscale("log")
    ticks = [tick for tick in (1, 3, 10, 30, 100) if tick <= 1.2 * n.max()]
    ax.set_xticks(ticks, map(str, ticks))
    ax.minorticks_off()
    ax.set(xlabel="observations in the group (jittered)", ylabel=label)
    return ax


def plot_weights(n, sigma_y, sigma_alpha, simulated=None, *, ax=None):
    """Draw the weight of a group's own data against its size, and where it passes ½.

    Parameters
    ----------
    n : array_like
        Sizes.
    sigma_y, sigma_alpha : float
        Standard deviations within and between groups.
    simulated : DataFrame, optional
        Estimated weights: a column a size, a row a data set.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> plot_weights([1, 10, 100], sigma_y=3.0, sigma_alpha=4.0).get_ylabel()
    'weight'
    """
    ax = tidy(new_axes(ax))
    ax.axhline(0.5, color=GREY, linewidth=0.8)
    if simulated is not None:
        jitter = np.exp(np.random.default_rng(1).uniform(-0.04, 0.04, len(simulated)))
        for size, weights in simulated.items():
            dots = ax.plot(size * jitter, weights, "o", color=BLUE, alpha=0.25, ms=3)
        dots[0].set_label("estimated, one dot for each data set")
    n = np.asarray(n, dtype=float)
    own = shrinkage_weight(n, sigma_y, sigma_alpha)
    ax.plot(n, own, color=ORANGE, linewidth=2, label="weight of the group's own data")
    ax.set_xscale("log")
    ticks = [tick for tick in (1, 2, 5, 10, 20, 50, 100) if n.min() <= tick <= n.max()]
    ax.set_xticks(ticks, map(str, ticks))
    ax.minorticks_off()
    ax.set(xlabel="observations in the group", ylabel="weight", ylim=(-0.03, 1.03))
    ax.legend(frameon=False, loc="lower right")
    return ax
