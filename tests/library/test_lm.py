"""Linear models against R and statsmodels, and beside mixed models."""

import numpy as np
import pytest
from conftest import REFERENCE, reference_data

import mlm

# Formulas that mean the same to mlm and to statsmodels.
FORMULAS = [
    "Reaction ~ Days",
    "Reaction ~ Days + I(Days**2)",
    "Reaction ~ Days * Subject",
    "np.log(Reaction) ~ 0 + Subject + Days",
]


@pytest.fixture(scope="module")
def smf():
    """Formulas of statsmodels, imported where these tests run: it takes a while."""
    import statsmodels.formula.api as smf

    return smf


def test_lm_is_Rs(sleepstudy):
    fit = mlm.lm("Reaction ~ Days", sleepstudy)
    reference = REFERENCE["lm"]
    np.testing.assert_allclose(fit.fixef, list(reference["fixef"].values()), rtol=1e-10)
    np.testing.assert_allclose(fit.se, list(reference["se"].values()), rtol=1e-10)
    assert fit.sigma == pytest.approx(reference["sigma"], rel=1e-10)
    assert fit.criterion == pytest.approx(reference["deviance"], abs=1e-8)
    assert fit.aic == pytest.approx(reference["aic"], abs=1e-8)
    assert fit.bic == pytest.approx(reference["bic"], abs=1e-8)
    np.testing.assert_allclose(fit.fitted + fit.resid, sleepstudy["Reaction"])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("formula", FORMULAS)
def test_lm_is_statsmodels(formula, weighted, smf):
    data = reference_data("weighted")
    if weighted:
        theirs = smf.wls(formula, data, weights=data["w"]).fit()
        ours = mlm.lm(formula, data, weights="w")
    else:
        theirs, ours = smf.ols(formula, data).fit(), mlm.lm(formula, data)
    # Columns may stand in another order: compare by value of the coefficient.
    order, their_order = np.argsort(ours.fixef), np.argsort(theirs.params)
    np.testing.assert_allclose(
        ours.fixef.iloc[order], theirs.params.iloc[their_order], rtol=1e-7
    )
    np.testing.assert_allclose(
        ours.se.iloc[order], theirs.bse.iloc[their_order], rtol=1e-7
    )
    assert ours.sigma == pytest.approx(np.sqrt(theirs.scale), rel=1e-9)
    assert ours.loglik == pytest.approx(theirs.llf, abs=1e-6)
    np.testing.assert_allclose(ours.fitted, theirs.fittedvalues, rtol=1e-8)
    np.testing.assert_allclose(ours.residuals("pearson"), theirs.wresid, atol=1e-8)
    table = ours.summary(ddf="satterthwaite").to_frame()
    np.testing.assert_allclose(
        table["Pr(>|t|)"].iloc[order], theirs.pvalues.iloc[their_order], rtol=1e-6
    )
    assert (table["df"] == theirs.df_resid).all()


def test_influence_is_statsmodels(sleepstudy, smf):
    ours = mlm.lm("Reaction ~ Days", sleepstudy)
    theirs = smf.ols("Reaction ~ Days", sleepstudy).fit().get_influence()
    np.testing.assert_allclose(ours.leverage, theirs.hat_matrix_diag)
    np.testing.assert_allclose(ours.cooks_distance, theirs.cooks_distance[0])
    np.testing.assert_allclose(
        ours.residuals("studentised"), theirs.resid_studentized_internal
    )


def test_marginal_residuals_are_less_the_offset(sleepstudy):
    known = 4 * sleepstudy["Days"]
    ours = mlm.lm("Reaction ~ Days", sleepstudy, offset=known)
    plain = mlm.lm("Reaction ~ Days", sleepstudy)
    for kind in ("response", "marginal"):
        np.testing.assert_allclose(ours.residuals(kind), plain.resid)


@pytest.mark.parametrize(
    "formula",
    [
        "Reaction ~ Days + offset(2 * Days) + offset(np.log(o))",
        "Reaction ~ offset(2 * Days) + Days + offset(np.log(o))",
        "Reaction ~ offset (2*Days + log(o)) + 1 + Days",
        "Reaction ~ Days + offset(log(o))",
    ],
)
@pytest.mark.parametrize("random", ["", " + (Days | Subject)"])
def test_an_offset_in_a_formula_is_that_of_the_argument(sleepstudy, formula, random):
    """Also for new rows, where an array would not be known."""
    data = sleepstudy.assign(o=np.arange(180) % 7 + 1.0, two=2 * sleepstudy["Days"])
    data["known"] = data["two"] + np.log(data["o"])
    fit_by = mlm.lmer if random else mlm.lm
    given = {} if "2" in formula else {"offset": "two"}
    fit = fit_by(formula + random, data, **given)
    known = fit_by("Reaction ~ Days" + random, data, offset="known")
    np.testing.assert_allclose(fit.fixef, known.fixef, rtol=1e-12)
    np.testing.assert_allclose(fit.design.offset, data["known"], rtol=1e-14)
    new = data.iloc[5:9].assign(o=[3.0, 4, np.nan, 5]).drop(columns="Reaction")
    new["known"] = new["two"] + np.log(new["o"])
    np.testing.assert_allclose(fit.predict(new), known.predict(new), rtol=1e-12)
    np.testing.assert_allclose(fit.predict(), known.predict(), rtol=1e-12)


def test_what_an_offset_learned_it_keeps(sleepstudy):
    fit = mlm.lm("Reaction ~ Days + offset(center(Days))", sleepstudy)
    new = sleepstudy.query("Days > 6")
    np.testing.assert_allclose(fit.predict(new), fit.predict()[new.index], rtol=1e-12)


def test_an_offset_names_a_row_that_lacks_it(sleepstudy):
    data = sleepstudy.assign(o=1.0)
    data.loc[3, "o"] = np.nan
    with pytest.warns(mlm.MissingValuesWarning, match=r"'o' \(1\)"):
        fit = mlm.lm("Reaction ~ Days + offset(o)", data)
    assert fit.nobs == 179
