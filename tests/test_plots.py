"""Pictures: what the artists show is what the arrays hold."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

import mlm
from mlm import plots
from mlm.plots.covariance import covariance_ellipse

mpl.use("agg")


@pytest.fixture
def ax():
    return Figure().subplots()


def test_matrix_shows_every_entry(ax, sleep_fit):
    plots.plot_matrix(sleep_fit.design.Z, log=True, label="entry", ax=ax)
    (image,) = ax.get_images()
    np.testing.assert_array_equal(image.get_array(), sleep_fit.design.Z.toarray())
    colours = image.to_rgba(np.array([[0.0, 1.0, 9.0]]))[0, :, :3]
    assert colours[0].min() > 0.95, "zero is (nearly) white"
    assert np.ptp(colours[:, 0]) > 0.5, "one and nine differ from it"
    assert colours[1, 0] < 0.9, "a one is visible beside a zero"


def test_matrix_writes_numbers_and_names(ax, sleep_fit):
    plots.plot_matrix(sleep_fit.varcorr["Subject"], log=True, numbers=".2f", ax=ax)
    assert [text.get_text() for text in ax.texts] == [
        "612.09",
        "9.60",
        "9.60",
        "35.07",
    ]
    assert [text.get_text() for text in ax.get_xticklabels()] == [
        "(Intercept)",
        "Days",
    ]
    assert [text.get_text() for text in ax.get_yticklabels()] == [
        "(Intercept)",
        "Days",
    ]


def test_matrix_with_negative_entries_uses_two_hues(ax):
    plots.plot_matrix([[1.0, -1.0], [0.0, 1.0]], ax=ax)
    positive, negative = ax.get_images()[0].to_rgba(np.array([[1.0, -1.0]]))[0, :, :3]
    assert np.abs(positive - negative).max() > 0.2


def test_colour_bar_names_few_values(ax, sleep_fit):
    plots.plot_matrix(sleep_fit.varcorr["Subject"], log=True, label="ms²", ax=ax)
    bar = ax.figure.axes[1]
    assert [text.get_text() for text in bar.get_yticklabels()] == [
        "0",
        "9.604",
        "35.07",
        "612.1",
    ]


def test_matrix_refuses_a_vector(ax):
    with pytest.raises(mlm.DataError, match="2 dimensions, not 1"):
        plots.plot_matrix([1.0, 2.0], ax=ax)


def test_caterpillar_is_sorted_with_its_intervals(ax, sleep_fit):
    plots.plot_caterpillar(sleep_fit, "Subject", "Days", unit="ms/day", ax=ax)
    modes = sleep_fit.ranef["Subject"]["Days"].sort_values()
    points = next(line for line in ax.lines if len(line.get_xdata()) == 18)
    np.testing.assert_allclose(points.get_xdata(), modes)
    assert [t.get_text() for t in ax.get_yticklabels()] == list(modes.index)
    (bars,) = (c for c in ax.collections if isinstance(c, LineCollection))
    half_width = np.ptp(bars.get_segments()[0][:, 0]) / 2
    # Inventory S35: ±1.96 · 2.305 ms/day for every subject.
    assert half_width == pytest.approx(1.96 * 2.305, abs=2e-3)
    assert ax.get_xlabel() == "random effect of Days (ms/day)"


@pytest.mark.parametrize(
    ("group", "effect", "words"),
    [
        ("subject", "Days", "there is: 'Subject'"),
        ("Subject", "days", "'Days'"),
    ],
)
def test_caterpillar_names_what_there_is(ax, sleep_fit, group, effect, words):
    with pytest.raises(mlm.DataError, match=words):
        plots.plot_caterpillar(sleep_fit, group, effect, ax=ax)


def test_residuals_lie_under_their_normal(ax, sleep_fit):
    plots.plot_residuals(sleep_fit, unit="ms", bins=24, ax=ax)
    assert sum(
        bar.get_width() * bar.get_height() for bar in ax.patches
    ) == pytest.approx(1)
    x, density = ax.lines[0].get_data()
    assert density.max() == pytest.approx(
        1 / (25.5918156 * np.sqrt(2 * np.pi)), rel=1e-3
    )
    assert x.min() < sleep_fit.resid.min() < sleep_fit.resid.max() < x.max()


def test_plane_shows_modes_and_two_ellipses(ax, sleep_fit):
    modes, Sigma_1 = sleep_fit.ranef["Subject"], sleep_fit.varcorr["Subject"]
    plots.plot_effects_plane(modes, Sigma_1, units=("ms", "ms/day"), ax=ax)
    points = next(line for line in ax.lines if len(line.get_xdata()) == 18)
    np.testing.assert_allclose(points.get_xydata(), modes)
    model, empirical = (p for p in ax.patches if isinstance(p, Ellipse))
    assert model.width > empirical.width
    assert ax.get_ylabel() == "random effect of Days (ms/day)"


def test_plane_needs_two_effects(ax, sleep_fit):
    with pytest.raises(mlm.DataError, match="2 columns"):
        plots.plot_effects_plane(sleep_fit.ranef["Subject"][["Days"]], np.eye(2), ax=ax)


def test_ellipse_holds_its_probability():
    covariance = np.array([[4.0, 1.5], [1.5, 1.0]])
    draws = np.random.default_rng(5).multivariate_normal([0, 0], covariance, 20_000)
    path = covariance_ellipse(covariance, 0.95)
    inside = path.get_path().contains_points(
        path.get_patch_transform().inverted().transform(draws)
    )
    assert inside.mean() == pytest.approx(0.95, abs=0.006)


def test_drawing_leaves_no_global_trace(sleep_fit):
    before = mpl.rcParams.copy()
    plots.plot_residuals(sleep_fit, ax=Figure().subplots())
    assert mpl.rcParams == before


def test_without_axes_a_new_figure_is_made(sleep_fit):
    from matplotlib import pyplot as plt

    ax = plots.plot_residuals(sleep_fit)
    assert ax.figure.number in plt.get_fignums()
    plt.close(ax.figure)
