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


def moved(day):
    """Matrix from intercept and slope on day 0 to those on another day."""
    return np.array([[1.0, 0.0], [day, 1.0]])


def from_day(day):
    """Correlation of intercept and slope when days are counted from that day."""
    move = moved(day)
    return correlation(move.T @ Sigma_1() @ move)


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
        lambda: from_day(9),
        kind="correlation",
        digits=3,
        mistakes=(
            Mistake(
                lambda: from_day(0),
                "That is from the first day, which the cell prints. Were the days "
                "counted anew before you fitted?",
            ),
            Mistake(
                lambda: from_day(-9),
                "You added to the days, so day 0 lies before the study. "
                "On the last day, the new number is 0.",
            ),
            Mistake(
                lambda: -from_day(9),
                "You turned time round: then slopes change their sign. "
                "The days still go forward, from a negative number to 0.",
            ),
            Mistake(
                lambda: from_day(4.5),
                "That is from the middle of the study. Count from the last day.",
            ),
            Mistake(
                lambda: from_day(10),
                "That is from the day after the last: days are called from 0.",
            ),
            Mistake(
                lambda: np.corrcoef((fitted().coef["Subject"] @ moved(9)).T)[0, 1],
                "That is how the eighteen predicted lines correlate. "
                "The model's correlation is in `varcorr`.",
            ),
            Mistake(
                lambda: (moved(9).T @ Sigma_1() @ moved(9))[0, 1],
                "That is the covariance. The correlation has no unit.",
            ),
            Mistake(
                lambda: fitted().criterion,
                "That is the criterion, which is the same for both. The "
                "correlation is asked.",
            ),
        ),
    ),
    "2.5b": Question(
        lambda: Sigma_1()[0, 1],
        unit="ms²/day",
        kind="covariance",
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
            Mistake(
                lambda: Sigma_1()[1, 1],
                "That is the variance of the slopes. The covariance stands beside it.",
            ),
            Mistake(
                lambda: Sigma_1()[0, 0],
                "That is the variance of the intercepts. The covariance stands "
                "beside it.",
            ),
            Mistake(
                lambda: correlation(Sigma_1()),
                "That is the correlation. The covariance is asked, with its unit.",
            ),
            Mistake(
                lambda: np.sqrt(Sigma_1()[0, 0] * Sigma_1()[1, 1]),
                "That is the product of the standard deviations. Where is the "
                "correlation?",
            ),
            Mistake(
                lambda: fitted(reml=False).varcorr["Subject"].iloc[0, 1],
                "That is the fit by maximum likelihood. The print-out is by REML.",
            ),
            Mistake(
                lambda: fitted().vcov.iloc[0, 1],
                "That is the covariance of the two *estimates*. How people's "
                "intercepts and slopes vary together is in `fit.varcorr`.",
            ),
        ),
    ),
    "2.5c": Question(
        lambda: Sigma_1()[0] @ [1, 9],
        unit="ms²",
        kind="covariance",
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
            Mistake(
                lambda: Sigma_1()[0] @ [1, 1],
                "That is day 0 with day 1. On day 9 the slope counts nine times.",
            ),
            Mistake(
                lambda: Sigma_1()[0, 0] + 81 * Sigma_1()[1, 1],
                "That would be a variance, without the covariance. Two days are "
                "different: what do both of them hold?",
            ),
            Mistake(
                lambda: 9 * Sigma_1()[0, 1],
                "That is what intercept and slope share. Both days hold the "
                "intercept, too.",
            ),
            Mistake(
                lambda: Sigma_1()[0] @ [9, 81],
                "You multiplied all by nine. Only the slope counts nine times.",
            ),
            Mistake(
                lambda: np.array([1, 9]) @ Sigma_1() @ [1, 9] + fitted().sigma ** 2,
                "That is the variance of day 9. One of the two days is day 0.",
            ),
            Mistake(
                lambda: (
                    Sigma_1()[0]
                    @ [1, 9]
                    / np.sqrt(
                        (Sigma_1()[0, 0] + fitted().sigma ** 2)
                        * (np.array([1, 9]) @ Sigma_1() @ [1, 9] + fitted().sigma ** 2)
                    )
                ),
                "That is the correlation. The covariance is asked.",
            ),
            Mistake(
                lambda: np.sqrt(Sigma_1()[0, 0]) + 9 * Sigma_1()[0, 1],
                "A standard deviation is added to a covariance. Take the variance "
                "of the intercepts.",
            ),
        ),
    ),
    "2.5d": Question(
        lambda: theta_of(STATED),
        kind="number",
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
            Mistake(
                lambda: STATED[[0, 0, 1], [0, 1, 1]],
                "Those are entries of Σ. θ holds those of its factor, in units of σ.",
            ),
        ),
    ),
    "2.5e": Question(
        lambda: -Sigma_1()[0, 1] / Sigma_1()[1, 1],
        digits=3,
        kind="day",
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
            Mistake(
                lambda: -Sigma_1()[0, 0] / Sigma_1()[0, 1],
                "That makes the intercept at c uncorrelated with the intercept at "
                "day 0. With the slope is asked.",
            ),
            Mistake(
                lambda: Sigma_1()[0, 1],
                "That is the covariance. At which day does it become 0?",
            ),
            Mistake(
                lambda: 4.5,
                "That is the middle of the study. Where does the covariance become 0?",
            ),
        ),
    ),
    "2.5f": Question(
        lambda: correlation(lines_without_noise()),
        kind="correlation",
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
