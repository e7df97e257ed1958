"""The search alone: criteria whose minima are known, many at once, with a vector."""

from types import SimpleNamespace

import numpy as np
import pytest

from mlm.engine.convergence import judge
from mlm.engine.points import Expansion, Point
from mlm.engine.problem import Problem
from mlm.engine.search import settle

TERMS = (SimpleNamespace(J=20, k=2), SimpleNamespace(J=9, k=1))


class Known:
    """½ Σ|T Tᵀ − S|² + ½ (v − c)ᵀA(v − c): smallest at T Tᵀ = S, v = c.

    Beyond `reach` it cannot be computed; `base` is added to it.
    """

    terms, learns, blurred, unit = TERMS, False, False, 1.0

    def __init__(self, S, s, c, reach=np.inf, base=0.0):
        self.S, self.s, self.c, self.reach, self.base = S, s, c, reach, base
        self.A = np.array([[2.0, 0.9], [0.9, 1.0]])

    def take(self, which):
        S, s, c = self.S[which], self.s[which], self.c[which]
        return Known(S, s, c, self.reach, self.base)

    def value(self, point):
        return self.expand(point).value

    def expand(self, point, fall=0.0):
        T, t = point.blocks
        R = len(T)
        value, slopes, curvature = np.zeros(R), np.zeros((R, 7)), np.zeros((R, 7, 7))
        for r in range(R):
            left, d = T[r] @ T[r].T - self.S[r], point.vector[r] - self.c[r]
            small = t[r, 0, 0] ** 2 - self.s[r]
            value[r] = (np.sum(left**2) + small**2 + d @ self.A @ d) / 2
            slopes[r, :4] = (2 * left @ T[r]).ravel()
            slopes[r, 4] = 2 * small * t[r, 0, 0]
            slopes[r, 5:] = self.A @ d
            jacobian = [
                unit @ T[r].T + T[r] @ unit.T for unit in np.eye(4).reshape(4, 2, 2)
            ]
            J = np.reshape(jacobian, (4, 4))
            curvature[r, :4, :4], curvature[r, 4, 4] = J @ J.T, 4 * t[r, 0, 0] ** 2
            curvature[r, 5:, 5:] = self.A
        far = np.abs(T).max(axis=(1, 2)) > self.reach
        value = np.where(far, np.inf, value + self.base)
        return Expansion(point, value, slopes, curvature)


def problems(R, reach=np.inf, seed=1):
    rng = np.random.default_rng(seed)
    T = rng.normal(size=(R, 2, 2))
    S = T @ np.swapaxes(T, 1, 2)
    criterion = Known(S, rng.uniform(0.1, 4, R), rng.normal(size=(R, 2)), reach)
    start = Point([np.tile(np.eye(2), (R, 1, 1)), np.ones((R, 1, 1))], np.zeros((R, 2)))
    return criterion, start


@pytest.mark.parametrize("R", [1, 7])
def test_blocks_and_vector_reach_the_known_minimum(R):
    criterion, start = problems(R)
    ends = settle(Problem(criterion), start)
    T, t = ends.point.blocks
    np.testing.assert_allclose(T @ np.swapaxes(T, 1, 2), criterion.S, atol=1e-4)
    np.testing.assert_allclose(t[:, 0, 0] ** 2, criterion.s, atol=1e-4)
    np.testing.assert_allclose(ends.point.vector, criterion.c, atol=1e-4)
    assert (ends.value < 1e-8).all()
    assert (np.triu(T, 1) == 0).all(), "lower triangular"


def test_many_at_once_end_where_each_ends_alone():
    criterion, start = problems(5, seed=2)
    together = settle(Problem(criterion), start)
    for r in range(5):
        one = np.array([r])
        alone = settle(Problem(criterion.take(one)), start.take(one))
        np.testing.assert_array_equal(alone.point.vector[0], together.point.vector[r])
        for mine, other in zip(alone.point.blocks, together.point.blocks, strict=True):
            np.testing.assert_allclose(mine[0], other[r], rtol=1e-12, atol=1e-14)
        assert alone.steps[0] == together.steps[r]


def test_a_start_that_cannot_be_computed_is_made_smaller():
    criterion, start = problems(3, reach=2.0)
    criterion.S = criterion.S / 9  # within reach
    start.blocks[0][1] *= 1e3
    ends = settle(Problem(criterion), start)
    T = ends.point.blocks[0]
    np.testing.assert_allclose(T @ np.swapaxes(T, 1, 2), criterion.S, atol=1e-4)


