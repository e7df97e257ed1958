"""Question 3.5e: an interaction of rating and task that is not there."""

from functools import cache

from scipy.stats import chi2, norm

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_simulated_pas
from mlm.fit import glmer

TASK = "correct ~ task + (1 | subject)"
RATING = "correct ~ pas + (1 | subject)"
SUM = "correct ~ pas + task + (1 | subject)"
PRODUCT = "correct ~ pas * task + (1 | subject)"


@cache
def clear(formula):
    """Fit a model to the right and wrong answers of the PAS data."""
    return glmer(formula, load_simulated_pas(), family="binomial")


def compared(small, large):
    """Difference of deviances of two models, and how many parameters it is for."""
    small, large = clear(small), clear(large)
    return small.deviance - large.deviance, large.n_parameters - small.n_parameters


def p_value(small=SUM, large=PRODUCT, df=None):
    """Likelihood ratio test of two models."""
    difference, parameters = compared(small, large)
    return chi2.sf(difference, df or parameters)


def z_value(name, formula=PRODUCT):
    """Wald statistic of one coefficient."""
    return clear(formula).fixef[name] / clear(formula).se[name]


TASKS = {
    "3.5e": Question(
        p_value,
        kind="probability",
        digits=3,
        mistakes=(
            Mistake(
                lambda: p_value(RATING),
                "That compares the product with the rating alone: it tests the effect "
                "of the task as well. Take `pas + task` for the smaller model.",
            ),
            Mistake(
                lambda: p_value(RATING, SUM),
                "That tests the task beside the rating. Asked is their product.",
            ),
            Mistake(
                lambda: compared(SUM, PRODUCT)[0],
                "That is the difference of the deviances. Its p value is asked.",
            ),
            Mistake(
                lambda: p_value() / 2,
                "Half of it: there is no direction in a comparison on six degrees of "
                "freedom.",
            ),
            Mistake(
                lambda: 2 * norm.sf(abs(z_value("pas4:taskquadruplet"))),
                "That is the p value of one coefficient. The interaction has six.",
            ),
            Mistake(
                lambda: p_value(df=1),
                "That takes one degree of freedom. How many coefficients more has the "
                "product?",
            ),
            Mistake(
                lambda: p_value(df=2),
                "That takes two degrees of freedom. How many coefficients more has the "
                "product?",
            ),
            Mistake(
                lambda: chi2.sf(compared(SUM, PRODUCT)[0] / 2, 6),
                "Either you took the difference of log-likelihoods, which is to be "
                "doubled, or you counted all coefficients of the product, and not how "
                "many more they are than in the sum.",
            ),
            Mistake(
                lambda: chi2.sf(compared(SUM, PRODUCT)[0] * 2, 6),
                "You doubled a difference of deviances, which is doubled already.",
            ),
            Mistake(
                lambda: 6,
                "That is the degrees of freedom. The p value is asked.",
            ),
            *(
                Mistake(
                    lambda df=df: p_value(df=df),
                    "That takes another number of degrees of freedom. Three steps of "
                    "the rating times two of the task: how many products?",
                )
                for df in (3, 4, 5)
            ),
            Mistake(
                lambda: chi2.pdf(*compared(SUM, PRODUCT)),
                "That is the density of the χ² distribution. The p value is the share "
                "above.",
            ),
            Mistake(
                lambda: p_value(TASK, SUM),
                "That tests the rating beside the task. Asked is their product.",
            ),
            Mistake(
                lambda: clear(PRODUCT).aic - clear(SUM).aic,
                "That is the difference of AIC. The p value is asked.",
            ),
            Mistake(
                lambda: clear(SUM).aic - clear(PRODUCT).aic,
                "That is the difference of AIC. The p value is asked.",
            ),
        ),
    ),
}
