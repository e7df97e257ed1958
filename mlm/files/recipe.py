"""How rows of a table become numbers to sum: groups, and columns nearly orthonormal.

Each column of the effects is computed once, however many terms have it: those that vary
by group come first.  Some of the rows, which the first pass kept, tell a triangle R₀
that makes all of them nearly orthonormal, and coefficients that take most of X out of
the response.  So no sum is a small difference of large ones, whatever the units and
origins of the predictors; what R₀ lacks is made good once the sums are there, exactly
(`mlm.files.assembly`).
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.linalg.blas import dtrsm

from mlm.design.effects import Columns, effect_columns
from mlm.design.frame import OFFSET
from mlm.design.grouping import Grouping, grouping
from mlm.design.random_terms import check_groups
from mlm.design.rank import new_columns
from mlm.design.response import check_response, numbers
from mlm.files.coder import CHANGED
from mlm.files.coordinates import near
from mlm.files.first import Asked
from mlm.formula.computing import INTERCEPT
from mlm.ground.errors import DataError
from mlm.ground.linalg import triangular_factor


@dataclass(frozen=True, eq=False)
class Factor:
    """A grouping factor: its groups, and which columns vary by them.

    Attributes
    ----------
    name : str
    groups : Grouping
    span : int
        Number of the leading columns that the effects of its terms are sums of.
    """

    name: str
    groups: Grouping
    span: int

    @property
    def J(self):
        """Number of groups."""
        return len(self.groups.levels)


@dataclass(frozen=True, eq=False)
class Recipe:
    """How rows of a table become numbers to sum.

    Attributes
    ----------
    asked : Asked
    types : DataFrame
        The columns of the effects, without rows.
    states : dict of dict
        What functions learned (`mlm.formula.evaluation.Rows`).
    levels : dict of Index
        Categories of the columns that have some.
    fixed : Columns
        Of some rows.
    offsets : Columns or None
    bars : list of (Bar, Grouping, Columns)
        Of the random terms, as the formula has them.
    factors : tuple of Factor
    columns : tuple of (int, int)
        Where each of w columns is computed: 0 for the fixed effects, i + 1 for term i;
        and its number there.
    where : tuple of list of int
        Numbers of the columns of the fixed effects, and of each term, among all.
    triangle : ndarray, shape (w, w)
        R₀.
    start : ndarray, shape (w,)
        What is taken out of the response: coefficients of the columns times R₀⁻¹.
    kept : list of int
        Which columns of the fixed effects it is made of.
    """

    asked: Asked
    types: pd.DataFrame
    states: dict
    levels: dict
    fixed: Columns
    offsets: Columns | None
    bars: list
    factors: tuple
    columns: tuple
    where: tuple
    triangle: np.ndarray
    start: np.ndarray
    kept: list

    @property
    def w(self):
        """Number of columns."""
        return len(self.columns)

    @property
    def counts(self):
        """Whether the first column is 1 in every row, which has no weight."""
        source, number = self.columns[0]
        effects = self.fixed if not source else self.bars[source - 1][-1]
        return self.asked.weights is None and effects.names[number] == INTERCEPT

    @property
    def axes(self):
        """Orthonormal sums of the columns that span X: ndarray, shape (w, p)."""
        places = [self.where[0][j] for j in self.kept]
        return np.linalg.qr(self.triangle[:, places])[0]

    def improved(self, triangle, kept):
        """The same with another triangle, and nothing taken out of the response.

        Parameters
        ----------
        triangle : ndarray, shape (w, w)
            Upper triangular; see `near`.
        kept : list of int

        Returns
        -------
        Recipe
        """
        triangle = near(triangle)
        if self.counts:
            triangle[0, 0] = 1.0  # and not a number that rounding makes of it
        start = np.zeros(self.w)
        return replace(self, triangle=triangle, start=start, kept=kept)

    def values(self, frame, where=""):
        """Columns and response of some rows, as they are.

        Parameters
        ----------
        frame : DataFrame
            Complete rows, categories as `leveled` has them.
        where : str
            See `mlm.design.response.numbers`.

        Returns
        -------
        D : ndarray, shape (w + 1, n)
            The last row is room for what the start leaves of the response.
        y, given : ndarray, shape (n,)
            The response less the offset, and with it.
        """
        sources = [self.fixed, *(effects for *_, effects in self.bars)]
        computed = {}
        D = np.empty((self.w + 1, len(frame)))
        for row, (source, number) in zip(D, self.columns, strict=False):
            if source not in computed:
                computed[source] = sources[source].again(frame)
            row[:] = computed[source][:, number]
        y = given = numbers(self.asked.formula, frame, None, self.states, where)
        if OFFSET in frame:
            y = y - frame[OFFSET].to_numpy()
        if self.offsets is not None:
            y = y - self.offsets.again(frame).sum(axis=1)
        return D, y, given

    def orthogonalise(self, D):
        """Make columns nearly orthonormal, in place: D becomes U = R₀⁻ᵀ D.

        Row by row, R₀ᵀ U is D to rounding, however near to singular R₀ is; it would
        not be if R₀ were inverted.

        Parameters
        ----------
        D : ndarray, shape (w, n)
        """
        dtrsm(1.0, self.triangle, D.T, side=1, overwrite_b=True)

    def leveled(self, frame):
        """The same rows with all categories in each column that has some: DataFrame."""
        changed = {}
        for name, levels in self.levels.items():
            column = frame[name].array
            places = levels.get_indexer(column.categories)
            codes = places[column.codes]
            if (codes < 0).any():
                raise DataError(CHANGED)
            dtype = pd.CategoricalDtype(levels)
            changed[name] = pd.Categorical.from_codes(codes, dtype=dtype)
        return frame.assign(**changed) if changed else frame


def recipe(first):
    """Make the recipe of what the first pass found.

    Parameters
    ----------
    first : First

    Returns
    -------
    Recipe

    Raises
    ------
    FormulaError
        The formula asks for what the data do not have.
    """
    asked, formula = first.asked, first.asked.formula
    states, frame = first.learning.states(), first.rows()
    levels = {
        name: frame[name].array.categories
        for name in asked.categories
        if isinstance(frame[name].dtype, pd.CategoricalDtype)
    }
    check_response(formula)
    fixed = effect_columns(formula, formula.fixed, frame, states)
    sums = formula.offset_sum
    offsets = effect_columns(formula, sums, frame, states) if sums else None
    bars = []
    for bar in formula.bars:
        known = first.labels[bar.group].frame()
        groups, _ = grouping(formula, bar, known)
        effects = effect_columns(formula, bar.effects, frame, states)
        J, k = len(groups.levels), len(effects.names)
        check_groups(formula, bar, J, k, known, first.n)
        bars.append((bar, groups, effects))
    columns, where = _distinct([fixed, *(effects for *_, effects in bars)])
    factors = {}
    for (bar, groups, _), own in zip(bars, where[1:], strict=True):
        span = max(own, default=-1) + 1
        known = factors.get(bar.label)
        span = max(span, known.span) if known else span
        factors[bar.label] = Factor(bar.label, groups, span)
    factors = sorted(factors.values(), key=lambda factor: -factor.J)
    made = Recipe(
        *(asked, frame.iloc[:0], states, levels),
        *(fixed, offsets, bars, tuple(factors)),
        *(columns, where, np.eye(len(columns)), np.zeros(len(columns)), []),
    )
    D, y, _ = made.values(frame)
    D = D[:-1]
    R = triangular_factor(D.T) / np.sqrt(len(frame))
    kept = new_columns(triangular_factor(R[:, where[0]])) if where[0] else []
    made = made.improved(R, kept)
    made.orthogonalise(D)
    explained, *_ = np.linalg.lstsq((made.axes.T @ D).T, y)
    return replace(made, start=made.axes @ explained)


def _distinct(sources):
    """Columns that differ, those of random effects first, and where each source's are.

    Parameters
    ----------
    sources : list of Columns
        Of the fixed effects, and of each random term.

    Returns
    -------
    columns : tuple of (int, int)
        Source and number there.
    where : tuple of list of int
        Numbers of each source's columns among all.
    """
    found, own = [], []  # of each different column: where it is computed, who has it
    for source, columns in enumerate(sources):
        own.append([])
        for number, name in enumerate(columns.names):
            values = columns.values[:, number]
            place = next(
                (
                    place
                    for place, (known, i) in enumerate(found)
                    if sources[known].names[i] == name
                    and np.array_equal(sources[known].values[:, i], values)
                ),
                len(found),
            )
            if place == len(found):
                found.append((source, number))
            own[-1].append(place)

    def rank(place):
        source, number = found[place]
        is_one = sources[source].names[number] == INTERCEPT
        terms = sum(place in places for places in own[1:])
        return not is_one, -terms, place

    order = sorted(range(len(found)), key=rank)
    at = {place: i for i, place in enumerate(order)}
    where = tuple([at[place] for place in places] for places in own)
    return tuple(found[place] for place in order), where
