"""Answers of the exercises 2.7 to 2.10 against lme4, and against closed forms."""

import json
import re

import numpy as np
import pytest
from conftest import ROOT
from scipy.optimize import minimize

from methods3.check import QUESTIONS
from methods3.check.states import COPY, state_text
from mlm.datasets import load_dyestuff, load_radon, load_sleepstudy

REFERENCE = json.loads(
    ROOT.joinpath("tests/reference/exercises_week02b.json").read_text("utf-8")
)["answers"]
# Choices between sentences and formulas: no computation says which is right.
CHOICES = {"2.10a", "2.10c"}
# A formula, judged by what it means: test_designs.py.
FORMULAS = {"2.10e"}
# States of a figure: judged below, by a criterion of their own.
STATES = {"2.8g", "2.8h", "2.8i"}
COUNTS = {"2.7c", "2.8b"}
CRITERIA = {"2.9c", "2.9d", "2.9e"}


@pytest.mark.parametrize("name", REFERENCE)
def test_answer_is_what_r_says(name):
    answer, reference = QUESTIONS[name].answer(), REFERENCE[name]
    if name in COUNTS:
        assert answer == reference
    elif name in CRITERIA:
        assert answer == pytest.approx(reference, abs=1e-6)
    else:
        assert answer == pytest.approx(reference, rel=1e-5)


def test_every_question_is_compared():
    asked = {name for name in QUESTIONS if re.match(r"2\.([7-9]|10)[a-z]", name)}
    assert asked == set(REFERENCE) | CHOICES | FORMULAS | STATES


def test_two_people_with_theta_2():
    """Own intercepts 24 and 29, weight nθ²/(nθ² + 1) with n = 4."""
    assert QUESTIONS["2.8a"].answer() == pytest.approx(26.5 - 2.5 * 16 / 17)


def test_weights_of_counties_make_the_mean_of_all():
    """Generalised least squares for one mean: λ_j are its weights, up to a factor."""
    houses = load_radon().groupby("county", observed=True)["log_radon"]
    share = 0.3095382**2 / (0.3095382**2 + 0.7978850**2 / houses.size())
    assert np.average(houses.mean(), weights=share) == pytest.approx(1.3125758, 1e-7)
    ratio = share["HENNEPIN"] / share["MURRAY"]
    assert QUESTIONS["2.7f"].answer() == pytest.approx(ratio, rel=1e-5)


def test_dyestuff_by_sums_of_squares():
    """Balanced: variances, and the weight, from two sums of squares."""
    groups = load_dyestuff().groupby("Batch", observed=True)["Yield"]
    between = 5 * groups.mean().var(ddof=0) * 6
    within = groups.var(ddof=0).sum() * 5 / 24
    assert QUESTIONS["2.8e"].answer() == pytest.approx(1 - within / (between / 5))
    assert QUESTIONS["2.9b"].answer() ** 2 == pytest.approx((between / 6 - within) / 5)


def test_intercepts_by_sums_of_squares():
    """k = 1 + nθ² is the ratio of mean squares, so σ_α² = (MSB − MSE)/n."""
    data = load_sleepstudy()
    y = data["Reaction"].to_numpy().reshape(18, 10)
    centred = y - y.mean(axis=1, keepdims=True)
    days = np.arange(10) - 4.5
    slope = (centred @ days).sum() / (18 * days @ days)
    within = ((centred - slope * days) ** 2).sum() / 161
    variance = y.mean(axis=1).var(ddof=1) - within / 10
    assert QUESTIONS["2.9a"].answer() == pytest.approx(np.sqrt(variance))


def test_a_new_persons_change_by_sums_of_squares():
    """Slopes of single lines vary by Σ₂₂ + σ²/82.5, and σ² is known from them all."""
    data = load_sleepstudy()
    y = data["Reaction"].to_numpy().reshape(18, 10)
    X = np.column_stack([np.ones(10), np.arange(10)])
    lines, squares, *_ = np.linalg.lstsq(X, y.T)
    noise = squares.sum() / 144
    slopes = lines[1].var(ddof=1) - noise / 82.5
    assert QUESTIONS["2.10b"].answer() == pytest.approx(
        np.sqrt(81 * slopes + 2 * noise)
    )


def test_hours_for_days_moves_reml_by_logarithms():
    """Columns become 24 and 24² times as long; the determinant has both squared."""
    assert QUESTIONS["2.9e"].answer() == pytest.approx(2 * np.log(24 * 24**2))


