"""The notation page: its Python names exist, and have the shapes it says."""

import re

import numpy as np
import pytest
from conftest import ROOT

from mlm.design.covariance import Sigma, marginal_covariance

PAGE = (ROOT / "pages/notation.md").read_text("utf-8")


def table(heading):
    """Cells of the first table under a heading, row by row."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\|(.*)\|$", section, re.MULTILINE)[2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)] for row in rows]


@pytest.fixture(scope="module")
def sizes(sleep_fit):
    design = sleep_fit.design
    (term,) = design.terms
    return {
        "n": design.n,
        "p": design.p,
        "q": design.q,
        "J": term.J,
        "k": term.k,
        "m": len(sleep_fit.theta),
    }


def test_sizes_are_those_of_sleepstudy(sizes):
    stated = {row[0].strip("$"): int(row[2]) for row in table("Sizes")}
    assert stated == sizes


@pytest.mark.parametrize("row", table("Symbols"), ids=lambda row: row[1])
def test_symbol_has_the_shape_stated(row, sleep_fit, sizes):
    _, code, shape, *_ = row
    fit, design = sleep_fit, sleep_fit.design
    values = {
        "Sigma(…)": Sigma(design.terms, fit.theta, fit.sigma),
        "marginal_covariance(…)": marginal_covariance(design, fit.theta, fit.sigma),
        "Lambda": fit.pls.Lambda[:2, :2],
    }
    expression = re.search(r"`([^`]+)`", code)[1]
    value = values.get(expression)
    if value is None:
        value = eval(expression, {"fit": fit, "design": design})
    letters = [] if shape == "number" else shape.strip("$").split(r"\times")
    assert np.shape(value) == tuple(sizes[letter.strip()] for letter in letters)
