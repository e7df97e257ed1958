"""The measurements that a page reads are what benchmarks/limits.py makes."""

import sys

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

from methods3.plain import READ_BY_NOTEBOOKS

sys.path.append(str(ROOT / "benchmarks"))
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
