"""Frames of other libraries, and all types of pandas' own: the same fit as plain ones.

A row of a table is a type; it is tried in each role that it can have, with and without
missing values, against the fit of the same values in numpy's own types.
"""

import datetime as dt
import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from conftest import in_turn

import mlm
from mlm import plots
from mlm.demonstrations.held_out import all_but, held_out_errors
from mlm.demonstrations.pooling import pooling_table

pytestmark = pytest.mark.slow

pa = pytest.importorskip("pyarrow")

FORMULA = "y ~ x + f + b + (1 | g)"
ROLES = {"weights": "w", "offset": "o"}
NUMBERS, TEXT = ("y", "x", "w", "o", "k"), ("f", "g")
GAPS = {"y": 3, "x": 10, "f": 20, "g": 31, "b": 40, "w": 45, "o": 50, "k": 31}
LEVELS = ["mid", "low", "high"]


def plain(gaps=False):
    """Whole numbers as floats, text as objects, truths; with missing values or not."""
    i = np.arange(64)
    data = pd.DataFrame(
        {
            "x": (i * 7) % 11 + 0.0,
            "f": pd.Series([LEVELS[j] for j in (i * 5) % 3], dtype=object),
            "b": ((i * 5) % 7 > 2).astype(object),
            "g": pd.Series([f"s{j}" for j in i % 8], dtype=object),
            "k": i % 8 + 0.0,
            "w": 1.0 + (i * 3) % 4,
            "o": (i * 11) % 5 + 0.0,
        }
    )
    signal = 5 * data["x"] + 9 * (data["f"] == "low") + 7 * data["b"].astype(float)
    noise = 12 * np.sin(i * 1.7) + ((i % 8) * 21) % 30
    data["y"] = np.round(signal + noise + data["o"]).astype(float)
    for name, row in GAPS.items() if gaps else ():
        data.loc[row, name] = np.nan if name in NUMBERS else None
    return data


