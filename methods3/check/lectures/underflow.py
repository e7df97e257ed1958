"""Question 3.2c: where a product of probabilities is lost."""

import numpy as np
from scipy import stats

from methods3.check.lectures.information import BOTH, logistic, wells
from methods3.check.questions import Mistake, Question

# Smallest number that has all its digits.
NORMAL = 2.0**-1022


def first_below(limit=0.0, formula=BOTH, of_what_happened=True):
    """Return the first household whose product of probabilities is at a limit."""
    p = logistic(formula).fitted.to_numpy()
    if of_what_happened:
        p = stats.bernoulli.pmf(wells()["switch"], p)
    return int(np.argmax(np.cumprod(p) <= limit)) + 1


def first_zero(p):
    """Return the first place, from 1, where the product of probabilities is 0."""
    return int(np.argmax(np.cumprod(p) == 0)) + 1


def happened():
    """Return the probabilities of what the households did."""
    return stats.bernoulli.pmf(wells()["switch"], logistic().fitted.to_numpy())


UNDERFLOW = {
    "3.2c": Question(
        answer=first_below,
        exact=True,
        kind="number of households",
        mistakes=(
            Mistake(
                lambda: first_below() - 1,
                "That is one less: Python counts from 0, or it is the last product "
                "above 0. Households are counted from 1.",
            ),
            Mistake(
                lambda: first_below() + 1,
                "That is one too many. `np.argmax` of a comparison gives a place that "
                "is counted from 0: add 1, once.",
            ),
            Mistake(
                lambda: first_below(formula="switch ~ dist100"),
                "That is the curve of distance alone, as in the lecture. Here the "
                "arsenic of their own well is a predictor, too.",
            ),
            Mistake(
                lambda: first_below(formula="switch ~ dist100 * arsenic"),
                "That is the model with an interaction. Asked for is the sum of the "
                "two.",
            ),
            Mistake(
                lambda: first_below(formula="switch ~ arsenic"),
                "That is the model of arsenic alone.",
            ),
            Mistake(
                lambda: first_below(NORMAL),
                "There the product gets below 1e-308, and loses digits. It is not 0 "
                "yet.",
            ),
            Mistake(
                lambda: first_below(of_what_happened=False),
                "You multiplied the probabilities of switching. Of a household that "
                "stayed, take 1 − ŷ.",
            ),
            Mistake(
                lambda: len(wells()),
                "That is how many households there are. Where does the product become "
                "0?",
            ),
            Mistake(
                lambda: first_below(2.3e-16),
                "That is where a product is small beside 1. It is not 0 yet.",
            ),
            Mistake(
                lambda: first_below(5e-9),
                "That is where a product is 0 when it is rounded. Compare the numbers "
                "as they are.",
            ),
            Mistake(
                lambda: first_zero(np.sort(happened())),
                "You sorted the probabilities. Keep the order of the data.",
            ),
            Mistake(
                lambda: first_zero(happened().astype(np.float32)),
                "That is with single precision. NumPy's own numbers are double.",
            ),
            Mistake(
                lambda: first_zero(1 - happened()),
                "You multiplied the probabilities of what households did *not* do.",
            ),
            Mistake(
                lambda: first_zero(1 - logistic().fitted.to_numpy()),
                "You multiplied the probabilities of staying. Of a household that "
                "switched, take ŷ.",
            ),
            Mistake(
                lambda: first_zero(happened()[wells()["switch"] == 1]),
                "Those who stayed are missing. What they did has a probability, too: 1 "
                "− ŷ.",
            ),
            Mistake(
                lambda: int(np.sum(np.cumprod(happened()) == 0)),
                "So many of the products are 0. Which household is the first?",
            ),
            Mistake(
                lambda: first_zero(happened()[::-1]),
                "You began at the end of the data.",
            ),
        ),
        hint="`np.cumprod` gives the product after each household.",
    ),
}
