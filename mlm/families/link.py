"""The base of links: what families ask of them, beside what links of one's own have.

That is the second derivative, and both sides of a probability μ without the loss of
digits that 1 - μ brings.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Sides(NamedTuple):
    """A probability p = μ(η) and its complement q = 1 - p, by logarithms.

    Attributes
    ----------
    log_p, log_q : ndarray, shape (n,)
    a, b : ndarray, shape (n,)
        d log p / dη, and -d log q / dη.
    a_slope, b_slope : ndarray, shape (n,)
        Their derivatives by η.
    """

    log_p: np.ndarray
    log_q: np.ndarray
    a: np.ndarray
    b: np.ndarray
    a_slope: np.ndarray
    b_slope: np.ndarray


@dataclass(frozen=True)
class Link:
    """Base of the links: an equal one is the same link.

    A kind of link has `name`, `link`, `inverse`, `derivative` and `second`, all
    functions of an ndarray of any shape.
    """

    def sides(self, eta):
        """Both sides of a probability: `Sides`, for eta of shape (n,).

        Not a number where the link has no probability for an η.
        """
        p, slope, bend = self.inverse(eta), self.derivative(eta), self.second(eta)
        p = np.where((p > 0) & (p < 1), p, np.nan)
        q = 1 - p
        a, b = slope / p, slope / q
        return Sides(np.log(p), np.log(q), a, b, bend / p - a * a, bend / q + b * b)
