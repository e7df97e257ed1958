"""How sure predictions are: variances of rows, and intervals of new responses."""

import numpy as np
from scipy.special import ndtri, stdtrit

# Values of a linear predictor that is not known exactly, each as likely as another.
# Large counts tell them apart: shares are as exact as one of these is likely.
VALUES = ndtri((np.arange(200) + 0.5) / 200)


def row_variances(rows, factors, covariance=None):
    """Variances of the linear predictors of rows, over sigma².

    Of fitted groups, what is not known of their effects and of β, together; new groups
    add the variance of their effects.

    Parameters
    ----------
    rows : NewRows
    factors : Factorisation or CrossedFactors
        With the columns of X, at the Λ of the fit.
    covariance : ndarray, shape (p, p), optional
        Of β̂ over sigma²; that of the factorisation if left out.

    Returns
    -------
    ndarray, shape (n,)
        Not a number where something is missing.
    """
    basis = factors.sums.basis
    Q = np.linalg.solve(basis.RX.T, rows.X.T)
    lacks = np.isnan(Q).any(axis=0)
    effects, known, of_new = [], [], 0.0
    for values, codes, R, T in zip(
        rows.effects, rows.codes, basis.R, factors.blocks, strict=True
    ):
        z = np.linalg.solve(R.T, values.T)
        lacks |= np.isnan(z).any(axis=0)
        new = codes < 0
        of_new = of_new + np.where(new, np.sum((T.T @ z) ** 2, axis=0), 0)
        effects.append(np.where(new | lacks, 0, z))
        known.append(np.where(new, 0, codes))
    if covariance is not None:
        covariance = basis.RX @ covariance @ basis.RX.T
    spread = factors.row_spread(known, effects, np.where(lacks, 0, Q), covariance)
    return np.where(lacks, np.nan, spread + of_new)


def around(middle, variance, df, level):
    """Ends of an interval: middle ± quantiles of t times standard errors.

    Parameters
    ----------
    middle, variance : ndarray, shape (n,)
    df : ndarray, shape (n,), or float
    level : float

    Returns
    -------
    ndarray, shape (2, n)
    """
    reach = stdtrit(df, (1 + level) / 2) * np.sqrt(variance)
    return np.array([middle - reach, middle + reach])


def new_counts(family, eta, variance, trials, level):
    """Ends of intervals of new responses, whose linear predictor is normal.

    The smallest counts that a new one is at or below with probability (1 - level)/2 and
    (1 + level)/2, over what is not known of the linear predictor and of the count.

    Parameters
    ----------
    family : Family
        With `cdf`, the distribution of counts.
    eta, variance : ndarray, shape (n,)
    trials : ndarray, shape (n,), or None
        Of a binomial family; single ones if None.
    level : float

    Returns
    -------
    ndarray, shape (2, n)
        Counts; of a binomial family, as its responses, over the trials.
    """
    inside = np.isfinite(eta) & np.isfinite(variance)
    reach = np.sqrt(np.where(inside, variance, 0))
    means = family.mean(np.where(inside, eta, 0) + VALUES[:, None] * reach)
    means = np.clip(means, family.lowest, family.highest)

    def share_at_most(count):
        return family.cdf(count, means, trials).mean(axis=0)

    tails = (1 - level) / 2, (1 + level) / 2
    ends = np.array([_smallest(share_at_most, tail, eta) for tail in tails])
    if family.has_trials and trials is not None:
        ends = ends / trials
    return np.where(inside, ends, np.nan)


def _smallest(share_at_most, p, like):
    """The smallest count of each row with at least that share, by halving."""
    low, high = np.full(len(like), -1.0), np.ones(len(like))
    while (short := share_at_most(high) < p).any():
        low, high = np.where(short, high, low), np.where(short, 2 * high, high)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        enough = share_at_most(middle) >= p
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high
