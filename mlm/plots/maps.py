"""Maps: regions coloured by a number each."""

import numpy as np

from mlm.ground.arguments import number, positive
from mlm.ground.errors import check_known
from mlm.ground.tables import data_frame
from mlm.plots.style import BLUE, GREY, ORANGE, new_axes


def plot_map(outlines, values, *, centre, reach, ax=None):
    """Colour each region by its value: blue below a centre, orange above.

    Parameters
    ----------
    outlines : DataFrame
        ``longitude`` and ``latitude`` (degrees) of every corner, in order along the
        border, and the region's name in the first column, as in `mlm.load_minnesota`.
    values : Series
        By region.  A region without a value is left empty.
    centre : float
        The value that is white.
    reach : float
        How far from the centre colours go; what is farther has the last of them.
    ax : Axes, optional

    Returns
    -------
    Axes
        Its one collection of patches can be given to ``figure.colorbar``.

    Raises
    ------
    DataError
        If a column is missing, a value has no region, or the reach is not above 0.

    Examples
    --------
    >>> import mlm
    >>> level = mlm.lmer("log_radon ~ 1 + (1 | county)", mlm.load_radon())
    >>> means = level.coef["county"]["(Intercept)"]
    >>> ax = plot_map(mlm.load_minnesota(), means, centre=1.4, reach=1)
    >>> len(ax.collections[0].get_paths())
    85
    """
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import LinearSegmentedColormap

    corners = ["longitude", "latitude"]
    outlines = data_frame("outlines", outlines, corners)
    for column in corners:
        check_known("column", column, outlines)
    centre, reach = number("centre", centre), positive("reach", reach)
    names = outlines.columns[0]
    regions = {
        name: corner[corners].to_numpy()
        for name, corner in outlines.groupby(names, observed=True)
    }
    for name in values.index:
        check_known("region", name, regions)
    ax = new_axes(ax, figsize=(4.5, 5.0))
    edges = {"edgecolors": GREY, "linewidths": 0.5}
    coloured = PolyCollection(
        [regions[name] for name in values.index],
        array=values.to_numpy(),
        cmap=LinearSegmentedColormap.from_list(
            "below, above", [BLUE, "white", ORANGE], N=257
        ),
        clim=(centre - reach, centre + reach),
        **edges,
    )
    ax.add_collection(coloured)
    without = [regions[name] for name in regions if name not in values.index]
    if without:
        ax.add_collection(
            PolyCollection(without, facecolors="none", hatch="//", **edges)
        )
    # A degree of longitude is as long as one of latitude at the equator only.
    middle = outlines["latitude"].agg(["min", "max"]).mean()
    ax.set_aspect(1 / np.cos(np.radians(middle)))
    ax.autoscale_view()
    ax.set_axis_off()
    return ax
