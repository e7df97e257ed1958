"""Questions A2.2d and A2.2e: the rating alone, and four models beside each other."""

from functools import cache

import numpy as np
from scipy.special import expit

from methods3.check.lectures.districts import between
from methods3.check.lectures.tasks import PRODUCT, RATING, SUM, TASK, clear
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_simulated_pas
from mlm.demonstrations.averages import average_over_groups
from mlm.fit import glm, glmer


@cache
def without_people(predictors="task"):
    """Fit right and wrong answers without an intercept for each subject."""
    return glm(f"correct ~ {predictors}", load_simulated_pas(), family="binomial")


@cache
def numbered(predictors):
    """Fit right and wrong answers with the rating as a number."""
    rated = load_simulated_pas().astype({"pas": int})
    return glmer(f"correct ~ {predictors} + (1 | subject)", rated, family="binomial")


def by_rating():
    """Log-odds of the typical person at each rating."""
    beta = clear(RATING).fixef.to_numpy()
    return np.array([beta[0], *(beta[0] + beta[1:])])


def criteria(kind="aic"):
    """AIC, or another number, of the four models."""
    return [getattr(clear(f), kind) for f in (TASK, SUM, RATING, PRODUCT)]


def shares_at():
    """Shares of right answers at each rating, in the data."""
    right = load_simulated_pas().groupby("pas", observed=True)["correct"].mean()
    return right.to_numpy()


RATINGS = {
    "A2.2d": Question(
        lambda: expit(by_rating()),
        kind="probability",
        mistakes=(
            Mistake(
                lambda: expit(clear(RATING).fixef.to_numpy()),
                "Each coefficient was turned by itself. Add the intercept to the last "
                "three first.",
            ),
            Mistake(
                by_rating,
                "Those are log-odds, rightly added up. Turn them into probabilities.",
            ),
            Mistake(
                shares_at,
                "Those are shares in the data, which mix people. Asked is the typical "
                "person of the model.",
            ),
            Mistake(
                lambda: np.exp(by_rating()),
                "Those are odds. A probability is odds over one plus odds.",
            ),
            Mistake(
                lambda: np.exp(clear(RATING).fixef),
                "Those are the odds of rating 1, and odds ratios. Probabilities are "
                "asked.",
            ),
            Mistake(
                lambda: clear(RATING).fixef,
                "Those are the coefficients: log-odds of rating 1, and three steps "
                "from there.",
            ),
            Mistake(
                lambda: expit(np.cumsum(clear(RATING).fixef)),
                "You added each step to the one before. All of them start at rating 1.",
            ),
            Mistake(
                lambda: average_over_groups(by_rating(), between(clear(RATING))),
                "That is the average over people. Asked is the typical person, u = 0.",
            ),
            Mistake(
                lambda: expit(
                    [0, *clear(SUM).fixef[["pas2", "pas3", "pas4"]]]
                    + clear(SUM).fixef.iloc[0]
                ),
                "That model has the task as well: those are for singles. Asked is the "
                "rating alone.",
            ),
            Mistake(
                lambda: expit(
                    numbered("pas").fixef.to_numpy() @ [[1] * 4, range(1, 5)]
                ),
                "The rating is a number in your model, and its log-odds a line. Here "
                "it is a category.",
            ),
        ),
    ),
    "A2.2e": Question(
        criteria,
        kind="AIC",
        digits=5,
        mistakes=(
            Mistake(
                lambda: criteria("bic"),
                "Those are BIC. Asked is AIC.",
            ),
            Mistake(
                lambda: criteria("deviance"),
                "Those are deviances, without what each parameter costs.",
            ),
            Mistake(
                lambda: np.array(criteria())[[0, 2, 1, 3]],
                "The numbers are right. The model with both comes before that of the "
                "rating alone.",
            ),
            Mistake(
                lambda: criteria("loglik"),
                "Those are log-likelihoods. AIC is −2 of them, and 2 for each "
                "parameter.",
            ),
            Mistake(
                lambda: [
                    without_people(f).aic
                    for f in ("task", "task + pas", "pas", "pas * task")
                ],
                "Those models have no people. An intercept for each subject belongs "
                "in them.",
            ),
            Mistake(
                lambda: 2 * np.array(criteria("deviance")) - criteria(),
                "You subtracted the price. The more parameters, the larger AIC.",
            ),
            Mistake(
                lambda: criteria("n_parameters"),
                "Those are the numbers of parameters. AIC charges 2 for each, on top "
                "of the deviance.",
            ),
            Mistake(
                lambda: np.array(criteria()) - 2,
                "You charged the coefficients alone. The standard deviation between "
                "people is a parameter, too.",
            ),
            Mistake(
                lambda: np.array(criteria()) - min(criteria()),
                "Those are differences to the smallest. The four values themselves are "
                "asked.",
            ),
            Mistake(
                lambda: [
                    numbered(f).aic for f in ("task", "task + pas", "pas", "pas * task")
                ],
                "The rating is a number in your models. Here it is a category.",
            ),
        ),
    ),
}
