"""Live figures of collinear predictors."""

import numpy as np

from methods3.explore.columns import complete_rows
from methods3.live.figure import Live
from methods3.rstream import rnorm
from mlm.demonstrations.collinearity import correlated_predictors, mse_surface, vif
from mlm.fit import lm
from mlm.ground.arguments import number, seed_of
from mlm.plots.style import BLUE, GREY, ORANGE, tidy, with_unit
from mlm.plots.surfaces import plot_mse_contours

# Half the width of the plane of coefficients.
REACH = 70.0
# Positions of the slider: they are dense where the bowl becomes a valley.
CORRELATIONS = (-1, -0.9, -0.5, 0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1)
# Samples whose estimates are drawn, and their standard errors at r = 0.
SAMPLES, STANDARD_ERROR = 60, 3.0
# Least and largest standard deviation of the noise, as in js/noise.js.
NOISE = (0.5, 10)


def two_predictors(r, *, coefficients=(31.0, -21.0), n=100, seed=1):
    """Let two predictors agree more and more: the bowl becomes a valley.

    Parameters
    ----------
    r : float
        Correlation of the two predictors at first.
    coefficients : tuple of (float, float)
        The true ones; the surface is that of a y without noise.
    n : int
        Observations (simulated).
    seed : int

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If `r` is not from -1 to 1.

    Examples
    --------
    >>> two_predictors(0.9).alt[-30:]
    'variance inflation factor 5.3.'
    """
    seed = seed_of(seed)
    X = correlated_predictors(n, r, seed)
    surface = mse_surface(X, X @ coefficients)
    uncorrelated = correlated_predictors(n, 0, seed)
    draws = np.random.default_rng(seed).normal(size=(SAMPLES, 2))

    def draw(figure):
        left, right = figure.subplots(1, 2)
        tidy(left).plot(*X.T, "o", color=BLUE, ms=3)
        left.plot([-3, 3], [-3 * r, 3 * r], color=ORANGE)
        left.set(xlabel="x₁", ylabel="x₂", xlim=(-3, 3), ylim=(-3, 3))
        plot_mse_contours(surface, (-REACH, REACH), (-REACH, REACH), ax=right)

    inflation = "∞" if abs(r) == 1 else f"{1 / (1 - r**2):.1f}"
    shape = "a bowl" if surface.rank == 2 else "a valley without a lowest point"
    return Live(
        "two-predictors",
        "predictors",
        "Two predictors that agree",
        {
            "x": uncorrelated[:, 0].round(4).tolist(),
            "other": uncorrelated[:, 1].round(4).tolist(),
            "truth": list(coefficients),
            "reach": REACH,
            "se": STANDARD_ERROR,
            "draws": draws.round(4).tolist(),
            "values": sorted({*CORRELATIONS, r}),
            "start": r,
        },
        draw,
        f"Mean squared error over two coefficients at correlation {r:.3f}: {shape}, "
        f"with eigenvalues {surface.eigenvalues[0]:.3f} and "
        f"{surface.eigenvalues[1]:.3f}, and variance inflation factor {inflation}.",
        (8.0, 3.6),
    )


def added_noise(data, response, predictor, size, seed, *, unit=""):
    """Take the noise from a noisy double of a predictor; watch the two coefficients.

    Parameters
    ----------
    data : DataFrame
    response, predictor : str
        Columns.
    size : float
        Standard deviation of the noise at first, from 0.5 to 10.
    seed : int
        Of the first noise, in R's stream; the browser draws others.
    unit : str
        Of the coefficients.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the data have no such column, or the noise is too small or too large.

    Examples
    --------
    >>> import mlm
    >>> added_noise(mlm.load_sleepstudy(), "Reaction", "Days", 1, 1).alt[-45:]
    '10.47, beside 10.47 for Days alone; VIF 39.4.'
    """
    seed = seed_of(seed)
    data = complete_rows(data, response, predictor)
    low, high = NOISE
    size = number("size", size, f"from {low} to {high}", lambda s: low <= s <= high)
    noise = rnorm(len(data), seed)
    copy = f"{predictor}2"

    def fit_at(scale):
        doubled = 2 * data[predictor] + scale * noise
        return lm(f"{response} ~ {predictor} + {copy}", data.assign(**{copy: doubled}))

    fit, alone = fit_at(size), lm(f"{response} ~ {predictor}", data).fixef[predictor]
    b1, b2 = fit.fixef.to_numpy()[1:]
    se = fit.se.to_numpy()[1:]
    reach = 2 * float(fit_at(low).se.iloc[1])

    def draw(figure):
        ax = tidy(figure.subplots())
        x = np.array([alone - reach, alone + reach])
        ax.plot(x, (alone - x) / 2, color=GREY, label=f"$b_1 + 2 b_2$ = {alone:.2f}")
        ax.errorbar(b1, b2, xerr=se[0], yerr=se[1], fmt="o", color=ORANGE, ms=9)
        ax.set(xlim=x, ylim=(-reach / 2, reach / 2))
        ax.set_xlabel(with_unit(f"coefficient of {predictor}", unit))
        ax.set_ylabel(with_unit(f"coefficient of {copy}", unit))
        ax.legend(frameon=False)

    return Live(
        f"noise-{predictor.lower()}",
        "noise",
        f"{predictor} and its noisy double",
        {
            "x": data[predictor].astype(float).tolist(),
            "y": data[response].astype(float).tolist(),
            "first": noise.round(6).tolist(),
            "alone": float(alone),
            "names": [predictor, copy],
            "unit": unit,
            "reach": reach,
            "start": size,
        },
        draw,
        f"With noise of standard deviation {size:g}, the coefficients are {b1:.2f} "
        f"(standard error {se[0]:.2f}) and {b2:.2f}; the first plus twice the second "
        f"is {b1 + 2 * b2:.2f}, beside {alone:.2f} for {predictor} alone; VIF "
        f"{vif(fit.design.X[:, 1:]).iloc[0]:.1f}.",
    )
