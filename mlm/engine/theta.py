"""theta, and the blocks of Λ that it stands for."""

import numpy as np

from mlm.ground.arguments import check, numbers, shown
from mlm.ground.errors import DataError
from mlm.ground.linalg import lower_triangle


def theta_names(terms):
    """Names of theta, as lme4 has them.

    Parameters
    ----------
    terms : tuple of RandomTerm

    Returns
    -------
    list of str, length m
    """
    return [name for term in terms for name in term.theta_names]


def checked_theta(terms, theta, name="theta"):
    """Theta as numbers, after a check.

    Parameters
    ----------
    terms : tuple of RandomTerm
    theta : array_like, shape (m,)
    name : str
        What an error calls it.

    Returns
    -------
    ndarray, shape (m,)

    Raises
    ------
    DataError
        If theta is not m finite numbers.
    """
    names = theta_names(terms)
    wanted = f"{len(names)} finite numbers: {', '.join(names)}"
    try:
        values = numbers(name, theta)
    except DataError as error:
        raise DataError(f"{name} is {wanted}, not {shown(theta)}.") from error
    check(len(values) == len(names), name, wanted, theta)
    return values


def blocks_of(terms, theta):
    """Blocks T of Λ, the relative covariance factor (Bates et al. 2015, eq. 4).

    Parameters
    ----------
    terms : tuple of RandomTerm
    theta : array_like, shape (..., m)

    Returns
    -------
    list of ndarray, shape (..., k, k)
        One a term, for one of its groups; lower triangular.

    Raises
    ------
    DataError
        If a single theta is not m finite numbers.
    """
    theta = np.asarray(theta, dtype=float)
    if theta.ndim == 1:
        checked_theta(terms, theta)
    factors = []
    for term in terms:
        T = np.zeros((*theta.shape[:-1], term.k, term.k))
        rows, columns = lower_triangle(term.k)
        T[..., rows, columns] = theta[..., term.theta_slice]
        factors.append(T)
    return factors
