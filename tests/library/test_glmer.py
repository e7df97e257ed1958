"""`mlm.glmer`: against lme4's polished fits and glmmTMB's, and what holds of any fit.

The reference and how exact it is: tests/reference/glmm/README.md.
"""

import json
import warnings
from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, often
from scipy import stats
from scipy.special import expit, logit

import mlm
from mlm.engine.laplace import LaplaceCriterion
from mlm.engine.laplace_fit import estimates, solution_at
from mlm.engine.one_factor import OneFactorCriterion, laplace
from mlm.engine.points import Point
from mlm.engine.problem import Problem
from mlm.engine.search import settle
from mlm.engine.theta import theta_names
from mlm.engine.working import WorkingModel

FOLDER = ROOT / "tests/reference/glmm"
REFERENCE = json.loads((FOLDER / "glmm.json").read_text("utf-8"))["fits"]
LEVELS = json.loads((FOLDER / "levels.json").read_text("utf-8"))
WITNESS = json.loads((FOLDER / "witness.json").read_text("utf-8"))
each_reference = pytest.mark.parametrize("name", REFERENCE)


@cache
def data_of(name):
    """One data set, with the levels of its factors in R's order."""
    (path,) = FOLDER.glob(f"data/{name}.csv*")
    data = pd.read_csv(path)
    for column, levels in LEVELS[name].items():
        values = data[column].astype(str)
        data[column] = pd.Categorical(values, categories=list(map(str, levels)))
    return data


@cache
def fit_of(name, se="hessian"):
    record = REFERENCE[name]
    return mlm.glmer(
        record["formula"].replace("^", "**"),
        data_of(record["data"]),
        record["family"],
        record["link"],
        nodes=record["nAGQ"],
        weights=record["weights"],
        se=se,
    )


def saturated(fit):
    """Log likelihood of the model that fits every row, which lme4 leaves out."""
    y, weights = fit.design.y, fit.design.weights
    if fit.family.name == "poisson":
        return stats.poisson.logpmf(y, y).sum()
    m = np.ones(len(y)) if weights is None else weights
    return stats.binom.logpmf(np.round(m * y), m, y).sum()


@each_reference
def test_estimates_are_lme4s(name):
    record, fit = REFERENCE[name], fit_of(name)
    value = record["minus2loglik"]
    if record["nAGQ"] > 1:
        value -= 2 * saturated(fit)
    assert fit.converged
    # lme4's own criterion keeps an error, at most 6e-6 above: see the README.
    assert fit.criterion <= value + 1e-7
    assert fit.criterion == pytest.approx(value, rel=1e-8, abs=1e-5)
    theta = pd.Series(record["theta"])[theta_names(fit.design.terms)]
    rough = {"contraception_20": 1e-5, "toenail_20": 3e-5}.get(name, 3e-6)
    np.testing.assert_allclose(fit.theta, theta, atol=rough * max(1, theta.max()))
    beta = pd.Series(record["beta"])
    assert list(beta.index) == [known(name) for name in fit.fixef.index]
    off = (fit.fixef.to_numpy() - beta) / list(record["se_rx"].values())
    assert off.abs().max() < {"toenail_20": 4e-5}.get(name, 1e-5)


def known(name):
    """R's name of a coefficient."""
    return name.replace("**", "^").replace(" ^ ", "^").replace(" / ", "/")


def test_standard_errors_do_not_depend_on_what_was_asked_before():
    expected = fit_of("contraception").se.to_numpy()
    fit = fit_of.__wrapped__("contraception")
    criterion, theta = fit.criterion_function, fit.theta.to_numpy()
    far = criterion.basis.whiten(2 * theta)
    criterion.around(far, 1.5 * criterion.basis.RX @ fit.fixef.to_numpy())
    np.testing.assert_allclose(fit.se.to_numpy(), expected, rtol=1e-7)


@each_reference
def test_standard_errors_are_lme4s(name):
    record = REFERENCE[name]
    rx = fit_of(name, "rx").se.to_numpy()
    np.testing.assert_allclose(rx, list(record["se_rx"].values()), rtol=1e-5)
    if record["se_hessian"]:
        se = fit_of(name).se.to_numpy()
        # numDeriv's second differences of lme4's criterion are worst for epil.
        rough = 2e-4 if name.startswith("epil") else 5e-6
        theirs = list(record["se_hessian"].values())
        np.testing.assert_allclose(se, theirs, rtol=rough)


@each_reference
def test_modes_and_rows_are_lme4s(name):
    record, fit = REFERENCE[name], fit_of(name)
    for group, heads in record["ranef"].items():
        ranef = fit.ranef[group]
        assert list(map(str, ranef.index[:5])) == list(map(str, heads["levels"]))
        np.testing.assert_allclose(ranef[:5], heads["modes"], atol=2e-5)
        variances = np.array(heads["variances"])
        np.testing.assert_allclose(fit.condvar[group][:3], variances, rtol=2e-5)
    rows = {
        "fitted": fit.fitted,
        "eta": fit.linear_predictor,
        "deviance": fit.residuals("deviance"),
        "pearson": fit.residuals("pearson"),
    }
    for kind, ours in rows.items():
        theirs = record["residuals"].get(kind, record.get(kind))
        theirs = record[kind] if kind in ("fitted", "eta") else theirs
        np.testing.assert_allclose(ours[:6], theirs, atol=3e-5, err_msg=kind)
    assert fit.n_parameters == record["df"]


