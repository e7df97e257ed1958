"""Means, contrasts, slopes and tests of terms: against emmeans, lmerTest, car."""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from scipy import stats
from scipy.stats import studentized_range
from test_glm import REFERENCE as GLM
from test_glmer import data_of

import mlm
from mlm.ground.printed import Printed
from mlm.inference.of_terms import hypothesis
from mlm.inference.tukey import tukey_quantile, tukey_sf

R = json.loads((ROOT / "tests/reference/inference.json").read_text("utf-8"))
WAYS = {"s": "satterthwaite", "k": "kenward-roger"}
SUM = "C(recipe, contr.sum) * C(temperature, contr.sum)"


@cache
def uneven():
    """What tests/reference/inference.R leaves of cake: no cell is empty."""
    cake = mlm.load_cake()
    kept = (np.arange(1, 271) % 7 != 3) & ~(
        (cake["recipe"] == "B") & (cake["temp"] > 210)
    )
    kept &= cake["temperature"].isin(["175", "185", "195"])
    return cake[kept]


def teams():
    data = mlm.load_sleepstudy()
    team = np.array(list("abc"))[(data["Subject"].cat.codes + 1) % 3]
    return data.assign(team=team)[np.arange(1, 181) % 7 != 3]


@cache
def fits():
    breaks, cbpp = pd.DataFrame(GLM["data"]["breaks"]), data_of("cbpp")
    half = np.where(cbpp["herd"].astype(int) > 7, "late", "early")
    nested = " + (1 | recipe:replicate)"
    return {
        "cake": mlm.lmer(f"angle ~ recipe * temperature{nested}", mlm.load_cake()),
        "uneven": mlm.lmer(f"angle ~ recipe * temperature{nested}", uneven()),
        "uneven_sum": mlm.lmer(f"angle ~ {SUM}{nested}", uneven()),
        "additive": mlm.lmer("Reaction ~ team + Days + (Days | Subject)", teams()),
        "sleep": mlm.lmer(
            "Reaction ~ Days + I(Days**2) + (Days | Subject)", mlm.load_sleepstudy()
        ),
        "lm": mlm.lm("breaks ~ wool * tension", breaks[3:]),
        "poisson": mlm.glm("breaks ~ wool * tension", breaks[3:], "poisson"),
        "gaussian": mlm.glm("breaks ~ wool + tension", breaks, "gaussian", "log"),
        "cbpp": mlm.glmer(
            "cbind(incidence, size - incidence) ~ period * half + (1 | herd)",
            cbpp.assign(half=half),
            "binomial",
        ),
    }


def split(case):
    """Fit, and degrees of freedom, of a case such as "cake s"."""
    name, _, way = case.replace(" ", "_").rpartition("_")
    if way not in WAYS:
        return fits()[case], "satterthwaite"
    return fits()[name], WAYS[way]


# lme4's θ is not at the optimum to the last digit: degrees of freedom show it.
ROUGH = {"emtrends": 5e-3, "additive_s": 2e-3, "additive_k": 2e-3, "cbpp": 3e-3}


def close(ours, theirs, case, atol=1e-9):
    rtol = ROUGH.get(case, 1e-4)
    # JSON has no infinity.
    theirs = np.array([np.inf if v is None else v for v in np.atleast_1d(theirs)])
    np.testing.assert_allclose(np.asarray(ours, float), theirs, rtol=rtol, atol=atol)


def columns(known):
    """R's columns by our names."""
    names = {"emmean": "mean", "rate": "mean", "prob": "mean", "response": "mean"}
    names |= {"SE": "se", "lower.CL": "lower", "upper.CL": "upper"}
    names |= {"asymp.LCL": "lower", "asymp.UCL": "upper", "t.ratio": "t"}
    names |= {"z.ratio": "z", "p.value": "p", "Days.trend": "slope"}
    return {names.get(name, name): values for name, values in known.items()}


@pytest.mark.parametrize("case", R["means"])
@pytest.mark.parametrize("scale", ["means", "response"])
def test_means_are_emmeans(case, scale):
    fit, ddf = split(case)
    known = columns(R["means"][case][scale])
    name = next(iter(known))
    kind = {"means": "link", "response": "response"}[scale]
    table = fit.means(name, ddf=ddf, type=kind).to_frame()
    assert table[name].astype(str).tolist() == list(map(str, known[name]))
    for column in ("mean", "se", "df", "lower", "upper"):
        close(table[column], known[column], case)


