"""Explorer of design matrices: how they grow with the data."""

from methods3.explore.explorer import Explorer, Slider
from mlm.design.matrices import design_matrices
from mlm.formula.parse import parse_formula
from mlm.ground.errors import DataError, check_known
from mlm.ground.tables import data_frame
from mlm.plots.matrices import plot_matrix


def design_slider(formula, data, group, sizes):
    """Take more and more groups, and watch X and Z grow.

    Parameters
    ----------
    formula : str
    data : DataFrame
    group : str
        Column: the grouping factor.
    sizes : sequence of int
        How many groups, at most 15 values.

    Returns
    -------
    Explorer

    Raises
    ------
    DataError
        If the data have no such column, or not so many groups.

    Examples
    --------
    >>> import mlm
    >>> formula = "Reaction ~ Days + (Days | Subject)"
    >>> design_slider(formula, mlm.load_sleepstudy(), "Subject", (2, 18)).alt(18)[:41]
    'With 18 groups X is 180 × 2, Z is 180 × 3'
    """
    used = parse_formula(formula).variables
    data = data_frame("data", data, [*used, group])
    check_known("column", group, data)
    groups = data[group].unique()
    if not 2 <= min(sizes) <= max(sizes) <= len(groups):
        raise DataError(
            f"sizes are 2 to {len(groups)}, the number of groups, not {min(sizes)} to "
            f"{max(sizes)}."
        )
    found = {}
    for size in sizes:
        rows = data[data[group].isin(groups[:size])]
        if hasattr(rows[group], "cat"):
            rows = rows.assign(**{group: rows[group].cat.remove_unused_categories()})
        found[size] = design_matrices(formula, rows)
    shapes = {size: (*made.X.shape, *made.Z.shape) for size, made in found.items()}
    n, p, _, q = shapes[max(sizes)]

    def draw(figure, size):
        made = found[size]
        left, right = figure.subplots(1, 2, width_ratios=[max(p, q / 8), q])
        for ax, matrix, name in ((left, made.X, "X"), (right, made.Z, "Z")):
            plot_matrix(matrix, log=True, ax=ax)
            rows, columns = matrix.shape
            ax.set_title(f"{name}: {rows} × {columns}", fontsize="medium")
            # Room for all, so that what there is grows into it.
            ax.set_ylim(n - 0.5, -0.5)
            ax.set_yticks([])
        right.set_xlim(-0.5, q - 0.5)
        left.set_ylabel("rows")

    def alt(size):
        rows, columns, _, random = shapes[size]
        share = found[size].Z.nnz / (rows * random)
        return (
            f"With {size} groups X is {rows} × {columns}, Z is "
            f"{rows} × {random}; {100 * share:.1f} % of Z is not 0."
        )

    slider = Slider("groups", tuple(sizes), len(sizes) - 1, "d")
    return Explorer(f"design-{group.lower()}", (slider,), draw, alt, (7.0, 4.4))
