"""Questions of assignment 2 on right and wrong answers, by task and rating."""

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from methods3.check.designs import judged
from methods3.check.lectures.ratings import RATINGS, numbered, without_people
from methods3.check.lectures.tasks import PRODUCT, SUM, TASK, clear
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_simulated_pas
from mlm.fit import glmer

PROBIT = "binomial", "probit"
LAST = "taskquadruplet"
ESTIMATE_FIRST = "The numbers are right. The estimate comes first, then the two ends."


def odds_ratio(reach=1.96, turn=np.exp, name=LAST, fit=None):
    """Odds of a right answer with quadruplet over those with singles, with ends."""
    fit = fit or clear(TASK)
    ends = reach * fit.se[name] * np.array([-1, 1])
    return turn(np.array([fit.fixef[name], *(fit.fixef[name] + ends)]))


def effect(formula, fit=None):
    """Effect of quadruplet in log-odds, and its standard error."""
    fit = fit or clear(formula)
    return [fit.fixef[LAST], fit.se[LAST]]


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
            Mistake(
                lambda: odds_ratio(fit=clear(SUM)),
                "That model has the rating as well. Asked is the task alone.",
            ),
            Mistake(
                lambda: odds_ratio(fit=clear("correct ~ task + (task | subject)")),
                "There the effect of the task varies between people. Intercepts alone "
                "are to vary.",
            ),
            Mistake(
                lambda: odds_ratio(fit=glmer(TASK, load_simulated_pas(), *PROBIT)),
                "That is exp of a probit's coefficients, which are no log-odds. Fit "
                "with the logit.",
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
                lambda: np.exp(effect(SUM)),
                "Those are exponentials. Coefficient and standard error are asked in "
                "log-odds.",
            ),
            Mistake(
                lambda: [effect(SUM)[0], 2 * norm.sf(abs(np.divide(*effect(SUM))))],
                "The second number is the p value. Asked is the standard error.",
            ),
            Mistake(
                lambda: effect(SUM, numbered("task + pas")),
                "The rating is a number in your model. Here it is a category.",
            ),
            Mistake(
                lambda: [effect(TASK)[0] - effect(SUM)[0], effect(SUM)[1]],
                "The first is by how much the coefficient changes. What it is now is "
                "asked.",
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
    **RATINGS,
}
