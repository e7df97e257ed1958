"""Live figures of one normal curve, and of the likelihood of one number of it."""

import numpy as np
from scipy.stats import norm

from methods3.live.figure import Live
from mlm.ground.arguments import check, number, numbers, positive, whole_number
from mlm.plots.style import BLUE, ORANGE, tidy


def mean_by_hand(seen, sd, reach, start, *, unit):
    """Move a normal curve over one value, and see its height there become a likelihood.

    Parameters
    ----------
    seen : float
        The value.
    sd : float
        Standard deviation of the curve.
    reach : tuple of (float, float)
        Least and largest mean.
    start : float
        The mean at first.
    unit : str
        Of all of these.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If a number is outside what is said here.

    Examples
    --------
    >>> mean_by_hand(320, 40, (200, 440), 250, unit="ms").alt
    'With mean μ 250, the density at 320 ms is 0.0022.'
    """
    seen, sd = number("seen", seen), positive("sd", sd)
    low, high = reach
    span = (low - 2 * sd, high + 2 * sd)
    height = norm.pdf(seen, number("start", start), sd)
    return _bell(
        *("mean", {"sd": sd}, [seen], sd, start, reach, 1, span),
        ("mean μ", "value", unit),
        height,
    )


def theta_by_hand(means, sigma, each, reach, start, *, unit):
    """Change θ, and see how well the curve of people's means fits means that are seen.

    Means of `each` days scatter by σ√(θ² + 1/`each`) around 0.

    Parameters
    ----------
    means : array_like
        Of people, less the average.
    sigma : float
        Standard deviation of single days.
    each : int
        Days of each person.
    reach : tuple of (float, float)
        Least and largest θ.
    start : float
        θ at first.
    unit : str
        Of means and sigma.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If a number is outside what is said here.

    Examples
    --------
    >>> theta_by_hand([-40, 10, 30], 30, 10, (0.1, 4), 0.5, unit="ms").alt
    'With θ 0.5, the log-likelihood is -15.5.'
    """
    means = numbers("means", means).tolist()
    sigma, each = positive("sigma", sigma), whole_number("each", each, 1)
    sd = sigma * np.sqrt(number("start", start) ** 2 + 1 / each)
    far = 1.2 * max(map(abs, means)) + 2 * sigma
    height = norm.logpdf(means, 0, sd).sum()
    told = {"sigma": sigma, "each": each}
    return _bell(
        *("theta", told, means, sd, start, reach, 0.05, (-far, far)),
        ("θ", "person's mean less the average", unit),
        height,
    )


def _bell(kind, told, values, sd, start, reach, step, span, names, height):
    """A curve whose `kind` of number is changed, as ``js/bell.js`` names it."""
    low, high = reach
    wanted = f"from {low:g} to {high:g}"
    start = number("start", start, wanted, lambda at: low <= at <= high)
    check(low < high, "reach", "a smaller and a larger number", reach)
    middle, measure = (start, "likelihood") if kind == "mean" else (0, "log-likelihood")
    said = f"the log-likelihood is {height:.1f}."
    if kind == "mean":
        said = f"the density at {values[0]:g} {names[2]} is {height:.4f}."

    def draw(figure):
        left, right = map(tidy, figure.subplots(1, 2))
        x = np.linspace(*span, 200)
        left.plot(x, norm.pdf(x, middle, sd), color=ORANGE, linewidth=2)
        left.vlines(values, 0, norm.pdf(values, middle, sd), color=BLUE)
        left.plot(values, np.zeros(len(values)), "o", color=BLUE, clip_on=False)
        left.set(xlabel=f"{names[1]} ({names[2]})", ylabel=f"density (per {names[2]})")
        left.set_ylim(bottom=0)
        right.plot(start, height, "o", color=ORANGE)
        right.set(xlabel=names[0], xlim=reach, ylabel=measure)

    return Live(
        f"{kind}-by-hand",
        "bell",
        f"A curve, and the likelihood of its {names[0]}",
        {
            "kind": kind,
            "numbers": told,
            "values": values,
            "names": list(names),
            "reach": [low, high],
            "step": step,
            "digits": 0 if step == 1 else 2,
            "span": list(map(float, span)),
            "start": start,
        },
        draw,
        f"With {names[0]} {start:g}, {said}",
    )
