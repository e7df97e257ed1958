"""Numbers of the live figure of a logistic curve's likelihood."""

import re

import numpy as np
import pytest
from live_page import number_after, only, say
from scipy import stats
from scipy.special import expit
from test_live import READY as ALL
from test_live import wells

import mlm
from methods3 import explore

READY = {"bowl": ALL["bowl"]}
X = wells()["dist100"].to_numpy()
Y = wells()["switch"].to_numpy()
PLANE = ((-0.6, 2.8), (-2.2, 1.6))
CURVES = [(0.4, -0.3), (0.6059593655, -0.6218819431), (2.8, 1.6)]


def probabilities(b0, b1):
    return stats.bernoulli.pmf(Y, expit(b0 + b1 * X))


@only("bowl")
@pytest.mark.parametrize("curve", CURVES)
def test_sums_are_those_of_the_bernoulli_distribution(figure, shown, curve):
    logs = np.log(probabilities(*curve))
    for n in (4, 50, 1000, 3020):
        said = say(shown, b0=curve[0], b1=curve[1], n=n)
        told = number_after("logarithms add up to", said)
        assert told == pytest.approx(logs[:n].sum(), abs=0.0051)


@only("bowl")
def test_the_product_is_0_where_a_computer_has_no_smaller_number(figure, shown):
    """At row 1098 for the best curve of all; before it, as large as exact logs say."""
    b0, b1 = CURVES[1]
    powers = np.cumsum(np.log10(probabilities(b0, b1)))
    before = say(shown, b0=b0, b1=b1, n=1097)
    digits, power = re.search(r"computer says (\d\.\d) × 10⁻(\S+)\. ", before).groups()
    power = int(power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")))
    # Of the last ones only few binary digits are left: it may be half as much again.
    assert np.log10(float(digits)) - power == pytest.approx(powers[1096], abs=0.2)
    at = say(shown, n=1098)
    assert "the computer says 0. " in at
    assert at.endswith("The product is 0 from household 1098 on.")
    # Half of the smallest number is rounded to 0.
    assert powers[1096] > np.log10(5e-324) - np.log10(2) > powers[1097]


@only("bowl")
@pytest.mark.parametrize("n", [50, 1000, 3020])
def test_the_button_goes_to_the_fit_of_these_rows(figure, shown, n):
    say(shown, n=n)
    shown.get_by_role("button", name="to the largest").click()
    fit = mlm.glm("switch ~ dist100", wells()[:n], family="binomial")
    b0, b1 = fit.fixef
    said = say(shown).replace("−", "-")
    assert said.startswith(f"With β₀ {b0:.2f} and β₁ {b1:.2f}, the first {n} ")
    assert said.count(f"{fit.loglik:.2f}") == 2


@only("bowl")
def test_a_top_outside_the_plane_is_said_to_be_there(figure, shown):
    assert say(shown, n=4).count("outside this plane")
    assert not shown.get_by_role("button", name="to the largest").is_visible()
    assert shown.locator("[data-layer=top] circle").count() == 0


@only("bowl")
def test_bars_are_as_long_as_what_was_done_was_probable(figure, shown):
    b0, b1 = 1.1, -0.7
    say(shown, b0=b0, b1=b1, n=50)
    bars = "[...document.querySelectorAll('[data-layer=%s] path')].map(p => p.__data__)"
    ends = [np.array(shown.evaluate(bars % name)) for name in ("stayed", "happened")]
    p = expit(b0 + b1 * X[:50])
    for value, of in enumerate(ends):
        own = Y[:50] == value
        np.testing.assert_allclose(of[:, 0, 0], X[:50][own])
        lengths = np.abs(of[:, 1, 1] - of[:, 0, 1])
        np.testing.assert_allclose(lengths, probabilities(b0, b1)[:50][own])
        np.testing.assert_allclose(of[:, 1, 1], p[own])


@only("bowl")
def test_rings_shrink_as_rows_come(figure, shown):
    """The ring 2 below the top reaches two standard errors, of fits by mlm."""
    for n in (1000, 3020):
        say(shown, n=n)
        path = shown.locator("[data-layer=rings] path").last.get_attribute("d")
        places = np.array([float(x) for x in re.findall(r"[ML]([-\d.]+),", path)])
        axis = shown.evaluate(
            "document.querySelectorAll('.mlm-live svg rect')[1].getAttribute('width')"
        )
        wide = np.ptp(places) / float(axis) * np.ptp(PLANE[0])
        fit = mlm.glm("switch ~ dist100", wells()[:n], family="binomial")
        assert wide == pytest.approx(4 * fit.se.iloc[0], rel=0.05)


@only("bowl")
def test_dragging_the_curve_at_one_place_keeps_it_at_the_other(figure, shown):
    say(shown, b0=0.5, b1=-0.5, n=50)
    far = 0.6 * X.max()
    for place in (0, 1):
        handle = shown.locator("[data-layer=curve] .handle").nth(place)
        other = shown.locator("[data-layer=curve] .handle").nth(1 - place)
        before = other.get_attribute("aria-valuenow")
        now = float(handle.get_attribute("aria-valuenow"))
        handle.focus()
        shown.keyboard.press("ArrowUp")
        moved = float(handle.get_attribute("aria-valuenow"))
        assert moved == pytest.approx(now + 0.02)
        assert float(other.get_attribute("aria-valuenow")) == pytest.approx(
            float(before)
        )
    state = shown.evaluate("document.querySelector('.mlm-live').view.state")
    assert expit(state["b0"] + state["b1"] * far) == pytest.approx(moved)


@pytest.mark.parametrize(
    ("start", "sizes", "words"),
    [
        ((3, 0, 50), (50,), "start of β₀ is from -0.6 to 2.8, not 3"),
        ((0, 2, 50), (50,), "start of β₁ is from -2.2 to 1.6, not 2"),
        ((0, 0, 4), (50,), r"the third of start is one of \[50\], not 4"),
        ((0, 0, 50), (50, 3021), "each of sizes is a whole number from 2 to 3020"),
    ],
)
def test_the_impossible_is_named(start, sizes, words):
    with pytest.raises(mlm.DataError, match=words):
        explore.likelihood_bowl(
            *(wells(), "dist100", "switch", start, PLANE, sizes), happened="switched"
        )


def test_a_response_that_is_no_choice_is_named():
    data = wells().assign(switch=lambda rows: rows["switch"] + 1)
    with pytest.raises(mlm.DataError, match=r"switch is 0 or 1 in every row, not 2\.0"):
        explore.likelihood_bowl(
            *(data, "dist100", "switch", (0, 0, 50), PLANE, (50,)), happened="switched"
        )