@pytest.mark.parametrize("case", R["means"])
@pytest.mark.parametrize(
    "adjust", ["none", "holm", pytest.param("tukey", marks=pytest.mark.slow)]
)
def test_pairs_are_emmeans(case, adjust):
    fit, ddf = split(case)
    known = R["means"][case]
    name, known = (
        next(iter(known["means"])),
        columns(known["pairs" if adjust == "none" else adjust]),
    )
    table = fit.means(name, ddf=ddf).pairs(adjust).to_frame()
    labels = [label.replace(name, "") for label in known["contrast"]]
    assert table["contrast"].tolist() == labels
    for column in ("estimate", "se", "df", "p", "lower", "upper"):
        close(table[column], known[column], case, atol=3e-5 if column == "p" else 1e-7)


@pytest.mark.parametrize("case", R["means"])
@pytest.mark.parametrize(("method", "theirs"), [("trend", "trend"), ("sum", "effects")])
def test_contrasts_are_emmeans(case, method, theirs):
    fit, ddf = split(case)
    known = columns(R["means"][case][theirs])
    name = next(iter(R["means"][case]["means"]))
    table = (
        fit.means(name, ddf=ddf)
        .contrast(method)
        .to_frame()
        .head(len(known["SE" if "SE" in known else "se"]))
    )
    for column in ("estimate", "se", "df", "p"):
        close(table[column], known[column], case, atol=1e-7)


@pytest.mark.parametrize("case", R["slopes"])
def test_slopes_are_emtrends(case):
    """emtrends takes one difference to the right: of a parabola, 0.03 % off."""
    fit, ddf = split(case)
    at = {"Days": 2} if case.endswith("k") else None
    table, known = (
        fit.slopes("Days", at=at, ddf=ddf).to_frame(),
        columns(R["slopes"][case]),
    )
    for column in ("slope", "se", "df", "lower", "upper"):
        close(table[column], known[column], "emtrends")


@pytest.mark.filterwarnings("ignore::mlm.CodingWarning")
@pytest.mark.parametrize("case", R["tests"])
def test_terms_are_tested_as_by_lmertest_and_car(case):
    name, type, *way = case.split()
    ddf = WAYS[way[0]] if way else "satterthwaite"
    table, known = fits()[name].anova(int(type), ddf=ddf), R["tests"][case]
    known = pd.DataFrame(known["table"], index=known["terms"])
    known = known.drop(index="Residuals", errors="ignore")
    assert len(table) == len(known)
    names = {"Chisq": "Chisq", "F value": "F value", "DenDF": "DenDF", "NumDF": "NumDF"}
    names |= {"Pr(>F)": "Pr(>F)", "Pr(>Chisq)": "Pr(>Chisq)", "Sum Sq": "Sum Sq"}
    shared = [column for column in names if column in known and column in table]
    assert len(shared) >= 2
    rough = "additive_s" if name == "additive" else name
    for column in shared:
        close(table[column], known[column], rough, atol=1e-12)


@pytest.mark.parametrize("way", WAYS)
def test_joint_test_is_contest(way):
    fit, known = fits()["sleep"], R["contests"][way]
    found = fit.contrast([[1, 2, 3], [0, 1, -1]], ddf=WAYS[way]).test()
    for column in ("NumDF", "DenDF", "F value", "Pr(>F)"):
        close(found[column], known[column], "additive_s")
    # A row that the others determine says nothing more.
    more = fit.contrast([[1, 2, 3], [0, 1, -1], [1, 3, 2]], ddf=WAYS[way]).test()
    assert more == pytest.approx(found, rel=1e-6)


def test_adjusted_covariance_is_pbkrtests():
    found = fits()["additive"]._uncertainty("kenward-roger").covariance
    close(found, R["vcov"], "additive_k", atol=1e-3)


