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

from mlm.factors import lower_factor
from mlm.solution import fixed_covariance

# In standard errors of theta.
STEP = 3e-4


def degrees_of_freedom(objective, theta, sigma):
    """Satterthwaite's degrees of freedom of every fixed effect.

    Parameters
    ----------
    objective : ProfiledDeviance
    theta : array_like, shape (m,)
        Where it is smallest.
    sigma : float

    Returns
    -------
    ndarray, shape (p,)
    """
    products = objective.products
    best = [lower_factor(T) for T in products.whiten(theta)]
    places = [
        (i, r, c, STEP / np.sqrt(4 * term.J))
        for i, term in enumerate(products.terms)
        for r in range(term.k)
        for c in range(r + 1)
    ]

    def gradient_and_variance(blocks, sigma):
        _, slopes, slope = objective.at_sigma(blocks, sigma)
        gradient = [slopes[i][r, c] for i, r, c, _ in places] + [slope]
        factors = objective.factorise(blocks)
        variance = np.diag(fixed_covariance(products, factors))
        return np.array(gradient), sigma**2 * variance

    def moved(place, sign):
        if place is None:
            return gradient_and_variance(best, sigma * np.exp(sign * STEP))
        i, r, c, step = place
        blocks = [T.copy() for T in best]
        blocks[i][r, c] += sign * step
        return gradient_and_variance(blocks, sigma)

    steps = np.array([*(step for *_, step in places), STEP])
    hessian, slopes = [], []
    for place in [*places, None]:
        (above, v_above), (below, v_below) = moved(place, 1), moved(place, -1)
        hessian.append((above - below) * steps)
        slopes.append(v_above - v_below)
    # Everything in units of the steps; twice (2 STEP) for central differences.
    covariance = 2 * np.linalg.pinv((np.array(hessian) + np.array(hessian).T) / 4)
    _, variance = gradient_and_variance(best, sigma)
    g = np.array(slopes) / 2
    return 2 * variance**2 / np.einsum("ip,ij,jp->p", g, covariance, g)
