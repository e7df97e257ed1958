"""Questions 2.5, Σ, Λ and θ: how the random effects of one person vary together."""

import numpy as np

from methods3.check.fits import (
    SHORT,
    Sigma_1,
    correlation,
    fitted,
    own_lines,
    sleepstudy,
)
from methods3.check.questions import Mistake, Question
from mlm.fit import lm

STATED = np.array([[30.0**2, -0.4 * 30 * 5], [-0.4 * 30 * 5, 5.0**2]])  # 2.5d


def theta_of(covariance, sigma=20.0):
    """Elements of the lower-triangular factor, column by column."""
    T = np.linalg.cholesky(covariance) / sigma
    return T[[0, 1, 1], [0, 0, 1]]


def lines_without_noise(ddof=1, predictor="nights", noise=1):
    """Covariance of people's own lines, minus what is noise of least squares."""
    lines = own_lines(SHORT, predictor)[["intercept", "slope"]]
    x = sleepstudy().query(SHORT + " and Subject == '308'")[predictor]
    X = np.column_stack([np.ones(len(x)), x])
    sigma2 = lm("Reaction ~ Subject * Days", sleepstudy().query(SHORT)).sigma ** 2
    return np.cov(lines.T, ddof=ddof) - noise * sigma2 * np.linalg.inv(X.T @ X)


QUESTIONS = {
    "2.5a": Question(
        lambda: "c",
        mistakes=(
            Mistake(
                lambda: "a",
                "Both programs did what they were told. "
                "Correlation of the slope with what, on which day?",
            ),
            Mistake(
                lambda: "b",
                "Look at the two criteria. What do they say about the fits?",
            ),
            Mistake(
                lambda: "d",
                "Both used REML. What did they do differently?",
            ),
        ),
    ),
    "2.5b": Question(
        lambda: Sigma_1()[0, 1],
        unit="ms²/day",
        mistakes=(
            Mistake(
                lambda: 0.07 * 24.740 * 5.922,
                "That is the report's number. Which of its three factors lost most by "
                "rounding? The fit has it in full.",
            ),
            Mistake(
                lambda: 9.61,
                "That is what the slide prints, and it is a rounding slip. "
                "Take the number from the fit.",
            ),
            Mistake(
                lambda: Sigma_1()[0, 1] / fitted().sigma ** 2,
                "That is in units of the residual variance. Multiply by it.",
            ),
            Mistake(
                lambda: np.cov(fitted().ranef["Subject"].T)[0, 1],
                "That is the covariance of the eighteen modes. "
                "Asked is that of the population: `fit.varcorr`.",
            ),
        ),
    ),
    "2.5c": Question(
        lambda: Sigma_1()[0] @ [1, 9],
        unit="ms²",
        mistakes=(
            Mistake(
                lambda: Sigma_1()[0] @ [1, 9] + fitted().sigma ** 2,
                "You added the residual variance. "
                "Do two different days share a residual?",
            ),
            Mistake(
                lambda: Sigma_1()[0, 0],
                "That is what the intercept shares with itself. "
                "On day 9 the slope counts too, and it covaries with the intercept.",
            ),
            Mistake(
                lambda: np.array([1, 9]) @ Sigma_1() @ [1, 9],
                "That is day 9 with itself. One of the two days is day 0.",
            ),
            Mistake(
                lambda: Sigma_1()[0] @ [1, 81],
                "Day 9 comes in once, not twice: on day 0 the slope counts nothing.",
            ),
        ),
    ),
    "2.5d": Question(
        lambda: theta_of(STATED),
        mistakes=(
            Mistake(
                lambda: theta_of(STATED, sigma=1.0),
                "The factor is right, its unit is not: "
                "θ is measured in residual standard deviations.",
            ),
            Mistake(
                lambda: theta_of(STATED, sigma=400.0),
                "You divided by the residual variance. "
                "A factor of a covariance has the unit of a standard deviation.",
            ),
            Mistake(
                lambda: np.array([30 / 20, -0.4, 5 / 20]),
                "Those are relative standard deviations, and the correlation. "
                "θ holds the entries of the factor T.",
            ),
            Mistake(
                lambda: theta_of(STATED)[[0, 2, 1]],
                "All three are there. Go down the columns of T: first column first.",
            ),
        ),
    ),
    "2.5e": Question(
        lambda: -Sigma_1()[0, 1] / Sigma_1()[1, 1],
        unit="days",
        digits=3,
        mistakes=(
            Mistake(
                lambda: -Sigma_1()[0, 1] / Sigma_1()[0, 0],
                "You divided by the variance of the intercepts. "
                "What multiplies c in your equation?",
            ),
            Mistake(
                lambda: Sigma_1()[0, 1] / Sigma_1()[1, 1],
                "The size is right. Which side of day 0 is it on? "
                "Bring the covariance to the other side of the equation.",
            ),
            Mistake(
                lambda: -correlation(Sigma_1()),
                "That is a correlation, which has no unit. c is a day.",
            ),
        ),
    ),
    "2.5f": Question(
        lambda: correlation(lines_without_noise()),
        mistakes=(
            Mistake(
                lambda: correlation(lines_without_noise(noise=0)),
                "That is the correlation of the lines as they come. "
                "Their own noise is still in it: subtract it.",
            ),
            Mistake(
                lambda: correlation(lines_without_noise(predictor="Days")),
                "There the count begins with the study. "
                "The intercept should be at the baseline.",
            ),
            Mistake(
                lambda: correlation(Sigma_1()),
                "That is from all ten days. Leave out days 0 and 1.",
            ),
            Mistake(
                lambda: lines_without_noise()[0, 1],
                "That is the covariance. Divide by both standard deviations.",
            ),
            Mistake(
                lambda: correlation(lines_without_noise(ddof=0)),
                "Your covariance divides by the number of people, as in maximum "
                "likelihood. REML divides by one less.",
            ),
        ),
    ),
}
