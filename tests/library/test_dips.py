"""Where other minima are looked for, and whether the best of many starts is found."""

import warnings

import numpy as np
import pandas as pd
import pytest
from test_hard_fits import FOLDER, DenseCriterion

import mlm
from mlm.engine.dips import dips_alone, dips_along, dips_of_pairs, directions, scan
from mlm.engine.optimum import doubtful, minimise
from mlm.engine.points import Minima, Point
from mlm.engine.problem import Problem
from mlm.engine.several import large, several_likely

pytestmark = pytest.mark.filterwarnings("ignore::mlm.MlmWarning")


def at(*blocks):
    """A minimum there, of criterion 0."""
    return Minima(Point.of([np.array(T) for T in blocks]), *np.zeros((3, 1)))


@pytest.mark.parametrize(("k", "widest"), [(2, 10), (3, 25), (4, 50), (6, 60)])
def test_directions_point_everywhere_once(k, widest):
    V = directions(k)
    np.testing.assert_allclose(np.linalg.norm(V, axis=1), 1)
    cosines = np.abs(V @ V.T)
    np.fill_diagonal(cosines, 0)
    assert cosines.max() < 1 - 1e-9
    drawn = np.random.default_rng(k).normal(size=(4000, k))
    drawn /= np.linalg.norm(drawn, axis=1)[:, None]
    furthest = np.abs(drawn @ V.T).max(axis=1).min()
    assert np.degrees(np.arccos(furthest)) < widest


def test_sizes_begin_at_0_and_reach_random_effects_that_are_far_larger():
    for unit in (0.4, 0.01):
        sizes = scan(unit)
        assert sizes[0] == 0
        assert 20 <= sizes[-1] < 40
        np.testing.assert_allclose(sizes[1:3], [unit / 2, unit])


def case(name, formula, reml):
    """The criterion of one of the hard fits."""
    data = pd.read_csv(FOLDER / f"{name}.csv")
    return mlm.profiled_deviance(mlm.design_matrices(formula, data), reml)


@pytest.mark.parametrize(
    ("formula", "is_likely"),
    [
        ("y ~ x + (x | g)", False),
        ("y ~ 1 + (x | g)", True),
        ("y ~ x + I(x**2) + (x | g)", False),
        ("y ~ I(x - 3) + (x | g)", False),
        ("y ~ I(2 * x) + (0 + x | g)", False),
        ("y ~ 1 + (0 + x | g)", True),
        ("y ~ 0 + x + (1 | g)", True),
        ("y ~ x + (1 | g)", False),
        ("y ~ x + (1 | g) + (0 + x | h)", False),
        ("y ~ 1 + (1 | g) + (0 + x | h)", True),
        ("y ~ x + (x || h)", False),
        ("y ~ x + (x || g)", True),  # nine groups, two terms
    ],
)
@pytest.mark.parametrize("weighted", [False, True])
def test_several_minima_are_likely_where_X_lacks_an_average(
    formula, is_likely, weighted
):
    rng = np.random.default_rng(1)
    data = mlm.crossing(g=9, h=12)
    data["x"], data["y"] = rng.normal(size=(2, len(data)))
    data["w"] = rng.uniform(1, 9, len(data))
    design = mlm.design_matrices(formula, data, weights="w" if weighted else None)
    assert several_likely(mlm.profiled_deviance(design)) == is_likely


@pytest.mark.parametrize(
    ("J", "size", "expected"), [(49, 4, 1), (49, 2, 0), (50, 4, 0)]
)
def test_large_effects_are_doubted_where_groups_are_not_many(J, size, expected):
    data = mlm.crossing(g=J, x=3)
    data["y"] = np.random.default_rng(J).normal(size=len(data))
    for formula, several in [("y ~ x + (x | g)", True), ("y ~ x + (1 | g)", False)]:
        criterion = mlm.profiled_deviance(mlm.design_matrices(formula, data))
        problem, end = Problem(criterion), at(size * np.eye(1 + several))
        assert large(problem, end).tolist() == [expected and several]
        assert doubtful(problem, end) == (expected and several)


