"""Make the students' copies of lectures that are typed live: exercises/student/.

    python scripts/student_copies.py

In a copy, a cell keeps its first line, a comment that says what the cell should do; the
rest is for the student to type.  Cells tagged ``given`` stay whole.
"""

import os
import posixpath
import re

import nbformat
from notebooks import CONFIG, MARKER, ROOT, SETUP, normalise, read, write

STUDENT = ROOT / "exercises" / "student"
LIVE = ("lectures/week02/live_coding.ipynb",)
LINK = re.compile(r"\]\((?!https?:|#)([^)]+?)\.(?:ipynb|md)\)")
# What only the book understands, and what a notebook says instead.
ROLES = (
    (re.compile(r"^\([\w-]+\)=\n", re.MULTILINE), ""),
    (re.compile(r" \{cite:\w\}`[^`]+`"), ""),
    (re.compile(r"\{numref\}`[^`]+`"), "the figure"),
    (re.compile(r"\{term\}`([^`<]+?)(?: <[^`]+>)?`"), r"\1"),
)


def find_copies():
    """Paths of the students' copies, in order."""
    return sorted(STUDENT.rglob("*.ipynb"))


def student_path(source):
    """Where the copy of a lecture lies: its folder and name, below the students'."""
    return STUDENT / os.path.relpath(source, "lectures")


def student_copy(notebook, folder):
    """Empty the cells of a notebook that students type themselves.

    Parameters
    ----------
    notebook : NotebookNode
    folder : str
        Its folder, from the root: links that start there will lead to the site.

    Returns
    -------
    NotebookNode
        Without the text that slides skip, which is about the page alone.
    """
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            given = cell.source == SETUP or "given" in cell.metadata.get("tags", [])
            kept = cell.source if given else cell.source.split("\n")[0] + "\n"
            cells.append(nbformat.v4.new_code_cell(kept))
        elif cell.metadata.get("slideshow", {}).get("slide_type") != "skip":
            text = _in_plain_markdown(cell.source, folder)
            cells.append(nbformat.v4.new_markdown_cell(text))
    copy = normalise(nbformat.v4.new_notebook(cells=cells))
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.execution_count = None
    return copy


def _in_plain_markdown(text, folder):
    """Numbers without what computes them, words without roles, links to the site."""

    def to_site(link):
        page = posixpath.normpath(posixpath.join(folder, link[1]))
        return f"]({CONFIG['html']['baseurl']}{page}.html)"

    text = LINK.sub(to_site, MARKER.sub(r"\1", text))
    for role, plain in ROLES:
        text = role.sub(plain, text)
    return text


def main():
    """Write all copies."""
    for source in LIVE:
        target = student_path(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = student_copy(read(ROOT / source), posixpath.dirname(source))
        write(copy, target)
        print(os.path.relpath(target))


if __name__ == "__main__":
    main()
