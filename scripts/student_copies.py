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
from notebooks import MARKER, ROOT, find_assignments, normalise, read, write

EXERCISES = ROOT / "exercises"
STUDENT = EXERCISES / "student"
LIVE = (ROOT / "lectures/week02/live_coding.ipynb",)
SOLUTION = re.compile(
    r"^( *)### BEGIN SOLUTION(?: hint: *([^\n]*))?\n.*?^\1### END SOLUTION$",
    re.DOTALL | re.MULTILINE,
)
LINK = re.compile(r"\]\((?!https?:|#|attachment:)([^)]+?\.(?:ipynb|md))\)")
# What only the book understands, and what a notebook says instead.
ROLES = (
    (re.compile(r"^\([\w-]+\)=\n", re.MULTILINE), ""),
    (re.compile(r" \{cite:\w\}`[^`]+`"), ""),
    (re.compile(r"\{numref\}`[^`]+`"), "the figure"),
    (re.compile(r"\{term\}`([^`<]+?)(?: <[^`]+>)?`"), r"\1"),
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
    cells = []
    for cell in read(source).cells:
        if cell.cell_type == "code":
            cells += emptied(cell)
        elif not _is_left_out(cell):
            text = _in_plain_markdown(cell.source, source)
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


def _in_plain_markdown(text, source):
    """Numbers without what computes them, words without roles, links from the copy."""

    def from_copy(link):
        copy = student_path(source).parent
        target = source.parent / link[1]
        if target in find_assignments():  # only the copy is published
            target = student_path(target)
        return f"]({os.path.relpath(target, copy)})".replace("\\", "/")

    text = LINK.sub(from_copy, MARKER.sub(r"\1", text))
    for role, plain in ROLES:
        text = role.sub(plain, text)
    return text


def main():
    """Write all copies."""
    for source in find_sources():
        target = student_path(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        write(student_copy(source), target)
        print(os.path.relpath(target))


if __name__ == "__main__":
    main()
