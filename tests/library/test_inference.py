"""Comparisons, predictions and simulations, against lme4 and against themselves."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import REFERENCE

import mlm

INTERCEPTS = "Reaction ~ Days + (1 | Subject)"
INDEPENDENT = "Reaction ~ Days + (Days || Subject)"
SLOPES = "Reaction ~ Days + (Days | Subject)"


def test_anova_is_lme4s(sleepstudy):
    fits = [
        mlm.lmer(f, sleepstudy, reml=False) for f in (SLOPES, INTERCEPTS, INDEPENDENT)
    ]
    table = mlm.anova(*fits)
    assert list(table.index) == [INTERCEPTS, INDEPENDENT, SLOPES]
    theirs = REFERENCE["anova"]
    for column in ("npar", "AIC", "BIC", "logLik", "Chisq", "Df", "Pr(>Chisq)"):
        expected = np.array(theirs[column], dtype=float)
        np.testing.assert_allclose(table[column], expected, rtol=1e-6, err_msg=column)


def test_anova_fits_reml_again_and_says_so(sleepstudy):
    reml = [mlm.lmer(f, sleepstudy) for f in (INTERCEPTS, SLOPES)]
    with pytest.warns(mlm.RefitWarning, match="maximum likelihood"):
        table = mlm.anova(*reml)
    # lme4 with tight tolerances: deviances 1794.0786430 and 1751.9393445.
    np.testing.assert_allclose(table["deviance"], [1794.0786430, 1751.9393445])


def test_anova_compares_lm_with_lmer(sleepstudy):
    line = mlm.lm("Reaction ~ Days", sleepstudy)
    table = mlm.anova(mlm.lmer(INTERCEPTS, sleepstudy, reml=False), line)
    assert table.index[0] == "Reaction ~ Days"
    assert table["Chisq"].iloc[1] == pytest.approx(1900.2930564 - 1794.0786430)
    with pytest.warns(mlm.RefitWarning):  # of the one that is by REML
        again = mlm.anova(mlm.lmer(INTERCEPTS, sleepstudy), line)
    np.testing.assert_allclose(again["deviance"], table["deviance"])


@pytest.mark.parametrize(
    ("what", "formula", "change"),
    [
        ("rows", INTERCEPTS, {"data": mlm.load_sleepstudy().head(170)}),
        ("responses", "np.log(Reaction) ~ Days + (1 | Subject)", {}),
        ("weights", INTERCEPTS, {"weights": np.linspace(1, 2, 180)}),
        ("weights", INTERCEPTS, {"weights": np.full(180, 2.0)}),
        ("offsets", INTERCEPTS, {"offset": np.linspace(1, 2, 180)}),
        ("offsets", INTERCEPTS, {"offset": np.full(180, 2.0)}),
    ],
)
def test_anova_refuses_what_does_not_compare(sleepstudy, what, formula, change):
    fit = mlm.lmer(INTERCEPTS, sleepstudy, reml=False)
    other = mlm.lmer(formula, **({"data": sleepstudy, "reml": False} | change))
    for fits in ((fit, other), (other, fit), (fit, fit, other), (fit, other, fit)):
        with pytest.raises(mlm.DataError, match=f"different {what}"):
            mlm.anova(*fits)
    assert len(mlm.anova(other, other)) == 2


def test_anova_takes_a_rise_of_the_deviance_for_rounding(sleepstudy):
    """As R; and models of as many parameters are not tested against each other."""
    small, large = (
        mlm.lmer(f, sleepstudy, reml=False) for f in (INTERCEPTS, INDEPENDENT)
    )
    solution = replace(large.solution, criterion=small.criterion + 1e-3)
    table = mlm.anova(small, replace(large, solution=solution))
    assert table[["Chisq", "Df", "Pr(>Chisq)"]].iloc[1].tolist() == [0, 1, 1]
    table = mlm.anova(large, replace(large, solution=solution))
    assert table["Df"].iloc[1] == 0
    assert np.isnan(table["Pr(>Chisq)"].iloc[1])


def test_anova_has_no_negative_zero(sleepstudy):
    fit = mlm.lmer(INTERCEPTS, sleepstudy, reml=False)
    chisq = mlm.anova(fit, fit)["Chisq"].iloc[1]
    assert chisq == 0
    assert not np.signbit(chisq)


def test_anova_takes_no_offset_for_an_offset_of_0(sleepstudy):
    fit = mlm.lmer(INTERCEPTS, sleepstudy, reml=False)
    same = mlm.lmer(SLOPES, sleepstudy, reml=False, offset=np.zeros(180))
    known = mlm.anova(fit, mlm.lmer(SLOPES, sleepstudy, reml=False))
    np.testing.assert_allclose(mlm.anova(fit, same), known)


@pytest.mark.parametrize("wrong", [3, None, "fit", INTERCEPTS, [], mlm.LinearModel])
def test_anova_refuses_what_is_no_fit(sleep_fit, wrong):
    for models, place in (((sleep_fit, wrong), 2), ((wrong, sleep_fit), 1)):
        with pytest.raises(mlm.DataError, match=f"model {place} .* from mlm.lm, "):
            mlm.anova(*models)
    with pytest.raises(mlm.DataError, match="two or more fits, not 1"):
        mlm.anova(sleep_fit)


@pytest.fixture(scope="module")
def curved():
    data = mlm.load_sleepstudy()
    return mlm.lmer("Reaction ~ poly(Days, 2) + (Days | Subject)", data)


@pytest.fixture
def new_data():
    return pd.DataFrame({k: REFERENCE["predict"][k] for k in ("Days", "Subject")})


def test_predictions_are_lme4s(curved, new_data):
    """With a polynomial whose basis is the fitted data's, and a new subject."""
    theirs = REFERENCE["predict"]
    group = curved.predict(new_data, allow_new_levels=True)
    np.testing.assert_allclose(group, theirs["group"], rtol=1e-5)
    average = curved.predict(new_data, random=False)
    np.testing.assert_allclose(average, theirs["average"], rtol=1e-8)


