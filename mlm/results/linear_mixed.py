"""Linear mixed models: fits by REML or maximum likelihood.

Equation numbers are those of Bates, Mächler, Bolker & Walker (2015).
"""

import warnings
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd

from mlm.design import covariance
from mlm.design.design import linear_design
from mlm.engine.convergence import judge
from mlm.engine.optimum import minimise
from mlm.engine.patterns import patterns_of
from mlm.engine.profiled import ProfiledCriterion
from mlm.engine.solved import solve_many
from mlm.ground.arguments import choice, truth
from mlm.ground.errors import SingularFitWarning
from mlm.ground.readonly import handed_out, lock
from mlm.replicates.bootstrap import interval_ends
from mlm.results import intervals
from mlm.results.printout import likelihood_lines, reml_lines
from mlm.results.profile import Profile
from mlm.results.refits import Refits
from mlm.results.satterthwaite import WithSatterthwaite
from mlm.results.surface import OverSigma
from mlm.textbook import pls


@dataclass(frozen=True, eq=False, repr=False)
class LinearMixedModel(WithSatterthwaite):
    """A linear mixed model fitted by `mlm.lmer`.

    Attributes
    ----------
    criterion_function : ProfiledCriterion
        The criterion as a function of theta.
    """

    # What is minimised, as a class of its own for other solvers.
    _criterion = ProfiledCriterion

    @classmethod
    def from_design(cls, design, reml=True, start=None):
        """Fit a design by REML or maximum likelihood; arguments are as for `lmer`."""
        linear_design(design)
        return cls._of_sums(design, reml, start)

    @classmethod
    def _of_sums(cls, design, reml=True, start=None, sums=None):
        """The same, with cross-products that are at hand."""
        if start is not None:
            start = covariance.start_theta(design.terms, start)
        fit = cls._search(cls._criterion(design, truth("reml", reml), sums), start)
        fit._warn()
        return fit

    @classmethod
    def _search(cls, criterion, start=None):
        """The fit where a criterion is smallest; without a warning."""
        theta, _, convergence = minimise(criterion, start)
        return cls(criterion.design, criterion.solve(theta), criterion, convergence)

    @property
    def reml(self):
        """Whether `criterion` is the REML criterion (else -2 log likelihood)."""
        return self.criterion_function.reml

    @property
    def title(self):
        """What was fitted, and how."""
        method = "REML" if self.reml else "maximum likelihood"
        return f"Linear mixed model fit by {method}"

    def _fit_of_rows(self, design, keep):
        sums = self.criterion_function.sums.of_rows(keep)
        criterion = ProfiledCriterion(design, self.reml, sums)
        return self._search(criterion, self.solution.theta)

    def _refit(self, y):
        return self._search(self.criterion_function.with_response(y))

    @cached_property
    def _patterns(self):
        return patterns_of(self.criterion_function)

    @property
    def refits_together(self):
        """Whether `refit` fits many responses together: with one grouping factor."""
        return self._patterns is not None

    def _refits(self, Y):
        if not self.refits_together:
            return super()._refits(Y)
        solved = solve_many(self._patterns, Y)
        unsettled = np.flatnonzero(~solved.settled).tolist()
        alone = {i: self._refit(Y[:, i]) for i in unsettled}
        return Refits(self.design, alone, solved, partial(self._settled, Y, solved))

    def _settled(self, Y, solved, i):
        """The fit to column i of Y, of those solved together."""
        criterion = self.criterion_function.with_response(Y[:, i])
        end = solved.ends.take(np.array([i]))
        convergence = judge(criterion, end, int(end.steps[0]) + 1)
        return type(self)(criterion.design, solved.solution(i), criterion, convergence)

    def _settings(self):
        return {"reml": self.reml}

    def refit_ml(self):
        """The same model fitted by maximum likelihood: this fit, if it is.

        A singular fit, which has warned of that, does not warn again.
        """
        if not self.reml:
            return self
        with warnings.catch_warnings():
            if self.is_singular:
                warnings.simplefilter("ignore", SingularFitWarning)
            sums = self.criterion_function.sums
            return self._of_sums(self.design, reml=False, sums=sums)

    @handed_out
    def leverage(self):
        """Diagonal of the hat matrix (eq. 65): Series on the data's index, 0 to 1.

        How far each fitted value, random effects and all, follows its observation.
        """
        return pd.Series(self._factorisation().leverage(), index=self.design.index)

    def confint(self, method="profile", level=0.95, n=1000, seed=None, parm=None):
        """Confidence intervals of parameters.

        Parameters
        ----------
        method : {"profile", "wald", "boot"}
            ``"profile"``: profile likelihood, as lme4 by default.  ``"wald"``: estimate
            ± z standard errors, fixed effects only.  ``"boot"``: parametric bootstrap
            (see `bootstrap`).  A profile is always that of the maximum likelihood fit,
            which is made if this one is by REML.
        level : float
            Between 0 and 1.
        n : int
            Bootstrap only: how many data sets to simulate and refit.
        seed : int
            Bootstrap only, and needed there: the same seed gives the same intervals.
        parm : str or sequence of str, optional
            Which parameters, by name; as in lme4, ``"theta_"`` for the random part with
            sigma, and ``"beta_"`` for the fixed effects.  All, if left out.

        Returns
        -------
        DataFrame
            Two columns, the ends; rows named as in lme4: ``sd_(Intercept)|Subject``,
            ``cor_Days.(Intercept)|Subject``, …, ``sigma``, and the fixed effects.
            `Profile.confint` says what stands where a profile has no such end.

        Raises
        ------
        DataError
            An unknown method or parameter, a level outside 0 to 1, or a bootstrap
            without a seed.

        Warns
        -----
        ConvergenceWarning
            If an end of a profile cannot be found, and so is not a number.

        References
        ----------
        Bates et al. (2015), section 5.1.
        """
        choice("method", method, ("profile", "wald", "boot"))
        interval_ends(level)  # refuses a bad level before the work is done
        if method == "profile":
            return self.profile(parm).confint(level)
        if method == "boot":
            return self._bootstrapped(level, n, seed, parm)
        every = intervals.estimates(self).index
        table = intervals.around(self, level).reindex(every)
        return intervals.selected(table, parm, self.design.p)

    def profile(self, parm=None):
        """Profile likelihood of parameters, to be plotted or read off.

        Parameters
        ----------
        parm : str or sequence of str, optional
            As for `confint`.

        Returns
        -------
        Profile
            Of the maximum likelihood fit, which is made if this one is by REML.

        Raises
        ------
        DataError
            An unknown parameter.

        Examples
        --------
        >>> import mlm
        >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
        >>> profile = fit.profile("beta_")
        >>> profile.confint().round(3)
                       2.5 %   97.5 %
        (Intercept)  237.681  265.130
        Days           7.359   13.576
        """
        fit = self.refit_ml()
        return Profile(fit, OverSigma(fit), parm)

    @cached_property
    def pls(self):
        """Pieces at θ̂ as the textbook has them: Lambda, L, RZX, RX, u, b, … (`PLS`)."""
        pieces = pls(self.design, self.theta, self.reml)
        lock([*vars(pieces).values()])
        return pieces

    def _criterion_lines(self, decimals):
        lines = reml_lines if self.reml else likelihood_lines
        return lines(self, decimals)
