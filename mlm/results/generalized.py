"""Generalised linear models: fits by Fisher scoring, and all that R's `glm` says."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlm.design.design import A_DESIGN, Design
from mlm.engine.scoring import score
from mlm.ground.arguments import kind
from mlm.ground.errors import DataError
from mlm.ground.readonly import handed_out
from mlm.results.family_model import FamilyModel
from mlm.results.generalized_summary import GeneralizedSummary, generalized_text
from mlm.results.scored import Scoring, scored
from mlm.results.separated import warn_of
from mlm.results.surface import OverBeta


@dataclass(frozen=True, eq=False, repr=False)
class GeneralizedLinearModel(FamilyModel):
    """A generalised linear model fitted by `mlm.glm`.

    `criterion` is -2 log likelihood with all constants.

    Attributes
    ----------
    convergence : Scoring
        How the search ended.
    """

    convergence: Scoring

    title = "Generalized linear model fit by maximum likelihood"
    is_singular, refits_together = False, False

    @classmethod
    def from_design(cls, design):
        """Fit a design that has a family: see `design_matrices`."""
        kind("design", design, Design, A_DESIGN)
        if design.family is None:
            raise DataError("the design has no family; give family= to its maker.")
        fit = cls._search(design)
        fit._warn()
        return fit

    @classmethod
    def _search(cls, design):
        """The fit, without a warning."""
        return cls(design, *scored(design))

    def _warn(self):
        if words := self.convergence.words:
            warn_of(words)

    def _fit_of_rows(self, design, keep):
        return self._search(design)

    def _refit(self, y):
        design = self.design.with_response(y)
        name = "the new response"
        self.family.check(design.y, design.weights, name, design.index)
        return self._search(design)

    @property
    def converged(self):
        """Whether the estimates exist, and were found."""
        return self.convergence.converged

    @property
    def deviance(self):
        """Residual deviance, from the saturated model; 2 log likelihoods: float."""
        return self._deviance(self._mean())

    def _deviance(self, mu):
        design = self.design
        parts = self.family.deviance_residuals_squared(design.y, mu, design.weights)
        return float(parts.sum())

    def _surface(self):
        """-2 log likelihood over β, for profiles: `OverBeta`."""
        return OverBeta(self, [], self._expand)

    def _expand(self, blocks, beta):
        """Its value at β, and derivatives by blocks, of which there are none, and β."""
        design, size = self.design, -2.0
        if self.family.has_scale:
            size /= self.dispersion
        rows = self.family.at(design.X @ beta + design.offset, design.y, design.weights)
        return size * rows.value, blocks, size * (rows.g @ design.X)

    @handed_out
    def null_deviance(self):
        """Deviance of the model of intercept and offset alone: float."""
        design = self.design
        X = np.ones((design.n, int(self.has_intercept)))
        y, weights, offset = design.y, design.weights, design.offset
        if self.has_intercept and not np.any(offset):
            return self._deviance(np.full(design.n, np.average(y, weights=weights)))
        found = score(X, self.family, y, weights, offset)
        return self._deviance(self.family.mean(found.eta))

    @property
    def df_null(self):
        """Degrees of freedom of the null deviance: int."""
        return self.nobs - int(self.has_intercept)

    @property
    def df_residual(self):
        """Degrees of freedom of the residual deviance: int."""
        return self.nobs - self.design.p

    @handed_out
    def leverage(self):
        """Diagonal of the hat matrix of the last step: Series, 0 to 1."""
        X = self.design.X * np.sqrt(self._rows.W)[:, None]
        Q, _ = np.linalg.qr(X)
        h = np.minimum(np.sum(Q**2, axis=1), 1)
        return pd.Series(h, index=self.design.index)

    def _df(self):
        return self.df_residual if self.family.has_scale else np.inf

    def summary(self):
        """Table of estimates, standard errors and tests, as R's summary.

        Returns
        -------
        GeneralizedSummary
        """
        return GeneralizedSummary(self)

    def __repr__(self):
        return generalized_text(self)
