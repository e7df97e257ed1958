"""Intervals for proportions, against statsmodels and by counting."""

import numpy as np
import pytest
from scipy.stats import binom

import mlm
from mlm.replicates.proportions import proportion_interval


@pytest.mark.parametrize(
    ("method", "theirs"), [("wald", "normal"), ("wilson", "wilson")]
)
def test_intervals_are_those_of_statsmodels(method, theirs):
    from statsmodels.stats.proportion import proportion_confint  # takes a while

    successes, n = np.array([1, 17, 30, 47]), 48
    ours = proportion_interval(successes, n, method, level=0.9)
    for end, expected in zip(
        ours, proportion_confint(successes, n, 0.1, theirs), strict=True
    ):
        inside = (expected > 0) & (expected < 1)  # statsmodels cuts at 0 and 1
        np.testing.assert_allclose(end[inside], expected[inside], rtol=1e-7)


def test_only_wald_leaves_0_to_1():
    for k in range(21):
        assert min(proportion_interval(k, 20, "wilson")) + 1e-15 >= 0
        assert max(proportion_interval(k, 20, "logit")) <= 1
    assert proportion_interval(47, 48, "wald")[1] == pytest.approx(1.0196, abs=5e-5)
    assert proportion_interval(48, 48, "wald") == (1, 1)
    assert proportion_interval(48, 48, "logit") == (0, 1)


@pytest.mark.parametrize(("p", "n", "share"), [(0.9, 20, 0.75), (0.9, 48, 0.27)])
def test_how_often_wald_exceeds_1(p, n, share):
    k = np.arange(n + 1)
    _, upper = proportion_interval(k, n, "wald")
    assert binom.pmf(k, n, p)[upper > 1].sum() == pytest.approx(share, abs=0.005)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((49, 48, "wald"), "successes are 0 to n"),
        ((0, 0, "wald"), "n is at least 1"),
        ((3, 5, "exact"), "method is"),
        ((3, 5, "wald", 1.0), "level is between"),
    ],
)
def test_impossible_arguments_are_named(arguments, words):
    with pytest.raises(mlm.DataError, match=words):
        proportion_interval(*arguments)
