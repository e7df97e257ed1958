"""Questions 3.7, from formula to fit, again: working responses and integrals."""

from functools import cache

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from methods3.check.lectures.left_out import LEFT_OUT
from methods3.check.lectures.separated import SEPARATED
from methods3.check.lectures.strips import STRIPS
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_mtcars
from mlm.fit import glm, lm


def working(y, eta, divided=True, moved=True):
    """Working response of one answer, whole or with a step forgotten."""
    p = expit(eta)
    off = (y - p) / (p * (1 - p) if divided else 1)
    return eta * moved + off


@cache
def cars():
    """Give the cars, with the working response of carburettors at the mean of all."""
    data = load_mtcars()
    mean = data["carb"].mean()
    return data.assign(
        z=np.log(mean) + (data["carb"] - mean) / mean,
        from_zero=data["carb"] - 1,
        off=(data["carb"] - mean) / mean,
        undivided=np.log(mean) + data["carb"] - mean,
        log_carb=np.log(data["carb"]),
        multiplied=np.log(mean) + (data["carb"] - mean) * mean,
        by_each=np.log(mean) + (data["carb"] - mean) / data["carb"],
        turned=np.log(mean) - (data["carb"] - mean) / mean,
        rooted=np.log(mean) + (data["carb"] - mean) / np.sqrt(mean),
        from_mean=mean + (data["carb"] - mean) / mean,
        by_logit=np.log(mean) + (data["carb"] - mean) / (mean * (1 - mean)),
    )


@cache
def line(response):
    """Intercept and slope of a line through some response of the cars."""
    return lm(f"{response} ~ wt", cars()).fixef.to_numpy()


@cache
def second_step():
    """Intercept and slope of the carburettors after two steps."""
    eta = line("z") @ [np.ones(len(cars())), cars()["wt"]]
    mean = np.exp(eta)
    data = cars().assign(again=eta + (cars()["carb"] - mean) / mean)
    return lm("again ~ wt", data, weights=mean).fixef.to_numpy()


QUESTIONS = {
    "3.7a": Question(
        lambda: working(0, 1.0),
        mistakes=(
            Mistake(
                lambda: working(0, 1.0, moved=False),
                "That is how far the point is from the line. Where does it stand: "
                "from which η did you go?",
            ),
            Mistake(
                lambda: working(0, 1.0, divided=False),
                "You added the distance of the answer from p on the scale of "
                "probability. Divide it by the slope of the curve, p(1 − p).",
            ),
            Mistake(
                lambda: working(1, 1.0),
                "That is the point of an answer 1. Asked is that of a 0.",
            ),
            Mistake(
                lambda: -expit(1.0),
                "That is p, or y − p. What is asked is η plus y − p over p(1 − p).",
            ),
            Mistake(
                lambda: expit(1.0),
                "That is p, or y − p. What is asked is η plus y − p over p(1 − p).",
            ),
            Mistake(
                lambda: 0.0,
                "You divided by p alone, or gave the answer itself. The slope of the "
                "curve is p(1 − p).",
            ),
            Mistake(
                lambda: 1 - expit(1) * expit(1) * expit(-1),
                "You multiplied by the slope of the curve. Divide by it.",
            ),
            Mistake(
                lambda: 1 + 1 / expit(-1),
                "You took y − p the other way round. The answer is 0, below p.",
            ),
            Mistake(
                lambda: expit(1) - 1 / expit(-1),
                "You started from p. The point belongs to the scale of η, which is 1.",
            ),
            Mistake(
                lambda: expit(1) * expit(-1),
                "That is the slope of the curve. Divide y − p by it, and add η.",
            ),
            Mistake(
                lambda: 1 - 1 / (expit(1) * expit(-1)),
                "You took η for p in y − p. Compute p first.",
            ),
            Mistake(
                lambda: -1 - 1 / expit(-1),
                "The sign of η is turned: it is 1.",
            ),
            Mistake(
                lambda: 1 - expit(1) / np.sqrt(expit(1) * expit(-1)),
                "You divided by the standard deviation of the answer. Divide by the "
                "slope of the curve, p(1 − p).",
            ),
            Mistake(
                lambda: 1 - norm.cdf(1) / norm.pdf(1),
                "That is the working response of a probit. Here the link is the logit.",
            ),
            Mistake(
                lambda: -1.0,
                "You took p as one half, where a first step may start. Here η is 1.",
            ),
            Mistake(
                lambda: 1 - np.e,
                "That is the working response of a count, whose slope is exp(η). An "
                "answer of 0 or 1 has p(1 − p).",
            ),
            Mistake(
                lambda: expit(-np.expm1(1) * 0 - np.e),
                "You made a probability of it. The working response is on the scale "
                "of η.",
            ),
        ),
        hint="Compute p first; then y − p; then divide by p(1 − p), and add η.",
    ),
    "3.7b": Question(
        lambda: line("z"),
        kind="coefficient",
        mistakes=(
            Mistake(
                lambda: line("from_zero"),
                "That is the step from η = 0, where every mean is 1. Start where all "
                "means are the mean of the counts.",
            ),
            Mistake(
                lambda: line("off"),
                "Almost: that is the distance from η on its scale. The point is η "
                "itself, the logarithm of the mean, plus that.",
            ),
            Mistake(
                lambda: line("undivided"),
                "The distance of a count from its mean is to be divided by the slope "
                "of exp, which is the mean.",
            ),
            Mistake(
                lambda: glm("carb ~ wt", cars(), "poisson").fixef,
                "That is where the search ends. Asked is its first step.",
            ),
            Mistake(
                lambda: line("log_carb"),
                "That is a line through the logarithms of the counts. A working "
                "response takes the tangent of the logarithm, at the mean.",
            ),
            Mistake(
                lambda: line("carb"),
                "That is a line through the counts themselves, on their own scale.",
            ),
            Mistake(
                lambda: line("multiplied"),
                "You multiplied by the mean. Divide by it.",
            ),
            Mistake(
                lambda: line("by_each"),
                "You divided by each count. All start at the same mean.",
            ),
            Mistake(
                lambda: np.exp(line("z")),
                "You took the exponential of the coefficients. They are asked as they "
                "are.",
            ),
            Mistake(
                lambda: second_step(),
                "Those are two steps. Asked is the first alone.",
            ),
            Mistake(
                lambda: line("turned"),
                "You took the mean minus the count. It is the other way round.",
            ),
            Mistake(
                lambda: line("rooted"),
                "You divided by the root of the mean: the standard deviation of a "
                "count. Divide by the slope of exp, which is the mean.",
            ),
            Mistake(
                lambda: line("from_mean"),
                "You started from the mean itself. The point belongs to the scale of "
                "η: its logarithm.",
            ),
            Mistake(
                lambda: line("by_logit"),
                "You divided by m(1 − m), the slope for a probability. For a count it "
                "is the mean.",
            ),
        ),
    ),
    **STRIPS,
    **SEPARATED,
    **LEFT_OUT,
}
