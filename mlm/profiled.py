"""The engine: profiled criterion of theta and its exact gradient.

The same numbers as `mlm.pls`, computed for speed instead of for reading: the data
enter once, as cross-products, so the cost of an evaluation does not grow with n.

The grouping factor with the most effects (the leading one, k effects in J groups) is
eliminated group by group; what is left is one dense matrix for all other random
effects, X and y.  With A_j = Z_jᵀZ_j and C_j = [Z₂ X y]ᵀZ_j for group j, T the block
of the leading factor in Λ, and Λ₂ the rest of Λ with ones for X and y:

    Ω_j = Tᵀ A_j T + I = L_j L_jᵀ       N_j = T Ω_j⁻¹ Tᵀ        K_j = T Ω_j⁻¹
    H = A₂₂ − Σ_j C_j N_j C_jᵀ          S = Λ₂ᵀ H Λ₂ + diag(I, 0, 0) = R Rᵀ

The diagonals of all L_j and R are those of L_θ and R_X, and r(θ), of Bates et al.
(2015, eq. 18 and 19).  With weight w = 1 on random effects, 1 (REML) or 0 (ML) on X,
and d = n − p (REML) or n (ML) on y, eq. 34 and 41 become

    f = Σ w log(diagonal²) + d (1 + log(2π/d))

and, with B = R⁻ᵀ W R⁻¹ and D_j = C_jᵀ Λ₂ B Λ₂ᵀ C_j, its derivatives are

    ∂f/∂T = 2 Σ_j (A_j − D_j + A_j N_j D_j) K_j       ∂f/∂Λ₂ = 2 H Λ₂ B

Arrays over groups have the group last, so that numpy's loops run over groups.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dlauum, dpotrf, dtrtri

from mlm.errors import DataError
from mlm.products import Products


class Factors(NamedTuple):
    """The factorisation at one Λ, in the letters of the module's first paragraph."""

    blocks: list
    log_det: float  # Σ_j log det Ω_j
    K: np.ndarray
    N: np.ndarray
    HL: np.ndarray  # H Λ₂
    R: np.ndarray


