"""How well fixed effects are known, where degrees of freedom are one number.

As `mlm.engine.satterthwaite` and `mlm.inference.kenward_roger`, it has `covariance`,
`degrees_of_freedom` of single combinations of the fixed effects, and `of_test` of
several together.
"""

from dataclasses import dataclass

import numpy as np


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