@pytest.mark.parametrize("name", WITNESS)
def test_value_is_glmmtmbs(name):
    """Another program, with an exact inner Newton search."""
    assert fit_of(name).criterion == pytest.approx(
        WITNESS[name]["minus2loglik"], abs=2e-6
    )


@each_reference
def test_derivatives_are_exact(name):
    check_derivatives(fit_of(name), np.random.default_rng(1))


def check_derivatives(fit, rng):
    """Against central differences, away from the optimum."""
    criterion = fit.criterion_function
    blocks = criterion.basis.whiten(fit.solution.theta)
    blocks = [T + 0.1 * rng.normal(size=T.shape) for T in blocks]
    beta = criterion.basis.RX @ fit.solution.beta
    beta = beta + 0.2 * rng.normal(size=len(beta))
    here = criterion.around(blocks, beta)

    def slope(at):
        """Derivative at 0, to fourth order."""
        far, near = (at(2e-3) - at(-2e-3)), (at(1e-3) - at(-1e-3))
        return (8 * near - far) / 12e-3

    for i, T in enumerate(blocks):
        for place in np.ndindex(T.shape):
            one = np.zeros(T.shape)
            one[place] = 1

            def value(t, i=i, one=one):
                moved = [*blocks[:i], blocks[i] + t * one, *blocks[i + 1 :]]
                return criterion.around(moved, beta).value

            exact = here.slopes[i][place]
            assert exact == pytest.approx(slope(value), rel=1e-7, abs=5e-6)
    for j in range(len(here.by_beta)):
        one = np.arange(len(beta)) == j
        found = slope(lambda t, one=one: criterion.around(blocks, beta + t * one).value)
        assert here.by_beta[j] == pytest.approx(found, rel=1e-7, abs=2e-6)


@each_reference
def test_steps_to_the_modes_square_what_is_left(name):
    steps = np.array(fit_of(name).convergence.steps)
    assert len(steps) >= 3
    assert (steps[-2:] < np.maximum(steps[-3:-1] ** 2, 1e-12)).all(), steps  # rounding
    assert steps[-1] < 1e-3


def test_a_linear_model_has_no_steps_to_its_modes(sleep_fit):
    assert sleep_fit.convergence.steps == ()


@pytest.mark.slow
@pytest.mark.parametrize("formula", often(["y ~ x + (x | g)"], ["y ~ x + (x + z | g)"]))
def test_few_nodes_do_not_know_how_a_block_is_turned(formula):
    """Blocks of the same covariance have one value, the fit's own among them."""
    rng = np.random.default_rng(3)
    data = drawn(3).assign(z=rng.normal(size=96))
    fit = quiet(formula, data, "binomial", nodes=3, se="rx")
    criterion = fit.criterion_function
    beta = criterion.basis.RX @ fit.solution.beta
    (T,) = criterion.basis.whiten(fit.solution.theta)
    Q, _ = np.linalg.qr(rng.normal(size=T.shape))
    here, turned = (criterion.around([block], beta) for block in (T, T @ Q))
    assert turned.value == pytest.approx(here.value, rel=1e-12)
    assert here.value == pytest.approx(fit.criterion, rel=1e-12)
    np.testing.assert_allclose(turned.slopes[0], here.slopes[0] @ Q, atol=1e-6)
    check_derivatives(fit, rng)


# ---- What holds of any fit. ----


def drawn(seed, groups=12, size=8, crossed=6):
    rng = np.random.default_rng(seed)
    n = groups * size
    data = pd.DataFrame({"x": rng.normal(size=n), "g": np.repeat(range(groups), size)})
    data["h"] = rng.integers(0, crossed, n)
    eta = -0.3 + 0.8 * data["x"] + rng.normal(size=groups)[data["g"]]
    eta += 0.7 * rng.normal(size=crossed)[data["h"]]
    data["y"] = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(int)
    data["m"] = rng.integers(1, 9, n)
    data["s"] = rng.binomial(data["m"], 1 / (1 + np.exp(-eta)))
    data["count"] = rng.poisson(np.exp(eta.clip(-3, 3)))
    return data


GUESS = mlm.links.guess(1 / 3)
FORMULAS = {
    "y ~ x + (1 | g) + (1 | h)": "binomial",
    "y ~ x + (x | g)": "binomial",
    "cbind(s, m - s) ~ x + (1 | g)": "binomial",
    "count ~ x + (1 | g) + (0 + x | g)": "poisson",
}


def quiet(*args, **more):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mlm.MlmWarning)
        return mlm.glmer(*args, **more)


@pytest.mark.slow
@pytest.mark.parametrize(("formula", "family"), FORMULAS.items())
@pytest.mark.parametrize("seed", often([0], [1, 2]))
@pytest.mark.one_in(2)
def test_what_does_not_matter_changes_nothing(formula, family, seed):
    """Order of rows, labels, units and origins of predictors."""
    data = drawn(seed)
    fit = quiet(formula, data, family)
    others = {
        "rows": data.sample(frac=1, random_state=seed),
        "labels": data.assign(g=data["g"].map("group {}".format), h=-data["h"]),
        "units": data.assign(x=1e6 * data["x"]),
        "origin": data.assign(x=data["x"] + 1e4),
    }
    for change, other in others.items():
        again = quiet(formula, other, family)
        if change == "origin" and "0 + x" in formula:
            continue  # another model
        assert again.criterion == pytest.approx(fit.criterion, abs=1e-6), change
        slope = again.fixef["x"] * (1e6 if change == "units" else 1)
        assert slope == pytest.approx(fit.fixef["x"], abs=1e-4), change


