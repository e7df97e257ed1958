"""Fitted models: frozen results with what a reader of lme4's print-out expects.

Everything is computed from the design and the solution when first asked for; nothing
here reads data.  Units: y's unit, and y's unit per unit of x.
Equation numbers are those of Bates, Mächler, Bolker & Walker (2015).
"""

import warnings
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import pandas as pd

from mlm import intervals, satterthwaite
from mlm.arguments import (
    choice,
    in_memory,
    kind,
    numbers,
    seed_of,
    truth,
    unusable_size,
    whole_number,
)
from mlm.batch import batch_of
from mlm.batch_search import solve_many
from mlm.bootstrapping import bootstrap, interval_ends
from mlm.covariance import RelativeFactor
from mlm.design import A_DESIGN, Design
from mlm.display import linear_text, mixed_html, mixed_text
from mlm.errors import ConvergenceWarning, DataError, SingularFitWarning, warn
from mlm.influence import cooks_distance, linear_leverage, mixed_leverage, residuals
from mlm.optimise import Convergence, hessian, judge, minimise, searches
from mlm.pls import pls
from mlm.predict import predict
from mlm.profile import Profile
from mlm.profiled import ProfiledDeviance, profiled_deviance
from mlm.readonly import Locked, handed_out, lock
from mlm.refits import Refits
from mlm.rows import in_order
from mlm.simulation import generator, simulate
from mlm.solution import LeastSquares, Solution, conditional_variances, solve
from mlm.summary import Summary
from mlm.varcorr import VarCorr

# A criterion that is lower by this much is another optimum, not rounding.
LOWER = 1e-5


