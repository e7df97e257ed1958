"""Questions 1.5, likelihood: densities, what ML and REML divide by, and intervals."""

import numpy as np
from scipy import stats

from methods3.check.fits import line, person, rss
from methods3.check.lectures.another_slope import ANOTHER_SLOPE
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
            Mistake(
                lambda: -3 * np.log(8 * np.pi) - 21 / 8,
                "A density has the root of 2πσ², so the logarithm before the "
                "squares is halved.",
            ),
            Mistake(
                lambda: -1.5 * np.log(2 * np.pi) - 21 / 8,
                "In the constant, σ² is missing beside 2π.",
            ),
            Mistake(
                lambda: 2 * log_density(),
                "That is twice the log-likelihood. Once is asked.",
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
            Mistake(
                lambda: 24,
                "The log-likelihood changes by a logarithm.",
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
} | ANOTHER_SLOPE
