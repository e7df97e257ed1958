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


def rss_at(slope):
    """Return the residual sum of squares of subject 308 at a slope, in ms²."""
    rows = person("308")
    left = rows["Reaction"] - slope * rows["Days"]
    return np.sum((left - left.mean()) ** 2)


def fall_at(slope):
    """Return by how much twice the log-likelihood of 308 is below its top there."""
    return 10 * np.log(rss_at(slope) / rss(line("308")))


def slope_se():
    """Return the standard error of subject 308's slope, in ms a day."""
    return line("308").se["Days"]


QUESTIONS = {
    "1.5a": Question(
        answer=log_density,
        kind="log-likelihood",
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
            Mistake(
                lambda: -21 / 8,
                "That is the part with the squares. The constant before it is missing.",
            ),
            Mistake(
                lambda: -1.5 * np.log(8 * np.pi),
                "That is the constant part. The squares are missing.",
            ),
            Mistake(
                lambda: log_density() / np.log(10),
                "That is a logarithm of base ten. A log-likelihood is a natural one.",
            ),
            Mistake(
                lambda: -1.5 * np.log(8 * np.pi) - 21 / 2,
                "The sum of squares is divided by 2σ², and you divided by 2.",
            ),
            Mistake(
                lambda: stats.norm.logpdf(THREE, 4, SD).sum(),
                "You took the mean of the three numbers. The likelihood of the "
                "mean 3 is asked.",
            ),
            Mistake(
                lambda: stats.norm.pdf(THREE, MEAN, SD).sum(),
                "You added the densities. Independent draws multiply them, so add "
                "their logarithms.",
            ),
            Mistake(
                lambda: -1.5 * np.log(4 * np.pi) - 21 / 8,
                "In the constant, σ stands without its square.",
            ),
            Mistake(
                lambda: -0.5 * np.log(8 * np.pi) - 21 / 8,
                "The constant comes once for each of the numbers, and you have it "
                "once.",
            ),
            Mistake(
                lambda: log_density() / 3,
                "That is the mean of the three log-densities. Their sum is asked.",
            ),
        ),
    ),
    "1.5b": Question(
        answer=lambda: np.sqrt(rss(line("309")) / 10),
        unit="ms",
        kind="standard deviation",
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
            Mistake(
                lambda: line("309").sigma * np.sqrt(8 / 9),
                "You divided by one less than n. What does ML divide by?",
            ),
            Mistake(
                lambda: line("309").sigma * np.sqrt(9 / 10),
                "One parameter is taken out, but the line has two coefficients.",
            ),
            Mistake(
                lambda: np.sqrt(rss(line("309"))),
                "That is the root of the sum of squares. Divide it first: ML, by what?",
            ),
            Mistake(
                lambda: rss(line("309")),
                "That is the sum of squares. Divide, and take the root.",
            ),
        ),
    ),
    "1.5c": Question(
        answer=loss_without_slope,
        kind="log-likelihood",
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
            Mistake(
                lambda: line("309").loglik,
                "That is one of the two log-likelihoods. Take the difference.",
            ),
            Mistake(
                lambda: without_slope().loglik,
                "That is one of the two log-likelihoods. Take the difference.",
            ),
            Mistake(
                lambda: np.exp(loss_without_slope()),
                "That is the ratio of the likelihoods. The fall of their logarithm "
                "is asked.",
            ),
            Mistake(
                lambda: loss_without_slope() / np.log(10),
                "That is of base ten. A log-likelihood is a natural logarithm.",
            ),
        ),
    ),
    "1.5d": Question(
        answer=lambda: -np.log(24),
        kind="log-likelihood",
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
            Mistake(
                lambda: np.log(24) / 2,
                "One column of X is 24 times as large, so the determinant of XᵀX "
                "is so many times as large squared. And which way does it go?",
            ),
            Mistake(
                lambda: np.log(24),
                "The size is right, the sign is not: half of log |XᵀX| is subtracted.",
            ),
            Mistake(
                lambda: -np.log10(24),
                "That is a logarithm of base ten. A log-likelihood is a natural one.",
            ),
            Mistake(
                lambda: np.log10(24),
                "That is a logarithm of base ten, and has the wrong sign.",
            ),
        ),
    ),
    "1.5e": Question(
        answer=lambda: rss_at(30.0),
        unit="ms²",
        kind="sum of squares",
        mistakes=(
            Mistake(
                lambda: rss(line("308")),
                "That is at the best slope. At another one the sum is larger.",
            ),
            Mistake(
                lambda: np.sum(
                    (person("308")["Reaction"] - 30 * person("308")["Days"]) ** 2
                ),
                "There the intercept is 0. Give it its best value for this slope: the "
                "mean of what is left.",
            ),
            Mistake(
                lambda: np.sum(
                    (
                        person("308")["Reaction"]
                        - line("308").fixef["(Intercept)"]
                        - 30 * person("308")["Days"]
                    )
                    ** 2
                ),
                "The intercept is that of the best line. For another slope another "
                "one is best: the mean of what is left.",
            ),
            Mistake(
                lambda: rss_at(30.0) - rss(line("308")),
                "That is by how much it grows. The whole sum is asked.",
            ),
            Mistake(
                lambda: rss_at(30.0) / 10,
                "That is divided by n already. The sum is asked.",
            ),
            Mistake(
                lambda: np.sqrt(rss_at(30.0)),
                "That is the root of it.",
            ),
        ),
    ),
    "1.5f": Question(
        answer=lambda: fall_at(30.0),
        kind="fall",
        mistakes=(
            Mistake(
                lambda: fall_at(30.0) / 2,
                "That is the fall of the log-likelihood. Of twice that is asked.",
            ),
            Mistake(
                lambda: 10 * (rss_at(30.0) / rss(line("308")) - 1),
                "You have kept σ at its best value for the best slope. For this slope "
                "another σ is best, which makes the fall smaller.",
            ),
            Mistake(
                lambda: 8 * fall_at(30.0) / 10,
                "ML counts all ten observations: the factor before the logarithm is "
                "n, and not n - p.",
            ),
            Mistake(
                lambda: fall_at(30.0) / np.log(10),
                "That is a logarithm of base ten. A log-likelihood is a natural one.",
            ),
            Mistake(
                lambda: np.log(rss_at(30.0) / rss(line("308"))),
                "The factor before the logarithm is missing: how many observations "
                "are there?",
            ),
        ),
    ),
    "1.5g": Question(
        answer=lambda: interval(fall=stats.chi2.ppf(0.95, 1)),
        unit="ms a day",
        kind="slope",
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
    "1.5h": Question(
        answer=lambda: 0.5,
        kind="share",
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
            Mistake(
                lambda: 0.25,
                "n counts observations, two for each person, and p the means, one "
                "for each person: what is (n − p)/n?",
            ),
            Mistake(
                lambda: 1 / 3,
                "n counts observations, two for each person, and p the means, one "
                "for each person: what is (n − p)/n?",
            ),
        ),
    ),
}
