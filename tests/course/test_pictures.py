"""Pictures judged by their lines: those of the model, and those that look like it."""

import json

import numpy as np
import pytest
from matplotlib.figure import Figure

import mlm
from methods3.check.pictures import NO_PICTURE, judged
from methods3.drawn import drawn_lines
from methods3.grade.answers import record, unpack

DATA = mlm.load_penicillin().assign(
    dose=lambda table: np.arange(len(table)) % 7 + 0.1 * table["diameter"]
)
FORMULA = "diameter ~ dose + (1 | plate) + (1 | sample)"
FIT = mlm.lmer(FORMULA, DATA)
SAMPLES = list(FIT.ranef["sample"].index)
X = np.array([1.0, 4.0, 9.0])

problem = judged(FORMULA, lambda: DATA, "dose", "sample")


def own(sample):
    return FIT.coef["sample"].loc[sample].to_numpy()


def picture(line, samples=SAMPLES, title="sample {}", x=X):
    """A panel with data and a line for each sample."""
    figure = Figure()
    axes = figure.subplots(2, 3, squeeze=False)
    for ax, sample in zip(axes.flat, samples, strict=False):
        rows = DATA[DATA["sample"] == sample]
        ax.plot(rows["dose"], rows["diameter"], "o")
        ax.axhline(20)
        ax.set_title(title.format(sample))
        intercept, slope = line(sample)
        ax.plot(x, intercept + slope * np.asarray(x))
    return figure


def test_lines_of_the_model_are_right():
    figure = picture(own)
    axes = np.array(figure.axes).reshape(2, 3)
    for answer in (figure, axes, list(axes.flat), drawn_lines(figure)):
        assert problem(answer) == ""
    assert problem(picture(own, SAMPLES[::-1])) == "", "in any order"


def test_lines_of_all_other_groups_are_right():
    figure = picture(own)
    for ax, sample in zip(figure.axes, SAMPLES, strict=True):
        for shift in FIT.ranef["plate"]["(Intercept)"]:
            intercept, slope = own(sample)
            ax.plot(X, intercept + shift + slope * X)
    assert problem(figure) == ""


def fitted_alone(sample):
    rows = DATA[DATA["sample"] == sample]
    return np.polyfit(rows["dose"], rows["diameter"], 1)[::-1]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (fitted_alone, "The slopes differ from panel to panel"),
        (lambda sample: FIT.fixef, "All panels show one line"),
        (lambda sample: own(sample) * [1, 3], "another than this model's"),
        (
            lambda sample: own(sample) + np.array([9, 0]),
            "line of A is too high or too low",
        ),
        (lambda sample: own(SAMPLES[SAMPLES.index(sample) - 1]), "too high or too low"),
    ],
)
def test_other_lines_are_told_apart(line, said):
    assert said in problem(picture(line))


def test_predictions_for_the_rows_are_no_line():
    figure = Figure()
    for ax, sample in zip(figure.subplots(2, 3).flat, SAMPLES, strict=True):
        rows = DATA[DATA["sample"] == sample]
        ax.plot(rows["dose"], FIT.predict(rows))
        ax.set_title(sample)
    assert "line of A is not straight" in problem(figure)


def drawn(draw, title="{}"):
    """A panel for each sample, drawn by a function of Axes and sample."""
    figure = Figure()
    for ax, sample in zip(figure.subplots(2, 3).flat, SAMPLES, strict=True):
        draw(ax, sample)
        ax.set_title(title.format(sample))
    return figure


def straight(ax, sample, **keywords):
    intercept, slope = own(sample)
    ax.plot(X, intercept + slope * X, **keywords)


def data(ax, sample, *style, **keywords):
    rows = DATA[DATA["sample"] == sample]
    ax.plot(rows["dose"], rows["diameter"], *style, **keywords)


def with_average(ax, sample):
    straight(ax, sample)
    ax.plot(X, FIT.fixef.iloc[0] + FIT.fixef.iloc[1] * X, "--")


def with_points_of_no_width(ax, sample):
    data(ax, sample, marker="o", linewidth=0)
    straight(ax, sample)


def endless(ax, sample):
    data(ax, sample, "o")
    intercept, slope = own(sample)
    ax.axline((0, intercept), slope=slope)


@pytest.mark.parametrize("draw", [with_average, with_points_of_no_width, endless])
def test_other_ways_to_draw_the_model_are_right(draw):
    assert problem(drawn(draw)) == ""


@pytest.mark.parametrize("title", ["Sample: {} (24)", "sample_{}", "sample={}"])
def test_a_title_may_say_more(title):
    assert problem(drawn(straight, title)) == ""


def test_a_title_may_stand_on_the_left():
    figure = drawn(straight, "")
    for ax, sample in zip(figure.axes, SAMPLES, strict=True):
        ax.set_title(sample, loc="left")
    assert problem(figure) == ""


def test_all_that_subplots_gives_is_a_picture():
    figure = drawn(straight)
    grid = np.array(figure.axes).reshape(2, 3)
    several = [drawn(straight)]
    for answer in ((figure, grid), grid.tolist(), dict(enumerate(grid.flat)), several):
        assert problem(answer) == ""
    assert len(drawn_lines((figure, grid))) == len(drawn_lines(figure)), "each once"


def joined(ax, sample):
    data(ax, sample)
    straight(ax, sample)


def with_mean(ax, sample):
    straight(ax, sample)
    ax.plot(X, np.full(3, own(sample)[0]))


def in_one_place(ax, sample):
    ax.plot([4, 4], own(sample))


def turned(ax, sample):
    intercept, slope = own(sample)
    ax.plot(intercept + slope * X, X)


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (joined, "In the panel of A a line joins the data"),
        (with_mean, "and others that are not the model's"),
        (in_one_place, "has one dose alone"),
        (turned, "x and y are swapped: dose goes"),
    ],
)
def test_what_is_wrong_with_a_line_is_what_is_said(draw, said):
    assert said in problem(drawn(draw))


def test_words_on_an_axis_are_numbers_of_places():
    figure = Figure()
    ax = figure.subplots()
    ax.plot(["informal", "polite"], [3, 4])
    assert drawn_lines(figure) == [[0, "", 0, 0, 3], [0, "", 0, 1, 4]]


def test_what_is_missing_is_named():
    assert "5 panels have a line, and there are 6" in problem(picture(own, SAMPLES[1:]))
    assert "Title each panel" in problem(picture(own, title=""))
    assert "1 panel has a line" in problem(picture(own).axes[0])
    assert "0 panels have a line" in problem(Figure().subplots(2, 3))
    assert problem(Figure()) == NO_PICTURE


@pytest.mark.parametrize("answer", [25.6, "a picture", None, [1, 2], {"a": 1}])
def test_what_is_no_picture_is_said(answer):
    assert problem(answer) == NO_PICTURE
    assert drawn_lines(answer) is None


def test_gaps_in_a_line_are_left_out():
    assert problem(picture(own, x=[1.0, np.nan, 4.0])) == ""


@pytest.mark.parametrize("line", [own, fitted_alone])
def test_a_picture_leaves_the_sandbox_as_its_lines(line):
    """Judged from what is written down, as in the notebook itself."""
    for answer in (picture(line), np.array(picture(line).axes)):
        *_, packed = json.loads(record("A1.2f", answer))
        assert problem(unpack(packed)) == problem(answer)
