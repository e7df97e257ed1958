"""The criterion of blocks of Λ, its derivatives, and its search.

`mlm.engine.factorise` gives L_j for every group of the factors that are eliminated
group by group, and R for everything else, X and y included.  The diagonals of all L_j
and R are those of L_θ and R_X, and r(θ), of Bates et al. (2015, eq. 18 and 19).  With
weight w = 1 on random effects, 1 (REML) or 0 (ML) on X, and d = n − p (REML) or n (ML)
on y, eq. 34 and 41 become

    f = Σ w log(diagonal²) + d (1 + log(2π/d))

and, with B = R⁻ᵀ W R⁻¹ and D_j = C_jᵀ Λ₂ B Λ₂ᵀ C_j, its derivatives are

    ∂f/∂T = 2 Σ_j (A_j − D_j + A_j N_j D_j) K_j       ∂f/∂Λ₂ = 2 H Λ₂ B
"""

import numpy as np

from mlm.engine.crowd import crowd_of
from mlm.engine.curvature import average_information
from mlm.engine.factorise import EXPLAINED, factorise
from mlm.engine.points import Expansion, Point
from mlm.engine.starts import moment_estimates, without_means
from mlm.engine.steps import bend
from mlm.ground.errors import DataError


class BlockCriterion:
    """REML criterion, or deviance, as a function of blocks of Λ.

    The blocks are those for orthonormal effects (`Basis`), and need not be triangular.

    Parameters
    ----------
    sums : Sums
    reml : bool
    d : int
        n − p for REML, n for ML.
    constant : float
        The part that Λ has no share in: X = Q RX, and the prior weights.

    Attributes
    ----------
    sums, reml, d, constant
        The parameters.
    """

    # Average information is near enough to the Hessian to begin with, and what an
    # evaluation costs does not grow with the number of rows.
    learns = costly = blurred = False
    unit = 1.0  # there is no vector

    def __init__(self, sums, reml, d, constant):
        self.sums, self.reml, self.d, self.constant = sums, reml, d, constant
        counts = [sums.structure.q2, sums.p, 1]
        self._weight = np.repeat([1.0, float(reml), d], counts)

    @property
    def terms(self):
        """Random terms: tuple of RandomTerm."""
        return self.sums.structure.terms

    @property
    def basis(self):
        """Orthonormal effects: `Basis`."""
        return self.sums.basis

    def factorise(self, blocks):
        """Factorise the penalised system (eq. 17 to 19).

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
            One a term.

        Returns
        -------
        Factorisation

        Raises
        ------
        DataError
            If Λ is too large to compute with, or if fixed and random effects together
            explain the response exactly.
        """
        return factorise(self.sums, blocks)

    def _factorise_to_search(self, blocks):
        """As `factorise`: where digits cost nothing, a search has them all.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
            One a term.

        Returns
        -------
        Factorisation
        """
        return self.factorise(blocks)

    def at(self, blocks):
        """The criterion at blocks of Λ (eq. 34 and 41).

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
            One a term.

        Returns
        -------
        float

        Raises
        ------
        DataError
            As `factorise` does.
        """
        return self.of_factors(self.factorise(blocks))

    def of_factors(self, factors):
        """The criterion of a factorisation, f in the module's letters.

        Parameters
        ----------
        factors : Factorisation

        Returns
        -------
        float
        """
        logs = 2 * np.log(np.diag(factors.R))
        profiled = self.d * (1 + np.log(2 * np.pi / self.d))
        return float(self._weight @ logs + factors.log_det + profiled + self.constant)

    def at_sigma(self, factors, sigma):
        """The criterion with sigma not profiled out (eq. 31), and derivatives.

        Parameters
        ----------
        factors : Factorisation
        sigma : float
            Residual standard deviation, in the unit of the response.

        Returns
        -------
        value : float
        slopes : list of ndarray, shape (k, k)
            By the blocks of Λ.
        slope : float
            By log sigma.
        """
        diagonal, d = np.diag(factors.R), self.d
        ratio = diagonal[-1] ** 2 / sigma**2  # r²(θ) / σ²
        value = factors.log_det + self.constant
        value += 2 * self._weight[:-1] @ np.log(diagonal[:-1])
        value += d * np.log(2 * np.pi * sigma**2) + ratio
        # The derivative of r²/σ² is r²/σ² times that of log r².
        weight = np.append(self._weight[:-1], ratio)
        return float(value), factors.slopes(weight), float(2 * (d - ratio))

    # For the search: see `mlm.engine.problem`.

    def start(self):
        """Estimates by moments (`mlm.engine.starts`): `Point`."""
        return Point.of(moment_estimates(self.sums))

    def crowd(self):
        """The criterion at many points at once: `Crowd`, or None."""
        return crowd_of(self)

    @property
    def apart(self):
        """Whether random effects vary around 0, their average not being in X."""
        return without_means(self.sums)

    def value(self, point):
        """The criterion at a point; infinite where there is none: ndarray, (1,)."""
        try:
            value = self.at([T[0] for T in point.blocks])
        except (DataError, np.linalg.LinAlgError):
            value = np.inf
        return np.array([value if np.isfinite(value) else np.inf])

    def expand(self, point, fall=0.0):
        """The criterion around a point, to second order: `Expansion`.

        Second derivatives are the average information, and of that part of the
        Hessian which it lacks on the boundary.

        Parameters
        ----------
        point : Point
        fall : float or ndarray, shape (1,)
            Not read: all is exact.

        Returns
        -------
        Expansion
        """
        blocks = [T[0] for T in point.blocks]
        try:
            factors = self._factorise_to_search(blocks)
            value, slopes = self.of_factors(factors), factors.slopes(self._weight)
            curvature, start = average_information(factors, self.d), 0
            for T, slope in zip(blocks, slopes, strict=True):
                part = slice(start, start := start + T.size)
                curvature[part, part] += bend(T, slope)
        except (DataError, np.linalg.LinAlgError):
            return Expansion.nowhere(point)
        slopes = np.concatenate([slope.ravel() for slope in slopes])
        if not np.isfinite(value) or not np.isfinite(curvature).all():
            return Expansion.nowhere(point)
        return Expansion(point, np.array([value]), slopes[None], curvature[None])

    def slopes(self, point, near):
        """Derivatives by the elements of the blocks.

        Parameters
        ----------
        point, near : Point
            The second, which is close by, is not looked at.

        Returns
        -------
        ndarray, shape (1, Σ k²)
        """
        factors = self.factorise([T[0] for T in point.blocks])
        slopes = factors.slopes(self._weight)
        return np.concatenate([slope.ravel() for slope in slopes])[None]

    def steps(self, point):
        """Steps from u = 0 to the modes: none, as they solve a system of equations."""
        return ()

    def take(self, which):
        """The criteria of some of the problems, of which there is one."""
        return self

    def error(self):
        """The error to raise where the criterion cannot be computed: `DataError`."""
        return DataError(EXPLAINED)
