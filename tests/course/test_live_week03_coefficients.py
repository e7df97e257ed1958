"""Numbers that the live figure of one coefficient says: those of mlm, and by hand."""

import json
from itertools import product

import numpy as np
import pandas as pd
import pytest
from live_page import STATE, number_after, only, say
from test_live import READY as ALL

import mlm
from methods3 import explore

READY = {name: ALL[name] for name in ("answers",)}
PLACES = [*product((0.01, 0.1, 0.5, 0.9, 0.99), (-2, -0.5, 0.4, np.log(2), 3))]


@only("answers")
def test_a_fit_to_both_probabilities_finds_the_step(figure, shown):
    """By what is said, as a table of two rows: its coefficient is the step."""
    for p, step in PLACES:
        said = say(shown, eta=np.log(p / (1 - p)), step=step)
        before, after = (number_after(word, said) for word in ("From", "to"))
        assert before == pytest.approx(p, abs=6e-4)
        odds_ratio = number_after("odds ratio of", said)
        if min(before, after) > 0.05 and max(before, after) < 0.95:
            two = pd.DataFrame({"share": [before, after], "x": [0, 1], "n": 1000})
            fit = mlm.glm("share ~ x", two, family="binomial", weights="n")
            assert fit.fixef["x"] == pytest.approx(step, abs=0.02)
            assert odds_ratio == pytest.approx(np.exp(fit.fixef["x"]), 0.02, 6e-3)
        # Odds are multiplied; the probability follows.
        odds = p / (1 - p) * np.exp(step)
        then = odds / (1 + odds)
        assert after == pytest.approx(then, abs=6e-4)
        assert odds_ratio == pytest.approx(np.exp(step), abs=6e-3)
        assert number_after("risk ratio of", said) == pytest.approx(then / p, abs=6e-3)
        points = f"{abs(100 * (then - p)):.1f} points {'more' if step > 0 else 'less'}"
        assert points in said


@only("answers")
def test_gelman_and_hill_s_two_places(figure, shown):
    """Their section 5.2: 0.4 more takes 0.5 to 0.6, and 0.9 to 0.93."""
    say(shown, step=-1)
    shown.get_by_role("button", name="step 0.4").click()
    assert "to 0.599" in say(shown, eta=0)
    assert "to 0.931" in say(shown, eta=np.log(9))


@only("answers")
def test_an_odds_ratio_of_two_is_a_button(figure, shown):
    shown.get_by_role("button", name="odds ratio 2").click()
    assert json.loads(shown.evaluate(STATE))["step"] == pytest.approx(np.log(2))
    said = say(shown, eta=np.log(1 / 9))
    assert "From 0.100 to 0.182: 8.2 points more, a risk ratio of 1.82" in said
    assert said.endswith("an odds ratio of 2.00.")


@pytest.mark.parametrize(("p", "step", "culprit"), [(0, 1, "p "), (0.5, 4, "step ")])
def test_what_is_out_of_range_is_named(p, step, culprit):
    with pytest.raises(mlm.DataError, match=culprit):
        explore.three_answers(p, step)