@pytest.mark.parametrize("seed", range(3))
def test_the_other_way_round_is_minus_beta(seed):
    data = drawn(seed)
    data["word"] = pd.Categorical(np.where(data["y"] == 1, "yes", "no"))
    turned = data.assign(
        word=data["word"].cat.reorder_categories(["yes", "no"]), y=1 - data["y"]
    )
    formula = "{} ~ x + (1 | g)"
    fits = [
        quiet(formula.format(name), table, "binomial")
        for name, table in [
            ("y", data),
            ("word", data),
            ("y", turned),
            ("word", turned),
        ]
    ]
    for fit, sign in zip(fits, (1, 1, -1, -1), strict=True):
        assert fit.criterion == pytest.approx(fits[0].criterion, abs=1e-7)
        np.testing.assert_allclose(sign * fit.fixef, fits[0].fixef, atol=1e-5)


@pytest.mark.parametrize("seed", range(4))
def test_without_variance_it_is_the_glm(seed):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"x": rng.normal(size=200), "g": np.arange(200) % 20})
    data["y"] = (rng.random(200) < 0.5).astype(int)
    # As many successes in every group: less varies between them than by chance.
    data["y"] = (data.index // 20 + data["g"]) % 2
    with pytest.warns(mlm.SingularFitWarning):
        fit = mlm.glmer("y ~ x + (1 | g)", data, "binomial")
    alone = mlm.glm("y ~ x", data, "binomial")
    assert fit.theta.tolist() == [0]
    assert fit.criterion == pytest.approx(alone.criterion, abs=1e-8)
    np.testing.assert_allclose(fit.fixef, alone.fixef, atol=1e-6)
    np.testing.assert_allclose(fit.se, alone.se, rtol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("link", "nodes"),
    often(
        [(GUESS, 1)],
        [("cloglog", 1), ("probit", 1), ("cloglog", 4), ("probit", 4), (GUESS, 4)],
    ),
)
def test_derivatives_are_exact_where_the_likelihood_is_not_concave(link, nodes):
    """Guessing bounds the probability from below: observed weights may be negative."""
    fit = quiet("y ~ x + (x | g)", drawn(4), "binomial", link, nodes=nodes)
    check_derivatives(fit, np.random.default_rng(2))


@pytest.mark.slow
def test_more_nodes_reach_the_integral():
    """Of one group with one effect, by SciPy's integration."""
    from scipy.integrate import quad

    data = drawn(5)
    fit = quiet("y ~ x + (1 | g)", data, "binomial", nodes=40)
    eta = (fit.design.X @ fit.solution.beta, float(fit.theta.iloc[0]))
    total = 0.0
    for g in range(12):
        rows = data["g"] == g

        def likelihood(u, rows=rows):
            p = 1 / (1 + np.exp(-(eta[0][rows] + eta[1] * u)))
            y = data["y"][rows].to_numpy()
            return np.prod(np.where(y == 1, p, 1 - p)) * stats.norm.pdf(u)

        total -= 2 * np.log(quad(likelihood, -12, 12, epsabs=1e-14, epsrel=1e-12)[0])
    assert fit.criterion == pytest.approx(total, abs=1e-8)


@pytest.mark.slow
def test_one_node_is_laplace():
    from mlm.engine.quadrature import QuadratureCriterion

    fit = quiet("y ~ x + (x | g)", drawn(1), "binomial")
    laplace = fit.criterion_function
    one = QuadratureCriterion(laplace.model, 1)
    blocks = laplace.basis.whiten([0.8, 0.2, 0.5])
    beta = laplace.basis.RX @ fit.solution.beta
    here, there = laplace.around(blocks, beta), one.around(blocks, beta)
    assert there.value == pytest.approx(here.value, abs=1e-9)
    np.testing.assert_allclose(there.slopes[0], here.slopes[0], atol=1e-7)
    np.testing.assert_allclose(there.by_beta, here.by_beta, atol=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("seed", often(range(1), range(1, 5)))
def test_no_start_ends_lower(seed):
    fit = quiet("y ~ x + (x | g)", drawn(seed), "binomial")
    assert fit.optimum_check()["difference"].min() > -1e-6


def test_the_print_out_has_lme4s_words():
    text = repr(fit_of("cbpp_1"))
    for words in (
        "Generalized linear mixed model fit by maximum likelihood (Laplace)",
        "Family: binomial (logit)",
        "194.0526 204.1793 -92.0263 184.0526       51",
        " herd   (Intercept) 0.6423",
        "Number of obs: 56, groups:  herd, 15",
    ):
        assert words in text
    assert "Residual" not in text
    summary = repr(fit_of("cbpp_1").summary())
    assert "z value Pr(>|z|)" in summary
    assert "Dispersion: " in summary
    assert "nodes = 9" in repr(fit_of("cbpp_9"))


# ---- Bad input: a clear error, or a right answer. ----

POISSON = {"family": "poisson"}
RANDOM = "y ~ x + (1 | g)"
BAD = {
    # The model.
    "no random term": ("y ~ x", {}, "no random term"),
    "a term without effects": ("y ~ x + (0 | g)", {}, "without effects"),
    "a term twice": ("y ~ x + (1 | g) + (1 | g)", {}, "there twice"),
    "no such group": ("y ~ x + (1 | herd)", {}, "no column 'herd'"),
    "no such effect": ("y ~ x + (z | g)", {}, "no column 'z'"),
    "one group": ("y ~ x + (1 | one)", {}, "'one' has one level only"),
    "gaussian": (RANDOM, {"family": "gaussian"}, "mlm.lmer"),
    "Gamma": (RANDOM, {"family": "Gamma"}, "scale has to be estimated"),
    "inverse Gaussian": (RANDOM, {"family": "inverse.gaussian"}, "glmmTMB"),
    "negative binomial": (RANDOM, {"family": "negative binomial"}, "glm.nb"),
    "quasi": (RANDOM, {"family": "quasibinomial"}, "no likelihood.*fit.dispersion"),
    "another family": (RANDOM, {"family": "beta"}, "there are: 'binomial'"),
    "no family": (RANDOM, {"family": None}, "family is one of 'binomial'"),
    "a link's typo": (RANDOM, {"link": "probt"}, "no link 'probt'.*'probit'"),
    "no link": (RANDOM, {"link": 3}, "an object with the functions link"),
    "a link of probabilities": (
        "count ~ x + (1 | g)",
        POISSON | {"link": "logit"},
        "of probabilities",
    ),
    "nodes below 0": (RANDOM, {"nodes": -1}, "nodes is a number of nodes"),
    "half a node": (RANDOM, {"nodes": 1.5}, "nodes is a number of nodes"),
    "true nodes": (RANDOM, {"nodes": True}, "nodes is a number of nodes"),
    "nodes of two factors": (
        "y ~ x + (1 | g) + (1 | h)",
        {"nodes": 5},
        "needs one grouping factor",
    ),
    "nodes where a mean is above 1": (
        RANDOM,
        {"link": "log", "nodes": 2},
        "asks for means",
    ),
    "nodes where a mean is negative": (
        "count ~ x + (1 | g)",
        POISSON | {"link": "identity", "nodes": 9},
        "asks for means at all effects.*nodes=1",
    ),
    "too many nodes": ("y ~ x + (x | g)", {"nodes": 101}, "101\\^2 nodes"),
    "another se": (RANDOM, {"se": "sandwich"}, "'hessian' or 'rx', not 'sandwich'"),
    "a start too long": (RANDOM, {"start": [1.0, 2.0]}, "start is 1 finite"),
    "a start that is none": (RANDOM, {"start": [np.nan]}, "start is 1 finite"),
    # The data.
    "no data": (RANDOM, {"data": "none"}, "DataFrame"),
    "no rows": (RANDOM.replace("x", "none"), {}, "no rows to fit"),
    "an infinite predictor": (RANDOM.replace("x", "infinite"), {}, "infinite at row 5"),
    "missing, and that refused": (
        RANDOM.replace("x", "gap"),
        {"na_action": "raise"},
        "1 of 96 rows",
    ),
    "trials of half": (
        "share ~ x + (1 | g)",
        {"weights": "half"},
        "no whole number at row 0",
    ),
    "no trials in a row": (
        "share ~ x + (1 | g)",
        {"weights": "none in 3"},
        "weight at row 3 is not positive",
    ),
    "negative weights": (
        "count ~ x + (1 | g)",
        POISSON | {"weights": "minus"},
        "weight at row 0",
    ),
    "trials of another share": ("s ~ x + (1 | g)", {"weights": "m"}, "outside 0 to 1"),
    "an offset too short": (
        RANDOM,
        {"offset": np.ones(3)},
        "one is needed for each row",
    ),
    "no such offset": (RANDOM, {"offset": "time"}, "'time' names no column"),
    "an offset that overflows": (RANDOM, {"offset": "huge"}, "'huge'|offset"),
    # The response.
    "1 and 2": ("y + 1 ~ x + (1 | g)", {}, "outside 0 to 1 at row"),
    "counts as 0 and 1": ("count ~ x + (1 | g)", {}, "outside 0 to 1"),
    "negative counts": ("x ~ 1 + (1 | g)", POISSON, "is negative at row"),
    "halves of counts": ("half ~ x + (1 | g)", POISSON, "no whole number at row 0"),
    "counts beyond counting": (
        "many ~ x + (1 | g)",
        POISSON,
        "is above 1e\\+12 at row",
    ),
    "a negative number of failures": ("cbind(s, s - m) ~ x + (1 | g)", {}, "negative"),
    "halves of successes": (
        "cbind(half, m) ~ x + (1 | g)",
        {},
        "no whole number at row 0",
    ),
    "one count": ("cbind(s) ~ x + (1 | g)", {}, "two counts"),
    "two counts and trials": (
        "cbind(s, m) ~ x + (1 | g)",
        {"weights": "m"},
        "weights beside two counts",
    ),
    "two counts of Poisson": ("cbind(s, m) ~ x + (1 | g)", POISSON, "family 'poisson'"),
    "a share of unknown trials": ("share ~ x + (1 | g)", {}, "of how many trials"),
    "words of Poisson": ("word ~ x + (1 | g)", POISSON, "family='binomial'"),
    "three words": ("three ~ x + (1 | g)", {}, "3 categories"),
    "a logarithm of 0": ("np.log(y) ~ x + (1 | g)", {}, "not finite everywhere"),
}


def odd_data():
    data = drawn(2)
    x, m, s, y = (data[name] for name in ("x", "m", "s", "y"))
    first = data.index == 3
    odd = {"one": 1, "share": s / m, "huge": 1e308, "half": m + 0.5, "minus": -1.0}
    odd |= {"word": np.where(y == 1, "yes", "no"), "three": list("abc") * 32}
    odd |= {"none": np.nan, "gap": np.where(first, np.nan, x), "many": m * 1e13}
    odd |= {"none in 3": np.where(first, 0, m)}
    odd |= {"infinite": np.where(data.index == 5, np.inf, x)}
    return data.assign(**odd)


@pytest.mark.filterwarnings("ignore::mlm.MissingValuesWarning")
@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named(case):
    formula, more, said = BAD[case]
    given = {"family": "binomial", "data": odd_data()} | more
    with pytest.raises(mlm.MlmError, match=said):
        mlm.glmer(formula, **given)


@pytest.mark.slow
@pytest.mark.parametrize("known", often([-800.0, 40.0], [-40.0, 800.0]))
@pytest.mark.parametrize(
    ("formula", "family"),
    [("count ~ x + (1 | g)", "poisson"), ("cbind(s, m - s) ~ x + (x | g)", "binomial")],
)
@pytest.mark.one_in(2)
def test_a_far_offset_moves_the_intercept_alone(formula, family, known):
    data = drawn(3)
    fit = quiet(formula, data, family)
    moved = quiet(formula, data, family, offset=np.full(96, known))
    assert moved.criterion == pytest.approx(fit.criterion, abs=1e-7)
    assert moved.fixef.iloc[0] + known == pytest.approx(fit.fixef.iloc[0], abs=1e-5)
    np.testing.assert_allclose(moved.se, fit.se, rtol=1e-5)


@pytest.mark.parametrize("times", [10**3, 10**5, 10**7])
def test_large_counts_converge(times):
    """Nearly the linear mixed model of their logarithms, where all are large."""
    rng = np.random.default_rng(8)
    data = drawn(3)
    eta = 0.5 * data["x"] + rng.normal(size=12)[data["g"]]
    data["count"] = rng.poisson(times * np.exp(eta))
    fit = mlm.glmer("count ~ x + (1 | g)", data, "poisson")
    assert fit.converged
    log = np.log(data["count"])
    linear = mlm.lmer("log ~ x + (1 | g)", data.assign(log=log), reml=False)
    assert fit.fixef["x"] == pytest.approx(0.5, abs=5 * fit.se["x"])
    sd = linear.varcorr.std_dev("g").iloc[0]
    assert fit.varcorr.std_dev("g").iloc[0] == pytest.approx(sd, rel=0.02)
    # What is known of the slope: all of the weights, within groups.
    mu, x = fit.fitted, data["x"]
    mean = (mu * x).groupby(data["g"]).sum() / mu.groupby(data["g"]).sum()
    information = (mu * (x - mean[data["g"]].to_numpy()) ** 2).sum()
    assert fit.se["x"] == pytest.approx(1 / np.sqrt(information), rel=1e-3)


def test_groups_of_zeros_have_modes():
    """Their likelihood rises without end, but not with the prior of effects."""
    data = drawn(3)
    data.loc[data["g"] < 4, "count"] = 0
    fit = mlm.glmer("count ~ x + (1 | g)", data, "poisson")
    assert fit.converged
    modes = fit.ranef["g"]["(Intercept)"]
    assert (modes[:4] < modes[4:].min()).all()
    # Σ(y − μ) of a group is its mode over the variance: what a mode is (u = ΛᵀZᵀg).
    left = (data["count"] - fit.fitted).groupby(data["g"]).sum()
    np.testing.assert_allclose(left, modes / fit.theta.iloc[0] ** 2, atol=1e-5)


@pytest.mark.slow
def test_rare_events_have_the_lower_of_two_minima():
    """Laplace's criterion has one at 0, and a lower one far inside."""
    data = pd.DataFrame({"g": np.repeat(np.arange(60), 12)})
    data["y"] = data.index.isin([5, 200, 350, 500]) * 1
    fit = mlm.glmer("y ~ 1 + (1 | g)", data, "binomial")
    inside = mlm.glmer("y ~ 1 + (1 | g)", data, "binomial", start=[3.0])
    assert fit.criterion == pytest.approx(inside.criterion, abs=1e-6)
    assert fit.optimum_check()["difference"].min() > -1e-6


@pytest.mark.parametrize("seed", [15, 37, 57, 117, 147, 317, 363])
def test_a_minimum_at_0_has_converged(seed):
    """The criterion's slope by a standard deviation is 0 there, not just small."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(rng.choice([6, 10, 20])), 9)
    data = pd.DataFrame({"g": g, "x": rng.normal(size=len(g))})
    data["f"] = rng.choice(list("abc"), len(g))
    data["y"] = rng.poisson(np.exp(0.3 * data["x"] + 3))
    fit = quiet("y ~ x * f + (1 | g)", data, "poisson")
    assert fit.converged
    alone = mlm.glm("y ~ x * f", data, "poisson")
    assert fit.criterion <= alone.criterion + 1e-8


def chance(intercept, seed):
    """Twelve people who choose between two alternatives, twenty times."""
    rng = np.random.default_rng(seed)
    s, x = np.repeat(np.arange(12), 20), np.tile([0, 1], 120)
    eta = intercept + 0.8 * x + rng.normal(0, 0.6, 12)[s]
    y = rng.random(240) < 0.5 + 0.5 / (1 + np.exp(-eta))
    return pd.DataFrame({"s": s, "x": x, "y": y * 1})


@pytest.mark.slow
@pytest.mark.parametrize(("intercept", "seed"), [(0.5, 1), (-0.5, 2), (-1.5, 5)])
def test_two_alternatives_are_fitted(intercept, seed):
    link = mlm.links.guess(1 / 2)
    fit = quiet("y ~ x + (1 | s)", chance(intercept, seed), "binomial", link)
    assert fit.converged
    assert np.abs(fit.fixef).max() < 10
    assert fit.optimum_check()["difference"].min() > -1e-6


def test_a_link_of_ones_own_need_not_know_what_it_cannot_have():
    """Starts lie below chance, where such a link has no η."""
    own = SimpleNamespace(
        link=lambda mu: logit((mu - 0.5) / 0.5),
        inverse=lambda eta: 0.5 + 0.5 * expit(eta),
        derivative=lambda eta: 0.5 * expit(eta) * expit(-eta),
    )
    given = "y ~ x + (1 | s)", chance(0.5, 1), "binomial"
    fit, known = mlm.glmer(*given, own), mlm.glmer(*given, mlm.links.guess(1 / 2))
    assert fit.converged
    assert fit.criterion == pytest.approx(known.criterion, abs=1e-6)
    assert fit.fixef.to_numpy() == pytest.approx(known.fixef.to_numpy(), abs=1e-4)


def test_answers_at_chance_are_told():
    """No finite estimate: the likelihood is flat where nobody knows an answer."""
    link, data = mlm.links.guess(1 / 2), chance(0.5, 3)
    data["y"] = (np.random.default_rng(0).random(240) < 0.4) * 1
    with pytest.warns(
        mlm.ConvergenceWarning, match=r"no finite .* link guess\(0.5\) is flat"
    ):
        fit = mlm.glm("y ~ x", data, "binomial", link)
    assert not fit.converged
    data["y"] = np.where(data["x"], chance(0.5, 3)["y"], data["y"])
    with pytest.warns(mlm.ConvergenceWarning, match=r"'\(Intercept\)'.*120 rows"):
        fit = mlm.glmer("y ~ x + (1 | s)", data, "binomial", link)
    assert not fit.converged
    assert "no finite estimate" in repr(fit)


@pytest.mark.parametrize("trials", [100, 10**4, 10**5])
def test_many_trials_leave_what_varies_between_groups(trials):
    """The intercept is then known as the mean of J effects is: to σ/√J."""
    rng = np.random.default_rng(1)
    g, x = np.repeat(np.arange(12), 10), rng.normal(size=120)
    eta = 0.5 * x + rng.normal(size=12)[g]
    data = pd.DataFrame({"g": g, "x": x, "m": trials})
    data["s"] = np.round(trials / (1 + np.exp(-eta)))
    fit = mlm.glmer("cbind(s, m - s) ~ x + (1 | g)", data, "binomial")
    assert fit.converged
    expected = fit.theta.iloc[0] / np.sqrt(12)
    assert fit.se.iloc[0] == pytest.approx(expected, rel=5e-3)


@pytest.mark.slow
def test_means_at_the_edge_are_told():
    """Poisson's identity link has no mean below 0, where effects would lead."""
    with pytest.warns(mlm.ConvergenceWarning, match="did not converge"):
        fit = mlm.glmer("count ~ x + (1 | g)", drawn(2), "poisson", "identity")
    with pytest.warns(mlm.ConvergenceWarning, match="Hessian"):
        assert (fit.se > 0).all()


def test_a_mode_that_is_lost_at_the_end_is_an_error_in_words(monkeypatch):
    from mlm.engine.laplace_fit import solution_at

    fit = quiet("y ~ x + (1 | g)", drawn(2), "binomial")
    criterion, solution = fit.criterion_function, fit.solution
    monkeypatch.setattr("mlm.engine.mode.MOST_STEPS", 0)
    with pytest.raises(mlm.DataError, match="no conditional modes"):
        solution_at(criterion, solution.theta, solution.beta)


def test_lmer_points_to_glmer():
    data = drawn(2)
    data["word"] = np.where(data["y"] == 1, "yes", "no")
    for column in (data["word"], data["y"] == 1):
        with pytest.raises(mlm.FormulaError, match="glmer"):
            mlm.lmer("word ~ x + (1 | g)", data.assign(word=column))


def test_separation_is_named():
    data = drawn(3)
    data["apart"] = ((data["y"] == 1) & (data["x"] > 0)).astype(int)
    with pytest.warns(mlm.SeparationWarning, match="apart"):
        fit = mlm.glmer("y ~ x + apart + (1 | g)", data, "binomial")
    assert not fit.converged
    assert "separation: " in repr(fit)
    assert "separation: " in fit._repr_html_()


def test_constant_groups_are_named():
    data = drawn(3)
    data["y"] = data["g"] % 2
    with pytest.warns(mlm.ConvergenceWarning, match="every group of 'g'"):
        mlm.glmer("y ~ 1 + (1 | g)", data, "binomial")


@pytest.mark.slow
@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)"])
@pytest.mark.parametrize("link", ["logit", "probit", mlm.links.guess(1 / 3)])
@pytest.mark.parametrize("few", [0, 1e6])
@pytest.mark.one_in(2)
def test_one_factor_has_the_numbers_of_any_structure(formula, link, few, monkeypatch):
    """Formulas group by group, against those for stages and the dense rest."""
    monkeypatch.setattr("mlm.engine.group_rows.FEW", few)
    fit = quiet(formula, drawn(6, size=20), "binomial", link, se="rx")
    quick = fit.criterion_function
    assert isinstance(quick, OneFactorCriterion)
    blocks = [0.4 * np.arange(1, 1 + T.size).reshape(T.shape) for T in quick.basis.R]
    beta, general = np.array([0.3, -0.9]), LaplaceCriterion(quick.model)
    here, there = quick.around(blocks, beta), general.around(blocks, beta)
    assert here.value == pytest.approx(there.value, rel=1e-11)
    np.testing.assert_allclose(here.flat(), there.flat(), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(
        here.factors.fixed_covariance(), there.factors.fixed_covariance(), rtol=1e-6
    )
    point, further = Point.of(blocks, beta), Point.of([1.3 * blocks[0]], beta + 0.2)
    one, other = quick.expand(point), general.expand(point)
    np.testing.assert_allclose(one.curvature, other.curvature, rtol=1e-6)
    one, other = (c.slopes(further, point) for c in (quick, general))
    np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)"])
@pytest.mark.parametrize("few", [0, 1e6])
def test_so_it_has_where_trials_scale_the_intercept(formula, few, monkeypatch):
    """With prior weights an orthonormal intercept is a number other than 1."""
    monkeypatch.setattr("mlm.engine.group_rows.FEW", few)
    data = drawn(6, size=20)
    trials = np.random.default_rng(1).integers(1, 5, len(data))
    data = data.assign(w=trials, y=np.round(data["y"] * trials) / trials)
    fit = quiet(formula, data, "binomial", weights="w", se="rx")
    quick, general = (
        fit.criterion_function,
        LaplaceCriterion(fit.criterion_function.model),
    )
    blocks = [0.4 * np.arange(1, 1 + T.size).reshape(T.shape) for T in quick.basis.R]
    assert abs(quick.basis.R[0][0, 0] - 1) > 0.1
    point = Point.of(blocks, np.array([0.3, -0.9]))
    one, other = quick.expand(point), general.expand(point)
    assert one.value == pytest.approx(other.value, rel=1e-11)
    np.testing.assert_allclose(one.slopes, other.slopes, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(one.curvature, other.curvature, rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    "formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ 1 + (x || g)"]
)
@pytest.mark.parametrize("link", ["logit", "probit", mlm.links.guess(1 / 3)])
@pytest.mark.one_in(2)
def test_second_derivatives_are_those_of_the_first(formula, link):
    """Exact ones of one factor, by differences of any structure's first ones."""
    fit = quiet(formula, drawn(6, size=20), "binomial", link, se="rx")
    quick = fit.criterion_function
    general = LaplaceCriterion(quick.model)
    blocks = [0.4 * np.arange(1, 1 + T.size).reshape(T.shape) for T in quick.basis.R]
    beta, step = np.array([0.3, -0.9][: fit.design.p]), 1e-4
    point = Point.of(blocks, beta)

    def slopes(place, change):
        flat = point.flat()[0] + change * (np.arange(point.flat().size) == place)
        *parts, vector = np.split(flat, np.cumsum([T.size for T in blocks]))
        moved = [p.reshape(T.shape) for p, T in zip(parts, blocks, strict=True)]
        return general.slopes(Point.of(moved, vector), point)[0]

    places = range(point.flat().size)
    expected = np.array([slopes(i, step) - slopes(i, -step) for i in places])
    expected /= 2 * step
    free = np.concatenate([*(np.tri(len(T)).ravel() for T in blocks), beta]) != 0
    expected = expected[free][:, free]
    found = quick.hessian(point, covariance=None)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["binomial", "poisson"])
