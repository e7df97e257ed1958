"""The part of a criterion of Λ and β that a search asks for: `mlm.engine.problem`."""

from math import isfinite

import numpy as np

from mlm.engine.curvature import working_information
from mlm.engine.mode import LAST_STEP
from mlm.engine.points import Expansion
from mlm.engine.steps import bend
from mlm.ground.errors import DataError

# A last step to a mode that lowers h by this share of what the criterion should fall
# changes the next step of the search by some hundredths.
ROUGH = 3e-3


class Searched:
    """The base of criteria that have a `model`, and `around`, which gives `Around`."""

    # Not asked for other minima because of weights; and its curvature is that of a
    # linear model, which the third derivatives of ℓ change.
    wide = apart = blurred = False
    learns = True

    @property
    def terms(self):
        """Random terms: tuple of RandomTerm."""
        return self.model.terms

    @property
    def basis(self):
        """Orthonormal effects: `Basis`."""
        return self.model.basis

    def crowd(self):
        """The criterion at many points at once: there is no such thing, None."""
        return None

    def value(self, point):
        """The criterion at a point; infinite where there is none: ndarray, (1,)."""
        try:
            value = self._around(point).value
        except (DataError, np.linalg.LinAlgError):
            value = np.inf
        return np.array([value if np.isfinite(value) else np.inf])

    def expand(self, point, fall=0.0):
        """The criterion around a point, to second order: `Expansion`.

        Second derivatives are those of the working linear model: its average
        information.

        Parameters
        ----------
        point : Point
        fall : float or ndarray, shape (1,)
            How much lower than before the criterion should be: while it falls fast,
            and at a start (infinite), the mode need not be found to its last digits, if
            there is one only.

        Returns
        -------
        Expansion
        """
        try:
            here = self._around(point, self._last_step(fall))
            curvature = self._information([T[0] for T in point.blocks], here)
        except (DataError, np.linalg.LinAlgError):
            return Expansion.nowhere(point)
        start = 0
        for T, slope in zip(point.blocks, here.slopes, strict=True):
            part = slice(start, start := start + slope.size)
            curvature[part, part] += bend(T[0], slope)
        slopes = here.flat()
        if not (isfinite(here.value) and np.isfinite(curvature).all()):
            return Expansion.nowhere(point)
        return Expansion(point, np.array([here.value]), slopes[None], curvature[None])

    def _information(self, blocks, here):
        """Average information of the working linear model."""
        return working_information(here.factors, here.with_g, len(here.by_beta))

    def _last_step(self, fall):
        """By how much the last step to the mode may lower h: float."""
        if self.model.family.link != self.model.family.canonical:
            return LAST_STEP  # there may be several modes, and a rough one be another
        return max(LAST_STEP, ROUGH * min(np.asarray(fall).max(), 1.0))

    def _around(self, point, last=LAST_STEP):
        return self.around([T[0] for T in point.blocks], point.vector[0], last)

    def take(self, which):
        """The criteria of some of the problems, of which there is one."""
        return self

    def error(self):
        """The error to raise where the criterion cannot be computed: `DataError`."""
        return DataError(
            "no conditional modes of the random effects were found: with family "
            f"{self.model.family} the means leave what they can be, are too large to "
            "compute with, or where nothing changes the likelihood. Does mlm.glm fit "
            "the model without random effects? Try the canonical link, or other units."
        )
