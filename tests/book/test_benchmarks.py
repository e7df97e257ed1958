"""The table of generalised models that a page reads is what benchmarks/ makes."""

import sys

import pandas as pd
import pytest
from conftest import ROOT

from methods3.plain import READ_BY_NOTEBOOKS

sys.path.append(str(ROOT / "benchmarks"))
import cases
import compare

MEASURED = pd.read_csv(compare.TABLE)


def test_the_file_goes_where_the_notebook_goes():
    assert compare.TABLE.relative_to(ROOT).as_posix() in READ_BY_NOTEBOOKS


def test_every_case_is_there_in_order():
    ours = MEASURED[MEASURED["package"] == "mlm"]
    assert ours["case"].tolist() == [case.name for case in cases.GENERALISED]
    assert set(MEASURED["package"]) <= set(compare.OF_GENERALISED)


def test_mlm_went_to_the_end():
    """Nobody reached a lower −2 log likelihood."""
    assert (MEASURED["above"] >= 0).all()
    assert MEASURED.loc[MEASURED["package"] == "mlm", "above"].max() < compare.EARLY


@pytest.mark.parametrize("name", ["cbpp", "grouseticks"])
def test_estimates_are_judged_by_our_criterion(name):
    """At the estimates it is the fit's own criterion; away from them it is higher."""
    import mlm

    case = next(c for c in cases.GENERALISED if c.name.startswith(name))
    data = case.data()
    judge = compare.criterion_of(case, data)
    fit = mlm.glmer(case.formula, data, case.family, weights=case.trials)
    found = {"theta": fit.theta.tolist(), "beta": fit.fixef.tolist()}
    assert judge(found) == pytest.approx(fit.criterion, abs=1e-8)
    found["beta"][0] += 0.1
    assert judge(found) > fit.criterion + 0.01


def test_marks_say_how_far_above():
    fast = {"seconds": [0.1], "theta": [1]}
    slow = {"seconds": [1.5], "theta": [1]}
    assert compare.shown(fast, fast, 0) == "100"
    assert compare.shown(slow, fast, 0) == "1500 (15×)"
    assert compare.shown(slow, fast, 0.002) == "1500 (15×) *early*: +2e-03"
    assert "**wrong**" in compare.shown(slow, fast, float("nan"))
    assert compare.shown({"failed": "NotImplementedError: no"}, fast, None) == "—"


def test_unknown_part_is_named():
    with pytest.raises(SystemExit, match="no part 'glm'"):
        compare.main(["glm"])


def test_the_page_says_how_long_a_package_was_waited_for():
    page = (ROOT / "pages/speed.ipynb").read_text("utf-8")
    assert "not done after four and a half minutes" in page
    assert compare.LIMIT == 4.5 * 60
