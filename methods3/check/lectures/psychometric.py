"""Questions 3.6, psychometric functions: links of one's own."""

from functools import cache
from math import ceil
from types import SimpleNamespace

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from scipy.stats import norm

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_simulated_staircase
from mlm.demonstrations.averages import average_over_groups
from mlm.families import links
from mlm.fit import glm, glmer

# Log-odds of 75 %.
LOG_ODDS = np.log(3)
RANDOM = {
    "intercepts": "(1 | subject)",
    "slopes": "(contrast | subject)",
    "no intercepts": "(0 + contrast | subject)",
    "uncorrelated": "(contrast || subject)",
}


@cache
def staircase():
    """Give the answers of the staircase, with the logarithm of the contrast."""
    data = load_simulated_staircase()
    return data.assign(log_contrast=np.log(data["contrast"]))


def between(guess, lapse):
    """Make the link whose means lie between a guess rate and one less a lapse rate."""
    known = 1 - guess - lapse
    return SimpleNamespace(
        link=lambda p: logit((p - guess) / known),
        inverse=lambda eta: guess + known * expit(eta),
        derivative=lambda eta: known * expit(eta) * expit(-eta),
    )


WEIBULL = SimpleNamespace(
    link=lambda p: np.log(-np.log1p(-2 * (p - 0.5))),
    inverse=lambda eta: 0.5 - 0.5 * np.expm1(-np.exp(eta)),
    derivative=lambda eta: 0.5 * np.exp(eta - np.exp(eta)),
)


@cache
def one_curve(x="contrast", link="logit"):
    """Fit one curve for everybody; a number is a guess rate."""
    made = {"weibull": WEIBULL, "guess": links.guess(1 / 2)}
    made |= {"four keys": links.guess(1 / 4), "lapses": between(0.5, 0.02)}
    return glm(f"correct ~ {x}", staircase(), "binomial", made.get(link, link))


def height(*curve):
    """Minus two times the log-likelihood of one curve for everybody."""
    return -2 * one_curve(*curve).loglik


@cache
def mixed(guess=0, lapse=0, random="intercepts"):
    """Fit a curve whose threshold (and slope) differs between people."""
    link = between(guess, lapse) if guess else "logit"
    formula = f"correct ~ contrast + {RANDOM[random]}"
    return glmer(formula, staircase(), "binomial", link)


def with_people(guess=0, lapse=0, random="intercepts"):
    """Fixed effects of such a curve: ndarray, shape (2,)."""
    return mixed(guess, lapse, random).fixef.to_numpy()


def contrast_for(eta, fixef):
    """The contrast at which a curve has this linear predictor."""
    return (eta - fixef[0]) / fixef[1]


def two_thresholds(of_logit=LOG_ODDS, of_guess=0.0):
    """Contrasts of these linear predictors, by the logit and by the link of guesses."""
    fits = one_curve(), one_curve(link="guess")
    pairs = zip((of_logit, of_guess), fits, strict=True)
    return [contrast_for(eta, fit.fixef.to_numpy()) for eta, fit in pairs]


def ninety(p=0.9, guess=0.5, lapse=0.02, read=None):
    """Contrast at which the typical person is right so often; `read` inverts a link."""
    guessed, slipped = read or (guess, lapse)
    eta = logit((p - guessed) / (1 - guessed - slipped))
    return contrast_for(eta, with_people(guess, lapse))


@cache
def least_squares():
    """Upper end, drop and slope of the curve with the least squares.

    Its lower end runs away to minus infinity, which leaves an exponential.
    """
    x, y = staircase()["contrast"].to_numpy(), staircase()["correct"].to_numpy()

    def fit(slope):
        X = np.column_stack([np.ones_like(x), np.exp(-slope * x)])
        found = np.linalg.lstsq(X, y)[0]
        return found, np.sum((y - X @ found) ** 2)

    slope = minimize_scalar(lambda s: fit(s)[1], bounds=(0.5, 10)).x
    return *fit(slope)[0], slope


def blank_trials(p=0.25, doubled=True, truth=0.5):
    """Trials on which two curves are expected to differ by 4 in −2 log L, at least."""
    each = truth * np.log(truth / p) + (1 - truth) * np.log((1 - truth) / (1 - p))
    return ceil(4 / ((1 + doubled) * each))


def by_log_contrast(turn):
    """Contrasts of 75 % by two fits that have its logarithm as their predictor."""
    return [
        turn(contrast_for(eta, one_curve("log_contrast", link).fixef.to_numpy()))
        for eta, link in ((LOG_ODDS, "logit"), (0.0, "guess"))
    ]