def test_effects_that_go_together_are_found_from_a_direction():
    """437 of the hard fits: correlation ±1, where no start led."""
    criterion = case("437", "y ~ 1 + (x | g)", False)
    problem = Problem(criterion)
    points = list(dips_alone(problem, at(np.eye(2))))
    assert 0 < len(points) < len(directions(2)) / 2
    for point in points:
        size = np.linalg.svd(point.blocks[0][0], compute_uv=False)
        assert size[1] == pytest.approx(problem.units[0])


def test_a_lost_direction_and_a_dip_are_both_looked_at():
    """307 of the hard fits has its minimum at 0, and another inside."""
    problem = Problem(case("307", "y ~ 1 + (1 | g)", False))
    value = problem.value(Point.of([np.array([[0.427]])]))
    end = Minima(Point.of([np.array([[0.427]])]), value, *np.zeros((2, 1)))
    assert [point.blocks[0].item() for point in dips_along(problem, end)] == [0]


def test_sizes_of_two_terms_are_looked_at_together():
    """977 of the hard fits: from each minimum, both sizes have to change."""
    problem = Problem(case("977", "y ~ 1 + (x || g)", False))
    found = [
        np.array([T.item() for T in point.blocks])
        for point in dips_of_pairs(problem, at(np.eye(1), np.eye(1)))
    ]
    ratios = [other / one for one, other in found]
    assert min(ratios) < 3 < 6 < max(ratios)

    def value(sizes):
        return problem.value(Point.of(sizes[:, None, None]))[0]

    for sizes in found:  # sizes beside are half as large, or twice
        for beside in ([0.5, 1], [2, 1], [1, 0.5], [1, 2]):
            other = sizes * beside
            limits = zip(other, map(scan, problem.units), strict=True)
            if all(sizes[1] <= own <= sizes[-1] for own, sizes in limits):
                assert value(sizes) <= value(other)


FORMULAS = ["y ~ 1 + (x | g)", "y ~ 1 + (0 + x | g)", "y ~ 1 + (x || g)"]
FORMULAS += ["y ~ x + (x | g)", "y ~ x + (x || g)", "y ~ 1 + (x | g) + (1 | h)"]
FORMULAS += ["y ~ 1 + (1 | g)", "y ~ 1 + (x + z | g)"]


def few_large_groups(seed):
    """Few groups, most of one row, whose effects are large and often go together."""
    rng = np.random.default_rng(seed)
    J = rng.integers(2, 13)
    sizes = np.where(rng.uniform(size=J) < 0.6, 1, rng.integers(3, 15, J))
    sizes[0] += 12
    g = np.repeat(np.arange(J), sizes)
    data = pd.DataFrame({"g": g, "h": rng.integers(0, 4, len(g))}).astype(str)
    data["x"], data["z"] = rng.normal(size=(2, len(g)))
    data["x"] += rng.choice([0, 1, 10])
    b = rng.normal(size=(J, 3))
    if rng.uniform() < 0.5:
        b[:, 1:] = b[:, :1]
    b *= rng.choice([0, 0.5, 3, 30], 3) * [1, 0.3, 0.3]
    y = b[g, 0] + (0.5 + b[g, 1]) * (data["x"] - data["x"].mean()) + b[g, 2] * data["z"]
    data["y"] = y + rng.normal(size=len(g))
    design = mlm.design_matrices(FORMULAS[seed % len(FORMULAS)], data)
    return design, bool(seed // len(FORMULAS) % 2)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(24))
@pytest.mark.one_in(3)
def test_few_large_groups_reach_what_many_starts_reach(seed):
    try:
        criterion = mlm.profiled_deviance(*few_large_groups(seed))
        theta, *_ = minimise(criterion)
    except mlm.MlmError as refused:
        pytest.skip(f"refused: {str(refused).splitlines()[0]}")
    dense = DenseCriterion(criterion)
    value = dense(criterion.basis.whiten(theta))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert value < dense.lowest(seed, starts=6) + 1e-4
