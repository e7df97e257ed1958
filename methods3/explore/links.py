"""Live figures of link functions: what a line of log-odds says of probabilities."""

import numpy as np
from scipy.special import expit

from methods3.explore.columns import complete_rows
from methods3.live.figure import Live
from mlm.fit import glm
from mlm.ground.arguments import number
from mlm.ground.errors import DataError, check_known
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, tidy, with_unit

# Log-odds that are drawn, to either side of 0: probabilities from 0.00005 on.
FARTHEST = 10


def logistic_curve(slope):
    """Drag a line, and watch the probabilities that it stands for.

    Parameters
    ----------
    slope : float
        Of the line at first, on the scale of log-odds; from -4 to 4.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the slope is another.

    References
    ----------
    Gelman & Hill (2007), section 5.2: where the curve is steepest, one unit of x
    changes the probability by a quarter of the slope.

    Examples
    --------
    >>> logistic_curve(1).alt[-64:]
    'At its steepest place the probability grows by 0.25 a unit of x.'
    """
    slope = number("slope", slope, "from -4 to 4", lambda s: -4 <= s <= 4)
    x = np.linspace(-6, 6, 121)

    def draw(figure):
        left, right = _two_scales(figure, x, 0, slope, "x", 8, ORANGE)
        left.set_title("the line")
        right.set_title("the same, as a probability")
        right.legend(frameon=False, loc="center right" if slope >= 0 else "center left")

    low, high = expit(slope * x[[0, -1]])
    return Live(
        "logistic",
        "logistic",
        "A line of log-odds, and its probabilities",
        {"start": [0, slope, 0]},
        draw,
        f"A line of slope {slope:g} from {slope * x[0]:g} to {slope * x[-1]:g}; as a "
        f"probability a curve from {low:.3f} to {high:.3f}. At its steepest place the "
        f"probability grows by {slope / 4:.2f} a unit of x.",
        (8.0, 3.6),
    )


def odds_by_hand(data, x, y, label, start, chosen, *, units=("", "")):
    """Move a line of log-odds with two sliders; watch one row on both scales.

    Parameters
    ----------
    data : DataFrame
    x : str
        Column of the predictor.
    y : str
        Column of the response, 0 and 1.
    label : str
        Column of the rows' names.
    start : tuple of (float, float)
        Intercept and slope of the log-odds at first.
    chosen : str
        The row at first, by its name.
    units : tuple of (str, str)
        Of `x`; and what a response of 1 is.

    Returns
    -------
    Live
        The sliders reach to twice the estimates of `mlm.glm`, which a button sets.

    Raises
    ------
    DataError
        If the data have no such column or row, two rows have one name, or the
        response has values other than 0 and 1.

    References
    ----------
    Gelman & Hill (2007), section 5.2.

    Examples
    --------
    >>> import mlm, pandas as pd
    >>> data = pd.DataFrame({"x": [1, 2, 3, 4], "y": [0, 1, 0, 1], "who": [*"abcd"]})
    >>> odds_by_hand(data, "x", "y", "who", (-2, 1), "d").alt[:62]
    'd at x = 4 has log-odds -2 + 1 x = 2.00, which is a probabilit'
    """
    rows = complete_rows(data, x, y, label)
    names = rows[label].astype(str).tolist()
    if len(set(names)) < len(names):
        raise DataError(f"{label} gives two rows the same name; each needs its own.")
    check_known(label, chosen, names)
    if not rows[y].isin([0, 1]).all():
        raise DataError(f"{y} has values other than 0 and 1.")
    best = glm(f"`{y}` ~ `{x}`", rows, family="binomial").fixef.to_numpy()
    intercept, slope = number("start", start[0]), number("start", start[1])
    xs, ys = rows[x].to_numpy(dtype=float), rows[y].to_numpy(dtype=float)
    span = xs.min() - 0.05 * np.ptp(xs), xs.max() + 0.05 * np.ptp(xs)
    across = np.linspace(*span, 121)
    at = xs[names.index(chosen)]
    eta = intercept + slope * at
    axis, success = with_unit(x, units[0]), units[1] or f"{y} = 1"

    def draw(figure):
        left, right = _two_scales(figure, across, *start, axis, FARTHEST, GREEN)
        right.plot(xs, ys, "o", color=GREY, markersize=4)
        for ax, height, middle in ((left, eta, 0), (right, expit(eta), 0.5)):
            ax.axvline(at, color=GREY, linestyle=":", linewidth=1)
            ax.plot(-intercept / slope if slope else [], middle, "s", color=GREEN)
            ax.plot(at, height, "o", color=ORANGE, markersize=9, label=chosen)
            ax.set_xlim(span)
        left.legend(frameon=False, loc="best")
        right.set_ylabel(f"probability of {success}")

    return Live(
        "odds-by-hand",
        "odds",
        "A line of log-odds, its probabilities, and one row on both",
        {
            "x": xs.tolist(),
            "y": ys.tolist(),
            "labels": names,
            "names": [axis, x, label, success],
            "best": best.tolist(),
            "reach": [2 * float(np.ceil(abs(b))) for b in best],
            "farthest": FARTHEST,
            "start": [intercept, slope],
            "chosen": names.index(chosen),
        },
        draw,
        f"{chosen} at {x} = {at:g} has log-odds {intercept:g} {'-+'[slope >= 0]} "
        f"{abs(slope):g} {x} = {eta:.2f}, which is a probability of {expit(eta):.3f} "
        f"of {success}. Left the line of log-odds, right the curve of probabilities "
        f"between the data at 0 and 1; it is steepest where it is one half.",
        (8.0, 3.6),
    )


def _two_scales(figure, x, intercept, slope, name, farthest, colour):
    """Axes of a line of log-odds, and of its probabilities with their tangent."""
    left, right = map(tidy, figure.subplots(1, 2))
    eta = intercept + slope * x
    left.axhline(0, color=GREY, linewidth=0.8)
    left.plot(x, eta, color=BLUE, linewidth=2)
    left.set(xlabel=name, ylabel="log-odds", ylim=(-farthest, farthest))
    for border in (0, 1):
        right.axhline(border, color=GREY, linewidth=0.8)
    steepest = 0.5 + eta / 4
    inside = (steepest > -0.1) & (steepest < 1.1)
    right.plot(x[inside], steepest[inside], "--", color=colour, label="slope / 4")
    right.plot(x, expit(eta), color=BLUE, linewidth=2, label="probability")
    right.set(xlabel=name, ylabel="probability", ylim=(-0.1, 1.1))
    return left, right
