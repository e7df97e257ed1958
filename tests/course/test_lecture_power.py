"""Numbers of the lecture on power, as R has them: tests/reference/lecture_power.R."""

import json

import numpy as np
import pytest
from conftest import ROOT

import mlm
from mlm.studies.plan import slope_power

R = json.loads((ROOT / "tests/reference/lecture_power.json").read_text("utf-8"))


def days(trials):
    return np.linspace(0, 9, trials)


@pytest.mark.parametrize("plan", R["power"], ids=str)
def test_power_of_a_plan(plan):
    own = slope_power(
        plan["subjects"], days(plan["trials"]), 5, R["sd_slope"], R["sigma"]
    )
    assert own == pytest.approx(plan["power"], abs=1e-6)


@pytest.mark.parametrize(("trials", "share"), R["false_positives"].items())
def test_false_positives_without_slopes(sleep_fit, trials, share):
    effects = sleep_fit.to_frame()["estimate"].copy()
    effects["Days"] = 0
    study = mlm.crossing(Subject=18, Days=days(int(trials)))
    design = mlm.planned_design("Reaction ~ Days + (Days | Subject)", study)
    found = mlm.power(
        design,
        effects,
        n=2000,
        seed=4,
        analysis="Reaction ~ Days + (1 | Subject)",
        progress=False,
    )
    row = found.to_frame(level=0.999).loc["Days"]
    assert row["lower"] < share < row["upper"]


def test_profile_interval_of_batches():
    fit = mlm.lmer("Yield ~ 1 + (1 | Batch)", mlm.load_dyestuff())
    ends = fit.confint().loc["sd_(Intercept)|Batch"]
    np.testing.assert_allclose(ends, R["profile_sd_batch"], rtol=1e-3)
