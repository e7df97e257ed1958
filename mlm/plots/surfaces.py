"""Surfaces and curves to be minimised: squared errors, criteria, Newton's steps."""

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import ListedColormap
from matplotlib.ticker import MaxNLocator

from mlm.demonstrations.newton import newton
from mlm.ground.errors import DataError
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, new_axes, tidy

BASIN_COLOURS = (BLUE, ORANGE, GREEN)
# From teal, where an error is low, to purple: without the light end, whose lines are
# faint on white, and brown on black where a page inverts its pictures in the dark.
HEIGHTS = ListedColormap(colormaps["viridis_r"](np.linspace(0.45, 1, 256)))


def plot_mse_contours(surface, b1, b2, *, ax=None):
    """Draw lines of equal squared error, with the minimum, or the valley.

    Parameters
    ----------
    surface : MSESurface
        From `mlm.demonstrations.collinearity.mse_surface`.
    b1, b2 : tuple of (float, float)
        Ranges of the two coefficients.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> from mlm.demonstrations.collinearity import mse_surface
    >>> surface = mse_surface([[1.0, 0.0], [0.0, 1.0]], [3.0, -2.0])
    >>> ax = plot_mse_contours(surface, (-5, 5), (-5, 5))
    >>> ax.lines[0].get_xydata().tolist()
    [[3.0, -2.0]]
    """
    ax = tidy(new_axes(ax, figsize=(5.4, 4.4)))
    x, y = np.linspace(*b1, 200), np.linspace(*b2, 200)
    error = surface.at(x, y[:, None])
    # Levels whose distances grow: a bowl has its lines evenly spaced.
    levels = (
        surface.lowest + (error.max() - surface.lowest) * np.linspace(0, 1, 11)[1:] ** 2
    )
    lines = ax.contour(x, y, error, levels=levels, cmap=HEIGHTS)
    ticks = MaxNLocator(4)  # the levels themselves are no round numbers
    ax.figure.colorbar(lines, ax=ax, label="mean squared error", ticks=ticks)
    if surface.valley is None:
        ax.plot(*surface.minimum, "o", color=ORANGE, markersize=9, label="minimum")
    else:
        ax.axline(
            tuple(surface.minimum),
            tuple(surface.minimum + surface.valley),
            color=ORANGE,
            linewidth=2.5,
            label="valley: all of it is lowest",
        )
    ax.set(xlim=b1, ylim=b2, xlabel="$b_1$", ylabel="$b_2$")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), frameon=False)
    return ax


def plot_mse_surface(surface, b1, b2, *, ax=None):
    """Draw the squared error as a surface over two coefficients.

    Parameters
    ----------
    surface : MSESurface
    b1, b2 : tuple of (float, float)
        Ranges of the two coefficients.
    ax : Axes3D, optional
        Axes with ``projection="3d"``.

    Returns
    -------
    Axes3D

    Raises
    ------
    DataError
        The axes are flat.

    Examples
    --------
    >>> from mlm.demonstrations.collinearity import mse_surface
    >>> surface = mse_surface([[1.0, 0.0], [0.0, 1.0]], [3.0, -2.0])
    >>> plot_mse_surface(surface, (-5, 5), (-5, 5)).get_zlabel()
    'mean squared error'
    """
    if ax is None:
        from matplotlib import pyplot as plt

        figure = plt.figure(figsize=(5.4, 4.6))
        ax = figure.add_subplot(projection="3d")
    if ax.name != "3d":
        raise DataError('the surface needs axes made with projection="3d".')
    x, y = np.meshgrid(np.linspace(*b1, 50), np.linspace(*b2, 50))
    # A coarse mesh shows the shape as well as a fine one, and is a tenth of its size.
    facets = {"cmap": HEIGHTS, "linewidth": 0.3, "edgecolor": "white"}
    ax.plot_surface(x, y, surface.at(x, y), rcount=12, ccount=12, **facets)
    ax.set(xlabel="$b_1$", ylabel="$b_2$")
    ax.set_zlabel("mean squared error", labelpad=14)
    ax.tick_params(axis="z", pad=8)
    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
        axis.set_major_locator(MaxNLocator(3))
    ax.set_box_aspect(None, zoom=0.9)
    return ax


