"""Two crossed factors at one Λ, whose matrix is never formed, only multiplied.

With γ_f = t_f² the variances over σ², n_f the diagonal of Z_fᵀZ_f, D_f = I + γ_f n_f
and G = Z₁ᵀZ₂, factor 1 is eliminated, and what is left of V = I + Σ γ_f Z_f Z_fᵀ is

    D₂ − γ₁γ₂ GᵀD₁⁻¹G = D₂^½ (I − E) D₂^½        E = γ₁γ₂ D₂^−½ Gᵀ D₁⁻¹ G D₂^−½

The eigenvalues of E are in [0, 1): one is near 1, as both factors have an average, and
the others are small where the groups of the two factors mix well.  With W such that
E = γ₂W, and F like W with D₁⁻² in place of γ₁D₁⁻¹,

    log|V|      = Σ log D₁ + Σ log D₂ + log|I − E|
    tr Z₁ᵀV⁻¹Z₁ = Σ n₁/D₁ − γ₂ tr F(I − E)⁻¹
    tr Z₂ᵀV⁻¹Z₂ = Σ n₂/D₂ − tr D₂⁻¹W(I − E)⁻¹

all of which stay exact where a variance is 0.
"""

from functools import cached_property

import numpy as np

from mlm.engine.implicit import conjugate

# Length of residuals, as a share of the right-hand side's.
EXACT = 1e-12


class Coupled:
    """The matrix of two crossed factors at one Λ.

    Parameters
    ----------
    sums : CrossedSums
    t : sequence of float
        The factors' blocks of Λ, for orthonormal effects.

    Attributes
    ----------
    sums : CrossedSums
    gamma : tuple of float
    n, D : list of ndarray, shape (J_f,)
    """

    def __init__(self, sums, t):
        self.sums, self.gamma = sums, (t[0] ** 2, t[1] ** 2)
        self.n = [sums.A(f)[0, 0] for f in (0, 1)]
        self.D = [1 + g * n for g, n in zip(self.gamma, self.n, strict=True)]
        self._root = self.D[1] ** -0.5

    def spread(self, v):
        """G D₂^−½ v: from groups of the second factor to those of the first.

        Parameters
        ----------
        v : ndarray, shape (J₂, c)

        Returns
        -------
        ndarray, shape (J₁, c)
        """
        return self.sums.G @ (self._root[:, None] * v)

    def gather(self, w):
        """D₂^−½ Gᵀ w: back from the first factor.

        Parameters
        ----------
        w : ndarray, shape (J₁, c)

        Returns
        -------
        ndarray, shape (J₂, c)
        """
        return self._root[:, None] * (self.sums.G.T @ w)

    def product(self, v):
        """E v.

        Parameters
        ----------
        v : ndarray, shape (J₂, c)

        Returns
        -------
        ndarray, shape (J₂, c)
        """
        share = self.gamma[0] * self.gamma[1] / self.D[0]
        return self.gather(share[:, None] * self.spread(v))

    def solve(self, R1, R2):
        """Z_fᵀV⁻¹A of both factors, from their Z_fᵀA, and the steps that it took.

        Parameters
        ----------
        R1, R2 : ndarray, shape (J_f, c)

        Returns
        -------
        P : tuple of ndarray, shape (J_f, c)
        steps : int

        Raises
        ------
        DataError
            If effects are too large to be told apart.
        """
        (g1, g2), (D1, _) = self.gamma, self.D
        right = self._root[:, None] * R2 - g1 * self.gather(R1 / D1[:, None])
        found = conjugate.solve(self.product, right, EXACT)
        P2 = self._root[:, None] * found.X
        P1 = (R1 - g2 * (self.sums.G @ P2)) / D1[:, None]
        return (P1, P2), len(found.alpha)

    @cached_property
    def log_det(self):
        """log|V| less log(I − E) + E, which is not known exactly: float."""
        first = self.gamma[0] * self.gamma[1] * self._first(1, 1)
        return np.log(self.D[0]).sum() + np.log(self.D[1]).sum() - first

    @cached_property
    def slopes(self):
        """tr Z_fᵀV⁻¹Z_f of both, less the part of (I − E)⁻¹ − I: ndarray, (2,)."""
        (n1, n2), (D1, D2), (g1, g2) = self.n, self.D, self.gamma
        own = np.array([np.sum(n1 / D1), np.sum(n2 / D2)])
        return own - np.array([g2 * self._first(2, 1), g1 * self._first(1, 2)])

    def remainders(self, v, tolerance):
        """Parts that are missing there, as each column v of a matrix estimates them.

        Parameters
        ----------
        v : ndarray, shape (J₂, c)
        tolerance : float

        Returns
        -------
        parts : ndarray, shape (3, c)
            Of log|V|, and of the two traces: vᵀ(log(I − E) + E)v, and with
            N = (I − E)⁻¹ − I, −γ₂vᵀFNv and −vᵀD₂⁻¹WNv.
        steps : int
        """
        (g1, g2), (D1, D2) = self.gamma, self.D
        spread = self.spread(v)
        Wv = g1 * self.gather(spread / D1[:, None])
        found = conjugate.solve(self.product, g2 * Wv, tolerance)
        Fv = self.gather(spread / D1[:, None] ** 2)
        back = g1 * self.gather(self.spread(found.X) / D1[:, None])
        parts = [
            conjugate.log_remainders(found),
            -g2 * np.einsum("qc,qc->c", Fv, found.X),
            -np.einsum("qc,qc->c", v / D2[:, None], back),
        ]
        return np.array(parts), len(found.alpha)

    def _first(self, a, b):
        """Σ G²/(D₁ᵃ D₂ᵇ), over all pairs."""
        return self.D[0] ** -a @ (self.sums.squares @ self.D[1] ** -b)
