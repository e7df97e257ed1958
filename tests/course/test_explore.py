"""Explorers: frames, sizes, texts; the same bytes every time."""

import re
import sys
from functools import cache

import numpy as np
import pytest
from browser import check_explorers

import mlm
from methods3 import explore
from methods3.explore.explorer import HIDDEN

VALUES = (-0.2, -0.1, 0.0, 0.1, 0.2)


@pytest.fixture(scope="module")
def slider():
    def draw(figure, slope):
        figure.subplots().plot([0, 1], [0, slope])

    slope = explore.Slider("slope of a line", VALUES, 2)
    return explore.Explorer(
        "a-line", (slope,), draw, lambda slope: f"A line of slope {slope}."
    )


@pytest.fixture(scope="module")
def page(slider):
    return slider.to_html()


def test_frames_have_texts_of_their_own(page):
    alts = re.findall(r'alt="([^"]+)"', page)
    assert len(alts) == len(set(alts)) == len(VALUES)
    assert all("A line of slope" in alt for alt in alts)
    assert '[["−0.20", "−0.10", "0.00", "0.10", "0.20"]]' in page


def test_starts_at_the_estimate_and_hides_the_rest(page, slider):
    assert slider.start == (0.0,)
    assert page.count(HIDDEN) == len(VALUES) - 1
    assert 'value="2" aria-valuetext="0.00"' in page


def test_label_belongs_to_the_slider(page):
    assert (
        re.search(r'<label for="([^"]+)"', page)[1]
        == re.search(r'<input type="range" id="([^"]+)"', page)[1]
    )


def test_needs_nothing_from_outside(page):
    # The name of the language SVG looks like an address, and is none.
    page = page.replace("http://www.w3.org/2000/svg", "")
    assert not re.findall(r"https?://|src=\"(?!data:)", page)
    assert len(page) < 400_000


def test_same_bytes_every_time(slider, page):
    assert slider.to_html() == page


def test_live_widget_moves_the_picture(slider):
    control, picture = slider.to_widget().children
    assert bytes(picture.value).decode() == slider.frame(*slider.start)
    control.value = 4
    assert bytes(picture.value).decode() == slider.frame(VALUES[4])
    assert "application/vnd.jupyter.widget-view+json" in slider._repr_mimebundle_()


def test_without_ipywidgets_there_is_html(slider, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert set(slider._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_impossible_arguments_are_named():
    with pytest.raises(mlm.DataError, match="2 to 15 positions, not 16"):
        explore.Explorer("x", (explore.Slider("x", range(16)),), print, str)
    with pytest.raises(mlm.DataError, match="start is 0 to 1"):
        explore.Slider("x", (1, 2), start=2)


# ---- Ready-made explorers: what they say, and where they stand. ----


def sleep():
    return mlm.load_sleepstudy()


READY = {
    "design": lambda: explore.design_slider(
        "Reaction ~ Days + (Days | Subject)", sleep(), "Subject", (2, 9, 18)
    ),
    "loss": lambda: explore.loss_slider(
        mlm.load_simulated_epochs(), "power", "condition", "subject", (0, 60), seed=1
    ),
    "plans": lambda: explore.plan_sliders(
        (4, 10, 40),
        (3, 10, 300),
        slope=5,
        sd_slope=5.9221376589,
        sigma=25.5917957217,
        last=9,
        unit="ms/day",
    ),
}
# Values of the sliders, and what the text of that frame must say; numbers as in the
# lectures' slides, from R.
SAID = [
    ("design", (9,), ["X is 90 × 2", "Z is 90 × 18", "10.6 % of Z"]),
    ("design", (18,), ["X is 180 × 2", "Z is 180 × 36", "5.3 % of Z"]),
    ("loss", (0,), ["0.51 from means", "0.47 from the model"]),
    # R's power.t.test, see tests/reference/lecture_power.json; of the parts of the
    # variance, 35.0717 and 654.940 / 82.5.
    ("plans", (4, 3), ["12 measurements", "t = 3.18; power 0.169"]),
    ("plans", (10, 10), ["2.07 ms/day, and 82 %", "t = 2.26; power 0.576"]),
    ("plans", (40, 300), ["12000 measurements", "99 %", "power 0.999"]),
]


@pytest.fixture(scope="module")
def ready():
    return {}


@pytest.fixture
def explorer(request, ready):
    """Each ready-made explorer, made once."""
    name = request.param
    if name not in ready:
        ready[name] = READY[name]()
    return ready[name]


@cache
def html_of(explorer):
    return explorer.to_html()


@pytest.mark.parametrize(("explorer", "values", "words"), SAID, indirect=["explorer"])
def test_what_a_frame_says(explorer, values, words):
    for text in words:
        assert text in explorer.alt(*values)


@pytest.mark.parametrize("explorer", READY, indirect=True)
def test_frames_move_and_say_so(explorer):
    page = html_of(explorer)
    alts = re.findall(r'alt="([^"]+)"', page)
    frames = re.findall(r"svg\+xml,([^\"]+)", page)
    assert len(frames) == len(set(frames)) == len(set(alts))
    assert page.count("<input") == len(explorer.sliders)
    assert page.count(HIDDEN) == len(frames) - 1
    assert len(page) < 400_000
    for slider in explorer.sliders:
        assert slider.label in repr(explorer)


def test_widget_with_two_sliders(ready):
    plans = ready.get("plans") or READY["plans"]()
    subjects, trials, picture = plans.to_widget().children
    subjects.value, trials.value = 2, 0
    assert bytes(picture.value).decode() == plans.frame(40, 3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: explore.Explorer(
                "x", [explore.Slider("x", (*range(k),)) for k in (7, 8)], print, str
            ),
            "not 56",
        ),
        (lambda: explore.Explorer("x", (), print, str), "1 or 2 sliders, not 0"),
    ],
)
def test_explorers_refuse_the_impossible(call, words):
    with pytest.raises(mlm.DataError, match=words):
        call()


def test_a_figure_that_is_too_heavy_is_refused():
    noise = np.random.default_rng(1)

    def draw(figure, value):
        figure.subplots().imshow(noise.normal(size=(400, 600)))

    heavy = explore.Explorer("x", (explore.Slider("x", (1, 2, 3)),), draw, str)
    with pytest.raises(mlm.DataError, match="at most 400"):
        heavy.to_html()


# ---- In a browser, without a network. ----


@pytest.mark.parametrize("explorer", READY, indirect=True)
def test_explorers_move_in_a_browser(explorer, visit, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(f'<meta charset="utf-8">{html_of(explorer)}', "utf-8")
    with visit(page) as shown:
        assert shown.locator(".mlm-explorer").count() > 0
        check_explorers(shown)
