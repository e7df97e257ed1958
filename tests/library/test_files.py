"""Data that do not fit in memory: the same fit as of a frame, chunk by chunk.

What is fitted from files is held against the fit of the same rows in memory, which
other tests hold against lme4.
"""

import ast
import copy
import os
import pickle
import signal
import subprocess
import sys
import warnings
from functools import partial

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, WEEKLY, often

import mlm
from mlm.engine.profiled import ProfiledCriterion
from mlm.files import first, labels, pairs, passes
from mlm.files.engine_sums import engine_sums
from mlm.files.first import First

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("pyarrow.dataset")

FORMULAS = often(
    [
        "y ~ year + (year | g)",
        "y ~ b + truth + year + I(year**2) + (1 | g/part)",
        "y ~ C(f, contr.sum) + (1 | f:g) + (x | h)",
        "y ~ center(year) + scale(x) + scale(w, center=1.5) + (scale(year) | g)",
        "y - np.mean(y) ~ I(x > x.mean()) + C(f, levels=['c', 'a', 'b']) + (1 | g)",
        "y ~ x + twice + (1 | text)",
        "y ~ ordered + double(x) + kind(year) + (1 | ordered:h)",
        "y ~ x + (1 | part) + (1 | g) + (1 | h) + (1 | text)",
        "y ~ I(x - x.min()) + I(max_x - max_x.min()) + (1 | g)",
        "y ~ scale(w) + I(scale(w)**2) + I(x / x.std()) + I(w + x.std()) + (1 | g)",
    ],
    [
        "y ~ x + (x | g)",
        "y ~ big + (big || g)",
        "y ~ 0 + x + (0 + x | g)",
        "y ~ x * f + (1 | g) + (1 | h)",
        "y ~ f + (0 + f | g)",
        "np.exp(y / 9) ~ np.log(year) + I(x - x.min()) + offset(x / 3) + (x | g)",
    ],
)
OWN = {"double": lambda x: 2 * x**2, "kind": lambda x: np.where(x > 2010, "b", "a")}


def made(n=1200, seed=1):
    """Rows of all kinds of columns, of a known model: simulated."""
    rng = np.random.default_rng(seed)
    g, h = rng.integers(0, 30, n), rng.integers(0, 20, n)
    data = pd.DataFrame(
        {
            "g": g,
            "h": h - 7,
            "part": 4 * g + rng.integers(0, 4, n),
            "x": rng.normal(size=n),
            "year": rng.integers(2000, 2021, n),
            "f": rng.choice(["c", "a", "b"], n),
            "b": rng.choice(["low", "high"], n),
            "truth": rng.random(n) < 0.3,
            "text": [f"s{i}" for i in g],
            "ordered": pd.Categorical(
                rng.choice(["mid", "low", "high"], n), ["low", "mid", "high"]
            ),
            "w": rng.uniform(0.5, 2, n),
        }
    )
    slopes, intercepts = rng.normal(size=(2, 30))
    data["big"], data["twice"] = data["x"] + 1e5, 2 * data["x"]
    data["max_x"] = data["x"] * data["w"]
    data["y"] = (
        (3 + intercepts[g] + (0.5 + 0.4 * slopes[g]) * data["x"])
        + 0.8 * rng.normal(size=20)[h]
        + 0.1 * (data["year"] - 2010)
        + (data["f"] == "b")
        + 0.4 * rng.normal(size=120)[data["part"]]
        + rng.normal(size=n) / np.sqrt(data["w"])
    )
    return data


DATA = made()
SLOPES = "y ~ x + f + (x | g) + (1 | h)"


@pytest.fixture(autouse=True)
def small_tables(monkeypatch):
    """Many tables, so that each pass has something to add."""
    monkeypatch.setattr(passes, "ROWS", 300)
    monkeypatch.setattr(passes, "MOST_ROWS", 300)


def in_order(data=DATA):
    """The same rows, sorted so that no two files are alike."""
    return data.sort_values(["year", "f"], kind="stable").reset_index(drop=True)


