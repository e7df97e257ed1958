"""Live figures of estimation: Newton's starts, ML and REML, proportions."""

from functools import partial
from itertools import islice

import numpy as np

from methods3.live.figure import Live
from mlm.demonstrations.estimation import (
    criterion_slope,
    simulate_variance_estimates,
)
from mlm.demonstrations.newton import (
    newton_of_the_notes,
    van_der_waals,
    van_der_waals_slope,
)
from mlm.ground.arguments import fitted, number, positive, seed_of
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, tidy
from mlm.plots.surfaces import plot_newton
from mlm.replicates.proportions import proportion_interval

# Steps of Newton's method that are drawn.
STEPS = 12
# Singular values below this share of the largest are 0, and roots so near are equal.
TINY = 1e-10


def newton_on_gas(start, *, T=0.8, p=0.4, span=(0.4, 5.0)):
    """Drag the start of Newton's method on van der Waals' equation.

    Parameters
    ----------
    start : float
        Volume at first, over the critical one.
    T, p : float
        Temperature and pressure over the critical ones.
    span : tuple of (float, float)
        Range of volumes that is drawn, above the pole at 1/3.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the start is outside the span.

    See Also
    --------
    mlm.demonstrations.newton.van_der_waals : The equation.

    Examples
    --------
    >>> newton_on_gas(0.5).alt
    "From 0.5, Newton's method ends at 0.516570, after 4 steps."
    """
    return _newton(
        "gas",
        {"T": T, "p": p},
        (partial(van_der_waals, T=T, p=p), partial(van_der_waals_slope, T=T)),
        start,
        span,
        (-1.0, 1.5),
        ("volume", "pressure − p"),
    )


def newton_on_criterion(fit, start, *, span=(-2.0, 4.0)):
    """Drag the start of Newton's method on the slope of a REML criterion.

    Parameters
    ----------
    fit : LinearMixedModel
        With one random effect, such as ``(1 | Subject)``.
    start : float
        Theta at first.
    span : tuple of (float, float)
        Range of theta that is drawn.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the fit has more than one theta, or the start is outside the span.

    Notes
    -----
    With orthonormal contrasts K of y that X does not reach, and the eigenvalues λ of
    KᵀZZᵀK, the criterion is Σ log(1 + θ²λᵢ) + (n − p) log Σ ηᵢ²/(1 + θ²λᵢ) and a
    constant: ηᵢ are the contrasts along the eigenvectors [1]_.

    References
    ----------
    .. [1] Patterson & Thompson (1971), Biometrika 58, 545-554.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", mlm.load_sleepstudy())
    >>> newton_on_criterion(fit, 1).alt
    "From 1, Newton's method ends at 1.197882, after 4 steps."
    """
    design = fitted("fit", fit).design
    slope, curvature = map(np.vectorize, criterion_slope(design))
    Q, _ = np.linalg.qr(design.X)
    Z, y = design.Z.toarray(), design.y
    U, singular, _ = np.linalg.svd(Z - Q @ (Q.T @ Z), full_matrices=False)
    kept = singular > TINY * singular.max()
    roots, eta = singular[kept] ** 2, U[:, kept].T @ y
    # Equal roots have no eigenvectors of their own, only a space that they span: what
    # is told of each is its share of that space, the same on every machine.
    space = np.cumsum(np.append(0, roots[1:] < (1 - TINY) * roots[:-1]))
    squares = np.bincount(space, eta**2) / np.bincount(space)
    outside = y - Q @ (Q.T @ y)
    numbers = {
        "roots": roots.tolist(),
        "squares": squares[space].tolist(),
        "rest": float(outside @ outside - eta @ eta),
        "df": len(y) - design.X.shape[1],
    }
    return _newton(
        "criterion",
        numbers,
        (slope, curvature),
        start,
        span,
        None,
        ("θ", "slope of the REML criterion"),
    )


def _newton(curve, numbers, functions, start, span, height, names):
    """A start to drag along `curve`, as ``js/newton.js`` names it."""
    low, high = span
    start = number(
        "start", start, f"from {low:g} to {high:g}", lambda x: low <= x <= high
    )
    if height is None:
        values = functions[0](np.linspace(low, high, 200))
        room = 0.08 * np.ptp(values)
        height = float(values.min() - room), float(values.max() + room)
    with np.errstate(all="ignore"):
        steps = islice(newton_of_the_notes(*functions, np.float64(start)), STEPS + 1)
        path = [float(x) for x in steps]
    path = [x for x in path if np.isfinite(x)]

    def draw(figure):
        inside = path
        outside = [not low <= x <= high for x in path]
        if any(outside):  # what comes after the first is not drawn
            inside = path[: outside.index(True) + 1]
        ax = figure.subplots()
        plot_newton(*functions, inside, span, height=height, label=names[1], ax=ax)
        ax.set_xlabel(names[0])

    fate = f"ends at {path[-1]:.6f}"
    if not low <= path[-1] <= high:
        fate = f"leaves the picture, and stands at {path[-1]:.3g} in the end"
    return Live(
        f"newton-{curve}",
        "newton",
        f"Newton's method: {names[1]} by {names[0]}",
        {
            "curve": curve,
            "numbers": numbers,
            "span": list(span),
            "height": list(height),
            "names": list(names),
            "start": start,
        },
        draw,
        f"From {start:g}, Newton's method {fate}, after {len(path) - 1} steps.",
    )


