"""Ways to the answers on setting up, from R to Python, and levels of measurement."""

from functools import cache

import numpy as np

from methods3.check.fits import everybody, insteval, person, rss, sleepstudy
from methods3.check.routes import Part, Route
from methods3.check.ways.people import LINE, ZERO, own_line, rows_of, someone
from mlm.datasets import load_cake, load_radon
from mlm.fit import lm


def changes(who, sign, days, divisor):
    """Return the mean change from one day to the next."""
    steps = np.diff(rows_of(who)["Reaction"])[slice(*days)]
    steps = steps if sign else np.abs(steps)
    return steps.sum() / (divisor or len(steps))


def _around_lines(wide):
    """Return the residual standard deviation of each person's line."""
    rss_of_each = np.polyfit(np.arange(10), wide.T, 1, full=True)[1]
    return np.sqrt(rss_of_each / 8)


def r_squared(formula=ZERO, total="mean", power=1):
    """Return R² by two sums of squares, or by their roots."""
    y = sleepstudy()["Reaction"]
    totals = {"mean": np.sum((y - y.mean()) ** 2), "zero": np.sum(y**2)}
    totals["line"] = rss(everybody())
    return 1 - (rss(everybody(formula)) / totals[total]) ** power


def variation(values):
    """Return the coefficient of variation."""
    return values.std() / values.mean()


@cache
def rated(codes=False):
    """Fit a line of ratings on the time at university."""
    data = insteval()
    age = data["studage"]
    return lm(
        "y ~ semester",
        data.assign(semester=age.cat.codes if codes else age.astype(int)),
    )


