"""Fits against lme4's tight optima, against closed forms, and at the boundary."""

import numpy as np
import pandas as pd
import pytest
from conftest import REFERENCE, reference_data, reference_fit, reference_fits

import mlm

IGNORE_SINGULAR = pytest.mark.filterwarnings("ignore::mlm.SingularFitWarning")


@pytest.fixture(params=reference_fits())
def pair(request):
    return reference_fit(request.param), request.param


def values(named):
    return np.array(list(named.values()), dtype=float)


def test_fit_is_lme4s(pair):
    """Tolerances: what a Nelder-Mead stop at 1e-12 leaves in each quantity."""
    fit, record = pair
    # The criterion is flat at its minimum: an error in theta enters squared.  Of the
    # 2e5 of InstEval rounding leaves lme4 and mlm some digits less.
    size = {"abs": 1e-6} if fit.nobs < 1000 else {"rel": 1e-9}
    assert fit.criterion == pytest.approx(record["criterion"], **size)
    assert fit.aic == pytest.approx(record["aic"], **size)
    assert fit.bic == pytest.approx(record["bic"], **size)
    # theta, and what is linear in it, is where lme4's own stop shows; theta is in
    # units of sigma, so 1e-5 is small where a variance is nearly 0.
    assert list(fit.theta.index) == list(record["theta"])
    np.testing.assert_allclose(fit.theta, values(record["theta"]), rtol=1e-4, atol=1e-5)
    assert fit.sigma == pytest.approx(record["sigma"], rel=1e-6)
    np.testing.assert_allclose(fit.se, values(record["se"]), rtol=1e-5)
    # Estimates that are 0 by design are rounding: compare them to their error.
    error = 1e-5 * values(record["se"]).min()
    np.testing.assert_allclose(
        fit.fixef, values(record["fixef"]), rtol=1e-5, atol=error
    )


def test_random_effects_are_lme4s(pair):
    """Modes and their variances to 1e-4: theta's error, where it is nearly 0."""
    fit, record = pair
    assert list(fit.ranef) == list(record["ranef"])
    for group, modes in record["ranef"].items():
        ours = fit.ranef[group].set_axis(fit.ranef[group].index.astype(str))
        assert set(modes["levels"]) <= set(ours.index)
        assert list(ours.columns) == list(np.atleast_1d(modes["columns"]))
        size = np.abs(modes["values"]).max()
        np.testing.assert_allclose(
            ours.loc[modes["levels"]], modes["values"], atol=1e-4 * size, rtol=1e-4
        )
    if record.get("condvar") is not None:
        first = next(iter(fit.condvar.values()))[0]
        theirs = np.atleast_2d(record["condvar"])
        np.testing.assert_allclose(
            first, theirs, rtol=1e-4, atol=1e-4 * np.abs(theirs).max()
        )


def test_varcorr_table_is_lme4s(pair):
    fit, record = pair
    ours, theirs = fit.varcorr.to_frame(), pd.DataFrame(record["varcorr"])
    assert list(ours["grp"]) == list(theirs["grp"])
    for column in ("var1", "var2"):
        assert list(ours[column].fillna("")) == list(theirs[column].fillna(""))
    for column in ("vcov", "sdcor"):
        numbers = theirs[column].astype(float)
        # A variance of nearly 0 is as far off as theta, squared; its correlations
        # have no meaning there.
        known = numbers.abs() > 1e-4 * numbers.abs().max()
        np.testing.assert_allclose(
            ours[column][known], numbers[known], rtol=2e-4, err_msg=column
        )
    deviations = theirs["sdcor"].astype(float)[theirs["var2"].isna()]
    estimates = fit.to_frame()["estimate"].filter(regex=r"^sd_.*\||^sigma$")
    np.testing.assert_allclose(estimates, deviations, rtol=2e-4, atol=1e-2)


SMALL = [p for p in reference_fits(large=False) if p.values[0]["data"] != "radon"]


@pytest.mark.parametrize("record", SMALL)
def test_residuals_and_influence_are_lme4s(record):
    fit = reference_fit(record)
    for kind in ("response", "pearson", "studentised"):
        theirs = np.array(record[kind])
        size = np.abs(theirs).max()
        ours = fit.residuals(kind)[: len(theirs)]
        np.testing.assert_allclose(ours, theirs, atol=1e-5 * size, err_msg=kind)
    leverage = fit.leverage[: len(record["leverage"])]
    np.testing.assert_allclose(leverage, record["leverage"], rtol=1e-4)
    distance = fit.cooks_distance[: len(leverage)]
    theirs = np.array(record["cooks_distance"])
    np.testing.assert_allclose(distance, theirs, rtol=1e-3, atol=1e-5 * theirs.max())


