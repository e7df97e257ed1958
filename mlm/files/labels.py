"""Labels that occur in a column, or in several together, gathered chunk by chunk."""

import numpy as np
import pandas as pd

from mlm.files.kinds import CATEGORIES, TEXT

# Whole numbers within this range are ticked off in a table, of a byte each.
RANGE = 2**26
# Combinations that wait before repeated ones are taken out.
WAITING = 100_000


class Labels:
    """The labels of columns that together form groups, or of one category.

    Parameters
    ----------
    names : tuple of str
    kinds : dict of str
        What the columns hold.

    Attributes
    ----------
    names : tuple of str
    """

    def __init__(self, names, kinds):
        self.names, self._kinds = names, kinds
        self._whole, self._combined = WholeLabels(), pd.DataFrame(columns=list(names))
        self._waiting, self._order = [], {}

    def add(self, frame):
        """Note the labels of some rows.

        Parameters
        ----------
        frame : DataFrame
            Without missing values.
        """
        column = frame[self.names[0]]
        if len(self.names) == 1 and is_whole(column):
            self._whole.add(column.to_numpy())
            return
        for name in self.names:
            if self._kinds[name] == CATEGORIES:
                order = self._order.setdefault(name, {})
                order |= dict.fromkeys(frame[name].cat.categories)
        self._wait_for(plain(frame[list(self.names)].drop_duplicates()))

    def merge(self, other):
        """Note the labels of another part of the data, too."""
        self._whole.merge(other._whole)
        for name, order in other._order.items():
            self._order[name] = self._order.get(name, {}) | order
        for part in (other._combined, *other._waiting):
            self._wait_for(part)

    def _wait_for(self, part):
        self._waiting.append(part)
        if sum(map(len, self._waiting)) > WAITING + len(self._combined):
            self._settle()

    def _settle(self):
        parts = [part for part in (self._combined, *self._waiting) if len(part)]
        if parts:
            self._combined = pd.concat(parts, ignore_index=True).drop_duplicates()
        self._waiting = []

    def frame(self):
        """All labels, or combinations of labels, that occur.

        Returns
        -------
        DataFrame
            One row for each; categories in their own order.
        """
        self._settle()
        (first, *others), found = self.names, self._combined
        if len(self._whole):
            whole = pd.DataFrame({first: self._whole.labels()})
            parts = [part for part in (whole, found) if len(part)]
            found = pd.concat(parts, ignore_index=True).drop_duplicates()
        found = found.reset_index(drop=True)
        for name in (first, *others):
            if self._kinds[name] == CATEGORIES:
                known = pd.Index([*self._order[name]])
                known = known[known.isin(found[name])]
                found[name] = pd.Categorical(found[name], categories=known)
            elif self._kinds[name] == TEXT:
                found[name] = found[name].astype(object)
        return found


class WholeLabels:
    """Whole numbers that occur: ticked off in a table where they are close together."""

    def __init__(self):
        self._low, self._seen = 0, np.zeros(0, dtype=bool)
        self._far = None

    def __len__(self):
        return len(self._seen) if self._far is None else len(self._far)

    def add(self, values):
        """Note numbers: ndarray of int, shape (n,)."""
        if not len(values):
            return
        if self._far is None:
            low, high = int(values.min()), int(values.max())
            if len(self._seen):
                low = min(low, self._low)
                high = max(high, self._low + len(self._seen) - 1)
            if high - low < RANGE:
                self._make_room(low, high)
                self._seen[np.subtract(values, low, dtype=np.int64)] = True
                return
            self._far, self._seen = self.labels(), np.zeros(0, dtype=bool)
        self._far = np.union1d(self._far, pd.unique(values).astype(np.int64))

    def _make_room(self, low, high):
        """Have a table from the lowest to the highest number."""
        size = high - low + 1
        if size > len(self._seen):
            seen = np.zeros(size, dtype=bool)
            start = self._low - low if len(self._seen) else 0
            seen[start : start + len(self._seen)] = self._seen
            self._low, self._seen = low, seen

    def merge(self, other):
        """Note the numbers of another part of the data, too."""
        self.add(other.labels())

    def labels(self):
        """All of them, ascending: ndarray of int64."""
        if self._far is not None:
            return self._far
        return np.flatnonzero(self._seen).astype(np.int64) + self._low


def is_whole(column):
    """Whether the numbers of a column fit into 64 bits with a sign: bool."""
    return column.dtype.kind in "iu" and column.dtype != np.uint64


def plain(frame):
    """The same rows with categories as the values that they stand for.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    DataFrame
    """
    changed = {
        name: np.asarray(column.array)
        for name, column in frame.items()
        if isinstance(column.dtype, pd.CategoricalDtype)
    }
    return frame.assign(**changed) if changed else frame
