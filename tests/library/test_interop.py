"""marginaleffects of our fits: against our means and slopes, and the delta method."""

import numpy as np
import pandas as pd
import pytest

import mlm
from mlm.interop.marginaleffects import marginaleffects_model

# Of marginaleffects, which calls what polars will drop.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def effects():
    """The package; its releases up to 0.6 do not run with polars 2."""
    pl = pytest.importorskip("polars")
    if int(pl.__version__.split(".")[0]) > 1:
        pytest.skip("marginaleffects needs polars before 2")
    return pytest.importorskip("marginaleffects")


@pytest.fixture(scope="module")
def data():
    sleep = mlm.load_sleepstudy()
    half = np.where(sleep["Subject"].cat.codes % 2, "odd", "even")
    return sleep.assign(
        slow=(sleep["Reaction"] > 300).astype(int),
        count=(sleep["Reaction"] // 50).astype(int),
        half=pd.Categorical(half, categories=["odd", "even"]),
        third=sleep["Subject"].cat.codes % 3,
        late=sleep["Days"] > 6,
        size=np.log(1.0 + sleep["Days"] % 4),
    )


@pytest.fixture(scope="module")
def fits(data):
    """One of each kind, of the same predictors."""
    fixed, random = "Days * half", " + (1 | Subject)"
    return {
        "lm": mlm.lm(f"Reaction ~ {fixed}", data),
        "lmer": mlm.lmer(f"Reaction ~ {fixed}{random}", data),
        "glm": mlm.glm(f"slow ~ {fixed}", data, "binomial"),
        "poisson": mlm.glm(f"count ~ {fixed}", data, "poisson"),
        "glmer": mlm.glmer(f"slow ~ {fixed}{random}", data, "binomial"),
    }


KINDS = pytest.mark.parametrize("kind", ["lm", "lmer", "glm", "poisson", "glmer"])


def by_hand(fit, rows, weights):
    """Weighted sum of predictions, and its standard error by the delta method."""
    beta, V, family = fit.fixef.to_numpy(), fit.vcov.to_numpy(), fit.design.family
    eta = rows @ beta
    if family is None:
        mean, slope = eta, np.ones_like(eta)
    elif family.name == "binomial":
        mean = 1 / (1 + np.exp(-eta))
        slope = mean * (1 - mean)
    else:
        mean = slope = np.exp(eta)
    J = weights @ (slope[:, None] * rows)
    return weights @ mean, np.sqrt(J @ V @ J)


def rows_of(days, is_even):
    days, is_even = np.broadcast_arrays(np.asarray(days, float), is_even)
    return np.column_stack([np.ones(len(days)), days, is_even, days * is_even])


@KINDS
def test_predictions_are_those_of_the_average_group(effects, fits, data, kind):
    fit = fits[kind]
    found = effects.predictions(marginaleffects_model(fit), newdata=data.head(25))
    np.testing.assert_allclose(
        found["estimate"], fit.predict(data.head(25), random=False), rtol=1e-12
    )
    X = rows_of(data["Days"].head(25), data["half"].head(25) == "even")
    right = [by_hand(fit, X, row)[1] for row in np.eye(25)]
    np.testing.assert_allclose(found["std_error"], right, rtol=1e-4)


@KINDS
def test_average_predictions_and_comparisons(effects, fits, data, kind):
    fit, n = fits[kind], len(data)
    model = marginaleffects_model(fit)
    is_even = (data["half"] == "even").to_numpy()
    found = effects.avg_predictions(model, by="half")
    assert found["half"].to_list() == ["odd", "even"]
    for row, own in enumerate((~is_even, is_even)):
        value, se = by_hand(fit, rows_of(data["Days"], is_even), own / own.sum())
        assert found["estimate"][row] == pytest.approx(value, rel=1e-10)
        assert found["std_error"][row] == pytest.approx(se, rel=1e-4)
    found = effects.avg_comparisons(model, variables="half")
    assert found["contrast"].to_list() == ["even - odd"]
    both = np.vstack([rows_of(data["Days"], side) for side in (True, False)])
    value, se = by_hand(fit, both, np.repeat([1 / n, -1 / n], n))
    assert found["estimate"][0] == pytest.approx(value, rel=1e-10)
    assert found["std_error"][0] == pytest.approx(se, rel=1e-4)


@KINDS
def test_average_slopes(effects, fits, data, kind):
    fit, n, step = fits[kind], len(data), 1e-5
    found = effects.avg_slopes(marginaleffects_model(fit), variables="Days")
    is_even = (data["half"] == "even").to_numpy()
    ends = [rows_of(data["Days"] + d, is_even) for d in (step, -step)]
    weights = np.repeat([1, -1], n) / (2 * n * step)
    value, se = by_hand(fit, np.vstack(ends), weights)
    assert found["estimate"][0] == pytest.approx(value, rel=1e-3)
    assert found["std_error"][0] == pytest.approx(se, rel=1e-3)


@pytest.mark.parametrize("kind", ["lm", "lmer"])
def test_linear_models_have_our_own_means_and_slopes(effects, fits, kind):
    fit = fits[kind]
    model = marginaleffects_model(fit)
    ours = fit.means("half", at={"Days": 4}, ddf=None).to_frame()
    grid = effects.datagrid(model=model, half=["odd", "even"], Days=[4])
    found = effects.predictions(model, newdata=grid)
    np.testing.assert_allclose(found["estimate"], ours["mean"], rtol=1e-10)
    np.testing.assert_allclose(found["std_error"], ours["se"], rtol=1e-5)
    # Steps that do not round away: predictions are straight in the coefficients.
    slopes = effects.slopes(model, variables="Days", newdata=grid, eps_vcov=0.1)
    ours = fit.slopes("Days", by="half", ddf=None).to_frame()
    np.testing.assert_allclose(slopes["estimate"], ours["slope"], rtol=1e-5)
    np.testing.assert_allclose(slopes["std_error"], ours["se"], rtol=1e-4)


@KINDS
def test_hypotheses_and_intervals(effects, fits, kind):
    fit = fits[kind]
    model = marginaleffects_model(fit)
    found = effects.hypotheses(model, hypothesis="b1 - 2 * b3 = 0")
    weights = np.array([0, 1, 0, -2])
    ours = fit.contrast(
        weights, **({} if kind in ("glm", "poisson") else {"ddf": None})
    )
    ours = ours.to_frame().iloc[0]
    assert found["estimate"][0] == pytest.approx(ours["estimate"], rel=1e-8)
    assert found["std_error"][0] == pytest.approx(ours["se"], rel=1e-4)
    ends = found["conf_low"][0], found["conf_high"][0]
    assert ends == pytest.approx((ours["lower"], ours["upper"]), rel=1e-4, abs=1e-3)


def test_levels_truths_and_offsets_keep_what_they_are(effects, data):
    fit = mlm.glm("count ~ C(third) * late", data, "poisson", offset="size")
    model = marginaleffects_model(fit)
    found = effects.predictions(model)
    np.testing.assert_allclose(found["estimate"], fit.fitted, rtol=1e-10)
    labelled = data.assign(third=pd.Categorical(data["third"], [2, 0, 1]))
    fit = mlm.lm("Reaction ~ third + late + scale(Days)", labelled)
    model = marginaleffects_model(fit)
    found = effects.avg_comparisons(model, variables="third")
    assert found["contrast"].to_list() == ["0 - 2", "1 - 2"]
    np.testing.assert_allclose(found["estimate"], fit.fixef.iloc[1:3], rtol=1e-8)
    found = effects.avg_comparisons(model, variables="late")
    assert found["estimate"][0] == pytest.approx(fit.fixef.iloc[3])


def test_the_link_scale_and_no_covariance(effects, fits, data):
    fit = fits["glmer"]
    model = marginaleffects_model(fit, type="link")
    found = effects.predictions(model, newdata=data.head(9), vcov=False)
    right = fit.predict(data.head(9), random=False, type="link")
    np.testing.assert_allclose(found["estimate"], right, rtol=1e-12)
    assert "std_error" not in found.columns
    with pytest.raises(mlm.DataError, match="no robust ones"):
        effects.predictions(model, vcov="HC3")


def test_without_the_package_it_says_so(fits, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "marginaleffects.classes", None)
    with pytest.raises(mlm.DataError, match=r'pip install "mlm\[marginaleffects\]"'):
        marginaleffects_model(fits["lm"])


def test_what_is_no_fit_is_refused(data, fits):
    with pytest.raises(mlm.DataError, match="fit is a fit"):
        marginaleffects_model(data)
    with pytest.raises(mlm.DataError, match="'response' or 'link'"):
        marginaleffects_model(fits["lm"], type="other")
