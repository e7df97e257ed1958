"""The fitter of figures, mlm.js, in a browser: as the library and lme4 have it."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import REFERENCE, WEEKLY, name_of, reference_design
from scipy.stats import kstest

import mlm
from methods3.live.bundle import joined

SETS, SEED = 330 if WEEKLY else 70, 5
PAGE = '<!doctype html><meta charset="utf-8"><script src="mlm.js"></script>'
ALL = "const mlm = { ...$criterion, ...$design, ...$draws, ...$mlm, ...$algebra };"
ONE = {"(Intercept)": 1}


@pytest.fixture(scope="module")
def page(tab, tmp_path_factory):
    """A page with the fitter as the site has it, opened from a file."""
    folder = tmp_path_factory.mktemp("site")
    script = joined("mlm", "draws")
    folder.joinpath("mlm.js").write_text(f"{script}{ALL}", "utf-8")
    folder.joinpath("page.html").write_text(PAGE, "utf-8")
    problems = []
    with tab(offline=True) as page:
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(folder.joinpath("page.html").as_uri())
        yield page
    assert problems == []


def call(page, script, *given):
    """What a function of JavaScript returns for numbers, lists and dicts."""
    text = json.dumps(given)
    found = page.evaluate(
        f"text => JSON.stringify(({script})(...JSON.parse(text)))", text
    )
    return json.loads(found, parse_int=float)  # 1e20 is printed like an integer


def fits_of(page, sets):
    """A fit, or the message of an error, for every data set."""
    return call(
        page,
        """sets => sets.map(data => {
          try { return mlm.fit(data); }
          catch (error) {
            if (error instanceof mlm.DataError) return error.message;
            throw error;
          }
        })""",
        sets,
    )


# ---- Random data: unbalanced, singular, on any scale. ----


def draw(rng):
    """A data set, what of it is in the model, and whether by REML."""
    J = int(rng.choice([2, 3, 4, 5, 6, 8, 12, 18, 30, 85]))
    slope = bool(rng.integers(2))
    sizes = {
        "balanced": np.full(J, rng.integers(3, 12)),
        "unbalanced": rng.integers(1, 15, J),
        "most have one": np.where(rng.random(J) < 0.7, 1, rng.integers(3, 25, J)),
    }[rng.choice(["balanced", "unbalanced", "most have one"])]
    slope, reml = bool(rng.integers(2)), bool(rng.integers(2))
    predictors = int(rng.integers(0, 4))
    sizes[0] += max(0, max(J * (1 + slope), J + predictors + slope) + 4 - sizes.sum())
    n, group = sizes.sum(), rng.permutation(np.repeat(np.arange(J), sizes))
    x = [rng.normal(size=n), rng.integers(0, 10, n) + rng.random()][rng.integers(2)]
    sds = rng.choice([0, 0.05, 0.5, 1, 3, 30]), rng.choice([0, 0.05, 0.5, 1, 3])
    r, b = rng.choice([-1, -0.5, 0, 0.5, 1]), rng.normal(size=(2, J))
    b[1] = r * b[0] + np.sqrt(1 - r**2) * b[1]
    y = 2 + x / 2 + sds[0] * b[0, group] + rng.normal(size=n)
    y += slope * sds[1] * b[1, group] * x
    y = (y + rng.choice([0, 0, 1e3, 1e6])) * rng.choice([1, 1, 1e-8, 1e8])
    x = x * rng.choice([1, 1, 1e-6, 1e5])
    x = x + np.ptp(x) * rng.choice([0, 0, 0, 10, 1e3, 1e5])
    others = {"x": x, "x2": rng.normal(size=n), "x3": rng.random(n) + group / J}
    X = dict(list(others.items())[:predictors])
    return {"y": y, "group": group, "x": x, "X": X, "slope": slope, "reml": reml}


def as_json(data):
    """The data as the fitter takes them."""
    columns = {name: x.tolist() for name, x in data["X"].items()}
    slope = {"x": data["x"].tolist()} if data["slope"] else {}
    y, group = data["y"].tolist(), data["group"].tolist()
    return {
        **{"y": y, "group": group, "reml": data["reml"]},
        **{"X": ONE | columns, "Z": ONE | slope},
    }


def fit_of_library(data):
    frame = pd.DataFrame({key: data[key] for key in ("y", "group", "x")} | data["X"])
    fixed, random = " + ".join(["1", *data["X"]]), "x" if data["slope"] else "1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mlm.MlmWarning)
        return mlm.lmer(f"y ~ {fixed} + ({random} | group)", frame, reml=data["reml"])


@pytest.mark.slow
def test_random_data(page):
    rng = np.random.default_rng(SEED)
    sets = [draw(rng) for _ in range(SETS)]
    found = fits_of(page, [as_json(data) for data in sets])
    missed, same, kinds = 0, 0, {"inside": 0, "no variance": 0, "rank 1": 0}
    for i, (data, ours) in enumerate(zip(sets, found, strict=True)):
        assert not isinstance(ours, str), (i, ours)
        fit = fit_of_library(data)
        check_estimates(ours, fit, i)
        if ours["criterion"] == pytest.approx(fit.criterion, rel=1e-8, abs=1e-8):
            # Along a flat valley two searches stop at different places, and next to
            # the limit of lme4's word a hair decides.
            same += ours["singular"] == fit.is_singular
        else:  # of two minima the lower is right
            assert ours["criterion"] < fit.criterion, i
            missed += 1
        theta = np.array(ours["theta"])
        none, one = not theta.any(), len(theta) == 3 and theta[2] == 0
        kinds["no variance" if none else "rank 1" if one else "inside"] += 1
    assert min(kinds.values()) > SETS / 14, kinds
    assert same + missed >= SETS - 2
    assert missed <= 1, "minima that are lower than the library's"


def check_estimates(ours, fit, i):
    """All estimates are those of the library at the same theta.

    Two searches agree where the criterion does, but theta only as far as that tells
    about it: along a flat valley they end at different places.
    """
    theta = np.array(ours["theta"])
    there, design = fit.criterion_function.solve(theta), fit.design
    (term,) = design.terms
    effects, (modes,) = term.effects.values, there.b
    assert ours["criterion"] == pytest.approx(there.criterion, rel=1e-9, abs=1e-9), i
    assert ours["sigma"] == pytest.approx(there.sigma, rel=1e-6), i
    se = there.sigma * np.sqrt(np.diag(there.vcov))
    np.testing.assert_allclose(ours["se"], se, rtol=1e-6, err_msg=str(i))
    off = (np.array(ours["beta"]) - there.beta) / se
    np.testing.assert_allclose(off, 0, atol=1e-6, err_msg=str(i))
    # Modes by what they add to a row.
    order = [ours["groups"].index(level) for level in term.levels]
    off = np.array(ours["modes"])[order] - modes
    off = np.einsum("ia,ia->i", effects, off[term.codes]) / there.sigma
    np.testing.assert_allclose(off, 0, atol=1e-6, err_msg=str(i))
    fitted = design.X @ there.beta
    fitted = fitted + np.einsum("ia,ia->i", effects, modes[term.codes])
    off = (np.array(ours["fitted"]) - fitted) / there.sigma
    np.testing.assert_allclose(off, 0, atol=1e-6, err_msg=str(i))
    T = np.zeros((term.k, term.k))
    T[np.triu_indices(term.k)[::-1]] = theta
    Sigma, size = there.sigma**2 * T @ T.T, np.sqrt(np.mean(effects**2, axis=0))
    off = (np.array(ours["Sigma"]) - Sigma) * np.outer(size, size)
    scale = there.sigma**2 + np.trace(Sigma * np.outer(size, size))
    np.testing.assert_allclose(off / scale, 0, atol=1e-9, err_msg=str(i))


# ---- What is known from elsewhere. ----


def of_design(design, reml):
    """A design of the library as the fitter takes it; groups are numbers."""
    (term,) = design.terms
    X = dict(zip(design.fixed_names, design.X.T.tolist(), strict=True))
    Z = dict(zip(term.effects.names, term.effects.values.T.tolist(), strict=True))
    y, group = design.y.tolist(), term.codes.tolist()
    return {"y": y, "group": group, "X": X, "Z": Z, "reml": reml}


def simple(record):
    """Whether the fitter can fit it: one term of one effect, or of two."""
    terms = reference_design(record).terms
    return not (record["weights"] or record["offset"]) and (
        len(terms) == 1 and terms[0].k <= 2
    )


def test_what_lme4_says(page):
    """Among them singular fits (Dyestuff2), one slope alone, 85 counties."""
    records = [
        record
        for record in REFERENCE["fits"]
        if record["data"] != "insteval" and simple(record)
    ]
    assert len(records) > 30
    designs = [reference_design(record) for record in records]
    sets = [of_design(d, r["reml"]) for d, r in zip(designs, records, strict=True)]
    found = fits_of(page, sets)
    for record, ours in zip(records, found, strict=True):
        name = name_of(record)
        # What Nelder and Mead's search leaves, not always to the last digit.
        assert ours["criterion"] == pytest.approx(record["criterion"], rel=1e-8), name
        assert ours["sigma"] == pytest.approx(record["sigma"], rel=1e-5), name
        fixef, se = list(record["fixef"].values()), list(record["se"].values())
        assert ours["beta"] == pytest.approx(fixef, rel=1e-5, abs=1e-5), name
        assert ours["se"] == pytest.approx(se, rel=1e-4), name
        theta = list(record["theta"].values())
        assert ours["theta"] == pytest.approx(theta, rel=1e-4, abs=1e-4), name


def test_criterion_and_gradient_anywhere(page, sleepstudy):
    """Also where a variance is 0, or a correlation ±1."""
    rng = np.random.default_rng(1)
    for formula in ("Days", "1"):
        design = mlm.design_matrices(
            f"Reaction ~ Days + ({formula} | Subject)", sleepstudy
        )
        for reml in (True, False):
            library = mlm.profiled_deviance(design, reml)
            m = len(library.names)
            thetas = [*rng.normal(size=(5, m)), np.zeros(m), np.eye(m)[0]]
            found = call(
                page,
                """(data, thetas) => {
                  const design = mlm.design(data), [r11, r21, r22] = design.R;
                  return thetas.map(theta => {
                    const here = mlm.evaluate(design, design.whiten(theta));
                    const [g11, g21, g22] = here.gradient; // by the elements of T
                    const slopes = [r11 * g11 + r21 * g21, r22 * g21, r22 * g22];
                    return [here.value, slopes.slice(0, design.m)];
                  });
                }""",
                *(of_design(design, reml), [theta.tolist() for theta in thetas]),
            )
            for theta, (value, slopes) in zip(thetas, found, strict=True):
                assert value == pytest.approx(library(theta), rel=1e-12)
                known = library.gradient(theta)
                np.testing.assert_allclose(slopes, known, 1e-8, 1e-8)


def test_modes_weights_and_path(page, sleepstudy, sleep_fit):
    data = of_design(sleep_fit.design, True)
    (slopes,) = fits_of(page, [data])
    modes = sleep_fit.ranef["Subject"]
    np.testing.assert_allclose(slopes["modes"], modes, rtol=1e-5)
    np.testing.assert_allclose(slopes["fitted"], sleep_fit.fitted, rtol=1e-8)
    assert slopes["lambda"] is None
    path = [step["criterion"] for step in slopes["steps"]]
    assert path == sorted(path, reverse=True)
    assert path[-1] == pytest.approx(slopes["criterion"], abs=1e-9)
    (levels,) = fits_of(page, [data | {"Z": ONE}])
    # What is left of ten deviations: equation 12.4 of Gelman & Hill (2007).
    weight = 10 / (10 + levels["sigma"] ** 2 / levels["Sigma"][0][0])
    np.testing.assert_allclose(levels["lambda"], 18 * [weight], rtol=1e-12)
    left = sleepstudy["Reaction"] - np.array(data["X"]["Days"]) * levels["beta"][1]
    means = left.groupby(sleepstudy["Subject"], observed=True).mean()
    modes = weight * (means - levels["beta"][0])
    np.testing.assert_allclose(np.ravel(levels["modes"]), modes, rtol=1e-10)


@pytest.mark.parametrize("start", [[0, 0, 0], [5, -5, 0], [1e-3, 0, 1e-3]])
def test_any_start_ends_at_the_minimum(page, start, sleep_fit):
    data = of_design(sleep_fit.design, True)
    ours = call(page, "(data, start) => mlm.fit(data, { start })", data, start)
    assert ours["criterion"] == pytest.approx(sleep_fit.criterion, abs=1e-8)
    assert ours["theta"] == pytest.approx(list(sleep_fit.theta), abs=1e-5)


def test_no_covariance_is_better(page):
    """Few groups have several minima: the fit is below a grid of all covariances."""
    rng = np.random.default_rng(12)
    sizes = [0, *np.geomspace(0.01, 100, 8)]
    angles = np.linspace(-np.pi / 2, np.pi / 2, 9)
    for _ in range(2):
        group = np.repeat(np.arange(3), 4)
        x, y = rng.normal(size=12), rng.normal(size=12) + rng.normal(size=3)[group]
        data = {"y": y, "group": group, "x": x, "X": {}, "slope": True, "reml": True}
        (ours,) = fits_of(page, [as_json(data)])
        library = fit_of_library(data).criterion_function
        others = [
            library([first, second * np.sin(angle), second * np.cos(angle)])
            for first in sizes
            for second in sizes
            for angle in angles
        ]
        assert ours["criterion"] <= min(others)


# ---- Lines, and data at random. ----


def test_least_squares(page, sleepstudy):
    fit = mlm.lm("Reaction ~ Days", sleepstudy)
    X = ONE | {"Days": sleepstudy["Days"].tolist()}
    y = sleepstudy["Reaction"].tolist()
    ours = call(page, "(y, X) => mlm.leastSquares(y, X)", y, X)
    np.testing.assert_allclose(ours["beta"], fit.fixef, rtol=1e-12)
    np.testing.assert_allclose(ours["se"], fit.se, rtol=1e-12)
    np.testing.assert_allclose(ours["fitted"], fit.fitted, rtol=1e-12)
    assert ours["sigma"] == pytest.approx(fit.sigma)
    assert ours["rss"] == pytest.approx(np.sum(fit.resid**2))
    exact = call(page, "(y, X) => mlm.leastSquares(y, X)", [1, 3], ONE | {"x": [0, 1]})
    assert exact["beta"] == pytest.approx([1, 2])
    assert exact["sigma"] is None, "NaN, as JSON has it"


def test_numbers_at_random(page):
    script = """(seed, kind, n) => {
      const random = mlm.random(seed);
      return Array.from({ length: n }, () => random[kind]());
    }"""
    first, again, other = (call(page, script, seed, "normal", 5) for seed in (1, 1, 2))
    assert first == again
    assert not set(first) & set(other)
    for kind, law in (("uniform", "uniform"), ("normal", "norm")):
        drawn = np.array(call(page, script, 7, kind, 20_000))
        assert kstest(drawn, law).pvalue > 0.01, kind
        correlation = np.corrcoef(drawn[1:], drawn[:-1])[0, 1]
        assert abs(correlation) < 3 / np.sqrt(20_000)


@pytest.mark.parametrize("r", [-1, 0.5])
def test_simulated_data_are_of_the_model(page, r):
    n, J = 3, 4000
    group, x = np.repeat(np.arange(J), n), np.tile([0.0, 1, 2], J)
    columns = ONE | {"x": x.tolist()}
    Sigma = np.array([[4, 6 * r], [6 * r, 9]])
    drawn = call(
        page,
        "(given, seed) => mlm.simulate(given, mlm.random(seed))",
        {
            **{"X": columns, "Z": columns, "group": group.tolist()},
            **{"beta": [10, -1], "Sigma": Sigma.tolist(), "sigma": 0.5},
        },
        3,
    )
    b = np.array(drawn["b"])
    error = 4 * np.sqrt((np.outer(np.diag(Sigma), np.diag(Sigma)) + Sigma**2) / J)
    assert (abs(b.T @ b / J - Sigma) < error).all()
    left = drawn["y"] - (10 - x + b[group, 0] + b[group, 1] * x)
    assert kstest(left / 0.5, "norm").pvalue > 0.01
    if r == -1:
        np.testing.assert_allclose(b[:, 1], -1.5 * b[:, 0], rtol=1e-7)


# ---- Data that cannot be used. ----

Y, GROUP = [1.0, 2, 4, 3, 5, 9], ["a", "a", "a", "b", "b", "b"]
X1 = [0.0, 1, 2, 0, 1, 3]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"group": 6 * ["a"]}, "only one group: a variance between groups needs two."),
        ({"group": ["a", "b"]}, "group has 2 values, and y has 6."),
        ({"y": [*Y[:3], None, 5, 9]}, "y is null in row 4: correct it"),
        ({"X": ONE | {"x": [*X1[:5], "3"]}}, "x is 3 in row 6: correct it"),
        ({"X": ONE | {"x": X1[:5]}}, "x has 5 values, and y has 6."),
        ({"X": ONE | {"x": 6 * [2.0]}}, "x is determined by (Intercept): it has no"),
        ({"X": ONE | {"x": X1, "z": X1}}, "z is determined by (Intercept), x: it has"),
        ({"X": ONE | {"x": 6 * [0.0]}}, "x is 0 in every row: it has no effect"),
        ({"Z": ONE | {"x": 6 * [1.0]}}, "x is determined by (Intercept): it has no"),
        ({"Z": {}}, "0 random effects: there may be one, or two."),
        ({"Z": ONE | {"x": X1, "z": Y}}, "3 random effects: there may be one, or two."),
        (
            {"X": ONE | {f"x{i}": np.eye(6)[i].tolist() for i in range(5)}},
            "6 rows for 6 fixed effects: nothing is left for σ.",
        ),
        (
            {"group": [1, 1, 2, 2, 3, 3], "Z": ONE | {"x": X1}},
            "3 groups × 2 effects = 6 random effects, but only 6 rows: they cannot be",
        ),
        ({"y": X1}, "the fixed effects explain y exactly: nothing is left."),
        ({"y": 6 * [7.0]}, "the fixed effects explain y exactly: nothing is left."),
        ({"y": [1e200, 1, 1, 1, 1, 1]}, "y is too large to square: express it in"),
        (
            {"y": [1.0, 1, 1, 2, 2, 2], "X": ONE},
            "fixed and random effects together explain y exactly",
        ),
    ],
)
def test_errors(page, change, message):
    data = {"y": Y, "group": GROUP, "X": ONE | {"x": X1}, "Z": ONE} | change
    (found,) = fits_of(page, [data])
    assert isinstance(found, str)
    assert message in found


def test_other_errors(page):
    script = "(call) => { try { return eval(call); } catch (e) { return String(e); } }"
    data = json.dumps({"y": Y, "group": GROUP, "X": ONE})
    simulated = "{X: {a: 1}, group: [1, 2], beta: [1], Sigma: %s, sigma: 1}"
    calls = {
        f"mlm.criterion({data}, [1, 2])": "DataError: theta is 1 finite number.",
        f"mlm.fit({data}, {{start: [NaN]}})": "DataError: theta is 1 finite number.",
        "mlm.leastSquares([1], {a: 1, x: [2]})": "1 rows are too few for 2",
        f"mlm.simulate({simulated % '[[-1]]'}, mlm.random(1))": "Sigma is no covar",
        f"mlm.simulate({simulated % '[]'}, mlm.random(1))": "and Sigma 1 rows.",
    }
    for code, message in calls.items():
        assert message in call(page, script, code), code
