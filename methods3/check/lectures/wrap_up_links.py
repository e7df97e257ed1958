"""Questions 3.8, wrap-up: family, link and random part, and what a fit then says."""

import warnings
from functools import cache

import numpy as np
from scipy.special import expit
from scipy.stats import chi2

from methods3.check.lectures.wrap_up import letters_judge
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_cbpp, load_simulated_pas
from mlm.fit import glm, glmer
from mlm.ground.errors import SingularFitWarning

# The probability of a right answer in 3.8b.
SURE = 0.84
RATED = "correct ~ pas + (1 | subject)"
HERDS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"

LETTERS = "EDBACF"
HINTS = (
    "The first: with two sides, who sees nothing is right half of the time. Which link "
    "knows that?",
    "The second: each cage is watched once, and not equally long. What is known about "
    "it before anything is estimated?",
    "The third: an answer is right or wrong, the age of a person never changes, and "
    "nobody can guess among a thousand words.",
    "The fourth: one row for each patient. What could two rows share?",
    "The fifth: a count without a ceiling, seven rows for each person, and an age that "
    "does not change within a person.",
    "The last: the logarithm of a time is a number on a line, and both kinds of word "
    "are met by everybody.",
)


@cache
def rated():
    """Fit the answers by the rating, with intercepts that vary between people."""
    return glmer(RATED, load_simulated_pas(), family="binomial")


def spread_of_people():
    """Standard deviation of people, in log-odds."""
    return rated().varcorr.std_dev("subject").iloc[0]


def rating_two(z=0.0, spread=None):
    """Probability at rating 2, for somebody z standard deviations from the middle."""
    fit = rated()
    spread = spread_of_people() if spread is None else spread
    return expit(fit.fixef["(Intercept)"] + fit.fixef["pas2"] + z * spread)


def middle_two():
    """Log-odds of the typical person at rating 2, and their standard error."""
    fit, row = rated(), np.array([1.0, 1, 0, 0])
    return row @ fit.fixef, np.sqrt(row @ fit.vcov @ row)


@cache
def herds(rows=False, formula=HERDS, family="binomial"):
    """Fit the cattle's disease, with or without an effect for every row."""
    data = load_cbpp()
    data["row"] = data.index
    with warnings.catch_warnings():  # of mistakes, some are singular
        warnings.simplefilter("ignore", SingularFitWarning)
        return glmer(formula + " + (1 | row)" * rows, data, family=family)


def herds_answer(*model):
    """Standard deviations of herds without and with rows, of rows, and the fall."""
    without, with_rows = herds(False, *model), herds(True, *model)
    return [
        without.varcorr.std_dev("herd").iloc[0],
        with_rows.varcorr.std_dev("herd").iloc[0],
        with_rows.varcorr.std_dev("row").iloc[0],
        without.criterion - with_rows.criterion,
    ]


def without_herds():
    """Deviance of the model in which nothing varies between herds or rows."""
    fixed = HERDS.removesuffix(" + (1 | herd)")
    return -2 * glm(fixed, load_cbpp(), family="binomial").loglik


def rearranged(change):
    """Give the answer to the last question after `change` of its four numbers."""
    return lambda: change(*herds_answer())


