"""theta to Lambda, and from there to Sigma, its blocks, and V.

Lambda has the same entries in every group, so its pattern is made once and theta
is dropped into it through a slot index.  Nothing here knows y.

Equation numbers are those of Bates, Mächler, Bolker & Walker (2015), J. Stat.
Softw. 67(1).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csc_array, eye_array

from mlm.arguments import check, numbers, shown
from mlm.errors import DataError
from mlm.factors import lower_factor

# Largest number of labels that a message lists.
LABELS = 12


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

    def check(self, theta, name="theta"):
        """Return `theta` as a float array, or say what is wrong with it."""
        wanted = f"{len(self.names)} finite numbers: {', '.join(self.names)}"
        try:
            values = numbers(name, theta)
        except DataError as error:
            raise DataError(f"{name} is {wanted}, not {shown(theta)}.") from error
        check(len(values) == len(self.names), name, wanted, theta)
        return values

    def start(self, given):
        """Where a search is to start: ndarray, shape (m,).

        Parameters
        ----------
        given : array_like or Series
            A Series is read by its labels, and may have others besides.

        Raises
        ------
        DataError
            If it is not m finite numbers, or a Series lacks one of the names.
        """
        if isinstance(given, pd.Series):
            if not (given.index.is_unique and set(self.names) <= set(given.index)):
                labels = ", ".join(map(str, given.index[:LABELS]))
                raise DataError(
                    "start, if it is a Series, has one value for each of "
                    f"{', '.join(self.names)}; this one has the labels {labels}. If "
                    "its values are in that order, give .to_numpy()."
                )
            given = given[self.names]
        return self.check(given, "start")

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
        """Return the lower-triangular factor T of one group, for each term.

        Parameters
        ----------
        theta : array_like, shape (..., m)

        Returns
        -------
        list of ndarray, shape (..., k, k)
        """
        theta = np.asarray(theta, dtype=float)
        if theta.ndim == 1:
            self.check(theta)
        factors = []
        for term in self.terms:
            T = np.zeros((*theta.shape[:-1], term.k, term.k))
            rows, columns = _lower_triangle(term.k)
            T[..., rows, columns] = theta[..., term.theta_slice]
            factors.append(T)
        return factors


def _lower_triangle(k):
    """Row and column of the lower triangle's entries, column by column."""
    columns, rows = np.triu_indices(k)
    return rows, columns


def named_sizes(terms, blocks, sigma):
    """Standard deviations and correlations by the names of `confint`.

    Parameters
    ----------
    terms : tuple of RandomTerm
    blocks : list of ndarray, shape (..., k, k)
        Relative factor T of each term.
    sigma : float or ndarray, shape (...)

    Returns
    -------
    dict
        Floats, or arrays of shape (...); a correlation with an effect that does not
        vary is not a number.
    """
    values = []
    for T in blocks:
        length = np.linalg.norm(T, axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            direction = T / np.where(length > 0, length, np.nan)[..., None]
        for i in range(T.shape[-1]):
            values.append(sigma * length[..., i])
            for j in range(i + 1, T.shape[-1]):
                cosine = direction[..., i, :] * direction[..., j, :]
                values.append(cosine.sum(axis=-1))
    return dict(zip(size_names(terms), values, strict=True))


def size_names(terms):
    """Names of all standard deviations and correlations, in the order of `confint`."""
    return [name for term in terms for name in term.size_names.values()]


def theta_of_sizes(terms, sizes, sigma):
    """Theta for standard deviations and correlations: what undoes `named_sizes`.

    Parameters
    ----------
    terms : tuple of RandomTerm
    sizes : dict of float
        By the names of `named_sizes`.
    sigma : float
        Residual standard deviation, positive.

    Returns
    -------
    ndarray, shape (m,)

    Raises
    ------
    DataError
        A negative standard deviation, a correlation beyond ±1, or correlations that
        no effects can have together.
    """
    theta = [np.empty(0)]
    for term in terms:
        names, k = term.size_names, term.k
        matrix = np.eye(k)
        for (i, j), name in names.items():
            if i == j and sizes[name] < 0:
                raise DataError(f"{name!r} is 0 or more, not {sizes[name]!r}.")
            if i != j:
                matrix[i, j] = matrix[j, i] = sizes[name]
                if not -1 <= sizes[name] <= 1:
                    raise DataError(
                        f"{name!r} is between -1 and 1, not {sizes[name]!r}."
                    )
        values, axes = np.linalg.eigh(matrix)
        if values[0] < -1e-8:
            raise DataError(
                f"no effects of {term.name!r} have these correlations together: their "
                "matrix is not positive semi-definite."
            )
        sd = np.array([sizes[names[i, i]] for i in range(k)])
        root = sd[:, None] * axes * np.sqrt(np.maximum(values, 0))
        theta.append(lower_factor(root / sigma)[_lower_triangle(k)])
    return np.concatenate(theta)


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
