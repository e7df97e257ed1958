"""Estimates of a fit: what follows from its design and solution, without any work.

Units: y's unit, and y's unit per unit of x.
Equation numbers are those of Bates, Mächler, Bolker & Walker (2015).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from mlm.design.design import Design
from mlm.design.parameters import parameter_names
from mlm.engine.solution import Solution
from mlm.formula.computing import INTERCEPT
from mlm.ground.names import Answering, no_attribute
from mlm.ground.readonly import Locked, handed_out, lock
from mlm.results import influence, intervals


@dataclass(frozen=True, eq=False, repr=False)
class Estimates(Answering, Locked):
    """Estimates, likelihood and residuals of any fitted model.

    Attributes
    ----------
    design : Design
        Formula, y, X, Z, terms and names.
    solution : Solution
        Estimates as the engine returns them, without names.
    statistic : str
        Name of estimate over standard error: ``"t"``.
    """

    design: Design
    solution: Solution

    statistic = "t"

    def __post_init__(self):
        locked = {name: lock(value) for name, value in vars(self.solution).items()}
        object.__setattr__(self, "solution", replace(self.solution, **locked))

    def __getattr__(self, name):
        if hasattr(type(self), name):  # a property failed: by itself it says how
            return object.__getattribute__(self, name)
        raise no_attribute(self, name, Estimates)

    @handed_out
    def fixef(self):
        """Estimated fixed effects β̂ (eq. 51): Series, length p."""
        return pd.Series(self.solution.beta, index=self._fixed_index)

    @cached_property
    def _fixed_index(self):
        """Names of the fixed effects: Index."""
        return pd.Index(list(self.design.fixed_names))

    @handed_out
    def vcov(self):
        """Covariance of the fixed effects (eq. 54): DataFrame, p × p."""
        names, covariance = self._fixed_index, self.sigma**2 * self.solution.vcov
        return pd.DataFrame(covariance, index=names, columns=names)

    @property
    def sigma(self):
        """Residual standard deviation σ̂ (eq. 33 for ML, 40 for REML)."""
        return self.solution.sigma

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
    def n_parameters(self):
        """Number of estimated parameters: fixed effects, theta, and sigma if any."""
        names = parameter_names(self.design.terms, self.design.has_scale)
        return self.design.p + len(names)

    @property
    def aic(self):
        """Akaike's information criterion, criterion + 2 n_parameters."""
        return self.criterion + 2 * self.n_parameters

    @property
    def bic(self):
        """Schwarz's information criterion, criterion + n_parameters log n."""
        return self.criterion + self.n_parameters * float(np.log(self.nobs))

    @property
    def nobs(self):
        """Number of observations used."""
        return self.design.n

    @handed_out
    def fitted(self):
        """Fitted values, with random effects (eq. 13): Series on the data's index."""
        return pd.Series(self._eta(), index=self.design.index)

    def _eta(self):
        """Xβ̂ + Zb̃ + o: ndarray, shape (n,)."""
        design = self.design
        eta = design.X @ self.solution.beta + design.offset
        for term, b in zip(design.terms, self.solution.b, strict=True):
            eta += np.einsum("nk,nk->n", term.effects.values, b[term.codes])
        return eta

    @handed_out
    def resid(self):
        """Residuals, response minus fitted: Series on the data's index."""
        return self.residuals("response")

    def residuals(self, kind="response"):
        """Residuals of one kind.

        Parameters
        ----------
        kind : {"response", "marginal", "pearson", "scaled", "studentised"}
            Response minus fitted; response minus the fixed effects' part only;
            ``response`` times the root of the prior weight; ``pearson`` over sigma;
            ``scaled`` over the root of 1 - leverage.

        Returns
        -------
        Series
            On the data's index; the first three in the response's unit.

        Raises
        ------
        DataError
            An unknown kind.
        """
        return pd.Series(influence.residuals(self, kind), index=self.design.index)

    @handed_out
    def cooks_distance(self):
        """Cook's distance of every observation: Series on the data's index.

        Squared ``studentised`` residual times leverage/(1 - leverage), over p: how
        far the estimates would move without the observation.
        """
        studentised = influence.residuals(self, "studentised")
        h, p = self.leverage.to_numpy(), self.design.p
        distance = influence.cooks_distance(studentised, h, p)
        return pd.Series(distance, index=self.design.index)

    def to_frame(self):
        """Every estimate as a table.

        Returns
        -------
        DataFrame
            ``estimate``, ``se`` and their ratio ``t``; rows named as in `confint`:
            standard deviations, correlations and sigma (which have no se), and fixed
            effects.
        """
        estimate = intervals.estimates(self)
        table = pd.DataFrame({"estimate": estimate, "se": self.se})
        table = table.loc[estimate.index]
        return table.assign(**{self.statistic: table["estimate"] / table["se"]})

    @property
    def has_intercept(self):
        """Whether the formula has an intercept."""
        return INTERCEPT in self.design.fixed.names

    @property
    def formula(self):
        """The formula as written."""
        return self.design.formula.text
