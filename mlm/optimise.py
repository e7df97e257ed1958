"""Find the theta with the smallest criterion, and say how that went.

One descent (`mlm.descent`) starts from moments.  The criterion may have several minima,
though, most often one where a variance is 0 and another inside.  Where that is likely,
others are looked for: along every direction of every block of Λ, and from wide starts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from mlm.descent import CRITERION_TOLERANCE, NEARLY_ZERO, Problem, settle
from mlm.elimination import EXPLAINED
from mlm.errors import DataError
from mlm.factors import lower_factor
from mlm.moments import start as moments_start

# A scaled gradient of 1e-3 is about a thousandth of a standard error off in theta.
GRADIENT_TOLERANCE = 1e-3
# lme4 calls a fit singular where a diagonal element of Λ is below this.  Here Λ is the
# one of orthonormal effects, so that units do not matter.
SINGULAR_TOLERANCE = 1e-4
# Other minima are looked for at these distances from 0, in standard errors, as far as
# a random effect that is so many times as large as the residuals.
SCAN = 0.5 * 2.0 ** np.arange(30)
FAR = 20
# And from random effects that are so many times as large as the residuals.
WIDE = 0.5, 2.0, 8.0, 30.0, 120.0
# And from some that are drawn, with standard deviations between these.
RANDOM_STARTS, RANDOM_SEED, RANDOM_SIZES = 3, 1, (0.3, 10.0)
# With so few groups, or weights so far apart, other minima are likely; with so many
# groups they are not.
FEW_GROUPS = 5
WIDE_WEIGHTS = 1e3
MANY_GROUPS = 50
MOST_ROUNDS = 5
# For a check without derivatives, for each element of theta.
MOST_EVALUATIONS = 300
# A residual sum of squares that is a smaller share of the response's is rounding.
NOTHING = 1e-20


@dataclass(frozen=True, eq=False)
class Convergence:
    """How the search for theta ended.

    Attributes
    ----------
    converged : bool
        Whether the gradient is that of a minimum.
    evaluations : int
        How often the criterion was computed.
    gradient : float
        Largest absolute element of the gradient, with theta in units of (about) its
        standard error, before the last step; 0 at an exact minimum.
    singular : bool
        Whether a variance is (nearly) 0, or a correlation ±1.
    """

    converged: bool
    evaluations: int
    gradient: float
    singular: bool
    _hessian: Callable[[], np.ndarray]

    @cached_property
    def eigenvalues(self):
        """Curvature of the criterion at the end, ascending: ndarray, shape (m,).

        Eigenvalues of the Hessian, in the units of `gradient`; all positive at a
        minimum, one near 0 where the data hardly tell.  Computed when asked for.
        """
        return np.linalg.eigvalsh(self._hessian())

    def __repr__(self):
        words = "converged" if self.converged else "did not converge"
        return (
            f"{words} after {self.evaluations} evaluations "
            f"(largest scaled gradient {self.gradient:.1e})"
        )


def minimise(deviance, start=None):
    """Find the theta with the smallest criterion.

    Parameters
    ----------
    deviance : ProfiledDeviance
    start : array_like, shape (m,), optional
        A theta to search from as well; the best end is kept.

    Returns
    -------
    theta : ndarray, shape (m,)
        With a non-negative diagonal; variances that vanish are exactly 0.
    convergence : Convergence

    Raises
    ------
    DataError
        If fixed and random effects together explain the response exactly.
    """
    problem, before = Problem(deviance), deviance.evaluations
    products = deviance.products
    with np.errstate(all="ignore"):  # what is not finite is a step to take back
        best = settle(problem, moments_start(products))
        if start is not None:
            best = _better(settle(problem, products.whiten(start)), best)
        if best is not None and doubtful(problem, best):
            best = look_elsewhere(problem, best)
    if best is None or best.left < NOTHING:
        raise DataError(EXPLAINED)
    evaluations = deviance.evaluations - before
    late = partial(hessian, deviance, best.blocks)
    convergence = judge(best.blocks, best.size, evaluations, late)
    return products.unwhiten(best.blocks), convergence


def _better(one, other):
    """The lower of two minima, either of which may be None; rounding does not count."""
    if one is None or other is None:
        return other or one
    return one if one.value < other.value - CRITERION_TOLERANCE else other


def doubtful(problem, end):
    """Whether there may be a better minimum than the one that was found.

    So it is where a variance is 0, where there are few groups or weights far apart,
    and where the descent did not converge.
    """
    return (
        end.size > GRADIENT_TOLERANCE
        or min(term.J for term in problem.terms) < FEW_GROUPS
        or wide_weights(problem.deviance.products.design)
        or any(
            T.diagonal().min() < NEARLY_ZERO * unit
            for T, unit in zip(end.blocks, problem.units, strict=True)
        )
    )


def wide_weights(design):
    """Whether prior weights are so far apart that other minima are likely."""
    weights = design.weights
    return weights is not None and weights.max() > WIDE_WEIGHTS * weights.min()


def look_elsewhere(problem, best):
    """A better minimum than one that was found, if there is any: `Minimum`."""
    several = sum(term.k for term in problem.terms) > 1  # else the scan sees everything
    few = min(term.J for term in problem.terms) < MANY_GROUPS
    if several and (few or wide_weights(problem.deviance.products.design)):
        starts = other_starts(problem.deviance.products)
        for blocks in starts.values():
            best = _better(settle(problem, blocks), best)
    for _ in range(MOST_ROUNDS):
        before = best
        for blocks in _dips(problem, best):
            best = _better(settle(problem, blocks), best)
        if best is before:
            break
    return best


def other_starts(products):
    """Blocks of Λ to start from, besides moments: dict by what they are.

    Effects that are nearly collinear with those of other terms of their group, as an
    intercept and a year in ``(year || g)``, matter by what is new in them: they start
    at as many times the size.
    """
    terms, whitened = products.terms, products.orthonormal_rows()[0]
    news = [np.ones(term.k) for term in terms]
    for group in {term.group for term in terms}:
        members = [i for i, term in enumerate(terms) if term.group == group]
        if len(members) > 1:
            rows = np.vstack([whitened[i] for i in members])
            collinear = np.linalg.pinv(rows @ rows.T / rows.shape[1], hermitian=True)
            sizes = np.sqrt(np.diag(collinear))
            for i in members:
                news[i], sizes = sizes[: terms[i].k], sizes[terms[i].k :]
    starts = {
        f"{size:g} × residuals": [size * np.diag(new) for new in news] for size in WIDE
    }
    rng = np.random.default_rng(RANDOM_SEED)
    for i in range(RANDOM_STARTS):
        starts[f"random {i + 1}"] = [
            rng.normal(size=(term.k, term.k))
            * np.exp(rng.uniform(*np.log(RANDOM_SIZES)))
            for term in terms
        ]
    return starts


def scan(unit):
    """Sizes at which a direction of a block is looked at: ndarray."""
    return unit * SCAN[: np.searchsorted(unit * SCAN, FAR) + 1]


def _dips(problem, best):
    """Blocks where the criterion has a dip along a direction of a block of Λ.

    A block is scanned from 0 to `FAR` along each of its singular directions.
    """
    for i, (T, unit) in enumerate(zip(best.blocks, problem.units, strict=True)):
        U, size, Vt = np.linalg.svd(T)
        grid = scan(unit)
        for d in range(len(T)):

            def at(value, i=i, d=d, U=U, size=size, Vt=Vt):
                changed = np.where(np.arange(len(size)) == d, value, size)
                return [*best.blocks[:i], (U * changed) @ Vt, *best.blocks[i + 1 :]]

            here = np.searchsorted(grid, size[d])
            values = np.insert([problem.value(at(v)) for v in grid], here, best.value)
            values = np.concatenate([[np.inf], values, [np.inf]])
            lower = (values[1:-1] < values[:-2]) & (values[1:-1] < values[2:])
            points = np.insert(grid, here, size[d])
            yield from (at(points[p]) for p in np.flatnonzero(lower) if p != here)


def searches(deviance, theta):
    """Search again from several starts, and without derivatives.

    Parameters
    ----------
    deviance : ProfiledDeviance
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
    problem, products = Problem(deviance), deviance.products
    starts = {"this fit": products.whiten(theta), "moments": moments_start(products)}
    starts |= other_starts(products)
    starts["1 × residuals"] = [np.eye(term.k) for term in problem.terms]
    with np.errstate(all="ignore"):
        for name, blocks in starts.items():
            before = deviance.evaluations
            end = settle(problem, blocks)
            value, ended = (np.inf, blocks) if end is None else (end.value, end.blocks)
            evaluations = deviance.evaluations - before
            yield name, products.unwhiten(ended), value, evaluations
        for name in ("this fit", "1 × residuals"):
            before = deviance.evaluations
            ended, value = _without_derivatives(problem, starts[name])
            evaluations, name = deviance.evaluations - before, f"{name}, no derivatives"
            yield name, products.unwhiten(ended), value, evaluations


