"""Numbers that the live figure of counts says: those of mlm, of what it draws."""

import re

import numpy as np
import pandas as pd
import pytest
from live_page import number_after, only, say
from scipy import stats
from test_live import READY as ALL

import mlm
from methods3 import explore
from methods3.live.bundle import joined

READY = {name: ALL[name] for name in ("counts",)}


def drawn(page, seed, omega, people):
    """The counts that the script draws: ndarray, shape (2, people)."""
    script = f"(() => {{ {joined('counts')}; return $counts.drawn; }})()"
    known = {"mean": 16, "people": people, "omega": omega}
    told = page.evaluate(f"([known, seed]) => {script}(known, seed)", [known, seed])
    return np.array(told)


def ends(page, kind, said):
    """Both ends of the interval of a kind."""
    found = re.search(rf"{kind} ([\d.]+) to ([\d.]*\d)", said)
    return [float(end) for end in found.groups()]


@only("counts")
def test_three_intervals_are_those_of_mlm(figure, shown):
    seed = figure.parameters["seed"]
    for draw, (omega, people) in enumerate([(1.5, 10), (4, 30), (8, 40), (15, 60)]):
        said = say(shown, omega=omega, people=people, draw=draw, studies=[])
        counts = drawn(shown, seed + draw + 1, omega, people)
        table = pd.DataFrame({"y": counts.ravel(), "x": np.repeat([0, 1], people)})
        table["row"] = range(len(table))
        plain = mlm.glm("y ~ x", table, family="poisson")
        wider = mlm.glmer("y ~ x + (1 | row)", table, family="poisson")
        t = stats.t.ppf(0.975, 2 * people - 2) * np.sqrt(plain.dispersion)
        assert number_after("dispersion", said) == round(plain.dispersion, 2)
        for kind, fit, reach in (
            ("Poisson", plain, stats.norm.ppf(0.975)),
            ("quasi-Poisson", plain, t),
            ("row effect", wider, stats.norm.ppf(0.975)),
        ):
            wanted = np.exp(fit.fixef["x"] + fit.se["x"] * np.array([-reach, reach]))
            assert ends(shown, rf"(?<!-){kind}", said) == pytest.approx(
                wanted, abs=6e-3
            )


@only("counts")
def test_counts_have_the_mean_and_the_variance_that_are_set(figure, shown):
    for omega in (1, 3, 15):
        counts = drawn(shown, 5, omega, 20_000)
        # Of forty thousand counts; the fourth moment of a gamma mixture is larger.
        assert counts.mean() == pytest.approx(16, abs=4 * np.sqrt(16 * omega / 40_000))
        assert counts.var() / 16 == pytest.approx(omega, rel=0.06)


@only("counts")
def test_poisson_intervals_hold_the_truth_too_rarely(figure, shown):
    """Reaching 1.96/√ω true standard errors they hold it with a known probability."""
    for omega in (1, 8):
        say(shown, omega=omega, people=40, draw=0, studies=[])
        for _ in range(4):
            shown.get_by_role("button", name="draw 50").click()
        said = say(shown)
        assert said.endswith("of 201.")
        wanted = 2 * stats.norm.cdf(1.96 / np.sqrt(omega)) - 1
        sd = np.sqrt(wanted * (1 - wanted) / 201)
        held = re.search(r"Poisson (\d+), quasi-Poisson (\d+), row effect (\d+)", said)
        poisson, quasi, row = (int(number) / 201 for number in held.groups())
        assert poisson == pytest.approx(wanted, abs=4 * sd)
        for share in (quasi, row):
            assert share == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 201))


@pytest.mark.parametrize(
    ("omega", "people", "culprit"), [(0.5, 40, "omega "), (2, 11, "people ")]
)
def test_what_is_out_of_range_is_named(omega, people, culprit):
    with pytest.raises(mlm.DataError, match=culprit):
        explore.counts_again(omega, people, seed=1)
