"""Profile intervals: against the dense normal likelihood, lme4, and themselves."""

import json
import warnings
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, often, reference_data
from matplotlib.figure import Figure
from scipy.linalg.lapack import dtrtrs
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import ndtri
from scipy.stats import chi2, norm

import mlm
from mlm import plots
from mlm.engine.quasi_newton import descend
from mlm.results.follow import Curve
from mlm.results.held import FixedEffect, ResidualDeviation
from mlm.results.held_terms import Correlation
from mlm.results.surface import OverSigma

REFERENCE = json.loads((ROOT / "tests/reference/profile.json").read_text("utf-8"))
SLOPES = "Reaction ~ Days + (Days | Subject)"
LIMIT = chi2.ppf(0.95, 1)

# Formulas over made data: columns x, z (a group's), w and h, groups g, and crossed c.
FORMULAS = (
    "y ~ x + (1 | g)",
    "y ~ x + z + (1 | g) + (1 | c)",
    "y ~ x + (x | g)",
    "y ~ 1 + (x | g)",
    "y ~ 0 + x + (0 + x | g)",
    "y ~ x + (x || g)",
    "y ~ x * z + (x | g) + (1 | c)",
    "y ~ x + h + (x + h | g)",
    "y ~ 1 + (1 | g/c)",
)


def made(seed):
    """A formula with data for it: groups few or many, effects none or large."""
    rng = np.random.default_rng(seed)
    J, n = rng.integers(4, 9), 6
    g = np.repeat(np.arange(J), n)
    c = rng.integers(0, 4, J * n)
    x, h = rng.normal(rng.choice([0, 3]), 1, J * n), rng.normal(size=J * n)
    z = rng.normal(size=J)[g]
    sizes = rng.choice([0.0, 0.5, 1.5], size=3)
    b = rng.normal(size=(J, 3)) * sizes
    y = 1 + b[g, 0] + (0.5 + b[g, 1]) * x + b[g, 2] * h + rng.normal(size=4)[c] * 0.5
    data = pd.DataFrame({"g": g, "c": c, "x": x, "h": h, "z": z})
    data["y"] = y + rng.normal(size=J * n)
    data["w"] = rng.uniform(0.5, 3, J * n) if seed % 4 == 0 else 1.0
    return FORMULAS[seed % len(FORMULAS)], data.astype({"g": str, "c": str})