def test_cake_means_have_their_own_degrees_of_freedom():
    """42 as among 15 replicates of 3 recipes; 77.4 is of the intercept alone."""
    fit = fits()["cake"]
    assert fit.means("recipe").to_frame()["df"].to_numpy() == pytest.approx(
        42, abs=1e-3
    )
    assert fit.degrees_of_freedom.iloc[0] == pytest.approx(77.4, abs=0.1)


# ---- What holds of any fit. ----


@pytest.mark.parametrize("name", ["cake", "lm", "poisson", "cbpp"])
def test_coding_does_not_matter_to_means(name):
    fit = fits()[name]
    factor = {"cake": "recipe", "cbpp": "half"}.get(name, "wool")
    text = fit.formula.replace(factor + " ", f"C({factor}, contr.sum) ", 1)
    text = text.replace("* half", "* C(half, contr.helmert)")
    makers = {"cake": mlm.lmer, "lm": mlm.lm}
    data = fit.design.frame.drop(columns="(weights)", errors="ignore")
    if name in makers:
        other = makers[name](text, data)
    else:
        maker = mlm.glm if name == "poisson" else mlm.glmer
        other = maker(text, data, fit.family)
    for first, second in (
        (fit.means(factor), other.means(factor)),
        (fit.means(factor).pairs("holm"), other.means(factor).pairs("holm")),
    ):
        ours, theirs = (m.to_frame().iloc[:, 1:] for m in (first, second))
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-7)


def test_means_by_another_predictor():
    """Those of all cells, in order, and compared within each value."""
    fit = fits()["cake"]
    cells = fit.means(["recipe", "temperature"]).to_frame()
    by = fit.means("recipe", by="temperature")
    pairs = by.pairs("none").to_frame()
    assert len(cells) == len(by.to_frame()) == 18
    assert len(pairs) == 18
    wide = cells.pivot(index="temperature", columns="recipe", values="mean")
    within = pairs.pivot(index="temperature", columns="contrast", values="estimate")
    np.testing.assert_allclose(within["A - B"], wide["A"] - wide["B"])
    treatment = by.contrast("treatment").to_frame()
    assert treatment["contrast"].head(2).tolist() == ["B - A", "C - A"]
    own = fit.means("recipe").contrast({"A and B to C": [0.5, 0.5, -1]}).to_frame()
    means = fit.means("recipe").to_frame()["mean"]
    assert own["estimate"].item() == pytest.approx(means[:2].mean() - means[2])


def test_means_at_values():
    fit = fits()["sleep"]
    found = fit.means("Days", at={"Days": [0, 4.5, 9]}).to_frame()
    new = pd.DataFrame({"Days": [0, 4.5, 9]})
    np.testing.assert_allclose(found["mean"], fit.predict(new, random=False))
    assert fit.means().to_frame()["mean"].item() == pytest.approx(
        fit.predict(pd.DataFrame({"Days": [4.5]}), random=False).item()
    )
    with pytest.raises(mlm.DataError, match=r"say at which.*fit\.slopes"):
        fit.means("Days")


def test_an_offset_has_its_mean():
    data = mlm.load_sleepstudy().assign(o=np.arange(180) / 10)
    fit = mlm.lm("Reaction ~ Days", data, offset="o")
    expected = fit.design.X.mean(axis=0) @ fit.fixef + data["o"].mean()
    assert fit.means().to_frame()["mean"].item() == pytest.approx(expected)


def test_what_the_data_do_not_tell_is_no_number():
    """A cell without rows: its mean is not known, and the others are those without."""
    data = mlm.load_cake()
    data = data[(data["recipe"] != "C") | (data["temperature"] != "225")]
    with pytest.warns(mlm.RankDeficiencyWarning):
        fit = mlm.lm("angle ~ recipe * temperature", data)
    found = fit.means(["recipe", "temperature"]).to_frame()
    empty = (found["recipe"] == "C") & (found["temperature"] == "225")
    assert found.loc[empty, "mean"].isna().all()
    cells = data.groupby(["recipe", "temperature"], observed=True)["angle"].mean()
    np.testing.assert_allclose(found.loc[~empty, "mean"], cells)
    recipes = fit.means("recipe")
    missing = recipes.to_frame()["mean"].isna()
    assert missing.tolist() == [False, False, True]
    printed = repr(recipes.pairs("none")).splitlines()[2]
    assert "nan" in printed
    assert "<0.0001" not in printed, "no p value of what is not known"
    with pytest.raises(mlm.DataError, match="do not tell 1 of 3"):
        recipes.test()


