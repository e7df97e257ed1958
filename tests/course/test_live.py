"""Live figures: what stands still, what moves, and what they say."""

import json
import re
import sys
from html import unescape
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from conftest import WEEKLY, in_turn
from live_page import STATE, html_of, only, say
from scipy import stats
from scipy.special import expit

import mlm
from methods3 import explore
from methods3.live.bundle import FOLDER, page_script, widget_module
from methods3.rstream import rnorm
from mlm.demonstrations.collinearity import correlated_predictors, vif
from mlm.demonstrations.estimation import (
    criterion_slope,
    simulate_variance_estimates,
)
from mlm.demonstrations.newton import (
    newton_of_the_notes,
    van_der_waals,
    van_der_waals_slope,
)
from mlm.demonstrations.pooling import shrinkage_weight
from mlm.replicates.proportions import proportion_interval

LOCK = Path(__file__).parents[2] / "scripts" / "d3" / "package-lock.json"
# Of each figure; the weekly run does more, and takes all figures.
RANDOM_INPUTS = 1000 if WEEKLY else 100
VIEWS = [(390, "dark"), (1280, "light")]


def sleep():
    return mlm.load_sleepstudy()


def intercepts():
    return mlm.lmer("Reaction ~ Days + (1 | Subject)", sleep())


def slopes():
    return mlm.lmer("Reaction ~ Days + (Days | Subject)", sleep())


def wells():
    return mlm.load_wells().eval("dist100 = distance / 100")


def unbalanced():
    """Some people with few rows, and one with one."""
    data = sleep().iloc[[*range(35), *range(39, 41), 60, *range(80, 150)]]
    return mlm.lmer("Reaction ~ Days + (1 | Subject)", data)


def toenail():
    data = mlm.load_toenail()
    data["severe"] = (data["outcome"] == "moderate or severe").astype(int)
    formula = "severe ~ treatment * time + (1 | patientID)"
    return mlm.glmer(formula, data, "binomial", nodes=25)


