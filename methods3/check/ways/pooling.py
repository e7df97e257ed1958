"""Ways to the answers on pooling and shrinking."""

import numpy as np
from scipy.stats import f

from methods3.check.fits import (
    person,
)
from methods3.check.lectures.pooling import above, drop_out
from methods3.check.routes import Part, Route


def weight(n, between, within):
    """Return the weight of a mean of n."""
    return n * between**2 / (n * between**2 + within**2)


def weight_of(houses):
    """Say which weight a county's own houses have."""
    if houses < 1:
        return ""
    own = weight(houses, 0.1564, 0.7584)
    return (
        f"With {houses:g} houses their weight is {own:.4f}: is that the least above ½?"
    )


WAYS = {
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
                "a slope over nine days, divided by nine once more": (slope + other)
                / 9,
                "the difference of two people's slopes, neither of them 308": (
                    other + 19.5029
                ),
                "335's difference, without its sign": -other,
            },
        ),
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
                "base": Part(2.0, "the 2", {np.e: "with e for 2", 10: "with 10 for 2"}),
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
    },
    "2.7e": {
        "route": Route(
            drop_out,
            {
                "random": Part("Days", others={"1": "with one slope for all"}),
                "slow": Part(True, others={False: "when the quick ones leave"}),
            },
        ),
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
                    (between**2 + within**2) / np.sqrt(between**2 + within**2 / many)
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
    "2.8b": {"follows": weight_of},
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
