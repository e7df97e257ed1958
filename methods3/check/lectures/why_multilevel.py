"""Questions 2.1, why multilevel: speeds and nights, guessers, unequal numbers."""

import numpy as np

from methods3.check.fits import SHORT, fitted
from methods3.check.lectures.proportions import PROPORTIONS
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_simulated_epochs

NIGHTS = "Reaction ~ nights + (nights | Subject)"
SPEED = "Speed ~ Days + (Days | Subject)"


def weighted(weigh):
    """Mean of correct rejections minus hits, weighed by numbers of epochs."""
    data = load_simulated_epochs()
    cells = data.groupby(["subject", "condition"], observed=True)["power"]
    mean = cells.mean().unstack()
    difference = mean["correct_rejection"] - mean["hit"]
    return np.average(difference, weights=weigh(cells.size().unstack()))


def of_all_epochs():
    """Correct rejections minus hits, whoever the epochs come from."""
    epochs = load_simulated_epochs().groupby("condition", observed=True)["power"]
    return epochs.mean()["correct_rejection"] - epochs.mean()["hit"]


QUESTIONS = {
    "2.1a": Question(
        lambda: 9 * fitted(SPEED).fixef["Days"],
        unit="responses a second",
        digits=3,
        kind="change",
        mistakes=(
            Mistake(
                lambda: fitted(SPEED).fixef["Days"],
                "That is the change from one day to the next. "
                "How many such steps lie between day 0 and day 9?",
            ),
            Mistake(
                lambda: fitted(SPEED).fixef @ [1, 9],
                "That is the speed on day 9. "
                "The change since day 0 needs no intercept.",
            ),
            Mistake(
                lambda: 9 * fitted().fixef["Days"],
                "That is how much longer a reaction takes, in ms. "
                "This model is about speed.",
            ),
            Mistake(
                lambda: 8 * fitted(SPEED).fixef["Days"],
                "Count the steps again: the first begins on day 0, "
                "the last ends on day 9.",
            ),
            Mistake(
                lambda: 10 * fitted(SPEED).fixef["Days"],
                "That is one step for each day. Count the steps between them instead.",
            ),
            Mistake(
                lambda: fitted(SPEED).fixef["(Intercept)"],
                "That is the speed on day 0. By how much does it change?",
            ),
            Mistake(
                lambda: (
                    9 * fitted(SPEED).fixef["Days"] / fitted(SPEED).fixef["(Intercept)"]
                ),
                "That is the share that is lost. The change itself is asked.",
            ),
            Mistake(
                lambda: (
                    1000 / (fitted().fixef @ [1, 9])
                    - 1000 / fitted().fixef["(Intercept)"]
                ),
                "You turned mean times into speeds. The model of speeds has its "
                "own slope.",
            ),
            Mistake(
                lambda: fitted(SPEED).se["Days"],
                "That is the slope's standard error.",
            ),
        ),
    ),
    "2.1d": Question(
        lambda: 7 * fitted(NIGHTS, where=SHORT).fixef["nights"],
        unit="ms",
        digits=3,
        kind="time",
        mistakes=(
            Mistake(
                lambda: 9 * fitted().fixef["Days"],
                "That is the report's number. "
                "What happened on days 0, 1 and 2 of this study?",
            ),
            Mistake(
                lambda: 9 * fitted(NIGHTS, where=SHORT).fixef["nights"],
                "The slope is the right one. "
                "But how many short nights had there been by day 9?",
            ),
            Mistake(
                lambda: 7 * fitted().fixef["Days"],
                "The number of nights is right. "
                "But this slope averages over days when nobody was short of sleep.",
            ),
            Mistake(
                lambda: fitted(NIGHTS, where=SHORT).fixef @ [1, 7],
                "That is a whole reaction time. "
                "Asked is how much longer it has become: leave the intercept out.",
            ),
            Mistake(
                lambda: 6 * fitted(NIGHTS, where=SHORT).fixef["nights"],
                "The slope is the right one. But how many short nights had there "
                "been by day 9?",
            ),
            Mistake(
                lambda: 8 * fitted(NIGHTS, where=SHORT).fixef["nights"],
                "The slope is the right one. But how many short nights had there "
                "been by day 9?",
            ),
            Mistake(
                lambda: 10 * fitted(NIGHTS, where=SHORT).fixef["nights"],
                "The slope is the right one. But how many short nights had there "
                "been by day 9?",
            ),
            Mistake(
                lambda: fitted(NIGHTS, where=SHORT).fixef["nights"],
                "That is what one night does. How many had there been by day 9?",
            ),
            Mistake(
                lambda: 8 * fitted().fixef["Days"],
                "This slope averages over days when nobody was short of sleep. And "
                "how many short nights were there?",
            ),
            Mistake(
                lambda: 7 * fitted(NIGHTS, where=SHORT).se["nights"],
                "That is how uncertain the answer is. Take the slope, and not its "
                "standard error.",
            ),
            Mistake(
                lambda: fitted(NIGHTS, where=SHORT).fixef @ [1, 9],
                "That is a whole reaction time, and of nine nights. Leave the "
                "intercept out, and count the nights.",
            ),
            Mistake(
                lambda: fitted(NIGHTS, where=SHORT).fixef.iloc[0],
                "That is the reaction time at the baseline. How much longer is it "
                "on day 9?",
            ),
        ),
    ),
    "2.1e": Question(
        lambda: weighted(lambda n: 1 / (1 / n).sum(axis=1)),
        kind="difference",
        mistakes=(
            Mistake(
                lambda: weighted(lambda n: 0 * n.sum(axis=1) + 1),
                "That is the mean of means: everybody counts the same. "
                "`np.average` takes weights.",
            ),
            Mistake(
                lambda: weighted(lambda n: n.sum(axis=1)),
                "You weighed by the number of epochs in all. With many of one kind and "
                "hardly any of the other, is a difference well known?",
            ),
            Mistake(
                lambda: weighted(lambda n: (1 / n).sum(axis=1)),
                "You weighed by the variance: the least certain people count most.",
            ),
            Mistake(
                lambda: weighted(lambda n: (1 / n).sum(axis=1) ** -0.5),
                "You weighed by one over the standard error. "
                "Asked is one over its square.",
            ),
            Mistake(
                of_all_epochs,
                "That puts everybody's epochs into two pots. "
                "First take the difference within each person.",
            ),
            Mistake(
                lambda: weighted(lambda n: n.min(axis=1)),
                "You weighed by the smaller of the two numbers. One over the "
                "variance holds both.",
            ),
            Mistake(
                lambda: weighted(lambda n: n["hit"]),
                "You weighed by the numbers of hits. One over the variance holds "
                "both numbers.",
            ),
            Mistake(
                lambda: weighted(lambda n: n["correct_rejection"]),
                "You weighed by the numbers of correct rejections. One over the "
                "variance holds both numbers.",
            ),
            Mistake(
                lambda: weighted(lambda n: n.prod(axis=1)),
                "You weighed by the product of the numbers. The variance has their "
                "inverses added up.",
            ),
        ),
    ),
} | PROPORTIONS