def write(folder, data=None, files=3, **options):
    """Rows as a folder of parquet files."""
    data = in_order() if data is None else data
    for i, rows in enumerate(np.array_split(np.arange(len(data)), files)):
        data.iloc[rows].to_parquet(folder / f"part-{i}.parquet", **options)
    return data


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three files of rows that are sorted by year."""
    path = tmp_path_factory.mktemp("files")
    write(path, row_group_size=70)
    return path


def check_solutions(formula, path, data, **given):
    """Criterion and estimates at some thetas, in memory and from files."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mlm.RankDeficiencyWarning)
        right = mlm.profiled_deviance(mlm.design_matrices(formula, data, **given))
        design, found = passes.assembled(formula, path, **given)
    sums = engine_sums(found, design, False)
    ours = ProfiledCriterion(design, True, sums)
    assert (design.n, design.q) == (right.design.n, right.design.q)
    assert design.fixed_names == right.design.fixed_names
    for term, known in zip(design.terms, right.terms, strict=True):
        assert term.name == known.name
        assert [*term.levels] == [*known.levels]
        assert term.columns == known.columns
    rng = np.random.default_rng(1)
    for size in (0.3, 3.0):
        T = [size * np.tril(rng.uniform(0.5, 1.5, R.shape)) for R in right.basis.R]
        theta = right.basis.unwhiten(T)
        one, two = ours.solve(theta), right.solve(theta)
        assert one.criterion == pytest.approx(two.criterion, rel=1e-12)
        assert one.sigma == pytest.approx(two.sigma, rel=1e-11)
        np.testing.assert_allclose(one.beta, two.beta, rtol=1e-9)
        error = np.sqrt(np.diag(two.vcov))
        np.testing.assert_allclose(
            (one.vcov - two.vcov) / error / error[:, None], 0, atol=1e-9
        )
        for b, known in zip(one.b, two.b, strict=True):
            np.testing.assert_allclose(b, known, atol=1e-9 * np.abs(known).max())
        np.testing.assert_allclose(
            ours.gradient(theta), right.gradient(theta), rtol=1e-7, atol=1e-7
        )


@pytest.mark.parametrize("formula", FORMULAS)
def test_sums_of_files_are_those_of_the_frame(formula, folder):
    check_solutions(formula, folder, in_order(), namespace=OWN)


@pytest.mark.parametrize("formula", often([SLOPES], ["y ~ x + (1 | g/part)"]))
def test_weights_and_offset_are_columns(formula, folder):
    check_solutions(formula, folder, in_order(), weights="w", offset="twice")


def test_weights_may_be_tiny(tmp_path):
    data = in_order()
    data["w"] *= 1e-40
    write(tmp_path, data)
    check_solutions("y ~ year + f + (1 | g)", tmp_path, data, weights="w")


def check_same(ours, right):
    """The same estimates under the same names."""
    assert ours.nobs == right.nobs
    assert ours.criterion == pytest.approx(right.criterion, rel=1e-11)
    assert ours.sigma == pytest.approx(right.sigma, rel=1e-8)
    for name in ("theta", "fixef", "se"):
        one, two = getattr(ours, name), getattr(right, name)
        assert [*one.index] == [*two.index]
        np.testing.assert_allclose(one, two, rtol=1e-7)
    for name, effects in right.ranef.items():
        assert [*ours.ranef[name].index] == [*effects.index]
        np.testing.assert_allclose(ours.ranef[name], effects, atol=1e-7)


@pytest.fixture(scope="module")
def right():
    """The fit in memory."""
    return mlm.lmer(SLOPES, in_order(), weights="w")


def polars_frame(folder):
    polars = pytest.importorskip("polars")
    return polars.scan_parquet(folder / "*.parquet")


def polars_categories(folder):
    polars = pytest.importorskip("polars")
    return polars_frame(folder).with_columns(polars.col("f").cast(polars.Categorical))


def dask_frame(folder):
    return pytest.importorskip("dask.dataframe").read_parquet(folder)


def folders_by_name(folder):
    """A column that stands in the names of folders only."""
    for value, rows in in_order().groupby("f"):
        (folder / f"f={value}").mkdir()
        rows.drop(columns="f").to_parquet(folder / f"f={value}" / "rows.parquet")
    return folder


SOURCES = {
    "text": str,
    "path": lambda folder: folder,
    "one file": lambda folder: folder / "one.parquet",
    "pyarrow": lambda folder: pa.dataset.dataset(folder, format="parquet"),
    "table": lambda folder: pa.dataset.dataset(pa.Table.from_pandas(in_order())),
    "feather": lambda folder: pa.dataset.dataset(folder / "a.arrow", format="ipc"),
    "polars": polars_frame,
    "polars categories": polars_categories,
    "dask": dask_frame,
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    often(
        ["text", "pyarrow", "polars categories", "dask"],
        ["path", "one file", "table", "feather", "polars"],
    ),
)
def test_a_fit_from_any_source_is_that_of_the_frame(kind, folder, tmp_path, right):
    if kind == "one file":
        folder = tmp_path
        in_order().to_parquet(folder / "one.parquet", row_group_size=500)
    if kind == "feather":
        folder = tmp_path
        in_order().to_feather(folder / "a.arrow")
    ours = mlm.lmer(SLOPES, SOURCES[kind](folder), weights="w")
    check_same(ours, right)


def test_folders_hold_a_column_in_their_names(tmp_path, right):
    check_same(mlm.lmer(SLOPES, folders_by_name(tmp_path), weights="w"), right)


@pytest.mark.slow
@pytest.mark.parametrize(
    "types",
    [
        {"g": "int8", "h": "Int64", "x": "float32", "f": "category"},
        {"g": "uint16", "h": "float64", "truth": "boolean", "f": "string"},
    ],
)
def test_types_of_columns(types, tmp_path):
    data = in_order().astype({"x": "float32"}).astype(types)
    write(tmp_path, data)
    check_solutions("y ~ x + f + truth + (1 | g) + (1 | h)", tmp_path, data)


