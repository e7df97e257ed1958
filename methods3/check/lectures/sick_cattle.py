"""Question 3.8e: an analysis of counts of sick cattle."""

import warnings
from functools import cache

from scipy.stats import chi2

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_cbpp
from mlm.fit import glm, glmer
from mlm.ground.errors import SingularFitWarning

HERDS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"


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


SICK_CATTLE = {
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
