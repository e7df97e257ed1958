"""A live figure of counts that vary more than a Poisson distribution says."""

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from methods3.live.figure import Live
from mlm.fit import glm, glmer
from mlm.ground.arguments import check, number, seed_of
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, tidy

# Of the counts: their mean, the largest variance in means, and sizes of a group.
MEAN = 16
LARGEST = 15
PEOPLE = (10, 20, 30, 40, 60)
Z = 1.959963984540054


def counts_again(omega, people, seed, *, names=("group A", "group B")):
    """Draw counts of two groups that do not differ, and intervals of their ratio.

    Counts have a mean of 16 and ω times that for variance: rates follow a gamma
    distribution.  The three intervals are of a Poisson model, of quasi-Poisson (the
    same, with standard errors times the root of the dispersion, and a t quantile), and
    of a model with a normal effect for each row.

    Parameters
    ----------
    omega : float
        Variance over mean, at first; from 1 to 15.
    people : {10, 20, 30, 40, 60}
        In each group, at first.
    seed : int
        Of the studies: the browser draws its own.
    names : tuple of (str, str)
        Of the groups; the ratio is of the second to the first.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If an argument is out of its range.

    Examples
    --------
    >>> counts_again(8, 40, seed=1).alt[:51]
    'Two groups of 40 counts that do not differ: a ratio'
    """
    seed = seed_of(seed)
    omega = number(
        "omega", omega, f"from 1 to {LARGEST}", lambda value: 1 <= value <= LARGEST
    )
    check(people in PEOPLE, "people", f"one of {PEOPLE}", people)
    rng = np.random.default_rng(seed)
    rates = np.full(2 * people, float(MEAN))
    if omega > 1:
        rates = rng.gamma(MEAN / (omega - 1), omega - 1, 2 * people)
    table = pd.DataFrame({"count": rng.poisson(rates), "row": range(2 * people)})
    table["second"] = table["row"] // people
    plain = glm("count ~ second", table, "poisson")
    wider = glmer("count ~ second + (1 | row)", table, "poisson")
    root = np.sqrt(plain.dispersion)
    t = float(stdtrit(2 * people - 2, 0.975))
    kinds = {
        "Poisson": (plain, Z),
        "quasi-Poisson": (plain, t * root),
        "row effect": (wider, Z),
    }
    middles = [np.exp(fit.fixef["second"]) for fit, _ in kinds.values()]
    reaches = [reach * fit.se["second"] for fit, reach in kinds.values()]
    ends = [
        (m / np.exp(r), m * np.exp(r)) for m, r in zip(middles, reaches, strict=True)
    ]

    def draw(figure):
        data, bars = map(tidy, figure.subplots(1, 2))
        place = table["second"] + 0.5 * (table["row"] % people / people - 0.5)
        data.plot(table["count"], place, "o", color=GREY, markersize=3)
        data.set_yticks([0, 1], names)
        data.set_xlabel("count")
        bars.axvline(1, color=GREY, linewidth=2)
        for k, (low, high) in enumerate(ends):
            colour = (ORANGE, BLUE, GREEN)[k]
            bars.plot([low, high], [2 - k, 2 - k], color=colour, linewidth=3)
            bars.plot(middles[k], 2 - k, "o", color=colour)
        bars.set_yticks([2, 1, 0], kinds)
        bars.set_xlabel("ratio of the means")

    said = [
        f"{kind} {low:.2f} to {high:.2f}"
        for kind, (low, high) in zip(kinds, ends, strict=True)
    ]
    return Live(
        "counts-again",
        "counts",
        "Counts drawn again, and three intervals of their ratio",
        {
            "start": {"omega": omega, "people": people},
            "mean": MEAN,
            "largest": LARGEST,
            "names": list(names),
            "quantiles": [[n, float(stdtrit(2 * n - 2, 0.975))] for n in PEOPLE],
            "seed": seed,
        },
        draw,
        f"Two groups of {people} counts that do not differ: a ratio of "
        f"{middles[0]:.2f}, with a dispersion of {plain.dispersion:.2f}. 95 % "
        f"intervals: {', '.join(said)}.",
    )
