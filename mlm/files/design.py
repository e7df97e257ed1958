"""A design whose rows are on disk: names, groups and sizes, but no y, X or Z.

Whatever needs the rows is refused where it asks for them, in one sentence that says
what can be had instead.
"""

from dataclasses import dataclass, field

import numpy as np

from mlm.design.design import Design
from mlm.design.effects import Columns
from mlm.design.frame import ModelFrame
from mlm.design.random_terms import RandomTerm
from mlm.engine.basis import Basis
from mlm.ground.errors import DataError
from mlm.ground.readonly import lock


def refused(what):
    """A property that rows would be needed for: it says so, and what there is.

    Parameters
    ----------
    what : str
        What is asked for, as in "the response".
    """

    def read(self):
        raise DataError(
            f"this fit was made chunk by chunk, and {what} of its rows is not in "
            "memory: residuals, simulated responses, influence and whatever else needs "
            "all rows are for data that fit in memory. Fit a part of the rows; "
            "fit.predict(rows) predicts for any that you read."
        )

    return property(read)


class ColumnsOnDisk(Columns):
    """Design columns whose values are on disk: names, R, and how to compute them.

    Parameters
    ----------
    columns : Columns
        Of some of the rows.
    R : ndarray, shape (columns, columns)
        Triangle of the values of all rows.
    """

    values = refused("the design matrix")

    def __init__(self, columns, R):
        known = {"names": columns.names, "terms": columns.terms, "again": columns.again}
        vars(self).update(known, R=lock(R))

    def __repr__(self):
        return f"ColumnsOnDisk({', '.join(self.names)})"


class TermOnDisk(RandomTerm):
    """A random term whose rows are on disk: its groups, but not which row is where.

    Which groups lie in groups of other terms is told by the sums (`lying_in`).
    """

    @property
    def codes(self):
        """Refused: the group of every row."""
        return refused("the group").fget(self)

    @codes.setter
    def codes(self, value):  # only the dataclass's own __init__ comes here
        vars(self)["_parents"] = {}

    def __repr__(self):
        return f"TermOnDisk({self.name!r}; {self.J} × {', '.join(self.columns)})"

    def lying_in(self, outer, parent):
        """Note in which group of another factor each group lies.

        Parameters
        ----------
        outer : str
            The grouping factor.
        parent : ndarray of int, shape (J,)
        """
        self._parents[outer] = parent

    def parents(self, outer):
        """In which group of another term each group lies: see `RandomTerm.parents`."""
        return self._parents.get(outer.group)


@dataclass(frozen=True, eq=False)
class BasisOnDisk(Basis):
    """Triangles that make effects and X orthonormal, for rows on disk.

    Attributes
    ----------
    terms, R, RX
        As of `Basis`; X is None.
    rows_number : int
        Of the data, n.
    axes : list of ndarray, shape (w, k)
        Orthonormal effects of each term as sums of w columns that are orthonormal over
        the rows (`mlm.files.assembly`).
    """

    rows_number: int = 0
    axes: tuple = ()

    @property
    def n(self):
        """Number of observations."""
        return self.rows_number

    def products(self, members):
        """Mean products of orthonormal effects: see `Basis.products`."""
        axes = np.hstack([self.axes[i] for i in members])
        return axes.T @ axes / self.n


@dataclass(frozen=True, eq=False, repr=False)
class DesignOnDisk(Design):
    """A design whose rows are on disk.

    Attributes
    ----------
    formula, fixed, kept, terms, weights_name, offset_name, offset_columns, family
        As of `Design`, the columns without values.
    rows_number : int
        Of the data, n.
    RX : ndarray, shape (p, p)
    log_weights, widest, outline
        As of `Design`.
    """

    rows_number: int = field(default=0, kw_only=True)
    RX: np.ndarray = field(default=None, kw_only=True)
    log_weights: float = field(default=0.0, kw_only=True)
    widest: float = field(default=1.0, kw_only=True)
    outline: dict = field(default=None, kw_only=True)

    in_memory = False
    X = refused("the design matrix")
    Z = refused("the design matrix")
    W = refused("the weight")
    weights = refused("the weight")
    offset = refused("the offset")
    index = refused("the label")

    def __post_init__(self):
        lock(self.RX)

    @property
    def n(self):
        """Number of observations."""
        return self.rows_number

    def with_response(self, y):
        """Refused: the rows that another response would belong to are not known."""
        return self.y


def _only_types(self, frame):
    """Keep what the columns are; only the dataclass's own __init__ comes here."""
    vars(self)["_frame"] = ModelFrame.of(frame.iloc[:0])


def _no_response(self, y):
    """Keep nothing; only the dataclass's own __init__ comes here."""


DesignOnDisk.frame = refused("the model frame").setter(_only_types)
DesignOnDisk.y = refused("the response").setter(_no_response)
