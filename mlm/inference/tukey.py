"""Tukey's studentised range: the distribution of the largest difference of means.

Of k independent normal values, and s² an independent estimate of their variance with ν
degrees of freedom, q = range / s has

    P(q) = ∫ f(s) W(qs) ds      W(w) = k ∫ φ(z) [Φ(z) - Φ(z - w)]ᵏ⁻¹ dz

(Tukey 1953; R's `ptukey`).  Both integrands are smooth and vanish at the ends, so that
sums over an even grid converge faster than any power of its spacing.  `scipy.stats` has
the same by adaptive integration: a hundred times as slow, and 0.3 s to import.
"""

import numpy as np
from scipy.special import gammaln, ndtr, stdtrit

# What is below e^-40 of the largest is left out.
DEPTH = 40.0
# Of the grid of log s.
POINTS = 200
Z = np.linspace(-9, 9, 121)
PHI = np.exp(-(Z**2) / 2) / np.sqrt(2 * np.pi) * (Z[1] - Z[0])
MOST_STEPS, SAME = 50, 1e-11


def tukey_sf(q, k, df):
    """Probability of a larger studentised range.

    Parameters
    ----------
    q : ndarray, shape (n,)
    k : int
        Number of means.
    df : ndarray, shape (n,)
        Degrees of freedom; may be infinite.

    Returns
    -------
    ndarray, shape (n,)
        Not a number where q or df is none.
    """
    return np.array([_tail(*pair, k)[0] for pair in zip(q, df, strict=True)])


def tukey_quantile(level, k, df):
    """The studentised range that is not passed with some probability.

    Parameters
    ----------
    level : float
    k : int
        Number of means.
    df : ndarray, shape (n,)
        Degrees of freedom; may be infinite.

    Returns
    -------
    ndarray, shape (n,)
    """
    distinct, places = np.unique(df, return_inverse=True)
    return np.array([_quantile(1 - level, k, one) for one in distinct])[places]


def _quantile(tail, k, df):
    """Newton's steps for the log of the tail, concave in that of q, from above."""
    q = np.sqrt(2) * stdtrit(df, 1 - tail / (k * (k - 1)))  # Bonferroni's
    for _ in range(MOST_STEPS):
        value, slope = _tail(q, df, k)
        step = np.log(value / tail) * value / (slope * q)
        q *= np.exp(-step)
        if not abs(step) > SAME:
            break
    return q


def _tail(q, df, k):
    """Probability above q, and its derivative by q."""
    if not (np.isfinite(q) and df > 0):
        return (0.0 if q == np.inf else np.nan), np.nan
    s, weights = _spread(q, df, k)
    below = ndtr(Z) - ndtr(Z - q * s[:, None])
    ahead = np.exp(-((Z - q * s[:, None]) ** 2) / 2) / np.sqrt(2 * np.pi)
    W = k * below ** (k - 1) @ PHI
    slope = k * (k - 1) * (ahead * below ** (k - 2)) @ PHI
    return float(np.clip(1 - weights @ W, 0, 1)), float(-(weights * s) @ slope)


def _spread(q, df, k):
    """Values of s on a grid of their logs, and their probabilities.

    Below 1/q, where W vanishes as the (k - 1)th power of s, fewer are needed.
    """
    if np.isinf(df):
        return np.ones(1), np.ones(1)
    x = DEPTH / df
    above = np.sqrt(x) if df > DEPTH else np.log(2 * x + 3) / 2
    below = x * df / (df + k - 1) + np.sqrt(x) + np.log(max(q, 1))
    y = np.linspace(-below, above, POINTS)
    log_density = df * (y - np.exp(2 * y) / 2)
    log_density += np.log(2) + df / 2 * np.log(df / 2) - gammaln(df / 2)
    return np.exp(y), np.exp(log_density) * (y[1] - y[0])
