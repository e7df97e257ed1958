"""A live figure of design matrices: how they grow with the data."""

import numpy as np
import pandas as pd

from methods3.explore.columns import complete_rows
from methods3.live.figure import Live
from mlm.design.matrices import design_matrices
from mlm.ground.arguments import numbers, whole_number
from mlm.plots.matrices import plot_matrix


def growing_design(data, x, y, group, start):
    """Take more groups, or fewer, and watch X and Z grow.

    Parameters
    ----------
    data : DataFrame
    x, y, group : str
        Columns: predictor, response, grouping factor.
    start : int
        How many groups there are at first, in the order in which they first come.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the data have no such column, or not so many groups; or if the predictor is
        no number.

    Examples
    --------
    >>> import mlm
    >>> growing_design(mlm.load_sleepstudy(), "Days", "Reaction", "Subject", 2).alt
    'With 2 groups X is 20 × 2, Z is 20 × 4; 47.5 % of Z is not 0.'
    """
    data = complete_rows(data, x, y, group)
    numbers(x, data[x])
    code, labels = pd.factorize(data[group])
    start = whole_number("start", start, 2, most=len(labels))
    order = np.argsort(code, kind="stable")
    data, code = data.iloc[order], code[order]
    first = data[code < start]
    if hasattr(first[group], "cat"):
        first = first.assign(**{group: first[group].cat.remove_unused_categories()})
    made = design_matrices(f"{y} ~ {x} + ({x} | {group})", first)
    (rows, columns), (_, random) = made.X.shape, made.Z.shape

    def draw(figure):
        axes = figure.subplots(1, 2, width_ratios=[1, 4])
        for ax, matrix, name in zip(axes, (made.X, made.Z), "XZ", strict=True):
            plot_matrix(matrix, log=True, ax=ax)
            # Room for all, as in the figure that moves.
            ax.set_ylim(len(data) - 0.5, -0.5)
            ax.set_yticks([])
            ax.set_title(f"{name}: {rows} × {matrix.shape[1]}", fontsize="medium")
        axes[1].set_xlim(-0.5, 2 * len(labels) - 0.5)
        axes[0].set_ylabel("rows")

    return Live(
        f"design-{group.lower()}",
        "growing",
        "Design matrices that grow",
        {
            "x": [float(value) for value in data[x]],
            "code": code.tolist(),
            "names": [x, y, group],
            "start": start,
        },
        draw,
        f"With {start} groups X is {rows} × {columns}, Z is {rows} × {random}; "
        f"{100 * made.Z.nnz / (rows * random):.1f} % of Z is not 0.",
        (7.0, 4.4),
    )
