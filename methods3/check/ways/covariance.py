"""Ways to the answers on covariance."""

import numpy as np

from methods3.check.fits import (
    Sigma_1,
)
from methods3.check.lectures.sigma import from_day
from methods3.check.routes import Part, Route


def theta(intercept, slope, correlation, sigma):
    """Return θ of two standard deviations and their correlation."""
    rest = np.sqrt(1 - correlation**2)
    return np.array([intercept, correlation * slope, rest * slope]) / sigma


def correlation_from(day):
    """Say how intercept and slope correlate if the days count from another."""
    C = Sigma_1()
    variance = C[0, 0] + 2 * day * C[0, 1] + day**2 * C[1, 1]
    found = (C[0, 1] + day * C[1, 1]) / np.sqrt(variance * C[1, 1])
    return f"Counted from your day, the two correlate by {found:.3f}, not by 0."


def on_the_floor(pair):
    """Say whether a pair of coefficients is on the floor, and how far away."""
    one, two = pair
    height = one + 3 * two - 20
    if abs(height) > 0.01:
        return (
            f"For a first predictor of 1, your pair gives {one + 3 * two:g}, and the "
            "response is 20: it is not on the floor of the valley."
        )
    return (
        f"Your pair is on the floor, and {np.hypot(one, two):.3f} from (0, 0). Another "
        "is nearer: where does the shortest way meet the floor?"
    )


WAYS = {
    "2.5a": {
        "route": Route(
            from_day,
            {
                "day": Part(
                    9,
                    others={
                        0: "with days as they are",
                        1: "with days from 1",
                        -1: "with a day before the first for 0",
                        4.5: "with the mean day for 0",
                        8: "with day 8 for 0",
                        10: "with day 10 for 0",
                        -9: "with Days plus 9",
                    },
                )
            },
        ),
        "hint": (
            "Lines that fan out are far apart on the last day: which of them are on "
            "top there?"
        ),
    },
    "2.5b": {
        "route": Route(
            lambda rho, one, two: rho * one * two,
            {
                "rho": Part(0.065551, "the correlation", {0.07: "with 0.07"}),
                "one": Part(24.7405, "the standard deviation of intercepts"),
                "two": Part(5.9221, "the standard deviation of slopes"),
            },
        ),
    },
    "2.5c": {
        "route": Route(
            lambda start, day, both: start + day * both,
            {
                "start": Part(612.09, "the variance of intercepts"),
                "day": Part(9, "the 9", {18: "with twice 9"}),
                "both": Part(
                    9.60, "the covariance", {35.07: "with the variance of slopes"}
                ),
            },
            lambda start, day, both: {
                "the sum with the slopes' part, which day 0 does not have": (
                    start + day * both + 81 * 35.07
                ),
                "the root": np.sqrt(start + day * both),
                "the sum with the residual variance, which the days do not share": (
                    start + day * both + 654.94
                ),
            },
        ),
    },
    "2.5d": {
        "route": Route(
            theta,
            {
                "intercept": Part(30.0, "the intercepts' 30"),
                "slope": Part(5.0, "the slopes' 5"),
                "correlation": Part(-0.4, "the correlation"),
                "sigma": Part(20.0, "σ"),
            },
            lambda **_: {
                "the list of what is given, not of Λ's entries": (30, 5, -0.4),
                "the list of standard deviations over σ, and the correlation": (
                    30 / 20,
                    5 / 20,
                    -0.4,
                ),
                "Σ over σ², where θ is its root": (900 / 400, -60 / 400, 25 / 400),
                "θ with 1 - ρ² where its root belongs": (1.5, -0.1, 0.25 * 0.84),
            },
        ),
    },
    "2.5e": {
        "follows": correlation_from,
    },
    "2.6a": {
        "route": Route(
            lambda batters, each, lost: batters * each - lost,
            {
                "batters": Part(
                    45,
                    others={
                        15: "with replicates for batters",
                        270: "with cakes for batters",
                    },
                ),
                "each": Part(1, others={2: "with two for each batter"}),
                "lost": Part(0, others={1: "with one less"}),
            },
        ),
    },
    "2.6b": {
        "route": Route(
            lambda r, power: 1 / (1 - r**power),
            {
                "r": Part(0.962691, "the correlation"),
                "power": Part(2, others={1: "with r for r²"}),
            },
            lambda r, power: {
                "1 - r²": 1 - r**2,
                "r²": r**2,
                "the root of the factor": 1 / np.sqrt(1 - r**2),
            },
        ),
    },
    "2.6c": {"follows": on_the_floor},
    "2.6f": {
        "route": Route(
            lambda one, two, both, factor: np.sqrt(
                one + factor**2 * two + 2 * factor * both
            ),
            {
                "one": Part(60.69923, "the variance of b₁"),
                "two": Part(14.73335, "the variance of b₂"),
                "both": Part(-29.52300, "the covariance"),
                "factor": Part(2.0, "the 2 before b₂"),
            },
            lambda one, two, both, factor: {
                "the sum of standard errors": np.sqrt(one) + 2 * np.sqrt(two),
                "the difference of standard errors": np.sqrt(one) - np.sqrt(two),
                "three times the standard error of b₁": 3 * np.sqrt(one),
            },
        ),
    },
}
