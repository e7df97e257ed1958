"""Pictures: what the artists show is what the arrays hold."""

import itertools
import re

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse
from scipy.stats import norm

import mlm
from mlm import plots
from mlm.demonstrations.collinearity import mse_surface
from mlm.demonstrations.estimation import criterion_curves
from mlm.demonstrations.pooling import pooling_table, simulated_weights
from mlm.design.covariance import Sigma
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


@pytest.fixture
def two_people():
    """Points of two people on four days; the mean of A is 30, that of B 35."""
    people = {"person": list("AAAABBBB"), "day": [0, 1, 2, 3] * 2}
    return pd.DataFrame({"y": [20.0, 29, 32, 39, 33, 33, 35, 39], **people})


def test_equation_is_written_with_all_its_numbers(ax, two_people):
    """By hand: the slope is 4, θ is 1, and so the modes are 4/5 of ± 2.5."""
    plots.plot_equation(mlm.lmer("y ~ day + (1 | person)", two_people), ax=ax)
    columns = {}
    for text in ax.texts:
        if re.fullmatch(r"−?[\d.]+", text.get_text()):
            number = float(text.get_text().replace("−", "-"))
            columns.setdefault(round(text.get_position()[0], 3), []).append(number)
    days, zeros, ones = [0, 1, 2, 3], [0] * 4, [1] * 4
    assert [columns[x] for x in sorted(columns)] == [
        [20, 29, 32, 39, 33, 33, 35, 39],
        [1] * 8,
        days * 2,
        [26.5, 4],
        ones + zeros,
        zeros + ones,
        [-2, 2],
        [-4.5, 0.5, -0.5, 2.5, 4.5, 0.5, -1.5, -1.5],
    ]
    names = [text for text in labels(ax) if not re.search(r"\d", text)]
    assert [name for name in names if name] == [*"y=Xβ+Zb+εAB"]
    assert [text for text in labels(ax) if "×" in text] == [
        *("8 × 1", "8 × 2", "2 × 1", "8 × 2", "2 × 1", "8 × 1")
    ]


@pytest.mark.slow
def test_equation_has_a_colour_for_each_group(ax, two_people):
    plots.plot_equation(mlm.lmer("y ~ day + (1 | person)", two_people), ax=ax)
    grounds = {}
    for cell in ax.patches:
        x, row = cell.get_xy()
        grounds.setdefault(round(x, 3), {})[row] = cell.get_facecolor()
    y, _, _, beta, first, second, modes, left_over = (
        grounds[x] for x in sorted(grounds)
    )
    assert y == left_over
    assert len({*y.values()}) == 2
    assert [y[row] for row in range(8)] == [y[0]] * 4 + [y[7]] * 4
    assert [modes[0], modes[1]] == [y[0], y[7]]
    assert beta[0] not in y.values()
    assert first == {row: y[0] if row < 4 else (1, 1, 1, 1) for row in range(8)}
    assert second == {row: y[7] if row > 3 else (1, 1, 1, 1) for row in range(8)}


def test_equation_is_of_small_mixed_models(ax, two_people, sleep_fit):
    plain = mlm.lm("y ~ day", two_people)
    for fit in (sleep_fit, plain):
        with pytest.raises(mlm.DataError, match="3 groups and 16 rows at most"):
            plots.plot_equation(fit, ax=ax)


def test_caterpillar_is_sorted_with_its_intervals(ax, sleep_fit):
    plots.plot_caterpillar(sleep_fit, "Subject", "Days", unit="ms/day", ax=ax)
    modes = sleep_fit.ranef["Subject"]["Days"].sort_values()
    points = next(line for line in ax.lines if len(line.get_xdata()) == 18)
    np.testing.assert_allclose(points.get_xdata(), modes)
    assert [t.get_text() for t in ax.get_yticklabels()] == list(modes.index)
    (bars,) = (c for c in ax.collections if isinstance(c, LineCollection))
    half_width = np.ptp(bars.get_segments()[0][:, 0]) / 2
    # From lme4: ±1.96 · 2.305 ms/day for every subject.
    assert half_width == pytest.approx(1.96 * 2.305, abs=2e-3)
    assert ax.get_xlabel() == "random effect of Days (ms/day)"


