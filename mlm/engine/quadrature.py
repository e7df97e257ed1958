"""Adaptive Gauss–Hermite quadrature: the likelihood nearer than by Laplace.

With one grouping factor the likelihood is a product of integrals over the k effects of
a group.  Nodes z_q (k numbers, weights w_q) are put around its mode, at
u_jq = ũ_j + L_j⁻ᵀz_q with L_jL_jᵀ = M_j, where Λ is lower triangular: with few nodes,
other Λ of the same ΛΛᵀ would turn them, and give another sum.  (For any Λ, let Q turn
it into a triangle ΛQ: Q L_j⁻ᵀ stands for L_j⁻ᵀ, and the derivatives by elements above
the diagonal are those that make (ΛQ)ᵀ∂d/∂(ΛQ) symmetric, as turning changes nothing.)
In the letters of `mlm.engine.laplace`,

    d = h(ũ) + log|M| − 2 Σ_j log Σ_q a_jq
    a_jq = w_q exp((h_j(ũ_j) − h_j(u_jq) + ‖z_q‖²) / 2)

One node gives Laplace's approximation.  With π_jq the shares of a_jq, ρ_jq = 2(u_jq −
ΛᵀZ_jᵀg(u_jq)), P_j = Σ_q πρ, S_j = Σ_q πρzᵀ, ḡ = Σ_q πg, and Φ the lower triangle with
half its diagonal (derivatives through Cholesky: Murray 2016, arXiv:1602.07527),

    Ȳ_j = M_j⁻¹ − L_j⁻ᵀ sym(Φ(S_jᵀL_j⁻ᵀ)) L_j⁻¹        t = W′ ∘ diag(ZΛȲΛᵀZᵀ)
    c = Mₒ⁻¹(ΛᵀZᵀt + P)                                e = t − Wₒ ∘ ZΛc
    ∂d/∂β = Qᵀ(e − 2ḡ)
    ∂d/∂Λ = Σ_j 2A_jΛȲ_j + Zⱼᵀe ũⱼᵀ + Zⱼᵀg cⱼᵀ − 2 Σ_q π Zⱼᵀg_q u_jqᵀ

Pinheiro & Chao (2006, J. Comput. Graph. Stat. 15, 58-81).
"""

from itertools import product

import numpy as np
from numpy.polynomial.hermite_e import hermegauss

from mlm.engine.adjoint import solve_adjoint
from mlm.engine.laplace import Around, LaplaceCriterion
from mlm.ground.linalg import cholesky_blocks


