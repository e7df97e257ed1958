"""The first pass: which rows are complete, which labels occur, what functions learn.

What it keeps does not grow with the rows: labels, a few numbers for each column, and
some of the rows, which show what columns the formula asks for and how large they are.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlm.design.columns import usable
from mlm.design.frame import OFFSET, WEIGHTS, check_rows, tell_missing
from mlm.files.kinds import NUMBERS, check_kind, complete_rows, data_frame
from mlm.files.labels import Labels, plain
from mlm.files.learning import Learning
from mlm.formula.parse import Formula
from mlm.ground.arguments import unusable_size
from mlm.ground.errors import DataError

# Rows that are kept of each table, and of all.
SOME, MOST = 1000, 50_000


@dataclass(frozen=True)
class Asked:
    """What is asked of the files.

    Attributes
    ----------
    formula : Formula
    kinds : dict of str
        What the columns that are read hold, by name.
    weights, offset : str or None
        Names of columns.
    """

    formula: Formula
    kinds: dict
    weights: str | None
    offset: str | None

    @property
    def names(self):
        """Columns that are read: list of str."""
        return list(self.kinds)

    @property
    def categories(self):
        """Columns of the effects that are no numbers: list of str."""
        effects = self.formula.effect_variables
        return [name for name in effects if self.kinds[name] != NUMBERS]

    def rows(self, place, table):
        """The complete rows of a table: DataFrame, with weights and offset as R's.

        Parameters
        ----------
        place : str
            Where they come from.
        table : pyarrow.Table

        Returns
        -------
        frame : DataFrame
        gaps : dict of int
            Missing values by column.

        Raises
        ------
        DataError
            A column is of another kind than it was said to be.
        """
        for name, kind in self.kinds.items():
            check_kind(place, name, kind, table.schema.field(name).type)
        complete, gaps = complete_rows(table, self.names)
        if complete is not None:
            table = table.filter(complete)
        frame = data_frame(place, table, self.kinds)
        for name, column in ((WEIGHTS, self.weights), (OFFSET, self.offset)):
            if column is not None:
                frame[name] = frame[column].to_numpy(dtype=float)
        return frame, gaps


class First:
    """What the first pass finds, added table by table.

    Parameters
    ----------
    asked : Asked

    Attributes
    ----------
    asked : Asked
    n, read : int
        Complete rows, and all.
    gaps : dict of int
        Missing values by column.
    labels : dict of Labels
        By the columns that form a group together, or alone are a category.
    learning : Learning
    """

    def __init__(self, asked):
        self.asked, self.n, self.read, self.gaps = asked, 0, 0, {}
        formula = asked.formula
        groups = [bar.group for bar in formula.bars]
        groups += [(name,) for name in asked.categories]
        self.labels = {names: Labels(names, asked.kinds) for names in groups}
        self.learning = Learning(formula, asked.kinds)
        used = [*formula.effect_variables, WEIGHTS, OFFSET]
        self._kept, self._sizes, self._used, self._met = [], {}, used, {}

    def add(self, place, table):
        """Add the rows of one table.

        Parameters
        ----------
        place : str
            Where they come from.
        table : pyarrow.Table

        Raises
        ------
        DataError
            An infinite value, or a weight that is not positive.
        FormulaError
            A function of the formula needs the whole column at once.
        """
        self.read += table.num_rows
        frame, gaps = self.asked.rows(place, table)
        self.n += len(frame)
        for name, number in gaps.items():
            self.gaps[name] = self.gaps.get(name, 0) + number
        if not len(frame):
            return
        frame = frame[[name for name in frame if name in self._needed]]
        self._check(place, frame)
        for labels in self.labels.values():
            labels.add(frame)
        self.learning.add(frame)
        self._keep(frame[[name for name in self._used if name in frame]])

    @property
    def _needed(self):
        return {*self._used, *self.asked.formula.groups}

    def _check(self, place, frame):
        """Refuse numbers that cannot be summed, and note the largest."""
        for name in self._used:
            if name not in frame or frame[name].dtype.kind not in "iuf":
                continue
            values = frame[name].to_numpy()
            most, least = values.max(), values.min()
            if not np.isfinite([most, least]).all():
                raise DataError(
                    f"column {self._column(name)!r} is infinite in {place}; correct "
                    "the value, or set it to missing."
                )
            if name == WEIGHTS and least <= 0:
                raise DataError(
                    f"a weight of {place} is not positive; a weight of 0 means that "
                    "the row is left out: leave it out of the data."
                )
            known = self._sizes.get(name, (least, most))
            self._sizes[name] = min(known[0], least), max(known[1], most)

    def _column(self, name):
        """The column that weights or offset are."""
        given = {WEIGHTS: self.asked.weights, OFFSET: self.asked.offset}
        return given.get(name, name)

    def _keep(self, frame):
        """Keep some rows: evenly spaced, and the first with each category."""
        number = min(SOME, len(frame))
        rows = {*np.linspace(0, len(frame) - 1, number).astype(int).tolist()}
        for name in self.asked.categories:
            met = self._met.setdefault(name, set())
            first = plain(frame[[name]].drop_duplicates())[name]
            rows |= {row for row, value in first.items() if value not in met}
            met.update(first)
        self._kept.append(plain(frame.iloc[sorted(rows)]))
        self._thin()

    def _thin(self):
        """Of too many rows, keep every second, but all that are first of a category."""
        if sum(map(len, self._kept)) < 2 * MOST:
            return
        kept = pd.concat(self._kept, ignore_index=True)
        first = np.zeros(len(kept), dtype=bool)
        for name in self.asked.categories:
            first |= ~kept[name].duplicated().to_numpy()
        first[::2] = True
        self._kept = [kept[first]]

    def merge(self, other):
        """Add what the same pass found in another part of the data."""
        self.n, self.read = self.n + other.n, self.read + other.read
        for name, number in other.gaps.items():
            self.gaps[name] = self.gaps.get(name, 0) + number
        for names, labels in other.labels.items():
            self.labels[names].merge(labels)
        self.learning.merge(other.learning)
        for name, (least, most) in other._sizes.items():
            known = self._sizes.get(name, (least, most))
            self._sizes[name] = min(known[0], least), max(known[1], most)
        self._kept += other._kept
        self._thin()

    def check(self, na_action):
        """Refuse data without rows; warn of rows that lack a value, or refuse them.

        Parameters
        ----------
        na_action : {"drop", "raise"}
        """
        if self.n < self.read:
            gaps = {n: self.gaps[n] for n in self.asked.names if n in self.gaps}
            tell_missing(self.read - self.n, self.read, gaps, na_action)
        check_rows(self.n)
        for name, ends in self._sizes.items():
            if problem := unusable_size(np.array(ends, dtype=float)):
                raise DataError(
                    f"column {self._column(name)!r} {problem}; express it in another "
                    "unit."
                )

    @property
    def widest(self):
        """Largest prior weight over the smallest: float, 1 without any."""
        least, most = self._sizes.get(WEIGHTS, (1.0, 1.0))
        return float(most / least)

    def rows(self):
        """Some of the rows, among them one for each category, as `model_frame`."""
        kept, formula = pd.concat(self._kept, ignore_index=True), self.asked.formula
        for name in formula.effect_variables:
            column = kept[name]
            if name in self.asked.categories and column.dtype != bool:
                known = self.labels[(name,)].frame()[name]
                levels = pd.Categorical(known).categories
                column = pd.Series(pd.Categorical(column, categories=levels))
            kept[name] = usable(formula, name, column)
        return kept