@pytest.mark.parametrize("record", SMALL)
def test_satterthwaite_is_lmertests(record):
    """To 1e-3: lmerTest takes second derivatives from differences of the criterion."""
    fit = reference_fit(record)
    table = fit.summary(ddf="satterthwaite").fixed
    if not fit.is_singular:
        np.testing.assert_allclose(table["df"], record["ddf"], rtol=1e-3)
        np.testing.assert_allclose(
            table["Pr(>|t|)"], record["p_value"], rtol=1e-2, atol=1e-12
        )
    assert list(fit.summary().fixed) == ["Estimate", "Std. Error", "t value"]


@pytest.mark.slow
@IGNORE_SINGULAR
def test_factor_left_of_two_bars_is_lme4s():
    """The intercept repeats what the factor's columns say: theta is not unique."""
    reference = REFERENCE["double_bar"]
    fit = mlm.lmer(reference["formula"], mlm.load_cake())
    assert fit.criterion == pytest.approx(reference["criterion"], abs=1e-6)
    assert [term.columns for term in fit.design.terms] == [
        ("(Intercept)",),
        ("recipeA", "recipeB", "recipeC"),
    ]


@IGNORE_SINGULAR
def test_every_fit_converges(pair):
    fit, _ = pair
    assert fit.convergence.converged
    # Before the last step; Newton's steps square what is left.
    assert fit.convergence.gradient < 1e-4
    assert (fit.convergence.eigenvalues > 0).all()
    # Few; more where a fit is singular, or X lacks the average of random effects, as
    # other minima are looked for there.
    elsewhere = fit.is_singular or fit.criterion_function.apart
    assert fit.convergence.evaluations < (1000 if elsewhere else 25)
    assert repr(fit.convergence).startswith("converged after")


@pytest.mark.parametrize("reml", [True, False])
def test_random_slopes_have_a_closed_form(sleepstudy, reml):
    """Balanced data: Σ̂₁ from the 18 separate lines, without any iteration."""
    wide = sleepstudy.pivot(index="Subject", columns="Days", values="Reaction")
    X1 = np.column_stack([np.ones(10), np.arange(10)])
    lines, *_ = np.linalg.lstsq(X1, wide.to_numpy().T)
    sse = np.sum((wide.to_numpy().T - X1 @ lines) ** 2)
    sigma2 = sse / (18 * 8)
    between = np.cov(lines) * (1 if reml else 17 / 18)
    Sigma_1 = between - sigma2 * np.linalg.inv(X1.T @ X1)
    T = np.linalg.cholesky(Sigma_1 / sigma2)
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", sleepstudy, reml=reml)
    assert fit.sigma**2 == pytest.approx(sigma2, rel=1e-8)
    np.testing.assert_allclose(fit.theta, T[np.tril_indices(2)], rtol=1e-6)
    np.testing.assert_allclose(fit.varcorr["Subject"], Sigma_1, rtol=1e-6)
    np.testing.assert_allclose(fit.fixef, lines.mean(axis=1), rtol=1e-10)


@pytest.mark.parametrize("reml", [True, False])
def test_random_intercepts_have_a_closed_form(sleepstudy, reml):
    """θ̂² = (F − 1)/n with F the ratio of mean squares (REML) or its ML analogue."""
    y = sleepstudy["Reaction"].to_numpy().reshape(18, 10)
    days = np.arange(10) - 4.5
    means = y.mean(axis=1)
    slope = (y.mean(axis=0) @ days) / (days @ days)
    sse = np.sum((y - means[:, None] - slope * days) ** 2)
    ssb = 10 * np.sum((means - means.mean()) ** 2)
    ratio = (ssb / 17) / (sse / 161) if reml else (ssb / 18) / (sse / 162)
    fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", sleepstudy, reml=reml)
    assert fit.theta.iloc[0] == pytest.approx(np.sqrt((ratio - 1) / 10), rel=1e-8)
    assert fit.sigma**2 == pytest.approx(sse / (161 if reml else 162), rel=1e-8)


def test_the_numbers_of_the_slides(sleep_fit):
    """Criterion, estimates and θ̂ as the course states them."""
    assert sleep_fit.criterion == pytest.approx(1743.6282719585, abs=1e-6)
    np.testing.assert_allclose(sleep_fit.fixef, [251.4051048, 10.4672860], atol=1e-7)
    assert sleep_fit.sigma == pytest.approx(25.5918156, abs=1e-7)
    theta = [0.966732952, 0.015169054, 0.230909595]
    np.testing.assert_allclose(sleep_fit.theta, theta, atol=1e-8)
    Sigma_1 = [[612.0899, 9.60433], [9.60433, 35.07166]]
    np.testing.assert_allclose(sleep_fit.varcorr["Subject"], Sigma_1, rtol=1e-6)


