"""The right numbers on another scale, or on another side of it.

A probability has odds and log-odds, and a ratio has a logarithm and a percentage: what
is said is true of the number, whatever led there, and names the step that is left.
"""

from functools import partial

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

from methods3.check.compare import agree
from methods3.check.slips import SHARES, strictness

RATIOS = ("odds ratio", "rate ratio", "factor")


def rescaled(given, wanted, question):
    """Say on which other scale the numbers are the right ones.

    Parameters
    ----------
    given, wanted : ndarray of float
        Of one shape.
    question : Question
        Of a share, a probability, a ratio, or a step of log-odds.

    Yields
    ------
    str

    Examples
    --------
    >>> from methods3.check.questions import Question
    >>> question = Question(lambda: 0.75, kind="probability")
    >>> next(rescaled(np.array(3.0), np.array(0.75), question))
    'Those are the odds. A probability is odds over one more than them.'
    """
    digits = strictness(question.precision)
    near = partial(agree, digits=digits, within=question.within)
    kind = question.kind
    if kind in SHARES and np.all((wanted > 0) & (wanted < 1)):
        yield from _of_shares(given, wanted, near)
    if kind in RATIOS and np.all(wanted > 0):
        yield from _of_ratios(given, wanted, near)
    if kind == "step of log-odds":
        if near(given, np.exp(wanted)):
            yield "That is the odds ratio. The step is its logarithm."
        if near(given, expit(wanted)):
            yield (
                "You inverted a step alone, which is no probability. The step itself "
                "is asked."
            )


def _of_shares(given, wanted, near):
    """What is made of a probability."""
    if wanted.ndim and wanted.size > 1 and near(1 - given[::-1], wanted):
        yield (
            "Those and the answer add up to one, taken from the other end: is the "
            "other outcome asked for?"
        )
    if near(given, wanted / (1 - wanted)):
        yield "Those are the odds. A probability is odds over one more than them."
    if near(given, (1 - wanted) / wanted):
        yield "Those are the odds of the other outcome."
    if near(given, logit(wanted)):
        yield "Those are the log-odds. One step is left: back to a probability."
    if near(given, -logit(wanted)):
        yield "Those are the log-odds of the other outcome."
    if near(given, norm.ppf(wanted)):
        yield (
            "That is a number on the scale of a probit. Which share of a normal "
            "distribution lies below it?"
        )
    if near(given, expit(wanted)):
        yield "You inverted once too often: that is the inverse logit of the answer."
    for out in (wanted, 1 - wanted):
        if near(given, norm.cdf(logit(out))):
            yield (
                "You came back from log-odds by the normal distribution, which belongs "
                "to a probit. Log-odds need the inverse logit."
            )
        if near(given, expit(norm.ppf(out))):
            yield (
                "You came back from a probit by the inverse logit. Here the normal "
                "distribution leads back."
            )


def _of_ratios(given, wanted, near):
    """What is made of a ratio."""
    if near(given, 1 / wanted):
        yield "That is upside down: what is divided by what?"
    if near(given, np.log(wanted)):
        yield "That is the logarithm of the ratio."
    if near(given, wanted - 1) or near(given, 100 * (wanted - 1)):
        yield "That is how much more than one it is. The ratio itself is asked."
    if near(given, 100 * wanted):
        yield "That is per cent. Give the ratio itself."
    if near(given, expit(np.log(wanted))):
        yield "You made a probability of a ratio. The ratio itself is asked."
