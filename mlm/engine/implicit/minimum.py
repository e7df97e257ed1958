"""Search where a criterion is estimated by probes, with as many as it takes.

The search is that of every fit (`mlm.engine.search`).  Where it ends, the Monte Carlo
errors of the estimates are known (`ImplicitCriterion.errors`); if one is too large,
probes are added, and the search goes on from there.
"""

from dataclasses import dataclass

import numpy as np

from mlm.engine.convergence import Convergence, judge
from mlm.engine.points import Point
from mlm.engine.problem import Problem
from mlm.engine.search import settle

# Largest Monte Carlo error of an estimate, as a share of its standard error.
TARGET = 0.005
# How many more probes to draw than the error asks for, as it is an estimate itself.
MARGIN = 1.2
MOST_PROBES = 1000
# Fewer probes hardly know their own error: they are enough if it is that much smaller.
ENOUGH, SURE = 8, 0.2
# A residual sum of squares at the end that is a smaller share of the response's: the
# search ran as far as there are digits (`mlm.engine.implicit.factors.LOST`).
NOTHING = 1e-9


@dataclass(frozen=True, eq=False)
class IterativeConvergence(Convergence):
    """How the search of an iterative fit ended, and how far probes may be off.

    Attributes
    ----------
    converged, evaluations, gradient, singular
        As of `Convergence`; the gradient is that at the end, by what can vary.
    probes : int
        Random vectors that traces were estimated with.
    seed : int
        Of the probes: the same seed gives the same estimates to the last bit.
    iterations : int
        Steps of conjugate gradients that solve for the random effects at the estimates.
    monte_carlo : dict of float
        Standard deviation of each parameter over seeds, as a share of its standard
        error: by the names of theta, ``"sigma"``, and those of the fixed effects.
    criterion_error : float
        Standard deviation of the criterion over seeds.
    """

    probes: int
    seed: int
    iterations: int
    monte_carlo: dict
    criterion_error: float
    _covariance: np.ndarray  # over seeds: of theta, log sigma and the fixed effects

    solver = "iterative"

    @property
    def worst(self):
        """Largest Monte Carlo error of a parameter, as a share of its SE: float."""
        return max(self.monte_carlo.values())

    @property
    def reached(self):
        """Whether all parameters have a Monte Carlo error as small as is aimed at."""
        return self.worst <= TARGET

    @property
    def solver_lines(self):
        """How the random effects were solved for, and how exactly: list of str."""
        return [
            f"Solver: iterative, {self.probes} probes (seed {self.seed})",
            f"Monte Carlo error: {100 * self.worst:.2g} % of a standard error at most, "
            f"{self.criterion_error:.2g} of the criterion",
        ]

    def __repr__(self):
        return "\n".join([self.words, *self.solver_lines])


def minimise(criterion, start=None):
    """Find the theta with the smallest criterion.

    Parameters
    ----------
    criterion : ImplicitCriterion
    start : array_like, shape (m,), optional
        A theta to search from as well; the best end is kept.

    Returns
    -------
    solution : Solution
    criterion : ImplicitCriterion
        With the probes that were needed.
    convergence : IterativeConvergence

    Raises
    ------
    DataError
        If the criterion cannot be computed anywhere; or if fixed and random effects
        together explain the response exactly.
    """
    points, evaluations = [criterion.start()], 0
    if start is not None:
        points.append(Point.of(criterion.basis.whiten(start)))
    while True:
        problem = Problem(criterion)
        with np.errstate(all="ignore"):  # a number that is not finite is no criterion
            ends = [settle(problem, problem.clear(point)) for point in points]
        end = min(ends, key=lambda end: end.value[0])
        evaluations += problem.evaluations
        if np.isinf(end.value[0]):
            raise criterion.error()
        theta = criterion.basis.unwhiten([T[0] for T in end.point.blocks])
        errors, drawn = criterion.errors(theta), criterion.probes.number
        left = errors.factors.R[-1, -1] ** 2 / criterion.sums.A22[-1, -1]
        if left < NOTHING or not (errors.over_samples > 0).all():
            raise criterion.error()
        errors = errors.widened(drawn, TARGET)
        worst = errors.shares.max()
        target = TARGET if drawn >= ENOUGH else SURE * TARGET
        if worst <= target or drawn == MOST_PROBES:
            break
        wanted = int(np.ceil(MARGIN * drawn * (worst / TARGET) ** 2))
        wanted = max(wanted, ENOUGH)
        criterion, points = criterion.with_probes(min(wanted, MOST_PROBES)), [end.point]
    names = [*criterion.names, "sigma", *criterion.design.fixed_names]
    convergence = IterativeConvergence(
        **vars(judge(criterion, end, evaluations, errors.gradient)),
        probes=drawn,
        seed=criterion.probes.seed,
        iterations=errors.factors.steps,
        monte_carlo=dict(zip(names, map(float, errors.shares), strict=True)),
        criterion_error=float(np.sqrt(errors.factors.traces.error[0, 0])),
        _covariance=errors.over_seeds,
    )
    return criterion.solve(theta, errors.factors), criterion, convergence
