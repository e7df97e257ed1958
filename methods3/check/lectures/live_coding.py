"""Questions 2.2, live coding: everybody's own line, guests, and the last day."""

from functools import cache

import numpy as np
import pandas as pd

from methods3.check.fits import LINES, SHORT, Sigma_1, fitted, own_lines, sleepstudy
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_sleepstudy
from mlm.fit import lm, lmer


@cache
def with_guests():
    """Fit the sleep study and two more people: one day of 373, two of 374."""
    guests = pd.DataFrame(
        {
            "Reaction": [245.0, 286.0, 288.0],
            "Days": [0, 0, 1],
            "Subject": ["373", "374", "374"],
        }
    )
    people = load_sleepstudy().astype({"Subject": str})
    return lmer(LINES, pd.concat([people, guests], ignore_index=True))


def misses(predicted):
    """Errors of predictions of everybody's last day."""
    return sleepstudy().query("Days == 9")["Reaction"] - predicted


def forecast(where="Days < 9", random=True):
    """Predict everybody's last day from the days that are asked for."""
    return fitted(where=where).predict(sleepstudy().query("Days == 9"), random)


def rms(values):
    """Root of the mean of squares."""
    return np.sqrt(np.mean(np.square(values)))


def range_of_slopes(spread, middle=None):
    """Range that holds 95 % of a normal distribution around the average slope."""
    middle = fitted().fixef["Days"] if middle is None else middle
    return middle + np.array([-1.96, 1.96]) * spread


QUESTIONS = {
    "2.2a": Question(
        lambda: np.ceil((own_lines()["slope"].std() / 1.2) ** 2),
        mistakes=(
            Mistake(
                lambda: (own_lines()["slope"].std() / 1.2) ** 2,
                "The arithmetic is right. But people come whole: which way to round?",
            ),
            Mistake(
                lambda: np.floor((own_lines()["slope"].std() / 1.2) ** 2),
                "With so many the standard error is still a little too large. "
                "Which way to round?",
            ),
            Mistake(
                lambda: np.ceil(own_lines()["slope"].std() / 1.2),
                "The standard error falls with the root of the number of people. "
                "What undoes a root?",
            ),
            Mistake(
                lambda: np.ceil((own_lines()["slope"].std() / 1.2) ** 2) - 18,
                "So many more than there are now. How many is that in all?",
            ),
        ),
    ),
    "2.2b": Question(
        lambda: own_lines(SHORT)["slope"].sem(),
        unit="ms/day",
        mistakes=(
            Mistake(
                lambda: own_lines(SHORT)["slope"].std(),
                "That is how much the slopes scatter. "
                "Their mean is known better than that: how many slopes are there?",
            ),
            Mistake(
                lambda: own_lines(SHORT)["slope"].std(ddof=0) / np.sqrt(18),
                "Close: this standard deviation divides by n, as numpy does. "
                "A sample's divides by n − 1: say `ddof=1`.",
            ),
            Mistake(
                lambda: own_lines()["slope"].sem(),
                "That uses all ten days. Leave out days 0 and 1 first.",
            ),
            Mistake(
                lambda: lm("Reaction ~ Days", sleepstudy().query(SHORT)).se["Days"],
                "That takes all rows for independent. "
                "The sample here are eighteen slopes.",
            ),
        ),
    ),
    "2.2c": Question(
        lambda: range_of_slopes(np.sqrt(Sigma_1()[1, 1])),
        unit="ms/day",
        digits=3,
        mistakes=(
            Mistake(
                lambda: range_of_slopes(fitted().se["Days"]),
                "That is where the average slope may lie. "
                "Where people lie is another number of the print-out.",
            ),
            Mistake(
                lambda: range_of_slopes(fitted().sigma),
                "You used the scatter of days around a line, in ms. "
                "Which number is about slopes?",
            ),
            Mistake(
                lambda: range_of_slopes(own_lines()["slope"].std()),
                "You used the spread of the eighteen own lines. "
                "It holds their noise as well; the model takes that out.",
            ),
            Mistake(
                lambda: range_of_slopes(np.sqrt(Sigma_1()[1, 1]), middle=0),
                "The width is right, the middle is not. "
                "That is the range of the random effects: add what everybody shares.",
            ),
        ),
    ),
    "2.2d": Question(
        lambda: with_guests().coef["Subject"].loc["373", "Days"],
        unit="ms/day",
        mistakes=(
            Mistake(
                lambda: with_guests().fixef["Days"],
                "That is the average person's slope. "
                "The guest's own differs a little: `fit.coef` knows it.",
            ),
            Mistake(
                lambda: with_guests().ranef["Subject"].loc["373", "Days"],
                "That is how far the guest's slope lies from the average. "
                "Add what everybody shares.",
            ),
            Mistake(
                lambda: with_guests().coef["Subject"].loc["374", "Days"],
                "That is the other guest, who came on two days.",
            ),
            Mistake(
                lambda: with_guests().coef["Subject"].loc["373", "(Intercept)"],
                "That is the intercept. The slope stands beside it.",
            ),
        ),
    ),
    "2.2e": Question(
        lambda: rms(misses(forecast())),
        unit="ms",
        mistakes=(
            Mistake(
                lambda: rms(misses(forecast(random=False))),
                "That predicts the average person for everybody. "
                "The model knows these people: use their random effects.",
            ),
            Mistake(
                lambda: rms(misses(own_lines("Days < 9").to_numpy() @ [9, 1])),
                "That is the error of the eighteen own lines. "
                "Asked is that of the mixed model.",
            ),
            Mistake(
                lambda: rms(misses(forecast("Days >= 0"))),
                "This model has seen day 9 already, so it does not predict. "
                "Fit it to the days before.",
            ),
            Mistake(
                lambda: misses(forecast()).abs().mean(),
                "That is the mean of the absolute errors. "
                "Square them first, and take the root of the mean.",
            ),
        ),
    ),
}
