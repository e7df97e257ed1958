"""Live figures of one line through points: least squares and likelihood by hand."""

import numpy as np

from methods3.explore.columns import complete_rows
from methods3.live.figure import Live
from mlm.ground.arguments import number, positive
from mlm.plots.style import BLUE, GREY, ORANGE, tidy, with_unit

# Largest sum of squares that is in reach, over the smallest possible.
FARTHEST = 25


def line_by_hand(data, x, y, start, *, units=("", "")):
    """Lay a line through points by hand; watch the squares, and the bowl of their sum.

    Where its bottom is shows only when readers ask.

    Parameters
    ----------
    data : DataFrame
    x, y : str
        Columns.
    start : tuple of (float, float)
        Intercept and slope of the line at first.
    units : tuple of (str, str)
        Of `x` and `y`.

    Returns
    -------
    Live

    Examples
    --------
    >>> import mlm
    >>> one = mlm.load_sleepstudy().iloc[:10]
    >>> line_by_hand(one, "Days", "Reaction", (200, 10)).alt[:50]
    'The line 200 + 10 Days through the points has a su'
    """
    X, ys, best = _least_squares(data, x, y)
    smallest = np.sum((ys - X @ best) ** 2)
    # RSS(b) = smallest + (b - best)' X'X (b - best): its rings are ellipses.
    root = np.linalg.inv(np.linalg.cholesky(X.T @ X)).T
    reach = best[:, None] + np.sqrt(FARTHEST * smallest) * np.outer(
        np.linalg.norm(root, axis=1), (-1, 1)
    )
    names = [with_unit(x, units[0]), with_unit(y, units[1])]
    rss = np.sum((ys - X @ start) ** 2)

    def draw(figure):
        left, right = map(tidy, figure.subplots(1, 2))
        left.vlines(X[:, 1], X @ start, ys, color=ORANGE, linewidth=1.5)
        _draw_line(left, X, ys, X @ start)
        left.set(xlabel=names[0], ylabel=names[1])
        right.plot(*start, "o", color=ORANGE, markersize=10, label="this line")
        right.set(xlabel="intercept", ylabel="slope", xlim=reach[0], ylim=reach[1])
        right.legend(frameon=False, loc="upper right")

    return Live(
        "line-by-hand",
        "line",
        "A line by hand",
        {
            "x": X[:, 1].tolist(),
            "y": ys.tolist(),
            "names": names,
            "best": best.tolist(),
            "root": root.tolist(),
            "smallest": float(smallest),
            "reach": reach.tolist(),
            "start": list(start),
        },
        draw,
        f"The line {start[0]:g} + {start[1]:g} {x} through the points has a sum of "
        f"squared residuals of {rss:.0f}; the smallest possible is {smallest:.0f}.",
    )


def likelihood_by_hand(data, x, y, start, *, units=("", "")):
    """Drag a line and the band around it; watch how probable they make the data.

    The intercept is the best one for each slope.  Where the likelihood is largest shows
    only when readers ask.

    Parameters
    ----------
    data : DataFrame
    x, y : str
        Columns.
    start : tuple of (float, float)
        Slope and σ at first; σ is positive, in the unit of `y`.
    units : tuple of (str, str)
        Of `x` and `y`.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the data have no such column, or σ is not positive.

    Examples
    --------
    >>> import mlm
    >>> one = mlm.load_sleepstudy().iloc[:10]
    >>> likelihood_by_hand(one, "Days", "Reaction", (20, 40)).alt[:60]
    'With slope 20 and sigma 40 the log-likelihood is -51.87; the'
    """
    X, ys, best = _least_squares(data, x, y)
    slope, sigma = number("slope", start[0]), positive("sigma", start[1])
    n, mean = len(ys), X[:, 1].mean()
    smallest = np.sum((ys - X @ best) ** 2)
    spread = np.sum((X[:, 1] - mean) ** 2)

    def loglik(slope, sigma):
        rss = smallest + spread * (slope - best[1]) ** 2
        return -n / 2 * np.log(2 * np.pi * sigma**2) - rss / (2 * sigma**2)

    top = (best[1], np.sqrt(smallest / n))
    # Far enough to leave the innermost rings, and with room for the start.
    far = 4.5 * top[1] / np.sqrt(spread)
    slopes = [min(top[0] - far, slope), max(top[0] + far, slope)]
    sigmas = [min(0.5 * top[1], sigma), max(2 * top[1], sigma)]
    names = [with_unit(x, units[0]), with_unit(y, units[1])]

    def draw(figure):
        left, right = map(tidy, figure.subplots(1, 2))
        line = ys.mean() + slope * (X[:, 1] - mean)
        for width in (1, 2):
            band = line - width * sigma, line + width * sigma
            left.fill_between(X[:, 1], *band, color=ORANGE, alpha=0.15, linewidth=0)
        _draw_line(left, X, ys, line)
        left.set(xlabel=names[0], ylabel=names[1])
        right.plot(slope, sigma, "o", color=ORANGE, markersize=10, label="here")
        right.set(xlabel="slope", ylabel=with_unit("σ", units[1]))
        right.set(xlim=slopes, ylim=sigmas)
        right.legend(frameon=False, loc="upper right")

    return Live(
        "likelihood-by-hand",
        "likelihood",
        "Likelihood by hand",
        {
            "x": X[:, 1].tolist(),
            "y": ys.tolist(),
            "names": names,
            "unit": units[1],
            "sums": {
                "n": n,
                "meanX": float(mean),
                "meanY": float(ys.mean()),
                "best": float(best[1]),
                "smallest": float(smallest),
                "spread": float(spread),
            },
            "reach": [[float(end) for end in ends] for ends in (slopes, sigmas)],
            "start": [slope, sigma],
        },
        draw,
        f"With slope {slope:g} and sigma {sigma:g} the log-likelihood is "
        f"{loglik(slope, sigma):.2f}; the largest possible is {loglik(*top):.2f}.",
    )


def _least_squares(data, x, y):
    """X of a line, the response, and the coefficients of the best line."""
    data = complete_rows(data, x, y)
    X = np.column_stack([np.ones(len(data)), data[x].to_numpy(dtype=float)])
    ys = data[y].to_numpy(dtype=float)
    return X, ys, np.linalg.lstsq(X, ys)[0]


def _draw_line(ax, X, ys, line):
    ax.plot(X[:, 1], ys, "o", color=BLUE)
    ax.plot(X[:, 1], line, color=GREY, linewidth=2)
    ax.set_ylim(ys.min() - 0.6 * np.ptp(ys), ys.max() + 0.4 * np.ptp(ys))
