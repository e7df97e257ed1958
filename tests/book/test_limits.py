"""The measurements that a page reads are what benchmarks/limits.py makes."""

import sys

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

from methods3.plain import READ_BY_NOTEBOOKS

sys.path.append(str(ROOT / "benchmarks"))
import files
import limits

MEASURED = pd.read_csv(limits.RESULTS)
FITS = MEASURED[MEASURED["experiment"] != "simulation"]
RUNS = MEASURED[MEASURED["experiment"] == "simulation"]


def test_the_file_goes_where_the_notebook_goes():
    assert limits.RESULTS.relative_to(ROOT).as_posix() in READ_BY_NOTEBOOKS


def test_every_experiment_is_there_in_full():
    assert list(MEASURED.columns) == limits.COLUMNS
    assert set(MEASURED["experiment"]) == set(limits.SIZES)
    alone = MEASURED[(MEASURED["program"] == "mlm") & (MEASURED["workers"] == 1)]
    for name, sizes in limits.SIZES.items():
        assert alone.loc[alone["experiment"] == name, "size"].tolist() == sizes


def test_a_line_tells_of_the_size_it_is_filed_under():
    """Rows, and levels of crossed factors, as the data had them."""
    size = FITS.set_index("experiment")["size"]
    rows, left = (FITS.set_index("experiment")[name] for name in ("rows", "left"))
    assert rows["rows"].tolist() == size["rows"].tolist()
    assert (rows["groups"] == 10 * size["groups"]).all()
    assert (rows["nested"] == 20 * size["nested"]).all()
    assert (rows["students"] == 25 * size["students"]).all()
    crossed = ["crossed sparse", "crossed dense"]
    assert (left[crossed] == size[crossed]).all()
    assert (left["students"] == 2000).all()
    assert (left.drop([*crossed, "students"]) == 0).all()


def test_costs_are_numbers():
    costs = FITS[["reading", "trial", "megabytes"]].to_numpy()
    assert np.isfinite(costs).all()
    assert (costs > 0).all()


def test_a_full_matrix_needs_its_memory():
    """The largest crossed fit took at least one matrix of 8 bytes a number."""
    largest = FITS.loc[FITS["left"].idxmax()]
    assert largest["megabytes"] > 8 * largest["left"] ** 2 / 1e6


def test_simulation_has_what_is_compared():
    """One worker and two on the same replicates, and lme4."""
    found = set(zip(RUNS["program"], RUNS["workers"], RUNS["size"], strict=True))
    both = {("mlm", workers, limits.IN_PARALLEL) for workers in (1, 2)}
    assert both | {("lme4", 1, limits.WITH_LME4)} <= found
    assert (RUNS[["seconds", "cpu"]] > 0).all(axis=None)


def test_unknown_experiment_is_named():
    assert limits.chosen(["crossed"]) == ["crossed sparse", "crossed dense"]
    with pytest.raises(SystemExit, match="no experiment 'columns'"):
        limits.chosen(["columns"])


def test_files_were_measured_as_they_are_now():
    """Standard deviations that were simulated are found again, but for chance."""
    assert files.RESULTS.relative_to(ROOT).as_posix() in READ_BY_NOTEBOOKS
    found = pd.read_csv(files.RESULTS)
    assert list(found.columns) == files.COLUMNS
    sizes = [tuple(line) for line in found[["rows", "groups", "others"]].to_numpy()]
    for experiment, size in zip(found["experiment"], sizes, strict=True):
        assert size in files.SIZES[experiment]
    assert (found[["reading", "seconds", "cpu", "megabytes"]] > 0).all(axis=None)
    truth = found["experiment"].map({"slopes": (1, 1), "ratings": (0.85, 0.5)})
    np.testing.assert_allclose(found[["residual", "sd"]], [*truth], rtol=0.02)


def test_files_are_simulated_as_they_were_asked_for(tmp_path):
    for experiment, size in (("slopes", (300, 10, 0)), ("ratings", (300, 20, 10))):
        path = tmp_path / f"{experiment}.parquet"
        files.write(path, experiment, size)
        assert len(pd.read_parquet(path)) == size[0]