def test_the_last_step_leaves_nothing(name, seed):
    """What one more of Newton's steps would promise, by exact derivatives."""
    y = {"binomial": "y", "poisson": "count"}[name]
    fit = quiet(f"{y} ~ x + (1 | g)", drawn(seed, size=20), name, se="rx")
    criterion, RX = fit.criterion_function, fit.criterion_function.basis.RX
    blocks, beta = criterion.basis.whiten(fit.theta), RX @ fit.fixef.to_numpy()
    slopes = LaplaceCriterion(criterion.model).around(blocks, beta).flat()
    H = criterion.hessian(Point.of(blocks, beta), covariance=None)
    assert fit.theta.iloc[0] > 0
    assert slopes @ np.linalg.solve(H, slopes) / 2 < 1e-9


def model_of(name):
    return fit_of(name).criterion_function.model


def beside_the_start(model, fall, steps):
    """What a search sees there, and how many steps to the mode were counted."""
    criterion = laplace(model)
    start = criterion.start()
    criterion.expand(start)
    there = Point([1.3 * T for T in start.blocks], start.vector + 0.2)
    steps.clear()
    return criterion.expand(there, fall), len(steps)


@pytest.mark.slow
@pytest.mark.parametrize("link", ["probit", mlm.links.guess(1 / 2)])
def test_where_there_may_be_several_modes_none_is_rough(link):
    fit = quiet("y ~ x + (x | g)", drawn(1), "binomial", link, se="rx")
    model = fit.criterion_function.model
    exact, late = (beside_the_start(model, fall, [])[0] for fall in (0.0, 1.0))
    np.testing.assert_array_equal(late.slopes, exact.slopes)


