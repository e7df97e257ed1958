"""The criterion of crossed factors with many groups, estimated by probes.

What is exact and what is not says `mlm.engine.implicit.factors`.  Value and slopes come
from the same probes, but one is not the derivative of the other: the search compares
points by slopes (``blurred`` in `mlm.engine.problem`).  The curvature is the average
information (`mlm.engine.curvature`), and with it the error of the slopes becomes one of
the estimates: where H is the curvature and S the covariance of the slopes' errors,
H⁻¹SH⁻¹ is that of the estimates' errors, beside 2H⁻¹, their sampling covariance.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from mlm.engine.curvature import information_and_slopes
from mlm.engine.implicit.crossed import crossed
from mlm.engine.implicit.factors import CrossedFactors, coupled_at, crossed_factors
from mlm.engine.implicit.probes import probes
from mlm.engine.implicit.sums import crossed_products
from mlm.engine.points import Point
from mlm.engine.profiled import ProfiledCriterion
from mlm.engine.starts import moment_estimates
from mlm.engine.theta import blocks_of
from mlm.ground.linalg import lower_triangle

# Of the probes' signs.
SEED = 1
# Length of residuals, as a share of the right-hand side's, during a search.  As a share
# of a standard error, an estimate is then off by about √J times as much.
SEARCHED = 1e-7
# A diagonal element of Λ that is a smaller share of the largest is 0.
NOTHING = 1e-9


class Errors(NamedTuple):
    """Errors of theta, log sigma and the fixed effects, by probes and by data."""

    factors: CrossedFactors  # at the estimates
    over_seeds: np.ndarray  # covariance, 0 where theta is on the boundary: (…, …)
    over_samples: np.ndarray  # variances, 1 there: shape (m + 1 + p,)
    slopes: np.ndarray  # of the criterion by theta, 0 on the boundary: shape (m,)

    @property
    def shares(self):
        """Monte Carlo errors over standard errors: ndarray, shape (m + 1 + p,)."""
        return np.sqrt(np.diag(self.over_seeds) / self.over_samples)

    @property
    def gradient(self):
        """The largest slope, with theta in units of its standard error: float."""
        m = len(self.slopes)
        scaled = np.abs(self.slopes) * np.sqrt(self.over_samples[:m])
        return float(scaled.max(initial=0))

    def widened(self, number, target):
        """Errors of probes that decide by their own error whether they are enough.

        They are enough the sooner the smaller it is by chance.  Near the target, what
        is told would be too small, by about the standard error of a variance.

        Parameters
        ----------
        number : int
            Of the probes.
        target : float
            Largest of the shares with which they are enough.

        Returns
        -------
        Errors
        """
        near = min(self.shares.max() / target, 1.0) ** 2
        wider = 1 + near * np.sqrt(2 / (number - 1))
        return self._replace(over_seeds=self.over_seeds * wider)


class ImplicitCriterion(ProfiledCriterion):
    """REML criterion, or deviance, of crossed factors with many groups.

    Parameters
    ----------
    design : Design
        With terms that `mlm.engine.implicit.crossed` lets pass.
    reml : bool
    sums : CrossedSums, optional
        Those of the design, where they are at hand.
    known : Probes, optional
        Drawn anew if left out.
    seed : int
        Of the probes.

    Attributes
    ----------
    design, sums, reml, d, constant
        As of `ProfiledCriterion`.
    probes : Probes
    """

    costly = blurred = True

    def __init__(self, design, reml, sums=None, known=None, seed=SEED):
        super().__init__(design, reml, sums)
        if known is None:
            known = probes(coupled_at(self.sums, self._moments), seed)
        self.probes = known

    @staticmethod
    def _sums(terms, basis, y, weights):
        return crossed_products(crossed(terms), basis, y, weights)

    def _alike(self, design, sums):
        return ImplicitCriterion(design, self.reml, sums, self.probes)

    @cached_property
    def _moments(self):
        return moment_estimates(self.sums)

    def start(self):
        """Estimates by moments, which directions of probes are made at: `Point`."""
        return Point.of(self._moments)

    def with_probes(self, number):
        """The same criterion with more probes.

        Parameters
        ----------
        number : int
            Of all.

        Returns
        -------
        ImplicitCriterion
        """
        known = self.probes.more(number)
        return ImplicitCriterion(self.design, self.reml, self.sums, known)

    def factorise(self, blocks):
        """Solve the penalised system (Bates et al. 2015, eq. 17 to 19).

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
            One a term.

        Returns
        -------
        CrossedFactors

        Raises
        ------
        DataError
            As `crossed_factors` does.
        """
        return crossed_factors(self.sums, blocks, self.probes)

    def _factorise_to_search(self, blocks):
        """As `factorise`, with traces, and no more digits than a search needs.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
            One a term.

        Returns
        -------
        CrossedFactors
        """
        return crossed_factors(self.sums, blocks, self.probes, True, SEARCHED)

    def errors(self, theta):
        """How far probes, and how far the data, may move every parameter.

        Parameters
        ----------
        theta : ndarray, shape (m,)
            The estimates.

        Returns
        -------
        Errors
        """
        blocks = self.basis.whiten(theta)
        factors = crossed_factors(self.sums, blocks, self.probes, traced=True)
        by_theta, inside = self._by_theta(theta), _inside(self.terms, theta)
        D, p, r2 = by_theta[:, inside], self.sums.p, factors.R[-1, -1] ** 2
        information, with_e, by_X = information_and_slopes(factors, self.d)
        H_inverse = np.linalg.inv(D.T @ information @ D)
        moved = H_inverse @ D.T @ _by_traces(factors)
        covariance = moved @ factors.traces.error[1:, 1:] @ moved.T
        with_e, by_X = with_e @ D, by_X @ D
        # Derivatives by theta: of log σ, with σ² = r²/d, and of β.
        triangle = factors.R[-1 - p : -1, -1 - p : -1]
        by_beta = np.linalg.solve(self.basis.RX, np.linalg.solve(triangle.T, -by_X))
        m = len(theta)
        rows = np.vstack([np.eye(m)[:, inside], -with_e[None] / (2 * r2), by_beta])
        sampling = 2 * np.einsum("pi,ij,pj->p", rows, H_inverse, rows)
        sampling[:m][~inside] = 1
        sampling[m] += 1 / (2 * self.d)
        sampling[m + 1 :] = r2 / self.d * np.diag(factors.fixed_covariance())
        slopes = self.basis.slopes_by_theta(factors.slopes(self._weight)) * inside
        return Errors(factors, rows @ covariance @ rows.T, sampling, slopes)

    def _by_theta(self, theta):
        """Derivatives of the blocks' elements by theta: ndarray, shape (Σ k², m)."""
        units = np.eye(len(theta))
        blocks = [self.basis.whiten(unit) for unit in units]
        flat = [np.concatenate([T.ravel() for T in own]) for own in blocks]
        return np.transpose(flat)


