"""The way through the course: each page leads on, and a solution folds once.

An exercise names the section of the lecture that it is about, with a link in its first
lines; the section ends with a link to it.
A week's page says how long each of its lectures takes, as the lecture itself does.
How many exercises there are, and their stars, is read where `methods3.grade` reads it.
"""

import re
import sys
import tomllib
from pathlib import Path

from docutils import nodes
from finished import once_built
from myst_nb.sphinx_ import HideCodeCellNode

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))

from notebooks import ROOT, read
from points import HEADING, MARKS, TARGET, told

from methods3.plain import exercises_on

FOLD = "<summary>Solution</summary>"
# A lecture in the table of its week, and the line under its title; see course.py.
LISTED = re.compile(r'<td><p><a class="reference internal" href="(\w+\.html)">.*?</a>')
MINUTES = re.compile(r"<span>(\d+) minutes? to read</span>")
START = "lectures/week01/index"
# Where an exercise says what it is about: a page, and a heading's slug.
ABOUT = re.compile(
    r"\*about:\* \[.*?\]\(\.\./\.\./((?:lectures/\w+|pages)/\w+)\.\w+#([^)]+)\)"
)


def fold_solutions(app, doctree, docname):
    """Put code, verdict and words of a solution into one fold, but for its picture."""
    for start in [n for n in doctree.findall(nodes.raw) if FOLD in n.astext()]:
        inside = []
        before = start.parent.children[: start.parent.index(start)]
        for cell in reversed(before):
            if not is_solution(cell):
                break
            start.parent.remove(cell)
            inside = [*without_folds(cell), *inside]
        pictures = [part for part in inside if any(part.findall(nodes.image))]
        place = start.parent.index(start)
        start.parent.insert(place + 1, [p for p in inside if p not in pictures])
        start.parent.insert(place, pictures)


def is_solution(node):
    """Whether a node is a cell of code that solves an exercise."""
    blocks = node.findall(nodes.literal_block) if "cell" in node["classes"] else ()
    return any(MARKS.search(block.astext()) for block in blocks)


def without_folds(cell):
    """Input and outputs of a cell, each a cell of its own; nobody needs the marks."""
    for part in cell.children:
        for piece in part.children if isinstance(part, HideCodeCellNode) else [part]:
            for block in piece.findall(nodes.literal_block):
                text = MARKS.sub("", block.astext())
                block.rawsource = text
                block.children = [nodes.Text(text)]
            yield nodes.container("", piece, classes=["cell"], nb_element="cell_code")


def find_exercises(app):
    """Note the exercises about each section: {page: {slug: [(exercises, number)]}}."""
    app.env.exercises_about = about = {}
    for name in sorted(app.env.found_docs):
        path = ROOT / f"{name}.ipynb"
        if not re.fullmatch(r"exercises/week\d+/\w+", name) or not path.exists():
            continue
        texts = [c.source for c in read(path).cells if c.cell_type == "markdown"]
        for text in texts:
            number, place = HEADING.search(text), ABOUT.search(text)
            if number and place:
                page, slug = place.groups()
                of_page = about.setdefault(page, {})
                of_page.setdefault(slug, []).append((name, number[1]))


def lead_to_exercises(app, doctree, docname):
    """End each section with what there is to try about it."""
    sections = {s.get("slug"): s for s in doctree.findall(nodes.section)}
    for slug, named in app.env.exercises_about.get(docname, {}).items():
        links = []
        for name, number in named:
            title, anchor = heading(app.env.get_doctree(name), number)
            to = app.builder.get_relative_uri(docname, name)
            link = nodes.reference("", title, refuri=f"{to}#{anchor}", internal=True)
            links += [nodes.Text(" · "), link]
        line = nodes.paragraph("", "Try it: ", *links[1:], classes=["try-it"])
        inner = sections[slug].next_node(nodes.section, descend=True)
        inside = inner is not None and inner.parent is sections[slug]
        place = sections[slug].index(inner) if inside else len(sections[slug])
        sections[slug].insert(place, line)


def heading(exercises, number):
    """Title and anchor of the exercise of that number."""
    for section in exercises.findall(nodes.section):
        title = section[0].astext()
        if title.startswith(f"{number} "):
            return title, section["ids"][0]
    raise LookupError(f"exercise {number} has no section of its own")


def lead_on(app, pagename, templatename, context, doctree):
    """End a lecture with its exercises, and these with it; begin the course."""
    if doctree is None:
        return
    root = "../" * pagename.count("/")
    if pagename == app.config.root_doc:
        start = f'<p><a class="lead-on" href="{START}.html">Start here: week 1</a></p>'
        context["body"] = context["body"].replace("</h1>", f"</h1>\n{start}", 1)
    lectures = exercises_on(app.env.found_docs)
    if pagename in lectures:
        exercises = lectures[pagename]
        stars = tomllib.loads(TARGET.read_text("utf-8"))[Path(exercises).name]
        number, kinds, minutes = told(stars.values())
        words, to = f"Now you: {number} ({kinds}), about {minutes} minutes", exercises
    elif pagename in lectures.values():
        (to,) = (page for page, found in lectures.items() if found == pagename)
        what = "lecture" if to.startswith("lectures/") else "page"
        words = f"Back to the {what}: {app.env.titles[to].astext()}"
    else:
        return
    card = f'<p><a class="lead-on" href="{root}{to}.html">{words}</a></p>'
    context["body"] += card


@once_built
def add_minutes(app):
    """Say on a week's page how long its lectures take: known when all are written."""

    def with_minutes(link):
        lecture = week.parent / link[1]
        found = MINUTES.search(lecture.read_text("utf-8"))
        return f'{link[0]} <span class="minutes">{found[1]} min</span>'

    for week in Path(app.outdir).glob("lectures/*/index.html"):
        text = week.read_text("utf-8")
        if 'class="minutes"' not in text:
            week.write_text(LISTED.sub(with_minutes, text), "utf-8")


def setup(app):
    """Register with Sphinx."""
    app.connect("build-finished", add_minutes)
    app.connect("builder-inited", find_exercises)
    app.connect("doctree-resolved", fold_solutions)
    app.connect("doctree-resolved", lead_to_exercises)
    app.connect("html-page-context", lead_on)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
