"""One model fitted to many responses: a sequence of fits, and tables of all of them.

Designs with one grouping factor are fitted together (`mlm.batch_search`), others one by
one.  A fit of its own is only made when asked for.
"""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from mlm.covariance import RelativeFactor, named_sizes
from mlm.errors import ConvergenceWarning, SingularFitWarning
from mlm.readonly import handed_out


class Refits(Sequence):
    """Fits of one model to the columns of Y, in their order.

    Parameters
    ----------
    fit : LinearModel or LinearMixedModel
        The model; its own response does not matter.
    Y : ndarray, shape (nobs, R)
    solved : Solved, optional
        What has been solved for all columns together.
    make : callable, optional
        Gives the fit to a column, by its number, where `solved` has settled it.

    Raises
    ------
    DataError
        A response that cannot be fitted; what its fit would raise.
    """

    def __init__(self, fit, Y, solved=None, make=None):
        self._design, self._size = fit.design, Y.shape[1]
        self._solved, self._make = solved, make
        alone = range(self._size)
        if solved is not None:
            alone = np.flatnonzero(~solved.settled).tolist()
        with warnings.catch_warnings():
            # They are counted instead: `singular` and `converged`.
            warnings.simplefilter("ignore", SingularFitWarning)
            warnings.simplefilter("ignore", ConvergenceWarning)
            self._alone = {i: fit.refit(Y[:, i]) for i in alone}

    def __len__(self):
        return self._size

    def __getitem__(self, i):
        i = range(len(self))[i]
        return self._alone[i] if i in self._alone else self._make(i)

    def _collect(self, name, of_fit):
        """One array over all refits, from those solved together and those alone."""
        if self._solved is None:
            return np.array([of_fit(self._alone[i]) for i in range(len(self))])
        values = np.array(getattr(self._solved, name))
        for i, fit in self._alone.items():
            values[i] = of_fit(fit)
        return values

    @handed_out
    def theta(self):
        """Covariance parameters: ndarray, shape (R, m)."""
        return self._collect("theta", lambda fit: fit.solution.theta)

    @handed_out
    def sigma(self):
        """Residual standard deviations: ndarray, shape (R,)."""
        return self._collect("sigma", lambda fit: fit.solution.sigma)

    @handed_out
    def criterion(self):
        """REML criteria, or deviances: ndarray, shape (R,)."""
        return self._collect("criterion", lambda fit: fit.solution.criterion)

    @handed_out
    def singular(self):
        """Which fits are singular: ndarray of bool, shape (R,)."""
        return self._collect("singular", lambda fit: getattr(fit, "is_singular", False))

    @handed_out
    def converged(self):
        """Which searches ended at a minimum: ndarray of bool, shape (R,)."""
        ended = [getattr(fit, "convergence", None) for fit in self._alone.values()]
        found = np.ones(len(self), dtype=bool)
        found[list(self._alone)] = [end is None or end.converged for end in ended]
        return found

    @handed_out
    def fixef(self):
        """Fixed effects: DataFrame, R × p."""
        beta = self._collect("beta", lambda fit: fit.solution.beta)
        return pd.DataFrame(beta, columns=list(self._design.fixed_names))

    @handed_out
    def se(self):
        """Standard errors of the fixed effects: DataFrame, R × p."""
        vcov = self._collect("vcov", lambda fit: fit.solution.vcov)
        size = np.sqrt(np.diagonal(vcov, axis1=1, axis2=2)) * self.sigma[:, None]
        return pd.DataFrame(size, columns=list(self._design.fixed_names))

    @handed_out
    def degrees_of_freedom(self):
        """Satterthwaite's, of the fixed effects: DataFrame, R × p."""
        df = self._collect("degrees_of_freedom", lambda fit: fit.degrees_of_freedom)
        return pd.DataFrame(df, columns=list(self._design.fixed_names))

    def to_frame(self):
        """Every estimate of every fit as a table.

        Returns
        -------
        DataFrame
            A row a fit; columns named as in `confint`: standard deviations,
            correlations and sigma, then fixed effects.
        """
        terms = self._design.terms
        blocks = RelativeFactor(terms).blocks(self.theta)
        sizes = named_sizes(terms, blocks, self.sigma)
        return pd.DataFrame(sizes | {"sigma": self.sigma}).join(self.fixef)
