"""Questions of assignment 1, part C: pooling categories, attitude and gender."""

import numpy as np
import pandas as pd

from methods3.check.designs import judged
from methods3.check.fits import fitted, speech, speech_line, spoken
from methods3.check.lectures.assignment_1 import SHAPES
from methods3.check.questions import Mistake, Question

BOTH = "f0mn ~ attitude + (1 | subject) + (1 | scenario)"
PEOPLE = "f0mn ~ attitude + (1 | subject)"
PRODUCT = "f0mn ~ attitude * gender + (1 | subject)"
BY_GENDER = "f0mn ~ attitude * gender + (gender | subject)"
SINGULAR = f"{BY_GENDER} + (gender | scenario)"
ESTIMATE_FIRST = "The numbers are right. The estimate comes first, then the two ends."
GRID = pd.MultiIndex.from_product([["F", "M"], ["informal", "polite"]])


def effect(formula=BOTH, reach=1.96):
    """Change of pitch with politeness, and the ends of its Wald interval."""
    model = spoken(formula)
    estimate = model.fixef["attitudepolite"]
    return [estimate, *(estimate + reach * error(formula) * np.array([-1, 1]))]


def error(formula):
    """Standard error of that change."""
    return np.sqrt(spoken(formula).vcov.loc["attitudepolite", "attitudepolite"])


def change_of_men(formula=PRODUCT):
    """Change of pitch with politeness, of men."""
    return spoken(formula).fixef[["attitudepolite", "attitudepolite:genderM"]].sum()


def means(formula=PRODUCT):
    """Pitch that a model expects: women and men, informal and polite."""
    cells = GRID.to_frame(index=False, name=["gender", "attitude"])
    cells[["subject", "scenario"]] = "F1", 1
    return spoken(formula).predict(cells, random=False).to_numpy().reshape(2, 2)


def observed():
    """Means of the data in the same order."""
    cells = speech().groupby(["gender", "attitude"], observed=True)["f0mn"]
    return cells.mean().to_numpy().reshape(2, 2)


def slope_on_the_edge(sign=1):
    """Entry of Λ between intercept and gender that leaves no third number."""
    women, between, men = spoken(SINGULAR).theta.iloc[:3]
    return sign * np.hypot(women + between, men) - women