class Dense:
    """-2 log likelihood with one parameter held, by n × n matrices and nothing else.

    Standard deviations may have any sign, and correlations are cosines of angles, so
    that boundaries are inside.
    """

    def __init__(self, design):
        self.X, self.y = design.X, design.y - design.offset
        self.residual = np.ones(design.n) if design.weights is None else design.weights
        self.terms = [
            (term.effects.values, term.codes[:, None] == term.codes)
            for term in design.terms
        ]

    def lowest(self, held, value, expected, most=20):
        """Lowest deviance with ("sd", i, c), ("cor", i, c, r), … at a value.

        From two starts at least; from more, until it is as low as expected.
        """
        X, y = self.X, self.y
        if held[0] == "beta":
            y, X = y - value * X[:, held[1]], np.delete(X, held[1], axis=1)
        orders = [np.arange(effects.shape[1]) for effects, _ in self.terms]
        if held[0] in ("sd", "cor"):  # held effects first
            first = list(held[2:])
            orders[held[1]] = np.array([*first, *np.delete(orders[held[1]], first)])
        counts = [k * (k + 1) // 2 for k in map(len, orders)]
        scale = np.std(y - X @ np.linalg.lstsq(X, y)[0]) if X.size else np.std(y)

        def deviance(free):
            log_sigma, *rest = np.split(free, np.cumsum([1, *counts[:-1]]))
            log_sigma = np.log(value) if held[0] == "sigma" else log_sigma[0]
            V = np.diag(np.exp(2 * log_sigma) / self.residual)
            for i, (part, order) in enumerate(zip(rest, orders, strict=True)):
                effects, same = self.terms[i]
                L = _factor(part, len(order), held if held[1:2] == (i,) else (), value)
                rows = effects[:, order] @ L
                V = V + same * (rows @ rows.T)
            try:
                L = np.linalg.cholesky(V)
            except np.linalg.LinAlgError:
                return 1e10
            white = dtrtrs(L, np.column_stack([X, y]), lower=True)[0]
            # The last of y's coordinates is what X leaves of it.
            left = np.linalg.cholesky(white.T @ white)[-1, -1]
            return 2 * np.log(np.diag(L)).sum() + left**2 + len(y) * np.log(2 * np.pi)

        rng, found = np.random.default_rng(1), []
        while len(found) < 2 or (len(found) < most and min(found) > expected + 1e-5):
            # A number smaller than 1 for each, in the response's unit where it has one.
            start = [[np.log(scale) - 0.3]]
            for order, count in zip(orders, counts, strict=True):
                start.append(rng.uniform(0.2, 1.2, count))
                start[-1][: len(order)] *= scale
            start = np.concatenate(start)
            found.append(minimize(deviance, start, options={"maxiter": 400}).fun)
        return min(found)


def _factor(part, k, held, value):
    """Cholesky factor from k standard deviations and angles; a held one replaced."""
    sd, angles = part[:k].copy(), list(part[k:])
    if held and held[0] == "sd":
        sd[0] = value
    if held and held[0] == "cor":
        angles[0] = np.arccos(value)
    L, used = np.zeros((k, k)), 0
    for r in range(k):
        left = 1.0
        for c in range(r):
            L[r, c], left = left * np.cos(angles[used]), left * np.sin(angles[used])
            used += 1
        L[r, r] = left
    if held and held[0] == "cor":  # signs of the two would turn it round
        sd[:2] = np.abs(sd[:2])
    return sd[:, None] * L


def parameters(design):
    """What `Dense` can hold, in the order of `confint`."""
    held = []
    for i, term in enumerate(design.terms):
        for c in range(term.k):
            held.append(("sd", i, c))
            held += [("cor", i, c, r) for r in range(c + 1, term.k)]
    return [*held, ("sigma",), *(("beta", j) for j in range(design.p))]


def quiet(formula, data, **arguments):
    """A fit without the warning that it is singular."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mlm.SingularFitWarning)
        return mlm.lmer(formula, data, reml=False, **arguments)


# 12, 25 and 48 have a second minimum along a profile; of the others, most are singular.
# The few have each formula of `made` once, some of them with weights.
FEW = [0, 2, 5, 8, 10, 12, 22, 24, 25]
SEEDS = often(FEW, [seed for seed in (*range(27), 38, 111) if seed not in FEW])


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_ends_are_where_the_dense_deviance_has_risen(seed):
    formula, data = made(seed)
    fit = quiet(formula, data, weights="w" if seed % 4 == 0 else None)
    dense, best = Dense(fit.design), fit.criterion
    assert dense.lowest(("nothing",), None, best) == pytest.approx(best, abs=1e-5)
    table = fit.confint()
    for held, (name, ends) in zip(
        parameters(fit.design), table.iterrows(), strict=True
    ):
        for end in ends:
            rise = dense.lowest(held, end, best + LIMIT) - best
            if (held[0], abs(end)) in {("sd", 0), ("cor", 1)}:  # not excluded
                assert rise < LIMIT + 1e-5, name
            else:
                assert rise == pytest.approx(LIMIT, abs=1e-4), (name, end)


@pytest.mark.slow
@pytest.mark.parametrize("record", REFERENCE["profiles"], ids=lambda r: r["formula"])
def test_profile_intervals_are_lme4s(record):
    """To 0.05 % of the width, but for a correlation that lme4 interpolates badly."""
    fit = quiet(record["formula"], reference_data(record["data"]))
    table = fit.confint(level=record["level"])
    assert [name.removesuffix(".1") for name in table.index] == record["names"]
    ends = np.array(record["ends"])
    far = np.abs(table.to_numpy() - ends) > 5e-4 * np.diff(ends, axis=1)
    assert far.any() == (record["formula"] == "Reaction ~ 1 + (Days | Subject)")
    limit = ndtri((1 + record["level"]) / 2) ** 2
    for row, side in np.argwhere(far):  # the dense likelihood decides
        held, dense = parameters(fit.design)[row], Dense(fit.design)
        rises = [
            dense.lowest(held, end, fit.criterion + limit, most=5) - fit.criterion
            for end in (table.iloc[row, side], ends[row, side])
        ]
        assert rises[0] == pytest.approx(limit, abs=1e-6)
        assert abs(rises[1] - limit) > 1e-3


@pytest.mark.parametrize("record", REFERENCE["linear"], ids=lambda r: r["formula"])
def test_intervals_of_a_linear_model_are_rs(sleepstudy, record):
    formula = record["formula"].replace("factor", "C")
    table = mlm.lm(formula, sleepstudy).confint(level=0.9)
    np.testing.assert_allclose(table, record["ends"], rtol=1e-9)
    assert list(table.columns) == ["5 %", "95 %"]


def test_a_linear_models_other_intervals(sleepstudy):
    fit = mlm.lm("Reaction ~ Days", sleepstudy)
    reach = norm.ppf(0.975) * fit.se["Days"]
    wald = fit.confint("wald", parm="Days").iloc[0]
    np.testing.assert_allclose(wald, fit.fixef["Days"] + np.array([-reach, reach]))
    boot = fit.confint("boot", n=50, seed=1)
    assert list(boot.index) == ["sigma", "(Intercept)", "Days"]
    with pytest.raises(mlm.DataError, match="'t', 'wald' or 'boot', not 'profile'"):
        fit.confint("profile")
    with pytest.raises(mlm.DataError, match=r"no parameter 'sigma'.*'Days'"):
        fit.confint(parm="sigma")


def scaled(table, response, slope):
    """A table as it would be in other units of the response and of the predictor."""
    units = [
        1.0
        if name.startswith("cor")
        else response / (slope if name in ("sd_x|g", "x") else 1.0)
        for name in table.index
    ]
    return table.mul(units, axis=0)


@pytest.fixture(scope="module", params=[18, 3])
def grouped(request):
    """All subjects, or three: then the fit is singular."""
    data = mlm.load_sleepstudy().set_axis(["y", "x", "g"], axis=1)
    kept = data["g"].cat.categories[: request.param]
    data = data[data["g"].isin(kept)].astype({"g": str})
    return data, quiet("y ~ x + (x | g)", data).confint()


def assert_same(found, right, names=slice(None)):
    found, right = found.loc[names], right.loc[names]
    width = right.iloc[:, 1] - right.iloc[:, 0]
    error = (found - right).abs().max(axis=1) / width
    assert (error < 1e-6).all(), error


@pytest.mark.slow
@pytest.mark.parametrize("unit", often([1e-13, 3.7], [1e-9, 1e-3, 1e6]))
def test_intervals_follow_the_units(grouped, unit):
    data, right = grouped
    of_y = quiet("y ~ x + (x | g)", data.assign(y=unit * data["y"])).confint()
    assert_same(of_y, scaled(right, unit, 1.0))
    if unit > 1e-13:
        of_x = quiet("y ~ x + (x | g)", data.assign(x=unit * data["x"])).confint()
        assert_same(of_x, scaled(right, 1.0, unit))


@pytest.mark.slow
@pytest.mark.parametrize("origin", often([-4.5, 1e4], [50, 100]))
def test_intervals_follow_the_origin(grouped, origin):
    """Correlation, and sd of intercepts, are others with another origin of x."""
    data, right = grouped
    moved = quiet("y ~ x + (x | g)", data.assign(x=data["x"] + origin)).confint()
    assert_same(moved, right, ["sd_x|g", "sigma", "x"])
    moved = quiet("y ~ x + (x | g)", data.assign(y=data["y"] + origin)).confint()
    moved.loc["(Intercept)"] -= origin
    assert_same(moved, right)


@pytest.mark.slow
def test_many_rows_have_intervals_too():
    """Balanced groups: the deviance is a sum over two mean squares."""
    J, n = 500, 200
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"g": np.repeat(np.arange(J), n).astype(str)})
    data["y"] = np.repeat(rng.normal(size=J), n) + rng.normal(size=J * n)
    groups = data.groupby("g")["y"]
    within = ((data["y"] - groups.transform("mean")) ** 2).sum()
    between = n * ((groups.mean() - data["y"].mean()) ** 2).sum()

    def deviance(sigma2, tau2):
        omega = sigma2 + n * tau2
        within_part = J * (n - 1) * np.log(sigma2) + within / sigma2
        return within_part + J * np.log(omega) + between / omega

    table = mlm.lmer("y ~ 1 + (1 | g)", data).confint()
    sigma2 = within / (J * (n - 1))
    lowest = deviance(sigma2, (between / J - sigma2) / n)
    known = [  # the other variance, chosen anew
        (lambda s2, sd: deviance(s2, sd**2), sigma2),
        (lambda t2, sd: deviance(sd**2, t2), (between / J - sigma2) / n),
    ]
    for (other, size), row in zip(known, range(2), strict=True):
        for end in table.iloc[row]:
            span = (0.5 * size, 2 * size)
            found = minimize_scalar(
                other, args=(end,), bounds=span, options={"xatol": 1e-9}
            )
            assert found.fun - lowest == pytest.approx(LIMIT, abs=1e-4)


def test_a_singular_fit_has_one_sided_intervals():
    """Dyestuff2 in closed form: at sd 0, sigma² is the total mean square."""
    data = mlm.load_dyestuff2()
    fit = quiet("Yield ~ (1 | Batch)", data)
    profile = fit.profile()
    low, high = profile.confint().loc["sd_(Intercept)|Batch"]
    assert low == 0
    groups = data.groupby("Batch", observed=True)["Yield"]
    within = groups.var(ddof=0).sum() * 5
    between = 5 * groups.mean().var(ddof=0) * 6

    def rise(sd):
        def deviance(sigma2, tau2=sd**2):
            omega = sigma2 + 5 * tau2
            logs = 24 * np.log(sigma2) + 6 * np.log(omega)
            return logs + within / sigma2 + between / omega

        total = (within + between) / 30
        found = minimize_scalar(deviance, bounds=(total / 9, 2 * total))
        return found.fun - deviance(total, 0.0)

    assert high == pytest.approx(brentq(lambda sd: rise(sd) - LIMIT, 0.1, 9), abs=1e-4)


@pytest.mark.slow
def test_a_correlation_that_means_nothing_is_anything():
    """An effect without variance: every correlation with it fits equally well."""
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"g": np.repeat(list("abcdef"), 8), "x": rng.normal(size=48)})
    # Slopes of 1 in every group, exactly, and residuals orthogonal to x there.
    e = rng.normal(size=48)
    own = data.groupby("g")["x"].transform
    x = data["x"] - own("mean")
    along = (e * x).groupby(data["g"]).transform("sum")
    e -= x * along / (x**2).groupby(data["g"]).transform("sum")
    data["y"] = data["x"] + np.repeat(rng.normal(size=6), 8) + e
    fit = quiet("y ~ x + (x | g)", data)
    assert list(fit.confint(parm="cor_x.(Intercept)|g").iloc[0]) == [-1, 1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parm", "names"),
    [
        ("Days", ["Days"]),
        (["sigma", "Days"], ["sigma", "Days"]),
        ("beta_", ["(Intercept)", "Days"]),
        (
            "theta_",
            [
                "sd_(Intercept)|Subject",
                "cor_Days.(Intercept)|Subject",
                "sd_Days|Subject",
                "sigma",
            ],
        ),
        (["beta_", "Days"], ["(Intercept)", "Days"]),
        ([], []),
    ],
)
@pytest.mark.parametrize("method", ["profile", "wald"])
def test_parm_chooses_parameters(sleep_fit, method, parm, names):
    every = sleep_fit.confint(method)
    found = sleep_fit.confint(method, parm=parm)
    assert list(found.index) == names
    np.testing.assert_allclose(found, every.loc[names], rtol=1e-7)


@pytest.mark.parametrize(
    ("parm", "words"),
    [
        ("days", r"no parameter 'days'; there are: 'sd_\(Inter.*'theta_', 'beta_'"),
        (["Days", "day"], "no parameter 'day'"),
        (1, "names of parameters, not 1: places .* from 0 here and from 1 in R"),
        ([None], "names of parameters, not None"),
    ],
)
@pytest.mark.parametrize("method", ["profile", "wald", "boot"])
def test_parm_names_what_is_not_there(sleep_fit, method, parm, words):
    with pytest.raises(mlm.DataError, match=words):
        sleep_fit.confint(method, parm=parm, n=2, seed=1)


@pytest.mark.slow
def test_an_end_that_is_not_found_leaves_the_rest(sleep_fit, monkeypatch):
    right = sleep_fit.confint()
    deviance = Correlation.deviance

    def broken(self, t):
        if t > self.best + 0.1:
            raise mlm.MlmError("it rained")
        return deviance(self, t)

    monkeypatch.setattr(Correlation, "deviance", broken)
    name = "cor_Days.(Intercept)|Subject"
    with pytest.warns(mlm.ConvergenceWarning, match="97.5 % of cor_.*it rained.*boot"):
        table = sleep_fit.confint()
    assert np.isnan(table.loc[name, "97.5 %"])
    assert "it rained" in table.attrs["reasons"][name, "97.5 %"]
    right.loc[name, "97.5 %"] = np.nan
    np.testing.assert_allclose(table, right, rtol=1e-9)


def test_searches_from_elsewhere_lose_or_turn_a_correlation(sleepstudy):
    """Sizes of the effects, lengths of the rows of T, stay what they were."""
    held = FixedEffect(OverSigma(quiet(SLOPES, sleepstudy)), 0)
    x, (own,) = held.origin, held.squares
    T = np.array([[3.0, 4.0], [5.0, 12.0]])
    x[own] = T
    without, turned = held.elsewhere(x)
    np.testing.assert_allclose(without[own], np.diag([5.0, 13.0]))
    np.testing.assert_allclose(turned[own], [[3, 4], [-5, -12]])
    np.testing.assert_array_equal(x[own], T)
    assert without[-1] == turned[-1] == x[-1], "sigma"


def test_sigma_counts_as_0_at_the_end_of_its_range(sleepstudy):
    fit = quiet(SLOPES, sleepstudy)
    held = ResidualDeviation(OverSigma(fit))
    assert held.value(held.low) == 0
    # A millionth: exp(-14) is 8.3e-7.
    assert held.value(held.low + 1e-9) == pytest.approx(8.3152872e-7 * fit.sigma)
    assert held.value(held.best) == pytest.approx(fit.sigma)


def test_what_has_to_stay_positive_is_positive_at_every_step():
    """x - log x is smallest at 1; Newton's first step from 5 would lead to -15."""
    seen = []

    def function(x):
        seen.append(x.item())
        return x.item() - np.log(x.item()), 1 - 1 / x

    value, x, _ = descend(function, np.array([5.0]), np.array([[1 / 25]]), [0])
    assert (value, x.item()) == pytest.approx((1, 1), abs=1e-5)
    assert min(seen) > 0


def test_a_profile_below_the_fit_says_so(sleepstudy):
    fit = quiet(SLOPES, sleepstudy)
    worse = replace(fit.solution, criterion=fit.criterion + 0.5)
    with pytest.warns(mlm.ConvergenceWarning, match=r"0\.5 below the deviance"):
        replace(fit, solution=worse).confint(parm="sigma")


@pytest.mark.slow
def test_profile_of_a_reml_fit_is_by_maximum_likelihood(sleep_fit, sleepstudy):
    ml = quiet(SLOPES, sleepstudy)
    profile = sleep_fit.profile()
    pd.testing.assert_frame_equal(profile.confint(), ml.confint())
    np.testing.assert_allclose(profile.estimate, ml.to_frame()["estimate"])
    assert repr(profile).startswith(f"Profile likelihood of {SLOPES}: sd_(Intercept)")


def test_a_singular_fit_is_told_once():
    with pytest.warns(mlm.SingularFitWarning):
        fit = mlm.lmer("Yield ~ 1 + (1 | Batch)", mlm.load_dyestuff2())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert fit.confint(parm="sigma").shape == (1, 2)


@pytest.mark.slow
def test_points_of_a_profile(sleepstudy):
    """Zeta rises from beyond -2.57 to beyond 2.57, and its inverse is the interval."""
    profile = quiet(SLOPES, sleepstudy).profile()
    points = profile.to_frame()
    assert list(points.columns) == ["parameter", "value", "zeta"]
    for name, own in points.groupby("parameter"):
        assert (own["value"].diff().dropna() > 0).all()
        assert (own["zeta"].diff().dropna() > 0).all()
        assert own["zeta"].min() < norm.ppf(0.005) < norm.ppf(0.995) < own["zeta"].max()
        at_zero = own.loc[own["zeta"] == 0, "value"].item()
        assert at_zero == pytest.approx(profile.estimate[name])
        for _, value, zeta in own[own["zeta"] > 0].itertuples(index=False):
            level = 2 * norm.cdf(zeta) - 1
            end = profile.confint(level).loc[name].iloc[1]
            assert end == pytest.approx(value, rel=1e-6)
            break
    points.loc[:, "zeta"] = 0.0
    assert profile.to_frame()["zeta"].abs().max() > 2  # a copy went out


@pytest.mark.slow
def test_points_end_at_a_boundary():
    fit = quiet("log_radon ~ floor + (floor | county)", mlm.load_radon())
    profile = fit.profile("theta_")
    profile.confint()  # asks for points that the table must not depend on
    table = profile.to_frame().set_index("parameter")
    pd.testing.assert_frame_equal(
        table.groupby(level=0).agg(["min", "max"]),
        fit.profile("theta_")
        .to_frame()
        .groupby("parameter")
        .agg(["min", "max"])
        .rename_axis("parameter"),
    )
    assert table.loc["sd_floor|county", "value"].min() == 0
    assert list(table.loc["cor_floor.(Intercept)|county", "value"].iloc[[0, -1]]) == [
        -1,
        1,
    ]


@pytest.mark.slow
def test_zeta_is_drawn(sleepstudy):
    profile = quiet(SLOPES, sleepstudy).profile(["sigma", "Days"])
    axes = plots.plot_zeta(profile, level=0.9, figure=Figure())
    assert [ax.get_title() for ax in axes] == ["sigma", "Days"]
    points, table = profile.to_frame(), profile.confint(0.9)
    for name, ax in zip(["sigma", "Days"], axes, strict=True):
        low, high, _, curve, interval, estimate = ax.lines
        own = points[points["parameter"] == name]
        np.testing.assert_array_equal(curve.get_xdata(), own["value"])
        np.testing.assert_array_equal(curve.get_ydata(), own["zeta"])
        heights = [line.get_ydata()[0] for line in (low, high)]
        assert heights == pytest.approx([norm.ppf(0.05), norm.ppf(0.95)])
        np.testing.assert_array_equal(interval.get_xdata(), table.loc[name])
        assert list(estimate.get_xdata()) == [profile.estimate[name]]
    with pytest.raises(mlm.DataError, match="no parameters"):
        plots.plot_zeta(quiet(SLOPES, sleepstudy).profile([]))
    with pytest.raises(mlm.DataError, match=r"profile is a profile, from fit\.profile"):
        plots.plot_zeta(quiet(SLOPES, sleepstudy))
    for columns in (0, "two", 1.5):
        with pytest.raises(mlm.DataError, match="columns is a number of panels"):
            plots.plot_zeta(profile, columns=columns)


@pytest.mark.slow
def test_long_names_are_broken_into_lines(sleepstudy):
    """Titles of panels side by side do not overlap, and lose no letter."""
    columns = {"Days": "days_of_deprivation", "Subject": "participant" * 4}
    fit = quiet(
        "Reaction ~ {Days} + ({Days} | {Subject})".format(**columns),
        sleepstudy.rename(columns=columns),
    )
    profile = fit.profile("theta_")
    figure = Figure(figsize=(7.8, 4.6), layout="constrained")
    axes = plots.plot_zeta(profile, figure=figure)
    figure.canvas.draw()
    titles = [ax.get_title().replace("\n", "") for ax in axes]
    assert titles == list(profile.estimate.index)
    boxes = [ax.title.get_window_extent() for ax in axes]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[i + 1 :])


def test_zeta_has_one_value_for_what_costs_nothing(sleepstudy):
    """A cap is reached, and not passed."""
    fit = quiet(SLOPES, sleepstudy)
    make, lowest = partial(Correlation, OverSigma(fit), 0, 0, 1), fit.criterion
    curve = Curve(make, lowest, lowest + 1)
    assert curve.zeta(0.0) == pytest.approx(1)
    assert (curve.end(-1, 1.96), curve.end(1, 1.96)) == (-np.pi, 0.0)
