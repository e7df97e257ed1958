"""Live figures: what stands still, what moves, and what they say."""

import json
import re
import sys
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from live_page import STATE, say

import mlm
from methods3 import explore
from methods3.explore.bundle import FOLDER, page_script, widget_module
from mlm.replicates.proportions import proportion_interval

LOCK = Path(__file__).parents[2] / "scripts" / "d3" / "package-lock.json"
# Of each figure in a full run; together they are far more than ten thousand.
RANDOM_INPUTS = 1000
VIEWS = [(390, "dark"), (1280, "light")]


def sleep():
    return mlm.load_sleepstudy()


def slopes():
    return mlm.lmer("Reaction ~ Days + (Days | Subject)", sleep())


def intercepts():
    return mlm.lmer("Reaction ~ Days + (1 | Subject)", sleep())


SLEEP = ("Days", "Reaction", "Subject")
READY = {
    "again": lambda: explore.draw_again(slopes(), 1, units=("", "ms")),
    "county": lambda: explore.county_again(
        *(mlm.load_radon(), "log_radon", "county", "LAC QUI PARLE"),
        seed=1,
        each=("house", "houses"),
    ),
    "dial": lambda: explore.one_dial(intercepts(), "308", units=("", "ms")),
    "drag": lambda: explore.drag_points(
        sleep(), "Days", "Reaction", "Subject", "308", unit="ms"
    ),
    "intervals": lambda: explore.proportion_intervals(47, 48, (10, 20, 48, 100, 200)),
    "landscape": lambda: explore.criterion_landscape(slopes(), (1.9, 0.3, 0.23)),
    "line": lambda: explore.line_by_hand(
        sleep().iloc[:10], "Days", "Reaction", (200, 10), units=("", "ms")
    ),
    "origin": lambda: explore.origin_of(slopes(), units=("", "ms")),
    "rows": lambda: explore.first_rows(sleep(), *SLEEP, "335", 2, units=("", "ms")),
    "trellis": lambda: explore.pooling_dial(sleep(), *SLEEP, units=("", "ms")),
}

every_figure = pytest.mark.parametrize("figure", READY, indirect=True)


# ---- On paper: one picture and what the script is told. ----


@every_figure
def test_one_picture_stands_still(figure):
    page = figure.to_html()
    assert page.count("<img") == 1
    (alt,) = re.findall(r' alt="([^"]+)"', page)
    assert unescape(alt) == figure.alt
    assert len(page) < 80_000
    assert page == figure.to_html(), "the same bytes every time"
    (told,) = re.findall(r'<script type="application/json">(.*?)</script>', page)
    assert json.loads(told) == json.loads(json.dumps(figure.told()))
    page = page.replace("http://www.w3.org/2000/svg", "")
    assert not re.findall(r"https?://|src=\"(?!data:)", page)
    assert figure.alt in repr(figure)


def test_nothing_in_data_ends_the_script():
    data = sleep().iloc[:10].rename(columns={"Days": "</script><b>"})
    page = explore.line_by_hand(data, "</script><b>", "Reaction", (200, 10)).to_html()
    assert page.count("</script>") == 1
    assert "<b>" not in page


def test_widget_tells_the_same(ready):
    figure = ready["line"]
    widget = figure.to_widget()
    assert widget.told == figure.told()
    assert widget.state == {}
    assert "application/vnd.jupyter.widget-view+json" in figure._repr_mimebundle_()


def test_without_anywidget_there_is_html(ready, monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "methods3.explore.widget", raising=False)
    assert set(ready["line"]._repr_mimebundle_()) == {"text/plain", "text/html"}


# ---- The scripts. ----


def test_d3_is_what_is_pinned_and_small():
    text = FOLDER.joinpath("d3.js").read_text("utf-8")
    locked = {
        name.removeprefix("node_modules/"): package.get("version")
        for name, package in json.loads(LOCK.read_text("utf-8"))["packages"].items()
    }
    named = dict(re.findall(r"(d3-[\w-]+|internmap) (\d[\d.]*\d)", text[:1000]))
    assert named == {name: locked[name] for name in named}
    assert {"d3-axis", "d3-drag", "d3-scale"} < set(named)
    assert len(text) <= 60_000


def test_scripts_ask_for_nothing():
    own = [file.read_text("utf-8") for file in FOLDER.glob("*.js") if file.stem != "d3"]
    assert own
    for text in own:
        assert not re.findall(r"fetch\(|XMLHttp|WebSocket|https?://|import\(", text)
    for script in (page_script(), widget_module()):
        assert not re.findall(r"^import ", script, re.MULTILINE)
    assert widget_module().rstrip().endswith("};")


# ---- In a browser. ----


@every_figure
def test_nobody_is_left_out(figure, shown):
    assert shown.locator("img").count() == 0, "the picture has made room"
    shown.evaluate(AXE_SCRIPT)
    for width, scheme in VIEWS:
        shown.set_viewport_size({"width": width, "height": 900})
        shown.evaluate(
            "scheme => document.documentElement.dataset.theme = scheme", scheme
        )
        found = shown.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
        assert shown.evaluate("document.documentElement.scrollWidth") <= width


@every_figure
def test_every_control_answers_to_keys(figure, shown):
    words = shown.locator(".words")
    for control in shown.locator("input, select, [role=slider][tabindex='0']").all():
        before, said = shown.evaluate(STATE), words.inner_text()
        control.focus()
        for key in ("ArrowUp", "ArrowDown", "ArrowDown", "ArrowRight", " "):
            shown.keyboard.press(key)
            if shown.evaluate(STATE) != before:
                break
        assert shown.evaluate(STATE) != before, control.evaluate("e => e.outerHTML")
        assert words.inner_text() != said, control.evaluate("e => e.outerHTML")
    shown.wait_for_function(
        "document.querySelector('.heard').textContent == "
        "document.querySelector('.words').textContent"
    )


