"""Profiles of a fit's parameters: zeta by value, and intervals at any level.

One parameter is held at a value and everything else is chosen anew, by maximum
likelihood; the interval holds the values for which the deviance rises by no more than
the quantile of chi-squared with one degree of freedom.
"""

from functools import cached_property, partial

import numpy as np
import pandas as pd
from scipy.special import ndtri  # scipy.stats takes 0.3 s to import

from mlm.engine.quasi_newton import LostError
from mlm.ground.errors import ConvergenceWarning, warn
from mlm.ground.names import Answering
from mlm.replicates.bootstrap import interval_ends
from mlm.results.follow import Curve
from mlm.results.held import Coefficient, FixedEffect, ResidualDeviation
from mlm.results.held_terms import Correlation, StandardDeviation
from mlm.results.intervals import chosen, estimates, table

# A profile that gets further below the fit than this has found a better fit.
BELOW = 1e-5
# Profiles are tabled as far as 99 % intervals reach.
REACH = float(ndtri(0.995))


class Profile(Answering):
    """Profile likelihood of some parameters, as `fit.profile()` returns it.

    The deviance rises when a parameter is held at another value than its estimate.
    Zeta of that value is the square root of the rise, negative below the estimate.
    Where zeta is a straight line, estimate ± z standard errors is as good an interval;
    where it bends, it is not.  `mlm.plots.plot_zeta` draws it.

    Parameters
    ----------
    fit : LinearMixedModel, GeneralizedLinearMixedModel or GeneralizedLinearModel
        A fit by maximum likelihood.
    surface : OverSigma or OverBeta
        Its deviance.
    parm : str or sequence of str, optional
        See `LinearMixedModel.profile`.

    Attributes
    ----------
    estimate : Series
        Maximum likelihood estimates; the correlation of an effect that does not vary is
        not a number.

    References
    ----------
    Bates et al. (2015), section 5.1.
    """

    def __init__(self, fit, surface, parm=None):
        every = estimates(fit, surface.has_sigma)
        self._formula, self._lowest = fit.formula, surface.lowest
        self._makers, self._curves = _makers(surface), {}
        self._names = list(every.index)
        self._places = chosen(every.index, parm, fit.design.p)
        self._estimate = every.iloc[self._places]

    @property
    def estimate(self):
        """Maximum likelihood estimates: Series, by name."""
        return self._estimate.copy()

    def confint(self, level=0.95):
        """Profile intervals: from where zeta is -z to where it is z.

        Parameters
        ----------
        level : float
            Between 0 and 1.

        Returns
        -------
        DataFrame
            Two columns, the ends; one row for each parameter.  Where the deviance does
            not rise enough as far as a standard deviation can go, the end is 0; for a
            correlation it is -1 or 1.  An end that cannot be found is not a number, and
            ``attrs["reasons"]`` of the table says why, by parameter and column.

        Raises
        ------
        DataError
            If level is not between 0 and 1.

        Warns
        -----
        ConvergenceWarning
            If an end cannot be found, or a profile finds a better fit.
        """
        columns, reasons = list(interval_ends(level)), {}
        limit = float(ndtri((1 + level) / 2))
        ends = np.full((len(self._places), 2), np.nan)
        for row, place in enumerate(self._places):
            for column, side in enumerate((-1, 1)):
                try:
                    curve = self._curve(place)
                    ends[row, column] = curve.held.value(curve.end(side, limit))
                except LostError as reason:
                    reasons[self.estimate.index[row], columns[column]] = str(reason)
        found = table(self.estimate.index, ends, level)
        if reasons:
            found.attrs["reasons"] = reasons
            told = "; ".join(
                f"{end} of {name} ({reasons[name, end]})" for name, end in reasons
            )
            warn(
                f"ends of profile intervals that were not found are NaN: {told}. "
                "method='boot' gives them another way.",
                ConvergenceWarning,
            )
        self._say_if_better()
        return found

    def to_frame(self):
        """Points of the profiles, as far as 99 % intervals reach.

        Returns
        -------
        DataFrame
            ``parameter``, ``value`` in the parameter's own unit, and ``zeta``; rising
            values, with the estimate at 0.
        """
        return self._points.copy()

    @cached_property
    def _points(self):
        parts = [self._walked(place) for place in self._places]
        self._say_if_better()
        columns = ["parameter", "value", "zeta"]
        return pd.DataFrame([row for part in parts for row in part], columns=columns)

    def _walked(self, place):
        name = self._names[place]
        try:
            curve = self._curve(place)
        except LostError:
            return []
        down, up = (curve.walk(side, REACH) for side in (-1, 1))
        points = [*reversed(down), (curve.held.best, 0.0), *up]
        return [(name, curve.held.value(t), zeta) for t, zeta in points]

    def __repr__(self):
        names = ", ".join(self.estimate.index)
        return f"Profile likelihood of {self._formula}: {names}"

    def _curve(self, place):
        """Curve of a parameter, made when first asked for."""
        if place not in self._curves:
            make, effects = self._makers[place]
            caps = [self._curve(effect).deviance(0.0) for effect in effects]
            cap = min(caps, default=np.inf)
            self._curves[place] = Curve(make, self._lowest, cap)
        return self._curves[place]

    def _say_if_better(self):
        below = max((curve.below for curve in self._curves.values()), default=0.0)
        if below > BELOW:
            warn(
                f"a profile went {below:.2g} below the deviance of the fit, which was "
                "not at its best: intervals are measured from that fit. Simplify the "
                "random part, or look for a better fit with fit.optimum_check().",
                ConvergenceWarning,
            )


def _makers(surface):
    """What makes each parameter one that can be held, in the order of `estimates`.

    Returns
    -------
    list of (callable, tuple of int)
        With the places of the two standard deviations, for a correlation: without one
        of its effects, the deviance is the same whatever the correlation.
    """
    makers, design = [], surface.fit.design
    for i, term in enumerate(design.terms):
        k = term.k
        deviations = len(makers) + np.cumsum([0, *range(k, 1, -1)])
        for c in range(k):
            makers.append((partial(StandardDeviation, surface, i, c), ()))
            for r in range(c + 1, k):
                pair = int(deviations[c]), int(deviations[r])
                makers.append((partial(Correlation, surface, i, c, r), pair))
    of_beta = Coefficient
    if surface.has_sigma:
        makers.append((partial(ResidualDeviation, surface), ()))
        of_beta = FixedEffect
    return makers + [(partial(of_beta, surface, j), ()) for j in range(design.p)]
