"""Numbers that the live figure of people's average says."""

from itertools import product

import numpy as np
import pytest
from live_page import number_after, only, say
from scipy.special import expit, logit
from test_live import READY as ALL

from mlm.demonstrations.averages import average_over_groups

READY = {"average": ALL["average"]}


@only("average")
def test_averages_are_those_of_mlm(figure, shown):
    for sd, slope, at in product((0, 1, 2.5, 4), (0.2, 1, 2), (-6, -1, 0, 3.5)):
        said = say(shown, sd=sd, slope=slope, at=at)
        average = average_over_groups(slope * at, sd)
        told = {
            "probability is": expit(slope * at),
            "average": average,
            "these are": slope * at,
            r"these are −?[\d.]+ and": logit(average),
        }
        for words, value in told.items():
            digits = 2 if "these" in words else 4
            near = pytest.approx(value, abs=0.51 * 10**-digits)
            assert number_after(words, said) == near, said


@only("average")
def test_the_typical_person_is_in_the_middle_of_thirty(figure, shown):
    effects = np.array(figure.parameters["effects"])
    assert effects.shape == (30,)
    np.testing.assert_allclose(effects, -effects[::-1], atol=1e-9)
    assert effects.std() == pytest.approx(1, abs=0.03)
    assert shown.locator("[data-layer=people] path").count() == 60
    say(shown, sd=0)
    heights = shown.evaluate(
        """() => ["typical", "average"].map((name) => {
          const svg = document.querySelectorAll(".mlm-live svg")[1];
          const path = svg.querySelector(`[data-layer=${name}] path`);
          return path.getAttribute("d");
        })"""
    )
    # People who are alike have one curve, and it is their average.
    typical, average = (
        [float(x) for x in d[1:].replace("L", ",").split(",")] for d in heights
    )
    np.testing.assert_allclose(typical, average, atol=1e-6)
