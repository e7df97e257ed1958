"""What the errata page prints of the slides of week 3 is what R says."""

import json
import re

import pytest
from conftest import ROOT
from notebooks import read

FILE = "tests/reference/exercises_week03_maximum_likelihood.json"
RECORD = json.loads(ROOT.joinpath(FILE).read_text("utf-8"))["errata"]
PAGE = read(ROOT / "pages/errata.ipynb").cells


def printed(entry):
    """Numbers in the output of the cell below an entry's text."""
    (place,) = (i for i, cell in enumerate(PAGE) if f"({entry})=" in cell.source)
    text = "".join(output.get("text", "") for output in PAGE[place + 1].outputs)
    return [float(x) for x in re.findall(r"-?(?:\d+\.\d+|\d+|inf)\b", text)]


@pytest.mark.parametrize("entry", RECORD)
def test_numbers_are_those_of_r(entry):
    known = [float(value) for value in RECORD[entry]["values"]]
    shown = printed(entry)
    for value in known:
        assert any(x == pytest.approx(value, rel=2e-4) for x in shown), (value, shown)


def test_every_entry_of_week_3_but_one_has_a_number_of_r():
    """E-T9 is about words; that its model has no residual is printed as a table."""
    entries = {*re.findall(r"\((e-t\d+)\)=", "\n".join(c.source for c in PAGE))}
    assert entries - RECORD.keys() == {"e-t9"}
    (place,) = (i for i, cell in enumerate(PAGE) if "(e-t9)=" in cell.source)
    table = PAGE[place + 1].outputs[0].text
    assert "Groups" in table
    assert "Residual" not in table
