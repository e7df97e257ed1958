"""Numbers that live figures of pooling say."""

import json
from itertools import product

import numpy as np
import pytest
from live_page import STATE, number_after, only, say
from test_live import READY as ALL
from test_live import intercepts, sleep

import mlm
from mlm.demonstrations.pooling import (
    partially_pooled_intercept,
    pooling_table,
    shrinkage_weight,
)

READY = {name: ALL[name] for name in ("county", "dial", "rows", "trellis")}


@only("dial")
def test_weights_are_those_of_mlm(figure, shown):
    fit = intercepts()
    own = pooling_table("Reaction ~ Days", sleep(), "Subject")
    own = own.loc["308", ("own intercepts", "(Intercept)")]
    for n, sigma_y, sigma_alpha in product((0, 1, 100), (0, 31, "∞"), (0, 37, "∞")):
        said = say(shown, n=n, sigma_y=sigma_y, sigma_alpha=sigma_alpha)
        sigmas = [np.inf if s == "∞" else s for s in (sigma_y, sigma_alpha)]
        try:
            weight = shrinkage_weight(n, *sigmas)
        except mlm.DataError:
            assert "the weight could be anything" in said
            continue
        assert f"own data is {weight:.3f}: " in said
        mu = fit.fixef["(Intercept)"]
        alpha = partially_pooled_intercept(own, mu, n, *sigmas)
        assert f"starts at {alpha:.1f} ms" in said


@only("dial")
def test_what_is_dragged_is_what_was_moved_last(figure, shown):
    for key, name in [("sigma_y", "σ_y"), ("n", "n"), ("sigma_alpha", "σ_α")]:
        shown.get_by_label(name, exact=True).press("ArrowRight")
        handle = shown.locator("[role=slider]")
        assert handle.get_attribute("aria-label").startswith(name)
        before = json.loads(shown.evaluate(STATE))
        handle.press("ArrowLeft")
        after = json.loads(shown.evaluate(STATE))
        assert after[key] < before[key]
    # The last step to the right is to infinity, and the first one back from there.
    say(shown, sigma_alpha=200)
    for key, value in [("ArrowRight", "∞"), ("ArrowLeft", 200)]:
        handle.press(key)
        assert json.loads(shown.evaluate(STATE))["sigma_alpha"] == value


@only("trellis")
def test_lines_go_from_one_to_all(figure, shown):
    sigma = intercepts().sigma
    assert "lie 93 % of the way" in say(shown)
    for sigma_alpha in (0, 5, 37, 250, "∞"):
        weight = shrinkage_weight(
            10, sigma, float(str(sigma_alpha).replace("∞", "inf"))
        )
        said = say(shown, sigma_alpha=sigma_alpha)
        assert f"lie {100 * weight:.0f} % of the way" in said
    # A line that is dragged down from its own place goes towards everybody's.
    handle = shown.locator("[role=slider]")
    assert handle.get_attribute("aria-valuetext") == "100 % its own"
    before = float(handle.get_attribute("aria-valuenow"))
    for _ in range(3):
        handle.press("ArrowUp")
    sigma_alpha = json.loads(shown.evaluate(STATE))["sigma_alpha"]
    pulled = 100 * shrinkage_weight(10, sigma, sigma_alpha)
    assert pulled < 99
    assert handle.get_attribute("aria-valuetext") == f"{pulled:.0f} % its own"
    # It lies where it was put: three steps, of a hundredth of three rows or about that.
    after = float(handle.get_attribute("aria-valuenow"))
    assert after == pytest.approx(before + 3 * 0.05, abs=1e-6)


@only("rows")
def test_lines_without_what_came_later(figure, shown):
    one = sleep()["Subject"] == "335"
    for keep in (2, 3, 7, 10):
        later = one & (sleep()["Days"] >= keep)
        table = pooling_table("Reaction ~ Days", sleep()[~later], "Subject").loc["335"]
        said = say(shown, keep=keep)
        assert f"335 keeps {keep} of 10 rows" in said
        slopes = [table[m, "Days"] for m in ("own lines", "partial lines", "complete")]
        found = [number_after(w, said) for w in ("own", "pooled", "everybody's")]
        assert found == [float(f"{slope:.1f}") for slope in slopes]
    assert "no line of its own" in say(shown, keep=1)
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", sleep()[~one])
    said = say(shown, keep=0)
    assert number_after("partially pooled", said) == round(fit.fixef["Days"], 1)


@only("county")
def test_estimates_of_a_county(figure, shown):
    radon = mlm.load_radon()
    fit = mlm.lmer("log_radon ~ 1 + (1 | county)", radon)
    coef, condvar = fit.coef["county"].iloc[:, 0], fit.condvar["county"]
    names = figure.parameters["groups"]
    for name in ("LAC QUI PARLE", "HENNEPIN", names[0]):
        own = radon.loc[radon["county"] == name, "log_radon"]
        said = say(shown, group=names.index(name), draw=0)
        assert f"{name}, {len(own)} house" in said
        assert number_after("own mean", said) == round(own.mean(), 2)
        se = fit.sigma / np.sqrt(len(own))
        assert f"± {se:.2f}, weight" in said
        place = coef.index.get_loc(name)
        sd = np.sqrt(condvar[place, 0, 0])
        assert f"pooled {coef[name]:.2f} ± {sd:.2f}; true" in said


@only("county")
def test_draws_of_a_county_have_its_spread(figure, shown):
    numbers = figure.parameters
    said = say(shown, group=numbers["start"], draw=50, truth=2)
    own, pooled = (
        number_after(words, said) for words in ("deviation of", "pooled ones")
    )
    n = len(numbers["values"][numbers["start"]])
    # Of fifty draws a standard deviation has a standard error of a tenth.
    assert own == pytest.approx(numbers["sigma"] / np.sqrt(n), rel=0.35)
    weight = shrinkage_weight(n, numbers["sigma"], numbers["between"])
    assert pooled == pytest.approx(weight * own, abs=0.01)
    assert say(shown, draw=50) == said, "a state says the same again"
