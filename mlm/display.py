"""The words and tables of a fitted model's print-out, as R has them.

Reads a model's public names; knows nothing of how it was fitted.
"""

from html import escape

import numpy as np

from mlm.printing import html_table, named_numbers, r_format
from mlm.varcorr import text_block


def heading(fit):
    """What was fitted, and how: two lines."""
    method = "least squares"
    if fit.design.terms:
        method = "REML" if fit.reml else "maximum likelihood"
    kind = "Linear mixed model" if fit.design.terms else "Linear model"
    return [f"{kind} fit by {method}", f"Formula: {fit.formula}"]


def criterion_lines(fit, decimals):
    """REML criterion, or the table of AIC, BIC and likelihood."""
    if not fit.design.terms:
        return []
    if fit.reml:
        rounded = f"{round(fit.criterion, decimals):.7g}"
        return [f"REML criterion at convergence: {rounded}"]
    values = [fit.aic, fit.bic, fit.loglik, fit.criterion]
    texts = r_format(np.round(values, decimals), 7)
    names = ["AIC", "BIC", "logLik", "deviance", "df.resid"]
    return [named_numbers(names, [*texts, str(fit.nobs - fit.df)], gap=1)]


def variance_lines(fit, variance=False):
    """Random effects with their sizes, or the residual standard error."""
    if not fit.design.terms:
        (sigma,) = r_format([fit.sigma], 4)
        degrees = fit.nobs - fit.design.p
        return [f"Residual standard error: {sigma} on {degrees} degrees of freedom"]
    groups = "; ".join(f"{group}, {J}" for group, J in fit.ngroups.items())
    return [
        "Random effects:",
        text_block(*fit.varcorr.table(4, variance)),
        f"Number of obs: {fit.nobs}, groups:  {groups}",
    ]


def fixed_lines(fit):
    """Estimates of the fixed effects under their names, if there are any."""
    if not fit.design.p:
        return ["No fixed effect coefficients"]
    return ["Fixed Effects:", named_numbers(fit.fixef.index, r_format(fit.fixef, 4))]


def warning_lines(fit):
    """What a reader must know before believing the numbers."""
    lines = ["boundary (singular) fit"] if fit.is_singular else []
    return lines + ([] if fit.convergence.converged else [repr(fit.convergence)])


def linear_text(fit):
    """Print-out of a linear model."""
    estimates = named_numbers(fit.fixef.index, r_format(fit.fixef, 4))
    return "\n".join([*heading(fit), "Coefficients:", estimates])


def mixed_text(fit):
    """Print-out of a linear mixed model."""
    return "\n".join(
        [
            *heading(fit),
            *criterion_lines(fit, 4),
            *variance_lines(fit),
            *fixed_lines(fit),
            *warning_lines(fit),
        ]
    )


def mixed_html(fit):
    """Give the same as HTML, with tables that a screen reader can read."""
    rows = zip(fit.fixef.index, r_format(fit.fixef, 4), strict=True)
    sizes = variance_lines(fit)[-1]
    lines = [*heading(fit), *criterion_lines(fit, 4), sizes, *warning_lines(fit)]
    return "\n".join(
        [
            *(f"<p>{escape(line)}</p>" for line in lines),
            html_table("Random effects", *fit.varcorr.table(4), row_headers=2),
            html_table("Fixed effects", ["Name", "Estimate"], map(list, rows)),
        ]
    )
