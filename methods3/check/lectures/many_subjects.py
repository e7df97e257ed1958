"""Questions 3.5, many subjects: what is pooled on the scale of a link."""

from functools import cache

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

from methods3.check.lectures.averages import AVERAGES
from methods3.check.lectures.districts import DISTRICTS, between
from methods3.check.lectures.tasks import TASKS
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_simulated_recognition
from mlm.demonstrations.averages import average_over_groups
from mlm.fit import glmer

ONE = "correct ~ 1 + (1 | subject)"


@cache
def people(experiment="1a"):
    """Fit the recognition task of one experiment."""
    data = load_simulated_recognition().query("experiment == @experiment")
    return glmer(ONE, data, family="binomial")


def share_right(experiment="1a", subject=None):
    """Share of right answers, of one person or of all."""
    data = load_simulated_recognition().query("experiment == @experiment")
    return data[data["subject"] == subject if subject else slice(None)][
        "correct"
    ].mean()


def better(experiment="1b", power=1):
    """Share of all people whose probability is above one half."""
    fit = people(experiment)
    return norm.cdf(fit.fixef.iloc[0] / between(fit) ** power)


def better_in_the_sample():
    """Share of the people of experiment 1b who were right more than half the time."""
    data = load_simulated_recognition().query("experiment == '1b'")
    return (data.groupby("subject", observed=True)["correct"].mean() > 0.5).mean()


OWN_SHARE = (
    "That is the share of the person's own trials: no pooling. The two printed numbers "
    "know of the others."
)
EVERYBODY = (
    "That says nearly everybody. If rounded, give three digits. Else: were measured "
    "people counted, or a variance taken for a standard deviation? Take the normal "
    "distribution of people."
)


def of_s13():
    """How far person S13 is from the typical person, in log-odds."""
    return people().ranef["subject"].loc["S13", "(Intercept)"]


QUESTIONS = {
    "3.5a": Question(
        lambda: expit(people().coef["subject"].loc["S13"].iloc[0]),
        kind="probability",
        digits=3,
        mistakes=(
            Mistake(lambda: share_right(subject="S13"), OWN_SHARE),
            Mistake(
                lambda: people().coef["subject"].loc["S13"].iloc[0],
                "Those are the log-odds of S13, and right so far. Which function takes "
                "them to a probability?",
            ),
            Mistake(
                lambda: expit(people().ranef["subject"].loc["S13"].iloc[0]),
                "That turns the deviation of S13 alone into a probability. Add the "
                "typical person's log-odds first.",
            ),
            Mistake(
                lambda: (
                    expit(people().ranef["subject"].loc["S13"].iloc[0])
                    + expit(people().fixef.iloc[0])
                ),
                "A probability above 1: add up on the scale of log-odds, and turn the "
                "sum into a probability.",
            ),
            Mistake(
                lambda: logit(share_right(subject="S13")),
                "Those are log-odds of the person's own share: no pooling, and no "
                "probability.",
            ),
            Mistake(
                lambda: expit(people().fixef.iloc[0]),
                "That is the typical person. How far is S13 from there?",
            ),
            Mistake(
                lambda: np.exp(people().coef["subject"].loc["S13"].iloc[0]),
                "Those are the odds of S13. A probability is odds over one plus odds.",
            ),
            Mistake(
                lambda: expit(
                    people().fixef.iloc[0]
                    - people().ranef["subject"].loc["S13"].iloc[0]
                ),
                "You took the deviation away. S13 is better than the typical person.",
            ),
            Mistake(
                lambda: expit(people().fixef.iloc[0]) + of_s13(),
                "The two numbers are both in log-odds. Add them up there, and turn "
                "the sum into a probability.",
            ),
            Mistake(
                lambda: expit(people().fixef.iloc[0]) * expit(of_s13()),
                "The two numbers are both in log-odds. Add them up there, and turn "
                "the sum into a probability.",
            ),
            Mistake(
                lambda: share_right() + of_s13(),
                "The two numbers are both in log-odds. Add them up there, and turn "
                "the sum into a probability.",
            ),
            Mistake(
                lambda: of_s13(),
                "That is how far S13 is from the typical person, in log-odds. Add the "
                "typical person's.",
            ),
            Mistake(
                lambda: share_right(),
                "That is the share of everybody together: complete pooling.",
            ),
            Mistake(
                lambda: (share_right() + share_right(subject="S13")) / 2,
                "That is half way between everybody and S13 alone. The model weighs "
                "them, in log-odds.",
            ),
            Mistake(
                lambda: expit(logit(share_right(subject="S13")) + of_s13()),
                "You started from S13's own share. Start from the typical person.",
            ),
            Mistake(
                lambda: 48 * expit(people().fixef.iloc[0] + of_s13()),
                "That is the number of right answers in 48 trials. Give the "
                "probability.",
            ),
        ),
    ),
    "3.5b": Question(
        better,
        kind="share",
        digits=3,
        mistakes=(
            Mistake(
                lambda: better("1a"),
                "Right for experiment 1a. Asked is 1b.",
            ),
            Mistake(
                better_in_the_sample,
                "That is the share of the measured people with more than half right. "
                "Asked is the share of all people, by the model's normal distribution.",
            ),
            Mistake(lambda: 1.0, EVERYBODY),
            Mistake(lambda: better(power=2), EVERYBODY),
            Mistake(
                lambda: expit(people("1b").fixef.iloc[0]),
                "That is how often the typical person is right. Asked is how many "
                "people lie above one half.",
            ),
            Mistake(
                lambda: average_over_groups(
                    people("1b").fixef.iloc[0], between(people("1b"))
                ),
                "That is how often people are right on average. Asked is how many of "
                "them lie above one half.",
            ),
            Mistake(
                lambda: norm.cdf(people("1b").fixef.iloc[0]),
                "That treats people as if their standard deviation were 1. Divide by "
                "σ_u.",
            ),
            Mistake(
                lambda: expit(people("1b").fixef.iloc[0] / between(people("1b"))),
                "The right ratio, but people are normal on this scale, and not "
                "logistic.",
            ),
            Mistake(
                lambda: norm.cdf(
                    (people("1b").fixef.iloc[0] - 0.5) / between(people("1b"))
                ),
                "One half is a probability. Which number is that on the scale of "
                "log-odds?",
            ),
            Mistake(
                lambda: 21,
                "That is a number of measured people. Asked is a share of all there "
                "could be.",
            ),
            Mistake(
                lambda: people("1b").fixef.iloc[0] / between(people("1b")),
                "That is how many standard deviations one half is below the middle. "
                "Which share lies above it?",
            ),
            Mistake(
                lambda: norm.cdf(people("1b").fixef.iloc[0] * between(people("1b"))),
                "You multiplied by σ_u. Divide.",
            ),
            Mistake(
                lambda: better(power=0.5),
                "You took the root of σ_u, which is a standard deviation already.",
            ),
            Mistake(
                lambda: norm.sf(
                    (0.5 - expit(people("1b").fixef.iloc[0])) / between(people("1b"))
                ),
                "The middle is a probability there, and σ_u is in log-odds. Where is "
                "one half in log-odds?",
            ),
            Mistake(
                lambda: norm.cdf(
                    people("1b").fixef.iloc[0]
                    / np.hypot(between(people("1b")), np.pi / np.sqrt(3))
                ),
                "You added the variance of single answers. Asked is how people's "
                "probabilities vary.",
            ),
        ),
        hint="People are normal on the scale of log-odds: where is one half there?",
    ),
    **DISTRICTS,
    **TASKS,
    **AVERAGES,
}
