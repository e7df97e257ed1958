"""The door for data: whatever a column's type, it is what it says, or it is refused."""

import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import WEEKLY, in_turn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mlm
from mlm.demonstrations.held_out import held_out_errors


def by_rule(n=48):
    """Data typed by rule, so that R can make the same."""
    i = np.arange(n)
    data = pd.DataFrame(
        {
            "g": [f"s{j}" for j in i % 8],
            "x": (i * 7) % 11 / 4,
            "b": (i * 5) % 7 > 2,
            "k": (i * 3) % 4,
            "h": [f"h{j}" for j in (i // 8) % 3],
        }
    )
    y = 1 + 0.7 * data["x"] + 1.3 * data["b"] + 0.4 * data["k"]
    return data.assign(y=y + ((i % 8) * 2.1) % 3 + np.sin(i * 1.7))


def fit(formula, data, **arguments):
    """A fit that warns of nothing but a variance of 0: also not for pandas."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", mlm.SingularFitWarning)
        return mlm.lmer(formula, data, **arguments)


# By lme4 1.1-31, with its optimiser at a tolerance of 1e-10.
LME4 = {
    "y ~ 0 + b + (1|g)": (
        {"bFalse": 3.963979, "bTrue": 5.027233},
        137.921883,
    ),
    "y ~ b*x + (1|g)": (
        {"(Intercept)": 3.375829, "bTrue": 1.097285, "x": 0.407199, "bTrue:x": 0.08895},
        132.618060,
    ),
    "y ~ b:x + (1|g)": (
        {"(Intercept)": 4.071407, "bFalse:x": 0.020981, "bTrue:x": 0.750847},
        138.508676,
    ),
    "y ~ 0 + b:x + (1|g)": (
        {"bFalse:x": 0.035168, "bTrue:x": 0.751282},
        159.530649,
    ),
    "y ~ I(x > 1) + (1|g)": (
        {"(Intercept)": 4.127341, "I(x > 1)True": 0.843451},
        147.508028,
    ),
    "y ~ I(b + (x > 1)) + (1|g)": (
        {"(Intercept)": 3.440336, "I(b + (x > 1))": 1.016777},
        128.660078,
    ),
    "y ~ 0 + I(x > 1) + b + (1|g)": (
        {"I(x > 1)False": 3.461489, "I(x > 1)True": 4.335046, "bTrue": 1.113505},
        128.526289,
    ),
    "y ~ C(k)*b + (1|g)": (
        {
            "(Intercept)": 3.102863,
            "C(k)1": 0.887029,
            "C(k)2": 0.772565,
            "C(k)3": 1.723254,
            "bTrue": 1.154697,
            "C(k)1:bTrue": -0.075422,
            "C(k)2:bTrue": -0.514964,
            "C(k)3:bTrue": 0.256683,
        },
        125.055217,
    ),
    "y ~ x + (1|g:k)": ({"(Intercept)": 4.211960, "x": 0.297800}, 152.491774),
}


@pytest.mark.parametrize("formula", LME4)
def test_truth_and_levels_are_coded_as_by_lme4(formula):
    effects, criterion = LME4[formula]
    found = fit(formula, by_rule())
    assert found.criterion == pytest.approx(criterion, abs=2e-6)
    ours = found.fixef
    assert sorted(ours.index) == sorted(effects)
    np.testing.assert_allclose(ours[list(effects)], list(effects.values()), atol=2e-5)


TEXT = ["object", "string[python]", "string[pyarrow]", "category", "arrow"]
WHOLE = ["int8", "uint8", "int32", "uint64", "Int16", "Int64", "float64", "Float32"]
WHOLE += ["int64[pyarrow]", "double[pyarrow]"]
TRUE = ["bool", "boolean", "object", "bool[pyarrow]"]
# Each changed column in every place where it means something else.
EVERYWHERE = "y ~ x*h + b + C(k) + I(k**3 * x) + (1 | g) + (1 | h:k)"


def changed(data, text, whole, true, index):
    """The same data in other types, and with other labels of the rows."""
    if text == "arrow":
        text = pd.ArrowDtype(pytest.importorskip("pyarrow").string())
    types = {"g": text, "h": text, "k": whole, "b": true}
    return data.astype(types).set_axis(index)


@settings(
    max_examples=25 if WEEKLY else 8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(*map(st.sampled_from, (TEXT, TEXT, WHOLE, WHOLE, TRUE, TRUE)), st.randoms())
@pytest.mark.slow
def test_types_change_nothing(text, text2, whole, whole2, true, true2, random):
    plain = by_rule()
    rows = random.sample(range(1000), len(plain))
    data = changed(plain, text, whole, true, rows)
    right, ours = fit(EVERYWHERE, plain), fit(EVERYWHERE, data)
    assert ours.criterion == pytest.approx(right.criterion, abs=1e-7)
    assert list(ours.fixef.index) == list(right.fixef.index)
    assert list(ours.ranef["h:k"].index) == list(right.ranef["h:k"].index)
    # New data in other types again, and in another order.
    order = random.sample(range(len(plain)), len(plain))
    new = changed(plain, text2, whole2, true2, rows).iloc[order]
    predicted = ours.predict(new)
    assert predicted.index.equals(new.index)
    np.testing.assert_allclose(predicted, right.fitted.to_numpy()[order], atol=1e-5)


@pytest.mark.filterwarnings("ignore::mlm.RankDeficiencyWarning")
@pytest.mark.filterwarnings("ignore::mlm.IllConditionedWarning")
@pytest.mark.parametrize("narrow", ["int8", "uint8", "int32", "int64", "uint64"])
def test_integers_do_not_overflow(narrow):
    """In products, powers and functions; in fitted, new and planned data."""
    largest = np.iinfo(narrow).max
    steps = largest // np.array([5, 3, 2, 1]) if largest < 2**40 else 2**40 + np.ones(4)
    data = by_rule().assign(k=np.tile(steps, 12).astype(narrow))
    floats = data.assign(k=data["k"].astype(float))
    for formula in ("y ~ I(k**3)", "y ~ k:k2", "y ~ x*k*k2", "y ~ np.square(k)"):
        narrow_, wide = (d.assign(k2=d["k"].iloc[::-1].array) for d in (data, floats))
        ours, right = (mlm.design_matrices(formula, d) for d in (narrow_, wide))
        np.testing.assert_array_equal(ours.fixed.values, right.fixed.values)
        planned = mlm.planned_design(formula, narrow_)
        np.testing.assert_array_equal(planned.fixed.values, right.fixed.values)
    # Fitted as floats, where nothing can overflow; new data as they are.
    right = mlm.lm("y ~ I((k / 7)**2)", floats)
    np.testing.assert_allclose(right.predict(data), right.fitted, rtol=1e-9)


NEW = {
    # what was fitted: type of the new column, and words of the refusal
    "number, text": ("x", lambda d: d["x"].astype(str), "numbers.*but text"),
    "number, true": ("x", lambda d: d["x"] > 1, "numbers.*but True and False"),
    "number, category": ("x", lambda d: d["x"].astype("category"), "numbers.*but"),
    "number, date": ("x", lambda d: pd.to_datetime("2026-01-01"), "but datetime64"),
    "number, duration": ("x", lambda d: pd.Timedelta(1, "D"), "but timedelta64"),
    "number, complex": ("x", lambda d: d["x"] * 1j, "but complex128"),
    "number, objects": ("x", lambda d: d["x"].astype(object), "values of dtype object"),
    "number, mixed": ("x", lambda d: [1, "a"] * 48, "mixed-integer values"),
    "true, number": ("b", lambda d: d["b"].astype(int), "True and False.*but numbers"),
    "true, text": ("b", lambda d: d["b"].astype(str), "True and False.*but text"),
    "text, number": ("h", lambda d: 1, "text.*but numbers"),
    "text, true": ("h", lambda d: True, "text.*but True and False"),
    "unseen text": ("h", lambda d: "h9", "'h' has 'h9', which the fitted"),
    "unseen C(number)": ("k", lambda d: d["k"] + 1, r"C\(k\)'? has 4, which"),
    "group: number as text": ("w", lambda d: d["w"].astype(str), "numbers.*but text"),
    "group: text as number": ("g", lambda d: 3, "text.*but numbers"),
    "group: new": ("g", lambda d: "s9", "groups that were not fitted: .*s9"),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "random"), in_turn([(case,) for case in NEW], ["(C(k) | g)", "(1 | g:w)"])
)
def test_a_changed_type_or_an_unseen_level_is_refused(case, random):
    name, new, words = NEW[case]
    data = by_rule(96).assign(w=lambda d: (d.index // 8) % 3)
    found = fit(f"y ~ x*h + b*C(k) + {random} + (1 | w)", data)
    with pytest.raises(mlm.MlmError, match=f"(?s){words}"):
        found.predict(data.assign(**{name: new}))


@pytest.mark.parametrize(
    "formula", ["y ~ C(k)", "y ~ x:C(k)", "y ~ C(k > 0)*h + x", "y ~ C(np.floor(x))"]
)
def test_unseen_levels_of_what_is_computed(formula):
    data = by_rule().query("k < 3 and x < 2")
    found = mlm.lm(formula, data)
    if "k > 0" not in formula:  # of which both levels were there
        with pytest.raises(mlm.DataError, match=r"has [23].*, which"):
            found.predict(data.assign(k=3, x=2.5))
    some = data.iloc[[4]]
    np.testing.assert_allclose(found.predict(some), found.fitted.iloc[[4]])


def test_levels_left_out_of_C_are_refused():
    with pytest.raises(mlm.MlmError, match="levels"):
        mlm.lm("y ~ C(h, levels=['h0', 'h1'])", by_rule())


@pytest.mark.parametrize("kind", ["float64", "Float64", "double[pyarrow]", "Int64"])
def test_missing_in_new_data_is_a_missing_prediction(kind):
    data = by_rule().assign(x=lambda d: (4 * d["x"]).round())
    found = fit("y ~ x + I(x**2) + C(k) + (1 | g:k)", data)
    for name in ("x", "k"):
        new = data.astype({name: kind})
        new[name] = new[name].mask(new.index == 5)
        predicted = found.predict(new)
        assert predicted.index[predicted.isna()].tolist() == [5]
    assert found.predict(data.assign(g=None)).isna().all()
    assert found.predict(data.iloc[:0]).empty


def test_missing_is_also_what_pandas_does_not_call_so():
    """Nullable and arrow's columns tell NA from NaN."""
    data = by_rule()
    for kind in ("Float64", "double[pyarrow]"):
        x = data["x"].astype(kind)
        with pytest.warns(mlm.MissingValuesWarning, match=r"'x' \("):
            found = mlm.lm("y ~ x", data.assign(x=x * x / x))
        assert found.nobs == (data["x"] != 0).sum()


# Groups


def test_numbers_are_one_group_however_they_are_written():
    data = by_rule()
    for random in ("(1 | k)", "(1 | g:k)", "(1 | k:h)"):
        found = fit(f"y ~ x + {random}", data)
        for k in (data["k"].astype(float), data["k"].astype(object)):
            new = data.assign(k=k)
            for allow in (False, True):
                predicted = found.predict(new, allow_new_levels=allow)
                np.testing.assert_allclose(predicted, found.fitted)
            again = fit(f"y ~ x + {random}", new)
            for group, table in found.ranef.items():
                assert list(again.ranef[group].index) == list(table.index)


def test_text_is_no_number_even_if_new_groups_are_allowed():
    found = fit("y ~ x + (1 | k)", by_rule())
    with pytest.raises(mlm.DataError, match=r"'k' holds numbers.*but text"):
        found.predict(by_rule().astype({"k": str}), allow_new_levels=True)


def test_labels_with_colons_stay_different_groups():
    """("a:b", "c") and ("a", "b:c") are two groups; joined they are one text."""
    i = np.arange(60)
    left = np.array(["a:b", "a", "a:b", "u"])[i % 4]
    right = np.array(["c", "b:c", "d", "c"])[i % 4]
    y = np.array([0.0, 9.0, 2.0, 5.0])[i % 4] + np.sin(i * 1.7)
    data = pd.DataFrame({"p": left, "q": right, "y": y, "code": i % 4})
    with pytest.warns(mlm.AmbiguousLabelsWarning, match="'p:q' have the label 'a:b:c'"):
        found = mlm.lmer("y ~ 1 + (1 | p:q)", data)
    right = mlm.lmer("y ~ 1 + (1 | code)", data)
    assert found.criterion == pytest.approx(right.criterion, abs=1e-9)
    assert sorted(found.ranef["p:q"].index) == ["a:b:c", "a:b:c.1", "a:b:d", "u:c"]
    np.testing.assert_allclose(found.predict(data), right.fitted)
    np.testing.assert_allclose(found.refit(data["y"]).fitted, right.fitted)
    with pytest.raises(mlm.DataError, match=r"not fitted: \('a', 'd'\)"):
        found.predict(pd.DataFrame({"p": ["a"], "q": ["d"]}))


@pytest.mark.parametrize("parts", [("g",), ("g", "h"), ("h", "k", "g"), ("k", "b")])
def test_groups_are_the_combinations_that_occur(parts):
    data = by_rule().sample(frac=1, random_state=2)
    found = mlm.design_matrices(f"y ~ 1 + (1 | {':'.join(parts)})", data).terms[0]
    rows = list(data[list(parts)].itertuples(index=False, name=None))
    in_order = sorted(set(rows))
    assert found.codes.tolist() == [in_order.index(row) for row in rows]
    assert list(found.levels) == [":".join(map(str, row)) for row in in_order]


def test_labels_of_two_types_are_refused():
    data = by_rule().assign(m=[1, "1", 2, "b"] * 12)
    with pytest.raises(mlm.FormulaError, match="several types, int and str"):
        mlm.lmer("y ~ 1 + (1 | m)", data)


# Names


COLLIDING = {
    "level and column": ("y ~ h + hh1", {"hh1": 1.5}, "would be called 'hh1'"),
    "called sigma": ("y ~ sigma", {"sigma": 1.5}, "'sigma' has the name"),
    "level makes sigma": ("y ~ si", {"si": ["gma", "a"] * 24}, "'sigma' has the name"),
    "called (Intercept)": (
        "y ~ `(Intercept)`",
        {"(Intercept)": 1.5},
        r"would be called '\(Intercept\)'",
    ),
    "called (weights)": ("y ~ `(weights)`", {"(weights)": 1.5}, "meaning of its own"),
    "called (offset)": ("y ~ `(offset)`", {"(offset)": 1.5}, "meaning of its own"),
    "two levels alike": (
        "y ~ m",
        {"m": pd.Categorical(["1", 1, 2, 2] * 12)},
        "two levels of .m. are written .1.",
    ),
}


@pytest.mark.parametrize("case", COLLIDING)
@pytest.mark.parametrize("random", ["", " + (1 | g)"])
def test_one_name_for_two_things_is_refused(case, random):
    formula, columns, words = COLLIDING[case]
    scale = np.linspace(0, 1, 48)
    columns = {k: scale * v if isinstance(v, float) else v for k, v in columns.items()}
    model = mlm.lmer if random else mlm.lm
    with pytest.raises(mlm.MlmError, match=words):
        model(formula + random, by_rule().assign(**columns))


def test_a_column_called_Intercept_is_a_column():
    data = by_rule()
    for formula in ("y ~ x + h", "y ~ x*h", "y ~ 0 + x + h", "y ~ x:h"):
        right = mlm.lm(formula, data)
        renamed = data.rename(columns={"x": "Intercept"})
        ours = mlm.lm(formula.replace("x", "Intercept"), renamed)
        np.testing.assert_allclose(ours.fixef, right.fixef)
        names = [name.replace("x", "Intercept") for name in right.fixef.index]
        assert list(ours.fixef.index) == names


def test_a_product_of_two_columns_of_one_name_is_a_product():
    """Level "x" of f makes "fx", which is also the name of a column."""
    data = by_rule().assign(f=lambda d: np.where(d["b"], "x", "a"), fx=lambda d: d["k"])
    found = mlm.lm("y ~ x + f:fx", data)
    right = mlm.lm("y ~ x + f:k", data)
    np.testing.assert_allclose(found.fitted, right.fitted)
    assert list(found.fixef.index) == ["(Intercept)", "x", "fa:fx", "fx:fx"]


@pytest.mark.slow
def test_names_of_parameters_are_lme4s_where_they_can_be():
    """By lme4: names of confint(m, oldNames = FALSE), and grp of VarCorr."""
    data = mlm.load_sleepstudy()
    apart = fit("Reaction ~ Days + (Days || Subject)", data)
    sizes = ["sd_(Intercept)|Subject", "sd_Days|Subject", "sigma"]
    assert apart.to_frame().index[:3].tolist() == sizes
    assert apart.confint("wald").index[:3].tolist() == sizes
    assert list(apart.varcorr) == ["Subject", "Subject.1"]
    clash = fit("Reaction ~ Days + (1 | Subject) + (Days | Subject)", data)
    names = ["sd_(Intercept)|Subject", "sd_(Intercept)|Subject.1"]
    names += ["cor_Days.(Intercept)|Subject.1", "sd_Days|Subject.1", "sigma"]
    assert clash.to_frame().index[:5].tolist() == names
    named = data.assign(**{"Subject.1": data["Days"] // 4})
    formula = "Reaction ~ Days + (Days || Subject) + (1 | `Subject.1`)"
    assert len(fit(formula, named).varcorr) == 3


@pytest.mark.parametrize("taken", ["(converged)", "(singular)"])
def test_replicates_keep_their_columns(taken):
    data = by_rule().rename(columns={"x": taken})
    with pytest.raises(mlm.DataError, match=f"called '\\{taken[:-1]}"):
        mlm.bootstrap(fit(f"y ~ `{taken}` + (1 | g)", data), n=2, seed=1)


# Rows


def _shuffled(values):
    return values.sample(frac=1, random_state=3)


ROWS = {
    # name: what takes values by row, and gives something that depends on their order
    "weights": lambda d, v: fit("y ~ x + (1 | g)", d, weights=v + 3).criterion,
    "offset": lambda d, v: fit("y ~ x + (1 | g)", d, offset=v).criterion,
    "offset of lm": lambda d, v: mlm.lm("y ~ x", d, offset=v).criterion,
    "refit": lambda d, v: fit("y ~ x + (1 | g)", d).refit(v).criterion,
    "refit of lm": lambda d, v: mlm.lm("y ~ x", d).refit(v).criterion,
    "refit of many": lambda d, v: (
        fit("y ~ x + (1 | g)", d)
        .refit(v.to_frame() if isinstance(v, pd.Series) else v[:, None])
        .criterion[0]
    ),
    "held out": lambda d, v: held_out_errors("y ~ x", d, "g", [v > 1])["complete"],
}


@pytest.mark.filterwarnings("ignore::mlm.SingularFitWarning")
@pytest.mark.parametrize("case", ROWS)
def test_labels_of_rows_are_respected(case):
    data, run = by_rule(), ROWS[case]
    values = pd.Series(np.sin(np.arange(48) * 2.3) + data["x"], name="v")
    right = run(data, values.to_numpy())
    assert run(data, values) == pytest.approx(right, rel=1e-10)
    assert run(data, _shuffled(values)) == pytest.approx(right, rel=1e-10)
    assert run(_shuffled(data), values) == pytest.approx(right, rel=1e-9)
    doubled = data.set_axis(np.zeros(48))
    assert run(doubled, values.set_axis(np.zeros(48))) == pytest.approx(right)
    names = data.set_axis([f"r{i}" for i in range(48)])
    others = {
        "other labels": (data, values.set_axis(range(1, 49))),
        "too few": (data, values.head(47)),
        "no labels in common": (names, values),
        "repeated labels": (doubled, values.set_axis([0.0] * 47 + [1.0])),
    }
    for frame, wrong in others.values():
        with pytest.raises(mlm.DataError, match="labels of its"):
            run(frame, wrong)


@pytest.mark.parametrize("response", ["y", "np.exp(y)", "`y`"])
def test_frame_has_the_response_that_was_fitted(response):
    data = by_rule()
    found = fit(f"{response} ~ x + (1 | g)", data)
    for again in (found.refit(data["y"] + data["k"]), found.refit(data["y"] ** 2)):
        frame = again.design.frame
        np.testing.assert_array_equal(frame.iloc[:, 0], again.design.y)
        assert list(frame) == [response.strip("`"), "x", "g"]
        np.testing.assert_allclose(again.predict(data), again.fitted)


@pytest.mark.parametrize("labels", [[0] * 48, [("a", i // 2) for i in range(48)]])
def test_frame_is_the_rows_and_columns_that_are_used(labels):
    """Text as categories, weights beside them; a row with a gap is gone."""
    data = by_rule().set_axis(pd.Index(labels))
    data.iloc[5, data.columns.get_loc("x")] = np.nan
    weights = np.arange(48) + 1.0
    with pytest.warns(mlm.MissingValuesWarning):
        found = mlm.design_matrices("y ~ x + h + (1 | g)", data, weights)
    used = np.arange(48) != 5
    expected = data.loc[:, ["y", "x", "h", "g"]].iloc[used]
    expected = expected.assign(**{"(weights)": weights[used]})
    frame = found.frame.assign(h=found.frame["h"].astype(data["h"].dtype))
    pd.testing.assert_frame_equal(frame, expected)
    theirs = found.frame
    theirs["x"] = 0.0
    assert found.frame["x"].equals(expected["x"])


def test_refit_does_not_follow_the_callers_array():
    data = by_rule()
    y = data["y"].to_numpy(copy=True)
    found = fit("y ~ x + (1 | g)", data).refit(y)
    before = found.resid
    y[:] = 0
    pd.testing.assert_series_equal(found.resid, before)


# Frames


NO_FRAMES = {
    "dict": ({"y": [1]}, "not dict"),
    "array": (np.zeros((3, 2)), "not ndarray"),
    "series": (pd.Series([1.0]), "not Series"),
    "two levels": (pd.concat({"a": by_rule()}, axis=1), "have 2 levels"),
}


@pytest.mark.parametrize("case", NO_FRAMES)
def test_what_is_no_frame_is_refused(case):
    data, words = NO_FRAMES[case]
    found = mlm.lm("y ~ x", by_rule())
    for run in (
        lambda: mlm.lm("y ~ x", data),
        lambda: mlm.planned_design("y ~ x", data),
        lambda: found.predict(data),
    ):
        with pytest.raises(mlm.DataError, match=words):
            run()


DAYS = {
    "times": lambda day: day,
    "seconds": lambda day: day.astype("datetime64[s]"),
    "dates": lambda day: day.dt.date,
    "objects": lambda day: day.astype(object),
    "categories": lambda day: day.dt.date.astype("category"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("new", DAYS)
@pytest.mark.parametrize("old", DAYS)
def test_days_are_one_group_however_they_are_written(old, new):
    rng = np.random.default_rng(5)
    day = pd.Series(
        pd.Timestamp("2024-02-27") + pd.to_timedelta(np.arange(60) % 5, "D")
    )
    y = day.dt.day + rng.normal(size=60)
    fit = mlm.lmer("y ~ 1 + (1 | day)", pd.DataFrame({"y": y, "day": DAYS[old](day)}))
    new_data = pd.DataFrame({"day": DAYS[new](day[::-1])})
    assert fit.predict(new_data).to_numpy() == pytest.approx(fit.fitted[::-1])
    for other in (pd.Timestamp("9990-01-01"), pd.Timestamp("2024-02-27", tz="UTC")):
        with pytest.raises(mlm.DataError, match="not fitted"):
            fit.predict(pd.DataFrame({"day": [other]}))


def test_categories_of_numbers_are_told_from_numbers():
    data = pd.DataFrame({"x": np.arange(9) % 4, "y": np.sin(np.arange(9))})
    fit = mlm.lm("y ~ x", data)
    with pytest.raises(mlm.DataError, match="but numbers as categories in the new"):
        fit.predict(data.astype({"x": "category"}))
