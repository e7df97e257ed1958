"""Answers to the exercises 3.2 against R, closed forms and exact arithmetic."""

import json
from fractions import Fraction
from math import factorial, log

import numpy as np
import pytest
from conftest import ROOT
from scipy.special import expit

import mlm
from methods3.check import QUESTIONS
from methods3.check.diagnose import diagnosis

FILE = "tests/reference/exercises_week03_maximum_likelihood.json"
RECORD = json.loads(ROOT.joinpath(FILE).read_text("utf-8"))["answers"]


@pytest.mark.parametrize("name", RECORD)
def test_answer_is_what_r_says(name):
    answer = np.ravel(QUESTIONS[name].answer())
    assert answer == pytest.approx(RECORD[name]["values"], rel=1e-6)


def test_every_question_is_compared():
    asked = {name for name in QUESTIONS if name.startswith("3.2")}
    assert asked == set(RECORD)


def test_three_households_are_a_product_of_fractions():
    product = Fraction(8, 10) * Fraction(6, 10) * Fraction(3, 10)
    assert QUESTIONS["3.2a"].answer() == pytest.approx(log(product))


def test_counts_have_their_factorials():
    cars = mlm.load_mtcars()
    means = np.exp(0.5 + 0.1 * cars["wt"])
    logs = [
        y * log(mean) - mean - log(factorial(y))
        for y, mean in zip(cars["carb"], means, strict=True)
    ]
    assert QUESTIONS["3.2b"].answer() == pytest.approx(sum(logs))


def test_the_product_is_lost_where_exact_arithmetic_passes_the_smallest_number():
    """Half of the smallest number, 2⁻¹⁰⁷⁴, is the last that is not rounded to 0."""
    wells = mlm.load_wells()
    rows = wells["distance"] / 100, wells["arsenic"]
    fit = mlm.glm("switch ~ I(distance / 100) + arsenic", wells, family="binomial")
    eta = fit.fixef.iloc[0] + fit.fixef.iloc[1] * rows[0] + fit.fixef.iloc[2] * rows[1]
    product, smallest = Fraction(1), Fraction(1, 2**1074)
    above = 0
    for y, at in zip(wells["switch"], eta, strict=True):
        product *= Fraction(expit(at if y else -at))
        if product <= smallest / 2:
            break
        above += 1
    assert QUESTIONS["3.2c"].answer() == above + 1


def test_pupils_who_were_never_absent_add_nothing():
    days = [int(y) for y in mlm.load_quine()["Days"] if y]
    logs = [y * log(y) - y - log(factorial(y)) for y in days]
    assert QUESTIONS["3.2d"].answer() == pytest.approx(sum(logs))


def test_the_sum_of_squares_that_is_printed_leads_to_the_answer():
    variance = 195.0478 / 32
    aic = 32 * (log(2 * np.pi * variance) + 1) + 8
    assert diagnosis(QUESTIONS["3.2e"], aic) == ""


def test_one_curve_by_the_search_for_its_top():
    """Curvature by differences of the log-likelihood, a sum over two groups."""
    wells = mlm.load_wells()
    ones, n = wells["switch"].sum(), len(wells)
    beta, se = QUESTIONS["3.2f"].answer()
    step = 1e-3

    def loglik(b):
        return ones * b - n * np.log1p(np.exp(b))

    around = np.array([loglik(beta + k * step) for k in (-1, 0, 1)])
    assert around.argmax() == 1
    curvature = (around[0] - 2 * around[1] + around[2]) / step**2
    assert se == pytest.approx(1 / np.sqrt(-curvature), rel=1e-5)