def fitted(data, formula=FORMULA, **arguments):
    """A fit that may only warn of missing values."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", mlm.MissingValuesWarning)
        return mlm.lmer(formula, data, **(ROLES | arguments))


def check_same(ours, right):
    """The same numbers under the same names."""
    assert ours.nobs == right.nobs
    assert ours.criterion == pytest.approx(right.criterion, abs=1e-7)
    np.testing.assert_allclose(ours.fixef, right.fixef, rtol=1e-6, atol=1e-8)
    assert [*ours.fixef.index] == [*right.fixef.index]
    for name, effects in right.ranef.items():
        assert [*ours.ranef[name].index] == [*effects.index]
        np.testing.assert_allclose(ours.ranef[name], effects, atol=1e-5)


def arrow(kind):
    return pd.ArrowDtype(kind)


def categories(dtype):
    """Text as a categorical with categories of some type, in the order of LEVELS."""
    return lambda column: pd.Categorical(
        column, categories=pd.Index(in_order(column), dtype=dtype)
    )


def in_order(column):
    """Levels as they come first: no sorted order."""
    return [*column.dropna().unique()]


DECIMAL, DICTIONARY = pa.decimal128(12, 2), pa.dictionary(pa.int16(), pa.string())
OF_NUMBERS = {
    "int16": "int16",
    "int64": "int64",
    "uint16": "uint16",
    "float32": "float32",
    "Int16": "Int16",
    "Int64": "Int64",
    "UInt32": "UInt32",
    "Float32": "Float32",
    "Float64": "Float64",
    "int64 arrow": arrow(pa.int64()),
    "uint8 arrow": arrow(pa.uint16()),
    "double arrow": arrow(pa.float64()),
    "float arrow": arrow(pa.float32()),
    "decimal arrow": arrow(DECIMAL),
}
OF_TEXT = {
    "str": "str",
    "string[python]": "string[python]",
    "string[pyarrow]": "string[pyarrow]",
    "string arrow": arrow(pa.string()),
    "large string arrow": arrow(pa.large_string()),
}
OF_TRUTH = {"bool": "bool", "boolean": "boolean", "bool arrow": arrow(pa.bool_())}
OF_LEVELS = {
    "object": categories(object),
    "str": categories("str"),
    "string[python]": categories("string[python]"),
    "string[pyarrow]": categories("string[pyarrow]"),
    "string arrow": categories(arrow(pa.string())),
    "dictionary arrow": arrow(DICTIONARY),
}
KINDS = {"numbers": OF_NUMBERS, "text": OF_TEXT, "truth": OF_TRUTH}
ROLE_OF = {"numbers": ("y", "x", "w", "o"), "text": TEXT, "truth": ("b",)}
CASES = [
    pytest.param(name, dtype, gaps, id=f"{name}-{label}{'-gaps' * gaps}")
    for kind, table in KINDS.items()
    for label, dtype in table.items()
    for name in ROLE_OF[kind]
    for gaps in (False, True)
    # numpy's whole numbers and truths have no missing values
    if not (
        gaps and isinstance(dtype, str) and dtype[0] in "iub" and dtype != "boolean"
    )
]


@pytest.mark.parametrize(("name", "dtype", "gaps"), CASES)
@pytest.mark.one_in(3)
def test_a_type_of_pandas_changes_nothing(name, dtype, gaps):
    data = plain(gaps)
    changed = data.assign(**{name: data[name].astype(dtype)})
    check_same(fitted(changed), fitted(data))


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("name", TEXT)
@pytest.mark.parametrize("label", OF_LEVELS)
def test_levels_of_any_type_keep_their_order(label, name, gaps):
    data, make = plain(gaps), OF_LEVELS[label]
    right = data.assign(**{name: OF_LEVELS["object"](data[name])})
    found = data[name].astype(make) if not callable(make) else make(data[name])
    ours = fitted(data.assign(**{name: found}))
    check_same(ours, fitted(right))
    if name == "f":
        assert [*ours.fixef.index][2:4] == ["fhigh", "flow"]


@pytest.mark.parametrize("label", ["Int64", "int64 arrow", "double arrow", "Float64"])
@pytest.mark.parametrize("gaps", [False, True])
def test_categories_that_are_numbers(label, gaps):
    data = plain(gaps)
    order = [3, 1, 0, 2, 7, 6, 5, 4]
    levels = pd.Index(order, dtype=OF_NUMBERS[label])
    codes = data["k"].map({k: i for i, k in enumerate(order)}).fillna(-1).astype(int)
    ours = data.assign(k=pd.Categorical.from_codes(codes, levels))
    right = data.assign(k=pd.Categorical(data["k"], categories=order))
    for formula in ("y ~ x + (1 | k)", "y ~ x + k + (1 | f)"):
        ours_fit, right_fit = (fitted(one, formula) for one in (ours, right))
        np.testing.assert_allclose(ours_fit.fixef, right_fit.fixef, atol=1e-6)
        assert ours_fit.criterion == pytest.approx(right_fit.criterion, abs=1e-7)


OBJECTS = {
    "whole": lambda column: column.astype(int).astype(object),
    "floats": lambda column: column.astype(object),
    "decimals": lambda column: column.map(Decimal),
    "mixed": lambda column: column.where(column.index > 3, "a").astype(object),
}


@pytest.mark.parametrize("label", OBJECTS)
@pytest.mark.parametrize("name", ["y", "x", "w", "o"])
def test_objects_that_are_no_text_are_refused_by_name(name, label):
    data = plain()
    argument = {"w": "the weights", "o": "the offset"}.get(name, repr(name))
    with pytest.raises(mlm.MlmError, match=argument):
        fitted(data.assign(**{name: OBJECTS[label](data[name])}))


# Frames of other libraries


def to_polars(data, **types):
    """A frame of polars, without the labels of rows; nothing of it through pyarrow."""
    pl = pytest.importorskip("polars")
    columns = {}
    for name, column in data.items():
        values = column.astype(object).where(column.notna(), None).tolist()
        made = pl.Series(name, values, strict=False)
        columns[name] = made.cast(types[name](pl)) if name in types else made
    return pl.DataFrame(columns)


def to_arrow(data, **types):
    """A table of pyarrow, in chunks: what a file is read into."""
    columns = {}
    for name, column in data.items():
        values = column.astype(object).where(column.notna(), None).tolist()
        made = pa.array(values)
        columns[name] = made.cast(types[name](pa)) if name in types else made
    table = pa.table(columns)
    return pa.concat_tables([table.slice(0, 30), table.slice(30)])


LIBRARIES = {"polars": to_polars, "pyarrow": to_arrow}
OTHERS = {
    "polars": {
        "numbers": {
            "Int16": lambda pl: pl.Int16,
            "Int64": lambda pl: pl.Int64,
            "UInt32": lambda pl: pl.UInt32,
            "Float32": lambda pl: pl.Float32,
            "Float64": lambda pl: pl.Float64,
            "Decimal": lambda pl: pl.Decimal(12, 2),
        },
        "text": {
            "String": lambda pl: pl.String,
            "Categorical": lambda pl: pl.Categorical,
        },
        "truth": {"Boolean": lambda pl: pl.Boolean},
    },
    "pyarrow": {
        "numbers": {
            "int16": lambda pa: pa.int16(),
            "uint64": lambda pa: pa.uint64(),
            "float32": lambda pa: pa.float32(),
            "float64": lambda pa: pa.float64(),
            "decimal": lambda pa: DECIMAL,
        },
        "text": {
            "string": lambda pa: pa.string(),
            "large string": lambda pa: pa.large_string(),
            "string view": lambda pa: pa.string_view(),
        },
        "truth": {"bool": lambda pa: pa.bool_()},
    },
}
OTHER_CASES = [
    pytest.param(library, name, make, gaps, id=f"{library}-{name}-{label}-{gaps}")
    for library, name, label, make, gaps in in_turn(
        [
            (library, name, label, make)
            for library, kinds in OTHERS.items()
            for kind, table in kinds.items()
            for label, make in table.items()
            for name in ROLE_OF[kind]
        ],
        [False, True],
    )
]


@pytest.mark.parametrize(("library", "name", "make", "gaps"), OTHER_CASES)
@pytest.mark.one_in(2)
def test_a_frame_of_another_library_changes_nothing(library, name, make, gaps):
    data = plain(gaps)
    check_same(fitted(LIBRARIES[library](data, **{name: make})), fitted(data))


@pytest.mark.parametrize("gaps", [False, True])
def test_ordered_levels_of_other_libraries(gaps):
    data = plain(gaps)
    right = data.assign(f=OF_LEVELS["object"](data["f"]))
    levels = in_order(data["f"])
    tables = {"pyarrow": {"f": lambda pa: DICTIONARY}}
    tables["polars"] = {"f": lambda pl: pl.Enum(levels)}
    for library, types in tables.items():
        ours = fitted(LIBRARIES[library](data, **types))
        check_same(ours, fitted(right))
        assert [*ours.fixef.index][2:4] == ["fhigh", "flow"]


BOTH = pytest.mark.parametrize("convert", LIBRARIES.values(), ids=LIBRARIES)


@BOTH
def test_only_columns_of_the_formula_are_read(convert):
    data = plain()
    wide = pd.DataFrame({f"c{i}": np.arange(len(data)) for i in range(300)})
    frame = convert(pd.concat([data, wide], axis=1))
    check_same(fitted(frame), fitted(data))
    # What cannot be read does no harm until a formula asks for it.
    frame = convert(data.assign(z=[[1, 2]] * len(data)))
    check_same(fitted(frame), fitted(data))
    with pytest.raises(mlm.FormulaError, match="'z' holds mixed values"):
        fitted(frame, "y ~ z + (1 | g)")


def test_columns_that_are_not_asked_for_are_not_touched(monkeypatch):
    from mlm.ground import tables

    read, values = [], tables._values
    monkeypatch.setattr(
        tables, "_values", lambda column: read.append(column.name) or values(column)
    )
    frame = to_arrow(plain())
    fit = fitted(frame)
    assert sorted(read) == sorted("yxfbgwo")
    read.clear()
    fit.predict(frame, random=False)
    assert sorted(read) == sorted("xfbo")
    read.clear()
    fit.predict(frame)
    assert sorted(read) == sorted("xfbgo")


@BOTH
def test_a_name_that_is_not_there_is_told_with_those_that_are(convert):
    frame = convert(plain())
    with pytest.raises(mlm.FormulaError, match=r"'yy'[^$]*'x', 'f', 'b', 'g', 'k'"):
        fitted(frame, "yy ~ x + (1 | g)")
    with pytest.raises(mlm.DataError, match=r"offset='v' names no column"):
        fitted(frame, weights=frame["w"], offset="v")
    with pytest.raises(mlm.DataError, match=r"weights='v' names no column.*'k', 'w'"):
        fitted(frame, weights="v")
    fit = fitted(frame)
    with pytest.raises(mlm.FormulaError, match="no column 'f'"):
        fit.predict(convert(plain()[["x", "b", "o", "g"]]))


def test_two_columns_of_one_name_are_refused():
    frame = to_arrow(plain())
    with pytest.raises(mlm.DataError, match=r"rename all but one.*unique.*'x' 2 times"):
        fitted(frame.append_column("x", frame["x"]))


def test_a_frame_that_is_not_computed_yet_is_refused():
    lazy = to_polars(plain()).lazy()
    fit = fitted(plain())
    for run in (lambda: mlm.lm("y ~ x", lazy), lambda: fit.predict(lazy)):
        with pytest.raises(mlm.DataError, match=r"LazyFrame.*data\.collect\(\)"):
            run()


@BOTH
def test_new_data_weights_and_responses_of_another_library(convert):
    data = plain(gaps=True)
    frame, right, first = convert(data), fitted(data), data.head(12)
    predicted = right.predict(convert(first))
    assert isinstance(predicted, pd.Series)
    np.testing.assert_allclose(predicted, right.predict(first), equal_nan=True)
    # Rows of other labels: what has none goes by its place.
    check_same(
        fitted(data.set_axis(data.index[::-1]), weights=frame["w"]), fitted(data)
    )
    check_same(fitted(frame, offset=frame["o"]), fitted(data))
    made = data.assign(w=[None if pd.isna(w) else Decimal(w) for w in data["w"]])
    check_same(fitted(frame, weights=convert(made)["w"]), fitted(data))
    whole = fitted(convert(plain()))
    check_same(whole.refit(convert(plain())["y"]), whole)
    fit = mlm.glm("b ~ x", convert(plain()), "binomial")
    for kind in ("mean", "new"):
        found = fit.predict(convert(first), interval=kind)
        expected = fit.predict(first, interval=kind).reset_index(drop=True)
        pd.testing.assert_frame_equal(found, expected)


@BOTH
def test_plans_demonstrations_and_pictures_of_another_library(convert):
    data = plain()
    frame, keep = convert(data), np.arange(64) > 50
    plan = "later ~ x + f + (1 | g)"
    ours, right = (
        mlm.planned_design(plan, given, weights="w") for given in (frame, data)
    )
    np.testing.assert_array_equal(ours.X, right.X)
    np.testing.assert_array_equal(ours.Z.toarray(), right.Z.toarray())
    assert list(ours.frame) == list(right.frame)
    tables = [pooling_table("y ~ x", given, "g") for given in (frame, data)]
    pd.testing.assert_frame_equal(*tables)
    errors = [held_out_errors("y ~ x", one, "g", [keep]) for one in (frame, data)]
    pd.testing.assert_series_equal(*errors)
    kept = [next(all_but(given, "g", 3, 1, seed=1)) for given in (frame, data)]
    np.testing.assert_array_equal(*kept)
    lines = [
        plots.plot_means(given, "x", "y").lines[0].get_ydata(orig=False)
        for given in (frame, data)
    ]
    np.testing.assert_allclose(*lines)
    assert len(plots.plot_trellis(frame, "x", "y", "g", tables[0], ["complete"])) == 8


@BOTH
def test_long_identifiers_with_gaps_stay_apart(convert):
    data = plain()
    big = [2**60 + int(k) for k in data["k"]]
    big[5] = None
    frame = convert(data.assign(k=pd.Series(big, dtype=object)))
    ours = fitted(frame, "y ~ x + (1 | k)")
    assert ours.design.terms[0].J == 8
    right = data.assign(k=data["k"].where(data.index != 5))
    assert ours.criterion == pytest.approx(
        fitted(right, "y ~ x + (1 | k)").criterion, abs=1e-7
    )


START = dt.datetime(2026, 3, 1, 12)
TIMES = {
    "dates": (dt.date(2026, 3, 1), dt.timedelta(days=1)),
    "times": (START, dt.timedelta(hours=1)),
    "zones": (START.replace(tzinfo=dt.UTC), dt.timedelta(hours=1)),
    "durations": (dt.timedelta(0), dt.timedelta(hours=1)),
}


@pytest.mark.parametrize("label", TIMES)
@BOTH
def test_times_group_and_do_nothing_else(convert, label):
    start, step = TIMES[label]
    data = plain()
    times = [start + int(k) * step for k in data["k"]]
    times[5] = None
    frame = convert(data.assign(k=pd.Series(times, dtype=object)))
    ours = fitted(frame, "y ~ x + (1 | k)")
    right = data.assign(k=data["k"].where(data.index != 5))
    assert ours.criterion == pytest.approx(
        fitted(right, "y ~ x + (1 | k)").criterion, abs=1e-7
    )
    labels = pd.Series([start + i * step for i in range(8)])
    if label == "dates":  # which pandas has none of
        labels = pd.to_datetime(labels)
    assert [*ours.ranef["k"].index] == [*labels]
    for formula in ("y ~ k + (1 | g)", "k ~ x + (1 | g)"):
        with pytest.raises(mlm.FormulaError, match="'k' is no number and no category"):
            fitted(frame, formula)


@BOTH
def test_a_column_without_any_value_leaves_no_rows(convert):
    frame = convert(plain().assign(x=[None] * 64))
    with pytest.raises(mlm.DataError, match="every row lacks a value"):
        fitted(frame)


def test_levels_of_polars_do_not_hang_on_what_was_read_before():
    pl = pytest.importorskip("polars")
    pl.Series(["z", "mid", "low"], dtype=pl.Categorical)
    frame = to_polars(plain(), f=lambda pl: pl.Categorical)
    check_same(fitted(frame), fitted(plain()))
