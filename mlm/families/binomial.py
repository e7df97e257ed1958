"""Binomial responses: proportions of successes among trials.

With p = μ, q = 1 - p, a = d log p / dη and b = -d log q / dη, the log likelihood of
m trials is m(y log p + (1 - y) log q), its expected weight is m a b; neither goes
through 1 - p.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, gammaln, xlog1py, xlogy

from mlm.families import links
from mlm.families.family import Family, first_row, is_whole
from mlm.families.link import Link
from mlm.families.logistic import bernoulli, logistic
from mlm.families.rows import RowTerms, times


@dataclass(frozen=True)
class Binomial(Family):
    """Proportions y of successes among `weights` trials; one trial each if None."""

    link: Link = links.logit

    name = "binomial"
    canonical = links.logit
    named = ("logit", "probit", "cloglog", "log", "identity")
    has_trials = True
    lowest, highest = 0.0, 1.0

    def variance(self, mu):
        """Variance of one trial.

        Parameters
        ----------
        mu : ndarray

        Returns
        -------
        ndarray, shape of mu
        """
        return mu * (1 - mu)

    def check(self, y, weights, name, index):
        """Refuse proportions that no numbers of trials have.

        Parameters
        ----------
        y : ndarray, shape (n,)
        weights : ndarray, shape (n,), or None
        name : str
            Of the response, for errors.
        index : Index
            Labels of the rows.

        Raises
        ------
        DataError
        """
        if (wrong := (y < 0) | (y > 1)).any():
            problem = (
                "is outside 0 to 1 at row {row!r}: a binomial response is 0 and 1, two "
                "categories, a proportion with weights= its trials, or "
                "cbind(successes, failures)."
            )
            raise first_row(name, problem, wrong, index)
        if weights is None:
            if (wrong := (y > 0) & (y < 1)).any():
                problem = (
                    "is a proportion at row {row!r}, but of how many trials is not "
                    "known. Give them with weights=, or write "
                    "cbind(successes, failures)."
                )
                raise first_row(name, problem, wrong, index)
            return
        if (wrong := ~is_whole(weights)).any():
            problem = (
                "has trials (weights) that are no whole number at row {row!r}; they "
                "count trials, and do not weight rows."
            )
            raise first_row(name, problem, wrong, index)
        if (wrong := ~is_whole(y * weights)).any():
            problem = (
                "times its trials (weights) is no whole number at row {row!r}: "
                "successes are counts."
            )
            raise first_row(name, problem, wrong, index)

    def at(self, eta, y, weights, slopes=False):
        """Log likelihood and derivatives of every row: `RowTerms`.

        Parameters
        ----------
        eta, y : ndarray, shape (n,)
        weights : ndarray, shape (n,), or None
        slopes : bool
            Whether `W_slope` is asked for.

        Returns
        -------
        RowTerms
        """
        if self.link == links.logit:
            if weights is None:
                return bernoulli(eta, y, slopes)
            return logistic(eta, y, weights, slopes)
        p = self.link.sides(eta)
        total = np.sum(_by_row(p, y, weights))
        g = y * p.a - (1 - y) * p.b
        W_observed = (1 - y) * p.b_slope - y * p.a_slope
        W_slope = times(p.a_slope * p.b + p.a * p.b_slope, weights) if slopes else None
        return RowTerms(
            float(total) if np.isfinite(total) else -np.inf,
            times(g, weights),
            times(p.a * p.b, weights),
            times(W_observed, weights),
            W_slope,
        )

    def log_likelihoods(self, eta, y, weights):
        """What each row adds to the value of `at`: ndarray, shape (n,).

        Parameters
        ----------
        eta, y : ndarray, shape (n,)
        weights : ndarray, shape (n,), or None
        """
        if self.link == links.logit:
            value = y * eta - np.maximum(eta, 0) - np.log1p(np.exp(-np.abs(eta)))
            return times(value, weights)
        return _by_row(self.link.sides(eta), y, weights)

    def constant(self, y, weights):
        """Log of the number of orders of successes and failures.

        What η has no share in: with it, -2 (value + constant) is -2 log likelihood.

        Parameters
        ----------
        y : ndarray, shape (n,)
        weights : ndarray, shape (n,), or None

        Returns
        -------
        float
        """
        if weights is None:
            return 0.0
        m, s = np.rint(weights), np.rint(weights * y)
        return float(np.sum(gammaln(m + 1) - gammaln(s + 1) - gammaln(m - s + 1)))

    def start(self, y, weights):
        """Linear predictors to start from, of R's `mustart`.

        Parameters
        ----------
        y : ndarray, shape (n,)
        weights : ndarray, shape (n,), or None

        Returns
        -------
        ndarray, shape (n,)
        """
        m = 1.0 if weights is None else weights
        return self.link.link((m * y + 0.5) / (m + 1))

    def deviance_residuals_squared(self, y, mu, weights):
        """Twice what each row's log likelihood lacks of its largest, as R has it.

        Parameters
        ----------
        y, mu : ndarray, shape (n,)
        weights : ndarray, shape (n,), or None

        Returns
        -------
        ndarray, shape (n,)
            Their sum is the deviance.
        """
        lack = xlogy(y, y) - xlogy(y, mu) + xlog1py(1 - y, -y) - xlog1py(1 - y, -mu)
        return 2 * times(np.maximum(lack, 0), weights)

    def simulate(self, mu, weights, rng, sigma=1.0):
        """Draw responses around means.

        Parameters
        ----------
        mu : ndarray, shape (n,)
        weights : ndarray, shape (n,), or None
        rng : numpy.random.Generator
        sigma : float
            Of families with a scale; not used here.

        Returns
        -------
        ndarray, shape (n,)
            Proportions.
        """
        if weights is None:
            return (rng.random(mu.shape) < mu).astype(float)
        m = np.round(weights)
        return rng.binomial(m.astype(np.int64), mu) / m

    def cdf(self, count, mu, weights):
        """Share of numbers of successes that are at most `count`.

        Parameters
        ----------
        count : ndarray, shape (n,)
            Whole numbers, from -1.
        mu : ndarray, shape (..., n)
        weights : ndarray, shape (n,), or None

        Returns
        -------
        ndarray, shape (..., n)
        """
        m = 1.0 if weights is None else np.round(weights)
        count = np.minimum(count, m)  # the last share is of no beta distribution
        inside = betainc(np.maximum(m - count, 1), np.maximum(count, 0) + 1, 1 - mu)
        return np.where(count < 0, 0.0, np.where(count >= m, 1.0, inside))

    def directions(self, y):
        """Which way η may go without end, the likelihood of its row not falling.

        Parameters
        ----------
        y : ndarray, shape (n,)

        Returns
        -------
        ndarray, shape (n,)
            1 for up, -1 for down, 0 for neither.
        """
        if self.link == links.identity:
            return np.zeros(len(y))
        up = 0.0 if self.link == links.log else 1.0
        return np.where(y == 1, up, np.where(y == 0, -1.0, 0.0))


def _by_row(p, y, weights):
    """Log likelihoods of rows with probabilities p and q: ndarray, shape (n,)."""
    # Where there are none of either side, 0 times infinity is 0.
    value = _times_log(y, p.log_p) + _times_log(1 - y, p.log_q)
    return times(value, weights)


def _times_log(y, log_p):
    """Product of y and a logarithm, 0 where y is."""
    return np.where(y == 0, 0.0, y * log_p)
