"""How much each observation says: kinds of residuals, leverage, Cook's distance.

Equation numbers are those of Bates, Mächler, Bolker & Walker (2015).
"""

import numpy as np

from mlm.errors import DataError
from mlm.solution import spread

# Rows at a time, so that no matrix is n × q.
CHUNK = 2048
KINDS = ("response", "marginal", "pearson", "scaled", "studentised")


def linear_leverage(design):
    """Diagonal of the hat matrix of a linear model: ndarray, shape (n,)."""
    Q, _ = np.linalg.qr(design.weighted(design.X))
    return np.sum(Q**2, axis=1)


def mixed_leverage(deviance, theta):
    """Diagonal of the hat matrix of a mixed model (eq. 63 to 65), without that matrix.

    Parameters
    ----------
    deviance : ProfiledDeviance
    theta : array_like, shape (m,)

    Returns
    -------
    ndarray, shape (n,)
        Between 0 and 1: how far each fitted value follows its own observation.
    """
    products = deviance.products
    factors = deviance.factorise(products.whiten(theta))
    # Eliminate the leading factor: h = zᵀN z + vᵀPv, with v = [z₂ x] − C N z.
    P = spread(products, factors, len(factors.R) - 1)
    parts = []
    for codes, z, rest in products.observations(CHUNK):
        Nz = np.einsum("abi,bi->ai", factors.N[:, :, codes], z)
        v = rest - products.rest_of_groups(codes, Nz)
        parts.append(np.sum(z * Nz, axis=0) + np.sum(v @ P * v, axis=1))
    return np.concatenate(parts)


def residuals(fit, kind):
    """Residuals of one kind, ndarray (n,): see `FittedModel.residuals`."""
    design = fit.design
    if kind not in KINDS:
        raise DataError(f"kind is one of {', '.join(map(repr, KINDS))}, not {kind!r}.")
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


def cooks_distance(fit):
    """Cook's distance, ndarray (n,): see `FittedModel.cooks_distance`."""
    h = fit.leverage.to_numpy()
    studentised = residuals(fit, "studentised")
    return studentised**2 * h / (1 - h) / fit.design.p
