"""Estimates without names, as the engine returns them."""

from dataclasses import dataclass

import numpy as np

from mlm.ground.readonly import Locked


@dataclass(frozen=True, eq=False)
class Solution(Locked):
    """Estimates at one theta; the covariances are divided by sigma².

    Attributes
    ----------
    theta : ndarray, shape (m,)
    criterion : float
        REML criterion, or deviance.
    sigma : float
        Residual standard deviation (Bates et al. 2015, eq. 33 for ML, 40 for REML).
    beta : ndarray, shape (p,)
        Fixed effects (eq. 51).
    vcov : ndarray, shape (p, p)
        Their covariance over sigma² (eq. 54).
    b : list of ndarray, shape (J, k)
        Conditional modes, term by term (eq. 11, 52).
    """

    theta: np.ndarray
    criterion: float
    sigma: float
    beta: np.ndarray
    vcov: np.ndarray
    b: list
