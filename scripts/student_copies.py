"""Make the students' copies: exercises/student.

    python scripts/student_copies.py

In the copy of an exercise, each solution (from ``### BEGIN SOLUTION`` to ``### END
SOLUTION``, as nbgrader has it) is an error that says what to think of.  The figure that
it draws stays, as a picture to aim at; worked answers, tagged ``solution``, do not.

The copy of an assignment has no such picture either.  It is the page of the book: the
source holds the solutions, and is neither on the site nor in the archive.

In the copy of a lecture that is typed live, a cell keeps its first line, a comment that
says what the cell should do.  Cells tagged ``given`` stay whole.
"""

import os
import re

import nbformat
from notebooks import ROOT, find_assignments, normalise, read, write

from methods3.plain import ELSEWHERE, Course, Page

EXERCISES = ROOT / "exercises"
STUDENT = EXERCISES / "student"
COURSE = Course(ROOT)
LIVE = (ROOT / "lectures/week02/live_coding.ipynb",)
SOLUTION = re.compile(
    r"^( *)### BEGIN SOLUTION(?: hint: *([^\n]*))?\n.*?^\1### END SOLUTION$",
    re.DOTALL | re.MULTILINE,
)


def find_sources():
    """Paths of the notebooks that have a copy for students, in order."""
    return [*LIVE, *find_exercises(), *find_assignments()]


def find_exercises():
    """Paths of the exercises on lectures, in order."""
    return sorted(EXERCISES.glob("week*/*.ipynb"))


def find_copies():
    """Paths of the students' copies, in order."""
    return sorted(STUDENT.rglob("*.ipynb"))


def student_path(source):
    """Where the copy of a notebook lies."""
    if source in LIVE:
        return STUDENT / "live" / source.name
    if source in find_assignments():
        return STUDENT / source.relative_to(ROOT)
    return STUDENT / source.relative_to(EXERCISES)


def student_copy(source):
    """Make the copy of a notebook that students fill.

    Parameters
    ----------
    source : Path
        An exercise, an assignment, or a lecture that is typed live.

    Returns
    -------
    NotebookNode
        Without the text that slides skip, which is about the page alone.
    """
    emptied = _first_line if source in LIVE else _without_solution
    if source in find_assignments():
        emptied = _without_picture
    page, cells = Copied(source), []
    for cell in read(source).cells:
        if cell.cell_type == "code":
            cells += emptied(cell)
        elif not _is_left_out(cell):
            text = page.plain(cell.source)
            cells.append(nbformat.v4.new_markdown_cell(text))
    copy = normalise(nbformat.v4.new_notebook(cells=cells))
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.execution_count = None
    return copy


def _is_left_out(cell):
    on_page_alone = cell.metadata.get("slideshow", {}).get("slide_type") == "skip"
    return on_page_alone or "solution" in cell.metadata.get("tags", [])


def _first_line(cell):
    """What is left of a cell that is typed live."""
    given = "given" in cell.metadata.get("tags", [])
    kept = cell.source if given else cell.source.split("\n")[0] + "\n"
    yield nbformat.v4.new_code_cell(kept)


def _without_solution(cell):
    """What is left of an exercise, and the picture that its solution draws."""
    kept, count = SOLUTION.subn(_stop, cell.source)
    yield nbformat.v4.new_code_cell(kept)
    for output in cell.outputs if count else ():
        if "image/png" in output.get("data", {}):
            alt = cell.metadata["mystnb"]["image"]["alt"]
            text = f"*To aim at:*\n\n![{alt}](attachment:aim.png)"
            aim = nbformat.v4.new_markdown_cell(text)
            aim["attachments"] = {"aim.png": {"image/png": output.data["image/png"]}}
            yield aim


def _without_picture(cell):
    """What is left of a question of an assignment."""
    yield next(_without_solution(cell))


def _stop(solution):
    indent, hint = solution[1], solution[2] or "Your turn."
    return f"{indent}raise NotImplementedError({_quoted(hint)})"


def _quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Copied(Page):
    """A source as its copy tells it: from where that lies, and without figures."""

    def __init__(self, source):
        name = os.path.relpath(source.with_suffix(""), ROOT).replace("\\", "/")
        super().__init__(COURSE, name)
        self.source = source

    def reference(self, kind, label):
        """Name a figure, which the copy does not show."""
        return "the figure" if kind == "numref" else super().reference(kind, label)

    def link(self, target):
        """Where a link of the source leads from the copy."""
        place, mark, fragment = target.partition("#")
        if not place.endswith((".ipynb", ".md")) or ELSEWHERE.match(target):
            return target
        path = self.source.parent / place
        if path in find_assignments():  # only the copy is published
            path = student_path(path)
        place = os.path.relpath(path, student_path(self.source).parent)
        return place.replace("\\", "/") + mark + fragment


def main():
    """Write all copies."""
    for source in find_sources():
        target = student_path(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        write(student_copy(source), target)
        print(os.path.relpath(target))


if __name__ == "__main__":
    main()
