"""One criterion at many points at once: what it is at each of them alone."""

import numpy as np
import pandas as pd
import pytest
from test_hard_fits import hard

import mlm
from mlm.engine import optimum
from mlm.engine.points import Point
from mlm.engine.problem import Problem
from mlm.engine.search import settle

pytestmark = pytest.mark.filterwarnings("ignore::mlm.MlmWarning")


def some_data(noise=1.0):
    rng = np.random.default_rng(5)
    data = pd.DataFrame(rng.normal(size=(90, 2)), columns=["x", "z"])
    data["g"] = rng.integers(0, 9, 90)
    data["h"] = rng.integers(0, 4, 90)
    y = data["x"] + rng.normal(size=9)[data["g"]] + noise * rng.normal(size=90)
    return data.assign(y=y, w=rng.uniform(0.5, 2, 90))


def criterion_of(formula, **given):
    noise = given.pop("noise", 1.0)
    return mlm.profiled_deviance(
        mlm.design_matrices(formula, some_data(noise), **given)
    )


def random_points(criterion, number, seed=1):
    """Points with effects from much smaller to much larger than the residuals."""
    rng = np.random.default_rng(seed)
    return [
        Point.of(
            [
                rng.normal(size=(term.k, term.k)) * 10 ** rng.uniform(-2, 1.5)
                for term in criterion.terms
            ]
        )
        for _ in range(number)
    ]


ONE_FACTOR = [
    ("y ~ x + (1 | g)", {}),
    ("y ~ x + (x | g)", {}),
    ("y ~ x + (x + z | g)", {"weights": "w"}),
    ("y ~ x + (x || g)", {"weights": "w", "offset": "z"}),
    ("y ~ 0 + (x | g)", {}),
]


@pytest.mark.parametrize(("formula", "given"), ONE_FACTOR)
def test_values_are_those_of_every_point(formula, given, monkeypatch):
    criterion = criterion_of(formula, **given)
    points = random_points(criterion, 60)
    values, unsure = criterion.crowd().values(points)
    alone = [criterion.value(point)[0] for point in points]
    np.testing.assert_allclose(values[~unsure], np.array(alone)[~unsure], rtol=1e-10)
    assert unsure.mean() < 0.2
    monkeypatch.setattr("mlm.engine.crowd.MOST_NUMBERS", 500)
    np.testing.assert_allclose(criterion.crowd().values(points)[0], values, rtol=1e-13)


@pytest.mark.parametrize("seed", range(40))
def test_searches_end_where_they_end_alone(seed):
    criterion = mlm.profiled_deviance(*hard(seed))
    if criterion.crowd() is None:
        pytest.skip("several grouping factors")
    points = random_points(criterion, 5, seed)
    with np.errstate(all="ignore"):
        reached = criterion.crowd().ends(points)
        ends = [settle(Problem(criterion), point) for point in points]
    lowest = min(end.value[0] for end in ends)
    for (point, value), end in zip(reached, ends, strict=True):
        # A hair decides to which of several minima a search goes.
        if np.isfinite(value) and not np.isclose(value, end.value[0], atol=1e-6):
            assert value > lowest - 1e-6
            assert criterion.value(point)[0] == pytest.approx(value, abs=1e-6)


def test_hardly_any_search_is_unsure_or_ends_elsewhere():
    found = []
    for seed in range(20):
        criterion = mlm.profiled_deviance(*hard(seed))
        if criterion.crowd() is not None:
            points = random_points(criterion, 5, seed)
            with np.errstate(all="ignore"):
                reached = criterion.crowd().ends(points)
                ends = [settle(Problem(criterion), point) for point in points]
            found += [
                (np.isfinite(value), abs(value - end.value[0]) < 1e-6)
                for (_, value), end in zip(reached, ends, strict=True)
            ]
    sure, same = np.array(found).T
    assert sure.mean() > 0.7
    assert same[sure].mean() > 0.9


@pytest.mark.parametrize("noise", [1e-6, 1e-9])
def test_lost_digits_are_noticed(noise):
    """Where groups explain nearly all of y, cross-products cancel."""
    criterion = criterion_of("y ~ x + (1 | g)", noise=noise)
    points = [Point.of([np.array([[size]])]) for size in (1.0, 1e3, 1e6)]
    _, unsure = criterion.crowd().values(points)
    assert unsure.any()
    values = Problem(criterion).values(points)
    alone = [criterion.value(point)[0] for point in points]
    np.testing.assert_array_equal(values[unsure], np.array(alone)[unsure])


@pytest.mark.parametrize(
    ("formula", "noise", "digits"),
    [("y ~ x + (1 | g)", 1e-9, False), ("y ~ x + (x | g)", 0.1, True)],
)
def test_a_search_that_is_unsure_is_left_to_the_criterion(formula, noise, digits):
    """Digits are lost; or several effects are so large that minima are valleys."""
    criterion = criterion_of(formula, noise=noise)
    points = random_points(criterion, 3)
    with np.errstate(all="ignore"):
        reached = criterion.crowd().ends(points)
        end = settle(Problem(criterion), points[0])
        _, unsure = criterion.crowd().values([end.point])
    assert all(
        point is start for (point, _), start in zip(reached, points, strict=True)
    )
    assert [value for _, value in reached] == [-np.inf] * 3
    assert unsure != digits


def test_what_all_searches_at_once_find_is_taken(monkeypatch):
    """The first search ends at a false zero; only those from elsewhere are lower."""
    criterion = criterion_of("y ~ x + (x || g)")
    problem = Problem(criterion)
    right = settle(problem, criterion.start())
    zeros = right.point._replace(blocks=[np.zeros((1, 1, 1))] * 2)
    wrong = right._replace(point=zeros, value=criterion.value(zeros))
    assert wrong.value[0] > right.value[0] + 1
    for name in ("dips_alone", "dips_of_pairs", "dips_along"):
        monkeypatch.setattr(optimum, name, lambda problem, best: [])
    with np.errstate(all="ignore"):
        found = optimum.look_elsewhere(problem, wrong)
    assert found.value[0] == pytest.approx(right.value[0], abs=1e-8)


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g) + (1 | h)", "y ~ x + (1 | g/h)"])
def test_several_factors_are_taken_point_by_point(formula):
    criterion = criterion_of(formula)
    assert criterion.crowd() is None
    points = random_points(criterion, 3)
    alone = [criterion.value(point)[0] for point in points]
    assert Problem(criterion).values(points).tolist() == alone


def test_of_many_kinds_of_groups_points_are_taken_one_by_one(monkeypatch):
    monkeypatch.setattr("mlm.engine.crowd.MOST_PATTERNS", 8)
    assert criterion_of("y ~ x + (1 | g)").crowd() is None
