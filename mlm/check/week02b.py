"""Questions of week 2, lectures 2.7 to 2.10: pooling, shrinkage, fitting, wrap-up."""

import warnings
from functools import cache

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2, f

from mlm.check.questions import Mistake, Question
from mlm.covariance import marginal_covariance
from mlm.datasets import (
    load_cake,
    load_dyestuff,
    load_penicillin,
    load_radon,
    load_sleepstudy,
)
from mlm.errors import SingularFitWarning
from mlm.estimation import gls
from mlm.fit import lm, lmer
from mlm.pooling import shrinkage_weight
from mlm.profiled import profiled_deviance

DATA = {
    "cake": load_cake,
    "dyestuff": load_dyestuff,
    "penicillin": load_penicillin,
    "radon": load_radon,
    "sleepstudy": load_sleepstudy,
}
PARALLEL = "Reaction ~ Days + (1 | Subject)"
LINES = "Reaction ~ Days + (Days | Subject)"
HOUSES = "log_radon ~ 1 + (1 | county)"
GROUND = "log_radon ~ floor + log_uranium + (1 | county)"
BATCHES = "Yield ~ 1 + (1 | Batch)"
PLATES = "diameter ~ 1 + (1 | plate) + (1 | sample)"
CAKES = "angle ~ recipe + temp + (1 | recipe:replicate)"
RISE = chi2.ppf(0.95, 1)  # of a criterion, at the ends of a 95 % interval


@cache
def fitted(data, formula, reml=True):
    """Fit a mixed model to a data set of the course, once."""
    with warnings.catch_warnings():
        # One of the mistakes is a model that is too rich.
        warnings.simplefilter("ignore", SingularFitWarning)
        return lmer(formula, DATA[data](), reml=reml)


def sd_of(fit, group):
    """Standard deviation of a group's intercepts."""
    return fit.varcorr.std_dev(group).iloc[0]


# 2.7 Pooling


@cache
def interaction():
    """Coefficients of one line for each person, as the slide's formula prints them."""
    return lm("Reaction ~ C(Subject) * Days - 1", load_sleepstudy()).fixef


def own_means():
    """Mean log radon of each county."""
    return load_radon().groupby("county", observed=True)["log_radon"].mean()


def pooled_means():
    """Partially pooled mean of each county."""
    return fitted("radon", HOUSES).coef["county"]["(Intercept)"]


def county_weight(n, power=2):
    """Weight of a county's own mean; power 1 is the slip with standard deviations."""
    fit = fitted("radon", HOUSES)
    between, within = sd_of(fit, "county") ** power, fit.sigma**power
    return n * between / (n * between + within)


def above(limit):
    """How many counties are above a limit: by their own means, by partial pooling."""
    return [int((means > limit).sum()) for means in (own_means(), pooled_means())]


def uranium():
    """Slope of the logarithm of uranium."""
    return fitted("radon", GROUND).fixef["log_uranium"]


@cache
def drop_out(random, slow=True):
    """Slopes when the slower half leaves after day 4: one line for all, and pooled."""
    data = load_sleepstudy()
    day_4 = data[data["Days"] == 4].set_index("Subject")["Reaction"]
    gone = day_4.index[(day_4 > day_4.median()) == slow]
    rest = data[~(data["Subject"].isin(gone) & (data["Days"] > 4))]
    mixed = lmer(f"Reaction ~ Days + ({random} | Subject)", rest)
    return [lm("Reaction ~ Days", rest).fixef["Days"], mixed.fixef["Days"]]


# 2.8 Shrinkage


def toy_intercept(weight, own=24.0):
    """Intercept of A among two people, the population's being 26.5."""
    return weight * own + (1 - weight) * 26.5


def houses_needed(formula, power=2):
    """Houses from which on a county's own counts for more than half."""
    fit = fitted("radon", formula)
    return int(np.floor((fit.sigma / sd_of(fit, "county")) ** power)) + 1


