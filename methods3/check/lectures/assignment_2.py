"""Questions of assignment 2: right and wrong answers, and how often a rating is used.

Two of its models take seconds to fit, and whoever asks has fitted them already: what
they say is not computed again, and a test compares it with lme4 and with `mlm`.
"""

from functools import cache

import numpy as np
from scipy.special import expit
from scipy.stats import chi2

from methods3.check.designs import judged
from methods3.check.lectures.many_subjects import (
    PRODUCT,
    RATING,
    SUM,
    TASK,
    between,
    clear,
)
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_simulated_pas
from mlm.demonstrations.averages import average_over_groups
from mlm.fit import glm

LAST = "taskquadruplet"
COUNTED = [288, 17]
# Of count ~ pas * task + (pas | subject), and without the interaction: the difference
# of deviances, and what the typical person gives with singles.
GAINED = 50.56454
TYPICAL = np.array([14.9062, 10.48960, 4.49116, 7.57801])
ESTIMATE_FIRST = "The numbers are right. The estimate comes first, then the two ends."


def odds_ratio(reach=1.96, turn=np.exp, name=LAST, fit=None):
    """Odds of a right answer with quadruplet over those with singles, with ends."""
    fit = fit or clear(TASK)
    ends = reach * fit.se[name] * np.array([-1, 1])
    return turn(np.array([fit.fixef[name], *(fit.fixef[name] + ends)]))


@cache
def without_people(predictors="task"):
    """Fit right and wrong answers without an intercept for each subject."""
    return glm(f"correct ~ {predictors}", load_simulated_pas(), family="binomial")


def effect(formula):
    """Effect of quadruplet in log-odds, and its standard error."""
    fit = clear(formula)
    return [fit.fixef[LAST], fit.se[LAST]]


def by_rating():
    """Log-odds of the typical person at each rating."""
    beta = clear(RATING).fixef.to_numpy()
    return np.array([beta[0], *(beta[0] + beta[1:])])


def criteria(kind="aic"):
    """AIC, or another number, of the four models."""
    return [getattr(clear(f), kind) for f in (TASK, SUM, RATING, PRODUCT)]


def counts():
    """How often each person gives each rating in each task, zeros among them."""
    cells = load_simulated_pas().groupby(["subject", "task", "pas"], observed=False)
    return cells.size().rename("count").reset_index()


def dispersion(formula="count ~ pas * task", rows="count >= 0"):
    """Squared Pearson residuals over their degrees of freedom."""
    return glm(formula, counts().query(rows), family="poisson").dispersion


def shares_at():
    """Shares of right answers at each rating, in the data."""
    right = load_simulated_pas().groupby("pas", observed=True)["correct"].mean()
    return right.to_numpy()


def ratings_in_singles():
    """How often each rating is given with singles, a person: means of the data."""
    table = counts()
    singles = table[table["task"] == "singles"]
    return singles.groupby("pas", observed=False)["count"].mean().to_numpy()


