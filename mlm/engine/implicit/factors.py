"""The penalised system of crossed factors at one Λ, solved without a triangle.

Letters as in `mlm.engine.factorise` and `mlm.engine.implicit.coupled`.  With M the
columns of the other effects, X and y, r_f = Z_fᵀM and P_f = Z_fᵀV⁻¹M of every factor,

    H = MᵀV⁻¹M = MᵀM − Σ r_fᵀΓ_fP_f        ∂H/∂Γ_f = −P_fᵀP_f,  group by group

So all but log|V| and its derivatives is exact.  These are estimated when asked for.
"""

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from mlm.engine.factorise import EXPLAINED
from mlm.engine.implicit.blocks import by_effect
from mlm.engine.implicit.coupled import EXACT, Coupled
from mlm.engine.implicit.probes import Probes, Traces
from mlm.engine.implicit.spread import conditional_variances
from mlm.engine.rest_factors import Modes, RestFactors
from mlm.ground.errors import DataError
from mlm.ground.linalg import lower_factor, solve_lower

# Rows of data whose systems are solved together.
TOGETHER = 32
# Tolerance of solutions of which only second derivatives are made: for stated errors,
# and for steps of a search, which a thousandth off makes no longer.
ROUGH, ROUGHEST = 1e-5, 1e-3
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
    P : list of ndarray, shape (k J, q₂ + p + 1)
        One a factor.
    probes : Probes
    steps : int
        Of conjugate gradients, to solve for P.
    known_traces : Traces or None
        Where they were estimated with P.
    exact : bool
        Whether P has all digits, not those of a search alone.
    by_rows : None
        There is no other way to compute this.
    rough : bool
        Products that second derivatives are made of have few digits.
    """

    coupled: Coupled
    P: list
    probes: Probes
    steps: int
    known_traces: Traces | None
    exact: bool
    by_rows, rough = None, True

    @cached_property
    def traces(self):
        """log|V| and its derivatives, as the probes estimate them: `Traces`."""
        return self.known_traces or self.probes.traces(self.coupled)

    @property
    def log_det(self):
        """log|V|, estimated: float."""
        return self.traces.log_det

    def with_residuals(self):
        """Zᵀe of every group of each factor, and Z₂ᵀe, e the residuals.

        Returns
        -------
        list of ndarray, shape (k, J)
        ndarray, shape (q₂,)
        """
        rest = self.solve_rest()
        scaled = self.rest_times(rest)
        pairs = zip(self.P, self.coupled.gamma, strict=True)
        with_Z = [by_effect(P @ scaled, len(gamma)) for P, gamma in pairs]
        return with_Z, self.HL[: self.sums.structure.q2] @ rest

    def modes(self):
        """Solve for the conditional modes and the fixed effects: `Modes`."""
        pairs = zip(self.coupled.gamma, self.with_residuals()[0], strict=True)
        return Modes(self.solve_rest(), [gamma @ with_e for gamma, with_e in pairs])

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
        factors = zip(
            *(self.sums.structure.stages, self.P, self.traces.slopes), strict=True
        )
        for stage, P, slope in factors:
            P = by_effect(P, stage.k)
            by_Gamma = slope - np.einsum("ajr,bjr->ab", P @ by_H, P)
            slopes |= stage.split(2 * by_Gamma @ stage.block(self.blocks))
        return [slopes[i] for i in range(len(slopes))]

    def explained(self, g, rest, tolerance=None):
        """Products gᵢᵀ M⁻¹ gⱼ of right-hand sides, M the matrix of the mixed model.

        Parameters
        ----------
        g : list of ndarray, shape (number, k, J)
            One a factor.
        rest : ndarray, shape (q₂ + p + 1, number)
        tolerance : float, optional
            Length of residuals as a share of the right-hand side's; as second
            derivatives need it if left out.

        Returns
        -------
        products : ndarray, shape (number, number)
        by_X : ndarray, shape (p, number)
            The part of X in them is by_Xᵀ by_X.
        """
        tolerance = tolerance or (ROUGH if self.exact else ROUGHEST)
        right = [own.reshape(len(own), -1).T for own in g]
        P, _ = self.coupled.solve(right, tolerance)
        b, total = _modes(self.coupled, P), 0.0
        for f, (own, modes) in enumerate(zip(right, b, strict=True)):
            total = total + own.T @ modes
            rest = rest - self.sums.right(f).T @ modes
        left = self.rest_times(rest, transposed=True)
        solved = solve_lower(self.R[:-1, :-1], left[:-1])
        return total + solved.T @ solved, solved[self.sums.structure.q2 :]

    def conditional_variances(self):
        """Conditional covariances over sigma² of all groups: `Spread`."""
        return conditional_variances(self)

    def row_spread(self, codes, effects, Q, covariance=None):
        """Variance of z'(b̃ - b) + x'(β̂ - β) for any rows, over sigma².

        With w = ZΓz, and x of orthonormal columns Q, it is
        z'Γz − w'V⁻¹w + (x − Q'V⁻¹w)'Cov(γ̂)(x − Q'V⁻¹w): exact, by one more system
        for every row.

        Parameters
        ----------
        codes : list of ndarray of int, shape (n,)
            Groups of the rows, one array a term.
        effects : list of ndarray, shape (k, n)
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
        z = [own[:, rows] for own in effects]
        a_of = [T @ (T.T @ own) for T, own in zip(self.blocks, z, strict=True)]
        a, a2 = [], np.zeros((len(number), structure.q2))  # Γz, as w = Z a
        for stage in structure.stages:
            a.append(np.zeros((len(number), stage.k, stage.J)))
            for i, span in stage.spans.items():
                a[-1][number, span, codes[i][rows]] = a_of[i].T
        for i, place in structure.rows.items():
            k = structure.terms[i].k
            columns = place.start + k * codes[i][rows] + np.arange(k)[:, None]
            a2[number, columns] = a_of[i]
        g, rest = self.sums.times(a, a2)
        products, by_X = self.explained(g, rest, EXACT)
        # z'Γz, less w'V⁻¹w = w'w − (the products without the part of X).
        spread = np.diag(products) + sum(
            np.einsum("ai,ai->i", *pair) for pair in zip(z, a_of, strict=True)
        )
        spread -= np.einsum("pi,pi->i", by_X, by_X)
        spread -= np.einsum("iq,qi->i", a2, rest[: structure.q2])
        for part, right in zip(a, g, strict=True):
            spread -= np.einsum("iaj,iaj->i", part, right)
        left = Q[:, rows] - RX @ by_X
        return spread + np.einsum("pi,pq,qi->i", left, covariance, left)


def crossed_factors(sums, blocks, probes, traced=False, tolerance=EXACT):
    """Solve the penalised system at given blocks of Λ.

    Parameters
    ----------
    sums : CrossedSums
    blocks : list of ndarray, shape (k, k)
        One a term, for orthonormal effects.
    probes : Probes
    traced : bool
        Whether traces will be wanted: they share products then.
    tolerance : float
        Length of residuals as a share of the right-hand sides'.

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
    right = [sums.right(f) for f in range(len(structure.stages))]
    if traced:
        (P, steps), traces = probes.solved_with_traces(coupled, right, tolerance)
    else:
        (P, steps), traces = coupled.solve(right, tolerance), None
    H = sums.A22.copy()
    for own, modes in zip(right, _modes(coupled, P), strict=True):
        product = own.T @ modes
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
    known = coupled, P, probes, steps, traces, tolerance == EXACT
    return CrossedFactors(sums, blocks, HL, R, *known)


def coupled_at(sums, blocks):
    """The large factors at given blocks of Λ.

    Parameters
    ----------
    sums : CrossedSums
    blocks : list of ndarray, shape (k, k)
        One a term, for orthonormal effects.

    Returns
    -------
    Coupled

    Raises
    ------
    DataError
        If Λ is too large to compute with.
    """
    # What probes estimate depends on more than TTᵀ, and must not.
    of_stages = (stage.block(blocks) for stage in sums.structure.stages)
    return Coupled(sums, [lower_factor(T) for T in of_stages])


def _modes(coupled, P):
    """ΓP of every factor: list of ndarray, shape (k J, c)."""
    return [
        np.einsum("ab,bjc->ajc", gamma, by_effect(own, len(gamma))).reshape(own.shape)
        for gamma, own in zip(coupled.gamma, P, strict=True)
    ]
