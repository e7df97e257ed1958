"""The criterion of theta of a linear mixed model, and estimates at a theta.

The same numbers as `mlm.textbook`, computed for speed instead of for reading: the data
enter once, as cross-products, so the cost of an evaluation does not grow with n.
`mlm.engine.criterion` computes it from blocks of Λ.
"""

import numpy as np
from scipy.linalg import solve_triangular

from mlm.engine.basis import basis
from mlm.engine.criterion import BlockCriterion
from mlm.engine.factorise import EXPLAINED
from mlm.engine.solution import Solution
from mlm.engine.structure import structure
from mlm.engine.sums import cross_products
from mlm.engine.theta import theta_names
from mlm.ground.arguments import numbers
from mlm.ground.errors import DataError

# With prior weights so far apart, several minima are likely.
WIDE_WEIGHTS = 1e3
# A residual sum of squares that is a smaller share of the response's is rounding.
NOTHING = 1e-20


class ProfiledCriterion(BlockCriterion):
    """REML criterion, or deviance, as a function of theta: call it, plot it, test it.

    Parameters
    ----------
    design : Design
        With at least one random term.
    reml : bool
    sums : Sums, optional
        Those of the design, where they are at hand.

    Attributes
    ----------
    design : Design
    sums : Sums
    reml : bool
    d : int
        n - p for REML, n for ML.
    constant : float
        The part that theta has no share in: X = Q RX, and the prior weights.

    Raises
    ------
    DataError
        If there is no random term, or too many random effects for memory; or if the
        fixed effects explain the response exactly.
    """

    def __init__(self, design, reml, sums=None):
        self.design = design
        if sums is None:
            given = basis(design), _response(design), design.weights
            sums = self._sums(design.terms, *given)
        d = design.n - design.p if reml else design.n
        constant = 2 * reml * np.log(np.diag(sums.basis.RX)).sum()
        constant -= design.log_weights
        super().__init__(sums, reml, d, constant)

    @staticmethod
    def _sums(terms, basis, y, weights):
        """Cross-products of a design: `Sums`."""
        return cross_products(structure(terms), basis, y, weights)

    def _alike(self, design, sums):
        """The criterion of another design with the same predictors."""
        return ProfiledCriterion(design, self.reml, sums)

    def with_response(self, y):
        """The criterion of the same model for another response.

        Parameters
        ----------
        y : ndarray, shape (n,)
            With the offset, without weights, as the design's response is.

        Returns
        -------
        ProfiledCriterion

        Raises
        ------
        DataError
            If the fixed effects explain the response exactly.
        """
        design = self.design.with_response(y)
        sums = self.sums.with_response(_response(design))
        return self._alike(design, sums)

    @property
    def names(self):
        """Names of theta: list of str, length m."""
        return theta_names(self.terms)

    def __call__(self, theta):
        """The criterion at theta (Bates et al. 2015, eq. 34 for ML, 41 for REML).

        Parameters
        ----------
        theta : array_like, shape (m,)

        Returns
        -------
        float

        Raises
        ------
        DataError
            If theta is not m finite numbers, or is too large to compute with; or if
            fixed and random effects together explain the response exactly.
        """
        return self.at(self.basis.whiten(numbers("theta", theta)))

    def gradient(self, theta):
        """Exact derivatives of the criterion by theta.

        Parameters
        ----------
        theta : array_like, shape (m,)

        Returns
        -------
        ndarray, shape (m,)

        Raises
        ------
        DataError
            As a call does.
        """
        factors = self.factorise(self.basis.whiten(numbers("theta", theta)))
        return self.basis.slopes_by_theta(factors.slopes(self._weight))

    @property
    def wide(self):
        """Whether rows have weights so far apart that several minima are likely."""
        return self.design.widest > WIDE_WEIGHTS

    def solve(self, theta, factors=None):
        """Estimates of the coefficients, sigma and the random effects at theta.

        Parameters
        ----------
        theta : array_like, shape (m,)
        factors : Factorisation or CrossedFactors, optional
            At theta, where it is at hand.

        Returns
        -------
        Solution

        Raises
        ------
        DataError
            As a call does; and if the residuals are nothing but rounding.
        """
        factors = factors or self.factorise(self.basis.whiten(theta))
        found, r2 = factors.modes(), factors.R[-1, -1] ** 2
        if r2 < NOTHING * self.sums.A22[-1, -1]:
            raise DataError(EXPLAINED)
        beta = self.sums.Qty - found.rest[self.sums.structure.q2 : -1]
        return Solution(
            theta=theta,
            criterion=self.of_factors(factors),
            sigma=float(np.sqrt(r2 / self.d)),
            beta=solve_triangular(self.basis.RX, beta),
            vcov=factors.fixed_covariance(),
            b=factors.modes_by_term(found),
        )


def _response(design):
    """Response less the offset: ndarray, shape (n,); no copy without an offset."""
    return design.y if np.ndim(design.offset) == 0 else design.y - design.offset
