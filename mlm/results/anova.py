"""Comparing fitted models."""

from itertools import pairwise

import numpy as np
from scipy.special import chdtrc  # scipy.stats takes 0.3 s to import

from mlm.ground.arguments import fitted
from mlm.ground.errors import DataError, RefitWarning, warn
from mlm.ground.names import answering
from mlm.ground.printed import Printed

# Largest Monte Carlo error of a difference of criteria that is tested, as a share.
MOST_ERROR = 0.1
# Sums over rows that are closer, as a share, are of the same rows.
SAME = 1e-10


@answering
def anova(*fits):
    """Compare nested models by likelihood-ratio tests.

    Parameters
    ----------
    *fits : LinearModel, GeneralizedLinearModel or LinearMixedModel
        Two or more fits to the same rows, in any order.

    Returns
    -------
    DataFrame
        A row a model, fewest parameters first, with R's columns: ``npar``, ``AIC``,
        ``BIC``, ``logLik``, ``deviance``, and against the row above ``Chisq``, ``Df``
        and ``Pr(>Chisq)``.

    Raises
    ------
    DataError
        Fewer than two models, what is no model, or models of different rows,
        responses, weights or offsets; or criteria of iterative fits that differ by
        less than ten times their Monte Carlo error.

    Warns
    -----
    RefitWarning
        REML fits are fitted again by maximum likelihood, because REML criteria of
        models with different fixed effects do not compare.

    Notes
    -----
    The test of a variance of 0 is conservative: its null distribution has more mass
    near 0 than the chi-squared distribution used here, as in R.

    Examples
    --------
    >>> import mlm
    >>> data = mlm.load_sleepstudy()
    >>> small = mlm.lmer("Reaction ~ Days + (1 | Subject)", data, reml=False)
    >>> large = mlm.lmer("Reaction ~ Days + (Days | Subject)", data, reml=False)
    >>> mlm.anova(small, large)["Chisq"].round(3).tolist()
    [nan, 42.139]
    """
    if len(fits) < 2:
        raise DataError(
            f"anova compares two or more fits, not {len(fits)}; fit.anova() tests the "
            "terms of one."
        )
    for place, fit in enumerate(fits, start=1):
        fitted(f"model {place} of anova's fits", fit)
    for fit in fits[1:]:
        _check_comparable(fits[0], fit)
    if any(fit.reml for fit in fits):
        warn("fitted again by maximum likelihood, to be compared", RefitWarning)
        fits = [fit.refit_ml() for fit in fits]
    fits = sorted(fits, key=lambda fit: fit.n_parameters)
    for one, other in pairwise(fits):
        check_borne(one, other)
    table = Printed(
        {
            "npar": [fit.n_parameters for fit in fits],
            "AIC": [fit.aic for fit in fits],
            "BIC": [fit.bic for fit in fits],
            "logLik": [fit.loglik for fit in fits],
            "deviance": [fit.criterion for fit in fits],
        },
        index=[fit.formula for fit in fits],
    )
    # As R: a negative difference is rounding, or a search that stopped early.
    # Adding 0 makes 0 of −0.
    table["Chisq"] = (-table["deviance"].diff()).clip(lower=0) + 0.0
    table["Df"] = table["npar"].diff()
    table["Pr(>Chisq)"] = chdtrc(table["Df"].where(table["Df"] > 0), table["Chisq"])
    return table


def check_borne(one, other):
    """Refuse to compare criteria that differ by little beside their Monte Carlo error.

    Parameters
    ----------
    one, other : FittedModel

    Raises
    ------
    DataError
    """
    apart = abs(one.criterion - other.criterion)
    error = float(np.hypot(one._criterion_error, other._criterion_error))
    if error > MOST_ERROR * apart:
        raise DataError(
            f"the models' criteria differ by {apart:.2g}, and that has a Monte Carlo "
            f"error of {error:.2g}: too much for a likelihood-ratio test. Test terms "
            "of the fixed part by fit.anova(ddf=None), or fit part of the data with "
            "solver='dense'."
        )


def _check_comparable(one, other):
    """Refuse two fits whose likelihoods are not of the same data."""
    if found := difference(one.design, other.design):
        raise DataError(
            f"{one.formula!r} and {other.formula!r} were fitted to different "
            f"{found}: their likelihoods do not compare. Fit both to the same "
            "rows (without those where a variable of either is missing), with the same "
            "response, weights and offset."
        )


def difference(a, b):
    """What two designs do not have in common, of what a likelihood is of.

    Parameters
    ----------
    a, b : Design

    Returns
    -------
    str or None
        Of designs whose rows are not at hand, numbers of rows and sums are compared.
    """
    if not (a.in_memory and b.in_memory):
        return _sums_apart(a, b)
    if not a.index.equals(b.index):
        return "rows"
    if not np.array_equal(a.y, b.y):
        return "responses"
    if a.family != b.family:
        return f"families ({a.family or 'linear'} and {b.family or 'linear'})"
    if not np.array_equal(a.W.diagonal(), b.W.diagonal()):
        return "weights"
    if not np.all(a.offset == b.offset):
        return "offsets"
    return None


def _sums_apart(a, b):
    """The same of designs whose rows are not at hand, as far as sums tell."""
    for what, sums in a.outline.items():
        if not np.allclose(sums, b.outline[what], rtol=SAME, atol=0):
            return what
    return None
