"""Tables of intervals: which parameters, their order, and intervals by formula.

Profiles are `mlm.results.profile`'s, and the bootstrap's percentiles
`mlm.replicates.bootstrap`'s.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit  # scipy.stats takes 0.3 s to import

from mlm.design.parameters import parameters
from mlm.engine.theta import blocks_of
from mlm.ground.errors import DataError, check_known
from mlm.replicates.bootstrap import interval_ends

# What stands for all parameters of the random part with sigma, and all fixed effects.
RANDOM, FIXED = "theta_", "beta_"


def estimates(fit, has_sigma=None):
    """Every parameter in the order of `confint`.

    Parameters
    ----------
    fit : FittedModel
    has_sigma : bool, optional
        Whether sigma is among them; if the model has one, if left out.

    Returns
    -------
    Series
        Standard deviations and correlations term by term, sigma, the fixed effects.
    """
    terms = fit.design.terms
    has_sigma = fit.design.has_scale if has_sigma is None else has_sigma
    blocks = blocks_of(terms, fit.solution.theta)
    sizes = parameters(terms, blocks, fit.sigma, has_sigma)
    return pd.concat([pd.Series(sizes, dtype=float), fit.fixef])


def chosen(names, parm, p):
    """Places of the parameters that are asked for.

    Parameters
    ----------
    names : sequence of str
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
    names = list(names)
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


def selected(intervals, parm, p):
    """Rows of a table of intervals: see `chosen`."""
    return intervals.iloc[chosen(intervals.index, parm, p)]


def table(names, ends, level):
    """Intervals with R's names of the columns, one row for each parameter."""
    return pd.DataFrame(ends, index=list(names), columns=list(interval_ends(level)))


def around(fit, level, df=None):
    """Estimate ± standard errors of the fixed effects.

    Parameters
    ----------
    fit : FittedModel
    level : float
    df : ndarray, shape (p,), optional
        Degrees of freedom of t; the normal quantile if left out.

    Returns
    -------
    DataFrame
    """
    upper = (1 + level) / 2
    reach = (ndtri(upper) if df is None else stdtrit(df, upper)) * fit.se.to_numpy()
    ends = fit.fixef.to_numpy()[:, None] + np.outer(reach, [-1, 1])
    return table(fit.fixef.index, ends, level)
