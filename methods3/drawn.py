"""What a picture shows, as plain data: the lines of each of its panels.

`methods3.check` judges them, and `methods3.grade` takes them out of the sandbox.
Nothing of matplotlib is imported: whoever has drawn a picture has done so.
"""

import numpy as np

# Points without a line between them are data, as a rule.
UNCONNECTED = ("None", "none", " ", "")


def drawn_lines(picture):
    """Read the lines of a picture.

    Parameters
    ----------
    picture : object
        A Figure, Axes, or several of them in a list, an array or a dict, as
        `plt.subplots` and `plt.subplot_mosaic` give them, too.

    Returns
    -------
    list of list, or None
        A row for each point of a line: number of the panel, its title, number of the
        line, x and y.  Without points that are not connected, and without what goes
        from edge to edge, as `axhline` does; of an `axline`, both ends.  None if it is
        no picture.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().subplots()
    >>> _ = ax.plot([1, 2], [3, 4]), ax.plot([1, 2], [3, 5], "o"), ax.set_title("F1")
    >>> drawn_lines(ax)
    [[0, 'F1', 0, 1.0, 3.0], [0, 'F1', 0, 2.0, 4.0]]
    """
    panels = {}  # each once, in order
    for panel in _panels(picture):
        if panel is None:  # at once: a design matrix has many numbers
            return None
        panels.setdefault(panel, len(panels))
    if not panels:
        return None
    return [
        [number, _title(panel), *point]
        for panel, number in panels.items()
        for point in _points(panel)
    ]


def _panels(picture, deep=3):
    """Each panel of a picture; None for what is no part of one."""
    if hasattr(picture, "get_lines"):
        yield picture
    elif hasattr(picture, "add_subplot"):
        yield from picture.axes
    elif deep and isinstance(picture, list | tuple | dict | np.ndarray):
        parts = picture.values() if isinstance(picture, dict) else picture
        for part in np.ravel(parts) if isinstance(parts, np.ndarray) else parts:
            yield from _panels(part, deep - 1)
    else:
        yield None


def _title(panel):
    """The title, wherever above the panel it stands."""
    return " ".join(filter(None, map(panel.get_title, ("left", "center", "right"))))


def _points(panel):
    """Number of the line, x and y of each point of a panel's lines."""
    for number, line in enumerate(panel.get_lines()):
        connected = line.get_linestyle() not in UNCONNECTED and line.get_linewidth()
        points = np.array(line.get_xydata(), dtype=float)
        if hasattr(line, "get_slope"):  # an axline, which knows its ends when drawn
            points = (line.get_transform() - panel.transData).transform(points)
        elif line.get_transform() != panel.transData:
            continue
        if connected:
            for x, y in points[np.isfinite(points).all(axis=1)].tolist():
                yield number, x, y
