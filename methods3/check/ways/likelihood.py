"""Ways to the answers on likelihood."""

import numpy as np
from scipy import stats

from methods3.check.fits import line, person, rss
from methods3.check.routes import Part, Route
from methods3.check.ways.people import (
    DAYS,
    LINE,
    MEAN,
    ZERO,
    rows_of,
    someone,
)
from mlm.fit import lm


def loss(who, factor, small):
    """Return by how much a log-likelihood falls without a slope."""
    return factor * (lm(LINE, rows_of(who)).loglik - lm(small, rows_of(who)).loglik)


def left_at(slope, who="308", level="mean"):
    """Return the sum of squares at a slope, with some intercept."""
    left = person(who)["Reaction"] - slope * person(who)["Days"]
    levels = {"mean": left.mean(), "median": left.median(), "zero": 0.0}
    levels["own"] = line(who).fixef["(Intercept)"]
    return np.sum((left - levels[level]) ** 2)


def fall(slope, n):
    """Return how far twice the log-likelihood of 308 is below its top at a slope."""
    return n * np.log(left_at(slope) / rss(line("308")))


def ends(spread, n, cut, around):
    """Return the two slopes at which it has fallen by the cut."""
    half = np.sqrt(spread * np.expm1(cut / n) / around)
    return line("308").fixef["Days"] + half * np.array([-1, 1])


def fall_at_ends(slopes):
    """Say how far below the top two slopes are."""
    low, high = (fall(slope, 10) for slope in slopes)
    cut = stats.chi2.ppf(0.95, 1)
    return (
        f"At your slopes it is lower by {low:.3f} and by {high:.3f}, and `cut` is "
        f"{cut:.3f}."
    )


WAYS = {
    "1.5a": {
        "route": Route(
            lambda n, sd, pi, squares, half: (
                -n / 2 * np.log(2 * pi * sd**2) - squares / (half * sd**2)
            ),
            {
                "n": Part(3, "n"),
                "sd": Part(2.0, "σ"),
                "pi": Part(np.pi, "π"),
                "squares": Part(21.0, "the sum of squares"),
                "half": Part(2.0, "the 2 before σ² under the squares"),
            },
            lambda **_: {
                f"the logarithm of the density of {x:g}": stats.norm.logpdf(x, 3, 2)
                for x in (1.0, 4.0, 7.0)
            },
        ),
    },
    "1.5b": {
        "route": Route(
            lambda sigma, left, n: sigma * np.sqrt(left / n),
            {
                "sigma": Part(8.875, "the printed σ"),
                "left": Part(8, "the degrees of freedom"),
                "n": Part(10, "n"),
            },
        ),
    },
    "1.5c": {
        "route": Route(
            loss,
            {
                "who": someone("309"),
                "factor": Part(
                    1, others={2: "when it is doubled", -1: "with the other sign"}
                ),
                "small": Part(MEAN, others={ZERO: "without the intercept"}),
            },
            lambda **_: {
                "the difference of two sums of squares": (
                    rss(lm(MEAN, person("309"))) - rss(line("309"))
                ),
                "a p of the test of the slope": stats.chi2.sf(
                    2 * loss("309", 1, MEAN), 1
                ),
            },
        ),
    },
    "1.5d": {
        "route": Route(
            lambda sign, factor, half: sign * np.log(factor) * half,
            {
                "sign": Part(-1, others={1: "with the other sign"}),
                "factor": Part(24.0, "the factor"),
                "half": Part(
                    1,
                    others={
                        0.5: "with another half",
                        2: "with log |XᵀX| that is not halved",
                    },
                ),
            },
        ),
    },
    "1.5e": {
        "route": Route(
            left_at,
            {
                "slope": Part(30.0, "the slope"),
                "who": Part("308", others={"309": "for subject 309"}),
                "level": Part(
                    "mean",
                    others={
                        "median": "with the median of what is left as intercept",
                        "zero": "without an intercept",
                        "own": "with the intercept of the best line",
                    },
                ),
            },
            lambda **_: {
                "the best sum of squares": rss(line("308")),
                "the square of the slopes' difference": (
                    (30 - line("308").fixef["Days"]) ** 2
                ),
                "the slope's square times Σx²": 30.0**2 * 285,
            },
        ),
    },
    "1.5f": {
        "route": Route(
            fall,
            {
                "slope": Part(30.0, "the slope"),
                "n": Part(10, "n", {8: "with n - 2 for n", 5: "with n/2 for n"}),
            },
            lambda **_: {
                "the difference of the two sums of squares": (
                    left_at(30) - rss(line("308"))
                ),
                "the cut of the next exercise": stats.chi2.ppf(0.95, 1),
                "the distance of the slopes in standard errors": (
                    (30 - line("308").fixef["Days"]) / line("308").se["Days"]
                ),
                "the logarithm of the difference": np.log(
                    left_at(30) - rss(line("308"))
                ),
            },
        ),
    },
    "1.5g": {
        "route": Route(
            ends,
            {
                "spread": Part(18262.0, "the RSS"),
                "n": Part(10, "n", {8: "with n - 2 for n", 5: "with n/2 for n"}),
                "cut": Part(float(stats.chi2.ppf(0.95, 1)), "the cut"),
                "around": Part(DAYS, "Σx²"),
            },
        ),
        "follows": fall_at_ends,
    },
    "1.5h": {
        "hint": (
            "2 J values are there, and J means are fitted to them: what does ML divide "
            "RSS by, and what would be right?"
        ),
    },
}
