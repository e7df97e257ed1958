"""Satterthwaite's degrees of freedom for fixed effects.

The variance of an estimate depends on theta and sigma, which are themselves estimated.
Were that variance a multiple of a chi-squared variable, its degrees of freedom would be

    ν = 2 v² / (gᵀ A g)

with v the variance, g its derivative by theta and log sigma, and A their asymptotic
covariance: twice the inverse Hessian of the criterion (Giesbrecht & Burns 1985,
Biometrics 41, 477-486; R package lmerTest, Kuznetsova et al. 2017, J. Stat. Softw.
82(13)).
"""

import numpy as np

from mlm.engine.problem import Problem
from mlm.ground.linalg import lower_factor

# In standard errors of theta.
STEP = 3e-4


def degrees_of_freedom(gradient_and_variance, best, sigma, units):
    """Satterthwaite's degrees of freedom of every fixed effect, of one fit or of many.

    Parameters
    ----------
    gradient_and_variance : callable
        Takes blocks and sigma; returns derivatives of the criterion by each block,
        (..., k, k), and by log sigma, (...), and variances of the fixed effects,
        (p, ...).
    best : list of ndarray, shape (..., k, k)
        Where the criterion is smallest; lower triangular.
    sigma : float or ndarray, shape (...)
        Residual standard deviation, in the unit of the response.
    units : list of float
        About the standard error of the elements of each block.

    Returns
    -------
    ndarray, shape (p, ...)
    """
    places = [
        (i, r, c, STEP * unit)
        for i, (T, unit) in enumerate(zip(best, units, strict=True))
        for r in range(T.shape[-1])
        for c in range(r + 1)
    ]

    def evaluate(blocks, sigma):
        slopes, slope, variance = gradient_and_variance(blocks, sigma)
        return np.array(
            [*(slopes[i][..., r, c] for i, r, c, _ in places), slope]
        ), variance

    def moved(place, sign):
        if place is None:
            return evaluate(best, sigma * np.exp(sign * STEP))
        i, r, c, step = place
        blocks = [T.copy() for T in best]
        blocks[i][..., r, c] += sign * step
        return evaluate(blocks, sigma)

    steps = np.array([*(step for *_, step in places), STEP])
    hessian, slopes = [], []
    for place in [*places, None]:
        (above, v_above), (below, v_below) = moved(place, 1), moved(place, -1)
        hessian.append(np.moveaxis(above - below, 0, -1) * steps)
        slopes.append(v_above - v_below)
    # Everything in units of the steps; twice (2 STEP) for central differences.
    hessian = np.moveaxis(hessian, 0, -2)
    covariance = 2 * np.linalg.pinv((hessian + np.swapaxes(hessian, -1, -2)) / 4)
    _, variance = evaluate(best, sigma)
    g = np.array(slopes) / 2
    return 2 * variance**2 / np.einsum("ip...,...ij,jp...->p...", g, covariance, g)


def of_fit(criterion, theta, sigma):
    """Satterthwaite's degrees of freedom of every fixed effect of a fit.

    Parameters
    ----------
    criterion : ProfiledCriterion
    theta : array_like, shape (m,)
        Where the criterion is smallest.
    sigma : float
        Residual standard deviation, in the unit of the response.

    Returns
    -------
    ndarray, shape (p,)
    """

    def gradient_and_variance(blocks, sigma):
        factors = criterion.factorise(blocks)
        _, slopes, slope = criterion.at_sigma(factors, sigma)
        return slopes, slope, sigma**2 * np.diag(factors.fixed_covariance())

    best = [lower_factor(T) for T in criterion.basis.whiten(theta)]
    units = Problem(criterion).units
    return degrees_of_freedom(gradient_and_variance, best, sigma, units)
