"""Questions 3.5c, 3.5f and 3.5g: the average over people, and the typical person."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import norm

from methods3.check.lectures.districts import between
from methods3.check.lectures.tasks import TASK, clear
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_simulated_pas
from mlm.demonstrations.averages import average_over_groups

# Of σ² in the rule for a logit's average: 1/√(1 + c σ²).
ATTENUATION = 256 * 3 / (15 * np.pi) ** 2


def task_predictor(level="quadruplet"):
    """Log-odds of the typical person in a task."""
    beta = clear(TASK).fixef
    return beta["(Intercept)"] + (beta[f"task{level}"] if level != "singles" else 0)


def average_right(level="quadruplet", power=1):
    """Probability of a right answer in a task, averaged over people."""
    return average_over_groups(task_predictor(level), between(clear(TASK)) ** power)


def in_the_data(level="quadruplet"):
    """Share of right answers in a task."""
    data = load_simulated_pas()
    return data.loc[data["task"] == level, "correct"].mean()


def sd_for(average=0.65):
    """Standard deviation of people whose average at log-odds 1 is so much."""
    return brentq(lambda sd: average_over_groups(1.0, sd) - average, 0, 10)


OBSERVED = (
    "That is the share in the data, and what a model without people says. Asked is the "
    "average by the mixed model: it is near, and it holds for other people, too."
)

AVERAGES = {
    "3.5c": Question(
        average_right,
        kind="probability",
        mistakes=(
            Mistake(
                lambda: expit(task_predictor()),
                "That is the typical person, u = 0. Asked is the average over people.",
            ),
            Mistake(in_the_data, OBSERVED),
            Mistake(
                lambda: expit(clear(TASK).fixef["taskquadruplet"]),
                "That turns a difference into a probability, which means nothing. Add "
                "the intercept first.",
            ),
            Mistake(
                lambda: average_over_groups(
                    clear(TASK).fixef["taskquadruplet"], between(clear(TASK))
                ),
                "The average is taken, but of the coefficient alone. Add the intercept "
                "first.",
            ),
            Mistake(
                lambda: average_right(power=2),
                "The variance stands where the standard deviation belongs.",
            ),
            Mistake(lambda: average_right("singles"), "That is for `singles`."),
            Mistake(lambda: average_right("pairs"), "That is for `pairs`."),
            Mistake(
                task_predictor,
                "Those are log-odds of the typical person. Average the probabilities "
                "over people.",
            ),
            Mistake(
                lambda: expit(task_predictor("singles")),
                "That is the typical person with `singles`.",
            ),
            Mistake(
                lambda: load_simulated_pas()["correct"].mean(),
                "That is the share of all tasks, in the data.",
            ),
            Mistake(
                lambda: average_right(power=0.5),
                "You took the root of σ_u, which is a standard deviation already.",
            ),
            Mistake(
                lambda: norm.cdf(
                    task_predictor() / np.sqrt(1 + between(clear(TASK)) ** 2)
                ),
                "That is the formula for a probit. Here the link is the logit.",
            ),
            Mistake(
                lambda: expit(
                    task_predictor() / np.sqrt(1 + between(clear(TASK)) ** 2)
                ),
                "That is the probit's rule, with the logit's way back. Average the "
                "logit's curve over people.",
            ),
            Mistake(
                lambda: expit(task_predictor() + between(clear(TASK)) ** 2 / 2),
                "That is the average of a log link. A logit's average is nearer to "
                "one half than the typical person, and not farther.",
            ),
            Mistake(
                lambda: expit(
                    task_predictor() + clear(TASK).ranef["subject"]["(Intercept)"]
                ).mean(),
                "That is the average over the people who were measured, whose u are "
                "shrunk. Asked is the average over all, by their normal distribution.",
            ),
            Mistake(
                lambda: (
                    expit(task_predictor("singles"))
                    + expit(task_predictor() - task_predictor("singles"))
                    - 0.5
                ),
                "You inverted each coefficient alone. Add log-odds first.",
            ),
        ),
    ),
    "3.5f": Question(
        lambda: norm.cdf(0.5 / np.sqrt(1 + 0.8**2)),
        kind="probability",
        mistakes=(
            Mistake(
                lambda: norm.cdf(0.5),
                "That is the typical person. People's u has a variance, too.",
            ),
            Mistake(
                lambda: norm.cdf(0.5 / np.sqrt(1 + 0.8)),
                "Variances add up: 0.8 is a standard deviation.",
            ),
            Mistake(
                lambda: norm.cdf(0.5 / 1.8),
                "Two standard deviations do not add up. What does?",
            ),
            Mistake(
                lambda: norm.cdf(0.5 / 0.8),
                "That leaves e out: it is the share of people who are right more often "
                "than not.",
            ),
            Mistake(
                lambda: norm.cdf(0.5 / (1 + 0.8**2)),
                "That divides by a variance. Its root is the standard deviation.",
            ),
            Mistake(
                lambda: average_over_groups(0.5, 0.8),
                "That is the average by a logit. Here e is normal.",
            ),
            Mistake(
                lambda: norm.cdf(0.5 / np.sqrt(np.pi**2 / 3 + 0.8**2)),
                "π²/3 is the variance of a logistic e. Here e is normal with variance "
                "1.",
            ),
            Mistake(
                lambda: expit(0.5 / np.sqrt(1 + 0.8**2)),
                "The right number, but Φ takes it to a probability here, and not the "
                "inverse logit.",
            ),
            Mistake(
                lambda: norm.cdf(0.5 / np.sqrt(1 - 0.8**2)),
                "You subtracted the variances. u and e are independent: they add up.",
            ),
            Mistake(
                lambda: norm.cdf(0.5 * np.sqrt(1 + 0.8**2)),
                "You multiplied by the standard deviation. Divide.",
            ),
            Mistake(
                lambda: expit(0.5),
                "That is the typical person, by a logit. Here e is normal, and "
                "people's u has a variance.",
            ),
            Mistake(
                lambda: norm.pdf(0.5 / np.sqrt(1 + 0.8**2)),
                "That is the height of the normal density. Which share lies below?",
            ),
            Mistake(
                lambda: 0.5 / (1 + 0.8**2),
                "You divided by the variance, and have not come back to a share.",
            ),
            Mistake(
                lambda: (norm.cdf(0.5 - 0.8) + norm.cdf(0.5 + 0.8)) / 2,
                "That is the average of two people, one standard deviation up and "
                "down. Take all people.",
            ),
            Mistake(
                lambda: norm.cdf(0.5 + 0.8),
                "That is somebody one standard deviation above the typical person. "
                "Asked is the average over people.",
            ),
        ),
    ),
    "3.5g": Question(
        sd_for,
        kind="standard deviation",
        within=0.1,
        mistakes=(
            Mistake(
                lambda: brentq(
                    lambda sd: logit(average_over_groups(1.0, sd)) - 0.65, 0, 10
                ),
                "There the average is 0.65 as log-odds. Asked is where its probability "
                "is 0.65.",
            ),
            Mistake(
                lambda: np.sqrt((logit(0.65) ** -2 - 1) / ATTENUATION),
                "That is by the rule with the root, which is only near. The figure has "
                "the average itself.",
            ),
            Mistake(
                lambda: np.sqrt(sd_for()),
                "You took the root of a standard deviation.",
            ),
            Mistake(
                lambda: expit(1),
                "That is the typical person's probability. Asked is σ.",
            ),
            Mistake(
                lambda: 1 / logit(0.65),
                "That is by how much the curve is flatter. Asked is σ.",
            ),
            Mistake(
                lambda: np.sqrt((1 / norm.ppf(0.65)) ** 2 - 1),
                "That is right for a probit. The figure has a logit.",
            ),
            Mistake(
                lambda: np.sqrt((1 / logit(0.65)) ** 2 - 1),
                "That is the probit's rule, with the logit's way back. Move the "
                "figure.",
            ),
        ),
        hint="Is the slope at 1, and the point at x = 1?",
    ),
}
