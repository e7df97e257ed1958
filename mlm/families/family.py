"""The base of all families: what those that use it may ask, and what they share."""

from dataclasses import dataclass

import numpy as np

from mlm.families.link import Link
from mlm.families.rows import times
from mlm.ground.errors import DataError

# Products of rows and weights this near to a whole number are one, as in R.
WHOLE = 1e-3


@dataclass(frozen=True)
class Family:
    """A distribution of responses given their means, and the link of the means.

    A kind of family has `name`, `canonical`, `named` (the names of the links that it
    takes), `has_scale` (whether a residual variance is estimated), `has_trials`
    (whether responses are successes among trials), `lowest` and `highest` (between
    which means are), and the methods `variance`,
    `check`, `at`, `constant`, `start`, `deviance_residuals_squared`, `simulate` and
    `directions`: `mlm.families.binomial` describes them.

    Attributes
    ----------
    link : Link

    Notes
    -----
    ``weights`` of its methods are the trials of a binomial proportion y, and prior
    weights for others: ndarray of shape (n,), or None where all are 1.
    """

    link: Link

    has_scale = has_trials = False
    lowest, highest = -np.inf, np.inf

    def mean(self, eta):
        """Means μ of linear predictors: ndarray, shape of eta."""
        return self.link.inverse(eta)

    def with_link(self, link):
        """The same family with another link."""
        return type(self)(link)

    def __str__(self):
        return f"{self.name} ({self.link.name})"


def by_mean(mu, slope, bend, y, variance, variance_slope, weights, slopes):
    """Derivatives by η of a family whose score by μ is (y - μ) / V(μ).

    Parameters
    ----------
    mu, slope, bend : ndarray, shape (n,)
        Mean, and its first two derivatives by η.
    y : ndarray, shape (n,)
    variance, variance_slope : ndarray, shape (n,), or float
        V(μ), and its derivative by μ.
    weights : ndarray, shape (n,), or None
    slopes : bool

    Returns
    -------
    tuple of ndarray
        g, W, W_observed and W_slope of `RowTerms`.
    """
    score = (y - mu) / variance
    W = slope**2 / variance
    # -d/dη of score · μ′: the mean of y - μ is 0, so that W alone is expected.
    W_observed = W - score * (bend - slope**2 * variance_slope / variance)
    W_slope = None
    if slopes:
        W_slope = times(slope / variance * (2 * bend - W * variance_slope), weights)
    return (
        times(score * slope, weights),
        times(W, weights),
        times(W_observed, weights),
        W_slope,
    )


def first_row(name, problem, wrong, index):
    """The refusal of a response, with its first bad row."""
    row = index[int(np.flatnonzero(wrong)[0])]
    return DataError(f"{name} {problem.format(row=row)}")


def is_whole(values):
    """Which values are whole numbers, but for rounding: ndarray of bool, shape (n,)."""
    return np.abs(values - np.round(values)) <= WHOLE
