"""Fit one design to many responses at once, where it has one grouping factor.

Only y changes from response to response.  Groups with equal A_j and X_j = Qᵀ Z_j make
one pattern of c groups; of their z_j = Z_jᵀy the criterion needs sums over the pattern
only.  Letters as in `mlm.elimination`; with F = A − A N A, G = I − A N, E = X Gᵀ,
γ = H_XX⁻¹ H_Xy and, for group j, e_j = G (z_j − X_jᵀγ),

    H_XX = I − Σ c X N Xᵀ          H_Xy = −Σ X N Σ_j z_j
    r² = yᵀy − Σ tr(N Σ_j z_j z_jᵀ) − H_Xyᵀ γ
    ∂f/∂(T Tᵀ) = Σ (c F − w c Eᵀ H_XX⁻¹ E − (d / r²) Σ_j e_j e_jᵀ)

Sums without an index run over patterns.  Arrays have patterns and responses last, so
that numpy's loops run over both.
"""

from dataclasses import dataclass

import numpy as np

from mlm.factors import cholesky_blocks
from mlm.optimise import FEW_GROUPS, wide_weights
from mlm.stages import Nesting
from mlm.steps import bend

# With more patterns than this, fitting one by one is quicker.
MOST_PATTERNS = 2000
# Cross-products that agree to so many digits are those of one pattern.
DIGITS = 10


@dataclass(frozen=True, eq=False)
class Responses:
    """R responses, reduced to what depends on groups.

    Attributes
    ----------
    y : ndarray, shape (n, R)
        Less what X explains, weighted.
    Qty : ndarray, shape (p, R)
        What it explains.
    exact : ndarray of bool, shape (R,)
        Whether nothing is left but rounding.
    z : ndarray, shape (k, R, J)
        Z_jᵀy.
    """

    y: np.ndarray
    Qty: np.ndarray
    exact: np.ndarray
    z: np.ndarray


@dataclass(frozen=True, eq=False)
class Moments:
    """What the criterion needs of R responses, less what X explains of them.

    Attributes
    ----------
    s : ndarray, shape (k, P, R)
        Σ_j z_j.
    S : ndarray, shape (k, k, P, R)
        Σ_j z_j z_jᵀ.
    yy : ndarray, shape (R,)
    """

    s: np.ndarray
    S: np.ndarray
    yy: np.ndarray

    def take(self, which):
        """Some of the responses."""
        return Moments(self.s[..., which], self.S[..., which], self.yy[which])


@dataclass(frozen=True, eq=False)
class Eliminated:
    """All responses at their own T, in the letters of the module's first paragraph."""

    N: np.ndarray  # (k, k, P, R)
    G: np.ndarray  # (k, k, P, R)
    L_inverse: np.ndarray  # of H_XX = L Lᵀ: (p, p, R)
    gamma: np.ndarray  # (p, R)
    r2: np.ndarray  # (R,)
    log_det: np.ndarray  # Σ c log det Ω + w log det H_XX: (R,)


@dataclass(frozen=True, eq=False)
class Expansion:
    """The criterion of every response around its T, to second order."""

    blocks: list  # T of every term: (R, k, k)
    value: np.ndarray  # (R,)
    gradient: np.ndarray  # by elements in units of a standard error: (R, m)
    hessian: np.ndarray  # (R, m, m)

    def take(self, which):
        """Some of the responses."""
        blocks = [T[which] for T in self.blocks]
        return Expansion(
            blocks, self.value[which], self.gradient[which], self.hessian[which]
        )

    def where(self, better, other):
        """These responses where `better`, and the others elsewhere."""

        def chosen(mine, others):
            flag = better.reshape(-1, *(1,) * (mine.ndim - 1))
            return np.where(flag, mine, others)

        return Expansion(
            [chosen(*pair) for pair in zip(self.blocks, other.blocks, strict=True)],
            chosen(self.value, other.value),
            chosen(self.gradient, other.gradient),
            chosen(self.hessian, other.hessian),
        )


