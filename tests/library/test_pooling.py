"""Pooling: equation 12.4, the five models, and what they predict."""

import numpy as np
import pytest

import mlm
from mlm.demonstrations.held_out import all_but, held_out_errors
from mlm.demonstrations.pooling import (
    MODELS,
    partially_pooled_intercept,
    pooling_table,
    shrinkage_weight,
    simulated_weights,
)

INFINITE = np.inf


@pytest.fixture(scope="module")
def table(sleepstudy_once):
    return pooling_table("Reaction ~ Days", sleepstudy_once, "Subject")


@pytest.fixture(scope="module")
def sleepstudy_once():
    return mlm.load_sleepstudy()


def test_subject_308(table):
    """Of lme4 and lm (R 4.2.2), as on the slides."""
    own = table.loc["308"]
    assert own["complete"].to_list() == pytest.approx([251.405104848, 10.46728596])
    assert own["own intercepts"].to_list() == pytest.approx([295.031043, 10.46728596])
    assert own["own lines"].to_list() == pytest.approx([244.192669, 21.764702])
    alpha = own["partial intercepts", "(Intercept)"]
    assert alpha == pytest.approx(292.188814688, abs=1e-7)
    assert own["partial lines"].to_list() == pytest.approx([253.66367, 19.66626])
    assert list(table.columns.unique("model")) == list(MODELS)


def test_equation_12_4_gives_the_fit_of_every_subject(sleepstudy_once, table):
    fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", sleepstudy_once)
    alpha = partially_pooled_intercept(
        table["own intercepts", "(Intercept)"],
        fit.fixef["(Intercept)"],
        10,
        fit.sigma,
        fit.varcorr.std_dev("Subject").iloc[0],
    )
    np.testing.assert_allclose(
        alpha, table["partial intercepts", "(Intercept)"], atol=1e-9
    )


def test_equation_12_4_gives_all_85_counties():
    radon = mlm.load_radon()
    table = pooling_table("log_radon ~ 1", radon, "county")
    fit = mlm.lmer("log_radon ~ 1 + (1 | county)", radon)
    n = radon["county"].value_counts().loc[table.index]
    alpha = partially_pooled_intercept(
        radon.groupby("county", observed=True)["log_radon"].mean(),
        fit.fixef["(Intercept)"],
        n,
        fit.sigma,
        fit.varcorr.std_dev("county").iloc[0],
    )
    partial = table["partial intercepts", "(Intercept)"]
    assert len(partial) == 85
    np.testing.assert_allclose(alpha, partial, rtol=0, atol=1e-9)
    # lme4's, to what it prints
    assert partial["LAC QUI PARLE"] == pytest.approx(1.6101, abs=5e-5)
    assert partial["HENNEPIN"] == pytest.approx(1.2867, abs=5e-5)


@pytest.mark.slow
def test_what_a_group_does_not_tell_is_missing():
    radon = mlm.load_radon()
    table = pooling_table("log_radon ~ floor + log_uranium", radon, "county")
    assert table["own lines", "log_uranium"].isna().all(), "one value a county"
    assert table["own intercepts", "log_uranium"].isna().all()
    assert table["own lines", "floor"].isna().sum() > 10, "all houses on one floor"
    assert table["own lines", "(Intercept)"].notna().all()
    assert table["partial lines"].notna().all(axis=None)


def test_a_single_observation_gets_a_line(sleepstudy_once):
    """A subject with one row more than the rest have, who still has a line."""
    extra = sleepstudy_once.iloc[[0]].assign(Subject="373", Reaction=245.0)
    data = mlm.load_sleepstudy().astype({"Subject": str})
    data = np.vstack([data, extra[data.columns]])
    data = sleepstudy_once.iloc[:0].from_records(data, columns=sleepstudy_once.columns)
    data = data.astype({"Reaction": float, "Days": float, "Subject": str})
    table = pooling_table("Reaction ~ Days", data, "Subject")
    assert np.isnan(table.loc["373", ("own lines", "Days")])
    partial = table.loc["373", "partial lines"]
    assert 245 < partial["(Intercept)"] < 252.6
    assert partial["Days"] == pytest.approx(10.4, abs=0.2)


@pytest.mark.parametrize(
    ("n", "sigma_y", "sigma_alpha", "weight"),
    [
        (10, 30.9912339, 37.1238267, 0.93485003),
        (1, 3, 4, 0.64),
        (50, 10, 4, 0.88888889),
        (0, 3, 4, 0),
        (INFINITE, 3, 4, 1),
        (5, 0, 4, 1),
        (5, INFINITE, 4, 0),
        (5, 3, 0, 0),
        (5, 3, INFINITE, 1),
        (5, 1e200, 1e-200, 0),
    ],
)
def test_weight_and_its_limits(n, sigma_y, sigma_alpha, weight):
    assert shrinkage_weight(n, sigma_y, sigma_alpha) == pytest.approx(weight, abs=1e-8)


