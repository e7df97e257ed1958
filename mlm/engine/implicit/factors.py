"""The penalised system of two crossed factors at one Λ, solved without a triangle.

Letters as in `mlm.engine.factorise` and `mlm.engine.implicit.coupled`.  With A the
columns of the other effects, X and y, R_f = Z_fᵀA and P_f = Z_fᵀV⁻¹A,

    H = AᵀV⁻¹A = AᵀA − Σ γ_f R_fᵀP_f        ∂H/∂γ_f = −P_fᵀP_f

So all but log|V| and its derivatives is exact.  These are estimated when asked for.
"""

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from mlm.engine.factorise import EXPLAINED, TOO_LARGE
from mlm.engine.implicit.coupled import Coupled
from mlm.engine.implicit.probes import Probes
from mlm.engine.rest_factors import Modes, RestFactors
from mlm.ground.errors import DataError
from mlm.ground.linalg import solve_lower

# Rows of data whose systems are solved together.
TOGETHER = 32
# A residual sum of squares that is a smaller share of the response's has too few digits
# that are known.
LOST = 1e-12


@dataclass(frozen=True, eq=False)
class CrossedFactors(RestFactors):
    """The triangle R at one Λ, and the products that it was made of.

    Attributes
    ----------
    sums, blocks, HL, R
        As of `RestFactors`.
    coupled : Coupled
    P : tuple of ndarray, shape (J_f, q₂ + p + 1)
    probes : Probes
    steps : int
        Of conjugate gradients, to solve for P.
    by_rows : None
        There is no other way to compute this.
    """

    coupled: Coupled
    P: tuple
    probes: Probes
    steps: int
    by_rows = None

    @cached_property
    def traces(self):
        """log|V| and its derivatives, as the probes estimate them: `Traces`."""
        return self.probes.traces(self.coupled)

    @property
    def log_det(self):
        """log|V|, estimated: float."""
        return self.traces.log_det

    def with_residuals(self):
        """Zᵀe of every group of each factor, and Z₂ᵀe, e the residuals.

        Returns
        -------
        list of ndarray, shape (1, J)
        ndarray, shape (q₂,)
        """
        rest = self.solve_rest()
        scaled = self.rest_times(rest)
        with_Z = [(P @ scaled)[None] for P in self.P]
        return with_Z, self.HL[: self.sums.structure.q2] @ rest

    def modes(self):
        """Solve for the conditional modes and the fixed effects: `Modes`."""
        pairs = zip(self.coupled.gamma, self.with_residuals()[0], strict=True)
        return Modes(self.solve_rest(), [gamma * with_e for gamma, with_e in pairs])

    def slopes(self, weight):
        """Derivatives of Σ weight log(diagonal²) + log|V| by the blocks of Λ.

        Parameters
        ----------
        weight : ndarray, shape (q₂ + p + 1,)
            Of the diagonal of R.

        Returns
        -------
        list of ndarray, shape (k, k)
            One a term.
        """
        slopes, by_H = self.rest_slopes(weight)
        stages, traces = self.sums.structure.stages, self.traces.slopes
        for stage, P, trace in zip(stages, self.P, traces, strict=True):
            (i,) = stage.terms
            by_gamma = trace - np.einsum("jr,jr->", P @ by_H, P)
            slopes[i] = 2 * by_gamma * self.blocks[i]
        return [slopes[i] for i in range(len(slopes))]

    def explained(self, g, rest):
        """Products gᵢᵀ M⁻¹ gⱼ of right-hand sides, M the matrix of the mixed model.

        Parameters
        ----------
        g : list of ndarray, shape (number, 1, J)
            One a factor.
        rest : ndarray, shape (q₂ + p + 1, number)

        Returns
        -------
        products : ndarray, shape (number, number)
        by_X : ndarray, shape (p, number)
            The part of X in them is by_Xᵀ by_X.
        """
        right = [own[:, 0].T for own in g]
        P, _ = self.coupled.solve(*right)
        total = 0.0
        for f, gamma in enumerate(self.coupled.gamma):
            total = total + gamma * right[f].T @ P[f]
            rest = rest - gamma * self.sums.C(f)[:, 0] @ P[f]
        left = self.rest_times(rest, transposed=True)
        solved = solve_lower(self.R[:-1, :-1], left[:-1])
        return total + solved.T @ solved, solved[self.sums.structure.q2 :]

    def row_spread(self, codes, effects, Q, covariance=None):
        """Variance of z'(b̃ - b) + x'(β̂ - β) for any rows, over sigma².

        With w = ZΓz, and x of orthonormal columns Q, it is
        z'Γz − w'V⁻¹w + (x − Q'V⁻¹w)'Cov(γ̂)(x − Q'V⁻¹w): exact, by one more system
        for every row.

        Parameters
        ----------
        codes : list of ndarray of int, shape (n,)
            Groups of the rows, one array a term.
        effects : list of ndarray, shape (1, n)
            Orthonormal effects, one array a term; 0 in rows that have none.
        Q : ndarray, shape (p, n)
            Orthonormal columns of X.
        covariance : ndarray, shape (p, p), optional
            Of their coefficients, over sigma²; that of the fit if left out.

        Returns
        -------
        ndarray, shape (n,)
        """
        n, p = Q.shape[1], len(Q)
        RX = self.R[-1 - p : -1, -1 - p : -1]
        if covariance is None:
            covariance = np.linalg.inv(RX @ RX.T)
        spread = partial(self._spread, codes, effects, Q, RX, covariance)
        chunks = (slice(i, min(i + TOGETHER, n)) for i in range(0, n, TOGETHER))
        return np.concatenate([np.empty(0), *map(spread, chunks)])

    def _spread(self, codes, effects, Q, RX, covariance, rows):
        """`row_spread` of some rows."""
        structure, number = self.sums.structure, np.arange(rows.stop - rows.start)
        z = [own[0, rows] for own in effects]
        a_of = [T[0, 0] ** 2 * own for T, own in zip(self.blocks, z, strict=True)]
        a, a2 = [], np.zeros((len(number), structure.q2))  # Γz, as w = Z a
        for stage in structure.stages:
            (i,) = stage.terms
            a.append(np.zeros((len(number), 1, stage.J)))
            a[-1][number, 0, codes[i][rows]] = a_of[i]
        for i, place in structure.rows.items():
            a2[number, place.start + codes[i][rows]] = a_of[i]
        g, rest = self.sums.times(a, a2)
        products, by_X = self.explained(g, rest)
        # z'Γz, less w'V⁻¹w = w'w − (the products without the part of X).
        spread = np.einsum("ti,ti->i", z, a_of) + np.diag(products)
        spread -= np.einsum("pi,pi->i", by_X, by_X)
        spread -= np.einsum("iq,qi->i", a2, rest[: structure.q2])
        for part, right in zip(a, g, strict=True):
            spread -= np.einsum("iaj,iaj->i", part, right)
        left = Q[:, rows] - RX @ by_X
        return spread + np.einsum("pi,pq,qi->i", left, covariance, left)


