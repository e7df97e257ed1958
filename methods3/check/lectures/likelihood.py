"""Questions 1.5, likelihood: densities, what ML and REML divide by, and intervals."""

import numpy as np
from scipy import stats

from methods3.check.fits import line, person, rss
from methods3.check.questions import Mistake, Question
from mlm.fit import lm

THREE, MEAN, SD = np.array([1.0, 4.0, 7.0]), 3.0, 2.0  # 1.5a


def log_density(sd=SD):
    """Return the log-likelihood of the three numbers of 1.5a."""
    return stats.norm.logpdf(THREE, MEAN, sd).sum()


def without_slope():
    """Fit a level without a slope to subject 309."""
    return lm("Reaction ~ 1", person("309"))


def loss_without_slope():
    """Return by how much the log-likelihood of subject 309 falls without a slope."""
    return line("309").loglik - without_slope().loglik


def fall_at_fixed_sigma():
    """Return the same fall with σ held at the estimate that has the slope."""
    return (rss(without_slope()) - rss(line("309"))) / (2 * rss(line("309")) / 10)


def interval(fall=None, half=None):
    """Return an interval around the slope of subject 308, in ms a day.

    It reaches ``half`` to both sides, or to where 2 log L has fallen by ``fall``.
    """
    around = 82.5  # the sum of squared distances of the days from their mean
    if half is None:
        half = np.sqrt(rss(line("308")) * np.expm1(fall / 10) / around)
    return line("308").fixef["Days"] + half * np.array([-1, 1])


def slope_se():
    """Return the standard error of subject 308's slope, in ms a day."""
    return line("308").se["Days"]


QUESTIONS = {
    "1.5a": Question(
        answer=log_density,
        mistakes=(
            Mistake(
                lambda: log_density() - 21 / 8,
                "The sum of squares is divided by 2σ², not by σ².",
            ),
            Mistake(
                lambda: log_density(np.sqrt(SD)),
                "You have taken 2 for the variance. It is σ, the standard deviation.",
            ),
            Mistake(
                lambda: np.exp(log_density()),
                "That is the likelihood, a product of three densities. Its "
                "logarithm is asked.",
            ),
            Mistake(
                lambda: -2 * log_density(),
                "That is the deviance, -2 times what is asked.",
            ),
            Mistake(
                lambda: log_density() + 1.5 * np.log(2 * np.pi),
                "The part with 2π is missing. It holds no parameter, but belongs to "
                "the density.",
            ),
        ),
    ),
    "1.5b": Question(
        answer=lambda: np.sqrt(rss(line("309")) / 10),
        unit="ms",
        mistakes=(
            Mistake(
                lambda: line("309").sigma,
                "That stands in the print-out, and is made with n - p. What does ML "
                "divide by?",
            ),
            Mistake(
                lambda: line("309").sigma * 0.8,
                "That is the factor for σ². You want σ, so take its root.",
            ),
            Mistake(
                lambda: line("309").sigma / np.sqrt(0.8),
                "The factor goes the other way: ML divides by more, and so is smaller.",
            ),
            Mistake(
                lambda: line("309").sigma * np.sqrt(7 / 8),
                "The print-out's 8 has the two coefficients subtracted already. How "
                "many days are there?",
            ),
        ),
    ),
    "1.5c": Question(
        answer=loss_without_slope,
        mistakes=(
            Mistake(
                lambda: 2 * loss_without_slope(),
                "That is the fall of 2 log L, which χ² is for. The log-likelihood "
                "itself is asked.",
            ),
            Mistake(
                fall_at_fixed_sigma,
                "You have kept σ where it was with the slope. Without the slope "
                "another σ is best: let it be estimated again.",
            ),
            Mistake(
                lambda: loss_without_slope() * 0.8,
                "ML counts all ten observations: the factor before the logarithm is "
                "n/2, and not (n - p)/2.",
            ),
        ),
    ),
    "1.5d": Question(
        answer=lambda: interval(fall=stats.chi2.ppf(0.95, 1)),
        unit="ms a day",
        mistakes=(
            Mistake(
                lambda: interval(half=stats.t.ppf(0.975, 8) * slope_se()),
                "That is the interval from t. Here the ends are where the "
                "log-likelihood has fallen far enough.",
            ),
            Mistake(
                lambda: interval(half=stats.norm.ppf(0.975) * slope_se()),
                "That is the estimate ± 1.96 standard errors: a parabola in place of "
                "the log-likelihood. Use the log-likelihood itself.",
            ),
            Mistake(
                lambda: interval(fall=2 * stats.chi2.ppf(0.95, 1)),
                "You have let the log-likelihood fall by 3.84. It is twice the "
                "log-likelihood that may fall so far.",
            ),
            Mistake(
                lambda: interval(
                    half=np.sqrt(stats.chi2.ppf(0.95, 1) * rss(line("308")) / 825)
                ),
                "You have kept σ at its best value. For each slope another σ is "
                "best, and the curve is flatter for it.",
            ),
            Mistake(
                lambda: interval(fall=stats.chi2.ppf(0.95, 1) / 2),
                "You have let twice the log-likelihood fall by half of 3.84. It may "
                "fall by all of it.",
            ),
        ),
    ),
    "1.5e": Question(
        answer=lambda: 0.5,
        mistakes=(
            Mistake(
                lambda: 1,
                "More people bring more data, but each brings a mean to be fitted as "
                "well. What is p/n?",
            ),
            Mistake(
                lambda: np.sqrt(0.5),
                "That is for σ. The share of σ² is asked.",
            ),
            Mistake(
                lambda: 2,
                "ML is too small, not too large. You have it upside down.",
            ),
            Mistake(
                lambda: 0,
                "You have taken n for the number of people. It is the number of "
                "observations, and each person brings two.",
            ),
        ),
    ),
    "1.5f": Question(
        answer=lambda: -np.log(24),
        mistakes=(
            Mistake(
                lambda: -2 * np.log(24),
                "That is how much -2 times it changes, and with the wrong sign. Half "
                "of log |XᵀX| is subtracted.",
            ),
            Mistake(
                lambda: 2 * np.log(24),
                "That is how much -2 times the REML log-likelihood changes. The "
                "log-likelihood itself is asked.",
            ),
            Mistake(
                lambda: 0,
                "That holds for ML. REML subtracts half of log |XᵀX|, and X has "
                "changed.",
            ),
            Mistake(
                lambda: -np.log(24) / 2,
                "One column of X is 24 times as large, so the determinant of XᵀX "
                "is so many times as large squared.",
            ),
        ),
    ),
}
