"""The sums that the engine knows, made of those that the second pass found.

Letters, and where each product stands, are those of `mlm.engine.sums`.
"""

import numpy as np
from scipy.sparse import csr_array

from mlm.engine.coupling import SparseCoupling
from mlm.engine.implicit.crossed import crossed
from mlm.engine.implicit.sums import CrossedSums
from mlm.engine.meetings import list_pairs
from mlm.engine.structure import structure
from mlm.engine.sums import Sums


def engine_sums(assembly, design, iterative):
    """The sums of a design on disk.

    Parameters
    ----------
    assembly : Assembly
    design : DesignOnDisk
        Of the same.
    iterative : bool
        For which solver.

    Returns
    -------
    Sums or CrossedSums
    """
    known = Products(assembly, design)
    if iterative:
        layout = crossed(design.terms)
        slabs, A22 = known.slabs(layout, True), known.rest(layout)
        one, other = (next(iter(stage.terms)) for stage in layout.stages)
        G = known.between(one, other)
        return CrossedSums(*known.common(layout, slabs, A22), None, assembly.y.Qty, G)
    layout = structure(design.terms, meet=known.meetings)
    slabs, A22 = known.slabs(layout, layout.meetings is None), known.rest(layout)
    coupling = None
    if layout.meetings is not None:
        coupling = SparseCoupling(layout.meetings, known.coupling(layout))
    return Sums(*known.common(layout, slabs, A22), coupling, assembly.y.Qty)


