"""Predictions with standard errors and intervals: R, the dense system, simulation."""

import json
from itertools import product

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from scipy import stats
from test_glm import REFERENCE as GLM
from test_glmer import data_of

import mlm

R = json.loads((ROOT / "tests/reference/predictions.json").read_text("utf-8"))
CBPP = "cbind(incidence, size - incidence) ~ period + (1 | herd)"


def sleepstudy():
    return mlm.load_sleepstudy().assign(w=1.0 + np.arange(1, 181) % 4)


@pytest.fixture(scope="module")
def sleep():
    return mlm.lmer("Reaction ~ Days + (Days | Subject)", sleepstudy())


@pytest.mark.parametrize(
    ("interval", "kind"), [("mean", "confidence"), ("new", "prediction")]
)
def test_intervals_of_a_linear_model_are_rs(interval, kind):
    fit = mlm.lm("Reaction ~ Days", sleepstudy(), weights="w")
    new = pd.DataFrame({"Days": [0, 4, 12], "w": [1.0, 2.0, 4.0]})
    found = fit.predict(new, interval=interval, level=0.9)
    np.testing.assert_allclose(found[["prediction", "lower", "upper"]], R[kind])


@pytest.mark.parametrize("type", ["link", "response"])
def test_standard_errors_of_a_generalised_linear_model_are_rs(type):
    breaks = pd.DataFrame(GLM["data"]["breaks"])
    fit = mlm.glm("breaks ~ wool + tension", breaks, "poisson")
    found = fit.predict(breaks.iloc[[0, 19, 39]], se=True, type=type)["se"]
    np.testing.assert_allclose(
        found, R["glm"][type], rtol=1e-5
    )  # R's steps end at 1e-8


def test_standard_errors_are_near_those_of_glmm_tmb(sleep):
    """glmmTMB's allow for the variances' being estimated, too."""
    herds = mlm.glmer(CBPP, data_of("cbpp"), "binomial")
    average = herds.predict(se=True, random=False, type="link")["se"]
    np.testing.assert_allclose(average, R["glmmTMB"]["cbpp"]["average"], rtol=1e-6)
    for fit, name in ((herds, "cbpp"), (sleep, "sleep")):
        kind = {"type": "link"} if name == "cbpp" else {}
        ratio = fit.predict(se=True, **kind)["se"] / R["glmmTMB"][name]["fitted"]
        assert ratio.between(0.9, 1.005).all()


def test_intervals_are_near_those_of_mer_tools(sleep):
    """merTools leaves out that β̂ and b̃ make up for each other: its are wider."""
    rows = sleepstudy().iloc[[0, 54, 179]]
    for kind, narrowest in (("new", 0.85), ("mean", 0.65)):
        found = sleep.predict(rows, interval=kind)
        theirs = pd.DataFrame(R["merTools"][kind])
        ratio = (found["upper"] - found["lower"]).to_numpy()
        ratio = ratio / (theirs["upr"] - theirs["lwr"])
        assert ratio.between(narrowest, 1).all()
        close = {"atol": 0.5}  # of 50 000 draws
        np.testing.assert_allclose(found["prediction"], theirs["fit"], **close)


def schools(seed=0, crossed=False):
    """Pupils in classes in schools, or crossed with them."""
    rng = np.random.default_rng(seed)
    n = 900
    classes = rng.integers(0, 120, n)
    # Of 50 groups or more, so that they are eliminated as a stage of their own.
    other = rng.integers(0, 55, n) if crossed else classes // 2
    data = pd.DataFrame({"c": classes, "s": other, "x": rng.normal(size=n)})
    data["w"] = rng.integers(1, 5, n).astype(float)
    effects = rng.normal(size=120)[classes] + rng.normal(size=60)[other]
    data["y"] = data["x"] + effects + data["x"] * rng.normal(size=60)[other]
    data["y"] += rng.normal(size=n)
    return data.astype({"c": str, "s": str})


