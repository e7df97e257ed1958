"""A live figure of what a model tells somebody of whom few or many days are known."""

import numpy as np

from methods3.explore.columns import axis_names, lines_of_groups
from methods3.live.figure import Live
from mlm.ground.errors import DataError, check_known
from mlm.plots.style import BLUE, GREY, ORANGE, tidy


def forecast_by_hand(fit, level, *, units=("", "")):
    """Say how many rows of somebody are known, and watch the forecast of the last one.

    Parameters are taken as they were estimated from everybody.

    Parameters
    ----------
    fit : LinearMixedModel
        Of a line with a random intercept and slope of one grouping factor, and as
        many rows in each group.
    level : str
        The group at first, of which no row is known.
    units : tuple of (str, str)
        Of predictor and response.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the fit is of another model or has groups of different sizes, or has no
        such group.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> forecast_by_hand(fit, "308").alt
    'For somebody new, expect 346 at Days 9, give or take 128.'
    """
    columns = lines_of_groups(fit)
    term = fit.design.terms[0]
    check_known(f"group of {term.group}", level, columns["group"])
    sizes = np.bincount(term.codes)
    if sizes.min() != sizes.max():
        raise DataError(
            f"the groups have {sizes.min()} to {sizes.max()} rows: take a fit in which "
            "all have as many."
        )
    order = np.argsort(columns["x"], kind="stable")
    columns = {name: [values[i] for i in order] for name, values in columns.items()}
    beta, sigma = fit.fixef.to_numpy(), float(fit.sigma)
    Sigma = fit.varcorr[term.name].to_numpy()
    names = [*axis_names(fit, units), term.group]
    days = np.linspace(min(columns["x"]), max(columns["x"]), 20)
    X = np.column_stack([np.ones_like(days), days])
    expected = X @ beta
    half = 1.96 * np.sqrt(np.sum(X @ Sigma * X, axis=1) + sigma**2)

    def draw(figure):
        ax = tidy(figure.subplots())
        ax.fill_between(days, expected - half, expected + half, color=ORANGE, alpha=0.2)
        ax.plot(days, expected, color=ORANGE, linewidth=2, label="expected")
        rows = [i for i, name in enumerate(columns["group"]) if name == level]
        own = [[columns[name][i] for i in rows] for name in "xy"]
        ax.plot(*own, "o", mfc="white", color=GREY, label=f"{level}, not yet known")
        ax.axvline(days[-1], color=BLUE, linewidth=0.8, linestyle=":")
        ax.set(xlabel=names[0], ylabel=names[1])
        ax.legend(frameon=False, loc="upper left")

    return Live(
        f"forecast-{term.group.lower()}",
        "forecast",
        "A forecast, by what is known",
        columns
        | {
            "model": {"beta": beta.tolist(), "Sigma": Sigma.tolist(), "sigma": sigma},
            "names": names,
            "unit": units[1],
            "start": str(level),
        },
        draw,
        f"For somebody new, expect {expected[-1]:.0f} at {fit.fixef.index[1]} "
        f"{days[-1]:g}, give or take {half[-1]:.0f}.",
    )
