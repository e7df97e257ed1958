"""Questions 2.1b, 2.1c and 2.1f: intervals of proportions."""

import numpy as np

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_simulated_recognition
from mlm.replicates.proportions import proportion_interval


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


PROPORTIONS = {
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
            Mistake(
                lambda: np.sum(guessers()["high"] < 0.5),
                "Those are worse than guessing. On which side of one half is better?",
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
            Mistake(
                lambda: 1 - 1.96 / np.sqrt(30),
                "There the standard deviation of one trial is 1. It depends on p: "
                "write it as a function of p.",
            ),
        ),
    ),
}
