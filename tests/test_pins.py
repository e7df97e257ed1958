"""Versions that mlm is tested with besides the pinned ones: oldest, and a browser's."""

import json

import pytest
from conftest import ROOT
from notebooks import PROJECT
from packaging.requirements import Requirement
from packaging.version import Version

PYODIDE = json.loads((ROOT / "scripts/pyodide.json").read_text("utf-8"))
NEEDED = [
    Requirement(line)
    for line in [
        *PROJECT["dependencies"],
        *PROJECT["optional-dependencies"]["live"],
        *PROJECT["optional-dependencies"]["checkpoint"],
    ]
]


def pins(name):
    lines = (ROOT / "tests/pins" / f"{name}.txt").read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


@pytest.mark.parametrize("needed", NEEDED, ids=str)
def test_floor_is_the_oldest_version_allowed(needed):
    (limit,) = needed.specifier
    assert limit.operator == ">="
    assert Version(pins("floors")[needed.name]) == Version(limit.version)


def test_browser_versions_are_those_of_pyodide():
    pinned = pins("pyodide")
    assert {"numpy", "scipy", "pandas", "matplotlib"} <= pinned.keys()
    for name, version in pinned.items():
        assert PYODIDE["packages"][name] == version


@pytest.mark.parametrize("needed", NEEDED, ids=str)
def test_mlm_allows_the_versions_of_the_browser(needed):
    version = PYODIDE["packages"].get(needed.name)
    assert version is None or version in needed.specifier
    assert PYODIDE["python"] in Requirement(f"x{PROJECT['requires-python']}").specifier
