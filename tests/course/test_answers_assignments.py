"""Answers of the assignments against R and lme4."""

import json

import numpy as np
import pytest
from conftest import ROOT

import mlm
from methods3.check import QUESTIONS, check
from methods3.check.lectures.assignment_2_counts import TYPICAL_BESIDE

REFERENCE = json.loads(
    ROOT.joinpath("tests/reference/assignments.json").read_text("utf-8")
)
# The doctor's last line, a command, labels and their levels.
WORDS = {"A0.1a", "A0.1d", "A1.1a", "A1.1e", "A2.1b"}
# Formulas, judged by what they mean, and a picture: below.
JUDGED = {"A1.2b", "A1.3a", "A1.2f", "A2.2a"}


@pytest.mark.parametrize("name", REFERENCE["answers"])
def test_answer_is_what_r_says(name):
    """Some to fewer digits, as lme4's search ends a little beside the optimum."""
    wanted = np.asarray(REFERENCE["answers"][name], dtype=float)
    answer = np.asarray(QUESTIONS[name].answer(), dtype=float)
    assert answer.shape == wanted.shape
    close = {"A1.2e": 1e-4, "A1.3h": 1e-3, "A2.2b": 1e-3, "A2.2c": 1e-4}.get(name, 1e-5)
    rtol = 0 if QUESTIONS[name].exact else close
    np.testing.assert_allclose(answer, wanted, rtol=rtol)


def test_every_question_is_compared():
    asked = {name for name in QUESTIONS if name.startswith("A")}
    assert asked == REFERENCE["answers"].keys() | WORDS | JUDGED


def test_the_doctor_says_what_is_asked_for():
    source = ROOT.joinpath("methods3/doctor.py").read_text("utf-8")
    assert f'"{QUESTIONS["A0.1a"].answer()}"' in source
    judge = QUESTIONS["A0.1a"].judge
    for said in (
        "ok  data: 11 files\nEverything works.\n",
        "everything works",
        "\nEverything works!",
        "'Everything works.'",
        ["Everything works."],
        ["ok  data: 11 files", "Everything works."],
    ):
        assert judge(said) == ""
    assert "still to mend" in judge("!!  git: git is not installed")
    assert "still to mend" in judge("2 things to mend, from the top.  Then ask again.")
    assert "not what the doctor says" in judge(None)
    assert "not what the doctor says" in judge("fine")


def test_commits_are_sent_by_one_command():
    judge = QUESTIONS["A0.1d"].judge
    for command in (
        *("git push", " git  push origin main", "$ git push -u origin main"),
        *("git push.", "git push;", "`git push`", "!git push", "%git push"),
        *(["git push"], ["git", "push"], "~ > git push".removeprefix("~ ")),
        *("git add . && git push", "git commit -m 'x'; git push"),
    ):
        assert judge(command) == "", command
    assert "is committed" in judge("git add . && git commit -m 'git push'")
    assert "begins with `git`" in judge("push")
    assert "is committed" in judge("git commit -m 'Answers'")
    assert "sends nothing" in judge("git status")
    assert judge("git")
    assert judge(None)


def test_an_interval_of_a_profile_is_as_right():
    fit = mlm.lmer(
        "f0mn ~ attitude + (1 | subject) + (1 | scenario)",
        mlm.load_simulated_politeness().dropna(),
    )
    ends = fit.confint(parm="attitudepolite").loc["attitudepolite"]
    verdict = check("A1.3b", [fit.fixef["attitudepolite"], *ends])
    assert verdict.right


def test_columns_that_are_labels():
    """By the dtypes of the loader, and by the record of the one that is a number."""
    data = mlm.load_simulated_politeness()
    labels = [name for name in data if data[name].dtype == "category"]
    labels.insert(2, "scenario")
    assert QUESTIONS["A1.1e"].answer() == sorted(labels)
    levels = dict(zip(data, QUESTIONS["A1.1a"].answer(), strict=True))
    assert [name for name in levels if levels[name] == "nominal"] == labels
    assert set(levels.values()) == {"nominal", "ratio"}
    pitfall = mlm.provenance("simulated_politeness")["pitfall 1"]
    assert "these are labels" in pitfall


def test_lines_are_those_of_lme4():
    lines = REFERENCE["lines"]
    wanted = [
        [speaker, a + b * x]
        for speaker, a, b in zip(
            lines["subject"], lines["intercept"], lines["slope"], strict=True
        )
        for x in (80, 320)
    ]
    rows = QUESTIONS["A1.2f"].answer()
    assert [row[1] for row in rows] == [speaker for speaker, _ in wanted]
    heights = [height for _, height in wanted]
    assert [row[4] for row in rows] == pytest.approx(heights, rel=1e-5)


def test_the_design_leaves_a_singular_fit_as_good():
    """Speakers have one gender each: lme4's criterion is the same on the edge."""
    first, edge = REFERENCE["singular"]["criteria"]
    assert edge == pytest.approx(first, abs=1e-6)
    assert REFERENCE["singular"]["fits"]
    formula = "f0mn ~ attitude * gender + (gender | subject) + (gender | scenario)"
    data = mlm.load_simulated_politeness().dropna()
    with pytest.warns(mlm.ground.errors.SingularFitWarning):
        fit = mlm.lmer(formula, data)
    assert fit.is_singular
    theta = fit.theta.to_numpy().copy()
    theta[1:3] = QUESTIONS["A1.3h"].answer(), 0
    assert fit.criterion_function(theta) == pytest.approx(first, abs=1e-5)
    theta[1] += 0.2
    assert fit.criterion_function(theta) > first + 0.1


@pytest.mark.slow
def test_models_that_are_not_fitted_again_say_what_is_recorded():
    """The counts of assignment 2: recorded for `check`, and here as mlm has them."""
    cells = mlm.load_simulated_pas().groupby(["subject", "task", "pas"], observed=False)
    counts = cells.size().rename("count").reset_index()
    with pytest.warns(mlm.SingularFitWarning):
        alike, product = (
            mlm.glmer(f"count ~ {effects} + (pas | subject)", counts, "poisson")
            for effects in ("pas + task", "pas * task")
        )
    gained, parameters = QUESTIONS["A2.3d"].answer()
    assert alike.deviance - product.deviance == pytest.approx(gained, abs=1e-3)
    assert product.n_parameters - alike.n_parameters == parameters
    b = product.fixef.to_numpy()
    typical = np.exp([b[0], *(b[0] + b[1:4])])
    np.testing.assert_allclose(typical, QUESTIONS["A2.3e"].answer(), rtol=5e-4)
    beside = {
        "alike": alike.fixef.to_numpy()[:4],
        **{
            task: product.fixef.filter(like=f"task{task}").to_numpy() + b[:4]
            for task in ("pairs", "quadruplet")
        },
    }
    for name, (first, *steps) in beside.items():
        rates = np.exp([first, *(first + np.array(steps))])
        np.testing.assert_allclose(rates, TYPICAL_BESIDE[name], rtol=5e-4)
    # Totals of a task are fixed: without the product, no task has more ratings.
    tasks = alike.fixef[["taskpairs", "taskquadruplet"]]
    np.testing.assert_allclose(tasks, 0, atol=1e-6)
