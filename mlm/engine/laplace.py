"""The Laplace criterion of a generalised linear mixed model, and its derivatives.

With η = Qβ + ZΛu + o, ℓ the log likelihood, g, W and W′ as `mlm.families.rows` has them
and Wₒ = −ℓ″,

    h(u) = −2ℓ(η) + ‖u‖²      ũ = argmin h      M = ΛᵀZᵀWZΛ + I      d = h(ũ) + log|M|

d is −2 log of Laplace's approximation of the likelihood.  ũ is found by Newton's method
(`Mode`), which for concave ℓ always descends.  With V = ΛM⁻¹Λᵀ, v the diagonal of ZVZᵀ,
t = W′v, and Mₒ as M with Wₒ, the implicit function theorem gives

    c = Mₒ⁻¹ΛᵀZᵀt             e = t − Wₒ ∘ ZΛc − 2g             ∂d/∂β = Qᵀe
    ∂d/∂Λ = ∂log|M|/∂Λ + Σ_j Zⱼᵀe uⱼᵀ + Zⱼᵀg cⱼᵀ

Laplace for generalised models: Breslow & Clayton (1993, JASA 88, 9-25).
"""

from typing import NamedTuple

import numpy as np

from scipy.optimize import nnls

from mlm.engine.by_term import meetings
from mlm.engine.curvature import working_information
from mlm.engine.factorise import factorise
from mlm.engine.penalised import row_variances, solve_effects
from mlm.engine.points import Expansion, Point
from mlm.engine.steps import bend
from mlm.engine.sums import working_products
from mlm.engine.weighted_rows import WeightedRows
from mlm.families.rows import RowTerms
from mlm.ground.errors import DataError

# The step of the search for the mode that lowers h by less is the last.
import os
LAST_STEP = float(os.environ.get("LAST","1e-9"))
MOST_STEPS = 50
MOST_HALVINGS = 20
# Rounding of h, relative to it.
ROUNDING = 1e-12


class Mode(NamedTuple):
    """Where the search for the conditional mode ended, at one Λ and β."""

    u: list  # one a term: shape (k, J)
    eta: np.ndarray  # shape (n,)
    rows: RowTerms
    h: float


