"""Questions 3.6, psychometric functions: links of one's own."""

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from methods3.check.lectures.lapses import LAPSES
from methods3.check.lectures.own_links import OWN_LINKS
from methods3.check.lectures.staircase import (
    contrast_for,
    mixed,
    one_curve,
    staircase,
    with_people,
)
from methods3.check.questions import Mistake, Question
from mlm.demonstrations.averages import average_over_groups

# Log-odds of 75 %.
LOG_ODDS = np.log(3)


def two_thresholds(of_logit=LOG_ODDS, of_guess=0.0):
    """Contrasts of these linear predictors, by the logit and by the link of guesses."""
    fits = one_curve(), one_curve(link="guess")
    pairs = zip((of_logit, of_guess), fits, strict=True)
    return [contrast_for(eta, fit.fixef.to_numpy()) for eta, fit in pairs]


def by_log_contrast(turn):
    """Contrasts of 75 % by two fits that have its logarithm as their predictor."""
    return [
        turn(contrast_for(eta, one_curve("log_contrast", link).fixef.to_numpy()))
        for eta, link in ((LOG_ODDS, "logit"), (0.0, "guess"))
    ]


def of_other_floor(eta):
    """Contrast of a linear predictor by the link of four keys."""
    return contrast_for(eta, one_curve(link="four keys").fixef.to_numpy())


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
            Mistake(
                lambda: [
                    (LOG_ODDS - one_curve().fixef.iloc[1]) / one_curve().fixef.iloc[0],
                    1 / contrast_for(0.0, one_curve(link="guess").fixef.to_numpy()),
                ],
                "Intercept and slope have changed places: solve η = β₀ + β₁x for x.",
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
    **OWN_LINKS,
    **LAPSES,
}
