"""A live figure of counts with a ceiling: the binomial beside the Poisson."""

import numpy as np
from scipy import stats

from methods3.live.figure import Live
from mlm.ground.arguments import check, number
from mlm.plots.style import BLUE, GREY, ORANGE, tidy

# Numbers of trials that the slider has.
TRIALS = (6, 12, 24, 48, 96)


def count_with_ceiling(trials, p):
    """Move a probability, and compare two distributions of a count with its mean.

    Parameters
    ----------
    trials : {6, 12, 24, 48, 96}
        The ceiling: how many answers can be right.
    p : float
        Probability that one is right, from 0.02 to 0.98.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If one of them is another number.

    Notes
    -----
    The variance of the binomial is trials × p × (1 − p), that of the Poisson
    distribution with the same mean trials × p.

    Examples
    --------
    >>> count_with_ceiling(48, 0.75).alt[-64:]
    'standard deviation 3.0 for the binomial and 6.0 for the Poisson.'
    """
    check(trials in TRIALS, "trials", f"one of {', '.join(map(str, TRIALS))}", trials)
    p = number("p", p, "from 0.02 to 0.98", lambda p: 0.02 <= p <= 0.98)
    count = np.arange(round(1.5 * trials) + 1)
    mean = trials * p
    laws = {
        "binomial": (stats.binom(trials, p), BLUE, "o"),
        "Poisson": (stats.poisson(mean), ORANGE, "s"),
    }

    def draw(figure):
        ax = tidy(figure.subplots())
        for name, (law, colour, mark) in laws.items():
            heights = law.pmf(count)
            ax.plot(count, heights, mark + "-", color=colour, ms=3, lw=1, label=name)
        ax.axvline(trials, color=GREY, linestyle="--")
        ax.set(xlabel="number of right answers", ylabel="probability", ylim=(0, None))
        ax.set_title(f"{trials} trials, {p:g} right: mean {mean:g}", fontsize="medium")
        ax.legend(frameon=False)

    said = " and ".join(
        f"{law.std():.1f} for the {name}" for name, (law, _, _) in laws.items()
    )
    return Live(
        "ceiling",
        "ceiling",
        "A count with a ceiling, and one without",
        {"trials": TRIALS, "start": [trials, p]},
        draw,
        f"Probabilities of 0 to {count[-1]} right answers of {trials}, with mean "
        f"{mean:g}: the binomial is narrow and ends at {trials}, the Poisson is wide "
        f"and goes on beyond; standard deviation {said}.",
        (6.4, 3.4),
    )