SLEEP = ("Days", "Reaction", "Subject")
ASKED = {"Subject": ["308", 308, "335"], "Days": [0, 7], "Reaction": [250, 300]}
MEANS = [-62.5, -31, -4, 0.5, 12, 38, 47]
PLAN = {"slope": 5, "sd_slope": 5.9221376589, "sigma": 25.5917957217, "last": 9}
READY = {
    "answers": lambda: explore.three_answers(0.5, 0.4),
    "added noise": lambda: explore.added_noise(sleep(), "Reaction", "Days", 5, seed=1),
    "again": lambda: explore.draw_again(slopes(), 1, units=("", "ms")),
    "average": lambda: explore.average_curve(1, 1),
    "bell of a mean": lambda: explore.mean_by_hand(320, 40, (200, 440), 250, unit="ms"),
    "bell of θ": lambda: explore.theta_by_hand(
        *(MEANS, 30, 10, (0.1, 4), 0.2), unit="ms"
    ),
    "bowl": lambda: explore.likelihood_bowl(
        *(wells(), "dist100", "switch", (0.4, -0.3, 50)),
        *(((-0.6, 2.8), (-2.2, 1.6)), (4, 50, 1000, 1097, 1098, 3020)),
        **{
            "unit": "100 m",
            "happened": "switched",
            "each": ("household", "households"),
        },
    ),
    "counts": lambda: explore.counts_again(8, 40, seed=1),
    "ceiling": lambda: explore.count_with_ceiling(48, 0.75),
    "county": lambda: explore.county_again(
        *(mlm.load_radon(), "log_radon", "county", "LAC QUI PARLE"),
        seed=1,
        each=("house", "houses"),
    ),
    "dial": lambda: explore.one_dial(intercepts(), "308", units=("", "ms")),
    "drag": lambda: explore.drag_points(
        sleep(), "Days", "Reaction", "Subject", "308", unit="ms"
    ),
    "forecast": lambda: explore.forecast_by_hand(slopes(), "308", units=("", "ms")),
    "growing": lambda: explore.growing_design(sleep(), *SLEEP, 2),
    "integral": lambda: explore.integral_by_hand(
        toenail(), ["9", "1", "117"], each=("moderate or severe", "visits")
    ),
    "intervals": lambda: explore.proportion_intervals(47, 48, (10, 20, 48, 100, 200)),
    "kept": lambda: explore.kept_rows(
        *(sleep(), ("Subject", "Days"), ASKED, ("Subject", 308))
    ),
    "landscape": lambda: explore.criterion_landscape(slopes(), (1.9, 0.3, 0.23)),
    "level": lambda: explore.level_parts(slopes(), "308", units=("", "ms")),
    "likelihood": lambda: explore.likelihood_by_hand(
        sleep().iloc[:10], "Days", "Reaction", (8, 60), units=("", "ms")
    ),
    "playground": explore.playground,
    "line": lambda: explore.line_by_hand(
        sleep().iloc[:10], "Days", "Reaction", (200, 10), units=("", "ms")
    ),
    "logistic": lambda: explore.logistic_curve(1),
    "loss": lambda: explore.lose_trials(
        *(mlm.load_simulated_epochs(), "power", "condition", "subject"),
        seed=1,
        trials="epochs",
    ),
    "newton": lambda: explore.newton_on_gas(1),
    "newton on REML": lambda: explore.newton_on_criterion(intercepts(), 1),
    "newton, unbalanced": lambda: explore.newton_on_criterion(unbalanced(), 1),
    "odds": lambda: explore.odds_by_hand(
        *(mlm.load_mtcars(), "wt", "am", "car", (12, -4), "Pontiac Firebird"),
        units=("1000 lb", "manual"),
    ),
    "origin": lambda: explore.origin_of(slopes(), units=("", "ms")),
    "plan": lambda: explore.drag_plan(10, 10, **PLAN, unit="ms/day"),
    "predictors": lambda: explore.two_predictors(0.5),
    "psychometric": lambda: explore.psychometric_by_hand(
        *(mlm.load_simulated_staircase(), "contrast", "correct", "subject"),
        *(["S03", "S18"], (0, 0, 0.21, 4)),
    ),
    "refits": lambda: explore.refit_again(0.59, 18, seed=1),
    "rows": lambda: explore.first_rows(sleep(), *SLEEP, "335", 2, units=("", "ms")),
    "scales": lambda: explore.scales_by_hand((20, 40, 100)),
    "slices": lambda: explore.slices_by_hand(range(10, 60, 10), 2, 4),
    "trellis": lambda: explore.pooling_dial(sleep(), *SLEEP, units=("", "ms")),
    "variance": lambda: explore.variance_estimates(
        3, n=5, sigma_y=3, sigma_alpha=4, seed=1
    ),
}

every_figure = pytest.mark.parametrize("figure", READY, indirect=True)


# ---- On paper: one picture and what the script is told. ----


@every_figure
@pytest.mark.one_in(2)
def test_one_picture_stands_still(figure):
    page = html_of(figure)
    assert page.count("<img") == 1
    (alt,) = re.findall(r' alt="([^"]+)"', page)
    assert unescape(alt) == figure.alt
    assert len(page) < 80_000
    (told,) = re.findall(r'<script type="application/json">(.*?)</script>', page)
    assert json.loads(told) == json.loads(json.dumps(figure.told()))
    page = page.replace("http://www.w3.org/2000/svg", "")
    assert not re.findall(r"https?://|src=\"(?!data:)", page)
    assert figure.alt in repr(figure)


@every_figure
@pytest.mark.one_in(4)
def test_bytes_are_the_same_every_time(figure):
    assert figure.to_html() == html_of(figure)


def test_nothing_in_data_ends_the_script():
    data = sleep().iloc[:10].rename(columns={"Days": "</script><b>"})
    page = explore.line_by_hand(data, "</script><b>", "Reaction", (200, 10)).to_html()
    assert page.count("</script>") == 1
    assert "<b>" not in page


