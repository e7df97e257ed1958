"""Draw responses of a design from the model, with given parameters.

Every replicate of a simulation has a random generator of its own, spawned from one
seed: its numbers do not depend on how many others there are, or who computes them.
"""

import numpy as np

from mlm.design.covariance import Lambda


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


def linear_predictors(design, theta, beta, generators):
    """Draw Xβ + ZΛu + o from every generator: new random effects of sigma 1.

    Parameters
    ----------
    design, theta, beta, generators
        As for `simulate`.

    Returns
    -------
    ndarray, shape (n, number of generators)
    """
    u = np.array([generator.normal(size=design.q) for generator in generators]).T
    return _means(design, theta, beta, u.reshape(design.q, len(generators)))


def simulate(design, theta, beta, sigma, generators):
    """Draw Xβ + ZΛu + o + ε from every generator: new random effects, new residuals.

    Parameters
    ----------
    design : Design
    theta : array_like, shape (m,)
    beta : array_like, shape (p,)
    sigma : float
        In the response's unit.
    generators : list of numpy.random.Generator

    Returns
    -------
    ndarray, shape (n, number of generators)
    """
    u = np.empty((design.q, len(generators)))
    epsilon = np.empty((design.n, len(generators)))
    for r, generator in enumerate(generators):
        u[:, r] = generator.normal(scale=sigma, size=design.q)
        epsilon[:, r] = generator.normal(scale=sigma, size=design.n)
    if design.weights is not None:
        epsilon = epsilon / np.sqrt(design.weights)[:, None]
    return _means(design, theta, beta, u) + epsilon


def _means(design, theta, beta, u):
    """Xβ + ZΛu + o for every column of u: ndarray, shape (n, columns)."""
    means = (design.X @ beta + design.offset)[:, None] + np.zeros((1, u.shape[1]))
    if design.terms:
        means += design.Z @ (Lambda(design.terms, theta) @ u)
    return means