def test_type_3_warns_of_a_coding():
    fit = fits()["uneven"]
    with pytest.warns(mlm.CodingWarning, match="recipe, temperature .*contr.sum"):
        fit.anova()
    fits()["uneven_sum"].anova()
    fits()["additive"].anova()


def test_type_2_is_the_fall_of_squares():
    """Of a linear model: residual squares without the term, relatives aside."""
    fit = fits()["lm"]
    data, table = fit.design.frame, fit.anova(2)
    alone = mlm.lm("breaks ~ tension", data)
    both = mlm.lm("breaks ~ wool + tension", data)
    squares = [(f.resid**2).sum() for f in (alone, both)]
    assert table.loc["wool", "Sum Sq"] == pytest.approx(squares[0] - squares[1])
    squares = [(f.resid**2).sum() for f in (both, fit)]
    assert table.loc["wool:tension", "Sum Sq"] == pytest.approx(squares[0] - squares[1])


@pytest.mark.parametrize("seed", range(6))
def test_kenward_roger_is_its_formulas(seed):
    """By n × n matrices, as the paper has them, with weights and several terms."""
    from mlm.engine.theta import blocks_of
    from mlm.inference.kenward_roger import KenwardRoger, kenward_roger

    rng = np.random.default_rng(seed)
    n = 40
    data = pd.DataFrame({"x": rng.normal(size=n), "g": rng.integers(0, 6, n)})
    data["h"], data["w"] = rng.integers(0, 4, n), rng.uniform(0.5, 2, n)
    data["y"] = data["x"] + rng.normal(size=6)[data["g"]] + rng.normal(size=n)
    formula = ["y ~ x + (x | g)", "y ~ x + (1 | g) + (1 | h)"][seed % 2]
    design = mlm.design_matrices(formula, data, weights="w" if seed > 2 else None)
    theta = np.abs(rng.normal(size=design.m)) + 0.2
    sigma = 1.3
    found = kenward_roger(design, theta, sigma)
    parts, V = [], np.zeros((n, n))
    for term, T in zip(design.terms, blocks_of(design.terms, theta), strict=True):
        Z = np.stack(
            [design.frame.index.to_numpy() * 0 + e for e in term.effects.values.T]
        )
        same = term.codes[:, None] == term.codes
        for a in range(term.k):
            for b in range(a, term.k):
                both = np.outer(Z[a], Z[b]) + (a != b) * np.outer(Z[b], Z[a])
                parts.append(both * same)
                V += sigma**2 * (T @ T.T)[a, b] * parts[-1]
    residual = np.ones(n) if design.weights is None else 1 / design.weights
    parts.append(np.diag(residual))
    V_inverse = np.linalg.inv(V + sigma**2 * parts[-1])
    X, r = design.X, range(len(parts))
    Phi = np.linalg.inv(X.T @ V_inverse @ X)
    P = [-X.T @ V_inverse @ part @ V_inverse @ X for part in parts]
    chain = [V_inverse @ part for part in parts]
    Q = [[X.T @ chain[i] @ chain[j] @ V_inverse @ X for j in r] for i in r]
    information = [
        [
            np.trace(chain[i] @ chain[j])
            - 2 * np.trace(Phi @ Q[i][j])
            + np.trace(Phi @ P[i] @ Phi @ P[j])
            for j in r
        ]
        for i in r
    ]
    W = 2 * np.linalg.inv(information)
    middle = sum(W[i, j] * (Q[i][j] - P[i] @ Phi @ P[j]) for i in r for j in r)
    own = KenwardRoger(found.covariance, Phi, np.array(P), W, np.eye(2))
    for L in (np.eye(2), np.array([[0.0, 1.0]]), np.array([[1.0, 3.0]])):
        np.testing.assert_allclose(found.of_test(L), own.of_test(L), rtol=1e-7)
    np.testing.assert_allclose(
        found.covariance, Phi + 2 * Phi @ middle @ Phi, rtol=1e-7
    )


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda f: f.means("recipes"), "no predictor 'recipes'; there are: 'recipe'"),
        (lambda f: f.means("recipe", by="recipe"), "named twice"),
        (lambda f: f.means("recipe", at={"recipe": "D"}), "no level of 'recipe' 'D'"),
        (lambda f: f.means("recipe", at={"age": 3}), "no predictor 'age'"),
        (lambda f: f.means("recipe", level=95), "level is between 0 and 1"),
        (
            lambda f: f.means("recipe", ddf="kr"),
            "'satterthwaite', 'kenward-roger' or None",
        ),
        (lambda f: f.means("recipe", type="odds"), "'response' or 'link', not 'odds'"),
        (lambda f: f.means("recipe").pairs("scheffe"), "'tukey', not 'scheffe'"),
        (lambda f: f.means("recipe").contrast("poly"), "'interaction', not 'poly'"),
        (lambda f: f.means("recipe").contrast({"a": [1, 2]}), "each of the 3 means"),
        (lambda f: f.means().pairs(), "one mean alone"),
        (lambda f: f.slopes("recipe"), "'recipe' is no number"),
        (lambda f: f.contrast([1, 2]), "a weight for each of the 18 fixed effects"),
        (lambda f: f.contrast({"recipe": 1}), "no fixed effect 'recipe'"),
        (lambda f: f.contrast(np.full(18, np.nan)), "L"),
        (lambda f: f.contrast(np.eye(18), adjust="tukey"), "'bonferroni', not 'tukey'"),
        (lambda f: f.anova(type="III"), "type is 1, 2 or 3, not 'III'"),
        (lambda f: f.refit_ml().means("recipe", ddf="kenward-roger"), "of REML fits"),
    ],
)
def test_bad_questions_are_named(ask, words):
    with pytest.raises(mlm.DataError, match=words):
        ask(fits()["cake"])


