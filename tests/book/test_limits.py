"""The measurements that a page reads are what benchmarks/limits.py makes."""

import sys

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from matplotlib import pyplot as plt

from methods3.costs import draw_costs
from methods3.plain import READ_BY_NOTEBOOKS

sys.path.append(str(ROOT / "benchmarks"))
import files
import limit_once
import limits

MEASURED = pd.read_csv(limits.RESULTS)
FITS = MEASURED[MEASURED["trial"].notna()]
WHOLE = MEASURED[MEASURED["experiment"].isin(limit_once.COMPARED)]
COMPARED = WHOLE[WHOLE["program"] == "mlm"]
BESIDE = WHOLE[WHOLE["program"] != "mlm"]
PUBLISHED = pd.read_csv(ROOT / "benchmarks/published.csv")
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


def test_solvers_are_compared_on_the_same_data():
    """Whole fits: a million ratings of more and more items, and more of 2000 items."""
    assert set(COMPARED["experiment"]) == set(limit_once.COMPARED)
    named = COMPARED.set_index("experiment")
    for solver in ("dense", "iterative"):
        items, ratings = named.loc[f"items {solver}"], named.loc[f"ratings {solver}"]
        assert (items["rows"] == 1_000_000).all()
        # With a mean of ten ratings each, some of the most items have none.
        np.testing.assert_allclose(items["left"], items["size"], rtol=1e-4)
        assert (ratings["rows"] == ratings["size"]).all()
        assert (ratings["left"] == 2000).all()
    assert (named[["cpu", "megabytes"]] > 0).all(axis=None)
    largest = named.loc["items dense"].iloc[-1]
    assert largest["megabytes"] > 8 * largest["left"] ** 2 / 1e6


def test_others_fit_the_same_ratings():
    for experiment, program in limits.BESIDE.items():
        found = BESIDE[BESIDE["experiment"] == experiment]
        assert set(found["program"]) == {program}
        assert set(found["size"]) <= set(limits.SIZES_BESIDE)
        assert (found["rows"] == 1_000_000).all()
        assert (found["left"] == found["size"]).all()
        assert (found[["cpu", "megabytes"]] > 0).all(axis=None)


def test_published_figures_can_hold_their_matrix():
    """Gigabytes are more than one triangle of a full matrix; each has its source."""
    cited = (ROOT / "pages/references.bib").read_text("utf-8")
    assert (PUBLISHED["gigabytes"] * 2**30 > 8 * PUBLISHED["left"] ** 2 / 2).all()
    assert all(f"{{{source}," in cited for source in PUBLISHED["source"])
    assert "benchmarks/published.csv" in READ_BY_NOTEBOOKS


def test_the_picture_of_costs_shows_the_file():
    largest = pd.read_csv(files.RESULTS).iloc[-1]
    fig = draw_costs(MEASURED, PUBLISHED, largest)
    drawn = [[line.get_xydata() for line in ax.lines] for ax in fig.axes]
    sizes = {"items": "left", "ratings": "rows"}
    for i, (cost, unit) in enumerate({"cpu": 1, "megabytes": 1000}.items()):
        for j, (grows, size) in enumerate(sizes.items()):
            lines = drawn[2 * i + j]
            for line, solver in zip(lines, ("dense", "iterative"), strict=False):
                of = COMPARED[COMPARED["experiment"] == f"{grows} {solver}"]
                wanted = np.column_stack([of[size], of[cost] / unit])
                np.testing.assert_allclose(line, wanted)
            other = {"items": "others", "ratings": "rows"}[grows]
            star = [[largest[other], largest[cost] / unit]]
            np.testing.assert_allclose(lines[2], star)
    assert [len(lines) for lines in drawn] == [6, 3, 6, 3]
    for i, program in enumerate(limits.BESIDE.values(), start=3):
        of = BESIDE[BESIDE["program"] == program]
        np.testing.assert_allclose(drawn[0][i], of[["left", "cpu"]])
    theirs = PUBLISHED[["left", "seconds"]]
    np.testing.assert_allclose(drawn[0][5], theirs)
    assert drawn[2][5][0, 1] == pytest.approx(56.24513 * 1.073741824)
    assert all(ax.get_xscale() == ax.get_yscale() == "log" for ax in fig.axes)
    plt.close(fig)


def test_simulation_has_what_is_compared():
    """One worker and two on the same replicates, and lme4."""
    found = set(zip(RUNS["program"], RUNS["workers"], RUNS["size"], strict=True))
    both = {("mlm", workers, limits.IN_PARALLEL) for workers in (1, 2)}
    assert both | {("lme4", 1, limits.WITH_LME4)} <= found
    assert (RUNS[["seconds", "cpu"]] > 0).all(axis=None)


def test_unknown_experiment_is_named():
    assert limits.chosen(["crossed"]) == ["crossed sparse", "crossed dense"]
    assert limits.chosen(["items"]) == ["items dense", "items iterative"]
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
    truth = {"slopes": (1, 1), "careers": (0.5, 0.8)}
    truth |= dict.fromkeys(["ratings", "tastes"], (0.85, 0.5))
    wanted = [truth[experiment] for experiment in found["experiment"]]
    np.testing.assert_allclose(found[["residual", "sd"]], wanted, rtol=0.02)


def test_files_are_simulated_as_they_were_asked_for(tmp_path):
    for experiment, size in (("slopes", (300, 10, 0)), ("ratings", (300, 20, 10))):
        path = tmp_path / f"{experiment}.parquet"
        files.write(path, experiment, size)
        assert len(pd.read_parquet(path)) == size[0]
