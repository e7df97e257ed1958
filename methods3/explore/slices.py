"""A live figure of slices: what R and Python take out of a vector."""

from methods3.live.figure import Live
from mlm.ground.arguments import whole_number
from mlm.plots.style import BLUE, ORANGE

# Of the two vectors, in the units of the picture: a box is one wide and one high.
R_BELOW, PYTHON_BELOW = 2.2, 0.0


def slices_by_hand(x, start, stop):
    """Drag the ends of ``x[start:stop]``, and see what it means in R and in Python.

    R numbers the boxes and takes both ends; Python numbers the cuts between them.

    Parameters
    ----------
    x : sequence of float
        The vector.
    start, stop : int
        At first, each from 1 to the length of `x`.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If a position is outside the vector.

    Examples
    --------
    >>> slices_by_hand((10, 20, 30, 40, 50), 2, 4).alt
    'x[2:4]: R gives 20, 30, 40; Python gives 30, 40.'
    """
    x = list(x)
    start, stop = (
        whole_number(name, value, 1, f"from 1 to {len(x)}, the length of x", len(x))
        for name, value in (("start", start), ("stop", stop))
    )
    down = start > stop
    by_r = range(start - 1, stop - 2, -1) if down else range(start - 1, stop)
    by_python = range(start, stop)

    def draw(figure):
        ax = figure.subplots()
        ax.set(xlim=(-0.1, len(x) + 0.1), ylim=(-0.6, 4.2), aspect="equal")
        ax.set_axis_off()
        _boxes(ax, R_BELOW, x, by_r, BLUE)
        _boxes(ax, PYTHON_BELOW, x, by_python, ORANGE)
        for i in range(len(x)):
            ax.text(i + 0.5, R_BELOW + 1.1, i + 1, ha="center", color=BLUE)
        for i in range(len(x) + 1):
            ax.text(i, PYTHON_BELOW - 0.4, i, ha="center", color=ORANGE)
        for language, indices, y in (
            ("R", by_r, R_BELOW + 1.7),
            ("Python", by_python, PYTHON_BELOW + 1.2),
        ):
            ax.text(0, y, f"{language}: x[{start}:{stop}] is {_told(x, indices)}")

    return Live(
        "slices",
        "slices",
        "A slice in R and in Python",
        {"x": x, "start": [start, stop]},
        draw,
        f"x[{start}:{stop}]: R gives {_told(x, by_r)}; Python gives "
        f"{_told(x, by_python)}.",
        (5.0, 4.4),
    )


def _boxes(ax, below, x, indices, colour):
    """Draw a vector as boxes, those of `indices` filled."""
    for i, value in enumerate(x):
        full = i in indices
        ax.bar(i, 1, 1, below, align="edge", color=colour if full else "white", ec="k")
        text = {"ha": "center", "va": "center", "color": "white" if full else "black"}
        ax.text(i + 0.5, below + 0.5, value, **text)


def _told(x, indices):
    return ", ".join(str(x[i]) for i in indices) or "nothing"
