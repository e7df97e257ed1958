"""Questions 3.3, reading coefficients: odds, probabilities, and steps between them."""

from functools import cache

import numpy as np
from scipy.special import expit, logit

from methods3.check.lectures.probabilities import PROBABILITIES
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_wells
from mlm.fit import glm

# Survivors and dead of the Titanic, by class.
FIRST, SECOND, THIRD = (200, 123), (119, 158), (181, 528)


def odds(outcomes):
    """Odds of the first of two outcomes."""
    return outcomes[0] / outcomes[1]


def share(outcomes):
    """Its probability."""
    return outcomes[0] / sum(outcomes)


@cache
def changed(formula):
    """Fit a logistic model to the wells; `dist100` is in hundreds of metres."""
    wells = load_wells()
    return glm(formula, wells.assign(dist100=wells["distance"] / 100), "binomial")


def metre():
    """Step of log-odds for one metre more."""
    return changed("switch ~ distance").fixef["distance"]


def steps():
    """Steps of the model with an interaction: of distance, arsenic, their product."""
    return changed("switch ~ dist100 * arsenic").fixef.to_numpy()[1:]


def of_metres(distance):
    """Log-odds of changing to another well at a distance."""
    return changed("switch ~ distance").fixef.to_numpy() @ [1, distance]


def at_three():
    """Coefficients of the model with an interaction: ndarray, shape (4,)."""
    return changed("switch ~ dist100 * arsenic").fixef.to_numpy()


