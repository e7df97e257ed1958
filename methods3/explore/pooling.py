"""Figures of pooling: how much a group's own data count."""

import numpy as np

from methods3.explore.columns import axis_names, complete_rows
from methods3.live.figure import Live
from mlm.demonstrations.pooling import (
    partially_pooled_intercept,
    pooling_table,
    shrinkage_weight,
)
from mlm.fit import lmer
from mlm.ground.arguments import fitted
from mlm.ground.errors import DataError, check_known
from mlm.plots.pooling import plot_trellis
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, tidy, with_unit


def pooling_dial(data, x, y, group, *, units=("", "")):
    """Turn σ_α from 0 (complete pooling) to ∞ (no pooling), and watch every line.

    Parameters
    ----------
    data : DataFrame
    x, y, group : str
        Columns: predictor, response, grouping factor.
    units : tuple of (str, str)
        Of `x` and `y`.

    Returns
    -------
    Live
        Starts at the REML estimate.

    Raises
    ------
    DataError
        If the data have no such column, or the estimate is 0.

    Examples
    --------
    >>> import mlm
    >>> dial = pooling_dial(mlm.load_sleepstudy(), "Days", "Reaction", "Subject")
    >>> dial.alt[-56:]
    '93 % of the way from the common line to their own lines.'
    """
    data = complete_rows(data, x, y, group)
    formula = f"{y} ~ {x}"
    fit = lmer(f"{formula} + (1 | {group})", data)
    estimate = fit.varcorr.std_dev(group).iloc[0]
    if fit.is_singular:
        raise DataError(
            f"groups of {group} do not differ by the estimate: sigma_alpha is 0."
        )
    table = pooling_table(formula, data, group)
    rows = {label: data[data[group] == label] for label in table.index}
    n = np.array([len(own) for own in rows.values()])
    mu, beta = fit.fixef
    own = table["own intercepts", "(Intercept)"]
    names = [with_unit(x, units[0]), with_unit(y, units[1])]

    def draw(figure):
        models = ["complete", "own intercepts", "partial intercepts"]
        plot_trellis(data, x, y, group, table, models, units=units, figure=figure)

    weight = shrinkage_weight(n.mean(), fit.sigma, estimate)
    return Live(
        f"pooling-{group.lower()}",
        "trellis",
        "From complete pooling to none",
        {
            "groups": [str(label) for label in rows],
            "x": [one[x].tolist() for one in rows.values()],
            "y": [one[y].tolist() for one in rows.values()],
            "own": own.tolist(),
            "mu": mu,
            "beta": beta,
            "sigma": fit.sigma,
            "estimate": estimate,
            "names": names,
            "unit": units[1],
        },
        draw,
        f"A panel for each of the {len(rows)} groups. With sigma_alpha = "
        f"{estimate:.1f} their lines lie {100 * weight:.0f} % of the way from the "
        "common line to their own lines.",
        (7.4, 4.8),
    )


def one_dial(fit, level, *, units=("", "")):
    """Move n, σ_y and σ_α, and watch the weight and the line of one group.

    Parameters
    ----------
    fit : LinearMixedModel
        With one numeric predictor and ``(1 | group)``.
    level : str
        The group to watch.
    units : tuple of (str, str)
        Of the predictor and the response.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the fit is of another model, or has no such group.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", mlm.load_sleepstudy())
    >>> one_dial(fit, "308").alt[:64]
    "With n = 10 the weight of 308's own data is 0.935; its line star"
    """
    fitted("fit", fit)
    term = fit.design.terms[0]
    if fit.design.X.shape[1] != 2 or len(fit.design.terms) != 1 or term.k != 1:
        raise DataError("the dial needs one predictor and one random intercept.")
    check_known(f"group of {term.group}", level, fit.ranef[term.group].index)
    rows = term.codes == list(term.levels).index(level)
    x, y = fit.design.X[rows, 1], fit.design.y[rows]
    mu, beta = fit.fixef
    known = {
        "n": int(rows.sum()),
        "sigma_y": fit.sigma,
        "sigma_alpha": fit.varcorr.std_dev(term.name).iloc[0],
    }
    own = y.mean() - beta * x.mean()
    weight = shrinkage_weight(**known)
    alpha = partially_pooled_intercept(own, mu, **known)
    # One round number for both: five times the larger of them, or about that.
    widest = float(f"{5 * max(known['sigma_y'], known['sigma_alpha']):.1g}")
    most = 10 * known["n"]
    names = axis_names(fit, units)

    def draw(figure):
        left, right = map(tidy, figure.subplots(1, 2))
        n = np.arange(most + 1)
        curve = shrinkage_weight(n, known["sigma_y"], known["sigma_alpha"])
        left.plot(n, curve, color=GREY)
        left.plot(known["n"], weight, "o", color=ORANGE, markersize=10)
        left.set(xlabel="observations n", ylabel="weight λ of the own data")
        left.set_ylim(-0.02, 1.05)
        right.plot(x, y, "o", color=BLUE)
        span = np.array([x.min(), x.max()])
        for intercept, colour, dashes, name in (
            (own, GREEN, "--", "own"),
            (mu, GREY, "-", "population"),
            (alpha, ORANGE, "-", "partially pooled"),
        ):
            line = intercept + beta * span
            right.plot(span, line, dashes, color=colour, label=name, linewidth=2)
        right.set(xlabel=names[0], ylabel=names[1])
        right.legend(frameon=False, loc="upper left", title=f"{term.group} {level}")

    return Live(
        "one-dial",
        "dial",
        f"How much the data of {level} count",
        {
            "x": x.tolist(),
            "y": y.tolist(),
            "level": str(level),
            "names": names,
            "unit": units[1],
            "known": known,
            "own": own,
            "mu": mu,
            "beta": beta,
            "reach": {"n": most, "sigma": widest},
        },
        draw,
        f"With n = {known['n']} the weight of {level}'s own data is {weight:.3f}; its "
        f"line starts at {alpha:.1f}, its own at {own:.1f}, the population's at "
        f"{mu:.1f}.",
    )
