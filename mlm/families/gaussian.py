"""Gaussian responses: numbers with one residual variance, over prior weights."""

from dataclasses import dataclass

import numpy as np

from mlm.families import links
from mlm.families.family import Family, by_mean
from mlm.families.link import Link
from mlm.families.rows import RowTerms, times
from mlm.ground.errors import DataError


@dataclass(frozen=True)
class Gaussian(Family):
    """Numbers y of mean μ and residual variance σ²/w.

    The log likelihood, its derivatives and `constant` are those at σ = 1.
    """

    link: Link = links.identity

    name = "gaussian"
    canonical = links.identity
    named = ("identity", "log")
    has_scale = True

    def variance(self, mu):
        """Variance over σ²: 1 for every mean."""
        return np.ones_like(mu)

    def check(self, y, weights, name, index):
        """Refuse nothing: every number can be a Gaussian response."""

    def at(self, eta, y, weights, slopes=False):
        """Log likelihood and derivatives of every row: see `Binomial.at`."""
        mu, slope = self.mean(eta), self.link.derivative(eta)
        bend = self.link.second(eta)
        with np.errstate(all="ignore"):
            value = -0.5 * np.sum(times((y - mu) ** 2, weights))
            terms = by_mean(mu, slope, bend, y, 1.0, 0.0, weights, slopes)
        if self.link == links.identity:
            g, W, _, W_slope = terms
            terms = g, W, W, W_slope
        return RowTerms(float(value) if np.isfinite(value) else -np.inf, *terms)

    def constant(self, y, weights):
        """What η has no share in, at σ = 1: float."""
        logs = 0.0 if weights is None else np.log(weights).sum()
        return float((logs - len(y) * np.log(2 * np.pi)) / 2)

    def start(self, y, weights):
        """Linear predictors to start from, of the responses: ndarray, shape (n,).

        Raises
        ------
        DataError
            No response is positive, and the link is a logarithm.
        """
        if self.link != links.log:
            return self.link.link(y)
        if not (y > 0).any():
            raise DataError(
                "no response is positive, but the log link gives positive means only; "
                "use link='identity'."
            )
        return np.log(np.where(y > 0, y, y[y > 0].min()))

    def deviance_residuals_squared(self, y, mu, weights):
        """Squared residuals times weights: ndarray (n,)."""
        return times((y - mu) ** 2, weights)

    def simulate(self, mu, weights, rng, sigma=1.0):
        """Draw numbers around means, with residual standard deviation sigma/√w."""
        spread = sigma if weights is None else sigma / np.sqrt(weights)
        return mu + rng.normal(size=mu.shape) * spread

    def directions(self, y):
        """No η goes on without end: zeros, shape (n,)."""
        return np.zeros(len(y))