def test_caterpillar_gives_every_group_its_own_interval(ax, sleepstudy):
    """Random intercepts: the conditional variance is σ²θ²/(1 + nθ²), n rows a group."""
    data = sleepstudy.groupby("Subject", observed=True).sample(frac=1, random_state=1)
    rows = data["Subject"].cat.codes % 5 + 2
    data = data[data.groupby("Subject", observed=True).cumcount() < rows]
    fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", data)
    plots.plot_caterpillar(fit, "Subject", "(Intercept)", ax=ax)
    (bars,) = (c for c in ax.collections if isinstance(c, LineCollection))
    widths = [np.ptp(segment[:, 0]) / 2 for segment in bars.get_segments()]
    groups = [text.get_text() for text in ax.get_yticklabels()]
    n, theta = data["Subject"].value_counts()[groups], fit.theta.iloc[0]
    sd = fit.sigma * theta / np.sqrt(1 + n * theta**2)
    np.testing.assert_allclose(widths, 1.96 * sd)


@pytest.mark.parametrize(
    ("group", "effect", "words"),
    [
        ("subject", "Days", "there are: 'Subject'"),
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
    assert "95 % by Σ₁" in [text.get_text() for text in ax.get_legend().texts]
    assert ax.get_ylabel() == "random effect of Days (ms/day)"


def test_plane_needs_two_effects(ax, sleep_fit):
    with pytest.raises(mlm.DataError, match="2 columns"):
        plots.plot_effects_plane(sleep_fit.ranef["Subject"][["Days"]], np.eye(2), ax=ax)


def test_ellipses_have_their_axes_and_points(ax):
    samples = np.array([np.diag([4.0, 1.0]), np.diag([9.0, 1.0])])
    points = {"twice": pd.DataFrame([[1.0, 2.0], [3.0, -1.0]], index=["a", "b"])}
    plots.plot_ellipses({"people": np.eye(2), "twice": samples}, points=points, ax=ax)
    radius = np.sqrt(5.991465)  # chi-squared with 2 degrees of freedom, 95 %
    widths = [patch.width / 2 for patch in ax.patches]
    assert widths == pytest.approx([radius, 2 * radius, 3 * radius], rel=1e-6)
    assert [text.get_text() for text in ax.get_legend().texts] == ["people", "twice"]
    drawn = ax.lines[-1].get_xydata()
    np.testing.assert_array_equal(drawn, points["twice"])
    assert ax.get_xlim()[1] > 3 * radius, "all of the largest is seen"


@pytest.mark.parametrize(
    ("covariances", "points", "words"),
    [
        ({"people": np.eye(3)}, None, "'people' must be 2 × 2"),
        ({"people": np.eye(2)}, {"modes": [[1, 2]]}, "points only for"),
        (dict.fromkeys("abcd", np.eye(2)), None, "at most 3 names"),
    ],
)
def test_ellipses_need_two_effects_and_names(ax, covariances, points, words):
    with pytest.raises(mlm.DataError, match=words):
        plots.plot_ellipses(covariances, points=points, ax=ax)


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


def test_effects_lie_against_normal_quantiles(ax, sleep_fit):
    plots.plot_effects_qq(sleep_fit, "Subject", "Days", unit="ms/day", ax=ax)
    (container,) = ax.containers
    points, _, (bars,) = container.lines
    modes = sleep_fit.ranef["Subject"]["Days"].sort_values()
    np.testing.assert_allclose(points.get_ydata(), modes)
    np.testing.assert_allclose(norm.cdf(points.get_xdata()), (np.arange(18) + 0.5) / 18)
    heights = [np.ptp(segment[:, 1]) for segment in bars.get_segments()]
    sd = np.sqrt(sleep_fit.condvar["Subject"][0, 1, 1])  # the same for all 18
    np.testing.assert_allclose(heights, 2 * 1.96 * sd)
    assert ax.get_ylabel() == "random effect of Days (ms/day)"


def test_diagnose_asks_one_question_a_panel(sleep_fit):
    axes = plots.diagnose(sleep_fit, figure=Figure())
    assert len(axes) == 6
    titles = [ax.get_title() for ax in axes]
    assert titles[:4] == [
        "Is the mean right?",
        "Are residuals normal?",
        "Is the spread even?",
        "Does one row carry the fit?",
    ]
    assert titles[4:] == [
        "Are intercepts by Subject normal?",
        "Are effects of Days by Subject normal?",
    ]
    points, means = axes[0].lines[:2]
    scaled = sleep_fit.residuals("scaled")
    np.testing.assert_allclose(points.get_ydata(), scaled)
    np.testing.assert_allclose(np.mean(means.get_ydata()), scaled.mean(), atol=1e-9)
    assert "row 59" not in [text.get_text() for text in axes[0].texts]
    largest = sleep_fit.cooks_distance.idxmax()
    assert f"row {largest}" in [text.get_text() for text in axes[3].texts]


@pytest.mark.parametrize("family", [None, "poisson", "binomial", "gaussian"])
def test_diagnose_takes_every_kind_of_fit(family):
    data = mlm.load_sleepstudy().assign(g=np.arange(180) // 6)
    eta = np.random.default_rng(1).normal(size=30)[data["g"]] + np.sin(np.arange(180))
    data["y"] = (eta > 0) * 1.0 if family == "binomial" else np.round(np.exp(eta))
    if family is None:
        fit, panels = mlm.lm("y ~ Days", data), 4
    elif family == "gaussian":
        fit, panels = mlm.glm("y ~ Days", data, family), 4
    else:
        fit, panels = mlm.glmer("y ~ Days + (1 | g)", data, family), 5
    axes = plots.diagnose(fit, figure=Figure())
    assert len(axes) == panels
    kind = "residual / σ̂" if family is None else "quantile residual"
    assert axes[0].get_ylabel() == kind


@pytest.fixture(scope="module")
def table():
    return pooling_table("Reaction ~ Days", mlm.load_sleepstudy(), "Subject")


def labels(ax):
    return [text.get_text() for text in ax.texts]


def test_block_is_enlarged_with_its_numbers(ax, sleep_fit):
    covariance = Sigma(sleep_fit.design.terms, sleep_fit.theta, sleep_fit.sigma)
    plots.plot_block(covariance, 2, log=True, ax=ax)
    (inset,) = ax.child_axes
    np.testing.assert_allclose(
        inset.images[0].get_array(), sleep_fit.varcorr["Subject"]
    )
    assert labels(inset) == ["612.1", "9.604", "9.604", "35.07"]
    image = ax.images[0]
    np.testing.assert_array_equal(image.get_array(), covariance.toarray())
    # Three sizes, 612, 35 and 9.6, are three colours, none of them that of 0.
    colours = image.to_rgba(np.array([0, 9.6, 35.07, 612.1]))[:, 0]
    assert (np.diff(colours) < -0.1).all()
    with pytest.raises(mlm.DataError, match="block is 1 to 36"):
        plots.plot_block(covariance, 40)
    with pytest.raises(mlm.DataError, match="must be square"):
        plots.plot_block(np.ones((2, 3)), 1)


def test_sparsity_of_a_matrix_too_large_to_draw(ax):
    Z = mlm.design_matrices("y ~ 1 + (1 | s) + (1 | d)", mlm.load_insteval()).Z
    plots.plot_sparsity(Z, ax=ax)
    drawn = np.asarray(ax.images[0].get_array())
    assert drawn.shape == (300, 300)
    assert (drawn**2).sum() == pytest.approx(2 * 73421), "every entry is counted"
    assert ax.get_ylabel() == "73 421 rows"
    assert ax.get_xlabel() == "4 100 columns, 0.05 % of all cells not 0"


def test_qq_shows_sorted_residuals_and_names_the_largest(ax, sleep_fit):
    plots.plot_qq(sleep_fit, ax=ax)
    x, y = ax.lines[1].get_data()
    np.testing.assert_allclose(y, np.sort(sleep_fit.residuals("scaled")))
    # The middles of 180 equal shares of the normal distribution.
    np.testing.assert_allclose(norm.cdf(x), (np.arange(180) + 0.5) / 180)
    assert y[[0, -1]] == pytest.approx([-3.9536, 5.1793], abs=1e-4)  # lme4's
    assert set(labels(ax)) == {"row 7", "row 56", "row 59"}


@pytest.mark.slow
def test_labels_of_neighbours_in_a_qq_plot_stand_apart():
    """Three residuals of almost one size, at either end."""
    for sign in (1, -1):
        y = sign * np.array([*np.linspace(-1, 1, 57), 2.9, 2.91, 2.92])
        fit = mlm.lm("y ~ 1", pd.DataFrame({"y": y}))
        figure = Figure(figsize=(4, 3), layout="constrained")
        drawn = plots.plot_qq(fit, ax=figure.subplots())
        figure.draw_without_rendering()
        boxes = [text.get_window_extent() for text in drawn.texts]
        assert len(boxes) == 3
        assert not any(
            one.overlaps(other) for one, other in itertools.combinations(boxes, 2)
        )


@pytest.mark.slow
def test_trellis_draws_every_subject(table, sleepstudy):
    models = ["complete", "own lines", "partial lines"]
    axes = plots.plot_trellis(
        sleepstudy, "Days", "Reaction", "Subject", table, models, figure=Figure()
    )
    assert [ax.get_title() for ax in axes] == list(table.index)
    points, *lines = axes[0].lines
    own = sleepstudy[sleepstudy["Subject"] == "308"]
    np.testing.assert_array_equal(points.get_ydata(), own["Reaction"])
    ends = {line.get_label(): line.get_ydata() for line in lines}
    assert ends["own lines"] == pytest.approx([244.1927, 440.075], abs=1e-3)
    assert ends["complete"] == pytest.approx([251.4051, 345.6107], abs=1e-3)
    assert ends["partial lines"] == pytest.approx([253.6637, 430.66], abs=1e-3)
    # Of simulated people the truth is known, too.
    known = table.join(pd.concat({"truth": table["complete"] + [-1.0, 0.0]}, axis=1))
    axes = plots.plot_trellis(
        sleepstudy, "Days", "Reaction", "Subject", known, ["truth"], figure=Figure()
    )
    assert axes[0].lines[1].get_ydata() == pytest.approx([250.4051, 344.6107], abs=1e-3)
    with pytest.raises(mlm.DataError, match="no model 'all'"):
        plots.plot_trellis(
            sleepstudy, "Days", "Reaction", "Subject", table, ["all"], figure=Figure()
        )


def test_shrinkage_arrows_go_from_own_to_partial(ax, table, sleep_fit):
    own, partial = table["own lines"], table["partial lines"]
    Sigma_1 = sleep_fit.varcorr["Subject"]
    plots.plot_shrinkage(own, partial, sleep_fit.fixef, Sigma_1, labels=["308"], ax=ax)
    arrows = [text for text in ax.texts if text.arrow_patch is not None]
    assert len(arrows) == 18
    np.testing.assert_allclose([arrow.xy for arrow in arrows], partial)
    np.testing.assert_allclose([arrow.xyann for arrow in arrows], own)
    (ellipse,) = [patch for patch in ax.patches if isinstance(patch, Ellipse)]
    assert ellipse.center == pytest.approx(tuple(sleep_fit.fixef))
    assert ellipse.get_label() == "95 % by Σ₁"
    assert "308" in labels(ax)
    with pytest.raises(mlm.DataError, match="two columns and the same groups"):
        plots.plot_shrinkage(own, partial.iloc[:5], sleep_fit.fixef, Sigma_1, ax=ax)


def test_a_group_without_a_line_of_its_own_has_no_arrow(ax, table, sleep_fit):
    own, partial = table["own lines"].copy(), table["partial lines"]
    own.loc["309", "Days"] = np.nan
    Sigma_1, named = sleep_fit.varcorr["Subject"], ["308", "309"]
    plots.plot_shrinkage(own, partial, sleep_fit.fixef, Sigma_1, labels=named, ax=ax)
    arrows = [text for text in ax.texts if text.arrow_patch is not None]
    assert len(arrows) == 17
    (name,) = [text for text in ax.texts if text.get_text() == "309"]
    assert name.xy == pytest.approx(tuple(partial.loc["309"]))
    ax.figure.draw_without_rendering()


def test_estimates_against_size(ax):
    radon = mlm.load_radon()
    by_county = radon.groupby("county", observed=True)["log_radon"]
    n, means = by_county.size(), by_county.mean()
    plots.plot_estimates_by_size(
        n, means, 0.7382 / np.sqrt(n), 1.3126, label="y", circled="LAC QUI PARLE", ax=ax
    )
    (points, _, bars) = ax.containers[0]
    np.testing.assert_array_equal(points.get_ydata(), means)
    places = np.asarray(points.get_xdata(), dtype=float)
    assert np.abs(np.log(places / n)).max() <= 0.1, "jitter"
    lengths = [np.ptp(segment[:, 1]) for segment in bars[0].get_segments()]
    assert lengths[means.index.get_loc("HENNEPIN")] == pytest.approx(
        2 * 0.0720, abs=1e-3
    )
    (circle,) = [line for line in ax.lines if line.get_markersize() == 13]
    assert circle.get_ydata() == pytest.approx(2.5987, abs=1e-4)


def test_map_colours_each_region_by_its_value(ax):
    """Squares whose colours are known: the ends of the scale and its middle."""
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    outlines = pd.concat(
        pd.DataFrame(
            corners + np.array([place, 59.5]), columns=["longitude", "latitude"]
        ).assign(region=name)
        for place, name in enumerate("abcd")
    )[["region", "longitude", "latitude"]]
    values = pd.Series({"b": 2.0, "a": -8.0, "c": 3.0})
    plots.plot_map(outlines, values, centre=2, reach=1, ax=ax)
    coloured, empty = ax.collections
    coloured.update_scalarmappable()
    colours = [mpl.colors.to_hex(colour) for colour in coloured.get_facecolor()]
    assert colours == ["#ffffff", "#0072b2", "#d55e00"]
    starts = [path.vertices[0].tolist() for path in coloured.get_paths()]
    assert starts == [[1, 59.5], [0, 59.5], [2, 59.5]]
    assert [path.vertices[0].tolist() for path in empty.get_paths()] == [[3, 59.5]]
    assert ax.get_aspect() == pytest.approx(2), "at 60° a degree is half as long"


def test_map_of_minnesota_has_all_counties_of_radon(ax):
    means = mlm.load_radon().groupby("county", observed=True)["log_radon"].mean()
    plots.plot_map(mlm.load_minnesota(), means, centre=1.3, reach=1, ax=ax)
    coloured, empty = ax.collections
    assert (len(coloured.get_paths()), len(empty.get_paths())) == (85, 2)
    west, south, east, north = ax.dataLim.extents
    # Minnesota's borders: 43° 30' in the south, about 97° 14' in the west.
    assert south == pytest.approx(43.5, abs=0.02)
    assert west == pytest.approx(-97.24, abs=0.02)
    assert -89.7 < east < -89.4
    assert 49 < north < 49.4


def test_weights_against_size(ax):
    simulated = simulated_weights([2, 10], 3.0, 4.0, data_sets=20)
    plots.plot_weights([1, 2, 10], 3.0, 4.0, simulated, ax=ax)
    curve = ax.lines[-1]
    np.testing.assert_allclose(curve.get_ydata(), [0.64, 0.7805, 0.9467], atol=5e-5)
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), simulated[2])


def test_weights_of_single_data_sets_and_what_is_left(ax):
    weights = simulated_weights([2, 10, 30], 3.0, 4.0, data_sets=1).iloc[0]
    plots.plot_weight_lines(weights, ax=ax)
    own, everybody = ax.lines
    np.testing.assert_array_equal(own.get_xdata(), [2, 10, 30])
    np.testing.assert_array_equal(own.get_ydata(), weights)
    np.testing.assert_allclose(own.get_ydata() + everybody.get_ydata(), 1)
    assert (own.get_linestyle(), everybody.get_linestyle()) == ("-", ":")


@pytest.mark.parametrize("weights", [[0.5, 0.6], pd.Series([0.5, 1.2])])
def test_weight_lines_refuse_what_is_no_weight(ax, weights):
    with pytest.raises(mlm.DataError, match="numbers from 0 to 1"):
        plots.plot_weight_lines(weights, ax=ax)


def test_lines_of_all_groups_in_one_panel(ax, sleepstudy):
    """Own intercepts: parallel lines through people's means; their mean is thick."""
    table = pooling_table("Reaction ~ Days", sleepstudy, "Subject")
    plots.plot_lines(table, "own intercepts", (0, 9), ax=ax)
    *people, mean = ax.lines
    means = sleepstudy.groupby("Subject", observed=True)["Reaction"].mean()
    middles = [line.get_ydata().mean() for line in people]  # at day 4.5
    np.testing.assert_allclose(middles, means.loc[table.index])
    rises = [np.ptp(line.get_ydata()) for line in people]
    np.testing.assert_allclose(rises, 9 * 10.46729, rtol=1e-6)
    assert mean.get_ydata().mean() == pytest.approx(sleepstudy["Reaction"].mean())
    assert mean.get_linewidth() > people[0].get_linewidth()
    ax = plots.plot_lines(table, "complete", (0, 9))
    (line,) = ax.lines
    np.testing.assert_allclose(line.get_ydata(), [251.4051, 345.6107], atol=5e-4)


def test_lines_need_a_model_of_the_table_and_one_slope(sleepstudy):
    table = pooling_table("Reaction ~ Days", sleepstudy, "Subject")
    with pytest.raises(mlm.DataError, match="own intercepts"):
        plots.plot_lines(table, "own", (0, 9))
    more = sleepstudy.assign(late=sleepstudy["Days"] ** 2)
    table = pooling_table("Reaction ~ Days + late", more, "Subject")
    with pytest.raises(mlm.DataError, match="3 coefficients"):
        plots.plot_lines(table, "own lines", (0, 9))


def test_contours_show_minimum_or_valley(ax):
    x = np.random.default_rng(1).normal(size=(50, 2))
    bowl = mse_surface(x, x @ [31.0, -21.0])
    plots.plot_mse_contours(bowl, (-70, 70), (-70, 70), ax=ax)
    assert ax.lines[0].get_xydata()[0] == pytest.approx([31, -21])
    ticks = ax.collections[0].colorbar.get_ticks()
    assert len(ticks) >= 3
    assert set(ticks % 1000) == {0}, "round numbers"
    ax = Figure().subplots()
    same = np.column_stack([x[:, 0], 2 * x[:, 0]])
    valley = mse_surface(same, same @ [31.0, -21.0])
    plots.plot_mse_contours(valley, (-70, 70), (-70, 70), ax=ax)
    (line,) = ax.lines
    (x1, y1), (x2, y2) = line.get_xy1(), line.get_xy2()
    assert x1 + 2 * y1 == pytest.approx(-11)
    assert x2 + 2 * y2 == pytest.approx(-11)


def test_contours_are_seen_on_white_and_inverted_on_black(ax):
    bowl = mse_surface(np.eye(2), [31.0, -21.0])
    plots.plot_mse_contours(bowl, (-70, 70), (-70, 70), ax=ax)
    lines = ax.collections[0]
    colours = lines.to_rgba(lines.get_array())[:, :3]
    luma = colours @ [0.30, 0.59, 0.11]
    assert len(luma) == 10
    assert luma.max() < 0.6, "light lines vanish on white, and are dark when inverted"
    assert np.ptp(luma) > 0.3, "low and high errors differ"


def test_surface_needs_three_dimensions(ax):
    x = np.random.default_rng(1).normal(size=(50, 2))
    surface = mse_surface(x, x @ [31.0, -21.0])
    solid = Figure().add_subplot(projection="3d")
    plots.plot_mse_surface(surface, (-70, 70), (-70, 70), ax=solid)
    assert solid.get_zlim()[1] > surface.at(-70, 70)
    with pytest.raises(mlm.DataError, match="projection"):
        plots.plot_mse_surface(surface, (-70, 70), (-70, 70), ax=ax)


def test_criterion_curves_mark_their_lowest_points(ax, sleepstudy):
    design = mlm.design_matrices("Reaction ~ Days + (1 | Subject)", sleepstudy)
    curves = criterion_curves(design, np.linspace(0.5, 2, 151))
    plots.plot_criterion(curves, ax=ax)
    lowest = [line.get_xydata()[0] for line in ax.lines[1::2]]
    assert [x for x, _ in lowest] == pytest.approx([1.16561, 1.19788], abs=0.006)
    assert [y for _, y in lowest] == pytest.approx([1794.0786, 1786.4651], abs=0.001)


def test_profile_shades_its_interval(ax):
    x = np.linspace(-3, 3, 61)
    plots.plot_profile(x, 10 + x**2, (-1.96, 1.96), label="x", ax=ax)
    (band,) = ax.patches
    assert (band.get_x(), band.get_x() + band.get_width()) == (-1.96, 1.96)
    assert ax.lines[1].get_ydata()[0] == pytest.approx(13.841)


def test_newton_draws_tangents_to_the_axis(ax):
    def f(x):
        return x**2 - 2

    path = (2.0, 1.5, 1.4166666666666667)
    plots.plot_newton(f, lambda x: 2 * x, path, (0, 3), ax=ax)
    tangents = [line.get_xydata() for line in ax.lines if line.get_linewidth() == 1.2]
    assert [t[0].tolist() for t in tangents] == [[2.0, 2.0], [1.5, 0.25]]
    assert [t[1].tolist() for t in tangents] == [[1.5, 0.0], [path[-1], 0.0]]


def test_basins_colour_every_start(ax):
    starts = np.array([-3.0, -0.5, 0.5, 3.0])
    plots.plot_basins(lambda x: x**2 - 1, lambda x: 2 * x, starts, roots=[-1, 1], ax=ax)
    dots = [line.get_xydata()[0] for line in ax.lines if line.get_marker() == "."]
    np.testing.assert_allclose(dots, np.column_stack([starts, np.sign(starts)]))


def test_means_with_standard_errors(ax, sleepstudy):
    plots.plot_means(
        sleepstudy,
        "Days",
        "Reaction",
        line=(251.4051, 10.4673),
        units=("d", "ms"),
        ax=ax,
    )
    points, _, bars = ax.containers[0]
    assert points.get_ydata()[[0, 9]] == pytest.approx([256.652, 350.851], abs=1e-3)
    lengths = [np.ptp(segment[:, 1]) / 2 for segment in bars[0].get_segments()]
    assert [lengths[0], lengths[9]] == pytest.approx([7.57, 15.79], abs=0.005)
    assert ax.get_ylabel() == "mean Reaction (ms)"
    ax = Figure().subplots()
    names = ["T1", "T2", "B", *(f"E{i}" for i in range(1, 8))]
    plots.plot_means(sleepstudy, "Days", "Reaction", names=names, shaded=(-1, 2), ax=ax)
    assert [text.get_text() for text in ax.get_xticklabels()] == names
    assert len(ax.patches) == 1


def test_intervals_outside_0_to_1_are_marked(ax):
    intervals = {"a": (0.6, 0.8), "b": (0.85, 1.05)}
    plots.plot_proportions(["a", "a", "b"], [0.7, 0.6, 0.95], intervals, ax=ax)
    outside = [
        line.get_ydata().tolist() for line in ax.lines if line.get_linewidth() == 4
    ]
    assert outside == [[1, 1.05]]
    means = [line.get_ydata()[0] for line in ax.lines if line.get_markersize() == 9]
    assert means == pytest.approx([0.65, 0.95])


def test_shares_are_dots_with_an_area_for_their_rows(ax):
    data = pd.DataFrame({"x": [0.1, 0.1, 0.1, 0.1, 0.5, 0.5], "y": [1, 0, 1, 1, 0, 1]})
    plots.plot_shares(data, "x", "y", ax=ax, label="seen")
    (dots,) = ax.collections
    np.testing.assert_allclose(dots.get_offsets(), [[0.1, 0.75], [0.5, 0.5]])
    four, two = dots.get_sizes()
    assert four == pytest.approx(2 * two)
    assert ax.get_legend_handles_labels()[1] == ["seen"]


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda d, t: plots.plot_means(d, "day", "Reaction"), "no column 'day'"),
        (lambda d, t: plots.plot_shares(d, "Days", "Hit"), "no column 'Hit'"),
        (
            lambda d, t: plots.plot_shares(d, "Subject", "Days"),
            r"Days is 0 or 1 in every row, not \[2\.?0?\]",
        ),
        (
            lambda d, t: plots.plot_trellis(d, "Days", "RT", "Subject", t, []),
            "no column 'RT'; there are: 'Reaction', 'Days', 'Subject'",
        ),
        (
            lambda d, t: plots.plot_shrinkage(
                t["own lines"], t["partial lines"], [0, 0], np.eye(2), labels=[308]
            ),
            "no group 308; there are: '308', .* and 6 more",
        ),
        (
            lambda d, t: plots.plot_estimates_by_size(
                *[t["complete", "Days"]] * 3, 1, label="", circled="x"
            ),
            "no group 'x'",
        ),
        (
            lambda d, t: plots.plot_map(
                mlm.load_minnesota(), pd.Series({"DANE": 1.0}), centre=0, reach=1
            ),
            "no region 'DANE'",
        ),
        (
            lambda d, t: plots.plot_map(
                mlm.load_radon(), pd.Series({"AITKIN": 1.0}), centre=0, reach=1
            ),
            "no column 'longitude'",
        ),
    ],
)
def test_pictures_name_what_is_not_there(table, sleepstudy, draw, words):
    with pytest.raises(mlm.DataError, match=words):
        draw(sleepstudy, table)


