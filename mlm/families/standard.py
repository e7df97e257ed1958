"""The links that are known: classes, whose instances `mlm.families.links` has.

Source of the sides: McCullagh & Nelder (1989), Generalized Linear Models, chapter 4.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_ndtr, ndtr, ndtri

from mlm.families.link import Link, Sides

# Beyond these, e^η is not told from 0, or from infinity, and its square overflows.
LOWEST, HIGHEST = -700.0, 300.0
# Below this η, φ/Φ is taken from its series.
FAR = -200.0
# Below this x, 1 - x - x/(eˣ - 1) is taken from its series, as it loses digits.
SMALL = 0.1


class Logit(Link):
    """Log odds: η = log(μ / (1 - μ))."""

    name = "logit"

    def link(self, mu):
        """Log odds of a probability."""
        return np.log(mu) - np.log1p(-mu)

    def inverse(self, eta):
        """Probability of log odds."""
        return expit(eta)

    def derivative(self, eta):
        """Slope of the inverse, μ(1 - μ)."""
        return expit(eta) * expit(-eta)

    def second(self, eta):
        """Second derivative of the inverse."""
        p, q = expit(eta), expit(-eta)
        return p * q * (q - p)

    def sides(self, eta):
        """Both sides of a probability: see `Link.sides`."""
        p, q = expit(eta), expit(-eta)
        tail = np.log1p(np.exp(-np.abs(eta)))
        log_p, log_q = np.minimum(eta, 0) - tail, np.minimum(-eta, 0) - tail
        return Sides(log_p, log_q, q, p, -p * q, p * q)


LOGIT = Logit()


class Probit(Link):
    """Normal quantile: η = Φ⁻¹(μ)."""

    name = "probit"

    def link(self, mu):
        """Quantile of a probability."""
        return ndtri(mu)

    def inverse(self, eta):
        """Probability below a quantile."""
        return ndtr(eta)

    def derivative(self, eta):
        """Normal density."""
        return np.exp(_log_density(eta))

    def second(self, eta):
        """Slope of the normal density."""
        return -eta * self.derivative(eta)

    def sides(self, eta):
        """Both sides of a probability: see `Link.sides`."""
        log_p, log_q = log_ndtr(eta), log_ndtr(-eta)
        (a, a_excess), (b, b_excess) = _hazard(eta, log_p), _hazard(-eta, log_q)
        return Sides(log_p, log_q, a, b, -a * a_excess, b * b_excess)


class CLogLog(Link):
    """Complementary log-log: η = log(-log(1 - μ))."""

    name = "cloglog"

    def link(self, mu):
        """Logarithm of minus the log probability of none."""
        return np.log(-np.log1p(-mu))

    def inverse(self, eta):
        """Probability of at least one event, if e^η are expected."""
        return -np.expm1(-_exp(eta))

    def derivative(self, eta):
        """Slope of the inverse."""
        x = _exp(eta)
        return x * np.exp(-x)

    def second(self, eta):
        """Second derivative of the inverse."""
        x = _exp(eta)
        return x * np.exp(-x) * (1 - x)

    def sides(self, eta):
        """Both sides of a probability: see `Link.sides`."""
        x = _exp(eta)
        few = x < np.log(2)
        none = np.exp(-x)
        log_p = np.where(few, np.log(-np.expm1(-x)), np.log1p(np.where(few, 0, -none)))
        with np.errstate(over="ignore"):
            a = x / np.expm1(x)
        # da/dη = a(1 - x - a); for small x by the Bernoulli numbers of x/(eˣ - 1).
        s = np.minimum(x, SMALL)
        series = s * (-1 / 2 - s * (1 / 12 - s**2 * (1 / 720 - s**2 / 30240)))
        return Sides(log_p, -x, a, x, a * np.where(x < SMALL, series, 1 - x - a), x)


class Log(Link):
    """Logarithm: η = log μ."""

    name = "log"

    def link(self, mu):
        """Logarithm of a mean."""
        return np.log(mu)

    def inverse(self, eta):
        """Mean of a logarithm; infinite where no number holds it."""
        with np.errstate(over="ignore"):
            return np.exp(eta)

    derivative = second = inverse

    def sides(self, eta):
        """Both sides of a probability: see `Link.sides`."""
        eta = np.where(eta < 0, eta, np.nan)
        q = -np.expm1(eta)
        b = np.exp(eta) / q
        return Sides(eta, np.log(q), np.ones_like(b), b, np.zeros_like(b), b * (1 + b))


class Identity(Link):
    """None: η = μ."""

    name = "identity"

    def link(self, mu):
        """The mean itself."""
        return np.array(mu, dtype=float)

    inverse = link

    def derivative(self, eta):
        """One everywhere."""
        return np.ones_like(eta)

    def second(self, eta):
        """Zero everywhere."""
        return np.zeros_like(eta)


@dataclass(frozen=True)
class Guess(Link):
    """Log odds of what lies above the share that guessing gets right.

    Attributes
    ----------
    share : float
        Between 0 and 1.
    """

    share: float

    @property
    def name(self):
        """The link as it is written."""
        return f"guess({self.share:.6g})"

    def link(self, mu):
        """Log odds of (μ - share) / (1 - share); minus infinity below the share."""
        known = (np.asarray(mu) - self.share) / (1 - self.share)
        with np.errstate(divide="ignore"):
            return LOGIT.link(np.maximum(known, 0.0))

    def inverse(self, eta):
        """Probability of a right answer."""
        return self.share + (1 - self.share) * expit(eta)

    def derivative(self, eta):
        """Slope of the inverse."""
        return (1 - self.share) * LOGIT.derivative(eta)

    def second(self, eta):
        """Second derivative of the inverse."""
        return (1 - self.share) * LOGIT.second(eta)

    def sides(self, eta):
        """Both sides of a probability: see `Link.sides`."""
        p, known = self.inverse(eta), LOGIT.sides(eta)
        a = self.derivative(eta) / p
        log_q = np.log1p(-self.share) + known.log_q
        a_slope = self.second(eta) / p - a * a
        return Sides(np.log(p), log_q, a, known.b, a_slope, known.b_slope)


def _exp(eta):
    """e^η within what its square can hold."""
    return np.exp(np.clip(eta, LOWEST, HIGHEST))


def _hazard(eta, log_p):
    """Density over probability a = φ/Φ, and a + η: two ndarrays, shape of eta.

    Far below, by the first terms of its series in 1/η: logarithms have no digits left.
    """
    is_far = eta < FAR
    x = np.where(is_far, -eta, -FAR)
    excess = 1 / x - 2 / x**3
    a = np.exp(_log_density(np.where(is_far, 0.0, eta)) - np.where(is_far, 0.0, log_p))
    return np.where(is_far, x + excess, a), np.where(is_far, excess, eta + a)


def _log_density(eta):
    return -0.5 * (np.square(eta) + np.log(2 * np.pi))
