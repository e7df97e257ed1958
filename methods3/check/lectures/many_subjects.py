"""Questions 3.5, many subjects: what is pooled on the scale of a link."""

from functools import cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import chi2, norm

from methods3.check.questions import Mistake, Question
from mlm.datasets import (
    load_contraception,
    load_simulated_pas,
    load_simulated_recognition,
)
from mlm.demonstrations.averages import average_over_groups
from mlm.fit import glmer

ONE = "correct ~ 1 + (1 | subject)"
TASK = "correct ~ task + (1 | subject)"
RATING = "correct ~ pas + (1 | subject)"
SUM = "correct ~ pas + task + (1 | subject)"
PRODUCT = "correct ~ pas * task + (1 | subject)"
USE = "use ~ 1 + (1 | district)"
# Of σ² in the rule for a logit's average: 1/√(1 + c σ²).
ATTENUATION = 256 * 3 / (15 * np.pi) ** 2


@cache
def people(experiment="1a"):
    """Fit the recognition task of one experiment."""
    data = load_simulated_recognition().query("experiment == @experiment")
    return glmer(ONE, data, family="binomial")


@cache
def clear(formula):
    """Fit a model to the right and wrong answers of the PAS data."""
    return glmer(formula, load_simulated_pas(), family="binomial")


@cache
def districts(every=True, nodes=1):
    """Fit the use of contraception: all districts, or those of finite log-odds."""
    women = load_contraception()
    uses = women["use"] == "Y"
    share = uses.groupby(women["district"], observed=True).transform("mean")
    kept = every | ((share > 0) & (share < 1))
    return glmer(USE, women[kept], family="binomial", nodes=nodes)


def between(fit):
    """Standard deviation of the groups' intercepts."""
    return fit.varcorr.std_dev(fit.design.terms[0].group).iloc[0]


def apart(reach=1.96, power=0.5, start=0.0, sides=(-1, 1), every=True):
    """How many districts have an interval of u that leaves out 0."""
    fit = districts(every)
    u = fit.ranef["district"]["(Intercept)"].to_numpy() + start
    ends = reach * fit.condvar["district"][:, 0, 0] ** power
    return sum((side * u - ends > 0).sum() for side in sides)


def apart_alone():
    """The same by the districts' own log-odds, where these are finite."""
    women = load_contraception()
    uses = (women["use"] == "Y").groupby(women["district"], observed=True)
    p, n = uses.mean(), uses.size()
    p = p[(p > 0) & (p < 1)]
    away = np.abs(logit(p) - districts().fixef.iloc[0])
    return (away > 1.96 / np.sqrt(n[p.index] * p * (1 - p))).sum()


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


def task_predictor(level="quadruplet"):
    """Log-odds of the typical person in a task."""
    beta = clear(TASK).fixef
    return beta["(Intercept)"] + (beta[f"task{level}"] if level != "singles" else 0)


def average_right(level="quadruplet", power=1):
    """Probability of a right answer in a task, averaged over people."""
    return average_over_groups(task_predictor(level), between(clear(TASK)) ** power)


def in_the_data(level="quadruplet"):
    """Share of right answers in a task."""
    data = load_simulated_pas()
    return data.loc[data["task"] == level, "correct"].mean()


def compared(small, large):
    """Difference of deviances of two models, and how many parameters it is for."""
    small, large = clear(small), clear(large)
    return small.deviance - large.deviance, large.n_parameters - small.n_parameters


def p_value(small=SUM, large=PRODUCT, df=None):
    """Likelihood ratio test of two models."""
    difference, parameters = compared(small, large)
    return chi2.sf(difference, df or parameters)


def z_value(name, formula=PRODUCT):
    """Wald statistic of one coefficient."""
    return clear(formula).fixef[name] / clear(formula).se[name]


def sd_for(average=0.65):
    """Standard deviation of people whose average at log-odds 1 is so much."""
    return brentq(lambda sd: average_over_groups(1.0, sd) - average, 0, 10)


OWN_SHARE = (
    "That is the share of the person's own trials: no pooling. The two printed numbers "
    "know of the others."
)
EVERYBODY = (
    "That says nearly everybody. If rounded, give three digits. Else: were measured "
    "people counted, or a variance taken for a standard deviation? Take the normal "
    "distribution of people."
)
FEW = (
    "Too few. Count the districts above the typical one and those below it, each with "
    "1.96 roots of its own `condvar`."
)
OBSERVED = (
    "That is the share in the data, and what a model without people says. Asked is the "
    "average by the mixed model: it is near, and it holds for other people, too."
)