@dataclass(frozen=True, eq=False)
class FittedModel(Locked):
    """What a linear model and a linear mixed model have in common.

    Attributes
    ----------
    design : Design
        Formula, y, X, Z, terms and names.
    reml : bool
        Whether `criterion` is the REML criterion (else -2 log likelihood).
    solution : Solution
        Estimates as the engine gives them, without names.
    """

    design: Design
    reml: bool
    solution: Solution

    def __post_init__(self):
        locked = {name: lock(value) for name, value in vars(self.solution).items()}
        object.__setattr__(self, "solution", replace(self.solution, **locked))

    @handed_out
    def fixef(self):
        """Estimated fixed effects β̂ (eq. 51): Series, length p."""
        return pd.Series(self.solution.beta, index=list(self.design.fixed_names))

    @handed_out
    def vcov(self):
        """Covariance of the fixed effects (eq. 54): DataFrame, p × p."""
        names = list(self.design.fixed_names)
        covariance = self.sigma**2 * self.solution.vcov
        return pd.DataFrame(covariance, index=names, columns=names)

    @property
    def sigma(self):
        """Residual standard deviation σ̂ (eq. 33 for ML, 40 for REML)."""
        return self.solution.sigma

    @property
    def se(self):
        """Standard errors of the fixed effects: Series, length p."""
        return pd.Series(np.sqrt(np.diag(self.vcov)), index=self.vcov.index)

    @property
    def criterion(self):
        """REML criterion (eq. 41), or deviance -2 log L (eq. 34)."""
        return self.solution.criterion

    @property
    def loglik(self):
        """Log likelihood; the restricted one if `reml`."""
        return -self.criterion / 2

    @property
    def df(self):
        """Number of estimated parameters: fixed effects, theta and sigma."""
        return self.design.p + self.design.m + 1

    @property
    def aic(self):
        """Akaike's information criterion, criterion + 2 df."""
        return self.criterion + 2 * self.df

    @property
    def bic(self):
        """Schwarz's information criterion, criterion + df log n."""
        return self.criterion + self.df * float(np.log(self.nobs))

    @property
    def nobs(self):
        """Number of observations used."""
        return self.design.n

    @handed_out
    def fitted(self):
        """Fitted values, with random effects (eq. 13): Series on the data's index."""
        mu = self.design.X @ self.solution.beta + self.design.offset
        if self.design.terms:
            mu += self.design.Z @ np.concatenate([b.ravel() for b in self.solution.b])
        return pd.Series(mu, index=self.design.index)

    @handed_out
    def resid(self):
        """Residuals, response minus fitted: Series on the data's index."""
        return self.residuals("response")

    def residuals(self, kind="response"):
        """Residuals of one kind.

        Parameters
        ----------
        kind : {"response", "marginal", "pearson", "scaled", "studentised"}
            Response minus fitted; response minus the fixed effects' part only;
            ``response`` times the root of the prior weight; ``pearson`` over sigma;
            ``scaled`` over the root of 1 - leverage.

        Returns
        -------
        Series
            On the data's index; the first three in the response's unit.

        Raises
        ------
        DataError
            An unknown kind.
        """
        return pd.Series(residuals(self, kind), index=self.design.index)

    @handed_out
    def cooks_distance(self):
        """Cook's distance of every observation: Series on the data's index.

        Squared ``studentised`` residual times leverage/(1 - leverage), over p: how
        far the estimates would move without the observation.
        """
        return pd.Series(cooks_distance(self), index=self.design.index)

    def to_frame(self):
        """Every estimate as a table.

        Returns
        -------
        DataFrame
            ``estimate``, ``se`` and ``t``; rows named as in `confint`: standard
            deviations, correlations and sigma (which have no se), and fixed effects.
        """
        estimate = intervals.estimates(self)
        table = pd.DataFrame({"estimate": estimate, "se": self.se})
        return table.loc[estimate.index].assign(t=lambda t: t["estimate"] / t["se"])

    @property
    def formula(self):
        """The formula as written."""
        return self.design.formula.text

    def predict(self, new_data=None, random=True, allow_new_levels=False):
        """Predict the response.

        Parameters
        ----------
        new_data : DataFrame, optional
            Where to predict; the fitted data if left out.
        random : bool
            Whether to add the random effects of each row's group: the prediction for
            that group if true, for the average group if false.
        allow_new_levels : bool
            Whether a group that was not fitted counts as the average group.

        Returns
        -------
        Series
            In the response's unit, on the index of the data; missing where a variable
            that is needed is missing.

        Raises
        ------
        FormulaError
            A column is not there.
        DataError
            A category, or a group, was not in the fitted data; or a column is of
            another type than it was there (text, numbers, True and False).

        Examples
        --------
        >>> import mlm
        >>> sleepstudy = mlm.load_sleepstudy()
        >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", sleepstudy)
        >>> fit.predict(sleepstudy.head(1), random=False).round(3).tolist()
        [251.405]
        """
        random = truth("random", random)
        allow_new_levels = truth("allow_new_levels", allow_new_levels)
        return predict(self.design, self.solution, new_data, random, allow_new_levels)

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
        seed, theta, beta = seed_of(seed), self.solution.theta, self.solution.beta
        generators = [generator(seed, number) for number in range(n)]
        y = simulate(self.design, theta, beta, self.sigma, generators)
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
        y = in_order("the new response", y, self.design.index)
        y = numbers("y, the new response,", y, ndim=(1, 2))
        if len(y) != self.nobs or not y.size:
            raise DataError(
                f"the new response must be {self.nobs} finite numbers, one for each "
                f"row that was fitted; it has shape {y.shape}."
            )
        for column in y.reshape(self.nobs, -1).T:
            if problem := unusable_size(column):
                raise DataError(f"the new response {problem}; use another unit.")
        return self._with_response(y) if y.ndim == 1 else self._with_responses(y)

    def _interval(self, method, level, n, seed, parm):
        """Intervals that both kinds of model have: see `confint`."""
        p = self.design.p
        if method != "boot":
            found = {"t": intervals.exact, "wald": intervals.wald}[method](self, level)
            return found.iloc[intervals.chosen(list(found.index), parm, p)]
        places = intervals.chosen(list(intervals.estimates(self).index), parm, p)
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
        choice("ddf", ddf, (None, "satterthwaite"))
        return Summary(self, self.degrees_of_freedom.to_numpy() if ddf else None)


