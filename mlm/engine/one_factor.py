"""Laplace's criterion where one grouping factor is all: every formula group by group.

Then M has a small block for each group j.  With A_j = Z_jᵀWZ_j, S_j = Z_jᵀg, and the
factor's block T of Λ,

    Ω_j = TᵀA_jT + I      Newton's step δ_j = Ω_j⁻¹ (TᵀS_j − u_j)      N_j = TΩ_j⁻¹Tᵀ

and the rest of `mlm.engine.laplace` are a few sums over the rows of a group.  Where all
Ω_j are positive definite with the observed weights, steps use these, negative ones too.
`LaplaceCriterion` itself finds the same numbers for any structure.
"""

from functools import cached_property

import numpy as np

from mlm.engine.curvature import directions_of_stage
from mlm.engine.group_curvature import second_derivatives
from mlm.engine.group_factors import GroupSystem
from mlm.engine.group_rows import group_rows, left, times
from mlm.engine.laplace import Around, LaplaceCriterion
from mlm.engine.mode import Place


def laplace(model):
    """Laplace's criterion, by the quickest way that the random effects allow.

    Parameters
    ----------
    model : WorkingModel

    Returns
    -------
    LaplaceCriterion
    """
    structure = model.structure
    alone = len(structure.stages) == 1 and not structure.others and not model.joint
    return OneFactorCriterion(model) if alone else LaplaceCriterion(model)


class OneFactorCriterion(LaplaceCriterion):
    """−2 log likelihood by Laplace, where all terms have the same groups.

    Parameters
    ----------
    model : WorkingModel
        Of which β is an unknown.
    """

    @cached_property
    def _by_group(self):
        """The rows, ready to be summed: `GroupRows`."""
        return group_rows(self.model)

    def _system(self, blocks):
        return GroupSystem(self._by_group, blocks)

    def _predicted(self, blocks, beta):
        known, by_group = self._known, self._by_group
        T, before = by_group.stage.block(blocks), known.factors
        u = by_group.stage.joined(known.u)
        with_g = by_group.stage.joined(known.with_g)
        ahead = left(T.T, with_g)
        moved = left(T, ahead) - left(before.T, u)
        back = before.back(moved, beta - known.beta)
        return by_group.split(ahead - back), beta

    def _remembered(self, factors):
        return factors

    def _information(self, blocks, here):
        stage = self._by_group.stage
        with_g = stage.joined(here.with_g)
        return here.factors.information(directions_of_stage(stage, blocks, with_g))

    def _moments(self, rows):
        by_group = self._by_group
        A, S = by_group.squares(rows.W), by_group.sums(rows.g)
        spans = by_group.stage.spans.values()
        system = [[np.vdot(A[i, m], A[i, m]) for m in spans] for i in spans]
        excess = [np.vdot(S[i], S[i]) - np.einsum("aaj->", A[i, i]) for i in spans]
        return np.array(system), np.array(excess)

    def hessian(self, point, covariance):
        """Second derivatives by the unknowns, exactly: as `LaplaceCriterion` has them.

        Parameters
        ----------
        point : Point
        covariance : ndarray, shape (p, p)
            Not read.

        Returns
        -------
        ndarray, shape (m + p, m + p)
        """
        self._ask(point)
        blocks, beta = [T[0] for T in point.blocks], point.vector[0]
        system = self._system(blocks)
        found = second_derivatives(system, Place.of(system, self._known.u, beta))
        lower = [np.tri(len(T), dtype=bool).ravel() for T in blocks]
        free = np.concatenate([*lower, np.ones(len(beta), dtype=bool)])
        return found[free][:, free]

    def _at_mode(self, blocks, mode, with_X=True):
        rows, last, by_group = mode.rows, mode.last, self._by_group
        observed, with_g, moved = last.factors
        system = self._system(blocks)
        T = system.T
        if not last.squares:
            observed = system.factorise(rows.W_observed)
        own = rows.W_observed is rows.W
        factors = observed if own else system.factorise(rows.W)
        t, with_t, c = system.adjoint(rows, factors, observed)
        b = left(T, c)
        with_g = with_g - times(observed.A, moved)
        with_e = with_t - times(observed.A, b) - 2 * with_g
        u = by_group.stage.joined(mode.u)
        slopes = factors.slopes() + with_e @ u.T + with_g @ c.T
        slopes = by_group.stage.split(slopes)
        # The last step to the mode changes log|M| to first order.
        value = mode.h + factors.log_det + np.vdot(with_t, moved) + self._constant
        if not last.squares:  # steps were not Newton's, and left some of the way
            value += np.vdot(c, left(T.T, with_g) - u)
        e = t - rows.W_observed * by_group.along(b) - 2 * rows.g
        return Around(
            float(value),
            [slopes[i] for i in range(len(slopes))],
            self.model.Q @ e,
            factors,
            mode,
            by_group.split(with_g),
        )
