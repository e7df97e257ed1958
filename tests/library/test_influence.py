"""Fits without each group, and principal components of random effects: against R."""

import json

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from test_glmer import data_of

import mlm
from mlm.engine.starts import without_means

R = json.loads((ROOT / "tests/reference/influence.json").read_text("utf-8"))
CBPP = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
FITS = {
    "sleepstudy": (
        lambda: mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy()),
        "Subject",
        # The columns of R's tables: fixed effects, then as.data.frame(VarCorr(fit)).
        [4, 5, 0, 2, 1, 3],
    ),
    "penicillin": (
        lambda: mlm.lmer(
            "diameter ~ 1 + (1 | plate) + (1 | sample)", mlm.load_penicillin()
        ),
        "sample",
        [3, 0, 1, 2],
    ),
    "cbpp": (
        lambda: mlm.glmer(CBPP, data_of("cbpp"), "binomial"),
        "herd",
        [1, 2, 3, 4, 0],
    ),
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    ("formula", "lacks_means"),
    [
        ("y ~ x + (x | g)", False),
        ("y ~ x + (1 | g) + (1 | h)", False),
        ("y ~ x + (x || g) + (1 | h)", False),
        ("y ~ 1 + (x | g)", True),
        ("y ~ 0 + x + (1 | g)", True),
    ],
)
def test_rows_left_out_take_no_average_out_of_X(formula, lacks_means, weighted):
    """Else every fit without a group would look for other minima, at length."""
    rng = np.random.default_rng(11)
    data = pd.DataFrame({"g": np.repeat(range(15), 12), "h": [*range(12)] * 15})
    data["x"], data["w"] = rng.normal(3, 1, 180), rng.uniform(0.2, 3, 180)
    data["y"] = data["x"] + rng.normal(size=15)[data["g"]] + rng.normal(size=180)
    fit = mlm.lmer(formula, data, weights="w" if weighted else None)
    kept = fit.criterion_function.sums.of_rows(data["g"].to_numpy() != 3)
    assert without_means(fit.criterion_function.sums) == lacks_means
    assert without_means(kept) == lacks_means


@pytest.mark.slow
@pytest.mark.parametrize("name", FITS)
def test_estimates_without_each_group_are_rs(name):
    make, group, columns = FITS[name]
    found = make().influence(group).without
    values = found.loc[R[name]["levels"]].to_numpy()[:, columns]
    np.testing.assert_allclose(values, R[name]["values"], rtol=2e-4, atol=1e-4)


@pytest.mark.slow
def test_changes_in_standard_errors_are_rs():
    fit = FITS["sleepstudy"][0]()
    found = fit.influence("Subject")
    np.testing.assert_allclose(found.dfbetas, R["dfbetas"], rtol=1e-3, atol=1e-4)
    one = found.change.loc["309", ["(Intercept)", "Days"]].to_numpy()
    by_hand = one @ np.linalg.inv(fit.vcov) @ one / 2
    assert np.isclose(found.cooks_distance["309"], by_hand)


def crossed(n=900):
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"a": rng.integers(0, 70, n), "b": rng.integers(0, 60, n)})
    data["x"], data["w"] = rng.normal(size=n), rng.uniform(0.5, 2, n)
    data["k"] = rng.choice(list("pqr"), n)
    data["y"] = data["x"] + rng.normal(size=70)[data["a"]] + rng.normal(size=n)
    data["y"] += rng.normal(size=60)[data["b"]]
    data["y"] += data["x"] * rng.normal(size=60)[data["b"]]
    data["count"] = rng.poisson(np.exp(0.3 * data["y"]))
    return data.astype({"a": str, "b": str})


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        lambda d: mlm.lmer("y ~ x + k + (1 | a) + (x | b)", d, weights="w"),
        lambda d: mlm.lmer("y ~ x + offset(w) + (1 | a) + (1 | b)", d, reml=False),
        lambda d: mlm.lm("y ~ x + a", d, weights="w"),
        lambda d: mlm.glm("count ~ x + k", d, "poisson", offset="w"),
        lambda d: mlm.glmer("count ~ x + (1 | a) + (1 | b)", d, "poisson", nodes=0),
    ],
)
def test_they_are_those_of_a_fit_of_the_other_rows(make):
    data = crossed()
    fit = make(data)
    groups = pd.Series(np.arange(len(data)) % 5, index=data.index).astype(str)
    found = fit.influence(groups.sample(frac=1, random_state=1))
    for label in found.without.index:
        again = make(data[groups != label]).to_frame()["estimate"]
        ours = found.without.loc[label]
        np.testing.assert_allclose(ours, again[ours.index], rtol=2e-6, atol=1e-7)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::mlm.RankDeficiencyWarning")
