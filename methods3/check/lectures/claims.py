"""Question 3.4d: claims of car insurance, where the number of policies is known."""

from functools import cache

import numpy as np
from scipy.special import expit

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_insurance
from mlm.fit import glm

# Intercept, districts 2 to 4, engine and age of what is asked.
OLDEST = np.array([1.0, 0, 0, 0, 1, 4])


@cache
def claims(offset=" + offset(log(Holders))"):
    """Fit claims of car owners, by default for one policy."""
    data = load_insurance()
    data["age"], data["engine"] = (data[c].cat.codes + 1 for c in ("Age", "Group"))
    return glm(f"Claims ~ District + engine + age{offset}", data, "poisson")


def log_rate(row=OLDEST):
    """Logarithm of the claims of one policy."""
    return row @ claims().fixef


CLAIMS = {
    "3.4d": Question(
        lambda: 250 * np.exp(log_rate()),
        kind="expected count",
        digits=4,
        mistakes=(
            Mistake(
                lambda: np.exp(log_rate()),
                "That is for one policy. There are 250.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 1, 1]))),
                "That is the youngest group. The oldest is `age` 4.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 1, 0]))),
                "The coefficient of age is missing.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 0, 4]))),
                "The coefficient of the engine is missing: it is 1, not 0.",
            ),
            Mistake(
                lambda: 250 * np.exp(claims().fixef["(Intercept)"]),
                "That is the intercept alone, where engine and age are 0. Add their "
                "coefficients.",
            ),
            Mistake(
                lambda: 250 * expit(log_rate()),
                "You used the inverse logit. A regression for counts has a "
                "logarithmic link.",
            ),
            Mistake(
                lambda: 250 * log_rate(),
                "You multiplied the logarithm of the rate. Take its exponential first.",
            ),
            Mistake(
                lambda: np.exp(log_rate()) + 250,
                "You added the policies. They multiply the rate; it is their "
                "logarithm that is added, before the exponential.",
            ),
            Mistake(
                lambda: np.exp(OLDEST @ claims("").fixef),
                "That comes from the model without an offset, which does not know how "
                "many policies there are.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 1, 3]))),
                "That is the third age group. The oldest is `age` 4.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 4, 1]))),
                "Engine and age have changed places.",
            ),
            Mistake(
                lambda: 100 * np.exp(log_rate()),
                "That is the rate, times another number of policies. There are 250.",
            ),
            Mistake(
                lambda: 1000 * np.exp(log_rate()),
                "That is the rate, times another number of policies. There are 250.",
            ),
            Mistake(
                lambda: np.exp(log_rate()) / 250,
                "You divided. More policies make more claims.",
            ),
            Mistake(
                lambda: log_rate() + np.log(250),
                "That is the logarithm of the count. Take the exponential.",
            ),
            Mistake(
                lambda: log_rate(),
                "That is the logarithm of the rate of one policy. Take the "
                "exponential, and mind the 250.",
            ),
            *(
                Mistake(
                    lambda district=district: 250 * np.exp(log_rate(OLDEST + district)),
                    "That is another district. The reference has no coefficient of "
                    "its own.",
                )
                for district in np.eye(6)[1:4]
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 1, -4]))),
                "The sign of age is lost: its coefficient is negative.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 4, 4]))),
                "Those are the largest engines. The smallest are `engine` 1.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([0.0, 0, 0, 0, 1, 4]))),
                "The intercept is missing.",
            ),
            Mistake(
                lambda: 250 * np.exp(log_rate(np.array([1.0, 0, 0, 0, 0, 3]))),
                "You counted engine and age from 0. In the cell both begin at 1.",
            ),
            Mistake(
                lambda: 250 * np.exp(OLDEST @ claims("").fixef),
                "That comes from the model without an offset, which does not know how "
                "many policies there are.",
            ),
        ),
    ),
}