@pytest.mark.parametrize("name", ["poisson", "cbpp", "gaussian"])
@pytest.mark.parametrize("ask", ["means", "anova", "tidy"])
def test_kenward_roger_is_of_linear_mixed_models(name, ask):
    with pytest.raises(mlm.DataError, match="ddf='kenward-roger' is of linear"):
        getattr(fits()[name], ask)(ddf="kenward-roger")


def test_print_outs_say_what_was_done():
    means = fits()["poisson"].means("tension")
    assert "averaged over wool; on the response's scale" in repr(means)
    assert "Tukey's range of 3 means" in repr(means.pairs())
    assert "<caption>Contrasts" in means.pairs()._repr_html_()
    assert repr(fits()["cake"].means("recipe")).splitlines()[1].startswith("A ")


# ---- Without a term; shares of variance. ----


@pytest.mark.filterwarnings("ignore::mlm.RefitWarning")
@pytest.mark.parametrize("name", R["drops"])
def test_terms_are_left_out_as_by_drop1(name):
    found, known = mlm.drop1(fits()[name]), R["drops"][name]
    assert found.index.tolist() == known["terms"]
    found.columns = ["npar", "AIC", "LRT", "p"]
    for column, values in known["table"].items():
        start = int(values[0] is None)
        theirs = np.array(values[start:], dtype=float)
        np.testing.assert_allclose(found[column][start:], theirs, rtol=2e-4, atol=1e-3)


def test_a_term_within_another_is_not_left_out():
    with pytest.warns(mlm.RefitWarning):
        assert list(mlm.drop1(fits()["cake"]).index) == ["<none>", "recipe:temperature"]
    assert list(mlm.drop1(fits()["gaussian"]).index) == ["<none>", "wool", "tension"]
    with pytest.raises(mlm.DataError, match="a fit"):
        mlm.drop1("angle ~ recipe")


@pytest.mark.parametrize("name", R["explained"])
def test_shares_of_variance_are_those_of_performance(name):
    fit, known = fits()[name], R["explained"][name]
    found = fit.r2().to_dict() | fit.icc().to_dict()
    assert found == pytest.approx(known, rel=2e-4)