class QuadratureCriterion(LaplaceCriterion):
    """−2 log likelihood by adaptive quadrature, as a function of Λ and β.

    Parameters
    ----------
    model : WorkingModel
        Of one grouping factor.
    nodes : int
        For each of the k effects of a group.
    """

    def __init__(self, model, nodes):
        super().__init__(model)
        (self._stage,) = model.structure.stages
        points, shares = hermegauss(nodes)
        shares = shares / shares.sum()
        self._nodes = [
            (np.array(z), np.prod(w))
            for z, w in zip(
                product(points, repeat=self._stage.k),
                product(shares, repeat=self._stage.k),
                strict=True,
            )
        ]

    def _at_mode(self, blocks, mode, with_X=True):
        """`Around`, with the factorisation of Laplace's approximation."""
        model, stage = self.model, self._stage
        rows, T, u = mode.rows, stage.block(blocks), np.vstack(mode.u)
        factors = self._factors(blocks, mode, with_X)
        A = factors.stages[0].A
        turns = [np.linalg.qr(block.T)[0] for block in blocks]
        Q = stage.block(turns)
        L, L_inverse = cholesky_blocks(_penalised(A, T @ Q))
        K = np.einsum("abj,cb->acj", L_inverse, Q)  # (Q L⁻ᵀ)ᵀ
        totals, P, S, g_mean, Gu = self._over_nodes(mode, blocks, T, K)
        inner = _lower_half(np.einsum("baj,cbj->acj", S, K))
        inner = np.eye(len(u))[..., None] - inner
        Y = np.einsum("caj,cdj,dbj->abj", K, inner, K)
        t = rows.W_slope * self._by_row(np.einsum("ab,bcj,dc->adj", T, Y, T))
        near = np.einsum("baj,bcj,cj->aj", K, K, P)
        c, _, along = solve_adjoint(
            model, blocks, factors, mode, t, self._by_term(near)
        )
        c, e = np.vstack(c), t - rows.W_observed * along
        Zg, Ze = np.vstack(model.with_Z(rows.g)), np.vstack(model.with_Z(e))
        slopes = 2 * np.einsum("abj,bc,cdj->ad", A, T, Y)
        slopes = stage.split(slopes + Ze @ u.T + Zg @ c.T - 2 * Gu)
        pairs = zip(blocks, turns, strict=True)
        log_det = 2 * np.log(np.einsum("aaj->aj", L)).sum()
        value = mode.h + log_det - 2 * np.log(totals).sum() + self._constant
        value += t @ mode.last.ahead  # where weights are those before the last step
        return Around(
            float(value),
            [_turning_apart(T, slopes[i], Q) for i, (T, Q) in enumerate(pairs)],
            model.Q @ (e - 2 * g_mean),
            factors,
            mode,
            self._by_term(Zg),
        )

    def _over_nodes(self, mode, blocks, T, K):
        """Σ_q a, P, S, ḡ and Σ_j Σ_q π Zⱼᵀg_q u_jqᵀ of the module's formulas."""
        codes, u = self._stage.term.codes, np.vstack(mode.u)
        model, (k, J) = self.model, u.shape
        family, y, weights = model.family, model.y, model.weights
        at_mode = family.log_likelihoods(mode.eta, y, weights)
        totals, P, S = np.zeros(J), np.zeros((k, J)), np.zeros((k, k, J))
        g_mean, Gu = np.zeros(len(y)), np.zeros((k, k, J))
        for z, w in self._nodes:
            away = np.einsum("baj,b->aj", K, z)
            there = u + away
            eta = mode.eta + model.along(blocks, self._by_term(away))
            gain = family.log_likelihoods(eta, y, weights) - at_mode
            gain = np.bincount(codes, gain, J)
            gain += (z @ z - (there**2 - u**2).sum(axis=0)) / 2
            a, g = w * np.exp(gain), model.at(eta).g
            Zg = np.vstack(model.with_Z(g))
            rho = 2 * a * (there - T.T @ Zg)
            totals += a
            P += rho
            S += rho[:, None] * z[:, None]
            g_mean += a.take(codes) * g
            Gu += a * Zg[:, None] * there
        Gu = (Gu / totals).sum(axis=-1)
        return totals, P / totals, S / totals, g_mean / totals.take(codes), Gu

    def _by_term(self, u):
        """Effects of the stage, one array a term: list of ndarray, shape (k, J)."""
        return [u[span] for span in self._stage.spans.values()]

    def _by_row(self, blocks):
        """zᵀ B_j z of every row of group j, for B of shape (k, k, J): (n,)."""
        Z, codes = np.vstack(self.model.rows.Z), self._stage.term.codes
        return sum(
            x * z * blocks[a, b].take(codes)
            for a, x in enumerate(Z)
            for b, z in enumerate(Z)
        )


def _penalised(A, T):
    """M_j = Tᵀ A_j T + I of every group: ndarray, shape (k, k, J)."""
    return np.einsum("ba,bcj,cd->adj", T, A, T) + np.eye(len(T))[..., None]


def _turning_apart(T, slope, Q):
    """Derivatives by a block, of which turning it has no part: ndarray, shape (k, k).

    `slope` is right for changes of T that leave T Q lower triangular.
    """
    L, G = T @ Q, slope @ Q
    for c in range(1, len(T)):
        missing = L[c:, c] @ G[c:, :c] - L[c:, :c].T @ G[c:, c]
        G[:c, c] = np.linalg.lstsq(L[:c, :c].T, missing)[0]
    return G @ Q.T


def _lower_half(X):
    """Symmetric part of the lower triangles with half the diagonals: (k, k, J)."""
    keep = np.tril(np.ones(X.shape[:2])) - np.eye(len(X)) / 2
    lower = X * keep[..., None]
    return (lower + lower.transpose(1, 0, 2)) / 2
