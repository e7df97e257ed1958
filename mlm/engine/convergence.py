"""How a search ended: at a minimum or not, on the boundary or not."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from mlm.engine.points import Point
from mlm.engine.problem import Problem

# A scaled gradient of 1e-3 is about a thousandth of a standard error off in theta.
GRADIENT_TOLERANCE = 1e-3
# lme4 calls a fit singular where a diagonal element of Λ is below this.  Here Λ is the
# one of orthonormal effects, so that units do not matter.
SINGULAR_TOLERANCE = 1e-4
# Step of differences of the gradient across a point, in standard errors: what they lack
# is a matter of its square, and with much less, rounding of cross-products is seen.
STEP = 2e-3
# To one side, at half the price: what they lack then is a matter of the step itself.
STEP_ASIDE = 1e-5


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
    solver : str
        How random effects are solved for: ``"dense"`` here.
    """

    converged: bool
    evaluations: int
    gradient: float
    singular: bool
    _hessian: Callable[[], np.ndarray]
    _steps: Callable[[], tuple]

    solver = "dense"

    @cached_property
    def eigenvalues(self):
        """Curvature of the criterion at the end, ascending: ndarray, shape (m,).

        Eigenvalues of the Hessian, in the units of `gradient`; all positive at a
        minimum, one near 0 where the data hardly tell.  Computed when asked for.
        """
        return np.linalg.eigvalsh(self._hessian())

    @cached_property
    def steps(self):
        """Steps from 0 to the conditional modes, at the estimates: tuple of float.

        Lengths ‖δ‖ of the steps of u, of a generalised model: near the end each is
        about the square of the one before.  A linear model has none, as its modes
        solve one system of equations.  Computed when asked for.
        """
        return self._steps()

    @property
    def words(self):
        """How the search ended: str."""
        words = "converged" if self.converged else "did not converge"
        return (
            f"{words} after {self.evaluations} evaluations "
            f"(largest scaled gradient {self.gradient:.1e})"
        )

    def __repr__(self):
        return self.words


def hessian(criterion, point, errors=None):
    """Second derivatives of a criterion, as differences of its slopes.

    Parameters
    ----------
    criterion : object
        With ``terms``, and with ``slopes(point, near)`` (`mlm.engine.problem`).
    point : Point
        Of one problem.
    errors : ndarray, shape (v,), optional
        Standard errors of the vector's elements, each with all others known, and the
        vector's units then.  In these, a tiny step to one side is enough where slopes
        lose no digits.

    Returns
    -------
    ndarray, shape (m + v, m + v)
        By the lower triangles of the blocks, row by row, in standard errors of their
        elements, and by the vector in its unit.
    """
    problem, blocks = Problem(criterion), [T[0] for T in point.blocks]
    triangles = [np.tri(len(T)).ravel() for T in blocks]
    free = np.concatenate([*triangles, np.ones(point.vector.shape[1])]) > 0
    units, rows = np.diagonal(problem.scale(point)[0]).copy(), []
    if errors is not None:
        units[problem.parts[-1].stop :] = errors

    def slopes(change):
        shifted = [
            T + change[part].reshape(T.shape)
            for T, part in zip(blocks, problem.parts, strict=True)
        ]
        vector = point.vector[0] + change[problem.parts[-1].stop :]
        return criterion.slopes(Point.of(shifted, vector), point)[0]

    here = None if errors is None else slopes(np.zeros_like(units))
    for i in np.flatnonzero(free):
        unit = units * (np.arange(len(units)) == i)
        if here is None:
            row = (slopes(STEP * unit) - slopes(-STEP * unit)) / (2 * STEP)
        else:
            row = (slopes(STEP_ASIDE * unit) - here) / STEP_ASIDE
        rows.append((row * units)[free])
    return (np.array(rows) + np.transpose(rows)) / 2


def judge(criterion, end, evaluations, gradient=None):
    """Say how the search for one minimum ended.

    Parameters
    ----------
    criterion : object
        With ``slopes`` (`mlm.engine.problem`), and ``steps(point)``, those to modes.
    end : Minima
        Of one problem.
    evaluations : int
    gradient : float, optional
        At the end, where it is known; that before the last step if left out.

    Returns
    -------
    Convergence
    """
    size = float(end.size[0]) if gradient is None else gradient
    return Convergence(
        converged=size < GRADIENT_TOLERANCE,
        evaluations=evaluations,
        gradient=size,
        singular=bool(is_singular(end.point.blocks)[0]),
        _hessian=partial(hessian, criterion, end.point),
        _steps=partial(criterion.steps, end.point),
    )


def is_singular(blocks):
    """Whether a block of Λ is nearly singular.

    Parameters
    ----------
    blocks : list of ndarray, shape (..., k, k)
        Λ for orthonormal effects, one a term.

    Returns
    -------
    ndarray of bool, shape (...)
    """
    smallest = [
        np.abs(T[..., 0, 0])
        if T.shape[-1] == 1
        else np.linalg.svd(T, compute_uv=False).min(axis=-1)
        for T in blocks
    ]
    return np.minimum.reduce(smallest) < SINGULAR_TOLERANCE
