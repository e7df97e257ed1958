"""Responses of a family and their predictors, row by row, at changing η.

Everything of a generalised linear mixed model that costs something in n is here: the
working weights of the rows change with η, and with them the cross-products.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mlm.engine.basis import Basis
from mlm.engine.factorise import factorise
from mlm.engine.products import products
from mlm.engine.structure import Structure
from mlm.engine.sums import Sums
from mlm.engine.weighted_rows import WeightedRows


@dataclass(frozen=True, eq=False)
class WorkingModel:
    """The rows of a generalised linear mixed model.

    Attributes
    ----------
    structure : Structure
    basis : Basis
    family : Family
        Without a scale.
    y : ndarray, shape (n,)
        Responses, as the family has them.
    weights : ndarray, shape (n,), or None
        Trials, or prior weights.
    offset : ndarray, shape (n,), or 0.0
        Known part of the linear predictor.
    joint : bool
        Whether β is found at the joint mode of u and β, at each Λ, instead of where
        the criterion is smallest: quicker, and nearly right (lme4's nAGQ = 0).
    """

    structure: Structure
    basis: Basis
    family: object
    y: np.ndarray
    weights: np.ndarray | None
    offset: np.ndarray | float
    joint: bool = False

    @cached_property
    def rows(self):
        """Orthonormal effects and Q, without weights: `WeightedRows`."""
        return WeightedRows(self.structure, self.basis, None)

    @property
    def terms(self):
        """Random terms: tuple of RandomTerm."""
        return self.structure.terms

    @property
    def Q(self):
        """Orthonormal columns of X, row by row: ndarray, shape (p, n)."""
        return self.rows.Q

    def at(self, eta, slopes=False):
        """Likelihood and derivatives of every row, by the family.

        Parameters
        ----------
        eta : ndarray, shape (n,)
        slopes : bool
            Whether slopes of the weights are asked for.

        Returns
        -------
        RowTerms
        """
        return self.family.at(eta, self.y, self.weights, slopes=slopes)

    def along(self, blocks, u):
        """ZΛu, what effects add to the linear predictor.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
        u : list of ndarray, shape (k, J)
            One a term.

        Returns
        -------
        ndarray, shape (n,)
        """
        total = np.zeros(len(self.y))
        for term, Z, T, own in zip(self.terms, self.rows.Z, blocks, u, strict=True):
            for z, b in zip(Z, T @ own, strict=True):
                total += z * b.take(term.codes)
        return total

    def with_Z(self, values):
        """Zᵀ times a vector.

        Parameters
        ----------
        values : ndarray, shape (n,)

        Returns
        -------
        list of ndarray, shape (k, J)
            One a term.
        """
        return [
            np.array([np.bincount(term.codes, z * values, term.J) for z in Z])
            for term, Z in zip(self.terms, self.rows.Z, strict=True)
        ]

    def with_Q(self, values):
        """Q times a vector, where β is part of the mode.

        Parameters
        ----------
        values : ndarray, shape (n,)

        Returns
        -------
        ndarray, shape (p,), or None
            None where β is not.
        """
        return self.Q @ values if self.joint else None

    def factorise(self, blocks, W, with_X=False):
        """Factorise M for given weights of the rows.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
        W : ndarray, shape (n,)
        with_X : bool
            Whether the columns of X are factorised too.

        Returns
        -------
        Factorisation

        Raises
        ------
        DataError
            If Λ is too large to compute with.
        """
        rows = self.rows.weighted(np.sqrt(W), with_X)
        return factorise(working_products(rows, self.basis), blocks)


def working_products(rows, basis):
    """Sum the products of effects and X for weights that change at every step.

    Parameters
    ----------
    rows : WeightedRows
        With or without the columns of X.
    basis : Basis

    Returns
    -------
    Sums
        The response is 0, and 1 stands in its place on the diagonal of A₂₂.
    """
    slabs, A22, coupling = products(rows)
    A22[-1, -1] = 1
    roots, p = rows.roots, len(rows.Q)
    return Sums(
        *(rows.structure, basis, roots, None),
        *(tuple(slabs), A22, coupling, np.zeros(p)),
    )
