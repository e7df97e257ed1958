"""The archive of the course, and its notebooks: each is run once, elsewhere."""

import re
from html import unescape

import dist
import nbformat
import pytest
from conftest import ROOT
from notebooks import (
    MARKER,
    find_assignments,
    find_notebooks,
    normalise,
    read,
    text_pages,
    write,
)
from student_copies import SOLUTION, find_copies, student_path
from test_book import PAGES, SITE
from test_plain import raw_in

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
    sources = [*find_notebooks(), *find_copies(), *map(ROOT.joinpath, text_pages())]
    names = {path.relative_to(ROOT).with_suffix("") for path in sources}
    own = folder.rglob("*.ipynb")
    assert {path.relative_to(folder).with_suffix("") for path in own} == names


def test_nothing_of_myst_is_in_the_archive(elsewhere):
    found, names = raw_in(elsewhere.course / "notebooks")
    assert found == {}
    assert "pages/glossary.ipynb" in names


@pytest.mark.parametrize("name", NAMES)
def test_archive_has_the_code_and_outputs_of_the_book(name, elsewhere):
    """What the tests below prove of the book's notebook holds for this one."""
    stored, packed = (
        [cell for cell in read(folder / name).cells if cell.cell_type == "code"]
        for folder in (ROOT, elsewhere.course / "notebooks")
    )
    assert packed == stored


def solved(source):
    """Lines that only the solutions of an assignment have, without what is no word."""
    lines = set()
    for cell in read(source).cells:
        if "solution" in cell.metadata.get("tags", []):
            lines |= set(MARKER.sub(r"\1", cell.source).split("\n"))
        for solution in SOLUTION.finditer(cell.source):
            lines |= set(solution[0].split("\n")[1:-1])
    copy = words("\n".join(cell.source for cell in read(student_path(source)).cells))
    told = {words(line) for line in lines}
    return {line for line in told if len(line) > 25 and line not in copy}


def words(text):
    """Letters and digits of a text, whatever tags, escapes and blanks are between."""
    plain = re.sub(r"<[^>]*>", "", text).replace("\\n", "").replace("\\", "")
    return re.sub(r"[\W_]", "", unescape(plain))


@pytest.mark.parametrize("source", find_assignments(), ids=lambda path: path.stem)
def test_solutions_of_assignments_are_not_given_away(source, elsewhere):
    """Neither on the site, with all that lies beside its pages, nor in the archive."""
    lines = solved(source)
    assert len(lines) > 10
    of_all = words("\n".join(cell.source for cell in read(source).cells))
    assert any(line in of_all for line in lines)
    for folder in (elsewhere.course, SITE):
        assert any(path.stem == source.stem for path in folder.rglob("*"))
        assert given_away(lines, folder) == {}


def test_what_earns_points_is_not_given_away(elsewhere):
    """The rubric says in words what the solutions say."""
    text = ROOT.joinpath("assignments/rubric.md").read_text("utf-8")
    lines = {words(line) for line in re.findall(r"(?m)^\| \w+ \| (.{40,}) \|", text)}
    assert len(lines) >= 10
    for folder in (elsewhere.course, SITE):
        assert given_away(lines, folder) == {}


def given_away(lines, folder):
    """Which of the lines stand in a file about the assignments' data, by file."""
    kinds = {".html", ".ipynb", ".md", ".txt", ".js", ".json"}
    found = {}
    for path in folder.rglob("*"):
        text = path.read_text("utf-8") if path.suffix in kinds else ""
        if any(word in text for word in ("f0mn", "politeness", "ssignment")):
            text = words(text)
            found[path] = [line for line in lines if line in text]
    assert found
    return {path: told for path, told in found.items() if told}


@pytest.mark.parametrize("source", find_assignments(), ids=lambda path: path.stem)
def test_worked_solution_says_what_its_code_computes(source, faults):
    found = faults(source, source.parent)
    assert not found, "\n".join(found)


def test_archive_is_the_same_every_time(elsewhere, tmp_path):
    dist.main(tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == elsewhere.archive.read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_notebook_says_what_its_code_computes(name, elsewhere, faults):
    """Outputs and marked numbers in the text, as stored; students' copies wait."""
    packed = elsewhere.course / "notebooks" / name
    found = faults(ROOT / name, packed.parent)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "other", "nearly"),
    [
        ('{"sigma": 30.991233904585965}', '{"sigma": 30.991233904585975}', True),
        ("[7.80e-18, 1]", "[-5.98e-18, 1]", True),
        ('{"sigma": 30.9912339}', '{"sigma": 30.9912739}', False),
        ('{"sigma": 1}', '{"delta": 1}', False),
        ("[1, 2]", "[1, 2, 2]", False),
    ],
)
def test_last_digits_of_live_figures_do_not_count(text, other, nearly):
    from elsewhere import same  # a plugin, which pytest is the first to import

    assert same(text, other) is nearly


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
    for fault, (number, said) in zip(faults(path, path.parent), wanted, strict=True):
        assert f"Cell {number}:" in fault
        assert said in fault
