"""The Laplace criterion of a generalised linear mixed model, and its derivatives.

With η = Qβ + ZΛu + o, ℓ the log likelihood, g, W and W′ as `mlm.families.rows` has them
and Wₒ = −ℓ″,

    h(u) = −2ℓ(η) + ‖u‖²      ũ = argmin h      M = ΛᵀZᵀWZΛ + I      d = h(ũ) + log|M|

d is −2 log of Laplace's approximation of the likelihood.  ũ is found by Newton's method
(`LaplaceCriterion.mode`), which for concave ℓ always descends.  With V = ΛM⁻¹Λᵀ, v the
diagonal of ZVZᵀ, t = W′v, and Mₒ as M with Wₒ, the implicit function theorem gives

    c = Mₒ⁻¹ΛᵀZᵀt             e = t − Wₒ ∘ ZΛc − 2g             ∂d/∂β = Qᵀe
    ∂d/∂Λ = ∂log|M|/∂Λ + Σ_j Zⱼᵀe uⱼᵀ + Zⱼᵀg cⱼᵀ

Laplace for generalised models: Breslow & Clayton (1993, JASA 88, 9-25).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mlm.engine.curvature import working_information
from mlm.engine.factorisation import Factorisation
from mlm.engine.factorise import factorise
from mlm.engine.glm_start import starting_point
from mlm.engine.penalised import solve_effects
from mlm.engine.points import Expansion, Point
from mlm.engine.row_variances import row_variances
from mlm.engine.steps import bend
from mlm.engine.sums import working_products
from mlm.engine.weighted_rows import WeightedRows
from mlm.ground.errors import DataError

# The step of the search for the mode that lowers h by less is the last: the one after
# it would lower h by the square of that.
LAST_STEP = 1e-6
MOST_STEPS = 100
MOST_HALVINGS = 30
# With more rows, a few hundred evaluations take longer than a reader waits.
COSTLY = 20_000
# Conjugate gradients end where the residual has shrunk to this share, squared.
SMALLEST_RESIDUAL = 1e-24
# A rise of h by this share is rounding.
ROUNDING = 1e-12


class Mode(NamedTuple):
    """The conditional mode at one Λ and β, and what the rows say there."""

    u: list  # one a term: shape (k, J)
    beta: np.ndarray  # of Q: shape (p,)
    eta: np.ndarray  # shape (n,)
    rows: tuple  # RowTerms
    h: float
    steps: list  # ‖δ‖ of every step


@dataclass(frozen=True, eq=False)
class Around:
    """The criterion and its derivatives at one Λ and β.

    Attributes
    ----------
    value : float
    slopes : list of ndarray, shape (k, k)
        By the blocks of Λ.
    by_beta : ndarray, shape (p,)
        By the coefficients of Q; empty if they are no unknowns of the search.
    factors : Factorisation
        Of M, with the columns of X.
    mode : Mode
    with_g : list of ndarray, shape (k, J)
        Zᵀg, one a term.
    """

    value: float
    slopes: list
    by_beta: np.ndarray
    factors: Factorisation
    mode: Mode
    with_g: list


class LaplaceCriterion:
    """−2 log likelihood by Laplace, as a function of Λ and β.

    It remembers the last mode, to start the next search for one.

    Parameters
    ----------
    structure : Structure
    basis : Basis
    family : Family
        Without a scale.
    y : ndarray, shape (n,)
        Responses, as the family has them.
    weights : ndarray, shape (n,), or None
        Trials, or prior weights.
    offset : ndarray, shape (n,), or 0.0
        Known part of the linear predictor.
    joint : bool
        Whether β is found at the joint mode of u and β, at each Λ, instead of where
        the criterion is smallest: quicker, and nearly right (lme4's nAGQ = 0).  In the
        formulas above, [Mₒ, ΛᵀZᵀWₒQ; QᵀWₒZΛ, QᵀWₒQ] then stands for Mₒ.
    """

    # Not asked for other minima because of weights; and its curvature is that of a
    # linear model, which the third derivatives of ℓ change.
    wide, learns = False, True

    @property
    def costly(self):
        """Whether rows are so many that other minima are not looked for."""
        return len(self.y) > COSTLY

    def __init__(self, structure, basis, family, y, weights, offset, joint=False):
        self.structure, self.basis, self.family = structure, basis, family
        self.y, self.weights, self.offset = y, weights, offset
        self.rows = WeightedRows(structure, basis, None)
        self.constant = -2 * family.constant(y, weights)
        self._joint, self._beta = joint, np.zeros(len(self.rows.Q))
        self._near = [np.zeros((term.k, term.J)) for term in structure.terms]

    @property
    def terms(self):
        """Random terms: tuple of RandomTerm."""
        return self.structure.terms

    def along(self, blocks, u):
        """ZΛu, what effects add to the linear predictor.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
        u : list of ndarray, shape (k, J)
            One a term.

        Returns
        -------
        ndarray, shape (n,)
        """
        total = np.zeros(len(self.y))
        for term, Z, T, own in zip(self.terms, self.rows.Z, blocks, u, strict=True):
            for z, b in zip(Z, T @ own, strict=True):
                total += z * b.take(term.codes)
        return total

    def with_Z(self, values):
        """Zᵀ times a vector.

        Parameters
        ----------
        values : ndarray, shape (n,)

        Returns
        -------
        list of ndarray, shape (k, J)
            One a term.
        """
        return [
            np.array([np.bincount(term.codes, z * values, term.J) for z in Z])
            for term, Z in zip(self.terms, self.rows.Z, strict=True)
        ]

    def factorise(self, blocks, W, with_X=False):
        """Factorise M for given weights of the rows.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
        W : ndarray, shape (n,)
        with_X : bool
            Whether the columns of X are factorised too.

        Returns
        -------
        Factorisation

        Raises
        ------
        DataError
            If Λ is too large to compute with.
        """
        rows = self.rows.weighted(np.sqrt(W), with_X)
        return factorise(working_products(rows, self.basis), blocks)

    def mode(self, blocks, beta):
        """Find the conditional mode by Newton's method.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
        beta : ndarray, shape (p,)
            Coefficients of Q; not read where they are part of the mode.

        Returns
        -------
        Mode

        Raises
        ------
        LinAlgError
            If none is found.
        """
        Q, sizes, beta = self.rows.Q, [], self._beta if self._joint else beta
        eta, u = Q.T @ beta + self.offset, self._near
        start = eta + self.along(blocks, u)
        rows = self.family.at(start, self.y, self.weights)
        h = _squares(u) - 2 * rows.value
        if np.isfinite(h):
            eta = start
        else:
            u = [np.zeros_like(own) for own in u]
            rows = self.family.at(eta, self.y, self.weights)
            h = -2 * rows.value
        for _ in range(MOST_STEPS):
            W = _curving(rows)
            factors = self.factorise(blocks, W, self._joint)
            right = W * self.along(blocks, u) + rows.g
            right = self.with_Z(right), self._with_Q(right)
            aim, change = solve_effects(factors, *right)
            step = [new - old for new, old in zip(aim, u, strict=True)]
            ahead = self.along(blocks, step)
            if self._joint:
                ahead += Q.T @ change
            promised = ahead @ (W * ahead) + _squares(step)
            share, last = 1.0, promised < LAST_STEP
            for _ in range(MOST_HALVINGS):
                there = eta + share * ahead
                found = self.family.at(there, self.y, self.weights, slopes=last)
                moved = [old + share * s for old, s in zip(u, step, strict=True)]
                lower = _squares(moved) - 2 * found.value
                if lower <= h + ROUNDING * abs(h):
                    break
                share /= 2
            u, eta, rows, h = moved, there, found, lower
            sizes.append(float(np.sqrt(_squares(step))))
            if self._joint:
                beta = beta + share * change
            if last:
                self._near, self._beta = u, beta
                return Mode(u, beta, eta, rows, h, sizes)
        raise np.linalg.LinAlgError("no conditional mode was found")

    def _with_Q(self, values):
        """Q times a vector where β is part of the mode, else None."""
        return self.rows.Q @ values if self._joint else None

    def around(self, blocks, beta):
        """The criterion and its exact derivatives.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
        beta : ndarray, shape (p,)
            As for `mode`.

        Returns
        -------
        Around

        Raises
        ------
        DataError
            If Λ is too large to compute with.
        LinAlgError
            If no conditional mode is found.
        """
        mode = self.mode(blocks, beta)
        rows, q2 = mode.rows, self.structure.q2
        factors = self.factorise(blocks, rows.W, with_X=True)
        t = rows.W_slope * row_variances(factors, self.rows.Z)
        c, c_beta, along = self.adjoint(blocks, factors, rows, t)
        e = t - rows.W_observed * along - 2 * rows.g
        with_g, with_e = self.with_Z(rows.g), self.with_Z(e)
        # X and the place of y have no share in log|M|.
        weight = np.repeat([1.0, 0.0], [q2, len(factors.R) - q2])
        slopes = [
            slope + Ze @ u.T + Zg @ own.T
            for slope, Ze, u, Zg, own in zip(
                factors.slopes(weight), with_e, mode.u, with_g, c, strict=True
            )
        ]
        log_det = factors.log_det + 2 * np.log(np.diag(factors.R)[:q2]).sum()
        # What is left of the way to the mode changes log|M| to first order.
        left = (
            np.vdot(own, T.T @ Zg - u)
            for own, T, Zg, u in zip(c, blocks, with_g, mode.u, strict=True)
        )
        value = mode.h + log_det + sum(left) + self.constant
        by_beta = self.rows.Q @ e
        if self._joint:
            value, by_beta = value + c_beta @ (self.rows.Q @ rows.g), by_beta[:0]
        return Around(float(value), slopes, by_beta, factors, mode, with_g)

    def adjoint(self, blocks, factors, rows, t, near=None):
        """c of the implicit function theorem: solve Mₒ c = ΛᵀZᵀt + M c₀.

        Wₒ may be negative in some rows, where ℓ is not concave, and Mₒ is not
        factorised then: M is near, and conjugate gradients with it as preconditioner
        take a few steps.  Every residual is ΛᵀZᵀρ, and is kept as ρ.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
        factors : Factorisation
            Of M, with the columns of X.
        rows : RowTerms
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
        W = rows.W
        if rows.W_observed is not W and rows.W_observed.min() > 0:
            W = rows.W_observed
            factors = self.factorise(blocks, W, self._joint)

        def solve(rho):
            z, beta = solve_effects(factors, self.with_Z(rho), self._with_Q(rho))
            return z, beta, self.along(blocks, z) + self.rows.Q[: len(beta)].T @ beta

        c = [np.zeros_like(u) for u in self._near] if near is None else near
        along, lacks = self.along(blocks, c), rows.W_observed - W
        rho = t - lacks * along
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

    # For the search: see `mlm.engine.problem`.

    def start(self):
        """A model without random effects, and variances by moments: `Point`."""
        point = starting_point(self)
        if not self._joint:
            return point
        self._beta = point.vector[0]
        return Point.of([T[0] for T in point.blocks])

    def value(self, point):
        """The criterion at a point; infinite where there is none: ndarray, (1,)."""
        try:
            value = self._around(point).value
        except (DataError, np.linalg.LinAlgError):
            value = np.inf
        return np.array([value if np.isfinite(value) else np.inf])

    def expand(self, point):
        """The criterion around a point, to second order: `Expansion`.

        Second derivatives are those of the working linear model: its average
        information for Λ, and what is known of β.
        """
        try:
            here = self._around(point)
            q2, factors = self.structure.q2, here.factors
            by_blocks = working_information(factors, here.with_g)
        except (DataError, np.linalg.LinAlgError):
            return Expansion.nowhere(point)
        m, p, start = len(by_blocks), len(here.by_beta), 0
        curvature = np.zeros((m + p, m + p))
        curvature[:m, :m] = by_blocks
        for T, slope in zip(point.blocks, here.slopes, strict=True):
            part = slice(start, start := start + slope.size)
            curvature[part, part] += bend(T[0], slope)
        RX = factors.R[q2:-1, q2:-1][:p]
        curvature[m:, m:] = 2 * RX @ RX.T
        slopes = _flat(here)
        if not (np.isfinite(here.value) and np.isfinite(curvature).all()):
            return Expansion.nowhere(point)
        return Expansion(point, np.array([here.value]), slopes[None], curvature[None])

    def slopes(self, point):
        """Derivatives by the unknowns: ndarray, shape (1, Σ k² + p)."""
        return _flat(self._around(point))[None]

    def _around(self, point):
        return self.around([T[0] for T in point.blocks], point.vector[0])

    def take(self, which):
        """The criteria of some of the problems, of which there is one."""
        return self

    def error(self):
        """The error to raise where the criterion cannot be computed: `DataError`."""
        return DataError(
            f"no conditional modes of the random effects were found: with family "
            f"{self.family} the means leave what they can be, or are too large to "
            "compute with. Use the canonical link, or look at the predictors' units."
        )


def _flat(here):
    """Derivatives by all unknowns, as `Point.flat` has them: ndarray."""
    return np.concatenate([*(slope.ravel() for slope in here.slopes), here.by_beta])


def _curving(rows):
    """Weights for a step to the mode: observed, but where ℓ is not concave expected."""
    return rows.W if rows.W_observed.min() <= 0 else rows.W_observed


def _squares(u):
    """Sum of squares of all effects: float."""
    return sum(np.vdot(own, own) for own in u)
