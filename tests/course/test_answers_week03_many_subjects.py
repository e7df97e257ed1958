"""Answers of the exercises 3.5, and numbers of the lecture, against R and lme4."""

import json

import numpy as np
import pytest
from conftest import ROOT
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

import mlm
from methods3.check import QUESTIONS, check
from methods3.check.lectures.districts import between, districts
from methods3.check.lectures.many_subjects import people
from methods3.check.lectures.tasks import RATING, SUM, TASK, clear
from mlm.demonstrations.averages import average_over_groups

REFERENCE = json.loads(
    ROOT.joinpath("tests/reference/exercises_week03_many_subjects.json").read_text(
        "utf-8"
    )
)
LECTURE = REFERENCE["lecture"]


@pytest.mark.parametrize("name", REFERENCE["answers"])
def test_answer_is_what_r_says(name):
    wanted = REFERENCE["answers"][name]
    np.testing.assert_allclose(QUESTIONS[name].answer(), wanted, rtol=1e-5)


def test_every_question_is_compared():
    asked = {name for name in QUESTIONS if name.startswith("3.5")}
    assert asked == REFERENCE["answers"].keys()


def test_hidden_numbers_are_right_as_often():
    """The formula of 3.5f against its two integrals, over people and answers."""
    average, _ = quad(lambda u: norm.cdf(0.5 + u) * norm.pdf(u, 0, 0.8), -8, 8)
    assert QUESTIONS["3.5f"].answer() == pytest.approx(average, abs=1e-9)


@pytest.mark.parametrize(("sd", "right"), [(1.9, True), (2.0, True), (1.7, False)])
def test_the_slider_is_good_enough(sd, right):
    assert check("3.5g", sd).right == right


def test_recognition_of_the_lecture():
    fit = people()
    beta, sd = fit.fixef.iloc[0], between(fit)
    first = fit.coef["subject"].loc["S01"].iloc[0]
    assert [beta, sd, first] == pytest.approx(LECTURE["recognition"], rel=1e-5)
    assert fit.deviance == pytest.approx(LECTURE["deviance"], abs=1e-6)
    average = average_over_groups(beta, sd)
    assert average == pytest.approx(LECTURE["average"], rel=1e-6)


def test_districts_of_the_lecture_come_back_from_infinity():
    fit = districts()
    modes = fit.coef["district"].loc[["3", "11", "49", "14"]].iloc[:, 0]
    found = [fit.fixef.iloc[0], *modes]
    assert found == pytest.approx(LECTURE["districts"], rel=1e-5)
    average = average_over_groups(fit.fixef.iloc[0], between(fit))
    assert average == pytest.approx(LECTURE["average_of_districts"], rel=1e-6)


def test_a_mediator_takes_the_effect_of_the_task():
    models = [clear(f) for f in (TASK, SUM, RATING)]
    found = [fit.fixef["taskquadruplet"] for fit in models[:2]]
    assert found == pytest.approx(LECTURE["task"], rel=1e-4)
    assert [fit.aic for fit in models] == pytest.approx(LECTURE["aic"], abs=1e-5)


def test_three_classes_of_the_titanic():
    data = mlm.load_titanic().dropna(subset=["age"])
    fit = mlm.glmer("survived ~ age + (1 | passengerClass)", data, family="binomial")
    found = [*fit.fixef, between(fit)]
    assert found == pytest.approx(LECTURE["titanic"], rel=1e-4)


def test_totals_that_are_fixed_leave_nothing_between_people():
    """Every person has 48 ratings a task: the best variance of totals is 0."""
    pas = mlm.load_simulated_pas()
    totals = pas.groupby(["subject", "task"], observed=True).size()
    assert set(totals) == {48}
    cells = pas.groupby(["subject", "task", "pas"], observed=False)
    counts = cells.size().rename("count").reset_index()
    with pytest.warns(mlm.SingularFitWarning):
        fit = mlm.glmer("count ~ pas * task + (1 | subject)", counts, "poisson")
    assert between(fit) == 0


def test_people_made_by_the_lecture_have_the_average_of_the_theory():
    """Many of them: log-odds of the mean of p are near those of the integral."""
    rng = np.random.default_rng(1)
    p = expit(rng.normal(0.6, 1, 200_000))
    average = average_over_groups(0.6, 1)
    assert p.mean() == pytest.approx(average, abs=4 * p.std() / np.sqrt(p.size))