def test_prediction_of_the_fitted_data_is_fitted(curved, sleepstudy):
    np.testing.assert_allclose(curved.predict(), curved.fitted)
    shuffled = sleepstudy.sample(frac=1, random_state=1)
    predicted = curved.predict(shuffled)
    assert list(predicted.index) == list(shuffled.index)
    np.testing.assert_allclose(predicted.sort_index(), curved.fitted)


def test_prediction_names_what_it_does_not_know(curved, new_data, sleepstudy):
    with pytest.raises(mlm.DataError, match=r"not fitted: '999'.*allow_new_levels"):
        curved.predict(new_data)
    with pytest.raises(mlm.FormulaError, match="no column 'Subject'"):
        curved.predict(new_data[["Days"]])
    with pytest.raises(mlm.DataError, match="pyarrow, not dict"):
        curved.predict({"Days": [1]})
    sex = np.where(sleepstudy["Subject"].cat.codes % 2, "m", "f")
    fit = mlm.lmer("Reaction ~ sex + (1 | Subject)", sleepstudy.assign(sex=sex))
    new = pd.DataFrame({"sex": ["f", "x"], "Subject": ["308", "308"]})
    with pytest.raises(mlm.DataError, match=r"'sex' has 'x'.*they have: 'f', 'm'"):
        fit.predict(new)


def test_missing_predictor_gives_a_missing_prediction(curved, new_data):
    new_data = new_data.iloc[:3].assign(Days=[0.0, np.nan, 20.0])
    new_data.loc[2, "Subject"] = None
    predicted = curved.predict(new_data)
    assert list(predicted.isna()) == [False, True, True]


