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
# Whose line it is, where it is that of the average group.
AVERAGE = -1


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
        have = "1 panel has" if len(panels) == 1 else f"{len(panels)} panels have"
        yield (
            f"{have} a line, and there are {len(labels)}: each {group} needs a panel, "
            "and a line in it that `ax.plot` has drawn."
        )
    named = {
        label: lines
        for label in labels
        for title, lines in panels
        if re.search(rf"(?<![^\W_]){re.escape(label)}(?![^\W_])", title)
    }
    if len(named) < len(labels):
        yield f"Title each panel with its {group}, so that a reader knows who it is."
    else:
        for label, lines in named.items():
            for line in lines:
                yield from _not_straight(*line, label, fit.design.y, predictor)
        straight = {k: [_straight(*line) for line in v] for k, v in named.items()}
        yield from _not_of_the_model(straight, fit, predictor, group)


def _not_straight(x, y, label, observed, predictor):
    """What is wrong with a line that is none of a model, whichever it is."""
    if np.ptp(x) == 0:
        yield (
            f"The line of {label} has one {predictor} alone: give it a point at either "
            "end."
        )
    elif _straight(x, y) is None and np.isin(y, observed).all():
        yield (
            f"In the panel of {label} a line joins the data. Draw these as points, "
            '`ax.plot(x, y, "o")`, and the model alone as a line.'
        )
    elif _straight(x, y) is None:
        yield (
            f"The line of {label} is not straight: predictions for the rows add what "
            f"else varies. Draw a line whose points differ in {predictor} alone."
        )


def _straight(x, y):
    """Slope of a line, and its middle; None where it is not straight."""
    slope, _ = np.polyfit(x - x.mean(), y, 1)
    bend = np.abs(y - y.mean() - slope * (x - x.mean())).max()
    straight = bend <= 1e-3 * (np.ptp(y) + 1e-6 * np.abs(y).max())
    return (slope, x.mean(), y.mean()) if straight else None


def _not_of_the_model(lines, fit, predictor, group):
    """What is wrong with straight lines."""
    whose = _whose(lines, fit, predictor, group)
    panels = {k: set().union(*each) - {AVERAGE} for k, each in whose.items()}
    # Whose line it is besides the panel's must be the same in all panels.
    if set.intersection(*panels.values()):
        if not all(all(each) for each in whose.values()):
            yield (
                "The model's lines are there, and others that are not the model's, "
                "such as fits to a panel's points: leave those out."
            )
        return
    yield from _of_all_lines(lines, fit, predictor, group)
    count = Counter(number for found in panels.values() for number in found)
    usual = max(count, key=count.get, default=0)
    for label, found in panels.items():
        if usual not in found:
            yield (
                f"The slope is this model's, but the line of {label} is too high or "
                "too low: whose intercept is it?"
            )


def _whose(lines, fit, predictor, group):
    """By panel, of each line: numbers of the groups of other factors it may be for.

    Number 0 is their average.  A line may be that of the average of this factor, too,
    and none of the model's.
    """
    everybody, wanted = fit.fixef["(Intercept)"], fit.fixef[predictor]
    others = [
        modes["(Intercept)"].to_numpy()
        for name, modes in fit.ranef.items()
        if name != group
    ]
    shifts = np.concatenate([[0.0], *others])
    near = NEAR * np.std(fit.design.y)
    whose = {label: [] for label in lines}
    for label, of_one in lines.items():
        own = fit.ranef[group].loc[label, "(Intercept)"]
        for slope, x, height in of_one:
            found, start = set(), height - wanted * x - everybody
            if abs(slope - wanted) <= SAME_SLOPE * abs(wanted):
                found.update(np.flatnonzero(np.abs(start - own - shifts) < near))
                found.update([AVERAGE] if abs(start) < near else [])
            whose[label].append(found)
    return whose


def _of_all_lines(lines, fit, predictor, group):
    """What is wrong with the lines of all panels together."""
    wanted = fit.fixef[predictor]
    slopes, x, heights = np.array([line for each in lines.values() for line in each]).T
    if np.ptp(slopes) > SAME_SLOPE * np.abs(slopes).max():
        yield (
            "The slopes differ from panel to panel, as if each had a fit of its own. "
            "In this model, whose slope is whose?"
        )
    elif np.abs(slopes * wanted - 1).max() < SAME_SLOPE:
        yield f"x and y are swapped: {predictor} goes from left to right."
    elif np.abs(slopes - wanted).max() > SAME_SLOPE * abs(wanted):
        yield (
            "All lines have one slope, and it is another than this model's: which fit "
            "do they come from, and in which units are they?"
        )
    elif np.ptp(heights - wanted * x) < NEAR * np.std(fit.design.y):
        yield (
            f"All panels show one line: that of the average {group}. Add what each "
            f"{group} differs by."
        )
