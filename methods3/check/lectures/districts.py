"""Questions 3.5d and 3.5h: districts, also those where all or none said yes."""

from functools import cache

import numpy as np
from scipy.special import expit, logit

from methods3.check.questions import Mistake, Question
from mlm.datasets import load_contraception
from mlm.fit import glmer

USE = "use ~ 1 + (1 | district)"


@cache
def districts(every=True, nodes=1):
    """Fit the use of contraception: all districts, or those of finite log-odds."""
    women = load_contraception()
    uses = women["use"] == "Y"
    share = uses.groupby(women["district"], observed=True).transform("mean")
    kept = every | ((share > 0) & (share < 1))
    return glmer(USE, women[kept], family="binomial", nodes=nodes)


def between(fit):
    """Standard deviation of the groups' intercepts."""
    return fit.varcorr.std_dev(fit.design.terms[0].group).iloc[0]


def apart(reach=1.96, power=0.5, start=0.0, sides=(-1, 1), every=True):
    """How many districts have an interval of u that leaves out 0."""
    fit = districts(every)
    u = fit.ranef["district"]["(Intercept)"].to_numpy() + start
    ends = reach * fit.condvar["district"][:, 0, 0] ** power
    return sum((side * u - ends > 0).sum() for side in sides)


def apart_alone():
    """The same by the districts' own log-odds, where these are finite."""
    women = load_contraception()
    uses = (women["use"] == "Y").groupby(women["district"], observed=True)
    p, n = uses.mean(), uses.size()
    p = p[(p > 0) & (p < 1)]
    away = np.abs(logit(p) - districts().fixef.iloc[0])
    return (away > 1.96 / np.sqrt(n[p.index] * p * (1 - p))).sum()


FEW = (
    "Too few. Count the districts above the typical one and those below it, each with "
    "1.96 roots of its own `condvar`."
)


def both():
    """The fits of all districts, and of those with finite log-odds."""
    return districts(), districts(False)


DISTRICTS = {
    "3.5d": Question(
        lambda: [between(districts()), between(districts(every=False))],
        kind="standard deviation",
        digits=3,
        mistakes=(
            Mistake(
                lambda: [between(districts(every=False)), between(districts())],
                "The numbers are right. The fit with all districts comes first.",
            ),
            Mistake(
                lambda: [between(districts(nodes=25)), between(districts(False, 25))],
                "Those are by quadrature with more nodes. Here, as in the lecture, "
                "`nodes` is 1.",
            ),
            Mistake(
                lambda: [
                    districts().fixef.iloc[0],
                    districts(every=False).fixef.iloc[0],
                ],
                "Those are typical districts, in log-odds. Asked is how much districts "
                "differ.",
            ),
            Mistake(
                lambda: [fit.ranef["district"]["(Intercept)"].std() for fit in both()],
                "Those are standard deviations of the predicted u, which are shrunk. "
                "`varcorr` has that of districts.",
            ),
            Mistake(
                lambda: [fit.se.iloc[0] for fit in both()],
                "Those are standard errors of the typical district. Asked is how much "
                "districts differ: `varcorr`.",
            ),
            Mistake(
                lambda: expit([between(fit) for fit in both()]),
                "You inverted a standard deviation. It stays in log-odds.",
            ),
            Mistake(
                lambda: [
                    between(districts()),
                    between(districts()) - between(districts(False)),
                ],
                "The second is the difference. Give the colleague's own.",
            ),
        ),
    ),
    "3.5h": Question(
        apart,
        kind="number of districts",
        mistakes=(
            Mistake(
                lambda: apart(reach=1),
                "That reaches one standard deviation to each side: too short for 95 %.",
            ),
            Mistake(
                lambda: apart(power=1),
                "`condvar` holds variances: take the root.",
            ),
            Mistake(
                lambda: apart(start=districts().fixef.iloc[0]),
                "That compares β0 + u with 0, which is a probability of one half. "
                "Asked is whether u can be 0.",
            ),
            Mistake(
                apart_alone,
                "Those are intervals from each district's own women, and three have "
                "none. Asked are those of u, with `condvar`.",
            ),
            Mistake(
                lambda: apart(sides=(1,)),
                FEW,
            ),
            Mistake(
                lambda: apart(sides=(-1,)),
                FEW,
            ),
            Mistake(
                lambda: 60 - apart(),
                "So many hold 0. Asked are those that leave it out.",
            ),
            Mistake(
                lambda: apart(1.645),
                "That is for intervals of 90 %. For 95 % it is 1.96 roots.",
            ),
            Mistake(
                lambda: 60,
                "That is the number of districts. In how many does the interval leave "
                "out 0?",
            ),
            Mistake(
                lambda: apart() / 60,
                "That is a share. Asked is how many.",
            ),
            Mistake(
                lambda: apart(every=False),
                "That is the colleague's fit. `fits[0]` is that of all districts.",
            ),
            Mistake(
                lambda: (
                    np.abs(districts().ranef["district"]["(Intercept)"])
                    > 1.96 * districts().se.iloc[0]
                ).sum(),
                "You took the standard error of the typical district. Each district's "
                "u has its own: the root of `condvar`.",
            ),
            Mistake(
                lambda: (
                    np.abs(districts().ranef["district"]["(Intercept)"])
                    > 1.96 * between(districts())
                ).sum(),
                "Your reach is the standard deviation between districts. Take how "
                "well each u is known: the root of `condvar`.",
            ),
        ),
    ),
}
