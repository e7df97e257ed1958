"""Predictions of rows that a fit has not seen, by each model of a pooling table."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from mlm.demonstrations.pooling import MODELS, pooling_table
from mlm.design.matrices import design_matrices
from mlm.design.rows import in_order
from mlm.formula.parse import parse_formula
from mlm.ground.arguments import check, seed_of, text, whole_number
from mlm.ground.errors import DataError, check_known
from mlm.ground.tables import data_frame


def held_out_errors(formula, data, group, held_out, namespace=None):
    """Predict what a fit has not seen, by each of the five models.

    Parameters
    ----------
    formula, data, group
        As for `pooling_table`.
    held_out : iterable of array_like of bool, shape (n,)
        For each round, which rows are held out.
    namespace : dict of str to callable, optional
        As for `pooling_table`.

    Returns
    -------
    Series
        Root mean squared error of all held-out predictions, a value a model, in the
        response's unit.

    Raises
    ------
    DataError
        If a round holds out nothing, or all of a group; or values are missing.

    Examples
    --------
    >>> import mlm
    >>> data = mlm.load_sleepstudy()
    >>> last_day = data["Days"] == 9
    >>> held_out_errors("Reaction ~ Days", data, "Subject", [last_day]).idxmin()
    'partial lines'
    """
    used = parse_formula(formula, namespace).variables
    data = data_frame("the data", data, [*used, group])
    check_known("column", text("group", group), data)
    design = design_matrices(formula, data, namespace=namespace)
    check(isinstance(held_out, Iterable), "held_out", "a list of rounds", held_out)
    if design.n != len(data):
        raise DataError("the data have missing values; leave those rows out first.")
    errors = []
    for mask in held_out:
        mask = np.asarray(in_order("a round", mask, data.index))
        check(mask.dtype == bool, "each of held_out", "an array of bool", mask)
        if mask.shape != (len(data),) or not mask.any():
            raise DataError(
                f"each round holds out some of the {len(data)} rows, not {mask.sum()} "
                f"of {mask.size}."
            )
        gone = set(data.loc[mask, group]) - set(data.loc[~mask, group])
        if gone:
            raise DataError(
                f"a round holds out every row of {group} {min(map(str, gone))!r}; each "
                "group must keep one at least."
            )
        table = pooling_table(formula, data[~mask], group, namespace)
        own = table.loc[data.loc[mask, group]].fillna(0)
        X, y = design.X[mask], design.y[mask]
        errors.append(
            pd.DataFrame({m: y - np.sum(X * own[m].to_numpy(), axis=1) for m in MODELS})
        )
    check(errors, "held_out", "one round or more", held_out)
    return np.sqrt((pd.concat(errors) ** 2).mean())


def all_but(data, group, keep, rounds, seed):
    """Yield which rows are held out if every group keeps some at random.

    Parameters
    ----------
    data : DataFrame
    group : str
    keep : int
        Rows that each group keeps.
    rounds : int
    seed : int

    Yields
    ------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> import mlm
    >>> [rows.sum() for rows in all_but(mlm.load_sleepstudy(), "Subject", 3, 2, seed=1)]
    [np.int64(126), np.int64(126)]
    """
    data = data_frame("data", data, [group])
    check_known("column", text("group", group), data)
    keep, rounds = whole_number("keep", keep), whole_number("rounds", rounds)
    rng = np.random.default_rng(seed_of(seed))
    for _ in range(rounds):
        order = pd.Series(rng.random(len(data)), index=data.index)
        rank = order.groupby(data[group].to_numpy(), observed=True).rank()
        yield rank.to_numpy() > keep
