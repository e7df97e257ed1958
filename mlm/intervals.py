"""Tables of intervals: which parameters, their order, and intervals by formula.

Profiles are `mlm.profile`'s, and the bootstrap's percentiles `mlm.bootstrapping`'s.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit  # scipy.stats takes 0.3 s to import

from mlm.bootstrapping import interval_ends
from mlm.covariance import RelativeFactor, named_sizes
from mlm.errors import DataError, check_known

# What stands for all parameters of the random part with sigma, and all fixed effects.
RANDOM, FIXED = "theta_", "beta_"


def estimates(fit):
    """Every parameter in the order of `confint`: Series.

    Standard deviations and correlations term by term, sigma, and the fixed effects.
    """
    terms = fit.design.terms
    blocks = RelativeFactor(terms).blocks(fit.solution.theta)
    sizes = pd.Series(named_sizes(terms, blocks, fit.sigma), dtype=float)
    return pd.concat([sizes, pd.Series({"sigma": fit.sigma}), fit.fixef])


def chosen(names, parm, p):
    """Places of the parameters that are asked for.

    Parameters
    ----------
    names : list of str
        Of all parameters, the last p being fixed effects.
    parm : str, sequence of str, or None
        Names, `RANDOM` or `FIXED`; all parameters if None.
    p : int

    Returns
    -------
    list of int
        Without repetition, in the order asked for.

    Raises
    ------
    DataError
        If something is not a name, or no parameter has it.
    """
    every = list(range(len(names)))
    if parm is None:
        return every
    groups = {RANDOM: every[: len(names) - p], FIXED: every[len(names) - p :]}
    places = []
    for name in [parm] if isinstance(parm, str) else _listed(parm):
        if not isinstance(name, str):
            raise DataError(
                f"parm is names of parameters, not {name!r}: places in a table are "
                f"counted from 0 here and from 1 in R. There are: {', '.join(names)}."
            )
        if name not in groups:
            check_known("parameter", name, [*names, *groups])
        places += groups.get(name, [i for i in every if names[i] == name])
    return list(dict.fromkeys(places))


def _listed(parm):
    try:
        return list(parm)
    except TypeError:
        return [parm]


def table(names, ends, level):
    """Intervals with R's names of the columns, one row for each parameter."""
    return pd.DataFrame(ends, index=list(names), columns=list(interval_ends(level)))


def wald(fit, level):
    """Estimate ± z standard errors; what has no standard error is not a number."""
    return _around(fit, ndtri((1 + level) / 2), level)


def exact(fit, level):
    """Estimate ± t standard errors of a linear model."""
    df = fit.degrees_of_freedom.to_numpy()
    return _around(fit, stdtrit(df, (1 + level) / 2), level)


def _around(fit, quantile, level):
    """Table of the fixed effects, and in a mixed model of all other parameters too."""
    names = estimates(fit).index if fit.design.terms else fit.fixef.index
    ends = np.full((len(names), 2), np.nan)
    reach = quantile * fit.se.to_numpy()
    known = slice(len(names) - len(reach), None)
    ends[known] = fit.fixef.to_numpy()[:, None] + np.outer(reach, [-1, 1])
    return table(names, ends, level)
