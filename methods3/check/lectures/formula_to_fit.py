"""Questions 2.9, from formula to fit: both criteria by hand, and their θ."""

from functools import cache

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2

from methods3.check.fits import (
    PARALLEL,
    PLATES,
    dyestuff_fit,
    fitted,
    mean_squares,
    sds,
)
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_penicillin
from mlm.demonstrations.estimation import gls
from mlm.design.covariance import marginal_covariance
from mlm.fit import profiled_deviance

RISE = chi2.ppf(0.95, 1)  # of a criterion, at the ends of a 95 % interval


def assay(reml=True):
    """Fit the model of the penicillin assay."""
    return fitted(PLATES, load_penicillin, reml=reml)


@cache
def pieces(fit):
    """log|V|, rᵀV⁻¹r and log|XᵀV⁻¹X| at the estimates of a fit, and its n and p."""
    design = fit.design
    V = marginal_covariance(design, fit.theta, fit.sigma).toarray()
    beta, vcov = gls(design.X, design.y, V)
    r = design.y - design.X @ beta
    square = r @ np.linalg.solve(V, r)
    seen = -np.linalg.slogdet(vcov)[1]
    return np.linalg.slogdet(V)[1], square, seen, design.n, design.p


def minus_two_l(fit):
    """−2 log likelihood by the formula, at the estimates of a fit."""
    log_det, square, _, n, _ = pieces(fit)
    return log_det + square + n * np.log(2 * np.pi)


def minus_two_l_reml(fit):
    """REML criterion by the formula, at the estimates of a fit."""
    log_det, square, seen, n, p = pieces(fit)
    return log_det + square + seen + (n - p) * np.log(2 * np.pi)


def as_printed(fit):
    """The notes' thirty numbers, added up: R in the place of r."""
    design = fit.design
    V = marginal_covariance(design, fit.theta, fit.sigma).toarray()
    r = design.y - design.X @ fit.fixef.to_numpy()
    square = fit.sigma**2 * np.linalg.solve(V, r)
    return (np.linalg.slogdet(V)[1] + square + design.n * np.log(2 * np.pi)).sum()


def batch_sd(between, within):
    """Standard deviation between batches, from two mean squares."""
    return np.sqrt((between - within) / 5)


@cache
def theta_interval(rise=RISE, reml=True):
    """Where the criterion of the dyestuff model is `rise` above its lowest point."""
    fit = dyestuff_fit(reml)
    criterion, best = profiled_deviance(fit.design, reml), fit.theta.iloc[0]

    def above_top(theta):
        return criterion([theta]) - fit.criterion - rise

    return [brentq(above_top, 0, best), brentq(above_top, best, 20)]


