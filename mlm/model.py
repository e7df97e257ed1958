"""Fitted models: frozen results with what a reader of lme4's print-out expects.

Everything is computed from the design and theta when first asked for; nothing here
searches for theta or reads data.  Units: y's unit, and y's unit per unit of x.
Equation numbers are those of Bates, Mächler, Bolker & Walker (2015).
"""

from dataclasses import dataclass
from functools import cached_property
from html import escape

import numpy as np
import pandas as pd

from mlm.covariance import RelativeFactor
from mlm.design import Design
from mlm.optimise import Convergence
from mlm.pls import pls
from mlm.printing import html_table, named_numbers, r_format
from mlm.solution import Solution
from mlm.summary import Summary
from mlm.varcorr import VarCorr, text_block


@dataclass(frozen=True, eq=False)
class FittedModel:
    """What a linear model and a linear mixed model have in common.

    Attributes
    ----------
    design : Design
        Formula, y, X, Z, terms and names.
    reml : bool
        Whether `criterion` is the REML criterion (else -2 log likelihood).
    solution : Solution
        Estimates as the engine gives them, without names.
    """

    design: Design
    reml: bool
    solution: Solution

    @cached_property
    def fixef(self):
        """Estimated fixed effects β̂ (eq. 51): Series, length p."""
        return pd.Series(self.solution.beta, index=list(self.design.fixed_names))

    @cached_property
    def vcov(self):
        """Covariance of the fixed effects (eq. 54): DataFrame, p × p."""
        names = list(self.design.fixed_names)
        covariance = self.sigma**2 * self.solution.vcov
        return pd.DataFrame(covariance, index=names, columns=names)

    @property
    def se(self):
        """Standard errors of the fixed effects: Series, length p."""
        return pd.Series(np.sqrt(np.diag(self.vcov)), index=self.vcov.index)

    @property
    def criterion(self):
        """REML criterion (eq. 41), or deviance -2 log L (eq. 34)."""
        return self.solution.criterion

    @property
    def loglik(self):
        """Log likelihood; the restricted one if `reml`."""
        return -self.criterion / 2

    @property
    def df(self):
        """Number of estimated parameters: fixed effects, theta and sigma."""
        return self.design.p + self.design.m + 1

    @property
    def aic(self):
        """Akaike's information criterion, criterion + 2 df."""
        return self.criterion + 2 * self.df

    @property
    def bic(self):
        """Schwarz's information criterion, criterion + df log n."""
        return self.criterion + self.df * float(np.log(self.nobs))

    @property
    def nobs(self):
        """Number of observations used."""
        return self.design.n

    @cached_property
    def fitted(self):
        """Fitted values, with random effects (eq. 13): Series on the data's index."""
        mu = self.design.X @ self.solution.beta
        if self.design.terms:
            mu += self.design.Z @ np.concatenate([b.ravel() for b in self.solution.b])
        return pd.Series(mu, index=self.design.index)

    @cached_property
    def resid(self):
        """Residuals, response minus fitted: Series on the data's index."""
        return pd.Series(self.design.y, index=self.design.index) - self.fitted

    @property
    def formula(self):
        """The formula as written."""
        return self.design.formula.text

    def summary(self):
        """Table of estimates with standard errors and t values, as R's summary."""
        return Summary(self)


@dataclass(frozen=True, eq=False, repr=False)
class LinearModel(FittedModel):
    """A linear model fitted by `mlm.lm`.

    `criterion` is -2 log likelihood; `sigma` is the unbiased estimate, as in R.
    """

    @property
    def sigma(self):
        """Residual standard deviation, √(RSS / (n - p))."""
        return self.solution.sigma

    @property
    def _heading(self):
        return [
            "Linear model fit by least squares",
            f"Formula: {self.formula}",
        ]

    def _criterion_lines(self, decimals):
        return []

    def _variance_lines(self, variance=False):
        degrees = self.nobs - self.design.p
        (sigma,) = r_format([self.sigma], 4)
        return [f"Residual standard error: {sigma} on {degrees} degrees of freedom"]

    def __repr__(self):
        estimates = named_numbers(self.fixef.index, r_format(self.fixef, 4))
        return "\n".join([*self._heading, "Coefficients:", estimates])