class Batch:
    """The criterion of one design, for many responses and as many thetas.

    Parameters
    ----------
    objective : ProfiledDeviance
        Of a design with one grouping factor; its response does not matter.
    """

    def __init__(self, objective):
        products = objective.products
        (stage,) = products.stages
        k, J = stage.k, stage.term.J
        X = stage.C[:-1]
        features = np.concatenate([stage.A.reshape(-1, J), X.reshape(-1, J)])
        rounded = np.round(features / np.abs(features).max(), DIGITS) + 0.0  # no −0.0
        _, first, pattern = np.unique(
            rounded, axis=1, return_index=True, return_inverse=True
        )
        self.objective, self.stage, self.k = objective, stage, k
        self.terms = [*stage.members.values()]
        self.A, self.X = stage.A[..., first], X[..., first]
        self.pattern = pattern.ravel()
        self.count = np.bincount(self.pattern).astype(float)
        self.w, self.d = float(objective.reml), objective.d
        # Elements of T that are not 0 by design: of every term in turn, row by row.
        inside = [
            np.indices((term.k, term.k)).reshape(2, -1) + span.start
            for term, span in zip(self.terms, stage.spans.values(), strict=True)
        ]
        self.row, self.column = np.hstack(inside)
        # About the standard error of an element.
        self.unit = 1 / np.sqrt(4 * J)

    def responses(self, Y):
        """Reduce responses Y, ndarray of shape (n, R): `Responses`."""
        products = self.objective.products
        whitened, Q = products.orthonormal_rows()
        y, Qty, exact = products.without_X(Y, Q)
        effects = np.vstack([whitened[i] for i in self.stage.members])
        z = (self.stage.term.matrix(effects.T).T @ y).reshape(-1, self.k, Y.shape[1])
        return Responses(y, Qty, exact, np.ascontiguousarray(z.transpose(1, 2, 0)))

    def moments(self, responses):
        """Sum what is needed of responses.

        Parameters
        ----------
        responses : Responses

        Returns
        -------
        Moments
        """
        y, z = responses.y, responses.z
        add = Nesting(self.pattern).sum
        pairs = add(np.einsum("arj,brj->abrj", z, z))
        return Moments(
            s=np.ascontiguousarray(np.swapaxes(add(z), -1, -2)),
            S=np.ascontiguousarray(np.swapaxes(pairs, -1, -2)),
            yy=np.einsum("nr,nr->r", y, y),
        )

    def eliminate(self, moments, T):
        """Factorise at T (k, k, R), another one for each response."""
        A, X, c = self.A, self.X, self.count
        AT = np.einsum("abp,bcr->acpr", A, T)
        Omega = np.einsum("bar,bcpr->acpr", T, AT)
        diagonal = np.arange(self.k)
        Omega[diagonal, diagonal] += 1
        L, L_inverse = cholesky_blocks(Omega)
        half = np.einsum("abr,cbpr->acpr", T, L_inverse)
        N = np.einsum("acpr,bcpr->abpr", half, half)
        G = -np.einsum("abp,bcpr->acpr", A, N)
        G[diagonal, diagonal] += 1
        NX = np.einsum("abpr,xbp->axpr", N, X)
        H = -np.einsum("xap,aypr->xyr", X * c, NX)
        diagonal = np.arange(len(H))
        H[diagonal, diagonal] += 1
        H_Xy = -np.einsum("axpr,apr->xr", NX, moments.s)
        H_yy = moments.yy - np.einsum("abpr,abpr->r", N, moments.S)
        RX, RX_inverse = cholesky_blocks(H)
        solved = np.einsum("xyr,yr->xr", RX_inverse, H_Xy)
        log_det = 2 * c @ np.log(np.einsum("aapr->apr", L)).sum(axis=0)
        log_det += 2 * self.w * np.log(np.einsum("xxr->xr", RX)).sum(axis=0)
        return Eliminated(
            N,
            G,
            RX_inverse,
            gamma=np.einsum("yxr,yr->xr", RX_inverse, solved),
            r2=H_yy - np.einsum("xr,xr->r", solved, solved),
            log_det=log_det,
        )

    def criterion(self, found):
        """Criterion of every response: ndarray, shape (R,)."""
        d = self.d
        profiled = d * (1 + np.log(2 * np.pi / d)) + self.objective.constant
        return found.log_det + d * np.log(found.r2) + profiled

    def slopes(self, moments, found, weight):
        """Differentiate by T Tᵀ, and give what average information needs.

        Parameters
        ----------
        moments : Moments
        found : Eliminated
        weight : ndarray, shape (R,)
            d / r², or 1/σ² if sigma is held.

        Returns
        -------
        slopes : ndarray, shape (k, k, R)
        F : ndarray, shape (k, k, P, R)
        e : ndarray, shape (k, P, R)
            Σ_j e_j.
        ee : ndarray, shape (k, k, P, R)
            Σ_j e_j e_jᵀ.
        LE : ndarray, shape (p, k, P, R)
            L⁻¹ E.
        """
        c = self.count[:, None]
        F = np.einsum("acpr,cbp->abpr", found.G, self.A)
        E = np.einsum("xbp,abpr->xapr", self.X, found.G)
        LE = np.einsum("yxr,xapr->yapr", found.L_inverse, E)
        h = np.einsum("xap,xr->apr", self.X, found.gamma)
        e = np.einsum("abpr,bpr->apr", found.G, moments.s - c * h)
        cross = moments.s[:, None] * h
        left = moments.S - cross - np.swapaxes(cross, 0, 1) + c * h[:, None] * h
        ee = np.einsum("abpr,bcpr->acpr", found.G, left)
        ee = np.einsum("acpr,dcpr->adpr", ee, found.G)
        slopes = np.einsum("abpr,p->abr", F, self.count) - weight * ee.sum(axis=2)
        if self.w:
            slopes -= np.einsum("xapr,xbpr,p->abr", LE, LE, self.count)
        return slopes, F, e, ee, LE

    def expand(self, moments, blocks):
        """The criterion to second order at blocks, (R, k, k) for each term."""
        T = self.assemble(blocks)
        found = self.eliminate(moments, T)
        weight = self.d / found.r2
        slopes, F, e, ee, LE = self.slopes(moments, found, weight)
        gradient = 2 * np.einsum("abr,bcr->acr", slopes, T)[self.row, self.column]
        # D_i = Ṫ Tᵀ + T Ṫᵀ of every element of T.
        m = len(self.row)
        D = np.zeros((m, self.k, self.k, T.shape[-1]))
        for D_i, row, column in zip(D, self.row, self.column, strict=True):
            D_i[row] += T[:, column]
            D_i[:, row] += T[:, column]
        D = D.reshape(m, -1, T.shape[-1])
        # tr(D_i F D_j ee), the part in X, and that in y (see `mlm.information`).
        inner = np.einsum("abpr,cdpr->dabcr", F, ee).reshape(*(self.k**2,) * 2, -1)
        hessian = np.einsum("iur,uvr->ivr", D, inner)
        hessian = np.einsum("ivr,jvr->ijr", hessian, D)
        with_X = np.einsum("xapr,bpr->xabr", LE, e).reshape(
            len(LE), self.k**2, T.shape[-1]
        )
        with_X = np.einsum("iur,xur->ixr", D, with_X)
        hessian -= np.einsum("ixr,jxr->ijr", with_X, with_X)
        with_y = np.einsum("iur,ur->ir", D, ee.sum(axis=2).reshape(self.k**2, -1))
        hessian -= with_y[:, None] * with_y / found.r2
        gradient, hessian = gradient.T, np.moveaxis(hessian * weight, -1, 0)
        start = 0
        for block in blocks:
            part = slice(start, start := start + block[0].size)
            slope = gradient[:, part].reshape(block.shape)
            hessian[:, part, part] += bend(block, slope)
        value = self.criterion(found)
        return Expansion(blocks, value, gradient * self.unit, hessian * self.unit**2)

    def assemble(self, blocks):
        """Put the blocks of all terms, (R, k, k) each, on the diagonal: (k, k, R)."""
        T = np.zeros((self.k, self.k, len(blocks[0])))
        T[self.row, self.column] = np.hstack([b.reshape(len(b), -1) for b in blocks]).T
        return T

    def modes(self, responses, found):
        """Conditional modes: ndarray, shape (k, R, J)."""
        h = np.einsum("xap,xr->arp", self.X, found.gamma)
        N = np.swapaxes(found.N, -1, -2)
        left = responses.z - h[..., self.pattern]
        return np.einsum("abrj,brj->arj", N[..., self.pattern], left)


def batch_of(objective):
    """The `Batch` of a design, or None where fitting together does not pay.

    Parameters
    ----------
    objective : ProfiledDeviance
    """
    products = objective.products
    if len(products.stages) > 1 or products.others:
        return None
    if products.terms[0].J < FEW_GROUPS or wide_weights(products.design):
        return None  # there may be several minima
    batch = Batch(objective)
    return batch if len(batch.count) <= MOST_PATTERNS else None