QUESTIONS = {
    "2.9a": Question(
        lambda: sds(fitted(PARALLEL), "Subject")[0],
        unit="ms",
        kind="standard deviation",
        mistakes=(
            Mistake(
                lambda: -sds(fitted(PARALLEL), "Subject")[0],
                "No standard deviation is negative. θ enters the model squared: what "
                "does that say of −θ?",
            ),
            Mistake(
                lambda: fitted(PARALLEL).theta.iloc[0],
                "That is θ, which has no unit: it counts in residual standard "
                "deviations. Bring it back to ms.",
            ),
            Mistake(
                lambda: fitted(PARALLEL).sigma,
                "That is how much the days of one person vary. People differ by θ "
                "times that.",
            ),
            Mistake(
                lambda: fitted(PARALLEL).theta.iloc[0] ** 2 * fitted(PARALLEL).sigma,
                "θ is squared here, and σ is not. A standard deviation takes both "
                "as they are.",
            ),
            Mistake(
                lambda: sds(fitted(PARALLEL, reml=False), "Subject")[0],
                "That is the estimate by ML. The model is fitted by REML.",
            ),
            Mistake(
                lambda: fitted(PARALLEL).sigma / fitted(PARALLEL).theta.iloc[0],
                "You divided by θ. It counts in residual standard deviations: "
                "multiply.",
            ),
        ),
    ),
    "2.9b": Question(
        lambda: batch_sd(mean_squares()[0] * 5 / 6, mean_squares()[1]),
        unit="g",
        kind="standard deviation",
        mistakes=(
            Mistake(
                lambda: batch_sd(*mean_squares()),
                "A fine REML estimate. ML divides one of the two sums of squares by "
                "another number.",
            ),
            Mistake(
                lambda: batch_sd(mean_squares()[0] * 5 / 6, 0),
                "That is how much the batch *means* vary. Part of it is noise of the "
                "five samples: take the residual variance out.",
            ),
            Mistake(
                lambda: batch_sd(
                    mean_squares()[0] * 5 / 6, mean_squares()[1] * 24 / 30
                ),
                "Within batches divide by thirty less six: even ML does, because a "
                "batch's own mean is taken out.",
            ),
            Mistake(
                lambda: 5**0.5 * batch_sd(mean_squares()[0] * 5 / 6, mean_squares()[1]),
                "One division is missing: a mean square between is n times the "
                "variance of the means.",
            ),
            Mistake(
                lambda: batch_sd(mean_squares()[0] * 4 / 5, mean_squares()[1]),
                "There are six batches: by what is the sum of squares between them "
                "divided now, and by what in ML?",
            ),
        ),
    ),
    "2.9c": Question(
        lambda: minus_two_l(dyestuff_fit()),
        digits=6,
        kind="deviance",
        mistakes=(
            Mistake(
                lambda: as_printed(dyestuff_fit()),
                "You added up thirty numbers that should never have been thirty. "
                "Which letter is too large?",
            ),
            Mistake(
                lambda: minus_two_l(dyestuff_fit()) / -2,
                "The log likelihood itself, and right. Asked for is minus two times "
                "that.",
            ),
            Mistake(
                lambda: minus_two_l(dyestuff_fit()) - 30 * np.log(2 * np.pi),
                "The constant with 2π is missing. It moves no estimate, but it is "
                "part of the density.",
            ),
            Mistake(
                lambda: dyestuff_fit().criterion,
                "That is the REML criterion, which has a term more. The formula of "
                "the notes is the likelihood of ML.",
            ),
            Mistake(
                lambda: dyestuff_fit(reml=False).criterion,
                "So close: that is the lowest value there is, at the estimates of ML. "
                "The V of this cell has those of REML.",
            ),
        ),
    ),
    "2.9d": Question(
        lambda: minus_two_l_reml(assay()),
        digits=6,
        kind="deviance",
        mistakes=(
            Mistake(
                lambda: minus_two_l(assay()),
                "That is the formula of ML, at this V. REML has one term more, and "
                "one 2π less.",
            ),
            Mistake(
                lambda: minus_two_l_reml(assay()) + np.log(2 * np.pi),
                "One 2π too many: the fixed effect has used up one observation.",
            ),
            Mistake(
                lambda: minus_two_l_reml(assay()) - pieces(assay())[2],
                "The term that makes it REML is missing: how well X is seen through V.",
            ),
            Mistake(
                lambda: assay(reml=False).criterion,
                "That is the deviance of another fit, by ML. Stay with this V, and "
                "put it into the REML formula.",
            ),
            Mistake(
                lambda: minus_two_l_reml(assay()) / -2,
                "That is the restricted log likelihood. The criterion is minus two "
                "times that.",
            ),
        ),
    ),
    "2.9e": Question(
        lambda: 6 * np.log(24),
        kind="deviance",
        mistakes=(
            Mistake(
                lambda: 2 * np.log(24),
                "That is the answer of the lecture, where one column grew. Which "
                "columns of X grow here, and how much each?",
            ),
            Mistake(
                lambda: 4 * np.log(24),
                "Both columns grow, but not alike: what happens to the *square* of a "
                "number that becomes 24 times as large?",
            ),
            Mistake(
                lambda: 3 * np.log(24),
                "Half of it. X stands in the determinant twice, once on each side.",
            ),
            Mistake(
                lambda: 0.0,
                "True of ML, and of every prediction. REML has a term with X in it.",
            ),
            Mistake(
                lambda: 6 * np.log10(24),
                "That is a logarithm of base ten. The criterion has natural ones.",
            ),
            Mistake(
                lambda: 24,
                "That is by how much a day is longer in hours. The criterion has a "
                "logarithm of a determinant.",
            ),
        ),
    ),
    "2.9f": Question(
        theta_interval,
        kind="end",
        mistakes=(
            Mistake(
                lambda: theta_interval(reml=False),
                "A good interval by ML. This one should come from the REML criterion.",
            ),
            Mistake(
                lambda: theta_interval(RISE / 2),
                "Too narrow: the criterion has its factor of two already, so it may "
                "rise by all of the χ² quantile.",
            ),
            Mistake(
                lambda: theta_interval(1.96),
                "Too narrow: 1.96 is for a normal variable. Its square has a χ² "
                "distribution, and the criterion is a square.",
            ),
            Mistake(
                lambda: [end * dyestuff_fit().sigma for end in theta_interval()],
                "These are in grams: you multiplied by σ, which is not fixed. Leave "
                "it at θ, which has no unit.",
            ),
            Mistake(
                lambda: np.square(theta_interval()),
                "Those are ends for θ². Take the roots.",
            ),
        ),
    ),
}
