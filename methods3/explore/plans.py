"""A live figure of plans: subjects against trials, and what the test then sees."""

import numpy as np
from scipy.special import stdtrit

from methods3.live.figure import Live
from mlm.ground.arguments import number, positive, whole_number
from mlm.plots.simulated import plot_power
from mlm.plots.style import ORANGE
from mlm.studies.plan import slope_power

# Plans that there are; and the powers for which a line joins plans.
SUBJECTS, TRIALS = np.arange(4, 61), np.arange(3, 101)
LEVELS = (0.5, 0.8, 0.9)
# The slope in standard errors at which a power is looked for: beyond it, it is 1.
MOST, HALVINGS = 64.0, 50


def drag_plan(subjects, trials, *, slope, sd_slope, sigma, last, unit=""):
    """Drag the plan of a study of a slope, and watch its power, its test and its cost.

    Trials are spread evenly from 0 to `last`.  Everything is in closed form, as in
    `mlm.studies.plan.slope_power`.

    Parameters
    ----------
    subjects, trials : int
        The plan at first: 4 to 60 subjects, with 3 to 100 trials each.
    slope : float
        The truth at first, above 0.
    sd_slope : float
        Standard deviation of slopes between subjects at first.
    sigma : float
        Residual standard deviation.
    last : float
        Last day.
    unit : str
        Of the slope.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If a number is outside what is said here.

    Examples
    --------
    >>> sizes = {"slope": 5, "sd_slope": 6, "sigma": 25, "last": 9, "unit": "ms/day"}
    >>> drag_plan(12, 10, **sizes).alt[-12:]
    'power 0.667.'
    """
    subjects, trials = (
        whole_number(name, value, known[0], most=known[-1])
        for name, value, known in (
            ("subjects", subjects, SUBJECTS),
            ("trials", trials, TRIALS),
        )
    )
    slope, sigma, last = (
        positive(name, value)
        for name, value in (("slope", slope), ("sigma", sigma), ("last", last))
    )
    sd_slope = number("sd_slope", sd_slope, "0 or more", lambda value: value >= 0)

    def power(J, n):
        return slope_power(J, np.linspace(0, last, n), slope, sd_slope, sigma)

    def draw(figure):
        powers = np.array([power(SUBJECTS, n) for n in TRIALS])
        ax = figure.subplots()
        budget = [subjects * trials]
        plot_power(SUBJECTS, TRIALS, powers, budgets=budget, ax=ax)
        ax.plot(subjects, trials, "o", color=ORANGE, markersize=10)

    return Live(
        "plans",
        "plan",
        "Plan a study: subjects and trials",
        {
            "people": SUBJECTS.tolist(),
            "limits": stdtrit(SUBJECTS - 1, 0.975).tolist(),
            "levels": list(LEVELS),
            "needed": [_needed(level).tolist() for level in LEVELS],
            "sigma": sigma,
            "last": last,
            "unit": unit,
            "start": {
                "people": subjects,
                "trials": trials,
                "slope": slope,
                "sd": sd_slope,
            },
            "reach": {
                "slope": 3 * slope,
                "sd": 2 * sd_slope or slope,
                "trials": [int(TRIALS[0]), int(TRIALS[-1])],
            },
        },
        draw,
        f"{subjects} subjects with {trials} trials each, {subjects * trials} "
        f"measurements: power {power(subjects, trials):.3f}.",
        (7.0, 3.8),
    )


def _needed(level):
    """The slope, in standard errors, that a test by each number of subjects sees."""
    low, high = np.zeros(len(SUBJECTS)), np.full(len(SUBJECTS), MOST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        # With an sd_slope of 1 and no noise, a standard error is 1/√J.
        reached = slope_power(SUBJECTS, [0, 1], middle / np.sqrt(SUBJECTS), 1, 0)
        low, high = np.where(reached < level, [middle, high], [low, middle])
    return high
