"""Find the best minimum of one criterion.

One search (`mlm.engine.search`) starts where the criterion says.  There may be several
minima, though, most often one where a variance is 0 and another inside.  Where that is
likely, others are looked for: from wide starts, and from wherever the criterion dips
(`mlm.engine.dips`).
"""

import numpy as np

from mlm.engine.boundary import CRITERION_TOLERANCE, NEARLY_ZERO
from mlm.engine.convergence import GRADIENT_TOLERANCE, judge
from mlm.engine.dips import dips_alone, dips_along, dips_of_pairs
from mlm.engine.points import Point
from mlm.engine.problem import Problem
from mlm.engine.search import settle
from mlm.engine.several import MANY_GROUPS, large, several_likely, sharing
from mlm.engine.starts import other_starts
from mlm.ground.linalg import lower_factor

# Standard deviations, on the scale of a link, to start from as well.
SIZES = 1.0, 4.0
# Most rounds of looking along all directions.
MOST_ROUNDS = 5
# For a search without derivatives, for each element of theta.
MOST_EVALUATIONS = 300


def minimise(criterion, start=None, careful=False):
    """Find the theta with the smallest criterion.

    Parameters
    ----------
    criterion : ProfiledCriterion
    start : array_like, shape (m,), optional
        A theta to search from as well; the best end is kept.
    careful : bool
        See `Problem`.

    Returns
    -------
    theta : ndarray, shape (m,)
        With a non-negative diagonal; variances that vanish are exactly 0.
    vector : ndarray, shape (v,)
        The other unknowns, if the criterion has any.
    convergence : Convergence

    Raises
    ------
    DataError
        If the criterion cannot be computed anywhere, with the criterion's own reason.
    """
    problem = Problem(criterion, careful)
    with np.errstate(all="ignore"):  # a number that is not finite is no criterion
        first = criterion.start()
        best = settle(problem, first)
        if start is not None:
            given = Point.of(criterion.basis.whiten(start), first.vector[0])
            best = _better(settle(problem, problem.clear(given)), best)
        if doubtful(problem, best):
            best = look_elsewhere(problem, best)
    if np.isinf(best.value[0]):
        raise criterion.error()
    convergence = judge(criterion, best, problem.evaluations)
    theta = criterion.basis.unwhiten([T[0] for T in best.point.blocks])
    return theta, best.point.vector[0], convergence


def _better(one, other):
    """The lower of two minima; rounding does not count."""
    return one if one.value[0] < other.value[0] - CRITERION_TOLERANCE else other


def doubtful(problem, end):
    """Whether there may be a better minimum than the one that was found.

    So it is where several are likely, where a variance is 0 or several effects of few
    groups are large, and where the search did not converge; of a costly criterion, only
    the latter.

    Parameters
    ----------
    problem : Problem
    end : Minima
        Of one search.

    Returns
    -------
    bool
    """
    criterion = problem.criterion
    pairs = zip(end.point.blocks, problem.units, strict=True)
    stopped = end.size[0] > GRADIENT_TOLERANCE
    if criterion.costly:
        return stopped
    return (
        stopped
        or large(problem, end)[0]
        or any(T[0].diagonal().min() < NEARLY_ZERO * unit for T, unit in pairs)
        or several_likely(criterion)
    )


def look_elsewhere(problem, best):
    """Look for a better minimum than the one that was found.

    Parameters
    ----------
    problem : Problem
    best : Minima
        Of one search.

    Returns
    -------
    Minima
        Of one search: the better one, or `best` itself.
    """
    criterion, terms = problem.criterion, problem.criterion.terms
    several = sum(term.k for term in terms) > 1  # else the scan sees everything
    few = min(term.J for term in terms) < MANY_GROUPS
    # Effects of terms that share a factor explain the same, however many groups it has.
    shared = max(sharing(criterion).values()) > 1
    if several and (few or shared or criterion.wide):
        starts = other_starts(criterion).values()
        points = [Point.of(blocks, best.point.vector[0]) for blocks in starts]
        best = _lowest(problem, points, best)
        for dips in (dips_alone, dips_of_pairs):
            best = _lowest(problem, [*dips(problem, best)], best)
    vector = best.point.vector[0]
    for size in SIZES if len(vector) else ():  # the scan does not move the vector
        blocks = [size * np.eye(term.k) for term in terms]
        best = _lowest(problem, [Point.of(blocks, vector)], best)
    for _ in range(MOST_ROUNDS):
        before = best
        best = _lowest(problem, [*dips_along(problem, best)], best)
        if best is before:
            break
    return best


def _lowest(problem, points, best):
    """The lowest of the minima below some points, and of one that is known."""
    reached = [(point, -np.inf) for point in points]
    if problem.crowd and len(points) > 1:
        reached = problem.crowd.ends(points)
    for point, value in reached:
        if value < best.value[0] - CRITERION_TOLERANCE:
            best = _better(settle(problem, problem.clear(point)), best)
    return best


def searches(criterion, theta):
    """Search again from several starts, and without derivatives.

    Parameters
    ----------
    criterion : ProfiledCriterion
    theta : ndarray, shape (m,)
        Where a search ended.

    Yields
    ------
    start : str
    theta : ndarray, shape (m,)
        Where the search from there ended.
    value : float
        The criterion there; infinite, with the start's theta, if no search could start.
    evaluations : int
    """
    basis, unwhiten = criterion.basis, criterion.basis.unwhiten
    first = criterion.start()
    moments, vector = [T[0] for T in first.blocks], first.vector[0]
    starts = {"this fit": basis.whiten(theta), "moments": moments}
    starts |= other_starts(criterion)
    starts["1 × residuals"] = [np.eye(term.k) for term in criterion.terms]
    with np.errstate(all="ignore"):
        for name, blocks in starts.items():
            problem = Problem(criterion)
            end = settle(problem, problem.clear(Point.of(blocks, vector)))
            if np.isfinite(end.value[0]):
                blocks = [T[0] for T in end.point.blocks]
            yield name, unwhiten(blocks), float(end.value[0]), problem.evaluations
        for name in ("this fit", "1 × residuals"):
            problem = Problem(criterion)
            blocks, value = _without_derivatives(problem, starts[name], vector)
            told = f"{name}, no derivatives"
            yield told, unwhiten(blocks), value, problem.evaluations


def _without_derivatives(problem, blocks, vector):
    """Powell's method over lower triangles and vector: blocks and criterion."""
    from scipy.optimize import minimize  # here, because it is slow to import

    triangles = [np.tril_indices(len(T)) for T in blocks]
    parts = zip(blocks, triangles, problem.units, strict=True)
    x0 = [*(lower_factor(T)[at] / unit for T, at, unit in parts), vector]
    x0, ends = np.concatenate(x0), np.cumsum([len(rows) for rows, _ in triangles])

    def point_of(x):
        found, (*elements, vector) = [], np.split(x, ends)
        for part, at, T, unit in zip(
            elements, triangles, blocks, problem.units, strict=True
        ):
            T = np.zeros_like(T)
            T[at] = part * unit
            found.append(T)
        return Point.of(found, vector)

    limits = {"xtol": 1e-6, "ftol": 1e-12, "maxfev": MOST_EVALUATIONS * len(x0)}
    found = minimize(
        lambda x: problem.value(point_of(x))[0],
        x0,
        method="Powell",
        options=limits,
    )
    return [T[0] for T in point_of(found.x).blocks], float(found.fun)
