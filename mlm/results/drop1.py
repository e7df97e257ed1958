"""Models without one term, beside a fitted one."""

import warnings
from dataclasses import replace

import numpy as np
from scipy.special import chdtrc  # scipy.stats takes 0.3 s to import

from mlm.design.rank import full_rank
from mlm.formula.computing import INTERCEPT
from mlm.ground.arguments import fitted
from mlm.ground.errors import MlmWarning, RefitWarning, warn
from mlm.ground.names import answering
from mlm.ground.printed import Printed
from mlm.inference.of_terms import contains
from mlm.results.anova import check_borne


@answering
def drop1(fit):
    """Test every term of the fixed part that no other contains, by leaving it out.

    Parameters
    ----------
    fit : LinearModel, LinearMixedModel or a generalised one

    Returns
    -------
    DataFrame
        As R's ``drop1(fit, test = "Chisq")``: one row for each term that can be left
        out (an ``a`` of ``a:b`` cannot), after one for the fit: ``npar``, the number
        of parameters that it takes away, ``AIC`` without it, and the likelihood-ratio
        test, ``LRT`` and ``Pr(Chi)``.

    Raises
    ------
    DataError
        It is no fit; or one whose Monte Carlo error is large beside a difference.

    Warns
    -----
    RefitWarning
        A REML fit is fitted again by maximum likelihood.

    Examples
    --------
    >>> import mlm
    >>> data = mlm.load_sleepstudy()
    >>> fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", data, reml=False)
    >>> mlm.drop1(fit)["LRT"].round(2).tolist()
    [nan, 116.46]
    """
    fitted("fit", fit)
    if fit.reml:
        warn("fitted again by maximum likelihood, to be compared", RefitWarning)
        fit = fit.refit_ml()
    design = fit.design
    columns = dict.fromkeys(design.fixed.terms[i] for i in design.kept)
    terms = [term for term in columns if term != INTERCEPT]
    alone = [t for t in terms if not any(contains(other, t) for other in terms)]
    rows = {"<none>": (np.nan, fit.aic, np.nan, np.nan)}
    for term in alone:
        kept = _without(design.fixed, term)
        smaller = fit.with_design(replace(design, kept=kept))
        check_borne(smaller, fit)
        fewer = design.p - len(kept)
        fall = max(smaller.criterion - fit.criterion, 0.0)  # else it is rounding
        rows[term] = fewer, smaller.aic, fall, float(chdtrc(fewer, fall))
    names = ["npar", "AIC", "LRT", "Pr(Chi)"]
    return Printed.from_dict(rows, orient="index", columns=names)


def _without(fixed, term):
    """Places of the columns that say something new where a term is left out."""
    places = [i for i, name in enumerate(fixed.terms) if name != term]
    rest = replace(
        fixed,
        values=fixed.values[:, places],
        names=tuple(fixed.names[i] for i in places),
        terms=tuple(fixed.terms[i] for i in places),
    )
    with warnings.catch_warnings():  # what the fit itself has warned of
        warnings.simplefilter("ignore", MlmWarning)
        return tuple(places[i] for i in full_rank(rest))
