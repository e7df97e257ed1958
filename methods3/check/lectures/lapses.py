"""Questions 3.6f and 3.6g: thresholds where some answers are lapses."""

from math import ceil

import numpy as np
from scipy.special import logit

from methods3.check.lectures.staircase import (
    between,
    contrast_for,
    one_curve,
    staircase,
    with_people,
)
from methods3.check.questions import Mistake, Question
from mlm.fit import glmer


def ninety(p=0.9, guess=0.5, lapse=0.02, read=None):
    """Contrast at which the typical person is right so often; `read` inverts a link."""
    guessed, slipped = read or (guess, lapse)
    eta = logit((p - guessed) / (1 - guessed - slipped))
    return contrast_for(eta, with_people(guess, lapse))


def blank_trials(p=0.25, doubled=True, truth=0.5):
    """Trials on which two curves are expected to differ by 4 in −2 log L, at least."""
    each = truth * np.log(truth / p) + (1 - truth) * np.log((1 - truth) / (1 - p))
    return ceil(4 / ((1 + doubled) * each))


def logs_with_people():
    """Logarithm of the contrast of 90 %, by a fit that has it as its predictor."""
    formula = "correct ~ log_contrast + (1 | subject)"
    fit = glmer(formula, staircase(), "binomial", between(0.5, 0.02))
    return contrast_for(np.log(5), fit.fixef.to_numpy())


LAPSES = {
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
            Mistake(
                lambda: contrast_for(logit(0.9 / 0.98), with_people(0.5, 0.02)),
                "You divided 0.9 by 0.98. First take off γ: how far is 0.9 above ½, of "
                "the way from there to 0.98?",
            ),
            Mistake(
                lambda: contrast_for(logit(0.4 / 0.46), with_people(0.5, 0.02)),
                "You took off the lapse rate twice. Between ½ and 0.98 there is 0.48.",
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