class ProfiledDeviance:
    """Criterion of a design as a function of theta alone: call it, plot it, test it.

    Made by `profiled_deviance`, or from the `Products` of a design.

    Attributes
    ----------
    names : list of str, length m
        Names of theta.
    products : Products
    d : int
        n - p for REML, n for ML.
    evaluations : int
        How often the criterion has been computed so far.
    """

    def __init__(self, products, reml=True):
        design = products.design
        self.products = products
        self.reml = reml
        self.names = [name for term in design.terms for name in term.theta_names]
        self.evaluations = 0
        self.d = design.n - design.p if reml else design.n
        counts = [products.q2, design.p, 1]
        self._weight = np.repeat([1.0, float(reml), self.d], counts)
        # What theta has no share in: X = Q RX, and the prior weights.
        self._constant = 2 * reml * np.log(np.diag(products.RX)).sum()
        if design.weights is not None:
            self._constant -= np.log(design.weights).sum()

    def __call__(self, theta):
        """Give the REML criterion, or the deviance, at theta."""
        return self.at(self.products.whiten(theta), gradient=False)[0]

    def gradient(self, theta):
        """Give the exact derivative of the criterion by theta, shape (m,)."""
        _, slopes = self.at(self.products.whiten(theta))
        return self.products.slopes_by_theta(slopes)

    def factorise(self, blocks):
        """Factorise the penalised system for given blocks of Λ (see `at`)."""
        products, T = self.products, self.products.leading(blocks)
        diagonal = np.arange(len(T))
        Omega = np.einsum("bcj,cd->bdj", products.A, T)
        Omega = np.einsum("ba,bdj->adj", T, Omega)
        Omega[diagonal, diagonal] += 1
        L, L_inverse = _cholesky(Omega)
        K = np.einsum("cbj,cdj->bdj", L_inverse, L_inverse)
        K = np.einsum("ab,bdj->adj", T, K)
        N = np.einsum("abj,cb->acj", K, T)
        H = products.schur(N)
        HL = products.rest_times(blocks, H, transposed=True).T
        S = products.rest_times(blocks, HL, transposed=True)
        diagonal = np.arange(products.q2)
        S[diagonal, diagonal] += 1
        R, failed = dpotrf(S.T, lower=True, overwrite_a=True)  # LAPACK reads by columns
        if failed:
            raise DataError(
                "fixed and random effects together explain the response exactly: there "
                "is nothing left for the residuals. Is it constant within groups?"
            )
        log_det = 2 * np.log(np.einsum("aaj->aj", L)).sum()
        return Factors(blocks, log_det, K, N, HL, R)

    def at(self, blocks, gradient=True):
        """Give the criterion, and its derivative by each block of Λ.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
            One a term, for orthonormal effects (`Products.whiten`); they need not be
            triangular.
        gradient : bool

        Returns
        -------
        criterion : float
        slopes : list of ndarray, shape (k, k), or None
        """
        self.evaluations += 1
        factors = self.factorise(blocks)
        if not gradient:
            return self.criterion(factors), None
        return self.criterion(factors), self._slopes(factors, self._weight)

    def expand(self, blocks):
        """Give criterion and slopes as `at`, and the factorisation they come from."""
        self.evaluations += 1
        factors = self.factorise(blocks)
        return self.criterion(factors), self._slopes(factors, self._weight), factors

    def criterion(self, factors):
        """Give the criterion of a factorisation, f in the module's letters."""
        logs = 2 * np.log(np.diag(factors.R))
        profiled = self.d * (1 + np.log(2 * np.pi / self.d))
        return float(self._weight @ logs + factors.log_det + profiled + self._constant)

    def at_sigma(self, blocks, sigma):
        """Give the criterion with sigma not profiled out (eq. 31), and derivatives.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
            As for `at`.
        sigma : float

        Returns
        -------
        deviance : float
        slopes : list of ndarray, shape (k, k)
        slope : float
            By log sigma.
        """
        self.evaluations += 1
        factors, d = self.factorise(blocks), self.d
        diagonal = np.diag(factors.R)
        ratio = diagonal[-1] ** 2 / sigma**2  # r²(θ) / σ²
        deviance = factors.log_det + self._constant
        deviance += 2 * self._weight[:-1] @ np.log(diagonal[:-1])
        deviance += d * np.log(2 * np.pi * sigma**2) + ratio
        # The derivative of r²/σ² is r²/σ² times that of log r².
        weight = np.append(self._weight[:-1], ratio)
        return float(deviance), self._slopes(factors, weight), float(2 * (d - ratio))

    def _slopes(self, factors, weight):
        """Derivatives of Σ weight log(diagonal²) by the blocks of Λ."""
        blocks, _, K, N, HL, R = factors
        products, B = self.products, self._weighted_inverse(R, weight)
        slopes = dict(zip(products.others, self._rest_slopes(HL, B), strict=True))
        LB = products.rest_times(blocks, B).T
        D = products.middle(products.rest_times(blocks, LB))
        ND = np.einsum("bcj,cdj->bdj", N, D)
        F = products.A - D + np.einsum("abj,bdj->adj", products.A, ND)
        slopes |= products.split(2 * np.einsum("abj,bcj->ac", F, K))
        return [slopes[i] for i in range(len(products.terms))]

    def _weighted_inverse(self, R, weight):
        """B = R⁻ᵀ W R⁻¹, by what differs from R⁻ᵀ R⁻¹: the rows of X and y."""
        R_inverse, _ = dtrtri(R, lower=True)
        last = R_inverse[self.products.q2 :].copy()
        B, _ = dlauum(R_inverse, lower=True, overwrite_c=True)
        B += np.tril(B, -1).T  # LAPACK fills the lower triangle only
        B += last.T @ ((weight[-len(last) :, None] - 1) * last)
        return B

    def _rest_slopes(self, HL, B):
        """∂f/∂Λ₂ = 2 H Λ₂ B, summed over the groups of each term."""
        ends = np.cumsum(
            [0, *(self.products.terms[i].b_size for i in self.products.others)]
        )
        for i, (start, stop) in zip(self.products.others, pairwise(ends), strict=True):
            k = self.products.terms[i].k
            rows = HL[start:stop].reshape(-1, k, len(B))
            columns = B[:, start:stop].reshape(len(B), -1, k)
            yield 2 * np.einsum("jar,rjb->ab", rows, columns)


def profiled_deviance(design, reml=True):
    """Criterion of a design as a callable of theta.

    Parameters
    ----------
    design : Design
        With at least one random term.
    reml : bool
        REML criterion if true, deviance (-2 log likelihood) if false.

    Returns
    -------
    ProfiledDeviance

    Raises
    ------
    DataError
        If the fixed effects explain the response exactly.

    Examples
    --------
    >>> import mlm
    >>> design = mlm.design_matrices(
    ...     "Reaction ~ Days + (1 | Subject)", mlm.load_sleepstudy()
    ... )
    >>> round(mlm.profiled_deviance(design)([1.0]), 4)
    1787.3989
    """
    return ProfiledDeviance(Products(design), reml)


def _cholesky(A):
    """Lower Cholesky factor and its inverse of every A[:, :, j]; loops over k only."""
    L, inverse = np.zeros_like(A), np.zeros_like(A)
    for i in range(len(A)):
        for j in range(i + 1):
            rest = A[i, j] - np.einsum("aj,aj->j", L[i, :j], L[j, :j])
            L[i, j] = np.sqrt(rest) if i == j else rest / L[j, j]
        inverse[i, i] = 1 / L[i, i]
        for j in range(i):
            known = np.einsum("aj,aj->j", L[i, j:i], inverse[j:i, j])
            inverse[i, j] = -known * inverse[i, i]
    return L, inverse
