"""Estimates of a generalised linear model, and how the search for them ended."""

from typing import NamedTuple

import numpy as np

from mlm.engine.scoring import score
from mlm.engine.solution import Solution
from mlm.engine.weighted_rows import EXACT
from mlm.ground.errors import DataError
from mlm.results.separated import no_maximum


class Scoring(NamedTuple):
    """How Fisher scoring ended.

    Attributes
    ----------
    converged : bool
        Whether the estimates exist, and were found.
    iterations : int
        Steps of Fisher scoring.
    words : str
        What went wrong; empty if nothing did.
    """

    converged: bool
    iterations: int
    words: str

    def __repr__(self):
        return self.words or f"converged after {self.iterations} iterations"


def scored(design):
    """Fit a design that has a family, without a warning.

    Parameters
    ----------
    design : Design

    Returns
    -------
    solution : Solution
        With -2 log likelihood as criterion; sigma as R's, 1 where there is no scale.
    convergence : Scoring

    Raises
    ------
    DataError
        The residual variance cannot be estimated, or no coefficients were found.
    """
    family, (n, p) = design.family, design.X.shape
    if family.has_scale and n <= p:
        raise DataError(
            f"{p} coefficients for {n} observations: nothing is left to estimate "
            "the residual variance. Use fewer predictors."
        )
    X, y, weights = design.X, design.y, design.weights
    found = score(X, family, y, weights, design.offset)
    sigma = 1.0
    criterion = -2 * (found.terms.value + family.constant(y, weights))
    if family.has_scale:
        rss = -2 * found.terms.value
        if rss <= EXACT**2 * np.sum(y**2 * design.W.diagonal()):
            raise DataError(
                "the predictors explain the response exactly. Is one of them "
                "computed from it?"
            )
        # -2 log likelihood at the best sigma; `constant` is that of sigma = 1.
        criterion = n * (1 + np.log(rss / n)) - 2 * family.constant(y, weights)
        sigma = np.sqrt(rss / (n - p))
    words = "" if found.converged else _stopped(family, found.steps)
    vcov = _covariance(found.R)
    words = no_maximum(design, found.eta, vcov) or words
    solution = Solution(
        theta=np.empty(0),
        criterion=float(criterion),
        sigma=float(sigma),
        beta=found.beta,
        vcov=vcov,
        b=[],
    )
    return solution, Scoring(not words, found.steps, words)


def _covariance(R):
    """(RᵀR)⁻¹; infinite where a coefficient has no weight at all: shape (p, p)."""
    if not np.isfinite(R).all() or not np.diag(R).all():
        return np.full(R.shape, np.inf)
    inverse = np.linalg.inv(R)
    with np.errstate(over="ignore"):
        return inverse @ inverse.T


def _stopped(family, steps):
    """Why a search that found no maximum ended."""
    return (
        f"no maximum was found in {steps} steps of Fisher scoring: the likelihood of "
        f"{family} may be largest at the edge of what the link allows. Use another "
        "link, or fewer predictors."
    )
