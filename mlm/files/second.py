"""The second pass: sums of products of columns and response, added table by table.

With U the columns of the recipe, nearly orthonormal, and y what its start leaves of the
response, rows times the roots of their weights, for every grouping factor

    Σ U_a U_b  and  Σ U_a y   over the rows of each group, a < span ≤ b or a ≤ b < span

are kept; for every pair of factors that are crossed Σ U_a U_b over the rows of each
pair of groups that meet; and over all rows the products of all columns.  That is all
that the engine needs to know of the data.
"""

from itertools import combinations

import numpy as np

from mlm.design.effects import ANOTHER_UNIT
from mlm.design.frame import WEIGHTS
from mlm.files.coder import Coder
from mlm.files.pairs import Pairs
from mlm.ground.arguments import LARGEST, unusable_size


class Second:
    """What the second pass sums.

    Parameters
    ----------
    recipe : Recipe

    Attributes
    ----------
    recipe : Recipe
    n : int
        Rows.
    products, plain : ndarray, shape (w + 1, w + 1)
        Of all columns and y over all rows; the second without weights.
    yy : float
        Sum of squares of the response itself, weighted.
    ends : tuple of float
        Smallest and largest response, with the offset.
    log_weights : float
        Sum of the logarithms of the weights.
    own : list of ndarray, shape (products, J)
        By group of each factor: in the order of `Second.order`.
    pairs : dict of Pairs
        By numbers of two factors.
    """

    def __init__(self, recipe):
        self.recipe, self.n, self.yy, self.log_weights = recipe, 0, 0.0, 0.0
        self.ends, w = (np.inf, -np.inf), recipe.w
        self._of_y = np.zeros(3)
        self.products, self.plain = np.zeros((w + 1, w + 1)), np.zeros((w + 1, w + 1))
        factors = recipe.factors
        self.own = [np.zeros((len(self.order(f)), f.J)) for f in factors]
        self.pairs = {
            (i, m): Pairs(factors[i].J, factors[m].J, factors[i].span * factors[m].span)
            for i, m in combinations(range(len(factors)), 2)
        }
        self._coders = None

    def order(self, factor):
        """Which products of columns are summed by groups: list of (int, int)."""
        w = self.recipe.w
        return [(a, b) for a in range(factor.span) for b in range(a, w + 1)]

    def add(self, place, table):
        """Add the rows of one table.

        Parameters
        ----------
        place : str
            Where they come from.
        table : pyarrow.Table
        """
        recipe, factors = self.recipe, self.recipe.factors
        frame, _ = recipe.asked.rows(place, table)
        if not len(frame):
            return
        if self._coders is None:
            formula = recipe.asked.formula
            self._coders = [Coder(formula, factor.groups) for factor in factors]
        codes = [coder.codes(frame) for coder in self._coders]
        U, y, given, weights = self._rows(place, frame)
        self.n += len(frame)
        self.ends = min(self.ends[0], given.min()), max(self.ends[1], given.max())
        U[-1] = y - recipe.start @ U[:-1]
        if weights is not None:
            self.plain += U @ U.T
            self.log_weights += float(np.log(weights).sum())
            U *= np.sqrt(weights)
        self.yy += float(y @ (y if weights is None else weights * y))
        self.products += U @ U.T
        self._of_y += [given.sum(), given @ given, np.sum((given - y) ** 2)]
        for (i, m), pairs in self.pairs.items():
            spans = factors[i].span, factors[m].span
            pairs.add(
                codes[i], codes[m], self._meeting(U, *spans), self._before(i, spans)
            )
        for factor, own, code in zip(factors, self.own, codes, strict=True):
            _add_by_group(own, U, self.order(factor), code)

    def _rows(self, place, frame):
        """Columns with room below them, responses as `Recipe.values`, and weights."""
        recipe = self.recipe
        U, y, given = recipe.values(recipe.leveled(frame), f" in {place}")
        recipe.orthogonalise(U[:-1])
        if not max(U[:-1].max(), -U[:-1].min()) < LARGEST:
            self._check(place, recipe.values(recipe.leveled(frame))[0])
        return U, y, given, frame[WEIGHTS].to_numpy() if WEIGHTS in frame else None

    def _check(self, place, D):
        """Refuse the first column that is not finite, or too large to be summed."""
        recipe, formula = self.recipe, self.recipe.asked.formula
        for (source, number), column in zip(recipe.columns, D, strict=False):
            effects = recipe.bars[source - 1][-1] if source else recipe.fixed
            name = repr(effects.names[number])
            if not np.isfinite(column).all():
                problem = f"{name} is not finite everywhere in {place}."
                hint = "Check its arguments: a logarithm of 0, or a division by 0?"
                raise formula.error(problem, hint)
            if problem := unusable_size(column):
                raise formula.error(f"{name} {problem}, in {place}.", ANOTHER_UNIT)

    def _meeting(self, U, one, other):
        """What is summed over pairs of groups, when asked for."""
        if self.recipe.counts and one == other == 1:
            return lambda: None
        return lambda: np.array([U[a] * U[b] for a in range(one) for b in range(other)])

    def _before(self, i, spans):
        """The same by groups of factor i, from what was summed before."""
        one, other = spans
        places = {
            pair: at for at, pair in enumerate(self.order(self.recipe.factors[i]))
        }
        wanted = [
            places[min(a, b), max(a, b)] for a in range(one) for b in range(other)
        ]
        return lambda: self.own[i][wanted]

    def outline(self):
        """What data are told apart by: see `mlm.design.design.Design.outline`."""
        total, squares, offsets = self._of_y.tolist()
        return {
            "rows": [float(self.n)],
            "responses": [total, squares],
            "weights": [self.log_weights],
            "offsets": [offsets],
        }

    def merge(self, other):
        """Add what the same pass summed over another part of the data."""
        for (i, m), pairs in self.pairs.items():
            spans = self.recipe.factors[i].span, self.recipe.factors[m].span
            pairs.merge(
                other.pairs[i, m], self._before(i, spans), other._before(i, spans)
            )
        self.n, self.yy = self.n + other.n, self.yy + other.yy
        self.log_weights += other.log_weights
        self.ends = min(self.ends[0], other.ends[0]), max(self.ends[1], other.ends[1])
        self.products += other.products
        self._of_y += other._of_y
        self.plain += other.plain
        for own, others in zip(self.own, other.own, strict=True):
            own += others

    def __getstate__(self):
        """What travels between the workers of a cluster: sums, and no tables."""
        return vars(self) | {"_coders": None}


def _add_by_group(own, U, order, codes):
    """Add sums of products by group, in place.

    Parameters
    ----------
    own : ndarray, shape (products, J)
    U : ndarray, shape (w + 1, n)
    order : list of (int, int)
    codes : ndarray of int, shape (n,)
    """
    low = int(codes.min())
    size = int(codes.max()) - low + 1  # of sorted data, a few groups
    codes = codes.astype(np.intp) - low
    for sums, (a, b) in zip(own, order, strict=True):
        sums[low : low + size] += np.bincount(codes, U[a] * U[b], size)