@dataclass(frozen=True, eq=False, repr=False)
class LinearModel(FittedModel):
    """A linear model fitted by `mlm.lm`.

    `criterion` is -2 log likelihood; `sigma` is the unbiased estimate, as in R.
    """

    @classmethod
    def from_design(cls, design):
        """Fit a design by least squares."""
        kind("design", design, Design, A_DESIGN)
        return cls(design, False, LeastSquares(design).solve(design.y))

    @cached_property
    def _solver(self):
        return LeastSquares(self.design)

    def _with_response(self, y):
        design = self.design.with_response(y)
        return replace(self, design=design, solution=self._solver.solve(y))

    refits_together = True

    def _with_responses(self, Y):
        return Refits(self, Y)

    @handed_out
    def degrees_of_freedom(self):
        """Degrees of freedom of the t tests, n - p: Series, length p."""
        return pd.Series(self.nobs - self.design.p, index=self.fixef.index)

    @handed_out
    def leverage(self):
        """Diagonal of the hat matrix: Series on the data's index, 0 to 1."""
        return pd.Series(linear_leverage(self.design), index=self.design.index)

    def confint(self, method="t", level=0.95, n=1000, seed=None, parm=None):
        """Confidence intervals of parameters.

        Parameters
        ----------
        method : {"t", "wald", "boot"}
            ``"t"``: estimate ± t standard errors, with n - p degrees of freedom, as in
            R; exact if residuals are normal.  ``"wald"``: the same with the normal
            quantile instead of t's.  ``"boot"``: parametric bootstrap (see
            `bootstrap`).
        level, n, seed, parm
            As for `LinearMixedModel.confint`.

        Returns
        -------
        DataFrame
            Two columns, the ends; a row for each fixed effect, and by bootstrap for
            ``sigma`` too.

        Raises
        ------
        DataError
            An unknown method or parameter, a level outside 0 to 1, or a bootstrap
            without a seed.

        Examples
        --------
        >>> import mlm
        >>> mlm.lm("Reaction ~ Days", mlm.load_sleepstudy()).confint().round(3)
                       2.5 %   97.5 %
        (Intercept)  238.361  264.449
        Days           8.024   12.911
        """
        choice("method", method, ("t", "wald", "boot"))
        interval_ends(level)
        return self._interval(method, level, n, seed, parm)

    def __repr__(self):
        return linear_text(self)


