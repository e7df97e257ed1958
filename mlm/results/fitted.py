"""Fitted models: frozen results with what a reader of lme4's print-out expects.

Everything is computed from the design and the solution when first asked for; nothing
here reads data.  What a kind of model does in its own way stands in
`mlm.results.linear`, `mlm.results.mixed` and `mlm.results.linear_mixed`.
"""

import warnings
from dataclasses import dataclass

import pandas as pd

from mlm.ground.arguments import choice, in_memory, seed_of, whole_number
from mlm.ground.errors import DataError, SingularFitWarning
from mlm.replicates.bootstrap import bootstrap
from mlm.replicates.draw import generator, simulate
from mlm.results import intervals
from mlm.results.deletion import influence
from mlm.results.predict import WithPredictions
from mlm.results.refits import Refits, new_response
from mlm.results.summary import Summary


@dataclass(frozen=True, eq=False, repr=False)
class FittedModel(WithPredictions):
    """What can be done with any fit: simulate, fit again, summarise.

    A kind of model has `title`, `reml`, `converged`, `is_singular`, `refits_together`,
    `degrees_of_freedom` and `leverage` too, and says what stands in its print-outs.
    """

    # Lines of the print-out that say which family, if there is one.
    family_lines = ()
    # Monte Carlo errors of the criterion and of the fixed effects, where there are any.
    _criterion_error, _fixed_errors = 0.0, 0.0

    def draw(self, generators):
        """Draw responses from the model, one from each random generator.

        Parameters
        ----------
        generators : list of numpy.random.Generator

        Returns
        -------
        ndarray, shape (nobs, number of generators)
            Of a binomial family, proportions of successes.
        """
        theta, beta = self.solution.theta, self.solution.beta
        return simulate(self.design, theta, beta, self.sigma, generators)

    def simulate(self, n, seed):
        """Draw responses from the fitted model: new random effects, new residuals.

        Parameters
        ----------
        n : int
            How many data sets.
        seed : int
            The same seed gives the same numbers; column i is the same for every n, and
            is what replicate i of `bootstrap` is fitted to.

        Returns
        -------
        DataFrame, shape (nobs, n)
            One column for each data set, on the fitted data's index.

        Raises
        ------
        DataError
            Another n, one too large for memory, or another seed.
        """
        n = whole_number("n", n, 0, "a number of data sets, 0 or more")
        in_memory("n", n, self.nobs)
        seed = seed_of(seed)
        y = self.draw([generator(seed, number) for number in range(n)])
        return pd.DataFrame(y, index=self.design.index)

    def refit(self, y):
        """Fit the same model to another response, with the same weights and offset.

        Parameters
        ----------
        y : array_like, shape (nobs,) or (nobs, R)
            A response, or many: what `simulate` gives, for example.  A Series or
            DataFrame is put into the order of the rows by its labels.

        Returns
        -------
        Same class as this fit, or Refits
            A fit; or all R of them, a sequence that counts singular fits instead of
            warning.  With one grouping factor they are fitted together, some thousand
            a second.

        Raises
        ------
        DataError
            If y has no column, another length, labels of other rows, or what is no
            finite number, or one that cannot be squared and summed.

        Examples
        --------
        >>> import mlm
        >>> fit = mlm.lm("Reaction ~ Days", mlm.load_sleepstudy())
        >>> refits = fit.refit(fit.simulate(3, seed=1))
        >>> len(refits), refits.fixef.columns.tolist()
        (3, ['(Intercept)', 'Days'])
        """
        y = new_response(self.design, y)
        if y.ndim == 2:
            return self._refits(y)
        fit = self._refit(y)
        fit._warn()
        return fit

    def influence(self, group):
        """Leave out one group at a time: what each does to the estimates.

        Parameters
        ----------
        group : str or array_like, shape (nobs,)
            A grouping factor, a column that the formula uses, or a label for each row.

        Returns
        -------
        Influence
            The estimates without each group, their changes and Cook's distances.

        Raises
        ------
        DataError
            There is no such group.

        Warns
        -----
        RankDeficiencyWarning
            Without some group the others do not tell all estimates.

        Notes
        -----
        All parameters are estimated anew.  Nothing is built from the formula again; of
        a linear mixed model only the sums of cross-products are, and the search starts
        where this fit ended.

        Examples
        --------
        >>> import mlm
        >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
        >>> fit.influence("Subject").cooks_distance.idxmax()
        '309'
        """
        return influence(self, group)

    def refit_ml(self):
        """The same model fitted by maximum likelihood: this fit, if it is."""
        return self

    def with_design(self, design):
        """Fit another design in the same way; a singular fit does not warn.

        Parameters
        ----------
        design : Design

        Returns
        -------
        Same class as this fit
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SingularFitWarning)
            return self.from_design(design, **self._settings())

    def _fit_of_rows(self, design, keep):
        """The fit of some rows of its design, without a warning.

        Parameters
        ----------
        design : Design
            With these rows only.
        keep : ndarray of bool, shape (n,)
            Which rows of this fit's design they are.
        """
        return self.from_design(design)

    def _settings(self):
        """How it was fitted: arguments of `from_design`."""
        return {}

    def _refits(self, Y):
        """Fits to all columns of Y, (nobs, R), without a warning: `Refits`."""
        return Refits(self.design, dict(enumerate(map(self._refit, Y.T))))

    def _warn(self):
        """Say what a reader must know before believing the numbers."""

    def _bootstrapped(self, level, n, seed, parm):
        """Percentile intervals of a parametric bootstrap: DataFrame."""
        places = intervals.chosen(intervals.estimates(self).index, parm, self.design.p)
        boot = bootstrap(self, n=n, seed=seed, progress=False)
        return boot.confint(level).iloc[places]

    def summary(self, ddf=None):
        """Table of estimates with standard errors and t values, as R's summary.

        Parameters
        ----------
        ddf : {None, "satterthwaite"}
            Whether to add degrees of freedom and p values of the fixed effects, as
            the R package lmerTest does.  lme4 leaves them out, because with random
            effects t follows no t distribution exactly: any df is an approximation.

        Returns
        -------
        Summary

        Raises
        ------
        DataError
            Another `ddf`.
        """
        if isinstance(ddf, str) and ddf == "kenward-roger":
            raise DataError(
                "a summary has Satterthwaite's degrees of freedom; Kenward and "
                "Roger's, with their standard errors, are in "
                "fit.tidy(ddf='kenward-roger')."
            )
        choice("ddf", ddf, (None, "satterthwaite"))
        df = self.degrees_of_freedom.to_numpy() if ddf else None
        lines = self._criterion_lines(1), self._variance_lines(variance=True)
        return Summary(self, df, *lines)
