"""Products of orthonormal effects, X and the response, from the sums of the passes.

Letters, and where each product stands, are those of `mlm.engine.sums`.
"""

from typing import NamedTuple

import numpy as np

from mlm.engine.implicit.crossing import Crossing
from mlm.engine.meetings import list_pairs


class Side(NamedTuple):
    """Effects of one grouping factor, of one term or of several."""

    factor: int  # its number
    weights: np.ndarray  # of the columns of U, and 0 of the response: shape (w + 1, k)

    @property
    def k(self):
        """Number of effects of a group."""
        return self.weights.shape[1]


class Products:
    """Products of orthonormal effects, X and the response, from the sums of a pass.

    Parameters
    ----------
    assembly : Assembly
    design : DesignOnDisk

    Attributes
    ----------
    second : Second
    factors : tuple of Factor
    """

    def __init__(self, assembly, design):
        self.second, self._terms = assembly.second, design.terms
        self._basis = assembly.basis(design)
        back, self.factors = assembly.coordinates.back, self.second.recipe.factors
        number = {factor.name: i for i, factor in enumerate(self.factors)}
        self._sides = [
            Side(number[term.group], _padded(back @ axes))
            for term, axes in zip(design.terms, self._basis.axes, strict=True)
        ]
        self._y, X = assembly.y, _padded(back @ assembly.axes)
        self._X_and_y = np.hstack([X, self._y.weights[:, None]])
        self._met = {}

    def common(self, layout, slabs, A22):
        """The first fields of `Sums`."""
        return layout, self._basis, None, None, tuple(slabs), A22

    def side(self, stage):
        """The effects of all terms of a stage: `Side`."""
        sides = [self._sides[i] for i in stage.terms]
        return Side(sides[0].factor, np.hstack([side.weights for side in sides]))

    def by_group(self, side, right):
        """Sums of products over the groups of a factor.

        Parameters
        ----------
        side : Side
            The effects on one side.
        right : ndarray, shape (w + 1, r)
            Weights of the columns of U, and of the response, on the other.

        Returns
        -------
        ndarray, shape (r, k, J)
        """
        factor, own = self.factors[side.factor], self.second.own[side.factor]
        order = {pair: at for at, pair in enumerate(self.second.order(factor))}
        found = np.zeros((right.shape[1], side.k, factor.J))
        for a in range(factor.span):
            places = [order[min(a, b), max(a, b)] for b in range(len(right))]
            products = right.T @ own[places]
            for effect, weight in enumerate(side.weights[a]):
                found[:, effect] += weight * products
        return found

    def meet(self, one, other):
        """Sums of products over the pairs of groups of two factors that meet.

        Parameters
        ----------
        one, other : Side
            Of different factors.

        Returns
        -------
        values : ndarray, shape (k of one, k of other, pairs)
        j, h : ndarray of int, shape (pairs,)
            Groups of one, and of the other.
        """
        f, g = one.factor, other.factor
        if f > g:
            values, h, j = self.meet(other, one)
            return values.transpose(1, 0, 2), j, h
        pairs = self.second.pairs[f, g]
        if pairs.parent is not None:
            both = self.by_group(one, other.weights).transpose(1, 0, 2)
            return both, np.arange(len(pairs.parent)), pairs.parent
        if (f, g) not in self._met:
            self._met[f, g] = pairs.met()
        met = self._met[f, g]
        left, right = self._weights(one, other)
        values = _ones(met) if met.values is None else met.values
        values = values.reshape(len(left), len(right), -1)
        return np.einsum("ax,by,abp->xyp", left, right, values), met.one, met.other

    def crossing(self, one, other):
        """The same sums, without copies, as they may be very many: `Crossing`.

        They are then known no longer.

        Parameters
        ----------
        one, other : Side
            Of different factors.
        """
        f, g = one.factor, other.factor
        if f > g:
            return self.crossing(other, one).transposed()
        pairs, others = self.second.pairs[f, g], self.factors[g].J
        if pairs.parent is not None:
            values, j, h = self.meet(one, other)
            return Crossing(values, 1.0, h, np.arange(len(j) + 1), others)
        met = self._met.pop((f, g), None) or pairs.met()
        left, right = self._weights(one, other)
        weight = left[0, 0] * right[0, 0]
        if met.values is None and one.k == other.k == 1:
            return Crossing.alike(weight, met.other, met.ends, others)
        values = _ones(met) if met.values is None else met.values
        values = values.reshape(len(left), len(right), -1)
        if values.shape[:2] == (1, 1) == (one.k, other.k):
            return Crossing(values, weight, met.other, met.ends, others)
        values = np.einsum("ax,by,abp->xyp", left, right, values)
        return Crossing(values, 1.0, met.other, met.ends, others)

    def _weights(self, one, other):
        """Weights of the columns that sums over pairs are made of."""
        return tuple(
            side.weights[: self.factors[side.factor].span] for side in (one, other)
        )

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
            nested = [self.side(one) for one in stages[s : s + 1 + len(stage.parents)]]
            own = np.hstack([side.weights for side in nested])
            parts = [self.by_group(nested[0], own)]
            if with_others:
                parts += [
                    self._with_other(nested[0], self._sides[m]) for m in layout.others
                ]
            parts += [self.by_group(nested[0], self._X_and_y)]
            found.append(np.concatenate(parts))
        return found

    def _with_other(self, one, other):
        """Z_mᵀZ_j of effects in no stage, stored in full: shape (J k, k, J)."""
        values, j, h = self.meet(one, other)
        J, others = self.factors[one.factor].J, self.factors[other.factor].J
        full = np.zeros((others, other.k, one.k, J))
        full[h, :, :, j] = values.transpose(2, 1, 0)
        return full.reshape(-1, one.k, J)

    def rest(self, layout):
        """A₂₂: ndarray, shape (q₂ + p + 1, q₂ + p + 1)."""
        q2, p = layout.q2, self._X_and_y.shape[1] - 1
        A22 = np.zeros((q2 + p + 1,) * 2)
        A22[q2:-1, q2:-1] = np.eye(p)
        A22[-1, -1] = self._y.square
        for i, rows in layout.rows.items():
            side = self.by_group(self._sides[i], self._X_and_y).transpose(0, 2, 1)
            A22[q2:, rows] = side.reshape(p + 1, -1)
            A22[rows, q2:] = A22[q2:, rows].T
            for m, others in layout.rows.items():
                if m >= i:
                    A22[rows, others] = self._block(self._sides[i], self._sides[m])
                    A22[others, rows] = A22[rows, others].T
        return A22

    def _block(self, one, other):
        """ZᵢᵀZ_m of effects in no stage, stored in full."""
        J, others = self.factors[one.factor].J, self.factors[other.factor].J
        if one.factor == other.factor:
            values = self.by_group(one, other.weights).transpose(1, 0, 2)
            j = h = np.arange(J)
        else:
            values, j, h = self.meet(one, other)
        full = np.zeros((J, one.k, others, other.k))
        full[j, :, h] = values.transpose(2, 0, 1)
        return full.reshape(J * one.k, others * other.k)

    def meetings(self, terms, first, crowded):
        """Effects that meet in a group, as `find_meetings` has it: Meetings or None."""
        number = {id(term): i for i, term in enumerate(self._terms)}
        others = [number[id(term)] for term in terms]
        key = np.sort(self._keys(self._sides[number[id(first)]], others)[0])
        q2 = sum(term.b_size for term in terms)
        if len(key) > crowded * q2 * first.J:
            return None
        return list_pairs(first, key, q2)

    def coupling(self, layout):
        """C_j where a group and an effect meet: ndarray, shape (k, meetings)."""
        (stage,) = layout.stages
        key, values = self._keys(self.side(stage), layout.others)
        return values[:, np.argsort(key)]

    def _keys(self, first, others):
        """Places of effects that meet in a group, and products with its effects there.

        Parameters
        ----------
        first : Side
        others : sequence of int
            Numbers of the other terms.

        Returns
        -------
        key : ndarray of int, shape (meetings,)
        values : ndarray, shape (k, meetings)
        """
        keys, values, start = [], [], 0
        q2 = sum(self._terms[m].b_size for m in others)
        for m in others:
            met, j, h = self.meet(first, self._sides[m])
            for effect in range(met.shape[1]):
                row = start + h.astype(np.int64) * met.shape[1] + effect
                keys.append(j * q2 + row)
                values.append(met[:, effect])
            start += self._terms[m].b_size
        return np.concatenate(keys), np.hstack(values)


def _ones(met):
    """Values of pairs that all are 1, without memory for each."""
    return np.broadcast_to(1.0, (1, len(met.other)))


def _padded(weights):
    """Weights of the columns of U, and 0 for the response: shape (w + 1, k)."""
    return np.vstack([weights, np.zeros((1, weights.shape[1]))])