@pytest.mark.parametrize("name", ["contraception", "grouseticks", "verbagg"])
def test_where_the_criterion_falls_fast_a_mode_is_found_in_fewer_steps(
    name, monkeypatch
):
    """It changes hundredths of what the next step of the search does."""
    steps, found, at = [], [], WorkingModel.at
    monkeypatch.setattr(
        WorkingModel, "at", lambda *a, **more: steps.append(1) or at(*a, **more)
    )
    for fall in (0.0, 1e-9, 1.0):
        found.append(beside_the_start(model_of(name), fall, steps))
    (exact, most), (late, same), (early, fewer) = found
    np.testing.assert_array_equal(late.slopes, exact.slopes)
    assert same == most > fewer
    assert early.value == pytest.approx(exact.value, abs=1e-5)
    change = np.abs(early.slopes - exact.slopes) * laplace(model_of(name)).unit
    assert 0 < change.max() < 0.01


def test_a_search_from_its_minimum_ends_there_with_its_value():
    """A start is looked at roughly, an end never."""
    rng, g = np.random.default_rng(3), np.repeat(range(200), 3)
    y = rng.poisson(np.exp(0.3 + rng.normal(size=200)[g]))
    fit = quiet("y ~ 1 + (1 | g)", pd.DataFrame({"g": g, "y": y}), "poisson", se="rx")
    basis = fit.criterion_function.basis
    blocks, beta = basis.whiten(fit.theta), basis.RX @ fit.fixef.to_numpy()
    again = laplace(fit.criterion_function.model)
    rough = again.expand(Point.of(blocks, beta), np.inf).value[0]
    assert abs(rough - fit.criterion) > 1e-9
    fresh = laplace(fit.criterion_function.model)
    end = settle(Problem(fresh), Point.of(blocks, beta))
    assert end.value[0] == pytest.approx(fit.criterion, abs=2e-12, rel=1e-13)
    assert end.steps[0] == 2


