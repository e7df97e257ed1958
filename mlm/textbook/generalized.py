"""Penalised iteratively reweighted least squares at one theta and beta, by equations.

Follows section 4 of D. Bates, "Computational methods for mixed models" (lme4's
vignette "Theory"), with an offset o; the numbers on the right are its equations.  Its
weights W are trials over variances; with D = dμ/dη, those of the working rows are
D W D, `W` here.  It is written to be read; `mlm.engine.laplace` computes the same
criterion to be fast.  Nothing here searches for theta or beta.

Two lines differ from the paper.  Its (40) compares weighted sums of squares whose
weights differ, and can rise on the way to the mode: here a step must lower (8), of
which the mode is the minimum.  And (38) has expected weights (Fisher's scoring): here
steps have the observed ones (Newton's method), minus the second derivatives of the log
likelihood.  For canonical links these are the same; for others the mode is, and Newton
alone is quadratic.  (41) at the mode has the expected weights again, as lme4 has.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve
from scipy.sparse import csc_array, diags_array

from mlm.design import covariance
from mlm.design.design import A_DESIGN, Design
from mlm.engine.theta import checked_theta
from mlm.ground.arguments import check, kind, numbers, shown
from mlm.ground.errors import DataError
from mlm.ground.readonly import Locked, lock
from mlm.textbook.linear import in_full

# The step that is this small, in units of u, is the last.
LAST_STEP = 1e-9
MOST_STEPS = 100
# Shorter shares of a step are not tried.
SMALLEST_SHARE = 2.0**-30
# A rise of (8) by this share is rounding.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class PIRLS(Locked):
    """Everything that PIRLS knows at one theta and beta.

    Attributes
    ----------
    theta : ndarray, shape (m,)
    beta : ndarray, shape (p,)
    Lambda : csc_array, shape (q, q)
        Covariance factor of the random effects (eq. 3).
    u : ndarray, shape (q,)
        Conditional modes of the spherical random effects (eq. 7, 8).
    b : ndarray, shape (q,)
        Conditional modes of the random effects, b = Λ u (eq. 3).
    eta : ndarray, shape (n,)
        Linear predictor at the mode (eq. 4).
    mu : ndarray, shape (n,)
        Conditional mean of the response (eq. 33); of a binomial one, probabilities.
    W : ndarray, shape (n,)
        Expected weights of the working rows: trials (dμ/dη)² / Var, squares of what
        ZΛ is multiplied by in U (eq. 36).
    L : ndarray, shape (q, q)
        Lower Cholesky factor of Uᵀ U + I = Λᵀ Zᵀ W Z Λ + I (eq. 41).
    log_f : float
        Log density of the response given u, with all constants (eq. 5).
    penalty : float
        ‖u‖², what the random effects cost (eq. 32).
    criterion : float
        -2 log likelihood by Laplace, with all constants.
    steps : tuple of float
        ‖δ_u‖ (eq. 38) of every iteration, before halving.
    shares : tuple of float
        λ (eq. 39) of every iteration: 1, or halved.
    path : tuple of float
        What each iteration lowers (eq. 8), from u = 0 on; one longer than `steps`.
    """

    theta: np.ndarray
    beta: np.ndarray
    Lambda: csc_array
    u: np.ndarray
    b: np.ndarray
    eta: np.ndarray
    mu: np.ndarray
    W: np.ndarray
    L: np.ndarray
    log_f: float
    penalty: float
    criterion: float
    steps: tuple[float, ...]
    shares: tuple[float, ...]
    path: tuple[float, ...]

    def __post_init__(self):
        lock(vars(self))


def pirls(design, theta, beta):
    """Find the conditional modes at one theta and beta, and the likelihood by Laplace.

    Parameters
    ----------
    design : Design
        With a family, y (n,), X (n, p) and Z (n, q).
    theta : array_like, shape (m,)
        Covariance parameters, in the order of `fit.theta`.
    beta : array_like, shape (p,)
        Fixed effects, on the scale of the linear predictor.

    Returns
    -------
    PIRLS

    Raises
    ------
    DataError
        If the design has no family, one with a residual variance, or no random term;
        theta or beta have the wrong length or are not finite; q is too large, as the
        textbook's matrices are dense; or there are no modes.

    References
    ----------
    D. Bates, Computational methods for mixed models (lme4's vignette "Theory"),
    equations as numbered in the source.

    Examples
    --------
    Steps to the mode become small quadratically:

    >>> import mlm
    >>> sleepstudy = mlm.load_sleepstudy()
    >>> slow = sleepstudy.assign(slow=sleepstudy["Reaction"] > 300)
    >>> design = mlm.design_matrices(
    ...     "slow ~ Days + (1 | Subject)", slow, family="binomial"
    ... )
    >>> found = mlm.pirls(design, theta=[2.0], beta=[-3.0, 0.6])
    >>> print(*(f"{step:.0e}" for step in found.steps[:-1]))
    3e+00 5e-01 5e-02 8e-04 1e-07
    >>> round(found.criterion, 4)
    174.919
    """
    check_family(design)
    theta = checked_theta(design.terms, theta)
    beta = checked_beta(design, beta)
    in_full("pirls", design.q, "mlm.glmer")
    family, y, weights = design.family, design.y, design.weights
    constant = family.constant(y, weights)

    Lambda = covariance.Lambda(design.terms, theta)  # (3)
    ZL = design.Z @ Lambda

    @np.errstate(over="ignore", invalid="ignore")  # no finite h is refused below
    def at(u):
        eta = ZL @ u + design.X @ beta + design.offset  # (4)
        rows = family.at(eta, y, weights)
        return u, eta, rows, -2 * (rows.value + constant) + u @ u  # (8)

    u, eta, rows, h = at(np.zeros(design.q))
    steps, shares, path = [], [], [h]
    while not steps or steps[-1] > LAST_STEP * max(1, np.linalg.norm(u)):
        if len(steps) == MOST_STEPS or not np.isfinite(h):
            raise no_modes(family)
        L = factor(ZL, newton_weights(rows))  # (36), (41)
        # Uᵀ W^½ (y - μ) of the paper is ΛᵀZᵀg, with g the slope of ℓ by η.
        delta = cho_solve((L, True), ZL.T @ rows.g - u)  # (38)
        share = 1.0
        there = at(u + delta)  # (39)
        # Until it lowers (8), and not (40); no number is no smaller one.
        while not there[-1] <= h + ROUNDING * abs(h) and share > SMALLEST_SHARE:
            share /= 2
            there = at(u + share * delta)  # (39)
        u, eta, rows, h = there
        steps.append(float(np.linalg.norm(delta)))
        shares.append(share)
        path.append(h)

    L = factor(ZL, rows.W)  # (36), (41)
    log_f = rows.value + constant  # (5)
    penalty = u @ u
    # The constants of f(u), (2π)^(-q/2), and of the integral (6) cancel.
    criterion = -2 * log_f + penalty + 2 * np.sum(np.log(np.diag(L)))
    parts = (theta, beta, Lambda, u, Lambda @ u, eta, family.mean(eta), rows.W, L)
    scalars = map(float, (log_f, penalty, criterion))
    return PIRLS(*parts, *scalars, tuple(steps), tuple(shares), tuple(map(float, path)))


def newton_weights(rows):
    """Observed weights; expected ones if some are negative, as of `links.guess`.

    Parameters
    ----------
    rows : RowTerms

    Returns
    -------
    ndarray, shape (n,)
    """
    return rows.W_observed if (rows.W_observed >= 0).all() else rows.W


def factor(ZL, W):
    """Cholesky factor of Uᵀ U + I.

    Parameters
    ----------
    ZL : csc_array, shape (n, q)
        Z Λ.
    W : ndarray, shape (n,)
        Weights of the working rows.

    Returns
    -------
    ndarray, shape (q, q)
        Lower triangular.

    Raises
    ------
    DataError
        If Λ or W is too large to compute with.
    """
    U = diags_array(np.sqrt(W)) @ ZL  # (36)
    M = (U.T @ U).toarray() + np.eye(ZL.shape[1])
    try:
        if np.isfinite(M).all():
            return np.linalg.cholesky(M)  # (41)
    except np.linalg.LinAlgError:
        pass
    raise DataError("theta and beta are too large to compute with.")


def check_family(design):
    """Refuse what is no design of a generalised mixed model without a scale.

    Parameters
    ----------
    design : Design

    Raises
    ------
    DataError
    """
    kind("design", design, Design, A_DESIGN)
    if design.family is None:
        raise DataError(
            "pirls is of generalised models, and the design has no family. Give "
            "family= to mlm.design_matrices, or use mlm.pls."
        )
    if design.family.has_scale:
        raise DataError(
            f"pirls is of families without a residual variance, and the design has "
            f"family {design.family}. Use mlm.pls, of a design without family=."
        )
    if not design.terms:
        raise DataError(
            "the design has no random term, and so no modes to find. Add one such as "
            "(1 | group), or use mlm.glm."
        )


def checked_beta(design, beta):
    """Beta as numbers, after a check.

    Parameters
    ----------
    design : Design
    beta : array_like, shape (p,)

    Returns
    -------
    ndarray, shape (p,)

    Raises
    ------
    DataError
        If beta is not p finite numbers.
    """
    names = ", ".join(design.fixed_names) or "none"
    wanted = f"{design.p} finite numbers: {names}"
    try:
        values = numbers("beta", beta)
    except DataError as error:
        raise DataError(f"beta is {wanted}, not {shown(beta)}.") from error
    check(len(values) == design.p, "beta", wanted, beta)
    return values


def no_modes(family):
    """The error to raise where there are no modes: `DataError`.

    Parameters
    ----------
    family : Family

    Returns
    -------
    DataError
    """
    return DataError(
        f"no conditional modes were found at this theta and beta: with family {family} "
        "the means leave what they can be, or are too large to compute with."
    )