@dataclass(frozen=True, eq=False, repr=False)
class LinearMixedModel(FittedModel):
    """A linear mixed model fitted by `mlm.lmer`.

    Attributes
    ----------
    theta : Series, length m
        Covariance parameters θ̂, named as in lme4: where the criterion is smallest.
    convergence : Convergence
        What the optimiser did, in words and numbers.
    """

    theta: pd.Series
    convergence: Convergence

    @cached_property
    def pls(self):
        """Pieces at θ̂ as the textbook has them: Lambda, L, RZX, RX, u, b, … (`PLS`)."""
        return pls(self.design, self.theta, self.reml)

    @property
    def sigma(self):
        """Residual standard deviation σ̂ (eq. 33 for ML, 40 for REML)."""
        return self.solution.sigma

    @property
    def ngroups(self):
        """Number of groups of each grouping factor: dict."""
        return {term.group: term.J for term in self.design.terms}

    @cached_property
    def ranef(self):
        """Conditional modes of the random effects: {group: DataFrame, J × k}."""
        tables = {}
        for term, b in zip(self.design.terms, self.solution.b, strict=True):
            table = pd.DataFrame(b, index=term.levels, columns=list(term.columns))
            parts = [tables[term.group], table] if term.group in tables else [table]
            tables[term.group] = pd.concat(parts, axis=1)
        return tables

    @cached_property
    def condvar(self):
        """Conditional variances of the random effects (eq. 58): {group: (J, k, k)}."""
        variances = self.solution.condvar
        return {group: self.sigma**2 * variances[group] for group in self.ranef}

    @cached_property
    def coef(self):
        """Fixed plus random effects: {group: DataFrame, levels × effects}."""
        tables = {}
        for group, modes in self.ranef.items():
            effects = self.fixef.index.union(modes.columns, sort=False)
            table = pd.DataFrame(0.0, index=modes.index, columns=effects)
            table = table.add(self.fixef, axis="columns", fill_value=0)
            tables[group] = table.add(modes, fill_value=0)[effects]
        return tables

    @cached_property
    def varcorr(self):
        """Standard deviations and correlations of the random effects (`VarCorr`)."""
        blocks = RelativeFactor(self.design.terms).blocks(self.theta)
        return VarCorr(self.design.terms, blocks, self.sigma)

    @property
    def is_singular(self):
        """Whether Σ̂ is (nearly) singular: a variance of 0, or a correlation of ±1."""
        return self.convergence.singular

    @property
    def _heading(self):
        method = "REML" if self.reml else "maximum likelihood"
        return [
            f"Linear mixed model fit by {method}",
            f"Formula: {self.formula}",
        ]

    def _criterion_lines(self, decimals):
        if self.reml:
            rounded = f"{round(self.criterion, decimals):.7g}"
            return [f"REML criterion at convergence: {rounded}"]
        values = [self.aic, self.bic, self.loglik, self.criterion]
        texts = r_format(np.round(values, decimals), 7)
        names = ["AIC", "BIC", "logLik", "deviance", "df.resid"]
        return [named_numbers(names, [*texts, str(self.nobs - self.df)], gap=1)]

    def _variance_lines(self, variance=False):
        groups = "; ".join(f"{group}, {J}" for group, J in self.ngroups.items())
        return [
            "Random effects:",
            text_block(*self.varcorr.table(4, variance)),
            f"Number of obs: {self.nobs}, groups:  {groups}",
        ]

    def _warning_lines(self):
        lines = ["boundary (singular) fit"] if self.is_singular else []
        return lines + ([] if self.convergence.converged else [repr(self.convergence)])

    def __repr__(self):
        return "\n".join(
            [
                *self._heading,
                *self._criterion_lines(4),
                *self._variance_lines(),
                "Fixed Effects:",
                named_numbers(self.fixef.index, r_format(self.fixef, 4)),
                *self._warning_lines(),
            ]
        )

    def _repr_html_(self):
        fixed = zip(self.fixef.index, r_format(self.fixef, 4), strict=True)
        lines = [
            *self._heading,
            *self._criterion_lines(4),
            self._variance_lines()[-1],
        ]
        return "\n".join(
            [
                *(f"<p>{escape(line)}</p>" for line in lines + self._warning_lines()),
                html_table("Random effects", *self.varcorr.table(4), row_headers=2),
                html_table("Fixed effects", ["Name", "Estimate"], map(list, fixed)),
            ]
        )
