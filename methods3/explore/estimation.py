"""Explorers of estimation: Newton's starts, ML and REML, proportions."""

from itertools import islice

import numpy as np

from methods3.explore.explorer import Explorer, Slider
from methods3.explore.live import Live
from mlm.demonstrations.estimation import simulate_variance_estimates
from mlm.demonstrations.newton import newton_of_the_notes
from mlm.ground.arguments import seed_of
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, tidy
from mlm.plots.surfaces import plot_newton
from mlm.replicates.proportions import proportion_interval

# Steps of Newton's method that are drawn.
STEPS = 12


def newton_slider(name, f, fprime, starts, span, *, height=None, label="f(x)"):
    """Start Newton's method, as the notes have it, from different places.

    Parameters
    ----------
    name : str
        Identifier on the page.
    f, fprime : callable of float or ndarray
    starts : sequence of float
        At most 15.
    span : tuple of (float, float)
        Range of x that is drawn.
    height : tuple of (float, float), optional
        Range of f that is drawn.
    label : str
        What f is.

    Returns
    -------
    Explorer

    Examples
    --------
    >>> def f(x):
    ...     return x**2 - 2
    >>> explorer = newton_slider("root", f, lambda x: 2 * x, (1, 2), (0, 3))
    >>> explorer.alt(1)
    "From x = 1, Newton's method ends at 1.414214, after 4 steps."
    """

    def path(start):
        with np.errstate(all="ignore"):
            steps = islice(newton_of_the_notes(f, fprime, np.float64(start)), STEPS)
            found = [float(x) for x in steps]
        return [x for x in found if np.isfinite(x)]

    def fate(start):
        found = path(start)
        if not span[0] <= found[-1] <= span[1]:
            return f"leaves the picture, and stands at {found[-1]:.3g} in the end"
        return f"ends at {found[-1]:.6f}"

    def draw(figure, start):
        ax = figure.subplots()
        inside = path(start)
        outside = [not span[0] <= x <= span[1] for x in inside]
        if any(outside):  # what comes after the first is not drawn
            inside = inside[: outside.index(True) + 1]
        plot_newton(f, fprime, inside, span, height=height, label=label, ax=ax)
        ax.set_title(f"Newton's method {fate(start)}", fontsize="medium", color=GREY)

    def alt(start):
        return (
            f"From x = {start:g}, Newton's method {fate(start)}, after "
            f"{len(path(start)) - 1} steps."
        )

    slider = Slider("start", tuple(starts), form="g")
    return Explorer(name, (slider,), draw, alt)


def variance_slider(groups, *, n, sigma_y, sigma_alpha, seed, data_sets=20_000):
    """Add groups, and watch how ML and REML estimate the variance between them.

    Parameters
    ----------
    groups : sequence of int
        Numbers of groups J, at most 15.
    n : int
        Observations a group.
    sigma_y, sigma_alpha : float
        True standard deviations within and between groups.
    seed, data_sets : int
        Of the simulation.

    Returns
    -------
    Explorer

    Examples
    --------
    >>> explorer = variance_slider((3, 50), n=5, sigma_y=3, sigma_alpha=4, seed=1)
    >>> explorer.start
    (3,)
    """
    seed = seed_of(seed)
    found = {
        J: simulate_variance_estimates(J, n, sigma_y, sigma_alpha, data_sets, seed)
        for J in groups
    }
    edges = np.linspace(0, 4 * sigma_alpha**2, 50)

    def draw(figure, J):
        axes = figure.subplots(2, 1, sharex=True, sharey=True)
        pairs = (("ML", found[J].ml, BLUE), ("REML", found[J].reml, GREEN))
        for ax, (name, values, colour) in zip(axes, pairs, strict=True):
            tidy(ax).hist(np.minimum(values, edges[-1]), edges, color=colour, alpha=0.6)
            ax.axvline(found[J].truth, color=ORANGE, linewidth=2, label="truth")
            ax.axvline(values.mean(), color="black", linestyle="--", label="mean")
            ax.set_ylabel(f"{name}, data sets")
        axes[0].legend(frameon=False, loc="upper right")
        axes[1].set_xlabel("estimate of σ_α² (larger ones in the last bar)")

    def alt(J):
        table = found[J].to_frame().round(2)
        return (
            f"With {J} groups, the estimates of the variance, truly "
            f"{found[J].truth:g}, have mean {table.loc['ML', 'mean']} by ML and "
            f"{table.loc['REML', 'mean']} by REML, and root mean squared error "
            f"{table.loc['ML', 'RMSE']} and {table.loc['REML', 'RMSE']}."
        )

    slider = Slider("number of groups, J", tuple(groups), form="d")
    return Explorer("ml-and-reml", (slider,), draw, alt)


def proportion_intervals(successes, n, sizes):
    """Drag a proportion, change the sample size; watch three intervals, and the edges.

    Parameters
    ----------
    successes, n : int
        At first.
    sizes : sequence of int
        Sample sizes to choose from.

    Returns
    -------
    Live

    Examples
    --------
    >>> proportion_intervals(10, 20, (20, 48)).alt[:29]
    '10 of 20: 95 % intervals by W'
    """
    methods = {"wald": "Wald", "wilson": "Wilson", "logit": "logit"}
    found = {m: proportion_interval(successes, n, m) for m in methods}

    def draw(figure):
        ax = tidy(figure.subplots())
        for edge in (0, 1):
            ax.axvline(edge, color=GREY, linewidth=1)
        for place, (lower, upper) in enumerate(found.values()):
            ax.plot([lower, upper], [-place, -place], color=BLUE, linewidth=4)
            for outside in ((min(lower, 0), 0), (1, max(upper, 1))):
                if np.ptp(outside):
                    ax.plot(outside, [-place, -place], color=ORANGE, linewidth=8)
            ax.plot(successes / n, -place, "o", color="black")
        ax.set_yticks([0, -1, -2], methods.values())
        ax.set(xlim=(-0.3, 1.3), ylim=(-2.6, 0.6))
        ax.set_xlabel(f"proportion, {successes} of {n}, with 95 % intervals")

    parts = [f"{methods[m]} {lo:.3f} to {hi:.3f}" for m, (lo, hi) in found.items()]
    return Live(
        "proportion-intervals",
        "intervals",
        "Three intervals of a proportion",
        {"sizes": list(sizes), "start": [successes, n]},
        draw,
        f"{successes} of {n}: 95 % intervals by {', by '.join(parts)}.",
    )