class Products:
    """Products of orthonormal effects, X and the response, from the sums of a pass.

    Parameters
    ----------
    assembly : Assembly
    design : DesignOnDisk
    """

    def __init__(self, assembly, design):
        self._second, self._terms = assembly.second, design.terms
        self._basis = assembly.basis(design)
        back = assembly.coordinates.back
        self._weights = [self._padded(back @ axes) for axes in self._basis.axes]
        self._X = self._padded(back @ assembly.axes)
        self._y = assembly.y
        self._factors = self._second.recipe.factors
        number = {factor.name: i for i, factor in enumerate(self._factors)}
        self._factor_of = [number[term.group] for term in design.terms]
        self._met = {}

    @staticmethod
    def _padded(weights):
        """Weights of the columns of U, and 0 for the response: shape (w + 1, k)."""
        return np.vstack([weights, np.zeros((1, weights.shape[1]))])

    def common(self, layout, slabs, A22):
        """The first fields of `Sums`."""
        return layout, self._basis, None, None, tuple(slabs), A22

    def by_group(self, i, right):
        """Sums of products over the groups of a term.

        Parameters
        ----------
        i : int
            Number of the term, whose effects are on one side.
        right : ndarray, shape (w + 1, r)
            Weights of the columns of U, and of the response, on the other.

        Returns
        -------
        ndarray, shape (r, k, J)
        """
        f = self._factor_of[i]
        factor, own = self._factors[f], self._second.own[f]
        order = {pair: at for at, pair in enumerate(self._second.order(factor))}
        span, found = factor.span, 0.0
        for a in range(span):
            places = [order[min(a, b), max(a, b)] for b in range(len(right))]
            sides = right.T @ own[places]
            found = found + self._weights[i][a][None, :, None] * sides[:, None]
        return found

    def meet(self, i, m):
        """Sums of products over the pairs of groups of two terms that meet.

        Parameters
        ----------
        i, m : int
            Numbers of the terms, of different factors.

        Returns
        -------
        values : ndarray, shape (kᵢ, k_m, pairs)
        j, h : ndarray of int, shape (pairs,)
            Groups of terms i and m.
        """
        f, g = self._factor_of[i], self._factor_of[m]
        if f > g:
            values, h, j = self.meet(m, i)
            return values.transpose(1, 0, 2), j, h
        one, other = self._factors[f], self._factors[g]
        left = self._weights[i][: one.span]
        right = self._weights[m][: other.span]
        pairs = self._second.pairs[f, g]
        if pairs.parent is not None:
            both = self.by_group(i, self._weights[m]).transpose(1, 0, 2)
            return both, np.arange(one.J), pairs.parent
        met = self._of_pairs(f, g)
        if met.values is None:
            values = (left.T @ right)[:, :, None] * np.ones(len(met.other))
            return values, met.one, met.other
        values = met.values.reshape(one.span, other.span, -1)
        return np.einsum("ax,by,abp->xyp", left, right, values), met.one, met.other

    def _of_pairs(self, f, g):
        """Pairs of groups of two factors that meet: `Met`, made once."""
        if (f, g) not in self._met:
            self._met[f, g] = self._second.pairs[f, g].met()
        return self._met[f, g]

    def between(self, i, m):
        """ZᵢᵀZ_m of two scalar terms: csr_array, shape (Jᵢ, J_m)."""
        f, g = self._factor_of[i], self._factor_of[m]
        if f > g:
            return self.between(m, i).T.tocsr()
        shape, pairs = (self._terms[i].J, self._terms[m].J), self._second.pairs[f, g]
        if pairs.parent is not None:
            values, j, h = self.meet(i, m)
            return csr_array((values[0, 0], (j, h)), shape=shape)
        met = pairs.met()
        one, other = (self._factors[number].span for number in (f, g))
        left, right = self._weights[i][:one, 0], self._weights[m][:other, 0]
        if met.values is None:
            values = np.full(len(met.other), left[0] * right[0])
        elif len(met.values) == 1:  # in place, as there may be very many
            values = met.values[0]
            values *= left[0] * right[0]
        else:
            values = np.outer(left, right).ravel() @ met.values
        return csr_array((values, met.other, met.ends), shape=shape)

    def slabs(self, layout, with_others):
        """A_j and C_j of every stage.

        Parameters
        ----------
        layout : Structure
        with_others : bool
            Whether the rows of the other terms are stored in full.

        Returns
        -------
        list of ndarray, shape (k + rows, k, J)
        """
        stages, found = layout.stages, []
        for s, stage in enumerate(stages):
            nested = stages[s : s + 1 + len(stage.parents)]
            first = [self._weights[m] for one in nested for m in one.terms]
            last = [self._X, self._y.weights[:, None]]
            columns = []
            for i in stage.terms:
                parts = [self.by_group(i, np.hstack(first))]
                if with_others:
                    parts += [self._with_other(i, m) for m in layout.others]
                parts += [self.by_group(i, np.hstack(last))]
                columns.append(np.concatenate(parts))
            found.append(columns[0] if len(columns) == 1 else np.hstack(columns))
        return found

    def _with_other(self, i, m):
        """Z_mᵀZ_j of a term in no stage, stored in full: ndarray, shape (J k, k, J)."""
        values, j, h = self.meet(i, m)
        one, other = self._terms[i], self._terms[m]
        full = np.zeros((other.J, other.k, one.k, one.J))
        full[h, :, :, j] = values.transpose(2, 1, 0)
        return full.reshape(other.b_size, one.k, one.J)

    def rest(self, layout):
        """A₂₂: ndarray, shape (q₂ + p + 1, q₂ + p + 1)."""
        q2, p = layout.q2, self._X.shape[1]
        A22 = np.zeros((q2 + p + 1,) * 2)
        A22[q2:-1, q2:-1] = np.eye(p)
        A22[-1, -1] = self._y.square
        sides = np.hstack([self._X, self._y.weights[:, None]])
        for i, rows in layout.rows.items():
            side = self.by_group(i, sides).transpose(0, 2, 1)
            A22[q2:, rows] = side.reshape(p + 1, -1)
            A22[rows, q2:] = A22[q2:, rows].T
            for m, others in layout.rows.items():
                if m >= i:
                    A22[rows, others] = self._block(i, m)
                    A22[others, rows] = A22[rows, others].T
        return A22

    def _block(self, i, m):
        """ZᵢᵀZ_m of two terms in no stage, stored in full."""
        one, other = self._terms[i], self._terms[m]
        if self._factor_of[i] == self._factor_of[m]:
            values = self.by_group(i, self._weights[m]).transpose(1, 0, 2)
            j = h = np.arange(one.J)
        else:
            values, j, h = self.meet(i, m)
        full = np.zeros((one.J, one.k, other.J, other.k))
        full[j, :, h] = values.transpose(2, 0, 1)
        return full.reshape(one.b_size, other.b_size)

    def meetings(self, terms, first, crowded):
        """Effects that meet in a group, as `find_meetings` has it: Meetings or None."""
        key = np.sort(self._keys(first, terms)[0])
        q2 = sum(term.b_size for term in terms)
        if len(key) > crowded * q2 * first.J:
            return None
        return list_pairs(first, key, q2)

    def coupling(self, layout):
        """C_j where a group and an effect meet: ndarray, shape (k, meetings)."""
        (stage,) = layout.stages
        others = [self._terms[m] for m in layout.others]
        key, values = self._keys(stage.term, others, stage.terms)
        return values[:, np.argsort(key)]

    def _keys(self, first, others, members=()):
        """Places of effects that meet in a group, and products with some terms there.

        Parameters
        ----------
        first : RandomTerm
        others : list of RandomTerm
        members : iterable of int
            Terms of the first stage, by number.

        Returns
        -------
        key : ndarray of int, shape (meetings,)
        values : ndarray, shape (k, meetings)
        """
        keys, values, start = [], [], 0
        number = {id(term): i for i, term in enumerate(self._terms)}
        q2 = sum(term.b_size for term in others)
        for term in others:
            m, k = number[id(term)], term.k
            met = [self.meet(i, m) for i in members or (number[id(first)],)]
            _, j, h = met[0]
            effects = start + h.astype(np.int64) * k
            keys += [j * q2 + effects + e for e in range(k)]
            values += [np.vstack([own[:, e] for own, *_ in met]) for e in range(k)]
            start += term.b_size
        return np.concatenate(keys), np.hstack(values)
