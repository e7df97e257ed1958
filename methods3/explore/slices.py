"""Explorer of slices: what R and Python take out of a vector."""

from methods3.explore.explorer import Explorer, Slider
from mlm.ground.errors import DataError
from mlm.plots.style import BLUE, ORANGE

# Of the two vectors, in the units of the picture: a box is one wide and one high.
R_BELOW, PYTHON_BELOW = 2.2, 0.0


def slice_sliders(x, starts, stops):
    """Write ``x[start:stop]``, and see what it means in R and in Python.

    R numbers the boxes and takes both ends; Python numbers the cuts between them.

    Parameters
    ----------
    x : sequence of float
        The vector.
    starts, stops : sequence of int
        Positions of the sliders, each from 1 to the length of `x`; at most 49 pairs.

    Returns
    -------
    Explorer

    Raises
    ------
    DataError
        If a position is outside the vector.

    Examples
    --------
    >>> slice_sliders((10, 20, 30, 40, 50), (1, 2), (3, 4)).alt(2, 4)
    'x[2:4]: R gives 20, 30, 40; Python gives 30, 40.'
    """
    x, starts, stops = list(x), list(starts), list(stops)
    if not 1 <= min(starts + stops) <= max(starts + stops) <= len(x):
        raise DataError(f"start and stop are 1 to {len(x)}, the length of x.")

    def taken(start, stop):
        """Indices, from 0, that R takes and that Python takes."""
        down = start > stop
        by_r = range(start - 1, stop - 2, -1) if down else range(start - 1, stop)
        return by_r, range(start, stop)

    def draw(figure, start, stop):
        ax = figure.subplots()
        ax.set(xlim=(-0.1, len(x) + 0.1), ylim=(-0.6, 4.2), aspect="equal")
        ax.set_axis_off()
        by_r, by_python = taken(start, stop)
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

    def alt(start, stop):
        by_r, by_python = (_told(x, indices) for indices in taken(start, stop))
        return f"x[{start}:{stop}]: R gives {by_r}; Python gives {by_python}."

    sliders = (
        Slider("start", tuple(starts), len(starts) // 2, "d"),
        Slider("stop", tuple(stops), len(stops) // 2, "d"),
    )
    return Explorer("slices", sliders, draw, alt, (5.0, 4.4))


def _boxes(ax, below, x, indices, colour):
    """Draw a vector as boxes, those of `indices` filled."""
    for i, value in enumerate(x):
        full = i in indices
        ax.bar(i, 1, 1, below, align="edge", color=colour if full else "white", ec="k")
        text = {"ha": "center", "va": "center", "color": "white" if full else "black"}
        ax.text(i + 0.5, below + 0.5, value, **text)


def _told(x, indices):
    return ", ".join(str(x[i]) for i in indices) or "nothing"
