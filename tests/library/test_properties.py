"""What must not change the fit, on random data; `test_every_fit` has every model."""

import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import WEEKLY
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import mlm

pytestmark = pytest.mark.slow
FORMULAS = ["y ~ x + (x | g)", "y ~ x + (1 | g) + (1 | h)", "y ~ x + (1 | g/h)"]
# The same examples every time, so that a red test is somebody's change.
MODEST = settings(
    max_examples=30 if WEEKLY else 6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@st.composite
def data_frames(draw):
    """Two factors, a predictor, and a response with effects of any size, also 0."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    n = draw(st.integers(40, 120))
    data = pd.DataFrame(
        {
            "g": rng.integers(0, draw(st.integers(3, 9)), n),
            "h": rng.integers(0, 3, n),
            "x": rng.normal(size=n),
        }
    )
    sizes = [draw(st.sampled_from([0.0, 0.3, 2.0])) for _ in range(3)]
    modes = rng.normal(size=(3, 10))
    y = 1 + data["x"] + sizes[0] * modes[0][data["g"]] + sizes[1] * modes[1][data["h"]]
    y += sizes[2] * modes[2][data["g"]] * data["x"] + rng.normal(size=n)
    return data.assign(y=y)


def fit(formula, data, **arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mlm.SingularFitWarning)
        return mlm.lmer(formula, data, **arguments)


def same(one, other, change=0.0):
    """Whether two fits have the same optimum; the criterion may differ by a constant.

    Estimates are compared loosely: a flat optimum leaves theta, and what follows from
    it, free at the tolerance of the criterion.
    """
    assert one.criterion + change == pytest.approx(other.criterion, abs=1e-6)


@MODEST
@given(data_frames(), st.sampled_from(FORMULAS), st.randoms(use_true_random=False))
def test_order_of_rows(data, formula, random):
    rows = list(data.index)
    random.shuffle(rows)
    shuffled = data.loc[rows]
    one, other = fit(formula, data), fit(formula, shuffled)
    same(one, other)
    assert other.resid.index.equals(shuffled.index)


@MODEST
@given(data_frames(), st.sampled_from(FORMULAS))
def test_labels_of_groups(data, formula):
    labels = {level: f"{chr(122 - level)}{level}" for level in range(10)}
    renamed = data.assign(g=data["g"].map(labels), h=data["h"].map(labels))
    one, other = fit(formula, data), fit(formula, renamed)
    same(one, other)
    # A flat optimum leaves modes free by a share of what they are worth.
    for group in ("g", "h") if "h" in one.ranef else ("g",):
        modes = other.ranef[group].loc[one.ranef[group].index.map(labels)]
        np.testing.assert_allclose(modes, one.ranef[group], rtol=1e-2, atol=1e-3)


@MODEST
@given(
    data_frames(),
    st.sampled_from(FORMULAS),
    st.sampled_from([-1e6, 3.0, 1e6]),
    st.sampled_from([1e-6, 0.1, 1e6]),
)
def test_shift_and_scale_of_the_response(data, formula, shift, scale):
    moved = data.assign(y=scale * data["y"] + shift)
    one, other = fit(formula, data), fit(formula, moved)
    change = 2 * (len(data) - 2) * np.log(scale)
    # A shift of 1e6 beside residuals of 1e-6 leaves four of the 16 digits.
    assume(abs(shift) < 1e8 * scale)
    same(one, other, change)
    assert other.sigma == pytest.approx(scale * one.sigma, rel=1e-3)


@MODEST
@given(
    data_frames(),
    st.sampled_from(FORMULAS),
    st.sampled_from([-1e4, 5.0]),
    st.sampled_from([1e-6, 0.1, 1e6]),
)
def test_shift_and_scale_of_a_predictor(data, formula, shift, scale):
    moved = data.assign(x=scale * (data["x"] + shift))
    one, other = fit(formula, data), fit(formula, moved)
    same(one, other, 2 * np.log(scale))
    assert other.fixef["x"] == pytest.approx(one.fixef["x"] / scale, rel=1e-2, abs=1e-3)


@MODEST
@given(data_frames(), st.booleans())
def test_nesting_is_shorthand(data, reml):
    short = fit("y ~ x + (1 | g/h)", data, reml=reml)
    written = fit("y ~ x + (1 | g) + (1 | g:h)", data, reml=reml)
    same(short, written)
    assert set(short.ngroups.values()) == set(written.ngroups.values())


@MODEST
@given(data_frames(), st.sampled_from(FORMULAS))
def test_the_callers_frame_is_not_changed(data, formula):
    before = data.copy(deep=True)
    fit(formula, data, weights=np.arange(1, len(data) + 1), offset="x")
    pd.testing.assert_frame_equal(data, before)
