"""Printed blocks and tables: lme4's words and digits, and what each number is."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import mlm
from mlm.ground.text import (
    abbreviate,
    html_table,
    label_text,
    named_numbers,
    r_format,
)

# R 4.2.2, lme4 1.1-31: print(lmer(Reaction ~ Days + (Days | Subject), sleepstudy)),
# without the line of the data's name (Python does not know it) and blanks at line
# ends.  24.740 is 24.741 in lme4, whose default stop is 2e-4 off there.
PRINTED = """\
Linear mixed model fit by REML
Formula: Reaction ~ Days + (Days | Subject)
REML criterion at convergence: 1743.628
Random effects:
 Groups   Name        Std.Dev. Corr
 Subject  (Intercept) 24.740
          Days         5.922   0.07
 Residual             25.592
Number of obs: 180, groups:  Subject, 18
Fixed Effects:
(Intercept)         Days
     251.41        10.47"""

PRINTED_ML = """\
Linear mixed model fit by maximum likelihood
Formula: Reaction ~ Days + (1 | Subject)
      AIC       BIC    logLik  deviance  df.resid
1802.0786 1814.8505 -897.0393 1794.0786       176
Random effects:
 Groups   Name        Std.Dev.
 Subject  (Intercept) 36.01
 Residual             30.90
Number of obs: 180, groups:  Subject, 18
Fixed Effects:
(Intercept)         Days
     251.41        10.47"""

PRINTED_INDEPENDENT = """\
Random effects:
 Groups    Name        Std.Dev.
 Subject   (Intercept) 25.051
 Subject.1 Days         5.988
 Residual              25.565"""

# summary() of the first; 612.10 is 612.09 at the exact optimum.
SUMMARY = """\
REML criterion at convergence: 1743.6

Scaled residuals:
    Min      1Q  Median      3Q     Max
-3.9536 -0.4634  0.0231  0.4634  5.1793

Random effects:
 Groups   Name        Variance Std.Dev. Corr
 Subject  (Intercept) 612.09   24.740
          Days         35.07    5.922   0.07
 Residual             654.94   25.592
Number of obs: 180, groups:  Subject, 18

Fixed effects:
            Estimate Std. Error t value
(Intercept)  251.405      6.825  36.838
Days          10.467      1.546   6.771

Correlation of Fixed Effects:
     (Intr)
Days -0.138"""

SUMMARY_CAKE = """\
Scaled residuals:
     Min       1Q   Median       3Q      Max
-2.45774 -0.59124 -0.09339  0.61032  2.67205

Random effects:
 Groups           Name        Variance Std.Dev.
 recipe:replicate (Intercept) 41.80    6.465
 Residual                     20.71    4.551
Number of obs: 270, groups:  recipe:replicate, 45

Fixed effects:
            Estimate Std. Error t value
(Intercept)  1.51587    3.67895   0.412
temp         0.15803    0.01622   9.746
recipeB     -1.47778    2.45625  -0.602
recipeC     -1.52222    2.45625  -0.620

Correlation of Fixed Effects:
        (Intr) temp   recipB
