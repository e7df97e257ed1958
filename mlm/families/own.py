"""Links of the caller's: tried before they are used."""

from dataclasses import dataclass

import numpy as np

from mlm.families.link import Link
from mlm.families.links import KNOWN
from mlm.ground.errors import DataError

# Step of central differences, for η around 1: the cube root of what rounding leaves.
STEP = 6e-6
# Where a link of one's own is tried, and how well its functions must agree.
TRIED, AGREED = np.linspace(-2.0, 2.0, 9), 1e-4


@dataclass(frozen=True)
class OwnLink(Link):
    """A link of the caller's, with its second derivative by central differences.

    Attributes
    ----------
    given : object
        With `link`, `inverse` and `derivative`, functions of arrays.
    """

    given: object

    @property
    def name(self):
        """Its own name, or that of its class."""
        return str(getattr(self.given, "name", type(self.given).__name__))

    def link(self, mu):
        """Linear predictor of a mean."""
        return self._of("link", mu)

    def inverse(self, eta):
        """Mean of a linear predictor."""
        return self._of("inverse", eta)

    def derivative(self, eta):
        """Slope of the inverse."""
        return self._of("derivative", eta)

    def second(self, eta):
        """Second derivative of the inverse, by differences of the first."""
        step = STEP * np.maximum(1.0, np.abs(eta))
        up, down = self.derivative(eta + step), self.derivative(eta - step)
        return (up - down) / (2 * step)

    def _of(self, part, values):
        with np.errstate(all="ignore"):
            return np.asarray(getattr(self.given, part)(values), dtype=float)


def own_link(given):
    """Take a link of the caller's, after its three functions have been tried.

    Parameters
    ----------
    given : object
        With `link`, `inverse` and `derivative`.

    Returns
    -------
    Link

    Raises
    ------
    DataError
        One of them is not there, fails, or does not agree with the others.
    """
    if isinstance(given, Link):
        return given
    lacks = [n for n in ("link", "inverse", "derivative") if not _callable(given, n)]
    if lacks or isinstance(given, type):
        known = ", ".join(map(repr, KNOWN))
        raise DataError(
            f"link is one of {known}, mlm.links.guess(1/2), or an object with the "
            f"functions link, inverse and derivative; {given!r} is none."
        )
    own = OwnLink(given)
    try:
        mu, slope = own.inverse(TRIED), own.derivative(TRIED)
        step = STEP * np.maximum(1.0, np.abs(TRIED))
        found = (own.inverse(TRIED + step) - own.inverse(TRIED - step)) / (2 * step)
        back = own.link(mu)
    except Exception as error:  # functions of the caller raise anything
        raise DataError(f"the link {own.name!r} fails on an array: {error}") from error
    if not mu.shape == slope.shape == back.shape == TRIED.shape:
        raise DataError(f"the link {own.name!r} must give a number for each number.")
    inside = np.isfinite(mu) & np.isfinite(slope)
    size = AGREED * np.maximum(1e-3, np.abs(found))
    if not inside.any() or (np.abs(slope - found) > size)[inside].any():
        raise DataError(
            f"derivative of the link {own.name!r} is not the slope of its inverse: "
            "d inverse(eta) / d eta, as a function of eta."
        )
    if (np.abs(back - TRIED) > AGREED)[inside].any():
        raise DataError(f"link and inverse of {own.name!r} do not undo each other.")
    return own


def _callable(given, name):
    return callable(getattr(given, name, None))
