"""Live figures of link functions: what next week's models do to a line."""

import numpy as np
from scipy.special import expit

from methods3.live.figure import Live
from mlm.ground.arguments import number
from mlm.plots.style import BLUE, GREY, ORANGE, tidy


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
        left, right = map(tidy, figure.subplots(1, 2))
        left.axhline(0, color=GREY, linewidth=0.8)
        left.plot(x, slope * x, color=BLUE, linewidth=2)
        left.set(xlabel="x", ylabel="log-odds", ylim=(-8, 8), title="the line")
        for border in (0, 1):
            right.axhline(border, color=GREY, linewidth=0.8)
        steepest = 0.5 + slope / 4 * x
        inside = (steepest > -0.1) & (steepest < 1.1)
        right.plot(x[inside], steepest[inside], "--", color=ORANGE, label="slope / 4")
        right.plot(x, expit(slope * x), color=BLUE, linewidth=2, label="probability")
        right.set(xlabel="x", ylabel="probability", ylim=(-0.1, 1.1))
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