def test_shares_of_a_count_and_of_a_response_itself():
    """By Nakagawa et al. (2017): ln(1 + 1/λ) or 1/λ, and 1/(p(1 - p))."""
    fit = mlm.glmer("TICKS ~ YEAR + (1 | BROOD)", data_of("grouseticks"), "poisson")
    random = fit.theta.iloc[0] ** 2
    mean = np.exp(fit.design.X @ fit.fixef + random / 2).mean()
    for scale, residual in (
        ("latent", np.log(1 + 1 / mean)),
        ("observation", 1 / mean),
    ):
        assert fit.icc(scale)["adjusted"] == pytest.approx(random / (random + residual))
    fit = fits()["cbpp"]
    p = (1 / (1 + np.exp(-fit.design.X @ fit.fixef))).mean()
    random, residual = fit.theta.iloc[0] ** 2, 1 / (p * (1 - p))
    found = fit.icc("observation")["adjusted"]
    assert found == pytest.approx(random / (random + residual))
    with pytest.raises(mlm.DataError, match="'latent' or 'observation', not 'data'"):
        fit.r2("data")
    data = data_of("cbpp")
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    other = mlm.glmer(formula, data, "binomial", mlm.links.guess(0.01))
    with pytest.raises(mlm.DataError, match="no variance on its scale"):
        other.r2()


# ---- Long tables. ----


@pytest.mark.parametrize("name", ["cake", "lm", "poisson", "gaussian", "cbpp"])
def test_long_tables_say_what_the_fit_says(name):
    fit = fits()[name]
    tidy, glance, augment = fit.tidy(), fit.glance(), fit.augment()
    fixed = tidy[tidy["effect"] == "fixed"]
    assert fixed["term"].tolist() == list(fit.fixef.index)
    np.testing.assert_allclose(fixed["estimate"], fit.fixef)
    np.testing.assert_allclose(fixed["std_error"], fit.se, rtol=1e-6)
    np.testing.assert_allclose(fixed["df"], fit.degrees_of_freedom, rtol=1e-6)
    assert fixed.notna().all(axis=None)
    assert tidy["estimate"].tolist() == pytest.approx(
        [*fit.fixef, *fit.to_frame()["estimate"].iloc[: len(tidy) - len(fixed)]]
    )
    assert glance["log_lik"].item() == fit.loglik
    assert ("REML_crit" in glance) == fit.reml
    assert len(augment) == fit.nobs
    np.testing.assert_allclose(augment["fitted"] + augment["resid"], fit.design.y)
    assert augment.index.equals(fit.design.index)


def test_long_tables_of_random_parameters():
    tidy = fits()["sleep"].tidy(ddf="kenward-roger")
    random = tidy[tidy["effect"] == "ran_pars"]
    assert random["group"].tolist() == ["Subject"] * 3 + ["Residual"]
    assert random["term"].tolist() == [
        *("sd_(Intercept)", "cor_Days.(Intercept)", "sd_Days", "sd"),
    ]
    barred = mlm.load_sleepstudy().rename(columns={"Subject": "a|b"})
    tidy = mlm.lmer("Reaction ~ Days + (1 | `a|b`)", barred).tidy()
    assert tidy["group"].tolist()[2:] == ["a|b", "Residual"]
    assert tidy["term"].tolist()[2:] == ["sd_(Intercept)", "sd"]
    wald = fits()["lm"].confint("t")
    fixed = fits()["lm"].tidy()
    np.testing.assert_allclose(fixed["conf_low"][:6], wald.iloc[:, 0], rtol=1e-9)


def test_captions_say_what_the_table_is_of():
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    tables = {
        "Means": fit.means("Days", at={"Days": [0, 9]}),
        "Slopes": fit.slopes("Days"),
        "Contrasts": fit.contrast({"Days": 9}),
    }
    for caption, table in tables.items():
        assert f"<caption>{caption}</caption>" in table._repr_html_()


