"""The equation y = Xβ + Zb + ε of a small fit, written out with its numbers."""

import numpy as np
from matplotlib.patches import Rectangle

from mlm.ground.errors import DataError
from mlm.plots.style import GREY, new_axes
from mlm.results.linear_mixed import LinearMixedModel

# Paler than the colours of marks, so that black numbers are legible on them.
OF_GROUPS = "#F9CBA7", "#B5D9EF", "#B2DFD0"
OF_EVERYBODY = "#E2E2E2"
# More rows of numbers than this nobody reads.
MOST_GROUPS, MOST_ROWS = len(OF_GROUPS), 16
# Widths: of a column of X and Z, of a vector with its longer numbers, and in between.
COLUMN, VECTOR, GAP = 1.0, 1.4, 0.9


def plot_equation(fit, *, ax=None):
    """Write out y = Xβ + Zb + ε of a small fit, a colour for each group.

    Parameters
    ----------
    fit : LinearMixedModel
        With one random term of at most three groups, and at most 16 rows, sorted by
        group.
    ax : Axes, optional

    Returns
    -------
    Axes
        Entries that are 0 are grey on white; under each matrix is its shape.

    Raises
    ------
    DataError
        If the fit is no linear mixed model, has several random terms, or is too large.

    Examples
    --------
    >>> import mlm
    >>> data = mlm.load_sleepstudy().query("Subject in ['308', '335'] and Days < 5")
    >>> fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", data)
    >>> [text.get_text() for text in plot_equation(fit).texts][-2:]
    ['308', '335']
    """
    term = _only_term(fit)
    ax = new_axes(ax, figsize=(4.5, 4.6))
    row_colours = [OF_GROUPS[code] for code in term.codes]
    effect_colours = np.repeat(OF_GROUPS[: term.J], term.k)
    design = fit.design
    modes = fit.ranef[term.name].to_numpy()
    parts = [
        ("", "y", design.y, row_colours),
        ("=", "X", design.X, row_colours),
        ("", "β", fit.fixef, [OF_EVERYBODY] * design.p),
        ("+", "Z", design.Z.toarray(), row_colours),
        ("", "b", modes, effect_colours),
        ("+", "ε", fit.resid, row_colours),
    ]
    left = 0.0
    for sign, name, values, colours in parts:
        matrix = np.reshape(values, (len(colours), -1))
        ax.text(left - GAP / 2, 1, sign, ha="center", va="center", fontsize=13)
        left = _write_matrix(ax, left, matrix, colours, name) + GAP
    for code, label in enumerate(term.levels):
        middle = np.flatnonzero(term.codes == code).mean()
        ax.text(-0.3, middle + 0.5, label, ha="right", va="center", color=GREY)
    ax.set(xlim=(-1.1, left - GAP + 0.1), ylim=(design.n + 0.9, -0.9))
    ax.set_axis_off()
    return ax


def _only_term(fit):
    """The random term of a fit that is small enough to be written out."""
    terms = fit.design.terms if isinstance(fit, LinearMixedModel) else ()
    small = len(terms) == 1 and terms[0].J <= MOST_GROUPS and fit.nobs <= MOST_ROWS
    if not small:
        raise DataError(
            f"fit is a linear mixed model with one random term, {MOST_GROUPS} groups "
            f"and {MOST_ROWS} rows at most, to be written out with its numbers; draw "
            "the matrices of others by plot_matrix(fit.design.Z)."
        )
    return terms[0]


def _write_matrix(ax, left, matrix, colours, name):
    """Write one matrix, its name above and its shape below; return its right edge."""
    rows, columns = matrix.shape
    width = VECTOR if columns == 1 else COLUMN
    centred = {"ha": "center", "va": "center"}
    for (i, j), value in np.ndenumerate(matrix):
        corner = left + j * width, i
        ground = colours[i] if value else "white"
        look = {"facecolor": ground, "edgecolor": GREY, "linewidth": 0.5}
        ax.add_patch(Rectangle(corner, width, 1, **look))
        text = f"{value:.3g}".replace("-", "−")
        place = corner[0] + width / 2, i + 0.5
        ax.text(*place, text, color="black" if value else GREY, size=9, **centred)
    right = left + columns * width
    middle = (left + right) / 2
    ax.text(middle, -0.45, name, weight="bold", **centred)
    ax.text(middle, rows + 0.45, f"{rows} × {columns}", color=GREY, size=9, **centred)
    return right
