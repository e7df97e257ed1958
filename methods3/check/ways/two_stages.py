"""Ways to the answers on why multilevel, and on lines one by one."""

import numpy as np

from methods3.check.fits import own_lines
from methods3.check.lectures.forecasts import forecast, misses, with_guests
from methods3.check.lectures.why_multilevel import weighted
from methods3.check.routes import Part, Route


def forecast_error(where, of):
    """Return how far predictions of day 9 are off."""
    errors = misses(forecast(where))
    return {
        "rms": np.sqrt(np.mean(errors**2)),
        "sd": errors.std(),
        "mean": errors.mean(),
        "size": errors.abs().mean(),
        "square": np.mean(errors**2),
        "sem": errors.sem(),
        "sum": np.sum(errors**2),
    }[of]


def error_with(people):
    """Say how large the standard error is with so many people."""
    if people < 1:
        return ""
    error = 6.558 / np.sqrt(people)
    ask = "would fewer do?" if error <= 1.2 else "1.2 at most is asked."
    return f"With {people:g} people the standard error is {error:.3f} ms/day: {ask}"


WAYS = {
    "2.1a": {
        "route": Route(
            lambda days, change: days * change,
            {"days": Part(9, "the days"), "change": Part(-0.111, "the slope")},
        ),
    },
    "2.1b": {
        "route": Route(
            lambda p, z, n: p + z * np.sqrt(p * (1 - p) / n),
            {
                "p": Part(0.95, "the proportion"),
                "z": Part(
                    1.96,
                    "1.96",
                    {1.645: "with 1.645, for 90 %", 2.576: "with 2.576, for 99 %"},
                ),
                "n": Part(20, "n"),
            },
            lambda p, z, n: {
                "the standard error": np.sqrt(p * (1 - p) / n),
                "half of the interval": z * np.sqrt(p * (1 - p) / n),
            },
        ),
    },
    "2.1d": {
        "route": Route(
            lambda days, slope: days * slope,
            {
                "days": Part(7, "the nights", {9: "for nine nights"}),
                "slope": Part(
                    11.435,
                    "the slope",
                    {10.467: "with the slope of all ten days"},
                ),
            },
        ),
    },
    "2.1e": {
        "route": Route(
            weighted,
            {
                "weigh": Part(
                    lambda n: 1 / (1 / n).sum(axis=1),
                    others={
                        lambda n: n.sum(axis=1) * 0 + 1: "if all people count alike",
                        lambda n: n.sum(axis=1): "with numbers of epochs as weights",
                        lambda n: (1 / n).sum(axis=1): "with variances as weights",
                        lambda n: (1 / n).sum(axis=1) ** -0.5: (
                            "with one over standard deviations as weights"
                        ),
                        lambda n: n["hit"]: "with numbers of hits as weights",
                        lambda n: n.min(axis=1): "with the rarer kind's as weights",
                    },
                )
            },
        ),
    },
    "2.1f": {
        "route": Route(
            lambda n, z: n / (n + z**2),
            {
                "n": Part(30, "n", {20: "for 20 trials"}),
                "z": Part(
                    1.96, "1.96", {1.645: "with 1.645, for 90 %", 2: "with 2 for 1.96"}
                ),
            },
            lambda n, z: {"the root of the border": np.sqrt(n / (n + z**2))},
        ),
        "follows": lambda p: (
            "At your border the interval of 30 trials reaches "
            f"{p + 1.96 * np.sqrt(p * (1 - p) / 30):.4f}, not 1."
            if 0 <= p <= 1
            else ""
        ),
    },
    "2.2a": {
        "route": Route(
            lambda sd, error, z: np.ceil((z * sd / error) ** 2),
            {
                "sd": Part(
                    6.558, others={5.922: "with the standard deviation of the model"}
                ),
                "error": Part(1.2),
                "z": Part(1, others={1.96: "for an interval, not a standard error"}),
            },
        ),
        "follows": error_with,
    },
    "2.2b": {
        "route": Route(
            lambda where, what, n: own_lines(where)[what].std() / np.sqrt(n),
            {
                "where": Part(
                    "Days >= 2",
                    others={
                        "Days >= 0": "with all ten days",
                        "Days > 2": "without day 2",
                        "Days >= 1": "with day 1",
                    },
                ),
                "what": Part("slope", others={"intercept": "of the intercepts"}),
                "n": Part(
                    18,
                    "the number of people",
                    {8: "with days for people", 10: "with ten days for people"},
                ),
            },
            lambda **_: {
                "the mean of the slopes": own_lines("Days >= 2")["slope"].mean(),
                "a standard error around 0, not around the mean": np.sqrt(
                    (own_lines("Days >= 2")["slope"] ** 2).mean() / 18
                ),
            },
        ),
    },
    "2.2c": {
        "route": Route(
            lambda mean, sd, z: mean + z * sd * np.array([-1, 1]),
            {
                "mean": Part(
                    10.47,
                    "the mean slope",
                    {251.41: "for the mean intercept"},
                ),
                "sd": Part(
                    5.922,
                    "the standard deviation",
                    {
                        24.740: "with the standard deviation of intercepts",
                        25.592: "with the residual standard deviation",
                        1.546: "with the standard error",
                        5.922 / np.sqrt(18): "for the mean of eighteen slopes",
                    },
                ),
                "z": Part(
                    1.96, "1.96", {1.645: "for 90 %", 2: "with 2", 2.576: "for 99 %"}
                ),
            },
            lambda **_: {
                "where 95 % of people's intercepts lie": (
                    251.41 + 1.96 * 24.740 * np.array([-1, 1])
                )
            },
        ),
    },
    "2.2d": {
        "route": Route(
            lambda who: with_guests().coef["Subject"].loc[who, "Days"],
            {"who": Part("373", others={"374": "for 374", "308": "for 308"})},
        ),
        "hint": (
            "Subject 373 was there for one day: from whom does the model have a slope "
            "for this person, and does the intercept, a little low, say something too?"
        ),
    },
    "2.2e": {
        "route": Route(
            forecast_error,
            {
                "where": Part(
                    "Days < 9", others={"Days >= 0": "with day 9 in the fit"}
                ),
                "of": Part(
                    "rms",
                    others={
                        "sd": "with the standard deviation of errors, from their mean",
                        "mean": "with the mean of the errors",
                        "size": "with the mean size of the errors",
                        "square": "without the root",
                        "sem": "with the standard error of the errors",
                        "sum": "with the sum for the mean",
                    },
                ),
            },
        ),
    },
}
