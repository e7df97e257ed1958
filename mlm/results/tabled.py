"""A fit as long tables, for whoever plots or reports: parameters, fit and rows.

Columns are those of R's broom.mixed, with underscores for dots.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from mlm.ground.arguments import share
from mlm.ground.printed import Printed
from mlm.inference.contrasts import combined
from mlm.results import intervals
from mlm.results.analysed import Analysed


@dataclass(frozen=True, eq=False, repr=False)
class Tabled(Analysed):
    """Long tables of a fit."""

    def tidy(self, level=0.95, ddf="satterthwaite"):
        """Every parameter as a row, for whoever plots or reports.

        Parameters
        ----------
        level : float
            Of the intervals of the fixed effects: estimate ± quantiles of t.
        ddf : {"satterthwaite", "kenward-roger", None}
            As for `means`.

        Returns
        -------
        DataFrame
            ``effect`` ("fixed" or "ran_pars"), ``group``, ``term``, ``estimate``; of
            fixed effects ``std_error``, ``statistic``, ``df``, ``p_value``,
            ``conf_low`` and ``conf_high``, too, as R's broom.mixed has them.

        Raises
        ------
        DataError
            Another level or `ddf`.

        Examples
        --------
        >>> import mlm
        >>> fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", mlm.load_sleepstudy())
        >>> fit.tidy()[["effect", "group", "term"]].to_numpy().tolist()[1:]
        [['fixed', '', 'Days'], ['ran_pars', 'Subject', 'sd_(Intercept)'], \
['ran_pars', 'Residual', 'sd']]
        """
        return _parameters(self, share("level", level), self._uncertainty(ddf))

    def glance(self):
        """The fit as one row: observations, likelihood, criteria.

        Returns
        -------
        DataFrame
            ``nobs``, ``sigma``, ``log_lik``, ``AIC``, ``BIC``, ``deviance`` (or
            ``REML_crit``), ``df_residual`` and ``converged``.
        """
        return _one_row(self)

    def augment(self):
        """The rows that were fitted, with what the model says of each.

        Returns
        -------
        DataFrame
            The columns that the formula uses, ``fitted`` values, their ``fixed`` part,
            residuals ``resid``, leverages ``hat`` and ``cooks_distance``.
        """
        return _rows(self)


def _parameters(fit, level, uncertainty):
    """Every parameter as a row.

    Parameters
    ----------
    fit : FittedModel
    level : float
        Of the intervals of the fixed effects.
    uncertainty : Constant, Satterthwaite or KenwardRoger

    Returns
    -------
    DataFrame
    """
    estimate, se, df = combined(np.eye(fit.design.p), fit.solution.beta, uncertainty)
    reach = stdtrit(df, (1 + level) / 2) * se
    fixed = pd.DataFrame(
        {
            "effect": "fixed",
            "group": "",
            "term": list(fit.design.fixed_names),
            "estimate": estimate,
            "std_error": se,
            "statistic": estimate / se,
            "df": df,
            "p_value": 2 * stdtr(df, -np.abs(estimate / se)),
            "conf_low": estimate - reach,
            "conf_high": estimate + reach,
        }
    )
    sizes = intervals.estimates(fit).iloc[: -fit.design.p or None]
    names = [
        (term.label, name.removesuffix(f"|{term.label}"))
        for term in fit.design.terms
        for name in term.size_names.values()
    ]
    # The residual standard deviation has no name of a group that it could be split at.
    names += [("Residual", "sd")] * (len(sizes) - len(names))
    random = pd.DataFrame(
        {
            "effect": "ran_pars",
            "group": [group for group, _ in names],
            "term": [term for _, term in names],
            "estimate": sizes.to_numpy(),
        }
    )
    return Printed(
        pd.concat([fixed, random], ignore_index=True) if len(random) else fixed
    )


def _one_row(fit):
    """The fit as one row: DataFrame."""
    known = {
        "nobs": fit.nobs,
        "sigma": fit.sigma,
        "log_lik": fit.loglik,
        "AIC": fit.aic,
        "BIC": fit.bic,
        "REML_crit" if fit.reml else "deviance": fit.criterion,
        "df_residual": fit.nobs - fit.n_parameters,
        "converged": fit.converged,
    }
    return Printed([known])


def _rows(fit):
    """The rows that were fitted, with what the model says of each: DataFrame."""
    return fit.design.frame.assign(
        fitted=fit.fitted,
        fixed=fit.predict(random=False),
        resid=fit.resid,
        hat=fit.leverage,
        cooks_distance=fit.cooks_distance,
    )
