"""Which means are compared, and with what weights.

Every function takes names of means and gives the names of contrasts, which need not be
different, and their weights.  Names are put together as R's emmeans does.
"""

import re
from itertools import combinations, product

import numpy as np

TRENDS = ("linear", "quadratic", "cubic", "quartic")
# Whole weights of a trend are looked for up to so many times the smallest.
MOST_TIMES = 100
# Signs of a name that could be read as those of a contrast.
SIGNS = re.compile(r"[-+*/]")


def every_pair(names, sign):
    """Each less each that follows.

    Parameters
    ----------
    names : list of str
        Of k means.
    sign : {"-", "/"}
        Between two names.

    Returns
    -------
    labels : list of str
    W : ndarray, shape (contrasts, k)

    Examples
    --------
    >>> every_pair(["a", "b - c"], "-")
    (['a - (b - c)'], array([[ 1., -1.]]))
    """
    pairs = list(combinations(range(len(names)), 2))
    return _differences(names, pairs, sign)


def from_first(names, sign):
    """Each less the first: see `every_pair`."""
    return _differences(names, [(i, 0) for i in range(1, len(names))], sign)


def from_mean(names):
    """Each less the mean of all: see `every_pair`."""
    k = len(names)
    return [f"{_whole(name)} effect" for name in names], np.eye(k) - 1 / k


def trends(names):
    """Orthogonal polynomials of equal steps, in whole numbers: see `every_pair`."""
    k = len(names)
    x = np.arange(k) - (k - 1) / 2
    Q, R = np.linalg.qr(np.vander(x, min(k, len(TRENDS) + 1), increasing=True))
    weights = []
    for column in (Q * np.sign(np.diag(R))).T[1:]:
        sizes = np.abs(column[np.abs(column) > 1e-9])
        for times in range(1, MOST_TIMES):
            whole = column / sizes.min() * times
            if np.abs(whole - np.round(whole)).max() < 1e-6:
                break
        weights.append(np.round(whole))
    return list(TRENDS[: len(weights)]), np.array(weights)


def interaction(levels, sign):
    """Pairs of the first predictor's levels, and how they differ between the others'.

    Parameters
    ----------
    levels : list of list of str
        Of each predictor; the means are of their combinations, the first slowest.
    sign : {"-", "/"}

    Returns
    -------
    labels : list of str
    W : ndarray, shape (contrasts, k)
        Kronecker products of the predictors' own.
    """
    parts = [every_pair(names, sign) for names in levels]
    W = np.ones((1, 1))
    for _, weights in parts:
        W = np.kron(W, weights)
    labels = product(*(labels for labels, _ in parts))
    return [" * ".join(f"({label})" for label in row) for row in labels], W


def _differences(names, pairs, sign):
    """Labels and weights of the first of each pair less the second."""
    one = np.eye(len(names))
    labels = [f"{_whole(names[i])} {sign} {_whole(names[j])}" for i, j in pairs]
    return labels, np.array([one[i] - one[j] for i, j in pairs]).reshape(-1, len(names))


def _whole(name):
    """A name, in parentheses where it could be read as a contrast."""
    return f"({name})" if SIGNS.search(name) else name
