"""Linear models: least squares, and the fits that it gives."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from mlm.design.design import linear_design
from mlm.engine.solution import Solution
from mlm.engine.weighted_rows import EXACT
from mlm.ground.arguments import choice
from mlm.ground.errors import DataError
from mlm.ground.readonly import handed_out
from mlm.replicates.bootstrap import interval_ends
from mlm.results import intervals
from mlm.results.fitted import FittedModel
from mlm.results.influence import linear_leverage
from mlm.results.printout import linear_text, residual_lines


class LeastSquares:
    """A design without random terms, factorised once to solve for many responses.

    Parameters
    ----------
    design : Design

    Raises
    ------
    DataError
        If there are not more observations than coefficients.
    """

    def __init__(self, design):
        self.design, (n, p) = design, design.X.shape
        if n <= p:
            raise DataError(
                f"{p} coefficients for {n} observations: nothing is left to estimate "
                "the residual variance. Use fewer predictors."
            )
        self._X = design.weighted(design.X)
        self._Q, R = np.linalg.qr(self._X)
        self._R_inverse = np.linalg.inv(R)
        self._vcov = self._R_inverse @ self._R_inverse.T
        weights = design.weights
        self._log_weights = 0.0 if weights is None else np.log(weights).sum()

    def solve(self, y):
        """Solve for a response, ndarray of shape (n,).

        Returns
        -------
        Solution
            With -2 log likelihood as criterion, and the unbiased sigma, as in R.

        Raises
        ------
        DataError
            If there are no residuals.
        """
        design, (n, p) = self.design, self._X.shape
        y = design.weighted((y - design.offset)[:, None])[:, 0]
        beta = self._R_inverse @ (self._Q.T @ y)
        rss = np.sum((y - self._X @ beta) ** 2)
        if rss <= (EXACT * np.linalg.norm(y)) ** 2:
            raise DataError(
                "the predictors explain the response exactly. Is one of them computed "
                "from it?"
            )
        criterion = n * (1 + np.log(2 * np.pi * rss / n)) - self._log_weights
        return Solution(
            theta=np.empty(0),
            criterion=float(criterion),
            sigma=float(np.sqrt(rss / (n - p))),
            beta=beta,
            vcov=self._vcov,
            b=[],
        )


@dataclass(frozen=True, eq=False, repr=False)
class LinearModel(FittedModel):
    """A linear model fitted by `mlm.lm`.

    `criterion` is -2 log likelihood; `sigma` is the unbiased estimate, as in R.
    """

    title = "Linear model fit by least squares"
    reml, converged, is_singular, refits_together = False, True, False, True

    @classmethod
    def from_design(cls, design):
        """Fit a design by least squares."""
        linear_design(design)
        return cls(design, LeastSquares(design).solve(design.y))

    @cached_property
    def _solver(self):
        return LeastSquares(self.design)

    def _refit(self, y):
        design = self.design.with_response(y)
        return replace(self, design=design, solution=self._solver.solve(y))

    @handed_out
    def degrees_of_freedom(self):
        """Degrees of freedom of the t tests, n - p: Series, length p."""
        return pd.Series(self.nobs - self.design.p, index=self.fixef.index)

    def r2(self):
        """Share of the response's variance that the model explains, as R's summary.

        Returns
        -------
        Series
            ``r2``, and ``adjusted`` for the number of coefficients.

        Examples
        --------
        >>> import mlm
        >>> fit = mlm.lm("Reaction ~ Days", mlm.load_sleepstudy())
        >>> fit.r2().round(4).to_dict()
        {'r2': 0.2865, 'adjusted': 0.2825}
        """
        design, n = self.design, self.nobs
        weights = np.ones(n) if design.weights is None else design.weights
        fitted = self.fitted.to_numpy() - design.offset
        centre = np.average(fitted, weights=weights) if self.has_intercept else 0.0
        explained = weights @ (fitted - centre) ** 2
        left = weights @ (design.y - self.fitted.to_numpy()) ** 2
        r2, lost = explained / (explained + left), n - self.has_intercept
        adjusted = 1 - (1 - r2) * lost / (n - design.p)
        return pd.Series({"r2": r2, "adjusted": adjusted})

    @handed_out
    def leverage(self):
        """Diagonal of the hat matrix: Series on the data's index, 0 to 1."""
        return pd.Series(linear_leverage(self.design), index=self.design.index)

    def confint(self, method="t", level=0.95, n=1000, seed=None, parm=None):
        """Confidence intervals of parameters.

        Parameters
        ----------
        method : {"t", "wald", "boot"}
            ``"t"``: estimate ± t standard errors, with n - p degrees of freedom, as in
            R; exact if residuals are normal.  ``"wald"``: the same with the normal
            quantile instead of t's.  ``"boot"``: parametric bootstrap (see
            `bootstrap`).
        level, n, seed, parm
            As for `LinearMixedModel.confint`.

        Returns
        -------
        DataFrame
            Two columns, the ends; a row for each fixed effect, and by bootstrap for
            ``sigma`` too.

        Raises
        ------
        DataError
            An unknown method or parameter, a level outside 0 to 1, or a bootstrap
            without a seed.

        Examples
        --------
        >>> import mlm
        >>> mlm.lm("Reaction ~ Days", mlm.load_sleepstudy()).confint().round(3)
                       2.5 %   97.5 %
        (Intercept)  238.361  264.449
        Days           8.024   12.911
        """
        choice("method", method, ("t", "wald", "boot"))
        interval_ends(level)  # refuses a bad level before the work is done
        if method == "boot":
            return self._bootstrapped(level, n, seed, parm)
        df = self.degrees_of_freedom.to_numpy() if method == "t" else None
        table = intervals.around(self, level, df)
        return intervals.selected(table, parm, self.design.p)

    def _df(self):
        return self.nobs - self.design.p

    def _criterion_lines(self, decimals):
        return []

    def _variance_lines(self, variance=False):
        return residual_lines(self)

    def __repr__(self):
        return linear_text(self)
