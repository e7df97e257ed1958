"""The rest of the penalised system, when the stages' groups are eliminated.

That is R for the other terms' effects, X and y, and all that is read from it alone.
How the stages were eliminated does not matter here: exactly, group by group
(`mlm.engine.factorisation`), or by conjugate gradients (`mlm.engine.implicit.factors`).
Letters as in `mlm.engine.factorise`.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dlauum, dtrtri

from mlm.engine.sums import Sums
from mlm.ground.linalg import solve_lower

# Smaller matrices are multiplied as they are: LAPACK's LAUUM starts threads whatever
# the size, and to start them takes longer than the product, by far on a busy machine.
SMALL = 64


class Modes(NamedTuple):
    """The solution of the penalised system, for orthonormal effects."""

    rest: np.ndarray  # −u₂, −β of Q, and 1: shape (q₂ + p + 1,)
    b: list  # modes of each stage: shape (k, J)


@dataclass(frozen=True, eq=False)
class RestFactors:
    """The triangle R at one Λ.

    Attributes
    ----------
    sums : Sums
    blocks : list of ndarray, shape (k, k)
        Λ for orthonormal effects, a block a term.
    HL : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
        H Λ₂.
    R : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
        Lower triangular.
    """

    sums: Sums
    blocks: list
    HL: np.ndarray
    R: np.ndarray

    rough = False

    def rest_times(self, M, transposed=False):
        """Λ₂ M, or Λ₂ᵀ M.

        Parameters
        ----------
        M : ndarray, shape (q₂ + p + 1, …)
        transposed : bool

        Returns
        -------
        ndarray, shape (q₂ + p + 1, …)
        """
        return self.sums.structure.rest_times(self.blocks, M, transposed)

    def solve_rest(self):
        """−u₂, −β of Q, and 1: ndarray, shape (q₂ + p + 1,)."""
        # The last row of R belongs to y; solving with it gives u₂ and β.
        solved = solve_lower(self.R[:-1, :-1], self.R[-1, :-1], transposed=True)
        return np.append(-solved, 1.0)

    def modes_by_term(self, found):
        """Conditional modes of the effects as the terms have them (eq. 11).

        Parameters
        ----------
        found : Modes

        Returns
        -------
        list of ndarray, shape (J, k)
            One a term.
        """
        structure, basis = self.sums.structure, self.sums.basis
        b2, by_term = self.rest_times(-found.rest), {}
        for stage, modes in zip(structure.stages, found.b, strict=True):
            for i, rows in stage.spans.items():
                by_term[i] = basis.original(i, modes[rows].T)
        for i, rows in structure.rows.items():
            by_term[i] = basis.original(i, b2[rows].reshape(-1, structure.terms[i].k))
        return [by_term[i] for i in range(len(by_term))]

    def fixed_covariance(self):
        """Covariance of the fixed effects over sigma² (eq. 54): ndarray, (p, p)."""
        q2 = self.sums.structure.q2
        R_inverse = np.linalg.inv(self.R[q2:-1, q2:-1].T)
        root = np.linalg.inv(self.sums.basis.RX) @ R_inverse
        return root @ root.T

    def rest_slopes(self, weight):
        """Derivatives of Σ weight log(diagonal²) of R by the other terms' blocks of Λ.

        They are ∂f/∂Λ₂ = 2 H Λ₂ B, summed over the groups of each term.

        Parameters
        ----------
        weight : ndarray, shape (q₂ + p + 1,)

        Returns
        -------
        slopes : dict of ndarray, shape (k, k)
            By number of the term.
        P : ndarray, shape (q₂ + p + 1, q₂ + p + 1)
            Λ₂ B Λ₂ᵀ, derivatives by H.
        """
        structure, slopes = self.sums.structure, {}
        B = _weighted_inverse(self.R, weight, structure.q2)
        for i, place in structure.rows.items():
            k = structure.terms[i].k
            rows = self.HL[place].reshape(-1, k, len(B))
            columns = B[:, place].reshape(len(B), -1, k)
            slopes[i] = 2 * np.einsum("jar,rjb->ab", rows, columns)
        return slopes, self.rest_times(self.rest_times(B).T)


def _weighted_inverse(R, weight, q2):
    """B = R⁻ᵀ W R⁻¹, by its difference from R⁻ᵀ R⁻¹: the rows of X and y."""
    R_inverse, _ = dtrtri(R, lower=True)
    if len(R) < SMALL:
        return R_inverse.T @ (weight[:, None] * R_inverse)
    last = R_inverse[q2:].copy()
    B, _ = dlauum(R_inverse, lower=True, overwrite_c=True)
    B += np.tril(B, -1).T  # LAPACK fills the lower triangle only
    B += last.T @ ((weight[-len(last) :, None] - 1) * last)
    return B
