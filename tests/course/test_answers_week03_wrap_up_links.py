"""Answers of the exercises 3.8 against R and lme4, and against closed forms.

R 4.2.2 and lme4 1.1-31, bobyqa with rhoend 1e-9 and tolPwrss 1e-13.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import expit

import mlm
from methods3.check import QUESTIONS

# Choices between models and sentences: what they say is tested below.
CHOICES = {"3.8a", "3.8c"}
# glmer(correct ~ pas + (1 | subject)): fixed effects and the people's spread.
RATED = (0.170284909, 0.914901971, 1.668616210, 3.147923975)
SPREAD = 0.540299926
# glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp), and with rows.
CATTLE = [0.642261439, 0.183947218, 0.891078421, 184.052564 - 174.638311]


def answer(name):
    return QUESTIONS[name].answer()


def test_every_question_is_compared():
    asked = {name for name in QUESTIONS if name.startswith("3.8")}
    assert asked == {"3.8b", "3.8d", "3.8e"} | CHOICES


@pytest.mark.parametrize("n", [1, 25, 1000])
def test_a_poisson_variable_scatters_more_than_a_binomial_one(n):
    ratio = stats.poisson(0.84 * n).std() / stats.binom(n, 0.84).std()
    assert answer("3.8b") == pytest.approx(ratio)


def test_somebody_new_by_lme4():
    """The end of the range is the quantile of many people's probabilities."""
    below = expit(RATED[0] + RATED[1] - 1.96 * SPREAD)
    assert answer("3.8d") == pytest.approx(below, rel=1e-5)
    people = np.random.default_rng(1).normal(RATED[0] + RATED[1], SPREAD, 400_000)
    assert np.quantile(expit(people), 0.025) == pytest.approx(below, abs=2e-3)


def test_cattle_by_lme4():
    assert answer("3.8e") == pytest.approx(CATTLE, rel=2e-5)


def test_which_sentences_are_wrong():
    """The third, the fourth and the sixth: odds, one coefficient alone, residuals."""
    assert answer("3.8c") == [3, 4, 6]
    low, high = expit(RATED[0]), expit(RATED[0] + RATED[1])
    odds = high / (1 - high) / (low / (1 - low))
    assert odds == pytest.approx(2.5, abs=0.05)
    assert high / low == pytest.approx(1.4, abs=0.05)  # not the third
    assert expit(RATED[1]) == pytest.approx(0.71, abs=5e-3)  # not the fourth
    assert high == pytest.approx(0.75, abs=5e-3)
    typical = RATED[0] + RATED[3]
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    average = expit(typical + SPREAD * nodes) @ weights / weights.sum()
    assert expit(typical) == pytest.approx(0.965, abs=5e-4)  # the fifth
    assert average == pytest.approx(0.960, abs=5e-4)
    fit = mlm.glmer(
        "correct ~ pas + (1 | subject)", mlm.load_simulated_pas(), family="binomial"
    )
    assert "Residual" not in str(fit.varcorr)  # not the sixth


def test_an_effect_for_the_floor_an_offset_and_one_row_each():
    """What three of the studies of the first question turn on."""
    rng = np.random.default_rng(1)
    x = rng.uniform(-3, 3, 4000)
    flashes = pd.DataFrame({"x": x, "y": rng.binomial(1, 0.5 + 0.5 * expit(2 * x - 1))})
    with_floor = mlm.glm("y ~ x", flashes, "binomial", link=mlm.links.guess(1 / 2))
    without = mlm.glm("y ~ x", flashes, "binomial")
    assert with_floor.fixef.tolist() == pytest.approx([-1, 2], abs=0.4)
    assert with_floor.loglik > without.loglik + 10
    assert answer("3.8a")[0] == "E"
    time = np.exp(x)
    climbs = pd.DataFrame({"x": x, "y": rng.poisson(2 * time * np.exp(-x))})
    rate = mlm.glm("y ~ x", climbs, "poisson", offset=np.log(time))
    assert rate.fixef.tolist() == pytest.approx([np.log(2), -1], abs=0.05)
    assert abs(mlm.glm("y ~ x", climbs, "poisson").fixef["x"]) < 0.05  # no offset
    assert answer("3.8a")[1] == "D"


@pytest.mark.parametrize("answer", [[*"EDBACF"], "e, d, b, a, c, f", "E D B A C F"])
def test_six_letters_may_be_a_list_or_have_commas(answer):
    assert QUESTIONS["3.8a"].judge(answer) == ""
