"""Explorers of collinear predictors."""

import numpy as np

from methods3.explore.explorer import Explorer, Slider
from methods3.rstream import rnorm
from mlm.demonstrations.collinearity import correlated_predictors, mse_surface, vif
from mlm.fit import lm
from mlm.ground.arguments import seed_of
from mlm.ground.errors import check_known
from mlm.ground.tables import data_frame
from mlm.plots.style import BLUE, GREY, ORANGE, tidy, with_unit
from mlm.plots.surfaces import plot_mse_contours, plot_mse_surface


def correlation_slider(rhos, *, coefficients=(31.0, -21.0), n=100, seed=1):
    """Let two predictors agree more and more: the bowl becomes a valley.

    Parameters
    ----------
    rhos : sequence of float
        Correlations of the two predictors, at most 15.
    coefficients : tuple of (float, float)
        The true ones; y has no noise.
    n : int
        Observations (simulated).
    seed : int

    Returns
    -------
    Explorer

    Examples
    --------
    >>> print(correlation_slider((0, 0.9, 1)).sliders[0].texts)
    ['0.000', '0.900', '1.000']
    """
    seed = seed_of(seed)
    reach = (-70.0, 70.0)
    surfaces = {}
    for rho in rhos:
        X = correlated_predictors(n, rho, seed)
        surfaces[rho] = mse_surface(X, X @ coefficients)

    def inflation(rho):
        return "∞" if abs(rho) == 1 else f"{1 / (1 - rho**2):.1f}"

    def draw(figure, rho):
        surface = surfaces[rho]
        solid = figure.add_subplot(1, 2, 1, projection="3d")
        plot_mse_surface(surface, reach, reach, ax=solid).set_zlabel("")
        flat = plot_mse_contours(surface, reach, reach, ax=figure.add_subplot(1, 2, 2))
        flat.set_title(
            f"eigenvalues {surface.eigenvalues[0]:.3f}, {surface.eigenvalues[1]:.3f}; "
            f"VIF {inflation(rho)}",
            fontsize="medium",
            color=GREY,
            y=1.09,
        )

    def alt(rho):
        surface = surfaces[rho]
        shape = "a bowl" if surface.rank == 2 else "a valley without a lowest point"
        return (
            f"Mean squared error over two coefficients at correlation {rho:.3f}: "
            f"{shape}, with eigenvalues {surface.eigenvalues[0]:.3f} and "
            f"{surface.eigenvalues[1]:.3f}; the variance inflation factor is "
            f"{inflation(rho)}."
        )

    slider = Slider("correlation of the predictors", tuple(rhos), form=".3f")
    return Explorer("correlation", (slider,), draw, alt, (9.0, 4.2))


def noise_slider(data, response, predictor, noises, seed, *, unit=""):
    """Add less and less noise to a copy of a predictor; watch the two coefficients.

    Parameters
    ----------
    data : DataFrame
    response, predictor : str
        Columns.
    noises : sequence of float
        Standard deviations of the noise (simulated), positive, at most 15.
    seed : int
        Of R's stream.
    unit : str
        Of the coefficients.

    Returns
    -------
    Explorer

    Examples
    --------
    >>> import mlm
    >>> explorer = noise_slider(mlm.load_sleepstudy(), "Reaction", "Days", (1, 0.1), 1)
    >>> explorer.start
    (1,)
    """
    data = data_frame("data", data, (response, predictor))
    seed = seed_of(seed)
    check_known("column", predictor, data)
    noise = rnorm(len(data), seed)
    copy = f"{predictor}2"
    fits = {
        size: lm(
            f"{response} ~ {predictor} + {copy}",
            data.assign(**{copy: 2 * data[predictor] + size * noise}),
        )
        for size in noises
    }
    alone = lm(f"{response} ~ {predictor}", data).fixef[predictor]
    b = np.array([fit.fixef.to_numpy()[1:] for fit in fits.values()])
    reach = 1.3 * np.abs(b[:, 0] - alone).max()

    def draw(figure, size):
        ax, fit = tidy(figure.subplots()), fits[size]
        x = np.array([alone - reach, alone + reach])
        ax.plot(x, (alone - x) / 2, color=GREY, label=f"$b_1 + 2 b_2$ = {alone:.2f}")
        ax.plot(*b.T, "o", color=BLUE, alpha=0.3)
        here, se = fit.fixef.to_numpy()[1:], fit.se.to_numpy()[1:]
        ax.errorbar(*here, xerr=se[0], yerr=se[1], fmt="o", color=ORANGE, ms=9)
        ax.set(xlim=x, ylim=(-reach / 2 - 1, reach / 2 + 1))
        ax.set_xlabel(with_unit(f"coefficient of {predictor}", unit))
        ax.set_ylabel(with_unit(f"coefficient of {copy}", unit))
        factor = vif(fit.design.X[:, 1:]).iloc[0]
        ax.set_title(f"VIF {factor:.1f}", fontsize="medium", color=GREY)
        ax.legend(frameon=False)

    def alt(size):
        fit = fits[size]
        b1, b2 = fit.fixef.to_numpy()[1:]
        return (
            f"With noise of standard deviation {size:g}, the coefficients are "
            f"{b1:.2f} (standard error {fit.se.iloc[1]:.2f}) and {b2:.2f}; the first "
            f"plus twice the second is {b1 + 2 * b2:.2f}, beside {alone:.2f} for "
            f"{predictor} alone."
        )

    slider = Slider("standard deviation of the noise", tuple(noises), form="g")
    return Explorer(f"noise-{predictor.lower()}", (slider,), draw, alt)
