"""Profiles of parameters: zeta over values, a panel for each."""

import re

import numpy as np
from scipy.special import ndtri

from mlm.ground.arguments import kind, whole_number
from mlm.ground.errors import DataError
from mlm.plots.style import BLUE, GREY, ORANGE, tidy
from mlm.results.profile import Profile

COLUMNS = 3
# Characters of a title's line that fit above a panel.
WIDTH = 28


def plot_zeta(profile, *, level=0.95, columns=COLUMNS, figure=None):
    """Draw zeta of every parameter over its values, and where an interval ends.

    A straight line says that estimate ± z standard errors is a good interval; a bend,
    that the profile's is better.

    Parameters
    ----------
    profile : Profile
        From `LinearMixedModel.profile`.
    level : float
        Level of the interval.  Dashed lines show ± its normal quantile; the interval
        itself, as far as its ends are known, is drawn in orange on the line of 0.
    columns : int
        Number of panels in a row.
    figure : Figure, optional
        Empty, to draw on.

    Returns
    -------
    ndarray of Axes
        One for each parameter, in the profile's order.

    Raises
    ------
    DataError
        If it is no profile or has no parameters, columns is no whole number above 0,
        or level is not between 0 and 1.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> axes = plot_zeta(fit.profile("beta_"))
    >>> [ax.get_title() for ax in axes]
    ['(Intercept)', 'Days']
    """
    kind("profile", profile, Profile, "a profile, from fit.profile()")
    whole_number("columns", columns, 1, "a number of panels, 1 or more")
    names = list(profile.estimate.index)
    if not names:
        raise DataError("this profile has no parameters: there is nothing to draw.")
    intervals, points = profile.confint(level), profile.to_frame()
    panels = min(columns, len(names))
    rows = -(-len(names) // panels)
    if figure is None:
        # pyplot is slow to import and chooses a backend: only when a picture is asked.
        from matplotlib import pyplot as plt

        figure = plt.figure(figsize=(2.6 * panels, 2.3 * rows), layout="constrained")
    axes = figure.subplots(rows, panels, sharey=True, squeeze=False)
    for ax in axes.flat[len(names) :]:
        ax.remove()
    limit = ndtri((1 + level) / 2)
    for i, (name, ax) in enumerate(zip(names, axes.flat, strict=False)):
        own = points[points["parameter"] == name]
        for height in (-limit, limit):
            ax.axhline(height, color=GREY, linestyle="--", linewidth=1)
        ax.axhline(0, color=GREY, linewidth=0.8)
        tidy(ax).plot(own["value"], own["zeta"], ".-", color=BLUE, linewidth=1.6)
        ax.plot(intervals.iloc[i], [0, 0], "|-", color=ORANGE, linewidth=2.4)
        ax.plot(profile.estimate.iloc[i], 0, "o", color=ORANGE, markersize=5)
        ax.set_title(_in_lines(name), fontsize="medium")
    figure.supylabel("zeta")
    figure.supxlabel("value of the parameter")
    return np.array(axes.flat[: len(names)])


def _in_lines(name):
    """Break a long name after one of its marks, so that titles do not overlap."""
    lines = [""]
    for part in re.findall(rf"[^._|:]{{1,{WIDTH - 1}}}[._|:]?|[._|:]", name):
        if len(lines[-1] + part) > WIDTH:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