@pytest.mark.slow
def test_unused_categories_are_no_levels(tmp_path):
    """Declared in all files and found in none, or found in some."""
    data = in_order()
    data["f"] = pd.Categorical(data["f"], ["z", "c", "b", "y", "a"])
    write(tmp_path, data)
    check_solutions("y ~ C(f, contr.sum) + (0 + f | g)", tmp_path, data)


def test_numbers_may_be_whole_in_one_file_only(tmp_path):
    data = in_order()
    data["year"] = data["year"] - 2010
    write(tmp_path, data)
    part = data.iloc[400:800].astype({"year": "float64", "h": "float32"})
    part["year"] += 0.25
    part.to_parquet(tmp_path / "part-1.parquet")
    data["year"] = data["year"].astype(float)
    data.loc[400:799, "year"] += 0.25
    check_solutions("y ~ year + (year | h)", tmp_path, data)


def test_labels_may_be_far_apart(tmp_path):
    data = in_order()
    data["g"] = data["g"] ** 9 - 10**15
    data["h"] = 2.5 * data["h"]
    write(tmp_path, data)
    check_solutions("y ~ x + (x | g) + (1 | h)", tmp_path, data)


@pytest.mark.parametrize(
    ("reach", "dtype"), [(1, "int8"), (4, "int8"), (40, "int32"), (10**6, "int32")]
)
def test_whole_labels_are_found_whatever_their_range(reach, dtype, monkeypatch):
    monkeypatch.setattr(labels, "RANGE", 1000)
    rng, found = np.random.default_rng(1), labels.WholeLabels()
    other, every = labels.WholeLabels(), []
    for i in range(6):
        values = rng.integers(-30 * reach, 30 * reach, 20).astype(dtype)
        (found if i % 2 else other).add(values)
        every.append(values)
    found.merge(other)
    np.testing.assert_array_equal(found.labels(), np.unique(every))


# Chunks that are not like the others.


@pytest.mark.slow
def test_missing_values_are_counted_over_all_files(tmp_path):
    data = in_order().astype({"g": "Int64"})
    data.loc[[3, 500], "x"] = np.nan
    data.loc[[3, 900], "g"] = None
    data.loc[510, "f"] = None  # in a table with others that lack x
    write(tmp_path, data)
    words = r"4 of 1200 rows have missing values: 'x' \(2\), 'f' \(1\), 'g' \(2\)"
    with pytest.warns(mlm.MissingValuesWarning, match=words):
        check_solutions(SLOPES, tmp_path, data.dropna())
    with pytest.raises(mlm.DataError, match=words):
        mlm.lmer(SLOPES, tmp_path, na_action="raise")


def truncated(path, rows):
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def damaged(path, rows):
    """Pages that are no pages, behind a footer that is right."""
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + b"\xff" * 20_000 + whole[20_004:])


