"""Tables that print all columns, whatever the width."""

import numpy as np
import pandas as pd

from mlm.ground.text import r_format, text_table

# Smaller p values are printed as less than it.
SMALLEST_P = 1e-4
P_VALUES = ("p", "p_value")
DIGITS = 5
# Of longer tables, so many rows of each end are printed.
MOST_ROWS, ENDS = 60, 5


class Printed(pd.DataFrame):
    """A DataFrame that prints all columns, each with R's rounding.

    What is computed from it is a DataFrame as any other.
    """

    @property
    def _constructor(self):
        return pd.DataFrame

    def copy(self, deep=True):
        """Copy the table: it prints as this one does."""
        return Printed(super().copy(deep=deep))

    def __repr__(self):
        long = len(self) > MOST_ROWS
        shown = pd.concat([self.head(ENDS), self.tail(ENDS)]) if long else self
        columns = [list(map(str, shown.index))]
        columns += [texts(column) for _, column in shown.items()]
        rows = list(map(list, zip(*columns, strict=True)))
        if long:
            rows.insert(ENDS, ["..."] * len(columns))
        align = ["<" if is_text(column) else ">" for _, column in shown.items()]
        text = text_table(["", *map(str, self.columns)], rows, "<" + "".join(align))
        return f"{text}\n{len(self)} rows" if long else text


def is_text(column):
    """Whether a column holds words."""
    return column.dtype.kind not in "fiub"


def texts(column, digits=DIGITS, missing=""):
    """Cells of a printed table.

    Parameters
    ----------
    column : Series
    digits : int
        Of numbers, as R rounds them.
    missing : str
        What stands for a number that is missing.

    Returns
    -------
    list of str
    """
    if column.dtype.kind != "f":
        return ["" if value is None else str(value) for value in column]
    known = column.dropna()
    if str(column.name).startswith("Pr(") or column.name in P_VALUES:
        shown = [f"<{SMALLEST_P:.4f}" if p < SMALLEST_P else f"{p:.3g}" for p in known]
    elif (known == np.round(known)).all() and (known.abs() < 1e9).all():
        shown = [f"{value:.0f}" for value in known]
    else:
        shown = [text.strip() for text in r_format(known, digits)]
    cells = iter(shown)
    return [missing if gap else next(cells) for gap in column.isna()]