WAYS = {
    "1.1e": {
        "route": Route(own_line, {"who": someone("308")}),
    },
    "1.2b": {
        "route": Route(
            lambda of, column, by: (
                sleepstudy().groupby(by, observed=True)[column].agg(of)
            ),
            {
                "of": Part(
                    "mean",
                    others={
                        "median": "with medians",
                        "min": "with the smallest of each",
                        "max": "with the largest of each",
                        "sum": "with sums",
                        "std": "with standard deviations",
                        "var": "with variances",
                        "sem": "with standard errors",
                        "count": "with counts",
                        "first": "with the first of each",
                        "last": "with the last of each",
                    },
                ),
                "column": Part("Reaction", others={"Speed": "with speeds"}),
                "by": Part("Days"),
            },
        )
    },
    "1.2c": {
        "route": Route(
            lambda of, shape: of(
                sleepstudy()["Reaction"].to_numpy().reshape(18, 10, order=shape)
            ),
            {
                "of": Part(
                    lambda wide: wide.std(axis=1, ddof=1),
                    others={
                        lambda wide: wide.std(axis=1): "without ddof=1",
                        lambda wide: wide.var(axis=1): "with variances, without ddof=1",
                        lambda wide: np.median(wide, axis=1): "with medians",
                        lambda wide: wide.max(axis=1): "with the largest of each",
                        lambda wide: wide.min(axis=1): "with the smallest of each",
                        lambda wide: np.ptp(wide, axis=1): "with ranges",
                        lambda wide: (
                            wide.std(axis=1, ddof=1) / wide.mean(axis=1)
                        ): "with coefficients of variation",
                        lambda wide: _around_lines(wide): (
                            "with what is left of a line for each person"
                        ),
                    },
                ),
                "shape": Part(
                    "C", others={"F": "when the rows are dealt out by column"}
                ),
            },
        )
    },
    "1.2d": {
        "route": Route(
            changes,
            {
                "who": someone("308"),
                "sign": Part(False, others={True: "where rises and falls cancel"}),
                "days": Part(
                    (None,),
                    others={
                        (8,): "without the last change",
                        (1, None): "without the first change",
                    },
                ),
                "divisor": Part(
                    0,
                    others={
                        8: "with 8 for the number of changes",
                        10: "with ten days for the number of changes",
                    },
                ),
            },
            lambda **_: {
                "the standard deviation of the times": person("308")["Reaction"].std(),
                "the change from the first day to the last, for each day": np.diff(
                    person("308")["Reaction"]
                ).mean(),
            },
        ),
    },
    "1.2f": {
        "route": Route(
            r_squared,
            {
                "formula": Part(ZERO, others={LINE: "for the line with an intercept"}),
                "total": Part(
                    "mean",
                    others={
                        "zero": "measured from zero",
                        "line": "measured from the line with an intercept",
                    },
                ),
                "power": Part(1, others={0.5: "with roots of sums of squares"}),
            },
            lambda **_: {
                "the share that this line leaves": 1 - r_squared(),
                "the share that the line with an intercept leaves": (
                    1 - r_squared(LINE)
                ),
                "a ratio of two models' sums": 1 - r_squared(total="line"),
                "one less a ratio of two models' sums": (
                    1 - 1 / (1 - r_squared(total="line"))
                ),
                "one less a ratio of standard deviations": (
                    1 - everybody(ZERO).sigma / sleepstudy()["Reaction"].std()
                ),
                "a correlation": everybody().fixef["Days"]
                * sleepstudy()["Days"].std()
                / sleepstudy()["Reaction"].std(),
                "a ratio of two variances that divide by what is left": (
                    everybody().sigma ** 2 / sleepstudy()["Reaction"].var()
                ),
            },
        ),
    },
    "1.3b": {
        "route": Route(
            lambda one, two, n: (1000 / one + 1000 / two) / n,
            {
                "one": Part(250, "the first time"),
                "two": Part(500, "the second time"),
                "n": Part(2, "the number of trials"),
            },
            lambda **_: {
                "half of the difference of the speeds": 1.0,
                "the first speed": 4.0,
                "the slower speed minus the other": -2.0,
            },
        ),
    },
    "1.3c": {
        "route": Route(
            lambda mean, zero: mean / (mean - zero),
            {
                "mean": Part(200.0, "the mean in °F"),
                "zero": Part(32.0, "the 32 °F at which °C begins"),
            },
            lambda **_: {
                "the coefficient of variation in °F": variation(load_cake()["temp"]),
                "the coefficient of variation in °C": variation(
                    load_cake()["temp"] - 32
                ),
                "the ratio of the two means": 1.8 * 200 / 168,
            },
        ),
    },
    "1.3d": {
        "route": Route(
            lambda codes, semesters: semesters * rated(codes).fixef["semester"],
            {
                "codes": Part(False, others={True: "with codes for semesters"}),
                "semesters": Part(
                    1,
                    others={
                        2: "for two semesters",
                        6: "from the first group to the last",
                        0.5: "for half a semester",
                    },
                ),
            },
        ),
    },
    "1.3e": {
        "route": Route(
            lambda one, two, method: load_radon()[one].corr(
                load_radon()[two], method=method
            ),
            {
                "one": Part(
                    "activity", others={"floor": "with the floor for the activity"}
                ),
                "two": Part(
                    "log_uranium", others={"floor": "with the floor for the uranium"}
                ),
                "method": Part(
                    "spearman", others={"pearson": "of the values, not of their ranks"}
                ),
            },
        ),
    },
    "1.3f": {
        "route": Route(
            lambda swap, factor, log, intercept, slope: (
                np.array([slope, intercept] if swap else [intercept, slope])
                * log(factor)
            ),
            {
                "swap": Part(False, others={True: "with the two swapped"}),
                "factor": Part(37.0, "the factor"),
                "log": Part(
                    np.log,
                    others={
                        np.log10: "with logarithms of base ten",
                        np.log2: "with logarithms of base two",
                        float: "without the logarithm",
                        lambda x: 1 / np.log(x): "with one over the logarithm",
                    },
                ),
                "intercept": Part(1, "the change of the intercept"),
                "slope": Part(0, others={1: "if the slope gained it as well"}),
            },
            lambda **_: {
                "the factor, twice": (37.0, 37.0),
                "the factor, and the intercept's change for the slope": (
                    37.0,
                    np.log(37),
                ),
                "the intercept's change, and the factor for the slope": (
                    np.log(37),
                    37.0,
                ),
            },
        ),
    },
}
