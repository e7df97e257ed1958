"""The plane of two random effects: groups as points, covariances as ellipses."""

import numpy as np
from matplotlib.patches import Ellipse

from mlm.ground.errors import DataError
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, new_axes, tidy, with_unit

# Colour, dashes and mark of each covariance, and of its points.
STYLES = ((ORANGE, "-", "D"), (BLUE, "--", "o"), (GREEN, "-.", "s"))


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
    ax = new_axes(ax, figsize=(6.4, 4.6))
    modes = ranef.to_numpy()
    ax.plot(*modes.T, "o", color=BLUE, label="conditional modes")
    plot_ellipses({"95 % by Σ₁": Sigma, "95 % of the modes": np.cov(modes.T)}, ax=ax)
    names = [
        "random " + ("intercept" if name == "(Intercept)" else f"effect of {name}")
        for name in ranef
    ]
    ax.set_xlabel(with_unit(names[0], units[0]))
    ax.set_ylabel(with_unit(names[1], units[1]))
    # Above the axes: inside, it would lie on an ellipse sooner or later.
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False)
    return ax


def plot_ellipses(covariances, *, points=None, ax=None):
    """Draw covariances of two effects as ellipses that hold 95 %.

    Parameters
    ----------
    covariances : mapping of str to array_like, shape (2, 2) or (R, 2, 2)
        At most three, by name; of R matrices, such as those of repeated samples, all
        are drawn, with thin lines.
    points : mapping of str to array_like, shape (J, 2), optional
        Points to draw, by the name of the covariance whose colour they have.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If there are more than three names, a matrix is not 2 × 2, or points have a
        name that no covariance has.

    Examples
    --------
    >>> ax = plot_ellipses({"people": [[4.0, 1.0], [1.0, 1.0]]})
    >>> [text.get_text() for text in ax.get_legend().texts]
    ['people']
    """
    points = {} if points is None else points
    if len(covariances) > len(STYLES) or not set(points) <= set(covariances):
        raise DataError(
            f"there are ellipses for at most {len(STYLES)} names, and points only for "
            f"these: not {', '.join(covariances)} and {', '.join(points) or 'none'}."
        )
    ax = tidy(new_axes(ax))
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.axvline(0, color=GREY, linewidth=0.8)
    for (name, given), (colour, dashes, mark) in zip(
        covariances.items(), STYLES, strict=False
    ):
        matrices = np.asarray(given, dtype=float)
        if matrices.ndim not in (2, 3) or matrices.shape[-2:] != (2, 2):
            raise DataError(f"{name!r} must be 2 × 2, not of shape {matrices.shape}.")
        style = {"edgecolor": colour, "linestyle": dashes}
        style["linewidth"] = 2 if matrices.ndim == 2 else 0.8
        for number, matrix in enumerate(matrices.reshape(-1, 2, 2)):
            label = None if number else name
            ax.add_patch(covariance_ellipse(matrix, label=label, **style))
        if name in points:
            x, y = np.asarray(points[name], dtype=float).T
            ax.plot(x, y, mark, color=colour, markersize=5)
    ax.autoscale_view()
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
