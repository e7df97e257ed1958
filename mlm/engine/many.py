"""Criteria of one design and many responses, where it has one grouping factor.

Groups are sorted into patterns (`mlm.engine.patterns`).  Letters as in
`mlm.engine.factorise`; with F = A − A N A, G = I − A N, E = X Gᵀ,
γ = H_XX⁻¹ H_Xy and, for group j, e_j = G (z_j − X_jᵀγ),

    H_XX = I − Σ c X N Xᵀ          H_Xy = −Σ X N Σ_j z_j
    r² = yᵀy − Σ tr(N Σ_j z_j z_jᵀ) − H_Xyᵀ γ
    ∂f/∂(T Tᵀ) = Σ (c F − w c Eᵀ H_XX⁻¹ E − (d / r²) Σ_j e_j e_jᵀ)

Sums without an index run over patterns.  Arrays have patterns and responses last, so
that numpy's loops run over both.
"""

from dataclasses import dataclass, replace

import numpy as np

from mlm.engine.patterns import Patterns, ResponseSums
from mlm.engine.points import Expansion, Point
from mlm.engine.starts import solve_moments
from mlm.engine.steps import bend
from mlm.ground.linalg import cholesky_blocks


@dataclass(frozen=True, eq=False)
class ManyFactors:
    """Factorisations of all responses, each at its own T; the module's letters."""

    N: np.ndarray  # (k, k, P, R)
    G: np.ndarray  # (k, k, P, R)
    L_inverse: np.ndarray  # of H_XX = L Lᵀ: (p, p, R)
    gamma: np.ndarray  # (p, R)
    r2: np.ndarray  # (R,)
    log_det: np.ndarray  # Σ c log det Ω + w log det H_XX: (R,)


