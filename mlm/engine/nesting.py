"""Groups that lie in groups of an outer factor, as classes lie in schools."""

import numpy as np


class Nesting:
    """In which group of an outer factor each group of an inner one lies.

    Parameters
    ----------
    parent : ndarray of int, shape (J,)
        Outer group of every inner group.

    Attributes
    ----------
    parent : ndarray of int, shape (J,)
    """

    def __init__(self, parent):
        self.parent = parent
        order = np.argsort(parent, kind="stable")
        self._order = None if (np.diff(parent) >= 0).all() else order
        self._starts = np.flatnonzero(np.diff(parent[order], prepend=-1))

    def gather(self, values):
        """The outer group's values for every inner group.

        Parameters
        ----------
        values : ndarray, shape (..., J of the outer factor)

        Returns
        -------
        ndarray, shape (..., J of the inner factor)
        """
        return values[..., self.parent]

    def sum(self, values):
        """Sums over the inner groups of every outer group.

        Parameters
        ----------
        values : ndarray, shape (..., J of the inner factor)

        Returns
        -------
        ndarray, shape (..., J of the outer factor)
        """
        if self._order is not None:
            values = values[..., self._order]
        return np.add.reduceat(values, self._starts, axis=-1)


def find_nesting(inner, outer):
    """Find in which groups of one term the groups of another lie.

    Parameters
    ----------
    inner, outer : RandomTerm

    Returns
    -------
    Nesting or None
        None if the groups are crossed.
    """
    parent = inner.parents(outer)
    return None if parent is None else Nesting(parent)
