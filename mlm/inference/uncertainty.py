"""How well fixed effects are known: their covariance, and degrees of freedom of tests.

Each class has `covariance`, `degrees_of_freedom` of single combinations of the fixed
effects, and `of_test` of several together; `mlm.inference.kenward_roger` has another.
"""

from dataclasses import dataclass

import numpy as np

from mlm.engine.satterthwaite import CovarianceSlopes

# Degrees of freedom that differ by less are equal.
SAME = 1e-8


@dataclass(frozen=True, eq=False)
class Constant:
    """One number of degrees of freedom for all: those of residuals, or infinite.

    Attributes
    ----------
    covariance : ndarray, shape (p, p)
    df : float
    """

    covariance: np.ndarray
    df: float

    def degrees_of_freedom(self, L):
        """Degrees of freedom of each row of L: ndarray, shape (k,)."""
        return np.full(len(L), self.df)

    def of_test(self, L):
        """Denominator degrees of freedom of a joint test, and what scales its F."""
        return self.df, 1.0


@dataclass(frozen=True, eq=False)
class Satterthwaite:
    """Satterthwaite's degrees of freedom.

    Attributes
    ----------
    slopes : CovarianceSlopes
    """

    slopes: CovarianceSlopes

    @property
    def covariance(self):
        """Covariance of the fixed effects: ndarray, shape (p, p)."""
        return self.slopes.covariance

    def degrees_of_freedom(self, L):
        """Degrees of freedom of each row of L: ndarray, shape (k,)."""
        return self.slopes.degrees_of_freedom(L)

    def of_test(self, L):
        """Denominator degrees of freedom of a joint test, and what scales its F.

        F is a mean of k squared t of independent combinations, each with its own ν_i;
        F of ν has the same mean (Fai & Cornelius 1996, J. Stat. Comput. Simul. 54).

        Parameters
        ----------
        L : ndarray, shape (k, p)
            Of rank k.

        Returns
        -------
        df, scale : float
        """
        _, axes = np.linalg.eigh(L @ self.covariance @ L.T)
        df = self.degrees_of_freedom(axes.T @ L)
        if np.ptp(df) < SAME:
            return float(df.mean()), 1.0
        if (df <= 2).any():
            return 2.0, 1.0
        mean = np.sum(df / (df - 2))
        return float(2 * mean / (mean - len(df))), 1.0
