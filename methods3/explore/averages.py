"""A live figure of what people do on average, and what the typical person does."""

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

from methods3.live.figure import Live
from mlm.demonstrations.averages import average_over_groups
from mlm.ground.arguments import number
from mlm.plots.style import BLUE, GREY, ORANGE, tidy

PEOPLE = 30
# Where the curves are read off at first: one unit from where the typical one is at ½.
AT = 1


def average_curve(slope, sd):
    """Let people differ more and more, and watch the average of their curves.

    Thirty people have one slope, and intercepts that are the quantiles of a normal
    distribution.

    Parameters
    ----------
    slope : float
        Of everybody's line, on the scale of log-odds; from 0.2 to 2.
    sd : float
        Of the intercepts at first, on the same scale; from 0 to 4.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If a number is out of its range.

    References
    ----------
    Gelman & Hill (2007), section 14.1, for the model.

    Examples
    --------
    >>> average_curve(1, 1).alt[-54:]
    'typical person has 0.731, and people on average 0.697.'
    """
    slope = number("slope", slope, "from 0.2 to 2", lambda s: 0.2 <= s <= 2)
    sd = number("sd", sd, "from 0 to 4", lambda s: 0 <= s <= 4)
    effects = norm.ppf((np.arange(PEOPLE) + 0.5) / PEOPLE)
    x, few = np.linspace(-6, 6, 121), np.linspace(-6, 6, 37)
    typical, average = expit(slope * x), average_over_groups(slope * x, sd)

    def draw(figure):
        left, right = map(tidy, figure.subplots(1, 2))
        for u in effects:
            line = slope * few + sd * u
            left.plot(few[[0, -1]], line[[0, -1]], color=GREY, lw=0.6, alpha=0.6)
            right.plot(few, expit(line), color=GREY, lw=0.6, alpha=0.6)
        left.plot(x, slope * x, color=BLUE, lw=2.5)
        left.plot(x, logit(average), "--", color=ORANGE, lw=2.5)
        right.plot(x, typical, color=BLUE, lw=2.5, label="typical person")
        right.plot(x, average, "--", color=ORANGE, lw=2.5, label="people's average")
        left.set(xlabel="x", ylabel="log-odds", ylim=(-6, 6))
        right.set(xlabel="x", ylabel="probability", ylim=(-0.05, 1.05))
        right.legend(frameon=False, loc="upper left")

    typical_at = expit(slope * AT)
    average_at = average_over_groups(slope * AT, sd)
    return Live(
        "average",
        "average",
        "Thirty people, the typical one, and their average",
        {"slope": slope, "sd": sd, "at": AT, "effects": effects.round(4).tolist()},
        draw,
        f"Thirty parallel lines of log-odds, with a standard deviation of {sd:g}, and "
        "the thirty curves of probability that they stand for. The average of the "
        f"curves is flatter than the typical one: at x = {AT} the typical person has "
        f"{typical_at:.3f}, and people on average {average_at:.3f}.",
        (8.0, 3.8),
    )
