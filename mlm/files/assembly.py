"""From what the passes found to a design.

Nothing here costs anything in the number of rows.
"""

from dataclasses import dataclass, replace

import numpy as np

from mlm.design.parameters import check_names
from mlm.design.random_terms import check_effects, in_order
from mlm.design.rank import full_rank, new_columns
from mlm.design.response import check_range
from mlm.engine.products import EXPLAINED_BY_X
from mlm.engine.weighted_rows import EXACT
from mlm.files.coordinates import TOLD, Coordinates, Response
from mlm.files.design import BasisOnDisk, ColumnsOnDisk, DesignOnDisk, TermOnDisk
from mlm.files.second import Second
from mlm.ground.errors import DataError
from mlm.ground.linalg import triangular_factor


@dataclass(frozen=True, eq=False)
class Assembly:
    """What the passes found, in coordinates without units.

    Attributes
    ----------
    second : Second
    coordinates : Coordinates
    kept : list of int
        Which columns of the fixed effects are in X.
    RX : ndarray, shape (p, p)
    axes : ndarray, shape (w, p)
        Orthonormal columns of X (`Coordinates.of_X`).
    y : Response
    """

    second: Second
    coordinates: Coordinates
    kept: list
    RX: np.ndarray
    axes: np.ndarray
    y: Response

    @classmethod
    def of(cls, second):
        """Find the coordinates of what was summed.

        Parameters
        ----------
        second : Second

        Returns
        -------
        Assembly

        Raises
        ------
        FormulaError
            If the response is constant.
        """
        recipe, products = second.recipe, second.products
        check_range(recipe.asked.formula, second.ends[1] - second.ends[0])
        known = products[:-1, :-1], recipe.triangle, second.n
        weight = np.exp(second.log_weights / second.n)
        coordinates = Coordinates.of(*known, weight=weight)
        places = recipe.where[0]
        kept = new_columns(plain_triangle(second, places))
        RX, axes = coordinates.of_X([places[j] for j in kept])
        known = products[-1], recipe.start
        y = Response.of(coordinates, axes, *known)
        return cls(second, coordinates, kept, RX, axes, y)

    @property
    def shown(self):
        """Whether the rows that told the recipe were like the others: bool.

        If not, sums have lost digits.
        """
        same = self.kept == self.second.recipe.kept
        return same and self.coordinates.shown and self.y.shown

    def recipe(self):
        """The recipe with what is known of all rows: `Recipe`."""
        root = np.sqrt(self.second.n)
        made = self.second.recipe.improved(self.coordinates.columns / root, self.kept)
        # The columns are others than before; the start lies in X, to rounding.
        size = np.linalg.norm(self.RX, axis=0)
        beta, *_ = np.linalg.lstsq(self.RX / size, self.y.Qty)
        places = [made.where[0][j] for j in self.kept]
        explained = made.triangle[:, places] @ (beta / size)
        return replace(made, start=made.axes @ (made.axes.T @ explained))

    def design(self, widest):
        """The design.

        Parameters
        ----------
        widest : float
            See `First.widest`.

        Returns
        -------
        DesignOnDisk

        Raises
        ------
        DataError
            If X explains the response exactly.
        FormulaError

        Warns
        -----
        RankDeficiencyWarning, IllConditionedWarning
        """
        second, recipe = self.second, self.second.recipe
        asked, formula = recipe.asked, recipe.asked.formula
        if self.y.square <= EXACT**2 * second.yy:
            raise DataError(EXPLAINED_BY_X)
        fixed = self._columns(recipe.fixed, recipe.where[0])
        kept, parts = full_rank(fixed), []
        for (bar, groups, effects), places in zip(
            recipe.bars, recipe.where[1:], strict=True
        ):
            columns = self._columns(effects, places)
            check_effects(formula, bar, columns)
            parts.append((bar, groups, None, columns))
        terms = in_order(parts, TermOnDisk)
        check_names(formula, [fixed.names[j] for j in kept], terms)
        for (i, m), pairs in second.pairs.items():
            if pairs.parent is not None:
                _note_nesting(terms, recipe.factors[i], recipe.factors[m], pairs.parent)
        offsets = recipe.offsets
        if offsets is not None:
            offsets = self._columns(offsets, [])
        return DesignOnDisk(
            *(formula, recipe.types, None, fixed, kept, terms),
            *(asked.weights, asked.offset, offsets),
            rows_number=second.n,
            RX=self.RX,
            log_weights=second.log_weights,
            widest=widest,
            outline=second.outline(),
        )

    def basis(self, design):
        """Triangles and axes of X and of all terms: `BasisOnDisk`."""
        recipe, R, axes = self.second.recipe, [], []
        bars = [bar for bar, *_ in recipe.bars]
        for term in design.terms:
            number = next(i for i, bar in enumerate(bars) if bar is term.bar)
            own = self.coordinates.effects(recipe.where[number + 1])
            R.append(own[0])
            axes.append(own[1])
        return BasisOnDisk(design.terms, None, R, self.RX, self.second.n, tuple(axes))

    def _columns(self, columns, places):
        """The same columns, of all rows and without values: `ColumnsOnDisk`."""
        return ColumnsOnDisk(columns, plain_triangle(self.second, places))


def plain_triangle(second, places):
    """R of some columns as they are, without weights.

    Parameters
    ----------
    second : Second
    places : list of int
        Of the columns.

    Returns
    -------
    ndarray, shape (k, k)
    """
    recipe = second.recipe
    products = second.plain if recipe.asked.weights else second.products
    known = products[:-1, :-1], recipe.triangle, second.n, TOLD
    known = Coordinates.of(*known)
    return triangular_factor(known.columns[:, places])


def _note_nesting(terms, inner, outer, parent):
    """Tell the terms of one factor in which group of another each group lies."""
    back = None
    if inner.J == outer.J:  # the same groups under two names
        back = np.empty_like(parent)
        back[parent] = np.arange(len(parent))
    for term in terms:
        if term.group == inner.name:
            term.lying_in(outer.name, parent.astype(np.intp))
        if term.group == outer.name and back is not None:
            term.lying_in(inner.name, back.astype(np.intp))
