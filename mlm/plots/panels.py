"""All pictures that check one fit, in one figure."""

import numpy as np

from mlm.ground.arguments import check, fitted
from mlm.plots.diagnostics import (
    normal_residuals,
    plot_effects_qq,
    plot_qq,
    residual_name,
)
from mlm.plots.style import BLUE, GREY, ORANGE, tidy

# Effects of random terms that have panels of their own.
MOST_EFFECTS = 4
# Rows of each part whose mean the orange line goes through, at least, and most parts.
LEAST, MOST = 8, 12


def diagnose(fit, *, figure=None):
    """Draw what a model assumes beside what its residuals say, a question a panel.

    The mean is right where the orange line of local means stays near 0; residuals are
    normal where points lie on the line; the spread is even where the orange line is
    flat; a row with a large Cook's distance moves the estimates by itself; random
    effects are normal where their modes lie on the line.

    Parameters
    ----------
    fit : LinearModel, LinearMixedModel, or one with a family
        With a family, residuals are quantile residuals (``fit.residuals("quantile")``),
        and are drawn over linear predictors.
    figure : Figure, optional
        Empty, to draw on.

    Returns
    -------
    ndarray of Axes
        Four, and one for every random effect, up to four.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> [ax.get_title() for ax in diagnose(fit)][:2]
    ['Is the mean right?', 'Are residuals normal?']
    """
    fitted("fit", fit)
    right = figure is None or hasattr(figure, "subplots")
    check(right, "figure", "an empty Figure of matplotlib", figure)
    effects = [
        (group, effect)
        for group, modes in getattr(fit, "ranef", {}).items()
        for effect in dict.fromkeys(modes.columns)
    ][:MOST_EFFECTS]
    rows = 2 + -(-len(effects) // 2)
    if figure is None:
        # pyplot is slow to import and chooses a backend: only when a picture is asked.
        from matplotlib import pyplot as plt

        figure = plt.figure(figsize=(8.4, 2.4 * rows), layout="constrained")
        figure.get_layout_engine().set(wspace=0.08)  # no label reaches the other half
    axes = figure.subplots(rows, 2).ravel()
    residuals, name = normal_residuals(fit).to_numpy(), residual_name(fit)
    linear = fit.design.family is None
    x = fit.fitted.to_numpy() if linear else fit.linear_predictor.to_numpy()
    over = "fitted value" if linear else "linear predictor"

    _points(axes[0], x, residuals, over, name)
    axes[0].axhline(0, color=GREY, linewidth=1)
    axes[0].set_title("Is the mean right?")
    plot_qq(fit, ax=axes[1]).set_title("Are residuals normal?")
    axes[1].margins(x=0.25)  # for the labels of points at the edge
    _points(axes[2], x, np.sqrt(np.abs(residuals)), over, f"√|{name}|")
    axes[2].set_title("Is the spread even?")
    if fit.design.p:
        _distances(axes[3], fit)
    else:  # there is nothing that a row could move
        axes[3].set_axis_off()
    for ax, (group, effect) in zip(axes[4:], effects, strict=False):
        plot_effects_qq(fit, group, effect, ax=ax)
        ax.set_title(f"Are {_named(effect)} by {group} normal?")
    for ax in axes[4 + len(effects) :]:
        ax.remove()
    return axes[: 4 + len(effects)]


def _points(ax, x, y, xlabel, ylabel):
    """Points, and a line of the means of equally many neighbours."""
    tidy(ax).plot(x, y, "o", color=BLUE, markersize=3, alpha=0.6)
    parts = np.array_split(np.argsort(x, kind="stable"), max(1, _parts(len(x))))
    means = [(x[part].mean(), y[part].mean()) for part in parts]
    ax.plot(*np.transpose(means), color=ORANGE, linewidth=2)
    ax.set(xlabel=xlabel, ylabel=ylabel)


def _named(effect):
    return "intercepts" if effect == "(Intercept)" else f"effects of {effect}"


def _parts(n):
    return min(MOST, n // LEAST)


def _distances(ax, fit):
    """Cook's distances row by row, the three largest with their labels."""
    distance = fit.cooks_distance
    values, places = distance.to_numpy(), np.arange(len(distance))
    tidy(ax).vlines(places, 0, values, color=BLUE, linewidth=1)
    for place in np.argsort(-np.nan_to_num(values))[:3]:
        text = f"row {distance.index[place]}"
        ax.annotate(text, (place, values[place]), ha="center", va="bottom")
    ax.margins(y=0.12)
    ax.set(xlabel="place in the data", ylabel="Cook's distance", ylim=(0, None))
    ax.set_title("Does one row carry the fit?")