BAD = {
    "no bytes": (lambda path, rows: path.write_bytes(b""), "cannot be read"),
    "truncated": (truncated, "cannot be read"),
    "damaged": (damaged, "cannot be read"),
    "no parquet": (lambda path, rows: path.write_text("a,b\n1,2\n"), "cannot be read"),
    "without a column": (
        lambda path, rows: rows.drop(columns="x").to_parquet(path),
        "has no column 'x'",
    ),
    "text for numbers": (
        lambda path, rows: rows.astype({"x": str}).to_parquet(path),
        r"'x' holds text in .*part-1.*, but numbers in .*part-0",
    ),
    "numbers for text": (
        lambda path, rows: rows.assign(f=1).to_parquet(path),
        r"'f' holds numbers in .*part-1.*, but text in .*part-0",
    ),
    "dates for labels": (
        lambda path, rows: rows.assign(g=pd.Timestamp("2026-01-01")).to_parquet(path),
        r"'g' holds dates in .*part-1.*, but numbers in .*part-0",
    ),
    "lists": (
        lambda path, rows: rows.assign(g=[[1]] * len(rows)).to_parquet(path),
        r"'g' is no number and no category in .*part-1.*list",
    ),
    "an infinite value": (
        lambda path, rows: rows.assign(x=np.inf).to_parquet(path),
        r"column 'x' is infinite in .*part-1",
    ),
    "a weight of 0": (
        lambda path, rows: rows.assign(w=0.0).to_parquet(path),
        r"a weight of .*part-1.* is not positive",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_named(kind, tmp_path):
    spoil, words = BAD[kind]
    data = write(tmp_path)
    spoil(tmp_path / "part-1.parquet", data.iloc[400:800])
    with pytest.raises(mlm.DataError, match=words) as said:
        mlm.lmer(SLOPES, tmp_path, weights="w")
    assert "part-1.parquet" in str(said.value)


def test_a_bad_first_file_is_named(tmp_path):
    write(tmp_path)
    (tmp_path / "part-0.parquet").write_bytes(b"")
    with pytest.raises(mlm.DataError, match=r"part-0\.parquet"):
        mlm.lmer(SLOPES, tmp_path)


def test_a_first_file_without_a_column_is_named(tmp_path):
    data = write(tmp_path)
    data.iloc[:400].drop(columns="x").to_parquet(tmp_path / "part-0.parquet")
    with pytest.raises(mlm.DataError, match=r"part-0\.parquet has no column 'x'"):
        mlm.lmer(SLOPES, tmp_path)


def test_a_folder_without_files_is_told(tmp_path):
    with pytest.raises(mlm.DataError, match="holds no files"):
        mlm.lmer(SLOPES, tmp_path)


def test_a_column_of_two_types_in_file_and_folder_is_told(tmp_path):
    (tmp_path / "g=1").mkdir()
    DATA.to_parquet(tmp_path / "g=1" / "rows.parquet")
    with pytest.raises(mlm.DataError, match=r"cannot be read: .* g has incompatible"):
        mlm.lmer(SLOPES, tmp_path)


@pytest.mark.parametrize("words", [["a", "a", "b"], ["a", None, "b"]])
def test_broken_categories_are_refused(words):
    codes = pa.array(np.arange(len(DATA)) % 3, pa.int8())
    column = pa.DictionaryArray.from_arrays(codes, pa.array(words))
    table = pa.Table.from_pandas(DATA.drop(columns="f")).append_column("f", column)
    with pytest.raises(mlm.DataError, match="'f' is no column of categories in the py"):
        mlm.lmer(SLOPES, pa.dataset.dataset(table))


def rare(value, monkeypatch):
    """Rows with a column of zeros but for one, which the first pass does not keep."""
    monkeypatch.setattr(first, "SOME", 20)
    data = in_order()
    data["rare"] = 0.0
    data.loc[501, "rare"] = value
    return data


@pytest.mark.parametrize(
    ("formula", "value", "words"),
    [
        ("y ~ np.exp(rare) + (1 | g)", 400.0, r"'np\.exp\(rare\)' has values up to 5e"),
        ("y ~ np.log(1 + rare) + (1 | g)", -1.0, r"'np\.log.* not finite everywhere"),
        ("np.log(rare + 1) ~ x + (1 | g)", -1.0, r"response .* not finite everywhere"),
        ("np.exp(rare) ~ x + (1 | g)", 400.0, r"response .* has values up to 5e"),
    ],
)
def test_a_file_with_a_number_of_no_use_is_named(
    formula, value, words, tmp_path, monkeypatch
):
    write(tmp_path, rare(value, monkeypatch))
    with pytest.raises(mlm.FormulaError, match=rf"{words}.* in .*part-1\.parquet"):
        mlm.lmer(formula, tmp_path)


def test_a_file_without_rows_is_told(tmp_path):
    data = write(tmp_path)
    data.iloc[:0].to_parquet(tmp_path / "part-3.parquet")
    with pytest.warns(mlm.EmptyFileWarning, match=r"1 of 4 files .*part-3\.parquet"):
        check_solutions("y ~ x + (1 | g)", tmp_path, data)


@pytest.mark.slow
def test_bad_partitions_are_named():
    frame = pytest.importorskip("dask.dataframe")
    dask = pytest.importorskip("dask")

    @dask.delayed
    def part(i):
        if i == 2:
            raise OSError("the disk is gone")
        return DATA.iloc[400 * i : 400 * i + 400]

    lost = frame.from_delayed([part(i) for i in range(3)], meta=DATA.iloc[:0])
    with pytest.raises(mlm.DataError, match=r"partition 2 .* the disk is gone"):
        mlm.lmer(SLOPES, lost)
    other = frame.from_pandas(DATA, npartitions=3)
    other = other.map_partitions(
        lambda rows: rows.astype({"x": str}) if rows.index[0] else rows,
        meta=DATA.iloc[:0],
    )
    with pytest.raises(mlm.DataError, match=r"'x' holds text in partition 1"):
        mlm.lmer(SLOPES, other)


@pytest.mark.slow
def test_errors_of_polars_are_ours(folder):
    polars = pytest.importorskip("polars")
    wrong = polars_frame(folder).with_columns(x=polars.col("text").cast(float))
    with pytest.raises(mlm.DataError, match=r"polars LazyFrame cannot be read: .*conv"):
        mlm.lmer(SLOPES, wrong)


def test_data_that_change_between_passes_are_refused():
    frame, number = pytest.importorskip("dask.dataframe"), []

    def part(_):
        number.append(1)
        return DATA.iloc[: 1200 - 100 * len(number)]

    changing = frame.from_map(part, range(1), meta=DATA.iloc[:0])
    with pytest.raises(mlm.DataError, match="1100 complete rows at first, and 1000"):
        mlm.lmer(SLOPES, changing)


# What a formula may ask.


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("y ~ poly(x, 2) + (1 | g)", r"poly\(x, 2\) learns from a whole column"),
        ("y ~ bs(x, df=4) + (1 | g)", r"bs\(x, df=4\) learns from a whole column"),
        ("y ~ I(x - np.median(x)) + (1 | g)", r"np\.median\(x\) needs a whole column"),
        ("y ~ center(x - np.mean(x)) + (1 | g)", r"needs np\.mean\(x\)"),
        ("y ~ x + nothing + (1 | g)", "no column 'nothing' in the data"),
        ("y ~ x", "no random term"),
        ("y ~ x + y + (1 | g)", "the response 'y' is also a predictor"),
        ("f ~ x + (1 | g)", "the response 'f' is not numeric"),
        ("y ~ np.log(x) + (1 | g)", r"'np\.log\(x\)' is not finite everywhere"),
        ("y ~ x + text + (1 | text)", "is a fixed effect and has a random intercept"),
        ("y ~ x + (x * f * b | part)", "cannot be told from the residuals"),
        ("I(0 * y) ~ x + (1 | g)", "is constant"),
        ("twice ~ x + (1 | g)", "explain the response exactly"),
    ],
)
def test_what_cannot_be_fitted_is_refused_in_words(formula, words, folder):
    with pytest.raises(mlm.MlmError, match=words):
        mlm.lmer(formula, folder)


