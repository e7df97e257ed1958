"""Answers of the exercises 3.3 against R's glm, and against shares in the data."""

import json
from fractions import Fraction

import pytest
from conftest import ROOT

from methods3.check import QUESTIONS
from mlm.datasets import load_simulated_pas, load_titanic

REFERENCE = json.loads(
    ROOT.joinpath("tests/reference/exercises_week03_coefficients.json").read_text(
        "utf-8"
    )
)["answers"]


@pytest.mark.parametrize("name", REFERENCE)
def test_answer_is_what_r_says(name):
    assert QUESTIONS[name].answer() == pytest.approx(REFERENCE[name], rel=1e-5)


def test_every_question_is_compared():
    assert {name for name in QUESTIONS if name.startswith("3.3")} == set(REFERENCE)


def test_numbers_of_the_titanic_are_those_of_the_data():
    outcomes = load_titanic().groupby("passengerClass", observed=True)["survived"]
    counts = outcomes.value_counts()
    for of_class, survived, died in (("2nd", 119, 158), ("3rd", 181, 528)):
        assert (counts[of_class, "yes"], counts[of_class, "no"]) == (survived, died)
    ratio = Fraction(119, 158) / Fraction(181, 528)
    assert QUESTIONS["3.3a"].answer() == pytest.approx(float(ratio), 1e-12)


def test_a_probability_by_fractions():
    odds = 3 * Fraction(3, 7)
    assert QUESTIONS["3.3b"].answer() == pytest.approx(float(odds / (1 + odds)), 1e-12)


def test_with_one_factor_a_fit_has_the_shares_of_the_data():
    trials = load_simulated_pas().groupby("pas", observed=True)["correct"]
    assert QUESTIONS["3.3e"].answer() == pytest.approx(trials.mean().to_numpy(), 1e-9)