def test_missing_values_are_left_out():
    data = sleep().astype({"Subject": str})
    data.loc[[0, 5], "Reaction"] = np.nan
    without = data.dropna()
    for make in (
        lambda data: explore.drag_points(data, *SLEEP, "308"),
        lambda data: explore.line_by_hand(data, "Days", "Reaction", (200, 10)),
        lambda data: explore.likelihood_by_hand(data, "Days", "Reaction", (8, 60)),
        lambda data: explore.added_noise(data, "Reaction", "Days", 5, seed=1),
    ):
        assert make(data).told() == make(without).told()


def test_widget_tells_the_same(ready):
    figure = ready["line"]
    widget = figure.to_widget()
    assert widget.told == figure.told()
    assert widget.state == {}
    assert "application/vnd.jupyter.widget-view+json" in figure._repr_mimebundle_()


def test_without_anywidget_there_is_html(ready, monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "methods3.live.widget", raising=False)
    assert set(ready["line"]._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_the_widget_draws_and_tells_its_state(ready, window):
    """As anywidget does: an ES module, an element, and a model that keeps a state."""
    figure = ready["drag"]
    told = window.evaluate(
        """async ([source, told]) => {
          const blob = new Blob([source], { type: "text/javascript" });
          const address = URL.createObjectURL(blob);
          const { default: { render } } = await import(address);
          const kept = { told, state: {} };
          let saved = 0;
          const model = {
            get: name => kept[name],
            set: (name, value) => (kept[name] = value),
            save_changes: () => saved++,
            on: () => {},
          };
          const el = document.body.appendChild(document.createElement("div"));
          await render({ model, el });
          const first = structuredClone(kept.state);
          const handle = el.querySelector(".handle");
          handle.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp" }));
          handle.focus();
          const own = handle.hasAttribute("data-lm-suppress-shortcuts");
          const svg = el.querySelectorAll("svg").length;
          const result = [svg, saved, own, first, kept.state];
          el.remove();
          return result;
        }""",
        [widget_module(), figure.told()],
    )
    drawn, saved, own, first, moved = told
    assert (drawn, saved) == (2, 2)
    assert own  # else JupyterLab moves between cells by these keys
    ((row, height),) = moved["moved"]
    assert row == 0
    assert height > sleep()["Reaction"][0]
    assert moved | {"moved": []} == first


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


@pytest.mark.parametrize(
    ("figure", "view"), in_turn([(name,) for name in READY], VIEWS), indirect=["figure"]
)
@pytest.mark.one_in(4)
def test_nobody_is_left_out(figure, view, shown):
    assert shown.locator("img").count() == 0, "the picture has made room"
    shown.evaluate(AXE_SCRIPT)
    width, scheme = view
    shown.set_viewport_size({"width": width, "height": 900})
    shown.evaluate("scheme => document.documentElement.dataset.theme = scheme", scheme)
    options = {"resultTypes": ["violations"]}
    found = shown.evaluate("options => axe.run(options)", options)["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= width


@every_figure
@pytest.mark.one_in(3)
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
@pytest.mark.one_in(4)
def test_whatever_is_done_to_it(figure, shown):
    said = shown.evaluate(RANDOM, [RANDOM_INPUTS, 20260101])
    assert not said.startswith("after"), said
    # What it stands at can be told, and stands there again.
    assert "null" not in said


@pytest.mark.parametrize("figure", ["logistic", "origin"], indirect=True)
def test_up_is_more_where_points_move_from_left_to_right(figure, shown):
    """As of every slider; what is heard is the place that changes."""
    handle = shown.locator(".handle").last

    def place():
        return float(handle.get_attribute("aria-valuenow"))

    handle.focus()
    start = place()
    shown.keyboard.press("ArrowUp")
    up = place()
    shown.keyboard.press("ArrowDown")
    assert place() == pytest.approx(start)
    shown.keyboard.press("ArrowRight")
    assert place() == up > start
    assert float(handle.get_attribute("aria-valuemin")) <= start
    assert up <= float(handle.get_attribute("aria-valuemax"))


@only("playground")
def test_a_dark_page_is_printed_in_dark_letters(figure, shown):
    shown.evaluate("document.documentElement.dataset.theme = 'dark'")
    colour = "getComputedStyle(document.querySelector('.words')).color"
    assert shown.evaluate(colour) == "rgb(230, 230, 230)"
    shown.emulate_media(media="print")
    assert shown.evaluate(colour) == "rgb(34, 34, 34)"
    shown.evaluate("document.documentElement.dataset.theme = 'light'")


@only("intervals")
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


def drawn(page, *layers):
    """How many marks there are in each layer of a figure."""
    return [page.locator(f"[data-layer={layer}] > *").count() for layer in layers]


@only("line")
def test_sum_of_squares(figure, shown):
    one = sleep().iloc[:10]
    for intercept, slope in [(200, 10), (244.2, 21.8), (-100, 40)]:
        residuals = one["Reaction"] - intercept - slope * one["Days"]
        said = say(shown, intercept=intercept, slope=slope)
        assert f"squares of {np.sum(residuals**2):.0f}," in said
        assert re.search(r"times the smallest\.$", said), "and not where that is"
    assert drawn(shown, "rings", "best") == [0, 0]
    shown.get_by_role("button").click()
    assert drawn(shown, "rings", "best") == [6, 1]
    best = "244.2 + 21.8 Days"
    assert say(shown).startswith(f"The line {best} has a sum of squares of 18263, 1.00")
    assert say(shown, slope=10).endswith(f"the smallest, which is that of {best}.")


@only("likelihood")
def test_densities_multiply_to_the_likelihood(figure, shown):
    one = sleep().iloc[:10]
    x, y = one["Days"], one["Reaction"]
    for slope, sigma in [(8, 60), (21.77, 42.7), (30, 25)]:
        mean = y.mean() + slope * (x - x.mean())
        log = stats.norm.logpdf(y, mean, sigma).sum()
        digits, power = f"{np.exp(log):.1e}".split("e")
        raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        said = say(shown, slope=slope, sigma=sigma)
        assert f"multiply to {digits} × 10{raised}:" in said
        assert f"the log-likelihood is −{-log:.2f}." in said
        # The bars, from M(x, y) to L(x, y), are as long as densities are high.
        bars = shown.locator("[data-layer=densities] path").all()
        ends = [re.findall(r"[ML]([\d.-]+)", bar.get_attribute("d")) for bar in bars]
        lengths = [float(right) - float(left) for left, right in ends]
        share = stats.norm.pdf(y, mean, sigma) / stats.norm.pdf(0, 0, sigma)
        np.testing.assert_allclose(lengths / share, lengths[0] / share[0], 1e-5)
    top = f"{mlm.lm('Reaction ~ Days', one).loglik:.2f}".replace("-", "−")
    assert say(shown).endswith(f"The largest possible is {top}."), "and not where"
    assert drawn(shown, "rings", "top") == [0, 0]
    shown.get_by_role("button").click()
    assert drawn(shown, "rings", "top") == [5, 1]
    assert say(shown).count(top) == 2
    assert say(shown, slope=0).endswith(f"is {top}, at slope 21.8 and σ 42.7.")


NEWTON = {
    "newton": lambda: (van_der_waals, van_der_waals_slope),
    "newton on REML": lambda: criterion_slope(intercepts().design),
    "newton, unbalanced": lambda: criterion_slope(unbalanced().design),
}


@pytest.mark.parametrize("figure", NEWTON, indirect=True)
def test_newton_steps_as_the_program_of_the_notes(figure, shown, request):
    functions = NEWTON[request.node.callspec.params["figure"]]()
    ended = 0
    for start in (0.5, 0.62, 1, 1.5, 2, 3.3):
        with np.errstate(all="ignore"):
            path = [*islice(newton_of_the_notes(*functions, np.float64(start)), 61)]
        said = say(shown, start=start).replace("−", "-")
        steps = re.search(r"the steps lead to (.*?): ", said)[1].split(", ")
        np.testing.assert_allclose([float(x) for x in steps], path[1:4], atol=0.00051)
        if len(path) > 60:
            assert "found no root" in said
        else:
            ended += 1
            assert f"ends at {path[-1]:.6f}, after {len(path) - 1} steps" in said
    assert ended > 1


@only("newton")
def test_newtons_steps_are_numbered_where_they_are_seen(figure, shown):
    numbers = shown.locator("[data-layer=steps] text")
    say(shown, start=1)
    assert numbers.all_text_contents() == ["0", "1"]  # then they are too close
    say(shown, start=2)
    assert numbers.all_text_contents() == ["0"]  # its tangent leaves the picture


@only("variance")
def test_simulated_estimates_have_the_means_of_theory(figure, shown):
    for J, n, sigma_y in [(2, 2, 3), (3, 5, 3), (10, 5, 6), (50, 10, 3)]:
        drawn = simulate_variance_estimates(J, n, sigma_y, 4, 20_000, seed=2)
        said = say(shown, J=J, n=n, sigmaY=sigma_y, count=10_000)
        number = r"(\d+\.\d)"
        told = re.search(
            f"estimate is {number} by ML and {number} by REML, .* error {number} and "
            f"{number}; (\\d+) % and (\\d+) %",
            said,
        )
        means, errors, zeros = np.reshape([float(t) for t in told.groups()], (3, 2))
        table = drawn.to_frame()
        # Five standard errors of two independent means, and half a digit.
        room = 5 * np.std([drawn.ml, drawn.reml], axis=1) * np.sqrt(1.5e-4) + 0.05
        assert (abs(means - table["mean"]) < room).all()
        np.testing.assert_allclose(errors, table["RMSE"], rtol=0.08)
        np.testing.assert_allclose(zeros, 100 * table["zero"], atol=3)


@only("variance")
def test_data_sets_are_drawn_again(figure, shown):
    first = shown.locator(".words").inner_text()
    shown.get_by_role("button", name="more").click()
    assert "1000 data sets" in shown.locator(".words").inner_text()
    shown.get_by_role("button", name="start again").click()
    assert "500 data sets" in shown.locator(".words").inner_text() != first


@only("predictors")
def test_bowl_and_valley(figure, shown):
    for r in (-0.9, 0, 0.5, 0.99):
        X = correlated_predictors(50, r, seed=3)
        low, high = np.linalg.eigvalsh(X.T @ X / 50)
        said = say(shown, r=r)
        assert f"steepness is {low:.3f} and {high:.3f};" in said
        assert f"is {vif(X).iloc[0]:.1f} times" in said
    for r in (-1, 1):
        assert "a valley" in say(shown, r=r)


@only("added noise")
def test_coefficients_of_a_noisy_double(figure, shown):
    for size in (0.5, 2, 10):
        days = sleep()["Days"]
        data = sleep().assign(Days2=2 * days + size * rnorm(180, 1))
        fit = mlm.lm("Reaction ~ Days + Days2", data)
        said = say(shown, size=size).replace("−", "-")
        b1, b2 = fit.fixef.iloc[1:]
        assert (
            f"are {b1:.2f} (standard error {fit.se.iloc[1]:.2f}) and {b2:.2f};" in said
        )
        assert f"VIF {vif(data[['Days', 'Days2']]).iloc[0]:.1f}:" in said
    before = shown.locator(".words").inner_text()
    shown.get_by_role("button").click()
    assert shown.locator(".words").inner_text() != before


@only("logistic")
def test_a_step_of_log_odds(figure, shown):
    for intercept, slope, at in [(0, 1, 0), (-2, 0.4, 3), (4, -4, 0.5), (1, 0, 2)]:
        low, high = expit([intercept + slope * at, intercept + slope * (at + 1)])
        said = say(shown, intercept=intercept, slope=slope, at=at).replace("−", "-")
        assert f"change by {slope:.2f}, and" in said
        assert f"the probability by {high - low:.3f}," in said
        assert f"from {low:.3f} to {high:.3f}." in said


@only("level")
def test_parts_of_a_line(figure, shown):
    fit = slopes()
    for subject in ("308", "309", "372"):
        said = say(shown, group=subject)
        for value in (*fit.fixef, *fit.coef["Subject"].loc[subject]):
            assert f"{value:.1f}" in said
        own = fit.resid[sleep()["Subject"].astype(str) == subject]
        assert f"residual is {abs(own).max():.1f}." in said
    # Somebody is chosen in the plane, too.
    plane = shown.locator("svg").nth(1).bounding_box()
    shown.mouse.click(plane["x"] + 70, plane["y"] + plane["height"] - 80)
    assert shown.locator("select").input_value() == "309"


@only("scales")
def test_ratios_depend_on_the_zero(figure, shown):
    zero_of_our_own = ["of our own", "5.0000 times the first;", "is 3.0000"]
    for zero, unit, words in [
        (0, 1, ["Celsius: 20.00, 40.00", "is 2.0000", "is 3.0000"]),
        (-273.15, 1, ["Kelvin: 293.15, 313.15", "is 1.0682", "is 3.0000"]),
        (-160 / 9, 1.8, ["Fahrenheit: 68.00, 104", "is 1.5294", "is 3.0000"]),
        (15, 2, zero_of_our_own),
    ]:
        said = say(shown, zero=zero, unit=unit)
        assert [text for text in words if text not in said] == []


@only("scales")
def test_the_axis_reaches_to_the_zero_of_a_scale(figure, shown):
    ticks = shown.locator(".axes .y .tick text")
    for name, last in [("Fahrenheit", "−40"), ("Kelvin", "−300"), ("Celsius", "−40")]:
        shown.get_by_role("button", name=name).click()
        assert ticks.first.text_content() == last
        # However far it is dragged, the zero stays on the axis.
        handle = shown.locator(".handle")
        handle.focus()
        for _ in range(40):
            shown.keyboard.press("PageDown")
        lowest = -273.15 if name == "Kelvin" else -30
        assert float(handle.get_attribute("aria-valuenow")) == pytest.approx(lowest)


@only("kept")
def test_rows_are_kept_as_pandas_keeps_them(figure, shown):
    data = sleep().astype({"Subject": str})
    signs = {"==": "eq", "!=": "ne", "<": "lt", ">": "gt"}
    for column, values in ASKED.items():
        for i, value in enumerate(values):
            for sign, name in signs.items():
                if column == "Subject" and sign in "<>":
                    continue  # of text and a number, an error
                kept = getattr(data[column], name)(value).sum()
                asked = f'"{value}"' if isinstance(value, str) else value
                said = say(shown, column=column, sign=sign, value=i)
                assert said == (
                    f'data[data["{column}"] {sign} {asked}] keeps {kept} of 180 rows.'
                )
                assert drawn(shown, "kept") == [kept]


@only("kept")
def test_a_sign_that_a_column_has_not_is_left(figure, shown):
    say(shown, column="Days", sign="<", value=1)
    shown.get_by_label("column", exact=True).select_option("Subject")
    assert json.loads(shown.evaluate(STATE)) == {
        "column": "Subject",
        "sign": "==",
        "value": 0,
    }
    with pytest.raises(mlm.DataError, match="start compares with '309'"):
        explore.kept_rows(sleep(), ("Subject", "Days"), ASKED, ("Subject", "309"))


@only("slices")
def test_slices_of_r_and_python(figure, shown):
    x = [10, 20, 30, 40, 50]
    # R 4.3: x <- seq(10, 50, 10); x[2:4] and so on.
    for start, stop, by_r in [
        (2, 4, "20, 30, 40"),
        (4, 2, "40, 30, 20"),
        (1, 5, "10, 20, 30, 40, 50"),
        (3, 3, "30"),
        (5, 1, "50, 40, 30, 20, 10"),
    ]:
        by_python = ", ".join(map(str, x[start:stop])) or "nothing"
        told = f"x[{start}:{stop}]: R gives {by_r}; Python gives {by_python}."
        assert say(shown, start=start, stop=stop) == told
        assert explore.slices_by_hand(x, start, stop).alt == told


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: explore.slices_by_hand((1, 2), 1, 3), "stop is from 1 to 2, the len"),
        (lambda: explore.scales_by_hand((20, 40, 30)), "temperatures rise and are"),
        (lambda: explore.newton_on_gas(9), "start is from 0.4 to 5, not 9"),
        (lambda: explore.newton_on_criterion(slopes(), 1), "one theta, not"),
        (
            lambda: explore.level_parts(intercepts(), "308"),
            "has a line for every group",
        ),
        (lambda: explore.level_parts(slopes(), "999"), "no group of Subject '999'"),
        (lambda: explore.average_curve(5, 1), "slope is from 0.2 to 2, not 5"),
        (lambda: explore.average_curve(1, 5), "sd is from 0 to 4, not 5"),
        (lambda: explore.logistic_curve(5), "slope is from -4 to 4, not 5"),
        (lambda: explore.two_predictors(2), "rho is a correlation"),
        (
            lambda: explore.added_noise(sleep(), "Reaction", "day", 1, 1),
            "no column 'day'",
        ),
        (
            lambda: explore.added_noise(sleep(), "Reaction", "Days", 0, 1),
            "size is from 0.5 to 10, not 0",
        ),
        (
            lambda: explore.likelihood_by_hand(sleep(), "Days", "Reaction", (1, 0)),
            "sigma is a positive number, not 0",
        ),
    ],
)
def test_the_impossible_is_named(call, words):
    with pytest.raises(mlm.DataError, match=words):
        call()


