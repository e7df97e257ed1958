"""A live figure of one group at a time: fixed effects, random effects, residuals."""

import numpy as np

from methods3.explore.columns import axis_names, lines_of_groups
from methods3.live.figure import Live
from mlm.ground.errors import check_known
from mlm.plots.style import BLUE, GREY, ORANGE, tidy


def level_parts(fit, level, *, units=("", "")):
    """Choose a group, and see it as fixed effects, random effects and residuals.

    Parameters
    ----------
    fit : LinearMixedModel
        With one numeric predictor, and one random term of intercept and slope.
    level : str
        The group at first.
    units : tuple of (str, str)
        Of the predictor and the response.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the fit has no such group, or other effects than these.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> level_parts(fit, "308").alt[:62]
    '308: 251.4 + 2.3 = 253.7, and 10.5 + 9.2 = 19.7 a unit of Days'
    """
    columns = lines_of_groups(fit)
    design = fit.design
    term, effects = design.terms[0], fit.ranef[design.terms[0].group]
    check_known(f"group of {term.group}", level, effects.index)
    X, y = design.X, design.y
    fixed, own = fit.fixef.to_numpy(), fit.coef[term.group].loc[level].to_numpy()
    names = [*axis_names(fit, units), term.group]

    def draw(figure):
        ax = tidy(figure.subplots())
        rows = term.codes == list(term.levels).index(level)
        span = np.array([X[:, 1].min(), X[:, 1].max()])
        for (intercept, slope), colour, name in (
            (fixed, GREY, "everybody: fixed effects"),
            (own, ORANGE, f"{level}: with random effects"),
        ):
            ax.plot(span, intercept + slope * span, color=colour, label=name, lw=2)
        xs = X[rows, 1]
        ax.vlines(xs, own[0] + own[1] * xs, y[rows], color=BLUE, label="residuals")
        ax.plot(xs, y[rows], "o", color=BLUE)
        ax.set(xlabel=names[0], ylabel=names[1])
        ax.set_ylim(y.min() - 20, y.max() + 60)
        ax.legend(frameon=False, loc="upper left")

    start, slope = (
        f"{b:.1f} {'-' if u < 0 else '+'} {abs(u):.1f} = {b + u:.1f}"
        for b, u in zip(fixed, effects.loc[level], strict=True)
    )
    return Live(
        f"level-{term.group.lower()}",
        "level",
        f"One {term.group} taken apart",
        columns
        | {
            "groups": [str(name) for name in term.levels],
            "fixed": fixed.tolist(),
            "effects": effects.loc[list(term.levels)].to_numpy().tolist(),
            "names": names,
            "start": str(level),
        },
        draw,
        f"{level}: {start}, and {slope} a unit of {fit.fixef.index[1]}.",
    )
