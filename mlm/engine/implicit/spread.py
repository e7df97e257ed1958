"""Conditional variances of all random effects, estimated by probes.

In the letters of `mlm.engine.implicit.coupled`, and where other effects are known, the
conditional covariances over σ² of the kept factors and of the first are

    R(I − E)⁻¹Rᵀ = N + RE²(I − E)⁻¹Rᵀ, group by group
    N₁ + N₁GR(I − E)⁻¹RᵀGᵀN₁ = N₁ + N₁GNGᵀN₁ + N₁GRE(I − E)⁻¹RᵀGᵀN₁

The last term of each is small.  Its blocks are estimated by products of two vectors
made of each probe (Bekas, Kokiopoulou & Saad 2007, Appl. Numer. Math. 57, 1214-1229).
"""

from typing import NamedTuple

import numpy as np
from scipy.linalg import block_diag

from mlm.engine.implicit.blocks import BlockDiagonal, by_effect
from mlm.engine.implicit.probes import TOGETHER, TOLERANCE
from mlm.engine.spread import rest_root, variances_of_others

# Probes are added until conditional standard deviations are off by no more (root mean
# square, as a share), or there are so many.
TARGET, MOST_PROBES = 0.005, 512


class Spread(NamedTuple):
    """Conditional covariances over sigma² by grouping factor, and their errors."""

    variances: dict  # of ndarray, shape (J, k, k)
    errors: dict  # of float: rms, over groups, of the standard deviations' as shares


def conditional_variances(factors):
    """Conditional covariances of all random effects (Bates et al. 2015, eq. 58).

    Parameters
    ----------
    factors : CrossedFactors

    Returns
    -------
    Spread
        Covariances of each grouping factor's effects, those of all its terms together.
        Those of factors that stay with X and y have no error of their own.
    """
    stages, number = factors.sums.structure.stages, 0
    variances = variances_of_others(factors)
    errors = dict.fromkeys(variances, 0.0)
    back = [_back(factors.sums.basis, stage) for stage in stages]
    exact = zip(*_sides(factors, factors.probes.Q, back), strict=True)
    known = [_known(factors, f, back[f]) + _pairs(*own) for f, own in enumerate(exact)]
    estimates = [_Estimate(own) for own in known]
    while True:
        drawn = factors.probes.more(number + TOGETHER).columns(number)
        number += drawn.shape[1]
        sides = zip(*_sides(factors, drawn, back), strict=True)
        for stage, estimate, own in zip(stages, estimates, sides, strict=True):
            estimate.add(*own)
            group = stage.term.group
            variances[group], errors[group] = estimate.found(number)
        if max(errors.values()) <= TARGET or number >= MOST_PROBES:
            return Spread(variances, errors)


class _Estimate:
    """Conditional covariances of one factor, as more and more probes estimate them.

    Parameters
    ----------
    known : ndarray, shape (k, k, J)
        The part that takes no probes.
    """

    def __init__(self, known):
        self._known, self._sums = known, np.zeros_like(known)
        self._squares = np.zeros(known.shape[1:])

    def add(self, left, right):
        """Add what some probes say, each side an ndarray of shape (k, J, c)."""
        self._sums += _pairs(left, right)
        self._squares += np.sum((left * right) ** 2, axis=-1)

    def found(self, number):
        """Covariances, shape (J, k, k), and their error, after a number of probes."""
        mean = self._sums / number
        found, of_each = self._known + mean, np.einsum("aaj->aj", mean)
        spread = np.maximum(self._squares / number - of_each**2, 0)
        error, sizes = np.sqrt(spread / (number - 1)), np.einsum("aaj->aj", found)
        shares = np.divide(error, 2 * sizes, out=np.zeros_like(error), where=error > 0)
        return np.moveaxis(found, -1, 0), float(np.sqrt(np.mean(shares**2)))


def _known(factors, f, back):
    """The part of one factor that takes no probes: ndarray, shape (k, k, J)."""
    coupled, sums = factors.coupled, factors.sums
    N = coupled.own[f].N
    if not f:
        N = N + np.einsum("abj,bcj,cdj->adj", N, coupled.met, N, optimize=True)
    # What effects of factors that stay with X and y leave open.
    q2 = sums.structure.q2
    by_rest = by_effect(factors.P[f][:, :q2], len(N))
    by_rest = np.einsum("ab,bjr->ajr", coupled.gamma[f], by_rest)
    root = by_rest @ rest_root(factors, q2).T
    N = N + np.einsum("ajr,bjr->abj", root, root)
    return np.einsum("ab,bcj,dc->adj", back, N, back, optimize=True)


def _back(basis, stage):
    """From orthonormal effects to those that the terms have: ndarray, shape (k, k)."""
    return np.linalg.inv(block_diag(*(basis.R[i] for i in stage.terms)))


def _sides(factors, v, back):
    """Two vectors of every factor, whose pairs group by group are what is missing.

    Parameters
    ----------
    factors : CrossedFactors
    v : ndarray, shape (q_K, c)
    back : list of ndarray, shape (k, k)

    Returns
    -------
    left, right : list of ndarray, shape (k, J, c)
        One a factor.
    """
    coupled = factors.coupled
    sides = []
    for kept, first in coupled.reach(v, TOLERANCE):
        N = BlockDiagonal([coupled.own[0].N])
        parts = [N.times(first), *(kept[place] for place in factors.sums.kept)]
        sides.append(
            [
                np.einsum("ab,bjc->ajc", own, by_effect(part, len(own)))
                for own, part in zip(back, parts, strict=True)
            ]
        )
    return sides


def _pairs(left, right):
    """Σ of the pairs of all columns, symmetric: ndarray, shape (k, k, J)."""
    sums = np.einsum("ajc,bjc->abj", left, right)
    return (sums + sums.swapaxes(0, 1)) / 2
