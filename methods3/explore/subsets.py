"""Live figures of small samples: a group's observations are hidden, or drawn again."""

import numpy as np

from methods3.explore.columns import complete_rows
from methods3.live.figure import Live
from mlm.demonstrations.pooling import (
    partially_pooled_intercept,
    pooling_table,
    shrinkage_weight,
)
from mlm.fit import lmer
from mlm.ground.arguments import seed_of, whole_number
from mlm.ground.errors import DataError, check_known
from mlm.plots.pooling import LINES
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, tidy, with_unit


def county_again(
    data, response, group, level, seed, *, unit="", each=("observation", "observations")
):
    """Draw a group's observations again, and watch its mean and its pooled estimate.

    Parameters
    ----------
    data : DataFrame
    response, group : str
        Columns.
    level : str
        The group to begin with; the slider goes from the smallest to the largest.
    seed : int
        Of the draws.
    unit : str
        Of the response.
    each : tuple of (str, str)
        What one row is called, and several.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the data have no such column or group, or the groups do not differ.

    Examples
    --------
    >>> import mlm
    >>> radon = mlm.load_radon()
    >>> county_again(radon, "log_radon", "county", "ANOKA", seed=1).alt
    'ANOKA has 52 observations: mean 0.83, partially pooled 0.89, mean of all 1.31.'
    """
    seed = seed_of(seed)
    data = complete_rows(data, response, group)
    check_known(f"group of {group}", level, data[group].unique())
    fit = lmer(f"{response} ~ 1 + (1 | {group})", data)
    between = fit.varcorr.std_dev(group).iloc[0]
    if fit.is_singular:
        raise DataError(
            f"groups of {group} do not differ: nothing is pooled partially."
        )
    sizes = data[group].value_counts(sort=False).sort_values(kind="stable")
    groups = list(sizes.index)
    values = [data.loc[data[group] == name, response].to_numpy() for name in groups]
    own = values[groups.index(level)]
    mu, n = fit.fixef.iloc[0], len(own)
    pooled = partially_pooled_intercept(own.mean(), mu, n, fit.sigma, between)
    name = with_unit(response, unit)

    def draw(figure):
        ax = tidy(figure.subplots())
        ax.axhline(mu, color=GREY, label="mean of all")
        ax.plot((np.arange(n) + 0.5) / n, own, "o", color=BLUE, label=each[1])
        sd = np.sqrt(shrinkage_weight(n, fit.sigma, between) * fit.sigma**2 / n)
        for place, middle, half, colour, label in (
            (1.35, own.mean(), fit.sigma / np.sqrt(n), GREEN, "own mean"),
            (1.7, pooled, sd, ORANGE, "partially pooled"),
        ):
            style = {"color": colour, "markersize": 10, "elinewidth": 2}
            ax.errorbar(place, middle, yerr=half, fmt="o", label=label, **style)
        ax.set_xticks([])
        ax.set(xlim=(-0.1, 1.95), ylabel=name, title=f"{level}, n = {n}")
        ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))

    return Live(
        f"again-{group.lower()}",
        "county",
        f"Draw the {each[1]} again",
        {
            "groups": [str(name) for name in groups],
            "values": [list(map(float, found)) for found in values],
            "mu": mu,
            "sigma": fit.sigma,
            "between": between,
            "start": groups.index(level),
            "names": [name, group, *each],
            "seed": seed,
        },
        draw,
        f"{level} has {n} {each[0] if n == 1 else each[1]}: mean {own.mean():.2f}, "
        f"partially pooled {pooled:.2f}, mean of all {mu:.2f}.",
    )


def first_rows(data, x, y, group, level, keep, *, units=("", "")):
    """Hide all but the first rows of one group, and watch its own line swing.

    Parameters
    ----------
    data : DataFrame
    x, y, group : str
        Columns: predictor, response, grouping factor.
    level : str
        The group to begin with; the others keep all their rows.
    keep : int
        How many rows it keeps at first, in the order of `x`.
    units : tuple of (str, str)
        Of `x` and `y`.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the data have no such column or group, or it has not enough rows.

    Examples
    --------
    >>> import mlm
    >>> sleep = mlm.load_sleepstudy()
    >>> first_rows(sleep, "Days", "Reaction", "Subject", "335", 3).alt
    '335 keeps 3 of 10 rows. Slopes: own 6.4, partially pooled 10.7, everybody 11.3.'
    """
    data = complete_rows(data, x, y, group).sort_values(x, kind="stable")
    check_known(f"group of {group}", level, data[group].unique())
    own = data[data[group] == level]
    keep = whole_number("keep", keep, 2, most=len(own))
    seen, hidden = own.iloc[:keep], own.iloc[keep:]
    table = pooling_table(f"{y} ~ {x}", data.drop(hidden.index), group).loc[level]
    names = [with_unit(x, units[0]), with_unit(y, units[1])]
    shown = {
        "own lines": "own",
        "partial lines": "partially pooled",
        "complete": "everybody",
    }

    def draw(figure):
        ax = tidy(figure.subplots())
        span = np.array([data[x].min(), data[x].max()])
        for model, name in shown.items():
            colour, dashes = LINES[model]
            line = table[model, "(Intercept)"] + table[model, x] * span
            ax.plot(span, line, dashes, color=colour, label=name, linewidth=2)
        ax.plot(seen[x], seen[y], "o", color=BLUE, markersize=8, label="seen")
        ax.plot(hidden[x], hidden[y], "o", mfc="none", color=GREY, label="hidden")
        ax.set_ylim(data[y].min() - 20, data[y].max() + 20)
        ax.set(xlabel=names[0], ylabel=names[1])
        ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))

    said = [f"{name} {table[model, x]:.1f}" for model, name in shown.items()]
    return Live(
        f"first-rows-{group.lower()}",
        "rows",
        "Hide what came later",
        {
            "x": data[x].tolist(),
            "y": data[y].tolist(),
            "group": [str(label) for label in data[group]],
            "names": [*names, group],
            "start": [str(level), keep],
        },
        draw,
        f"{level} keeps {keep} of {len(own)} rows. Slopes: {', '.join(said)}.",
    )