QUESTIONS = {
    "A1.3a": Question(
        lambda: BOTH,
        judge=judged(BOTH, speech),
        mistakes=(
            Mistake(
                lambda: PEOPLE,
                "A grouping factor is missing: what else do rows share?",
            ),
            Mistake(
                lambda: "attitude ~ f0mn + (1 | subject) + (1 | scenario)",
                "Left of the ~ stands `attitude`: what is to be explained?",
            ),
            Mistake(
                lambda: BOTH.replace("attitude", "attitude * gender"),
                "`attitude:gender` is not among the fixed effects that are meant.",
            ),
            Mistake(
                lambda: BOTH.replace("(1 | subject)", "(attitude | subject)"),
                "It was not said that this varies by subject: 'attitudepolite'.",
            ),
        ),
    ),
    "A1.3b": Question(
        effect,
        unit="Hz",
        digits=3,
        within=0.1,  # so near is the interval of a profile
        mistakes=(
            Mistake(
                lambda: effect(reach=1),
                "That reaches one standard error to each side: too short for 95 %.",
            ),
            Mistake(
                lambda: effect(PEOPLE),
                "That model leaves out the scenarios.",
            ),
            Mistake(
                lambda: [effect()[0], effect()[2], effect()[1]],
                "The numbers are right. The lower end comes first: which is lower, "
                "when both are negative?",
            ),
            Mistake(
                lambda: effect(reach=2),
                "That reaches two standard errors to each side. Asked is 1.96, or "
                "`confint`.",
            ),
            Mistake(lambda: sorted(effect()), ESTIMATE_FIRST),
            Mistake(lambda: [*effect()[1:], effect()[0]], ESTIMATE_FIRST),
            Mistake(
                lambda: [-effect()[0], -effect()[2], -effect()[1]],
                "That goes from polite to informal: the size is right, the direction "
                "is not.",
            ),
        ),
    ),
    "A1.3c": Question(
        lambda: [2, 23],
        exact=True,
        mistakes=(
            Mistake(
                lambda: [23, 2],
                "The numbers are right. X comes first: what has one coefficient for "
                "all?",
            ),
            Mistake(
                lambda: [1, 23],
                "The intercept has a column of X, too.",
            ),
            Mistake(
                lambda: [2, 112],
                "That is a column for each pair. Here each factor has its own.",
            ),
            Mistake(
                lambda: [2, 46],
                "You gave every group an effect of attitude. `(1 | …)` is an intercept "
                "alone.",
            ),
            Mistake(lambda: [(212, 2), (212, 23)], SHAPES),
        ),
    ),
    "A1.3d": Question(
        lambda: [error(BOTH), error(PEOPLE)],
        unit="Hz",
        kind="standard error",
        digits=3,
        mistakes=(
            Mistake(
                lambda: [error(PEOPLE), error(BOTH)],
                "The numbers are right. The model with scenarios comes first.",
            ),
            Mistake(
                lambda: [spoken(BOTH).sigma, spoken(PEOPLE).sigma],
                "Those are residual standard deviations. A standard error is that of "
                "an estimate.",
            ),
            Mistake(
                lambda: [effect(BOTH)[0], effect(PEOPLE)[0]],
                "Those are the estimates. Asked is how uncertain they are.",
            ),
        ),
    ),
    "A1.3e": Question(
        change_of_men,
        unit="Hz",
        mistakes=(
            Mistake(
                lambda: spoken(PRODUCT).fixef.iloc[1],
                "That is the change of women, the reference. Add what men differ by.",
            ),
            Mistake(
                lambda: spoken(PRODUCT).fixef.iloc[3],
                "That is by how much the change of men differs from that of women.",
            ),
            Mistake(
                lambda: spoken(PRODUCT).fixef.iloc[1:].sum(),
                "That goes from informal women to polite men. Leave the difference "
                "between women and men out.",
            ),
            Mistake(
                lambda: change_of_men(f"{PRODUCT} + (1 | scenario)"),
                "Right, but for the scenarios: this model leaves them out.",
            ),
            Mistake(
                lambda: effect(PEOPLE)[0],
                "That model has one change for everybody. Yours needs the product.",
            ),
            Mistake(
                lambda: fitted(PEOPLE, speech, "gender == 'M'").fixef.iloc[1],
                "That is a model of the men alone. Asked is that of everybody, with "
                "the product.",
            ),
            Mistake(
                lambda: (
                    speech_line("f0mn ~ attitude * gender").fixef.iloc[[1, 3]].sum()
                ),
                "That model has no intercepts by subject.",
            ),
        ),
    ),
    "A1.3f": Question(
        means,
        unit="Hz",
        mistakes=(
            Mistake(
                observed,
                "Those are means of the data. Asked is what the model expects: "
                "predict, for the average speaker.",
            ),
            Mistake(
                lambda: means(f"{PRODUCT} + (1 | scenario)"),
                "Right, but for the scenarios: this model leaves them out.",
            ),
            Mistake(
                lambda: means()[::-1],
                "The numbers are right. Women are the first row.",
            ),
            Mistake(
                lambda: means("f0mn ~ attitude + gender + (1 | subject)"),
                "In this model, men and women change alike: the product is missing.",
            ),
        ),
    ),
    "A1.3g": Question(
        lambda: [spoken(PRODUCT).sigma, spoken(BY_GENDER).sigma],
        unit="Hz",
        kind="standard deviation",
        mistakes=(
            Mistake(
                lambda: [spoken(BOTH).sigma, spoken(PRODUCT).sigma],
                "The first of your models has scenarios in it, and no gender.",
            ),
            Mistake(
                lambda: [
                    spoken(f"{m} + (1 | scenario)").sigma for m in (PRODUCT, BY_GENDER)
                ],
                "Right models, but for the scenarios: leave them out here.",
            ),
        ),
    ),
    "A1.3h": Question(
        slope_on_the_edge,
        digits=3,
        mistakes=(
            Mistake(
                lambda: slope_on_the_edge() + spoken(SINGULAR).theta.iloc[0],
                "That is the men's standard deviation over σ. Which part of it comes "
                "from the women's?",
            ),
            Mistake(
                lambda: spoken(SINGULAR).theta.iloc[1],
                "That is the entry as it was fitted. With the last one 0, what must "
                "it be for men to vary as much?",
            ),
            Mistake(
                lambda: slope_on_the_edge(-1),
                "That keeps the men's variance as well, with effects of the other "
                "sign. Choose the one that is nearer to 0.",
            ),
        ),
    ),
}
