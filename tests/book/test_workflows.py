"""What runs on GitHub has no more rights than it needs, and cannot change."""

import re

import pytest
import yaml
from conftest import ROOT
from notebooks import PROJECT

PATHS = [*sorted(ROOT.glob(".github/workflows/*.yml")), ROOT / "exercises/workflow.yml"]
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def complaints(text):
    """What is wrong with a workflow, as sentences.

    Parameters
    ----------
    text : str
        Of the file.
    """
    for line in text.splitlines():
        if "uses:" in line and not PINNED.search(line):
            yield f"not pinned by the hash of a commit: {line.strip()}"
    workflow = yaml.safe_load(text)
    if workflow.get("permissions") not in ({}, {"contents": "read"}):
        yield "more than reading is allowed to every job, or nothing is said of it"
    for name, job in workflow["jobs"].items():
        writes = "write" in job.get("permissions", {}).values()
        for step in job["steps"]:
            if "actions/checkout" in step.get("uses", ""):
                if step.get("with", {}).get("persist-credentials") is not False:
                    yield f"{name}: the token stays in .git/config"
                if writes:
                    yield f"{name}: a job that may write runs what it checks out"
            if writes and re.search(r"\b(make|pip|python)\b", step.get("run", "")):
                yield f"{name}: a job that may write installs or runs other code"
            if "github.token" in str(step) and not writes:
                yield f"{name}: a token that is not needed"


def test_there_are_workflows():
    assert {path.name for path in PATHS} == {"ci.yml", "weekly.yml", "workflow.yml"}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_workflow_gives_away_nothing(path):
    assert list(complaints(path.read_text("utf-8"))) == []


CHECKOUT = f"uses: actions/checkout@{'0' * 40} # v1.2.3"
GOOD = f"""
permissions:
  contents: read
jobs:
  one:
    steps:
      - {CHECKOUT}
        with:
          persist-credentials: false
      - run: make test
  two:
    permissions:
      issues: write
    steps:
      - run: gh issue create
        env:
          GH_TOKEN: ${{{{ github.token }}}}
"""
KEPT = "persist-credentials: false"
FAULTS = [
    (CHECKOUT, "uses: actions/checkout@v4", "not pinned"),
    (CHECKOUT, "uses: actions/checkout@main", "not pinned"),
    (CHECKOUT, f"uses: actions/checkout@{'0' * 40}", "not pinned"),
    (CHECKOUT, f"uses: actions/checkout@{'0' * 7} # v1.2.3", "not pinned"),
    (CHECKOUT, "uses: docker://alpine:3", "not pinned"),
    ("permissions:\n  contents: read\njobs", "jobs", "every job"),
    ("contents: read", "contents: write", "every job"),
    ("permissions:\n  contents: read", "permissions: write-all", "every job"),
    (KEPT, "fetch-depth: 0", "stays in .git/config"),
    (KEPT, "persist-credentials: true", "stays in .git/config"),
    ("run: gh issue create", "run: pip install x", "installs or runs"),
    ("run: gh issue create", "run: make test", "installs or runs"),
    ("run: gh issue create", CHECKOUT, "runs what it checks out"),
    ("issues: write", "issues: read", "not needed"),
]


def test_good_workflow_has_no_faults():
    assert list(complaints(GOOD)) == []


@pytest.mark.parametrize(("old", "new", "words"), FAULTS)
def test_each_fault_is_seen(old, new, words):
    assert old in GOOD
    found = list(complaints(GOOD.replace(old, new)))
    assert any(words in complaint for complaint in found), found


def test_every_python_that_the_wheel_names_is_tested():
    """In CI, with what is pinned or with what a browser has."""
    text = "".join(path.read_text("utf-8") for path in PATHS)
    tested = set(re.findall(r'"(3\.\d+)"', text))
    named = {line.split(" :: ")[-1] for line in PROJECT["classifiers"]}
    assert {name for name in named if name.startswith("3.")} == tested


@pytest.mark.parametrize("path", PATHS[:-1], ids=lambda path: path.name)
def test_packages_are_kept_between_runs(path):
    text = path.read_text("utf-8")
    assert text.count("cache: pip") == text.count("python-version:")
