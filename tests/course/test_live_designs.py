"""Numbers that live figures of designs, lost trials and plans say."""

import json
import re

import numpy as np
import pytest
from conftest import ROOT
from live_page import STATE, number_after, only, say
from scipy import stats
from test_live import PLAN, SLEEP, sleep
from test_live import READY as ALL

import mlm
from methods3 import explore
from methods3.live.bundle import joined
from mlm.studies.plan import slope_power

READY = {name: ALL[name] for name in ("growing", "loss", "plan")}
POWER = json.loads((ROOT / "tests/reference/lecture_power.json").read_text("utf-8"))
PARTS = {"1": "1", "slope": "0 + Days", "both": "Days"}


def entries(page, name):
    """Entries of a drawn matrix, with zeros where nothing is drawn."""
    found = page.evaluate(
        """name => [...document.querySelectorAll(
             `[data-layer="${name} entries"] rect`)].map(rect => rect.__data__)""",
        name,
    )
    return np.array(found)


@only("growing")
@pytest.mark.parametrize("fixed", ["1", "both"])
@pytest.mark.parametrize("random", PARTS)
@pytest.mark.one_in(2)
def test_drawn_matrices_are_those_of_mlm(fixed, random, figure, shown):
    formula = f"Reaction ~ {PARTS[fixed]} + ({PARTS[random]} | Subject)"
    for groups in (2, 9, 18):
        rows = sleep().iloc[: 10 * groups]
        rows = rows.assign(Subject=rows["Subject"].cat.remove_unused_categories())
        made = mlm.design_matrices(formula, rows)
        said = say(shown, groups=groups, fixed=fixed, random=random)
        for name, matrix in (("X", made.X), ("Z", made.Z.toarray())):
            assert f"{name} is {len(matrix)} × {matrix.shape[1]}" in said
            row, column, value = entries(shown, name).T
            drawn = np.zeros_like(matrix)
            drawn[row.astype(int), column.astype(int)] = value
            np.testing.assert_array_equal(drawn, matrix)
        share = 100 * made.Z.nnz / np.prod(made.Z.shape)
        assert f"; {share:.1f} % of Z" in said
        assert formula in said


@only("growing")
def test_the_corner_is_dragged(figure, shown):
    corner = shown.get_by_role("slider")
    area = corner.locator(".spot").bounding_box()
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    shown.mouse.move(x, y)
    shown.mouse.down()
    shown.mouse.move(x + 20, y + 1000, steps=4)
    shown.mouse.up()
    assert corner.get_attribute("aria-valuetext") == "18 groups"
    corner.press("ArrowUp")
    assert corner.get_attribute("aria-valuetext") == "17 groups"
    for _ in range(2):
        corner.press("PageUp")
    assert corner.get_attribute("aria-valuetext") == "1 group"


def test_groups_of_unequal_size_are_sorted_and_counted():
    data = sleep().iloc[[5, 170, 3, 12, 13, 175, 174]]
    told = explore.growing_design(data, *SLEEP, 2)
    assert told.parameters["code"] == [0, 0, 1, 1, 1, 2, 2]
    assert told.parameters["x"] == [5, 3, 0, 5, 4, 2, 3]
    assert told.alt.startswith("With 2 groups X is 5 × 2, Z is 5 × 4")


def two_ways(data):
    """Differences and standard errors: means of means, and the model."""
    cells = data.groupby(["subject", "condition"], observed=True)["power"]
    own = cells.mean().unstack().diff(axis=1).iloc[:, -1]
    fit = mlm.lmer("power ~ condition + (condition | subject)", data)
    slopes = fit.coef["subject"].iloc[:, 1].to_numpy()
    return (own.mean(), own.sem(), fit.fixef.iloc[1], fit.se.iloc[1]), own, slopes


NUMBERS = (
    "is (.*) .standard error (.*). by means of means, (.*) .standard error (.*). by"
)


@only("loss")
@pytest.mark.filterwarnings("ignore::mlm.MlmWarning")
def test_what_is_left_is_analysed_as_by_mlm(figure, shown):
    shown.add_script_tag(content=f"{joined('loss')}window.loss = $loss;")
    data, told = mlm.load_simulated_epochs(), figure.parameters
    lost_before = set()
    for draw, lost in [(1, 0), (1, 40), (1, 75), (1, 95), (3, 60)]:
        rows = shown.evaluate(
            """([told, lost, seed]) =>
                 loss.kept(told, loss.places(told, seed), lost / 100)""",
            [told, lost, told["seed"] + draw],
        )
        known, own, slopes = two_ways(data.iloc[rows])
        said = say(shown, lost=lost, draw=draw).replace("−", "-")
        found = [float(word) for word in re.search(NUMBERS, said).groups()]
        np.testing.assert_allclose(found, known, atol=0.0051)
        for name, values in (("own", own), ("partial", slopes)):
            drawn = shown.evaluate(
                """name => [...document.querySelectorAll(
                     `[data-layer="${name}"] circle`)].map(c => c.__data__[1])""",
                name,
            )
            np.testing.assert_allclose(drawn, values, rtol=1e-4, atol=1e-4)
        # Every second subject loses its share in both conditions, the others nothing.
        share = data.iloc[rows].groupby(["subject", "condition"], observed=True).size()
        share /= data.groupby(["subject", "condition"], observed=True).size()
        share = share.to_numpy().reshape(-1, 2)
        assert (share[1::2] == 1).all()
        np.testing.assert_allclose(share[::2], 1 - lost / 100, atol=0.1)
        if draw == 1:
            gone = {*range(len(data))} - {*rows}
            assert lost_before <= gone, "what is lost early stays lost"
            lost_before = gone


