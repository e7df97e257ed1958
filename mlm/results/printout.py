"""The words and tables of a fitted model's print-out, as R has them.

Reads a model's public names; knows nothing of how it was fitted.
"""

from html import escape

import numpy as np

from mlm.ground.text import borne, html_table, named_numbers, r_format
from mlm.results.varcorr import text_block


def heading(fit):
    """What was fitted, and how."""
    return [fit.title, f"Formula: {fit.formula}", *fit.family_lines]


def reml_lines(fit, decimals):
    """The REML criterion, which does not compare fixed effects: one line."""
    known = borne(round(fit.criterion, decimals), fit._criterion_error)
    rounded = f"{known:.7g}"
    return [f"REML criterion at convergence: {rounded}"]


def likelihood_lines(fit, decimals):
    """The table of AIC, BIC and likelihood."""
    values = [fit.aic, fit.bic, fit.loglik, fit.criterion]
    known = borne(np.round(values, decimals), fit._criterion_error)
    texts = r_format(known, 7)
    names = ["AIC", "BIC", "logLik", "deviance", "df.resid"]
    degrees = str(fit.nobs - fit.n_parameters)
    return [named_numbers(names, [*texts, degrees], gap=1)]


def residual_lines(fit):
    """The residual standard error: one line."""
    (sigma,) = r_format([fit.sigma], 4)
    degrees = fit.nobs - fit.design.p
    return [f"Residual standard error: {sigma} on {degrees} degrees of freedom"]


def size_line(fit):
    """Numbers of observations and of groups."""
    groups = "; ".join(f"{group}, {J}" for group, J in fit.ngroups.items())
    return f"Number of obs: {fit.nobs}, groups:  {groups}"


def random_lines(fit, variance=False):
    """Random effects with their standard deviations, and how many data there are."""
    table = text_block(*fit.varcorr.table(4, variance))
    return ["Random effects:", table, size_line(fit)]


def fixed_lines(fit):
    """Estimates of the fixed effects under their names, if there are any."""
    if not fit.design.p:
        return ["No fixed effect coefficients"]
    return ["Fixed Effects:", named_numbers(fit.fixef.index, _fixed_numbers(fit))]


def _fixed_numbers(fit):
    """Estimates of the fixed effects: list of str."""
    return r_format(borne(fit.fixef, fit._fixed_errors), 4)


def warning_lines(fit):
    """What a reader must know before believing the numbers."""
    lines = ["boundary (singular) fit"] if fit.is_singular else []
    return lines + ([] if fit.converged else [fit.convergence_words])


def linear_text(fit):
    """Print-out of a linear model."""
    estimates = named_numbers(fit.fixef.index, r_format(fit.fixef, 4))
    return "\n".join([*heading(fit), "Coefficients:", estimates])


def mixed_text(fit, criterion_lines):
    """Print-out of a mixed model."""
    lines = [*heading(fit), *criterion_lines, *random_lines(fit), *fixed_lines(fit)]
    return "\n".join([*lines, *warning_lines(fit)])


def mixed_html(fit, criterion_lines):
    """The same as HTML, with tables that a screen reader can read."""
    rows = zip(fit.fixef.index, _fixed_numbers(fit), strict=True)
    lines = [*heading(fit), *criterion_lines, size_line(fit), *warning_lines(fit)]
    return "\n".join(
        [
            *(f"<p>{escape(line)}</p>" for line in lines),
            html_table("Random effects", *fit.varcorr.table(4), row_headers=2),
            html_table("Fixed effects", ["Name", "Estimate"], map(list, rows)),
        ]
    )
