"""Satterthwaite's degrees of freedom for fixed effects.

The variance of an estimate depends on theta and sigma, which are themselves estimated.
Were that variance a multiple of a chi-squared variable, its degrees of freedom would be

    ν = 2 v² / (gᵀ A g)

with v the variance, g its derivative by theta and log sigma, and A their asymptotic
covariance: twice the inverse Hessian of the criterion (Giesbrecht & Burns 1985,
Biometrics 41, 477-486; R package lmerTest, Kuznetsova et al. 2017, J. Stat. Softw.
82(13)).
"""

from dataclasses import dataclass

import numpy as np

from mlm.engine.problem import Problem
from mlm.ground.linalg import lower_factor

# In standard errors of theta; and where slopes are estimates, with fewer digits.
STEP, STEP_BLURRED = 3e-4, 0.03
# Degrees of freedom that differ by less are equal.
SAME = 1e-8


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
    variance, g, covariance = _slopes(gradient_and_variance, best, sigma, units)
    return 2 * variance**2 / np.einsum("ip...,...ij,jp...->p...", g, covariance, g)


def _slopes(gradient_and_variance, best, sigma, units, step=STEP):
    """Variances, their derivatives by theta and log sigma, and the covariance of these.

    Parameters are those of `degrees_of_freedom`, and the step of the differences, in
    standard errors; variances may have any shape.

    Returns
    -------
    variance : ndarray, shape (p, ...)
    g : ndarray, shape (m + 1, p, ...)
    covariance : ndarray, shape (..., m + 1, m + 1)
        All in units of the steps of the differences.
    """
    places = [
        (i, r, c, step * unit)
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
            return evaluate(best, sigma * np.exp(sign * step))
        i, r, c, length = place
        blocks = [T.copy() for T in best]
        blocks[i][..., r, c] += sign * length
        return evaluate(blocks, sigma)

    steps = np.array([*(length for *_, length in places), step])
    hessian, slopes = [], []
    for place in [*places, None]:
        (above, v_above), (below, v_below) = moved(place, 1), moved(place, -1)
        hessian.append(np.moveaxis(above - below, 0, -1) * steps)
        slopes.append(v_above - v_below)
    # Everything in units of the steps; twice (2 steps) for central differences.
    hessian = np.moveaxis(hessian, 0, -2)
    covariance = 2 * np.linalg.pinv((hessian + np.swapaxes(hessian, -1, -2)) / 4)
    _, variance = evaluate(best, sigma)
    return variance, np.array(slopes) / 2, covariance


@dataclass(frozen=True, eq=False)
class Satterthwaite:
    """The covariance of β̂, and degrees of freedom by how it changes with variances.

    Attributes
    ----------
    covariance : ndarray, shape (p, p)
    slopes : ndarray, shape (m + 1, p, p)
        By theta and log sigma, in units of their own.
    of_parameters : ndarray, shape (m + 1, m + 1)
        Covariance of theta and log sigma, in these units.
    """

    covariance: np.ndarray
    slopes: np.ndarray
    of_parameters: np.ndarray

    def degrees_of_freedom(self, L):
        """Satterthwaite's degrees of freedom of any combinations of fixed effects.

        Parameters
        ----------
        L : ndarray, shape (k, p)

        Returns
        -------
        ndarray, shape (k,)
            Not a number for a row of zeros.
        """
        v = np.einsum("ka,ab,kb->k", L, self.covariance, L)
        g = np.einsum("ka,iab,kb->ik", L, self.slopes, L)
        with np.errstate(divide="ignore", invalid="ignore"):
            return 2 * v**2 / np.einsum("ik,ij,jk->k", g, self.of_parameters, g)

    def of_test(self, L):
        """Denominator degrees of freedom of a joint test, and what scales its F.

        F is a mean of k squared t of independent combinations, each with its own ν_i;
        F of ν has the same mean (Fai & Cornelius 1996, J. Stat. Comput. Simul. 54).

        Parameters
        ----------
        L : ndarray, shape (k, p)
            Of rank k.

        Returns
        -------
        df, scale : float
        """
        _, axes = np.linalg.eigh(L @ self.covariance @ L.T)
        df = self.degrees_of_freedom(axes.T @ L)
        if np.ptp(df) < SAME:
            return float(df.mean()), 1.0
        if (df <= 2).any():
            return 2.0, 1.0
        mean = np.sum(df / (df - 2))
        return float(2 * mean / (mean - len(df))), 1.0


def of_fit(criterion, theta, sigma):
    """The covariance of the fixed effects of a fit, and its derivatives.

    Parameters
    ----------
    criterion : ProfiledCriterion
    theta : array_like, shape (m,)
        Where the criterion is smallest.
    sigma : float
        Residual standard deviation, in the unit of the response.

    Returns
    -------
    Satterthwaite
    """

    def covariance(factors, sigma):
        return sigma**2 * factors.fixed_covariance()

    return Satterthwaite(*_slopes(*_at(criterion, theta, sigma, covariance)))


def of_variances(criterion, theta, sigma, variances):
    """Variances that depend on those of a fit, and their degrees of freedom.

    Parameters
    ----------
    criterion, theta, sigma
        As for `of_fit`.
    variances : callable
        Takes a `Factorisation` and sigma; returns an ndarray, shape (n,).

    Returns
    -------
    variance, df : ndarray, shape (n,)
    """
    v, g, covariance = _slopes(*_at(criterion, theta, sigma, variances))
    return v, 2 * v**2 / np.einsum("in,ij,jn->n", g, covariance, g)


def _at(criterion, theta, sigma, quantity):
    """Arguments of `_slopes` for a quantity of factors and sigma, at a fit."""

    def gradient_and_quantity(blocks, sigma):
        factors = criterion.factorise(blocks)
        _, slopes, slope = criterion.at_sigma(factors, sigma)
        return slopes, slope, quantity(factors, sigma)

    best = [lower_factor(T) for T in criterion.basis.whiten(theta)]
    step = STEP_BLURRED if criterion.blurred else STEP
    return gradient_and_quantity, best, sigma, Problem(criterion).units, step
