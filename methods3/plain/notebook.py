"""A page as a notebook, in plain Markdown: what its references, links and numbers say.

Under each figure stands its caption, which is no output of its code; at the end stand
the sources that are cited.
"""

import base64
import copy
import os
import posixpath
import re
import tomllib
from pathlib import Path
from urllib.parse import quote, unquote

import nbformat

from methods3.plain.bibliography import in_full, in_order, short
from methods3.plain.course import READ_BY_NOTEBOOKS, STUDENT
from methods3.plain.options import answer
from methods3.plain.text import plain_text

# Addresses, and what an attached picture is called.
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
MIMES = {".png": "image/png", ".svg": "image/svg+xml"}
# The word that a page has where a reader needs the address of the repository.
ADDRESS = "COURSE-ADDRESS"
# Signs that neither Markdown nor a browser changes behind ``#``.
LEFT = "!$&'*+,-./:;=?@^_{|}~"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def read(path):
    """Read a notebook as nbformat 4."""
    return nbformat.read(path, as_version=4)


def as_text(notebook):
    """Write a notebook as JSON, so that equal notebooks are equal texts."""
    text = nbformat.writes(notebook, version=4, indent=1, ensure_ascii=False)
    return text.rstrip("\n") + "\n"


def write(notebook, path):
    """Write a notebook so that equal notebooks are equal bytes."""
    Path(path).write_text(as_text(notebook), encoding="utf-8", newline="\n")


def plain_notebook(course, path):
    """Write a page as a notebook in plain Markdown.

    Parameters
    ----------
    course : Course
    path : Path
        Of a notebook, or of a page of text, below the course's folder.

    Returns
    -------
    NotebookNode
        With the code and outputs of the source, if it has any.

    Raises
    ------
    ValueError
        If the page has words of MyST that have no plain ones, or refers to nothing.
    """
    name = path.relative_to(course.root).with_suffix("").as_posix()
    page = Page(course, name)
    try:
        if path.suffix == ".md":
            text = page.plain(path.read_text("utf-8"))
            notebook = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL})
            notebook.cells = [nbformat.v4.new_markdown_cell(text, id="cell-01")]
        else:
            notebook = copy.deepcopy(read(path))
            notebook.cells = list(_plain_cells(notebook.cells, page))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    if page.cited and name != "pages/references":
        text = f"## References\n\n{page.references(page.cited)}"
        notebook.cells.append(nbformat.v4.new_markdown_cell(text, id="references"))
    return notebook


def _plain_cells(cells, page):
    for cell in cells:
        if cell.cell_type == "markdown":
            cell.source = page.plain(cell.source)
        yield cell
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        if "caption" in figure and page.name in page.course.pages:
            text = page.caption(figure.get("name"), page.plain(figure["caption"]))
            yield nbformat.v4.new_markdown_cell(text, id=f"{cell.id}-caption")