@dataclass(frozen=True, eq=False)
class ManyCriteria:
    """The criteria of many responses, each at a theta of its own.

    What a search asks of them is listed in `mlm.engine.problem`.

    Attributes
    ----------
    patterns : Patterns
    sums : ResponseSums
    """

    patterns: Patterns
    sums: ResponseSums

    learns = blurred = False
    unit = 1.0

    @property
    def terms(self):
        """Random terms: tuple of RandomTerm."""
        return self.patterns.criterion.terms

    def take(self, which):
        """The criteria of some of the responses."""
        return replace(self, sums=self.sums.take(which))

    def start(self):
        """Estimates by moments (`mlm.engine.starts`): `Point`."""
        patterns, sums = self.patterns, self.sums
        squares = sums.S.sum(axis=2)[patterns.row, patterns.column]
        moments = np.vstack([squares, sums.yy])
        blocks = solve_moments(patterns.criterion.sums, moments)
        return Point(blocks, np.empty((len(sums.yy), 0)))

    def value(self, point):
        """The criteria at a point, infinite where there are none: ndarray, (R,)."""
        value = self.of_factors(self.factorise(self.assemble(point.blocks)))
        return np.where(np.isfinite(value), value, np.inf)

    def expand(self, point, fall=0.0):
        """The criteria to second order, with the average information.

        Parameters
        ----------
        point : Point
        fall : float or ndarray, shape (R,)
            Not read: all is exact.

        Returns
        -------
        Expansion
        """
        T, patterns = self.assemble(point.blocks), self.patterns
        found = self.factorise(T)
        weight = patterns.d / found.r2
        slopes, F, e, ee, LE = self.slopes(found, weight)
        gradient = 2 * np.einsum("abr,bcr->acr", slopes, T)
        gradient = gradient[patterns.row, patterns.column].T
        information = self._information(T, found, F, e, ee, LE)
        curvature = np.moveaxis(information * weight, -1, 0)
        value = self.of_factors(found)
        known = np.isfinite(value) & np.isfinite(gradient).all(axis=1)
        gradient[~known], start = 0.0, 0  # LAPACK fails where numbers are not finite
        for block in point.blocks:
            part = slice(start, start := start + block[0].size)
            slope = gradient[:, part].reshape(block.shape)
            curvature[:, part, part] += bend(block, slope)
        known &= np.isfinite(curvature).all(axis=(1, 2))
        return Expansion(point, np.where(known, value, np.inf), gradient, curvature)

    def _information(self, T, found, F, e, ee, LE):
        """Average information over d/r² (see `mlm.engine.curvature`): (m, m, R)."""
        k, m, R = len(T), len(self.patterns.row), T.shape[-1]
        # D_i = Ṫ Tᵀ + T Ṫᵀ of every element of T.
        D = np.zeros((m, k, k, R))
        places = zip(D, self.patterns.row, self.patterns.column, strict=True)
        for D_i, row, column in places:
            D_i[row] += T[:, column]
            D_i[:, row] += T[:, column]
        D = D.reshape(m, -1, R)
        # tr(D_i F D_j ee), the part in X, and that in y.
        inner = np.einsum("abpr,cdpr->dabcr", F, ee).reshape(k * k, k * k, -1)
        information = np.einsum("iur,uvr->ivr", D, inner)
        information = np.einsum("ivr,jvr->ijr", information, D)
        with_X = np.einsum("xapr,bpr->xabr", LE, e).reshape(len(LE), k * k, R)
        with_X = np.einsum("iur,xur->ixr", D, with_X)
        information -= np.einsum("ixr,jxr->ijr", with_X, with_X)
        with_y = np.einsum("iur,ur->ir", D, ee.sum(axis=2).reshape(k * k, -1))
        return information - with_y[:, None] * with_y / found.r2

    def assemble(self, blocks):
        """Put the blocks of all terms on the diagonal of T.

        Parameters
        ----------
        blocks : list of ndarray, shape (R, k, k)
            Λ for orthonormal effects, one a term.

        Returns
        -------
        ndarray, shape (k, k, R)
            Here k is the number of effects of all terms together.
        """
        patterns, k = self.patterns, self.patterns.stage.k
        T = np.zeros((k, k, len(blocks[0])))
        parts = [block.reshape(len(block), -1) for block in blocks]
        T[patterns.row, patterns.column] = np.hstack(parts).T
        return T

    def factorise(self, T):
        """Factorise the penalised systems, each at a T of its own.

        Parameters
        ----------
        T : ndarray, shape (k, k, R)

        Returns
        -------
        ManyFactors
        """
        patterns = self.patterns
        A, X, c = patterns.A, patterns.X, patterns.count
        AT = np.einsum("abp,bcr->acpr", A, T)
        Omega = np.einsum("bar,bcpr->acpr", T, AT)
        diagonal = np.arange(len(T))
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
        H_Xy = -np.einsum("axpr,apr->xr", NX, self.sums.s)
        H_yy = self.sums.yy - np.einsum("abpr,abpr->r", N, self.sums.S)
        RX, RX_inverse = cholesky_blocks(H)
        solved = np.einsum("xyr,yr->xr", RX_inverse, H_Xy)
        log_det = 2 * c @ np.log(np.einsum("aapr->apr", L)).sum(axis=0)
        log_det += 2 * patterns.w * np.log(np.einsum("xxr->xr", RX)).sum(axis=0)
        return ManyFactors(
            N,
            G,
            RX_inverse,
            gamma=np.einsum("yxr,yr->xr", RX_inverse, solved),
            r2=H_yy - np.einsum("xr,xr->r", solved, solved),
            log_det=log_det,
        )

    def of_factors(self, found):
        """Criterion of every response (Bates et al. 2015, eq. 34 and 41).

        Parameters
        ----------
        found : ManyFactors

        Returns
        -------
        ndarray, shape (R,)
        """
        d, constant = self.patterns.d, self.patterns.criterion.constant
        profiled = d * (1 + np.log(2 * np.pi / d)) + constant
        return found.log_det + d * np.log(found.r2) + profiled

    def slopes(self, found, weight):
        """Derivatives by T Tᵀ, and the parts of the average information.

        Parameters
        ----------
        found : ManyFactors
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
        patterns = self.patterns
        c = patterns.count[:, None]
        F = np.einsum("acpr,cbp->abpr", found.G, patterns.A)
        E = np.einsum("xbp,abpr->xapr", patterns.X, found.G)
        LE = np.einsum("yxr,xapr->yapr", found.L_inverse, E)
        h = np.einsum("xap,xr->apr", patterns.X, found.gamma)
        e = np.einsum("abpr,bpr->apr", found.G, self.sums.s - c * h)
        cross = self.sums.s[:, None] * h
        left = self.sums.S - cross - np.swapaxes(cross, 0, 1) + c * h[:, None] * h
        ee = np.einsum("abpr,bcpr->acpr", found.G, left)
        ee = np.einsum("acpr,dcpr->adpr", ee, found.G)
        slopes = np.einsum("abpr,p->abr", F, patterns.count) - weight * ee.sum(axis=2)
        if patterns.w:
            slopes -= np.einsum("xapr,xbpr,p->abr", LE, LE, patterns.count)
        return slopes, F, e, ee, LE
