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
        A Figure, Axes, or several Axes in a list or an array.

    Returns
    -------
    list of list, or None
        A row for each point of a line: number of the panel, its title, number of the
        line, x and y.  Without points that are not connected, and without what goes
        from edge to edge, as `axhline` does.  None if it is no picture.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().subplots()
    >>> _ = ax.plot([1, 2], [3, 4]), ax.plot([1, 2], [3, 5], "o"), ax.set_title("F1")
    >>> drawn_lines(ax)
    [[0, 'F1', 0, 1.0, 3.0], [0, 'F1', 0, 2.0, 4.0]]
    """
    panels = getattr(picture, "axes", picture)
    if hasattr(picture, "get_lines"):  # one panel, whose `axes` is itself
        panels = [picture]
    elif isinstance(panels, np.ndarray):
        panels = panels.ravel().tolist()
    if not isinstance(panels, list | tuple) or not panels:
        return None
    if not all(hasattr(panel, "get_lines") for panel in panels):
        return None
    return [
        [number, panel.get_title(), *point]
        for number, panel in enumerate(panels)
        for point in _points(panel)
    ]


def _points(panel):
    """Number of the line, x and y of each point of a panel's lines."""
    for number, line in enumerate(panel.get_lines()):
        connected = line.get_linestyle() not in UNCONNECTED
        if connected and line.get_transform() == panel.transData:
            points = np.array([line.get_xdata(), line.get_ydata()], dtype=float)
            for x, y in points[:, np.isfinite(points).all(axis=0)].T.tolist():
                yield number, x, y
