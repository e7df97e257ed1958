"""Points of a group that are dragged, and what a mixed model answers."""

import numpy as np

from methods3.explore.columns import complete_rows
from methods3.live.figure import Live
from mlm.fit import lm, lmer
from mlm.ground.errors import check_known
from mlm.plots.covariance import plot_effects_plane
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, tidy, with_unit


def drag_points(data, x, y, group, first, *, unit=""):
    """Drag the points of a group; own and partially pooled line and the fit answer.

    Parameters
    ----------
    data : DataFrame
    x, y, group : str
        Columns: predictor, response, grouping factor.
    first : str
        The group that is shown at first.
    unit : str
        Of `y`.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If there is no such group.

    Examples
    --------
    >>> import mlm
    >>> data = mlm.load_sleepstudy()
    >>> drag_points(data, "Days", "Reaction", "Subject", "308").alt[:43]
    'The points of 308 with three lines: its own'
    """
    data = complete_rows(data, x, y, group)
    fit = lmer(f"{y} ~ {x} + ({x} | {group})", data)
    draw, alt = draw_group(fit, data, first, unit)
    return Live(
        f"drag-{group.lower()}",
        "drag",
        f"Drag the points of one {group}",
        {
            "x": data[x].astype(float).tolist(),
            "y": data[y].astype(float).tolist(),
            "group": data[group].astype(str).tolist(),
            "names": [x, with_unit(y, unit), group],
            "unit": unit,
            "first": first,
        },
        draw,
        alt,
        (8.0, 3.8),
    )


def draw_group(fit, data, level, unit):
    """One group's points and three lines, and the plane of all groups' effects.

    Parameters
    ----------
    fit : LinearMixedModel
        With one predictor, whose slope is random too.
    data : DataFrame
        What it was fitted to.
    level : str
        The group.
    unit : str
        Of the response.

    Returns
    -------
    draw : callable of Figure
    alt : str

    Raises
    ------
    DataError
        If there is no such group.
    """
    x, y = fit.fixef.index[1], fit.design.formula.response
    group = fit.design.terms[0].group
    check_known(f"group of {group}", level, fit.ranef[group].index)
    one = data[data[group] == level]
    lines = {
        "own line": (lm(f"{y} ~ {x}", one).fixef.to_numpy(), GREEN, "--"),
        "partially pooled": (fit.coef[group].loc[level].to_numpy(), ORANGE, "-"),
        "everybody": (fit.fixef.to_numpy(), GREY, "-"),
    }

    def draw(figure):
        left, right = figure.subplots(1, 2)
        tidy(left).plot(one[x], one[y], "o", color=BLUE)
        span = np.array([data[x].min(), data[x].max()])
        for name, ((a, b), colour, dashes) in lines.items():
            left.plot(span, a + b * span, dashes, color=colour, label=name, lw=2)
        left.set(xlabel=x, ylabel=with_unit(y, unit))
        left.legend(frameon=False, loc="upper left", title=f"{group} {level}")
        plot_effects_plane(fit.ranef[group], fit.varcorr[group], ax=right)
        right.get_legend().remove()

    told = [f"{name} {a:.1f} + {b:.1f} {x}" for name, ((a, b), *_) in lines.items()]
    alt = (
        f"The points of {level} with three lines: its {', '.join(told)}. Beside them "
        "the plane of the random effects of all groups, with the ellipse of Sigma."
    )
    return draw, alt
