"""Explorers of pooling: how much a group's own data count."""

import numpy as np

from methods3.explore.explorer import Explorer, Slider
from mlm.demonstrations.pooling import (
    partially_pooled_intercept,
    pooling_table,
    shrinkage_weight,
)
from mlm.fit import lmer
from mlm.ground.arguments import fitted
from mlm.ground.errors import check_known
from mlm.ground.tables import data_frame
from mlm.plots.pooling import plot_trellis
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, tidy, with_unit

QUANTITIES = {
    "n": "observations in the group, n",
    "sigma_y": "standard deviation within groups, σ_y",
    "sigma_alpha": "standard deviation between groups, σ_α",
}


def pooling_dial(data, x, y, group, sigma_alphas, *, units=("", "")):
    """Turn σ_α from 0 (complete pooling) to ∞ (no pooling), and watch every line.

    Parameters
    ----------
    data : DataFrame
    x, y, group : str
        Columns: predictor, response, grouping factor.
    sigma_alphas : sequence of float
        At most 15, in the response's unit; 0 and ``numpy.inf`` are welcome.
    units : tuple of (str, str)
        Of `x` and `y`.

    Returns
    -------
    Explorer
        Starts at the value nearest to the REML estimate.

    Examples
    --------
    >>> import mlm
    >>> data = mlm.load_sleepstudy()
    >>> explorer = pooling_dial(data, "Days", "Reaction", "Subject", (0, 37, np.inf))
    >>> explorer.sliders[0].texts
    ['0.0', '37.0', '∞']
    """
    data = data_frame("data", data, (x, y, group))
    formula = f"{y} ~ {x}"
    fit = lmer(f"{formula} + (1 | {group})", data)
    table = pooling_table(formula, data, group)
    own = table["own intercepts", "(Intercept)"]
    n = data[group].value_counts().loc[table.index].to_numpy()
    estimate = fit.varcorr.std_dev(group).iloc[0]

    def lines(sigma_alpha):
        intercepts = partially_pooled_intercept(
            own, fit.fixef["(Intercept)"], n, fit.sigma, sigma_alpha
        )
        turned = table.copy()
        turned["partial intercepts", "(Intercept)"] = intercepts
        return turned

    def draw(figure, sigma_alpha):
        models = ["complete", "own intercepts", "partial intercepts"]
        axes = plot_trellis(
            data, x, y, group, lines(sigma_alpha), models, units=units, figure=figure
        )
        for ax in axes:
            ax.set_ylim(data[y].min() - 20, data[y].max() + 20)

    def alt(sigma_alpha):
        weight = shrinkage_weight(n.mean(), fit.sigma, sigma_alpha)
        return (
            f"A panel for each of the {len(own)} groups. With sigma_alpha = "
            f"{sigma_alpha:.1f} their lines lie {100 * weight:.0f} % of the way from "
            "the common line to their own."
        )

    start = int(np.argmin(np.abs(np.subtract(sigma_alphas, estimate))))
    label = "σ_α" + (f" ({units[1]})" if units[1] else "")
    slider = Slider(label, tuple(sigma_alphas), start, ".1f")
    return Explorer(f"pooling-{group.lower()}", (slider,), draw, alt, (7.4, 4.8))


def weight_slider(fit, level, quantity, values, *, units=("", "")):
    """Move n, σ_y or σ_α, and watch the weight and the line of one group.

    Parameters
    ----------
    fit : LinearMixedModel
        With one numeric predictor and ``(1 | group)``.
    level : str
        The group to watch.
    quantity : {"n", "sigma_y", "sigma_alpha"}
        What moves; the other two stay as in the data and the fit.
    values : sequence of float
        At most 15.
    units : tuple of (str, str)
        Of the predictor and the response.

    Returns
    -------
    Explorer

    Raises
    ------
    DataError
        If `quantity` is another word, or the fit has no such group.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", mlm.load_sleepstudy())
    >>> explorer = weight_slider(fit, "308", "n", (0, 10, 100))
    >>> explorer.alt(10)[:60]
    "With n = 10 the weight of the group's own data is 0.935; the"
    """
    fitted("fit", fit)
    check_known("quantity", quantity, QUANTITIES)
    term = fit.design.terms[0]
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
    span = np.array([x.min(), x.max()])

    def at(value):
        moved = known | {quantity: value}
        return shrinkage_weight(**moved), partially_pooled_intercept(own, mu, **moved)

    curve = [at(value)[0] for value in values]
    places = np.arange(len(values))

    def draw(figure, value):
        weight, alpha = at(value)
        left, right = map(tidy, figure.subplots(1, 2))
        left.plot(places, curve, color=GREY, marker=".")
        left.plot(places[values.index(value)], weight, "o", color=ORANGE, ms=10)
        left.set_xticks(places[::2], slider.texts[::2])
        left.set(xlabel=slider.label, ylabel="weight of own data", ylim=(-0.05, 1.05))
        right.plot(x, y, "o", color=BLUE)
        for intercept, colour, dashes, name in (
            (own, GREEN, "--", "own"),
            (mu, GREY, "-", "population"),
            (alpha, ORANGE, "-", "partially pooled"),
        ):
            line = intercept + beta * span
            right.plot(span, line, dashes, color=colour, label=name, linewidth=2)
        right.set_xlabel(with_unit(fit.fixef.index[1], units[0]))
        right.set_ylabel(with_unit(fit.design.formula.response, units[1]))
        right.legend(frameon=False, loc="upper left", title=f"{term.group} {level}")

    def alt(value):
        weight, alpha = at(value)
        return (
            f"With {quantity} = {value:g} the weight of the group's own data is "
            f"{weight:.3f}; the line of {level} starts at {alpha:.1f}, its own at "
            f"{own:.1f}, the population's at {mu:.1f}."
        )

    values = tuple(values)
    start = int(np.argmin(np.abs(np.subtract(values, known[quantity]))))
    form = "g" if quantity == "n" else ".1f"
    unit = "" if quantity == "n" else units[1]
    slider = Slider(with_unit(QUANTITIES[quantity], unit), values, start, form)
    name = f"weight-{quantity.replace('_', '-')}"
    return Explorer(name, (slider,), draw, alt, (8.0, 3.8))