def test_dates_are_no_effects(tmp_path):
    write(tmp_path, in_order().assign(day=pd.Timestamp("2026-01-01")))
    with pytest.raises(mlm.FormulaError, match="'day' holds dates"):
        mlm.lmer("y ~ day + (1 | g)", tmp_path)


def test_a_constant_response_is_refused_whatever_the_offset(tmp_path):
    write(tmp_path, in_order().assign(one=1.0, same=DATA["w"]))
    with pytest.raises(mlm.FormulaError, match="the response 'one' is constant"):
        mlm.lmer("one ~ year + (1 | g)", tmp_path, offset="w")
    with pytest.raises(mlm.DataError, match="explain the response exactly"):
        mlm.lmer("same ~ year + (1 | g)", tmp_path, offset="same")


def levels_as_they_come(x):
    """Categories whose order is that of the rows: another one in each table."""
    words = np.where(x > 2010, "b", "a")
    return pd.Categorical(words, pd.unique(words)[::-1])


def test_levels_of_a_caller_have_one_order(folder):
    given = {"namespace": {"named": levels_as_they_come}}
    with pytest.raises(
        mlm.FormulaError, match=r"named\(year\) has its levels in anoth"
    ):
        mlm.lmer("y ~ named(year) + (1 | g)", folder, **given)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"weights": np.ones(1200)}, "the weights of data in files are the name"),
        ({"offset": "nothing"}, "offset='nothing' names no column"),
        ({"weights": "f"}, "the weights must be numbers, not text"),
    ],
)
def test_weights_of_files_are_named(given, words, folder):
    with pytest.raises(mlm.DataError, match=words):
        mlm.lmer(SLOPES, folder, **given)


def test_what_is_no_file_is_said():
    with pytest.raises(mlm.DataError, match=r"data = 'nowhere' is no data frame, and"):
        mlm.lmer(SLOPES, "nowhere")


# After the fit.


@pytest.fixture(scope="module")
def ours(folder):
    return mlm.lmer(SLOPES, folder, weights="w")


@pytest.mark.slow
def test_what_needs_no_rows_is_that_of_the_frame(ours, right):
    rows = DATA.head(7)
    for name in ("aic", "bic", "loglik"):
        assert getattr(ours, name) == pytest.approx(getattr(right, name), rel=1e-11)
    for group, variances in right.condvar.items():
        np.testing.assert_allclose(ours.condvar[group], variances, rtol=1e-7)
    pairs_of = [
        (ours.predict(rows), right.predict(rows)),
        (ours.predict(rows, se=True)["se"], right.predict(rows, se=True)["se"]),
        (ours.degrees_of_freedom, right.degrees_of_freedom),
        (ours.anova()["F value"], right.anova()["F value"]),
        (ours.confint("wald"), right.confint("wald")),
        (ours.refit_ml().fixef, right.refit_ml().fixef),
    ]
    for one, two in pairs_of:
        np.testing.assert_allclose(one, two, rtol=1e-6)
    new = [f.predict(rows, interval="new")["upper"] for f in (ours, right)]
    np.testing.assert_allclose(*new, rtol=1e-7)
    assert str(ours) == str(right)
    assert str(ours.rePCA()) == str(right.rePCA())


def test_a_fit_from_files_travels(ours):
    rows = DATA.head(5)
    for again in (pickle.loads(pickle.dumps(ours)), copy.deepcopy(ours)):
        np.testing.assert_array_equal(again.predict(rows), ours.predict(rows))
        assert str(again.design) == str(ours.design)
        assert repr(again.design.terms[0]) == "TermOnDisk('g'; 30 × (Intercept), x)"
        assert repr(again.design.fixed) == "ColumnsOnDisk((Intercept), x, fb, fc)"
        with pytest.raises(mlm.DataError, match="not in memory"):
            again.residuals()


