"""The archive of the course, and its notebooks: each is run once, elsewhere."""

import dist
import nbformat
import pytest
from conftest import ROOT
from notebooks import find_notebooks, normalise, write
from student_copies import find_copies
from test_book import PAGES, SITE

# Here alone: it imports nbval, which takes longer than all else.
pytest_plugins = ["elsewhere"]
NAMES = [path.relative_to(ROOT).as_posix() for path in find_notebooks()]


def test_archive_holds_the_course(elsewhere):
    course = elsewhere.course
    pages = [page.relative_to(SITE) for page in PAGES]
    assert [page for page in pages if not (course / "site" / page).exists()] == []
    data = {path.name for path in (course / "data").iterdir()}
    assert {"sleepstudy.csv", "radon.csv", "provenance.toml"} <= data
    assert not (course / "site" / "lite").exists()
    folder = course / "notebooks"
    own = {ROOT / path.relative_to(folder): path for path in folder.rglob("*.ipynb")}
    assert own.keys() == {*find_notebooks(), *find_copies()}
    assert all(path.read_bytes() == copy.read_bytes() for path, copy in own.items())


def test_archive_is_the_same_every_time(elsewhere, tmp_path):
    dist.main(tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == elsewhere.archive.read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_notebook_says_what_its_code_computes(name, elsewhere, faults):
    """Outputs and marked numbers in the text, as stored; students' copies wait."""
    found = faults(elsewhere.course / "notebooks" / name)
    assert not found, "\n".join(found)


# What is run in a trial, what is stored, and what is said of it.
TRIAL = [
    ("import mlm, methods3; print(mlm.__file__)", "{packages}/mlm/__init__.py\n", ""),
    ("print(2 + 2)", "4\n", ""),
    ("print(2 + 3)", "4\n", "Cell outputs differ"),
    ("x = -4.672", "", ""),
    ("It is −4.67<!--= x:.2f -->, and 5<!--= -x:.0f -->.", None, ""),
    ("It is −4.60<!--= x:.2f -->, and 5<!--= -x:.0f -->.", None, "−4.67"),
    ("It is 1<!--= nothing -->.", None, "name 'nothing' is not defined"),
    ("import urllib.request as r; r.urlopen('http://192.0.2.1')", "", "no network"),
    ("import socket; socket.socket().connect_ex(('192.0.2.1', 80))", "", "no network"),
    ("import _site", "", "No module named '_site'"),
    ("open('../../pyproject.toml').close()", "", "No such file"),
]


def test_each_fault_is_seen(elsewhere, faults, tmp_path):
    """A wrong output, a wrong number, what needs the network or the checkout."""
    cells = []
    for source, stored, _ in TRIAL:
        if stored is None:
            cells.append(nbformat.v4.new_markdown_cell(source))
            continue
        text = stored.format(packages=elsewhere.packages)
        output = nbformat.v4.new_output("stream", name="stdout", text=text)
        outputs = [output] if text else []
        cells.append(nbformat.v4.new_code_cell(source, outputs=outputs))
    path = tmp_path / "a week" / "trial.ipynb"
    path.parent.mkdir()
    write(normalise(nbformat.v4.new_notebook(cells=cells)), path)
    wanted = [(i, said) for i, (_, _, said) in enumerate(TRIAL, start=1) if said]
    for fault, (number, said) in zip(faults(path), wanted, strict=True):
        assert f"Cell {number}:" in fault
        assert said in fault