def test_what_can_nowhere_be_computed_ends_with_infinity():
    criterion, start = problems(3, reach=2.0)
    criterion.S = criterion.S / 9
    start.blocks[0][1] *= 1e30
    ends = settle(Problem(criterion), start)
    assert np.isinf(ends.value).tolist() == [False, True, False]
    np.testing.assert_allclose(
        ends.point.vector[[0, 2]], criterion.c[[0, 2]], atol=1e-4
    )


def test_variances_of_zero_are_exactly_zero():
    criterion, start = problems(4)
    criterion.s[[0, 2]] = -0.5  # then t² + 0.5 is smallest at 0
    ends = settle(Problem(criterion), start)
    assert (ends.point.blocks[1][:, 0, 0] == 0).tolist() == [True, False, True, False]


class Bowl:
    """t² + cosh(v − 5): smallest at t = 0 and v = 5, and flat in t where t is small."""

    terms, basis = (SimpleNamespace(J=25, k=1),), None
    wide = learns = costly = blurred = False
    unit = 1.0

    def take(self, which):
        return self

    def value(self, point):
        return self.expand(point).value

    def steps(self, point):
        return ()

    def slopes(self, point, near):
        return self.expand(point).slopes

    def expand(self, point, fall=0.0):
        t, v = point.blocks[0][:, 0, 0], point.vector[:, 0] - 5
        slopes = np.column_stack([2 * t, np.sinh(v)])
        curvature = np.zeros((len(t), 2, 2))
        curvature[:, 0, 0], curvature[:, 1, 1] = 2, np.cosh(v)
        return Expansion(point, t**2 + np.cosh(v), slopes, curvature)


@pytest.mark.parametrize("start", [0.005, 0.09, 2.0])
def test_the_vector_moves_on_where_blocks_vanish(start):
    bowl = Bowl()
    end = settle(Problem(bowl), Point.of([np.full((1, 1), start)], [0.0]))
    assert end.value[0] == pytest.approx(1, abs=1e-12)
    assert end.point.vector[0, 0] == pytest.approx(5, abs=1e-6)
    assert end.point.blocks[0][0, 0, 0] == 0
    convergence = judge(bowl, end, 7)
    assert convergence.converged
    assert convergence.singular
    # In units of 1/√(4·25) = 0.1 for t: 2·0.01, and cosh″(0) = 1 for v.
    np.testing.assert_allclose(convergence.eigenvalues, [0.02, 1], rtol=1e-4)


class Raised(Bowl):
    """A bowl that is deepest where the block is 1: it does not vanish."""

    def expand(self, point, fall=0.0):
        moved = Point([T - 1 for T in point.blocks], point.vector)
        return super().expand(moved)._replace(point=point)


def test_a_falling_criterion_is_as_far_from_its_minimum_as_a_rising_one(monkeypatch):
    """After one of Newton's steps from v = 0, where sinh is negative."""
    monkeypatch.setattr("mlm.engine.search.MOST_STEPS", 1)
    for sign in (-1, 1):
        end = settle(Problem(Raised()), Point.of([np.ones((1, 1))], [5 + sign * 5]))
        slope = np.sinh(5 - np.tanh(5))
        assert end.size[0] == pytest.approx(slope, rel=1e-6)
        assert not judge(Raised(), end, 2).converged


@pytest.mark.parametrize("base", [0.0, 1e6])
@pytest.mark.parametrize("s", [0.1, -0.1, -1e-3, 1e-5, 1e-6])
def test_the_derivative_by_the_variance_decides_on_zero(s, base):
    """Of s = 1e-5 the criterion is 5e-11 lower at √s than at 0: values are rounding."""
    criterion, start = problems(1)
    criterion = Known(criterion.S, np.array([s]), criterion.c, base=base)
    end = settle(Problem(criterion), start)
    found = end.point.blocks[1][0, 0, 0]
    assert found == pytest.approx(np.sqrt(s), rel=0.5) if s > 0 else found == 0


@pytest.mark.parametrize("last", [1e-5, -1e-2])
def test_the_derivative_decides_on_one_direction_of_a_block(last):
    criterion, start = problems(1)
    Q, _ = np.linalg.qr(np.array([[1.0, 2.0], [-1.0, 0.5]]))
    S = ((Q * [2.0, last]) @ Q.T)[None]
    end = settle(Problem(Known(S, criterion.s, criterion.c)), start)
    T = end.point.blocks[0][0]
    smallest = np.linalg.svd(T, compute_uv=False)[-1]
    expected = np.sqrt(max(last, 0))
    assert smallest == pytest.approx(expected, rel=0.5, abs=1e-12)
