"""Profile intervals of models with a family: against R, lme4, and held models."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, often
from matplotlib.figure import Figure
from scipy.optimize import minimize
from scipy.stats import chi2
from test_glm import MODELS, fitted, table
from test_glmer import data_of

import mlm
from mlm import plots

REFERENCE = json.loads(
    (ROOT / "tests/reference/family_profiles.json").read_text("utf-8")
)
LIMIT = chi2.ppf(0.95, 1)


@pytest.mark.parametrize("name", [name for name in MODELS if MODELS[name]["ends"]])
def test_intervals_of_a_generalised_linear_model_are_rs(name):
    fit = fitted(name)
    found = fit.confint(level=0.9)
    assert list(found.index) == list(fit.fixef.index)
    off = np.abs(found - np.array(MODELS[name]["ends"])).max(axis=1) / fit.se
    assert off.max() < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize(
    "record", REFERENCE["profiles"], ids=lambda r: f"{r['formula']} {r['link']}"
)
def test_intervals_are_lme4s(record):
    """To 0.2 % of the width: lme4 interpolates."""
    fit = mlm.glmer(
        record["formula"], data_of(record["data"]), record["family"], record["link"]
    )
    found, ends = fit.confint(level=REFERENCE["level"]), np.array(record["ends"])
    names = [name.replace(" / ", "/") for name in found.index]
    assert names == record["names"]
    off = np.abs(found.to_numpy() - ends) / np.diff(ends, axis=1)
    assert off.max() < 2e-3


# Designs over made data: formula, family, link, nodes, and what is large enough to see.
HELD = {
    "slopes": ("b ~ x + (x | g)", "binomial", None, 1),
    "a sum of terms": ("p ~ x + (x || g) + (1 | c)", "poisson", None, 1),
    "crossed, probit": ("b ~ x + (1 | g) + (1 | c)", "binomial", "probit", 1),
    "not concave": ("b ~ x + (1 | g)", "binomial", mlm.links.guess(0.1), 1),
    "quadrature": ("b ~ x + (1 | g)", "binomial", "cloglog", 9),
    "of slopes": ("p ~ x + (x | g)", "poisson", None, 4),
    "no fixed effect": ("p ~ 0 + (1 | g)", "poisson", None, 1),
    "offset, weights": ("p ~ x + (1 | g)", "poisson", None, 1),
}
# Two of these take as long as all others, which have the same parts one by one.
LONG = ["a sum of terms", "of slopes"]


def made(seed=5):
    rng = np.random.default_rng(seed)
    J, n = 24, 15
    g, x = np.repeat(np.arange(J), n), rng.normal(size=J * n)
    c = rng.integers(0, 6, J * n)
    b = rng.normal(size=(J, 2)) * [0.9, 0.6]
    eta = 0.3 + b[g, 0] + (0.5 + b[g, 1]) * x + 0.4 * rng.normal(size=6)[c]
    data = pd.DataFrame({"x": x, "g": g.astype(str), "c": c.astype(str)})
    data["b"] = (rng.random(J * n) < 1 / (1 + np.exp(-eta))) * 1
    data["p"] = rng.poisson(np.exp(eta / 2))
    return data.assign(o=rng.normal(size=J * n) / 4, w=rng.integers(1, 4, J * n))


def held_fit(name):
    formula, family, link, nodes = HELD[name]
    other = {"offset": "o", "weights": "w"} if name == "offset, weights" else {}
    return mlm.glmer(formula, made(), family, link, nodes=nodes, **other), other


@pytest.mark.slow
@pytest.mark.parametrize("name", HELD)
@pytest.mark.one_in(2)
def test_fixed_effects_are_held_by_an_offset(name):
    """At each end, the model without that column, and with it in the offset."""
    fit, given = held_fit(name)
    data, (_, family, link, nodes) = made(), HELD[name]
    for j, (effect, ends) in enumerate(fit.confint(parm="beta_").iterrows()):
        random = fit.formula.split(" + (", 1)[1]
        left = {"(Intercept)": "0 + x", "x": "1"}[effect]
        formula = f"{fit.formula.split('~')[0]} ~ {left} + ({random}"
        for end in ends:
            known = end * fit.design.X[:, j] + fit.design.offset
            arguments = given | {"offset": known, "nodes": nodes, "se": "rx"}
            held = mlm.glmer(formula, data, family, link, **arguments)
            assert held.criterion - fit.criterion == pytest.approx(LIMIT, abs=2e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", often([name for name in HELD if name not in LONG], LONG)
)
@pytest.mark.one_in(2)
def test_standard_deviations_are_held(name):
    """Of the others, the lowest that a search without derivatives finds."""
    fit, _ = held_fit(name)
    basis, terms = fit.criterion_function.basis, fit.design.terms
    found = fit.confint(parm="theta_")

    def criterion(theta, beta):
        try:
            here = fit.criterion_function.around(basis.whiten(theta), basis.RX @ beta)
        except (mlm.MlmError, np.linalg.LinAlgError):
            return 1e10
        return here.value

    start, beta = fit.theta.to_numpy(), fit.fixef.to_numpy()
    for i in range(len(terms)):
        first = sum(term.k * (term.k + 1) // 2 for term in terms[:i])
        for end in found.loc[terms[i].size_names[0, 0]]:
            if end == 0:
                continue

            def lowest(free, first=first, end=end):
                theta, beta = np.split(free, [len(start) - 1])
                # The first effect's standard deviation: the first element of its T.
                return criterion(np.insert(theta, first, end), beta)

            x = np.append(np.delete(start, first), beta)
            held = lowest(x)
            if x.size:
                options = {"maxiter": 4000, "xatol": 1e-6, "fatol": 1e-7}
                held = minimize(lowest, x, method="Nelder-Mead", options=options).fun
            assert held - fit.criterion == pytest.approx(LIMIT, abs=5e-5), terms[i].name


@pytest.mark.slow
def test_a_profile_is_drawn_and_tabled():
    fit, _ = held_fit("slopes")
    profile = fit.profile(["sd_x|g", "cor_x.(Intercept)|g", "x"])
    axes = plots.plot_zeta(profile, figure=Figure())
    assert [ax.get_title() for ax in axes.flat] == list(profile.estimate.index)
    points = profile.to_frame()
    for _, own in points.groupby("parameter"):
        assert (np.diff(own["zeta"]) >= 0).all()
        assert (np.diff(own["value"]) > 0).all()
    assert profile.estimate["x"] == fit.fixef["x"]


def test_a_variance_of_0_has_a_one_sided_interval():
    data = made().assign(p=lambda d: np.random.default_rng(3).poisson(2.0, len(d)))
    with pytest.warns(mlm.SingularFitWarning):
        fit = mlm.glmer("p ~ x + (1 | g)", data, "poisson")
    low, high = fit.confint(parm="theta_").loc["sd_(Intercept)|g"]
    assert low == 0 < high < 0.5


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::mlm.SeparationWarning")
def test_an_end_that_does_not_exist_is_no_number():
    """Rows told without error: the likelihood never falls on one side."""
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"x": rng.normal(size=60), "r": np.arange(60) < 8})
    data["y"] = np.where(data["r"], 1, rng.integers(0, 2, 60))
    fit = mlm.glm("y ~ x + r", data, "binomial")
    with pytest.warns(mlm.ConvergenceWarning, match=r"97\.5 % of rTrue"):
        found = fit.confint()
    assert np.isfinite(found.loc["rTrue", "2.5 %"])
    assert np.isnan(found.loc["rTrue", "97.5 %"])
    assert np.isfinite(found.loc["x"]).all()


def test_a_fit_without_a_lowest_point_has_no_profile():
    fit = mlm.glmer("b ~ x + (1 | g)", made(), "binomial", nodes=0)
    with pytest.raises(mlm.DataError, match=r"with nodes=0 β is not .* nodes=1"):
        fit.confint()
    assert fit.confint("wald").notna().to_numpy()[-2:].all()


def test_scale_is_no_parameter_of_a_generalised_profile():
    """As in R; the bootstrap has it."""
    fit = fitted("gaussian log", table("gaussian log"))
    assert list(fit.profile().estimate.index) == list(fit.fixef.index)
    with pytest.raises(mlm.DataError, match="no parameter 'sigma'"):
        fit.confint(parm="sigma")


@pytest.mark.slow
def test_intervals_do_not_depend_on_units_or_labels():
    data = made()
    fit = mlm.glmer("b ~ x + (x | g)", data, "binomial")
    right = fit.confint()
    moved = data.sample(frac=1, random_state=1).assign(x=lambda d: 1000 * d["x"])
    found = mlm.glmer("b ~ x + (x | g)", moved, "binomial").confint()
    unit = pd.Series(1.0, index=right.index)
    unit[["sd_x|g", "x"]] = 1e-3
    width = (right["97.5 %"] - right["2.5 %"]) * unit
    off = found.sub(right.mul(unit, axis=0)).abs().max(axis=1) / width
    assert off.max() < 1e-5, off
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        other = mlm.glmer("1 - b ~ x + (x | g)", data, "binomial").confint("profile")
    np.testing.assert_allclose(other.loc["x"], -right.loc["x"][::-1], rtol=1e-5)