def crossed_factors(sums, blocks, probes):
    """Solve the penalised system at given blocks of Λ.

    Parameters
    ----------
    sums : CrossedSums
    blocks : list of ndarray, shape (1, 1)
        One a term, for orthonormal effects.
    probes : Probes

    Returns
    -------
    CrossedFactors

    Raises
    ------
    DataError
        If Λ is too large to compute with, or if fixed and random effects together
        explain the response exactly.
    """
    structure = sums.structure
    coupled = coupled_at(sums, blocks)
    if not all(np.isfinite(D).all() for D in coupled.D):
        raise DataError(TOO_LARGE)
    right = [sums.C(f)[:, 0].T for f in (0, 1)]
    P, steps = coupled.solve(*right)
    H = sums.A22.copy()
    for gamma, R, own in zip(coupled.gamma, right, P, strict=True):
        product = gamma * R.T @ own
        H -= (product + product.T) / 2
    HL = structure.rest_times(blocks, H, transposed=True).T
    S = structure.rest_times(blocks, HL, transposed=True)
    place = np.arange(structure.q2)
    S[place, place] += 1
    try:
        R = np.linalg.cholesky(S)
    except np.linalg.LinAlgError as error:
        raise DataError(EXPLAINED) from error
    if R[-1, -1] ** 2 < LOST * sums.A22[-1, -1]:
        raise DataError(EXPLAINED)
    return CrossedFactors(sums, blocks, HL, R, coupled, P, probes, steps)


def coupled_at(sums, blocks):
    """The two large factors at given blocks of Λ.

    Parameters
    ----------
    sums : CrossedSums
    blocks : list of ndarray, shape (1, 1)
        One a term, for orthonormal effects.

    Returns
    -------
    Coupled
    """
    large = [next(iter(stage.terms)) for stage in sums.structure.stages]
    return Coupled(sums, [blocks[i][0, 0] for i in large])
