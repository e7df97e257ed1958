"""Combinations of fixed effects with their tests: what `fit.contrast` returns."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import chdtrc, fdtrc, stdtr, stdtrit

from mlm.ground.errors import CallError, DataError
from mlm.ground.names import Answering, no_part
from mlm.ground.printed import texts
from mlm.ground.text import html_table, text_table
from mlm.inference.tukey import tukey_quantile, tukey_sf

ADJUSTMENTS = ("none", "holm", "bonferroni", "tukey")
# Directions of L that make no difference, as a share of the largest.
NOTHING = 1e-9


def combined(L, beta, uncertainty):
    """Estimates, standard errors and degrees of freedom of combinations.

    Parameters
    ----------
    L : ndarray, shape (k, p)
    beta : ndarray, shape (p,)
    uncertainty : Constant, Satterthwaite or KenwardRoger

    Returns
    -------
    estimate, se, df : ndarray, shape (k,)
    """
    variance = np.einsum("ka,ab,kb->k", L, uncertainty.covariance, L)
    se = np.sqrt(np.maximum(variance, 0))
    return L @ beta, se, uncertainty.degrees_of_freedom(L)


def joint_test(L, beta, uncertainty, known=0.0):
    """Test of all combinations being 0 together: F or, with infinite df, χ².

    Parameters
    ----------
    L : ndarray, shape (k, p)
        Rows that others determine are left out.
    beta : ndarray, shape (p,)
    uncertainty : Constant, Satterthwaite or KenwardRoger
    known : float or ndarray, shape (k,)
        Added to the combinations.

    Returns
    -------
    dict
        ``NumDF``, ``DenDF``, ``F value``, ``Pr(>F)``; or ``Chisq``, ``Df`` and
        ``Pr(>Chisq)``.

    Raises
    ------
    DataError
        If the data do not tell one of the combinations.
    """
    if np.isnan(L).any():
        raise DataError(
            "not all of these can be tested together: the data do not tell "
            f"{np.isnan(L).any(axis=1).sum()} of {len(L)}, as no row has such values."
        )
    kept = _independent(L)
    value = (L @ beta + known)[kept]
    k, L = len(kept), L[kept]
    df, scale = uncertainty.of_test(L) if k else (np.nan, 1.0)
    middle = L @ uncertainty.covariance @ L.T
    wald = value @ np.linalg.solve(middle, value) if k else np.nan
    if np.isinf(df):
        p = float(chdtrc(k, wald))
        return {"Chisq": float(wald), "Df": k, "Pr(>Chisq)": p}
    F = float(scale * wald / k) if k else np.nan
    p = float(fdtrc(k, df, F)) if k else np.nan
    return {"NumDF": k, "DenDF": df, "F value": F, "Pr(>F)": p}


def _independent(L):
    """Places of the rows that those before them do not determine: list of int."""
    kept = []
    for i in range(len(L)):
        rows = [*kept, i]
        if np.linalg.matrix_rank(L[rows], NOTHING * np.abs(L).max()) == len(rows):
            kept = rows
    return kept


def beside(labels, columns):
    """Put columns to the right of labels, of which none is lost for its name.

    Parameters
    ----------
    labels : DataFrame
    columns : dict or DataFrame

    Returns
    -------
    DataFrame
        Labels called like one of the columns have "(predictor)" behind their names.
    """
    names = {name: f"{name} (predictor)" for name in labels if name in columns}
    return labels.rename(columns=names).assign(**columns)


@dataclass(frozen=True, eq=False, repr=False)
class Combinations(Answering):
    """Combinations of fixed effects, with their standard errors and intervals.

    Attributes
    ----------
    labels : DataFrame
        What each is called: k rows.
    L : ndarray, shape (k, p)
        By the fixed effects of the fit.
    beta : ndarray, shape (p,)
    uncertainty : Constant, Satterthwaite or KenwardRoger
    level : float
        Of intervals.
    known : float or ndarray, shape (k,)
        What is added to each: an offset.
    untold : tuple of str
        Values of predictors that no row has, so that some of them are not known.
    """

    labels: pd.DataFrame
    L: np.ndarray
    beta: np.ndarray
    uncertainty: object
    level: float
    known: np.ndarray | float = 0.0
    untold: tuple = ()

    def __getattr__(self, name):
        if hasattr(type(self), name):  # a property failed: by itself it says how
            return object.__getattribute__(self, name)
        raise no_part(self, name, () if name[0] == "_" else list(self.to_frame()))

    def __getitem__(self, name):
        kind = type(self).__name__
        words = f"{kind} is no table: write {kind.lower()}.to_frame()[{name!r}]."
        raise CallError(words)

    @property
    def statistic(self):
        """Name of estimate over standard error: z where all df are infinite, else t."""
        return "z" if np.isinf(self._estimates[2]).all() else "t"

    @cached_property
    def _estimates(self):
        estimate, se, df = combined(self.L, self.beta, self.uncertainty)
        return estimate + self.known, se, df

    def _interval(self, reach):
        """Estimate ± so many standard errors: dict of two columns."""
        estimate, se, _ = self._estimates
        return {"lower": estimate - reach * se, "upper": estimate + reach * se}

    def test(self):
        """Test whether all are 0 together.

        Returns
        -------
        dict
            F, its degrees of freedom and p; χ² where those are infinite.

        Raises
        ------
        DataError
            If the data do not tell one of them.
        """
        return joint_test(self.L, self.beta, self.uncertainty, self.known)

    @property
    def _missing(self):
        """Why some are no numbers: str."""
        told = "; ".join(self.untold)
        return told and f"nan, as no row tells of {told}"

    @property
    def _caption(self):
        return type(self).__name__

    def _printed(self):
        """Header and rows of the printed table."""
        table = self.to_frame()
        text = [texts(column, 4, "nan") for _, column in table.items()]
        return list(table), [list(row) for row in zip(*text, strict=True)]

    def __repr__(self):
        header, rows = self._printed()
        number = len(self.labels.columns)
        align = "<" * number + ">" * (len(header) - number)
        return f"{text_table(header, rows, align)}\n{self.note}"

    def _repr_html_(self):
        table = html_table(self._caption, *self._printed())
        return f"{table}<p>{self.note}</p>"


@dataclass(frozen=True, eq=False, repr=False)
class Contrasts(Combinations):
    """Contrasts: combinations that are tested, as `fit.contrast` returns them.

    Attributes
    ----------
    adjust : {"none", "holm", "bonferroni", "tukey"}
        How p values and intervals allow for there being several.
    together : int
        How many are adjusted for each other: all, or those of one group of rows.
    means : int
        Of how many means Tukey's range is.
    ratio : str
        What the exponentials of estimates are called, where the table has these.
    says : str
        What the note says more.
    """

    adjust: str = "none"
    together: int = 1
    means: int = 2
    ratio: str = ""
    says: str = ""

    def to_frame(self):
        """Estimates as a table.

        Returns
        -------
        DataFrame
            Names of the contrasts, ``estimate``, ``se``, ``df``, ``t`` (``z`` where df
            is infinite), ``p`` and the interval from ``lower`` to ``upper``.  Of
            ratios, ``ratio`` or ``odds_ratio``, with se by the delta method; t and p
            are those of their logs.
        """
        estimate, se, df = self._estimates
        with np.errstate(divide="ignore", invalid="ignore"):
            t = estimate / se
        p, reach = self._adjusted(t, df)
        ends = self._interval(reach)
        if self.ratio:
            estimate = np.exp(estimate)
            se, ends = se * estimate, {k: np.exp(end) for k, end in ends.items()}
        columns = {self.ratio or "estimate": estimate, "se": se, "df": df}
        return beside(self.labels, columns | {self.statistic: t, "p": p} | ends)

    def _adjusted(self, t, df):
        """Adjusted p values, and how many standard errors intervals reach."""
        if self.adjust == "tukey":
            reach = tukey_quantile(self.level, self.means, df) / np.sqrt(2)
            return tukey_sf(np.sqrt(2) * np.abs(t), self.means, df), reach
        alone, m = 2 * stdtr(df, -np.abs(t)), self.together
        if self.adjust == "none":
            m = 1
        reach = stdtrit(df, 1 - (1 - self.level) / (2 * m))
        if self.adjust == "holm":
            groups = np.split(alone, np.arange(m, len(alone), m))
            return np.concatenate([_holm(p) for p in groups]), reach
        return np.minimum(m * alone, 1), reach

    @property
    def note(self):
        """What p values and intervals allow for, and what estimates are of: str."""
        words = {
            "none": "p values and intervals are of each alone.",
            "holm": f"p values by Holm, intervals by Bonferroni, for {self.together}.",
            "bonferroni": f"p values and intervals by Bonferroni, for {self.together}.",
            "tukey": f"p values and intervals by Tukey's range of {self.means} means.",
        }[self.adjust]
        missing = self._missing and f"{self._missing[0].upper()}{self._missing[1:]}."
        return " ".join(filter(None, [words, self.says, missing]))


def _holm(p):
    """Holm's adjusted p values: ndarray, shape (m,)."""
    order, m = np.argsort(p), len(p)
    stepped = np.maximum.accumulate((m - np.arange(m)) * p[order])
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted
