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
    "2.1b": Question(
        lambda: wald_end(0.95, 20),
        kind="end",
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
            Mistake(
                lambda: 1.0,
                "Give what the formula gives, to four digits and not cut off: it "
                "is more than 1, and that is what is wrong with this interval.",
            ),
            Mistake(
                lambda: proportion_interval(19, 20, "wilson")[1],
                "That is Wilson's interval. Wald's is asked.",
            ),
            Mistake(
                lambda: wald_end(0.95, 20, 2),
                "Nearly: it is 1.96 standard errors, not two, and the variance of "
                "a proportion is p(1 − p) over n, not over n − 1.",
            ),
            Mistake(
                lambda: wald_end(0.95, 20, 1.645),
                "That is the end of a 90 % interval: 1.645 leaves 5 % on each side.",
            ),
            Mistake(
                lambda: np.sqrt(0.95 * 0.05 / 20),
                "That is the standard error. The upper end is the proportion and "
                "1.96 of them.",
            ),
            Mistake(
                lambda: 1.96 * np.sqrt(0.95 * 0.05 / 20),
                "That is half of the interval's width. Add it to the proportion.",
            ),
            Mistake(
                lambda: 0.95,
                "That is the proportion itself. Where does its interval end?",
            ),
        ),
    ),
    "2.1c": Question(
        lambda: np.sum(guessers()["low"] > 0.5),
        exact=True,
        kind="number of people",
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
            Mistake(
                lambda: len(guessers()) - np.sum(guessers()["low"] > 0.5),
                "Those are the people who are not better than guessing. The others "
                "are asked.",
            ),
            Mistake(
                lambda: len(guessers()),
                "That is everybody.",
            ),
            Mistake(
                lambda: np.sum(guessers()["high"] > 0.5),
                "You looked at the upper ends. Where must the lower one be?",
            ),
            Mistake(
                lambda: len(guessers().query("low > 0.5 and experiment == '1b'")),
                "So many are in the second experiment alone, and so many have more "
                "than half correct in too few trials to tell. Count whose whole "
                "interval lies above one half.",
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
    "2.1f": Question(
        lambda: 30 / (30 + 1.96**2),
        kind="share",
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
            Mistake(
                lambda: 30 / 34,
                "You took two standard errors. The quantile is 1.96.",
            ),
            Mistake(
                lambda: 1 - 1.96**2 / 30,
                "Almost. After squaring, p itself stands on the left as well: "
                "solve for it.",
            ),
            Mistake(
                lambda: 27 / 30,
                "That is 27 of 30. Give the border itself, to four digits: it lies "
                "between two whole numbers of trials.",
            ),
            Mistake(
                lambda: 26 / 30,
                "That is a proportion that a whole number of trials has. The "
                "border lies between two of them.",
            ),
        ),
    ),
}
