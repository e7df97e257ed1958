"""A live figure of one coefficient, and of the three answers that it gives."""

import numpy as np
from scipy.special import expit, logit

from methods3.live.figure import Live
from mlm.ground.arguments import number
from mlm.plots.style import BLUE, GREEN, GREY, ORANGE, tidy

# Log-odds that are drawn, and the largest step.
SPAN = (-5.0, 5.0)
LARGEST = 3.0


def three_answers(p, step):
    """Drag a probability, and see what one step of log-odds makes of it.

    Parameters
    ----------
    p : float
        Probability before the step, at first; from 0.01 to 0.99.
    step : float
        What is added to the log-odds, at first; from -3 to 3.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If one of them is out of its range.

    References
    ----------
    Gelman & Hill (2007), section 5.2: log-odds 0.4 higher take a probability from 0.5
    to 0.6, and one of 0.9 to 0.93.

    Examples
    --------
    >>> three_answers(0.5, 0.4).alt[:60]
    'Log-odds 0.40 higher take a probability of 0.500 to 0.599: a'
    """
    p = number("p", p, "from 0.01 to 0.99", lambda p: 0.01 <= p <= 0.99)
    step = number("step", step, "from -3 to 3", lambda b: abs(b) <= LARGEST)
    eta = np.linspace(*SPAN, 121)
    before, after = expit(eta), expit(eta + step)
    then = float(expit(logit(p) + step))

    def draw(figure):
        curve, difference, ratios = map(tidy, figure.subplots(1, 3))
        curve.plot(eta, before, color=GREY)
        at = logit(p)
        curve.plot([at, at + step, at + step], [p, p, then], color=ORANGE)
        curve.plot(at, p, "o", color=BLUE)
        curve.plot(at + step, then, "o", color=ORANGE)
        curve.set(xlabel="log-odds", ylabel="probability", xlim=SPAN)
        difference.plot(before, after - before, color=ORANGE)
        difference.plot(p, then - p, "o", color=ORANGE)
        difference.set(xlabel="probability before", title="difference")
        ratios.plot(before, after / before, color=BLUE, label="risk ratio")
        ratios.axhline(np.exp(step), color=GREEN, linestyle="--", label="odds ratio")
        ratios.plot(p, then / p, "o", color=BLUE)
        ratios.set(xlabel="probability before", title="ratios")
        ratios.legend(frameon=False)

    return Live(
        "three-answers",
        "answers",
        "One step of log-odds, and three answers",
        {"start": [p, step], "span": SPAN, "largest": LARGEST},
        draw,
        f"Log-odds {abs(step):.2f} {'higher' if step >= 0 else 'lower'} take a "
        f"probability of {p:.3f} to {then:.3f}: a difference of {then - p:.3f}, a risk "
        f"ratio of {then / p:.2f} and an odds ratio of {np.exp(step):.2f}.",
        (9.0, 3.2),
    )
