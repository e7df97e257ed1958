"""Explorers: frames, sizes, texts; the same bytes every time."""

import re
import sys

import pytest

import mlm
from mlm import explore

VALUES = (-0.2, -0.1, 0.0, 0.1, 0.2)


@pytest.fixture(scope="module")
def slider(sleep_fit):
    name = "Subject.Days.(Intercept)"
    return explore.theta_slider(sleep_fit, name, VALUES, units=("ms", "ms/day"))


@pytest.fixture(scope="module")
def page(slider):
    return slider.to_html()


def test_frames_have_texts_of_their_own(page):
    alts = re.findall(r'alt="([^"]+)"', page)
    assert len(alts) == len(set(alts)) == len(VALUES)
    assert all("Sigma has correlation" in alt for alt in alts)
    assert '[["−0.20", "−0.10", "0.00", "0.10", "0.20"]]' in page


def test_starts_at_the_estimate_and_hides_the_rest(page, slider):
    assert slider.start == (0.0,)
    assert page.count(" hidden>") == len(VALUES) - 1
    assert 'value="2" aria-valuetext="0.00"' in page


def test_criterion_is_lowest_at_the_estimate(slider, sleep_fit):
    texts = [
        float(re.search(r"criterion is (\d+\.\d+)", slider.alt(v))[1]) for v in VALUES
    ]
    assert min(texts) == texts[2] == pytest.approx(sleep_fit.criterion, abs=0.1)
    assert texts[0] > texts[1] > texts[2] < texts[3] < texts[4]


def test_label_belongs_to_the_slider(page):
    assert (
        re.search(r'<label for="([^"]+)"', page)[1]
        == re.search(r'<input type="range" id="([^"]+)"', page)[1]
    )


def test_needs_nothing_from_outside(page):
    assert not re.findall(r"https?://|src=\"(?!data:)", page)
    assert len(page) < 400_000


def test_same_bytes_every_time(slider, page):
    assert slider.to_html() == page


def test_live_widget_moves_the_picture(slider):
    control, picture = slider.to_widget().children
    assert picture.value == slider.frame(*slider.start)
    control.value = 4
    assert picture.value == slider.frame(VALUES[4])
    assert "application/vnd.jupyter.widget-view+json" in slider._repr_mimebundle_()


def test_without_ipywidgets_there_is_html(slider, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert set(slider._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_impossible_arguments_are_named(sleep_fit, sleepstudy):
    with pytest.raises(
        mlm.DataError, match="no theta called 'theta_2'; there are: Subject"
    ):
        explore.theta_slider(sleep_fit, "theta_2", VALUES)
    with pytest.raises(mlm.DataError, match="2 to 15 positions, not 16"):
        explore.theta_slider(sleep_fit, "Subject.Days", range(16))
    one_effect = mlm.lmer("Reaction ~ Days + (1 | Subject)", sleepstudy)
    with pytest.raises(mlm.DataError, match="two effects"):
        explore.theta_slider(one_effect, "Subject.(Intercept)", VALUES)
    with pytest.raises(mlm.DataError, match="start is 0 to 1"):
        explore.Slider("x", (1, 2), start=2)
