"""Binomial responses by the logit link, which most of them have: as few exps as can be.

What a row adds to the likelihood, and its derivatives: `mlm.families.binomial`.
"""

import numpy as np
from scipy.special import expit, log_expit

from mlm.families.rows import RowTerms

# Rows at a time: they, and what is made of them, stay in the processor's cache.
CHUNK = 16384
# Below so many rows, more exps and logs cost less than more calls do.
FEW = 300
# e^700 is still a number, and so is its sum with 1.
STEEPEST = -700.0


def bernoulli(eta, y, slopes):
    """Zeros and ones, a chunk at a time, with one exp and one log a row.

    With s = 2y - 1 and z = sη, p = 1 / (1 + e^-z) is the probability of what
    happened; q = 1 - p is e^-z p.

    Parameters
    ----------
    eta, y : ndarray, shape (n,)
    slopes : bool
        Whether `W_slope` is asked for.

    Returns
    -------
    RowTerms
    """
    n, value = len(eta), 0.0
    g, W = np.empty(n), np.empty(n)
    W_slope = np.empty(n) if slopes else None
    parts = np.empty((3, min(n, CHUNK)))
    for start in range(0, n, CHUNK):
        rows = slice(start, start + CHUNK)
        p, q = W[rows], g[rows]
        sign, e, r = parts[:, : len(p)]
        np.multiply(y[rows], 2, out=sign)
        sign -= 1
        np.multiply(sign, eta[rows], out=e)
        np.maximum(e, STEEPEST, out=e)
        np.negative(e, out=e)
        np.exp(e, out=e)
        np.add(e, 1, out=r)
        np.divide(1, r, out=p)
        np.multiply(e, p, out=q)
        # log(1 + e) = log r + what r has lost of e, over r: as good as log1p.
        r -= 1
        e -= r
        value -= e @ p
        r += 1
        np.log(r, out=r)
        value -= r.sum()
        if slopes:
            np.subtract(q, p, out=r)
            r *= sign
        p *= q
        q *= sign
        if slopes:
            np.multiply(p, r, out=W_slope[rows])
    return RowTerms(float(value), g, W, W, W_slope)


def logistic(eta, y, weights, slopes):
    """Proportions; of many rows with one exp and one log each.

    Parameters
    ----------
    eta, y, weights : ndarray, shape (n,)
    slopes : bool
        Whether `W_slope` is asked for.

    Returns
    -------
    RowTerms
    """
    successes = weights * y
    failures = weights - successes
    steep = np.minimum(np.maximum(eta, STEEPEST), -STEEPEST)
    if len(eta) < FEW:
        p, q = expit(steep), expit(-steep)
        value = successes @ log_expit(eta) + failures @ log_expit(-eta)
    else:
        e = np.exp(-steep)
        p = 1 / (1 + e)
        q = e * p
        # log p is min(η, 0) − log(1 + e^−|η|), and so to the last digit in both tails.
        value = successes @ np.minimum(eta, 0) - failures @ np.maximum(eta, 0)
        value -= weights @ np.log1p(np.minimum(e, 1 / e))
    W = weights * p * q
    g = successes * q - failures * p
    return RowTerms(float(value), g, W, W, W * (q - p) if slopes else None)
