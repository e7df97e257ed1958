"""Questions 2.2, live coding: everybody's own line, guests, and the last day."""

import numpy as np

from methods3.check.fits import SHORT, Sigma_1, fitted, own_lines, sleepstudy
from methods3.check.lectures.forecasts import FORECASTS
from methods3.check.questions import Mistake, Question
from mlm.fit import lm


def range_of_slopes(spread, middle=None):
    """Range that holds 95 % of a normal distribution around the average slope."""
    middle = fitted().fixef["Days"] if middle is None else middle
    return middle + np.array([-1.96, 1.96]) * spread


QUESTIONS = {
    "2.2a": Question(
        lambda: np.ceil((own_lines()["slope"].std() / 1.2) ** 2),
        kind="number of people",
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
            Mistake(
                lambda: np.ceil((own_lines()["slope"].std() / 1.2) ** 2) + 1,
                "That many are enough, and not the fewest.",
            ),
            Mistake(
                lambda: own_lines()["slope"].std() / 1.2,
                "The standard error falls with the root of the number of people. "
                "What undoes a root?",
            ),
            Mistake(
                lambda: np.ceil(Sigma_1()[1, 1] / 1.2**2),
                "You took the standard deviation of a mixed model. That of the "
                "eighteen own lines is given.",
            ),
            Mistake(
                lambda: np.ceil(own_lines()["slope"].var() / 1.2),
                "Both are to be squared: the standard deviation, and the standard "
                "error.",
            ),
            Mistake(
                lambda: np.ceil((1.96 * own_lines()["slope"].std() / 1.2) ** 2),
                "So many make half an interval as small as that. The standard "
                "error is asked for.",
            ),
            Mistake(
                lambda: 18,
                "That is how many people there are now. Their standard error is "
                "larger than that.",
            ),
        ),
    ),
    "2.2b": Question(
        lambda: own_lines(SHORT)["slope"].sem(),
        unit="ms/day",
        kind="standard error",
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
            Mistake(
                lambda: own_lines(SHORT)["slope"].mean(),
                "That is the mean slope itself. How uncertain is it?",
            ),
            Mistake(
                lambda: own_lines(SHORT)["slope"].std() / 18,
                "You divided by the number of people. A standard error falls with "
                "its root.",
            ),
            Mistake(
                lambda: own_lines(SHORT)["slope"].std() / 12,
                "You divided by the root of the number of rows. The sample here "
                "are eighteen slopes.",
            ),
            Mistake(
                lambda: own_lines(SHORT)["slope"].var(),
                "That is the variance of the slopes. From there to the standard "
                "error of their mean are two steps.",
            ),
            Mistake(
                lambda: own_lines(SHORT)["slope"].std() / np.sqrt(17),
                "n − 1 is in the standard deviation already. The mean is one of n "
                "slopes.",
            ),
            Mistake(
                lambda: own_lines("Days >= 1")["slope"].sem(),
                "You left out one day, and there are two: day 1 goes as well.",
            ),
            Mistake(
                lambda: own_lines("Days > 2")["slope"].sem(),
                "Day 2 belongs to the days that are kept.",
            ),
            Mistake(
                lambda: (
                    fitted(where=SHORT).varcorr.std_dev("Subject").iloc[1] / np.sqrt(18)
                ),
                "You took the standard deviation of a mixed model, without the "
                "noise of the lines. Take that of the eighteen slopes.",
            ),
            Mistake(
                lambda: own_lines(SHORT)["slope"].std(ddof=0),
                "That is how much the slopes scatter, and it divides by n. Their "
                "mean is known better than that.",
            ),
        ),
    ),
    "2.2c": Question(
        lambda: range_of_slopes(np.sqrt(Sigma_1()[1, 1])),
        unit="ms/day",
        digits=3,
        kind="slope",
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
            Mistake(
                lambda: range_of_slopes(np.sqrt(Sigma_1()[1, 1]) * 2 / 1.96),
                "You went two standard deviations to each side. For 95 % it is "
                "1.96, which shows in these digits.",
            ),
            Mistake(
                lambda: range_of_slopes(np.sqrt(Sigma_1()[1, 1]) / 1.96),
                "You went one standard deviation to each side: two thirds of people.",
            ),
            Mistake(
                lambda: range_of_slopes(fitted().ranef["Subject"]["Days"].std()),
                "You used the spread of the eighteen modes. They are shrunk: "
                "people differ more than that.",
            ),
            Mistake(
                lambda: range_of_slopes(Sigma_1()[1, 1]),
                "You used the variance. Take the standard deviation.",
            ),
            Mistake(
                lambda: range_of_slopes(np.sqrt(Sigma_1()[0, 0])),
                "You used the spread of intercepts. Which number is about slopes?",
            ),
            Mistake(
                lambda: range_of_slopes(
                    np.sqrt(Sigma_1()[1, 1]), middle=fitted().fixef["(Intercept)"]
                ),
                "The width is right, the middle is not: that is the intercept.",
            ),
            Mistake(
                lambda: range_of_slopes(
                    np.sqrt(Sigma_1()[1, 1] + fitted().se["Days"] ** 2)
                ),
                "You added that the mean is uncertain. Here the fitted numbers "
                "count as the truth.",
            ),
            Mistake(
                lambda: [own_lines()["slope"].min(), own_lines()["slope"].max()],
                "Those are the smallest and the largest own slope. The model "
                "speaks of people in general.",
            ),
            Mistake(
                lambda: [
                    fitted().coef["Subject"]["Days"].min(),
                    fitted().coef["Subject"]["Days"].max(),
                ],
                "Those are the smallest and the largest of eighteen predicted "
                "slopes. The model speaks of people in general.",
            ),
            Mistake(
                lambda: [fitted().fixef["Days"], np.sqrt(Sigma_1()[1, 1])],
                "Those are the mean and the standard deviation of slopes. Which "
                "range do they make?",
            ),
        ),
    ),
} | FORECASTS
