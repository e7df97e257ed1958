"""Cross-products: all that the engine needs to know of the data.

Made for given row weights and a response: once for a linear model, at every step for a
generalised one.  Nothing after it costs anything in n.  With the basis's orthonormal
effects Z and Q, rows times the roots of their weights, and y the residuals by Q alone,

    A_j = Z_jᵀ Z_j        C_j = [Z₂ Q y]ᵀ Z_j        A₂₂ = [Z₂ Q y]ᵀ [Z₂ Q y]

for every group j of every stage; C_j of an inner stage begins with the effects of the
outer groups that j lies in.  Arrays over groups have the group last.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mlm.engine.basis import Basis
from mlm.engine.by_rows import LARGEST, DesignRows
from mlm.engine.coupling import SparseCoupling
from mlm.engine.products import add_response, products
from mlm.engine.structure import Structure
from mlm.engine.weighted_rows import WeightedRows


@dataclass(frozen=True, eq=False)
class Sums:
    """Cross-products of orthonormal effects, X and a response.

    Attributes
    ----------
    structure : Structure
    basis : Basis
    roots : ndarray, shape (n,), or None
        Roots of the rows' weights; None if all are 1.
    response : ndarray, shape (n,), or None
        As it was given, without weights; None if there is none.
    slabs : tuple of ndarray, shape (k + rows, k, J)
        One a stage: A_j, and below it C_j.
    A22 : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
    coupling : SparseCoupling or None
        The rows of C_j of other terms, if these are stored sparse.
    Qty : ndarray, shape (p,)
        Coefficients of Q that were taken out of the response.
    """

    structure: Structure
    basis: Basis
    roots: np.ndarray | None
    response: np.ndarray | None
    slabs: tuple
    A22: np.ndarray
    coupling: SparseCoupling | None
    Qty: np.ndarray

    @property
    def n(self):
        """Number of observations."""
        return self.basis.n

    @property
    def p(self):
        """Number of fixed effects."""
        return len(self.Qty)

    @property
    def width(self):
        """Last rows of every slab that belong to A₂₂: q₂ + p + 1, or p + 1."""
        return self.p + 1 + (self.structure.q2 if self.coupling is None else 0)

    def A(self, i):
        """A_j of one stage.

        Parameters
        ----------
        i : int
            Number of the stage.

        Returns
        -------
        ndarray, shape (k, k, J)
        """
        return self.slabs[i][: self.structure.stages[i].k]

    def C(self, i):
        """C_j of one stage.

        Parameters
        ----------
        i : int
            Number of the stage.

        Returns
        -------
        ndarray, shape (rows, k, J)
        """
        return self.slabs[i][self.structure.stages[i].k :]

    def dense(self, C):
        """Rows of C_j, or of a product with it, that belong to A₂₂.

        Parameters
        ----------
        C : ndarray, shape (rows, ...)

        Returns
        -------
        ndarray, shape (width, ...)
        """
        return C[-self.width :]

    def between(self, s, t):
        """ZᵢᵀZ_m of the pairs of groups of two stages that meet.

        Parameters
        ----------
        s, t : int
            Numbers of the stages, the inner one first.

        Returns
        -------
        ndarray, shape (k of stage t, k of stage s, pairs)
        j, h : ndarray of int, shape (pairs,)
            Groups of the stages s and t.
        """
        inner = self.structure.stages[s]
        nesting, rows = inner.parents[t - s - 1]
        return self.C(s)[rows], np.arange(inner.J), nesting.parent

    def between_in_parts(self, s, t):
        """`between`, some pairs at a time where they are very many.

        Parameters
        ----------
        s, t : int
            Numbers of the stages, the inner one first.

        Yields
        ------
        ndarray, shape (k of stage t, k of stage s, pairs)
        j, h : ndarray of int, shape (pairs,)
        """
        yield self.between(s, t)

    def with_response(self, y):
        """The sums of the same predictors and weights with another response.

        Parameters
        ----------
        y : ndarray, shape (n,)
            Less the offset, without weights.

        Returns
        -------
        Sums

        Raises
        ------
        DataError
            If X explains the response exactly.
        """
        slabs, A22 = [slab.copy() for slab in self.slabs], self.A22.copy()
        Qty = add_response(self.rows(), y, slabs, A22)
        return replace(self, response=y, slabs=tuple(slabs), A22=A22, Qty=Qty)

    def of_rows(self, keep):
        """The sums over some rows: the others have weights of 0.

        Parameters
        ----------
        keep : ndarray of bool, shape (n,)

        Returns
        -------
        Sums

        Raises
        ------
        DataError
            If X explains their response exactly.
        """
        weights = keep.astype(float) if self.roots is None else keep * self.roots**2
        return cross_products(self.structure, self.basis, self.response, weights)

    def rows(self):
        """The rows of the data that were summed: `WeightedRows`."""
        return WeightedRows(self.structure, self.basis, self.roots)

    @cached_property
    def by_rows(self):
        """The rows themselves (`DesignRows`); None if too many, or without response."""
        if self.response is None:
            return None
        columns = sum(term.b_size for term in self.structure.terms) + self.p + 1
        few = max(self.n // 10, 2 * columns) * columns <= LARGEST
        return DesignRows(self) if few else None

    def coupled(self, i, b2):
        """Z_jᵀ Z₂ b₂ for every group j of one stage.

        Parameters
        ----------
        i : int
            Number of the stage.
        b2 : ndarray, shape (q₂,)

        Returns
        -------
        ndarray, shape (k, J)
        """
        if self.coupling is not None:
            return self.coupling.transposed_times(b2)
        return np.einsum("r,raj->aj", b2, self.dense(self.C(i))[: self.structure.q2])

    def rest_of_stage(self, C, b):
        """[Z₂ X y]ᵀ Z b of one stage, for several b.

        Parameters
        ----------
        C : ndarray, shape (rows, k, J)
            Of the stage.
        b : ndarray, shape (number, k, J)

        Returns
        -------
        ndarray, shape (q₂ + p + 1, number)
        """
        b = b.reshape(len(b), -1).T
        product = self.dense(C).reshape(self.width, -1) @ b
        if self.coupling is None:
            return product
        return np.vstack([self.coupling.times(b), product])

    def times(self, a, a2):
        """[Z X y]ᵀ Z a for several a.

        Parameters
        ----------
        a : list of ndarray, shape (number, k, J)
            One a stage.
        a2 : ndarray, shape (number, q₂)
            Of the other terms.

        Returns
        -------
        found : list of ndarray, shape (number, k, J)
            One a stage.
        rest : ndarray, shape (q₂ + p + 1, number)
        """
        q2, stages = self.structure.q2, self.structure.stages
        rest = self.A22[:, :q2] @ a2.T
        found = [np.einsum("abj,ibj->iaj", self.A(i), part) for i, part in enumerate(a)]
        for i, stage in enumerate(stages):
            if q2:
                found[i] += [self.coupled(i, b2) for b2 in a2]
            rest += self.rest_of_stage(self.C(i), a[i])
            for m, (nesting, rows) in enumerate(stage.parents, i + 1):
                C = self.C(i)[rows]
                found[i] += np.einsum("raj,irj->iaj", C, nesting.gather(a[m]))
                found[m] += nesting.sum(np.einsum("raj,iaj->irj", C, a[i]))
        return found, rest


def cross_products(structure, basis, y, weights=None):
    """Sum the products of effects, X and a response over the rows of the data.

    Parameters
    ----------
    structure : Structure
    basis : Basis
    y : ndarray, shape (n,)
        Response, less the offset.
    weights : ndarray, shape (n,), optional
        Of the rows.

    Returns
    -------
    Sums

    Raises
    ------
    DataError
        If X explains the response exactly.
    """
    roots = None if weights is None else np.sqrt(weights)
    rows = WeightedRows(structure, basis, roots)
    slabs, A22, coupling = products(rows)
    Qty = add_response(rows, y, slabs, A22)
    return Sums(structure, basis, roots, y, tuple(slabs), A22, coupling, Qty)
