"""`Summary`: the table of estimates, standard errors and t values, as R prints it."""

from html import escape

import numpy as np
import pandas as pd
from scipy.special import stdtr  # scipy.stats takes 0.3 s to import

from mlm.ground.readonly import handed_out
from mlm.ground.text import abbreviate, borne, html_table, r_format, text_table
from mlm.results.printout import heading

# Their correlations fill more than a screen if there are more fixed effects.
MOST_CORRELATED = 20
QUANTILES = {"Min": 0, "1Q": 0.25, "Median": 0.5, "3Q": 0.75, "Max": 1}


class Summary:
    """What `fit.summary()` gives: prints like R's summary; tables as DataFrames.

    lme4 gives no p values for fixed effects: their null distribution is not a t
    with known degrees of freedom in general.

    Attributes
    ----------
    fixed : DataFrame, p × 3 or p × 5
        ``Estimate``, ``Std. Error`` and ``t value`` of the fixed effects; if asked for,
        ``df`` and ``Pr(>|t|)`` too.
    residuals : Series, length 5
        Minimum, quartiles and maximum of the residuals divided by sigma.
    correlation : DataFrame, p × p
        Correlation of the estimated fixed effects.
    """

    def __init__(self, fit, df, criterion_lines, variance_lines):
        self._fit, self._df = fit, df
        self._criterion_lines, self._variance_lines = criterion_lines, variance_lines

    @handed_out
    def fixed(self):
        """Estimates, standard errors and their ratios: DataFrame, p × 3 or p × 5."""
        fit, df = self._fit, self._df
        t = fit.fixef / fit.se
        table = {"Estimate": fit.fixef, "Std. Error": fit.se}
        table = pd.DataFrame(table | {f"{fit.statistic} value": t})
        if df is not None:
            table.insert(2, "df", df)
            table[f"Pr(>|{fit.statistic}|)"] = 2 * stdtr(df, -t.abs())
        return table

    @handed_out
    def residuals(self):
        """Minimum, quartiles and maximum of the scaled residuals: Series, length 5."""
        shares = list(QUANTILES.values())
        quantiles = self._fit.residuals("scaled").quantile(shares)
        return pd.Series(quantiles.to_numpy(), index=list(QUANTILES))

    @handed_out
    def correlation(self):
        """Correlation of the estimated fixed effects: DataFrame, p × p."""
        return self._fit.vcov / np.outer(self._fit.se, self._fit.se)

    def _fixed_rows(self):
        """Rows with R's rounding (stats::printCoefmat, 4 digits)."""
        if self.fixed.empty:
            return []
        pair = self.fixed[["Estimate", "Std. Error"]].to_numpy()
        pair = borne(pair, self._fit._fixed_errors)
        sizes = np.abs(pair[pair != 0])
        smallest = 1 + int(np.floor(np.log10(sizes.min())))
        numbers = r_format(np.round(pair, max(1, 4 - smallest)).ravel(), 4)
        name = self._fit.statistic
        ratios = r_format(np.round(self.fixed[f"{name} value"], 3), 4)
        columns = [self.fixed.index, numbers[0::2], numbers[1::2], ratios]
        if "df" in self.fixed:
            columns.insert(3, r_format(np.round(self.fixed["df"], 3), 4))
        if f"Pr(>|{name}|)" in self.fixed:
            p_values = self.fixed[f"Pr(>|{name}|)"]
            columns.append([f"{p:.3g}" if p >= 2e-16 else "<2e-16" for p in p_values])
        return [list(row) for row in zip(*columns, strict=True)]

    def to_frame(self):
        """Table of fixed effects: DataFrame, p × 3 or p × 5."""
        return self.fixed

    def _fixed_lines(self):
        if self.fixed.empty:
            return []
        header = ["", *self.fixed.columns]
        table = text_table(header, self._fixed_rows(), "<" + ">" * (len(header) - 1))
        return ["", "Fixed effects:", table]

    def _correlation_lines(self):
        p = len(self.correlation)
        if p < 2:
            return []
        if p > MOST_CORRELATED:
            note = f"not shown for {p} > {MOST_CORRELATED}; see summary().correlation"
            return ["", f"Correlation of Fixed Effects: {note}"]
        columns = abbreviate(list(self.correlation), 6)[:-1]
        names = abbreviate(list(self.correlation), 11)
        values = np.round(self.correlation.to_numpy(), 3) + 0.0
        width = 6 if (values < 0).any() else 5
        rows = [
            [names[i], *(f"{r:{width}.3f}" for r in values[i, :i]), *[""] * (p - 1 - i)]
            for i in range(1, p)
        ]
        table = text_table(["", *columns], rows, "<" * p)
        return ["", "Correlation of Fixed Effects:", table]

    def _residual_lines(self):
        if not self._fit.design.in_memory:
            return [f"Scaled residuals: not computed, of {self._fit.nobs} rows on disk"]
        # R's zapsmall with 5 digits (as R 4.2 computes it).
        decimals = int(np.floor(5.5 - np.log10(self.residuals.abs().max())))
        quantiles = r_format(self.residuals.round(decimals), 4)
        width = max(map(len, [*quantiles, *QUANTILES]))
        return [
            "Scaled residuals:",
            " ".join(name.rjust(width) for name in QUANTILES),
            " ".join(text.rjust(width) for text in quantiles),
        ]

    def __repr__(self):
        fit = self._fit
        return "\n".join(
            [
                *heading(fit),
                *self._criterion_lines,
                "",
                *self._residual_lines(),
                "",
                *self._variance_lines,
                *self._fixed_lines(),
                *self._correlation_lines(),
            ]
        )

    def _repr_html_(self):
        header = ["Name", *self.fixed.columns]
        table = html_table("Fixed effects", header, self._fixed_rows())
        text = repr(self).split("Fixed effects:")[0]
        return f"<pre>{escape(text)}</pre>\n{table}"
