"""The deviance of a fit over everything that a profile chooses anew.

That is the blocks W of Λ for orthonormal effects, and the rest: log σ of a linear mixed
model, whose β is known when Λ is; β of a model with a family, whose σ is 1.
"""

import numpy as np


class OverSigma:
    """-2 log likelihood of a linear mixed model, over blocks and log σ.

    Parameters
    ----------
    fit : LinearMixedModel
        By maximum likelihood.
    criterion : ProfiledCriterion, optional
        Of another response or other fixed effects, in place of the fit's.

    Attributes
    ----------
    fit : LinearMixedModel
    lowest : float
        Value at the estimates.
    blocks : list of ndarray, shape (k, k)
    rest : ndarray, shape (1,)
        Estimates: W, one a term, and log σ.
    units : ndarray, shape (1,)
        About one standard error of the rest.
    has_sigma : bool
        Whether σ is one of the unknowns.
    """

    has_sigma = True

    def __init__(self, fit, criterion=None):
        self.fit, self.lowest = fit, fit.criterion
        self._criterion = criterion or fit.criterion_function
        self.blocks = self._criterion.basis.whiten(fit.solution.theta)
        self.rest = np.array([np.log(fit.sigma)])
        self.units = np.array([1 / np.sqrt(4 * fit.nobs)])

    def expand(self, blocks, rest):
        """Value, and derivatives by the blocks and by the rest.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
        rest : ndarray, shape (1,)

        Returns
        -------
        value : float
        slopes : list of ndarray, shape (k, k)
        by_rest : ndarray, shape (1,)

        Raises
        ------
        DataError
            If the blocks are too large to compute with.
        """
        factors = self._criterion.factorise(blocks)
        value, slopes, slope = self._criterion.at_sigma(factors, np.exp(rest[0]))
        return value, slopes, np.array([slope])

    def scale(self, rest):
        """Unit of the blocks, σ, and derivatives of its logarithm by the rest."""
        return np.exp(rest[0]), np.ones(1)


class OverBeta:
    """-2 log likelihood of a model with a family, over blocks and β = Ls.

    LLᵀ is a covariance of β̂, so that elements of s are in units of about one standard
    error, and nearly independent.  Where a scale is estimated, the deviance is divided
    by that estimate, as in R.

    Parameters
    ----------
    fit : FamilyModel
    blocks : list of ndarray, shape (k, k)
        Estimates.
    expand : callable
        Value of blocks and β, and derivatives by both.

    Attributes
    ----------
    fit : FamilyModel
    lowest, blocks, rest, units, has_sigma
        As of `OverSigma`; the rest is s, of shape (p,).
    L : ndarray, shape (p, p)
    """

    has_sigma = False

    def __init__(self, fit, blocks, expand):
        self.fit, solution = fit, fit.solution
        self.blocks, self._expand = blocks, expand
        self.L = np.linalg.cholesky(solution.vcov)
        self.rest = np.linalg.solve(self.L, solution.beta)
        self.units = np.ones(len(self.rest))
        self.lowest, *_ = self.expand(self.blocks, self.rest)

    def expand(self, blocks, rest):
        """Value, and derivatives by the blocks and by the rest: see `OverSigma`.

        Raises
        ------
        DataError
            If the blocks are too large to compute with.
        LinAlgError
            If no conditional mode is found.
        """
        value, slopes, by_beta = self._expand(blocks, self.L @ rest)
        return value, slopes, self.L.T @ by_beta

    def scale(self, rest):
        """Unit of the blocks, 1, and derivatives of its logarithm by the rest: 0."""
        return 1.0, np.zeros(len(rest))
