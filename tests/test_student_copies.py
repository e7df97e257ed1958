"""Students' copies: as their sources make them, and nothing left that spoils them."""

import re

import pytest
from conftest import ROOT
from notebooks import CONFIG, SETUP, read, write
from student_copies import LIVE, find_copies, student_copy, student_path

# Somebody who talks while typing; half of the half hour.
CHARACTERS_A_MINUTE = 150
MINUTES_OF_TYPING = 20

each_live = pytest.mark.parametrize("source", LIVE)


def typed(notebook):
    """Code cells of a lecture that are typed live."""
    return [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code"
        and cell.source != SETUP
        and "given" not in cell.metadata.get("tags", [])
    ]


@each_live
def test_copy_is_what_the_lecture_makes(source, tmp_path):
    folder = source.rpartition("/")[0]
    fresh = tmp_path / "fresh.ipynb"
    write(student_copy(read(ROOT / source), folder), fresh)
    committed = student_path(source)
    assert committed.read_bytes() == fresh.read_bytes(), "run `make exercises`"


def test_no_copy_is_without_a_lecture():
    assert set(find_copies()) == {student_path(source) for source in LIVE}


@each_live
def test_copy_says_what_to_type_and_not_how(source):
    lecture, copy = read(ROOT / source), read(student_path(source))
    wanted = [cell.source.split("\n") for cell in typed(lecture)]
    code = [cell.source for cell in copy.cells if cell.cell_type == "code"]
    assert code[0] == SETUP
    for prompt, *solution in wanted:
        assert prompt.startswith("# ")
        assert solution
        assert f"{prompt}\n" in code
        assert not any("\n".join(solution) in cell for cell in code)
    assert all(cell.get("outputs", []) == [] for cell in copy.cells)


@each_live
def test_copy_reads_well_outside_the_book(source):
    copy = read(student_path(source))
    text = "\n".join(c.source for c in copy.cells if c.cell_type == "markdown")
    assert not re.findall(r"<!--|\{\w+(?::\w)?\}`|^\([\w-]+\)=", text, re.MULTILINE)
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links
    for link in links:
        page = link.removeprefix(CONFIG["html"]["baseurl"])
        assert page != link, f"{link} leads nowhere from the copy"
        stem = ROOT / page.removesuffix(".html")
        assert stem.with_suffix(".ipynb").exists() or stem.with_suffix(".md").exists()


@each_live
def test_can_be_typed_live(source):
    """Short cells, and time left to talk: at most 20 of 30 minutes go into typing."""
    cells = typed(read(ROOT / source))
    assert len(cells) >= 10
    assert max(len(cell.source.splitlines()) for cell in cells) <= 10
    characters = sum(len(cell.source) for cell in cells)
    assert characters / CHARACTERS_A_MINUTE <= MINUTES_OF_TYPING