@pytest.mark.slow
def test_nothing_global_changes(sleep_fit, table, sleepstudy):
    before = mpl.rcParams.copy()
    plots.plot_qq(sleep_fit, ax=Figure().subplots())
    plots.plot_trellis(
        sleepstudy, "Days", "Reaction", "Subject", table, ["complete"], figure=Figure()
    )
    assert mpl.rcParams == before


def plans():
    """Subjects, trials, and a power of subjects / 20, whatever the trials."""
    subjects, trials = np.arange(4, 21), np.arange(3, 13)
    return subjects, trials, np.tile(subjects / 20, (len(trials), 1))


def test_power_joins_plans_that_are_good_enough_and_equally_dear(ax):
    subjects, trials, power = plans()
    plots.plot_power(subjects, trials, power, budgets=(60,), ax=ax)
    _, wanted, equal = ax.collections
    np.testing.assert_allclose(wanted.get_paths()[0].vertices[:, 0], 16)
    along = equal.get_paths()[0].vertices
    np.testing.assert_allclose(along.prod(axis=1), 60, rtol=0.01)
    assert [text.get_text() for text in ax.texts] == ["60"]
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert [text.get_text() for text in ax.get_xticklabels()] == ["5", "10", "20"]


def test_power_with_a_cost_of_its_own(ax):
    subjects, trials, power = plans()
    cost = 100 * subjects + 0 * trials[:, None]
    plots.plot_power(subjects, trials, power, cost=cost, budgets=(1000,), ax=ax)
    np.testing.assert_allclose(ax.collections[2].get_paths()[0].vertices[:, 0], 10)


