"""theta to Lambda, and from there to Sigma, its blocks, and V.

Lambda has the same entries in every group, so theta is dropped into it through a slot
index.  Nothing here knows y.

Equation numbers are those of Bates, Mächler, Bolker & Walker (2015), J. Stat.
Softw. 67(1).
"""

import numpy as np
import pandas as pd
from scipy.sparse import csc_array, eye_array

from mlm.engine.theta import checked_theta, theta_names
from mlm.ground.errors import DataError
from mlm.ground.linalg import lower_triangle

# Largest number of labels that a message lists.
LABELS = 12


def start_theta(terms, given):
    """Theta from which a search is to start, as a user states it.

    Parameters
    ----------
    terms : tuple of RandomTerm
    given : array_like or Series
        A Series is read by its labels, and may have others besides.

    Returns
    -------
    ndarray, shape (m,)

    Raises
    ------
    DataError
        If it is not m finite numbers, or a Series lacks one of the names.
    """
    if isinstance(given, pd.Series):
        names = theta_names(terms)
        if not (given.index.is_unique and set(names) <= set(given.index)):
            labels = ", ".join(map(str, given.index[:LABELS]))
            raise DataError(
                "start, if it is a Series, has one value for each of "
                f"{', '.join(names)}; this one has the labels {labels}. If "
                "its values are in that order, give .to_numpy()."
            )
        given = given[names]
    return checked_theta(terms, given, "start")


def Lambda(terms, theta):
    """Relative covariance factor, Sigma = sigma² Lambda Lambdaᵀ (eq. 4).

    Parameters
    ----------
    terms : tuple of RandomTerm
    theta : array_like, shape (m,)

    Returns
    -------
    csc_array, shape (q, q)
        Lower triangular, block diagonal: one k × k block a group.
    """
    theta = checked_theta(terms, theta)
    rows, columns, slots = (np.concatenate(part) for part in _entries(terms))
    q = terms[-1].b_slice.stop if terms else 0
    return csc_array((theta[slots], (rows, columns)), shape=(q, q))


def _entries(terms):
    """Rows, columns and slots (places in theta) of the entries of Lambda, by term."""
    parts = [(np.empty(0, dtype=np.intp),) * 3]
    for term in terms:
        row, column = lower_triangle(term.k)
        start = term.b_slice.start + term.k * np.arange(term.J)[:, None]
        slot = np.arange(term.theta_slice.start, term.theta_slice.stop)
        parts.append(
            ((start + row).ravel(), (start + column).ravel(), np.tile(slot, term.J))
        )
    return zip(*parts, strict=True)


def Sigma(terms, theta, sigma):
    """Covariance of all random effects, Sigma = sigma² Lambda Lambdaᵀ (eq. 4).

    Parameters
    ----------
    terms : tuple of RandomTerm
        Those of a design.
    theta : array_like, shape (m,)
    sigma : float
        Residual standard deviation, in the response's unit.

    Returns
    -------
    csc_array, shape (q, q)

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> Sigma(fit.design.terms, fit.theta, fit.sigma).shape
    (36, 36)
    """
    factor = Lambda(terms, theta)
    return csc_array(sigma**2 * (factor @ factor.T))


def marginal_covariance(design, theta, sigma):
    """Covariance of the response, V = Z Sigma Zᵀ + sigma² I.

    Parameters
    ----------
    design : Design
    theta : array_like, shape (m,)
    sigma : float
        Residual standard deviation, in the response's unit.

    Returns
    -------
    csc_array, shape (n, n)

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> marginal_covariance(fit.design, fit.theta, fit.sigma).diagonal()[0].round(2)
    np.float64(1267.03)
    """
    G = Sigma(design.terms, theta, sigma)
    return csc_array(design.Z @ G @ design.Z.T + sigma**2 * eye_array(design.n))
