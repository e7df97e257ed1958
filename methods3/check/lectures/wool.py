"""Question 3.4f: cycles of wool, by a line through logarithms, Poisson and more."""

from functools import cache

import numpy as np

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_wool
from mlm.fit import glm, glmer, lm

RUNS = "len + amp + load"


@cache
def wool():
    """Fit cycles of wool three ways: tuple of three fits."""
    data = load_wool().assign(run=range(27))
    return (
        lm(f"log(cycles) ~ {RUNS}", data),
        glm(f"cycles ~ {RUNS}", data, "poisson"),
        glmer(f"cycles ~ {RUNS} + (1 | run)", data, "poisson"),
    )


def errors(name="amp"):
    """Standard errors of a predictor in the three fits."""
    return np.array([fit.se[name] for fit in wool()])


def mended():
    """The three of `amp`, the second corrected for overdispersion."""
    line, plain, runs = errors()
    return np.array([line, plain * np.sqrt(wool()[1].dispersion), runs])


@cache
def raw_wool():
    """Fit a line to the cycles of wool, without a logarithm."""
    return lm(f"cycles ~ {RUNS}", load_wool())


WOOL = {
    "3.4f": Question(
        errors,
        kind="standard error",
        digits=3,
        within=0.00051,
        mistakes=(
            Mistake(
                mended,
                "You corrected the second for overdispersion. Right to do so, but "
                "asked is what the plain Poisson regression says.",
            ),
            Mistake(
                lambda: [fit.fixef["amp"] for fit in wool()],
                "Those are the slopes. Their standard errors are asked.",
            ),
            Mistake(
                lambda: errors("load"),
                "Those are the standard errors of `load`.",
            ),
            Mistake(
                lambda: errors("len"),
                "Those are the standard errors of `len`.",
            ),
            Mistake(
                lambda: errors() / [np.log(10), 1, 1],
                "The first is for logarithms to base 10. `log` in the formula is the "
                "natural one.",
            ),
            Mistake(
                lambda: errors()[[1, 0, 2]],
                "The first two have changed places: the line through logarithms comes "
                "first.",
            ),
            Mistake(
                lambda: errors()[[0, 1, 1]],
                "The third is that of the second. Is `(1 | run)` in its formula?",
            ),
            Mistake(
                lambda: np.exp(errors()),
                "You took the exponential of standard errors. They are asked as they "
                "are.",
            ),
            Mistake(
                lambda: np.abs(errors() / [fit.fixef["amp"] for fit in wool()]),
                "Those are the standard errors over the slopes. They are asked as "
                "they are.",
            ),
            Mistake(
                lambda: [fit.fixef["amp"] for fit in wool()] / errors(),
                "Those are the slopes over their standard errors. The standard errors "
                "are asked.",
            ),
            Mistake(
                lambda: [
                    wool()[0].sigma,
                    wool()[1].dispersion,
                    wool()[2].varcorr.std_dev("run").iloc[0],
                ],
                "Those say how much is left over in each model. The standard errors "
                "of `amp` are asked.",
            ),
            Mistake(
                lambda: errors() * [np.sqrt(23 / 27), 1, 1],
                "In the first you divided by all 27 runs. A line has four "
                "coefficients, which leaves 23 degrees of freedom.",
            ),
            Mistake(
                lambda: [raw_wool().se["amp"], *errors()[1:]],
                "The first is for the cycles themselves. Take their logarithm.",
            ),
        ),
    ),
}