def _without_derivatives(problem, blocks):
    """Powell's method over the lower triangles of the blocks: blocks and criterion."""
    from scipy.optimize import minimize  # here, because it is slow to import

    triangles = [np.tril_indices(term.k) for term in problem.terms]
    parts = zip(blocks, triangles, problem.units, strict=True)
    x0 = np.concatenate([lower_factor(T)[at] / unit for T, at, unit in parts])
    ends = np.cumsum([len(rows) for rows, _ in triangles])[:-1]

    def blocks_of(x):
        found = []
        for part, at, T, unit in zip(
            np.split(x, ends), triangles, blocks, problem.units, strict=True
        ):
            T = np.zeros_like(T)
            T[at] = part * unit
            found.append(T)
        return found

    limits = {"xtol": 1e-6, "ftol": 1e-12, "maxfev": MOST_EVALUATIONS * len(x0)}
    found = minimize(
        lambda x: problem.value(blocks_of(x)), x0, method="Powell", options=limits
    )
    return blocks_of(found.x), float(found.fun)


def hessian(deviance, blocks):
    """Second derivatives of the criterion by the lower triangles of the blocks."""
    return Problem(deviance).hessian(blocks)


def judge(blocks, size, evaluations, hessian):
    """Say how a search ended: `Convergence`.

    Parameters
    ----------
    blocks : list of ndarray, shape (k, k)
        Where it ended.
    size : float
        Largest scaled gradient before the last step.
    evaluations : int
    hessian : callable
        Gives second derivatives there.
    """
    return Convergence(
        converged=bool(size < GRADIENT_TOLERANCE),
        evaluations=evaluations,
        gradient=float(size),
        singular=bool(is_singular(blocks)),
        _hessian=hessian,
    )


def is_singular(blocks):
    """Whether a block, (..., k, k), is nearly singular: bools of shape (...)."""
    smallest = [np.linalg.svd(T, compute_uv=False).min(axis=-1) for T in blocks]
    return np.min(smallest, axis=0) < SINGULAR_TOLERANCE
