"""Questions 2.8, shrinkage: whose own data count how much."""

import numpy as np
from scipy.stats import f

from methods3.check.fits import (
    GROUND,
    HOUSES,
    PARALLEL,
    fitted,
    line,
    mean_squares,
    person,
    sds,
)
from methods3.check.lectures.dragged import DRAGGED
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_radon
from mlm.demonstrations.pooling import shrinkage_weight


def toy_intercept(weight, own=24.0):
    """Intercept of A among two people, the population's being 26.5."""
    return weight * own + (1 - weight) * 26.5


def half_way(formula, power=2):
    """Houses with which a county's own would count for one half, no whole number."""
    between, within = sds(fitted(formula, load_radon), "county")
    return (within / between) ** power


def houses_needed(formula, power=2):
    """Houses from which on a county's own counts for more than half."""
    return int(np.floor(half_way(formula, power))) + 1


def repaired(own=None, swapped=False):
    """Partially pooled intercept of subject 309, from what is taken for its own."""
    fit, rows = fitted(PARALLEL), person("309")
    between, within = sds(fit, "Subject")
    weight = shrinkage_weight(len(rows), within, between)
    if own is None:
        own = rows["Reaction"].mean() - fit.fixef["Days"] * rows["Days"].mean()
    weight = 1 - weight if swapped else weight
    return weight * own + (1 - weight) * fit.fixef["(Intercept)"]


def mean_of_309():
    """Mean of the responses of subject 309, which is no intercept."""
    return person("309")["Reaction"].mean()


def f_ratio():
    """Ratio of the mean squares of dyestuff."""
    between, within = mean_squares()
    return between / within


