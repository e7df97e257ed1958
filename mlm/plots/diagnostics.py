"""Residuals and conditional modes: is the fit what the model says it is?"""

import numpy as np
from scipy.special import ndtri

from mlm.ground.arguments import fitted
from mlm.ground.errors import check_known
from mlm.plots.style import BLUE, GREY, ORANGE, new_axes, tidy, with_unit


def plot_residuals(fit, *, unit="", bins=24, ax=None):
    """Draw the histogram of a fit's residuals under the N(0, σ̂²) it assumes.

    Parameters
    ----------
    fit : LinearModel or LinearMixedModel
    unit : str
        Unit of the response.
    bins : int
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> plot_residuals(fit, unit="ms").get_xlabel()
    'residual (ms)'
    """
    fitted("fit", fit)
    ax = tidy(new_axes(ax))
    residuals, sigma = fit.resid.to_numpy(), fit.sigma
    ax.hist(
        residuals,
        bins=bins,
        density=True,
        color=BLUE,
        alpha=0.6,
        label="residuals",
    )
    x = np.linspace(*ax.get_xlim(), 200)
    density = np.exp(-0.5 * (x / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))
    ax.plot(x, density, color=ORANGE, linewidth=2, label="N(0, σ̂²)")
    ax.set_xlabel(with_unit("residual", unit))
    ax.set_ylabel(with_unit("density", unit and f"1/{unit}"))
    ax.legend(frameon=False)
    return ax


def plot_qq(fit, *, named=3, ax=None):
    """Draw residuals against the quantiles that a normal distribution would have.

    Parameters
    ----------
    fit : LinearModel or LinearMixedModel
    named : int
        How many of the largest residuals to label with their rows.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> plot_qq(fit).get_ylabel()
    'residual / σ̂'
    """
    fitted("fit", fit)
    ax = tidy(new_axes(ax))
    scaled = fit.residuals("scaled").sort_values()
    n = len(scaled)
    expected = ndtri((np.arange(1, n + 1) - 0.5) / n)
    ax.axline((0, 0), slope=1, color=GREY, linewidth=1)
    ax.plot(expected, scaled, "o", color=BLUE, markersize=4)
    for place in np.argsort(-scaled.abs().to_numpy())[:named]:
        # The outermost point of each end has room outside, the others inside.
        to_the_left = (place == 0) or (n / 2 < place < n - 1)
        ax.annotate(
            f"row {scaled.index[place]}",
            (expected[place], scaled.iloc[place]),
            xytext=(-6 if to_the_left else 6, 0),
            textcoords="offset points",
            ha="right" if to_the_left else "left",
            va="center",
        )
    ax.margins(x=0.14)
    ax.set(xlabel="quantile of N(0, 1)", ylabel="residual / σ̂")
    return ax


def plot_caterpillar(fit, group, effect, *, unit="", ax=None):
    """Draw each group's conditional mode with its 95 % interval, sorted by size.

    The interval is mode ± 1.96 conditional standard deviations: given the data and
    θ̂, the group's random effect lies in it with probability 0.95.

    Parameters
    ----------
    fit : LinearMixedModel
    group : str
        Grouping factor, such as ``"Subject"``.
    effect : str
        One of its effects, such as ``"Days"``.
    unit : str
        Unit of the effect.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If the fit has no such grouping factor, or the factor no such effect.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> plot_caterpillar(fit, "Subject", "Days").get_ylabel()
    'Subject'
    """
    fitted("fit", fit)
    check_known("grouping factor", group, fit.ranef)
    modes = fit.ranef[group]
    check_known(f"effect of {group}", effect, modes)
    ax = tidy(new_axes(ax, figsize=(6.4, 4.6)))
    column = modes.columns.get_loc(effect)
    sd = np.sqrt(fit.condvar[group][:, column, column])
    values = modes[effect].to_numpy()
    order = np.argsort(values)
    places = np.arange(len(order))
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.errorbar(
        values[order],
        places,
        xerr=1.96 * sd[order],
        fmt="o",
        color=BLUE,
        markersize=4,
        elinewidth=1.2,
    )
    ax.set_yticks(places, modes.index[order].astype(str))
    ax.set_xlabel(with_unit(f"random effect of {effect}", unit))
    ax.set_ylabel(group)
    return ax
