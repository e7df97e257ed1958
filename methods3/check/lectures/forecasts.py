"""Questions 2.2d and 2.2e: a guest's line, and everybody's last day."""

from functools import cache

import numpy as np
import pandas as pd

from methods3.check.fits import LINES, fitted, own_lines, sleepstudy
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_sleepstudy
from mlm.fit import lmer


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


FORECASTS = {
    "2.2d": Question(
        lambda: with_guests().coef["Subject"].loc["373", "Days"],
        unit="ms/day",
        kind="slope",
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
            Mistake(
                lambda: fitted().fixef["Days"],
                "That is the average slope without the guests. Add them, fit, and "
                "look for 373.",
            ),
            Mistake(
                lambda: with_guests().ranef["Subject"].loc["374", "Days"],
                "That is how far the other guest's slope lies from the average.",
            ),
            Mistake(
                lambda: with_guests().se["Days"],
                "That is a standard error. The guest's slope is in `fit.coef`.",
            ),
            Mistake(
                lambda: 0,
                "No slope can be seen in one point, and yet the model has one for "
                "this guest: `fit.coef`.",
            ),
        ),
    ),
    "2.2e": Question(
        lambda: rms(misses(forecast())),
        unit="ms",
        kind="error",
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
            Mistake(
                lambda: np.mean(misses(forecast()) ** 2),
                "That is the mean of the squares. Take its root.",
            ),
            Mistake(
                lambda: misses(forecast()).mean(),
                "Errors above and below cancel in a mean. Square them first.",
            ),
            Mistake(
                lambda: misses(forecast()).std(),
                "That is how errors scatter around their mean. Leave the mean in: "
                "it is an error, too.",
            ),
            Mistake(
                lambda: fitted(where="Days < 9").sigma,
                "That is the residual standard deviation, on days that it has "
                "seen. How far off is it on the new one?",
            ),
            Mistake(
                lambda: np.sqrt(np.sum(misses(forecast()) ** 2)),
                "You took the root of the sum. First take the mean of the squares.",
            ),
            Mistake(
                lambda: rms(
                    misses(
                        fitted(
                            "Reaction ~ Days + (1 | Subject)", where="Days < 9"
                        ).predict(sleepstudy().query("Days == 9"))
                    )
                ),
                "That is the error of the model with one slope for all. Let slopes "
                "vary.",
            ),
        ),
    ),
}