RANDOM = Path(__file__).parents[1].joinpath("random_inputs.js").read_text("utf-8")


@every_figure
@pytest.mark.slow
def test_whatever_is_done_to_it(figure, shown):
    said = shown.evaluate(RANDOM, [RANDOM_INPUTS, 20260101])
    assert not said.startswith("after"), said
    # What it stands at can be told, and stands there again.
    assert "null" not in said


@pytest.mark.parametrize("figure", ["intervals"], indirect=True)
def test_intervals_are_those_of_mlm(figure, shown):
    for n in (1, 10, 48, 200):
        for successes in {0, 1, n // 3, n - 1, n}:
            said = say(shown, successes=successes, n=n).replace("−", "-")
            for method in ("wald", "wilson", "logit"):
                if method == "logit" and successes in (0, n):
                    assert "no logit interval" in said
                    continue
                low, high = proportion_interval(successes, n, method)
                assert re.search(rf"{method} {low:.3f} to {high:.3f}", said, re.I), said


@pytest.mark.parametrize("figure", ["line"], indirect=True)
def test_sum_of_squares(figure, shown):
    one = sleep().iloc[:10]
    for intercept, slope in [(200, 10), (244.2, 21.8), (-100, 40)]:
        residuals = one["Reaction"] - intercept - slope * one["Days"]
        said = say(shown, intercept=intercept, slope=slope)
        assert f"squares of {np.sum(residuals**2):.0f}," in said
    shown.get_by_role("button").click()
    assert "1.00 times the smallest" in shown.locator(".words").inner_text()


def told_lines(said):
    """Intercept and slope of each line that a sentence names."""
    number = r"(−?\d+\.\d) \+ (−?\d+\.\d) Days"
    lines = re.findall(rf"(own line|partially pooled|everybody) {number}", said)
    return {
        name: [float(value.replace("−", "-")) for value in values]
        for name, *values in lines
    }


@pytest.mark.parametrize("figure", ["drag"], indirect=True)
@pytest.mark.parametrize("model", ["slopes", "intercepts"])
def test_dragged_points_are_refitted_as_by_mlm(figure, shown, model):
    data = sleep().astype({"Subject": str})
    random = np.random.default_rng(7)
    data["Reaction"] += random.normal(0, 60, len(data)).round()
    data.loc[len(data)] = [600.0, 0, "new 19"]
    gone = [0, 1, 2, 3, 4, 5, 6, 7, 30]
    effects = "Days" if model == "slopes" else "1"
    fit = mlm.lmer(f"Reaction ~ Days + ({effects} | Subject)", data.drop(index=gone))
    for subject in ("308", "330", "new 19"):
        said = say(
            shown,
            group=subject,
            model=model,
            y=data["Reaction"].tolist(),
            x=data["Days"].tolist(),
            rows=data["Subject"].tolist(),
            gone=gone,
        )
        lines = told_lines(said)
        pooled = fit.coef["Subject"].loc[subject]
        np.testing.assert_allclose(lines["partially pooled"], pooled, atol=0.0501)
        np.testing.assert_allclose(lines["everybody"], fit.fixef, atol=0.0501)
        assert ("own line" in lines) == (subject == "330")
        numbers = shown.locator(".numbers").inner_text()
        assert f"{fit.sigma:.2f}" in numbers
        assert f"{fit.criterion:.2f}" in numbers


@pytest.mark.parametrize("figure", ["drag"], indirect=True)
def test_weight_is_the_share_of_the_way(figure, shown):
    """With the same days for all, Σ and σ say how far modes are from own lines."""
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", sleep())
    A = np.array([[10, 45], [45, 285]])
    Sigma = fit.varcorr["Subject"].to_numpy()
    W = Sigma @ A @ np.linalg.inv(Sigma @ A + fit.sigma**2 * np.eye(2))
    own = mlm.lm("Reaction ~ Days", sleep().query("Subject == '308'")).fixef
    modes = fit.ranef["Subject"].loc["308"]
    np.testing.assert_allclose(W @ (own - fit.fixef), modes, rtol=1e-6)
    numbers = shown.locator(".numbers").inner_text().split()
    told = [float(word) for word in numbers if re.fullmatch(r"\d\.\d\d", word)]
    np.testing.assert_allclose(told[:2], np.diag(W), atol=0.00501)


@pytest.mark.parametrize("figure", ["drag"], indirect=True)
def test_points_are_dragged_left_out_and_brought_back(figure, shown):
    def state():
        return json.loads(shown.evaluate(STATE))

    before = state()
    handle = shown.locator(".handle").nth(7)
    area = handle.locator(".mark").bounding_box()
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    shown.mouse.move(x, y)
    shown.mouse.down()
    shown.mouse.move(x + 30, y - 40, steps=4)
    shown.mouse.up()
    after = state()
    assert after["y"][7] > before["y"][7] + 20
    assert after["x"] == before["x"], "a day stays a day"
    assert after["y"][:7] + after["y"][8:] == before["y"][:7] + before["y"][8:]
    shown.keyboard.press("Delete")
    assert state()["gone"] == [7]
    assert "left out" in handle.get_attribute("aria-valuetext")
    shown.keyboard.press("Delete")
    assert state()["gone"] == []
    handle.dblclick()
    assert state()["gone"] == [7]
    shown.get_by_role("button", name="bring back").click()
    assert state()["gone"] == []
    for _ in range(2):
        shown.get_by_role("button", name="add a subject").click()
    assert shown.locator("select").first.input_value() == "new 20"
    shown.get_by_role("button", name="start again").click()
    assert state() == before
