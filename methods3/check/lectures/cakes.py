"""Questions 2.10e and 2.10f: cakes, what they share, and a report."""

import numpy as np

from methods3.check.designs import judged
from methods3.check.fits import fitted
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_cake
from mlm.fit import lm

CAKES = "angle ~ recipe + temp + (1 | replicate) + (1 | recipe:replicate)"


def batters(formula=CAKES):
    """Fit a mixed model to the cakes."""
    return fitted(formula, load_cake)


def cakes_report(fit, degrees=10, recipe="B"):
    """Rise of the breakage angle, a recipe against A, and both standard errors."""
    each = np.array([degrees, 1])
    names = ["temp", f"recipe{recipe}"]
    return [*(each * fit.fixef[names]), *(each * fit.se[names])]


CAKES_QUESTIONS = {
    "2.10e": Question(
        lambda: CAKES,
        judge=judged(CAKES, load_cake),
        mistakes=(
            Mistake(
                lambda: CAKES.replace("(1 | replicate) + ", ""),
                "A grouping factor is missing: what else do rows share?",
            ),
            Mistake(
                lambda: CAKES.replace(" + (1 | recipe:replicate)", ""),
                "A grouping factor is missing: what else do rows share?",
            ),
            Mistake(
                lambda: CAKES.replace("recipe + temp", "recipe * temp"),
                "`recipe:temp` is not among the fixed effects that are meant.",
            ),
            Mistake(
                lambda: CAKES.replace("(1 | recipe:", "(temp | recipe:"),
                "It was not said that this varies by recipe:replicate: 'temp'.",
            ),
        ),
    ),
    "2.10f": Question(
        lambda: cakes_report(batters()),
        unit="degrees",
        digits=3,
        mistakes=(
            Mistake(
                lambda: cakes_report(batters(), 1),
                "Right, but the rise is by one degree of the oven. Give it by ten.",
            ),
            Mistake(
                lambda: cakes_report(lm("angle ~ recipe + temp", load_cake())),
                "The estimates are right. Their standard errors treat 270 cakes as "
                "independent: what cakes of a batter share passes for noise.",
            ),
            Mistake(
                lambda: cakes_report(
                    batters("angle ~ recipe + temp + (1 | recipe:replicate)")
                ),
                "Without what cakes of one replicate share, recipes are compared "
                "much too carefully: is the last number that of the last exercise?",
            ),
            Mistake(
                lambda: cakes_report(
                    batters("angle ~ recipe + temp + (1 | replicate)")
                ),
                "Cakes of one batter share more than the replicate does: with its "
                "term missing, both standard errors differ.",
            ),
            Mistake(
                lambda: cakes_report(batters(CAKES.replace("+ temp", "* temp", 1))),
                "That is the rise of recipe A alone, and B against A at 0 °F, in a "
                "model where each recipe has a slope of its own.",
            ),
            Mistake(
                lambda: cakes_report(batters(), recipe="C"),
                "The rise is right. The other recipe is C; look one line further up.",
            ),
            Mistake(
                lambda: np.array(cakes_report(batters()))[[0, 2, 1, 3]],
                "All four are there. First both estimates, then both standard errors.",
            ),
        ),
    ),
}
