"""Numbers of the live figure of a line of log-odds and its probabilities."""

import json

import numpy as np
import pytest
from live_page import STATE, number_after, only, say
from scipy.stats import logistic
from test_live import READY as ALL

import mlm
from methods3 import explore

READY = {"odds": ALL["odds"]}


def cars():
    return mlm.load_mtcars().set_index("car")


def place_of(page, layer, panel):
    """Where the only point of a layer is, in the units of its panel."""
    return page.evaluate(
        """([layer, panel]) => document.querySelectorAll("svg")[panel]
             .querySelector(`[data-layer=${layer}] circle`).__data__""",
        [layer, panel],
    )


@only("odds")
def test_a_car_on_both_scales(figure, shown):
    for car, intercept, slope in [
        ("Pontiac Firebird", 12, -4),
        ("Lotus Europa", -3, 2),
        ("Lincoln Continental", 0.5, 0),
    ]:
        said = say(shown, row=car, intercept=intercept, slope=slope)
        eta = intercept + slope * cars().loc[car, "wt"]
        assert number_after("=", said) == pytest.approx(eta, abs=0.0051)
        odds = np.exp(eta)
        assert number_after("odds", said.partition("=")[2]) == pytest.approx(
            odds, abs=0.00051
        )
        p = logistic.cdf(eta)
        assert number_after("probability", said) == pytest.approx(p, abs=0.00051)
        assert odds / (1 + odds) == pytest.approx(p)


@only("odds")
def test_the_curve_is_steepest_where_it_is_one_half(figure, shown):
    for intercept, slope in [(12, -4), (-3, 2), (8, -2.5)]:
        said = say(shown, intercept=intercept, slope=slope)
        x = np.linspace(1, 6, 50001)
        p = logistic.cdf(intercept + slope * x)
        steepness = np.gradient(p, x)
        k = np.abs(steepness).argmax()
        assert number_after("one half at", said) == pytest.approx(x[k], abs=0.001)
        told = number_after("changes there by", said)
        assert told == pytest.approx(steepness[k], abs=0.001)
        for panel, height in ((0, 0), (1, 0.5)):
            place = place_of(shown, "half", panel)
            assert place == pytest.approx([x[k], height], abs=0.001)
    said = say(shown, intercept=1, slope=0)
    assert said.endswith("It is the same for all.")
    assert shown.locator("[data-layer=half] circle").count() == 0
    assert shown.locator("[data-layer=tangent] path").count() == 0


@only("odds")
def test_the_button_sets_what_r_estimates(figure, shown):
    say(shown, intercept=0, slope=1)
    shown.get_by_role("button", name="to the estimates").click()
    state = json.loads(shown.evaluate(STATE))
    # R 4.2.2: glm(am ~ wt, binomial, mtcars).
    assert state["intercept"] == pytest.approx(12.04036966, rel=1e-6)
    assert state["slope"] == pytest.approx(-4.02396994, rel=1e-6)
    said = say(shown, row="Pontiac Firebird")
    assert number_after("probability", said) == 0.031
    assert number_after("one half at", said) == 2.992


@only("odds")
def test_a_click_chooses_the_nearest_car(figure, shown):
    right = shown.locator("svg").nth(1)
    box = right.bounding_box()
    # The heaviest car is an automatic, at the lower right end.
    shown.mouse.click(box["x"] + box["width"] - 25, box["y"] + box["height"] - 70)
    assert shown.locator("select").input_value() == "Lincoln Continental"
    heavy = cars().loc["Lincoln Continental", "wt"]
    for panel in (0, 1):
        assert place_of(shown, "chosen", panel)[0] == heavy


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"chosen": "Fiat Panda"}, "no car 'Fiat Panda'"),
        ({"x": "weight"}, "no column 'weight'"),
        ({"y": "carb"}, "carb has values other than 0 and 1"),
        ({"start": (12, "steep")}, "start is a number, not 'steep'"),
        ({"label": "cyl", "chosen": "4"}, "cyl gives two rows the same name"),
    ],
)
def test_the_impossible_is_named(changed, words):
    good = {"x": "wt", "y": "am", "label": "car", "start": (12, -4)}
    good |= {"data": mlm.load_mtcars(), "chosen": "Fiat 128"}
    with pytest.raises(mlm.DataError, match=words):
        explore.odds_by_hand(**good | changed)
