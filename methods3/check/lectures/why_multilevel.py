"""Questions 2.1, why multilevel: speeds and nights, guessers, unequal numbers."""

import numpy as np

from methods3.check.fits import SHORT, fitted
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_simulated_epochs, load_simulated_recognition
from mlm.replicates.proportions import proportion_interval

NIGHTS = "Reaction ~ nights + (nights | Subject)"
SPEED = "Speed ~ Days + (Days | Subject)"


def guessers():
    """Everybody in the recognition task: experiment, share, Wilson's interval."""
    data = load_simulated_recognition()
    people = data.groupby(["experiment", "subject"], observed=True)["correct"]
    table = people.mean().rename("share").reset_index()
    table["low"], table["high"] = proportion_interval(
        people.sum().to_numpy(), people.size().to_numpy(), "wilson"
    )
    return table


def wald_end(p, n, reach=1.96):
    """Upper end of Wald's interval; the lower one if it reaches down."""
    return p + reach * np.sqrt(p * (1 - p) / n)


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
        ),
    ),
    "2.1b": Question(
        lambda: wald_end(0.95, 20),
        mistakes=(
            Mistake(
                lambda: wald_end(0.95, 20, -1.96),
                "That is the lower end. The upper one lies as far from the share.",
            ),
            Mistake(
                lambda: wald_end(0.95, 1),
                "You used the standard deviation of a single trial. "
                "A mean of many trials varies less: where does n come in?",
            ),
            Mistake(
                lambda: 0.95 + 1.96 * 0.95 * 0.05 / 20,
                "You added a variance. The standard error is its root.",
            ),
            Mistake(
                lambda: wald_end(0.95, 20, 1),
                "That is one standard error up. A 95 % interval reaches further.",
            ),
        ),
    ),
    "2.1c": Question(
        lambda: np.sum(guessers()["low"] > 0.5),
        exact=True,
        mistakes=(
            Mistake(
                lambda: np.sum(guessers()["share"] > 0.5),
                "So many have a share above one half. "
                "For how many does the whole interval lie above it?",
            ),
            Mistake(
                lambda: len(guessers().query("low > 0.5 or high < 0.5")),
                "You counted every interval that leaves out one half. "
                "On which side of it is better than guessing?",
            ),
            Mistake(
                lambda: len(guessers().query("low > 0.5 and experiment == '1a'")),
                "That is the first experiment alone. There are two.",
            ),
        ),
    ),
    "2.1d": Question(
        lambda: 7 * fitted(NIGHTS, where=SHORT).fixef["nights"],
        unit="ms",
        digits=3,
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
        ),
    ),
    "2.1e": Question(
        lambda: weighted(lambda n: 1 / (1 / n).sum(axis=1)),
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
        ),
    ),
    "2.1f": Question(
        lambda: 30 / (30 + 1.96**2),
        mistakes=(
            Mistake(
                lambda: 1.96**2 / (30 + 1.96**2),
                "That is where the lower end leaves the range. "
                "You are nearly there: think of the mirror image.",
            ),
            Mistake(
                lambda: 30 / (30 + 1.96),
                "Almost. Look again at the step that gets rid of the root: "
                "was everything squared?",
            ),
            Mistake(
                lambda: 1 - 1.96 * np.sqrt(0.25 / 30),
                "You took the standard error of a share of one half. "
                "Near 1 it is smaller: keep it a function of the share.",
            ),
        ),
    ),
}