class Page:
    """Where a text stands: it answers what `plain_text` asks."""

    def __init__(self, course, name):
        self.course, self.name = course, name
        self.folder = posixpath.dirname(name)
        self.cited = set()

    def plain(self, text):
        """Write a text of the page as plain Markdown."""
        plain = plain_text(text, self)
        return plain.replace(ADDRESS, self.course.code or ADDRESS)

    def is_so(self, condition):
        """Whether a condition of ``{only}`` holds: nothing here is HTML."""
        wanted = condition.removeprefix("not ")
        return (wanted == "published" and bool(self.course.code)) != (
            wanted != condition
        )

    def number(self, label):
        """Number of an equation or a figure."""
        return self.course.target(label).number

    def reference(self, kind, label):
        """Name a figure or an equation, with a link where it is on another page."""
        target = self.course.target(label)
        words = f"Fig. {target.number}" if kind == "numref" else f"({target.number})"
        if target.page == self.name:
            return words
        return f"[{words}]({self._to_page(target.page)})"

    def caption(self, label, text):
        """Write what stands under a figure."""
        number = f"**Fig. {self.number(label)}** " if label else ""
        return f"{number}*{text}*" if "*" not in text else f"{number}{text}"

    def title(self, target):
        """Title of what a link leads to; empty where it is no page of the book."""
        page, heading = (None, None) if ELSEWHERE.match(target) else self._find(target)
        if page is None:
            return ""
        headings = [heading] if heading else self.course.headings(page)
        return headings[0].words if headings else ""

    def link(self, target):
        """Where a link of this page leads from its plain copy."""
        if ELSEWHERE.match(target):
            return target
        page, heading = self._find(target)
        if page is None:
            return target
        if page == self.name and not self.course.site:
            return _fragment(heading)
        return self._to_page(page, heading)

    def _find(self, target):
        """Page and heading that a link names; None where it is no page of the book."""
        place, _, fragment = unquote(target).partition("#")
        page = self.name
        if place:
            inner = posixpath.normpath(posixpath.join(self.folder, place))
            page, suffix = posixpath.splitext(inner)
            if suffix not in (".md", ".ipynb", ".html") or not self.course.source(page):
                return None, None
        if not fragment:
            return page, None
        for heading in self.course.headings(page):
            if heading.slug == fragment:
                return page, heading
        found = self.course.target(fragment)
        return found.page, found.heading

    def _to_page(self, page, heading=None):
        if self.course.site:
            fragment = f"#{heading.id}" if heading and heading.id else ""
            return f"{self.course.site}{page}.html{fragment}"
        copy = self.course.copy_for_students(page)
        place = os.path.relpath(f"{copy}.ipynb", self.folder or ".")
        return place.replace("\\", "/") + _fragment(heading)

    def citation(self, keys, parenthetical):
        """Name what is cited, and note it for the list at the end."""
        self.cited.update(keys)
        cited = [self.course.entries[key] for key in keys]
        if parenthetical:
            named = (f"{short(entry)}, {entry['year']}" for entry in cited)
            return f"({'; '.join(named)})"
        return " and ".join(f"{short(entry)} ({entry['year']})" for entry in cited)

    def bibliography(self):
        """List all that the course cites."""
        return self.references(self.course.entries)

    def references(self, keys):
        """List sources, by their authors."""
        entries = in_order(self.course.entries[key] for key in keys)
        return "\n".join(f"- {in_full(entry)}" for entry in entries)

    def _beside(self, place):
        return self.course.root / self.folder / place

    def picture(self, place):
        """Write a picture as an address that holds it: it goes where the page goes."""
        path = self._beside(place)
        data = base64.b64encode(path.read_bytes()).decode()
        return f"data:{MIMES[path.suffix]};base64,{data}"

    def included(self, place):
        """Text of a file."""
        return self._beside(place).read_text("utf-8")

    def self_test(self, place):
        """Write questions with options, each answered below a fold."""
        questions = tomllib.loads(self.included(place))["question"]
        parts = (self._question(i, q) for i, q in enumerate(questions, start=1))
        return "\n\n".join(parts)

    def _question(self, number, question):
        printed = question.get("prints", "").rstrip()
        options = [f"- {option['text'].strip()}" for option in question["option"]]
        answers = map(answer, question["option"])
        parts = [
            f"**{number}.** {question['stem'].strip()}",
            *([f"```text\n{printed}\n```"] if printed else []),
            "\n".join(options),
            "<details>\n<summary>Answers</summary>",
            "\n".join(answers),
            "</details>",
        ]
        return self.plain("\n\n".join(parts))


def _fragment(heading):
    """What JupyterLab scrolls to, which compares signs as they stand."""
    return f"#{quote(heading.anchor, safe=LEFT)}" if heading else ""


def files_to_run(course):
    """Yield what a student runs, reads as a notebook, or needs for it.

    Of an exercise it is the copy that is filled in: the page of the book holds the
    solution.

    Parameters
    ----------
    course : Course

    Yields
    ------
    tuple of str and bytes
        Name below the course's folder, and content.
    """
    pages = [page for page in course.pages if not page.startswith("exercises/week")]
    copies = sorted(course.root.joinpath(STUDENT).rglob("*.ipynb"))
    for path in dict.fromkeys([*filter(None, map(course.source, pages)), *copies]):
        name = path.relative_to(course.root).with_suffix(".ipynb").as_posix()
        yield name, as_text(plain_notebook(course, path)).encode()
    for path in filter(Path.exists, map(course.root.joinpath, READ_BY_NOTEBOOKS)):
        yield path.relative_to(course.root).as_posix(), path.read_bytes()


def write_all(course, folder):
    """Write all that a student runs into a folder; return the files' names.

    Parameters
    ----------
    course : Course
    folder : Path

    Returns
    -------
    list of str
        Names below the folder, with slashes.
    """
    names = []
    for name, content in files_to_run(course):
        folder.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        folder.joinpath(name).write_bytes(content)
        names.append(name)
    return names
