"""A live figure of psychometric curves: guesses, lapses, and what is between."""

import numpy as np
from scipy.special import expit, logit

from methods3.explore.columns import complete_rows
from methods3.live.figure import Live
from mlm.ground.arguments import check, numbers
from mlm.ground.errors import DataError, check_known
from mlm.plots.style import BLUE, GREY, ORANGE, tidy

EVERYBODY = "everybody"
# The threshold is where this share of answers is right.
SHARE = 0.75
# Thresholds and slopes that can be had.
THRESHOLDS, SLOPES = (-0.2, 0.8), (1.0, 60.0)


def psychometric_by_hand(data, x, y, group, levels, start):
    """Move a psychometric curve: its guess and lapse rate, its threshold and its slope.

    The curve is γ + (1 - γ - λ) / (1 + exp(-η)), with η a straight line of `x`; the
    threshold is the x at which 75 % of the answers are right.

    Parameters
    ----------
    data : DataFrame
        One row an answer.
    x, y, group : str
        Columns: what was shown, from 0 to 1; whether the answer is right, 0 or 1; who
        gave it.
    levels : sequence of str
        Groups that can be looked at, besides everybody together.
    start : tuple of (float, float, float, float)
        At first, of everybody: guess rate γ, from 0 to 0.5; lapse rate λ, from 0 to
        0.2; threshold; and slope of η.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the data have no such column or group, or what is in them or in `start` is
        out of range.

    References
    ----------
    Wichmann & Hill (2001), Perception & Psychophysics 63, 1293-1313, equation 1.

    Examples
    --------
    >>> import mlm
    >>> shown = mlm.load_simulated_staircase()
    >>> columns = "contrast", "correct", "subject"
    >>> psychometric_by_hand(shown, *columns, ["S18"], (0, 0, 0.21, 4)).alt
    'everybody, 75 % right at contrast 0.21: with nothing to see, 56 % are right.'
    """
    data = complete_rows(data, x, y, group)
    check(data[y].isin([0, 1]).all(), y, "0 or 1 in every row", data[y].unique()[:3])
    check(data[x].between(0, 1).all(), x, "from 0 to 1 in every row", data[x].max())
    for level in levels:
        check_known(f"group of {group}", level, data[group].unique())
    guess, lapse, threshold, slope = _start(start)
    people = {EVERYBODY: data} | {level: data[data[group] == level] for level in levels}
    rows = [[str(name), _answers(some, x, y)] for name, some in people.items()]

    def share(values):
        eta = logit((SHARE - guess) / (1 - guess - lapse)) + slope * (
            values - threshold
        )
        return guess + (1 - guess - lapse) * expit(eta)

    def draw(figure):
        ax = tidy(figure.subplots())
        across = np.linspace(0, 1, 161)
        ax.axhline(0.5, color=GREY, linewidth=0.8)
        places, right, n = np.array(rows[0][1]).T
        area = 200 * n / n.max()
        ax.scatter(places, right / n, area, color=BLUE, label="share of right answers")
        ax.plot(across, share(across), color=ORANGE, linewidth=2, label="curve")
        ax.plot(threshold, SHARE, "o", color=ORANGE)
        ax.set(xlabel=x, ylabel="share of right answers", ylim=(0, 1.08))
        ax.legend(frameon=False, loc="lower right")

    return Live(
        f"psychometric-{group}",
        "psychometric",
        "A psychometric curve by hand",
        {
            "rows": rows,
            "names": {"x": x, "group": group},
            "reach": [THRESHOLDS, SLOPES],
            "span": [THRESHOLDS[0], 1.0],
            "start": {
                "who": EVERYBODY,
                "guess": guess,
                "lapse": lapse,
                "threshold": threshold,
                "slope": slope,
            },
        },
        draw,
        f"{EVERYBODY}, 75 % right at {x} {threshold:g}: with nothing to see, "
        f"{100 * share(0):.0f} % are right.",
        (5.6, 3.6),
    )


def _start(start):
    """Guess rate, lapse rate, threshold and slope, after a check."""
    values = numbers("start", start)
    ends = np.array([(0, 0.5), (0, 0.2), THRESHOLDS, SLOPES]).T
    if len(values) != 4 or np.any((values < ends[0]) | (values > ends[1])):
        raise DataError(
            "start is a guess rate from 0 to 0.5, a lapse rate from 0 to 0.2, a "
            f"threshold from {THRESHOLDS[0]:g} to {THRESHOLDS[1]:g}, and a slope from "
            f"{SLOPES[0]:g} to {SLOPES[1]:g}, not {tuple(start)}."
        )
    return values.tolist()


def _answers(data, x, y):
    """Rows [x, right answers, answers], by x."""
    counted = data.groupby(x)[y].agg(["sum", "size"])
    return [[float(at), int(k), int(n)] for at, k, n in counted.itertuples()]
