"""The group of each row, by its labels."""

import numpy as np

from mlm.files.labels import is_whole
from mlm.ground.errors import DataError

# Tables of groups by label have at most so many entries for each group.
SPARSEST = 8
CHANGED = "the data changed between two passes over them; fit again."


class Coder:
    """Gives the group of each row.

    Parameters
    ----------
    formula : Formula
    groups : Grouping
    """

    def __init__(self, formula, groups):
        self._formula, self._groups, self._table = formula, groups, None
        levels = groups.levels
        self._are_whole = len(groups.names) == 1 and is_whole(levels)
        if self._are_whole:
            self._low, most = int(levels.min()), int(levels.max())
            size = most - self._low + 1
            if size <= SPARSEST * len(levels):
                self._table = np.full(size, -1, dtype=np.int32)
                self._table[levels.to_numpy() - self._low] = np.arange(len(levels))

    def codes(self, frame):
        """Group of each row: ndarray of int, shape (n,)."""
        column, levels = frame[self._groups.names[0]], self._groups.levels
        whole = self._are_whole and is_whole(column)
        if whole and self._table is not None:
            place = np.subtract(column, self._low, dtype=np.int64)
            if len(place) and not 0 <= place.min() <= place.max() < len(self._table):
                raise DataError(CHANGED)
            codes = self._table[place]
        elif whole:
            codes = levels.get_indexer(column)
        else:
            codes = self._groups.places(self._formula, frame)
        if len(codes) and codes.min() < 0:
            raise DataError(CHANGED)
        return codes
