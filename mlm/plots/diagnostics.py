"""Residuals and conditional modes: is the fit what the model says it is?"""

import numpy as np

from mlm.errors import DataError
from mlm.plots.style import BLUE, GREY, ORANGE, new_axes, tidy


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
    """
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
    ax.set_xlabel("residual" + (f" ({unit})" if unit else ""))
    ax.set_ylabel("density" + (f" (1/{unit})" if unit else ""))
    ax.legend(frameon=False)
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
    """
    if group not in fit.ranef:
        known = ", ".join(map(repr, fit.ranef))
        raise DataError(f"no grouping factor {group!r} in the fit; there is: {known}.")
    modes = fit.ranef[group]
    if effect not in modes:
        known = ", ".join(map(repr, modes))
        raise DataError(f"no effect {effect!r} of {group!r}; there is: {known}.")
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
    ax.set_xlabel(f"random effect of {effect}" + (f" ({unit})" if unit else ""))
    ax.set_ylabel(group)
    return ax
