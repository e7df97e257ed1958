"""Where in a print-out a number stands that is not the answer.

A number that is copied from a wrong place of the right model names its place: that is
certain, whatever led there.  Digits are compared as they are given, from three on.
"""

from decimal import Decimal
from itertools import chain

import numpy as np

FEWEST = 3  # significant digits: fewer stand in too many places
EQUAL = 1e-6  # relative difference of numbers that were computed in full


def misread(given, wanted, question):
    """Say in which places of the question's models the given numbers stand.

    Parameters
    ----------
    given, wanted : ndarray of float
        Of one shape.
    question : Question
        Whose `about` gives fits.

    Yields
    ------
    str

    Examples
    --------
    >>> from methods3.check.fits import line
    >>> from methods3.check.questions import Question
    >>> own = {"308's line": lambda: line("308")}
    >>> asked = Question(lambda: line("308").fixef["Days"], about=own)
    >>> next(misread(np.array(28.08), np.array(21.76), asked))
    "That is the standard error of `(Intercept)` in 308's line."
    """
    if given.ndim > 1 or not given.size:
        return
    standing = [
        (words, model, number)
        for model, fit in question.about.items()
        for words, number in places(fit())
    ]
    named = [_where(x, standing) for x in np.atleast_1d(given)]
    if not all(named):
        return
    told = [" or ".join(one) for one in named]
    if not given.ndim:
        yield f"That is {told[0]}."
    elif len(set(told)) == 1:
        yield f"Each of them is {told[0]}."
    else:
        yield f"Those are: {'; '.join(told)}."


def places(fit):
    """Numbers that the print-out of a fit holds, and a few that are made of them.

    Parameters
    ----------
    fit : LinearModel, LinearMixedModel, or a generalised one

    Yields
    ------
    tuple of (str, float)
        What the number is, and the number.
    """
    for words, number in chain(_fixed(fit), _spread(fit), _random(fit)):
        yield words, float(number)


def _fixed(fit):
    """Estimates, their errors, and what is computed from both."""
    ratio = "z" if hasattr(fit, "family") else "t"
    for name in fit.fixef.index:
        estimate, error = fit.fixef[name], fit.se[name]
        yield f"the estimate of `{name}`", estimate
        yield f"the standard error of `{name}`", error
        yield f"the {ratio} value of `{name}`", estimate / error
        yield f"the variance of the estimate of `{name}`", error**2
        if hasattr(fit, "family"):
            yield f"exp of the estimate of `{name}`", np.exp(estimate)


def _spread(fit):
    """What is left, and how good the fit is."""
    yield "the log-likelihood", fit.loglik
    yield "the criterion: minus twice the log-likelihood", -2 * fit.loglik
    if hasattr(fit, "family"):  # which brings its own variance
        return
    yield "the residual standard deviation", fit.sigma
    yield "the residual variance", fit.sigma**2
    yield "the sum of the squared residuals", np.sum(fit.residuals() ** 2)
    yield "the standard deviation of the response", np.std(fit.design.y, ddof=1)
    yield "the mean of the response", np.mean(fit.design.y)


def _random(fit):
    """What varies between groups; nothing of a linear model."""
    for group in getattr(fit, "ngroups", ()):
        covariance = fit.varcorr[group]
        sds = fit.varcorr.std_dev(group)
        for name in covariance.index:
            yield f"the standard deviation of `{name}` by `{group}`", sds[name]
            yield f"the variance of `{name}` by `{group}`", sds[name] ** 2
            if not hasattr(fit, "family"):
                ratio = sds[name] / fit.sigma
                yield f"the ratio of `{name}` by `{group}` to σ", ratio
        for k, one in enumerate(covariance.index):
            for two in covariance.index[:k]:
                pair = f"`{two}` and `{one}` by `{group}`"
                yield f"the covariance of {pair}", covariance.loc[one, two]
                correlation = covariance.loc[one, two] / (sds[one] * sds[two])
                yield f"the correlation of {pair}", correlation


def _where(number, standing):
    """Places at which a number stands, rounded as it is given, and in which models.

    What stands in more than two is nothing of any of them, such as a mean of the data.
    """
    models = {}
    for words, model, other in standing:
        if copied(number, other):
            models.setdefault(words, []).append(model)
    return [
        words if len(of_one) > 2 else f"{words} in {' or in '.join(of_one)}"
        for words, of_one in models.items()
    ]


def copied(given, number):
    """Whether a number is another one, rounded as it is given.

    Parameters
    ----------
    given, number : float

    Returns
    -------
    bool
        False where fewer than three digits are given.

    Examples
    --------
    >>> copied(25.59, 25.5918), copied(25.6, 25.5918), copied(26, 25.5918)
    (True, True, False)
    >>> copied(180, 178)
    False
    """
    if not np.isfinite(given) or not given:
        return False
    _, digits, exponent = Decimal(repr(float(given))).normalize().as_tuple()
    if len(digits) + max(exponent, 0) < FEWEST:
        return False
    rounded = 0.5000001 * 10.0 ** min(exponent, 0)  # 180 is 180, not some 180
    return bool(abs(number - given) <= max(rounded, EQUAL * abs(number)))