def _inside(terms, theta):
    """Elements of theta that may vary: none of a column without an own part.

    Parameters
    ----------
    terms : tuple of RandomTerm
    theta : ndarray, shape (m,)

    Returns
    -------
    ndarray of bool, shape (m,)
    """
    inside = []
    for T in blocks_of(terms, theta):
        _, column = lower_triangle(len(T))
        inside.append((np.diag(T) > NOTHING * np.abs(T).max())[column])
    return np.concatenate(inside)


def _by_traces(factors):
    """Derivatives of slopes by the traces that they are made of.

    Parameters
    ----------
    factors : CrossedFactors

    Returns
    -------
    ndarray, shape (Σ k² of all terms, Σ k² of all stages)
        By the elements of the blocks, and of Σ Z_jᵀV⁻¹Z_j.
    """
    structure, blocks, parts = factors.sums.structure, factors.blocks, {}
    width = sum(stage.k**2 for stage in structure.stages)
    for i in structure.others:
        parts[i] = np.zeros((blocks[i].size, width))
    start = 0
    for stage in structure.stages:
        trace = np.eye(stage.k**2).reshape(-1, stage.k, stage.k)
        for i, span in stage.spans.items():
            parts[i] = np.zeros((blocks[i].size, width))
            slopes = 2 * trace[:, span, span] @ blocks[i]
            own = slice(start, start + stage.k**2)
            parts[i][:, own] = slopes.reshape(len(trace), -1).T
        start += stage.k**2
    return np.concatenate([parts[i] for i in range(len(blocks))])
