"""Where the search for a generalised linear mixed model starts.

β is that of the model without random effects, nearly.  There, with S_j = Z_jᵀg for
group j of term i, and A_j = Z_jᵀWZ_j, variances σ² that are equal for all orthonormal
effects of a term have the moments

    E Σ_j (‖S_j‖² − tr A_j) = Σ_h σ_h² Σ ‖Z_iᵀWZ_h‖²

where inner sums run over pairs of groups.  Solved for all terms together: one by one,
each term would take what others explain.
"""

import numpy as np

from mlm.engine.by_term import meetings
from mlm.engine.factorise import EPSILON
from mlm.engine.points import Point
from mlm.engine.scoring import score
from mlm.engine.working import working_products
from mlm.ground.linalg import eigen

# Steps of Fisher scoring: a rough β will do, as random effects change it anyway.
STEPS = 2
# Smallest variance to start from, and smallest weight of a row.
SMALLEST, LIGHTEST = 0.05, 1e-10


def starting_point(model, moments):
    """Rough β, and variances by the method of moments.

    Parameters
    ----------
    model : WorkingModel
    moments : callable
        Takes the rows' `RowTerms`, and returns the system of the equations above and
        their left side: `moments_of_terms`, or the same of one factor.

    Returns
    -------
    Point
    """
    beta, rows = _rough(model)
    if not np.isfinite(beta).all():  # a link that such steps leave
        data = model.family, model.y, model.weights, model.offset
        beta, _, rows, *_ = score(model.Q.T, *data)
    variances = _solved(*moments(rows))
    pairs = zip(variances, model.terms, strict=True)
    return Point.of([np.sqrt(size) * np.eye(term.k) for size, term in pairs], beta)


def _rough(model):
    """Coefficients of Q after a few steps of Fisher scoring, and the rows there."""
    Q, eta = model.Q, model.family.start(model.y, model.weights)
    with np.errstate(all="ignore"):
        rows = model.at(eta)
        for _ in range(STEPS):
            W = np.maximum(rows.W, LIGHTEST)
            right = Q @ (W * (eta - model.offset) + rows.g)
            gram = (Q * W) @ Q.T
            if not (np.isfinite(gram).all() and np.isfinite(right).all()):
                return np.full(len(Q), np.nan), rows
            size, axes = eigen(gram)
            # Of what the rows tell nothing, rounding is left.
            beta = axes @ (right @ axes / np.maximum(size, EPSILON * size[-1:]))
            eta = Q.T @ beta + model.offset
            rows = model.at(eta)
    return beta, rows


def moments_of_terms(model, rows):
    """Equations for the variances of all terms.

    Parameters
    ----------
    model : WorkingModel
    rows : RowTerms

    Returns
    -------
    system : ndarray, shape (terms, terms)
    excess : ndarray, shape (terms,)
    """
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
    return system, excess


def _solved(system, excess):
    """Variances of the orthonormal effects of every term: ndarray, shape (terms,)."""
    scale = np.sqrt(np.diag(system))
    if not (np.isfinite(excess).all() and (scale > 0).all()):
        return np.full(len(scale), SMALLEST)
    if len(scale) == 1:
        return np.maximum(excess / scale**2, SMALLEST)
    from scipy.optimize import nnls  # here, because it is slow to import

    found = nnls(system / np.outer(scale, scale), excess / scale)[0] / scale
    return np.maximum(found, SMALLEST)
