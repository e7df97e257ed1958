"""`mlm.bootstrap`: what it simulates, what it gives, and what it refuses."""

import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, WEEKLY

import mlm
from mlm.replicates.bootstrap import interval_ends
from mlm.replicates.draw import generator

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
        y = fit.simulate(120, seed=1)[number]
        again = fit.refit(y).to_frame()["estimate"]
        np.testing.assert_allclose(found.values.loc[number], again, rtol=1e-6)


@pytest.mark.slow
def test_the_standard_error_is_the_known_one(fit):
    """Balanced data: β̂ is normal with the covariance that the fit states."""
    n = 20_000 if WEEKLY else 5_000
    found = boot(fit, n=n)
    # Four standard errors of a standard deviation of normal numbers.
    np.testing.assert_allclose(
        found.se[fit.fixef.index], fit.se, rtol=4 / np.sqrt(2 * n)
    )
    centre = found.values[fit.fixef.index].mean() - fit.fixef
    assert (centre.abs() < 4 * fit.se / np.sqrt(n)).all()


@pytest.mark.slow
def test_the_bias_is_how_far_replicates_lie_above_the_estimate(sleepstudy):
    """exp(β̂*) of a normal β̂*: its mean is exp(β̂ + se²/2)."""
    line = mlm.lm("Reaction ~ Days", sleepstudy)
    found = boot(line, lambda of: np.exp(of.fixef["Days"] / 2), n=4000)
    slope, se = line.fixef["Days"] / 2, line.se["Days"] / 2
    known = np.exp(slope) * (np.exp(se**2 / 2) - 1)
    error = found.se["statistic"] / np.sqrt(4000)
    assert known > 10 * error
    assert found.bias["statistic"] == pytest.approx(known, abs=4 * error)


@pytest.mark.slow
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


@pytest.mark.slow
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
    assert found.n_singular / 10_000 == pytest.approx(singular, abs=error)


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


@pytest.mark.slow
def test_linear_models_and_crossed_factors(sleepstudy):
    line = mlm.lm("Reaction ~ Days", sleepstudy)
    assert boot(line, n=400).se["Days"] == pytest.approx(line.se["Days"], rel=0.15)
    crossed = mlm.lmer(
        "diameter ~ 1 + (1 | plate) + (1 | sample)", mlm.load_penicillin()
    )
    found = boot(crossed, n=10)
    again = crossed.refit(crossed.simulate(9, seed=1)[8])
    known = again.to_frame()["estimate"]
    np.testing.assert_allclose(found.values.loc[8], known, rtol=1e-6)


@pytest.mark.slow
def test_confint_by_bootstrap_is_its_interval(fit):
    table = fit.confint(method="boot", n=300, seed=4, level=0.9)
    known = boot(fit, n=300, seed=4).confint(0.9)
    pd.testing.assert_frame_equal(table, known)
    assert list(table) == ["5 %", "95 %"]


def test_singular_fits_are_counted_and_shown():
    fit = mlm.lmer("Yield ~ 1 + (1 | Batch)", mlm.load_dyestuff())
    found = boot(fit, n=400)
    zero = found.values["sd_(Intercept)|Batch"] == 0
    assert found.n_singular == zero.sum() > 0
    assert f"singular: {found.n_singular}" in repr(found)
    assert f"singular: {found.n_singular}" in found._repr_html_()


@pytest.mark.slow
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
    failed = fit.simulate(60, seed=1).iloc[0].to_numpy() > 270
    assert 0 < failed.sum() < 60
    assert found.values.isna().all(axis=1).tolist() == failed.tolist()
    assert found.n_not_converged == failed.sum()
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
        ({"statistic": lambda fit: {}}, "must give a number or more"),
        ({"statistic": lambda fit: {"(singular)": 1}}, r"none of them called"),
        ({"statistic": "sigma"}, "statistic is a function, not 'sigma'"),
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
    with pytest.raises(mlm.DataError, match=r"between 0 and 1, such as 0\.95, not 95"):
        boot(fit, n=3).confint(95)


@pytest.mark.parametrize(
    ("level", "names"),
    [
        # R: paste(format(100 * c((1 - level) / 2, (1 + level) / 2), trim = TRUE,
        #                 scientific = FALSE, digits = 3), "%")
        (0.95, ["2.5 %", "97.5 %"]),
        (0.9, ["5 %", "95 %"]),
        (0.5, ["25 %", "75 %"]),
        (2 / 3, ["16.7 %", "83.3 %"]),
        (0.99, ["0.5 %", "99.5 %"]),
        (0.999, ["0.05 %", "99.95 %"]),
        (0.99999, ["0.0005 %", "99.9995 %"]),
        (0.9999999, ["0.000005 %", "99.999995 %"]),
        (0.02, ["49 %", "51 %"]),
        (0.0001, ["49.995 %", "50.005 %"]),
        (np.float32(0.5), ["25 %", "75 %"]),
    ],
)
def test_ends_are_named_with_the_digits_they_need(level, names):
    assert list(interval_ends(level)) == names


def test_ends_have_two_names_whatever_the_level():
    rng = np.random.default_rng(1)
    near = 10.0 ** -rng.uniform(0, 14, 500)
    for level in [*near, *(1 - near), *rng.random(500), 5e-16, 1 - 2**-53]:
        names, shares = zip(*interval_ends(level).items(), strict=True)
        assert len({*names}) == 2
        low, high = (Decimal(name.removesuffix(" %")) for name in names)
        assert shares == ((1 - level) / 2, (1 + level) / 2)
        assert float(low) == pytest.approx(100 * shares[0], rel=0.006)
        assert float(high - low) == pytest.approx(100 * level, rel=0.011)
        assert "e" not in "".join(names)


@pytest.mark.parametrize("level", [0, 1, 0.0, 1.0, 1e-17, 1 - 1e-17, -0.5, 1.5])
def test_levels_that_are_none_are_refused(level):
    with pytest.raises(mlm.DataError, match="level is between 0 and 1"):
        interval_ends(level)


def test_generators_are_those_that_numpy_spawns():
    known = np.random.default_rng(np.random.SeedSequence(7).spawn(4)[3]).normal(size=3)
    np.testing.assert_array_equal(generator(7, 3).normal(size=3), known)


def test_three_replicates_by_hand():
    table = {"b": [1.0, 2.0, 6.0], "(converged)": True, "(singular)": False}
    found = mlm.Bootstrap("y ~ x", pd.DataFrame(table), 3, pd.Series({"b": 2.0}))
    row = found.to_frame(level=0.5).loc["b"]
    assert row[["bias", "25 %", "75 %"]].tolist() == [1.0, 1.5, 4.0]
    assert row["se"] == pytest.approx(np.sqrt(7))  # (4 + 1 + 9) / (3 − 1)
