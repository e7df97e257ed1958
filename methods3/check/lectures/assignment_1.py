"""Questions of assignment 1, part A: what the data are.

Part B is `assignment_1_lines`, and part C `assignment_1_attitudes`.
"""

from methods3.check.fits import speech, speech_line, spoken
from methods3.check.questions import Mistake, Question

# Of the seven columns: number of the scenario is a label, and hisses are counted.
LEVELS = ["nominal", "nominal", "nominal", "nominal", "ratio", "ratio", "ratio"]
LABELS = ["subject", "gender", "scenario", "attitude"]
BY_NUMBER = "f0mn ~ scenario + (1 | subject)"
BY_NAME = "f0mn ~ C(scenario) + (1 | subject)"

SHAPES = "Those are shapes: rows, then columns. Asked are the columns alone."


def levels(**changed):
    """Levels of measurement of the seven columns, but for what is changed."""
    return list((dict(zip(speech().columns, LEVELS, strict=True)) | changed).values())


QUESTIONS = {
    "A1.1a": Question(
        levels,
        mistakes=(
            Mistake(
                lambda: levels(scenario="ordinal"),
                "Six are right. Would anything change if the scenarios were numbered "
                "in another order?",
            ),
            Mistake(
                lambda: levels(scenario="interval"),
                "Six are right. Is the step from scenario 1 to 2 as large as that "
                "from 2 to 3?",
            ),
            Mistake(
                lambda: levels(scenario="ratio"),
                "Six are right. Is scenario 6 twice scenario 3?",
            ),
            Mistake(
                lambda: levels(f0mn="interval"),
                "Six are right. Is 0 Hz a point that somebody has chosen?",
            ),
            Mistake(
                lambda: levels(hisses="interval"),
                "Six are right. Are four hisses twice as many as two?",
            ),
            Mistake(
                lambda: levels(attitude="ordinal"),
                "Six are right. Two labels have no order that says more.",
            ),
        ),
    ),
    "A1.1b": Question(
        lambda: [212, 12],
        exact=True,
        mistakes=(
            Mistake(
                lambda: [224, 12],
                "Right is what is missing. Can a model use a row whose response is "
                "not known?",
            ),
            Mistake(
                lambda: [224, 0],
                "Ask `isna().sum()` of the table: not every value is there.",
            ),
            Mistake(lambda: [12, 212], "The numbers are right. Which comes first?"),
        ),
    ),
    "A1.1c": Question(
        lambda: [spoken(BY_NUMBER).sigma, spoken(BY_NAME).sigma],
        unit="Hz",
        kind="standard deviation",
        mistakes=(
            Mistake(
                lambda: [spoken(BY_NAME).sigma, spoken(BY_NUMBER).sigma],
                "The numbers are right. The one with a line comes first.",
            ),
            Mistake(
                lambda: [
                    speech_line("f0mn ~ scenario").sigma,
                    speech_line("f0mn ~ C(scenario)").sigma,
                ],
                "These models have no intercepts by subject, so differences between "
                "people are in the residuals.",
            ),
            Mistake(
                lambda: [spoken(BY_NUMBER).sigma] * 2,
                "That is one model twice: `scenario` is a number until `C(scenario)`, "
                "or text, makes it a category.",
            ),
        ),
    ),
    "A1.1d": Question(
        lambda: [2, 7],
        exact=True,
        mistakes=(
            Mistake(
                lambda: [1, 6],
                "You left out the column of ones.",
            ),
            Mistake(
                lambda: [2, 8],
                "Seven scenarios and an intercept: is one of the eight columns the "
                "sum of others?",
            ),
            Mistake(
                lambda: [18, 23],
                "You counted columns of Z as well: asked is X.",
            ),
            Mistake(lambda: [(212, 2), (212, 7)], SHAPES),
        ),
    ),
    "A1.1e": Question(
        lambda: sorted(LABELS),
        unordered=True,
        mistakes=(
            Mistake(
                lambda: ["attitude", "gender", "subject"],
                "One more is a label, though it is written as a number.",
            ),
            Mistake(
                lambda: sorted([*LABELS, "hisses"]),
                "A count is a number: twice as many is twice as many.",
            ),
        ),
    ),
}
