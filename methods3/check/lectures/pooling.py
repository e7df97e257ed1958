"""Questions 2.7, pooling: one line for all, one each, and what lies between."""

from functools import cache

import numpy as np

from methods3.check.fits import GROUND, HOUSES, everybody, fitted, sds, sleepstudy
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_radon
from mlm.fit import lm, lmer


def interaction():
    """Coefficients of one line for each person, as the slide's formula prints them."""
    return everybody("Reaction ~ C(Subject) * Days - 1").fixef


def own_means():
    """Mean log radon of each county."""
    return load_radon().groupby("county", observed=True)["log_radon"].mean()


def houses():
    """Fit the model of counties without predictors."""
    return fitted(HOUSES, load_radon)


def pooled_means():
    """Partially pooled mean of each county."""
    return houses().coef["county"]["(Intercept)"]


def county_weight(n, power=2):
    """Weight of a county's own mean; power 1 is the slip with standard deviations."""
    between, within = sds(houses(), "county") ** power
    return n * between / (n * between + within)


def above(limit):
    """How many counties are above a limit: by their own means, by partial pooling."""
    return [int((means > limit).sum()) for means in (own_means(), pooled_means())]


def uranium():
    """Slope of the logarithm of uranium."""
    return fitted(GROUND, load_radon).fixef["log_uranium"]


@cache
def drop_out(random, slow=True):
    """Slopes when the slower half leaves after day 4: one line for all, and pooled."""
    data = sleepstudy()
    day_4 = data[data["Days"] == 4].set_index("Subject")["Reaction"]
    gone = day_4.index[(day_4 > day_4.median()) == slow]
    rest = data[~(data["Subject"].isin(gone) & (data["Days"] > 4))]
    mixed = lmer(f"Reaction ~ Days + ({random} | Subject)", rest)
    return [lm("Reaction ~ Days", rest).fixef["Days"], mixed.fixef["Days"]]


QUESTIONS = {
    "2.7a": Question(
        lambda: interaction()["Days"] + interaction()["C(Subject)335:Days"],
        unit="ms/day",
        kind="slope",
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
                lambda: fitted().coef["Subject"].loc["335", "Days"],
                "That is the partially pooled slope. The report is about no pooling: "
                "only this person's own days count.",
            ),
            Mistake(
                lambda: interaction()["C(Subject)335"],
                "That is the person's intercept. The slope is asked.",
            ),
            Mistake(
                lambda: -interaction()["C(Subject)335:Days"],
                "That is the difference of two slopes, turned round. Whose slope "
                "is printed as plain `Days`?",
            ),
            Mistake(
                lambda: everybody().fixef["Days"],
                "That is the average slope of all. One person's own is asked.",
            ),
            Mistake(
                lambda: interaction()["Days"] + interaction()["C(Subject)334:Days"],
                "You took the line of 334. Look one further down.",
            ),
            Mistake(
                lambda: interaction()["Days"] + interaction()["C(Subject)337:Days"],
                "You took the line of 337. Look one further up.",
            ),
        ),
    ),
    "2.7b": Question(
        lambda: county_weight(7),
        digits=3,
        kind="share",
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
                lambda: pooled_means()["KOOCHICHING"] / houses().fixef["(Intercept)"],
                "A ratio of the estimates depends on where zero is. Compare "
                "*distances* from everybody's mean.",
            ),
            Mistake(
                lambda: county_weight(7, power=1),
                "Close: it seems that standard deviations stand where variances "
                "should. By hand you need neither.",
            ),
            Mistake(
                lambda: county_weight(1),
                "That is the weight of a single house. The county has more of them.",
            ),
            Mistake(
                lambda: county_weight(7) / (1 - county_weight(7)),
                "That compares one part with the other. A share compares it with "
                "the whole.",
            ),
        ),
    ),
    "2.7c": Question(
        lambda: above(np.log(4)),
        exact=True,
        kind="count",
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
                    int((houses().ranef["county"] > np.log(4)).sum().sum()),
                ],
                "The first is right. The second counts random effects, which are "
                "deviations from everybody's mean: add the mean, or use `fit.coef`.",
            ),
            Mistake(
                lambda: [int((load_radon()["log_radon"] > np.log(4)).sum())] * 2,
                "You have counted houses. One number a county is wanted: a mean, and "
                "then its partially pooled twin.",
            ),
            Mistake(
                lambda: [85 - n for n in above(np.log(4))],
                "Those are the counties below the limit.",
            ),
            Mistake(
                lambda: above(0),
                "You took a limit of 0 on the scale of logarithms. Which logarithm "
                "has the limit?",
            ),
        ),
    ),
    "2.7d": Question(
        lambda: 2 ** uranium(),
        kind="factor",
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
            Mistake(
                lambda: np.exp(2 * uranium()),
                "That is the factor when the logarithm of uranium rises by two: "
                "uranium times e². Doubling is less.",
            ),
            Mistake(
                lambda: 2 ** uranium() - 1,
                "That is by how much *more*, as a share. The factor is asked.",
            ),
            Mistake(
                lambda: 100 * (2 ** uranium() - 1),
                "That is by how many percent more. The factor is asked.",
            ),
        ),
    ),
    "2.7e": Question(
        lambda: drop_out("Days"),
        unit="ms/day",
        kind="slope",
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
                    everybody().fixef["Days"],
                    fitted().fixef["Days"],
                ],
                "Twice the slope of the complete data: nobody has left yet. Give the "
                "fits the smaller table.",
            ),
            Mistake(
                lambda: [drop_out("Days")[0], fitted().fixef["Days"]],
                "The first is right. The second is from the complete data: give "
                "`lmer` the smaller table.",
            ),
            Mistake(
                lambda: [everybody().fixef["Days"], drop_out("Days")[1]],
                "The second is right. The first is from the complete data: give "
                "`lm` the smaller table.",
            ),
        ),
    ),
    "2.7f": Question(
        lambda: county_weight(105) / county_weight(1),
        kind="factor",
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
            Mistake(
                lambda: county_weight(105),
                "That is one county's λ. Asked is how two weights compare.",
            ),
            Mistake(
                lambda: np.sqrt(105.0),
                "That is the root of the ratio of houses. A weight is one over the "
                "variance of a county's mean, which has two parts.",
            ),
        ),
    ),
}
