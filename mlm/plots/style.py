"""Colours and axes that all pictures share.

The colours are Okabe and Ito's, which remain distinct in the common kinds of colour
blindness; every mark also differs in shape or position, so none depends on colour.
"""

from mlm.ground.arguments import check

BLUE = "#0072B2"
ORANGE = "#D55E00"
GREEN = "#009E73"
GREY = "#6B6B6B"


def new_axes(ax=None, figsize=(6.4, 4.0)):
    """`ax`, which must be one, or the Axes of a new figure."""
    if ax is not None:
        check(hasattr(ax, "get_figure"), "ax", "an Axes of matplotlib", ax)
        return ax
    # pyplot is slow to import and chooses a backend: only when a picture is asked for.
    from matplotlib import pyplot as plt

    return plt.subplots(figsize=figsize, layout="constrained")[1]


def tidy(ax):
    """Take away the frame's upper and right line; return `ax`."""
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def with_unit(name, unit):
    """Label of an axis: the name, and the unit in brackets if there is one."""
    name = "intercept" if name == "(Intercept)" else str(name)
    return f"{name} ({unit})" if unit else name
