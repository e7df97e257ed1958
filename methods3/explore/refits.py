"""A live figure of studies drawn again and again, and of the intervals they give."""

import numpy as np
from scipy.special import fdtri

from methods3.live.figure import Live
from mlm.ground.arguments import check, number, seed_of, whole_number
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, tidy

PEOPLE = range(6, 61)
DAYS = 10
# The largest share that readers can drag the truth to.
LARGEST = 0.95
REFITS = 1000


def refit_again(icc, people, seed):
    """Draw studies again and again, and see which intervals hold the truth.

    Each study has ten days of each person; its number is the share of people in the
    variance, the intraclass correlation (ICC).  Three intervals are made of it: the
    percentile interval of 1000 refits, the same *turned round* (both differences to
    the estimate with their signs changed), and the exact one, from quantiles of F.

    Parameters
    ----------
    icc : float
        The true share at first: from 0 to 0.95.
    people : int
        In each study at first: from 6 to 60.
    seed : int
        Of the studies: the browser draws its own.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If an argument is out of its range.

    Examples
    --------
    >>> refit_again(0.6, 18, seed=1).alt[:51]
    'A study of 18 people whose true ICC is 0.60 finds 0'
    """
    seed = seed_of(seed)
    icc = number("icc", icc)
    check(0 <= icc <= LARGEST, "icc", f"from 0 to {LARGEST}", icc)
    people = whole_number("people", people, PEOPLE[0], most=PEOPLE[-1])
    truth = round(icc, 2)
    estimate, refits, intervals = _one_study(truth, people, seed)

    def draw(figure):
        ax = tidy(figure.subplots())
        heights, *_ = ax.hist(refits, np.linspace(0, 1, 41), color=BLUE, alpha=0.3)
        ax.axvline(truth, color=ORANGE, linewidth=3, label="the truth")
        for i, (kind, ends) in enumerate(intervals.items()):
            colour = (BLUE, GREY, GREEN)[i]
            at = [(1.1 + 0.1 * i) * heights.max()] * 2
            ax.plot(ends, at, color=colour, linewidth=3, label=kind)
        ax.axvline(estimate, color="black", linestyle="--", label="estimate")
        ax.set(xlabel="ICC", ylabel="refits of one study", xlim=(0, 1))
        ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))

    said = [
        f"{kind} {low:.2f} to {high:.2f}" for kind, (low, high) in intervals.items()
    ]
    return Live(
        "refit-again",
        "refits",
        "Studies drawn again, and three intervals of each",
        {
            "start": {"people": people, "truth": truth},
            "days": DAYS,
            "limits": [[J, *_quantiles(J)] for J in PEOPLE],
            "seed": seed,
        },
        draw,
        f"A study of {people} people whose true ICC is {truth:.2f} finds "
        f"{estimate:.2f}. Its 95 % intervals: {', '.join(said)}.",
    )


def _one_study(truth, people, seed):
    """The estimate of one study, its refits, and its intervals by kind."""
    rng, df = np.random.default_rng(seed), _degrees(people)
    ratio = (1 + DAYS * truth / (1 - truth)) * rng.f(*df)
    estimate = _share(ratio)
    refits = _share(max(ratio, 1) * rng.f(*df, REFITS))
    percentile = np.quantile(refits, [0.025, 0.975])
    intervals = {
        "percentile": percentile,
        "turned round": 2 * estimate - percentile[::-1],
        "exact": _share(ratio / np.array(_quantiles(people))),
    }
    return estimate, refits, intervals


def _share(ratio):
    """The ICC that belongs to a ratio of mean squares, between and within people."""
    above = np.maximum(ratio, 1) - 1
    return above / (above + DAYS)


def _degrees(people):
    """Degrees of freedom of the ratio, where days have a common slope."""
    return people - 1, people * (DAYS - 1) - 1


def _quantiles(people):
    """Quantiles of the ratio over the true one, at 97.5 and 2.5 per cent."""
    return [float(q) for q in fdtri(*_degrees(people), [0.975, 0.025])]