class LaplaceCriterion:
    """−2 log likelihood by Laplace, as a function of Λ and β.

    Parameters
    ----------
    structure : Structure
    basis : Basis
    family : Family
    y : ndarray, shape (n,)
        Responses, as the family has them.
    weights : ndarray, shape (n,), or None
        Trials, or prior weights.
    offset : ndarray, shape (n,), or 0.0
        Known part of the linear predictor.
    """

    wide, learns = False, True

    def __init__(self, structure, basis, family, y, weights, offset):
        self.structure, self.basis, self.family = structure, basis, family
        self.y, self.weights, self.offset = y, weights, offset
        self.constant = -2 * family.constant(y, weights)
        self._rows = WeightedRows(structure, basis, None)
        self._near = [np.zeros((term.k, term.J)) for term in structure.terms]

    @property
    def terms(self):
        """Random terms: tuple of RandomTerm."""
        return self.structure.terms

    def along(self, blocks, u):
        """ZΛu: ndarray, shape (n,)."""
        total = 0.0
        for term, Z, T, own in zip(self.terms, self._rows.Z, blocks, u, strict=True):
            for z, b in zip(Z, T @ own, strict=True):
                total = total + z * b.take(term.codes)
        return total

    def with_Z(self, values):
        """Zᵀ times a vector, one a term: list of ndarray, shape (k, J)."""
        return [
            np.array([np.bincount(term.codes, z * values, term.J) for z in Z])
            for term, Z in zip(self.terms, self._rows.Z, strict=True)
        ]

    def factorise(self, blocks, W, with_X=False):
        """Factorisation for the weights W of the rows."""
        rows = self._rows.weighted(np.sqrt(W), with_X)
        return factorise(working_products(rows, self.basis), blocks)

    def mode(self, blocks, beta):
        """Find the conditional mode by Newton's method: `Mode`."""
        fixed = self._rows.Q.T @ beta + self.offset
        for u in (self._near, [np.zeros_like(own) for own in self._near]):
            part = self.along(blocks, u)
            rows = self.family.at(fixed + part, self.y, self.weights)
            h = _squares(u) - 2 * rows.value
            if np.isfinite(h):
                break
        for _ in range(MOST_STEPS):
            W = rows.W_observed
            factors = self.factorise(blocks, W)
            aim = solve_effects(factors, self.with_Z(W * part + rows.g))
            step = [new - old for new, old in zip(aim, u, strict=True)]
            ahead = self.along(blocks, step)
            promised = ahead @ (W * ahead) + _squares(step)
            size, last = 1.0, promised < LAST_STEP
            for _ in range(MOST_HALVINGS):
                there = self.family.at(
                    fixed + part + size * ahead, self.y, self.weights, slopes=last
                )
                moved = [old + size * s for old, s in zip(u, step, strict=True)]
                lower = _squares(moved) - 2 * there.value
                if lower <= h + ROUNDING * abs(h):
                    break
                size /= 2
            u, part, rows, h = moved, part + size * ahead, there, lower
            if last:
                self._near = u
                return Mode(u, fixed + part, rows, h)
        raise np.linalg.LinAlgError("no conditional mode was found")

    def at(self, blocks, beta):
        """The criterion and its derivatives.

        Returns
        -------
        value : float
        slopes : list of ndarray, shape (k, k)
            By the blocks of Λ.
        by_beta : ndarray, shape (p,)
        factors : Factorisation
            At the mode, with the expected weights.
        mode : Mode
        """
        mode = self.mode(blocks, beta)
        rows = mode.rows
        factors = observed = self.factorise(blocks, rows.W, with_X=True)
        if rows.W_observed is not rows.W:
            observed = self.factorise(blocks, rows.W_observed)
        q2 = self.structure.q2
        log_det = factors.log_det + 2 * np.log(np.diag(factors.R)[:q2]).sum()
        t = rows.W_slope * row_variances(factors, self._rows.Z)
        c = solve_effects(observed, self.with_Z(t))
        e = t - rows.W_observed * self.along(blocks, c) - 2 * rows.g
        weight = np.append(np.ones(q2), np.zeros(len(factors.R) - q2))
        with_g = self.with_Z(rows.g)
        slopes = [
            slope + Ze @ u.T + Zg @ own.T
            for slope, Ze, u, Zg, own in zip(
                factors.slopes(weight), self.with_Z(e), mode.u, with_g, c, strict=True
            )
        ]
        # What is left of the way to the mode changes log|M| to first order.
        left = (
            np.vdot(own, T.T @ Zg - u)
            for own, T, Zg, u in zip(c, blocks, with_g, mode.u, strict=True)
        )
        value = mode.h + log_det + sum(left) + self.constant
        return float(value), slopes, self._rows.Q @ e, factors, mode, with_g

    def start(self):
        """A generalised linear model, and variances by moments: `Point`."""
        beta, Q = np.zeros(len(self._rows.Q)), self._rows.Q
        eta = self.family.start(self.y, self.weights)
        for _ in range(4):
            rows = self.family.at(eta, self.y, self.weights)
            W = np.maximum(rows.W, 1e-10)
            beta = np.linalg.solve((Q * W) @ Q.T, Q @ (W * (eta - self.offset) + rows.g))
            eta = Q.T @ beta + self.offset
        rows = self.family.at(eta, self.y, self.weights)
        sums = working_products(self._rows.weighted(np.sqrt(rows.W), False), self.basis)
        n = len(self.terms)
        system, excess = np.zeros((n, n)), np.zeros(n)
        for i, S in enumerate(self.with_Z(rows.g)):
            for m in range(n):
                G, _, _ = meetings(sums, i, m)
                system[i, m] = np.vdot(G, G)
            A, j, h = meetings(sums, i, i)
            same = j == h
            excess[i] = np.vdot(S, S) - np.einsum("aaj->", A[:, :, same])
        variances = np.maximum(nnls(system, np.maximum(excess,0))[0], 0.05)
        blocks = [
            np.sqrt(size) * np.eye(term.k)
            for size, term in zip(variances, self.terms, strict=True)
        ]
        return Point.of(blocks, beta)

    def value(self, point):
        """The criterion at a point; infinite where there is none: ndarray, (1,)."""
        return self.expand(point).value

    def expand(self, point):
        """The criterion around a point, to second order: `Expansion`."""
        blocks, beta = [T[0] for T in point.blocks], point.vector[0]
        try:
            value, slopes, by_beta, factors, _, with_g = self.at(blocks, beta)
            size = sum(T.size for T in blocks)
            curvature = np.zeros((size + len(beta),) * 2)
            curvature[:size, :size] = working_information(factors, with_g)
            start = 0
            for T, slope in zip(blocks, slopes, strict=True):
                part = slice(start, start := start + T.size)
                curvature[part, part] += bend(T, slope)
            q2 = self.structure.q2
            RX = factors.R[q2:-1, q2:-1]
            curvature[size:, size:] = 2 * RX @ RX.T
        except (DataError, np.linalg.LinAlgError):
            return Expansion.nowhere(point)
        slopes = np.concatenate([*(slope.ravel() for slope in slopes), by_beta])
        if not np.isfinite(value) or not np.isfinite(curvature).all():
            return Expansion.nowhere(point)
        return Expansion(point, np.array([value]), slopes[None], curvature[None])

    def slopes(self, point):
        """Derivatives by the unknowns: ndarray, shape (1, Σ k² + p)."""
        return self.expand(point).slopes

    def take(self, which):
        """The criteria of some of the problems, of which there is one."""
        return self

    def error(self):
        """The error to raise where the criterion cannot be computed: `DataError`."""
        return DataError("the criterion cannot be computed.")


def _squares(u):
    """Sum of squares of all effects: float."""
    return sum(np.vdot(own, own) for own in u)
