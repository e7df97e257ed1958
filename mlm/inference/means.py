"""Marginal means or slopes, and what is compared among them.

Names and defaults are those of R's emmeans.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from mlm.ground.arguments import choice, numbers, share
from mlm.ground.errors import DataError
from mlm.ground.text import label_text
from mlm.inference import weights
from mlm.inference.contrasts import ADJUSTMENTS, Combinations, Contrasts, beside

CONTRASTS = ("treatment", "sum", "trend", "interaction")
# What exponentials of differences are, by the link.
RATIOS = {"log": "ratio", "logit": "odds_ratio"}
# Names that a note tells in full.
MOST_TOLD = 6


@dataclass(frozen=True, eq=False, repr=False)
class Means(Combinations):
    """Marginal means, or slopes, as `fit.means` and `fit.slopes` return them.

    Attributes
    ----------
    by : tuple of str
        Predictors within whose values comparisons are made.
    family : Family or None
        Of the fit.
    type : {"response", "link"}
        Whether means of a family are on the response's scale.
    scale : str
        What linear predictors are of, where that is not the response itself.
    what : {"mean", "slope"}
    averaged : tuple of str
        Predictors whose levels are averaged over.
    offset : str
        Which offset was added, in words.
    """

    by: tuple = ()
    family: object = None
    type: str = "response"
    scale: str = ""
    what: str = "mean"
    averaged: tuple = ()
    offset: str = ""

    def to_frame(self):
        """Means as a table.

        Returns
        -------
        DataFrame
            The predictors, ``mean`` (or ``slope``), ``se``, ``df``, and the interval
            from ``lower`` to ``upper``.  On the response's scale, ends are those of
            the linear predictor, and se is by the slope of the mean there.  A
            predictor of one of these names has "(predictor)" behind it.
        """
        estimate, se, df = self._estimates
        reach = stdtrit(df, (1 + self.level) / 2)
        columns = {self.what: estimate, "se": se, "df": df} | self._interval(reach)
        if self._is_moved:
            columns["se"] = se * np.abs(self.family.link.derivative(estimate))
            moved = [self.what, "lower", "upper"]
            columns |= {name: self.family.mean(columns[name]) for name in moved}
            ends = np.sort([columns["lower"], columns["upper"]], axis=0)
            columns |= dict(zip(moved[1:], ends, strict=True))
        return beside(self.labels, columns)

    @property
    def _is_moved(self):
        """Whether means are those of the response, by the inverse of a link."""
        return self.family is not None and self.type == "response"

    @property
    def _caption(self):
        return f"{self.what.capitalize()}s"

    @property
    def note(self):
        """What is averaged over, the scale, and the interval: str."""
        words = [f"{100 * self.level:g} % intervals"]
        if self.averaged:
            words.append(f"averaged over {', '.join(self.averaged)}")
        if self._is_moved:
            words.append("on the response's scale")
        elif self.scale:
            words.append(f"{self.what}s of {self.scale}")
        return f"{'; '.join(filter(None, [*words, self.offset, self._missing]))}."

    def pairs(self, adjust="tukey", level=None, type="link"):
        """Compare every two means.

        Parameters
        ----------
        adjust : {"tukey", "holm", "bonferroni", "none"}
        level : float, optional
            Of intervals; that of the means, if left out.
        type : {"link", "response"}
            Differences of the linear predictor; or their exponentials, of a log link
            ratios of means, of a logit odds ratios.

        Returns
        -------
        Contrasts

        Raises
        ------
        DataError
            Another choice, one mean alone, or a link whose differences are no ratios.
        """
        ratio = _ratio(type, self.scale, self.family)
        found = weights.every_pair(self._names, "/" if ratio else "-")
        return self._compared(*found, adjust, level, ratio)

    def contrast(self, method="treatment", adjust="none", level=None, type="link"):
        """Compare means with the first, with their mean, or along their order.

        Parameters
        ----------
        method : {"treatment", "sum", "trend", "interaction"} or dict of list
            Each less the first; each less the mean of all; orthogonal polynomials of
            their order; how pairs of the first predictor differ between those of the
            others; or weights of all means, by a name for each contrast.
        adjust, level, type
            As for `pairs`.

        Returns
        -------
        Contrasts

        Raises
        ------
        DataError
            As `pairs`; another method, or weights of another number.
        """
        ratio = _ratio(type, self.scale, self.family)
        sign, names, order = "/" if ratio else "-", self._names, ""
        if isinstance(method, dict):
            found = _own(method, names)
        elif choice("method", method, CONTRASTS) == "treatment":
            found = weights.from_first(names, sign)
        elif method == "sum":
            found = weights.from_mean(names)
        elif method == "trend":
            found = weights.trends(names)
            order = f"Trends are along {_told(names)}, in equal steps."
        else:
            found = weights.interaction(self._levels(adjust), sign)
        return self._compared(*found, adjust, level, ratio, order)

    def _levels(self, adjust):
        """Levels of the compared predictors, two or more: list of list of str."""
        if len(self._compared_by) < 2:
            raise DataError(
                "an interaction is of two predictors or more, as in "
                "fit.means(['a', 'b']).contrast('interaction')."
            )
        if adjust == "tukey":
            raise DataError("Tukey's range is of pairs: choose another, adjust='holm'.")
        table = self._one_group[self._compared_by]
        return [list(map(label_text, column.unique())) for _, column in table.items()]

    @property
    def _compared_by(self):
        """Predictors whose values tell the means that are compared apart."""
        return [name for name in self.labels.columns if name not in self.by]

    @property
    def _one_group(self):
        """Labels of the means of the first values of `by`: DataFrame."""
        return self.labels.head(len(self.labels) // self._groups)

    @property
    def _names(self):
        """What the means within one group of `by` are called: list of str."""
        rows = self._one_group[self._compared_by].itertuples(index=False)
        rows = [list(map(label_text, row)) for row in rows]
        names = [" ".join(row) for row in rows]
        is_clear = len(set(names)) == len(names)
        return names if is_clear else [", ".join(row) for row in rows]

    @property
    def _groups(self):
        """How many groups of rows `by` makes; they follow each other."""
        return len(self.labels[list(self.by)].drop_duplicates()) if self.by else 1

    def _compared(self, labels, W, adjust, level, ratio, order=""):
        """Contrasts of the means of every group of `by`."""
        choice("adjust", adjust, ADJUSTMENTS)
        number, groups = len(self._names), self._groups
        if number < 2 or not labels:
            raise DataError("there is one mean alone, and nothing to compare it with.")
        L = np.vstack([W @ part for part in np.split(self.L, groups)])
        known = np.concatenate([W @ part for part in np.split(self.known, groups)])
        table = pd.DataFrame({"contrast": labels * groups})
        if self.by:
            first = self.labels[list(self.by)].iloc[::number]
            first = first.loc[first.index.repeat(len(W))].reset_index(drop=True)
            table = table.join(
                first.rename(columns={"contrast": "contrast (predictor)"})
            )
        return Contrasts(
            table,
            L,
            self.beta,
            self.uncertainty,
            self.level if level is None else share("level", level),
            known,
            self.untold if np.isnan(L).any() else (),
            adjust=adjust,
            together=len(W),
            means=number,
            ratio=ratio,
            says=" ".join(filter(None, [_about(ratio, self.scale), order])),
        )


def _own(method, names):
    """Labels and weights of contrasts of one's own."""
    rows = [numbers("method", row) for row in method.values()]
    if not rows or any(len(row) != len(names) for row in rows):
        raise DataError(
            f"method: a contrast has a weight for each of the {len(names)} means: "
            f"{', '.join(names)}."
        )
    return list(map(str, method)), np.array(rows)


def _ratio(type, scale, family):
    """What the exponentials of differences are called, if they are wanted: str."""
    choice("type", type, ("link", "response"))
    if type == "link" or not scale:
        return ""
    link = family.link.name if family is not None else None
    if link in RATIOS:
        return RATIOS[link]
    raise DataError(
        f"differences of {scale} are no ratios of the response: take type='link'. "
        "Those of a log link are, and of a logit odds ratios."
    )


def _about(ratio, scale):
    """A sentence on what contrasts are of: str."""
    if ratio:
        return f"{ratio.capitalize().replace('_', ' ')}s; tests are of their logs."
    return scale and f"Estimates are differences of {scale}."


def _told(names):
    """Names in their order, with a gap where they are many."""
    if len(names) > MOST_TOLD:
        names = [*names[: MOST_TOLD - 2], "...", names[-1]]
    return ", ".join(names)
