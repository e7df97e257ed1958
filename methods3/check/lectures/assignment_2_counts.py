"""Questions of assignment 2 on counts: how often each rating was given.

Two of its models take seconds to fit, and whoever asks has fitted them already: what
they say is not computed again, and a test compares it with lme4 and with `mlm`.
"""

import numpy as np
from scipy.stats import chi2

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_simulated_pas
from mlm.fit import glm, lm

COUNTED = [288, 17]
# Of count ~ pas * task + (pas | subject), and without the interaction: the difference
# of deviances, and what the typical person gives with singles.
GAINED = 50.56454
TYPICAL = np.array([14.9062, 10.48960, 4.49116, 7.57801])
# What the typical person gives with the other tasks, and without the interaction.
TYPICAL_BESIDE = {
    "pairs": np.array([18.1531, 10.0111, 4.0455, 6.1628]),
    "quadruplet": np.array([20.9572, 8.8702, 3.3598, 5.5922]),
    "alike": np.array([18.0055, 9.7903, 3.9655, 6.4443]),
}


def counts(*by):
    """How often each person gives each rating in each task, zeros among them."""
    by = by or ("subject", "task", "pas")
    cells = load_simulated_pas().groupby([*by], observed=False)
    return cells.size().rename("count").reset_index()


def cells(*by):
    """How many rows a table by less has, and in how many of them the count is 0."""
    table = counts(*by)["count"]
    return [len(table), (table == 0).sum()]


def dispersion(formula="count ~ pas * task", rows="count >= 0"):
    """Squared Pearson residuals over their degrees of freedom."""
    return glm(formula, counts().query(rows), family="poisson").dispersion


def ratings_in_singles():
    """How often each rating is given with singles, a person: means of the data."""
    table = counts()
    singles = table[table["task"] == "singles"]
    return singles.groupby("pas", observed=False)["count"].mean().to_numpy()


