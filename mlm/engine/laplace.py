"""The Laplace criterion of a generalised linear mixed model, and its derivatives.

With η = Qβ + ZΛu + o, ℓ the log likelihood, g, W and W′ as `mlm.families.rows` has them
and Wₒ = −ℓ″,

    h(u) = −2ℓ(η) + ‖u‖²      ũ = argmin h      M = ΛᵀZᵀWZΛ + I      d = h(ũ) + log|M|

d is −2 log of Laplace's approximation of the likelihood.  ũ is found by Newton's method
(`LaplaceCriterion.mode`), which for concave ℓ always descends.  With V = ΛM⁻¹Λᵀ, v the
diagonal of ZVZᵀ, t = W′v, and Mₒ as M with Wₒ, the implicit function theorem gives

    c = Mₒ⁻¹ΛᵀZᵀt             e = t − Wₒ ∘ ZΛc − 2g             ∂d/∂β = Qᵀe
    ∂d/∂Λ = ∂log|M|/∂Λ + Σ_j Zⱼᵀe uⱼᵀ + Zⱼᵀg cⱼᵀ

Laplace for generalised models: Breslow & Clayton (1993, JASA 88, 9-25).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mlm.engine.adjoint import solve_adjoint
from mlm.engine.convergence import hessian
from mlm.engine.glm_start import LIGHTEST, moments_of_terms, starting_point
from mlm.engine.mode import LAST_STEP, Mode, find_mode
from mlm.engine.penalised import PenalisedSystem
from mlm.engine.points import Point
from mlm.engine.prediction import Known, predict
from mlm.engine.row_variances import row_variances
from mlm.engine.searched import Searched

# With more rows, a few hundred evaluations take longer than a reader waits.
COSTLY = 20_000
# With more effects in the dense rest, matrices of the last point would fill memory.
REMEMBERED = 2_000
# Of differences by tiny steps, a last step to the mode that lowers h by less is unseen.
UNSEEN = 1e-20
# A guess with h so much above that of the last mode may be bad: at all, and by the row.
WORSE, BY_ROW = 10, 0.1


@dataclass(frozen=True, eq=False)
class Around:
    """The criterion and its derivatives at one Λ and β.

    Attributes
    ----------
    value : float
    slopes : list of ndarray, shape (k, k)
        By the blocks of Λ.
    by_beta : ndarray, shape (p,)
        By the coefficients of Q; empty if they are no unknowns of the search.
    factors : Factorisation or GroupFactors
        Of M, with the columns of X if they were asked for.
    mode : Mode
    with_g : list of ndarray, shape (k, J)
        Zᵀg, one a term.
    """

    value: float
    slopes: list
    by_beta: np.ndarray
    factors: object
    mode: Mode
    with_g: list

    def flat(self):
        """Derivatives by all unknowns, as `Point.flat` has them: ndarray."""
        return np.concatenate([*(slope.ravel() for slope in self.slopes), self.by_beta])


class LaplaceCriterion(Searched):
    """−2 log likelihood by Laplace, as a function of Λ and β.

    It remembers the last mode, to start the next search for one.

    Parameters
    ----------
    model : WorkingModel
        Where β is part of the mode, [Mₒ, ΛᵀZᵀWₒQ; QᵀWₒZΛ, QᵀWₒQ] stands for Mₒ in the
        formulas above, and Λ alone is unknown.

    Attributes
    ----------
    model : WorkingModel
    """

    @property
    def costly(self):
        """Whether rows are so many that other minima are not looked for."""
        return len(self.model.y) > COSTLY

    @cached_property
    def unit(self):
        """About the standard error of the coefficients of Q: float."""
        family, y, weights = self.model.family, self.model.y, self.model.weights
        W = self.model.at(family.start(y, weights)).W
        # A link of one's own may have no η for a start.
        mean = np.mean(np.where(np.isfinite(W), W, 0.0))
        return float(1 / np.sqrt(max(mean, LIGHTEST)))

    def __init__(self, model):
        self.model = model
        self._constant = -2 * model.family.constant(model.y, model.weights)
        self._nothing = [np.zeros((term.k, term.J)) for term in model.terms]
        self._beta, self._known = np.zeros(len(model.Q)), None

    def mode(self, blocks, beta, last=LAST_STEP):
        """The conditional mode (`mlm.engine.mode`), from near the last one.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
        beta : ndarray, shape (p,)
            Coefficients of Q; not read where they are part of the mode.
        last : float
            A step that lowers h by less is the last.

        Returns
        -------
        Mode

        Raises
        ------
        LinAlgError
            If none is found.
        """
        beta = self._beta if self.model.joint else beta
        starts, enough = [(self._nothing, beta)], np.inf
        if self._known is not None:
            starts = self._guesses(blocks, beta) + starts
            enough = self._known.h + WORSE + BY_ROW * len(self.model.y)
        return find_mode(self._system(blocks), starts, enough, with_X=True, last=last)

    def _guesses(self, blocks, beta):
        """Effects and β near the mode that is remembered, the best first: list."""
        known = self._known
        there = known.u, known.beta if self.model.joint else beta
        ahead = [] if known.factors is None else [self._predicted(blocks, beta)]
        return [*ahead, there]

    def around(self, blocks, beta, last=LAST_STEP):
        """The criterion and its exact derivatives; what is there is remembered.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
        beta, last
            As for `mode`.

        Returns
        -------
        Around

        Raises
        ------
        DataError
            If Λ is too large to compute with.
        LinAlgError
            If no conditional mode is found.
        """
        here = self._at_mode(blocks, self.mode(blocks, beta, last))
        mode, factors = here.mode, self._remembered(here.factors)
        self._known = Known(blocks, mode.beta, mode.u, mode.h, here.with_g, factors)
        return here

    def factorise(self, blocks, beta):
        """M at the mode, with the columns of X.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
        beta : ndarray, shape (p,)
            As for `mode`, as the errors are.

        Returns
        -------
        Factorisation
        """
        return self.model.factorise(blocks, self.mode(blocks, beta).rows.W, True)

    def _system(self, blocks):
        """Newton's steps to the mode: `PenalisedSystem`."""
        return PenalisedSystem(self.model, blocks)

    def _predicted(self, blocks, beta):
        """The mode to first order, from the one that is remembered."""
        return predict(self._known, blocks, beta, self.model.joint)

    def _remembered(self, factors):
        """Factors without the rows' weights; None where they are too large to keep."""
        if self.model.structure.q2 > REMEMBERED:
            return None
        return replace(factors, sums=replace(factors.sums, roots=None))

    def _factors(self, blocks, mode, with_X):
        """M at the mode, factorised: `Factorisation`."""
        model, with_X = self.model, with_X or self.model.joint
        if mode.rows.W_observed is mode.rows.W:
            found = mode.factors
            if not with_X or found.sums.p == len(model.Q):
                return found
        return model.factorise(blocks, mode.rows.W, with_X)

    def _at_mode(self, blocks, mode, with_X=True):
        """The criterion and its derivatives at the mode: `Around`.

        The columns of X are factorised if they are asked for, or β is in the mode.
        """
        model = self.model
        rows, q2 = mode.rows, self.model.structure.q2
        factors = self._factors(blocks, mode, with_X)
        t = rows.W_slope * row_variances(factors, model.rows.Z)
        c, _, along = solve_adjoint(model, blocks, factors, mode, t)
        e = t - rows.W_observed * along - 2 * rows.g
        with_g, with_e = model.with_Z(rows.g), model.with_Z(e)
        # X and the place of y have no share in log|M|.
        weight = np.repeat([1.0, 0.0], [q2, len(factors.R) - q2])
        slopes = [
            slope + Ze @ u.T + Zg @ own.T
            for slope, Ze, u, Zg, own in zip(
                factors.slopes(weight), with_e, mode.u, with_g, c, strict=True
            )
        ]
        log_det = factors.log_det + 2 * np.log(np.diag(factors.R)[:q2]).sum()
        # The last step to the mode changes log|M| to first order.
        value = mode.h + log_det + t @ mode.last.ahead + self._constant
        if mode.factors is None:  # steps were not Newton's, and left some of the way
            value += sum(
                np.vdot(own, T.T @ Zg - u)
                for own, T, Zg, u in zip(c, blocks, with_g, mode.u, strict=True)
            )
        by_beta = (model.Q if not model.joint else model.Q[:0]) @ e
        return Around(float(value), slopes, by_beta, factors, mode, with_g)

    def start(self):
        """A model without random effects, and variances by moments: `Point`."""
        point = starting_point(self.model, self._moments)
        if not self.model.joint:
            return point
        self._beta = point.vector[0]
        return Point.of([T[0] for T in point.blocks])

    def _moments(self, rows):
        """Equations for variances to start from."""
        return moments_of_terms(self.model, rows)

    def slopes(self, point, near):
        """Derivatives by the unknowns.

        The search for the mode starts from that of the point near by; it is not
        remembered.

        Parameters
        ----------
        point, near : Point

        Returns
        -------
        ndarray, shape (1, Σ k² + p)
        """
        self._ask(near)
        blocks, beta = [T[0] for T in point.blocks], point.vector[0]
        best, *_ = self._guesses(blocks, beta)
        mode = find_mode(self._system(blocks), [best], last=UNSEEN)
        return self._at_mode(blocks, mode, with_X=False).flat()[None]

    def hessian(self, point, covariance):
        """Second derivatives by the unknowns, as differences of the first.

        Parameters
        ----------
        point : Point
        covariance : ndarray, shape (p, p)
            Of β, as if Λ were known: differences are taken by standard errors.

        Returns
        -------
        ndarray, shape (m + p, m + p)
            By the lower triangles of the blocks, in some unit of each element, and β.
        """
        errors = 1 / np.sqrt(np.diag(np.linalg.inv(covariance)))
        H = hessian(self, point, errors)
        p = len(errors)
        H[-p:] /= errors[:, None]
        H[:, -p:] /= errors
        return H

    def _ask(self, point):
        """Remember the mode of a point."""
        if self._known is None or not self._known.is_at(point, self.model.joint):
            self._around(point)

    def steps(self, point):
        """Lengths of the steps from u = 0 to the mode: tuple of float."""
        blocks, beta = [T[0] for T in point.blocks], point.vector[0]
        if self.model.joint:
            beta = np.zeros(len(self.model.Q))
        return find_mode(self._system(blocks), [(self._nothing, beta)]).steps