def test_power_refuses_a_table_that_lies_on_its_side(ax):
    subjects, trials, power = plans()
    with pytest.raises(mlm.DataError, match=r"power .*10 × 17, not \(17, 10\)"):
        plots.plot_power(subjects, trials, power.T, ax=ax)


def test_coverage_shows_which_intervals_hold_the_truth(ax):
    lower, upper = [2.0, -1.0, 0.0, -3.0], [3.0, 2.0, 1.0, -1.0]
    plots.plot_coverage(lower, upper, 1, label="effect (ms)", ax=ax)
    held, missed = ax.collections
    ends = [
        {(int(x), low, high) for (x, low), (_, high) in lines.get_segments()}
        for lines in (held, missed)
    ]
    assert ends == [{(1, -1, 2), (2, 0, 1)}, {(0, -3, -1), (3, 2, 3)}]
    assert missed.get_linewidth() > held.get_linewidth(), "not by colour alone"
    assert [*ax.lines[0].get_ydata()] == [1, 1]
    assert ax.get_title() == "2 of 4 hold the truth"
    assert ax.get_ylabel() == "effect (ms)"


@pytest.mark.parametrize(("lower", "upper"), [([1, 2], [3]), ([1, 4], [3, 2])])
def test_coverage_refuses_ends_that_make_no_intervals(ax, lower, upper):
    with pytest.raises(mlm.DataError, match="ends of each study's interval"):
        plots.plot_coverage(lower, upper, 1, ax=ax)


