"""What lies at the top of the course, where everybody looks first."""

import subprocess

import pytest
from conftest import ROOT


def test_the_top_is_seen_at_a_glance():
    """A file that is not looked for there goes to the folder that has its kind."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: it is not known which files are the course's own")
    files = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True)
    entries = {name.partition("/")[0] for name in files.splitlines()}
    assert {"lectures", "mlm", "exercises", "tests"} < entries
    assert len(entries) < 26
