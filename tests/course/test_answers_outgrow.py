"""Answers of the exercises 2.12 against full matrices without mlm, and closed forms."""

import json

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from notebooks import read

import mlm
from methods3.check import QUESTIONS
from methods3.check.lectures import outgrow
from mlm.engine.implicit.criterion import ImplicitCriterion

FILE = ROOT / "tests/reference/exercises_outgrow.json"
REFERENCE = json.loads(FILE.read_text("utf-8"))
# Tested below: by counting bytes, by drawing probes, and what the sentences say.
OTHERS = {"2.12a", "2.12c", "2.12e"}
CELLS = [
    cell.source
    for cell in read(ROOT / "exercises/week02/outgrow.ipynb").cells
    if "given" in cell.metadata.get("tags", [])
]


def test_every_question_is_compared():
    asked = {name for name in QUESTIONS if name.startswith("2.12")}
    assert asked == set(REFERENCE["answers"]) | OTHERS


@pytest.mark.slow
@pytest.mark.parametrize("name", REFERENCE["answers"])
def test_answer_is_what_full_matrices_say(name):
    wanted = REFERENCE["answers"][name]
    assert QUESTIONS[name].answer() == pytest.approx(wanted, rel=1e-5)


def test_ratings_are_those_of_the_notebook():
    (given,) = (source for source in CELLS if "1_000_000" in source)
    names = {"np": np, "pd": pd}
    exec(given, names)
    pd.testing.assert_frame_equal(names["ratings"], outgrow.ratings())


def test_bytes_of_a_full_matrix():
    now, larger = QUESTIONS["2.12a"].answer()
    assert now == pytest.approx(np.empty((8_000, 8_000)).nbytes / 1e9)
    assert larger == pytest.approx(100 * now)


@pytest.mark.slow
def test_by_the_factor_of_more_probes_the_error_falls_with_the_root():
    """Drawn and counted, from enough probes on that the error is well known."""
    fit, factor = outgrow.site(outgrow.FEW), QUESTIONS["2.12c"].answer()
    criterion, theta = ImplicitCriterion(fit.design, reml=True), fit.theta.to_numpy()
    found = [
        criterion.with_probes(number).errors(theta).shares.max()
        for number in (50, round(50 * factor))
    ]
    wanted = outgrow.WANTED / fit.convergence.worst
    assert found[1] / found[0] == pytest.approx(wanted, rel=0.25)


@pytest.mark.slow
def test_sentences_on_two_markets():
    names = {"np": np, "pd": pd, "mlm": mlm}
    (given,) = (source for source in CELLS if "fits = {}" in source)
    exec(given, names)
    mixed, once = names["fits"].values()
    few, many = mixed.convergence, once.convergence
    assert many.probes > 5 * few.probes  # the first
    # Not the second: 4000 firms know their standard deviation to 0.3/√8000 at best.
    estimates = [fit.varcorr.std_dev("firm").iloc[0] for fit in (mixed, once)]
    assert np.abs(np.array(estimates) - 0.3).max() < 3 * 0.3 / np.sqrt(8000)
    assert max(few.worst, many.worst) <= 0.005  # the third
    # Not the fourth: workers and firms alone leave the intercept an error.
    least = np.sqrt(0.5**2 / 20_000 + 0.3**2 / 4_000)
    assert once.se["(Intercept)"] > 0.95 * least
    # The fifth: every worker in one firm.
    stay = names["wages"].assign(firm=names["first"][names["worker"]])
    nested = mlm.lmer("wage ~ 1 + (1 | worker) + (1 | firm)", stay)
    assert nested.convergence.solver == "dense"
    assert mlm.profiled_deviance(nested.design).sums.structure.q2 == 0
    assert np.hypot(many.criterion_error, many.criterion_error) > 0.1  # not the sixth