QUESTIONS = {
    "2.8a": Question(
        lambda: toy_intercept(16 / 17),
        kind="intercept",
        mistakes=(
            Mistake(
                lambda: toy_intercept(8 / 9),
                "Almost: θ is a ratio of standard deviations. The weight wants "
                "variances, so θ goes in squared.",
            ),
            Mistake(
                lambda: toy_intercept(1 / 17),
                "The two weights have changed places. Does a larger θ pull more, or "
                "less, towards everybody's line?",
            ),
            Mistake(
                lambda: toy_intercept(4 / 5),
                "The weight is 4/5 here. So it was in the lecture, for θ = 1; with "
                "θ = 2 people differ more, and the four rows of a person count as "
                "before.",
            ),
            Mistake(
                lambda: toy_intercept(16 / 17) - 26.5,
                "That is the random effect, how far A is from the population. The "
                "intercept is both together.",
            ),
            Mistake(
                lambda: 26.5 - 2 * 16 / 17,
                "You shrank what the lecture has shrunk already: the deviation "
                "before pooling is how far A's own intercept lies from 26.5.",
            ),
            Mistake(
                lambda: toy_intercept(16 / 17, own=29.0),
                "That is B, or the deviation was taken to the wrong side. On which "
                "side of 26.5 is A?",
            ),
            Mistake(
                lambda: 24 * 16 / 17,
                "That is A's own part. The other part of the weight goes to the "
                "population.",
            ),
            Mistake(
                lambda: 24.0,
                "That is A's own intercept, without any pooling. If it is rounded: "
                "give four digits.",
            ),
        ),
    ),
    "2.8b": Question(
        lambda: houses_needed(GROUND),
        kind="number of houses",
        mistakes=(
            Mistake(
                lambda: houses_needed(GROUND) - 1,
                "So close: with this many the weight is just below one half. Houses "
                "come in whole numbers, so round up.",
            ),
            Mistake(
                lambda: houses_needed(GROUND, power=1),
                "A ratio of standard deviations. Equation 12.4 has variances in it, "
                "so square it.",
            ),
            Mistake(
                lambda: houses_needed(HOUSES),
                "Right for the model without predictors. In this print-out counties "
                "differ less, since uranium explains much of it.",
            ),
            Mistake(
                lambda: half_way(GROUND),
                "The place where the weight is exactly one half. What is the first "
                "whole number of houses beyond it?",
            ),
            Mistake(
                lambda: 25,
                "One fewer is enough. From which whole number on is the weight "
                "more than one half?",
            ),
        ),
    ),
    "2.8c": Question(
        repaired,
        unit="ms",
        kind="time",
        mistakes=(
            Mistake(
                lambda: repaired(own=mean_of_309()),
                "That is what the program says now. Which of its lines speaks of "
                "day 4.5, while the others speak of day 0?",
            ),
            Mistake(
                lambda: repaired(swapped=True),
                "The own intercept is right now, but the weights have changed places.",
            ),
            Mistake(
                lambda: repaired() - fitted(PARALLEL).fixef.iloc[0],
                "That is the random effect, a deviation from the population. Add the "
                "population's intercept.",
            ),
            Mistake(
                lambda: mean_of_309() - 4.5 * fitted(PARALLEL).fixef["Days"],
                "The person's own intercept, well repaired, but without any pooling. "
                "Now weigh it with the population's.",
            ),
            Mistake(
                lambda: fitted().coef["Subject"].loc["309", "(Intercept)"],
                "That is from the model in which slopes vary as well. This program "
                "has one slope for all.",
            ),
            Mistake(
                lambda: fitted(PARALLEL).fixef["(Intercept)"],
                "That is the population's intercept. Where is the person?",
            ),
            Mistake(
                lambda: line("309").fixef["(Intercept)"],
                "That is the line of 309 alone, with a slope of its own. In this "
                "model the slope is everybody's.",
            ),
        ),
    ),
    "2.8d": Question(
        lambda: fitted().pls.penalty,
        unit="ms²",
        digits=6,
        kind="sum of squares",
        mistakes=(
            Mistake(
                lambda: fitted().pls.rho2,
                "These are the squares of the upper rows, the residuals. The penalty "
                "is in the lower rows.",
            ),
            Mistake(
                lambda: fitted().pls.r2,
                "Residuals and penalty together: the whole price. Only the part of "
                "the random effects is asked for.",
            ),
            Mistake(
                lambda: (fitted().pls.b ** 2).sum(),
                "You squared b, which mixes ms with ms/day. The price is on the "
                "spherical u; b is Λ times u.",
            ),
            Mistake(
                lambda: fitted(PARALLEL).pls.penalty,
                "That belongs to the lecture's model, with random intercepts alone. "
                "Here slopes vary too, and there are 36 pseudo-data.",
            ),
            Mistake(
                lambda: np.sqrt(fitted().pls.penalty),
                "That is the norm. Its square is asked.",
            ),
            Mistake(
                lambda: fitted(reml=False).pls.penalty,
                "That is at the θ of ML. The lecture's fit is by REML.",
            ),
            Mistake(
                lambda: fitted().pls.penalty / fitted().sigma ** 2,
                "That is in units of σ². The penalty is in ms².",
            ),
        ),
    ),
    "2.8e": Question(
        lambda: 1 - 1 / f_ratio(),
        kind="share",
        mistakes=(
            Mistake(
                lambda: 1 / f_ratio(),
                "That is the share of everybody's mean. The weight of the batch's own "
                "is what is left.",
            ),
            Mistake(
                lambda: 1 - 1 / (f_ratio() * 5 / 6),
                "That is the weight by ML: it divides the sum of squares between by "
                "the number of batches. What does REML divide by?",
            ),
            Mistake(
                lambda: (f_ratio() - 1) / (f_ratio() + 4),
                "That is the intraclass correlation, the weight of a *single* sample. "
                "Here five samples speak for a batch.",
            ),
            Mistake(
                lambda: f_ratio() / (1 + f_ratio()),
                "You took the mean square between batches for the variance of their "
                "means. It has noise of the samples in it: take that out.",
            ),
            Mistake(
                lambda: f_ratio(),
                "That is F itself. The weight is a share.",
            ),
            Mistake(
                lambda: 1 - f_ratio(),
                "F is upside down: the weight has 1/F in it.",
            ),
        ),
    ),
    "2.8f": Question(
        lambda: f.cdf(1 / 1.32, 17, 18),
        digits=3,
        kind="probability",
        mistakes=(
            Mistake(
                lambda: f.sf(1 / 1.32, 17, 18),
                "That is the chance of a variance *above* 0: the other tail.",
            ),
            Mistake(
                lambda: f.cdf(1, 17, 18),
                "That is how often F is below 1 if people are all alike. They are "
                "not, so F is larger by a factor: which?",
            ),
            Mistake(
                lambda: f.cdf(1 / 1.16, 17, 18),
                "The factor forgets that a person's mean is of n observations.",
            ),
            Mistake(
                lambda: f.cdf(1 / 1.32, 18, 17),
                "The two degrees of freedom have changed places: eighteen means above, "
                "eighteen pairs below.",
            ),
            Mistake(
                lambda: f.cdf(1 / 1.8, 17, 18),
                "Standard deviations have slipped into the factor, where variances "
                "belong.",
            ),
            Mistake(
                lambda: f.cdf(1.32, 17, 18),
                "The factor goes the other way: F is larger by it, so F below 1 "
                "means that the rest divides.",
            ),
            Mistake(
                lambda: f.cdf(1 / 1.32, 17, 36),
                "Look at the second degrees of freedom: eighteen pairs leave one "
                "each, and not two.",
            ),
            Mistake(
                lambda: f.cdf(1 / 1.32, 18, 18),
                "Look at the first degrees of freedom: eighteen means leave one less.",
            ),
        ),
    ),
} | DRAGGED