QUESTIONS = {
    "3.8a": Question(
        lambda: LETTERS,
        judge=letters_judge(LETTERS, HINTS),
        mistakes=tuple(
            Mistake(lambda wrong=wrong: wrong, hint)
            for wrong, hint in zip(
                ("BDBACF", "ECBACF", "EDAACF", "EDBBCF", "EDBADF", "EDBACB"),
                HINTS,
                strict=True,
            )
        ),
    ),
    "3.8b": Question(
        lambda: 1 / np.sqrt(1 - SURE),
        kind="factor",
        mistakes=(
            Mistake(
                lambda: 1 / (1 - SURE),
                "So many times as large is the *variance*. A standard error is its "
                "root.",
            ),
            Mistake(
                lambda: np.sqrt(1 - SURE),
                "That is the binomial's over the Poisson's. Asked is the other way "
                "round.",
            ),
            Mistake(
                lambda: 1 / np.sqrt(SURE),
                "That is right for a count of *wrong* answers. Here the right ones are "
                "counted.",
            ),
            Mistake(
                lambda: 1 / SURE,
                "That is a ratio of variances, and of a count of *wrong* answers.",
            ),
            Mistake(
                lambda: 1 / np.sqrt(SURE * (1 - SURE)),
                "The Poisson variance is not 1: it is the mean, n times p.",
            ),
            Mistake(
                lambda: np.sqrt(25 * SURE),
                "That is the Poisson standard deviation of one count. Divide it by the "
                "binomial one.",
            ),
            Mistake(
                lambda: np.sqrt(25 * SURE * (1 - SURE)),
                "That is the binomial standard deviation of one count. The Poisson one "
                "is divided by it.",
            ),
            Mistake(
                lambda: 5 / np.sqrt(1 - SURE),
                "The number of trials is in both variances, and cancels.",
            ),
            Mistake(
                lambda: np.sqrt(SURE / (1 - SURE)),
                "The ratio of variances is np over np(1 − p): p cancels.",
            ),
            Mistake(
                lambda: SURE / (1 - SURE),
                "Those are the odds. The ratio of variances is np over np(1 − p): p "
                "cancels.",
            ),
            Mistake(
                lambda: np.sqrt(25 * SURE) - np.sqrt(25 * SURE * (1 - SURE)),
                "That is a difference. By which factor is it too large?",
            ),
            Mistake(
                lambda: 1 - SURE,
                "That is what the binomial variance has, and the Poisson's not. The "
                "factor of the standard deviations is asked.",
            ),
            Mistake(
                lambda: 25 * SURE,
                "That is the mean, and the Poisson variance. Divide the standard "
                "deviations.",
            ),
            Mistake(
                lambda: 25 * SURE / np.sqrt(25 * SURE * (1 - SURE)),
                "You divided a variance by a standard deviation.",
            ),
            Mistake(
                lambda: np.sqrt(25 * SURE) / (25 * SURE * (1 - SURE)),
                "You divided a standard deviation by a variance.",
            ),
            Mistake(
                lambda: 5,
                "The number of trials cancels. What else is in the two variances?",
            ),
        ),
    ),
    "3.8c": Question(
        lambda: [3, 4, 6],
        exact=True,
        kind="sentence",
        unordered=True,
        mistakes=(
            Mistake(
                lambda: [3, 4],
                "Two found, one to go: which parameter has this model not?",
            ),
            Mistake(
                lambda: [4, 6],
                "Two found, one to go: is a ratio of odds a ratio of probabilities?",
            ),
            Mistake(
                lambda: [3, 6],
                "Two found, one to go: which probability was computed from one "
                "coefficient alone?",
            ),
            Mistake(
                lambda: [3, 4, 5, 6],
                "One too many: the average over people is flatter than the typical "
                "person's curve, so near the top it is lower.",
            ),
            Mistake(
                lambda: [2, 3, 4, 6],
                "One too many: log-odds are what a coefficient of this model is in.",
            ),
            Mistake(
                lambda: [1, 2, 5],
                "Those are the three right ones. The wrong ones are asked for.",
            ),
        ),
    ),
    "3.8d": Question(
        lambda: rating_two(-1.96),
        kind="probability",
        digits=3,
        mistakes=(
            Mistake(
                lambda: rating_two(+1.96),
                "That is the upper end.",
            ),
            Mistake(
                rating_two,
                "That is the typical person, in the middle of the range.",
            ),
            Mistake(
                lambda: rating_two(-1),
                "That is one standard deviation down. For 95 % it is more.",
            ),
            Mistake(
                lambda: rating_two(-2),
                "You went two standard deviations down. It is 1.96 here.",
            ),
            Mistake(
                lambda: rating_two(-1.96, spread_of_people() ** 2),
                "You went 1.96 variances down. Take the root first.",
            ),
            Mistake(
                lambda: rating_two(-1.96, rated().se["(Intercept)"]),
                "A standard error says how well an average is known. How much do "
                "people differ from it?",
            ),
            Mistake(
                lambda: rating_two(-1.96, rated().se["pas2"]),
                "A standard error says how well a coefficient is known. How much do "
                "people differ?",
            ),
            Mistake(
                lambda: expit(rated().fixef["(Intercept)"] - 1.96 * spread_of_people()),
                "That is at rating 1. At rating 2 its coefficient is added.",
            ),
            Mistake(
                lambda: expit(rated().fixef["pas2"] - 1.96 * spread_of_people()),
                "The intercept is missing: add all of the log-odds, and then invert.",
            ),
            Mistake(
                lambda: rating_two() - 1.96 * spread_of_people(),
                "The standard deviation is in log-odds. Subtract it there, and then "
                "invert.",
            ),
            Mistake(
                lambda: np.log(rating_two(-1.96) / (1 - rating_two(-1.96))),
                "That is still in log-odds. Take it back to a probability.",
            ),
            Mistake(
                lambda: expit(
                    rated().fixef["(Intercept)"]
                    + rated().fixef["pas3"]
                    - 1.96 * spread_of_people()
                ),
                "That is at rating 3.",
            ),
            Mistake(
                lambda: rating_two(-1.645),
                "That is 1.645 standard deviations down, which leaves out 5 % there. "
                "For a range of 95 % it is 1.96.",
            ),
            Mistake(
                lambda: expit(middle_two()[0] - 1.96 * middle_two()[1]),
                "A standard error says how well the middle is known. How much do "
                "people differ?",
            ),
            Mistake(
                lambda: rating_two() - 1.96 * expit(spread_of_people()),
                "You inverted the standard deviation alone. Subtract it in log-odds, "
                "then invert.",
            ),
            Mistake(
                lambda: rating_two(-1.96, np.sqrt(spread_of_people())),
                "You took the root of the standard deviation.",
            ),
            Mistake(
                lambda: rating_two() - expit(1.96 * spread_of_people()),
                "You inverted the two parts apart. Subtract in log-odds, then invert.",
            ),
            Mistake(
                lambda: (
                    rating_two()
                    - 1.96 * spread_of_people() * rating_two() * (1 - rating_two())
                ),
                "You went down on the scale of probabilities, along the tangent. "
                "People are normal in log-odds.",
            ),
            Mistake(
                lambda: 1 - rating_two(1.96),
                "That is the lower end for a *wrong* answer.",
            ),
            Mistake(
                lambda: expit(
                    middle_two()[0] + rated().ranef["subject"]["(Intercept)"].min()
                ),
                "That is the lowest of the people who were measured. Asked is "
                "somebody new.",
            ),
            Mistake(
                lambda: rating_two(
                    -1.96, rated().ranef["subject"]["(Intercept)"].std(ddof=0)
                ),
                "You took the spread of the predicted u, which are shrunk. `varcorr` "
                "has that of people.",
            ),
            Mistake(
                lambda: (
                    rating_two() - 1.96 * np.sqrt(rating_two() * (1 - rating_two()))
                ),
                "That is the standard deviation of one answer. How much do *people* "
                "differ?",
            ),
            Mistake(
                lambda: expit(
                    middle_two()[0]
                    - 1.96 * np.hypot(middle_two()[1], spread_of_people())
                ),
                "You added how well the middle is known. Take the fitted numbers for "
                "the truth.",
            ),
        ),
    ),
    "3.8e": Question(
        herds_answer,
        kind="standard deviation",
        digits=3,
        mistakes=(
            Mistake(
                rearranged(lambda a, b, c, chi2: [a**2, b**2, c**2, chi2]),
                "The first three are variances. Give their roots.",
            ),
            Mistake(
                rearranged(lambda a, b, c, chi2: [b, a, c, chi2]),
                "The first two have changed places: first the model without an effect "
                "for every row.",
            ),
            Mistake(
                rearranged(lambda a, b, c, chi2: [a, c, b, chi2]),
                "The second and the third have changed places: first the herds, then "
                "the rows.",
            ),
            Mistake(
                rearranged(lambda a, b, c, chi2: [a, b, c, chi2 / 2]),
                "The last is the fall of the log-likelihood. The deviance falls by "
                "twice as much.",
            ),
            Mistake(
                rearranged(lambda a, b, c, chi2: [a, b, c, chi2 - 2]),
                "The last is the fall of AIC, in which a parameter costs 2. Asked is "
                "that of the deviance.",
            ),
            Mistake(
                lambda: [
                    *herds_answer()[:3],
                    without_herds() - herds().criterion,
                ],
                "The last is what herds bring. Asked is what rows bring, when herds "
                "are in the model already.",
            ),
            Mistake(
                lambda: [
                    *herds_answer()[:3],
                    without_herds() - herds(rows=True).criterion,
                ],
                "The last is what herds and rows bring together. Asked is what rows "
                "bring, when herds are in the model already.",
            ),
            Mistake(
                lambda: [*herds_answer()[:3], -2 * herds(True).loglik],
                "The last is the deviance of the second model. By how much does it "
                "fall?",
            ),
            Mistake(
                lambda: [*herds_answer()[:3], chi2.sf(herds_answer()[3], 1)],
                "The last is a p value. By how much does the deviance fall?",
            ),
            Mistake(
                lambda: herds_answer("incidence ~ period + (1 | herd)", "poisson"),
                "Those are Poisson models. The animals of a herd are known: use the "
                "binomial.",
            ),
            Mistake(
                lambda: herds_answer(HERDS.replace("period", "1")),
                "`period` is missing in both models.",
            ),
            Mistake(
                lambda: herds_answer(HERDS.replace("size - incidence", "size")),
                "The second column of `cbind` is those that did *not* fall ill: size "
                "− incidence.",
            ),
        ),
    ),
}
