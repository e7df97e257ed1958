"""Students' copies: as their sources make them, and nothing left that spoils them."""

import re

import nbformat
import pytest
from conftest import ROOT
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib import pyplot as plt
from notebooks import find_assignments, read, write
from student_copies import (
    LIVE,
    SOLUTION,
    find_copies,
    find_exercises,
    find_sources,
    student_copy,
    student_path,
)

# Somebody who talks while typing; a third of the half hour is left for that.
CHARACTERS_A_MINUTE = 150
MINUTES_OF_TYPING = 20

EXERCISES = [*find_exercises(), *find_assignments()]


def each(sources):
    return pytest.mark.parametrize(
        "source", sources, ids=lambda path: path.relative_to(ROOT).as_posix()
    )


def typed(notebook):
    """Code cells of a lecture that are typed live."""
    return [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and "given" not in cell.metadata.get("tags", [])
    ]


@each(find_sources())
def test_copy_is_what_its_source_makes(source, tmp_path):
    write(student_copy(source), tmp_path / "fresh.ipynb")
    fresh = tmp_path.joinpath("fresh.ipynb").read_bytes()
    assert student_path(source).read_bytes() == fresh, "run `make exercises`"


def test_no_copy_is_without_a_source():
    assert set(find_copies()) == set(map(student_path, find_sources()))


@each(find_sources())
def test_copy_reads_well_outside_the_book(source):
    copy = read(student_path(source))
    text = "\n".join(c.source for c in copy.cells if c.cell_type == "markdown")
    assert not re.findall(r"<!--|\{\w+(?::\w)?\}`|^\([\w-]+\)=", text, re.MULTILINE)
    links = re.findall(r"(?<!!)\[[^]]*\]\(([^)]+)\)", text)
    assert links
    for link in links:
        if not link.startswith("https://"):
            place = link.partition("#")[0]
            assert (student_path(source).parent / place).exists(), link
    assert all(cell.get("outputs", []) == [] for cell in copy.cells)


# ---- Lectures that are typed live. ----


@each(LIVE)
def test_live_copy_says_what_to_type_and_not_how(source):
    wanted = [cell.source.split("\n") for cell in typed(read(source))]
    copy = read(student_path(source))
    code = [cell.source for cell in copy.cells if cell.cell_type == "code"]
    for prompt, *solution in wanted:
        assert prompt.startswith("# ")
        assert solution
        assert f"{prompt}\n" in code
        assert not any("\n".join(solution) in cell for cell in code)


@each(LIVE)
def test_can_be_typed_live(source):
    """Short cells, and time left to talk: at most 20 of 30 minutes go into typing."""
    cells = typed(read(source))
    assert len(cells) >= 10
    assert max(len(cell.source.splitlines()) for cell in cells) <= 10
    characters = sum(len(cell.source) for cell in cells)
    assert characters / CHARACTERS_A_MINUTE <= MINUTES_OF_TYPING


# ---- Exercises. ----


@each(EXERCISES)
@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
@pytest.mark.one_in(4)
def test_exercise_stops_where_it_is_the_students_turn(source, monkeypatch):
    """At each planted place, with a hint, and nowhere else."""
    monkeypatch.chdir(source.parent)
    shell = InteractiveShell()  # as a kernel runs cells, without starting one
    for cell in read(student_path(source)).cells:
        if cell.cell_type != "code":
            continue
        with capture_output():
            ran = shell.run_cell(cell.source)
        error = ran.error_before_exec or ran.error_in_exec
        if "raise NotImplementedError(" in cell.source:
            assert isinstance(error, NotImplementedError)
            assert len(str(error)) > 10, "a hint, not a word"
        else:
            assert error is None, cell.source
    plt.close("all")


@each(EXERCISES)
def test_exercise_has_solutions_to_take_out(source):
    code = [cell for cell in read(source).cells if cell.cell_type == "code"]
    solutions = [cell for cell in code if SOLUTION.search(cell.source)]
    assert len(solutions) >= 4
    for cell in solutions:
        assert "hide-input" in cell.metadata["tags"], "folded on the page"
    assert "".join(c.source for c in code).count("BEGIN SOLUTION") == len(solutions)
    copy = read(student_path(source))
    assert not any("SOLUTION" in cell.source for cell in copy.cells)
    assert not any("solution" in c.metadata.get("tags", []) for c in copy.cells)


@each(find_assignments())
def test_assignment_shows_no_picture_to_aim_at(source):
    """It would be a solution on the page, and in the archive."""
    drawn = [cell for cell in read(source).cells if "mystnb" in cell.metadata]
    assert (source.stem != "assignment_0") == bool(drawn)
    copy = read(student_path(source))
    assert not any("attachments" in cell for cell in copy.cells)
    assert "raise NotImplementedError(" in "".join(c.source for c in copy.cells)


def test_assignments_lead_to_each_other_s_copies():
    copy = read(student_path(find_assignments()[1]))
    assert "[assignment 0](assignment_0.ipynb)" in copy.cells[0].source


def test_solution_becomes_a_hint_and_its_figure_a_picture_to_aim_at(tmp_path):
    code = (
        'x = 1\nif x:\n    ### BEGIN SOLUTION hint: say "2"\n    y = 2\n'
        "    ### END SOLUTION\nprint(x)"
    )
    cell = nbformat.v4.new_code_cell(code)
    cell.metadata["mystnb"] = {"image": {"alt": "A line that rises."}}
    cell.outputs = [nbformat.v4.new_output("display_data", {"image/png": "AAAA"})]
    worked = nbformat.v4.new_markdown_cell("It is 2.", metadata={"tags": ["solution"]})
    path = tmp_path / "trial.ipynb"
    write(nbformat.v4.new_notebook(cells=[cell, worked]), path)
    left, picture = student_copy(path).cells
    assert left.source == (
        'x = 1\nif x:\n    raise NotImplementedError("say \\"2\\"")\nprint(x)'
    )
    assert picture.attachments == {"aim.png": {"image/png": "AAAA"}}
    assert "![A line that rises.](attachment:aim.png)" in picture.source
