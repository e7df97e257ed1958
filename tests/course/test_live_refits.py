"""Numbers of the live figure of the bootstrap: as numpy, scipy and mlm have them."""

import json
import re

import numpy as np
import pytest
from live_page import STATE, only, say
from scipy import stats
from test_live import READY as ALL

import mlm
from methods3 import explore
from methods3.live.bundle import joined

READY = {"refits": ALL["refits"]}
DAYS, TRUTH = 10, 0.59


def ratio_of(icc):
    """The ratio of mean squares of a share."""
    return 1 + DAYS * icc / (1 - icc)


def f_of(people):
    """Distribution of the ratio over the true one, in studies with a common line."""
    return stats.f(people - 1, people * (DAYS - 1) - 1)


@pytest.fixture
def studies(shown):
    """Gives many studies of some people, as the script draws them."""
    shown.add_script_tag(content=f"{joined('refits')}window.refits = $refits;")
    limits = {people: ends for people, *ends in ALL["refits"]().parameters["limits"]}

    def drawn(people, count):
        told = {"people": people, "truth": TRUTH, "days": DAYS}
        return shown.evaluate(
            """([told, count]) => Array.from({ length: count }, (_, seed) => {
                 const found = refits.studied(told, 1000 + seed);
                 // Of few only: a thousand numbers each take long to be told.
                 return { ...found, refits: seed < 10 ? [...found.refits] : null };
               })""",
            [told | {"limits": limits[people]}, count],
        )

    return drawn


@only("refits")
@pytest.mark.parametrize("people", [6, 18, 60])
def test_intervals_are_those_of_numpy_and_scipy(figure, shown, studies, people):
    known = f_of(people)
    for study in studies(people, 10):
        ends = np.quantile(study["refits"], [0.025, 0.975])
        found = study["intervals"]
        np.testing.assert_allclose(found["percentile"], ends, rtol=1e-12)
        turned = 2 * study["estimate"] - ends[::-1]
        np.testing.assert_allclose(found["turned round"], turned, rtol=1e-12)
        if study["estimate"] == 0:
            continue
        for end, tail in zip(found["exact"], (0.025, 0.975), strict=True):
            # Were this end the truth, as much as this would lie beyond the estimate.
            if end > 0:
                beyond = known.sf(ratio_of(study["estimate"]) / ratio_of(end))
                assert beyond == pytest.approx(tail, abs=1e-9)


@only("refits")
@pytest.mark.parametrize("people", [6, 30])
def test_studies_and_refits_have_the_distribution_of_theory(
    figure, shown, studies, people
):
    drawn = studies(people, 400)
    estimates = np.array([study["estimate"] for study in drawn])
    found = np.array([ratio_of(e) / ratio_of(TRUTH) for e in estimates if e > 0])
    zero = 1 / ratio_of(TRUTH)  # below this share of the true ratio, the ICC is 0
    known = f_of(people)
    above = (known.cdf(found) - known.cdf(zero)) / known.sf(zero)
    assert stats.kstest(above, "uniform").pvalue > 0.01
    first = next(study for study in drawn[:10] if study["estimate"] > 0.5)
    again = [
        ratio_of(r) / ratio_of(first["estimate"]) for r in first["refits"] if r > 0
    ]
    assert stats.kstest(again, known.cdf).pvalue > 0.01


@only("refits")
def test_the_exact_interval_keeps_its_promise_and_the_others_do_not(
    figure, shown, studies
):
    drawn = studies(6, 2000)
    for kind, least, most in [
        ("exact", 0.94, 0.96),
        ("percentile", 0.85, 0.9),
        ("turned round", 0.75, 0.81),
    ]:
        ends = np.array([study["intervals"][kind] for study in drawn])
        assert least < ((ends[:, 0] <= TRUTH) & (ends[:, 1] >= TRUTH)).mean() < most


def test_a_fit_finds_the_share_of_the_ratio_of_mean_squares(sleepstudy):
    """What the figure takes for granted: no refit is needed."""
    fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", sleepstudy)
    person = sleepstudy["Subject"]
    for _, y in fit.simulate(5, seed=3).items():
        means = y.groupby(person, observed=True).transform("mean")
        days = sleepstudy["Days"] - 4.5
        within = y - means
        within -= days * (days @ within) / (days @ days)
        between = np.sum((means - y.mean()) ** 2) / 17
        ratio = between / (within @ within / 161)
        expected = (ratio - 1) / (ratio - 1 + DAYS)
        assert fit.refit(y).icc()["adjusted"] == pytest.approx(expected, abs=1e-5)


@only("refits")
def test_studies_are_counted_until_something_changes(figure, shown):
    def told():
        state = json.loads(shown.evaluate(STATE))
        return state, shown.locator(".words").inner_text()

    shown.get_by_role("button", name="draw again").click()
    shown.get_by_role("button", name="draw 100").click()
    state, said = told()
    assert len(state["studies"]) == 102
    for k, kind in enumerate(("percentile", "turned round", "exact")):
        ends = np.array(state["studies"])[:, k]
        low, high = np.sum(ends[:, 1] < TRUTH), np.sum(ends[:, 0] > TRUTH)
        said = say(shown, kind=kind)
        counts = re.search(r": (\d+) with the truth inside, (\d+) too low, (\d+)", said)
        assert [*map(int, counts.groups())] == [102 - low - high, low, high]
        tally = shown.locator(".numbers div").nth(k).inner_text()
        assert re.sub(r"\s+", " ", tally) == f"{kind} {counts[1]} of 102 hold the truth"
        thick = shown.locator("[data-layer=intervals] .strong").count() - 3
        misses = (ends[-50:, 1] < TRUTH) | (ends[-50:, 0] > TRUTH)
        assert thick == misses.sum()
    shown.get_by_label("people").press("ArrowRight")
    state, said = told()
    assert (state["people"], len(state["studies"])) == (19, 1)
    shown.locator(".handle").press("ArrowUp")
    state, said = told()
    assert (state["truth"], len(state["studies"])) == (0.6, 1)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((0.96, 18, 1), "icc is from 0 to 0.95"),
        ((0.5, 5, 1), "people is .* from 6 to 60"),
        ((0.5, 18, -1), "seed"),
    ],
)
def test_the_impossible_is_named(given, words):
    with pytest.raises(mlm.DataError, match=words):
        explore.refit_again(*given)
