"""Ways to the answers from the fit to planning, and of assignment 1."""

import numpy as np

from methods3.check.routes import Part, Route
from mlm.studies.plan import slope_power


def batch_sd(between, batches, within, left, n):
    """Return the standard deviation between batches, from sums of squares."""
    return np.sqrt((between / batches - within / left) / n)


def power_with(subjects):
    """Say which power a number of subjects has."""
    if subjects < 3:
        return ""
    power = slope_power(int(subjects), range(10), 4, 6.0, 25.0)
    return (
        f"With {subjects:g} subjects the power is {power:.3f}: 0.8 or more is wanted, "
        "with as few as will do."
    )


def variance_at(trials):
    """Say how much larger than it could be the variance is with so many trials."""
    if trials <= 0:
        return ""
    between, within = 35.75**2, 44.26**2
    best = np.sqrt(20 * within / between)

    def variance(n):
        return (20 + n) * (between + within / n)

    return (
        f"With {trials:.3g} trials each, the variance is "
        f"{100 * (variance(trials) / variance(best) - 1):.2g} % larger than the "
        "smallest that the budget allows."
    )


WAYS = {
    "2.9a": {
        "route": Route(
            lambda theta, sigma: theta * sigma,
            {
                "theta": Part(
                    1.19788, "θ", {0.2: "with the θ at which the search begins"}
                ),
                "sigma": Part(
                    30.9912, "σ", {25.592: "with σ of the model with slopes"}
                ),
            },
            lambda theta, sigma: {"σ divided by θ": sigma / theta},
        ),
    },
    "2.9b": {
        "route": Route(
            batch_sd,
            {
                "between": Part(56357.5, "the sum of squares between"),
                "batches": Part(6, "the number of batches"),
                "within": Part(58830.0, "the sum of squares within"),
                "left": Part(
                    24, "the 24", {30: "with 30 for 24", 29: "with 29 for 24"}
                ),
                "n": Part(5, "the samples of a batch"),
            },
            lambda between, batches, within, left, n: {
                "the root of the mean square between": np.sqrt(between / batches),
                "the root of the mean square within": np.sqrt(within / left),
                "the root of SSB over the samples of a batch": np.sqrt(between / n),
                "the root of SSB over all samples": np.sqrt(between / 30),
            },
        ),
    },
    "2.9e": {
        "route": Route(
            lambda two, hours, powers: two * powers * np.log(hours),
            {
                "two": Part(2.0, "the factor 2"),
                "hours": Part(24.0, "the 24 hours"),
                "powers": Part(
                    3,
                    others={
                        2: "with one of the two columns 24 times, or with days² alone",
                        1: "with days alone",
                        4: "with the square for both columns",
                    },
                ),
            },
            lambda two, hours, powers: {
                "the factor of the columns, without a logarithm": 24.0**3,
                "a logarithm of base ten": 6 * np.log10(24),
            },
        ),
    },
    "2.10b": {
        "route": Route(
            lambda days, slope, noise, twice: np.sqrt(
                days**2 * slope**2 + twice * noise**2
            ),
            {
                "days": Part(9, "the 9 days"),
                "slope": Part(
                    5.922,
                    "the standard deviation of slopes",
                    {
                        24.740: "with intercepts for slopes",
                        1.546: "with a standard error",
                    },
                ),
                "noise": Part(25.592, "the residual standard deviation"),
                "twice": Part(2.0, "the 2"),
            },
            lambda days, slope, noise, twice: {
                "the sum of standard deviations": days * slope + twice * noise,
                "the mean change": 9 * 10.467,
                "the root with the intercepts, which cancel": np.sqrt(
                    24.740**2 + (days * slope) ** 2 + twice * noise**2
                ),
                "the root with the intercepts twice, which cancel": np.sqrt(
                    2 * 24.740**2 + (days * slope) ** 2 + twice * noise**2
                ),
            },
        ),
    },
    "2.11b": {
        "route": Route(
            lambda slope, noise, around, subjects: np.sqrt(
                np.array([slope**2 + noise**2 / around, slope**2]) / subjects
            ),
            {
                "slope": Part(6.0, "the 6 of the slopes"),
                "noise": Part(25.0, "the 25 of the residuals"),
                "around": Part(
                    10.0,
                    "Σ(x - 2)²",
                    {
                        30.0: "with Σx² for Σ(x - 2)²",
                        5.0: "with the number of days for it",
                    },
                ),
                "subjects": Part(16, "the subjects"),
            },
            lambda **_: {
                "the right first number, and the wrong end: slopes still differ": (
                    np.sqrt((36 + 62.5) / 16),
                    0.0,
                ),
                "the part of the noise, and what is left": (25 / np.sqrt(160), 1.5),
            },
        ),
    },
    "2.11c": {"follows": power_with},
    "2.11d": {
        "hint": (
            "Slopes must vary in the world that is simulated, and not in the analysis: "
            "which share of your data sets has a *p* below 0.05?"
        )
    },
    "2.11e": {
        "route": Route(
            lambda cost, within, between: np.sqrt(cost) * within / between,
            {
                "cost": Part(20.0, "c"),
                "within": Part(44.26, "the standard deviation within"),
                "between": Part(35.75, "the standard deviation between"),
            },
        ),
        "follows": variance_at,
    },
    "A1.1b": {
        "route": Route(
            lambda rows, missing: [rows, missing],
            {
                "rows": Part(
                    212, others={224: "with the rows that have no pitch, too"}
                ),
                "missing": Part(
                    12, others={0: "if nothing were missing", 224: "with all rows"}
                ),
            },
        ),
    },
    "A1.1d": {
        "route": Route(
            lambda number, name: [number, name],
            {
                "number": Part(
                    2,
                    others={1: "without the column of ones", 3: "with one too many"},
                ),
                "name": Part(
                    7,
                    others={
                        6: "without the column of ones",
                        8: "with a column for the reference as well",
                    },
                ),
            },
        ),
    },
}
