"""A live figure of the rows that a comparison keeps."""

import numpy as np

from methods3.explore.columns import complete_rows
from methods3.live.figure import Live
from mlm.ground.errors import DataError, check_known
from mlm.ground.tables import data_frame
from mlm.plots.style import tidy


def kept_rows(data, axes, values, start, *, table="data"):
    """Ask a table's rows a question, and see which of them it keeps.

    Parameters
    ----------
    data : DataFrame
        A row for each pair of `axes`.
    axes : tuple of (str, str)
        Columns that say where the square of a row is: from top to bottom, and across.
    values : dict of str to list
        Columns to ask about, and what to compare each with: texts or numbers.
    start : tuple of (str, object)
        A column, and the value that it is compared with at first, by ``==``.
    table : str
        What the table is called.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If a column does not exist, or `start` is none of `values`.

    Examples
    --------
    >>> import mlm
    >>> values = {"Subject": ["308", 308], "Days": [0, 9]}
    >>> sleep = mlm.load_sleepstudy()
    >>> kept_rows(sleep, ("Subject", "Days"), values, ("Subject", 308)).alt
    'data[data["Subject"] == 308] keeps 0 of 180 rows.'
    """
    data_frame("data", data, ())  # before anything else is asked of it
    rows = complete_rows(data, *dict.fromkeys([*axes, *values]))
    column, value = start
    check_known("column to ask about", column, values)
    # True == 1 and "308" != 308: the kind counts as well.
    if not any(type(v) is type(value) and v == value for v in values[column]):
        raise DataError(f"start compares with {value!r}: take one of {values[column]}.")
    codes, labels = [], []
    for name in axes:
        known = sorted(rows[name].unique())
        codes.append(rows[name].map({v: i for i, v in enumerate(known)}).astype(int))
        labels.append([str(v) for v in known])
    columns = {name: [_plain(v) for v in rows[name]] for name in values}
    kept = np.array([type(v) is type(value) and v == value for v in columns[column]])

    def draw(figure):
        ax = tidy(figure.subplots())
        for some, style in ((~kept, "lightgrey"), (kept, "tab:blue")):
            ax.plot(codes[1][some], codes[0][some], "s", color=style, markersize=9)
        ax.set_yticks(range(len(labels[0])), labels[0])
        ax.set_xticks(range(len(labels[1])), labels[1])
        ax.set(xlabel=axes[1], ylabel=axes[0])
        ax.invert_yaxis()

    asked = f'"{value}"' if isinstance(value, str) else value
    return Live(
        "kept-rows",
        "kept",
        "The rows that a question keeps",
        {
            "table": table,
            "columns": columns,
            "values": values,
            "places": np.column_stack(codes[::-1]).tolist(),
            "labels": labels,
            "names": list(axes),
            "start": [column, "==", value],
        },
        draw,
        f'{table}[{table}["{column}"] == {asked}] keeps {kept.sum()} of '
        f"{len(rows)} rows.",
        (4.4, 5.0),
    )


def _plain(value):
    """A text, an int or a float of one entry, as JSON has it."""
    if isinstance(value, str):
        return value
    return int(value) if float(value).is_integer() else float(value)
