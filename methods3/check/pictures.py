"""Judge a picture by its lines: whether they are what the model predicts.

A line that is fitted to the points of a panel looks much the same, and is another: the
coordinates tell them apart.
"""

import re
from collections import Counter

import numpy as np

from methods3.check.fits import fitted
from methods3.drawn import drawn_lines

NO_PICTURE = (
    "Give the picture: the figure that `plt.subplots` makes, or its axes, with all "
    "panels."
)
# Of the response, and of the slope: how far off a line may be as drawn.
NEAR, SAME_SLOPE = 0.02, 0.02


def judged(formula, load, predictor, group):
    """Make a function that compares the lines of a picture with those of a model.

    Parameters
    ----------
    formula : str
        A model with a random intercept for each group, and one slope for all.
    load : callable
        Gives the data.
    predictor, group : str
        Columns: what is drawn from left to right, and what has a panel each.

    Returns
    -------
    callable of object
        Takes a picture, or what `drawn_lines` makes of one, and gives what is wrong
        with it, and nothing if it is right.  Lines may be those of the average group
        of any other factor, or of each of its groups.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from mlm.datasets import load_sleepstudy
    >>> formula = "Reaction ~ Days + (1 | Subject)"
    >>> problem = judged(formula, load_sleepstudy, "Days", "Subject")
    >>> problem(Figure().subplots(3, 6))[:41]
    '0 panels have a line, and there are 18: e'
    """

    def problem(answer):
        rows = drawn_lines(answer)
        panels = _panels(answer if rows is None else rows)
        if panels is None:
            return NO_PICTURE
        return next(_differences(panels, fitted(formula, load), predictor, group), "")

    return problem


def _panels(rows):
    """By panel: its title, and x and y of each line; None of what are no such rows."""
    panels = {}
    try:
        for panel, title, line, x, y in rows:
            lines = panels.setdefault(str(panel), (str(title), {}))[1]
            lines.setdefault(str(line), []).append((float(x), float(y)))
    except (TypeError, ValueError):
        return None
    return [
        (title, [np.array(line).T for line in lines.values()])
        for title, lines in panels.values()
    ]


def _differences(panels, fit, predictor, group):
    """What is wrong with a picture, the most fundamental first."""
    labels = [str(label) for label in fit.ranef[group].index]
    if len(panels) != len(labels):
        yield (
            f"{len(panels)} panels have a line, and there are {len(labels)}: each "
            f"{group} needs a panel, and a line in it that `ax.plot` has drawn."
        )
    named = {
        label: lines
        for label in labels
        for title, lines in panels
        if label in re.findall(r"\w+", title)
    }
    if len(named) < len(labels):
        yield f"Title each panel with its {group}, so that a reader knows who it is."
    else:
        bends = {k: [_straight(*line) for line in lines] for k, lines in named.items()}
        bent = [label for label, lines in bends.items() if None in lines]
        if bent:
            yield (
                f"The line of {bent[0]} is not straight: predictions for the rows add "
                f"what else varies. Draw a line whose points differ in {predictor} "
                "alone."
            )
        else:
            yield from _not_of_the_model(bends, fit, predictor, group)


def _straight(x, y):
    """Slope of a line and its height in the middle; None where it is not straight."""
    if len(x) < 2 or np.ptp(x) == 0:
        return None
    slope, _ = np.polyfit(x - x.mean(), y, 1)
    bend = np.abs(y - y.mean() - slope * (x - x.mean())).max()
    straight = bend <= 1e-3 * (np.ptp(y) + 1e-6 * np.abs(y).max())
    return (slope, x.mean(), y.mean()) if straight else None


def _not_of_the_model(lines, fit, predictor, group):
    """What is wrong with straight lines."""
    everybody, wanted = fit.fixef["(Intercept)"], fit.fixef[predictor]
    drawn = [line for of_one in lines.values() for line in of_one]
    slopes = np.array([slope for slope, _, _ in drawn])
    near = NEAR * np.std(fit.design.y)
    starts = np.array([height - wanted * x for _, x, height in drawn])
    if np.ptp(slopes) > SAME_SLOPE * np.abs(slopes).max():
        yield (
            "The slopes differ from panel to panel, as if each had a fit of its own. "
            "In this model, whose slope is whose?"
        )
    elif np.abs(slopes - wanted).max() > SAME_SLOPE * abs(wanted):
        yield (
            "All lines have one slope, and it is another than this model's: "
            "which fit do they come from?"
        )
    elif np.ptp(starts) < near:
        yield (
            f"All panels show one line: that of the average {group}. Add what each "
            f"{group} differs by."
        )
    own = fit.ranef[group]["(Intercept)"]
    others = [
        modes["(Intercept)"].to_numpy()
        for name, modes in fit.ranef.items()
        if name != group
    ]
    shifts = np.concatenate([[0.0], *others])
    used = {}
    for label, of_one in lines.items():
        starts = np.array([height - wanted * x for _, x, height in of_one])
        off = np.abs(starts[:, None] - everybody - own[label] - shifts)
        right = np.all(off.min(axis=1) < near)
        used[label] = frozenset(off.argmin(axis=1)) if right else None
    # Whose line it is besides the panel's must be the same in all panels.
    usual = Counter(used.values()).most_common(1)[0][0]
    for label, chosen in used.items():
        if chosen is None or chosen != usual:
            yield (
                f"The slope is this model's, but the line of {label} is too high or "
                "too low: whose intercept is it?"
            )