def of_s13():
    """How far person S13 is from the typical person, in log-odds."""
    return people().ranef["subject"].loc["S13", "(Intercept)"]


def both():
    """The fits of all districts, and of those with finite log-odds."""
    return districts(), districts(False)


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
    "3.5c": Question(
        average_right,
        kind="probability",
        mistakes=(
            Mistake(
                lambda: expit(task_predictor()),
                "That is the typical person, u = 0. Asked is the average over people.",
            ),
            Mistake(in_the_data, OBSERVED),
            Mistake(
                lambda: expit(clear(TASK).fixef["taskquadruplet"]),
                "That turns a difference into a probability, which means nothing. Add "
                "the intercept first.",
            ),
            Mistake(
                lambda: average_over_groups(
                    clear(TASK).fixef["taskquadruplet"], between(clear(TASK))
                ),
                "The average is taken, but of the coefficient alone. Add the intercept "
                "first.",
            ),
            Mistake(
                lambda: average_right(power=2),
                "The variance stands where the standard deviation belongs.",
            ),
            Mistake(lambda: average_right("singles"), "That is for `singles`."),
            Mistake(lambda: average_right("pairs"), "That is for `pairs`."),
            Mistake(
                task_predictor,
                "Those are log-odds of the typical person. Average the probabilities "
                "over people.",
            ),
            Mistake(
                lambda: expit(task_predictor("singles")),
                "That is the typical person with `singles`.",
            ),
            Mistake(
                lambda: load_simulated_pas()["correct"].mean(),
                "That is the share of all tasks, in the data.",
            ),
            Mistake(
                lambda: average_right(power=0.5),
                "You took the root of σ_u, which is a standard deviation already.",
            ),
            Mistake(
                lambda: norm.cdf(
                    task_predictor() / np.sqrt(1 + between(clear(TASK)) ** 2)
                ),
                "That is the formula for a probit. Here the link is the logit.",
            ),
            Mistake(
                lambda: expit(
                    task_predictor() / np.sqrt(1 + between(clear(TASK)) ** 2)
                ),
                "That is the probit's rule, with the logit's way back. Average the "
                "logit's curve over people.",
            ),
            Mistake(
                lambda: expit(task_predictor() + between(clear(TASK)) ** 2 / 2),
                "That is the average of a log link. A logit's average is nearer to "
                "one half than the typical person, and not farther.",
            ),
            Mistake(
                lambda: expit(
                    task_predictor() + clear(TASK).ranef["subject"]["(Intercept)"]
                ).mean(),
                "That is the average over the people who were measured, whose u are "
                "shrunk. Asked is the average over all, by their normal distribution.",
            ),
            Mistake(
                lambda: (
                    expit(task_predictor("singles"))
                    + expit(task_predictor() - task_predictor("singles"))
                    - 0.5
                ),
                "You inverted each coefficient alone. Add log-odds first.",
            ),
        ),
    ),
    "3.5d": Question(
        lambda: [between(districts()), between(districts(every=False))],
        kind="standard deviation",
        digits=3,
        mistakes=(
            Mistake(
                lambda: [between(districts(every=False)), between(districts())],
                "The numbers are right. The fit with all districts comes first.",
            ),
            Mistake(
                lambda: [between(districts(nodes=25)), between(districts(False, 25))],
                "Those are by quadrature with more nodes. Here, as in the lecture, "
                "`nodes` is 1.",
            ),
            Mistake(
                lambda: [
                    districts().fixef.iloc[0],
                    districts(every=False).fixef.iloc[0],
                ],
                "Those are typical districts, in log-odds. Asked is how much districts "
                "differ.",
            ),
            Mistake(
                lambda: [fit.ranef["district"]["(Intercept)"].std() for fit in both()],
                "Those are standard deviations of the predicted u, which are shrunk. "
                "`varcorr` has that of districts.",
            ),
            Mistake(
                lambda: [fit.se.iloc[0] for fit in both()],
                "Those are standard errors of the typical district. Asked is how much "
                "districts differ: `varcorr`.",
            ),
            Mistake(
                lambda: expit([between(fit) for fit in both()]),
                "You inverted a standard deviation. It stays in log-odds.",
            ),
            Mistake(
                lambda: [
                    between(districts()),
                    between(districts()) - between(districts(False)),
                ],
                "The second is the difference. Give the colleague's own.",
            ),
        ),
    ),
    "3.5e": Question(
        p_value,
        kind="probability",
        digits=3,
        mistakes=(
            Mistake(
                lambda: p_value(RATING),
                "That compares the product with the rating alone: it tests the effect "
                "of the task as well. Take `pas + task` for the smaller model.",
            ),
            Mistake(
                lambda: p_value(RATING, SUM),
                "That tests the task beside the rating. Asked is their product.",
            ),
            Mistake(
                lambda: compared(SUM, PRODUCT)[0],
                "That is the difference of the deviances. Its p value is asked.",
            ),
            Mistake(
                lambda: p_value() / 2,
                "Half of it: there is no direction in a comparison on six degrees of "
                "freedom.",
            ),
            Mistake(
                lambda: 2 * norm.sf(abs(z_value("pas4:taskquadruplet"))),
                "That is the p value of one coefficient. The interaction has six.",
            ),
            Mistake(
                lambda: p_value(df=1),
                "That takes one degree of freedom. How many coefficients more has the "
                "product?",
            ),
            Mistake(
                lambda: p_value(df=2),
                "That takes two degrees of freedom. How many coefficients more has the "
                "product?",
            ),
            Mistake(
                lambda: chi2.sf(compared(SUM, PRODUCT)[0] / 2, 6),
                "Either you took the difference of log-likelihoods, which is to be "
                "doubled, or you counted all coefficients of the product, and not how "
                "many more they are than in the sum.",
            ),
            Mistake(
                lambda: chi2.sf(compared(SUM, PRODUCT)[0] * 2, 6),
                "You doubled a difference of deviances, which is doubled already.",
            ),
            Mistake(
                lambda: 6,
                "That is the degrees of freedom. The p value is asked.",
            ),
            Mistake(
                lambda: p_value(df=3),
                "That takes another number of degrees of freedom. Three steps of the "
                "rating times two of the task: how many products?",
            ),
            Mistake(
                lambda: p_value(df=4),
                "That takes another number of degrees of freedom. Three steps of the "
                "rating times two of the task: how many products?",
            ),
            Mistake(
                lambda: p_value(df=5),
                "That takes another number of degrees of freedom. Three steps of the "
                "rating times two of the task: how many products?",
            ),
            Mistake(
                lambda: chi2.pdf(*compared(SUM, PRODUCT)),
                "That is the density of the χ² distribution. The p value is the share "
                "above.",
            ),
            Mistake(
                lambda: p_value(TASK, SUM),
                "That tests the rating beside the task. Asked is their product.",
            ),
            Mistake(
                lambda: clear(PRODUCT).aic - clear(SUM).aic,
                "That is the difference of AIC. The p value is asked.",
            ),
            Mistake(
                lambda: clear(SUM).aic - clear(PRODUCT).aic,
                "That is the difference of AIC. The p value is asked.",
            ),
        ),
    ),
    "3.5f": Question(
        lambda: norm.cdf(0.5 / np.sqrt(1 + 0.8**2)),
        kind="probability",
        mistakes=(
            Mistake(
                lambda: norm.cdf(0.5),
                "That is the typical person. People's u has a variance, too.",
            ),
            Mistake(
                lambda: norm.cdf(0.5 / np.sqrt(1 + 0.8)),
                "Variances add up: 0.8 is a standard deviation.",
            ),
            Mistake(
                lambda: norm.cdf(0.5 / 1.8),
                "Two standard deviations do not add up. What does?",
            ),
            Mistake(
                lambda: norm.cdf(0.5 / 0.8),
                "That leaves e out: it is the share of people who are right more often "
                "than not.",
            ),
            Mistake(
                lambda: norm.cdf(0.5 / (1 + 0.8**2)),
                "That divides by a variance. Its root is the standard deviation.",
            ),
            Mistake(
                lambda: average_over_groups(0.5, 0.8),
                "That is the average by a logit. Here e is normal.",
            ),
            Mistake(
                lambda: norm.cdf(0.5 / np.sqrt(np.pi**2 / 3 + 0.8**2)),
                "π²/3 is the variance of a logistic e. Here e is normal with variance "
                "1.",
            ),
            Mistake(
                lambda: expit(0.5 / np.sqrt(1 + 0.8**2)),
                "The right number, but Φ takes it to a probability here, and not the "
                "inverse logit.",
            ),
            Mistake(
                lambda: norm.cdf(0.5 / np.sqrt(1 - 0.8**2)),
                "You subtracted the variances. u and e are independent: they add up.",
            ),
            Mistake(
                lambda: norm.cdf(0.5 * np.sqrt(1 + 0.8**2)),
                "You multiplied by the standard deviation. Divide.",
            ),
            Mistake(
                lambda: expit(0.5),
                "That is the typical person, by a logit. Here e is normal, and "
                "people's u has a variance.",
            ),
            Mistake(
                lambda: norm.pdf(0.5 / np.sqrt(1 + 0.8**2)),
                "That is the height of the normal density. Which share lies below?",
            ),
            Mistake(
                lambda: 0.5 / (1 + 0.8**2),
                "You divided by the variance, and have not come back to a share.",
            ),
            Mistake(
                lambda: (norm.cdf(0.5 - 0.8) + norm.cdf(0.5 + 0.8)) / 2,
                "That is the average of two people, one standard deviation up and "
                "down. Take all people.",
            ),
            Mistake(
                lambda: norm.cdf(0.5 + 0.8),
                "That is somebody one standard deviation above the typical person. "
                "Asked is the average over people.",
            ),
        ),
    ),
    "3.5g": Question(
        sd_for,
        kind="standard deviation",
        within=0.1,
        mistakes=(
            Mistake(
                lambda: brentq(
                    lambda sd: logit(average_over_groups(1.0, sd)) - 0.65, 0, 10
                ),
                "There the average is 0.65 as log-odds. Asked is where its probability "
                "is 0.65.",
            ),
            Mistake(
                lambda: np.sqrt((logit(0.65) ** -2 - 1) / ATTENUATION),
                "That is by the rule with the root, which is only near. The figure has "
                "the average itself.",
            ),
            Mistake(
                lambda: np.sqrt(sd_for()),
                "You took the root of a standard deviation.",
            ),
            Mistake(
                lambda: expit(1),
                "That is the typical person's probability. Asked is σ.",
            ),
            Mistake(
                lambda: 1 / logit(0.65),
                "That is by how much the curve is flatter. Asked is σ.",
            ),
            Mistake(
                lambda: np.sqrt((1 / norm.ppf(0.65)) ** 2 - 1),
                "That is right for a probit. The figure has a logit.",
            ),
            Mistake(
                lambda: np.sqrt((1 / logit(0.65)) ** 2 - 1),
                "That is the probit's rule, with the logit's way back. Move the "
                "figure.",
            ),
        ),
        hint="Is the slope at 1, and the point at x = 1?",
    ),
    "3.5h": Question(
        apart,
        kind="number of districts",
        mistakes=(
            Mistake(
                lambda: apart(reach=1),
                "That reaches one standard deviation to each side: too short for 95 %.",
            ),
            Mistake(
                lambda: apart(power=1),
                "`condvar` holds variances: take the root.",
            ),
            Mistake(
                lambda: apart(start=districts().fixef.iloc[0]),
                "That compares β0 + u with 0, which is a probability of one half. "
                "Asked is whether u can be 0.",
            ),
            Mistake(
                apart_alone,
                "Those are intervals from each district's own women, and three have "
                "none. Asked are those of u, with `condvar`.",
            ),
            Mistake(
                lambda: apart(sides=(1,)),
                FEW,
            ),
            Mistake(
                lambda: apart(sides=(-1,)),
                FEW,
            ),
            Mistake(
                lambda: 60 - apart(),
                "So many hold 0. Asked are those that leave it out.",
            ),
            Mistake(
                lambda: apart(1.645),
                "That is for intervals of 90 %. For 95 % it is 1.96 roots.",
            ),
            Mistake(
                lambda: 60,
                "That is the number of districts. In how many does the interval leave "
                "out 0?",
            ),
            Mistake(
                lambda: apart() / 60,
                "That is a share. Asked is how many.",
            ),
            Mistake(
                lambda: apart(every=False),
                "That is the colleague's fit. `fits[0]` is that of all districts.",
            ),
            Mistake(
                lambda: (
                    np.abs(districts().ranef["district"]["(Intercept)"])
                    > 1.96 * districts().se.iloc[0]
                ).sum(),
                "You took the standard error of the typical district. Each district's "
                "u has its own: the root of `condvar`.",
            ),
            Mistake(
                lambda: (
                    np.abs(districts().ranef["district"]["(Intercept)"])
                    > 1.96 * between(districts())
                ).sum(),
                "Your reach is the standard deviation between districts. Take how "
                "well each u is known: the root of `condvar`.",
            ),
        ),
    ),
}
