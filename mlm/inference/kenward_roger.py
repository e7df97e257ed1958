"""Kenward and Roger's covariance of fixed effects, and degrees of freedom of tests.

Variances are estimated, so that the covariance Φ = (XᵀV⁻¹X)⁻¹ of β̂ is biased, and F of
a test follows no F distribution exactly.  With V = Σ_r γ_r V_r linear in variances and
covariances γ (σ² among them), both are mended to second order by

    P_r = −XᵀV⁻¹V_rV⁻¹X       Q_rs = XᵀV⁻¹V_rV⁻¹V_sV⁻¹X       W = 2 I⁻¹
    I_rs = tr(V⁻¹V_rV⁻¹V_s) − 2 tr(Φ Q_rs) + tr(Φ P_r Φ P_s)
    Φ_A = Φ + 2 Φ {Σ_rs W_rs (Q_rs − P_r Φ P_s)} Φ

All V_r but that of σ² are Z E_r Zᵀ, so that n × n matrices are not needed: with S =
ZᵀV⁻¹Z and T = ZᵀV⁻¹X, each trace is one of q × q matrices; and what belongs to σ²
follows from σ²V₀ = V − ZGZᵀ, where G is the covariance of the random effects.

Kenward & Roger (1997, Biometrics 53, 983-997); R package pbkrtest (Halekoh & Højsgaard
2014, J. Stat. Softw. 59(9)), which this follows in the limits of its formulas.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import (
    block_diag,
    csc_array,
    diags_array,
    eye_array,
    hstack,
    kron,
)

from mlm.engine.basis import basis
from mlm.ground.errors import DataError

# Random effects: their q × q matrices take 8 q² bytes each.
LARGEST = 4000
# A value of Kenward and Roger's formulas below this is 0.
NOTHING = 1e-10


@dataclass(frozen=True, eq=False)
class KenwardRoger:
    """The adjusted covariance of β̂, and what degrees of freedom come from.

    Attributes
    ----------
    covariance : ndarray, shape (p, p)
        Φ_A, of the fixed effects.
    unadjusted : ndarray, shape (p, p)
        Φ, of the coefficients of orthonormal columns Q, X = Q RX.
    P : ndarray, shape (r, p, p)
        For these.
    W : ndarray, shape (r, r)
        Asymptotic covariance of the variances and covariances.
    RX : ndarray, shape (p, p)
    """

    covariance: np.ndarray
    unadjusted: np.ndarray
    P: np.ndarray
    W: np.ndarray
    RX: np.ndarray

    def degrees_of_freedom(self, L):
        """Degrees of freedom of the t test of each combination of fixed effects.

        Parameters
        ----------
        L : ndarray, shape (k, p)

        Returns
        -------
        ndarray, shape (k,)
            Not a number for a row of zeros.
        """
        found = [self.of_test(row[None])[0] if row.any() else np.nan for row in L]
        return np.array(found, dtype=float)

    def of_test(self, L):
        """Denominator degrees of freedom of a joint test, and what scales its F.

        Parameters
        ----------
        L : ndarray, shape (k, p)
            Of rank k.

        Returns
        -------
        df, scale : float
        """
        phi, k = self.unadjusted, len(L)
        L = np.linalg.solve(self.RX.T, L.T).T
        theta = L.T @ np.linalg.solve(L @ phi @ L.T, L)
        parts = theta @ phi @ self.P @ phi  # ΘΦP_rΦ of every r
        traces = np.einsum("raa->r", parts)
        A1 = traces @ self.W @ traces
        A2 = np.einsum("rs,rab,sba->", self.W, parts, parts)
        if abs(A2) < NOTHING:  # the variances are known
            return np.inf, 1.0
        B = (A1 + 6 * A2) / (2 * k)
        g = ((k + 1) * A1 - (k + 4) * A2) / ((k + 2) * A2)
        c1, c2, c3 = np.array([g, k - g, k + 2 - g]) / (3 * k + 2 * (1 - g))
        V0, V1, V2 = 1 + c1 * B, 1 - c2 * B, 1 - c3 * B
        V0 = 0.0 if abs(V0) < NOTHING else V0
        ratio = 1 - A2 / k
        ratio = 1.0 if max(abs(ratio), abs(V1)) < NOTHING else ratio / V1
        rho = ratio**2 * V0 / V2 / k
        df = 4 + (k + 2) / (k * rho - 1)
        return float(df), float(df * (1 - A2 / k) / (df - 2)) if df != 2 else 1.0


def kenward_roger(design, theta, sigma):
    """Adjust the covariance of fixed effects for variances that are estimated.

    Parameters
    ----------
    design : Design
    theta : ndarray, shape (m,)
        Estimated by REML.
    sigma : float

    Returns
    -------
    KenwardRoger

    Raises
    ------
    DataError
        If there are more random effects than memory is for.
    """
    if design.q > LARGEST:
        raise DataError(
            f"Kenward and Roger's method needs matrices of {design.q} × {design.q} "
            f"random effects; up to {LARGEST} are computed. Use ddf='satterthwaite', "
            "which with so many groups hardly differs."
        )
    # Neither units nor origins of predictors cost digits if effects are orthonormal.
    own = basis(design)
    X, blocks = design.weighted(own.rows_of_X().T), own.whiten(theta)
    Z = csc_array(hstack([t.matrix(own.rows(i).T) for i, t in enumerate(design.terms)]))
    if design.weights is not None:
        Z = diags_array(np.sqrt(design.weights)) @ Z
    spread = sigma * block_diag(
        [kron(eye_array(t.J), T) for t, T in zip(design.terms, blocks, strict=True)],
        format="csc",
    )
    A, B = (Z.T @ Z).toarray() / sigma**2, Z.T @ X / sigma**2
    root = spread.T @ A
    M = cho_factor(np.eye(design.q) + (spread.T @ root.T).T)
    inner = root.T @ cho_solve(M, np.column_stack([root, spread.T @ B]))
    S, T = A - inner[:, : design.q], B - inner[:, design.q :]
    reach = spread.T @ B
    XVX = X.T @ X / sigma**2 - reach.T @ cho_solve(M, reach)
    G = spread @ spread.T
    GT, GS = G @ T, G @ S
    left = T - GS.T @ T  # σ² ZᵀV⁻¹V₀V⁻¹X
    N0 = (XVX - T.T @ GT) / sigma**2
    SGS, components = S @ GS, _components(design.terms)
    number = len(components) + 1
    N, Q = np.zeros((number, *XVX.shape)), np.zeros((number, number, *XVX.shape))
    traces = np.zeros((number, number))
    for r, pairs in enumerate(components):
        N[r] = sum(T[x].T @ T[y] for x, y in pairs)
        Q[r, -1] = sum(T[x].T @ left[y] for x, y in pairs) / sigma**2
        Q[-1, r] = Q[r, -1].T
        traces[r, -1] = sum((S - SGS)[y, x].sum() for x, y in pairs) / sigma**2
        traces[-1, r] = traces[r, -1]
        for s, others in enumerate(components[: r + 1]):
            for x, y in pairs:
                for u, v in others:
                    Q[r, s] += T[x].T @ S[np.ix_(y, u)] @ T[v]
                    traces[r, s] += np.vdot(S[np.ix_(v, x)], S[np.ix_(u, y)])
            Q[s, r], traces[s, r] = Q[r, s].T, traces[r, s]
    N[-1], Q[-1, -1] = N0, (N0 - left.T @ GT / sigma**2) / sigma**2
    known = np.trace(GS), np.vdot(GS.T, GS)
    traces[-1, -1] = (design.n - 2 * known[0] + known[1]) / sigma**4
    return _adjusted(np.linalg.inv(XVX), N, Q, traces, own.RX)


def _adjusted(phi, N, Q, traces, RX):
    """The adjusted covariance, of Φ, −P, Q and the traces of V⁻¹V_rV⁻¹V_s."""
    PhiN = phi @ N
    information = traces - 2 * np.einsum("ab,rsba->rs", phi, Q)
    information += np.einsum("rab,sba->rs", PhiN, PhiN)
    W = 2 * np.linalg.pinv(information)
    middle = Q - np.einsum("rab,sbc->rsac", N, PhiN)
    change = phi @ np.einsum("rs,rsab->ab", W, middle) @ phi
    covariance = phi + change + change.T
    root = np.linalg.inv(RX)
    return KenwardRoger(root @ covariance @ root.T, phi, -N, W, RX)


def _components(terms):
    """Every variance and covariance of random effects: where it stands in G.

    Returns
    -------
    list of list of (ndarray, ndarray)
        Rows and columns of Z's effects: one pair of effects and, of two, the other way
        round.
    """
    components, start = [], 0
    for term in terms:
        places = start + np.arange(term.b_size).reshape(term.J, term.k)
        start += term.b_size
        for a in range(term.k):
            components.append([(places[:, a], places[:, a])])
            for b in range(a + 1, term.k):
                pair = places[:, a], places[:, b]
                components.append([pair, pair[::-1]])
    return components
