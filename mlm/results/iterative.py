"""Linear mixed models with more crossed effects than dense matrices hold.

Estimates, modes and what follows from them are as exact as of any fit; the criterion,
and through it the variances, carry a Monte Carlo error that `convergence` states.  What
would need more than that is refused here.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mlm.engine.implicit.criterion import ImplicitCriterion
from mlm.engine.implicit.minimum import TARGET, minimise
from mlm.engine.theta import blocks_of
from mlm.ground.errors import DataError, MonteCarloWarning, check_known, warn
from mlm.ground.linalg import lower_triangle
from mlm.ground.readonly import handed_out
from mlm.results.linear_mixed import LinearMixedModel
from mlm.results.mixed import MixedModel

# Largest Monte Carlo error of conditional standard deviations that goes unsaid.
CLOSE = 0.01
# Each row whose variance is asked for takes a system of equations of its own.
MOST_ROWS = 10_000


@dataclass(frozen=True, eq=False, repr=False)
class IterativeMixedModel(LinearMixedModel):
    """A linear mixed model fitted by `mlm.lmer` with the iterative solver.

    Attributes
    ----------
    criterion_function : ImplicitCriterion
        The criterion as a function of theta, estimated by probes.
    convergence : IterativeConvergence
        What the optimiser did, and how far probes may be off.
    """

    # Errors name the kinds of fits that a reader asks for by another formula.
    _variant = True
    _criterion = ImplicitCriterion

    @classmethod
    def _search(cls, criterion, start=None):
        solution, criterion, convergence = minimise(criterion, start)
        return cls(criterion.design, solution, criterion, convergence)

    def _warn(self):
        super()._warn()
        if not self.convergence.reached:
            warn(
                f"with {self.convergence.probes} probes the Monte Carlo error is up to "
                f"{100 * self.convergence.worst:.2g} % of a standard error, more than "
                f"the {100 * TARGET:.1g} % that is aimed at: see "
                "fit.convergence.monte_carlo. Where the groups of two factors hardly "
                "mix, few probes say little; solver='dense' is exact, if memory holds "
                "it.",
                MonteCarloWarning,
            )

    @property
    def _criterion_error(self):
        return self.convergence.criterion_error

    @property
    def _fixed_errors(self):
        errors = np.sqrt(np.diag(self.convergence._covariance))
        return errors[len(self.solution.theta) + 1 :]

    @property
    def _deviation_errors(self):
        """Monte Carlo errors of all standard deviations, residuals' last."""
        theta = self.solution.theta
        of_sigma, rows, start = len(theta), [], 0
        for T in blocks_of(self.design.terms, theta):
            row, column = lower_triangle(len(T))
            lengths = np.linalg.norm(T, axis=1)
            for a, length in enumerate(lengths):
                by = np.zeros(of_sigma + 1)
                own = start + np.flatnonzero(row == a)
                by[own] = T[a, column[row == a]] / (length or 1.0)
                by[of_sigma] = length
                rows.append(by)
            start += len(row)
        rows = np.array([*rows, np.eye(of_sigma + 1)[of_sigma]])
        covariance = self.convergence._covariance[: of_sigma + 1, : of_sigma + 1]
        return self.sigma * np.sqrt(np.einsum("ai,ij,aj->a", rows, covariance, rows))

    def _criterion_lines(self, decimals):
        return [*super()._criterion_lines(decimals), *self.convergence.solver_lines]

    def _refused(self, what, why, instead):
        return DataError(f"an iterative fit has no {what}: {why}. {instead}")

    # What is refused.

    @property
    def leverage(self):
        """Refused: it would take a system of equations for every row."""
        why = f"it takes a system of equations for each of {self.nobs:,} rows"
        instead = "Use fit.residuals('pearson'), or solver='dense' on part of the data."
        raise self._refused("leverage", why, instead)

    def _without_degrees(self, what, why):
        fewest = min(self.ngroups.values())
        instead = (
            "Use ddf=None, which takes t for normal; the factor with the fewest groups "
            f"has {fewest:,}."
        )
        return self._refused(what, why, instead)

    def _uncertainty(self, ddf):
        if ddf == "kenward-roger":
            n = self.nobs
            why = f"they take matrices of {n:,} × {n:,}"
            raise self._without_degrees(f"degrees of freedom by ddf={ddf!r}", why)
        return super()._uncertainty(ddf)

    @cached_property
    def _satterthwaite(self):
        if not self.convergence.reached:
            why = (
                "how variances change would be lost in the Monte Carlo error, "
                f"{100 * self.convergence.worst:.2g} % of a standard error"
            )
            raise self._without_degrees("Satterthwaite's degrees of freedom", why)
        return super()._satterthwaite

    def profile(self, parm=None):
        """Refused: a profile follows differences that are smaller than the error."""
        why = (
            "a profile follows the criterion in far smaller steps than its Monte Carlo "
            f"error, {self._criterion_error:.2g}"
        )
        instead = (
            "Use fit.confint('wald') for the fixed effects, or fit.confint('boot', "
            "seed=1) for all parameters."
        )
        raise self._refused("profile", why, instead)

    def optimum_check(self):
        """Refused: searches without derivatives would end within the error."""
        why = (
            "it compares criteria to 0.00001, and theirs have a Monte Carlo error of "
            f"{self._criterion_error:.2g}"
        )
        instead = "Fit again with another start: mlm.lmer(…, start=theta)."
        raise self._refused("optimum_check", why, instead)

    def influence(self, group):
        """Refused: changes by one group are smaller than the error of many."""
        why = (
            "leaving out one of many groups moves estimates by little, beside a Monte "
            f"Carlo error of up to {100 * self.convergence.worst:.2g} % of a standard "
            "error"
        )
        raise self._refused("influence", why, "Use solver='dense' on part of the data.")

    # Conditional variances: of all groups by probes, of some exactly.

    @cached_property
    def _spread(self):
        """Conditional covariances over sigma², and their errors: `Spread`."""
        found = self._factorisation().conditional_variances()
        worst = max(found.errors, key=found.errors.get)
        if found.errors[worst] > CLOSE:
            warn(
                f"conditional standard deviations of {worst} have a Monte Carlo error "
                f"of {100 * found.errors[worst]:.2g} % (root mean square; "
                "fit.condvar_errors). fit.conditional_variances(group, levels) "
                "computes those of some groups exactly.",
                MonteCarloWarning,
            )
        return found

    @handed_out
    def condvar(self):
        """Conditional variances of the random effects, by probes: {group: (J, k, k)}.

        `condvar_errors` says how far they may be off; `conditional_variances` computes
        some exactly.
        """
        variances = self._spread.variances
        return {group: self.sigma**2 * variances[group] for group in self.ranef}

    @property
    def condvar_errors(self):
        """Monte Carlo errors of conditional standard deviations: {group: float}.

        Root mean squares over the groups of a factor, as shares of the standard
        deviations; 0 for factors with few groups, which take no probes.
        """
        return {group: self._spread.errors[group] for group in self.ranef}

    def conditional_variances(self, group, levels):
        """Conditional variances of the effects of some groups (eq. 58), exactly.

        Parameters
        ----------
        group : str
            A grouping factor.
        levels : label, or sequence of labels
            Groups, as in the index of ``fit.ranef[group]``.

        Returns
        -------
        DataFrame
            A row for each level and a column for each effect, in the squared unit of
            the effect.

        Raises
        ------
        DataError
            There is no such factor or level, or there are too many levels.
        """
        check_known("grouping factor", group, self.ngroups)
        if isinstance(levels, str) or not np.iterable(levels):
            levels = [levels]
        table, terms, p = self.ranef[group], self.design.terms, self.design.p
        n = len(levels)
        _check_number(n * len(table.columns))
        places = table.index.get_indexer(levels)
        for level, place in zip(levels, places, strict=True):
            if place < 0:
                check_known(f"group of {group}", level, table.index)
        factors, variances = self._factorisation(), []
        codes = [places if term.group == group else np.zeros(n, int) for term in terms]
        for i, term in enumerate(terms):
            for unit in np.eye(term.k) if term.group == group else ():
                effects = [np.zeros((other.k, n)) for other in terms]
                own = np.linalg.solve(factors.sums.basis.R[i].T, unit)
                effects[i] += own[:, None]
                nothing = np.zeros((p, n)), np.zeros((p, p))
                variances.append(factors.row_spread(codes, effects, *nothing))
        variances = self.sigma**2 * np.transpose(variances)
        return pd.DataFrame(variances, table.index[places], table.columns)

    def _prediction_variance(self, rows, residual=0.0):
        _check_number(len(rows.X))
        return MixedModel._prediction_variance(self, rows, residual)


def _check_number(n):
    """Refuse more rows or groups than can be solved for one by one."""
    if n > MOST_ROWS:
        raise DataError(
            f"an iterative fit solves a system of equations for each standard error, "
            f"and at most {MOST_ROWS:,} of them; {n:,} are asked for. Ask for some of "
            "the rows or groups; predictions without standard errors have no limit."
        )