@pytest.mark.slow
@pytest.mark.parametrize("k", [2, 3, 5, 10, 30])
def test_tukeys_range_is_scipys(k):
    """SciPy integrates adaptively; at 1 and 1.5 degrees of freedom to 1e-4."""
    for df in (1.0, 1.5, 2.0, 5.3, 17.0, 40.0, 41.0, 1e3, np.inf):
        q = np.array([0.1, 1.0, 2.0, 3.5, 6.0, 12.0, 40.0])
        found = tukey_sf(q, k, np.full(7, df))
        close = {"atol": 1e-9 if df >= 2 else 3e-4}
        np.testing.assert_allclose(found, studentized_range.sf(q, k, df), **close)
        for level in (0.5, 0.95, 0.999):
            (end,) = tukey_quantile(level, k, np.array([df]))
            again = tukey_sf(np.array([end]), k, np.array([df]))
            np.testing.assert_allclose(again, 1 - level, rtol=1e-8)
    none = tukey_sf(np.array([np.nan, 1.0, np.inf]), k, np.array([5.0, np.nan, 5.0]))
    assert np.isnan(none[:2]).all()
    assert none[2] == 0
    assert np.isnan(tukey_quantile(0.95, k, np.array([np.nan]))).all()


def test_tukeys_range_of_two_is_t():
    df, t = np.array([1.0, 2.5, 30.0]), np.array([0.3, 2.0, 5.0])
    found = tukey_sf(np.sqrt(2) * t, 2, df)
    np.testing.assert_allclose(found, 2 * stats.t.sf(t, df), rtol=1e-8)


def test_a_separated_level_leaves_the_others_their_errors():
    """R: emmeans(glm(y ~ g, binomial)), and car's Anova(type = 2)."""
    data = pd.DataFrame(
        {"y": [0] * 5 + [1, 1, 0, 1, 1] + [1, 0, 0, 1, 0], "g": list("aaaaabbbbbccccc")}
    )
    with pytest.warns(mlm.SeparationWarning):
        fit = mlm.glm("y ~ g", data, "binomial")
    means = fit.means("g").to_frame()
    np.testing.assert_allclose(means["se"][1:], [0.17889, 0.21909], rtol=1e-4)
    np.testing.assert_allclose(means["lower"][1:], [0.3090, 0.1002], rtol=1e-3)
    last = fit.means("g").pairs("none").to_frame().iloc[-1]
    np.testing.assert_allclose(last[["se", "z"]].astype(float), [1.4434, 1.2414], 1e-4)
    assert fit.anova(2)["Chisq"]["g"] == pytest.approx(1.541, abs=1e-3)


def test_where_estimates_do_not_exist_tests_say_so():
    information = np.diag([1.0, 1.0, 0.0])
    with pytest.raises(mlm.DataError, match="type=3"):
        hypothesis(["(Intercept)", "a", "b"], "a", information, 2)


@pytest.mark.parametrize(
    ("shift", "scale"), [(2020, 1), (0, 1440), (-1e4, 1e-3), (500, 86400)]
)
def test_kenward_rogers_method_knows_no_units(shift, scale):
    data = teams().assign(w=1 + np.arange(154) % 3)
    formula = "Reaction ~ team * Days + (Days | Subject)"
    fit = mlm.lmer(formula, data, weights="w")
    moved = mlm.lmer(
        formula, data.assign(Days=scale * (data["Days"] + shift)), weights="w"
    )
    known, found = (
        f.slopes("Days", by="team", ddf="kenward-roger").to_frame()
        for f in (fit, moved)
    )
    np.testing.assert_allclose(found["df"], known["df"], rtol=1e-5)
    np.testing.assert_allclose(scale * found["se"], known["se"], rtol=1e-5)
    tests = [f.anova(2, ddf="kenward-roger").loc["team:Days"] for f in (fit, moved)]
    np.testing.assert_allclose(*(t.iloc[2:].astype(float) for t in tests), rtol=1e-4)


@pytest.mark.filterwarnings("ignore::mlm.MlmWarning")
def test_effects_of_single_rows_explain_nothing():
    """As Nakagawa & Schielzeth (2013), table 1: σ²_e is left to chance."""
    rng = np.random.default_rng(4)
    g = np.arange(400) // 10
    eta = 1 + rng.normal(size=40)[g] + 0.5 * rng.normal(size=400)
    data = pd.DataFrame({"y": rng.poisson(np.exp(eta)), "g": g, "row": np.arange(400)})
    fit = mlm.glmer("y ~ 1 + (1 | g) + (1 | row)", data, "poisson")
    between, rows = (fit.varcorr[name].iloc[0, 0] for name in ("g", "row"))
    chance = np.log1p(1 / np.exp(fit.fixef.iloc[0] + (between + rows) / 2))
    share = between / (between + rows + chance)
    assert fit.r2()["conditional"] == pytest.approx(share, rel=1e-12)
    assert fit.icc()["adjusted"] == pytest.approx(share, rel=1e-12)
    assert fit.r2()["marginal"] == 0


