"""How much each observation says: kinds of residuals, leverage, Cook's distance.

Equation numbers are those of Bates, Mächler, Bolker & Walker (2015).
"""

import numpy as np

from mlm.arguments import choice
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
    P = spread(factors, len(factors.R) - 1)
    parts = []
    for codes, z, rest in products.observations(CHUNK):
        # Eliminate the groups of one row of data: h = Σ zᵀN z + vᵀPv, v what is left.
        h = 0.0
        for i, stage in enumerate(products.stages):
            C, N = factors.stages[i].C, factors.stages[i].N
            Nz = np.einsum("abi,bi->ai", N[:, :, codes[i]], z[i])
            h += np.sum(z[i] * Nz, axis=0)
            taken = np.einsum("rai,ai->ri", C[:-1, :, codes[i]], Nz)
            for m, (_, rows) in enumerate(stage.outer, i + 1):
                z[m] = z[m] - taken[rows]
            taken = taken[len(C) - products.width :]
            if products.coupling is not None:
                taken = np.vstack([products.coupling.of_groups(codes[i], Nz), taken])
            rest = rest - taken
        parts.append(h + np.sum(rest * (P @ rest), axis=0))
    return np.concatenate(parts)


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


def cooks_distance(fit):
    """Cook's distance, ndarray (n,): see `FittedModel.cooks_distance`."""
    if not fit.design.p:
        raise DataError(
            "Cook's distance is per fixed effect, and this model has none. "
            "See fit.leverage and fit.residuals('studentised')."
        )
    h = fit.leverage.to_numpy()
    studentised = residuals(fit, "studentised")
    return studentised**2 * h / (1 - h) / fit.design.p
