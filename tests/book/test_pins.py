"""Versions that mlm is tested with besides the pinned ones: oldest, and a browser's."""

import json
import os
import re
import subprocess
import sys

import lite
import pytest
import yaml
from conftest import ROOT
from lite import EXTRAS
from notebooks import PROJECT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
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


# ---- Hashes: what is installed is what was looked at. ----

# What is wanted, and the pins of it.
LOCKS = {
    ROOT / "scripts/requirements.in": ROOT / "requirements.txt",
    ROOT / "scripts/students.in": ROOT / "scripts/students.txt",
    ROOT / "benchmarks/requirements.in": ROOT / "benchmarks/requirements.txt",
}
LOCKED = re.compile(
    r"(?P<name>[\w.-]+)(?:\[[\w,-]+\])?==(?P<version>[^ ]+)(?: ; [^\\\n]+)? \\\n"
    r"(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+"
)


def short(path):
    return path.relative_to(ROOT).with_suffix("").as_posix()


@pytest.mark.parametrize("path", LOCKS.values(), ids=short)
def test_every_pin_has_its_hashes(path):
    """And there is nothing else: no address, no option, no package by name alone."""
    assert LOCKED.sub("", path.read_text("utf-8")) == ""


@pytest.mark.parametrize("path", LOCKS, ids=short)
def test_all_that_is_wanted_is_pinned(path):
    lines = [
        line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines()
    ]
    pinned = versions(LOCKS[path])
    for needed in map(Requirement, filter(None, lines)):
        assert pinned[canonicalize_name(needed.name)] in needed.specifier


def versions(path):
    return {
        canonicalize_name(m["name"]): m["version"]
        for m in LOCKED.finditer(path.read_text("utf-8"))
    }


def test_students_have_few_packages_and_those_that_the_course_is_built_with():
    """All that mlm needs, at the versions that made the stored outputs."""
    theirs, ours = (
        versions(ROOT / f"{name}.txt") for name in ("scripts/students", "requirements")
    )
    assert theirs.items() <= ours.items()
    wanted = [
        Requirement(line).name
        for line in [
            *PROJECT["dependencies"],
            *PROJECT["optional-dependencies"]["live"],
            *PROJECT["optional-dependencies"]["grade"],
        ]
    ]
    assert {"jupyterlab", *wanted} <= theirs.keys()
    # Some are of one system alone: 118 are installed on Linux, in 664 MB.
    assert len(theirs) <= 121
    assert not {"pyarrow", "playwright", "sphinx", "dask", "ruff"} & theirs.keys()


def test_wheels_of_every_system_are_among_the_hashes():
    """numpy alone has more than forty for the Pythons and systems of today."""
    (numpy,) = (
        m[0]
        for m in LOCKED.finditer((ROOT / "requirements.txt").read_text("utf-8"))
        if m["name"] == "numpy"
    )
    assert numpy.count("--hash") > 40


def test_conda_installs_the_pins_alone():
    """Where hashes are checked pip takes no folder: the course is a step of its own."""
    steps = yaml.safe_load(ROOT.joinpath("binder/environment.yml").read_text("utf-8"))
    assert steps["dependencies"][-1] == {"pip": ["-r ../scripts/students.txt"]}
    assert "--no-deps" in ROOT.joinpath("binder/postBuild").read_text("utf-8")
    assert os.access(ROOT / "binder/postBuild", os.X_OK) or os.name == "nt"


def test_browser_gets_its_packages_by_hash():
    names = lite.missing_packages().keys() - {"mlm"}
    assert len(names) >= 3
    for name in names:
        assert LOCKED.fullmatch(lite.hashed_pin(name))["name"] == name


def test_pip_refuses_a_file_with_another_hash(tmp_path):
    """With the pins as they are written, and one digit changed."""
    pin = lite.hashed_pin("comm")
    wrong = re.sub(r"(?<=sha256:)\w{4}", "0000", pin)
    tmp_path.joinpath("pins.txt").write_text(wrong, "utf-8")
    pip = "-m pip download --no-deps --quiet --disable-pip-version-check --no-index"
    wheels = EXTRAS / "lite" / "pypi"
    if not wheels.exists():
        pytest.skip("JupyterLite is not built: `make lite`")
    places = ["--find-links", wheels, "-r", tmp_path / "pins.txt", "-d", tmp_path]
    command = [sys.executable, *pip.split(), *places]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
    tmp_path.joinpath("pins.txt").write_text(pin, "utf-8")
    assert subprocess.run(command, capture_output=True).returncode == 0
