"""theta to Lambda, and from there to Sigma, its blocks, and V.

Lambda has the same entries in every group, so its pattern is made once and theta
is dropped into it through a slot index.  Nothing here knows y.

Equation numbers are those of Bates, Mächler, Bolker & Walker (2015), J. Stat.
Softw. 67(1).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csc_array, eye_array

from mlm.errors import DataError


@dataclass(frozen=True, eq=False)
class RelativeFactor:
    """theta to Lambda for the random terms of one design.

    Attributes
    ----------
    terms : tuple of RandomTerm
    """

    terms: tuple

    @cached_property
    def names(self):
        """Names of theta, as lme4 gives them."""
        return [name for term in self.terms for name in term.theta_names]

    @cached_property
    def _entries(self):
        """Row, column and slot (index into theta) of every entry of Lambda."""
        rows, columns, slots = [], [], []
        for term in self.terms:
            r, c = _lower_triangle(term.k)
            start = term.b_slice.start + term.k * np.arange(term.J)[:, None]
            rows.append((start + r).ravel())
            columns.append((start + c).ravel())
            slot = np.arange(term.theta_slice.start, term.theta_slice.stop)
            slots.append(np.tile(slot, term.J))
        if not rows:
            return (np.empty(0, dtype=np.intp),) * 3
        return tuple(np.concatenate(part) for part in (rows, columns, slots))

    def check(self, theta):
        """Return `theta` as a float array, or say what is wrong with it."""
        values = np.asarray(theta, dtype=float)
        if values.shape != (len(self.names),) or not np.isfinite(values).all():
            raise DataError(
                f"theta is {len(self.names)} finite numbers ({', '.join(self.names)}), "
                f"not {theta!r}."
            )
        return values

    def Lambda(self, theta):
        """Relative covariance factor, Sigma = sigma² Lambda Lambdaᵀ (eq. 4).

        Parameters
        ----------
        theta : array_like, shape (m,)

        Returns
        -------
        csc_array, shape (q, q)
            Lower triangular, block diagonal: one k × k block a group.
        """
        rows, columns, slots = self._entries
        q = self.terms[-1].b_slice.stop if self.terms else 0
        return csc_array((self.check(theta)[slots], (rows, columns)), shape=(q, q))

    def blocks(self, theta):
        """Return the k × k lower-triangular factor T of one group, for each term."""
        theta = self.check(theta)
        factors = []
        for term in self.terms:
            T = np.zeros((term.k, term.k))
            T[_lower_triangle(term.k)] = theta[term.theta_slice]
            factors.append(T)
        return factors


def _lower_triangle(k):
    """Row and column of the lower triangle's entries, column by column."""
    columns, rows = np.triu_indices(k)
    return rows, columns


def Sigma(factor, theta, sigma):
    """Covariance of all random effects, Sigma = sigma² Lambda Lambdaᵀ (eq. 4).

    Parameters
    ----------
    factor : RelativeFactor
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
    >>> factor = RelativeFactor(fit.design.terms)
    >>> Sigma(factor, fit.theta, fit.sigma).shape
    (36, 36)
    """
    Lambda = factor.Lambda(theta)
    return csc_array(sigma**2 * (Lambda @ Lambda.T))


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
    G = Sigma(RelativeFactor(design.terms), theta, sigma)
    return csc_array(design.Z @ G @ design.Z.T + sigma**2 * eye_array(design.n))
