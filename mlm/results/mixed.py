"""What every model with random effects has: their modes, variances and search.

Equation numbers are those of Bates, Mächler, Bolker & Walker (2015).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from mlm.engine.convergence import Convergence
from mlm.engine.theta import blocks_of, theta_names
from mlm.ground.errors import ConvergenceWarning, SingularFitWarning, warn
from mlm.ground.readonly import handed_out
from mlm.inference.predicted import row_variances
from mlm.results.components import components
from mlm.results.optimum import optimum_check
from mlm.results.printout import mixed_html, mixed_text, random_lines
from mlm.results.shares import WithShares
from mlm.results.varcorr import VarCorr


@dataclass(frozen=True, eq=False, repr=False)
class MixedModel(WithShares):
    """A fitted model with random effects.

    Attributes
    ----------
    criterion_function : callable
        The criterion as a function of theta.
    convergence : Convergence
        What the optimiser did, in words and numbers.
    """

    criterion_function: Callable
    convergence: Convergence

    # Monte Carlo errors of the standard deviations, where there are any.
    _deviation_errors = 0.0

    @property
    def converged(self):
        """Whether the search for theta ended at a minimum."""
        return self.convergence.converged

    @property
    def convergence_words(self):
        """How the search ended: str."""
        return self.convergence.words

    @property
    def is_singular(self):
        """Whether Σ̂ is (nearly) singular: a variance of 0, or a correlation of ±1.

        As lme4's ``isSingular``.
        """
        return self.convergence.singular

    def _warn(self):
        if self.is_singular and self.converged:
            warn(
                "boundary (singular) fit: the best estimate of a variance is 0, or of "
                "a correlation ±1. The fit is right, but the data do not tell that "
                "part of the model from nothing: look at fit.varcorr, and see with "
                "mlm.anova whether a simpler random part fits as well.",
                SingularFitWarning,
            )
        if not self.converged:
            warn(
                f"{self.convergence.words}: the search stopped early, so the estimates "
                "may not be the best. Centre and scale the predictors, or simplify the "
                "random part; fit.optimum_check() searches again from other starts. "
                "Other software's answer would deserve no more trust.",
                ConvergenceWarning,
            )

    @handed_out
    def theta(self):
        """Covariance parameters θ̂, named as in lme4: Series, length m."""
        names = theta_names(self.design.terms)
        return pd.Series(self.solution.theta, index=names)

    @property
    def ngroups(self):
        """Number of groups of each grouping factor: dict."""
        return {term.group: term.J for term in self.design.terms}

    @handed_out
    def ranef(self):
        """Conditional modes of the random effects: {group: DataFrame, J × k}."""
        tables = {}
        for term, b in zip(self.design.terms, self.solution.b, strict=True):
            table = pd.DataFrame(b, index=term.levels, columns=list(term.columns))
            parts = [tables[term.group], table] if term.group in tables else [table]
            tables[term.group] = pd.concat(parts, axis=1)
        return tables

    def _factorisation(self):
        """The factorised system at the estimates, for what it tells beyond them."""
        criterion = self.criterion_function
        return criterion.factorise(criterion.basis.whiten(self.solution.theta))

    def _prediction_variance(self, rows, residual=0.0):
        covariance = self.vcov.to_numpy() / self.sigma**2
        spread = row_variances(rows, self._factorisation(), covariance)
        return self.sigma**2 * (spread + residual), self._df()

    @handed_out
    def condvar(self):
        """Conditional variances of the random effects (eq. 58): {group: (J, k, k)}."""
        variances = self._factorisation().conditional_variances()
        return {group: self.sigma**2 * variances[group] for group in self.ranef}

    @handed_out
    def coef(self):
        """Fixed plus random effects: {group: DataFrame, levels × effects}."""
        tables = {}
        for group, modes in self.ranef.items():
            effects = self.fixef.index.union(modes.columns, sort=False)
            common = self.fixef.reindex(effects, fill_value=0.0)
            tables[group] = modes.reindex(columns=effects, fill_value=0.0) + common
        return tables

    @cached_property
    def varcorr(self):
        """Standard deviations and correlations of the random effects (`VarCorr`)."""
        terms = self.design.terms
        blocks = blocks_of(terms, self.solution.theta)
        has_scale = self.design.has_scale
        return VarCorr(terms, blocks, self.sigma, has_scale, self._deviation_errors)

    def rePCA(self):  # lme4's name
        """Principal components of the random effects: how many the data support.

        Returns
        -------
        RandomEffectsPCA
            A table for each grouping factor, and advice in words.

        Examples
        --------
        >>> import mlm
        >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
        >>> fit.rePCA()
        Subject
                                   PC1     PC2
        Standard deviation      0.9669  0.2309
        Proportion of variance 0.94605 0.05395
        Cumulative proportion   0.9461  1.0000
        All 2 dimensions have variance.
        """
        return components(self.criterion_function.basis, self.solution.theta)

    def optimum_check(self):
        """Search for the optimum again: from other starts, and without derivatives.

        Returns
        -------
        DataFrame
            A row for each search, named by its start: the ``criterion`` that it
            reached, the ``difference`` from this fit's, ``evaluations``, and the theta
            where it ended.  Searches that stop at a higher criterion are no fault:
            they show that the criterion has several minima.
            The starts are this fit, the variances by the method of moments, random
            ones, and effects of so many times the residuals' size (``"8 × residuals"``
            and the like).

        Warns
        -----
        ConvergenceWarning
            A search reached a lower criterion than this fit.

        Examples
        --------
        >>> import mlm
        >>> fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", mlm.load_sleepstudy())
        >>> searches = fit.optimum_check()
        >>> bool(searches["difference"].abs().max() < 1e-6)
        True

        Fit again from where one of them ended:

        >>> data, start = mlm.load_sleepstudy(), searches.loc["moments"]
        >>> again = mlm.lmer("Reaction ~ Days + (1 | Subject)", data, start=start)
        >>> round(again.criterion - fit.criterion, 6)
        0.0
        """
        return optimum_check(self)

    def _variance_lines(self, variance=False):
        return random_lines(self, variance)

    def __repr__(self):
        return mixed_text(self, self._criterion_lines(4))

    def _repr_html_(self):
        return mixed_html(self, self._criterion_lines(4))