def test_prediction_for_crossed_and_nested_groups():
    pastes = mlm.load_pastes()
    fit = mlm.lmer("strength ~ 1 + (1 | batch/cask)", pastes)
    np.testing.assert_allclose(fit.predict(pastes), fit.fitted)
    new = pd.DataFrame({"batch": ["A"], "cask": ["z"]})
    expected = fit.fixef.iloc[0] + fit.ranef["batch"].loc["A", "(Intercept)"]
    predicted = fit.predict(new, allow_new_levels=True)
    assert predicted.iloc[0] == pytest.approx(expected)


@pytest.mark.slow
def test_simulated_data_have_the_models_covariance(sleep_fit):
    from mlm.design.covariance import marginal_covariance

    y = sleep_fit.simulate(4000, seed=2)
    assert y.shape == (180, 4000)
    assert list(y.index) == list(sleep_fit.design.index)
    V = marginal_covariance(sleep_fit.design, sleep_fit.theta, sleep_fit.sigma)
    V = V.toarray()[:10, :10]
    # Standard error of a covariance: about V √(2/4000) = 2 % of the variance.
    np.testing.assert_allclose(np.cov(y.iloc[:10]), V, atol=0.1 * V.max())
    expected = sleep_fit.design.X @ sleep_fit.fixef
    np.testing.assert_allclose(y.mean(axis=1), expected, atol=5)
    again = sleep_fit.simulate(4000, seed=2)
    pd.testing.assert_frame_equal(y, again)


def test_refit_is_a_fit_to_the_new_response(sleep_fit, sleepstudy):
    y = sleep_fit.simulate(1, seed=5)[0]
    refitted = sleep_fit.refit(y)
    direct = mlm.lmer(SLOPES, sleepstudy.assign(Reaction=y))
    assert refitted.criterion == pytest.approx(direct.criterion, abs=1e-8)
    np.testing.assert_allclose(refitted.theta, direct.theta, atol=1e-8)
    line = mlm.lm("Reaction ~ Days", sleepstudy)
    assert line.refit(2 * line.design.y).fixef["Days"] == pytest.approx(
        2 * line.fixef["Days"]
    )


def test_what_is_simulated_does_not_depend_on_how_much(sleep_fit):
    few, many = sleep_fit.simulate(2, seed=1), sleep_fit.simulate(30, seed=1)
    pd.testing.assert_frame_equal(few, many[[0, 1]], check_exact=True)
    assert not many.T.duplicated().any()
    assert sleep_fit.simulate(0, seed=1).shape == (180, 0)


@pytest.mark.slow
@pytest.mark.parametrize("random", ["", " + (1 | g)"], ids=["lm", "lmer"])
def test_simulated_residuals_have_the_weights_variances(random):
    """An observation of weight w has residual variance σ²/w."""
    rng = np.random.default_rng(1)
    weights = np.repeat([0.25, 1.0, 100.0], 40)
    data = pd.DataFrame({"g": np.arange(120) % 10, "x": rng.normal(size=120)})
    data["y"] = data["x"] + rng.normal(size=10)[data["g"]]
    data["y"] += rng.normal(size=120) / np.sqrt(weights)
    fit = (mlm.lmer if random else mlm.lm)(f"y ~ x{random}", data, weights=weights)
    y = fit.simulate(4000, seed=2).to_numpy()
    if random:  # two rows of one group and one weight differ by their residuals alone
        pairs = np.arange(0, 120, 40)
        y = (y[pairs] - y[pairs + 10]) / np.sqrt(2)
        weights = weights[pairs]
    # 4000 draws give a standard deviation to within 1.1 %.
    expected = fit.sigma / np.sqrt(weights)
    np.testing.assert_allclose(y.std(axis=1), expected, rtol=0.06)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "formula"), [("slopes", SLOPES), ("intercepts", INTERCEPTS)]
)
def test_profile_intervals_are_lme4s(sleepstudy, name, formula):
    """lme4 interpolates its profile: its ends are right to some four digits."""
    theirs = REFERENCE["profile"][name]
    table = mlm.lmer(formula, sleepstudy).confint()
    assert list(table.index) == theirs["names"]
    assert list(table.columns) == ["2.5 %", "97.5 %"]
    np.testing.assert_allclose(table, theirs["ends"], rtol=1e-4)


