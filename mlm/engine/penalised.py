"""The penalised system of random effects: its solution, and Newton's steps by it.

Letters as in `mlm.engine.factorise`.
"""

from typing import NamedTuple

import numpy as np

from mlm.ground.linalg import solve_lower


class Step(NamedTuple):
    """Newton's step from one place on the way to the mode (`mlm.engine.mode`)."""

    u: list  # of effects, one a term: shape (k, J)
    beta: np.ndarray  # of coefficients of Q: shape (p,), or empty if they stay
    ahead: np.ndarray  # of η: shape (n,)
    W: np.ndarray  # weights that it was made with, none of them lost: shape (n,)
    promised: float  # how much it lowers h, if the weights are right
    size: float  # its squared length in u
    squares: bool  # whether steps such as this square what is left of the way
    factors: object  # of the system that gave it

    def halved(self):
        """Half the way: `Step`, with what the whole one promised."""
        return self._replace(
            u=[own / 2 for own in self.u],
            beta=self.beta / 2,
            ahead=self.ahead / 2,
            size=self.size / 4,
        )


class PenalisedSystem:
    """Newton's steps to the mode at one Λ, for any structure of the random effects.

    Parameters
    ----------
    model : WorkingModel
    blocks : list of ndarray, shape (k, k)
        Of Λ, one a term.
    """

    def __init__(self, model, blocks):
        self.model, self.blocks = model, blocks

    def along(self, u):
        """ZΛu, what effects add to the linear predictor.

        Parameters
        ----------
        u : list of ndarray, shape (k, J)
            One a term.

        Returns
        -------
        ndarray, shape (n,)
        """
        return self.model.along(self.blocks, u)

    def newton(self, here, with_X):
        """Newton's step from one place.

        Parameters
        ----------
        here : Place
        with_X : bool
            Whether its factors may be asked for the columns of X, as those of M.

        Returns
        -------
        Step
        """
        model, rows = self.model, here.rows
        # Where ℓ is not concave, steps descend, but do not square the rest.
        concave = rows.W_observed.min() >= 0
        W = rows.W_observed if concave else np.maximum(rows.W_observed, 0)
        with_X = model.joint or (with_X and rows.W is rows.W_observed)
        factors = model.factorise(self.blocks, W, with_X)
        right = W * (here.eta - here.fixed) + rows.g
        right = model.with_Z(right), model.with_Q(right)
        aim, change = solve_effects(factors, *right)
        step = [new - old for new, old in zip(aim, here.u, strict=True)]
        ahead = self.along(step)
        if model.joint:
            ahead += model.Q.T @ change
        size = squares(step)
        promised = ahead @ (W * ahead) + size
        return Step(step, change, ahead, W, promised, size, concave, factors)


def squares(u):
    """Sum of squares of all effects.

    Parameters
    ----------
    u : list of ndarray, shape (k, J)
        One a term.

    Returns
    -------
    float
    """
    return sum(np.vdot(own, own) for own in u)


def solve_effects(factors, right, right_X=None):
    """u = M⁻¹ Λᵀ r, with M = Λᵀ Zᵀ W Z Λ + I and the weights W of the sums.

    Parameters
    ----------
    factors : Factorisation
    right : list of ndarray, shape (k, J)
        r, one a term: products with orthonormal effects.
    right_X : ndarray, shape (p,), optional
        Products with Q, where β is solved for too; the factorisation has X then.

    Returns
    -------
    u : list of ndarray, shape (k, J)
        One a term.
    beta : ndarray, shape (p,)
        Empty without `right_X`.
    """
    sums, structure = factors.sums, factors.sums.structure
    q2, u, b = structure.q2, {}, [None] * len(structure.stages)
    g = [stage.joined(right) for stage in structure.stages]
    right_X = np.empty(0) if right_X is None else right_X
    rest = np.concatenate([*(right[i].T.ravel() for i in structure.others), right_X])
    size = len(rest)
    for i, stage in enumerate(structure.stages):
        _, C, _, N = factors.stages[i]
        Ng = np.einsum("abj,bj->aj", N, g[i])
        for m, (nesting, rows) in enumerate(stage.parents, i + 1):
            g[m] = g[m] - nesting.sum(np.einsum("raj,aj->rj", C[rows], Ng))
        if size:
            rest = rest - sums.rest_of_stage(C, Ng[None])[:size, 0]
    R = factors.R[:size, :size]
    u2 = structure.rest_times(factors.blocks, rest, transposed=True)
    u2 = solve_lower(R, solve_lower(R, u2), transposed=True)
    b2 = structure.rest_times(factors.blocks, u2)
    for i, stage in reversed(list(enumerate(structure.stages))):
        _, C, K, N = factors.stages[i]
        left, b_dense = g[i], b2
        if sums.coupling is not None:
            left, b_dense = left - sums.coupling.transposed_times(b2[:q2]), b2[q2:]
        if len(b_dense):
            dense = sums.dense(C)[: len(b_dense)]
            left = left - np.einsum("r,raj->aj", b_dense, dense)
        for m, (nesting, rows) in enumerate(stage.parents, i + 1):
            left = left - np.einsum("raj,rj->aj", C[rows], nesting.gather(b[m]))
        b[i] = np.einsum("abj,bj->aj", N, left)
        own = np.einsum("abj,aj->bj", K, left)
        u |= {t: own[span] for t, span in stage.spans.items()}
    for i, rows in structure.rows.items():
        u[i] = u2[rows].reshape(-1, structure.terms[i].k).T
    return [u[i] for i in range(len(u))], u2[q2:]