def test_variance_of_zero_is_exactly_zero():
    data = reference_data("dyestuff2")
    with pytest.warns(mlm.SingularFitWarning, match="boundary"):
        fit = mlm.lmer("Yield ~ (1 | Batch)", data)
    assert fit.theta.iloc[0] == 0
    assert fit.is_singular
    assert fit.convergence.converged
    assert (fit.ranef["Batch"] == 0).all(axis=None)
    assert repr(fit).endswith("boundary (singular) fit")
    assert "<p>boundary (singular) fit</p>" in fit._repr_html_()


def test_search_does_not_stop_at_zero_by_mistake():
    """θ = 0 is always a stationary point: the search must not take it for the optimum.

    The variance between groups is tiny, but there.
    """
    rng = np.random.default_rng(11)
    group = np.repeat(np.arange(200), 20)
    y = 0.15 * rng.normal(size=200)[group] + rng.normal(size=4000)
    data = pd.DataFrame({"y": y, "g": group})
    fit = mlm.lmer("y ~ (1 | g)", data)
    deviance = mlm.profiled_deviance(fit.design)
    grid = min(deviance([theta]) for theta in np.linspace(0, 1, 201))
    assert fit.theta.iloc[0] > 0.05
    assert fit.criterion <= grid


@pytest.mark.slow
@IGNORE_SINGULAR
@pytest.mark.parametrize(
    ("seed", "optimum"),
    [
        # The lowest of 60 random starts of two other optimisers, confirmed by lme4 at
        # a tight tolerance; lme4's default stops at 1738.9908 for seed 7, and other
        # searches of seed 1 end in a second optimum, 1744.0990.
        ("seed1", 1738.2603268083),
        ("seed7", 1738.9883675879),
    ],
)
def test_several_optima_and_a_singular_one(sleepstudy, seed, optimum):
    """Two almost collinear predictors, both with random slopes: Σ̂ has rank 2."""
    noise = np.array(REFERENCE["days2_noise"][seed])
    data = sleepstudy.assign(Days2=2 * sleepstudy["Days"] + noise)
    fit = mlm.lmer("Reaction ~ Days + Days2 + (Days + Days2 | Subject)", data)
    assert fit.criterion == pytest.approx(optimum, abs=1e-6)
    assert fit.is_singular
    assert fit.convergence.converged
    assert np.linalg.eigvalsh(fit.varcorr["Subject"])[0] < 1e-6


@pytest.mark.parametrize("origin", [2000, 200_000])
def test_origin_of_a_slope_does_not_change_the_fit(sleepstudy, sleep_fit, origin):
    data = sleepstudy.assign(Days=sleepstudy["Days"] + origin)
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", data)
    assert fit.convergence.converged
    assert fit.theta["Subject.Days"] > 0, "the slopes vary around any origin"
    deviance = mlm.profiled_deviance(fit.design)
    # The origin costs digits in theta, of which five in 200 000 are left.
    assert deviance(fit.theta) == pytest.approx(sleep_fit.criterion, abs=1e-4)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_units_do_not_change_the_fit(sleepstudy, sleep_fit, factor):
    """Days in other units: the same fit, slopes and their SD divided by the factor."""
    data = sleepstudy.assign(Days=sleepstudy["Days"] * factor)
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", data)
    expected = sleep_fit.criterion + 2 * np.log(factor)
    assert fit.criterion == pytest.approx(expected, abs=1e-6)
    rescaled = fit.varcorr.std_dev("Subject") * [1, factor]
    np.testing.assert_allclose(
        rescaled, sleep_fit.varcorr.std_dev("Subject"), rtol=1e-5
    )


def test_order_of_rows_does_not_change_the_fit(sleepstudy, sleep_fit):
    shuffled = sleepstudy.sample(frac=1, random_state=3)
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", shuffled)
    assert fit.criterion == pytest.approx(sleep_fit.criterion, abs=1e-8)
    np.testing.assert_allclose(fit.theta, sleep_fit.theta, atol=1e-7)
    assert list(fit.resid.index) == list(shuffled.index)
    np.testing.assert_allclose(fit.resid.sort_index(), sleep_fit.resid, atol=1e-5)


def test_callers_frame_is_not_changed(sleepstudy):
    before = sleepstudy.copy(deep=True)
    mlm.lmer("Reaction ~ Days + (Days | Subject)", sleepstudy)
    pd.testing.assert_frame_equal(sleepstudy, before)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::mlm.SingularFitWarning")
def test_one_variance_of_zero_among_others_is_exactly_zero(sleepstudy):
    """Groups drawn at random, that explain less than chance: the fit without them."""
    formula = "Reaction ~ Days + (Days | Subject)"
    groups = np.random.default_rng(1).integers(0, 12, 180)
    fit = mlm.lmer(f"{formula} + (1 | g)", sleepstudy.assign(g=groups.astype(str)))
    assert fit.theta["g.(Intercept)"] == 0
    without = mlm.lmer(formula, sleepstudy)
    assert fit.criterion == pytest.approx(without.criterion, abs=1e-7)
