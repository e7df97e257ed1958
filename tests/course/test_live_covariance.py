"""Numbers that live figures of random lines say, and what figures refuse."""

import numpy as np
import pandas as pd
import pytest
from live_page import number_after, only, say
from scipy.optimize import minimize
from test_live import READY as ALL
from test_live import SLEEP, intercepts, sleep, slopes

import mlm
from methods3 import explore
from mlm.demonstrations.pooling import pooling_table

READY = {name: ALL[name] for name in ("again", "landscape", "origin")}


@only("origin")
def test_correlation_turns_and_the_model_does_not(figure, shown):
    for cut in (-2.5, -0.3, 0, 4.5, 9):
        data = sleep().assign(Days=sleep()["Days"] - cut)
        fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", data)
        said = say(shown, cut=cut)
        correlation = fit.varcorr.correlation("Subject").iloc[0, 1]
        assert number_after("correlation of", said) == pytest.approx(
            correlation, abs=0.01
        )
        assert "criterion is 1743.628," in said
        listed = shown.locator("dd").all_inner_texts()
        assert float(listed[0]) == pytest.approx(fit.fixef.iloc[0], abs=0.06)
        assert float(listed[1]) == pytest.approx(
            fit.varcorr.std_dev("Subject").iloc[0], abs=0.06
        )


THETAS = [
    (0.967, 0.0152, 0.231),
    (1.9, 0.3, 0.1),
    (0, 0.2, 0.3),
    (1.2, -0.4, 0),
    (0, 0, 0),
]


@only("landscape")
def test_criterion_is_that_of_the_textbook(figure, shown):
    fit = slopes()
    for theta in THETAS:
        said = say(
            shown, **dict(zip(("theta1", "theta2", "theta3"), theta, strict=True))
        )
        known = mlm.pls(fit.design, theta, reml=True)
        assert number_after("the criterion is", said) == round(known.criterion, 2)
        above = number_after(r"[\d.]+,", said)
        assert above == pytest.approx(known.criterion - fit.criterion, abs=0.006)
        assert ("singular" in said) == (theta[0] * theta[2] == 0)
        listed = dict(
            zip(
                shown.locator("dt").all_inner_texts(),
                shown.locator("dd").all_inner_texts(),
                strict=True,
            )
        )
        spread = known.sigma * np.hypot(*theta[1:])
        assert float(listed["SD of slopes"]) == pytest.approx(spread, abs=0.006)
        # The points of the plane are the conditional modes.
        modes = shown.evaluate(
            """() => [...document.querySelectorAll("svg")].at(-1).querySelectorAll(
              "[data-layer=modes] circle").values().map(c => c.__data__).toArray()"""
        )
        np.testing.assert_allclose(np.ravel(modes), known.b, rtol=1e-6, atol=1e-8)


@only("landscape")
def test_a_search_ends_at_the_lowest_point(figure, shown):
    fit = slopes()
    height = fit.theta.iloc[2]
    for theta1, theta2 in [(1.9, 0.5), (0.1, 0.2), (0, 0), (2, -0.1)]:
        said = say(shown, theta1=theta1, theta2=theta2, theta3=height).split("ends")[1]
        assert number_after("θ₁", said) == round(fit.theta.iloc[0], 2)
        assert ", 0.00 above it" in said


@only("landscape")
@pytest.mark.parametrize(
    ("theta3", "start", "edge"),
    [
        (0, (1.2, 0.3), False),
        (0, (1.2, -0.3), True),
        (0.231, (0.1, -0.5), True),
    ],
)
def test_a_search_can_end_on_the_edge(theta3, start, edge, figure, shown):
    design = slopes().design

    def height(theta):
        return mlm.pls(design, (*theta, theta3), reml=True).criterion

    inside = (0, 0) if edge else (0.01, 3)
    known = minimize(height, (0, -0.3) if edge else start, bounds=[inside, (-1, 1)])
    said = say(shown, theta1=start[0], theta2=start[1], theta3=theta3).split("ends")[1]
    ends = [number_after(name, said) for name in ("θ₁", "θ₂")]
    np.testing.assert_allclose(ends, known.x, atol=0.01)


