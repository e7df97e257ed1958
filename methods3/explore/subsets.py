"""Explorers of small samples: one group loses rows, and its estimates move."""

import numpy as np
import pandas as pd

from methods3.explore.explorer import Explorer, Slider
from mlm.demonstrations.pooling import pooling_table
from mlm.fit import lmer
from mlm.ground.arguments import seed_of
from mlm.ground.errors import DataError, check_known
from mlm.ground.tables import data_frame
from mlm.plots.pooling import LINES
from mlm.plots.style import BLUE, GREEN, GREY, tidy, with_unit


def subsample_slider(data, response, group, level, sizes, seed, *, unit=""):
    """Leave one group fewer and fewer rows, and watch where its estimate goes.

    Parameters
    ----------
    data : DataFrame
    response, group : str
        Columns.
    level : str
        The group that loses rows.
    sizes : sequence of int
        How many it keeps, ascending, at most 15.
    seed : int
        Which rows: smaller samples are parts of the larger ones.
    unit : str
        Of the response.

    Returns
    -------
    Explorer

    Raises
    ------
    DataError
        If the data have no such group, or it has not enough rows.

    Examples
    --------
    >>> import mlm
    >>> explorer = subsample_slider(
    ...     mlm.load_radon(), "log_radon", "county", "ANOKA", (1, 52), seed=1
    ... )
    >>> explorer.start
    (52,)
    """
    data = data_frame("data", data, (response, group))
    seed = seed_of(seed)
    check_known("column", group, data)
    check_known(f"group of {group}", level, data[group].unique())
    own = data[data[group] == level]
    _check_sizes(group, level, len(own), sizes, least=1)
    order, rest = own.sample(frac=1, random_state=seed), data[data[group] != level]
    found = {}
    for size in sizes:
        kept = order.iloc[:size]
        fit = lmer(f"{response} ~ 1 + (1 | {group})", pd.concat([rest, kept]))
        place = fit.ranef[group].index.get_loc(level)
        found[size] = {
            "own": kept[response].mean(),
            "alpha": fit.coef[group].iloc[place, 0],
            "sd": np.sqrt(fit.condvar[group][place, 0, 0]),
            "mu": fit.fixef.iloc[0],
        }
    table = pd.DataFrame(found).T

    def draw(figure, size):
        ax = tidy(figure.subplots())
        ax.plot(table.index, table["own"], "--", color=GREEN, label="its own mean")
        ax.plot(table.index, table["alpha"], color=BLUE, label="partially pooled")
        ax.plot(table.index, table["mu"], color=GREY, label="population")
        now = table.loc[size]
        style = {"color": BLUE, "markersize": 10, "elinewidth": 2}
        ax.errorbar(size, now["alpha"], yerr=now["sd"], fmt="o", **style)
        ax.plot(size, now["own"], "s", color=GREEN, markersize=9)
        ax.set_xscale("log")
        ax.set_xticks(sizes, map(str, sizes))
        ax.minorticks_off()
        ax.set(xlabel=f"rows that {level} keeps", ylabel=with_unit(response, unit))
        ax.legend(frameon=False)

    def alt(size):
        now = table.loc[size]
        return (
            f"With {size} rows, the mean of {level} is {now['own']:.2f}, its partially "
            f"pooled estimate {now['alpha']:.2f} plus or minus {now['sd']:.2f}, and "
            f"the population's mean {now['mu']:.2f}."
        )

    slider = Slider(f"rows that {level} keeps", tuple(sizes), len(sizes) - 1, "d")
    return Explorer(f"subsample-{group.lower()}", (slider,), draw, alt)


def first_rows_sliders(data, x, y, group, levels, keeps, *, units=("", "")):
    """Hide all but the first rows of one group, and watch its own line swing.

    Parameters
    ----------
    data : DataFrame
        Sorted by `x` within each group.
    x, y, group : str
        Columns: predictor, response, grouping factor.
    levels : sequence of str
        Groups to choose from; the others keep all their rows.
    keeps : sequence of int
        How many rows the group keeps: 2 or more, ascending.  At most 49 combinations
        with `levels`.
    units : tuple of (str, str)
        Of `x` and `y`.

    Returns
    -------
    Explorer

    Raises
    ------
    DataError
        If the data have no such column or group, or it has not enough rows.

    Examples
    --------
    >>> import mlm
    >>> labels = (mlm.load_sleepstudy(), "Days", "Reaction", "Subject")
    >>> first_rows_sliders(*labels, ("308", "335"), (3, 10)).alt("335", 3)
    '335 keeps 3 of 10 rows. Slopes: own 6.4, partially pooled 10.7, complete 11.3.'
    """
    data = data_frame("data", data, (x, y, group))
    for column in (x, y, group):
        check_known("column", column, data)
    rows, lines = {}, {}
    for level in levels:
        check_known(f"group of {group}", level, data[group].unique())
        rows[level] = own = data[data[group] == level]
        _check_sizes(group, level, len(own), keeps, least=2)
        rest = data[data[group] != level]
        for keep in keeps:
            kept = pd.concat([rest, own.iloc[:keep]])
            table = pooling_table(f"{y} ~ {x}", kept, group)
            lines[level, keep] = table.loc[level].unstack()
    span = np.array([data[x].min(), data[x].max()])
    shown = {
        "own lines": "own",
        "partial lines": "partially pooled",
        "complete": "complete",
    }

    def draw(figure, level, keep):
        ax, own = tidy(figure.subplots()), rows[level]
        kept, hidden = own.iloc[:keep], own.iloc[keep:]
        for model, name in shown.items():
            intercept, slope = lines[level, keep].loc[model, ["(Intercept)", x]]
            colour, dashes = LINES[model]
            line = intercept + slope * span
            ax.plot(span, line, dashes, color=colour, label=name, linewidth=2)
        ax.plot(kept[x], kept[y], "o", color=BLUE, markersize=8, label="seen")
        ax.plot(hidden[x], hidden[y], "o", mfc="none", color=GREY, label="hidden")
        ax.set_ylim(data[y].min() - 20, data[y].max() + 20)
        ax.set_xlabel(with_unit(x, units[0]))
        ax.set_ylabel(with_unit(y, units[1]))
        ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))

    def alt(level, keep):
        slopes = lines[level, keep][x]
        said = [f"{name} {slopes[model]:.1f}" for model, name in shown.items()]
        return (
            f"{level} keeps {keep} of {len(rows[level])} rows. "
            f"Slopes: {', '.join(said)}."
        )

    sliders = (
        Slider(group, tuple(levels)),
        Slider("rows it keeps", tuple(keeps), len(keeps) - 1, "d"),
    )
    return Explorer(f"first-rows-{group.lower()}", sliders, draw, alt)


def _check_sizes(group, level, available, sizes, least):
    if max(sizes) > available or min(sizes) < least:
        raise DataError(
            f"{group} {level!r} has {available} rows; it can keep {least} to "
            f"{available}, not {min(sizes)} to {max(sizes)}."
        )
