"""Poisson responses: counts."""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, pdtr, xlogy

from mlm.families import links
from mlm.families.family import Family, by_mean, first_row, is_whole
from mlm.families.link import Link
from mlm.families.rows import RowTerms, times

# Larger counts are told from their neighbours by no likelihood here, and counts of
# larger means cannot be drawn.
LARGEST, LARGEST_MEAN = 1e12, 1e18


@dataclass(frozen=True)
class Poisson(Family):
    """Counts y of mean and variance μ."""

    link: Link = links.log

    name = "poisson"
    canonical = links.log
    named = ("log", "identity")
    lowest, highest = 0.0, LARGEST_MEAN

    def variance(self, mu):
        """Variance of a count: ndarray, shape of mu."""
        return np.array(mu, dtype=float)

    def check(self, y, weights, name, index):
        """Refuse what is no count: see `Binomial.check`."""
        if (wrong := y < 0).any():
            problem = "is negative at row {row!r}; a Poisson response is a count."
            raise first_row(name, problem, wrong, index)
        if (wrong := ~is_whole(y)).any():
            problem = (
                "is no whole number at row {row!r}; a Poisson response is a count. Of "
                "a rate, fit the count, with offset= the log of its time or size."
            )
            raise first_row(name, problem, wrong, index)
        if (wrong := y > LARGEST).any():
            problem = (
                f"is above {LARGEST:g} at row {{row!r}}: of such counts Poisson's own "
                "variance is nothing. Fit their logarithm by mlm.lm or mlm.lmer."
            )
            raise first_row(name, problem, wrong, index)

    def at(self, eta, y, weights, slopes=False):
        """Log likelihood and derivatives of every row: see `Binomial.at`."""
        mu = self.mean(eta)
        if self.link == links.log:
            g, W = times(y - mu, weights), times(mu, weights)
            value = times(y, weights) @ eta - W.sum()
            terms = g, W, W, W if slopes else None
        else:
            mu = np.where(mu > 0, mu, np.nan)
            slope, bend = self.link.derivative(eta), self.link.second(eta)
            value = np.sum(times(xlogy(y, mu) - mu, weights))
            with np.errstate(all="ignore"):
                terms = by_mean(mu, slope, bend, y, mu, 1.0, weights, slopes)
        return RowTerms(float(value) if np.isfinite(value) else -np.inf, *terms)

    def log_likelihoods(self, eta, y, weights):
        """What each row adds to the value of `at`: ndarray, shape (n,)."""
        mu = self.mean(eta)
        if self.link == links.log:
            return times(y * eta - mu, weights)
        mu = np.where(mu > 0, mu, np.nan)
        return times(xlogy(y, mu) - mu, weights)

    def constant(self, y, weights):
        """Minus the logs of the counts' factorials: float."""
        return -float(np.sum(times(gammaln(y + 1), weights)))

    def start(self, y, weights):
        """Linear predictors to start from, as R's `mustart`: ndarray, shape (n,)."""
        return self.link.link(y + 0.1)

    def deviance_residuals_squared(self, y, mu, weights):
        """Twice what each row's log likelihood lacks of its largest: ndarray (n,)."""
        lack = xlogy(y, y) - xlogy(y, mu) - (y - mu)
        return 2 * times(np.maximum(lack, 0), weights)

    def simulate(self, mu, weights, rng, sigma=1.0):
        """Draw counts: ndarray, shape (n,); weights and `sigma` are not used."""
        return rng.poisson(mu).astype(float)

    def cdf(self, count, mu, weights):
        """Share of counts that are at most `count`: see `Binomial.cdf`."""
        return np.where(count < 0, 0.0, pdtr(np.maximum(count, 0), mu))

    def directions(self, y):
        """Which way η may go without end and the likelihood not fall: -1, or 0."""
        return np.where((y == 0) & (self.link != links.identity), -1.0, 0.0)
