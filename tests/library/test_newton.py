"""Newton's method: its fates, and those of the notes' version."""

from itertools import islice

import numpy as np
import pytest

import mlm
from mlm.demonstrations.estimation import criterion_slope
from mlm.demonstrations.newton import (
    newton,
    newton_of_the_notes,
    van_der_waals,
    van_der_waals_slope,
)

VDW = van_der_waals, van_der_waals_slope
# Of the cubic 1.2 V³ − 6.8 V² + 9 V − 3.
ROOTS = np.sort(np.roots([1.2, -6.8, 9, -3]))
# On sleepstudy with random intercepts: the closed form for balanced data.
THETA = 1.1978815303


def notes(*arguments, steps=60):
    """At most so many steps of the notes' version."""
    return list(islice(newton_of_the_notes(*arguments), steps))


@pytest.fixture(scope="module")
def reml():
    data = mlm.load_sleepstudy()
    return criterion_slope(mlm.design_matrices("Reaction ~ Days + (1 | Subject)", data))


@pytest.mark.parametrize("start", [0.5, 1.0, 4.0, 2.0, 0.6, 10.0, 0.3, 8.0, 0.2])
def test_safe_newton_ends_at_a_root(start):
    found = newton(*VDW, start)
    assert found.converged
    assert np.abs(ROOTS - found.x).min() < 1e-12
    assert found.path[0] == start
    assert found.path[-1] == found.x
    assert found.steps == len(found.path) - 1


@pytest.mark.parametrize(
    ("bracket", "root"), [((0.4, 0.9), 0), ((0.9, 2.0), 1), ((2.0, 9.0), 2)]
)
def test_bracket_decides_which_root(bracket, root):
    for start in np.linspace(*bracket, 7):
        found = newton(*VDW, start, bracket=bracket)
        assert found.converged
        assert found.x == pytest.approx(ROOTS[root], abs=1e-12)
        assert all(bracket[0] <= x <= bracket[1] for x in found.path)


@pytest.mark.parametrize(("start", "root"), [(0.5, 0), (1.0, 1), (4.0, 2)])
def test_notes_version_works_from_near(start, root):
    assert notes(*VDW, start)[-1] == pytest.approx(ROOTS[root], abs=1e-8)


def test_notes_version_overflows_from_python_numbers():
    with pytest.raises(OverflowError):
        notes(*VDW, 0.6)


def test_notes_version_never_ends_from_numpy_numbers():
    with np.errstate(all="ignore"):
        path = notes(*VDW, np.float64(0.6), steps=1000)
    assert len(path) == 1000
    assert path[-1] == -np.inf


@pytest.mark.slow
def test_notes_version_takes_what_is_no_number_for_an_answer(reml):
    path = notes(*reml, 2.5, steps=1000)
    assert len(path) < 1000, "it ended by itself"
    assert path[-1] > 1e150


def test_four_fates_on_the_reml_criterion(reml):
    assert notes(*reml, 1.0)[1:4] == pytest.approx(
        [1.142828, 1.192966, 1.197840], abs=1e-6
    )
    assert notes(*reml, 1.0)[-1] == pytest.approx(THETA, abs=1e-8)
    assert notes(*reml, 0.1)[-1] == pytest.approx(0, abs=1e-8), "a maximum"
    assert notes(*reml, 0.2)[-1] == pytest.approx(-THETA, abs=1e-8), "other sign"
    assert abs(notes(*reml, 3.0)[-1]) > 1e6, "away"


@pytest.mark.parametrize("start", [0.1, 0.2, 1.0, 1.8, 2.5, 5.0])
def test_bracket_finds_the_reml_estimate_from_anywhere(reml, start):
    found = newton(*reml, start, bracket=(0.05, 6))
    assert found.converged
    assert found.x == pytest.approx(THETA, abs=1e-9)


def test_without_a_bracket_it_says_that_it_failed(reml):
    found = newton(*reml, 2.5)
    assert not found.converged
    assert found.reason == "not there after 50 steps"


@pytest.mark.parametrize(
    ("f", "fprime", "start", "reason"),
    [
        (lambda x: x**2 + 1, lambda x: 2 * x, 0.0, "nearer to 0"),
        (lambda x: x**2 + 1, lambda x: 2 * x, 3.0, "nearer to 0|not there"),
        (lambda x: 1.0, lambda x: np.nan, 0.0, "nearer to 0"),
    ],
)
def test_where_there_is_no_root_it_says_so(f, fprime, start, reason):
    found = newton(f, fprime, start)
    assert not found.converged
    assert any(words in found.reason for words in reason.split("|"))


def test_cap_on_steps():
    found = newton(*VDW, 0.2, max_steps=2)
    assert not found.converged
    assert found.steps == 2
    assert found.reason == "not there after 2 steps"


def test_at_the_root_already():
    assert newton(lambda x: x, lambda x: 1.0, 0.0).converged
    assert newton(*VDW, ROOTS[0], bracket=(0.4, 0.9)).converged


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"x0": 1 / 3}, "f is .* at x0"),
        ({"x0": 1.0, "bracket": (2.0, 5.0)}, "not in the bracket"),
        ({"x0": 1.0, "bracket": (0.9, 1.1)}, "signs must differ"),
        ({"x0": 1.0, "tol": 0.0}, "tol is a positive number"),
        ({"x0": 1.0, "max_steps": 0}, "max_steps is a whole number, 1"),
    ],
)
def test_impossible_arguments_are_named(arguments, words):
    with pytest.raises(mlm.DataError, match=words):
        newton(*VDW, **arguments)