def repaired(own=None, swapped=False):
    """Partially pooled intercept of subject 309, from what is taken for its own."""
    fit, data = fitted("sleepstudy", PARALLEL), load_sleepstudy()
    rows = data[data["Subject"] == "309"]
    weight = shrinkage_weight(len(rows), fit.sigma, sd_of(fit, "Subject"))
    if own is None:
        own = rows["Reaction"].mean() - fit.fixef["Days"] * rows["Days"].mean()
    weight = 1 - weight if swapped else weight
    return weight * own + (1 - weight) * fit.fixef["(Intercept)"]


def mean_of_309():
    """Mean of the responses of subject 309, which is no intercept."""
    data = load_sleepstudy()
    return data.loc[data["Subject"] == "309", "Reaction"].mean()


def mean_squares():
    """Mean squares between and within the batches of dyestuff: 6 of 5."""
    groups = load_dyestuff().groupby("Batch", observed=True)["Yield"]
    return 5 * groups.mean().var(), groups.var().mean()


def f_ratio():
    """Ratio of the mean squares of dyestuff."""
    between, within = mean_squares()
    return between / within


# 2.9 From formula to fit


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
    fit = fitted("dyestuff", BATCHES, reml)
    criterion, best = profiled_deviance(fit.design, reml), fit.theta.iloc[0]

    def above_top(theta):
        return criterion([theta]) - fit.criterion - rise

    return [brentq(above_top, 0, best), brentq(above_top, best, 20)]


# 2.10 Wrap-up


def lines_variances():
    """Variances of intercepts, slopes and residuals, sleepstudy."""
    fit = fitted("sleepstudy", LINES)
    return *(fit.varcorr.std_dev("Subject") ** 2), fit.sigma**2


def highest_activity(*standard_deviations):
    """Upper end for a basement in a county unheard of, from what varies."""
    spread = np.sqrt(sum(sd**2 for sd in standard_deviations))
    return np.exp(fitted("radon", GROUND).fixef["(Intercept)"] + 1.96 * spread)


def ground_sds():
    """Standard deviations between counties, and between a county's houses."""
    fit = fitted("radon", GROUND)
    return sd_of(fit, "county"), fit.sigma


def ten_degrees(fit):
    """Rise of the breakage angle by 10 °F, and its standard error."""
    return [10 * fit.fixef["temp"], 10 * fit.se["temp"]]


