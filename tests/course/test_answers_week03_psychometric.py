"""Answers of the exercises 3.6 against lme4, and against closed forms."""

import json
import re

import numpy as np
import pytest
from conftest import ROOT
from scipy import stats

import mlm
from methods3.check import QUESTIONS
from methods3.check.lectures.staircase import between

FILE = ROOT / "tests/reference/exercises_week03_psychometric.json"
REFERENCE = json.loads(FILE.read_text("utf-8"))


@pytest.mark.parametrize("name", REFERENCE["answers"])
def test_answer_is_what_r_says(name):
    answer, reference = QUESTIONS[name].answer(), REFERENCE["answers"][name]
    if name == "3.6d":
        assert answer == pytest.approx(reference, abs=1e-6)
    else:
        assert answer == pytest.approx(reference, rel=2e-5)


def test_every_question_is_compared():
    asked = {name for name in QUESTIONS if re.match(r"3\.6[a-z]", name)}
    assert asked == {*REFERENCE["answers"], "3.6a", "3.6g"}


def test_a_right_answer_is_seen_or_guessed():
    """Four keys, every second digit seen, four slips in a hundred of what is seen."""
    rng = np.random.default_rng(4)
    seen = rng.random(10**6) < 0.5
    right = np.where(seen, rng.random(10**6) >= 0.04, rng.random(10**6) < 0.25)
    assert QUESTIONS["3.6a"].answer() == pytest.approx(right.mean(), abs=0.002)


def test_blank_trials_by_adding_up_what_can_happen():
    """The expected difference of n trials, over the distribution of guesses."""
    n = np.arange(1, 40)
    expected = [
        2
        * np.sum(
            stats.binom.pmf(k := np.arange(m + 1), m, 0.5)
            * (stats.binom.logpmf(k, m, 0.5) - stats.binom.logpmf(k, m, 0.25))
        )
        for m in n
    ]
    assert QUESTIONS["3.6g"].answer() == n[np.searchsorted(expected, 4)]


@pytest.mark.parametrize("row", REFERENCE["lecture"]["profile"])
def test_the_lectures_profile_of_the_lapse_rate_is_lme4s(row):
    """Fifteen nodes, a link of one's own: as lme4 with the same link."""
    data = mlm.load_simulated_staircase()
    link = between(0.5, row["lapse"])
    formula = "correct ~ contrast + (1 | subject)"
    fit = mlm.glmer(formula, data, "binomial", link, nodes=15)
    assert -2 * fit.loglik == pytest.approx(row["deviance"], abs=1e-5)
    assert fit.fixef.to_numpy() == pytest.approx(row["fixef"], rel=1e-4)


def test_the_lectures_logit_is_lme4s():
    data, there = mlm.load_simulated_staircase(), REFERENCE["lecture"]["logit"]
    formula = "correct ~ contrast + (1 | subject)"
    fit = mlm.glmer(formula, data, "binomial", nodes=15)
    assert -2 * fit.loglik == pytest.approx(there["deviance"], abs=1e-5)
    assert fit.fixef.to_numpy() == pytest.approx(there["fixef"], rel=1e-4)
