"""Questions 3.8, wrap-up: family, link and random part, and what a fit then says."""

import numpy as np

from methods3.check.lectures.sick_cattle import SICK_CATTLE
from methods3.check.lectures.somebody_new import SOMEBODY_NEW
from methods3.check.lectures.wrap_up import letters_judge
from methods3.check.questions import Mistake, Question

# The probability of a right answer in 3.8b.
SURE = 0.84
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
    **SOMEBODY_NEW,
    **SICK_CATTLE,
}