def test_summary_says_what_it_lacks(ours, right):
    lines, known = str(ours.summary()).splitlines(), str(right.summary()).splitlines()
    at = known.index("Scaled residuals:")
    assert lines[at] == "Scaled residuals: not computed, of 1200 rows on disk"
    assert lines[:at] + lines[at + 1 :] == known[:at] + known[at + 3 :]


NEEDS_ROWS = {
    "resid": lambda fit: fit.resid,
    "fitted": lambda fit: fit.fitted,
    "predict": lambda fit: fit.predict(),
    "leverage": lambda fit: fit.leverage,
    "simulate": lambda fit: fit.simulate(1, seed=1),
    "refit": lambda fit: fit.refit(DATA["y"]),
    "influence": lambda fit: fit.influence("g"),
    "bootstrap": lambda fit: mlm.bootstrap(fit, n=2, seed=1, progress=False),
    "means": lambda fit: fit.means("f"),
    "r2": lambda fit: fit.r2(),
    "augment": lambda fit: fit.augment(),
    "X": lambda fit: fit.design.X,
    "Z": lambda fit: fit.design.Z,
    "frame": lambda fit: fit.design.frame,
    "matrix": lambda fit: fit.design.terms[0].matrix(),
    "another response": lambda fit: fit.design.with_response(DATA["y"]),
}


@pytest.mark.parametrize("what", NEEDS_ROWS)
def test_what_needs_the_rows_says_so(what, ours):
    with pytest.raises(mlm.DataError, match=r"not in memory: .* fit\.predict"):
        NEEDS_ROWS[what](ours)


@pytest.mark.slow
def test_fits_from_files_are_compared(ours, right, folder, tmp_path):
    small = mlm.lmer("y ~ x + (x | g) + (1 | h)", folder, weights="w", reml=False)
    with pytest.warns(mlm.RefitWarning):
        known = mlm.anova(small, right)
    with pytest.warns(mlm.RefitWarning):
        found = mlm.anova(small, ours)
    np.testing.assert_allclose(found["Chisq"][1:], known["Chisq"][1:], rtol=1e-8)
    with pytest.raises(mlm.DataError, match="different weights"):
        mlm.anova(ours, mlm.lmer(SLOPES, folder))
    data = in_order()
    data.loc[5, "y"] += 1
    write(tmp_path, data)
    with pytest.raises(mlm.DataError, match="different responses"):
        mlm.anova(ours, mlm.lmer(SLOPES, tmp_path, weights="w"))


# How it is summed.


@pytest.mark.parametrize(
    ("solver", "full"),
    often(
        [("iterative", False), ("dense", True)], [("iterative", True), ("dense", False)]
    ),
)
def test_crossed_factors_by_both_solvers(solver, full, tmp_path, monkeypatch):
    """Pairs of groups in a table, and sorted; each met at most once, or often."""
    if not full:
        monkeypatch.setattr(pairs, "FULL", 0)
        monkeypatch.setattr(pairs, "WAITING", 300)
        monkeypatch.setattr(pairs, "TOGETHER", 100)
    rng = np.random.default_rng(3)
    n, J = 1500, (90, 60)
    data = pd.DataFrame({"u": rng.integers(0, J[0], n), "i": rng.integers(0, J[1], n)})
    data["x"] = rng.normal(size=n)
    data["y"] = (
        rng.normal(size=J[0])[data["u"]]
        + rng.normal(size=J[1])[data["i"]]
        + rng.normal(size=n)
    )
    write(tmp_path, data)
    formula = "y ~ x + (1 | u) + (1 | i)"
    given = {"solver": solver, "reml": full}
    check_same(mlm.lmer(formula, tmp_path, **given), mlm.lmer(formula, data, **given))


@pytest.mark.slow
@pytest.mark.parametrize(
    "formula",
    often(
        ["y ~ x + (x | g) + (x | h)", "y ~ x + (1 | part) + (1 | g) + (1 | h)"],
        ["y ~ x + (x || g) + (1 | h) + (1 | f)"],
    ),
)
def test_the_iterative_solver_takes_what_it_takes_in_memory(formula, folder):
    given = {"solver": "iterative", "weights": "w"}
    check_same(
        mlm.lmer(formula, folder, **given), mlm.lmer(formula, in_order(), **given)
    )


@pytest.mark.slow
def test_sparse_couplings_are_those_of_the_frame(tmp_path):
    """With slopes in both factors, and a third that lies in one of them."""
    rng = np.random.default_rng(4)
    n, J = 2000, (400, 300)
    data = pd.DataFrame({"u": rng.integers(0, J[0], n), "i": rng.integers(0, J[1], n)})
    data["x"], data["y"] = rng.normal(size=(2, n))
    data["third"] = data["i"] // 20
    write(tmp_path, data)
    formula = "y ~ x + (x | u) + (x | i) + (1 | third)"
    assert mlm.profiled_deviance(mlm.design_matrices(formula, data)).sums.coupling
    check_solutions(formula, tmp_path, data)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("sizes", [(0, 200, 50), (0, 10**6, 64), (10**6, 1, 1)])
