"""Residuals and conditional modes: is the fit what the model says it is?"""

import numpy as np
from scipy.special import ndtri

from mlm.ground.arguments import fitted
from mlm.ground.errors import DataError, check_known
from mlm.plots.style import BLUE, GREY, ORANGE, new_axes, tidy, with_unit

# How modes with their intervals are drawn.
MODES = {"fmt": "o", "color": BLUE, "markersize": 4, "elinewidth": 1.2}


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
    fit : LinearModel, LinearMixedModel, or one with a family
        With a family, quantile residuals are drawn.
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
    scaled = normal_residuals(fit).sort_values()
    n = len(scaled)
    expected = _quantiles(n)
    ax.axline((0, 0), slope=1, color=GREY, linewidth=1)
    ax.plot(expected, scaled, "o", color=BLUE, markersize=4)
    for place in np.argsort(-scaled.abs().to_numpy())[:named]:
        # The outermost point of each end has room outside, the others inside: the first
        # of them above or below, where the label of the next does not stand.
        to_the_left = (place == 0) or (n / 2 < place < n - 1)
        above = (place > n / 2) == (place in (1, n - 2))
        ax.annotate(
            f"row {scaled.index[place]}",
            (expected[place], scaled.iloc[place]),
            xytext=(-6 if to_the_left else 6, 0),
            textcoords="offset points",
            ha="right" if to_the_left else "left",
            va="center" if place in (0, n - 1) else "bottom" if above else "top",
        )
    ax.margins(x=0.14)
    ax.set(xlabel="quantile of N(0, 1)", ylabel=residual_name(fit))
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
    modes, sd = _modes(fit, group, effect)
    ax = tidy(new_axes(ax, figsize=(6.4, 4.6)))
    places = np.arange(len(modes))
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.errorbar(modes.to_numpy(), places, xerr=1.96 * sd, **MODES)
    ax.set_yticks(places, modes.index.astype(str))
    ax.set_xlabel(with_unit(f"random effect of {effect}", unit))
    ax.set_ylabel(group)
    return ax


def plot_effects_qq(fit, group, effect, *, unit="", ax=None):
    """Draw conditional modes against the quantiles of a normal distribution.

    Modes that lie on the line are as normal effects would be: it goes through 0, with
    the modes' own standard deviation as its slope.  Bars are 95 % intervals of each.

    Parameters
    ----------
    fit, group, effect, unit, ax
        As for `plot_caterpillar`.

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
    >>> plot_effects_qq(fit, "Subject", "Days").get_xlabel()
    'quantile of N(0, 1)'
    """
    modes, sd = _modes(fit, group, effect)
    ax = tidy(new_axes(ax))
    ax.axline((0, 0), slope=np.sqrt(np.mean(modes**2)), color=GREY, linewidth=1)
    expected = _quantiles(len(modes))
    ax.errorbar(expected, modes.to_numpy(), yerr=1.96 * sd, **MODES)
    ax.set_xlabel("quantile of N(0, 1)")
    ax.set_ylabel(with_unit(f"random effect of {effect}", unit))
    return ax


def normal_residuals(fit):
    """Residuals that are standard normal if the model is right: Series."""
    return fit.residuals("scaled" if fit.design.family is None else "quantile")


def residual_name(fit):
    """What `normal_residuals` are called."""
    return "residual / σ̂" if fit.design.family is None else "quantile residual"


def _quantiles(n):
    """Quantiles of N(0, 1) that n ordered values are drawn against: ndarray."""
    return ndtri((np.arange(1, n + 1) - 0.5) / n)


def _modes(fit, group, effect):
    """Modes of one effect by size, and their conditional standard deviations."""
    fitted("fit", fit)
    if not fit.design.terms:
        raise DataError(f"{fit.formula!r} has no random effects to draw.")
    check_known("grouping factor", group, fit.ranef)
    modes = fit.ranef[group]
    check_known(f"effect of {group}", effect, modes)
    column = modes.columns.get_loc(effect)
    sd = np.sqrt(fit.condvar[group][:, column, column])
    order = np.argsort(modes[effect].to_numpy())
    return modes[effect].iloc[order], sd[order]
