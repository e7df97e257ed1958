"""A live figure of the integral that a mixed model's likelihood is made of."""

import numpy as np
from scipy.special import expit

from methods3.live.figure import Live
from mlm.ground.arguments import check, number
from mlm.ground.errors import DataError, check_known
from mlm.plots.style import BLUE, GREY, ORANGE, tidy
from mlm.results.generalized_mixed import GeneralizedLinearMixedModel

# Standard deviations of the random effect that can be had.
LEAST, MOST = 0.5, 8.0


def integral_by_hand(fit, levels, *, each=("success", "answers")):
    """Look at the integral of one group, and take it by Laplace and by nodes.

    Fixed effects stay as they were estimated.

    Parameters
    ----------
    fit : GeneralizedLinearMixedModel
        Of family binomial with the logit, one row a trial, and a random intercept of
        one grouping factor.
    levels : sequence of str
        Groups to look at; the first at the start.
    each : tuple of (str, str)
        What a 1 is called, and rows.

    Returns
    -------
    Live
        Starts at the fit's standard deviation, with one node.

    Raises
    ------
    DataError
        If the fit is of another model, or has no such group.

    Examples
    --------
    >>> import mlm
    >>> slow = mlm.load_sleepstudy().eval("slow = Reaction > 300").astype({"slow": int})
    >>> fit = mlm.glmer("slow ~ Days + (1 | Subject)", slow, "binomial", nodes=15)
    >>> integral_by_hand(fit, ["309"], each=("slow", "days")).alt
    'Subject 309, 0 of 10 days slow, sigma 1.8: the highest place is at u -1.54.'
    """
    mixed = isinstance(fit, GeneralizedLinearMixedModel)
    check(mixed, "fit", "a fit of mlm.glmer", fit)
    design, term = fit.design, fit.design.terms[0]
    plain = (
        str(design.family) == "binomial (logit)"
        and len(design.terms) == term.k == 1
        and design.weights is None
        and tuple(term.effects.names) == ("(Intercept)",)
    )
    if not plain:
        raise DataError(
            "fit is of another model: take a binomial one with the logit, one row a "
            "trial, and one random intercept."
        )
    check(len(levels) > 0, "levels", "one group at least", levels)
    fixed = design.X @ fit.fixef.to_numpy() + design.offset
    groups = []
    for level in levels:
        check_known(f"group of {term.group}", level, term.levels)
        rows = term.codes == list(term.levels).index(level)
        y = design.y[rows]
        words = f"{term.group} {level}, {y.sum():.0f} of {len(y)} {each[1]} {each[0]}"
        own = {"eta": fixed[rows].tolist(), "y": y.tolist()}
        groups.append([str(level), own, words])
    sd = float(fit.theta.iloc[0])
    sigma = round(number("sigma", min(max(sd, LEAST), MOST)), 1)
    _, first, words = groups[0]
    u = np.linspace(-6, 6, 1201)
    eta = np.array(first["eta"])[:, None] + sigma * u
    log = np.array(first["y"]) @ eta - np.logaddexp(0, eta).sum(axis=0) - u**2 / 2
    mode = u[np.argmax(log)]
    p = expit(np.array(first["eta"]) + sigma * mode)
    bend = 1 + sigma**2 * np.sum(p * (1 - p))

    def draw(figure):
        ax = tidy(figure.subplots())
        height = np.exp(log - log.max())
        ax.fill_between(u, height, color=BLUE, alpha=0.15, linewidth=0)
        ax.plot(u, height, color=BLUE, linewidth=2, label="what is integrated")
        bell = np.exp(-bend * (u - mode) ** 2 / 2)
        ax.plot(u, bell, "--", color=ORANGE, label="Laplace's bell")
        ax.axvline(mode, color=GREY, linewidth=0.8)
        ax.set(xlabel="random effect u, in standard deviations", ylim=(0, 1.1))
        ax.set_ylabel("height, over the highest")
        ax.legend(frameon=False, loc="upper right")

    return Live(
        f"integral-{term.group.lower()}",
        "integral",
        "An integral over one random effect",
        {
            "groups": groups,
            "names": {"group": term.group},
            "reach": [LEAST, MOST],
            "start": {"who": groups[0][0], "sigma": sigma, "nodes": 1},
        },
        draw,
        f"{words}, sigma {sigma:g}: the highest place is at u {mode:.2f}.",
        (5.6, 3.4),
    )