@pytest.mark.parametrize("crossed", [0, 5, 99])
def test_pairs_are_summed_whenever_they_turn_out_crossed(
    number, sizes, crossed, monkeypatch
):
    """Rows come in ten parts, to two halves that are put together."""
    for name, size in zip(("FULL", "WAITING", "TOGETHER"), sizes, strict=True):
        monkeypatch.setattr(pairs, name, size)
    rng, J1, J2 = np.random.default_rng(2), 40, 7
    halves = [pairs.Pairs(J1, J2, number) for _ in range(2)]
    own = [np.zeros((number, J1)) for _ in halves]
    parent, total = rng.integers(0, J2, J1), np.zeros((number, J1, J2))
    for part in range(10):
        one = rng.integers(0, J1, 50)
        two = parent[one]
        two[3] = (two[3] + (part == crossed)) % J2
        values = np.ones((1, 50)) if number == 1 else rng.normal(size=(number, 50))
        before, given = own[part % 2], None if number == 1 else values
        halves[part % 2].add(one, two, partial(_same, given), partial(_same, before))
        for sums, mine, row in zip(total, before, values, strict=True):
            np.add.at(sums, (one, two), row)
            np.add.at(mine, one, row)
    halves[0].merge(halves[1], *(partial(_same, sums) for sums in own))
    if crossed > 10:
        met = total[0].any(axis=1)
        np.testing.assert_array_equal(halves[0].parent[met], parent[met])
        return
    found, full = halves[0].met(), np.zeros_like(total)
    full[:, found.one, found.other] = 1 if found.values is None else found.values
    np.testing.assert_allclose(full, total, atol=1e-12)
    assert len(found.other) == np.count_nonzero(total[0])


def test_counts_of_pairs_are_of_the_smallest_type(monkeypatch):
    """Pairs are put together from the last to the first: the largest comes last."""
    monkeypatch.setattr(pairs, "FULL", 0)
    monkeypatch.setattr(pairs, "TOGETHER", 50)
    for most, dtype in ((2, np.uint8), (300, np.uint16)):
        rng = np.random.default_rng(1)
        one, two = rng.integers(0, 40, 500), rng.integers(0, 7, 500)
        one, two = (np.concatenate([np.zeros(most, int), part]) for part in (one, two))
        counted = pairs.Pairs(40, 7, 1)
        counted.add(one, two, partial(_same, None), lambda: np.zeros((1, 40)))
        found, full = counted.met(), np.zeros((40, 7))
        assert found.values.dtype == dtype
        full[found.one, found.other] = found.values[0]
        truth = np.zeros((40, 7))
        np.add.at(truth, (one, two), 1)
        np.testing.assert_array_equal(full, truth)


def _same(value):
    return value


def test_rows_that_show_nothing_cost_a_third_pass_and_no_digit(folder, monkeypatch):
    """The rows that are kept are all of one year, and of x that is nearly max_x."""
    keep, number = First._keep, []

    def narrow(first, frame):
        if first.n <= 300:
            x = 1e-6 * frame["max_x"] + 1e-10 * frame["x"]
            keep(first, frame.assign(x=x))

    def counted(*arguments):
        number.append(1)
        return run(*arguments)

    run = passes._run
    monkeypatch.setattr(First, "_keep", narrow)
    monkeypatch.setattr(passes, "_run", counted)
    formula = "y ~ year + x + max_x + (year | g) + (1 | h)"
    check_solutions(formula, folder, in_order())
    assert len(number) == 3


@pytest.mark.parametrize(
    "formula", ["y ~ np.log(far) + (0 + far | g)", "y ~ I(far**2) + f + (far | g)"]
)
def test_effects_that_others_nearly_determine(formula, tmp_path):
    """Of the random effects' columns, the fixed one is a sum but for its last digits.

    The first is not in X either, and must not be taken out of the response.
    """
    data = in_order()
    data["far"] = data["x"] + 1e6
    write(tmp_path, data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mlm.RankDeficiencyWarning)
        warnings.simplefilter("ignore", mlm.IllConditionedWarning)
        right = mlm.profiled_deviance(mlm.design_matrices(formula, data))
        design, found = passes.assembled(formula, tmp_path)
    assert design.fixed_names == right.design.fixed_names
    ours = ProfiledCriterion(design, True, engine_sums(found, design, False))
    theta = right.basis.unwhiten([0.5 * np.eye(len(R)) for R in right.basis.R])
    one, two = ours.solve(theta), right.solve(theta)
    assert one.criterion == pytest.approx(two.criterion, rel=1e-10)
    np.testing.assert_allclose(one.beta, two.beta, rtol=1e-6)


