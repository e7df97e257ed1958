"""What happens to least squares, and to a mixed model, when predictors agree."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlm.ground.arguments import (
    in_memory,
    number,
    numbers,
    seed_of,
    share,
    whole_number,
)
from mlm.ground.errors import DataError

# An eigenvalue, or a singular value, smaller than this share of the largest is 0.
TOLERANCE = 1e-10


def correlated_predictors(n, rho, seed):
    """Draw two predictors whose correlation in the sample is exactly `rho`.

    Parameters
    ----------
    n : int
        Observations, at least 3.
    rho : float
        From -1 to 1.
    seed : int

    Returns
    -------
    ndarray, shape (n, 2)
        Columns of mean 0 and standard deviation 1 (divisor n).

    Raises
    ------
    DataError
        If `n` or `rho` is out of its range.

    Examples
    --------
    >>> X = correlated_predictors(100, 0.9, seed=1)
    >>> np.corrcoef(X.T)[0, 1].round(12)
    np.float64(0.9)
    """
    n = in_memory("n", whole_number("n", n, 3, "at least 3"), 2)
    rho = number("rho", rho, "a correlation, from -1 to 1", lambda r: -1 <= r <= 1)
    draws = np.random.default_rng(seed_of(seed)).normal(size=(n, 2))
    Q, _ = np.linalg.qr(draws - draws.mean(axis=0))
    x, other = Q.T * np.sqrt(n)
    return np.column_stack([x, rho * x + np.sqrt(1 - rho**2) * other])


@dataclass(frozen=True, eq=False)
class MSESurface:
    """Mean squared error as a function of two coefficients: a quadratic form.

    ``MSE(b) = lowest + (b − minimum)ᵀ G (b − minimum)``.

    Attributes
    ----------
    G : ndarray, shape (2, 2)
        XᵀX/n.
    minimum : ndarray, shape (2,)
        Where the error is lowest; in a valley, the lowest point nearest to 0.
    lowest : float
        The error there, in squared units of y.
    eigenvalues : ndarray, shape (2,)
        Of G, ascending: how steep the surface is across and along its axes.
    valley : ndarray, shape (2,), or None
        Direction (of length 1) in which the surface is flat, if there is one.
    """

    G: np.ndarray
    minimum: np.ndarray
    lowest: float
    eigenvalues: np.ndarray
    valley: np.ndarray | None

    @property
    def rank(self):
        """How many directions the data tell apart: 1 in a valley, else 2."""
        return 2 if self.valley is None else 1

    def at(self, b1, b2):
        """Error at given coefficients.

        Parameters
        ----------
        b1, b2 : float or ndarray
            Broadcast against each other.

        Returns
        -------
        float or ndarray
        """
        d1, d2 = b1 - self.minimum[0], b2 - self.minimum[1]
        (g11, g12), (_, g22) = self.G
        return self.lowest + g11 * d1**2 + 2 * g12 * d1 * d2 + g22 * d2**2


def mse_surface(X, y):
    """Mean squared error of y − b₁x₁ − b₂x₂ as a function of b₁ and b₂.

    Parameters
    ----------
    X : array_like, shape (n, 2)
    y : array_like, shape (n,)

    Returns
    -------
    MSESurface

    Raises
    ------
    DataError
        If `X` has not two columns that are not 0, or `y` has another length.

    Examples
    --------
    >>> x = np.array([1.0, -1.0, 2.0, 0.0])
    >>> mse_surface(np.column_stack([x, 2 * x]), 31 * x - 42 * x).minimum.round(10)
    array([-2.2, -4.4])
    """
    X, y = numbers("X", X, ndim=(2,)), numbers("y", y)
    if X.shape[1] != 2 or y.shape != X.shape[:1] or not X.any(axis=0).all():
        raise DataError(
            "the surface needs X with two columns that are not 0, and one y a row, not "
            f"shapes {X.shape} and {y.shape}."
        )
    G = X.T @ X / len(y)
    eigenvalues, axes = np.linalg.eigh(G)
    flat = eigenvalues[0] <= TOLERANCE * eigenvalues[1]
    valley = axes[:, 0] * np.sign(axes[1, 0] or 1) if flat else None
    kept = axes[:, 1:] if flat else axes
    scores = kept.T @ (X.T @ y) / len(y)
    minimum = kept @ (scores / eigenvalues[-kept.shape[1] :])
    lowest = np.mean((y - X @ minimum) ** 2)
    return MSESurface(G, minimum, float(lowest), eigenvalues, valley)


def vif(X):
    """Variance inflation factors: by what collinearity multiplies a squared SE.

    Parameters
    ----------
    X : DataFrame or array_like, shape (n, k)
        Predictors without the intercept.

    Returns
    -------
    Series, length k
        1/(1 − R²) of each predictor on the others; infinite if they determine it.

    Raises
    ------
    DataError
        If a predictor is constant.

    Examples
    --------
    >>> vif(correlated_predictors(50, 0.8, seed=1)).round(6).tolist()
    [2.777778, 2.777778]
    """
    values = numbers("X", X, ndim=(2,))
    X = pd.DataFrame(X)
    values = values - values.mean(axis=0)
    size = np.linalg.norm(values, axis=0)
    if (size == 0).any():
        raise DataError(f"{X.columns[size.argmin()]!r} is constant; leave it out.")
    values = values / size
    factors = []
    for j in range(values.shape[1]):
        others = np.delete(values, j, axis=1)
        left = values[:, j] - others @ np.linalg.lstsq(others, values[:, j])[0]
        rest = left @ left
        factors.append(1 / rest if rest > TOLERANCE else np.inf)
    return pd.Series(factors, X.columns, name="VIF")


def condition_number(X):
    """Largest over smallest singular value of X, its columns scaled to length 1.

    Parameters
    ----------
    X : array_like, shape (n, p)

    Returns
    -------
    float
        1 for orthogonal columns; infinite where rank is lost (Belsley 1991).

    Examples
    --------
    >>> condition_number([[1.0, 1.0], [1.0, -1.0]]).__round__(6)
    1.0
    """
    X = numbers("X", X, ndim=(2,))
    singular = np.linalg.svd(X / np.linalg.norm(X, axis=0), compute_uv=False)
    smallest = singular[-1]
    return float(singular[0] / smallest) if smallest > TOLERANCE else np.inf


def rank(matrix, tolerance):
    """How many singular values are larger than `tolerance` times the largest.

    Parameters
    ----------
    matrix : array_like, shape (r, c)
    tolerance : float
        Stated, because the answer can depend on it.

    Returns
    -------
    int

    Raises
    ------
    DataError
        If the tolerance is not between 0 and 1.

    Examples
    --------
    >>> rank([[1, 0], [0, 1e-9]], tolerance=1e-8), rank([[1, 0], [0, 1e-9]], 1e-10)
    (1, 2)
    """
    tolerance = share("tolerance", tolerance)
    singular = np.linalg.svd(numbers("matrix", matrix, ndim=(2,)), compute_uv=False)
    return int(np.sum(singular > tolerance * singular[0]))
