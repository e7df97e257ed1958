"""Questions 2.8g to 2.8i: states of a figure that is dragged."""

from methods3.check.questions import Mistake, Question
from methods3.check.states import (
    COPY,
    few_people,
    half_way_to_own,
    judged,
    same_mean,
    singular,
    state_text,
)
from mlm.datasets import load_sleepstudy


def four():
    """Data of the figure that is dragged."""
    return few_people(load_sleepstudy())


def state(**changed):
    """Make an answer: a function that gives the text of a state."""
    return lambda: state_text(**changed)


DRAGGED = {
    "2.8g": Question(
        state(moved=[[3, 300], [2, 280]]),
        judge=judged(singular, four),
        mistakes=(
            Mistake(
                state(),
                "Not singular yet: people still differ in both, start and slope. What "
                "would have to be the same for all?",
            ),
            Mistake(
                state(model="intercepts"),
                "Choose the model in which people have slopes of their own.",
            ),
            Mistake(
                state(gone=[0, 1, 2, 3]),
                "Nobody may be left out altogether: four people, each with a point.",
            ),
        ),
    ),
    "2.8h": Question(
        state(gone=[1, 3], moved=[[6, 260]]),
        judge=judged(half_way_to_own, four),
        mistakes=(
            Mistake(
                state(),
                "308's own slope still counts more than half. What makes it count "
                "less?",
            ),
            Mistake(
                state(gone=[0, 1]),
                "308's own slope counts less than half now. What makes it count more?",
            ),
            Mistake(
                state(gone=[0, 1, 2]),
                "Leave 308 at least two points, for a line of its own.",
            ),
        ),
    ),
    "2.8i": Question(
        state(model="intercepts", gone=[12, 15], moved=[[13, 219], [14, 220.5]]),
        judge=judged(same_mean, four),
        mistakes=(
            Mistake(
                state(),
                "Choose the model with a common slope: there a person has one λ.",
            ),
            Mistake(
                state(model="intercepts"),
                "No two people have the same mean, to a millisecond, over days with "
                "the same mean.",
            ),
            Mistake(
                state(
                    model="intercepts",
                    moved=[[12, 223], [13, 205], [14, 214], [15, 237]],
                ),
                "The same mean, and the same λ. What else does λ depend on?",
            ),
            Mistake(lambda: "singular", COPY),
        ),
    ),
}
