"""`mlm.bootstrap`: what it simulates, what it gives, and what it refuses."""

import json

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

import mlm
from mlm.simulation import generator

SLEEP = "Reaction ~ Days + (Days | Subject)"


@pytest.fixture
def fit(sleepstudy):
    return mlm.lmer(SLEEP, sleepstudy)


def boot(fit, statistic=None, n=200, seed=1, **arguments):
    return mlm.bootstrap(fit, statistic, n, seed, progress=False, **arguments)


def test_replicates_are_refits_of_simulated_data(fit):
    """Number i can be made again by hand, from the seed's child i."""
    found = boot(fit, n=120)
    for number in (0, 7, 110):
        y = fit.simulate(1, np.random.SeedSequence(1).spawn(120)[number])[0]
        again = fit.refit(y).to_frame()["estimate"]
        np.testing.assert_allclose(found.values.loc[number], again, rtol=1e-6)


def test_the_standard_error_is_the_known_one(fit):
    """Balanced data: β̂ is normal with the covariance that the fit states."""
    found = boot(fit, n=20_000)
    np.testing.assert_allclose(found.se[fit.fixef.index], fit.se, rtol=0.02)
    assert (found.bias[fit.fixef.index].abs() < 4 * fit.se / np.sqrt(20_000)).all()


def test_variances_have_their_known_distribution(sleepstudy):
    """Balanced random intercepts: REML estimates are functions of two χ² variables."""
    fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", sleepstudy)
    found = boot(fit, n=20_000).confint()
    rng = np.random.default_rng(1)
    sigma2 = fit.sigma**2 * rng.chisquare(161, 200_000) / 161
    ratio = fit.sigma**2 * (1 + 10 * fit.theta.iloc[0] ** 2)
    between = (ratio * rng.chisquare(17, 200_000) / 17 - sigma2) / 10
    known = np.sqrt(np.maximum(between, 0))
    ends = found.loc["sd_(Intercept)|Subject"]
    np.testing.assert_allclose(ends, np.quantile(known, [0.025, 0.975]), rtol=0.02)
    ends = np.quantile(np.sqrt(sigma2), [0.025, 0.975])
    np.testing.assert_allclose(found.loc["sigma"], ends, rtol=0.01)


def test_lme4_finds_the_same_spread(fit):
    """bootMer of the same model, 10 000 replicates (tests/reference/bootstrap.R)."""
    known = json.loads((ROOT / "tests/reference/bootstrap.json").read_text("utf-8"))
    found = boot(fit, n=10_000, seed=3)
    for name, mean, sd in zip(known["name"], known["mean"], known["sd"], strict=True):
        # Both are means of 10 000 draws.
        error = 5 * sd * np.sqrt(2 / 10_000)
        assert found.values[name].mean() == pytest.approx(mean, abs=error)
        assert found.se[name] == pytest.approx(sd, rel=0.05)
    singular = known["singular"] / known["n"]
    error = 5 * np.sqrt(2 * singular * (1 - singular) / 10_000)
    assert found.singular / 10_000 == pytest.approx(singular, abs=error)


def test_more_replicates_begin_with_the_same(fit):
    few, many = boot(fit, n=30), boot(fit, n=250)
    pd.testing.assert_frame_equal(few.replicates, many.replicates.iloc[:30])


@pytest.mark.parametrize(
    "statistic",
    [
        lambda fit: fit.fixef["Days"],
        lambda fit: fit.fixef[["Days"]],
        lambda fit: {"Days": fit.fixef["Days"]},
    ],
    ids=["number", "Series", "dict"],
)
def test_a_statistic_of_ones_own(fit, statistic):
    found = boot(fit, statistic, n=20)
    (column,) = found.values
    assert found.estimate[column] == fit.fixef["Days"]
    np.testing.assert_allclose(found.values[column], boot(fit, n=20).values["Days"])


def test_several_numbers_have_their_names(fit):
    found = boot(fit, lambda fit: {"a": fit.sigma, "b": fit.aic}, n=5)
    assert list(found.values) == ["a", "b"]
    assert list(found.to_frame()) == ["estimate", "bias", "se", "2.5 %", "97.5 %"]