temp    -0.882
recipeB -0.334  0.000
recipeC -0.334  0.000  0.500"""

VARCORR = """\
 Groups   Name        Std.Dev. Corr
 Subject  (Intercept) 24.7405
          Days         5.9221  0.066
 Residual             25.5918"""


def test_print_is_lme4s(sleep_fit):
    assert repr(sleep_fit) == PRINTED


def test_print_of_ml_is_lme4s(sleepstudy):
    fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", sleepstudy, reml=False)
    assert repr(fit) == PRINTED_ML


def test_print_of_independent_effects_is_lme4s(sleepstudy):
    fit = mlm.lmer("Reaction ~ Days + (Days || Subject)", sleepstudy)
    assert PRINTED_INDEPENDENT in repr(fit)
    assert list(fit.varcorr) == ["Subject", "Subject.1"]
    assert list(fit.ranef["Subject"].columns) == ["(Intercept)", "Days"]
    assert fit.condvar["Subject"].shape == (18, 2, 2)
    assert fit.ngroups == {"Subject": 18}


def test_summary_is_lme4s(sleep_fit):
    assert repr(sleep_fit.summary()).endswith(SUMMARY)


def test_large_numbers_keep_their_digits_as_in_lme4(sleepstudy):
    data = sleepstudy.assign(Reaction=sleepstudy["Reaction"] * 1e4)
    text = repr(mlm.lmer("Reaction ~ Days + (Days | Subject)", data).summary())
    assert "(Intercept)  2514051      68246  36.838\n" in text
    assert "Days          104673      15458   6.771\n" in text
    cake = mlm.lmer(
        "angle ~ temp + recipe + (1 | recipe:replicate)", mlm.load_cake()
    ).summary()
    assert repr(cake).endswith(SUMMARY_CAKE)


def test_a_model_needs_no_fixed_effects(sleepstudy):
    fit = mlm.lmer("Reaction ~ 0 + (1 | Subject)", sleepstudy)
    assert repr(fit).endswith("No fixed effect coefficients")  # lme4's words
    assert "Fixed" not in repr(fit.summary())
    assert fit.leverage.between(0, 1).all()
    with pytest.raises(mlm.DataError, match="this model has none"):
        fit.cooks_distance  # noqa: B018


def test_varcorr_prints_as_in_lme4(sleep_fit):
    assert repr(sleep_fit.varcorr) == VARCORR


def test_summary_of_lm(sleepstudy):
    text = repr(mlm.lm("Reaction ~ Days", sleepstudy).summary())
    # R: summary(lm(Reaction ~ Days, sleepstudy))
    assert "Residual standard error: 47.71 on 178 degrees of freedom" in text
    assert "(Intercept)  251.405      6.610  38.033" in text
    assert "Days          10.467      1.238   8.454" in text


@pytest.mark.parametrize(
    "what", [lambda f: f, lambda f: f.varcorr, lambda f: f.summary()]
)
def test_html_tables_are_accessible(sleep_fit, what):
    page = what(sleep_fit)._repr_html_()
    assert page.count("<table") == page.count("<caption>") > 0
    assert page.count("<th") == page.count('scope="') + page.count("<thead")
    assert "></th>" not in page, "a header without words"
    assert "25.59" in page


def test_fitted_values_and_coefficients_by_hand(sleep_fit):
    fit, design = sleep_fit, sleep_fit.design
    by_hand = design.X @ fit.fixef + design.Z @ fit.ranef["Subject"].to_numpy().ravel()
    np.testing.assert_allclose(fit.fitted, by_hand)
    np.testing.assert_allclose(fit.coef["Subject"], fit.ranef["Subject"] + fit.fixef)
    assert (fit.nobs, fit.n_parameters, fit.reml) == (180, 6, True)


@pytest.mark.slow
def test_coef_without_the_fixed_effect(sleepstudy):
    fit = mlm.lmer("Reaction ~ 1 + (Days | Subject)", sleepstudy)
    table = fit.coef["Subject"]
    assert list(table.columns) == ["(Intercept)", "Days"]
    np.testing.assert_allclose(table["Days"], fit.ranef["Subject"]["Days"])
    fit = mlm.lmer("Reaction ~ Days + (1 | Subject)", sleepstudy)
    np.testing.assert_allclose(fit.coef["Subject"]["Days"], fit.fixef["Days"])
    fit = mlm.lmer("Reaction ~ Days + (0 + Days | Subject)", sleepstudy)
    assert list(fit.coef["Subject"].columns) == ["(Intercept)", "Days"]  # as in lme4


@pytest.mark.slow
def test_modes_sum_to_zero_where_the_effect_is_fixed_too(sleep_fit, sleepstudy):
    """The column means are 0, and are not if Days is only random."""
    np.testing.assert_allclose(sleep_fit.ranef["Subject"].mean(), 0, atol=1e-9)
    only_random = mlm.lmer("Reaction ~ 1 + (Days | Subject)", sleepstudy)
    assert only_random.ranef["Subject"]["Days"].mean() == pytest.approx(9.914, abs=5e-4)


def test_em_identity_at_the_ml_optimum(sleepstudy):
    """Σ̂₁ = mean of b bᵀ + Var(b | y): why modes vary less than random effects."""
    fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", sleepstudy, reml=False)
    modes = fit.ranef["Subject"].to_numpy()
    mean = (modes[:, :, None] * modes[:, None] + fit.condvar["Subject"]).mean(axis=0)
    np.testing.assert_allclose(mean, fit.varcorr["Subject"], rtol=1e-5)


def test_results_are_frozen(sleep_fit):
    with pytest.raises(dataclasses.FrozenInstanceError):
        sleep_fit.design = None


@pytest.mark.parametrize(
    ("values", "digits", "texts"),
    [
        # R: format(c(...), digits = d)
        ([24.74045, 5.92213, 25.59182], 4, ["24.740", " 5.922", "25.592"]),
        ([36.0121, 30.8954], 4, ["36.01", "30.90"]),
        ([251.4051, 10.46729], 4, ["251.41", " 10.47"]),
        ([0.0, 3.715684], 4, ["0.000", "3.716"]),
        ([100.0, 200.0], 4, ["100", "200"]),
        ([1e5, 0.5], 3, ["1e+05", "5e-01"]),
        ([0.001, 0.002], 4, ["0.001", "0.002"]),
        ([10000.0], 4, ["10000"]),
        ([123456.0], 4, ["123456"]),
        (
            [0.6030817, 0.0008093, 20.6175377],
            4,
            ["6.031e-01", "8.093e-04", "2.062e+01"],
        ),
        ([-1.5e-10, 2.0], 4, ["-1.5e-10", " 2.0e+00"]),
    ],
)
def test_numbers_are_formatted_as_in_R(values, digits, texts):
    assert r_format(values, digits) == texts


def test_rounding_errors_do_not_decide():
    assert r_format([np.nextafter(1527.5, 0)], 4) == r_format([1527.5], 4) == ["1528"]


def test_names_are_abbreviated_as_in_R():
    names = ["(Intercept)", "temp:recipeB", "I(Days * Days)", "TypeMississippi"]
    names += ["poly(age, 3)1", "poly(age, 3)2", "service1", "Days"]
    # R: abbreviate(names, 6), abbreviate(names, 11)
    six = ["(Intr)", "tmp:rB", "I(D*D)", "TypMss", "p(,3)1", "p(,3)2", "servc1", "Days"]
    eleven = ["(Intercept)", "temp:recipB", "I(Days*Dys)", "TypeMsssspp"]
    eleven += ["poly(ag,3)1", "poly(ag,3)2", "service1", "Days"]
    assert abbreviate(names, 6) == six
    assert abbreviate(names, 11) == eleven
    # R: abbreviate(c("abcdef1x", "abcdef2x", "Days"), 3)
    assert abbreviate(["abcdef1x", "abcdef2x", "Days"], 3) == ["ab1", "ab2", "Dys"]
    # R: abbreviate(c("abcdefgx", "abcdeegx"), 3)
    assert abbreviate(["abcdefgx", "abcdeegx"], 3) == ["abcdf", "abcdg"]


def test_correlations_of_many_fixed_effects_are_left_out(sleepstudy):
    x = np.random.default_rng(3).normal(size=(180, 20))
    data = sleepstudy.join(pd.DataFrame(x).add_prefix("x"))
    fixed = " + ".join(data.columns[3:])
    summary = mlm.lmer(f"Reaction ~ {fixed} + (1 | Subject)", data).summary()
    assert "Correlation of Fixed Effects: not shown" in repr(summary)
    assert summary.correlation.shape == (21, 21)
    fixed = " + ".join(data.columns[3:-1])  # lme4 leaves them out beyond 20
    summary = mlm.lmer(f"Reaction ~ {fixed} + (1 | Subject)", data).summary()
    assert "not shown" not in repr(summary)
    assert summary.correlation.shape == (20, 20)


@pytest.mark.parametrize("kind", [int, float, np.int8, np.float32, np.float64])
def test_labels_that_are_whole_numbers_have_no_decimals(kind):
    assert label_text(kind(2)) == "2"
    labels = np.array([1, 2, 4] * 20, dtype=kind)
    data = pd.DataFrame({"f": pd.Categorical(labels), "y": np.sin(range(60))})
    # R: colnames(model.matrix(~ f, data.frame(f = factor(c(1, 2, 4)))))
    assert list(mlm.lm("y ~ f", data).fixef.index) == ["(Intercept)", "f2", "f4"]


def test_long_vectors_wrap():
    names = [f"x{i}" for i in range(30)]
    lines = named_numbers(names, ["1.00"] * 30).splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) == 6


def test_html_is_escaped():
    assert "<script>" not in html_table("<script>", ["<script>"], [["<script>"]])
