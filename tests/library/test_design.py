"""Design matrices: shapes, order and names as lme4 has them; missing values; rank."""

import numpy as np
import pandas as pd
import pytest
from conftest import reference_data, reference_design, reference_fits, to_python

import mlm


@pytest.mark.parametrize("record", reference_fits())
def test_matrices_are_those_of_lme4(record):
    design = reference_design(record)
    names = [
        to_python(name).replace("**", " ** ") for name in np.atleast_1d(record["X"])
    ]
    assert list(design.fixed_names) == names
    assert design.Z.shape == tuple(record["Z"]["shape"])
    if record["Z"]["columns"]:
        levels = [str(level) for level, _ in design.random_names]
        assert levels == record["Z"]["columns"]
        np.testing.assert_allclose(design.Z.sum(axis=0), record["Z"]["column_sums"])


def test_Z_is_X_cut_by_subject(sleepstudy):
    design = mlm.design_matrices("Reaction ~ Days + (Days | Subject)", sleepstudy)
    stacked = np.kron(np.ones((18, 1)), np.eye(2))
    np.testing.assert_array_equal(design.Z @ stacked, design.X)
    assert design.Z.nnz == 342, "day 0 is a zero, and zeros are not stored"


def test_effects_that_stand_there_twice_are_computed_once(sleepstudy):
    formula = "Reaction ~ Days + (Days | Subject) + (1 | Subject) + (1 | Days)"
    design = mlm.design_matrices(formula, sleepstudy)
    columns = {id(term.effects): term.columns for term in design.terms}
    assert columns.pop(id(design.fixed)) == ("(Intercept)", "Days")
    assert list(columns.values()) == [("(Intercept)",)]


def test_shapes_and_names(sleepstudy):
    design = mlm.design_matrices("Reaction ~ Days + (Days | Subject)", sleepstudy)
    (term,) = design.terms
    assert (design.n, design.p, design.q) == (180, 2, 36)
    assert design.y.shape == (180,)
    assert design.X.shape == (180, 2)
    assert design.Z.shape == (180, 36)
    assert (term.k, term.J) == (2, 18)
    assert design.random_names[:3] == [
        ("308", "(Intercept)"),
        ("308", "Days"),
        ("309", "(Intercept)"),
    ]
    assert "180 × 36" in repr(design)


def test_categories_are_coded_and_named_as_in_R(sleepstudy):
    design = mlm.design_matrices("Reaction ~ Subject", sleepstudy)
    assert design.fixed_names[:3] == (
        "(Intercept)",
        "Subject309",
        "Subject310",
    )
    design = mlm.design_matrices("Reaction ~ 0 + Subject", sleepstudy)
    assert design.fixed_names[:2] == ("Subject308", "Subject309")


def test_text_is_sorted_and_categoricals_keep_their_order():
    data = pd.DataFrame({"y": [1.0, 2, 4, 3, 5, 7], "g": list("cabcab")})
    design = mlm.design_matrices("y ~ (1 | g)", data)
    assert list(design.terms[0].levels) == ["a", "b", "c"]
    data["g"] = pd.Categorical(data["g"], categories=["c", "b", "a", "unused"])
    design = mlm.design_matrices("y ~ (1 | g)", data)
    assert list(design.terms[0].levels) == ["c", "b", "a"]
    assert mlm.design_matrices("y ~ g", data).fixed_names == ("(Intercept)", "gb", "ga")


def test_missing_rows_are_dropped_and_counted(sleepstudy):
    data = sleepstudy.astype({"Days": float})
    data.loc[[3, 4], "Reaction"] = np.nan
    data.loc[[4, 9], "Days"] = np.nan
    data.loc[20, "Subject"] = None
    before = data.copy()
    with pytest.warns(mlm.MissingValuesWarning) as caught:
        design = mlm.design_matrices("Reaction ~ Days + (1 | Subject)", data)
    message = str(caught[0].message)
    assert "4 of 180 rows" in message
    assert "'Reaction' (2), 'Days' (2), 'Subject' (1)" in message
    assert caught[0].filename == __file__, "the warning points at the caller"
    with pytest.warns(mlm.MissingValuesWarning) as caught:
        mlm.lmer("Reaction ~ Days + (1 | Subject)", data)
    assert caught[0].filename == __file__, "also from deeper down"
    assert list(design.index) == [i for i in range(180) if i not in (3, 4, 9, 20)]
    pd.testing.assert_frame_equal(data, before)
    with pytest.raises(mlm.DataError, match="4 of 180 rows"):
        mlm.design_matrices("Reaction ~ Days + (1 | Subject)", data, na_action="raise")


def test_missing_values_elsewhere_do_not_matter(sleepstudy):
    design = mlm.design_matrices("Reaction ~ Days", sleepstudy.assign(other=np.nan))
    assert design.n == 180


def test_repeated_columns_of_X_are_dropped_and_named(sleepstudy):
    data = sleepstudy.assign(hours=lambda d: 24 * d["Days"])
    with pytest.warns(mlm.RankDeficiencyWarning, match="'hours'"):
        design = mlm.design_matrices("Reaction ~ Days + hours", data)
    assert design.fixed_names == ("(Intercept)", "Days")
    assert np.linalg.matrix_rank(design.X) == design.p


def test_terms_stand_in_lme4s_order():
    data = reference_data("penicillin")
    for formula in (
        "diameter ~ (1 | plate) + (1 | sample)",
        "diameter ~ (1 | sample) + (1 | plate)",
    ):
        design = mlm.design_matrices(formula, data)
        assert [term.name for term in design.terms] == ["plate", "sample"]


def test_rank_is_that_of_nearly_collinear_columns():
    """What e adds to b is too little to count, and f is a sum of b, a, d and c."""
    rng = np.random.default_rng(1)
    one, two, three, four = np.linalg.qr(rng.normal(size=(60, 4)))[0].T
    b = one + two / 10
    columns = {"b": b, "e": b + 1e-8 * one, "a": one}
    columns["d"] = two + 1e-6 * (one + four)
    columns["c"] = b + two / 100 + 1e-6 * three
    columns["f"] = three + two / 10
    data = pd.DataFrame(columns | {"y": rng.normal(size=60)})
    with (
        pytest.warns(mlm.RankDeficiencyWarning, match="dropped 'e', 'f', which"),
        pytest.warns(mlm.IllConditionedWarning),
    ):
        design = mlm.design_matrices("y ~ 0 + b + e + a + d + c + f", data)
    assert design.fixed_names == ("b", "a", "d", "c")


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_rank_and_condition_do_not_depend_on_units(sleepstudy, unit):
    data = sleepstudy.assign(x=sleepstudy["Days"] * unit)
    assert mlm.design_matrices("Reaction ~ x", data).p == 2  # and nothing is warned of
    data["twice"], data["square"] = 2 * data["x"], data["x"] ** 2 / unit
    with pytest.warns(mlm.RankDeficiencyWarning, match="dropped 'twice'"):
        design = mlm.design_matrices("Reaction ~ x + twice + square", data)
    assert design.fixed_names == ("(Intercept)", "x", "square")
