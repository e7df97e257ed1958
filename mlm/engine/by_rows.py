"""The penalised system by QR of the rows, for what cross-products cannot hold.

Cross-products square the data, so a difference of them keeps half the digits: of a
residual that is 1e-8 of the response, none.  Orthogonal transformations of the rows
themselves keep all.  With

    [ZΛ X y; I 0 0] = Q R

the diagonal of R holds those of L_θ and R_X, and r(θ), of Bates et al. (2015, eq. 17
to 19), and the last column of Q the residuals over r(θ).  With weights w on the
diagonal of W, the derivative of Σ w log(diagonal²) by Λ is 2 Zᵀ(Q W R⁻ᵀ), read in the
columns of Z and in the rows of the data.

One factorisation costs (n + q)(q + p)², so `mlm.engine.factorise` asks for it only
where digits are lost, and where n and q allow.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from mlm.ground.linalg import triangular_factor

# Numbers in the matrix that is factorised; with more, one step would take seconds.
LARGEST = 2_000_000


class DesignRows:
    """The rows [Z X y] of a design, compressed to no more than there are columns.

    Parameters
    ----------
    sums : Sums
        Gives orthonormal effects and X, and the residuals of y by X alone.

    Attributes
    ----------
    columns : dict of ndarray of int, shape (J, k)
        Where the columns of each term stand, by its number.
    q : int
        Number of random effects.
    M : ndarray, shape (rows, q + p + 1)
    """

    def __init__(self, sums):
        rows, structure = sums.rows(), sums.structure
        y, _, _ = rows.without_X(sums.response[:, None])
        parts, self.columns, q = [], {}, 0
        for i in structure.order:
            term = structure.terms[i]
            self.columns[i] = q + np.arange(term.b_size).reshape(term.J, term.k)
            parts.append(term.matrix(rows.Z[i].T).toarray())
            q += term.b_size
        M = np.hstack([*parts, rows.Q.T, y])
        self.q = q
        self.M = triangular_factor(M) if len(M) > M.shape[1] else M

    def factorise(self, blocks):
        """Factorise the penalised system (Bates et al. 2015, eq. 17 to 19) by QR.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
            Λ for orthonormal effects, a block a term.

        Returns
        -------
        RowFactors
        """
        top = self.M.copy()
        for i, columns in self.columns.items():
            top[:, columns] = self.M[:, columns] @ blocks[i]
        penalty = np.eye(self.q, self.M.shape[1])
        Q, R = np.linalg.qr(np.vstack([top, penalty]))
        signs = np.where(np.diag(R) < 0, -1.0, 1.0)
        return RowFactors(self, blocks, Q * signs, R * signs[:, None])


@dataclass(frozen=True, eq=False)
class RowFactors:
    """The QR factorisation at one Λ, and what is read from it.

    Attributes
    ----------
    rows : DesignRows
    blocks : list of ndarray, shape (k, k)
    Q : ndarray, shape (rows + q, q + p + 1)
    R : ndarray, shape (q + p + 1, q + p + 1)
        Upper triangular, the diagonal not negative.
    """

    rows: DesignRows
    blocks: list
    Q: np.ndarray
    R: np.ndarray

    def slopes(self, weight):
        """Derivatives of Σ weight log(diagonal²) by the blocks of Λ.

        Parameters
        ----------
        weight : ndarray, shape (number,)
            Of the last rows of R; those before them have weight 1.

        Returns
        -------
        list of ndarray, shape (k, k)
            One a term.
        """
        M, w = self.rows.M, np.ones(len(self.R))
        w[len(w) - len(weight) :] = weight
        G = solve_triangular(self.R, w[:, None] * self.Q[: len(M)].T)
        slopes = {
            i: 2 * np.einsum("rja,jbr->ab", M[:, columns], G[columns])
            for i, columns in self.rows.columns.items()
        }
        return [slopes[i] for i in range(len(slopes))]

    def information(self, d, directions):
        """Average information (`mlm.engine.curvature`) by all elements of the blocks.

        Parameters
        ----------
        d : int
            n − p for REML, n for ML.
        directions : callable
            Takes a block T, shape (k, k), and its Zᵀe, shape (k, J); returns a of every
            element of the block, shape (k², k, J).

        Returns
        -------
        ndarray, shape (Σ k², Σ k²)
            Elements term by term, row by row.
        """
        M, r2 = self.rows.M, self.R[-1, -1] ** 2
        e = self.Q[: len(M), -1] * self.R[-1, -1]
        w = []
        for i, T in enumerate(self.blocks):
            Z = M[:, self.rows.columns[i]]
            a = directions(T, np.einsum("rjk,r->kj", Z, e))
            w.append(np.einsum("rja,iaj->ri", Z, a))
        w = np.hstack(w)
        left = np.vstack([w, np.zeros((self.rows.q, w.shape[1]))])
        left -= self.Q[:, :-1] @ (self.Q[: len(M), :-1].T @ w)
        with_e = e @ w
        return (left.T @ left - np.outer(with_e, with_e) / r2) * d / r2

    def solution(self):
        """u and β of orthonormal effects and X: ndarray, shape (q + p,)."""
        return solve_triangular(self.R[:-1, :-1], self.R[:-1, -1])
