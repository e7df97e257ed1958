"""Degrees of freedom of tests in linear mixed models."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mlm.engine import satterthwaite
from mlm.ground.arguments import choice
from mlm.ground.errors import DataError
from mlm.ground.readonly import handed_out
from mlm.inference.kenward_roger import kenward_roger
from mlm.inference.predicted import row_variances
from mlm.results.analysed import DDF
from mlm.results.mixed import MixedModel


@dataclass(frozen=True, eq=False, repr=False)
class WithSatterthwaite(MixedModel):
    """A mixed model whose tests have finite degrees of freedom."""

    @handed_out
    def degrees_of_freedom(self):
        """Satterthwaite's degrees of freedom of the t tests: Series, length p."""
        df = self._satterthwaite.degrees_of_freedom(np.eye(self.design.p))
        return pd.Series(df, index=self.fixef.index)

    @cached_property
    def _satterthwaite(self):
        """The covariance of the fixed effects, and how it changes with variances."""
        theta = self.solution.theta
        return satterthwaite.of_fit(self.criterion_function, theta, self.sigma)

    def _uncertainty(self, ddf):
        choice("ddf", ddf, DDF)
        if ddf is None:
            return super()._uncertainty(ddf)
        if ddf == "satterthwaite":
            return self._satterthwaite
        if self.reml:
            return kenward_roger(self.design, self.solution.theta, self.sigma)
        raise DataError("Kenward and Roger's method is of REML fits: reml=True.")

    def _prediction_variance(self, rows, residual=0.0):
        def variances(factors, sigma):
            return sigma**2 * (row_variances(rows, factors) + residual)

        known = self.criterion_function, self.solution.theta, self.sigma
        return satterthwaite.of_variances(*known, variances)

    def _information(self):
        RX = self.design.RX
        return RX.T @ RX
