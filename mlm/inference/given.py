"""Combinations of fixed effects as callers give them, by place or by name."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mlm.ground.arguments import numbers
from mlm.ground.errors import DataError, check_known

# Fixed effects that the name of a combination tells; of more it has a number.
MOST_TOLD = 4


def combinations_of(L, names):
    """Rows of L, as `fit.contrast` takes them, and what they are called.

    Parameters
    ----------
    L : array_like, shape (p,) or (k, p), dict, Series or DataFrame
        Weights of all fixed effects, in their order; or by their names, 0 if left out.
        A dict of dicts, or a DataFrame's index, names the combinations.
    names : list of str
        Of the fixed effects.

    Returns
    -------
    labels : DataFrame
    L : ndarray, shape (k, p)

    Raises
    ------
    DataError
        Another shape, an unknown name, a combination of zeros, or what is no number.
    """
    own, L = _by_name(L)
    if isinstance(L, pd.DataFrame):
        for name in L.columns:
            check_known("fixed effect", name, names)
        if twice := list(L.columns[L.columns.duplicated()]):
            raise DataError(f"L has {twice[0]!r} twice: leave one column of them.")
        L = L.reindex(columns=names, fill_value=0.0)
    values = np.atleast_2d(numbers("L", L, ndim=(1, 2)))
    if values.shape[1] != len(names) or not values.size:
        raise DataError(
            f"L has a weight for each of the {len(names)} fixed effects "
            f"({', '.join(map(repr, names))}); it has shape {values.shape}."
        )
    labels = [
        str(label) if own is not None else _in_words(row, names) or str(i)
        for i, (row, label) in enumerate(zip(values, own or values, strict=True), 1)
    ]
    for label, row in zip(labels, values, strict=True):
        if not row.any():
            raise DataError(
                f"combination {label} of L has no weight but 0, and estimates "
                "nothing: leave it out, or give one, as in {'Days': 1}."
            )
    return pd.DataFrame({"contrast": labels}), values


def _by_name(L):
    """Names of combinations, where they have any, and weights by name as a table."""
    if isinstance(L, pd.DataFrame):
        return list(L.index), L
    if isinstance(L, pd.Series):
        return None, pd.DataFrame([L.to_list()], columns=L.index)
    if not isinstance(L, Mapping) or not L:
        return None, L
    inner = [isinstance(row, Mapping | pd.Series) for row in L.values()]
    if any(inner) != all(inner):
        raise DataError(
            "L has weights for some names, and combinations for others: give one, as "
            "{'x': 1}, or all of them by name, as {'a': {'x': 1}, 'b': {'z': 1}}."
        )
    rows = [dict(row) for row in L.values()] if all(inner) else [dict(L)]
    every = {name: 0.0 for row in rows for name in row}
    return list(L) if all(inner) else None, pd.DataFrame([every | row for row in rows])


def _in_words(row, names):
    """A combination as a sum, such as ``"Days - 2 (Intercept)"``; "" of many effects.

    What is added stands first.
    """
    weights = [(float(w), name) for w, name in zip(row, names, strict=True) if w]
    if len(weights) > MOST_TOLD:
        return ""
    text = ""
    for weight, name in sorted(weights, key=lambda pair: pair[0] < 0):
        size = "" if abs(weight) == 1 else f"{abs(weight):g} "
        sign = "-" if weight < 0 else "+"
        between = f" {sign} " if text else sign.replace("+", "")
        text += f"{between}{size}{name}"
    return text
