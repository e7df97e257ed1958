"""Live figures of the covariance of random effects."""

import numpy as np

from methods3.explore.columns import axis_names, lines_of_groups
from methods3.live.figure import Live
from mlm.ground.arguments import number, numbers
from mlm.ground.errors import DataError
from mlm.plots.covariance import plot_effects_plane
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, tidy, with_unit
from mlm.textbook import pls

# Heights that are drawn, above the lowest point, as in js/landscape.js.
DROPS = np.array([0.5, 1, 2, 3.84, 5.99, 10, 15, 20, 30, 40, 60, 80, 120])
# How far the plane of θ reaches, in estimates.
REACH = 2.2


def criterion_landscape(fit, start, *, units=("", "")):
    """Put θ anywhere; watch where a search goes from there, the ellipse and the modes.

    The REML criterion is drawn as a landscape over θ₁ and θ₂, for one θ₃ at a time.

    Parameters
    ----------
    fit : LinearMixedModel
        By REML, of a line with a random intercept and slope of one grouping factor.
    start : sequence of float
        θ at first: three numbers, the first and the third 0 or more.
    units : tuple of (str, str)
        Of the two effects.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the fit is of another model, or `start` is no θ.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> criterion_landscape(fit, (1.9, 0.3, 0.23)).alt[:62]
    'The REML criterion over theta 1 and theta 2, with theta 3 = 0.'
    """
    rows = lines_of_groups(fit)
    start = numbers("start", start)
    if len(start) != 3 or start[0] < 0 or start[2] < 0:
        raise DataError(
            f"start is a theta: three numbers, the first and the third 0 or more, not "
            f"{start.tolist()}."
        )
    if not fit.reml:
        raise DataError("the landscape is that of REML: fit with reml=True.")
    best = fit.theta.to_numpy()
    # Where a variance is estimated as 0, as much as that of residuals.
    sizes = np.array([best[0] or 1, np.hypot(*best[1:]) or 1])
    reach = [*np.ceil(10 * REACH * sizes) / 10, np.ceil(20 * REACH * sizes[1]) / 20]
    here = pls(fit.design, start, reml=True)
    names = [with_unit(f"random {name}", unit) for name, unit in _effects(fit, units)]

    def draw(figure):
        left, right = map(tidy, figure.subplots(1, 2))
        grid = np.meshgrid(
            np.linspace(0, reach[0], 25), np.linspace(-reach[1], reach[1], 25)
        )
        heights = [
            pls(fit.design, (*at, start[2]), reml=True).criterion
            for at in np.transpose(grid).reshape(-1, 2)
        ]
        levels = fit.criterion + DROPS
        lines = {"colors": GREY, "linewidths": 0.8}
        left.contour(*grid, np.reshape(heights, (25, 25)).T, levels=levels, **lines)
        left.plot(*best[:2], "o", color=GREEN, label="lowest")
        left.plot(*start[:2], "o", color=ORANGE, label="here")
        left.set(xlabel="θ₁", ylabel="θ₂", xlim=(0, reach[0]))
        left.legend(loc="lower right", framealpha=1, edgecolor="none")
        T = np.array([[start[0], 0], start[1:]])
        modes = np.reshape(here.b, (-1, 2))
        shown = fit.ranef[fit.design.terms[0].group] * 0 + modes
        plot_effects_plane(shown, here.sigma**2 * T @ T.T, ax=right)
        right.get_legend().remove()
        right.set(xlabel=names[0], ylabel=names[1])

    return Live(
        "criterion-landscape",
        "landscape",
        "The criterion as a landscape",
        rows
        | {
            "names": names,
            "best": best.tolist(),
            "start": start.tolist(),
            "reach": [float(most) for most in reach],
            "frame": (REACH * fit.sigma * np.array(reach[:2])).tolist(),
        },
        draw,
        f"The REML criterion over theta 1 and theta 2, with theta 3 = {start[2]:g}. "
        f"At {start[0]:g} and {start[1]:g} it is {here.criterion:.2f}; its lowest "
        f"value is {fit.criterion:.2f}.",
    )


def origin_of(fit, start=0, *, units=("", "")):
    """Drag where a predictor counts from; correlation turns, and no line moves.

    Parameters
    ----------
    fit : LinearMixedModel
        Of a line with a random intercept and slope of one grouping factor.
    start : float
        Value of the predictor that counts as 0 at first.
    units : tuple of (str, str)
        Of predictor and response.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the fit is of another model, or singular.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> origin_of(fit).alt[-73:]
    'intercepts at the cut and slopes: their correlation is 0.07, at Days = 0.'
    """
    rows = lines_of_groups(fit)
    start = number("start", start)
    if fit.is_singular:
        raise DataError("the fit is singular: there is no correlation to turn.")
    term, predictor = fit.design.terms[0], fit.fixef.index[1]
    names = axis_names(fit, units)
    low, high = min(rows["x"]), max(rows["x"])
    span = [low - (high - low) / 3, high + (high - low) / 9]
    C = np.array([[1, start], [0, 1]])
    Sigma = C @ fit.varcorr[term.name].to_numpy() @ C.T
    correlation = Sigma[0, 1] / np.sqrt(Sigma[0, 0] * Sigma[1, 1])
    modes = fit.ranef[term.group] @ C.T

    def draw(figure):
        lines, plane = map(tidy, figure.subplots(1, 2))
        for intercept, slope in fit.coef[term.group].to_numpy():
            ends = [intercept + slope * x for x in span]
            lines.plot(span, ends, color=BLUE, linewidth=0.8)
        lines.axvline(start, color=ORANGE, linewidth=2)
        lines.set(xlabel=names[0], ylabel=names[1])
        plot_effects_plane(modes, Sigma, ax=plane)
        plane.get_legend().remove()
        plane.set(xlabel="intercept there", ylabel="slope")

    return Live(
        f"origin-{predictor.lower()}",
        "origin",
        f"Where {predictor} counts from",
        rows | {"names": names, "predictor": predictor, "start": start, "span": span},
        draw,
        f"Lines of all groups with a vertical cut, and the plane of intercepts at the "
        f"cut and slopes: their correlation is {correlation:.2f}, at {predictor} = "
        f"{start:g}.",
    )


def _effects(fit, units):
    names = ["intercept" if name == "(Intercept)" else name for name in fit.fixef.index]
    return zip([names[0], f"slope of {names[1]}"], units, strict=True)
