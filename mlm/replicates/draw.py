"""Draw responses of a design from the model, with given parameters.

Every replicate of a simulation has a random generator of its own, spawned from one
seed: its numbers do not depend on how many others there are, or who computes them.
"""

import numpy as np

from mlm.design.covariance import Lambda
from mlm.ground.errors import DataError


def generator(seed, number):
    """Random generator of one replicate.

    Parameters
    ----------
    seed : int
        Of the whole simulation.
    number : int
        Of the replicate, from 0.

    Returns
    -------
    numpy.random.Generator
        That of ``numpy.random.SeedSequence(seed).spawn(n)[number]``.
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))


def simulate(design, theta, beta, sigma, generators):
    """Draw responses from every generator: new random effects, new residuals.

    Of a linear model Xβ + ZΛu + o + ε; of a family, its draws around the means that
    belong to Xβ + ZΛu + o.

    Parameters
    ----------
    design : Design
    theta : array_like, shape (m,)
    beta : array_like, shape (p,)
    sigma : float
        In the response's unit; 1 for a family without a scale.
    generators : list of numpy.random.Generator

    Returns
    -------
    ndarray, shape (n, number of generators)
        Of a binomial family, proportions of successes.

    Raises
    ------
    DataError
        If the link gives a mean that no response of the family has.
    """
    if design.family is not None:
        return _of_family(design, theta, beta, sigma, generators)
    fixed = _fixed(design, beta)
    u = np.empty((design.q, len(generators)))
    epsilon = np.empty((design.n, len(generators)))
    for r, generator in enumerate(generators):
        u[:, r] = generator.normal(scale=sigma, size=design.q)
        epsilon[:, r] = generator.normal(scale=sigma, size=design.n)
    if design.weights is not None:
        epsilon = epsilon / np.sqrt(design.weights)[:, None]
    return _means(design, fixed, theta, u) + epsilon


def _of_family(design, theta, beta, sigma, generators):
    """Draws of a family; random effects are in units of the link."""
    u = np.array([generator.normal(size=design.q) for generator in generators]).T
    fixed = _fixed(design, beta)
    y = _means(design, fixed, theta, u.reshape(design.q, len(generators)))
    family, weights = design.family, design.weights
    for eta, generator in zip(y.T, generators, strict=True):
        mu = family.mean(eta)
        inside = (mu >= family.lowest) & (mu <= family.highest)
        if not inside.all():
            raise DataError(
                f"a mean of {mu[~inside][0]:.4g} was drawn, but responses of family "
                f"{family} have means of {family.lowest:g} to {family.highest:g}. Use "
                "the canonical link, or smaller effects."
            )
        eta[:] = family.simulate(mu, weights, generator, sigma)
    return y


def _fixed(design, beta):
    """Xβ + o: ndarray, shape (n,)."""
    return design.X @ beta + design.offset


def _means(design, fixed, theta, u):
    """Xβ + ZΛu + o for every column of u: ndarray, shape (n, columns)."""
    means = fixed[:, None] + np.zeros((1, u.shape[1]))
    if design.terms:
        means += design.Z @ (Lambda(design.terms, theta) @ u)
    return means
