"""Tables that print whole: no column is left out, whatever the width."""

import numpy as np
import pandas as pd

from mlm.ground.text import r_format, text_table

# Smaller p values are printed as less than it.
SMALLEST_P = 1e-4
DIGITS = 5


class Printed(pd.DataFrame):
    """A DataFrame that prints all columns, each with R's rounding.

    What is computed from it is a DataFrame as any other.
    """

    @property
    def _constructor(self):
        return pd.DataFrame

    def __repr__(self):
        header = ["", *map(str, self.columns)]
        columns = [list(map(str, self.index))]
        columns += [texts(self.iloc[:, i]) for i in range(self.shape[1])]
        align = "".join(
            "<" if is_text(self.iloc[:, i]) else ">" for i in range(len(header) - 1)
        )
        return text_table(
            header, list(map(list, zip(*columns, strict=True))), "<" + align
        )


def is_text(column):
    """Whether a column holds words."""
    return column.dtype.kind not in "fiub"


def texts(column):
    """Cells of a printed table.

    Parameters
    ----------
    column : Series

    Returns
    -------
    list of str
        Numbers with five digits, as R rounds such tables; empty where missing.
    """
    if column.dtype.kind != "f":
        return ["" if value is None else str(value) for value in column]
    known = column.dropna()
    if str(column.name).startswith(("p", "Pr(")) and known.between(0, 1).all():
        shown = [f"<{SMALLEST_P:.4f}" if p < SMALLEST_P else f"{p:.3g}" for p in known]
    elif (known == np.round(known)).all() and (known.abs() < 1e9).all():
        shown = [f"{value:.0f}" for value in known]
    else:
        shown = [text.strip() for text in r_format(known, DIGITS)]
    cells = iter(shown)
    return ["" if missing else next(cells) for missing in column.isna()]
