"""Ways to the answers on design matrices and on reading the fit."""

import numpy as np

from methods3.check.fits import fitted
from methods3.check.routes import Part, Route
from mlm.datasets import load_sleepstudy


def without_rows(*rows):
    """Fit the sleep study without some subjects' days."""
    kept = load_sleepstudy()
    for subject, day in rows:
        kept = kept[(kept["Subject"] != subject) | (kept["Days"] != day)]
    return fitted(load=lambda: kept)


WAYS = {
    "2.3b": {
        "route": Route(
            lambda recipes, temp, both, batters: [1 + recipes + temp + both, batters],
            {
                "recipes": Part(2, "the recipes", {3: "with a column for each recipe"}),
                "temp": Part(1, "temp", {5: "with temp as a category"}),
                "both": Part(
                    2, "the interaction", {1: "with one column for the interaction"}
                ),
                "batters": Part(
                    45,
                    "the batters",
                    {
                        15: "with replicates for batters",
                        18: "with recipes plus replicates for batters",
                        270: "with cakes for batters",
                        90: "if batters had slopes as well",
                    },
                ),
            },
        ),
    },
    "2.3c": {
        "route": Route(
            lambda effects, groups, fixed: effects * groups + fixed,
            {
                "effects": Part(
                    2,
                    others={
                        1: "with one random effect for each school",
                        3: "with three random effects for each school",
                        4: "with four random effects for each school",
                        5: "with five random effects for each school",
                    },
                ),
                "groups": Part(20, others={400: "with pupils for schools"}),
                "fixed": Part(
                    0,
                    others={
                        1: "with a column of ones",
                        2: "with columns of X: intercept and hours",
                        4: "with the columns of X",
                    },
                ),
            },
        ),
    },
    "2.3d": {
        "route": Route(
            lambda rows, students, lecturers, size, giga: (
                rows * (students + lecturers) * size / giga
            ),
            {
                "rows": Part(73421, "the ratings"),
                "students": Part(2972, "the students", {2973: "with a column of ones"}),
                "lecturers": Part(1128, "the lecturers"),
                "size": Part(8.0, "the 8 bytes"),
                "giga": Part(
                    1e9,
                    others={
                        2**30: "with 1024³ bytes for a gigabyte",
                        1e6: "in megabytes",
                    },
                ),
            },
            lambda rows, students, lecturers, size, giga: {
                "the size of the numbers that are not zero": 2 * rows * size / giga,
                "the product of students and lecturers": (
                    rows * students * lecturers * size / giga
                ),
            },
        ),
    },
    "2.3e": {
        "route": Route(
            lambda ones, plates, samples, lost: ones + plates + samples - lost,
            {
                "ones": Part(1, "the column of ones"),
                "plates": Part(24, "the plates"),
                "samples": Part(6, "the samples"),
                "lost": Part(
                    2,
                    "what is said twice",
                    {1: "if one column were said twice", 3: "if three were"},
                ),
            },
        ),
    },
    "2.3f": {
        "route": Route(
            lambda b0, b1, b2, b3, r0, r1, x, r1x: (
                b0 + b1 * x + b2 + b3 * x + r0 + r1 * r1x
            ),
            {
                "b0": Part(250.0, "β₀"),
                "b1": Part(10.0, "β₁"),
                "b2": Part(30.0, "β₂"),
                "b3": Part(4.0, "β₃"),
                "r0": Part(-20.0, "b₀"),
                "r1": Part(3.0, "b₁"),
                "x": Part(5, "the day with β₁ and β₃"),
                "r1x": Part(5, "the day with b₁"),
            },
            lambda **_: {
                "the value with β₃ not multiplied by the day": 250 + 50 + 34 - 20 + 15,
            },
        ),
    },
    "2.4a": {
        "route": Route(
            lambda between, within, power: (
                between**power / (between**power + within**power)
            ),
            {
                "between": Part(42.00, "the standard deviation between"),
                "within": Part(49.51, "the residual standard deviation"),
                "power": Part(2, others={1: "with standard deviations, not variances"}),
            },
            lambda between, within, power: {
                "the ratio of the standard deviations": between / within,
                "the ratio of the variances": (between / within) ** 2,
                "the share's root": between / np.hypot(between, within),
                "a share with the square of a sum, where a sum of squares belongs": (
                    between / (between + within)
                )
                ** 2,
            },
        ),
    },
    "2.4b": {
        "route": Route(
            lambda start, own, slope, also, day: start + own + (slope + also) * day,
            {
                "start": Part(251.405, "the intercept"),
                "own": Part(-0.334, "the person's own start"),
                "slope": Part(10.467, "the slope"),
                "also": Part(-10.752, "the person's own slope"),
                "day": Part(5, "the day"),
            },
        ),
    },
    "2.4c": {
        "route": Route(
            lambda deviance, each, parameters: deviance + each * parameters,
            {
                "deviance": Part(
                    1751.9393, "the deviance", {1743.628: "with the REML criterion"}
                ),
                "each": Part(2.0, "the 2", {np.log(180): "with log n: that is BIC"}),
                "parameters": Part(6, "the parameters", {4: "with four parameters"}),
            },
        ),
    },
    "2.4d": {
        "route": Route(
            lambda rows: without_rows(*rows).sigma,
            {
                "rows": Part(
                    (("332", 6), ("308", 7)),
                    others={
                        (("332", 6),): "without 332's day alone",
                        (("308", 7),): "without 308's day alone",
                        (("332", 7), ("308", 8)): "one day late",
                        (("332", 5), ("308", 6)): "one day early",
                        (("308", 6), ("332", 7)): "with the two days swapped",
                    },
                )
            },
        ),
    },
}