def test_replicates_have_their_intervals_below(ax):
    values = np.repeat([1.0, 2.0, 3.0], [5, 20, 10])
    pair = {"bootstrap": (1.2, 2.8), "profile": (1.5, 4.0)}
    plots.plot_replicates(values, 2.2, pair, label="sd (ms)", ax=ax)
    assert sum(bar.get_height() for bar in ax.patches) == 35
    estimate, *lines = ax.lines
    assert estimate.get_xdata() == [2.2, 2.2]
    assert {line.get_label(): tuple(line.get_xdata()) for line in lines} == pair
    heights = [set(line.get_ydata()) for line in lines]
    assert heights == [{-2.0}, {-4.0}]
    assert min(ax.get_yticks()) >= 0, "there are no negative counts"
    assert len({line.get_marker() for line in lines}) == 2, "not by colour alone"


@pytest.mark.slow
def test_each_half_of_the_checks_is_a_column_of_its_own(sleep_fit):
    from matplotlib import pyplot as plt

    axes = plots.diagnose(sleep_fit)
    figure = axes[0].figure
    figure.canvas.draw()
    boxes = [ax.get_tightbbox() for ax in axes]
    middle = figure.bbox.width / 2
    assert all(box.x1 <= middle for box in boxes[::2])
    assert all(box.x0 >= middle for box in boxes[1::2])
    plt.close(figure)
