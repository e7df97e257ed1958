"""Where the conditional mode moves when Λ and β change: the first guess at a new one.

At the mode of one Λ and β the rows are a linear model, with weights W and M = ΛᵀZᵀWZΛ +
I, and its solution follows changes of Λ and β to first order:

    ũ + dũ = a − M⁻¹ΛᵀZᵀW[Z((Λ + dΛ)a − Λũ) + Q dβ]        a = (Λ + dΛ)ᵀZᵀg

Where Λ is only turned, ΛΛᵀ being what it was, a is the mode: nothing is taken away.

Zᵀ W Z and Zᵀ W Q are known from the factorisation there: this costs nothing in n.
"""

from typing import NamedTuple

import numpy as np

from mlm.engine.factorisation import Factorisation
from mlm.engine.penalised import solve_effects
from mlm.engine.points import Point

# Unknowns that differ less are the same.
SAME = 1e-12


class Known(NamedTuple):
    """The mode at one Λ and β, as far as it is remembered."""

    blocks: list  # of Λ, one a term: shape (k, k)
    beta: np.ndarray  # of Q: shape (p,)
    u: list  # one a term: shape (k, J)
    h: float  # −2ℓ + ‖u‖²
    with_g: list  # Zᵀg, one a term: shape (k, J)
    factors: Factorisation | None  # of M, with the columns of X, if it is small

    def is_at(self, point, joint):
        """Whether it is the mode of a point.

        Parameters
        ----------
        point : Point
            Of one problem.
        joint : bool
            Whether β is part of the mode.

        Returns
        -------
        bool
        """
        own = Point.of(self.blocks, () if joint else self.beta).flat()
        return bool((np.abs(point.flat() - own) <= SAME * (1 + np.abs(own))).all())


def predict(known, blocks, beta, joint):
    """The mode at another Λ and β, to first order.

    Where the weights of M are not the observed ones, it is less than that.

    Parameters
    ----------
    known : Known
    blocks : list of ndarray, shape (k, k)
        Of Λ, one a term.
    beta : ndarray, shape (p,)
        Coefficients of Q; not read where they are part of the mode.
    joint : bool
        Whether they are.

    Returns
    -------
    u : list of ndarray, shape (k, J)
    beta : ndarray, shape (p,)
    """
    factors, structure = known.factors, known.factors.sums.structure
    ahead = [T.T @ Zg for T, Zg in zip(blocks, known.with_g, strict=True)]
    moved = [
        new @ a - old @ u
        for new, old, u, a in zip(blocks, known.blocks, known.u, ahead, strict=True)
    ]
    change = np.zeros_like(beta) if joint else beta - known.beta
    stages, rest = _products(factors.sums, moved, change)
    right = {
        i: own[span]
        for stage, own in zip(structure.stages, stages, strict=True)
        for i, span in stage.spans.items()
    }
    for i, rows in structure.rows.items():
        right[i] = rest[rows].reshape(-1, structure.terms[i].k).T
    right = [right[i] for i in range(len(right))]
    back, back_beta = solve_effects(
        factors, right, rest[structure.q2 :] if joint else None
    )
    u = [a - own for a, own in zip(ahead, back, strict=True)]
    return u, known.beta - back_beta if joint else beta


def _products(sums, effects, beta):
    """[Z Q]ᵀW(Z effects + Q beta): of each stage (k, J), and of the rest (q₂ + p,)."""
    structure, q2 = sums.structure, sums.structure.q2
    a = [stage.joined(effects)[None] for stage in structure.stages]
    a2 = np.concatenate(
        [np.empty(0), *(effects[i].T.ravel() for i in structure.others)]
    )
    found, rest = sums.times(a, a2[None])
    if beta.any():
        for i, part in enumerate(found):
            part += np.einsum("r,raj->aj", beta, sums.C(i)[-1 - len(beta) : -1])
    return [part[0] for part in found], rest[:-1, 0] + sums.A22[:-1, q2:-1] @ beta
