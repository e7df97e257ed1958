"""Shares of the variance of a response: what fixed and random effects explain.

Nakagawa & Schielzeth (2013, Methods Ecol. Evol. 4, 133-142); random slopes as Johnson
(2014, Methods Ecol. Evol. 5, 944-946); families and observation scale as Nakagawa,
Johnson & Schielzeth (2017, J. R. Soc. Interface 14, 20170213).
"""

from typing import NamedTuple

import numpy as np

from mlm.engine.theta import blocks_of
from mlm.ground.errors import DataError

# Variances of the latent variable that a response of 0 and 1 is a threshold of.
LATENT = {"logit": np.pi**2 / 3, "probit": 1.0, "cloglog": np.pi**2 / 6}


class Shares(NamedTuple):
    """Variances on the scale of the link."""

    fixed: float  # of Xβ̂, row by row
    random: float  # mean of z'Σz
    residual: float  # σ², or what the family stands for, and effects of single rows


def shares(design, theta, beta, sigma, scale):
    """Variances of the parts of a mixed model.

    Parameters
    ----------
    design : Design
    theta : ndarray, shape (m,)
    beta : ndarray, shape (p,)
    sigma : float
    scale : {"latent", "observation"}
        Of a model with a family.

    Returns
    -------
    Shares

    Raises
    ------
    DataError
        The link has no such variance.
    """
    fixed = design.X @ beta
    random = of_rows = 0.0
    for term, T in zip(design.terms, blocks_of(design.terms, theta), strict=True):
        own = sigma**2 * np.mean(np.sum((term.effects.values @ T) ** 2, axis=1))
        if design.n == term.J:  # what it describes is left to chance
            of_rows += own
        else:
            random += own
    residual = sigma**2
    if design.family is not None:
        eta, every = fixed + design.offset, random + of_rows
        residual = _of_family(design.family, eta, every, scale)
    explained = np.var(fixed, ddof=1) if np.ptp(fixed) else 0.0
    return Shares(float(explained), float(random), float(residual + of_rows))


def _of_family(family, eta, random, scale):
    """What stands for the residual variance, on the scale of the link: float."""
    link = family.link.name
    if family.name == "poisson" and link == "log":
        relative = 1 / np.mean(np.exp(eta + random / 2))  # variance of a count, over λ²
        return np.log1p(relative) if scale == "latent" else relative
    if link in LATENT:
        if scale == "latent":
            return LATENT[link]
        p = np.mean(family.mean(eta))  # by the delta method, at the mean
        at = family.link.link(np.array([p]))
        return float(p * (1 - p) / family.link.derivative(at)[0] ** 2)
    raise DataError(
        f"with the link {link}, family {family.name} has no variance on its scale. "
        "There are shares for logit, probit, cloglog, and for Poisson's log link."
    )
