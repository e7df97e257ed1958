"""Answers of the exercises 2.7 to 2.10 against lme4, and against closed forms."""

import json
import re

import numpy as np
import pytest
from conftest import ROOT

from methods3.check import QUESTIONS
from mlm.datasets import load_dyestuff, load_radon, load_sleepstudy

REFERENCE = json.loads(
    ROOT.joinpath("tests/reference/exercises_week02b.json").read_text("utf-8")
)["answers"]
# Choices between sentences and formulas: no computation says which is right.
CHOICES = {"2.10a", "2.10c"}
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
    assert asked == set(REFERENCE) | CHOICES


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
