"""Explorers of the covariance of random effects."""

import re

import numpy as np
import pandas as pd

from methods3.explore.explorer import Explorer, Slider
from mlm.engine.theta import blocks_of
from mlm.fit import lmer
from mlm.formula.parse import parse_formula
from mlm.ground.arguments import fitted
from mlm.ground.errors import DataError, check_known
from mlm.ground.tables import data_frame
from mlm.plots.covariance import plot_effects_plane
from mlm.plots.style import BLUE, GREY, ORANGE, tidy, with_unit
from mlm.results.varcorr import VarCorr
from mlm.textbook import pls


def theta_slider(fit, theta_name, values, *, units=("", "")):
    """Move one element of theta; watch Λ, Σ₁, its ellipse, the modes, the criterion.

    Parameters
    ----------
    fit : LinearMixedModel
        With one random term of two effects.  The other elements of theta stay at θ̂.
    theta_name : str
        Which element, as in ``fit.theta``.
    values : sequence of float
        Its values, at most 15.
    units : tuple of (str, str)
        Units of the two effects.

    Returns
    -------
    Explorer
        Starts at the value nearest to the estimate.

    Raises
    ------
    DataError
        If there is no such element of theta, or not one term of two effects.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> theta_slider(fit, "Subject.Days", (0.1, 0.2, 0.3)).start
    (0.2,)
    """
    fitted("fit", fit)
    check_known("theta", theta_name, fit.theta.index)
    terms = fit.design.terms
    if len(terms) != 1 or terms[0].k != 2:
        raise DataError("theta_slider needs one random term with two effects.")
    term = terms[0]

    def at(value):
        """Modes, Σ₁, criterion and T with this one element changed."""
        theta = fit.theta.copy()
        theta[theta_name] = value
        pieces = pls(fit.design, theta, fit.reml)
        blocks = blocks_of(terms, theta)
        Sigma = VarCorr(terms, blocks, pieces.sigma)[term.name]
        modes = pd.DataFrame(pieces.b.reshape(term.J, 2), columns=term.columns)
        return modes, Sigma, pieces.criterion, blocks[0]

    solved = {value: at(value) for value in values}
    # One frame for all positions: 3 standard deviations of the widest ellipse.
    variances = np.array([np.diag(found[1]) for found in solved.values()])
    reach = 3 * np.sqrt(variances.max(axis=0))

    def draw(figure, value):
        modes, Sigma, criterion, T = solved[value]
        ax, below = figure.subplots(2, 1, height_ratios=(4, 1))
        plot_effects_plane(modes, Sigma, units=units, ax=ax)
        ax.set(xlim=(-reach[0], reach[0]), ylim=(-reach[1], reach[1]))
        columns = (
            ["block of Λ", *_matrix(T, ".3f")],
            ["block of Σ", *_matrix(Sigma.to_numpy(), ".1f")],
            [
                f"correlation {_correlation(Sigma)}",
                f"criterion {criterion:.2f}",
                f"lowest    {fit.criterion:.2f}",
            ],
        )
        below.axis("off")
        style = {"family": "monospace", "va": "top", "transform": below.transAxes}
        for place, lines in zip((0, 0.3, 0.63), columns, strict=True):
            below.text(place, 1, "\n".join(lines), **style)

    def alt(value):
        _, Sigma, criterion, _ = solved[value]
        return (
            f"Plane of the two random effects at {theta_name} = {value:.2f}: the "
            f"ellipse of Sigma has correlation {_correlation(Sigma)}; the criterion is "
            f"{criterion:.2f}, its lowest value {fit.criterion:.2f}."
        )

    start = int(np.abs(np.subtract(values, fit.theta[theta_name])).argmin())
    name = re.sub(r"[^a-z]+", "-", theta_name.lower()).strip("-")
    slider = Slider(theta_name, tuple(values), start)
    return Explorer(name, (slider,), draw, alt, (6.4, 5.2))


def origin_slider(data, formula, predictor, origins, *, units=("", "")):
    """Move where a predictor counts from; the correlation turns, the fit stands still.

    Parameters
    ----------
    data : DataFrame
    formula : str
        With one random term, intercept and `predictor`, such as
        ``"Reaction ~ Days + (Days | Subject)"``.
    predictor : str
    origins : sequence of float
        Values of the predictor that become 0, at most 15.
    units : tuple of (str, str)
        Units of the predictor and of the response.

    Returns
    -------
    Explorer

    Raises
    ------
    DataError
        If the model has not one random term of two effects.

    Examples
    --------
    >>> import mlm
    >>> formula = "Reaction ~ Days + (Days | Subject)"
    >>> explorer = origin_slider(mlm.load_sleepstudy(), formula, "Days", (0, 9))
    >>> explorer.alt(9)[-55:]
    'is 0.91; the criterion is 1743.628 wherever the cut is.'
    """
    used = parse_formula(formula).variables
    data = data_frame("data", data, [*used, predictor])
    check_known("column", predictor, data)
    fits = {
        origin: lmer(formula, data.assign(**{predictor: data[predictor] - origin}))
        for origin in origins
    }
    first = next(iter(fits.values()))
    term = first.design.terms[0]
    if len(first.design.terms) != 1 or term.k != 2:
        raise DataError("origin_slider needs one random term with two effects.")
    x = np.array([data[predictor].min(), data[predictor].max()])

    def draw(figure, origin):
        fit = fits[origin]
        lines, plane = figure.subplots(1, 2)
        for intercept, slope in fit.coef[term.group].to_numpy():
            tidy(lines).plot(x, intercept + slope * (x - origin), color=BLUE, lw=0.8)
        lines.axvline(origin, color=ORANGE, linewidth=2)
        lines.set_xlabel(with_unit(predictor, units[0]))
        response = fit.design.formula.response
        lines.set_ylabel(with_unit(response, units[1]))
        modes, Sigma = fit.ranef[term.group], fit.varcorr[term.name]
        plot_effects_plane(modes, Sigma, ax=plane)
        plane.get_legend().remove()
        plane.set(xlabel="intercept at the origin", ylabel="slope")
        plane.set_title(
            f"correlation {_correlation(Sigma)}, criterion {fit.criterion:.3f}",
            fontsize="medium",
            color=GREY,
        )

    def alt(origin):
        fit = fits[origin]
        return (
            f"Lines of all groups with a vertical cut at {predictor} = {origin:g}, and "
            "the plane of intercepts at the cut and slopes: their correlation is "
            f"{_correlation(fit.varcorr[term.name])}; the criterion is "
            f"{fit.criterion:.3f} wherever the cut is."
        )

    label = with_unit(f"origin of {predictor}", units[0])
    slider = Slider(label, tuple(origins), form="g")
    return Explorer(f"origin-{predictor.lower()}", (slider,), draw, alt, (8.0, 4.0))


def _correlation(Sigma):
    scale = np.sqrt(np.prod(np.diag(Sigma)))
    return f"{Sigma.iloc[0, 1] / scale:.2f}".replace("-", "−") if scale else "none"


def _matrix(values, form):
    """Rows of a small matrix, in columns."""
    texts = [[format(value, form) for value in row] for row in values]
    width = max(len(text) for row in texts for text in row)
    return ["  ".join(text.rjust(width) for text in row) for row in texts]
