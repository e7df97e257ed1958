"""`VarCorr`: estimated standard deviations and correlations of the random effects."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mlm.ground.errors import check_known
from mlm.ground.names import Answering
from mlm.ground.text import borne, html_table, r_format, text_table


class VarCorr(Answering, Mapping):
    """Covariance matrices of the random effects, by term, and sigma.

    ``varcorr["Subject"]`` is Σ₁ = σ² T Tᵀ (Bates et al. 2015, eq. 4, for one group):
    a DataFrame of shape (k, k), in squared units of response over effect.

    Parameters
    ----------
    terms : tuple of RandomTerm
    blocks : list of ndarray, shape (k, k)
        Lower-triangular relative factor T of each term.
    sigma : float
        Residual standard deviation, in the response's unit.
    has_scale : bool
        Whether there is one; else sigma is 1, and has no row in tables.
    errors : ndarray, optional
        Monte Carlo errors of all standard deviations, in the order of a print-out,
        which leaves out the digits that they do not bear.
    """

    def __init__(self, terms, blocks, sigma, has_scale=True, errors=0.0):
        self._sigma, self._errors = sigma, errors
        self._residual = [sigma] if has_scale else []
        self._matrices = {
            term.name: pd.DataFrame(
                sigma**2 * T @ T.T, index=term.columns, columns=term.columns
            )
            for term, T in zip(terms, blocks, strict=True)
        }

    @property
    def sigma(self):
        """Residual standard deviation, in the response's unit."""
        return self._sigma

    def __getitem__(self, name):
        return self._matrices[name].copy()

    def __iter__(self):
        return iter(self._matrices)

    def __len__(self):
        return len(self._matrices)

    def std_dev(self, name):
        """Standard deviations of one term's effects: Series, length k."""
        check_known("random term", name, self)
        matrix = self[name]
        return pd.Series(np.sqrt(np.diag(matrix)), index=matrix.index)

    def correlation(self, name):
        """Correlations of one term's effects: DataFrame (k, k), NaN where a SD is 0."""
        sd = self.std_dev(name).to_numpy()
        scale = np.where(sd > 0, sd, np.nan)
        return self[name] / np.outer(scale, scale)

    def to_frame(self):
        """One row a variance or covariance, as R's ``as.data.frame(VarCorr(m))``.

        Returns
        -------
        DataFrame
            Columns ``grp``, ``var1``, ``var2`` (missing for a variance), ``vcov``
            (variance or covariance) and ``sdcor`` (standard deviation or correlation).
        """
        rows = []
        for name, matrix in self.items():
            sd, correlation = self.std_dev(name), self.correlation(name)
            effects = list(matrix.index)
            rows += [(name, a, None, matrix.loc[a, a], sd[a]) for a in effects]
            rows += [
                (name, a, b, matrix.loc[a, b], correlation.loc[a, b])
                for i, a in enumerate(effects)
                for b in effects[i + 1 :]
            ]
        rows += [("Residual", None, None, sd**2, sd) for sd in self._residual]
        return pd.DataFrame(rows, columns=["grp", "var1", "var2", "vcov", "sdcor"])

    def table(self, digits, variance=False):
        """Header and rows of the printed table, with R's rounding.

        Parameters
        ----------
        digits : int
            Significant digits of standard deviations; correlations get two fewer.
        variance : bool
            Whether to add a column of variances, as in the summary.
        """
        deviations = [sd for name in self for sd in self.std_dev(name)]
        deviations += self._residual
        columns = {"Std.Dev.": r_format(borne(deviations, self._errors), digits)}
        if variance:
            errors = 2 * np.multiply(deviations, self._errors)
            variances = borne(np.square(deviations), errors)
            columns = {"Variance": r_format(variances, digits)} | columns
        widest = max((len(matrix) for matrix in self.values()), default=1)
        header = ["Groups", "Name", *columns]
        header += ["Corr"] * (widest > 1) + [""] * (widest - 2)
        labels, correlations = [], []
        for name, matrix in self.items():
            correlation = self.correlation(name).to_numpy()
            for i, effect in enumerate(matrix.index):
                labels.append([name if i == 0 else "", effect])
                known = [f"{c:.{max(2, digits - 2)}f}" for c in correlation[i, :i]]
                correlations.append(known + [""] * (widest - 1 - i))
        for _ in self._residual:
            labels.append(["Residual", ""])
            correlations.append([""] * (widest - 1))
        numbers = zip(*columns.values(), strict=True)
        rows = zip(labels, numbers, correlations, strict=True)
        return header, [[*label, *number, *corr] for label, number, corr in rows]

    def __repr__(self):
        return text_block(*self.table(5))

    def _repr_html_(self):
        return html_table("Random effects", *self.table(5), row_headers=2)


def text_block(header, rows):
    """Lay the table out as R prints it: a blank in front, columns to the left."""
    table = text_table(header, rows, "<" * len(header))
    return "\n".join(" " + line for line in table.splitlines())
