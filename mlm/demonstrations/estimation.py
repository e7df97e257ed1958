"""Estimating by hand: generalised least squares, and what ML and REML do differently.

Demonstrations for lectures; `mlm.lmer` is how to fit a model.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.linalg import cho_factor, cho_solve

from mlm.fit import profiled_deviance
from mlm.ground.arguments import (
    in_memory,
    not_negative,
    numbers,
    positive,
    seed_of,
    whole_number,
)
from mlm.ground.errors import DataError


def gls(X, y, V):
    """Generalised least squares: β̂ = (XᵀV⁻¹X)⁻¹ XᵀV⁻¹y, and its covariance.

    Parameters
    ----------
    X : array_like, shape (n, p)
    y : array_like, shape (n,)
    V : array_like or sparse array, shape (n, n)
        Covariance of y, positive definite; see `mlm.design.covariance`.

    Returns
    -------
    beta : ndarray, shape (p,)
    vcov : ndarray, shape (p, p)
        (XᵀV⁻¹X)⁻¹.

    Raises
    ------
    DataError
        If the shapes do not fit together, or `V` is not positive definite.

    Examples
    --------
    >>> beta, _ = gls([[1.0], [1.0]], [1.0, 4.0], [[1.0, 0.0], [0.0, 2.0]])
    >>> beta
    array([2.])
    """
    X, y, V = _checked(X, y, V)
    try:
        factor = cho_factor(V)
    except np.linalg.LinAlgError as error:
        raise DataError(
            "V is not positive definite, so it is no covariance."
        ) from error
    VX = cho_solve(factor, X)
    vcov = np.linalg.inv(X.T @ VX)
    return vcov @ (VX.T @ y), vcov


def gls_as_printed(X, y, V):
    """Compute the notes' formula, (XᵀVX)⁻¹ XᵀV⁻¹y: an inverse is missing.

    Shown to be wrong: multiply V by c, which changes no weights, and the result is
    divided by c².

    Parameters
    ----------
    X, y, V
        As for `gls`.

    Returns
    -------
    ndarray, shape (p,)

    Examples
    --------
    >>> V = np.eye(2)
    >>> gls_as_printed([[1.0], [1.0]], [1.0, 3.0], V)
    array([2.])
    >>> gls_as_printed([[1.0], [1.0]], [1.0, 3.0], 10 * V)
    array([0.02])
    """
    X, y, V = _checked(X, y, V)
    return np.linalg.solve(X.T @ V @ X, X.T @ np.linalg.solve(V, y))


def _checked(X, y, V):
    V = numbers("V", V.toarray() if hasattr(V, "toarray") else V, ndim=(2,))
    X, y = numbers("X", X, ndim=(2,)), numbers("y", y)
    n = len(y)
    if len(X) != n or V.shape != (n, n):
        raise DataError(
            f"X has a row, and V a row and a column, for each of the {n} values of y; "
            f"their shapes are {X.shape} and {V.shape}."
        )
    return X, y, V


def criterion_curves(design, theta):
    """Profiled deviance and REML criterion along the only element of theta.

    Parameters
    ----------
    design : Design
        With one random effect, such as ``(1 | Subject)``.
    theta : array_like
        Where to compute them.

    Returns
    -------
    DataFrame
        Columns ``ML`` and ``REML``; the index is theta.

    Raises
    ------
    DataError
        If theta has more than one element.

    Examples
    --------
    >>> import mlm
    >>> design = mlm.design_matrices("Yield ~ 1 + (1 | Batch)", mlm.load_dyestuff())
    >>> criterion_curves(design, [0.0, 1.0]).loc[1.0].round(2).to_dict()
    {'ML': 327.77, 'REML': 319.79}
    """
    theta, curves = numbers("theta", theta), {}
    for name, reml in (("ML", False), ("REML", True)):
        criterion = profiled_deviance(design, reml)
        if len(criterion.names) != 1:
            raise DataError(
                f"curves are along one theta; this design has {len(criterion.names)}: "
                f"{', '.join(criterion.names)}."
            )
        curves[name] = [criterion([value]) for value in theta]
    return pd.DataFrame(curves, pd.Index(theta, name="theta"))


def criterion_slope(design, reml=True):
    """Derivatives of the criterion along the only element of theta, for Newton.

    Parameters
    ----------
    design : Design
        With one random effect.
    reml : bool

    Returns
    -------
    slope, curvature : callable of float
        First derivative (exact) and second (central difference of the first); not a
        number where theta is too large to compute with.

    Raises
    ------
    DataError
        If theta has more than one element.

    Examples
    --------
    >>> import mlm
    >>> design = mlm.design_matrices("Yield ~ 1 + (1 | Batch)", mlm.load_dyestuff())
    >>> slope, _ = criterion_slope(design)
    >>> slope(0.0), slope(0.5) < 0 < slope(2.0)
    (0.0, True)
    """
    criterion = profiled_deviance(design, reml)
    if len(criterion.names) != 1:
        raise DataError(
            f"Newton's method here is for one theta, not {criterion.names}."
        )

    def slope(theta):
        try:
            return float(criterion.gradient([theta])[0])
        except DataError:
            return np.nan

    def curvature(theta):
        step = 1e-5 * max(1.0, abs(theta))
        return (slope(theta + step) - slope(theta - step)) / (2 * step)

    return slope, curvature


@dataclass(frozen=True, eq=False)
class VarianceEstimates:
    """Estimates of the variance between groups, from many simulated data sets.

    Attributes
    ----------
    ml, reml : ndarray, shape (data_sets,)
        Estimates of σ_α², in squared units of the response; 0 where the data ask for
        less.
    truth : float
        σ_α².
    ml_expected : float
        E of the ML estimate, if it were not cut at 0: (1 − 1/J) σ_α² − σ²/(nJ).
    """

    ml: np.ndarray
    reml: np.ndarray
    truth: float
    ml_expected: float

    def to_frame(self):
        """Mean, root mean squared error and share of zeros: DataFrame, 2 × 3."""
        both = pd.DataFrame({"ML": self.ml, "REML": self.reml})
        rmse = np.sqrt(((both - self.truth) ** 2).mean())
        return pd.DataFrame(
            {"mean": both.mean(), "RMSE": rmse, "zero": (both == 0).mean()}
        )


def simulate_variance_estimates(J, n, sigma_y, sigma_alpha, data_sets, seed):
    """Estimate a variance between groups by ML and REML, from simulated data sets.

    Balanced data, J groups of n: with SSB and SSE the sums of squares between and
    within groups, estimates have a closed form, and only these two are drawn (from
    their chi-squared distributions).

    Parameters
    ----------
    J : int
        Groups, at least 2.
    n : int
        Observations a group, at least 2.
    sigma_y, sigma_alpha : float
        Standard deviations within and between groups.
    data_sets : int
    seed : int

    Returns
    -------
    VarianceEstimates

    Raises
    ------
    DataError
        If an argument is out of its range.

    Examples
    --------
    >>> simulate_variance_estimates(3, 5, 3.0, 4.0, 20_000, seed=1).to_frame().round(1)
          mean  RMSE  zero
    ML    10.2  13.0   0.1
    REML  16.0  17.6   0.1
    """
    J, n = whole_number("J", J, 2), whole_number("n", n, 2)
    sigma_y = positive("sigma_y", sigma_y)
    sigma_alpha = not_negative("sigma_alpha", sigma_alpha)
    data_sets = in_memory("data_sets", whole_number("data_sets", data_sets, 1), 2)
    rng = np.random.default_rng(seed_of(seed))
    within = rng.chisquare(J * (n - 1), data_sets) * sigma_y**2
    between = rng.chisquare(J - 1, data_sets) * (sigma_y**2 + n * sigma_alpha**2)
    error = within / (J * (n - 1))
    ml = np.maximum(between / J - error, 0) / n
    reml = np.maximum(between / (J - 1) - error, 0) / n
    expected = (1 - 1 / J) * sigma_alpha**2 - sigma_y**2 / (n * J)
    return VarianceEstimates(ml, reml, sigma_alpha**2, expected)
