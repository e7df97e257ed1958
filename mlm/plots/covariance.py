"""The plane of two random effects: groups as points, covariances as ellipses."""

import numpy as np
from matplotlib.patches import Ellipse

from mlm.ground.errors import DataError
from mlm.plots.style import BLUE, GREY, ORANGE, new_axes, tidy, with_unit


def plot_effects_plane(ranef, Sigma, *, units=("", ""), ax=None):
    """Draw conditional modes of two effects with the ellipses of two covariances.

    Blue points are the groups; the solid orange ellipse holds 95 % of the random
    effects that `Sigma` describes; the dashed blue one does the same for the
    covariance of the points, which is smaller, because modes are shrunken.

    Parameters
    ----------
    ranef : DataFrame, shape (J, 2)
        Conditional modes, such as ``fit.ranef["Subject"]``.
    Sigma : DataFrame or ndarray, shape (2, 2)
        Covariance of one group's random effects, such as ``fit.varcorr["Subject"]``.
    units : tuple of (str, str)
        Units of the two effects.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If `ranef` does not have two columns, or `Sigma` is not 2 × 2.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> ax = plot_effects_plane(fit.ranef["Subject"], fit.varcorr["Subject"])
    >>> ax.get_xlabel()
    'random intercept'
    """
    Sigma = np.asarray(Sigma, dtype=float)
    if ranef.shape[1] != 2 or Sigma.shape != (2, 2):
        raise DataError(
            "the plane needs two random effects: ranef with 2 columns and Sigma "
            f"2 × 2, not of shapes {ranef.shape} and {Sigma.shape}."
        )
    ax = tidy(new_axes(ax, figsize=(6.4, 4.6)))
    x, y = ranef.to_numpy().T
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.plot(x, y, "o", color=BLUE, label="conditional modes")
    model = {
        "edgecolor": ORANGE,
        "linewidth": 2,
        "label": "95 % by Σ",
    }
    points = {
        "edgecolor": BLUE,
        "linestyle": "--",
        "label": "95 % of the modes",
    }
    ax.add_patch(covariance_ellipse(Sigma, **model))
    ax.add_patch(covariance_ellipse(np.cov(x, y), **points))
    names = [
        "random " + ("intercept" if name == "(Intercept)" else f"effect of {name}")
        for name in ranef
    ]
    ax.set_xlabel(with_unit(names[0], units[0]))
    ax.set_ylabel(with_unit(names[1], units[1]))
    ax.autoscale_view()
    # Above the axes: inside, it would lie on an ellipse sooner or later.
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False)
    return ax


def covariance_ellipse(covariance, probability=0.95, **style):
    """Ellipse around 0 that holds `probability` of a bivariate normal.

    Parameters
    ----------
    covariance : ndarray, shape (2, 2)
    probability : float
        Between 0 and 1, both excluded.
    **style
        For matplotlib's Ellipse.

    Returns
    -------
    Ellipse

    Examples
    --------
    >>> covariance_ellipse(np.diag([4.0, 1.0])).width.round(3)
    np.float64(9.791)
    """
    variances, axes = np.linalg.eigh(covariance)
    # Two degrees of freedom: the chi-squared quantile has this closed form.
    radius = np.sqrt(-2 * np.log(1 - probability))
    minor, major = 2 * radius * np.sqrt(np.maximum(variances, 0))
    angle = np.degrees(np.arctan2(axes[1, 1], axes[0, 1]))
    return Ellipse((0, 0), major, minor, angle=angle, facecolor="none", **style)
