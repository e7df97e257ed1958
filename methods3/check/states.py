"""Judge a state of a live figure: what a reader has dragged, and whether it is wanted.

A state is the text that the figure "drag" shows to copy.  The model of the figure is
fitted again, here, to the data that the state says.
"""

import json
import warnings

import numpy as np

from mlm.fit import lmer
from mlm.ground.errors import MlmError, MlmWarning

COPY = (
    "That is no state of the figure. Copy the text below the figure, all of it, and "
    "put it between three quotes."
)
KEYS = {"group", "model", "moved", "gone", "added"}
RANDOM = {"slopes": "Days", "intercepts": "1"}


def state_text(**changed):
    """Give the text of a state: the figure's start, but for what is changed."""
    start = {"group": "308", "model": "slopes", "moved": [], "gone": [], "added": []}
    return json.dumps(start | changed)


def few_people(data):
    """Four people on four days: few enough to drag them all."""
    some = data["Subject"].isin(["308", "309", "330", "335"])
    kept = data[some & (data["Days"] % 3 == 0)].reset_index(drop=True)
    return kept.astype({"Subject": str})


def judged(judge, data):
    """Make a function that judges the text of a state.

    Parameters
    ----------
    judge : callable of (LinearMixedModel, DataFrame)
        Gives what is wrong with a fit and its data, and nothing if they are wanted.
    data : callable
        Gives the data of the figure.

    Returns
    -------
    callable of object
        Gives what is wrong with an answer, and nothing if it is right.
    """

    def problem(answer):
        state = _read(answer)
        if state is None:
            return COPY
        kept = _apply(state, data())
        if kept is None:
            return COPY
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", MlmWarning)
                formula = f"Reaction ~ Days + ({RANDOM[state['model']]} | Subject)"
                return judge(lmer(formula, kept), kept)
        except MlmError as error:
            return f"These data have no fit: {error}"

    return problem


def _read(answer):
    """The state that a text is, if it is one."""
    try:
        state = json.loads(answer)
    except (TypeError, ValueError, RecursionError):  # no text, no JSON, too deep
        return None
    if not isinstance(state, dict) or set(state) != KEYS:
        return None
    return state if state["model"] in [*RANDOM] else None


def _apply(state, data):
    """Data as the state has them, if it can be about these."""
    try:
        for row, height in state["moved"]:
            data.loc[range(len(data))[row], "Reaction"] = _finite(height)
        for number, height in enumerate(state["added"], data["Subject"].nunique() + 1):
            data.loc[len(data)] = [_finite(height), data["Days"][0], f"new {number}"]
        return data.drop(index=state["gone"])
    except (IndexError, KeyError, OverflowError, TypeError, ValueError):
        return None


def _finite(height):
    """The height of a point; infinity and NaN are none: ValueError."""
    if not np.isfinite(float(height)):
        raise ValueError
    return float(height)


def singular(fit, data):
    """Whether the fit is singular, and all people are there."""
    if data["Subject"].nunique() < 4:
        return "Nobody may be left out altogether: four people, each with a point."
    if len(fit.theta) == 1:
        return "Choose the model in which people have slopes of their own."
    if not fit.is_singular:
        return (
            "Not singular yet: people still differ in both, start and slope. What "
            "would have to be the same for all?"
        )
    return ""


def half_way_to_own(fit, data):
    """Whether the slope of 308 is about half way between its own and everybody's."""
    own = data[data["Subject"] == "308"]
    if len(fit.theta) == 1:
        return "Choose the model in which people have slopes of their own."
    if own["Days"].nunique() < 2:
        return "Leave 308 at least two points, for a line of its own."
    slope = np.polyfit(own["Days"], own["Reaction"], 1)[0]
    distance = slope - fit.fixef["Days"]
    share = fit.ranef["Subject"].loc["308", "Days"] / distance
    if 0.45 <= share <= 0.55:
        return ""
    if share > 0.55:
        return "308's own slope still counts more than half. What makes it count less?"
    return "308's own slope counts less than half now. What makes it count more?"


def same_mean(fit, data):
    """Whether two people have the same mean, and their data count differently."""
    people = data.groupby("Subject")
    means, counts = people["Reaction"].mean(), people.size()
    days = people["Days"].mean()
    if len(fit.theta) != 1:
        return "Choose the model with a common slope: there a person has one λ."
    pairs = [
        (one, two)
        for k, one in enumerate(means.index)
        for two in means.index[k + 1 :]
        if abs(means[one] - means[two]) <= 1 and days[one] == days[two]
    ]
    if not pairs:
        return (
            "No two people have the same mean, to a millisecond, over days with the "
            "same mean."
        )
    if all(counts[one] == counts[two] for one, two in pairs):
        return "The same mean, and the same λ. What else does λ depend on?"
    return "" if fit.theta.iloc[0] > 0 else "σ_α is 0, so λ is 0 for everybody."
