"""Marginal means or slopes, and what is compared among them.

Names and defaults are those of R's emmeans.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from mlm.ground.arguments import choice, numbers, share
from mlm.ground.errors import DataError
from mlm.inference.contrasts import ADJUSTMENTS, Combinations, Contrasts

CONTRASTS = ("treatment", "sum", "trend")
TRENDS = ("linear", "quadratic", "cubic", "quartic")
# Whole weights of a trend are looked for up to so many times the smallest.
MOST_TIMES = 100


@dataclass(frozen=True, eq=False, repr=False)
class Means(Combinations):
    """Marginal means, or slopes, as `fit.means` and `fit.slopes` return them.

    Attributes
    ----------
    by : tuple of str
        Predictors within whose values comparisons are made.
    family : Family or None
        Of means on the response's scale; None for those of the linear predictor.
    known : float
        The mean offset, which is added.
    what : {"mean", "slope"}
    averaged : tuple of str
        Predictors whose levels are averaged over.
    """

    by: tuple = ()
    family: object = None
    known: float = 0.0
    what: str = "mean"
    averaged: tuple = ()

    def to_frame(self):
        """Means as a table.

        Returns
        -------
        DataFrame
            The predictors, ``mean`` (or ``slope``), ``se``, ``df``, and the interval
            from ``lower`` to ``upper``.  On the response's scale, ends are those of
            the linear predictor, and se is by the slope of the mean there.
        """
        estimate, se, df = self._estimates
        reach = stdtrit(df, (1 + self.level) / 2)
        columns = {self.what: estimate, "se": se, "df": df} | self._interval(reach)
        table = self.labels.assign(**columns)
        moved = [self.what, "lower", "upper"]
        table[moved] += self.known
        if self.family is not None:
            eta = table[self.what].to_numpy()
            table["se"] *= np.abs(self.family.link.derivative(eta))
            for name in moved:
                table[name] = self.family.mean(table[name].to_numpy())
            table[moved[1:]] = np.sort(table[moved[1:]], axis=1)
        return table

    @property
    def _caption(self):
        return f"{self.what.capitalize()}s"

    @property
    def note(self):
        """What is averaged over, and the interval: str."""
        words = f"{100 * self.level:g} % intervals"
        if self.averaged:
            words += f"; averaged over {', '.join(self.averaged)}"
        if self.family is not None:
            words += "; on the response's scale"
        return f"{words}."

    def pairs(self, adjust="tukey", level=None):
        """Compare every two means.

        Parameters
        ----------
        adjust : {"tukey", "holm", "bonferroni", "none"}
        level : float, optional
            Of intervals; that of the means, if left out.

        Returns
        -------
        Contrasts
            Of the linear predictor.

        Raises
        ------
        DataError
            Another adjustment, or one mean alone.
        """
        weights = {}
        for one, other in combinations(range(len(self._names)), 2):
            row = np.zeros(len(self._names))
            row[one], row[other] = 1, -1
            weights[f"{self._names[one]} - {self._names[other]}"] = row
        return self._compared(weights, adjust, level)

    def contrast(self, method="treatment", adjust="none", level=None):
        """Compare means with the first, with their mean, or along their order.

        Parameters
        ----------
        method : {"treatment", "sum", "trend"} or dict of list
            Each less the first; each less the mean of all; orthogonal polynomials of
            their order; or weights of all means, by a name for each contrast.
        adjust, level
            As for `pairs`.

        Returns
        -------
        Contrasts
            Of the linear predictor.

        Raises
        ------
        DataError
            Another method or adjustment, one mean alone, or weights of another number.
        """
        names = self._names
        if isinstance(method, dict):
            weights = {str(k): numbers("method", v) for k, v in method.items()}
            if not weights or any(len(row) != len(names) for row in weights.values()):
                raise DataError(
                    "method: a contrast has a weight for each of the "
                    f"{len(names)} means: {', '.join(names)}."
                )
            return self._compared(weights, adjust, level)
        one = np.eye(len(names))
        choice("method", method, CONTRASTS)
        if method == "treatment":
            weights = {
                f"{names[i]} - {names[0]}": one[i] - one[0]
                for i in range(1, len(names))
            }
        elif method == "sum":
            weights = {
                f"{name} effect": one[i] - 1 / len(names)
                for i, name in enumerate(names)
            }
        else:
            weights = _trends(len(names))
        return self._compared(weights, adjust, level)

    @property
    def _compared_by(self):
        """Predictors whose values tell the means that are compared apart."""
        return [name for name in self.labels.columns if name not in self.by]

    @property
    def _names(self):
        """What the means within one group of `by` are called: list of str."""
        number = len(self.labels) // self._groups
        table = self.labels.head(number)[self._compared_by]
        return [" ".join(map(str, row)) for row in table.itertuples(index=False)]

    @property
    def _groups(self):
        """How many groups of rows `by` makes; they follow each other."""
        return len(self.labels[list(self.by)].drop_duplicates()) if self.by else 1

    def _compared(self, weights, adjust, level):
        """Contrasts of the means of every group of `by`."""
        choice("adjust", adjust, ADJUSTMENTS)
        number, groups = len(self._names), self._groups
        if number < 2 or not weights:
            raise DataError("there is one mean alone, and nothing to compare it with.")
        W = np.array(list(weights.values()))
        L = np.vstack([W @ part for part in np.split(self.L, groups)])
        labels = pd.DataFrame({"contrast": list(weights) * groups})
        if self.by:
            first = self.labels[list(self.by)].iloc[::number]
            labels = pd.concat(
                [labels, first.loc[first.index.repeat(len(W))].reset_index(drop=True)],
                axis=1,
            )
        level = self.level if level is None else share("level", level)
        known = self.beta, self.uncertainty, level
        return Contrasts(labels, L, *known, adjust, len(W), number)


def _trends(k):
    """Orthogonal polynomials of k equal steps, in whole numbers: dict of ndarray."""
    x = np.arange(k) - (k - 1) / 2
    Q, R = np.linalg.qr(np.vander(x, min(k, len(TRENDS) + 1), increasing=True))
    weights = {}
    for name, column in zip(TRENDS, (Q * np.sign(np.diag(R))).T[1:], strict=False):
        sizes = np.abs(column[np.abs(column) > 1e-9])
        for times in range(1, MOST_TIMES):
            whole = column / sizes.min() * times
            if np.abs(whole - np.round(whole)).max() < 1e-6:
                break
        weights[name] = np.round(whole)
    return weights
