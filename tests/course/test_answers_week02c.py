"""Answers of the exercises 2.11 against R and lme4, and against closed forms."""

import json
from fractions import Fraction

import numpy as np
import pytest
from conftest import ROOT
from scipy.stats import f, t

import mlm
from methods3.check import QUESTIONS, check
from mlm.datasets import load_dyestuff

REFERENCE = json.loads(
    ROOT.joinpath("tests/reference/exercises_week02c.json").read_text("utf-8")
)
# A choice between sentences: what they say is tested below.
CHOICES = {"2.11a"}


@pytest.mark.parametrize("name", REFERENCE["answers"])
def test_answer_is_what_r_says(name):
    """Integrals to three decimals; shares of lme4's 4000 replicates to three errors."""
    close = {"2.11c": {"rel": 0}, "2.11d": {"abs": 5e-4}, "2.11f": {"abs": 0.01}}
    wanted = pytest.approx(REFERENCE["answers"][name], **close.get(name, {"rel": 1e-5}))
    assert QUESTIONS[name].answer() == wanted


def test_every_question_is_compared():
    asked = {name for name in QUESTIONS if name.startswith("2.11")}
    assert asked == set(REFERENCE["answers"]) | CHOICES


def test_sentences_on_three_tables():
    """The test is a t test of twelve slopes; with normal quantiles it rejects more."""
    study = mlm.crossing(Subject=12, Days=range(10))
    plan = mlm.planned_design("Reaction ~ Days + (Days | Subject)", study)
    world = {"(Intercept)": 250, "Days": 0, "sigma": 25}
    world |= {"sd_(Intercept)|Subject": 25, "sd_Days|Subject": 6}
    how = {"n": 1000, "seed": 1, "progress": False}

    def interval(**options):
        tests = mlm.power(plan, **{"effects": world, **how, **options})
        return tests.to_frame().loc["Days", ["lower", "upper"]]

    lower, upper = interval()
    assert lower < 0.05 < upper  # the second
    lower, upper = interval(ddf=None)
    assert 0.05 < lower < 2 * t.sf(1.96, 11) < upper  # not the third
    lower, upper = interval(effects=world | {"Days": 5})
    assert lower < 0.667 < upper  # R's power.t.test: not the fourth
    assert lower < 0.7 < upper  # the fifth
    four_times = interval(effects=world | {"Days": 5}, n=4000)
    assert np.ptp(four_times) == pytest.approx((upper - lower) / 2, rel=0.05)


def test_standard_errors_by_fractions():
    """Days −2 to 2 about their mean; 16 subjects."""
    squares = 2 * (1 + 4)
    variance = (36 + Fraction(625, squares)) / 16
    assert QUESTIONS["2.11b"].answer() == pytest.approx([float(variance) ** 0.5, 6 / 4])


def test_false_positives_by_drawing_slopes():
    """No model is fitted: b̄, and the squares about one common slope within people."""
    rng = np.random.default_rng(3)
    days = np.arange(20) - 9.5
    own = rng.normal(0, 6, (10_000, 10, 1)) * days
    y = own + rng.normal(0, 25, (10_000, 10, 20))
    y -= y.mean(axis=2, keepdims=True)
    slope = (y @ days).mean(axis=1) / (days @ days)
    squares = ((y - slope[:, None, None] * days) ** 2).sum(axis=(1, 2))
    se = np.sqrt(squares / 189 / (10 * days @ days))
    share = (np.abs(slope / se) > t.ppf(0.975, 189)).mean()
    assert QUESTIONS["2.11d"].answer() == pytest.approx(share, abs=0.015)


def test_lme4_finds_as_many_false_positives():
    simulated = REFERENCE["simulated"]["2.11d"]
    assert QUESTIONS["2.11d"].answer() == pytest.approx(simulated, abs=0.033)


@pytest.mark.parametrize("seed", range(5))
def test_any_seed_is_right(seed):
    """What students are told to simulate is accepted, with whatever seed."""
    study = mlm.crossing(Subject=10, Days=range(20))
    plan = mlm.planned_design("Reaction ~ Days + (Days | Subject)", study)
    world = {"(Intercept)": 250, "Days": 0, "sigma": 25}
    world |= {"sd_(Intercept)|Subject": 25, "sd_Days|Subject": 6}
    flat = "Reaction ~ Days + (1 | Subject)"
    tests = mlm.power(plan, world, 4000, seed, analysis=flat, progress=False)
    assert check("2.11d", tests.to_frame().loc["Days", "power"]).right
    fit = mlm.lmer("Yield ~ 1 + (1 | Batch)", load_dyestuff())
    boot = mlm.bootstrap(fit, n=1000, seed=seed, progress=False)
    ends = [table.iloc[0, 0] for table in (fit.confint(), boot.confint())]
    assert check("2.11f", [*ends, boot.n_singular / 1000]).right


def test_trials_by_sums_of_squares():
    """Balanced: σ² is the mean square within, τ² a tenth of what is between beyond."""
    y = mlm.load_sleepstudy()["Reaction"].to_numpy().reshape(18, 10)
    within = y.var(axis=1, ddof=1).mean()
    between = y.mean(axis=1).var(ddof=1) - within / 10
    wanted = np.sqrt(20 * within / between)
    assert QUESTIONS["2.11e"].answer() == pytest.approx(wanted)


def test_singular_fits_by_mean_squares():
    """The estimate is 0 where F < 1; F over the data's own is F-distributed."""
    groups = load_dyestuff().groupby("Batch", observed=True)["Yield"]
    ratio = 5 * groups.mean().var() / groups.var().mean()
    profile, boot, share = QUESTIONS["2.11f"].answer()
    assert share == pytest.approx(f.cdf(1 / ratio, 5, 24), rel=1e-6)
    assert boot == 0  # being more than one in forty
    assert profile == pytest.approx(REFERENCE["simulated"]["profile"][0], rel=5e-4)
