"""The sources' numbers: none is lost, and the rows that differ are known."""

import re
from html import unescape

import nbformat
from test_book import ROOT

PAGE = ROOT / "pages/teaching/agreement.ipynb"
# As many numbers as the lectures of weeks 1 and 2 stated when their tables came to this
# page, and those of week 3 by R.
ROWS = 671
# Where lme4 stopped a little before the lowest point.
DIFFER = {
    ("Reading the fit", "SD of intercepts"),
    ("Reading the fit", "conditional variance"),
    ("Reading the fit", "… covariance"),
}


# Name, number stated, number here, and whether they agree.
ROW = re.compile(
    r"<th>(.*?)</th>\s*<td>.*?</td>\s*<td>.*?</td>\s*<td>(True|False)</td>"
)


def rows():
    """Section, name and agreement of every row of the stored tables."""
    section = None
    for cell in nbformat.read(PAGE, as_version=4).cells:
        if cell.source.startswith("## "):
            section = cell.source.partition("\n")[0].removeprefix("## ")
        for output in cell.get("outputs", []):
            for name, same in ROW.findall(output.get("data", {}).get("text/html", "")):
                yield section, unescape(name), same == "True"


def test_every_number_of_the_sources_is_compared():
    found = list(rows())
    assert len(found) == ROWS
    assert {(section, name) for section, name, same in found if not same} == DIFFER
