"""What each group does to a fit: the estimates without it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlm.design.rank import is_full_rank
from mlm.design.rows import in_order
from mlm.design.subset import subset
from mlm.ground.arguments import check
from mlm.ground.errors import (
    DataError,
    MlmError,
    RankDeficiencyWarning,
    check_known,
    warn,
)
from mlm.ground.text import html_table, r_format, text_table
from mlm.results import intervals

# Groups that are printed.
SHOWN = 10


@dataclass(frozen=True, eq=False, repr=False)
class Influence:
    """Estimates without each group, beside those with all of them.

    Attributes
    ----------
    group : str
        The factor whose groups were left out, one at a time.
    whole : Series
        All parameters of the fit, as `fit.to_frame` has them.
    without : DataFrame, groups × parameters
        The same without each group; not numbers where the other groups do not tell.
    se_without : DataFrame, groups × p
        Standard errors of the fixed effects without each group.
    vcov : ndarray, shape (p, p)
        Covariance of the fixed effects with all groups.
    notes : Series of str
        What to know of the fit without each group: ``"singular"`` where that with all
        is not, ``"not converged"``, ``"not told"``; mostly empty.
    """

    group: str
    whole: pd.Series
    without: pd.DataFrame
    se_without: pd.DataFrame
    vcov: np.ndarray
    notes: pd.Series

    @property
    def change(self):
        """Estimates without each group less those with all, lme4's ``dfbeta``."""
        return self.without - self.whole

    @property
    def dfbetas(self):
        """Changes of the fixed effects over their standard errors without the group."""
        return self.change[self.se_without.columns] / self.se_without

    @property
    def cooks_distance(self):
        """Squared change of all fixed effects together, δᵀ Var(β̂)⁻¹ δ / p: Series.

        Above 1 a group moves the estimates by as much as their uncertainty; above 4
        over the number of groups, by more than most do.
        """
        change = self.change[self.se_without.columns].to_numpy()
        distance = np.einsum("ja,ab,jb->j", change, np.linalg.inv(self.vcov), change)
        distance = distance / max(1, len(self.vcov))
        return pd.Series(distance, index=self.without.index, name="cooks_distance")

    def to_frame(self):
        """Cook's distance, estimates without each group, and notes if there are any.

        Returns
        -------
        DataFrame
            The group with the largest distance first.
        """
        table = self.without.copy()
        table.insert(0, "cooks_distance", self.cooks_distance)
        if self.notes.any():
            table["note"] = self.notes
        return table.sort_values("cooks_distance", ascending=False)

    def _printed(self):
        table = self.to_frame().head(SHOWN)
        notes = table.pop("note").tolist() if "note" in table else None
        columns = [r_format(column, 4) for _, column in table.items()]
        columns += [notes] if notes else []
        header = [f"without {self.group}", *table, *(["note"] if notes else [])]
        rows = [
            [str(name), *row]
            for name, row in zip(table.index, zip(*columns, strict=True), strict=True)
        ]
        whole = [r_format([value], 4)[0].strip() for value in self.whole]
        last = ["(none)", "", *whole, *([""] if notes else [])]
        return header, [*rows, last]

    def __repr__(self):
        header, rows = self._printed()
        text = text_table(header, rows, "<" + ">" * (len(header) - 1))
        hidden = len(self.without) - SHOWN
        return text + (f"\n{hidden} more groups: to_frame()." if hidden > 0 else "")

    def _repr_html_(self):
        return html_table(f"Influence of {self.group}", *self._printed())


def influence(fit, group):
    """Leave out one group at a time: see `FittedModel.influence`.

    Parameters
    ----------
    fit : FittedModel
    group : str or array_like, shape (n,)

    Returns
    -------
    Influence
    """
    labels, codes = _groups(fit.design, group)
    group = group if isinstance(group, str) else "group"
    names, p = intervals.estimates(fit).index, fit.design.p
    values = np.full((len(labels), len(names)), np.nan)
    errors, notes = np.full((len(labels), p), np.nan), ["not told"] * len(labels)
    for j in range(len(labels)):
        keep = codes != j
        found = _fit_of_rows(fit, keep) if keep.any() else None
        if found is not None:
            values[j], errors[j] = intervals.estimates(found), found.se
            notes[j] = _note(fit, found)
    untold = [
        label for label, note in zip(labels, notes, strict=True) if note == "not told"
    ]
    if untold:
        some = ", ".join(map(repr, untold[:3])) + (", ..." if len(untold) > 3 else "")
        warn(
            f"without {group} {some} the other groups do not tell all estimates: their "
            "rows are missing. Does a predictor vary with that group only?",
            RankDeficiencyWarning,
        )
    without = pd.DataFrame(values, index=labels, columns=names)
    se = pd.DataFrame(errors, index=labels, columns=fit.fixef.index)
    whole = intervals.estimates(fit)
    words = pd.Series(notes, index=labels)
    return Influence(group, whole, without, se, fit.vcov.to_numpy(), words)


def _note(fit, found):
    """What to know of a fit of some rows that the whole fit does not say: str."""
    if not found.converged and fit.converged:
        return "not converged"
    return "singular" if found.is_singular and not fit.is_singular else ""


def _groups(design, group):
    """Labels of groups, and the group of every row: Index, ndarray (n,)."""
    if isinstance(group, str):
        for term in design.terms:
            if term.group == group:
                return term.levels, term.codes
        known = [*dict.fromkeys(term.group for term in design.terms), *design.frame]
        check_known("group", group, known)
        given = design.frame[group]
    else:
        given = np.asarray(in_order("the groups", group, design.index))
        right = given.shape == (design.n,) and not pd.isna(given).any()
        wanted = f"a name, or a label for each of the {design.n} rows"
        check(right, "group", wanted, group)
    codes, labels = pd.factorize(np.asarray(given), sort=True)
    if len(labels) < 2:
        raise DataError("all rows are one group; leaving it out leaves nothing.")
    return pd.Index(labels), codes


def _fit_of_rows(fit, keep):
    """The model fitted to some rows; None if they do not tell its estimates."""
    design = subset(fit.design, keep)
    if not is_full_rank(design.RX):
        return None
    try:
        return fit._fit_of_rows(design, keep)
    except (MlmError, np.linalg.LinAlgError):
        return None
