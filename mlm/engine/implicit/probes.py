"""Traces by random probes, the same at every Λ.

The trace of a matrix M is E(zᵀMz) over vectors z of random signs (Hutchinson 1990,
Commun. Stat. Simul. 19, 433-450).  With the matrix's part in r directions Q computed
exactly, tr M = tr QᵀMQ + E(zᵀ(I − QQᵀ)M(I − QQᵀ)z) for any Q with orthonormal columns;
with leading eigenvectors of M the variance is least (Meyer et al. 2021, Hutch++).  As
what is of zeroth and first order in E is exact (`mlm.engine.implicit.coupled`), M is of
second order.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

# How often E is multiplied to find directions.
PRODUCTS = 3
# Directions whose part is exact, and probes to begin with; and the same of at least so
# many effects, of groups that meet many others.  There a probe tells far more, and its
# column, of which not all stays in the cache, takes most of the time.
FIRST, FIRST_OF_MANY, MANY = (4, 8), (2, 4), 2**14
# Probes that share their products.
TOGETHER = 32
# Length of the residuals as a share of the right-hand side's.
TOLERANCE = 1e-5


class Traces(NamedTuple):
    """log|V| and its derivatives, and how well they are known."""

    log_det: float
    slopes: list  # Σ Z_jᵀV⁻¹Z_j of every factor: shape (k, k)
    error: np.ndarray  # covariance of log|V| and of all elements: (1 + Σ k², ...)
    steps: int  # of conjugate gradients, the most of any probe


@dataclass(frozen=True, eq=False)
class Probes:
    """Directions, and random signs that are made anew from their seed.

    Attributes
    ----------
    Q : ndarray, shape (q_K, r)
        Orthonormal columns.
    number : int
        Of probes; the first are the same whatever it is.
    seed : int
    """

    Q: np.ndarray
    number: int
    seed: int

    def more(self, number):
        """The same probes, and further ones.

        Parameters
        ----------
        number : int
            Of all.

        Returns
        -------
        Probes
        """
        return replace(self, number=number)

    def traces(self, coupled):
        """Estimate traces at one Λ.

        Parameters
        ----------
        coupled : Coupled

        Returns
        -------
        Traces
        """
        return self._traces(coupled, coupled.remainders(self._first, TOLERANCE))

    def solved_with_traces(self, coupled, right, tolerance):
        """Solve for right-hand sides, which share products with probes.

        Parameters
        ----------
        coupled : Coupled
        right : list of ndarray, shape (k J, c)
        tolerance : float
            Of these.

        Returns
        -------
        solved : tuple
            As `Coupled.solve` gives it.
        Traces
        """
        tolerances = tolerance, TOLERANCE
        solved, first = coupled.solve_with_remainders(right, self._first, tolerances)
        return solved, self._traces(coupled, first)

    @property
    def _first(self):
        """Directions, which share products with the first probes."""
        return np.hstack([self.Q, self.columns(0)])

    def _traces(self, coupled, first):
        """`traces`, of which the first parts are known, and the steps to them."""
        known, drawn, most = self.Q.shape[1], [first[0]], first[1]
        for start in range(TOGETHER, self.number, TOGETHER):
            parts, steps = coupled.remainders(self.columns(start), TOLERANCE)
            drawn.append(parts)
            most = max(most, steps)
        drawn = np.hstack(drawn)
        exact, drawn = drawn[:, :known], drawn[:, known:]
        total = exact.sum(axis=1) + drawn.mean(axis=1)
        missing = np.split(total[1:], np.cumsum([T.size for T in coupled.gamma])[:-1])
        pairs = zip(coupled.slopes, missing, strict=True)
        return Traces(
            log_det=float(coupled.log_det + total[0]),
            slopes=[slope + part.reshape(slope.shape) for slope, part in pairs],
            error=np.cov(drawn) / self.number,
            steps=most,
        )

    def columns(self, start):
        """Some probes, without their part in the directions.

        Parameters
        ----------
        start : int
            Number of the first.

        Returns
        -------
        ndarray, shape (q_K, c)
            At most `TOGETHER` columns.
        """
        numbers = range(start, min(start + TOGETHER, self.number))
        z = np.array([_signs(self.seed, i, len(self.Q)) for i in numbers]).T
        return z - self.Q @ (self.Q.T @ z)


def probes(coupled, seed):
    """Draw probes to begin with, and leading eigenvectors of E as directions.

    Parameters
    ----------
    coupled : Coupled
        At about the Λ where traces will be wanted.
    seed : int

    Returns
    -------
    Probes
    """
    size = coupled.size
    many = size >= MANY and coupled.mixes
    directions, number = FIRST_OF_MANY if many else FIRST
    few = min(directions, size)
    Q = np.random.default_rng([seed, 0]).normal(size=(size, few))
    for _ in range(PRODUCTS):
        Q, _ = np.linalg.qr(coupled.product(Q))
    return Probes(Q, number, seed)


def _signs(seed, i, size):
    """Random signs of probe i: ndarray, shape (size,)."""
    drawn = np.random.default_rng([seed, i + 1]).integers(0, 2, size, dtype=np.int8)
    return 2.0 * drawn - 1
