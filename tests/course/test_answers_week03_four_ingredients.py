"""Answers of the exercises 3.1 against R, and against closed forms."""

import json
import math

import numpy as np
import pytest
from conftest import ROOT

from methods3.check import QUESTIONS
from methods3.check.lectures.cars import straight

REFERENCE = json.loads(
    ROOT.joinpath("tests/reference/exercises_four_ingredients.json").read_text("utf-8")
)["answers"]


@pytest.mark.parametrize("name", REFERENCE)
def test_answer_is_what_r_says(name):
    np.testing.assert_allclose(QUESTIONS[name].answer(), REFERENCE[name], rtol=1e-6)


def test_every_question_is_compared():
    assert {name for name in QUESTIONS if name.startswith("3.1")} == set(REFERENCE)


def test_five_inverses_by_their_formulas():
    half = [
        1 / (1 + math.exp(0.5)),
        math.erfc(0.5 / math.sqrt(2)) / 2,
        1 - math.exp(-math.exp(-0.5)),
        math.exp(-0.5),
        -0.5,
    ]
    np.testing.assert_allclose(QUESTIONS["3.1b"].answer(), half, rtol=1e-14)


@pytest.mark.parametrize("squeeze", [0.01, 0.001])
def test_a_line_through_squeezed_log_odds_is_the_same_line_stretched(squeeze):
    """As the solution of 3.1d says: zeros become −s, ones s, so it is s(2y − 1)."""
    s = math.log((1 - squeeze) / squeeze)
    intercept, slope = straight().fixef
    wanted = [s * (2 * intercept - 1), 2 * s * slope]
    np.testing.assert_allclose(straight(squeeze).fixef, wanted, rtol=1e-10)
