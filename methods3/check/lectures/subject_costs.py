"""Question 2.11e: how many trials to ask of a subject, who has a price."""

import numpy as np

from methods3.check.fits import fitted, sds
from methods3.check.questions import Mistake, Question


def sleep_sds(fixed="1", reml=True):
    """Standard deviations between subjects, and within, sleepstudy."""
    return sds(fitted(f"Reaction ~ {fixed} + (1 | Subject)", reml=reml), "Subject")


SUBJECT_COSTS = {
    "2.11e": Question(
        lambda: np.sqrt(20) * sleep_sds()[1] / sleep_sds()[0],
        digits=3,
        kind="number of trials",
        mistakes=(
            Mistake(
                lambda: np.sqrt(20) * sleep_sds()[0] / sleep_sds()[1],
                "Upside down: should many trials pay where *subjects* differ, or where "
                "trials do?",
            ),
            Mistake(
                lambda: 20 * (sleep_sds()[1] / sleep_sds()[0]) ** 2,
                "That is the square of it. Where the derivative is 0, n_j² stands "
                "alone: take the root.",
            ),
            Mistake(
                lambda: np.sqrt(20 * sleep_sds()[1] / sleep_sds()[0]),
                "Standard deviations stand where variances belong.",
            ),
            Mistake(
                lambda: sleep_sds()[1] / sleep_sds()[0],
                "That is for a subject who costs as much as a trial. Where is c?",
            ),
            Mistake(
                lambda: sleep_sds()[1] / sleep_sds()[0] / np.sqrt(20),
                "The cost is on the wrong side: the dearer a subject, the more you "
                "should ask of each.",
            ),
            Mistake(
                lambda: 20 * sleep_sds()[1] / sleep_sds()[0],
                "Only the variances have lost their squares: the root is to be taken "
                "of c, too.",
            ),
            Mistake(
                lambda: (
                    np.sqrt(20) * sleep_sds(reml=False)[1] / sleep_sds(reml=False)[0]
                ),
                "Those are the standard deviations by ML. The print-out has those by "
                "REML.",
            ),
            Mistake(
                lambda: np.sqrt(20) * sleep_sds("Days")[1] / sleep_sds("Days")[0],
                "Those are the standard deviations of a model with days in it. The "
                "print-out has an intercept only.",
            ),
            Mistake(
                lambda: 5,
                "A study needs a whole number, and this may be it. Give what the "
                "formula gives, not rounded.",
            ),
            Mistake(
                lambda: 6,
                "A study needs a whole number, and this may be it. Give what the "
                "formula gives, not rounded.",
            ),
            Mistake(
                lambda: 20 * sleep_sds()[0] / sleep_sds()[1],
                "Upside down, and without the root of c: where should many trials pay?",
            ),
        ),
    ),
}