@dataclass(frozen=True, eq=False, repr=False)
class LinearMixedModel(FittedModel):
    """A linear mixed model fitted by `mlm.lmer`.

    Attributes
    ----------
    convergence : Convergence
        What the optimiser did, in words and numbers.
    """

    convergence: Convergence

    @classmethod
    def from_design(cls, design, reml=True, start=None):
        """Fit a design by REML or maximum likelihood; arguments are as for `lmer`."""
        kind("design", design, Design, A_DESIGN)
        if start is not None:
            start = RelativeFactor(design.terms).start(start)
        return cls._minimise(profiled_deviance(design, reml), start)

    @classmethod
    def _minimise(cls, objective, start=None):
        theta, convergence = minimise(objective, start)
        solution = solve(objective, theta)
        design, reml = objective.products.design, objective.reml
        fit = cls(design, reml, solution, convergence)
        vars(fit)["objective"] = objective  # which need not be made again
        fit._warn()
        return fit

    def _with_response(self, y):
        products = self.objective.products.with_response(y)
        return self._minimise(ProfiledDeviance(products, self.reml))

    @cached_property
    def objective(self):
        """The criterion as a function of theta (`ProfiledDeviance`)."""
        return profiled_deviance(self.design, self.reml)

    @cached_property
    def _batch(self):
        return batch_of(self.objective)

    @property
    def refits_together(self):
        """Whether `refit` fits many responses together: with one grouping factor."""
        return self._batch is not None

    def _with_responses(self, Y):
        if not self.refits_together:
            return Refits(self, Y)
        solved = solve_many(self._batch, Y)
        return Refits(self, Y, solved, partial(self._settled, Y, solved))

    def _settled(self, Y, solved, i):
        """The fit to column i of Y, of those solved together."""
        design = self.design.with_response(Y[:, i])
        blocks = [T[i] for T in solved.blocks]
        late = partial(_hessian, design, self.reml, blocks)
        evaluations = int(solved.steps[i]) + 1
        convergence = judge(blocks, solved.gradient[i], evaluations, late)
        return type(self)(design, self.reml, solved.solution(i), convergence)

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
        rows = {
            start: [value, value - self.criterion, evaluations, *theta]
            for start, theta, value, evaluations in searches(
                self.objective, self.solution.theta
            )
        }
        columns = ["criterion", "difference", "evaluations", *self.objective.names]
        table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
        table.index.name = "start"
        if table["difference"].min() < -LOWER:
            best = table["difference"].idxmin()
            warn(
                f"the search from {best!r} reached a criterion that is lower by "
                f"{-table['difference'].min():.2g}. Fit again with "
                f"start=table.loc[{best!r}], where table is what this check returns.",
                ConvergenceWarning,
            )
        return table

    @handed_out
    def degrees_of_freedom(self):
        """Satterthwaite's degrees of freedom of the t tests: Series, length p."""
        df = satterthwaite.of_fit(self.objective, self.solution.theta, self.sigma)
        return pd.Series(df, index=self.fixef.index)

    @handed_out
    def leverage(self):
        """Diagonal of the hat matrix (eq. 65): Series on the data's index, 0 to 1.

        How far each fitted value, random effects and all, follows its observation.
        """
        h = mixed_leverage(self.objective, self.solution.theta)
        return pd.Series(h, index=self.design.index)

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
        return self._interval(method, level, n, seed, parm)

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
        if not self.reml:
            return Profile(self, parm)
        with warnings.catch_warnings():
            if self.is_singular:  # and has said so
                warnings.simplefilter("ignore", SingularFitWarning)
            return Profile(self.from_design(self.design, reml=False), parm)

    def _warn(self):
        if self.is_singular:
            warn(
                "boundary (singular) fit: the best estimate of a variance is 0, or of "
                "a correlation ±1. The fit is right, but the data do not tell that "
                "part of the model from nothing: look at fit.varcorr, and see with "
                "mlm.anova whether a simpler random part fits as well.",
                SingularFitWarning,
            )
        if not self.convergence.converged:
            warn(
                f"{self.convergence!r}: the search stopped early, so the estimates "
                "may not be the best. Centre and scale the predictors, or simplify the "
                "random part; fit.optimum_check() searches again from other starts. "
                "Other software's answer would deserve no more trust.",
                ConvergenceWarning,
            )

    @handed_out
    def theta(self):
        """Covariance parameters θ̂, named as in lme4: Series, length m."""
        return pd.Series(self.solution.theta, index=self.objective.names)

    @cached_property
    def pls(self):
        """Pieces at θ̂ as the textbook has them: Lambda, L, RZX, RX, u, b, … (`PLS`)."""
        pieces = pls(self.design, self.theta, self.reml)
        lock([*vars(pieces).values()])
        return pieces

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

    @handed_out
    def condvar(self):
        """Conditional variances of the random effects (eq. 58): {group: (J, k, k)}."""
        variances = conditional_variances(self.objective, self.solution.theta)
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
        blocks = RelativeFactor(self.design.terms).blocks(self.solution.theta)
        return VarCorr(self.design.terms, blocks, self.sigma)

    @property
    def is_singular(self):
        """Whether Σ̂ is (nearly) singular: a variance of 0, or a correlation of ±1."""
        return self.convergence.singular

    def __repr__(self):
        return mixed_text(self)

    def _repr_html_(self):
        return mixed_html(self)


def _hessian(design, reml, blocks):
    """Second derivatives of a design's criterion: see `optimise.hessian`."""
    return hessian(profiled_deviance(design, reml), blocks)