def test_what_the_others_do_not_tell_is_missing():
    data = mlm.load_sleepstudy()
    data["only"] = (data["Subject"] == "308").astype(float)
    fit = mlm.lmer("Reaction ~ Days + only + (1 | Subject)", data)
    with pytest.warns(mlm.RankDeficiencyWarning, match="'308'"):
        found = fit.influence("Subject")
    assert found.without.loc["308"].isna().all()
    assert np.isnan(found.cooks_distance["308"])
    assert found.without.drop("308").notna().all().all()
    assert found.to_frame().index[-1] == "308"
    assert "8 more groups" in repr(found)
    assert "<table" in found._repr_html_()


@pytest.mark.parametrize(
    "group", ["nothing", 3, None, ["a"], np.full(180, np.nan), "Days | Subject"]
)
def test_groups_that_are_none_are_refused(group):
    fit = FITS["sleepstudy"][0]()
    with pytest.raises(mlm.DataError, match="group"):
        fit.influence(group)
    with pytest.raises(mlm.DataError, match="one group"):
        fit.influence(["all"] * 180)


@pytest.mark.slow
def test_components_are_rs():
    cake = mlm.load_cake()
    with pytest.warns(mlm.SingularFitWarning):
        singular = mlm.lmer("angle ~ recipe + (recipe | replicate)", cake)
    for name, fit in (("sleepstudy", FITS["sleepstudy"][0]()), ("cake", singular)):
        ((group, table),) = fit.rePCA().items()
        np.testing.assert_allclose(table["sd"], R["rePCA"][name]["sd"], atol=2e-4)
        rotation = np.abs(table.drop(columns=["sd", "proportion", "cumulative"]))
        kept = table["sd"].to_numpy() > 0.01
        expected = np.array(R["rePCA"][name]["rotation"])[:, kept]
        np.testing.assert_allclose(rotation[kept].T, expected, atol=2e-3)
        assert group in repr(fit.rePCA())
    assert "2 of 3 dimensions" in singular.rePCA().advice["replicate"]
    assert "(recipeB)" in singular.rePCA().advice["replicate"]
    assert "e-" not in repr(singular.rePCA())
    assert "with recipe as columns of numbers" in singular.rePCA().advice["replicate"]


def test_advice_of_variances_of_nothing():
    data = mlm.load_dyestuff2()
    with pytest.warns(mlm.SingularFitWarning):
        fit = mlm.lmer("Yield ~ 1 + (1 | Batch)", data)
    assert fit.rePCA().advice["Batch"].startswith("Nothing varies by Batch")
    two = mlm.lmer("diameter ~ 1 + (1 | plate) + (1 | sample)", mlm.load_penicillin())
    assert list(two.rePCA()) == ["plate", "sample"]


@pytest.mark.slow
def test_advice_keeps_the_intercept():
    """Three people whose intercepts differ less than their slopes do."""
    data = mlm.load_sleepstudy()
    some = data[data["Subject"].isin(["308", "309", "310"])]
    with pytest.warns(mlm.SingularFitWarning):
        fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", some)
    sd = fit.to_frame()["estimate"]
    mean_square = np.mean(some["Days"] ** 2) ** 0.5
    assert sd["sd_(Intercept)|Subject"] < mean_square * sd["sd_Days|Subject"]
    advice = fit.rePCA().advice["Subject"]
    assert advice.startswith("1 of 2 dimensions has variance")
    assert "(x || g); then leave out the effect that varies least (Days)" in advice


def test_two_terms_of_one_factor_have_their_components_together():
    data = mlm.load_sleepstudy()
    fit = mlm.lmer("Reaction ~ Days + (Days || Subject)", data)
    table = fit.rePCA()["Subject"]
    sizes = np.sort(fit.theta)[::-1]
    np.testing.assert_allclose(table["sd"], sizes)
    assert {"(Intercept)", "Days"} < set(table.columns)


@pytest.mark.parametrize("shift", [100, 2020, -1e5])
def test_advice_does_not_depend_on_the_origin(shift):
    data = mlm.load_sleepstudy()
    data["Days"] += shift
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", data)
    assert not fit.is_singular
    assert "do not support" not in fit.rePCA().advice["Subject"]