def told_lines(said):
    """Intercept and slope of each line that a sentence names."""
    number = r"(−?\d+\.\d) \+ (−?\d+\.\d) Days"
    lines = re.findall(rf"(own line|partially pooled|everybody) {number}", said)
    return {
        name: [float(value.replace("−", "-")) for value in values]
        for name, *values in lines
    }


@only("drag")
@pytest.mark.parametrize("model", ["slopes", "intercepts"])
def test_dragged_points_are_refitted_as_by_mlm(figure, shown, model):
    data = sleep().astype({"Subject": str})
    random = np.random.default_rng(7)
    rows = random.choice(len(data), 60, replace=False)
    data.loc[rows, "Reaction"] += random.normal(0, 60, len(rows)).round()
    moved = [[int(i), data.loc[i, "Reaction"]] for i in rows]
    data.loc[len(data)] = [600.0, 0, "new 19"]
    gone = [0, 1, 2, 3, 4, 5, 6, 7, 30]
    effects = "Days" if model == "slopes" else "1"
    fit = mlm.lmer(f"Reaction ~ Days + ({effects} | Subject)", data.drop(index=gone))
    for subject in ("308", "330", "new 19"):
        state = {"moved": moved, "gone": gone, "added": [600]}
        lines = told_lines(say(shown, group=subject, model=model, **state))
        pooled = fit.coef["Subject"].loc[subject]
        np.testing.assert_allclose(lines["partially pooled"], pooled, atol=0.0501)
        np.testing.assert_allclose(lines["everybody"], fit.fixef, atol=0.0501)
        assert ("own line" in lines) == (subject == "330")
        names, values = (shown.locator(tag).all_inner_texts() for tag in ("dt", "dd"))
        told = {
            n: float(v.replace("−", "-")) for n, v in zip(names, values, strict=True)
        }
        sds = fit.varcorr.std_dev("Subject")
        known = {"SD of intercepts": sds.iloc[0], "σ": fit.sigma}
        known["criterion"] = fit.criterion
        if model == "slopes":
            known["SD of slopes"] = sds.iloc[1]
            known["correlation"] = fit.varcorr.correlation("Subject").iloc[0, 1]
        else:  # of an intercept alone: (12.4) of Gelman & Hill
            rows = (data.drop(index=gone)["Subject"] == subject).sum()
            weight = shrinkage_weight(rows, fit.sigma, sds.iloc[0])
            known["λ of the intercept"] = weight
        assert told == told | {
            n: pytest.approx(v, abs=0.0051) for n, v in known.items()
        }


@only("drag")
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


@only("drag")
def test_points_are_dragged_left_out_and_brought_back(figure, shown):
    def state():
        return json.loads(shown.evaluate(STATE))

    before = state()
    handle = shown.locator(".handle").nth(7)
    area = handle.locator(".spot").bounding_box()
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    shown.mouse.move(x, y)
    shown.mouse.down()
    shown.mouse.move(x + 30, y - 40, steps=4)
    shown.mouse.up()
    after = state()
    ((row, height),) = after["moved"]
    assert row == 7
    assert height > sleep()["Reaction"][7] + 20
    assert after | {"moved": []} == before, "a day stays a day, and others stay"
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
