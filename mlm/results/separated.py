"""Whether a likelihood has a maximum, and words about columns and rows without one."""

import numpy as np

from mlm.engine.separation import separation
from mlm.families.links import identity
from mlm.ground.errors import ConvergenceWarning, SeparationWarning, warn

# Of rows and columns, that a message names.
MOST = 5
INTERCEPT = "(Intercept)"
ADVICE = (
    "Their estimates, standard errors and z say where the search stopped, and nothing "
    "else. Leave them out, join categories, or collect rows that differ."
)
# A linear predictor with a larger standard error, that is also so many times its size,
# is not known at all; one row alone may be far from all others.
UNKNOWN, TIMES, FEW = 100.0, 10.0, 2


def warn_of(words):
    """Give the warning that belongs to words of `no_maximum`, or of a search."""
    separated = words.startswith("separation")
    warn(words, SeparationWarning if separated else ConvergenceWarning)


def no_maximum(design, eta, vcov):
    """Say why the likelihood of a fit has no maximum.

    Parameters
    ----------
    design : Design
        With a family.
    eta : ndarray, shape (n,)
        Linear predictors where the search ended.
    vcov : ndarray, shape (p, p)
        Covariance of the coefficients there.

    Returns
    -------
    str
        Empty where nothing speaks against one.  It begins with "separation" if some
        responses are told without error.
    """
    family, y = design.family, design.y
    apart = separation(design.X, family.directions(y), y, family.mean(eta))
    if apart is not None:
        return separation_words(design, apart)
    if family.link == identity or not design.p:
        return ""
    with np.errstate(all="ignore"):
        known = np.maximum(UNKNOWN, TIMES * np.abs(eta))
        unknown = ~(np.sum((design.X @ vcov) * design.X, axis=1) < known**2)
    if unknown.sum() < FEW:
        return ""
    errors = np.sqrt(np.diag(vcov))
    worst = np.flatnonzero(~(errors < errors.max() / 10))
    return (
        f"no finite estimate of {_listed([design.fixed_names[i] for i in worst])} is "
        f"best: the means of {unknown.sum()} rows ({_listed(design.index[unknown])}) "
        f"are where the link {family.link.name} is flat, and the likelihood hardly "
        f"depends on it. {ADVICE}"
    )


def separation_words(design, apart):
    """Say what is separated: which coefficients, which rows, what they have in common.

    Parameters
    ----------
    design : Design
    apart : Separation

    Returns
    -------
    str
    """
    moving = [
        name
        for name, d in zip(design.fixed_names, apart.direction, strict=True)
        if d != 0
    ]
    named = [name for name in moving if name != INTERCEPT] or moving
    y, labels = design.y[apart.rows], design.index[apart.rows].tolist()
    rows = _listed(labels)
    if np.ptp(design.y) == 0:
        return (
            f"separation: the response is {y[0]:g} in every row, so that no finite "
            f"estimates are best: the likelihood rises without end. {ADVICE}"
        )
    what = "all 0" if not y.any() else "all 1" if y.all() else "told without error"
    return (
        f"separation: no finite estimate of {_listed(named)} is best; the responses of "
        f"{len(labels)} rows ({rows}) are {what} by it, and the likelihood rises "
        f"without end. {ADVICE}"
    )


def _listed(names):
    names = list(names)
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(map(repr, names[:MOST])) + more
