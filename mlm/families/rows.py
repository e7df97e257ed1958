"""Likelihood and derivatives of every row at its linear predictor: `RowTerms`."""

from typing import NamedTuple

import numpy as np


class RowTerms(NamedTuple):
    """Log likelihood and its derivatives, row by row.

    Attributes
    ----------
    value : float
        Sum of log p(yᵢ | ηᵢ), without what η has no share in (`Family.constant`).
        Minus infinity where the link has no mean for some η.
    g : ndarray, shape (n,)
        Its derivative by η.
    W : ndarray, shape (n,)
        Expected weight, the mean of minus the second derivative.
    W_observed : ndarray, shape (n,)
        Minus the second derivative; the same object as `W` for canonical links.
    W_slope : ndarray, shape (n,), or None
        Derivative of `W` by η, if asked for.
    """

    value: float
    g: np.ndarray
    W: np.ndarray
    W_observed: np.ndarray
    W_slope: np.ndarray | None


def times(values, weights):
    """Values times the weights of rows, where there are any."""
    return values if weights is None else values * weights