@pytest.mark.parametrize("seed", range(6))
def test_a_variance_is_zero_where_the_likelihood_falls_with_it(seed):
    """By the score test: at σ = 0, ∂d/∂σ² = Σ_j (Σ μ(1 − μ) − (Σ y − μ)²)."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"g": np.repeat(range(15), 6), "x": rng.normal(size=90)})
    data["y"] = (rng.random(90) < 1 / (1 + np.exp(-data["x"]))) * 1
    alone = mlm.glm("y ~ x", data, "binomial")
    mu, by = alone.fitted, data["g"]
    scores = (data["y"] - mu).groupby(by).sum()
    expected = ((mu * (1 - mu)).groupby(by).sum() - scores**2).sum()
    fit = quiet("y ~ x + (1 | g)", data, "binomial")
    assert (fit.theta.iloc[0] == 0) == (expected > 0)
    criterion, tiny = fit.criterion_function, 1e-6
    beta = criterion.basis.RX @ alone.fixef.to_numpy()
    slope = criterion.around([np.array([[tiny]])], beta).slopes[0][0, 0]
    assert slope / (2 * tiny) == pytest.approx(expected, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", often(range(1), range(1, 12)))
def test_slopes_of_people_who_may_guess(seed):
    """Where the likelihood is not concave, no start ends lower than the fit."""
    rng = np.random.default_rng(seed)
    s, x = np.repeat(range(12), 30), np.tile(np.linspace(-1, 2, 30), 12)
    b = rng.normal(size=(12, 2)) * [0.8, 0.4]
    eta = b[s, 0] + (1.5 + b[s, 1]) * x
    y = (rng.random(360) < 0.5 + 0.5 / (1 + np.exp(-eta))) * 1
    data = pd.DataFrame({"s": s, "x": x, "y": y})
    given = "y ~ x + (x | s)", data, "binomial", mlm.links.guess(1 / 2)
    fit = quiet(*given)
    assert fit.converged
    for start in ([0.3, 0.0, 0.3], [2.0, 0.5, 1.0]):
        assert fit.criterion < quiet(*given, start=start).criterion + 1e-6


def test_a_last_step_that_loses_the_mode_is_not_taken(monkeypatch):
    """The search ends one step before, where the criterion was computed."""
    criterion, asked, seen = laplace(model_of("contraception")), [], []

    def lost_once(criterion, theta, beta):
        asked.append([*theta, *beta])
        if len(asked) == 1:
            raise mlm.DataError("no mode")
        return solution_at(criterion, theta, beta)

    def expand(point, fall=0.0):
        blocks = [T[0] for T in point.blocks]
        seen.append([*criterion.basis.unwhiten(blocks), *point.vector[0]])
        return OneFactorCriterion.expand(criterion, point, fall)

    monkeypatch.setattr("mlm.engine.laplace_fit.solution_at", lost_once)
    monkeypatch.setattr(criterion, "expand", expand)
    estimates(criterion)
    assert asked[0] not in seen
    assert asked[1] in seen


@pytest.mark.slow
@pytest.mark.parametrize("seed", often([5], [2, 10]))
def test_effects_that_run_away_are_no_worse_than_none(seed):
    """With seed 10, the last step of the search loses the mode."""
    given = drawn(seed), "binomial", mlm.links.guess(1 / 2)
    fit = quiet("y ~ x + (x | g)", *given)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mlm.MlmWarning)
        alone = mlm.glm("y ~ x", *given)
    assert fit.criterion <= -2 * alone.loglik + 1e-6


def test_one_factor_needs_no_fixed_effects():
    fit = quiet("y ~ 0 + (1 | g)", drawn(6, size=20), "binomial")
    theta, nothing = fit.theta.to_numpy()[:, None], np.empty(0)
    there = LaplaceCriterion(fit.criterion_function.model).around([theta], nothing)
    assert fit.criterion == pytest.approx(there.value, rel=1e-11)
    assert fit.vcov.shape == (0, 0)
