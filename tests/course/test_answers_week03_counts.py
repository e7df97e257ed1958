"""Answers of the exercises 3.4 against R, and against sums by hand."""

import json
import math

import numpy as np
import pytest
from conftest import ROOT

from methods3.check import QUESTIONS
from methods3.check.lectures import absences
from mlm.datasets import load_quine, load_warpbreaks

REFERENCE = json.loads(
    ROOT.joinpath("tests/reference/exercises_week03_counts.json").read_text("utf-8")
)
# With the coefficients of R's print-out, five decimals each; lme4's derivatives.
CLOSE = {"3.4e": 1e-4, "3.4f": 1e-4}


@pytest.mark.parametrize("name", REFERENCE["answers"])
def test_answer_is_what_r_says(name):
    wanted = pytest.approx(REFERENCE["answers"][name], rel=CLOSE.get(name, 1e-5))
    assert QUESTIONS[name].answer() == wanted


def test_every_question_is_compared():
    asked = {name for name in QUESTIONS if name.startswith("3.4")}
    assert asked == set(REFERENCE["answers"])


def test_what_is_quoted_of_r_is_what_r_says():
    found = REFERENCE["negative_binomial"]
    assert pytest.approx(found["coefficients"], abs=6e-6) == absences.NEGATIVE_BINOMIAL
    assert pytest.approx(found["theta"], abs=6e-6) == absences.THETA
    notebook = ROOT.joinpath("exercises/week03/counts.ipynb").read_text("utf-8")
    for number in (*absences.NEGATIVE_BINOMIAL, absences.THETA):
        assert f"{number:.5f}" in notebook


def test_dispersion_of_the_yarn_by_hand():
    """Six cells of nine looms: fitted means are those of the cells."""
    cells = load_warpbreaks().groupby(["wool", "tension"], observed=True)["breaks"]
    squares = (cells.var(ddof=0) * cells.size() / cells.mean()).sum()
    mean, size = cells.mean(), cells.size()
    ends = [("A", "L"), ("A", "M"), ("B", "L"), ("B", "M")]
    error = math.sqrt(sum(1 / (mean[cell] * size[cell]) for cell in ends))
    change = np.log(mean[ends]).to_numpy() @ [1, -1, -1, 1]
    wanted = change / error / math.sqrt(squares / 48)
    assert QUESTIONS["3.4b"].answer() == pytest.approx(wanted, rel=1e-8)


def test_nine_pupils_were_never_absent():
    assert (load_quine()["Days"] == 0).sum() == 9
