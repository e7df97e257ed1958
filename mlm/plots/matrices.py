"""Matrices as images: design matrices, Λ, Σ, V."""

import numpy as np
import pandas as pd
from matplotlib.colors import Normalize, SymLogNorm
from scipy.sparse import issparse

from mlm.errors import DataError
from mlm.plots.style import GREY, new_axes


def plot_matrix(matrix, *, log=False, numbers=None, label=None, ax=None):
    """Draw a matrix as an image: a cell an entry, white for 0.

    Parameters
    ----------
    matrix : array_like, sparse array or DataFrame, shape (r, c)
        A DataFrame's labels are written along the edges.
    log : bool
        Colour by order of magnitude, so that 600, 35 and 10 all differ from 0.
    numbers : str, optional
        Format of the number written in each cell that is not 0, such as ``".1f"``.
    label : str, optional
        What the colours mean, with the unit; adds a colour bar.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If `matrix` is not two-dimensional.
    """
    labelled = isinstance(matrix, pd.DataFrame)
    values = matrix.toarray() if issparse(matrix) else np.asarray(matrix, dtype=float)
    if values.ndim != 2:
        raise DataError(f"a matrix has 2 dimensions, not {values.ndim}.")
    ax = new_axes(ax)
    image = ax.imshow(
        values, aspect="auto", interpolation="nearest", **_colours(values, log)
    )
    if label is not None:
        _colour_bar(ax, image, values, label)
    if numbers is not None:
        _write_numbers(ax, image, values, numbers)
    if labelled:
        ax.set_xticks(range(values.shape[1]), map(_edge_label, matrix.columns))
        ax.set_yticks(range(values.shape[0]), map(_edge_label, matrix.index))
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_edgecolor(GREY)
    return ax


def _colours(values, log):
    """White at 0; one hue if nothing is negative, two if something is."""
    largest = np.abs(values).max(initial=0) or 1.0
    lowest = -largest if values.min(initial=0) < 0 else 0.0
    cmap = "PuOr" if lowest < 0 else "Blues"
    if not log:
        return {"cmap": cmap, "norm": Normalize(lowest, largest)}
    smallest = np.abs(values[values != 0]).min(initial=largest)
    norm = SymLogNorm(smallest, linscale=0.5, vmin=lowest, vmax=largest)
    return {"cmap": cmap, "norm": norm}


def _colour_bar(ax, image, values, label):
    """A colour bar that names the matrix's own values where they are few."""
    bar = ax.figure.colorbar(image, ax=ax, label=label)
    distinct = np.unique(np.append(values.round(12), 0))
    if len(distinct) <= 10:
        bar.set_ticks(distinct, labels=[f"{value:.4g}" for value in distinct])
        bar.minorticks_off()


def _write_numbers(ax, image, values, numbers):
    """Write each entry on its cell, dark on light and light on dark."""
    red, green, blue, _ = np.moveaxis(image.cmap(image.norm(values)), -1, 0)
    is_light = 0.30 * red + 0.59 * green + 0.11 * blue > 0.5
    for (i, j), value in np.ndenumerate(values):
        if value != 0:
            colour = "black" if is_light[i, j] else "white"
            text = format(value, numbers)
            ax.text(j, i, text, ha="center", va="center", color=colour)


def _edge_label(label):
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)
