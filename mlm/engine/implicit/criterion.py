"""The criterion of two crossed factors with many groups, estimated by probes.

What is exact and what is not says `mlm.engine.implicit.factors`.  Value and slopes come
from the same probes, but one is not the derivative of the other: the search compares
points by slopes (``blurred`` in `mlm.engine.problem`).  The curvature is the average
information (`mlm.engine.curvature`), and with it the error of the slopes becomes one of
the estimates: where H is the curvature and S the covariance of the slopes' errors,
H⁻¹SH⁻¹ is that of the estimates' errors, beside 2H⁻¹, their sampling covariance.
"""

import numpy as np

from mlm.engine.curvature import average_information, residual_slopes
from mlm.engine.implicit.crossed import crossed
from mlm.engine.implicit.factors import coupled_at, crossed_factors
from mlm.engine.implicit.probes import probes
from mlm.engine.implicit.sums import crossed_products
from mlm.engine.profiled import ProfiledCriterion
from mlm.engine.starts import moment_estimates

# Probes to begin with, and the seed of their signs.
FIRST_PROBES, SEED = 24, 1


class ImplicitCriterion(ProfiledCriterion):
    """REML criterion, or deviance, of crossed factors with many groups.

    Parameters
    ----------
    design : Design
        With terms that `mlm.engine.implicit.crossed` lets pass.
    reml : bool
    sums : CrossedSums, optional
        Those of the design, where they are at hand.
    known : Probes, optional
        Drawn anew if left out.
    seed : int
        Of the probes.

    Attributes
    ----------
    design, sums, reml, d, constant
        As of `ProfiledCriterion`.
    probes : Probes
    """

    costly = blurred = True

    def __init__(self, design, reml, sums=None, known=None, seed=SEED):
        super().__init__(design, reml, sums)
        if known is None:
            coupled = coupled_at(self.sums, moment_estimates(self.sums))
            known = probes(coupled, FIRST_PROBES, seed)
        self.probes = known

    @staticmethod
    def _sums(terms, basis, y, weights):
        return crossed_products(crossed(terms), basis, y, weights)

    def _alike(self, design, sums):
        return ImplicitCriterion(design, self.reml, sums, self.probes)

    def with_probes(self, number):
        """The same criterion with more probes.

        Parameters
        ----------
        number : int
            Of all.

        Returns
        -------
        ImplicitCriterion
        """
        known = self.probes.more(number)
        return ImplicitCriterion(self.design, self.reml, self.sums, known)

    def factorise(self, blocks):
        """Solve the penalised system (Bates et al. 2015, eq. 17 to 19).

        Parameters
        ----------
        blocks : list of ndarray, shape (1, 1)
            One a term.

        Returns
        -------
        CrossedFactors

        Raises
        ------
        DataError
            As `crossed_factors` does.
        """
        return crossed_factors(self.sums, blocks, self.probes)

    def errors(self, factors):
        """How far probes, and how far the data, may move every parameter.

        Parameters
        ----------
        factors : CrossedFactors
            At the estimates.

        Returns
        -------
        error, sampling : ndarray, shape (m + 1 + p,)
            Variances over seeds, and over samples, of the blocks of Λ, log sigma and
            the fixed effects; the first is 0 and the other 1 where a block is 0.
        """
        structure, blocks = self.sums.structure, factors.blocks
        t = np.array([T[0, 0] for T in blocks])
        noise = np.zeros((len(t), 2))  # of the slopes by Λ, from that of the traces
        for f, stage in enumerate(structure.stages):
            (i,) = stage.terms
            noise[i, f] = 2 * t[i]
        inside, r2 = np.flatnonzero(t), factors.R[-1, -1] ** 2
        H = average_information(factors, self.d)[np.ix_(inside, inside)]
        H_inverse = np.linalg.inv(H)
        moved = H_inverse @ noise[inside]
        covariance = moved @ factors.traces.error[1:, 1:] @ moved.T
        with_e, by_X = (part[..., inside] for part in residual_slopes(factors))
        # Derivatives by the blocks: of log σ, with σ² = r²/d, and of β.
        by_sigma, p = -with_e / (2 * r2), self.sums.p
        triangle = factors.R[-1 - p : -1, -1 - p : -1]
        by_beta = np.linalg.solve(self.basis.RX, np.linalg.solve(triangle.T, -by_X))
        by_all = np.vstack([by_sigma, by_beta])
        error, sampling = np.zeros(len(t) + 1 + p), np.ones(len(t) + 1 + p)
        error[inside], sampling[inside] = np.diag(covariance), 2 * np.diag(H_inverse)
        error[len(t) :] = np.einsum("pi,ij,pj->p", by_all, covariance, by_all)
        of_sigma = by_sigma @ (2 * H_inverse) @ by_sigma + 1 / (2 * self.d)
        of_beta = r2 / self.d * np.diag(factors.fixed_covariance())
        sampling[len(t) :] = [of_sigma, *of_beta]
        return error, sampling
