"""A live figure that draws new groups from a fit, and compares three kinds of lines."""

import numpy as np
import pandas as pd

from methods3.explore.columns import axis_names, lines_of_groups
from methods3.live.figure import Live
from mlm.demonstrations.pooling import pooling_table
from mlm.ground.arguments import seed_of
from mlm.ground.errors import DataError
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, tidy


def draw_again(fit, seed, *, units=("", "")):
    """Draw new people from a model, and see whose lines are nearer to the truth.

    Parameters
    ----------
    fit : LinearMixedModel
        Of a line with a random intercept and slope of one grouping factor; its
        estimates, rounded, are the truth at first.
    seed : int
        Of the draws.
    units : tuple of (str, str)
        Of predictor and response.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the fit is of another model, or singular.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> draw_again(fit, seed=1).alt[:53]
    '18 people drawn from the model, with 10 observations '
    """
    seed = seed_of(seed)
    lines_of_groups(fit)
    if fit.is_singular:
        raise DataError("the fit is singular: draw from one whose lines all differ.")
    term = fit.design.terms[0]
    Sigma = fit.varcorr[term.name].to_numpy()
    sds = np.sqrt(np.diag(Sigma))
    days = max(3, round(fit.nobs / term.J))
    # Rounded as the sliders are that change it.
    truth = {
        "intercept": round(fit.fixef.iloc[0], 1),
        "slope": round(fit.fixef.iloc[1], 1),
        "sd_intercept": round(sds[0], 0),
        "sd_slope": round(sds[1], 1),
        "correlation": round(20 * Sigma[0, 1] / sds.prod()) / 20,
        "sigma": round(fit.sigma, 0),
        "people": term.J,
        "days": days,
    }
    names = axis_names(fit, units)
    lines, errors = _one_draw(truth, seed)

    def draw(figure):
        ax = tidy(figure.subplots())
        for own, partial in zip(lines["own"], lines["partially pooled"], strict=True):
            ax.plot(*zip(own, partial, strict=True), color=GREY, linewidth=0.8)
        styles = {"own": (GREEN, "s"), "truth": (BLUE, "x"), "everybody's": (GREY, "D")}
        styles["partially pooled"] = (ORANGE, "o")
        for kind, (colour, mark) in styles.items():
            ax.plot(*lines[kind].T, mark, color=colour, markersize=5, label=kind)
        ax.set(xlabel="intercept", ylabel="slope")
        ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))

    said = [f"{kind} {error:.1f}" for kind, error in errors.items()]
    return Live(
        "draw-again",
        "again",
        "New people, again and again",
        {
            "start": truth,
            "reach": {
                "intercept": float(np.ceil(3 * sds[0])),
                "slope": float(np.ceil(3 * sds[1])),
                "sigma": float(np.ceil(4 * fit.sigma)),
            },
            "names": names,
            "unit": units[1],
            "seed": seed,
        },
        draw,
        f"{term.J} people drawn from the model, with {days} observations each. Root "
        f"mean squared error of their lines in one draw: {', '.join(said)}.",
    )


def _one_draw(truth, seed):
    """Lines of each kind, an intercept and a slope a row; and their errors by kind."""
    rng = np.random.default_rng(seed)
    J, days, between = truth["people"], truth["days"], truth["correlation"]
    sds = np.array([truth["sd_intercept"], truth["sd_slope"]])
    Sigma = np.outer(sds, sds) * [[1, between], [between, 1]]
    beta = [truth["intercept"], truth["slope"]]
    lines = {"truth": rng.multivariate_normal(beta, Sigma, size=J)}
    x = np.tile(np.arange(days), J)
    person = np.repeat(np.arange(J), days)
    y = lines["truth"][person, 0] + lines["truth"][person, 1] * x
    y += rng.normal(0, truth["sigma"], size=len(y))
    table = pooling_table("y ~ x", pd.DataFrame({"x": x, "y": y, "g": person}), "g")
    kinds = {
        "own": "own lines",
        "everybody's": "complete",
        "partially pooled": "partial lines",
    }
    design, errors = np.vander(np.arange(days), 2, increasing=True), {}
    for kind, model in kinds.items():
        lines[kind] = table[model].to_numpy()
        off = (lines[kind] - lines["truth"]) @ design.T
        errors[kind] = np.sqrt(np.mean(off**2))
    return lines, errors
