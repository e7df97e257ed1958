"""Where the search for a generalised linear mixed model starts.

β is that of the model without random effects, nearly.  There, with S_j = Z_jᵀg for
group j of term i, and A_j = Z_jᵀWZ_j, variances σ² that are equal for all orthonormal
effects of a term have the moments

    E Σ_j (‖S_j‖² − tr A_j) = Σ_h σ_h² Σ ‖Z_iᵀWZ_h‖²

where inner sums run over pairs of groups.  Solved for all terms together: one by one,
each term would take what others explain.
"""

import numpy as np
from scipy.optimize import nnls

from mlm.engine.by_term import meetings
from mlm.engine.points import Point
from mlm.engine.sums import working_products

# Steps of Fisher scoring: a rough β will do.
STEPS = 4
# Smallest variance to start from, and smallest weight of a row.
SMALLEST, LIGHTEST = 0.05, 1e-10


def starting_point(model):
    """Rough β, and variances by the method of moments.

    Parameters
    ----------
    model : WorkingModel

    Returns
    -------
    Point
    """
    family, y, weights = model.family, model.y, model.weights
    Q, eta = model.Q, model.family.start(y, weights)
    beta = np.zeros(len(Q))
    for _ in range(STEPS):
        rows = family.at(eta, y, weights)
        W = np.maximum(rows.W, LIGHTEST)
        right = Q @ (W * (eta - model.offset) + rows.g)
        beta = np.linalg.lstsq((Q * W) @ Q.T, right)[0]
        eta = Q.T @ beta + model.offset
    rows = family.at(eta, y, weights)
    variances = _moments(model, rows)
    pairs = zip(variances, model.terms, strict=True)
    return Point.of([np.sqrt(size) * np.eye(term.k) for size, term in pairs], beta)


def _moments(model, rows):
    """Variances of the orthonormal effects of every term: ndarray, shape (terms,)."""
    weighted = model.rows.weighted(np.sqrt(rows.W), with_X=False)
    sums, number = working_products(weighted, model.basis), len(model.terms)
    system, excess = np.zeros((number, number)), np.zeros(number)
    for i, S in enumerate(model.with_Z(rows.g)):
        for m in range(number):
            G, j, h = meetings(sums, i, m)
            system[i, m] = np.vdot(G, G)
            if m == i:
                own = np.einsum("aaj->", G[:, :, j == h])
                excess[i] = np.vdot(S, S) - own
    scale = np.sqrt(np.diag(system))
    if not (np.isfinite(excess).all() and (scale > 0).all()):
        return np.full(number, SMALLEST)
    found = nnls(system / np.outer(scale, scale), excess / scale)[0] / scale
    return np.maximum(found, SMALLEST)