@pytest.mark.slow
def test_profile_ends_where_the_deviance_has_risen_enough(sleepstudy):
    """Random intercepts: the profile of the SD, from the dense normal likelihood."""
    from scipy.optimize import minimize
    from scipy.stats import chi2

    fit = mlm.lmer(INTERCEPTS, sleepstudy, reml=False)
    X, y, J = fit.design.X, fit.design.y, fit.design.Z.toarray()

    def deviance(log_sigma, sd):
        V = np.exp(2 * log_sigma) * np.eye(180) + sd**2 * J @ J.T
        beta = np.linalg.solve(X.T @ np.linalg.solve(V, X), X.T @ np.linalg.solve(V, y))
        r = y - X @ beta
        log_det = np.linalg.slogdet(V)[1] + 180 * np.log(2 * np.pi)
        return log_det + r @ np.linalg.solve(V, r)

    limit = chi2.ppf(0.9, 1)
    for end in fit.confint(level=0.9).loc["sd_(Intercept)|Subject"]:
        found = minimize(lambda x, sd=end: deviance(x[0], sd), [np.log(fit.sigma)])
        assert found.fun - fit.criterion == pytest.approx(limit, abs=1e-5)


def test_interval_ends_at_the_boundary():
    data = mlm.load_dyestuff2()
    with pytest.warns(mlm.SingularFitWarning):
        table = mlm.lmer("Yield ~ (1 | Batch)", data).confint()
    low, high = table.loc["sd_(Intercept)|Batch"]
    assert low == 0
    assert 0 < high < 5


def test_wald_intervals_are_the_standard_errors(sleep_fit):
    table = sleep_fit.confint(method="wald")
    # lme4: confint(m, method = "Wald"), 1.546 * 1.959964 around 10.467
    np.testing.assert_allclose(table.loc["Days"], [7.437595, 13.496977], atol=1e-4)
    assert table.loc["sigma"].isna().all()


def test_bootstrap_has_the_known_distribution(sleepstudy):
    """Balanced random intercepts: ML estimates are functions of two χ² variables."""
    fit = mlm.lmer(INTERCEPTS, sleepstudy, reml=False)
    table = fit.confint(method="boot", n=400, seed=3)
    pd.testing.assert_frame_equal(table, fit.confint(method="boot", n=400, seed=3))
    rng = np.random.default_rng(1)
    sse = fit.sigma**2 * rng.chisquare(161, 100_000)
    ratio = 1 + 10 * fit.theta.iloc[0] ** 2
    ssb = fit.sigma**2 * ratio * rng.chisquare(17, 100_000)
    theta2 = np.maximum((ssb / 18) / (sse / 162) - 1, 0) / 10
    draws = {"sd_(Intercept)|Subject": np.sqrt(theta2 * sse / 162)}
    draws["sigma"] = np.sqrt(sse / 162)
    for name, known in draws.items():
        ends = np.quantile(known, [0.025, 0.975])
        # 400 draws put these quantiles within about a fifth of a standard deviation.
        np.testing.assert_allclose(table.loc[name], ends, atol=0.35 * known.std())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"method": "exact"}, "'profile', 'wald' or 'boot', not 'exact'"),
        ({"level": 95}, "between 0 and 1, such as 0.95, not 95"),
        ({"method": "boot"}, "the seed is a whole number"),
    ],
)
def test_confint_names_a_bad_argument(sleep_fit, arguments, words):
    with pytest.raises(mlm.DataError, match=words):
        sleep_fit.confint(**arguments)


def test_prediction_without_the_columns_that_were_dropped(sleepstudy):
    formula = "Reaction ~ Days + I(2 * Days) + I(Days**2)"
    with pytest.warns(mlm.RankDeficiencyWarning):
        fit = mlm.lm(formula, sleepstudy)
    np.testing.assert_allclose(fit.predict(sleepstudy), fit.fitted, rtol=1e-12)
