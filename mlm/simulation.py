"""Draw responses of a design from the model, with given parameters.

Every replicate of a simulation has a random generator of its own, spawned from one
seed: its numbers do not depend on how many others there are, or who computes them.
"""

import numpy as np

from mlm.covariance import RelativeFactor
from mlm.errors import DataError


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


def check_seed(seed):
    """Give a seed as an int, or refuse it."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise DataError(
            f"the seed is a whole number, 0 or more, such as seed=1, not {seed!r}: the "
            "same seed gives the same numbers again."
        )
    return int(seed)


def check_count(name, count):
    """Give a number of data sets as an int, or refuse it."""
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 1:
        raise DataError(f"{name} is a number of data sets, 1 or more, not {count!r}.")
    return int(count)


def simulate(design, theta, beta, sigma, generators):
    """Draw a response from every generator: new random effects, new residuals.

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
    return responses(design, theta, beta, u, epsilon)


def responses(design, theta, beta, u, epsilon):
    """Give Xβ + ZΛu + o + ε of several u (q, R) and ε (n, R): ndarray, shape (n, R)."""
    y = (design.X @ beta + design.offset)[:, None] + np.zeros((1, u.shape[1]))
    if design.terms:
        y += design.Z @ (RelativeFactor(design.terms).Lambda(theta) @ u)
    if design.weights is not None:
        epsilon = epsilon / np.sqrt(design.weights)[:, None]
    return y + epsilon