QUESTIONS = {
    "A2.3a": Question(
        lambda: COUNTED,
        exact=True,
        mistakes=(
            Mistake(
                lambda: [COUNTED[0] - COUNTED[1], 0],
                "Ratings that somebody never gave have no row in yours. A count of 0 "
                "is a count: keep them, as with `observed=False`.",
            ),
            Mistake(
                lambda: [COUNTED[0] - COUNTED[1], COUNTED[1]],
                "Right are the zeros; they have rows, too.",
            ),
            Mistake(
                lambda: COUNTED[::-1],
                "The numbers are right. How many rows come first.",
            ),
            Mistake(
                lambda: [3456, 0],
                "That is a row for each trial. Here a row is a person, a task and a "
                "rating.",
            ),
            Mistake(lambda: cells("subject", "pas"), "The task is missing."),
            Mistake(lambda: cells("task", "pas"), "The person is missing."),
            Mistake(lambda: cells("subject", "task"), "The rating is missing."),
            Mistake(
                lambda: [COUNTED[0], COUNTED[0] - COUNTED[1]],
                "Right are the rows. In so many the count is *not* 0.",
            ),
        ),
    ),
    "A2.3b": Question(
        lambda: [4, 10],
        exact=True,
        mistakes=(
            Mistake(
                lambda: [4, 4],
                "Right are the effects. Standard deviations are four, and then come "
                "the correlations of each pair.",
            ),
            Mistake(
                lambda: [4, 6],
                "Right are the effects. Six are the correlations; standard deviations "
                "count, too.",
            ),
            Mistake(
                lambda: [4, 16],
                "Right are the effects. A covariance matrix is symmetric: each "
                "covariance stands in it twice.",
            ),
            Mistake(
                lambda: [2, 3],
                "That is for a slope of a number. `pas` is a category with four "
                "levels.",
            ),
            Mistake(
                lambda: [3, 6],
                "The intercept of a person is an effect, too.",
            ),
            Mistake(
                lambda: [1, 1],
                "That is for `(1 | subject)`.",
            ),
        ),
    ),
    "A2.3c": Question(
        dispersion,
        kind="dispersion",
        hint="Square the Pearson residuals, add them up, and divide.",
        digits=3,
        mistakes=(
            Mistake(
                lambda: dispersion("count ~ pas + task"),
                "That model has no interaction. Asked is `pas * task`.",
            ),
            Mistake(
                lambda: (
                    glm("count ~ pas * task", counts(), family="poisson").deviance
                    / (COUNTED[0] - 12)
                ),
                "That is the deviance over its degrees of freedom. Asked are squared "
                "Pearson residuals.",
            ),
            Mistake(
                lambda: np.sqrt(dispersion()),
                "That is its root, by which standard errors grow.",
            ),
            Mistake(
                lambda: counts()["count"].var() / counts()["count"].mean(),
                "That is variance over mean of the counts as they are. Asked is what "
                "the model leaves.",
            ),
            Mistake(
                lambda: 276 * dispersion(),
                "That is the sum of squared Pearson residuals. Divide by the degrees "
                "of freedom.",
            ),
            Mistake(
                lambda: dispersion() * 276 / 288,
                "You divided by the number of rows. Degrees of freedom are left after "
                "the twelve coefficients.",
            ),
            Mistake(
                lambda: dispersion("count ~ task"),
                "That model has no rating. Asked is `pas * task`.",
            ),
            Mistake(
                lambda: dispersion("count ~ pas"),
                "That model has no task. Asked is `pas * task`.",
            ),
            Mistake(
                lambda: dispersion() - 1,
                "By so much it is more than 1. As a ratio it is asked.",
            ),
            Mistake(
                lambda: 100 * (dispersion() - 1),
                "By so many per cent it is more. As a ratio it is asked.",
            ),
            Mistake(
                lambda: 1 / dispersion(),
                "That is upside down: the residual variance, over the Poisson's.",
            ),
            Mistake(
                lambda: dispersion(rows="count > 0"),
                "Your table has no zeros. A count of 0 is a count.",
            ),
            Mistake(
                lambda: lm("count ~ pas * task", counts()).sigma ** 2,
                "Those are squares of residuals that are not divided by the Poisson "
                "variance, which is the mean of each row.",
            ),
            Mistake(
                lambda: (
                    glm(
                        "count ~ pas * task", counts().astype({"pas": int}), "poisson"
                    ).dispersion
                ),
                "The rating is a number in your model. Here it is a category.",
            ),
        ),
    ),
    "A2.3d": Question(
        lambda: [GAINED, 6],
        kind="difference of deviances",
        hint="`fit.deviance` of both; and count the coefficients of the product.",
        digits=3,
        mistakes=(
            Mistake(
                lambda: [6, GAINED],
                "The numbers are right. The difference comes first.",
            ),
            Mistake(
                lambda: [GAINED / 2, 6],
                "That is the difference of the log-likelihoods: twice that is asked.",
            ),
            Mistake(
                lambda: [GAINED, chi2.sf(GAINED, 6)],
                "The second number is the p value. Asked are the degrees of freedom.",
            ),
            Mistake(
                lambda: [GAINED - 12, 6],
                "That is the difference of AIC, in which parameters have their price. "
                "Asked are deviances.",
            ),
        ),
    ),
    "A2.3e": Question(
        lambda: TYPICAL,
        kind="count",
        hint="Intercept and, from rating 2 on, the rating's coefficient; then exp.",
        digits=3,
        mistakes=(
            Mistake(
                lambda: np.log(TYPICAL),
                "Those are logarithms of counts. Turn them into counts.",
            ),
            Mistake(
                lambda: np.array([TYPICAL[0], *(TYPICAL[1:] / TYPICAL[0])]),
                "The last three are ratios to the first. Add up before you take exp.",
            ),
            Mistake(
                ratings_in_singles,
                "Those are means of the data. Asked is the typical person, whose "
                "random effects are 0.",
            ),
            Mistake(
                lambda: TYPICAL_BESIDE["pairs"],
                "Those are for pairs. Asked is singles.",
            ),
            Mistake(
                lambda: TYPICAL_BESIDE["quadruplet"],
                "Those are for quadruplet. Asked is singles.",
            ),
            Mistake(
                lambda: TYPICAL_BESIDE["alike"],
                "Those are by the model without the product, in which all tasks are "
                "alike.",
            ),
            Mistake(
                lambda: TYPICAL / TYPICAL.sum(),
                "Those are shares. Counts are asked.",
            ),
            Mistake(
                lambda: TYPICAL * 48 / TYPICAL.sum(),
                "You brought them to a sum of 48. What the model says for u = 0 need "
                "not add up to the number of trials: leave it as it is.",
            ),
        ),
    ),
}