@only("loss")
def test_others_can_be_lost_instead(figure, shown):
    handle = shown.get_by_role("slider")
    for _ in range(6):
        handle.press("Shift+ArrowRight")
    first = shown.locator(".words").inner_text()
    assert first.startswith("60 per cent lost")
    shown.get_by_role("button", name="others").click()
    assert shown.locator(".words").inner_text() != first
    assert shown.locator("[data-layer='past means'] circle").count() > 6
    shown.get_by_role("button", name="start again").click()
    assert shown.locator(".words").inner_text().startswith("Nothing lost")
    assert json.loads(shown.evaluate(STATE))["past"] == []


def exact(J, n, slope=5, sd=PLAN["sd_slope"]):
    return slope_power(J, np.linspace(0, 9, n), slope, sd, PLAN["sigma"])


@only("plan")
def test_power_of_a_plan_is_that_of_r(figure, shown):
    for plan in POWER["power"]:
        if plan["trials"] <= 100:
            J, n = plan["subjects"], plan["trials"]
            said = say(shown, people=J, trials=n)
            assert f"{J * n} measurements" in said
            assert number_after("power", said) == pytest.approx(
                plan["power"], abs=0.00051
            )
    said = say(shown, people=10, trials=10)
    assert "is 2.07 ms/day, and 82 % of" in said
    assert "t = 2.26;" in said
    assert "t = 3.18;" in say(shown, people=4, trials=3)


@only("plan")
def test_power_is_that_of_mlm_wherever_sliders_stand(figure, shown):
    for slope, sd in [(0.5, 0), (5, 11.8), (2, 3), (2, 0), (8.3, 5.9)]:
        for J, n in [(4, 3), (4, 100), (9, 30), (23, 5), (60, 100)]:
            said = say(shown, people=J, trials=n, slope=slope, sd=sd, cost=0)
            known = exact(J, n, slope, sd)
            assert number_after("power", said) == pytest.approx(known, abs=0.00051)


@only("plan")
@pytest.mark.parametrize(("cost", "J", "n"), [(0, 8, 30), (100, 10, 100), (100, 19, 3)])
def test_no_plan_of_that_cost_is_better(cost, J, n, figure, shown):
    said = say(shown, people=J, trials=n, cost=cost)
    budget = J * (n + cost)
    powers = {
        (people, trials): exact(people, trials)
        for people in range(4, 61)
        if (trials := min(budget // people - cost, 100)) >= 3
    }
    assert number_after("each: power", said) == pytest.approx(
        max(powers.values()), abs=0.00051
    )
    best = (
        int(number_after("the best has", said)),
        int(number_after("with", said[200:])),
    )
    assert powers[best] == pytest.approx(max(powers.values()), abs=1e-4)


@only("plan")
def test_lines_join_plans_of_equal_power(figure, shown):
    for slope, sd in [(5, 5.9), (3, 2)]:
        say(shown, slope=slope, sd=sd)
        lines = shown.evaluate(
            """() => [...document.querySelectorAll('[data-layer="equal"] path')]
                 .map(path => path.__data__)"""
        )
        for level, line in zip((0.5, 0.8, 0.9), lines, strict=True):
            assert len(line) > 20
            for J, n in line[::7]:
                below, above = (exact(int(j), n, slope, sd) for j in (J, J + 1))
                between = below + (J - int(J)) * (above - below)
                assert between == pytest.approx(level, abs=0.01)


@only("plan")
def test_shaded_area_is_the_power(figure, shown):
    say(shown, people=10, trials=10, slope=5, sd=PLAN["sd_slope"])
    curves, areas = shown.evaluate(
        """() => ["curves", "beyond"].map(name => [...document.querySelectorAll(
             `[data-layer="${name}"] path`)].map(path => path.__data__))"""
    )
    null, there = np.array(curves)
    assert np.trapezoid(null[:, 1], null[:, 0]) == pytest.approx(1, abs=0.002)
    assert np.trapezoid(there[:, 1], there[:, 0]) == pytest.approx(1, abs=0.002)
    x, height = np.array(areas[0]).T
    assert np.trapezoid(height, x) == pytest.approx(0.576, abs=0.002)
    delta = 5 / np.sqrt(PLAN["sd_slope"] ** 2 / 10 + PLAN["sigma"] ** 2 / 825)
    for curve, law in ((null, stats.t(9)), (there, stats.nct(9, delta))):
        np.testing.assert_allclose(curve[:, 1], law.pdf(curve[:, 0]), atol=1e-5)


REFUSED = [
    (lambda: explore.growing_design(sleep(), *SLEEP, 19), "start is .* from 2 to 18"),
    (lambda: explore.growing_design(sleep(), "Subject", *SLEEP[1:], 2), "Subject"),
    (lambda: explore.drag_plan(3, 10, **PLAN), "subjects is .* from 4 to 60, not 3"),
    (lambda: explore.drag_plan(4, 101, **PLAN), "trials is .* from 3 to 100, not 101"),
    (lambda: explore.drag_plan(4, 10, **PLAN | {"sigma": 0}), "sigma is"),
    (lambda: explore.drag_plan(4, 10, **PLAN | {"sd_slope": -1}), "sd_slope is"),
    (
        lambda: explore.lose_trials(sleep(), "Reaction", "Days", "Subject", 1),
        "Days has two values, not 10",
    ),
    (
        lambda: explore.lose_trials(
            mlm.load_simulated_epochs().iloc[:40], "power", "condition", "subject", 1
        ),
        "two groups of subject or more, each with 3 rows",
    ),
]


@pytest.mark.parametrize(("call", "words"), REFUSED)
def test_figures_refuse_the_impossible(call, words):
    with pytest.raises(mlm.DataError, match=words):
        call()
