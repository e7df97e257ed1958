"""One design and many responses, where it has one grouping factor.

Only y changes from response to response.  Groups with equal A_j and X_j = Qᵀ Z_j make
one pattern of c groups; of their z_j = Z_jᵀy the criteria need sums over the pattern
only.  Arrays have patterns and responses last, so that numpy's loops run over both.
"""

from dataclasses import dataclass

import numpy as np

from mlm.engine.nesting import Nesting
from mlm.engine.several import several_likely

# With more patterns than this, fitting one by one is quicker.
MOST_PATTERNS = 2000
# Cross-products that agree to so many digits are those of one pattern.
DIGITS = 10


@dataclass(frozen=True, eq=False)
class ReducedResponses:
    """R responses, reduced to numbers that depend on groups.

    Attributes
    ----------
    Qty : ndarray, shape (p, R)
        Coefficients of Q that were taken out.
    exact : ndarray of bool, shape (R,)
        Whether the residuals by X alone are nothing but rounding.
    z : ndarray, shape (k, R, J)
        Z_jᵀy.
    sums : ResponseSums
    """

    Qty: np.ndarray
    exact: np.ndarray
    z: np.ndarray
    sums: "ResponseSums"


@dataclass(frozen=True, eq=False)
class ResponseSums:
    """Sums of R responses that their criteria need.

    Attributes
    ----------
    s : ndarray, shape (k, P, R)
        Σ_j z_j.
    S : ndarray, shape (k, k, P, R)
        Σ_j z_j z_jᵀ.
    yy : ndarray, shape (R,)
        yᵀy.
    """

    s: np.ndarray
    S: np.ndarray
    yy: np.ndarray

    def take(self, which):
        """The sums of some of the responses, along the last axis."""
        return ResponseSums(self.s[..., which], self.S[..., which], self.yy[which])


class Patterns:
    """Groups of one grouping factor, sorted by their predictors; made once a design.

    Parameters
    ----------
    criterion : ProfiledCriterion
        Of a design with one grouping factor; its response does not matter.

    Attributes
    ----------
    criterion : ProfiledCriterion
    stage : Stage
        The grouping factor.
    A : ndarray, shape (k, k, P)
    X : ndarray, shape (p, k, P)
    count : ndarray, shape (P,)
        Number of groups of each pattern, c.
    pattern : ndarray of int, shape (J,)
        Pattern of each group.
    row, column : ndarray of int, shape (Σ k²,)
        Places in T of the elements of the terms' blocks, in turn, row by row.
    w, d : float, int
        As in `mlm.engine.criterion`.
    """

    def __init__(self, criterion):
        sums = criterion.sums
        (stage,) = sums.structure.stages
        A, X, J = sums.A(0), sums.C(0)[:-1], stage.J
        features = np.concatenate([A.reshape(-1, J), X.reshape(-1, J)])
        rounded = np.round(features / np.abs(features).max(), DIGITS) + 0.0  # no −0.0
        _, first, pattern = np.unique(
            rounded, axis=1, return_index=True, return_inverse=True
        )
        self.criterion, self.stage = criterion, stage
        self.A, self.X = A[..., first], X[..., first]
        self.pattern = pattern.ravel()
        self.count = np.bincount(self.pattern).astype(float)
        self.w, self.d = float(criterion.reml), criterion.d
        inside = [
            np.indices((term.k, term.k)).reshape(2, -1) + span.start
            for term, span in zip(criterion.terms, stage.spans.values(), strict=True)
        ]
        self.row, self.column = np.hstack(inside)

    def reduce(self, Y):
        """Reduce responses to what their criteria need of them.

        Parameters
        ----------
        Y : ndarray, shape (n, R)
            Without weights; the offset is taken out here.

        Returns
        -------
        ReducedResponses
        """
        rows = self.criterion.sums.rows()
        offset = np.reshape(self.criterion.design.offset, (-1, 1))
        y, Qty, exact = rows.without_X(Y - offset)
        (effects,) = rows.of_stages()
        z = self.stage.term.matrix(effects.T).T @ y
        z = z.reshape(-1, len(effects), Y.shape[1]).transpose(1, 2, 0)
        z = np.ascontiguousarray(z)
        sums = self.sums(z, np.einsum("nr,nr->r", y, y))
        return ReducedResponses(Qty, exact, z, sums)

    def sums(self, z, yy):
        """Sums over the groups of every pattern.

        Parameters
        ----------
        z : ndarray, shape (k, R, J)
            Z_jᵀy.
        yy : ndarray, shape (R,)
            yᵀy.

        Returns
        -------
        ResponseSums
        """
        add = Nesting(self.pattern).sum
        pairs = add(np.einsum("arj,brj->abrj", z, z))
        return ResponseSums(
            s=np.ascontiguousarray(np.swapaxes(add(z), -1, -2)),
            S=np.ascontiguousarray(np.swapaxes(pairs, -1, -2)),
            yy=yy,
        )

    def modes(self, responses, found):
        """Conditional modes of orthonormal effects.

        Parameters
        ----------
        responses : ReducedResponses
        found : ManyFactors

        Returns
        -------
        ndarray, shape (k, R, J)
        """
        h = np.einsum("xap,xr->arp", self.X, found.gamma)
        N = np.swapaxes(found.N, -1, -2)
        left = responses.z - h[..., self.pattern]
        return np.einsum("abrj,brj->arj", N[..., self.pattern], left)


def patterns_of(criterion):
    """Sort the groups of a design into patterns, where fitting together pays.

    Parameters
    ----------
    criterion : ProfiledCriterion

    Returns
    -------
    Patterns or None
        None where there are several grouping factors, where several minima are likely,
        or where there are too many patterns.
    """
    structure = criterion.sums.structure
    if len(structure.stages) > 1 or structure.others:
        return None
    if several_likely(criterion):
        return None
    patterns = Patterns(criterion)
    return patterns if len(patterns.count) <= MOST_PATTERNS else None
