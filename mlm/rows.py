"""Values given row by row, beside a data frame: put into the order of its rows."""

import pandas as pd

from mlm.errors import DataError


def in_order(what, given, index):
    """Return values in the order of an index, if they have labels of their own.

    Parameters
    ----------
    what : str
        What the values are, for errors.
    given : array_like
        A Series or a DataFrame is aligned by its labels; anything else has no labels,
        and comes back as it is.
    index : Index
        Labels of the rows that the values belong to.

    Returns
    -------
    array_like

    Raises
    ------
    DataError
        Other labels than those of the rows, or repeated ones in another order.
    """
    if not isinstance(given, (pd.Series, pd.DataFrame)) or given.index.equals(index):
        return given
    same = len(given) == len(index) and given.index.is_unique and index.is_unique
    if same and given.index.isin(index).all():
        return given.reindex(index)
    raise DataError(
        f"{what}: labels of its {len(given)} rows are not those of the {len(index)} "
        "rows of the data, so which value belongs to which row is not known. Put it "
        "into the data frame, or select its rows with .loc; if it is in the data's "
        "order, give .to_numpy()."
    )
