"""The course as its sources have it: pages in their order, and what they refer to.

Figures and equations are numbered through the whole book, as Sphinx numbers them, so
that a notebook and the page that it comes from speak of the same ones.
"""

import json
import re
import unicodedata
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from methods3.plain.bibliography import read_entries
from methods3.plain.text import LABEL, MARKER, fences

# What notebooks read besides mlm: it goes wherever they go.
READ_BY_NOTEBOOKS = (
    "benchmarks/files.csv",
    "benchmarks/generalised.csv",
    "benchmarks/limits.csv",
    "benchmarks/published.csv",
)
# Pages that are made of other files when the site is built: they are nowhere else.
SITE_ALONE = ("pages/reference/", "pages/citing", "pages/versions")
REFERENCES = "pages/references.bib"
STUDENT = "exercises/student"
EXERCISES = re.compile(r"exercises/week\d+/\w+")
PAGE = re.compile(r"^\s*(?:- )?(?:root|file): *(\S+)$", re.MULTILINE)
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
NAME = re.compile(r"^\(([\w-]+)\)=$")
EQUATION = re.compile(r"\$\$ *\(([\w-]+)\)$", re.MULTILINE)
FIGURE_NAME = re.compile(r"^:name: *(\S+)$")
WORDS = re.compile(r"[`*]|\{\w+\}")


def exercises_on(pages):
    """Pages that have exercises, and where these are.

    Parameters
    ----------
    pages : iterable of str
        Of the book.

    Returns
    -------
    dict of str
        By the lecture of the same week and name; where there is none, by the page of
        that name that belongs to no week.

    Examples
    --------
    >>> exercises_on(["lectures/week02/power", "exercises/week02/power"])
    {'lectures/week02/power': 'exercises/week02/power'}
    >>> exercises_on(["exercises/week02/outgrow", "pages/outgrow"])
    {'pages/outgrow': 'exercises/week02/outgrow'}
    """
    pages, found = set(pages), {}
    for exercises in sorted(filter(EXERCISES.fullmatch, pages)):
        lecture = exercises.replace("exercises/", "lectures/", 1)
        other = f"pages/{exercises.rpartition('/')[2]}"
        found[lecture if lecture in pages else other] = exercises
    return found


class Heading(NamedTuple):
    """A heading: its words, and what links to it have behind ``#``.

    In a source that is the `slug`, and on the site the `id`, which is empty where the
    page has another such heading before, or only signs that an address cannot have.
    """

    words: str
    slug: str
    id: str

    @property
    def anchor(self):
        """Name of the heading in JupyterLab."""
        return self.words.replace(" ", "-")


class Target(NamedTuple):
    """What a label names: the page, and there a heading or a number."""

    page: str
    heading: Heading = None
    number: int = 0


class Course:
    """The course's own folder, read once.

    Parameters
    ----------
    root : Path
        Of a clone: what holds ``_toc.yml``.
    site : str
        Address of the site where copies link to it, with a slash at the end; empty
        where the notebooks lie side by side.
    code : str
        Address of the repository, or empty.

    Raises
    ------
    FileNotFoundError
        If the folder has no contents of a book.
    """

    def __init__(self, root, site="", code=""):
        self.root, self.site, self.code = Path(root), site, code
        contents = self.root.joinpath("_toc.yml").read_text("utf-8")
        found = PAGE.findall(contents)
        self.pages = [page for page in found if not page.startswith(SITE_ALONE)]

    def source(self, page):
        """Path of a page's source."""
        paths = (self.root / f"{page}{suffix}" for suffix in (".ipynb", ".md"))
        return next((path for path in paths if path.exists()), None)

    def copy_for_students(self, page):
        """Name of the notebook to run: of an exercise, the students' copy."""
        other = page.replace("exercises/", f"{STUDENT}/", 1)
        has_copy = page.startswith("exercises/week") and self.source(other)
        return other if has_copy else page

    @cached_property
    def entries(self):
        """What the course cites, by key."""
        return read_entries(self.root.joinpath(REFERENCES).read_text("utf-8"))

    @cached_property
    def _index(self):
        """Headings by page, and the targets of labels."""
        headings, targets, counts = {}, {}, {"figure": 0, "equation": 0}

        def count(kind, name, page):
            counts[kind] += 1
            targets[name] = Target(page, number=counts[kind])

        for page in filter(self.source, self.pages):
            headings[page] = []
            for kind, text in parts_of(self.source(page)):
                if kind == "figure":
                    count("figure", text, page)
                    continue
                for name in EQUATION.findall(text):
                    count("equation", name, page)
                for label, heading in _headings(text, headings[page]):
                    headings[page].append(heading)
                    if label:
                        targets[label] = Target(page, heading)
        return headings, targets

    def headings(self, page):
        """Headings of a page, in order; of a copy, its own."""
        if page not in self._index[0] and self.source(page):
            found = self._index[0][page] = []
            for kind, text in parts_of(self.source(page)):
                if kind == "text":
                    found += [heading for _, heading in _headings(text, found)]
        return self._index[0].get(page, [])

    def target(self, label):
        """What a label names.

        Raises
        ------
        ValueError
            If no page of the book has the label.
        """
        try:
            return self._index[1][label]
        except KeyError:
            raise ValueError(
                f"No page has the label {label!r}. Write it before its heading or "
                "behind its formula, or mend the reference."
            ) from None


def parts_of(path):
    """Yield what can be referred to: ("figure", name), and ("text", prose)."""
    if path.suffix == ".md":
        yield from _parts(path.read_text("utf-8"))
        return
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            yield from _parts("".join(cell["source"]))
        else:
            figure = cell["metadata"].get("mystnb", {}).get("figure", {})
            if "caption" in figure and "name" in figure:
                yield "figure", figure["name"]


def _parts(text):
    for fence, inside in fences(MARKER.sub("", text).split("\n")):
        if fence is None:
            yield "text", "\n".join(inside)
        elif fence[3] == "figure":
            names = filter(None, map(FIGURE_NAME.match, inside))
            yield from (("figure", name[1]) for name in names)
        elif fence[3]:
            yield from _parts("\n".join(inside))


def _headings(text, before):
    """Yield (label or None, heading) for the headings of a text."""
    slugs, ids = ({heading[i] for heading in before} for i in (1, 2))
    label = None
    for line in text.split("\n"):
        name, heading = NAME.match(line), HEADING.match(line)
        if heading:
            words = WORDS.sub("", LABEL.sub("", heading[1]))
            slug, own = _slug(words, slugs), _id(words)
            yield label, Heading(words, slug, "" if own in ids else own)
            slugs.add(slug)
            ids.add(own)
        if line.strip():
            label = name[1] if name else None


def _slug(words, taken):
    """What MyST writes for a heading, behind ``#``."""
    slug = re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-")
    others = (f"{slug}-{i}" for i in range(1, len(taken) + 2))
    return slug if slug not in taken else next(s for s in others if s not in taken)


def _id(words):
    """What docutils writes for a heading, as the name of its section."""
    plain = unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore")
    return re.sub(r"[^a-z0-9]+", "-", plain.decode()).lstrip("-0123456789").rstrip("-")
