"""A live figure of a logistic curve's likelihood: more and more rows, as a bowl."""

import numpy as np
import pandas as pd
from scipy.special import expit

from methods3.explore.columns import complete_rows
from methods3.live.figure import Live
from mlm.fit import glm
from mlm.ground.arguments import check, number, whole_number
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, tidy, with_unit

# Heights that are drawn, below the top: a log-likelihood falls by 2 in two standard
# errors, and by four times as much in twice the distance.
DROPS = [2, 8, 32, 128, 512]
# So many rows or fewer are drawn one by one; of more, proportions in bands of x.
FEW = 60
BANDS = 10


def likelihood_bowl(
    data, x, y, start, reach, sizes, *, unit="", happened, each=("row", "rows")
):
    """Move a logistic curve, and the number of rows that it is held against.

    The log-likelihood of (β₀, β₁) is a hill over a plane, whose top and rings are known
    for every number of rows; beside it is the product of the rows' probabilities, as a
    computer multiplies them one after the other.

    Parameters
    ----------
    data : DataFrame
    x, y : str
        Columns: the predictor, and a response of 0 and 1.
    start : tuple of (float, float, int)
        β₀ and β₁ at first, and one of the sizes.
    reach : tuple of tuple of (float, float)
        Least and largest β₀, then β₁.
    sizes : sequence of int
        Numbers of rows to choose from, at least 2: the first ones of the data.
    unit : str
        Of `x`.
    happened : str
        What a response of 1 says of a row: ``"switched"``.
    each : tuple of (str, str)
        What a row is, and several.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the data have no such column, a response is not 0 or 1, the start is out of
        reach or none of the sizes, or there are fewer rows than a size.

    Notes
    -----
    The tops are those of `mlm.glm`.

    Examples
    --------
    >>> import mlm
    >>> wells = mlm.load_wells().assign(far=lambda rows: rows["distance"] / 100)
    >>> plane, sizes = ((-0.6, 2.8), (-2.2, 1.6)), (100, 3020)
    >>> told = wells, "far", "switch", (0.6, -0.6, 3020), plane, sizes
    >>> likelihood_bowl(*told, happened="switched").alt[:60]
    'With intercept 0.6 and slope -0.6 the log-likelihood of 3020'
    """
    data = complete_rows(data, x, y)
    xs, ys = (data[name].to_numpy(dtype=float) for name in (x, y))
    others = sorted({*ys.tolist()} - {0.0, 1.0})
    check(not others, y, "0 or 1 in every row", (others or [0])[0])
    b0, b1 = (
        number(f"start of {name}", at, f"from {low:g} to {high:g}", _between(low, high))
        for name, at, (low, high) in zip(("β₀", "β₁"), start[:2], reach, strict=True)
    )
    sizes = sorted(whole_number("each of sizes", n, 2, most=len(xs)) for n in sizes)
    n = start[2]
    check(n in sizes, "the third of start", f"one of {sizes}", n)
    rows = pd.DataFrame({"x": xs, "y": ys})
    fits = [glm("y ~ x", rows[:size], family="binomial") for size in sizes]
    tops = [[*map(float, fit.fixef), fit.loglik] for fit in fits]
    names = [with_unit(x, unit), happened, *each]
    best, known = tops[sizes.index(n)], rows[:n]

    def loglik(b0, b1):
        eta = b0 + b1 * known["x"].to_numpy()
        return known["y"].to_numpy() @ eta - np.logaddexp(0, eta).sum()

    def draw(figure):
        left, right = map(tidy, figure.subplots(1, 2))
        if n <= FEW:
            p = expit(b0 + b1 * known["x"])
            for value, colour in ((0, GREY), (1, BLUE)):
                own = known["y"] == value
                left.vlines(known["x"][own], 1 - value, p[own], color=colour)
        else:
            band = pd.cut(known["x"], BANDS)
            seen = known.groupby(band, observed=True).mean()
            left.plot(seen["x"], seen["y"], "o", color=BLUE)
        span = np.linspace(0, xs.max(), 61)
        left.plot(span, expit(b0 + b1 * span), color=ORANGE, linewidth=2)
        left.set(xlabel=names[0], ylabel=f"probability: {happened}", ylim=(-0.03, 1.03))
        plane = [np.linspace(*ends, 41) for ends in reach]
        heights = np.array([[loglik(a, b) for a in plane[0]] for b in plane[1]])
        levels = [best[2] - drop for drop in DROPS[::-1]]
        # Solid: heights below 0 would be dashed.
        rings = {"colors": GREY, "linewidths": 0.9, "linestyles": "-"}
        right.contour(*plane, heights, levels, **rings)
        right.plot(*best[:2], "o", color=GREEN, label="largest")
        right.plot(b0, b1, "o", color=ORANGE, label="here")
        right.set(xlabel="β₀", ylabel="β₁", xlim=reach[0], ylim=reach[1])
        right.legend(frameon=False, loc="upper left")

    return Live(
        "likelihood-bowl",
        "bowl",
        "Likelihood of a logistic curve, row after row",
        {
            "x": xs.tolist(),
            "y": "".join("01"[int(value)] for value in ys),
            "names": names,
            "reach": [list(map(float, ends)) for ends in reach],
            "sizes": sizes,
            "tops": tops,
            "drops": DROPS,
            "bands": BANDS,
            "few": FEW,
            "start": [b0, b1, n],
        },
        draw,
        f"With intercept {b0:g} and slope {b1:g} the log-likelihood of {n} {each[1]} "
        f"is {loglik(b0, b1):.2f}; the largest possible is {best[2]:.2f}, at "
        f"{best[0]:.2f} and {best[1]:.2f}.",
    )


def _between(low, high):
    return lambda value: low <= value <= high
