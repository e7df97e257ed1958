"""Answers of the exercises 3.7 against lme4, against R's glm, and by strips."""

import json
import re

import numpy as np
import pytest
from conftest import ROOT
from scipy import stats

import mlm
from methods3.check import QUESTIONS

FILE = ROOT / "tests/reference/exercises_week03_glmm_fit.json"
REFERENCE = json.loads(FILE.read_text("utf-8"))
HERDS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"


@pytest.mark.parametrize("name", REFERENCE["answers"])
def test_answer_is_what_r_says(name):
    answer, reference = QUESTIONS[name].answer(), REFERENCE["answers"][name]
    assert answer == pytest.approx(reference, abs=2e-6)


def test_every_question_is_compared():
    asked = {name for name in QUESTIONS if re.match(r"3\.7[a-z]", name)}
    assert asked == {*REFERENCE["answers"], "3.7a"}


def test_the_point_of_a_no_at_one_is_minus_e():
    """1 − 1/(1 − p), with 1/(1 − p) = 1 + e."""
    assert QUESTIONS["3.7a"].answer() == pytest.approx(-np.e)


def test_herds_by_strips():
    """Sums over strips of a binomial probability times a normal density."""
    data = mlm.load_cbpp()
    fit = mlm.glmer(HERDS, data, "binomial", nodes=25)
    fixed = fit.design.X @ fit.fixef.to_numpy()
    u, width = np.linspace(-10, 10, 4001, retstep=True)
    eta = fixed[:, None] + fit.theta.iloc[0] * u
    k, n = (data[name].to_numpy()[:, None] for name in ("incidence", "size"))
    log_p = stats.binom.logpmf(k, n, 1 / (1 + np.exp(-eta)))
    herds = data["herd"].to_numpy()
    shares = [
        np.sum(np.exp(log_p[herds == herd].sum(axis=0)) * stats.norm.pdf(u)) * width
        for herd in np.unique(herds)
    ]
    assert QUESTIONS["3.7c"].answer() == pytest.approx(-2 * np.log(shares).sum(), 1e-8)


@pytest.mark.parametrize("row", REFERENCE["lecture"]["sds"])
def test_the_lectures_standard_deviations_are_lme4s(row):
    data = mlm.load_toenail()
    data["severe"] = (data["outcome"] == "moderate or severe").astype(int)
    formula = "severe ~ treatment * time + (1 | patientID)"
    fit = mlm.glmer(formula, data, "binomial", nodes=row["nodes"])
    assert fit.theta.iloc[0] == pytest.approx(row["sd"], rel=2e-5)
    if row["nodes"] == 50:
        assert -2 * fit.loglik == pytest.approx(REFERENCE["lecture"]["fifty"], abs=1e-5)


def test_what_lme4_leaves_out():
    there = REFERENCE["lecture"]
    assert there["printed"] == pytest.approx(100.01003, abs=1e-4)
    found = QUESTIONS["3.7c"].answer() - there["printed"]
    assert found == pytest.approx(there["saturated"], abs=1e-6)
