"""Print-outs of generalised linear models, in the words of R's `glm`."""

from html import escape

import pandas as pd
from scipy.special import stdtr  # scipy.stats takes 0.3 s to import

from mlm.ground.readonly import handed_out
from mlm.ground.text import named_numbers, r_format
from mlm.results.printout import heading
from mlm.results.summary import QUANTILES, Summary


def generalized_text(fit):
    """Print-out of a generalised linear model."""
    lines = [*heading(fit), "Coefficients:"]
    if fit.design.p:
        lines.append(named_numbers(fit.fixef.index, r_format(fit.fixef, 4)))
    else:
        lines.append("No coefficients")
    return "\n".join([*lines, "", *_deviance_lines(fit), *_warning_lines(fit)])


def fixed_table(fit):
    """Estimates, standard errors, their ratios and two-sided p values: DataFrame."""
    ratio, df = fit.fixef / fit.se, fit.degrees_of_freedom.to_numpy()
    return pd.DataFrame(
        {
            "Estimate": fit.fixef,
            "Std. Error": fit.se,
            f"{fit.statistic} value": ratio,
            f"Pr(>|{fit.statistic}|)": 2 * stdtr(df, -ratio.abs()),
        }
    )


def _quantiles(fit, kind):
    """Minimum, quartiles and maximum of one kind of residuals: Series."""
    quantiles = fit.residuals(kind).quantile(list(QUANTILES.values()))
    return pd.Series(quantiles.to_numpy(), index=list(QUANTILES))


def _deviance_lines(fit):
    null, residual = r_format([fit.null_deviance, fit.deviance], 5)
    (aic,) = r_format([fit.aic], 4)
    return [
        f"    Null deviance: {null}  on {fit.df_null}  degrees of freedom",
        f"Residual deviance: {residual}  on {fit.df_residual}  degrees of freedom",
        f"AIC: {aic}",
    ]


def _warning_lines(fit):
    return [] if fit.converged else ["", repr(fit.convergence)]


class GeneralizedSummary(Summary):
    """What `summary()` of a generalised linear model gives.

    Attributes
    ----------
    fixed : DataFrame, p × 4
        ``Estimate``, ``Std. Error``, ``z value`` (``t value`` where a residual
        variance is estimated) and their p value, two-sided.
    residuals : Series, length 5
        Minimum, quartiles and maximum of the deviance residuals.
    correlation : DataFrame, p × p
        Correlation of the estimated fixed effects.
    """

    def __init__(self, fit):
        super().__init__(fit, None, [], [])

    @handed_out
    def fixed(self):
        """Estimates, standard errors, their ratios and p values: DataFrame, p × 4."""
        return fixed_table(self._fit)

    @handed_out
    def residuals(self):
        """Minimum, quartiles and maximum of the deviance residuals: Series."""
        return _quantiles(self._fit, "deviance")

    def _dispersion_line(self):
        fit, taken = self._fit, "taken to be 1"
        if fit.family.has_scale:
            taken = f"estimated as {fit.dispersion:.7g}"
        return f"(Dispersion parameter for {fit.family.name} family {taken})"

    def _closing_lines(self):
        """What stands below the table."""
        fit = self._fit
        return [
            self._dispersion_line(),
            "",
            *_deviance_lines(fit),
            "",
            f"Number of Fisher Scoring iterations: {fit.convergence.iterations}",
            *_warning_lines(fit),
        ]

    def __repr__(self):
        fixed = self._fixed_lines()
        return "\n".join([*heading(self._fit), *fixed, "", *self._closing_lines()])

    def _repr_html_(self):
        closing = "\n".join(self._closing_lines())
        return f"{super()._repr_html_()}\n<pre>{escape(closing)}</pre>"


class GeneralizedMixedSummary(Summary):
    """What `summary()` of a generalised linear mixed model gives.

    Attributes
    ----------
    fixed : DataFrame, p × 4
        ``Estimate``, ``Std. Error``, ``z value`` and its p value, two-sided.
    residuals : Series, length 5
        Minimum, quartiles and maximum of the Pearson residuals.
    correlation : DataFrame, p × p
        Correlation of the estimated fixed effects.
    """

    @handed_out
    def fixed(self):
        """Estimates, standard errors, their ratios and p values: DataFrame, p × 4."""
        return fixed_table(self._fit)

    @handed_out
    def residuals(self):
        """Minimum, quartiles and maximum of the Pearson residuals: Series."""
        return _quantiles(self._fit, "pearson")

    def _fixed_lines(self):
        (dispersion,) = r_format([self._fit.dispersion], 4)
        squares = "sum of squared Pearson residuals over their degrees of freedom"
        return [*super()._fixed_lines(), "", f"Dispersion: {dispersion} ({squares})"]
