"""Answers of the exercises 2.1 to 2.6 against R and lme4, and against closed forms."""

import json
import re

import numpy as np
import pytest
from conftest import ROOT

from methods3.check import QUESTIONS

REFERENCE = json.loads(
    ROOT.joinpath("tests/reference/exercises_week02a.json").read_text("utf-8")
)
CLOSED_FORM = {"2.1b", "2.1f", "2.2a", "2.3f", "2.6c"}
# Formulas, judged by what they mean: test_designs.py.
FORMULAS = {"2.3g", "2.3h"}


def answer(name):
    """The answer to a question, as an array."""
    return np.asarray(QUESTIONS[name].answer(), dtype=float)


@pytest.mark.parametrize("name", REFERENCE["answers"])
def test_answer_is_what_r_says(name):
    wanted = np.asarray(REFERENCE["answers"][name], dtype=float)
    exact = QUESTIONS[name].exact
    assert answer(name).shape == wanted.shape
    np.testing.assert_allclose(answer(name), wanted, rtol=0 if exact else 1e-5)


def test_every_question_is_compared():
    asked = {name for name in QUESTIONS if re.match(r"2\.[1-6][a-z]", name)}
    assert asked == set(REFERENCE["answers"]) | CLOSED_FORM | FORMULAS


def test_the_same_model_from_two_origins():
    """What 2.5a says of them: lme4's criteria agree, its correlations do not."""
    first, last = REFERENCE["origins"]["criterion"]
    assert first == pytest.approx(last, abs=1e-6)
    assert np.ptp(REFERENCE["origins"]["correlation"]) > 0.8


def test_end_of_a_wald_interval():
    """19 of 20: p(1 − p)/n is 19/20³."""
    assert answer("2.1b") == pytest.approx(0.95 + 1.96 * np.sqrt(19 / 20**3))


def test_border_of_a_wald_interval():
    """At the border the upper end is 1."""
    p = answer("2.1f")
    assert p < 1
    assert p + 1.96 * np.sqrt(p * (1 - p) / 30) == pytest.approx(1)


def test_people_needed():
    """As many as bring the standard error down to 1.2, and not one more."""
    people, sd = answer("2.2a"), 6.558227  # R's lm, one line a person
    assert sd / np.sqrt(people) <= 1.2 < sd / np.sqrt(people - 1)


def test_two_levels_in_one_line():
    """A row of X times beta, and a row of Z times b."""
    fixed = np.dot([1, 5, 1, 5], [250, 10, 30, 4])
    assert answer("2.3f") == fixed + np.dot([1, 5], [-20, 3])


def test_nearest_point_of_the_valley():
    """It lies on the floor b₁ + 3b₂ = 20, and at a right angle to it."""
    assert answer("2.6c") @ [1, 3] == 20
    assert answer("2.6c") @ [-3, 1] == 0
