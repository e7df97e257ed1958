"""The engine: profiled criterion of theta and its exact gradient.

The same numbers as `mlm.pls`, computed for speed instead of for reading: the data
enter once, as cross-products, so the cost of an evaluation does not grow with n.

`mlm.elimination` factorises: L_j for every group of the factors that are eliminated
group by group, and R for everything else, X and y included.  The diagonals of all L_j
and R are those of L_θ and R_X, and r(θ), of Bates et al. (2015, eq. 18 and 19).  With
weight w = 1 on random effects, 1 (REML) or 0 (ML) on X, and d = n − p (REML) or n (ML)
on y, eq. 34 and 41 become

    f = Σ w log(diagonal²) + d (1 + log(2π/d))

and, with B = R⁻ᵀ W R⁻¹ and D_j = C_jᵀ Λ₂ B Λ₂ᵀ C_j, its derivatives are

    ∂f/∂T = 2 Σ_j (A_j − D_j + A_j N_j D_j) K_j       ∂f/∂Λ₂ = 2 H Λ₂ B
"""

import numpy as np
from scipy.linalg.lapack import dlauum, dtrtri

from mlm.arguments import kind, numbers, truth
from mlm.design import A_DESIGN, Design
from mlm.elimination import eliminate
from mlm.products import Products


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
    constant : float
        What theta has no share in: X = Q RX, and the prior weights.
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
        self.constant = 2 * reml * np.log(np.diag(products.RX)).sum()
        if design.weights is not None:
            self.constant -= np.log(design.weights).sum()

    def __call__(self, theta):
        """The REML criterion, or the deviance, at theta."""
        theta = numbers("theta", theta)
        return self.at(self.products.whiten(theta), gradient=False)[0]

    def gradient(self, theta):
        """Exact derivative of the criterion by theta, shape (m,)."""
        _, slopes = self.at(self.products.whiten(numbers("theta", theta)))
        return self.products.slopes_by_theta(slopes)

    def factorise(self, blocks):
        """Factorise the penalised system for given blocks of Λ (see `at`)."""
        return eliminate(self.products, blocks)

    def at(self, blocks, gradient=True):
        """The criterion, and its derivative by each block of Λ.

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
        """Criterion and slopes as `at`, and the factorisation they come from."""
        self.evaluations += 1
        factors = self.factorise(blocks)
        return self.criterion(factors), self._slopes(factors, self._weight), factors

    def criterion(self, factors):
        """Criterion of a factorisation, f in the module's letters."""
        logs = 2 * np.log(np.diag(factors.R))
        profiled = self.d * (1 + np.log(2 * np.pi / self.d))
        return float(self._weight @ logs + factors.log_det + profiled + self.constant)

    def at_sigma(self, blocks, sigma):
        """The criterion with sigma not profiled out (eq. 31), and derivatives.

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
        deviance = factors.log_det + self.constant
        deviance += 2 * self._weight[:-1] @ np.log(diagonal[:-1])
        deviance += d * np.log(2 * np.pi * sigma**2) + ratio
        # The derivative of r²/σ² is r²/σ² times that of log r².
        weight = np.append(self._weight[:-1], ratio)
        return float(deviance), self._slopes(factors, weight), float(2 * (d - ratio))

    def _slopes(self, factors, weight):
        """Derivatives of Σ weight log(diagonal²) by the blocks of Λ."""
        if factors.by_rows is not None:
            return factors.by_rows.slopes(weight)
        B = self._weighted_inverse(factors.R, weight)
        slopes = self._rest_slopes(factors.HL, B)
        P = factors.rest_times(factors.rest_times(B).T)
        for stage, (A, _, K, N), D in factors.backward(P):
            ND = np.einsum("abj,bcj->acj", N, D)
            F = A - D + np.einsum("abj,bcj->acj", A, ND)
            slopes |= stage.split(2 * np.einsum("abj,bcj->ac", F, K))
        return [slopes[i] for i in range(len(self.products.terms))]

    def _weighted_inverse(self, R, weight):
        """B = R⁻ᵀ W R⁻¹, by what differs from R⁻ᵀ R⁻¹: the rows of X and y."""
        R_inverse, _ = dtrtri(R, lower=True)
        last = R_inverse[self.products.q2 :].copy()
        B, _ = dlauum(R_inverse, lower=True, overwrite_c=True)
        B += np.tril(B, -1).T  # LAPACK fills the lower triangle only
        B += last.T @ ((weight[-len(last) :, None] - 1) * last)
        return B

    def _rest_slopes(self, HL, B):
        """∂f/∂Λ₂ = 2 H Λ₂ B, summed over the groups of each term: dict by term."""
        slopes = {}
        for i, place in self.products.rows.items():
            k = self.products.terms[i].k
            rows = HL[place].reshape(-1, k, len(B))
            columns = B[:, place].reshape(len(B), -1, k)
            slopes[i] = 2 * np.einsum("jar,rjb->ab", rows, columns)
        return slopes


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
    kind("design", design, Design, A_DESIGN)
    return ProfiledDeviance(Products(design), truth("reml", reml))
