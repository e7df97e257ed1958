"""Averages over groups, against integrals by R and by scipy, and closed forms."""

import numpy as np
import pytest
from scipy import stats

import mlm
from mlm.demonstrations.averages import average_over_groups

# R: integrate(function(u) plogis(1 + u) * dnorm(u, 0, sd), -Inf, Inf)
BY_R = {0.5: 0.720580815, 1: 0.696734670, 2: 0.647726439, 4: 0.590391558}


@pytest.mark.parametrize(("sd", "mean"), BY_R.items())
def test_averages_are_those_of_r(sd, mean):
    assert average_over_groups(1.0, sd) == pytest.approx(mean, abs=1e-8)


def test_without_differences_the_average_is_the_typical_group():
    eta = np.array([-3.0, 0.0, 2.0])
    np.testing.assert_allclose(average_over_groups(eta, 0), 1 / (1 + np.exp(-eta)))


@pytest.mark.parametrize("sd", [0.3, 1, 5, 20])
def test_closed_forms_of_other_links(sd):
    eta = np.array([-1.0, 0.0, 2.5])
    probit = stats.norm.cdf(eta / np.sqrt(1 + sd**2))
    np.testing.assert_allclose(average_over_groups(eta, sd, "probit"), probit, 1e-9)
    line = average_over_groups(eta, sd, mlm.links.identity)
    np.testing.assert_allclose(line, eta, atol=1e-12)


def test_rates_are_higher_on_average():
    """E[exp(η + u)] = exp(η + σ²/2): the mean of a lognormal variable."""
    assert average_over_groups(1.0, 0.8, "log") == pytest.approx(np.exp(1.32))


def test_a_number_gives_a_number_and_a_list_an_array():
    assert np.ndim(average_over_groups(1, 1)) == 0
    assert average_over_groups([1, 2], 1).shape == (2,)
