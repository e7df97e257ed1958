"""Numbers of live figures of one curve's likelihood, and of a forecast."""

import re

import numpy as np
import pytest
from live_page import number_after, only, say
from scipy import stats
from test_live import MEANS, sleep, slopes
from test_live import READY as ALL

import mlm
from methods3 import explore

READY = {name: ALL[name] for name in ("bell of a mean", "bell of θ", "forecast")}


@only("bell of a mean")
def test_the_height_at_what_was_seen(figure, shown):
    best = 250  # where it starts
    for mean in (200, 250, 320, 333, 440):
        said = say(shown, at=mean)
        height = stats.norm.pdf(320, mean, 40)
        assert f"the density at 320 ms is {height:.4f}." in said
        best = min(best, mean, key=lambda m: abs(m - 320))
        assert said.endswith(f"The best so far is {best}.")
    shown.get_by_role("button").click()
    assert shown.locator(".words").inner_text().endswith("the best of all 320.")


@only("bell of θ")
def test_heights_multiply_to_the_likelihood_of_theta(figure, shown):
    def log_of(theta):
        return stats.norm.logpdf(MEANS, 0, 30 * np.sqrt(theta**2 + 0.1)).sum()

    for theta in (0.2, 1.2, 4):
        said = say(shown, at=theta)
        assert number_after("the log-likelihood is", said) == pytest.approx(
            log_of(theta), abs=0.051
        )
    shown.get_by_role("button").click()
    thetas = np.arange(0.1, 4.01, 0.05)
    best = thetas[np.argmax([log_of(theta) for theta in thetas])]
    assert number_after("the best of all", say(shown, at=1)) == pytest.approx(best)
    # The curve is as high over each value as its density there, in thousandths.
    heights = shown.evaluate(
        """[...document.querySelectorAll("[data-layer=heights] path")]
             .map(path => path.__data__[1][1])"""
    )
    known = 1000 * stats.norm.pdf(MEANS, 0, 30 * np.sqrt(1.1))
    np.testing.assert_allclose(heights, known, rtol=1e-9)


@only("bell of θ")
def test_what_is_tried_is_kept_and_the_curve_waits_for_a_press(figure, shown):
    slider = shown.get_by_role("slider").first
    slider.focus()
    for _ in range(3):
        slider.press("ArrowRight")
    assert shown.locator("[data-layer=seen] circle").count() == 4
    assert shown.locator("[data-layer=whole] path").count() == 0
    shown.get_by_role("button").click()
    assert shown.locator("[data-layer=whole] path").count() == 1


@only("forecast")
def test_forecasts_are_conditional_normal_distributions(figure, shown):
    """By the whole covariance matrix of a person's ten days."""
    fit, data = slopes(), sleep()
    X = np.column_stack([np.ones(10), np.arange(10)])
    Sigma = fit.varcorr["Subject"].to_numpy()
    V, mean = X @ Sigma @ X.T, X @ fit.fixef.to_numpy()
    for subject in ("308", "335"):
        y = data.loc[data["Subject"] == subject, "Reaction"].to_numpy()
        for known in (0, 1, 2, 6, 10):
            seen = V[:known, :known] + fit.sigma**2 * np.eye(known)
            weight = np.linalg.solve(seen, V[:known, 9])
            expected = mean[9] + weight @ (y[:known] - mean[:known])
            variance = V[9, 9] - weight @ V[:known, 9] + fit.sigma**2
            said = say(shown, level=subject, known=known)
            told = [float(x) for x in re.findall(r"(?:expect|take) (\d+)", said)]
            right = [expected, 1.96 * np.sqrt(variance)]
            np.testing.assert_allclose(told, right, atol=0.51)
    # When all ten days are known, it is the line that the fit gives this person.
    line = fit.coef["Subject"].loc["308"].to_numpy() @ X[9]
    told = number_after("expect", say(shown, level="308", known=10))
    assert told == pytest.approx(line, abs=0.51)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: explore.mean_by_hand(1, 0, (0, 2), 1, unit=""), "sd is a positive"),
        (
            lambda: explore.mean_by_hand(1, 1, (0, 2), 3, unit=""),
            "start is from 0 to 2",
        ),
        (
            lambda: explore.theta_by_hand(MEANS, -1, 10, (0, 2), 1, unit=""),
            "sigma is a positive",
        ),
        (lambda: explore.forecast_by_hand(slopes(), "1"), "no group of Subject '1'"),
        (
            lambda: explore.forecast_by_hand(
                mlm.lmer("Reaction ~ Days + (Days | Subject)", sleep()[3:]), "308"
            ),
            "the groups have 7 to 10 rows",
        ),
    ],
)
def test_the_impossible_is_named(call, words):
    with pytest.raises(mlm.DataError, match=words):
        call()