def test_what_is_not_in_X_is_not_taken_out_of_the_response(tmp_path, monkeypatch):
    """The second column is new enough among the rows that are kept, but not in all."""
    data, keep = in_order(), First._keep
    data["other"] = data["x"] + 1.4e-7 * data["w"]
    write(tmp_path, data)

    def wider(found, rows):
        keep(found, rows.assign(other=rows["x"] + 3 * (rows["other"] - rows["x"])))

    monkeypatch.setattr(First, "_keep", wider)
    check_solutions("y ~ x + other + (1 | g)", tmp_path, data)


def test_rank_is_that_without_weights(tmp_path, monkeypatch):
    """Two columns are one but in rows that are small, of large weight, and kept."""
    data, rng = in_order(), np.random.default_rng(6)
    light = np.arange(len(data)) % 12 > 0
    small = 1e-4 * rng.normal(size=len(data))
    data["one"] = np.where(light, data["x"], small)
    data["other"] = np.where(light, data["x"], 1e-4 * data["max_x"])
    data["heavy"] = np.where(light, 1.0, 1e9)
    write(tmp_path, data)
    keep = First._keep
    monkeypatch.setattr(
        First, "_keep", lambda found, rows: keep(found, rows[rows["one"].abs() < 1e-3])
    )
    check_solutions("y ~ one + other + (1 | g)", tmp_path, data, weights="heavy")


@pytest.mark.parametrize("value", [1e-13, 1e-30, 1e9])
def test_a_column_that_the_kept_rows_do_not_show(value, tmp_path, monkeypatch):
    data = rare(value, monkeypatch)
    data.loc[[77, 900], "rare"] = -2 * value, 0.5 * value
    write(tmp_path, data)
    check_solutions("y ~ rare + (1 | g)", tmp_path, data)


# What it needs.


@pytest.mark.slow
def test_mlm_needs_no_pyarrow(monkeypatch):
    """Nor anything else that reads files: it is imported where files are read."""
    optional = {"pyarrow", "polars", "dask", "distributed"}
    for path in (ROOT / "mlm").rglob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert optional.isdisjoint(name.split(".")[0] for name in names), path
    monkeypatch.setitem(sys.modules, "pyarrow.dataset", None)
    with pytest.raises(mlm.DataError, match="need pyarrow"):
        mlm.lmer(SLOPES, "anything")


MEMORY = """
import sys
import mlm
import pyarrow.dataset
from mlm.files import passes

def peak():
    lines = open("/proc/self/status").read().splitlines()
    (line,) = (line for line in lines if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1000

passes.ROWS = passes.MOST_ROWS = 64_000
before = peak()
mlm.lmer(sys.argv[1], sys.argv[2])
print(peak() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the peak")
@pytest.mark.parametrize(
    "formula", often(["y ~ x + (x | g)"], ["y ~ x + (1 | g) + (1 | h)"])
)
def test_memory_does_not_grow_with_the_rows(formula, tmp_path):
    """Columns of 64 MB, of which a table at a time is read, of 2 MB."""
    rng, path, writer = np.random.default_rng(5), tmp_path / "rows.parquet", None
    n, J = 64_000, 2000
    intercepts, slopes = rng.normal(size=(2, J))
    for _ in range(31):
        g, h, x = rng.integers(0, J, n), rng.integers(0, 40, n), rng.normal(size=n)
        y = intercepts[g] + slopes[g] * x + intercepts[h] + rng.normal(size=n)
        table = pa.table({"g": g, "h": h, "x": x, "y": y})
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()
    assert 31 * table.nbytes > 63e6
    command = [sys.executable, "-c", MEMORY, formula, path]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert float(done.stdout) < 60


@pytest.mark.slow
@pytest.mark.skipif(not WEEKLY, reason="a cluster takes its time: every week")
def test_passes_on_a_cluster_survive_a_killed_worker(tmp_path, right):
    """Both passes lose a worker half-way, and its partitions are computed anew."""
    from distributed import Client, LocalCluster

    frame, rows = pytest.importorskip("dask.dataframe"), in_order()

    def part(i):
        if i == 4:  # at first, and again when the second pass begins
            number = len([*tmp_path.iterdir()])
            (tmp_path / str(number)).touch()
            if number in (0, 2):
                os.kill(os.getpid(), signal.SIGKILL)
        return rows.iloc[200 * i : 200 * i + 200]

    data = frame.from_map(part, range(6), meta=rows.iloc[:0])
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        before = {*client.run(os.getpid).values()}
        check_same(mlm.lmer(SLOPES, data, weights="w"), right)
        assert before - {*client.run(os.getpid).values()}  # one of them is gone indeed
        assert len([*tmp_path.iterdir()]) == 4
        with pytest.raises(mlm.DataError, match="infinite in partition 2 of the dask"):
            mlm.lmer(SLOPES, data.assign(x=data["x"] / (data["year"] != 2008)))
