"""Ways to the answers on the linear model."""

import numpy as np
from scipy import stats

from methods3.check.fits import everybody, line, person, rss, sleepstudy
from methods3.check.routes import Part, Route
from methods3.check.ways.people import (
    DAYS,
    LINE,
    MEAN,
    NAMES,
    own_line,
    rows_of,
    someone,
)
from mlm.fit import lm


def sigma(days, who, divisor):
    """Return the residual standard deviation without some days."""
    rows = rows_of(who)
    fit = lm(LINE, rows[~rows["Days"].isin(days)])
    return np.sqrt(rss(fit) / (divisor or fit.nobs - 2))


def f_of_names(small, large, added, left, power=1):
    """Return F of a model with more columns."""
    one, two = rss(everybody(small)), rss(everybody(large))
    return ((one - two) / added) / (two / left)


def height_error(sigma, n, x, middle, around):
    """Return the standard error of a line's height."""
    return sigma * np.sqrt(1 / n + (x - middle) ** 2 / around)


WAYS = {
    "1.4a": {
        "route": Route(
            lambda n, x, xx, y, xy, square: (n * xy - x * y) / (n * xx - square),
            {
                "n": Part(10, "n"),
                "x": Part(45.0, "Σx"),
                "xx": Part(285.0, "Σx²"),
                "y": Part(2500.7004, "Σy"),
                "xy": Part(11015.4665, "Σxy"),
                "square": Part(45.0**2, "(Σx)² in the determinant"),
            },
            lambda n, x, xx, y, xy, square: {
                "the slope with n left out before Σxy": (xy - x * y) / (n * xx - square)
            },
        ),
    },
    "1.4b": {
        "route": Route(
            lambda intercept, c: intercept + c,
            {
                "intercept": Part(33.1222, "the intercept"),
                "c": Part(-1.5222, "the coefficient of C"),
            },
            lambda intercept, c: {"the size of C's coefficient": -c},
        ),
    },
    "1.4c": {
        "route": Route(
            own_line,
            {
                "who": someone("310"),
                "formula": Part(
                    LINE, others={"Reaction ~ I(Days + 1)": "with days from 1"}
                ),
            },
        ),
    },
    "1.4d": {
        "route": Route(
            sigma,
            {
                "days": Part(
                    (7,),
                    others={
                        (): "with all days",
                        (0,): "without day 0",
                        (9,): "without day 9",
                        (5, 6): "without days 5 and 6",
                        (7, 8, 9): "with the days before day 7 alone",
                        (7, 8): "without day 8 as well",
                    },
                ),
                "who": someone("308"),
                "divisor": Part(0),
            },
            lambda **_: {
                "the standard deviation of the nine reaction times": (
                    person("308").query("Days != 7")["Reaction"].std()
                )
            },
        ),
    },
    "1.4e": {
        "route": Route(
            f_of_names,
            {
                "small": Part(LINE, others={MEAN: "against the mean"}),
                "large": Part(NAMES, others={LINE: "with the line for the names"}),
                "added": Part(8, "the number of added coefficients"),
                "left": Part(170, "the degrees of freedom that are left"),
            },
            lambda **_: {
                "the ratio of the two RSS": rss(everybody()) / rss(everybody(NAMES)),
                "the ratio of two residual standard deviations": (
                    everybody(NAMES).sigma / everybody().sigma
                ),
                "the p that belongs to F": stats.f.sf(
                    f_of_names(LINE, NAMES, 8, 170), 8, 170
                ),
            },
        ),
    },
    "1.4f": {
        "route": Route(
            lambda sigma, n: sigma / np.sqrt(n),
            {
                "sigma": Part(47.7149, "the residual standard deviation"),
                "n": Part(
                    180,
                    "the number of rows",
                    {
                        18: "with the number of people for that of rows",
                        10: "with the number of days for that of rows",
                        178: "with what is left, n - 2, for the number of rows",
                    },
                ),
            },
            lambda **_: {
                "the standard error of a mean, without days in the model": (
                    sleepstudy()["Reaction"].sem()
                )
            },
        ),
    },
    "1.4g": {
        "route": Route(
            height_error,
            {
                "sigma": Part(47.7797, "σ"),
                "n": Part(10, "n"),
                "x": Part(12, "the day", {9: "for the last day", 3: "for day 3"}),
                "middle": Part(4.5, "the mean day"),
                "around": Part(DAYS, "Σ(x - 4.5)²", {285: "with Σx² for Σ(x - 4.5)²"}),
            },
            lambda **_: {
                "the sum of the standard errors": line("308").se @ [1, 12],
                "the slope's part alone": (line("308").sigma * 7.5 / np.sqrt(DAYS)),
            },
        ),
    },
}
