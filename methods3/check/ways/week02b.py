"""Ways to the answers of week 2 on covariance, pooling and shrinking."""

import numpy as np
from scipy.stats import f

from methods3.check.fits import (
    GROUND,
    HOUSES,
    PARALLEL,
    Sigma_1,
    dyestuff_fit,
    fitted,
    line,
    person,
    sleepstudy,
)
from methods3.check.lectures.pooling import above, drop_out
from methods3.check.lectures.sigma import from_day
from methods3.check.routes import Part, Route
from methods3.days2 import days2_data
from mlm.datasets import load_radon
from mlm.fit import lm


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


def days2_line():
    """Fit both predictors by least squares."""
    return lm("Reaction ~ Days + Days2", days2_data(seed=1))


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


def weight(n, between, within):
    """Return the weight of a mean of n."""
    return n * between**2 / (n * between**2 + within**2)


def weight_of(houses):
    """Say which weight a county's own houses have."""
    if houses < 1:
        return ""
    own = weight(houses, 0.1564, 0.7584)
    return f"With {houses:g} houses their weight is {own:.4f}: is that the least above ½?"


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
        "about": (fitted,),
        "follows": lambda rho: (
            "Lines that fan out are far apart on the last day, and the steep ones are on "
            "top there. "
            + (
                "Is your sign that of such a fan?"
                if rho < 0
                else "Fit the model with the new days; your number is none of its."
            )
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
        "about": (fitted,),
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
        "about": (fitted,),
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
        "about": (fitted,),
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
        "about": (days2_line,),
    },
    "2.7a": {
        "route": Route(
            lambda slope, other: slope + other,
            {
                "slope": Part(21.7647, "the slope of 308"),
                "other": Part(
                    -24.6457,
                    "335's difference",
                    {-19.5029: "for subject 309"},
                ),
            },
            lambda slope, other: {
                "a slope over nine days, divided by nine once more": (slope + other) / 9,
                "the difference of two people's slopes, neither of them 308": (
                    other + 19.5029
                ),
                "335's difference, without its sign": -other,
            },
        ),
        "about": (lambda: line("335"), lambda: line("308"), lambda: line("309")),
    },
    "2.7b": {
        "route": Route(
            lambda own, pooled, all_: (pooled - all_) / (own - all_),
            {
                "own": Part(0.4075, "the own mean"),
                "pooled": Part(0.8482, "the pooled estimate"),
                "all_": Part(1.3126, "everybody's mean"),
            },
            lambda own, pooled, all_: {
                "the ratio of the two ways, not a share of the whole way": (
                    (pooled - all_) / (own - pooled)
                ),
                "the ratio of the two ways, turned round": (
                    (pooled - own) / (all_ - pooled)
                ),
                "a ratio of two estimates": own / pooled,
                "another ratio of two estimates": pooled / all_,
                "the way over everybody's mean, not over the whole way": (
                    (all_ - pooled) / all_
                ),
                "n/(n + 1): the weight if the two variances were the same": 7 / 8,
            },
        ),
    },
    "2.7c": {
        "route": Route(
            above,
            {
                "limit": Part(
                    np.log(4),
                    others={
                        4: "without the logarithm",
                        np.log10(4): "with a logarithm of base ten",
                        np.log(2): "with log 2",
                        np.exp(4): "with exp for log",
                    },
                )
            },
        ),
    },
    "2.7d": {
        "route": Route(
            lambda base, slope: base**slope,
            {
                "base": Part(
                    2.0, "the 2", {np.e: "with e for 2", 10: "with 10 for 2"}
                ),
                "slope": Part(0.72027, "the slope"),
            },
            lambda base, slope: {
                "the change as a share": base**slope - 1,
                "twice e to the slope": 2 * np.exp(slope),
                "e to twice the slope": np.exp(2 * slope),
                "what is added to the logarithm": slope * np.log(2),
                "1 plus what is added to the logarithm": 1 + slope * np.log(2),
            },
        ),
        "about": (lambda: fitted(GROUND, load_radon),),
    },
    "2.7e": {
        "route": Route(
            lambda random, slow: drop_out(random, slow),
            {
                "random": Part("Days", others={"1": "with one slope for all"}),
                "slow": Part(True, others={False: "when the quick ones leave"}),
            },
        ),
        "about": (fitted, lambda: fitted(PARALLEL)),
    },
    "2.7f": {
        "route": Route(
            lambda between, within, many, few: (
                (between**2 + within**2 / few) / (between**2 + within**2 / many)
            ),
            {
                "between": Part(0.30954, "the variance between counties"),
                "within": Part(0.79788, "the variance within"),
                "many": Part(105, "Hennepin's houses"),
                "few": Part(1, "Murray's house"),
            },
            lambda between, within, many, few: {
                "a ratio with standard deviations, where variances belong": (
                    (between + within) / (between + within / many)
                ),
                "a ratio with the root of one variance": (
                    (between**2 + within**2)
                    / np.sqrt(between**2 + within**2 / many)
                ),
                "the root of the ratio": np.sqrt(
                    (between**2 + within**2) / (between**2 + within**2 / many)
                ),
                "the ratio of the weights λ of own means": (
                    weight(many, between, within) / weight(few, between, within)
                ),
                "the weight λ of Hennepin's own mean": weight(many, between, within),
            },
        ),
        "about": (lambda: fitted(HOUSES, load_radon),),
    },
    "2.8a": {
        "route": Route(
            lambda n, theta, own, all_: (
                (n * theta**2 * own + all_) / (n * theta**2 + 1)
            ),
            {
                "n": Part(4, "the rows"),
                "theta": Part(2.0, "θ"),
                "own": Part(24.0, "A's own intercept", {29.0: "for B"}),
                "all_": Part(26.5, "everybody's intercept"),
            },
            lambda n, theta, own, all_: {
                "A's weight": n * theta**2 / (n * theta**2 + 1),
                "the difference of the two parts": (
                    (n * theta**2 * own - all_) / (n * theta**2 + 1)
                ),
                "the mean of the two, each with weight ½": (own + all_) / 2,
            },
        ),
    },
    "2.8b": {"about": (lambda: fitted(GROUND, load_radon),), "follows": weight_of},
    "2.8c": {
        "route": Route(
            lambda who, lam: (
                lam * (person(who)["Reaction"].mean() - 4.5 * 10.46729)
                + (1 - lam) * 251.4051
            ),
            {
                "who": Part("309", others={"308": "for 308", "310": "for 310"}),
                "lam": Part(0.934836, "the weight"),
            },
        ),
        "about": (lambda: fitted(PARALLEL), lambda: line("309"), fitted),
    },
    "2.8e": {
        "route": Route(
            lambda between, within: 1 - within / between,
            {
                "between": Part(11271.5, "the mean square between"),
                "within": Part(2451.25, "the mean square within"),
            },
            lambda between, within: {
                "F": between / within,
                "1/F": within / between,
                "the intraclass correlation": (between - within)
                / (between + 4 * within),
                "a share of the sum of mean squares": between / (between + within),
                "one less the root of 1/F": 1 - np.sqrt(within / between),
            },
        ),
        "about": (dyestuff_fit,),
    },
    "2.8f": {
        "route": Route(
            lambda n, between, within, people: f.cdf(
                1 / (1 + n * between**2 / within**2), people - 1, people * (n - 1)
            ),
            {
                "n": Part(2, "n", {1.0: "with one observation each"}),
                "between": Part(4.0, "the 4 between people"),
                "within": Part(10.0, "the 10 within"),
                "people": Part(18, "the number of people"),
            },
            lambda n, between, within, people: {
                "the probability with n left out of the ratio": f.cdf(1 / 1.16, 17, 18),
                "the probability with standard deviations in the ratio": f.cdf(
                    1 / 1.8, 17, 18
                ),
                "the probability with the degrees of freedom swapped": f.cdf(
                    1 / 1.32, 18, 17
                ),
                "the probability where nobody differs": f.cdf(1, 17, 18),
            },
        ),
    },
}