def test_type_three_of_empty_cells_is_warned_of():
    cake = mlm.load_cake()
    gap = (cake["recipe"] == "B") & (cake["temperature"] == "205")
    formula = f"angle ~ {SUM} + (1 | recipe:replicate)"
    with pytest.warns(mlm.RankDeficiencyWarning):
        fit = mlm.lmer(formula, cake[~gap])
    with pytest.warns(mlm.CodingWarning, match="no row has .* type=2"):
        fit.anova(3)
    fit.anova(2)


@pytest.mark.filterwarnings("ignore::mlm.MlmWarning")
def test_drop1_takes_back_what_was_aliased():
    cake = mlm.load_cake()
    cake["x"] = (cake["recipe"] == "B") * 1.0
    nested = " + (1 | recipe:replicate)"
    fit = mlm.lmer(f"angle ~ recipe + x + temp{nested}", cake, reml=False)
    smaller = mlm.lmer(f"angle ~ x + temp{nested}", cake, reml=False)
    row = mlm.drop1(fit).loc["recipe"]
    assert row["npar"] == 1
    assert row["LRT"] == pytest.approx(smaller.criterion - fit.criterion, abs=1e-6)


@pytest.mark.parametrize("given", [{}, {"weights": "w"}, {"offset": "o"}])
@pytest.mark.parametrize("formula", ["y ~ x + f", "y ~ 0 + x"])
def test_r2_of_a_linear_model_is_statsmodels(formula, given):
    sm = pytest.importorskip("statsmodels.formula.api")
    rng = np.random.default_rng(1)
    data = pd.DataFrame(rng.normal(size=(50, 2)), columns=["x", "o"])
    data["f"], data["w"] = rng.choice(list("ab"), 50), rng.uniform(1, 3, 50)
    data["y"] = 2 + data["x"] + rng.normal(size=50) + data["o"]
    fit = mlm.lm(formula, data, **given)
    weights = data["w"] if "weights" in given else np.ones(50)
    if "offset" in given:
        data["y"] -= data["o"]
    theirs = sm.wls(formula, data, weights=weights).fit()
    np.testing.assert_allclose(fit.r2(), [theirs.rsquared, theirs.rsquared_adj])


def test_kenward_roger_is_no_summary_but_a_table():
    with pytest.raises(mlm.DataError, match=r"fit\.tidy\(ddf='kenward-roger'\)"):
        fits()["cake"].summary(ddf="kenward-roger")


@pytest.mark.parametrize("name", ["cake", "cbpp"])
def test_tables_print_whole(name):
    fit = fits()[name]
    for table in (fit.anova(2), fit.tidy(), mlm.drop1(fit.refit_ml()), fit.glance()):
        text = repr(table)
        assert "..." not in text
        assert all(str(column) in text.splitlines()[0] for column in table)
        assert type(table.iloc[:1]) is pd.DataFrame
    assert "nan" not in repr(fit.tidy()).lower()


def test_long_tables_print_their_ends():
    fit = fits()["sleep"]
    lines = repr(fit.predict(interval="new")).splitlines()
    assert len(lines) == 13
    assert lines[6].split() == ["..."] * 6
    assert lines[-1] == "180 rows"
    assert "a new observation" in lines[1]
    assert len(repr(fit.predict(fit.design.frame.head(60), se=True)).splitlines()) == 61


def test_only_p_values_are_printed_as_such():
    table = fits()["cbpp"].predict(se=True).head(3)
    table = Printed(table.assign(prediction=table["prediction"] * 1e-5))
    assert "<0.0001" not in repr(table)
    assert "<0.0001" in repr(Printed({"p": [1e-5], "Pr(>F)": [0.5]}))
