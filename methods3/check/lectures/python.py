"""Questions 1.6, Python in half an hour: lists, loops, rows, groups."""

from methods3.check.fits import person, sleepstudy
from methods3.check.questions import Mistake, Question

TIMES = [250, 310, 280, 400]  # 1.6a


def on_day(day):
    """Return everybody's reaction time on one day, by subject."""
    rows = sleepstudy()[sleepstudy()["Days"] == day]
    return rows.set_index("Subject")["Reaction"]


def change(until=8):
    """Return everybody's change since day 0."""
    return on_day(until) - on_day(0)


def by(column, of="mean"):
    """Return the mean reaction time, or another number, of each group."""
    return sleepstudy().groupby(column, observed=True)["Reaction"].agg(of)


def above(values):
    """Return how many values are above 300 ms."""
    return int((values > 300).sum())


QUESTIONS = {
    "1.6a": Question(
        answer=lambda: sum(TIMES[1:3]),
        exact=True,
        unit="ms",
        kind="sum",
        mistakes=(
            Mistake(
                lambda: sum(TIMES),
                "That is the sum of all four. Which of them does `times[1:3]` hold?",
            ),
            Mistake(
                lambda: sum(TIMES[:2]),
                "Those are numbers 0 and 1. Where does `times[1:3]` begin?",
            ),
            Mistake(
                lambda: sum(TIMES[1:]),
                "You took number 3 as well. A piece goes up to its second number, "
                "without it.",
            ),
            Mistake(
                lambda: sum(TIMES[:3]),
                "You took number 0 as well. The first of a list has number 0, so where "
                "does `times[1:3]` begin?",
            ),
            Mistake(
                lambda: TIMES[2],
                "That is the last time alone. What is `total` when it is added?",
            ),
            Mistake(
                lambda: TIMES[1],
                "That is `total` after the first turn of the loop. There is another.",
            ),
        ),
    ),
    "1.6b": Question(
        answer=lambda: person("309")["Reaction"].mean(),
        unit="ms",
        kind="mean",
        mistakes=(
            Mistake(
                lambda: sleepstudy()["Reaction"].mean(),
                "That is the mean of everybody. Keep the rows of subject 309 first.",
            ),
            Mistake(
                lambda: person("308")["Reaction"].mean(),
                "That is the mean of subject 308. After a change of the label, run all "
                "cells that depend on it.",
            ),
            Mistake(
                lambda: person("309")["Reaction"].sum(),
                "That is the sum of the ten times. Their mean is asked.",
            ),
            Mistake(
                lambda: person("309")["Reaction"].median(),
                "That is the median. The mean is asked.",
            ),
        ),
    ),
    "1.6c": Question(
        answer=lambda: person("308")["Reaction"].sum(),
        unit="ms",
        kind="sum",
        digits=5,
        mistakes=(
            Mistake(
                lambda: person("308")["Reaction"].iloc[-1],
                "That is what the loop prints: the last time alone. What happens to "
                "`total` at the start of every turn?",
            ),
            Mistake(
                lambda: person("308")["Reaction"].mean(),
                "That is the mean of the ten times. Their sum is asked.",
            ),
            Mistake(
                lambda: person("308")["Reaction"].iloc[0],
                "That is the first time alone: did a line leave the loop too early?",
            ),
            Mistake(
                lambda: person("308")["Reaction"].iloc[:-1].sum(),
                "The last day is missing.",
            ),
            Mistake(
                lambda: person("308")["Reaction"].iloc[1:].sum(),
                "The first day is missing. Python counts from 0.",
            ),
            Mistake(
                lambda: sleepstudy()["Reaction"].sum(),
                "That is the sum over everybody. `person` holds subject 308 alone.",
            ),
        ),
    ),
    "1.6d": Question(
        answer=lambda: by("Days").max() - by("Days")[0],
        unit="ms",
        kind="difference",
        mistakes=(
            Mistake(
                lambda: by("Days").max(),
                "That is the slowest day's mean itself. How far is it above day 0?",
            ),
            Mistake(
                lambda: by("Days")[0],
                "That is the mean of day 0. How far is the slowest day above it?",
            ),
            Mistake(
                lambda: by("Days").max() - sleepstudy()["Reaction"].mean(),
                "That is how far it is above the mean of all days. Asked is day 0.",
            ),
            Mistake(
                lambda: change(9)["308"],
                "That is the change of subject 308. Asked is the mean of everybody.",
            ),
            Mistake(
                lambda: by("Days", "median").max() - by("Days", "median")[0],
                "Those are medians. The means are asked.",
            ),
            Mistake(
                lambda: by("Days").max() / by("Days")[0],
                "You divided. The difference is asked, in ms.",
            ),
            Mistake(
                lambda: by("Days").idxmax(),
                "That is the day. By how many ms is its mean above that of day 0?",
            ),
            Mistake(
                lambda: by("Days").diff().max(),
                "That is the largest step from one day to the next. Asked is the "
                "distance from day 0.",
            ),
        ),
    ),
    "1.6e": Question(
        answer=lambda: above(by("Subject")),
        exact=True,
        kind="number of people",
        mistakes=(
            Mistake(
                lambda: above(sleepstudy()["Reaction"]),
                "That counts rows. Make one mean for each person first.",
            ),
            Mistake(
                lambda: 18 - above(by("Subject")),
                "Those are the people whose mean is not above 300 ms.",
            ),
            Mistake(
                lambda: above(by("Days")),
                "That counts days. Group by the column that names people.",
            ),
            Mistake(
                lambda: above(by("Subject", "median")),
                "That is by medians. Take the mean of each person.",
            ),
            Mistake(
                lambda: above(by("Subject", "max")),
                "That counts the people who were ever above. Take the mean of each.",
            ),
            Mistake(
                lambda: 18,
                "That is how many people there are. Whose mean is above 300 ms?",
            ),
        ),
    ),
    "1.6f": Question(
        answer=lambda: change().idxmax(),
        kind="label",
        mistakes=(
            Mistake(
                lambda: on_day(8).idxmax(),
                "That is who is slowest on day 8. Who has *become* slower by most?",
            ),
            Mistake(
                lambda: on_day(0).idxmax(),
                "That is who is slowest on day 0, and who has become slower by least. "
                "Which way do you subtract, and which end do you take?",
            ),
            Mistake(
                lambda: on_day(0).idxmin(),
                "That is who is quickest on day 0. Subtract it from day 8.",
            ),
            Mistake(
                lambda: change(7).idxmax(),
                "That is by day 7. Days are called from 0, so day 8 is the ninth.",
            ),
        ),
    ),
}
