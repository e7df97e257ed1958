"""Confidence intervals for a proportion: one that can leave 0 to 1, two that cannot."""

import numpy as np
from scipy.special import expit, logit, ndtri

from mlm.ground.arguments import SHAPES, choice, numbers, share
from mlm.ground.errors import DataError


def proportion_interval(successes, n, method, level=0.95):
    """Confidence interval of a proportion.

    Parameters
    ----------
    successes, n : int or array_like
        How many of how many; `n` is at least 1.
    method : {"wald", "wilson", "logit"}
        ``wald``: p̂ ± z √(p̂(1 − p̂)/n), unbounded.  ``wilson``: all p that a score test
        does not reject (Wilson 1927).  ``logit``: Wald's on the log odds, back on the
        scale of p; not there if p̂ is 0 or 1, and then 0 to 1.
    level : float
        Between 0 and 1.

    Returns
    -------
    lower, upper : float or ndarray

    Raises
    ------
    DataError
        If `successes` is not between 0 and `n`, `n` less than 1, `level` not between 0
        and 1, or `method` another word.

    Examples
    --------
    >>> [round(float(end), 4) for end in proportion_interval(47, 48, "wald")]
    [0.9388, 1.0196]
    >>> [round(float(end), 4) for end in proportion_interval(47, 48, "wilson")]
    [0.891, 0.9963]
    """
    successes = numbers("successes", successes, ndim=SHAPES)
    n = numbers("n", n, ndim=SHAPES)
    if not ((n >= 1) & (successes >= 0) & (successes <= n)).all():
        raise DataError(
            f"successes are 0 to n, and n is at least 1, not {successes} of {n}."
        )
    level = share("level", level)
    choice("method", method, ("wald", "wilson", "logit"))
    z, p = ndtri((1 + level) / 2), successes / n
    if method == "wald":
        half = z * np.sqrt(p * (1 - p) / n)
        return p - half, p + half
    if method == "wilson":
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        return middle - half, middle + half
    with np.errstate(divide="ignore"):
        half = z / np.sqrt(n * p * (1 - p))
    none = (p == 0) | (p == 1)
    eta = np.where(none, 0, logit(np.where(none, 0.5, p)))
    return expit(eta - half), expit(eta + half)