@pytest.mark.parametrize(
    ("formula", "crossed", "weights"),
    [
        ("y ~ x + (1 | c) + (1 | s)", False, None),
        ("y ~ x + (1 | c) + (x | s)", False, "w"),
        ("y ~ x + (1 | c) + (x | s)", True, None),
        ("y ~ x + (1 | c) + (x || s)", True, "w"),
        ("y ~ 1 + (x | c)", False, None),
    ],
)
def test_standard_errors_are_those_of_the_mixed_model_equations(
    formula, crossed, weights
):
    """Var(Xβ̂ + Zb̃ - Xβ - Zb) by Henderson's matrix, for any rows.

    Among them classes in schools that they are not in, and groups that are new.
    """
    data = schools(crossed=crossed)
    fit = mlm.lmer(formula, data, weights=weights)
    new = data.sample(40, random_state=1).reset_index(drop=True)
    rng = np.random.default_rng(1)
    new.loc[20:, "s"] = rng.permutation(new["s"][20:])
    new.loc[:4, "s"], new.loc[3:6, "c"] = "unseen", "unseen"
    found = fit.predict(new, se=True, allow_new_levels=True)["se"]

    design, sigma = fit.design, fit.sigma
    L = np.asarray(fit.pls.Lambda.todense() if weights else fit.pls.Lambda.toarray())
    ZL, W = design.Z @ L, design.W.toarray()
    A = np.hstack([ZL, design.X])
    M = A.T @ W @ A
    M[: len(L), : len(L)] += np.eye(len(L))
    inverse = np.linalg.inv(M)
    expected = []
    for _, row in new.iterrows():
        z, own = np.zeros(len(L)), 0.0
        for term in design.terms:
            k = term.k
            values = [1.0 if c == "(Intercept)" else row["x"] for c in term.columns]
            block = L[term.b_slice, term.b_slice][:k, :k]
            if row[term.group] in term.levels:
                start = term.b_slice.start + k * term.levels.get_loc(row[term.group])
                z[start : start + k] = values
            else:
                own += np.sum((block.T @ values) ** 2)
        x = [1.0, row["x"]][: design.p]
        a = np.concatenate([L.T @ z, x])
        expected.append(sigma * np.sqrt(a @ inverse @ a + own))
    np.testing.assert_allclose(found, expected, rtol=1e-7)


def test_of_the_average_group_they_are_the_means_of_the_fit(sleep):
    new = pd.DataFrame({"Days": [0.0, 5.0]})
    found = sleep.predict(new, interval="mean", random=False)
    means = sleep.means("Days", at={"Days": [0, 5]}).to_frame()
    np.testing.assert_allclose(
        found[["prediction", "se", "lower", "upper"]],
        means[["mean", "se", "lower", "upper"]],
        rtol=1e-6,
    )


def test_an_observation_of_a_new_group_is_that_of_no_group_in_particular(sleep):
    new = pd.DataFrame({"Days": [0.0, 9.0], "Subject": ["someone", "someone"]})
    one = sleep.predict(new, interval="new", allow_new_levels=True)
    other = sleep.predict(new[["Days"]], interval="new", random=False)
    pd.testing.assert_frame_equal(one, other)
    variances = [sleep.varcorr["Subject"].iloc[0, 0], sleep.sigma**2]
    total = sum(variances) + sleep.vcov.iloc[0, 0]
    half = one["upper"][0] - one["prediction"][0]
    assert stats.norm.ppf(0.975) < half / np.sqrt(total) < stats.t.ppf(0.975, 17)


def test_the_uncertainty_is_said_in_words(sleep):
    new = pd.DataFrame({"Days": [0, 1, np.nan], "Subject": ["308", "someone", "308"]})
    words = {
        (True, None): ["effects of Subject", "a new Subject"],
        (True, "new"): [
            "effects of Subject, a new observation",
            "a new Subject, a new observation",
        ],
        (False, "new"): ["a new Subject, a new observation"] * 2,
    }
    for (random, interval), expected in words.items():
        asked = {"random": random, "allow_new_levels": True, "interval": interval}
        found = sleep.predict(new, se=True, **asked)
        expected = [f"fixed effects, {text}" for text in expected]
        assert found["uncertainty"].tolist() == [*expected, ""]
        assert found.iloc[2, :-1].isna().all()
    alone = sleep.predict(new, se=True, random=False)
    assert alone["uncertainty"].tolist() == ["fixed effects", "fixed effects", ""]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::mlm.SingularFitWarning")
def test_intervals_hold_what_they_promise():
    """Coverage over 80 data sets: 95 %, give or take 2.5 standard errors."""
    rng, hits = np.random.default_rng(5), {}
    J, n, L = 18, 10, np.array([[25.0, 0], [2, 6]])
    group, x = np.repeat(np.arange(J), n), np.tile(np.arange(n), J).astype(float)
    new = pd.DataFrame({"x": [0.0, n], "g": ["0", "new"]})
    for _ in range(80):
        b = rng.normal(size=(J + 1, 2)) @ L.T
        mean = 250 + 10 * x + b[group, 0] + b[group, 1] * x
        y = mean + 25 * rng.normal(size=J * n)
        fit = mlm.lmer("y ~ x + (x | g)", pd.DataFrame({"y": y, "x": x, "g": group}))
        line = 250 + 10 * new["x"]
        own = line + b[[0, J], 0] + b[[0, J], 1] * new["x"]
        drawn = own + 25 * rng.normal(size=2)
        rows = new.assign(g=[0, -1])
        truths = {("mean", True): own, ("new", True): drawn, ("mean", False): line}
        for (kind, random), truth in truths.items():
            found = fit.predict(rows, random, True, interval=kind)
            inside = (found["lower"] < truth) & (truth < found["upper"])
            for place, hit in enumerate(inside):
                hits.setdefault((kind, random, place), []).append(hit)
    share = {key: np.mean(value) for key, value in hits.items()}
    assert len(share) == 6
    assert all(value >= 0.89 for value in share.values()), share