def test_how_often_people_seem_all_alike():
    """F over its factor is F-distributed: ten thousand simulated data sets."""
    rng = np.random.default_rng(2)
    people = rng.normal(0, 4, (10_000, 18, 1))
    y = people + rng.normal(0, 10, (10_000, 18, 2))
    between = 2 * y.mean(axis=2).var(axis=1, ddof=1)
    within = y.var(axis=2, ddof=1).mean(axis=1)
    alike = (between < within).mean()
    assert QUESTIONS["2.8f"].answer() == pytest.approx(alike, abs=0.015)


def people_of(name):
    """Days and reaction times of each person in the state that is an answer."""
    state = json.loads(QUESTIONS[name].answer())
    data = load_sleepstudy()
    data = data[data["Subject"].isin(["308", "309", "330", "335"])]
    data = data[data["Days"] % 3 == 0].reset_index(drop=True)
    for row, height in state["moved"]:
        data.loc[row, "Reaction"] = height
    data = data.drop(index=state["gone"])
    people = data.groupby("Subject", observed=True)
    return {k: (d["Days"].to_numpy(), d["Reaction"].to_numpy()) for k, d in people}


def best_covariance(people):
    """Σ/σ² of intercepts and slopes by REML, in full matrices; β; modes of 308."""
    Xs = [np.column_stack([np.ones(len(x)), x]) for x, _ in people.values()]
    ys = [y for _, y in people.values()]
    n = sum(map(len, ys))

    def parts(root):
        T = np.array([[root[0], 0], [root[1], root[2]]])
        Vs = [np.eye(len(X)) + X @ T @ T.T @ X.T for X in Xs]
        A = sum(X.T @ np.linalg.solve(V, X) for X, V in zip(Xs, Vs, strict=True))
        b = sum(X.T @ np.linalg.solve(V, y) for X, V, y in zip(Xs, Vs, ys, strict=True))
        return T, Vs, A, np.linalg.solve(A, b)

    def criterion(root):
        _, Vs, A, beta = parts(root)
        rest = sum(
            (y - X @ beta) @ np.linalg.solve(V, y - X @ beta)
            for X, V, y in zip(Xs, Vs, ys, strict=True)
        )
        freedom = sum(np.linalg.slogdet(V)[1] for V in Vs)
        return freedom + np.linalg.slogdet(A)[1] + (n - 2) * np.log(rest)

    starts = [(1, 0, 0.5), (1, 1, 0.1), (0.1, 0, 0.1), (2, -0.5, 0.2)]
    tries = [
        minimize(criterion, start, method="Nelder-Mead", options={"fatol": 1e-12})
        for start in starts
    ]
    T, Vs, _, beta = parts(min(tries, key=lambda found: found.fun).x)
    X, V, y = Xs[0], Vs[0], ys[0]
    return T @ T.T, beta, T @ T.T @ X.T @ np.linalg.solve(V, y - X @ beta)


def test_a_dragged_fit_is_singular():
    Sigma, *_ = best_covariance(people_of("2.8g"))
    assert np.linalg.eigvalsh(Sigma)[0] < 1e-8


def test_a_dragged_slope_is_half_way():
    people = people_of("2.8h")
    assert [len(x) for x, _ in people.values()] == [2, 4, 4, 4]
    Sigma, beta, modes = best_covariance(people)
    assert np.linalg.eigvalsh(Sigma)[0] > 1e-3
    own = np.polyfit(*people["308"], 1)[0]
    assert 0.45 < modes[1] / (own - beta[1]) < 0.55


def test_two_dragged_people_have_one_mean():
    people = people_of("2.8i")
    (x1, y1), (x2, y2) = people["309"], people["335"]
    assert x1.mean() == x2.mean()
    assert y1.mean() == pytest.approx(y2.mean(), abs=1)
    assert len(y1) != len(y2)


@pytest.mark.parametrize(
    "changed",
    [
        {"moved": [[0, 10**400]]},
        {"moved": [[0, float("inf")]]},
        {"moved": [[0, float("nan")]]},
        {"moved": [[99, 300]]},
        {"moved": [[0.5, 300]]},
        {"moved": [[0]]},
        {"moved": 1},
        {"added": [10**400]},
        {"added": ["x"]},
        {"gone": [99]},
        {"gone": 0.5},
        {"model": []},
    ],
)
@pytest.mark.parametrize("name", sorted(STATES))
def test_a_state_of_no_figure_is_told_so(name, changed):
    assert QUESTIONS[name].judge(state_text(**changed)) == COPY


@pytest.mark.parametrize("text", ["[" * 100_000, "\ud800", "“{}”", None, 5])
def test_a_text_of_no_state_is_told_so(text):
    assert QUESTIONS["2.8g"].judge(text) == COPY