def of_other_floor(eta):
    """Contrast of a linear predictor by the link of four keys."""
    return contrast_for(eta, one_curve(link="four keys").fixef.to_numpy())


def people_by_weibull(random):
    """Minus two times the log-likelihood of Weibull's curve, with people."""
    formula = f"correct ~ log_contrast + {random}"
    return -2 * glmer(formula, staircase(), "binomial", WEIBULL).loglik


def logs_with_people():
    """Logarithm of the contrast of 90 %, by a fit that has it as its predictor."""
    formula = "correct ~ log_contrast + (1 | subject)"
    fit = glmer(formula, staircase(), "binomial", between(0.5, 0.02))
    return contrast_for(np.log(5), fit.fixef.to_numpy())


QUESTIONS = {
    "3.6a": Question(
        lambda: 0.25 + 0.71 / 2,
        kind="probability",
        mistakes=(
            Mistake(
                lambda: 0.25 + 0.75 / 2,
                "That curve has no lapses: it ends at 1. Take the lapse rate off what "
                "is left between guessing and 1.",
            ),
            Mistake(
                lambda: 0.25 + 0.75 * 0.96 / 2,
                "You took a share of 0.04 off the rise. The lapse rate itself is what "
                "is missing at the top: the rise is 1 − γ − λ.",
            ),
            Mistake(
                lambda: 0.96 / 2,
                "That curve starts at 0. With four keys, where does guessing begin?",
            ),
            Mistake(
                lambda: 0.5 + 0.46 / 2,
                "Either that is for two keys, where there are four; or the curve rises "
                "by 0.96 on top of guessing, and so ends above 1.",
            ),
            Mistake(
                lambda: 0.5,
                "That is how often the digit is seen. And when it is not seen?",
            ),
            Mistake(
                lambda: 0.96 * (0.25 + 0.75 / 2),
                "If you let every right answer slip, guesses too: in the equation only "
                "what is seen can slip. If you rounded: give four digits.",
            ),
            Mistake(
                lambda: 0.71 / 2,
                "That is the rise up to there. From where does it rise?",
            ),
            Mistake(
                lambda: 0.25,
                "That is guessing, where the curve begins. η = 0 is halfway up.",
            ),
            Mistake(
                lambda: 0.96,
                "That is where the curve ends. η = 0 is halfway up.",
            ),
            Mistake(
                lambda: 0.25 + (0.75 - 0.08) / 2,
                "You took the lapse rate off twice, or off the probability as a "
                "whole. Take it off the rise, once: 1 − γ − λ.",
            ),
            Mistake(
                lambda: 0.25 + (0.75 - 0.4) / 2,
                "You took 0.4 off the rise. Four of a hundred are 0.04.",
            ),
            Mistake(
                lambda: 0.25 + (0.75 + 0.04) / 2,
                "You added the lapse rate. It takes the upper end down.",
            ),
        ),
        hint="Write down where the curve starts, where it ends, and what is between.",
    ),
    "3.6b": Question(
        two_thresholds,
        kind="contrast",
        mistakes=(
            Mistake(
                lambda: two_thresholds(0.0, 0.0),
                "The second is right. For the first, η = 0 is where half of the "
                "answers are right: what are the log-odds of 75 %?",
            ),
            Mistake(
                lambda: two_thresholds(LOG_ODDS, LOG_ODDS),
                "The first is right. With guesses, 75 % is halfway between ½ and 1: "
                "put p = 0.75 through the link of guesses, not through the logit.",
            ),
            Mistake(
                lambda: two_thresholds(0.75, 0.75),
                "You set η to 0.75. That is a probability: each link has a η for it.",
            ),
            Mistake(
                lambda: two_thresholds(0.75, 0.0),
                "The second is right. In the first, 0.75 is a probability: which "
                "log-odds belong to it?",
            ),
            Mistake(
                lambda: [
                    contrast_for(eta, with_people(guess))
                    for eta, guess in ((LOG_ODDS, 0), (0, 0.5))
                ],
                "Those curves are of the typical person. Asked is one curve for "
                "everybody, by `glm`.",
            ),
            Mistake(
                lambda: np.log(two_thresholds()),
                "Those are logarithms of the contrasts.",
            ),
            Mistake(
                lambda: by_log_contrast(np.exp),
                "Your predictor was the logarithm of the contrast. Fit by the "
                "contrast itself.",
            ),
            Mistake(
                lambda: by_log_contrast(lambda x: x),
                "Your predictor was the logarithm of the contrast. Fit by the "
                "contrast itself.",
            ),
            Mistake(
                lambda: two_thresholds(norm.ppf(0.75)),
                "The first is by a probit's η of 0.75. A logit's is asked.",
            ),
            Mistake(
                lambda: two_thresholds(-LOG_ODDS),
                "In the first 25 % are right. Mind the sign of η.",
            ),
            Mistake(
                lambda: [two_thresholds()[0], of_other_floor(0.0)],
                "The second is for four keys. Here there are two: `guess(1/2)`.",
            ),
            Mistake(
                lambda: [two_thresholds()[0], of_other_floor(LOG_ODDS - np.log(1.5))],
                "The second is for four keys. Here there are two: `guess(1/2)`.",
            ),
            Mistake(
                lambda: [
                    two_thresholds()[0],
                    contrast_for(0.0, one_curve(link="lapses").fixef.to_numpy()),
                ],
                "The second has lapses. The link for two keys has guesses only.",
            ),
            Mistake(
                lambda: [
                    one_curve().fixef.iloc[1],
                    one_curve(link="guess").fixef.iloc[1],
                ],
                "Those are slopes. The contrasts are asked.",
            ),
            Mistake(
                lambda: [
                    (LOG_ODDS + one_curve().fixef.iloc[0]) / one_curve().fixef.iloc[1],
                    -two_thresholds()[1],
                ],
                "The sign of the intercept is lost: solve η = β₀ + β₁x for x.",
            ),
            Mistake(
                lambda: [LOG_ODDS / one_curve().fixef.iloc[1], 0],
                "The intercept is missing: solve η = β₀ + β₁x for x.",
            ),
        ),
        hint="Ask each link for the η of 0.75, and solve η = β₀ + β₁x for x.",
    ),
    "3.6c": Question(
        lambda: expit(with_people(random="slopes")[0]),
        kind="probability",
        digits=3,
        mistakes=(
            Mistake(
                lambda: expit(with_people()[0]),
                "That is from the model in which only intercepts vary. Here slopes "
                "vary, too.",
            ),
            Mistake(
                lambda: expit(one_curve().fixef.iloc[0]),
                "That is one curve for everybody: the average, not the typical "
                "person. Which term lets people differ?",
            ),
            Mistake(
                lambda: with_people(random="slopes")[0],
                "Those are log-odds. Bring them back to a probability.",
            ),
            Mistake(
                lambda: np.exp(with_people(random="slopes")[0]),
                "Those are odds. A probability is odds over one more than odds.",
            ),
            Mistake(
                lambda: 0.5 + 0.5 * expit(with_people(random="slopes")[0]),
                "You used the way back of the other link. This model was fitted "
                "with the logit.",
            ),
            Mistake(
                lambda: expit(with_people(random="slopes").sum()),
                "That is at contrast 1, or the slope alone. Which coefficient is left "
                "at contrast 0?",
            ),
            Mistake(
                lambda: 0.5,
                "That is a coin, and what is true. What does the fit with the logit "
                "say?",
            ),
            Mistake(
                lambda: expit(with_people(random="slopes")[1]),
                "That is at contrast 1, or the slope alone. Which coefficient is left "
                "at contrast 0?",
            ),
            Mistake(
                lambda: expit(with_people(random="no intercepts")[0]),
                "That is from a model in which only slopes vary. Intercepts vary, too.",
            ),
            Mistake(
                lambda: expit(with_people(random="uncorrelated")[0]),
                "That is from a model without a correlation. Write one bar.",
            ),
            Mistake(
                lambda: 0.5 + 0.5 * expit(with_people(0.5, 0, "slopes")[0]),
                "That is by the link of guesses. Asked is the logit, which knows "
                "nothing of them.",
            ),
            Mistake(
                lambda: expit(with_people(0.5, 0, "slopes")[0]),
                "You fitted with the link of guesses, and came back by the logit. Fit "
                "with the logit.",
            ),
            Mistake(
                lambda: average_over_groups(
                    with_people(random="slopes")[0],
                    mixed(random="slopes").varcorr.std_dev("subject").iloc[0],
                ),
                "That is the average over people. Asked is the typical person.",
            ),
            Mistake(
                lambda: expit(
                    mixed(random="slopes").coef["subject"]["(Intercept)"]
                ).mean(),
                "That is the average over the measured people. Asked is the typical "
                "person.",
            ),
            Mistake(
                lambda: staircase()["correct"].mean(),
                "That is the share of all answers, at all contrasts.",
            ),
            Mistake(
                lambda: expit(
                    with_people(random="slopes") @ [1, staircase()["contrast"].mean()]
                ),
                "That is at the mean contrast. At contrast 0 one coefficient is left.",
            ),
        ),
        hint="At contrast 0 one coefficient is left; it is on the scale of the link.",
    ),
    "3.6d": Question(
        lambda: height("log_contrast", "weibull"),
        kind="deviance",
        digits=6,
        mistakes=(
            Mistake(
                lambda: height("contrast", "weibull"),
                "Your link works. The predictor is to be the logarithm of the "
                "contrast, so that contrast 0 is infinitely far away.",
            ),
            Mistake(
                lambda: height("log_contrast", "guess"),
                "The predictor is right, the link is that of the lecture: its middle "
                "is a logit. Here it is 1 − exp(−exp(η)).",
            ),
            Mistake(
                lambda: height("log_contrast", "cloglog"),
                "That is the same curve from 0 to 1. With two keys it starts at ½.",
            ),
            Mistake(
                lambda: height("log_contrast", "logit"),
                "That is the logit, which knows nothing of guesses.",
            ),
            Mistake(
                lambda: height("contrast", "guess"),
                "That is the lecture's fit. Both are new here: the link and the "
                "logarithm of the contrast.",
            ),
            Mistake(
                lambda: height("contrast", "logit"),
                "That is the logit by contrast. Both are new here: the link and the "
                "logarithm of the contrast.",
            ),
            Mistake(
                lambda: one_curve("log_contrast", "weibull").aic,
                "That is AIC, which adds 2 for each parameter.",
            ),
            Mistake(
                lambda: one_curve().null_deviance,
                "That is of a model without contrast.",
            ),
            Mistake(
                lambda: height("log_contrast", "weibull") / 2,
                "That is −log L. Twice that is asked.",
            ),
            Mistake(
                lambda: (
                    height("log_contrast", "weibull") + 2 * np.log(len(staircase()))
                ),
                "That is BIC, which adds log n for each parameter.",
            ),
            Mistake(
                lambda: height("contrast", "probit"),
                "That is the probit, which knows nothing of guesses.",
            ),
            Mistake(
                lambda: height("contrast", "cloglog"),
                "That is by contrast, and the curve from 0 to 1. Both are new here: "
                "the logarithm, and the floor of ½.",
            ),
            Mistake(
                lambda: height("log_contrast", "lapses"),
                "The predictor is right, the link has lapses and a logit's middle. "
                "Here it is 1 − exp(−exp(η)).",
            ),
            Mistake(
                lambda: people_by_weibull("(1 | subject)"),
                "Your link works. But that model has people: one curve for everybody "
                "is asked, by `glm`.",
            ),
            Mistake(
                lambda: people_by_weibull("(log_contrast | subject)"),
                "Your link works. But that model has people: one curve for everybody "
                "is asked, by `glm`.",
            ),
            Mistake(
                lambda: (
                    one_curve("1", "logit").deviance - height("log_contrast", "weibull")
                ),
                "That is by how much it falls from a model without contrast. −2 log L "
                "itself is asked.",
            ),
        ),
        hint="Is the link your own, and the predictor the logarithm of the contrast?",
    ),
    "3.6e": Question(
        lambda: least_squares()[0],
        mistakes=(
            Mistake(
                lambda: 1.0,
                "So it would be if the curve had to end at 1, but all four numbers are "
                "free. If you rounded: give four digits.",
            ),
            Mistake(
                lambda: 0.98,
                "That is the truth behind the data. What does the fit say?",
            ),
            Mistake(
                lambda: least_squares()[2],
                "That is the slope. Which of the four numbers is the upper end?",
            ),
            Mistake(
                lambda: least_squares()[0] + least_squares()[1],
                "That is the curve at contrast 0. The upper end is where it goes for "
                "a very large contrast.",
            ),
        ),
        hint="Minimise the sum of squares over all four numbers, and read off upper.",
    ),
    "3.6f": Question(
        ninety,
        kind="contrast",
        mistakes=(
            Mistake(
                lambda: ninety(read=(0, 0)),
                "You took the log-odds of 0.9. Put 0.9 through the link that was "
                "fitted: first take off γ, then divide by what is between.",
            ),
            Mistake(
                lambda: ninety(read=(0.5, 0)),
                "You have thought of guesses, but divided by 1 − γ: this curve ends "
                "at 0.98.",
            ),
            Mistake(
                lambda: ninety(p=0.75),
                "That is where 75 % are right. Asked are 90 %.",
            ),
            Mistake(
                lambda: ninety(guess=0, lapse=0),
                "That is from the logit. The link of your own has a floor and a "
                "ceiling.",
            ),
            Mistake(
                lambda: ninety(lapse=0),
                "That is without lapses: the slope is too flat then, and 90 % are far "
                "away.",
            ),
            Mistake(
                lambda: contrast_for(0.9, with_people(0.5, 0.02)),
                "You set η to 0.9. That is a probability: which η belongs to it?",
            ),
            Mistake(
                lambda: contrast_for(0.0, with_people(0.5, 0.02)),
                "That is where η is 0, halfway between the ends of the curve.",
            ),
            Mistake(
                lambda: contrast_for(
                    np.log(5), one_curve(link="lapses").fixef.to_numpy()
                ),
                "That is one curve for everybody. A threshold for each person is "
                "asked: `(1 | subject)`.",
            ),
            Mistake(
                lambda: np.log(5),
                "That is the η of 0.9. At which contrast is it reached?",
            ),
            Mistake(
                lambda: contrast_for(np.log(5), with_people(0.5, 0.02, "slopes")),
                "There slopes vary, too. Asked is a threshold for each person alone.",
            ),
            Mistake(
                lambda: contrast_for(np.log(5), with_people(0.5)),
                "That fit has no lapses, and the η that belongs to it has. Use one "
                "link for both.",
            ),
            Mistake(
                lambda: ninety(read=(0.02, 0)),
                "You took off the lapse rate below. Below is guessing, γ; λ is at the "
                "top.",
            ),
            Mistake(
                lambda: np.log(5) / with_people(0.5, 0.02)[1],
                "The intercept is missing: solve η = β₀ + β₁x for x.",
            ),
            Mistake(
                lambda: (
                    (np.log(5) + with_people(0.5, 0.02)[0]) / with_people(0.5, 0.02)[1]
                ),
                "The sign of the intercept is turned: solve η = β₀ + β₁x for x.",
            ),
            Mistake(
                lambda: between(0.5, 0.02).inverse(0.9),
                "You went the other way through the link: from η to p. Here p is "
                "known.",
            ),
            Mistake(
                lambda: np.exp(logs_with_people()),
                "Your predictor was the logarithm of the contrast. Fit by the "
                "contrast itself.",
            ),
            Mistake(
                lambda: logs_with_people(),
                "Your predictor was the logarithm of the contrast. Fit by the "
                "contrast itself.",
            ),
        ),
        hint="Solve the lecture's equation with lapses for x, at u = 0.",
    ),
    "3.6g": Question(
        blank_trials,
        kind="number of trials",
        mistakes=(
            Mistake(
                lambda: blank_trials(doubled=False),
                "That is for a difference of 4 in log L. Asked is one in −2 log L.",
            ),
            Mistake(
                lambda: blank_trials(p=0.5, truth=0.25),
                "Either the expectation is over the wrong probability, as if answers "
                "were right in 25 %; or you have squared a difference. Answers come "
                "as people guess, with ½: average the log-likelihood over that.",
            ),
            Mistake(
                lambda: blank_trials() - 1,
                "With so many it is just below 4. Trials are whole: round up.",
            ),
            Mistake(
                lambda: 4 / (2 * np.log(0.5 / 0.25)),
                "You have counted right answers only. Wrong ones are likelier under "
                "the false curve: average over both.",
            ),
            Mistake(
                lambda: 4 / np.log(4 / 3),
                "With so many it is just 4. Trials are whole: round up.",
            ),
            Mistake(
                lambda: ceil(4 / np.log(4)),
                "You counted right answers only. Half of the answers are wrong.",
            ),
            Mistake(
                lambda: ceil(4 / np.log(2.25)),
                "You counted wrong answers only. Half of the answers are right.",
            ),
            Mistake(
                lambda: ceil(2 / np.log(4 / 3)),
                "That is for a difference of 2. Asked is 4, in −2 log L.",
            ),
            Mistake(
                lambda: 64,
                "You squared a difference of probabilities. What does one trial add "
                "to −2 log L?",
            ),
            Mistake(
                lambda: ceil(4 * np.log(10) / np.log(4 / 3)),
                "Your logarithms are to base ten. A likelihood's are natural ones.",
            ),
            Mistake(
                lambda: ceil(4 * np.log(2) / np.log(4 / 3)),
                "Your logarithms are to base two. A likelihood's are natural ones.",
            ),
            Mistake(
                lambda: np.log(4 / 3),
                "That is what one trial adds, or a part of it. How many are needed "
                "for 4?",
            ),
            Mistake(
                lambda: 1 / np.log(4 / 3),
                "That is what one trial adds, or a part of it. How many are needed "
                "for 4?",
            ),
            Mistake(
                lambda: 4 * np.log(4 / 3),
                "That is what one trial adds, or a part of it. How many are needed "
                "for 4?",
            ),
        ),
    ),
}
