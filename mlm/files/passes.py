"""Two passes over data that do not fit in memory: here, or on the user's cluster."""

from collections import deque
from functools import partial

import numpy as np
import pandas as pd

from mlm.design.columns import AS_DAYS, DATES, NUMBERS
from mlm.design.frame import OFFSET, WEIGHTS, check_present
from mlm.files.arrow import unreadable
from mlm.files.assembly import Assembly
from mlm.files.first import Asked, First
from mlm.files.lazy import as_arrow
from mlm.files.recipe import recipe
from mlm.files.second import Second
from mlm.files.sources import opened
from mlm.formula.parse import parse_formula
from mlm.ground.arguments import choice
from mlm.ground.errors import DataError, MlmError

# Rows of a table; more where there are many groups, up to so many.
ROWS, MOST_ROWS = 2**19, 2**21


def assembled(
    formula, data, weights=None, offset=None, na_action="drop", namespace=None
):
    """Design and products of data that are read chunk by chunk.

    Parameters
    ----------
    formula : str
    data : object
        See `mlm.files.sources.opened`.
    weights, offset : str, optional
        Names of columns.
    na_action : {"drop", "raise"}
    namespace : dict of str to callable, optional

    Returns
    -------
    design : DesignOnDisk
    assembly : Assembly

    Raises
    ------
    FormulaError, DataError
        As `design_matrices`; and what cannot be read, by the name of the file.
    """
    formula = parse_formula(formula, namespace)
    choice("na_action", na_action, ("drop", "raise"))
    source = opened(data)
    asked = _asked(formula, source, weights, offset)
    first = _run(source, asked.names, ROWS, partial(First, asked))
    first.check(na_action)
    made, n, widest = recipe(first), first.n, first.widest
    del first  # its labels and rows, which nothing needs any more
    largest = max(factor.J for factor in made.factors)
    rows = int(np.clip(2 * largest, ROWS, MOST_ROWS))
    for _ in range(2):  # again, if the rows that were kept were unlike the others
        second = _run(source, asked.names, rows, partial(Second, made))
        if second.n != n:
            raise DataError(
                f"{source.told} had {n} complete rows at first, and {second.n} "
                "later: the data changed while they were read. Fit again."
            )
        found = Assembly.of(second)
        if found.shown:
            break
        made = found.recipe()
    return found.design(widest), found


def _asked(formula, source, weights, offset):
    """What is asked of the source, whose columns are checked: `Asked`."""
    columns = pd.DataFrame(columns=source.names)
    if not formula.bars:
        hint = "Add one such as (1 | group); models without are fitted in memory."
        raise formula.error("no random term.", hint)
    for name in formula.variables:
        check_present(formula, name, columns)
    for name in (WEIGHTS, OFFSET):
        if name in formula.variables:
            raise DataError(f"{name!r} has a meaning of its own; rename the column.")
    names = list(formula.variables)
    for what, name in (("weights", weights), ("offset", offset)):
        if name is None:
            continue
        if not isinstance(name, str):
            raise DataError(
                f"the {what} of data in files are the name of a column, not "
                f"{type(name).__name__}: write them to the files."
            )
        if source.names.count(name) != 1:
            raise DataError(
                f"{what}={name!r} names no column, or several. The data have: "
                f"{', '.join(map(repr, source.names))}."
            )
        names.append(name)
    kinds = source.kinds(list(dict.fromkeys(names)))
    for name in formula.effect_variables:
        if kinds[name] == DATES:
            raise formula.error(f"{name!r} holds dates.", AS_DAYS, name)
    for what, name in (("weights", weights), ("offset", offset)):
        if name is not None and kinds[name] != NUMBERS:
            raise DataError(f"the {what} must be numbers, not {kinds[name]}.")
    return Asked(formula, kinds, weights, offset)


def _run(source, names, rows, fresh):
    """One pass over all tables.

    Parameters
    ----------
    source : Arrow, Polars or Dask
    names : list of str
        Columns to read.
    rows : int
        Of a table.
    fresh : callable
        Makes a `First` or `Second` of nothing.

    Returns
    -------
    First or Second
    """
    if source.client is not None:
        return _run_there(source, names, fresh)
    found = fresh()
    for place, table in source.tables(names, rows):
        found.add(place, table)
    return found


def _run_there(source, names, fresh):
    """One pass on the user's cluster, a partition a task, merged here in their order.

    Only so many are under way as keep the workers busy, so that no results pile up.
    What a lost worker had done is computed anew by others.
    """
    client, found, waiting = source.client, fresh(), deque()
    known = client.submit(_itself, fresh, pure=False)
    most = 2 * max(1, sum(client.nthreads().values()))
    for place, partition in source.partitions(names):
        part = client.compute(partition)
        waiting.append(client.submit(_of_partition, known, place, part, pure=False))
        if len(waiting) >= most:
            found.merge(_result(waiting.popleft()))
    while waiting:
        found.merge(_result(waiting.popleft()))
    return found


def _itself(value):
    """What is sent to a worker once, and shared by its tasks."""
    return value


def _of_partition(fresh, place, frame):
    """What a pass finds in one partition."""
    found = fresh()
    found.add(place, as_arrow(place, frame))
    return found


def _result(future):
    """What a task found; an error of the cluster's or of reading as ours."""
    try:
        return future.result()
    except MlmError:
        raise
    except Exception as error:  # whatever the user's graph raises
        raise unreadable("a partition of the dask data frame", error) from error
