"""Combinations of fixed effects with their tests: what `fit.contrast` returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import chdtrc, fdtrc, stdtr, stdtrit

from mlm.ground.arguments import numbers
from mlm.ground.errors import DataError, check_known
from mlm.ground.names import Answering
from mlm.ground.text import html_table, r_format, text_table
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


def joint_test(L, beta, uncertainty):
    """Test of all combinations being 0 together: F or, with infinite df, χ².

    Parameters
    ----------
    L : ndarray, shape (k, p)
        Rows that others determine are left out.
    beta : ndarray, shape (p,)
    uncertainty : Constant, Satterthwaite or KenwardRoger

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
    L = _independent(L)
    k, value = len(L), L @ beta
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
    """The rows that those before them do not determine."""
    kept = []
    for i in range(len(L)):
        rows = [*kept, i]
        if np.linalg.matrix_rank(L[rows], NOTHING * np.abs(L).max()) == len(rows):
            kept = rows
    return L[kept]


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
    """

    labels: pd.DataFrame
    L: np.ndarray
    beta: np.ndarray
    uncertainty: object
    level: float

    @property
    def statistic(self):
        """Name of estimate over standard error: z where all df are infinite, else t."""
        return "z" if np.isinf(self._estimates[2]).all() else "t"

    @cached_property
    def _estimates(self):
        return combined(self.L, self.beta, self.uncertainty)

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
        return joint_test(self.L, self.beta, self.uncertainty)

    @property
    def _caption(self):
        return type(self).__name__

    def _printed(self):
        """Header and rows of the printed table."""
        table = self.to_frame()
        text = [_texts(column) for _, column in table.items()]
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
    """

    adjust: str = "none"
    together: int = 1
    means: int = 2

    def to_frame(self):
        """Estimates as a table.

        Returns
        -------
        DataFrame
            Names of the contrasts, ``estimate``, ``se``, ``df``, ``t`` (``z`` where df
            is infinite), ``p`` and the interval from ``lower`` to ``upper``.
        """
        estimate, se, df = self._estimates
        with np.errstate(divide="ignore", invalid="ignore"):
            t = estimate / se
        p, reach = self._adjusted(t, df)
        columns = {"estimate": estimate, "se": se, "df": df, self.statistic: t, "p": p}
        return self.labels.assign(**columns, **self._interval(reach))

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
        """What p values and intervals allow for: str."""
        return {
            "none": "p values and intervals are of each alone.",
            "holm": f"p values by Holm, intervals by Bonferroni, for {self.together}.",
            "bonferroni": f"p values and intervals by Bonferroni, for {self.together}.",
            "tukey": f"p values and intervals by Tukey's range of {self.means} means.",
        }[self.adjust]


def _texts(column):
    """Cells of a printed table: list of str."""
    if column.dtype.kind != "f":
        return [str(value) for value in column]
    if column.name == "p":
        return ["<0.0001" if p < 1e-4 else f"{p:.3g}" for p in column]
    return [text.strip() for text in r_format(column, 4)]


def _holm(p):
    """Holm's adjusted p values: ndarray, shape (m,)."""
    order, m = np.argsort(p), len(p)
    stepped = np.maximum.accumulate((m - np.arange(m)) * p[order])
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted


def combinations_of(L, names):
    """Rows of L, as `fit.contrast` takes them, and what they are called.

    Parameters
    ----------
    L : array_like, shape (p,) or (k, p), dict or DataFrame
        Weights of all fixed effects, in their order; or by their names, 0 if left out.
        A dict of dicts, or a DataFrame's index, names the combinations.
    names : list of str
        Of the fixed effects.

    Returns
    -------
    labels : DataFrame
    L : ndarray, shape (k, p)

    Raises
    ------
    DataError
        Another shape, an unknown name, or what is no number.
    """
    if isinstance(L, Mapping) and L and not isinstance(next(iter(L.values())), Mapping):
        L = {"1": L}
    if isinstance(L, Mapping):
        L = pd.DataFrame.from_dict(L, orient="index").fillna(0.0)
    if isinstance(L, pd.DataFrame):
        for name in L.columns:
            check_known("fixed effect", name, names)
        L = L.reindex(columns=names, fill_value=0.0)
    index = L.index if isinstance(L, pd.DataFrame) else None
    values = np.atleast_2d(numbers("L", L, ndim=(1, 2)))
    if values.shape[1] != len(names) or not values.size:
        raise DataError(
            f"L has a weight for each of the {len(names)} fixed effects "
            f"({', '.join(map(repr, names))}); it has shape {values.shape}."
        )
    labels = range(1, len(values) + 1) if index is None else index
    return pd.DataFrame({"contrast": [str(label) for label in labels]}), values
