"""Whose rows a number is computed from: what routes of several lectures share."""

from methods3.check.fits import person, sleepstudy
from methods3.check.routes import Part
from mlm.fit import lm

MEAN = "Reaction ~ 1"
LINE = "Reaction ~ Days"
NAMES = "Reaction ~ C(Days)"
ZERO = "Reaction ~ Days - 1"
DAYS = 82.5  # sum of squared distances of 0 to 9 from their mean


def someone(who):
    """Make the part that says whose rows are taken."""
    others = [name for name in ("308", "309", "310", "335") if name != who]
    said = {name: f"for subject {name}" for name in others}
    return Part(who, others=said | {"all": "for all people"})


def rows_of(who):
    """Return the rows of a subject, or all."""
    return sleepstudy() if who == "all" else person(who)


def own_line(who, formula=LINE):
    """Return the estimates of a line."""
    return lm(formula, rows_of(who)).fixef
