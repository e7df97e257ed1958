"""How much each observation says: kinds of residuals, leverage, Cook's distance.

Equation numbers are those of Bates, Mächler, Bolker & Walker (2015).
"""

import numpy as np

from mlm.ground.arguments import choice
from mlm.ground.errors import DataError

KINDS = ("response", "marginal", "pearson", "scaled", "studentised")


def linear_leverage(design):
    """Diagonal of the hat matrix of a linear model: ndarray, shape (n,)."""
    Q, _ = np.linalg.qr(design.weighted(design.X))
    return np.sum(Q**2, axis=1)


def residuals(fit, kind):
    """Residuals of one kind, ndarray (n,): see `FittedModel.residuals`."""
    design = fit.design
    choice("kind", kind, KINDS)
    if kind == "marginal":
        return design.y - design.offset - design.X @ fit.solution.beta
    residual = (design.y - fit.fitted.to_numpy())[:, None]
    if kind != "response":
        residual = design.weighted(residual)
    residual = residual[:, 0]
    if kind in ("scaled", "studentised"):
        residual = residual / fit.sigma
    if kind == "studentised":
        residual = residual / np.sqrt(1 - fit.leverage.to_numpy())
    return residual


def cooks_distance(studentised, h, p):
    """Cook's distance, ndarray (n,): see `Estimates.cooks_distance`.

    Parameters
    ----------
    studentised : ndarray, shape (n,)
        Residuals over their standard deviations.
    h : ndarray, shape (n,)
        Leverages.
    p : int
        Number of fixed effects.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    DataError
        There are no fixed effects.
    """
    if not p:
        raise DataError(
            "Cook's distance is per fixed effect, and this model has none. "
            "See fit.leverage and fit.residuals('studentised')."
        )
    return studentised**2 * h / (1 - h) / p
