"""Numbers of the live figure of psychometric curves."""

import json
from itertools import pairwise

import numpy as np
import pytest
from live_page import STATE, number_after, only, say
from scipy import stats
from scipy.special import expit, logit
from test_live import READY as ALL

import mlm
from methods3 import explore

READY = {"psychometric": ALL["psychometric"]}
# R 4.2.2, glm and optim: intercept, slope, −2 log L, by person, guess and lapse rate.
R = {
    ("everybody", 0, 0): (0.309770701, 3.756389531, 1432.30283),
    ("everybody", 0.5, 0): (-1.09450963, 4.97168615, 1432.70104),
    ("S18", 0.5, 0): (0.22992, 1.640335, 53.36701),
    ("S18", 0.5, 0.05): (-2.383506, 19.65695, 52.68667),
    ("S18", 0.5, 0.1): (-2.046469, 20.35225, 52.00807),
    ("S03", 0.5, 0.02): (-17.55866, 42.31323, 54.9697),
}
COLUMNS = "contrast", "correct", "subject"


def rows(who):
    data = mlm.load_simulated_staircase()
    return data if who == "everybody" else data[data["subject"] == who]


def press(page):
    page.get_by_role("button").click()
    return json.loads(page.evaluate(STATE))


@only("psychometric")
def test_the_likelihood_is_that_of_every_answer(figure, shown):
    for who, guess, lapse, threshold, slope in [
        ("everybody", 0.5, 0.02, 0.2, 5),
        ("S18", 0, 0, -0.1, 1.5),
        ("S18", 0.5, 0.1, 0.13, 40),
        ("S03", 0.25, 0.05, 0.4, 60),
    ]:
        state = dict(guess=guess, lapse=lapse, threshold=threshold, slope=slope)
        said = say(shown, who=who, **state)
        data = rows(who)
        middle = logit((0.75 - guess) / (1 - guess - lapse))
        eta = middle + slope * (np.append(data["contrast"], 0) - threshold)
        p = guess + (1 - guess - lapse) * expit(eta)
        deviance = -2 * stats.bernoulli.logpmf(data["correct"], p[:-1]).sum()
        assert number_after("−2 log L is", said) == pytest.approx(deviance, abs=0.0051)
        blank = number_after("this curve is right in", said)
        assert blank == pytest.approx(100 * p[-1], abs=0.51)


@only("psychometric")
def test_the_best_curve_is_the_one_that_r_finds(figure, shown):
    for (who, guess, lapse), (intercept, slope, deviance) in R.items():
        say(shown, who=who, guess=guess, lapse=lapse)
        state = press(shown)
        assert number_after("−2 log L is", say(shown)) == pytest.approx(
            deviance, abs=0.0051
        )
        assert state["slope"] == pytest.approx(slope, rel=1e-3)
        middle = logit((0.75 - guess) / (1 - guess - lapse))
        at = (middle - intercept) / slope
        assert state["threshold"] == pytest.approx(at, abs=2e-4)


@only("psychometric")
def test_without_lapses_mlm_finds_the_same(figure, shown):
    for guess in (0, 0.25, 0.5):
        say(shown, who="everybody", guess=guess, lapse=0)
        press(shown)
        link = mlm.links.guess(guess) if guess else None
        fit = mlm.glm("correct ~ contrast", rows("everybody"), "binomial", link)
        found = number_after("−2 log L is", say(shown))
        assert found == pytest.approx(-2 * fit.loglik, abs=0.0051)


@only("psychometric")
def test_a_slip_costs_a_steep_curve_more(figure, shown):
    state = dict(who="S18", guess=0.5, threshold=0.13, slope=20.4)
    beyond = shown.locator("[data-layer=beyond] text")
    say(shown, lapse=0.1, **state)
    assert beyond.count() == 0
    say(shown, lapse=0, **state)
    (told,) = beyond.all_text_contents()
    # Where two of five are wrong, with so much to see: Kullback-Leibler, twice.
    data = rows("S18").groupby("contrast")["correct"].agg(["mean", "size"])
    share, n = data.loc[0.656]
    p = 0.5 + 0.5 * expit(logit(0.5) + 20.4 * (0.656 - 0.13))
    cost = 2 * n * stats.entropy([share, 1 - share], [p, 1 - p])
    assert float(told) == pytest.approx(cost, abs=0.51)


@only("psychometric")
def test_numbers_above_neighbouring_bars_do_not_overlap(figure, shown):
    say(shown, who="S18", guess=0.5, lapse=0, threshold=-0.14, slope=17.6)
    numbers = shown.locator("[data-layer=beyond] text").all()
    boxes = sorted(
        (number.bounding_box() for number in numbers), key=lambda box: box["x"]
    )
    assert len(boxes) > 1
    for one, following in pairwise(boxes):
        assert one["x"] + one["width"] < following["x"]


@only("psychometric")
def test_the_lowest_is_kept_for_each_person(figure, shown):
    say(shown, who="S03", guess=0.5, lapse=0, threshold=0.4, slope=30)
    low = number_after("−2 log L is", say(shown))
    worse = say(shown, threshold=0.1)
    assert number_after("−2 log L is", worse) > low
    assert number_after("lowest so far is", worse) == low
    other = say(shown, who="S18")
    assert number_after("lowest so far is", other) != low


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start": (0.6, 0, 0.2, 4)}, "start is a guess rate from 0 to 0.5"),
        ({"start": (0.5, 0, 0.2)}, "start is a guess rate"),
        ({"levels": ["S99"]}, "no group of subject 'S99'"),
        ({"y": "trial"}, "trial is 0 or 1 in every row"),
        ({"x": "trial", "y": "correct"}, "trial is from 0 to 1 in every row"),
        ({"group": "person"}, "no column 'person'"),
    ],
)
def test_the_impossible_is_named(change, words):
    given = dict(zip(("x", "y", "group"), COLUMNS, strict=True))
    given |= {"levels": ["S18"], "start": (0, 0, 0.2, 4)} | change
    with pytest.raises(mlm.DataError, match=words):
        explore.psychometric_by_hand(mlm.load_simulated_staircase(), **given)
