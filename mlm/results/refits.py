"""One model fitted to many responses: a sequence of fits, and tables of all of them.

Designs with one grouping factor are fitted together (`mlm.engine.solved`), others
one by one.  A fit of its own is only made when asked for.
"""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from mlm.design.parameters import parameters
from mlm.design.rows import in_order
from mlm.engine.theta import blocks_of
from mlm.ground.arguments import numbers, unusable_size
from mlm.ground.errors import ConvergenceWarning, DataError
from mlm.ground.names import Answering
from mlm.ground.readonly import handed_out


def new_response(design, y):
    """Responses that a design can be fitted to, in the order of its rows.

    Parameters
    ----------
    design : Design
    y : array_like, shape (n,) or (n, R)

    Returns
    -------
    ndarray, shape (n,) or (n, R)

    Raises
    ------
    DataError
        If y has no column, another length, labels of other rows, or what is no finite
        number, or one that cannot be squared and summed.
    """
    y = in_order("the new response", y, design.index)
    y = numbers("y, the new response,", y, ndim=(1, 2))
    if len(y) != design.n or not y.size:
        raise DataError(
            f"the new response must be {design.n} finite numbers, one for each "
            f"row that was fitted; it has shape {y.shape}."
        )
    for column in y.reshape(design.n, -1).T:
        if problem := unusable_size(column):
            raise DataError(f"the new response {problem}; use another unit.")
    return y


class Refits(Answering, Sequence):
    """Fits of one model to many responses, in their order.

    Parameters
    ----------
    design : Design
        That of the fits; its own response does not matter.
    alone : dict of FittedModel
        Fits made one by one, by their number: all, or those that are not in `solved`.
    solved : Solved, optional
        What has been solved for all responses together.
    make : callable, optional
        Makes the fit of a number, where `solved` has settled it.
    """

    def __init__(self, design, alone, solved=None, make=None):
        self._design, self._alone = design, alone
        self._solved, self._make = solved, make
        self._size = len(alone if solved is None else solved.settled)

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
        return self._collect("singular", lambda fit: fit.is_singular)

    @handed_out
    def converged(self):
        """Which searches ended at a minimum: ndarray of bool, shape (R,)."""
        found = np.ones(len(self), dtype=bool)  # as all that are settled
        found[list(self._alone)] = [fit.converged for fit in self._alone.values()]
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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            for i, fit in self._alone.items():  # some know them from a Hessian
                size[i] = fit.se
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
        blocks = blocks_of(terms, self.theta)
        sizes = parameters(terms, blocks, self.sigma, self._design.has_scale)
        return pd.DataFrame(sizes, index=range(len(self))).join(self.fixef)