@pytest.mark.parametrize(
    ("n", "sigma_y", "sigma_alpha", "words"),
    [
        (-1, 3, 4, "n is 0 or more"),
        (5, -3, 4, "sigma_y is 0 or more"),
        (5, 3, np.nan, "sigma_alpha is 0 or more"),
        (0, 0, 4, "undetermined"),
        (5, 0, 0, "undetermined"),
        (0, 3, INFINITE, "undetermined"),
        (INFINITE, 3, 0, "undetermined"),
        (INFINITE, INFINITE, 4, "undetermined"),
    ],
)
def test_impossible_weights_are_refused(n, sigma_y, sigma_alpha, words):
    with pytest.raises(mlm.DataError, match=words):
        shrinkage_weight(n, sigma_y, sigma_alpha)


def test_a_group_without_data_is_like_the_population():
    assert partially_pooled_intercept(np.nan, 251.4, 0, 31, 37) == 251.4


@pytest.mark.slow
def test_simulated_weights_are_around_the_true_one():
    weights = simulated_weights([2, 5, 50], 3.0, 4.0, data_sets=4000)
    # 1 − 1/F is biased by (J − 1)/(J − 3) on 1/F: theory for 18 groups.
    theory = shrinkage_weight([2, 5, 50], 3.0, 4.0)
    expected = 1 - (1 - theory) * 17 / 15
    np.testing.assert_allclose(weights.mean(), expected, atol=0.01)
    assert (simulated_weights([2], 10.0, 4.0) == 0).to_numpy().any()
    with pytest.raises(mlm.DataError, match="n is sizes of groups, 2 or more, not 1"):
        simulated_weights([1], 3.0, 4.0)


def test_held_out_errors_are_those_of_refits(sleepstudy_once):
    """One fold by hand: day 9 of everybody, from fits without it."""
    held_out = (sleepstudy_once["Days"] == 9).to_numpy()
    errors = held_out_errors("Reaction ~ Days", sleepstudy_once, "Subject", [held_out])
    rest, new = sleepstudy_once[~held_out], sleepstudy_once[held_out]
    for model, fit in {
        "complete": mlm.lm("Reaction ~ Days", rest),
        "own intercepts": mlm.lm("Reaction ~ Days + C(Subject)", rest),
        "own lines": mlm.lm("Reaction ~ Days * C(Subject)", rest),
        "partial intercepts": mlm.lmer("Reaction ~ Days + (1 | Subject)", rest),
        "partial lines": mlm.lmer("Reaction ~ Days + (Days | Subject)", rest),
    }.items():
        residuals = new["Reaction"] - fit.predict(new)
        assert errors[model] == pytest.approx(np.sqrt((residuals**2).mean())), model


@pytest.mark.slow
def test_partial_pooling_predicts_best_from_three_days(sleepstudy_once):
    rounds = all_but(sleepstudy_once, "Subject", keep=3, rounds=10, seed=1)
    errors = held_out_errors("Reaction ~ Days", sleepstudy_once, "Subject", rounds)
    assert errors.idxmin() == "partial lines"
    assert errors["own lines"] > errors["own intercepts"]
    kept = [~mask for mask in all_but(sleepstudy_once, "Subject", 3, 2, seed=1)]
    assert all(
        sleepstudy_once[m].groupby("Subject", observed=True).size().eq(3).all()
        for m in kept
    )


@pytest.mark.parametrize(
    ("formula", "group", "words"),
    [
        ("Reaction ~ Days + (1 | Subject)", "Subject", "has random terms"),
        ("Reaction ~ Days", "subject", "no column 'subject'"),
        ("Reaction ~ 0 + Days", "Subject", "leave out the 0"),
    ],
)
def test_impossible_tables_are_refused(sleepstudy_once, formula, group, words):
    with pytest.raises(mlm.MlmError, match=words):
        pooling_table(formula, sleepstudy_once, group)


def test_rounds_that_hold_out_a_whole_group_are_refused(sleepstudy_once):
    mask = (sleepstudy_once["Subject"] == "308").to_numpy()
    with pytest.raises(mlm.DataError, match="every row of Subject '308'"):
        held_out_errors("Reaction ~ Days", sleepstudy_once, "Subject", [mask])
    with pytest.raises(mlm.DataError, match="holds out some"):
        held_out_errors("Reaction ~ Days", sleepstudy_once, "Subject", [mask & False])
