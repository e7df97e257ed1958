"""Explorer of plans: subjects against trials, and what the test then sees."""

import numpy as np
from scipy.special import nctdtr, stdtrit

from methods3.explore.explorer import Explorer, Slider
from mlm.plots.style import BLUE, GREY, ORANGE, tidy
from mlm.studies.plan import slope_power

# The estimate in standard errors: where the curves are drawn.
T = np.linspace(-4, 9, 53)


def plan_sliders(subjects, trials, *, slope, sd_slope, sigma, last, unit):
    """Plan a study of a slope: move subjects and trials, and watch its test.

    Trials are spread evenly from 0 to `last`.  Everything is in closed form, as in
    `mlm.studies.plan.slope_power`.

    Parameters
    ----------
    subjects, trials : sequence of int
        Positions of the sliders, at most 49 pairs; the middle ones are shown first.
    slope : float
        The truth.
    sd_slope : float
        Standard deviation of slopes between subjects.
    sigma : float
        Residual standard deviation.
    last : float
        Last day.
    unit : str
        Of the slope.

    Returns
    -------
    Explorer

    Examples
    --------
    >>> sizes = {"slope": 5, "sd_slope": 6, "sigma": 25, "last": 9, "unit": "ms/day"}
    >>> plan_sliders((6, 12), (5, 10), **sizes).alt(12, 10)[-12:]
    'power 0.667.'
    """

    def parts(J, n):
        """Squared standard error: the share of people, and that of single trials."""
        spread = np.sum((np.linspace(0, last, n) - last / 2) ** 2)
        return sd_slope**2 / J, sigma**2 / spread / J

    def power(J, n):
        return slope_power(J, np.linspace(0, last, n), slope, sd_slope, sigma)

    largest = 1.05 * sum(parts(min(subjects), min(trials)))

    def draw(figure, J, n):
        upper, lower = figure.subplots(2, 1, height_ratios=(5, 1))
        limit, error = stdtrit(J - 1, 0.975), np.sqrt(sum(parts(J, n)))
        curves = ((0, GREY, "--", "if the slope is 0"), (slope, BLUE, "-", "if it is"))
        for truth, colour, dashes, words in curves:
            density = np.gradient(nctdtr(J - 1, truth / error, T), T)
            label = f"{words} {slope:g} {unit}" if truth else words
            upper.plot(T, density, dashes, color=colour, linewidth=2, label=label)
            if truth:
                beyond = np.append(limit, T[limit < T])
                height = np.interp(beyond, T, density)
                upper.fill_between(beyond, height, color=ORANGE, alpha=0.5, lw=0)
        for edge in (-limit, limit):
            upper.axvline(edge, color="black", linewidth=1)
        upper.set(xlim=(T[0], T[-1]), ylim=(0, 0.46), yticks=[])
        upper.set_xlabel("t: estimated slope, in its standard errors")
        upper.set_title(
            f"{J} × {n} = {J * n} measurements, power {power(J, n):.3f}",
            fontsize="medium",
        )
        upper.legend(frameon=False, loc="upper right", fontsize="small")
        people, single = parts(J, n)
        lower.barh(0, people, color=ORANGE, label="people differ")
        lower.barh(0, single, left=people, color=BLUE, label="trials scatter")
        lower.set(xlim=(0, largest), yticks=[])
        lower.set_xlabel(f"squared standard error, in ({unit})²")
        above = {"loc": "lower right", "bbox_to_anchor": (1, 1), "ncols": 2}
        lower.legend(frameon=False, fontsize="small", **above)
        for ax in (upper, lower):
            tidy(ax).spines["left"].set_visible(False)

    def alt(J, n):
        people, single = parts(J, n)
        share = people / (people + single)
        return (
            f"{J} subjects with {n} trials each, {J * n} measurements: the slope's "
            f"standard error is {np.sqrt(people + single):.2f} {unit}, and "
            f"{100 * share:.0f} % of its square are differences between people; the "
            f"test rejects beyond t = {stdtrit(J - 1, 0.975):.2f}; power "
            f"{power(J, n):.3f}."
        )

    sliders = (
        Slider("subjects", tuple(subjects), len(subjects) // 2, "d"),
        Slider("trials a subject", tuple(trials), len(trials) // 2, "d"),
    )
    return Explorer("plans", sliders, draw, alt, (7.0, 4.8))