@pytest.mark.slow
def test_intervals_of_counts_hold_what_they_promise():
    rng, hits = np.random.default_rng(7), {"mean": [], "new": []}
    group = np.repeat(np.arange(40), 8)
    for _ in range(60):
        b = 0.7 * rng.normal(size=40)
        y = rng.poisson(np.exp(1 + b[group]))
        data = pd.DataFrame({"y": y, "g": group})
        fit = mlm.glmer("y ~ 1 + (1 | g)", data, "poisson")
        truth = {"mean": np.exp(1 + b), "new": rng.poisson(np.exp(1 + b))}
        for kind, values in truth.items():
            found = fit.predict(pd.DataFrame({"g": np.arange(40)}), interval=kind)
            hits[kind].append((found["lower"] <= values) & (values <= found["upper"]))
    share = {kind: np.mean(inside) for kind, inside in hits.items()}
    assert 0.93 < share["mean"] < 0.97
    assert 0.95 < share["new"] < 0.985  # counts are whole: at least the level


@pytest.mark.parametrize("trials", [None, 7, 1e5])
@pytest.mark.parametrize("level", [0.5, 0.95])
def test_quantiles_of_new_responses_are_those_of_draws(trials, level):
    data = data_of("cbpp")
    if trials is None:
        data["y"] = data["incidence"]
        fit = mlm.glmer("y ~ period + (1 | herd)", data, "poisson")
        rows = data.iloc[[0, 9]]
    else:
        fit = mlm.glmer(CBPP, data, "binomial")
        rows = data.iloc[[0, 9]].assign(incidence=0, size=trials)
    found = fit.predict(rows, interval="new", level=level)
    link = fit.predict(rows, se=True, type="link")
    rng = np.random.default_rng(3)
    eta = rng.normal(link["prediction"], link["se"], size=(200_000, 2))
    mean = fit.family.mean(eta)
    counts = rng.poisson(mean) if trials is None else rng.binomial(trials, mean)
    # The share below an end is what was asked, give or take chance and one count.
    for name, tail in (("lower", (1 - level) / 2), ("upper", (1 + level) / 2)):
        end = found[name] * (1 if trials is None else trials)
        assert ((counts <= end.to_numpy()).mean(axis=0) > tail - 0.005).all()
        assert ((counts < end.to_numpy() - 1e-6).mean(axis=0) < tail + 0.005).all()


@pytest.mark.slow
def test_gaussian_families_add_the_residual_variance():
    data = sleepstudy()
    line = mlm.lm("Reaction ~ Days", data, weights="w")
    same = mlm.glm("Reaction ~ Days", data, "gaussian", weights="w")
    for kind in ("mean", "new"):
        one, other = (f.predict(data, interval=kind) for f in (line, same))
        pd.testing.assert_frame_equal(one, other, rtol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "culprit"),
    [
        ({"interval": "prediction"}, "interval"),
        ({"interval": "mean", "level": 95}, "level"),
        ({"se": "yes"}, "se"),
        ({"interval": "new", "type": "link"}, "interval='mean'"),
    ],
)
def test_bad_questions_are_refused(arguments, culprit):
    fit = mlm.glm("Reaction ~ Days", sleepstudy(), "gaussian")
    with pytest.raises(mlm.DataError, match=culprit):
        fit.predict(**arguments)


def test_weights_of_new_rows_must_be_known():
    data = sleepstudy()
    new = data.head(3)
    array = mlm.lm("Reaction ~ Days", data, weights=data["w"].to_numpy())
    with pytest.raises(mlm.DataError, match="weights='name of a column'"):
        array.predict(new, interval="new")
    array.predict(new, interval="mean")
    named = mlm.lm("Reaction ~ Days", data, weights="w")
    with pytest.raises(mlm.FormulaError, match="'w'"):
        named.predict(new[["Days"]], interval="new")
    trials = mlm.glmer(CBPP, data_of("cbpp"), "binomial")
    with pytest.raises(mlm.FormulaError, match="'incidence'"):
        trials.predict(data_of("cbpp")[["period", "herd"]], interval="new")


@pytest.mark.slow
def test_every_interval_has_its_prediction_inside():
    cbpp = data_of("cbpp")
    for fit in (
        mlm.lmer("Reaction ~ Days + (Days | Subject)", sleepstudy(), weights="w"),
        mlm.glmer(CBPP, cbpp, "binomial"),
        mlm.glmer(CBPP, cbpp, "binomial", link="cloglog"),
        mlm.glm("incidence ~ period", cbpp, "poisson"),
    ):
        for random, kind in product([True, False], ["mean", "new"]):
            found = fit.predict(random=random, interval=kind)
            assert (found["lower"] <= found["prediction"]).all()
            assert (found["prediction"] <= found["upper"]).all()
            plain = fit.predict(random=random)
            pd.testing.assert_series_equal(
                found["prediction"], plain, check_names=False
            )
