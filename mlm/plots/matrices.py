"""Matrices as images: design matrices, Λ, Σ, V."""

import numpy as np
import pandas as pd
from matplotlib.colors import Normalize, SymLogNorm
from scipy.sparse import issparse

from mlm.ground.errors import DataError
from mlm.plots.style import GREY, ORANGE, new_axes

# Of a picture of sparsity, each way.
PIXELS = 300


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

    Examples
    --------
    >>> plot_matrix([[1, 0], [0, 2]], numbers=".0f").texts[1].get_text()
    '2'
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


def plot_block(matrix, block, *, log=False, numbers=".4g", label=None, ax=None):
    """Draw a large matrix, and one of its blocks enlarged where the matrix is 0.

    Parameters
    ----------
    matrix : array_like, sparse array or DataFrame, shape (r, r)
        Block diagonal, such as Σ or V of one grouping factor: the upper right corner is
        free for the enlargement.
    block : int
        Rows and columns of the upper left block to enlarge.
    log, label, ax
        As for `plot_matrix`.
    numbers : str
        Format of the numbers in the enlargement.

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If the matrix is not square, or has no such block.

    Examples
    --------
    >>> ax = plot_block(np.kron(np.eye(9), [[4.0, 1.0], [1.0, 2.0]]), block=2)
    >>> [text.get_text() for text in ax.child_axes[0].texts]
    ['4', '1', '1', '2']
    """
    values = matrix.toarray() if issparse(matrix) else np.asarray(matrix, dtype=float)
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        raise DataError(f"the matrix must be square, not of shape {values.shape}.")
    if not 1 <= block <= len(values):
        raise DataError(f"block is 1 to {len(values)}, not {block!r}.")
    ax = new_axes(ax, figsize=(6.4, 5.2))
    plot_matrix(values, log=log, label=label, ax=ax)
    inset = ax.inset_axes((0.53, 0.52, 0.46, 0.47))
    inset.imshow(
        values[:block, :block], interpolation="nearest", **_colours(values, log)
    )
    size = min(10, 52 / block)
    _write_numbers(inset, inset.images[0], values[:block, :block], numbers, size)
    inset.set_xticks([])
    inset.set_yticks([])
    for side in (inset.spines.values(), ax.spines.values()):
        for spine in side:
            spine.set_edgecolor(GREY)
    rectangle = (-0.5, -0.5, block, block)
    ax.indicate_inset(rectangle, inset, edgecolor=ORANGE, alpha=1, linewidth=1.5)
    ax.set(xlabel="column", ylabel="row")
    return ax


def plot_sparsity(matrix, *, ax=None):
    """Draw where a large sparse matrix is not 0, however large it is.

    Parameters
    ----------
    matrix : sparse array, shape (r, c)
        Such as the Z of 70 000 rows: each pixel is a rectangle of cells, darker the
        more of them are not 0.
    ax : Axes, optional

    Returns
    -------
    Axes
        With the shape, and the share of cells that are not 0, below it.

    Examples
    --------
    >>> from scipy.sparse import eye_array
    >>> plot_sparsity(eye_array(100_000)).get_ylabel()
    '100 000 rows'
    """
    ax = new_axes(ax)
    entries = matrix.tocoo()
    rows, columns = entries.shape
    bins = min(rows, PIXELS), min(columns, PIXELS)
    counts, _, _ = np.histogram2d(
        entries.row, entries.col, bins, ((0, rows), (0, columns))
    )
    ax.imshow(
        np.sqrt(counts),
        cmap="Blues",
        aspect="auto",
        interpolation="nearest",
        extent=(0, columns, rows, 0),
        vmin=0,
        vmax=np.sqrt(np.quantile(counts[counts > 0], 0.9)) if counts.any() else 1,
    )
    share = f"{100 * entries.nnz / (rows * columns):.2f} %"
    ax.set(
        xlabel=f"{_spaced(columns)} columns, {share} of all cells not 0",
        ylabel=f"{_spaced(rows)} rows",
    )
    return ax


def _spaced(number):
    return f"{number:,}".replace(",", " ")


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
        places = image.norm(distinct)
        free = np.diff(places, append=np.inf) > 0.05  # else names would overlap
        named = distinct[free]
        bar.set_ticks(named, labels=[f"{value:.4g}" for value in named])
        bar.minorticks_off()


def _write_numbers(ax, image, values, numbers, size=10):
    """Write each entry on its cell, dark on light and light on dark."""
    red, green, blue, _ = np.moveaxis(image.cmap(image.norm(values)), -1, 0)
    is_light = 0.30 * red + 0.59 * green + 0.11 * blue > 0.5
    for (i, j), value in np.ndenumerate(values):
        if value != 0:
            colour = "black" if is_light[i, j] else "white"
            text = format(value, numbers)
            style = {"color": colour, "fontsize": size}
            ax.text(j, i, text, ha="center", va="center", **style)


def _edge_label(label):
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)