QUESTIONS = {
    "2.7a": Question(
        lambda: interaction()["Days"] + interaction()["C(Subject)335:Days"],
        unit="ms/day",
        mistakes=(
            Mistake(
                lambda: interaction()["C(Subject)335:Days"],
                "That is what the report says: the *difference* between two slopes. "
                "Whose slope is printed as plain `Days`?",
            ),
            Mistake(
                lambda: interaction()["Days"],
                "That is a real slope, but of the first person in the table. You need "
                "one more number from the print-out.",
            ),
            Mistake(
                lambda: interaction()["Days"] - interaction()["C(Subject)335:Days"],
                "The right two numbers. Mind the minus: the printed one is already "
                "'this person less the first'.",
            ),
            Mistake(
                lambda: fitted("sleepstudy", LINES).coef["Subject"].loc["335", "Days"],
                "That is the partially pooled slope. The report is about no pooling: "
                "only this person's own days count.",
            ),
        ),
    ),
    "2.7b": Question(
        lambda: county_weight(7),
        digits=3,
        mistakes=(
            Mistake(
                lambda: 1 - county_weight(7),
                "That is the share of all the others. Is the estimate 0 steps away "
                "from everybody's mean when the weight is 0, or when it is 1?",
            ),
            Mistake(
                lambda: pooled_means()["KOOCHICHING"] / own_means()["KOOCHICHING"],
                "A ratio of the estimates depends on where zero is. Compare "
                "*distances* from everybody's mean.",
            ),
            Mistake(
                lambda: (
                    pooled_means()["KOOCHICHING"]
                    / fitted("radon", HOUSES).fixef["(Intercept)"]
                ),
                "A ratio of the estimates depends on where zero is. Compare "
                "*distances* from everybody's mean.",
            ),
            Mistake(
                lambda: county_weight(7, power=1),
                "Close: it seems that standard deviations stand where variances "
                "should. By hand you need neither.",
            ),
        ),
    ),
    "2.7c": Question(
        lambda: above(np.log(4)),
        exact=True,
        mistakes=(
            Mistake(
                lambda: above(4),
                "Not one county? The estimates are logarithms, and the limit is not. "
                "Bring both to one scale.",
            ),
            Mistake(
                lambda: above(np.log10(4)),
                "Right idea, other logarithm: the data are natural logarithms, and "
                "these have base ten.",
            ),
            Mistake(
                lambda: [
                    above(np.log(4))[0],
                    int(
                        (fitted("radon", HOUSES).ranef["county"] > np.log(4))
                        .sum()
                        .sum()
                    ),
                ],
                "The first is right. The second counts random effects, which are "
                "deviations from everybody's mean: add the mean, or use `fit.coef`.",
            ),
            Mistake(
                lambda: [int((load_radon()["log_radon"] > np.log(4)).sum())] * 2,
                "You have counted houses. One number a county is wanted: a mean, and "
                "then its partially pooled twin.",
            ),
        ),
    ),
    "2.7d": Question(
        lambda: 2 ** uranium(),
        mistakes=(
            Mistake(
                lambda: np.exp(uranium()),
                "That is the factor when uranium becomes e times as much: one unit of "
                "its logarithm. How many units is a doubling?",
            ),
            Mistake(
                uranium,
                "That is the printed slope, between two logarithms. It must be taken "
                "back to factors.",
            ),
            Mistake(
                lambda: uranium() * np.log(2),
                "Nearly there: this is what is added to the *logarithm* of radon. "
                "Which factor is that?",
            ),
            Mistake(
                lambda: 2 * uranium(),
                "Doubling uranium adds to its logarithm; it does not double it, and "
                "neither its effect.",
            ),
            Mistake(
                lambda: 1 + uranium(),
                "Reading a slope as a percentage works for small steps only, and a "
                "doubling is no small step.",
            ),
        ),
    ),
    "2.7e": Question(
        lambda: drop_out("Days"),
        unit="ms/day",
        mistakes=(
            Mistake(
                lambda: drop_out("1"),
                "The first is right. The second lets people differ in their starting "
                "points only; let their slopes vary as well.",
            ),
            Mistake(
                lambda: drop_out("Days", slow=False),
                "It seems the slow people stayed and the quick ones left. Turn the "
                "condition round.",
            ),
            Mistake(
                lambda: [
                    lm("Reaction ~ Days", load_sleepstudy()).fixef["Days"],
                    fitted("sleepstudy", LINES).fixef["Days"],
                ],
                "Twice the slope of the complete data: nobody has left yet. Give the "
                "fits the smaller table.",
            ),
        ),
    ),
    "2.7f": Question(
        lambda: county_weight(105) / county_weight(1),
        mistakes=(
            Mistake(
                lambda: 105.0,
                "So each *house* would count the same. Its county's houses share one "
                "deviation, so the hundredth tells less than the first.",
            ),
            Mistake(
                lambda: 1.0,
                "So each *county* would count the same, however noisy its mean. What "
                "is the variance of a mean of n houses?",
            ),
            Mistake(
                lambda: np.sqrt(county_weight(105) / county_weight(1)),
                "These are weights by standard deviations. Precision is one over the "
                "*variance*.",
            ),
            Mistake(
                lambda: county_weight(1) / county_weight(105),
                "Turned round: which of the two means is known better, and so counts "
                "for more?",
            ),
        ),
    ),
    "2.8a": Question(
        lambda: toy_intercept(16 / 17),
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
                "That is the answer of the lecture, for θ = 1. With θ = 2 people "
                "differ more, and are pulled less.",
            ),
            Mistake(
                lambda: toy_intercept(16 / 17) - 26.5,
                "That is the random effect, how far A is from the population. The "
                "intercept is both together.",
            ),
        ),
    ),
    "2.8b": Question(
        lambda: houses_needed(GROUND),
        exact=True,
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
                lambda: (fitted("radon", GROUND).sigma / ground_sds()[0]) ** 2,
                "The place where the weight is exactly one half. What is the first "
                "whole number of houses beyond it?",
            ),
        ),
    ),
    "2.8c": Question(
        repaired,
        unit="ms",
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
                lambda: repaired() - fitted("sleepstudy", PARALLEL).fixef.iloc[0],
                "That is the random effect, a deviation from the population. Add the "
                "population's intercept.",
            ),
            Mistake(
                lambda: (
                    mean_of_309() - 4.5 * fitted("sleepstudy", PARALLEL).fixef["Days"]
                ),
                "The person's own intercept, well repaired, but without any pooling. "
                "Now weigh it with the population's.",
            ),
        ),
    ),
    "2.8d": Question(
        lambda: fitted("sleepstudy", LINES).pls.penalty,
        unit="ms²",
        digits=6,
        mistakes=(
            Mistake(
                lambda: fitted("sleepstudy", LINES).pls.rho2,
                "These are the squares of the upper rows, the residuals. The penalty "
                "is in the lower rows.",
            ),
            Mistake(
                lambda: fitted("sleepstudy", LINES).pls.r2,
                "Residuals and penalty together: the whole price. Only the part of "
                "the random effects is asked for.",
            ),
            Mistake(
                lambda: (fitted("sleepstudy", LINES).pls.b ** 2).sum(),
                "You squared b, which mixes ms with ms/day. The price is on the "
                "spherical u; b is Λ times u.",
            ),
            Mistake(
                lambda: fitted("sleepstudy", PARALLEL).pls.penalty,
                "That belongs to the lecture's model, with random intercepts alone. "
                "Here slopes vary too, and there are 36 pseudo-data.",
            ),
        ),
    ),
    "2.8e": Question(
        lambda: 1 - 1 / f_ratio(),
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
        ),
    ),
    "2.8f": Question(
        lambda: f.cdf(1 / 1.32, 17, 18),
        digits=3,
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
        ),
    ),
    "2.9a": Question(
        lambda: sd_of(fitted("sleepstudy", PARALLEL), "Subject"),
        unit="ms",
        mistakes=(
            Mistake(
                lambda: -sd_of(fitted("sleepstudy", PARALLEL), "Subject"),
                "No standard deviation is negative. θ enters the model squared: what "
                "does that say of −θ?",
            ),
            Mistake(
                lambda: fitted("sleepstudy", PARALLEL).theta.iloc[0],
                "That is θ, which has no unit: it counts in residual standard "
                "deviations. Bring it back to ms.",
            ),
            Mistake(
                lambda: fitted("sleepstudy", PARALLEL).sigma,
                "That is how much the days of one person vary. People differ by θ "
                "times that.",
            ),
        ),
    ),
    "2.9b": Question(
        lambda: batch_sd(mean_squares()[0] * 5 / 6, mean_squares()[1]),
        unit="g",
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
        ),
    ),
    "2.9c": Question(
        lambda: minus_two_l(fitted("dyestuff", BATCHES)),
        digits=6,
        mistakes=(
            Mistake(
                lambda: as_printed(fitted("dyestuff", BATCHES)),
                "You added up thirty numbers that should never have been thirty. "
                "Which letter is too large?",
            ),
            Mistake(
                lambda: minus_two_l(fitted("dyestuff", BATCHES)) / -2,
                "The log likelihood itself, and right. Asked for is minus two times "
                "that.",
            ),
            Mistake(
                lambda: (
                    minus_two_l(fitted("dyestuff", BATCHES)) - 30 * np.log(2 * np.pi)
                ),
                "The constant with 2π is missing. It moves no estimate, but it is "
                "part of the density.",
            ),
            Mistake(
                lambda: fitted("dyestuff", BATCHES).criterion,
                "That is the REML criterion, which has a term more. The formula of "
                "the notes is the likelihood of ML.",
            ),
            Mistake(
                lambda: fitted("dyestuff", BATCHES, reml=False).criterion,
                "So close: that is the lowest value there is, at the estimates of ML. "
                "The V of this cell has those of REML.",
            ),
        ),
    ),
    "2.9d": Question(
        lambda: minus_two_l_reml(fitted("penicillin", PLATES)),
        digits=6,
        mistakes=(
            Mistake(
                lambda: minus_two_l(fitted("penicillin", PLATES)),
                "That is the formula of ML, at this V. REML has one term more, and "
                "one 2π less.",
            ),
            Mistake(
                lambda: (
                    minus_two_l_reml(fitted("penicillin", PLATES)) + np.log(2 * np.pi)
                ),
                "One 2π too many: the fixed effect has used up one observation.",
            ),
            Mistake(
                lambda: (
                    minus_two_l_reml(fitted("penicillin", PLATES))
                    - pieces(fitted("penicillin", PLATES))[2]
                ),
                "The term that makes it REML is missing: how well X is seen through V.",
            ),
            Mistake(
                lambda: fitted("penicillin", PLATES, reml=False).criterion,
                "That is the deviance of another fit, by ML. Stay with this V, and "
                "put it into the REML formula.",
            ),
            Mistake(
                lambda: minus_two_l_reml(fitted("penicillin", PLATES)) / -2,
                "That is the restricted log likelihood. The criterion is minus two "
                "times that.",
            ),
        ),
    ),
    "2.9e": Question(
        lambda: 6 * np.log(24),
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
        ),
    ),
    "2.9f": Question(
        theta_interval,
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
                lambda: [
                    end * fitted("dyestuff", BATCHES).sigma for end in theta_interval()
                ],
                "These are in grams: you multiplied by σ, which is not fixed. Leave "
                "it at θ, which has no unit.",
            ),
        ),
    ),
    "2.10a": Question(
        lambda: "BCDFA",
        mistakes=(
            Mistake(
                lambda: "CCDFA",
                "The first: each person meets *one* treatment only. Can the data say "
                "how its effect differs between people?",
            ),
            Mistake(
                lambda: "BBDFA",
                "The second: everybody meets both treatments, so the effect may differ "
                "between people. Give them room for that.",
            ),
            Mistake(
                lambda: "BCCFA",
                "The third: words come back from person to person, as people come "
                "back from word to word. One of the two is missing.",
            ),
            Mistake(
                lambda: "BCDEA",
                "The fourth: pupil one of two classes is not one child. The formula "
                "must know that pupils are counted anew in each class.",
            ),
            Mistake(
                lambda: "BCDFB",
                "The last: with a single row a person, what is a person's intercept, "
                "and what is the residual? Nothing can tell them apart.",
            ),
        ),
    ),
    "2.10b": Question(
        lambda: np.sqrt(81 * lines_variances()[1] + 2 * lines_variances()[2]),
        unit="ms",
        mistakes=(
            Mistake(
                lambda: np.sqrt(81 * lines_variances()[1]),
                "That is how much people's *lines* differ in it. The two days you "
                "measure have residuals, too.",
            ),
            Mistake(
                lambda: np.sqrt(2 * lines_variances()[2]),
                "That is the conditional spread, around a line that is known. A new "
                "person's line is not: in the marginal one slopes vary, too.",
            ),
            Mistake(
                lambda: np.sqrt(81 * lines_variances()[1] + lines_variances()[2]),
                "Two days are measured, and each brings a residual of its own.",
            ),
            Mistake(
                lambda: 9 * fitted("sleepstudy", LINES).se["Days"],
                "That says how well the *mean* change is known. A single new person "
                "is far less certain.",
            ),
            Mistake(
                lambda: np.sqrt(
                    lines_variances()[0]
                    + 81 * lines_variances()[1]
                    + 2 * lines_variances()[2]
                ),
                "The intercept is in both days, so it cancels in their difference.",
            ),
            Mistake(
                lambda: np.sqrt(9 * lines_variances()[1] + 2 * lines_variances()[2]),
                "Nine days of slope: the variance of nine times a number is not nine "
                "times its variance.",
            ),
        ),
    ),
    "2.10c": Question(
        lambda: [3, 4, 6],
        exact=True,
        mistakes=(
            Mistake(
                lambda: [4, 6],
                "Two found, one to go: is a smaller standard error always a better "
                "one?",
            ),
            Mistake(
                lambda: [3, 6],
                "Two found, one to go: look for a number that was computed from the "
                "wrong table.",
            ),
            Mistake(
                lambda: [3, 4],
                "Two found, one to go: which comparison is not allowed with REML?",
            ),
            Mistake(
                lambda: [3, 4, 5, 6],
                "One too many: the intercept is where the line meets day 0, so a "
                "correlation with it does depend on where day 0 is.",
            ),
            Mistake(
                lambda: [2, 3, 4, 6],
                "One too many: both numbers stand in the print-out as they should.",
            ),
        ),
    ),
    "2.10d": Question(
        lambda: highest_activity(*ground_sds()),
        unit="pCi/L",
        mistakes=(
            Mistake(
                lambda: highest_activity(ground_sds()[1]),
                "That is the conditional spread, given the county. Of this county "
                "nothing is known: take the marginal one, in which counties vary, too.",
            ),
            Mistake(
                lambda: highest_activity(ground_sds()[0]),
                "That is the range of county *means*. One house is asked for, and "
                "houses vary much more: the residual is missing.",
            ),
            Mistake(
                lambda: np.log(highest_activity(*ground_sds())),
                "That is still the logarithm. Nobody measures log pCi/L: take it back.",
            ),
            Mistake(
                lambda: highest_activity(sum(ground_sds())),
                "Standard deviations do not add up. Their squares do.",
            ),
            Mistake(
                lambda: highest_activity(fitted("radon", GROUND).se["(Intercept)"]),
                "That is how well the average is known, and no house is the average.",
            ),
        ),
    ),
    "2.10e": Question(
        lambda: ten_degrees(fitted("cake", CAKES)),
        unit="degrees",
        digits=3,
        mistakes=(
            Mistake(
                lambda: [value / 10 for value in ten_degrees(fitted("cake", CAKES))],
                "Right, but by one degree of the oven. Give it by ten.",
            ),
            Mistake(
                lambda: ten_degrees(lm("angle ~ recipe + temp", load_cake())),
                "The rise is right. Its standard error takes 270 cakes for 270 "
                "batters, and lets what batters have in common pass for noise.",
            ),
            Mistake(
                lambda: ten_degrees(lm("angle ~ temp", load_cake())),
                "The rise is right. Its standard error takes 270 cakes for 270 "
                "batters, and lets what batters have in common pass for noise.",
            ),
            Mistake(
                lambda: ten_degrees(
                    fitted("cake", "angle ~ recipe + temp + (1 | replicate)")
                ),
                "The rise is right. The grouping says that replicate 1 is one batter, "
                "but there is one for each recipe.",
            ),
            Mistake(
                lambda: ten_degrees(
                    fitted("cake", "angle ~ recipe * temp + (1 | recipe:replicate)")
                ),
                "That is the rise of recipe A alone, in a model where each recipe has "
                "its own. Do they differ enough for that?",
            ),
            Mistake(
                lambda: ten_degrees(
                    fitted("cake", "angle ~ recipe + temp + (temp | recipe:replicate)")
                ),
                "A line for each batter is a fair try, but this fit is singular: "
                "its correlation is 1. What does the simpler one say?",
            ),
        ),
    ),
}
