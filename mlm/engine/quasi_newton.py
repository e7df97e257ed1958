"""Minimise by Newton's method, with second derivatives that learn from the gradient.

For a point of a profile: it starts with derivatives that are known somewhere near, and
gives them back as they are at the end.
"""

import numpy as np

from mlm.engine.boundary import CRITERION_TOLERANCE
from mlm.engine.steps import damped, newton_step
from mlm.ground.errors import MlmError

# A step that promises less than this is the last.  One that is the last for another
# reason may promise up to POOR, which moves an end by a millionth of its distance.
STOP = 1e-10
POOR = 1e-5
MOST_STEPS = 150
# Least damping, so that what changes nothing stays where it is.
LEAST = 1e-7
# Curvature is not corrected by a step that tells less of it than this share.
SKIP = 1e-8
# What has to stay positive loses at most this share in a step.
MOST_LOST = 0.9


class LostError(MlmError):
    """A point of a profile that was not found; the message says why."""


def descend(function, x, hessian, positive):
    """Minimise from x by Newton's method, with second derivatives that learn.

    They are corrected by what the gradient tells (symmetric rank-one updates), and
    steps are damped where they do not keep what they promise.

    Parameters
    ----------
    function : callable
        Takes x; returns the value, a float, and the gradient, shape (m,).
    x : ndarray, shape (m,)
    hessian : ndarray, shape (m, m)
        Second derivatives, or a guess.
    positive : list of int
        Places in x of what has to stay positive.

    Returns
    -------
    value : float
    x : ndarray, shape (m,)
    hessian : ndarray, shape (m, m)

    Raises
    ------
    LostError
        If the search cannot start, or does not end at a minimum.
    """
    value, gradient = _tried(function, x)
    if value == np.inf:
        raise LostError("the model cannot be evaluated")
    damping = 0.0
    for _ in range(MOST_STEPS):
        step, promised = newton_step(gradient, hessian, max(damping, LEAST))
        share = _share(x[positive], step[positive])
        step, promised = share * step, share * (2 - share) * promised
        if promised < STOP:
            return value, x, hessian
        there, slope = _tried(function, x + step)
        kept = (value - there) / promised
        if there < np.inf:
            hessian = _corrected(hessian, step, slope - gradient)
        if kept > 0.1:
            value, x, gradient = there, x + step, slope
        elif promised < CRITERION_TOLERANCE:  # less than rounding
            return value, x, hessian
        damping = float(damped(damping, kept))
    if promised < POOR:
        return value, x, hessian
    raise LostError(f"the search did not end within {MOST_STEPS} steps")


def _tried(function, x):
    """Value and gradient, or infinity where there is none."""
    with np.errstate(all="ignore"):
        try:
            value, gradient = function(x)
        except (MlmError, np.linalg.LinAlgError):
            return np.inf, None
    if np.isfinite(value) and np.isfinite(gradient).all():
        return value, gradient
    return np.inf, None


def _share(values, steps):
    """How much of a step leaves positive values positive: 0 to 1."""
    lost = -steps / values
    return MOST_LOST / max(lost.max(initial=0.0), MOST_LOST)


def _corrected(hessian, step, change):
    """Second derivatives that agree with how the gradient changed in a step."""
    missing = change - hessian @ step
    size = missing @ step
    if abs(size) <= SKIP * np.linalg.norm(missing) * np.linalg.norm(step):
        return hessian
    return hessian + np.outer(missing, missing) / size
