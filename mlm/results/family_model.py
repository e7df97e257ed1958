"""What every model with a family has: means, linear predictors and their residuals."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import ndtri

from mlm.ground.arguments import choice
from mlm.ground.errors import DataError
from mlm.ground.readonly import handed_out
from mlm.inference.predicted import around, new_counts
from mlm.results import influence
from mlm.results.family_intervals import WithProfile
from mlm.results.predict import INTERVALS, predictions

RESIDUALS = ("deviance", "pearson", "response", "working", "quantile")
# Of the numbers that quantile residuals draw, so that they are the same every time.
SEED = 1
SCALES = ("response", "link")


@dataclass(frozen=True, eq=False, repr=False)
class FamilyModel(WithProfile):
    """A fit whose design has a family.

    Means and residuals are on the response's scale, coefficients on the link's.
    """

    reml = False

    @property
    def family(self):
        """Distribution of the response, and its link."""
        return self.design.family

    @property
    def family_lines(self):
        """The family, and which of two categories is success: list of str."""
        lines, design = [f"Family: {self.family}"], self.design
        column = design.formula.response_column
        values = design.frame.get(column) if column else None
        if values is not None and isinstance(values.dtype, pd.CategoricalDtype):
            failure, success = values.cat.categories
            lines.append(f"Success: {success!r}, failure: {failure!r}")
        return lines

    @property
    def statistic(self):
        """Name of estimate over standard error: t if a scale is estimated, else z."""
        return "t" if self.family.has_scale else "z"

    @handed_out
    def linear_predictor(self):
        """Linear predictors η, offset included: Series on the data's index."""
        return pd.Series(self._eta(), index=self.design.index)

    @handed_out
    def fitted(self):
        """Means μ, on the response's scale: Series on the data's index."""
        return pd.Series(self._mean(), index=self.design.index)

    def _mean(self):
        """Means μ: ndarray, shape (n,)."""
        return self.family.mean(self._eta())

    @cached_property
    def _rows(self):
        design = self.design
        return self.family.at(self._eta(), design.y, design.weights)

    @handed_out
    def degrees_of_freedom(self):
        """Degrees of freedom of the tests: n - p of t, infinite of z; Series (p,)."""
        df = float(self.df_residual) if self.family.has_scale else np.inf
        return pd.Series(df, index=self.fixef.index)

    @property
    def dispersion(self):
        """Pearson's estimate of the scale, Σ r²/(n - p): float.

        Near 1 where the family's variance is that of the data; not a number without
        degrees of freedom.
        """
        squares = float(np.sum(self.residuals("pearson") ** 2))
        return squares / self.df_residual if self.df_residual else np.nan

    @handed_out
    def cooks_distance(self):
        """Cook's distance of every observation, as R's: Series on the data's index."""
        sigma = self.sigma if self.family.has_scale else 1.0
        scaled, h = self._pearson() / sigma, self.leverage.to_numpy()
        with np.errstate(all="ignore"):  # not a number where the leverage is 1, as in R
            scaled = scaled / np.sqrt(1 - h)
            distance = influence.cooks_distance(scaled, h, self.design.p)
        return pd.Series(distance, index=self.design.index)

    def _uncertainty(self, ddf):
        known = super()._uncertainty(ddf)
        if ddf == "kenward-roger":
            raise DataError(
                "ddf='kenward-roger' is of linear mixed models; tests of family "
                f"{self.family} have one way: leave ddf out."
            )
        return known

    def residuals(self, kind="deviance"):
        """Residuals of one kind, as R's `residuals.glm`.

        Parameters
        ----------
        kind : {"deviance", "pearson", "response", "working", "quantile"}
            Signed root of what the row adds to the deviance; response minus mean,
            over its standard deviation; response minus mean; the same by the slope
            of the mean, as Fisher scoring sees it; or the normal quantile of the
            response in its distribution, drawn evenly within the probability of a
            count: normal if the model is right, also of 0 and 1 (Dunn & Smyth 1996).

        Returns
        -------
        Series
            On the data's index.

        Raises
        ------
        DataError
            An unknown kind.
        """
        choice("kind", kind, RESIDUALS)
        design, family = self.design, self.family
        mu = self._mean()
        found = design.y - mu
        if kind == "deviance":
            parts = family.deviance_residuals_squared(design.y, mu, design.weights)
            found = np.sign(found) * np.sqrt(parts)
        elif kind == "pearson":
            found = self._pearson()
        elif kind == "quantile":
            found = self._quantile_residuals()
        elif kind == "working":
            with np.errstate(divide="ignore", invalid="ignore"):
                found = found / family.link.derivative(self._eta())
        return pd.Series(found, index=design.index)

    def _quantile_residuals(self):
        design, family = self.design, self.family
        if family.has_scale:
            return self._pearson() / self.sigma
        weights = design.weights if family.has_trials else None
        count = np.round(design.y if weights is None else design.y * weights)
        below, up_to = (
            family.cdf(most, self._mean(), weights) for most in (count - 1, count)
        )
        place = np.random.default_rng(SEED).random(design.n)
        share = below + place * (up_to - below)
        least = np.finfo(float).eps
        return ndtri(np.clip(share, least, 1 - least))

    def _pearson(self):
        """Score over the root of its variance: (y - μ) √(w / V(μ)), in the tails too.

        Both lose no digits where μ is near 0 or 1.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            found = self._rows.g / np.sqrt(self._rows.W)
        return np.where(self._rows.W > 0, found, 0.0)

    def predict(
        self,
        new_data=None,
        random=True,
        allow_new_levels=False,
        se=False,
        interval=None,
        level=0.95,
        type="response",
    ):
        """Predict means, or linear predictors, and say how sure they are.

        Parameters
        ----------
        new_data, random, allow_new_levels, se, interval, level
            As for a linear model.  Ends for a mean are those of its linear predictor;
            for a new response, quantiles of those whose linear predictor is normal.
        type : {"response", "link"}
            Means μ, on the response's scale (of a binomial family, probabilities); or
            linear predictors η.  R's default is ``"link"``.

        Returns
        -------
        Series or DataFrame
            As for a linear model; a new proportion is of as many trials as the row has.

        Raises
        ------
        FormulaError, DataError
            As for a linear model; another type; or a new observation with type "link".

        Examples
        --------
        >>> import mlm, pandas as pd
        >>> data = pd.DataFrame({"x": [1, 2, 3, 4, 5], "y": [0, 1, 0, 1, 1]})
        >>> fit = mlm.glm("y ~ x", data, family="binomial")
        >>> fit.predict(pd.DataFrame({"x": [3.0]})).round(3).tolist()
        [0.651]
        """
        choice("type", type, SCALES)
        choice("interval", interval, INTERVALS)
        if type == "link" and interval == "new":
            raise DataError(
                "a new observation has no linear predictor of its own; use "
                "interval='mean', or type='response'."
            )
        asked = random, allow_new_levels, se, interval, level
        return predictions(self, new_data, *asked, type)

    def _new_observations(self, rows, eta, level):
        family, weights = self.family, rows.weights
        variance, df = self._prediction_variance(rows)
        if not family.has_scale:
            return new_counts(family, eta, variance, weights, level)
        known = 1.0 if weights is None else 1 / weights
        variance = variance * family.link.derivative(eta) ** 2 + self.sigma**2 * known
        return around(family.mean(eta), variance, df, level)