def variance_estimates(J, *, n, sigma_y, sigma_alpha, seed):
    """Draw data sets again and again; watch how ML and REML estimate a variance.

    Parameters
    ----------
    J, n : int
        Groups, and observations in each, at first; at least 2.
    sigma_y, sigma_alpha : float
        True standard deviations within and between groups, at first.
    seed : int
        Of the data sets: the browser draws its own.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If an argument is out of its range.

    Examples
    --------
    >>> variance_estimates(3, n=5, sigma_y=3, sigma_alpha=4, seed=1).alt[:63]
    'With 3 groups of 5, the estimates of the variance, truly 16, ha'
    """
    seed = seed_of(seed)
    found = simulate_variance_estimates(J, n, sigma_y, sigma_alpha, 20_000, seed)
    positive("sigma_alpha", sigma_alpha)
    most = 4 * found.truth
    groups = sorted({2, 3, 4, 5, 7, 10, 18, 30, 50, J})
    sizes = sorted({2, 3, 5, 10, 20, n})
    sigmas = sorted({*(factor * sigma_y for factor in (0.5, 1, 2, 4))})

    def draw(figure):
        axes = figure.subplots(2, 1, sharex=True, sharey=True)
        pairs = (("ML", found.ml, BLUE), ("REML", found.reml, GREEN))
        edges = np.linspace(0, most, 41)
        for ax, (name, values, colour) in zip(axes, pairs, strict=True):
            tidy(ax).hist(np.minimum(values, edges[-1]), edges, color=colour, alpha=0.6)
            ax.axvline(found.truth, color=ORANGE, linewidth=2, label="truth")
            ax.axvline(values.mean(), color="black", linestyle="--", label="mean")
            ax.set_ylabel(f"{name}, data sets")
        axes[0].legend(frameon=False, loc="upper right")
        axes[1].set_xlabel("estimate of σ_α² (larger ones in the last bar)")

    table = found.to_frame().round(2)
    return Live(
        "variance-estimates",
        "variance",
        "ML and REML estimates of a variance",
        {
            "groups": groups,
            "sizes": sizes,
            "sigmas": sigmas,
            "most": most,
            "start": {
                "J": J,
                "n": n,
                "sigmaY": sigma_y,
                "variance": found.truth,
                "seed": seed,
            },
        },
        draw,
        f"With {J} groups of {n}, the estimates of the variance, truly "
        f"{found.truth:g}, have mean {table.loc['ML', 'mean']} by ML and "
        f"{table.loc['REML', 'mean']} by REML, and root mean squared error "
        f"{table.loc['ML', 'RMSE']} and {table.loc['REML', 'RMSE']}.",
        (7.0, 3.8),
    )


def proportion_intervals(successes, n, sizes):
    """Drag a proportion, change the sample size; watch three intervals, and the edges.

    Parameters
    ----------
    successes, n : int
        At first.
    sizes : sequence of int
        Sample sizes to choose from.

    Returns
    -------
    Live

    Examples
    --------
    >>> proportion_intervals(10, 20, (20, 48)).alt[:29]
    '10 of 20: 95 % intervals by W'
    """
    methods = {"wald": "Wald", "wilson": "Wilson", "logit": "logit"}
    found = {m: proportion_interval(successes, n, m) for m in methods}

    def draw(figure):
        ax = tidy(figure.subplots())
        for edge in (0, 1):
            ax.axvline(edge, color=GREY, linewidth=1)
        for place, (lower, upper) in enumerate(found.values()):
            ax.plot([lower, upper], [-place, -place], color=BLUE, linewidth=4)
            for outside in ((min(lower, 0), 0), (1, max(upper, 1))):
                if np.ptp(outside):
                    ax.plot(outside, [-place, -place], color=ORANGE, linewidth=8)
            ax.plot(successes / n, -place, "o", color="black")
        ax.set_yticks([0, -1, -2], methods.values())
        ax.set(xlim=(-0.3, 1.3), ylim=(-2.6, 0.6))
        ax.set_xlabel(f"proportion, {successes} of {n}, with 95 % intervals")

    parts = [f"{methods[m]} {lo:.3f} to {hi:.3f}" for m, (lo, hi) in found.items()]
    return Live(
        "proportion-intervals",
        "intervals",
        "Three intervals of a proportion",
        {"sizes": list(sizes), "start": [successes, n]},
        draw,
        f"{successes} of {n}: 95 % intervals by {', by '.join(parts)}.",
    )