QUESTIONS = {
    "A2.1a": Question(
        lambda: [24, 48],
        exact=True,
        mistakes=(
            Mistake(
                lambda: [24, 144],
                "Right are the people. Those are their trials of all three tasks.",
            ),
            Mistake(
                lambda: [48, 24],
                "The numbers are right. How many people come first.",
            ),
            Mistake(
                lambda: [24, 1152],
                "Right are the people. Those are the trials of a task, of all people "
                "together.",
            ),
        ),
    ),
    "A2.1b": Question(
        lambda: ["binomial", "poisson"],
        mistakes=(
            Mistake(
                lambda: ["poisson", "binomial"],
                "The other way round: which of the two is 0 or 1, and nothing else?",
            ),
            Mistake(
                lambda: ["binomial", "gaussian"],
                "Right for answers. Counts are whole, and never below 0.",
            ),
            Mistake(
                lambda: ["binomial", "binomial"],
                "Right for answers. A number of ratings is 0, 1, 2 and so on.",
            ),
            Mistake(
                lambda: ["logit", "log"],
                "Those are links, and the right ones. Which families are they of?",
            ),
            Mistake(
                lambda: ["bernoulli", "poisson"],
                "Bernoulli is what it is. For `glmer` its family is called binomial, "
                "of which it is the case of one trial.",
            ),
        ),
        hint="Which values can each of the two responses have?",
    ),
    "A2.2a": Question(
        lambda: TASK,
        judge=judged(TASK, load_simulated_pas),
        mistakes=(
            Mistake(
                lambda: "correct ~ task",
                "Nothing varies between groups yet: there is no `( … | … )`.",
            ),
            Mistake(
                lambda: SUM,
                "`pas` is not among the fixed effects that are meant.",
            ),
            Mistake(
                lambda: "correct ~ task + (task | subject)",
                "It was not said that this varies by subject: 'taskpairs', "
                "'taskquadruplet'.",
            ),
        ),
    ),
    "A2.2b": Question(
        odds_ratio,
        kind="odds ratio",
        digits=3,
        within=0.005,  # so near is the interval of a profile
        mistakes=(
            Mistake(
                lambda: odds_ratio(turn=np.asarray),
                "Those are log-odds. Which function makes ratios of differences?",
            ),
            Mistake(
                lambda: odds_ratio(turn=expit),
                "A difference of log-odds is no log-odds: its inverse logit means "
                "nothing. Take exp.",
            ),
            Mistake(
                lambda: odds_ratio(reach=1),
                "That reaches one standard error to each side: too short for 95 %.",
            ),
            Mistake(
                lambda: 1 / odds_ratio()[[0, 2, 1]],
                "That is singles over quadruplet. Asked is quadruplet over singles.",
            ),
            Mistake(lambda: sorted(odds_ratio()), ESTIMATE_FIRST),
            Mistake(
                lambda: (
                    odds_ratio()[0] + np.array([0, -1.96, 1.96]) * clear(TASK).se[LAST]
                ),
                "The ratio is right. The standard error is that of the log-odds: take "
                "the ends there, and exp of them.",
            ),
            Mistake(
                lambda: 1 / odds_ratio(),
                "That is singles over quadruplet. Asked is quadruplet over singles.",
            ),
            Mistake(
                lambda: odds_ratio(name="taskpairs"),
                "That is pairs over singles. Asked is quadruplet over singles.",
            ),
            Mistake(
                lambda: odds_ratio(name="(Intercept)"),
                "Those are the odds with singles. Asked is a ratio: quadruplet over "
                "singles.",
            ),
            Mistake(
                lambda: odds_ratio(fit=without_people()),
                "That model has no people. An intercept for each subject belongs in "
                "it.",
            ),
            Mistake(
                lambda: odds_ratio(1.96 * clear(TASK).se[LAST]),
                "You used the variance. The standard error is its root.",
            ),
            Mistake(
                lambda: (
                    odds_ratio()[0]
                    + np.array([0, -1.96, 1.96])
                    * odds_ratio()[0]
                    * clear(TASK).se[LAST]
                ),
                "The ends are symmetric about the ratio. They are so in log-odds: "
                "take the ends there, and exp of them.",
            ),
            Mistake(
                lambda: (
                    odds_ratio()[0]
                    + np.array([0, -1.96, 1.96]) * np.exp(clear(TASK).se[LAST])
                ),
                "You took exp of the standard error alone. Take the ends in log-odds, "
                "and exp of them.",
            ),
        ),
    ),
    "A2.2c": Question(
        lambda: effect(SUM),
        kind="coefficient",
        digits=3,
        mistakes=(
            Mistake(lambda: effect(TASK), "That is without the rating: add `pas`."),
            Mistake(
                lambda: effect(PRODUCT),
                "That model has the product as well: there the coefficient is the "
                "difference at rating 1.",
            ),
            Mistake(
                lambda: effect(SUM)[::-1],
                "The numbers are right. The coefficient comes first.",
            ),
            Mistake(
                lambda: [effect(SUM)[0], effect(SUM)[0] / effect(SUM)[1]],
                "The second number is z. Asked is the standard error.",
            ),
            Mistake(
                lambda: [clear(SUM).fixef["taskpairs"], clear(SUM).se["taskpairs"]],
                "That is for pairs. Asked is quadruplet.",
            ),
            Mistake(
                lambda: [np.exp(effect(SUM)[0]), effect(SUM)[1]],
                "The first is the odds ratio. The coefficient is asked in log-odds.",
            ),
            Mistake(
                lambda: [effect(SUM)[0], effect(SUM)[1] ** 2],
                "The second is the variance. The standard error is its root.",
            ),
            Mistake(
                lambda: [
                    without_people("task + pas").fixef[LAST],
                    without_people("task + pas").se[LAST],
                ],
                "That model has no people. An intercept for each subject belongs in "
                "it.",
            ),
        ),
    ),
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
        ),
    ),
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
        ),
    ),
    "A2.3d": Question(
        lambda: [GAINED, 6],
        kind="difference of deviances",
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
        ),
    ),
}