def test_linear_models_and_crossed_factors(sleepstudy):
    line = mlm.lm("Reaction ~ Days", sleepstudy)
    assert boot(line, n=400).se["Days"] == pytest.approx(line.se["Days"], rel=0.15)
    crossed = mlm.lmer(
        "diameter ~ 1 + (1 | plate) + (1 | sample)", mlm.load_penicillin()
    )
    found = boot(crossed, n=10)
    again = crossed.refit(crossed.simulate(1, np.random.SeedSequence(1).spawn(9)[8])[0])
    known = again.to_frame()["estimate"]
    np.testing.assert_allclose(found.values.loc[8], known, rtol=1e-6)


def test_confint_by_bootstrap_is_its_interval(fit):
    table = fit.confint(method="boot", n=300, seed=4, level=0.9)
    known = boot(fit, n=300, seed=4).confint(0.9)
    pd.testing.assert_frame_equal(table, known)
    assert list(table) == ["5 %", "95 %"]


def test_singular_fits_are_counted_and_shown():
    fit = mlm.lmer("Yield ~ 1 + (1 | Batch)", mlm.load_dyestuff())
    found = boot(fit, n=400)
    zero = found.values["sd_(Intercept)|Batch"] == 0
    assert found.singular == zero.sum() > 0
    assert f"singular: {found.singular}" in repr(found)
    assert f"singular: {found.singular}" in found._repr_html_()


def test_fits_that_fail_are_counted_and_shown(fit):
    class Refuses:
        """A fit that cannot be fitted to some responses, as one by one shows."""

        def __getattr__(self, name):
            return getattr(fit, name)

        def refit(self, Y):
            if np.asarray(Y).shape[1] > 1 or np.asarray(Y)[0, 0] > 270:
                raise mlm.DataError("not this one")
            return fit.refit(Y)

    found = boot(Refuses(), n=60)
    first = [
        fit.simulate(1, np.random.SeedSequence(1, spawn_key=(i,))).iloc[0, 0]
        for i in range(60)
    ]
    failed = np.array(first) > 270
    assert 0 < failed.sum() < 60
    assert found.values.isna().all(axis=1).tolist() == failed.tolist()
    assert found.not_converged == failed.sum()
    assert f"did not converge: {failed.sum()};" in repr(found)
    assert np.isfinite(found.se).all()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"seed": None}, "the seed is a whole number"),
        ({"seed": 1.5}, "not 1.5"),
        ({"seed": True}, "not True"),
        ({"seed": -1}, "not -1"),
        ({"n": 0}, "n is a number of data sets, 1 or more, not 0"),
        ({"n": 10.0}, "not 10.0"),
        ({"statistic": lambda fit: fit}, "must give a number"),
        ({"statistic": lambda fit: "x"}, "must give a number"),
        ({"statistic": lambda fit: fit.fixef.to_numpy()}, "must give a number"),
        ({"statistic": lambda fit: {"a": None}}, "must give a number"),
    ],
)
def test_bad_arguments_are_named(fit, arguments, words):
    with pytest.raises(mlm.DataError, match=words):
        boot(fit, **arguments)


def test_a_statistic_that_changes_its_names_is_refused(fit):
    """An error of the statistic is the caller's to see, not a fit that failed."""

    def statistic(of):
        return {"a": 1.0} if of is fit else {"b": 1.0}

    with pytest.raises(mlm.DataError, match=r"gave \['a'\] for the fit"):
        boot(fit, statistic, n=3)


def test_a_bad_level_is_named(fit):
    with pytest.raises(mlm.DataError, match="between 0 and 1, not 95"):
        boot(fit, n=3).confint(95)


def test_generators_are_those_that_numpy_spawns():
    known = np.random.default_rng(np.random.SeedSequence(7).spawn(4)[3]).normal(size=3)
    np.testing.assert_array_equal(generator(7, 3).normal(size=3), known)