QUESTIONS = {
    "3.3a": Question(
        lambda: odds(SECOND) / odds(THIRD),
        kind="odds ratio",
        mistakes=(
            Mistake(
                lambda: share(SECOND) / share(THIRD),
                "That is the risk ratio: you divided by everybody. Odds divide by "
                "those who died.",
            ),
            Mistake(
                lambda: odds(THIRD) / odds(SECOND),
                "That is third against second class. The class that is named first "
                "goes on top.",
            ),
            Mistake(
                lambda: np.log(odds(SECOND) / odds(THIRD)),
                "That is the difference of the log-odds: a coefficient. Its "
                "exponential is the odds ratio.",
            ),
            Mistake(
                lambda: share(SECOND) - share(THIRD),
                "That is the difference of the two probabilities. A ratio is asked, "
                "and of odds.",
            ),
            Mistake(
                lambda: odds(SECOND),
                "Those are the odds of the second class. Compare them with the "
                "third's.",
            ),
            Mistake(
                lambda: odds(FIRST) / odds(THIRD),
                "That is the first class against the third. The second is asked.",
            ),
            Mistake(
                lambda: SECOND[0] / THIRD[0],
                "That compares numbers of survivors. The classes are not equally "
                "large: how many died in each?",
            ),
            Mistake(
                lambda: (1 - share(THIRD)) / (1 - share(SECOND)),
                "That is the risk ratio of dying, third against second class. "
                "Odds of surviving are asked.",
            ),
            Mistake(
                lambda: odds(SECOND) - odds(THIRD),
                "That is a difference of odds. Divide them.",
            ),
            Mistake(
                lambda: share(THIRD) / share(SECOND),
                "That is a ratio of probabilities, and third against second class. "
                "Take odds, and the second on top.",
            ),
        ),
    ),
    "3.3b": Question(
        lambda: expit(logit(0.3) + np.log(3)),
        kind="probability",
        mistakes=(
            Mistake(
                lambda: 0.9,
                "You multiplied the probability by 3. An odds ratio multiplies odds: "
                "0.3 are three to seven.",
            ),
            Mistake(
                lambda: 3 * 0.3 / 0.7,
                "Those are the odds with a reminder. Which probability has them?",
            ),
            Mistake(
                lambda: expit(np.log(3)),
                "That is where an odds ratio of 3 leads from one half. Here it starts "
                "at 0.3.",
            ),
            Mistake(
                lambda: expit(logit(0.3) - np.log(3)),
                "You divided the odds by 3. The reminder raises them.",
            ),
            Mistake(
                lambda: expit(0.3 + np.log(3)),
                "You added log 3 to a probability. It belongs to the log-odds of 0.3.",
            ),
            Mistake(
                lambda: expit(logit(0.3) + 3),
                "You added 3 to the log-odds. The odds ratio is 3, so the step of "
                "log-odds is its logarithm.",
            ),
            Mistake(
                lambda: logit(0.3) + np.log(3),
                "Those are the log-odds with a reminder. Invert them.",
            ),
            Mistake(
                lambda: 0.3 * 3 / (1 + 0.3 * 3),
                "You took 0.3 for odds. It is a probability: its odds are 0.3/0.7.",
            ),
            Mistake(
                lambda: expit(3),
                "You took 3 for a log-odds. It is a ratio of odds: what does it "
                "multiply?",
            ),
        ),
    ),
    "3.3c": Question(
        lambda: np.exp(-50 * metre()),
        kind="odds ratio",
        mistakes=(
            Mistake(
                lambda: np.exp(50 * metre()),
                "That is 50 m further away. Closer is the other direction.",
            ),
            Mistake(
                lambda: np.exp(-metre()),
                "That is one metre closer. How many steps of a metre are 50 m?",
            ),
            Mistake(
                lambda: -50 * metre(),
                "That is the step of log-odds. By which factor do the odds change?",
            ),
            Mistake(
                lambda: np.exp(-100 * metre()),
                "That is 100 m closer. 50 are asked.",
            ),
            Mistake(
                lambda: 50 * np.exp(-metre()),
                "Odds ratios are multiplied with each other: fifty times the same "
                "factor, not fifty times its size.",
            ),
            Mistake(
                lambda: 1 - 50 * metre(),
                "That is 1 plus the step, which is near the factor only for small "
                "steps. Take the exponential.",
            ),
            Mistake(
                lambda: np.exp(-50 * metre()) - 1,
                "By that share the odds are higher. The factor is 1 more.",
            ),
            Mistake(
                lambda: np.exp(-0.5 * metre()),
                "That is half a metre. The coefficient is for one metre, not for 100.",
            ),
            Mistake(
                lambda: expit(-50 * metre()),
                "You inverted a step alone, which is no probability. The factor of "
                "the odds is its exponential.",
            ),
            Mistake(
                lambda: expit(of_metres(0)) / expit(of_metres(50)),
                "That is a ratio of probabilities, and it depends on where one "
                "stands. The ratio of odds does not.",
            ),
            Mistake(
                lambda: np.exp(of_metres(-50)),
                "The intercept is in it: those are odds. In a ratio of two odds it "
                "cancels.",
            ),
            Mistake(
                lambda: np.exp(of_metres(50)),
                "The intercept is in it: those are odds. In a ratio of two odds it "
                "cancels.",
            ),
            Mistake(
                lambda: 50 * np.exp(metre()),
                "Odds ratios are multiplied with each other: fifty times the same "
                "factor, not fifty times its size.",
            ),
            Mistake(
                lambda: -50 * metre() / 4,
                "That is about how much a probability changes, near one half. The "
                "factor of the odds is asked.",
            ),
        ),
    ),
    "3.3d": Question(
        lambda: steps()[0] + 3 * steps()[2],
        digits=3,
        kind="step of log-odds",
        mistakes=(
            Mistake(
                lambda: steps()[0],
                "That is the step where arsenic is 0. What does the product add at 3?",
            ),
            Mistake(
                lambda: 3 * steps()[2],
                "That is what the product adds. Where is the coefficient of "
                "`dist100` itself?",
            ),
            Mistake(
                lambda: steps()[0] + steps()[2],
                "That is the step at 1 unit of arsenic. At 3 the product counts "
                "three times.",
            ),
            Mistake(
                lambda: steps()[0] - 3 * steps()[2],
                "The coefficient of the product is negative. Mind its sign.",
            ),
            Mistake(
                lambda: steps() @ [1, 3, 3],
                "You added the effect of arsenic itself. Both households have 3 "
                "units; only the distance differs.",
            ),
            Mistake(
                lambda: changed("switch ~ dist100 + arsenic").fixef["dist100"],
                "That comes from the model without the product, where the step is "
                "the same for everybody.",
            ),
            Mistake(
                lambda: np.exp(steps()[0] + 3 * steps()[2]),
                "That is the odds ratio. The step of log-odds is asked, before the "
                "exponential.",
            ),
            Mistake(
                lambda: 3 * (steps()[0] + steps()[2]),
                "You multiplied both coefficients by 3. The way is one unit of "
                "`dist100`; only the product has the arsenic in it.",
            ),
            Mistake(
                lambda: steps()[1] + 3 * steps()[2],
                "You began with the coefficient of arsenic. The step over 100 m "
                "begins with that of `dist100`.",
            ),
            Mistake(
                lambda: at_three() @ [1, 1, 3, 3],
                "Those are the log-odds of a household. By how much do they change "
                "over 100 m?",
            ),
            Mistake(
                lambda: steps() @ [1, 3, 0],
                "You multiplied arsenic's own coefficient by 3. It is the product "
                "that changes the step of distance.",
            ),
            Mistake(
                lambda: (
                    expit(at_three() @ [1, 1, 3, 3]) - expit(at_three() @ [1, 0, 3, 0])
                ),
                "That is by how much the probability changes. The change of log-odds "
                "is asked.",
            ),
        ),
    ),
    **PROBABILITIES,
}
