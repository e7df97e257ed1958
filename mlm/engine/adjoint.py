"""How the conditional mode moves: the solve of the implicit function theorem."""

import numpy as np

from mlm.engine.penalised import solve_effects

MOST_STEPS = 100
# Conjugate gradients end where the residual has shrunk to this share, squared.
SMALLEST_RESIDUAL = 1e-24


def solve_adjoint(model, blocks, factors, mode, t, near=None):
    """c of the implicit function theorem: solve Mₒ c = ΛᵀZᵀt + M c₀.

    Wₒ may be negative in some rows, where ℓ is not concave, and Mₒ is not
    factorised then: M is near, and conjugate gradients with it as preconditioner
    take a few steps.  Every residual is ΛᵀZᵀρ, and is kept as ρ.

    Parameters
    ----------
    model : WorkingModel
    blocks : list of ndarray, shape (k, k)
    factors : Factorisation
        Of M, with the columns of X.
    mode : Mode
    t : ndarray, shape (n,)
    near : list of ndarray, shape (k, J), optional
        c₀, one a term; 0 if left out.

    Returns
    -------
    c : list of ndarray, shape (k, J)
    c_beta : ndarray, shape (p,)
        Empty where β is no part of the mode.
    along : ndarray, shape (n,)
        ZΛc + Qc_β.
    """
    rows = mode.rows
    W = rows.W
    if mode.factors is not None:
        W, factors = rows.W_observed, mode.factors

    def solve(rho):
        z, beta = solve_effects(factors, model.with_Z(rho), model.with_Q(rho))
        return z, beta, model.along(blocks, z) + model.Q[: len(beta)].T @ beta

    if near is None and W is rows.W_observed:
        return solve(t)
    c = near
    if c is None:
        c = [np.zeros((term.k, term.J)) for term in model.terms]
    along, lacks = model.along(blocks, c), rows.W_observed - W
    rho = t - (rows.W_observed - rows.W) * along
    p, p_beta, p_along = solve(rho)
    p_rho, c_beta = rho, np.zeros_like(p_beta)
    size = first = rho @ p_along
    for _ in range(MOST_STEPS):
        if size <= SMALLEST_RESIDUAL * first:
            break
        change = p_rho + lacks * p_along
        share = size / (change @ p_along)
        c = [own + share * step for own, step in zip(c, p, strict=True)]
        c_beta, along = c_beta + share * p_beta, along + share * p_along
        if W is rows.W_observed:
            break
        rho = rho - share * change
        z, z_beta, z_along = solve(rho)
        size, before = rho @ z_along, size
        p = [one + size / before * other for one, other in zip(z, p, strict=True)]
        p_beta, p_along = (
            z_beta + size / before * p_beta,
            z_along + size / before * p_along,
        )
        p_rho = rho + size / before * p_rho
    return c, c_beta, along
