"""Confidence intervals of models with a family."""

from dataclasses import dataclass

from mlm.ground.arguments import choice
from mlm.replicates.bootstrap import interval_ends
from mlm.results import intervals
from mlm.results.fitted import FittedModel
from mlm.results.profile import Profile


@dataclass(frozen=True, eq=False, repr=False)
class WithProfile(FittedModel):
    """A fitted model whose β is among the unknowns of its likelihood."""

    def confint(self, method="profile", level=0.95, n=1000, seed=None, parm=None):
        """Confidence intervals of parameters.

        Parameters
        ----------
        method : {"profile", "wald", "boot"}
            Profile likelihood, as R by default.  Or estimate ± normal quantile times
            standard error, fixed effects only, as R's `confint.default`.  Or parametric
            bootstrap (see `bootstrap`).
        level, n, seed, parm
            As for `LinearMixedModel.confint`.

        Returns
        -------
        DataFrame
            Two columns, the ends; rows named as in lme4, on the link's scale.

        Raises
        ------
        DataError
            An unknown method or parameter, a level outside 0 to 1, a bootstrap
            without a seed, or a profile of a fit that has none (see `profile`).

        Warns
        -----
        ConvergenceWarning
            If an end of a profile cannot be found, and so is not a number.
        """
        choice("method", method, ("profile", "wald", "boot"))
        interval_ends(level)  # refuses a bad level before the work is done
        if method == "profile":
            return self.profile(parm).confint(level)
        if method == "boot":
            return self._bootstrapped(level, n, seed, parm)
        table = intervals.around(self, level)
        if self.design.terms:
            table = table.reindex(intervals.estimates(self).index)
        return intervals.selected(table, parm, self.design.p)

    def profile(self, parm=None):
        """Profile likelihood of parameters, to be plotted or read off.

        Where a scale is estimated, zeta is the root of the deviance over that estimate,
        as in R.

        Parameters
        ----------
        parm : str or sequence of str, optional
            As for `confint`.

        Returns
        -------
        Profile

        Raises
        ------
        DataError
            An unknown parameter; or the estimates are not where the likelihood is
            highest: with nodes=0, or where they do not exist.

        Examples
        --------
        >>> import mlm, pandas as pd
        >>> data = pd.DataFrame({"x": [1, 2, 3, 4, 5], "y": [0, 1, 0, 1, 1]})
        >>> mlm.glm("y ~ x", data, family="binomial").profile("x").confint().round(3)
           2.5 %  97.5 %
        x -0.397   4.096
        """
        return Profile(self, self._surface(), parm)