def plot_criterion(curves, *, ax=None):
    """Draw profiled criteria against theta, with their lowest points.

    Parameters
    ----------
    curves : DataFrame
        A column a curve, such as from
        `mlm.demonstrations.estimation.criterion_curves`; the index is theta.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> import mlm
    >>> from mlm.demonstrations.estimation import criterion_curves
    >>> design = mlm.design_matrices("Yield ~ 1 + (1 | Batch)", mlm.load_dyestuff())
    >>> plot_criterion(criterion_curves(design, [0.5, 0.8, 1.1])).get_xlabel()
    'theta'
    """
    ax = tidy(new_axes(ax))
    styles = zip((BLUE, ORANGE, GREEN), ("-", "--", "-."), strict=True)
    for (name, curve), (colour, dashes) in zip(curves.items(), styles, strict=False):
        ax.plot(curve.index, curve, dashes, color=colour, linewidth=2, label=name)
        ax.plot(curve.idxmin(), curve.min(), "o", color=colour, markersize=8)
    ax.set(xlabel=curves.index.name or "theta", ylabel="criterion")
    ax.legend(frameon=False)
    return ax


def plot_profile(values, deviance, interval, *, label, limit=3.841, ax=None):
    """Draw a profile of the deviance, and the interval where it rises by `limit`.

    Parameters
    ----------
    values : array_like
        Of the parameter.
    deviance : array_like
        Lowest deviance with the parameter held there.
    interval : tuple of (float, float)
        Such as a row of ``fit.confint("profile")``.
    label : str
        The parameter, with its unit.
    limit : float
        Rise at the ends; 3.841 for 95 %.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> x = np.linspace(-3, 3, 61)
    >>> plot_profile(x, x**2, (-1.96, 1.96), label="effect (ms)").get_xlabel()
    'effect (ms)'
    """
    ax = tidy(new_axes(ax))
    deviance = np.asarray(deviance, dtype=float)
    lowest = deviance.min()
    ax.plot(values, deviance, color=BLUE, linewidth=2)
    ax.axhline(lowest + limit, color=GREY, linestyle="--", linewidth=1)
    beside = {"transform": ax.get_yaxis_transform(), "va": "center"}
    ax.text(1.01, lowest + limit, f"lowest\n+ {limit:g}", **beside)
    ax.axvspan(*interval, color=ORANGE, alpha=0.2, linewidth=0)
    ax.set(xlabel=label, ylabel="deviance")
    return ax


def plot_newton(f, fprime, path, span, *, height=None, label="f(x)", ax=None):
    """Draw a function, and the tangents along which Newton's method slides down.

    Parameters
    ----------
    f, fprime : callable of ndarray
    path : sequence of float
        Where the method stood, such as ``result.path``.
    span : tuple of (float, float)
        Range of x.
    height : tuple of (float, float), optional
        Range of f; all of it, if not given.
    label : str
        What f is.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> result = newton(lambda x: x**2 - 2, lambda x: 2 * x, 2.0)
    >>> ax = plot_newton(lambda x: x**2 - 2, lambda x: 2 * x, result.path, (0, 3))
    >>> ax.get_ylabel()
    'f(x)'
    """
    ax = tidy(new_axes(ax))
    x = np.linspace(*span, 500)
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.plot(x, f(x), color=BLUE, linewidth=2)
    height = height or ax.get_ylim()
    for i, here in enumerate(path[:-1]):
        ax.plot([here, here], [0, f(here)], ":", color=GREY, linewidth=1)
        meets = here - f(here) / fprime(here)  # 0 of the tangent, wherever it went then
        ax.plot([here, meets], [f(here), 0], color=ORANGE, linewidth=1.2)
        ax.plot(here, f(here), "o", color=ORANGE, markersize=5)
        if abs(here - meets) > 0.02 * (span[1] - span[0]):  # else they would overlap
            ax.annotate(str(i), (here, f(here)), (4, 4), textcoords="offset points")
    ax.plot(path[-1], f(path[-1]), "D", color=GREEN, markersize=7)
    ax.set(xlim=span, ylim=height, xlabel="x", ylabel=label)
    return ax


def plot_basins(f, fprime, starts, roots, *, ax=None):
    """Draw which root Newton's method finds from every start.

    Parameters
    ----------
    f, fprime : callable of float
    starts : array_like
    roots : sequence of float
        At most three.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_basins(lambda x: x**2 - 1, lambda x: 2 * x, [-2.0, 2.0], [-1.0, 1.0])
    >>> ax.get_ylabel()
    'root found'
    """
    ax = tidy(new_axes(ax, figsize=(6.4, 3.2)))
    for root, colour in zip(roots, BASIN_COLOURS, strict=False):
        ax.axhline(root, color=colour, linewidth=0.8)
        ax.plot(root, root, "D", color=colour, markersize=7)
    for start in starts:
        found = newton(f, fprime, start)
        near = [abs(found.x - root) < 1e-6 for root in roots]
        if found.converged and any(near):
            ax.plot(start, found.x, ".", color=BASIN_COLOURS[near.index(True)])
        else:
            ax.plot(start, min(roots), "x", color=GREY, markersize=4)
    ax.set(xlabel="start", ylabel="root found")
    return ax