@only("again")
def test_lines_of_a_draw_are_those_of_mlm(figure, shown):
    for state in ({}, {"sigma": 80, "people": 9, "days": 4, "draw": 5, "person": 1}):
        said = say(shown, errors=[], **state)
        found = shown.evaluate(
            """() => {
              const all = name => [
                ...document.querySelectorAll(`[data-layer=${name}] circle`)];
              const { view } = document.querySelector(".mlm-live");
              const lines = kind => all(kind).map(c => c.__data__);
              const points = Array.from({ length: view.state.people }, (_, i) => {
                Object.assign(view.state, { person: i + 1 });
                view.redraw();
                return all("points").map(c => c.__data__);
              });
              return { truth: lines("truth"), own: lines("own"), all: lines("all"),
                       pooled: lines("pooled"), points };
            }"""
        )
        points = np.array(found["points"])
        people = np.repeat(np.arange(len(points)), points.shape[1])
        x, y = points.reshape(-1, 2).T
        data = pd.DataFrame({"x": x, "y": y, "g": people})
        table = pooling_table("y ~ x", data, "g")
        days = np.vander(np.unique(x), 2, increasing=True)
        for kind, model, words in (
            ("own", "own lines", "own"),
            ("all", "complete", "everybody's"),
            ("pooled", "partial lines", "partially pooled"),
        ):
            lines = table[model].to_numpy()
            known = lines[: len(found[kind])]
            np.testing.assert_allclose(found[kind], known, rtol=1e-4, atol=1e-3)
            error = np.sqrt(np.mean(((lines - found["truth"]) @ days.T) ** 2))
            assert number_after(words, said) == pytest.approx(error, abs=0.06)


@only("again")
def test_partial_pooling_wins_on_average(figure, shown):
    for _ in range(2):
        shown.get_by_role("button", name="draw 20").click()
    said = shown.locator(".words").inner_text()
    average = said.split("Average of 41 draws:")[1]
    own, everybody, pooled = (
        number_after(words, average) for words in ("own", "everybody's", "pooled")
    )
    # Own lines err by σ √(2 / days), however much people differ.
    truth = figure.parameters["start"]
    assert own == pytest.approx(truth["sigma"] * np.sqrt(2 / truth["days"]), rel=0.06)
    assert pooled < own < everybody
    # With another truth the average begins anew.
    shown.get_by_label("SD of slopes").press("ArrowLeft")
    assert "Average of 1 draw:" in shown.locator(".words").inner_text()


REFUSED = [
    (lambda: explore.one_dial(slopes(), "308"), "one random intercept"),
    (
        lambda: explore.one_dial(intercepts(), "999"),
        "no group of Subject '999'",
    ),
    (
        lambda: explore.origin_of(intercepts(), 0),
        r"as y ~ x \+ \(x \| group\)",
    ),
    (lambda: explore.origin_of(slopes(), "0"), "start is a number"),
    (lambda: explore.criterion_landscape(slopes(), (1, 0)), "start is a theta"),
    (lambda: explore.criterion_landscape(slopes(), (-1, 0, 0)), "0 or more"),
    (lambda: explore.draw_again(slopes(), -1), "seed"),
    (
        lambda: explore.county_again(
            mlm.load_radon(), "log_radon", "county", "PARIS", seed=1
        ),
        "no group of county 'PARIS'",
    ),
    (
        lambda: explore.first_rows(sleep(), *SLEEP, "308", 1),
        "keep is .* from 2 to 10, not 1",
    ),
    (
        lambda: explore.pooling_dial(sleep(), "day", "Reaction", "Subject"),
        "no column 'day'",
    ),
]


@pytest.mark.parametrize(("call", "words"), REFUSED)
def test_figures_refuse_the_impossible(call, words):
    with pytest.raises(mlm.DataError, match=words):
        call()
