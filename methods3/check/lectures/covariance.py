"""Questions 2.6, covariance: predictors that agree, effects that vary too little."""

import warnings
from functools import cache

import numpy as np
import pandas as pd

from methods3.check.fits import correlation, mean_squares, sleepstudy
from methods3.check.questions import Mistake, Question
from methods3.days2 import DAYS2, days2_data
from mlm.datasets import load_dyestuff2
from mlm.demonstrations.collinearity import vif
from mlm.fit import lm, lmer
from mlm.ground.errors import SingularFitWarning


def squared_days(centre=0):
    """Days and their square, counted from a day."""
    days = sleepstudy()["Days"] - centre
    return pd.DataFrame({"Days": days, "squared": days**2})


@cache
def days2_fit(seed):
    """Fit both predictors, fixed and random."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SingularFitWarning)
        return lmer(DAYS2, days2_data(seed))


@cache
def days2_vcov(seed):
    """Covariance of the two slopes by least squares: ndarray, shape (2, 2)."""
    return lm("Reaction ~ Days + Days2", days2_data(seed)).vcov.to_numpy()[1:, 1:]


def se_of(vcov, weights):
    """Standard error of a weighted sum of estimates."""
    return np.sqrt(np.array(weights) @ vcov @ weights)


def constructed():
    """Mean squares between and within the batches that a computer made."""
    return mean_squares(load_dyestuff2)


QUESTIONS = {
    "2.6a": Question(
        lambda: 45,
        exact=True,
        kind="rank",
        mistakes=(
            Mistake(
                lambda: 2 * 45,
                "So many rows has Σ. Now look at the column `Corr`: "
                "if you know a batter's intercept, what do you know of its slope?",
            ),
            Mistake(
                lambda: 1,
                "That is the rank of one batter's block. How many blocks are there?",
            ),
            Mistake(
                lambda: 2,
                "Those are the rows of one batter's block. "
                "How many of them are independent, and how many blocks are there?",
            ),
            Mistake(
                lambda: 0,
                "Both standard deviations are above 0, so batters do differ.",
            ),
        ),
    ),
    "2.6b": Question(
        lambda: vif(squared_days()).iloc[0],
        kind="factor",
        mistakes=(
            Mistake(
                lambda: squared_days().corr().iloc[0, 1],
                "That is the correlation. The factor is computed from its square.",
            ),
            Mistake(
                lambda: 1 - squared_days().corr().iloc[0, 1] ** 2,
                "That is what the other predictor leaves unexplained. "
                "One more step: its inverse.",
            ),
            Mistake(
                lambda: vif(squared_days()).iloc[0] ** 0.5,
                "That is by how much a standard error grows. "
                "The factor is about its square.",
            ),
            Mistake(
                lambda: vif(squared_days(4.5)).iloc[0],
                "That is after centring, and the next step of this exercise. "
                "First count the days as they come.",
            ),
            Mistake(
                lambda: 1 / (1 - squared_days().corr().iloc[0, 1]),
                "Below the line the correlation needs its square.",
            ),
            Mistake(
                lambda: squared_days().corr().iloc[0, 1] ** 2,
                "That is the share that the other predictor explains. The factor "
                "comes from what it leaves.",
            ),
            Mistake(
                lambda: 1 / squared_days().corr().iloc[0, 1] ** 2,
                "You divided by what is explained. Divide by what is left unexplained.",
            ),
        ),
    ),
    "2.6c": Question(
        lambda: [2.0, 6.0],
        kind="coefficient",
        mistakes=(
            Mistake(
                lambda: [5.0, 5.0],
                "Those made the data. They lie on the line; "
                "but another pair on it is nearer to 0.",
            ),
            Mistake(
                lambda: [20.0, 0.0],
                "That is what remains when the second column is dropped. "
                "It lies on the line, but not nearest to 0.",
            ),
            Mistake(
                lambda: [10.0, 10 / 3],
                "You shared the sum equally. The shortest way from 0 to a line "
                "meets it at a right angle.",
            ),
            Mistake(
                lambda: [0.0, 20 / 3],
                "It lies on the line, and nearer than most. "
                "The shortest way meets the line at a right angle.",
            ),
            Mistake(
                lambda: [5, 15],
                "The ratio of the two is right. But this pair is not on the floor "
                "of the valley: what does it predict?",
            ),
            Mistake(
                lambda: [1, 3],
                "The direction is right. How far do you go in it to reach the floor?",
            ),
            Mistake(
                lambda: [0, 0],
                "That pair is not on the floor of the valley: with it, everything "
                "predicted is 0.",
            ),
        ),
    ),
    "2.6d": Question(
        lambda: days2_data(7)["Days"].corr(days2_data(7)["Days2"]),
        kind="correlation",
        mistakes=(
            Mistake(
                lambda: correlation(days2_fit(7).varcorr["Subject"], 1, 2),
                "That is the colleague's number: it says how the effects of the two "
                "vary between people. Where are the predictors themselves?",
            ),
            Mistake(
                lambda: correlation(days2_fit(7).vcov, 1, 2),
                "That is how the two estimates vary together, in this model. "
                "Correlate the two columns of the data.",
            ),
            Mistake(
                lambda: correlation(days2_vcov(7)),
                "That is how two estimates of least squares vary together: "
                "where predictors agree, estimates make up for each other. "
                "Correlate the two columns of the data.",
            ),
            Mistake(
                lambda: vif(days2_data(7)[["Days", "Days2"]]).iloc[0],
                "That is the variance inflation factor. "
                "It comes from the number that is asked for.",
            ),
            Mistake(
                lambda: days2_data(7)["Days"].corr(days2_data(7)["Days2"]) ** 2,
                "That is the square: a share of variance, where the correlation is "
                "asked.",
            ),
            Mistake(
                lambda: days2_data(1)["Days"].corr(days2_data(1)["Days2"]),
                "That is another seed than the one of the print-out.",
            ),
            Mistake(
                lambda: 0.15,
                "That is the colleague's number: it says how the effects of the "
                "two vary between people. Where are the predictors themselves?",
            ),
        ),
    ),
    "2.6e": Question(
        lambda: -np.diff(constructed())[0] / 5,
        kind="variance",
        mistakes=(
            Mistake(
                lambda: 0,
                "That is what `lmer` says, for a variance cannot be less. "
                "What does the difference of the mean squares say?",
            ),
            Mistake(
                lambda: -np.diff(constructed())[0],
                "The difference holds the batches' variance five times, "
                "once for each sample.",
            ),
            Mistake(
                lambda: constructed()[0] / 5,
                "That is the variance of the batches' means. "
                "Part of it is the samples' noise.",
            ),
            Mistake(
                lambda: (constructed()[0] / 5 - constructed()[1]) / 5,
                "The mean square between batches is five times the variance of "
                "their means.",
            ),
            Mistake(
                lambda: -np.diff(constructed())[0] / 6,
                "You divided by six batches. Each batch has five samples.",
            ),
            Mistake(
                lambda: constructed()[0],
                "That is the mean square between batches. Subtract the other one, "
                "and divide.",
            ),
            Mistake(
                lambda: constructed()[1],
                "That is the mean square within batches. Subtract it from the "
                "other one, and divide.",
            ),
            Mistake(
                lambda: (constructed()[0] * 5 / 6 - constructed()[1]) / 5,
                "You divided the squares between by six, as ML does. A mean square "
                "divides by one less.",
            ),
        ),
    ),
    "2.6f": Question(
        lambda: se_of(days2_vcov(1), [1, 2]),
        unit="ms/day",
        kind="standard error",
        mistakes=(
            Mistake(
                lambda: se_of(np.diag(np.diag(days2_vcov(1))), [1, 2]),
                "You added two variances. But the two estimates covary, and strongly: "
                "what does the lecture's valley say about their sum?",
            ),
            Mistake(
                lambda: np.sqrt(np.diag(days2_vcov(1))) @ [1, 2],
                "Standard errors do not add up. Begin with the variance of a sum.",
            ),
            Mistake(
                lambda: se_of(days2_vcov(1), [1, 1]),
                "That is the sum of both. The second one counts twice.",
            ),
            Mistake(
                lambda: np.sqrt(days2_vcov(1)[0, 0]),
                "That is one coefficient alone. The sum is known much better.",
            ),
            Mistake(
                lambda: se_of(days2_vcov(1), [2, 1]),
                "The weights have changed places: b₂ counts twice.",
            ),
            Mistake(
                lambda: se_of(days2_vcov(1), [1, -2]),
                "That is the standard error of the difference, b₁ − 2b₂. Mind the "
                "sign of the covariance.",
            ),
            Mistake(
                lambda: 2 * np.sqrt(days2_vcov(1)[1, 1]),
                "That is one coefficient alone, twice. The sum is known much better.",
            ),
            Mistake(
                lambda: np.sqrt(days2_vcov(1)[1, 1]),
                "That is one coefficient alone. The sum is known much better.",
            ),
        ),
    ),
}
