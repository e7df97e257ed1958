"""What every page of the book gets without its author's doing.

Under the title of a lecture or notebook stands how long it takes to read, and the other
ways to have it: as slides, running in the browser, on paper.  Figures keep their size
though they have twice the pixels, and readers can report what is wrong with a page.
"""

import os
import re
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from docutils import nodes
from PIL import Image

from methods3.plain.course import STUDENT, exercises_on

# The wheel that notebooks install, and what `make slides`, `make lite` and `make pdf`
# have made, if they have: all of it is published with the site.
EXTRAS = Path("_build", "extras")

# Services that run a notebook of the repository.
LAUNCHED = ("colab.", "mybinder.")
WORDS_A_MINUTE = 170
MINUTES_A_FIGURE = 0.5
LINES_A_MINUTE = 25
TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
FOLDED = re.compile(r"<details.*?</details>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
# A fold that a reader may leave closed; answers to questions are part of the page.
DEEPER = re.compile(r"<details>\s*<summary>One level deeper")

# How long a deck of slides takes: it says so itself.
TALK = re.compile(r'<meta content="(\d+)" name="minutes"/>')


def publish_extras(app, config):
    """Publish what has been made besides the pages."""
    if (Path(app.confdir) / EXTRAS).exists():
        config.html_extra_path.append(str(EXTRAS))


def reading_minutes(doctree):
    """Minutes that a page takes to read: words, figures, tables, code not folded."""
    words = lines = figures = 0
    for node in _read_by_all(doctree):
        kind = node.parent
        if isinstance(node, nodes.image):
            figures += 1
        elif isinstance(node, nodes.raw) and not _is_left_out(node):
            words += _words_of_tables(node.astext())
        elif not isinstance(node, nodes.Text) or kind is None or _is_left_out(kind):
            continue  # None: HTML, whose text has lost its parent on a whole page
        elif isinstance(kind, nodes.literal_block):
            lines += len(node.splitlines())
        elif not isinstance(kind, nodes.math | nodes.math_block | nodes.raw):
            words += len(node.split())
    minutes = words / WORDS_A_MINUTE + lines / LINES_A_MINUTE
    return max(1, round(minutes + figures * MINUTES_A_FIGURE))


def _read_by_all(doctree):
    """All nodes of a page, but for what folds that go deeper hold."""
    depth = 0
    for node in doctree.findall():
        html = node.astext() if isinstance(node, nodes.raw) else ""
        if depth or DEEPER.match(html):
            depth += html.count("<details") - html.count("</details>")
        if not depth:
            yield node


def _words_of_tables(html):
    """Words in tables that code has made, but for those that open at a click."""
    tables = TABLE.findall(FOLDED.sub("", html))
    return sum(len(TAG.sub(" ", table).split()) for table in tables)


def _is_left_out(node):
    """Whether it is in a folded cell, or in a caption: a figure has its own time."""
    while node is not None:
        if isinstance(node, nodes.caption) or "tag_hide-input" in node["classes"]:
            return True
        node = node.parent
    return False


def add_line_under_title(app, pagename, templatename, context, doctree):
    """Say how long a lecture or notebook takes, and how else it can be had."""
    runs = context.get("page_source_suffix") == ".ipynb"
    if doctree is None or not (runs or pagename.startswith("lectures/")):
        return
    minutes = reading_minutes(doctree)
    line = [f"<span>{minutes} minute{'s' * (minutes > 1)} to read</span>"]
    root = "../" * pagename.count("/")
    extras = Path(app.confdir) / EXTRAS
    exercises = exercises_on(app.env.found_docs).get(pagename)
    if exercises:
        line.append(f'<a href="{root}{exercises}.html">exercises</a>')
    if pagename.startswith("exercises/"):
        line.append(f'<a href="{root}{_to_run(pagename)}" download>to fill in</a>')
    if runs and (extras / "lite").exists():
        query = urlencode({"path": _to_run(pagename)})
        line.append(
            f'<a href="{root}lite/lab/index.html?{query}">run it here, '
            "nothing to install</a>"
        )
    deck = extras / "slides" / f"{pagename}.html"
    if deck.exists():
        minutes = TALK.search(deck.read_text(encoding="utf-8"))[1]
        line.append(
            f'<a href="{root}slides/{pagename}.html">slides</a> ({minutes} minutes)'
        )
    for part, what in [(pagename, "PDF"), (_week_of(pagename), "the week as PDF")]:
        if (extras / "pdf" / f"{part}.pdf").exists():
            line.append(f'<a href="{root}pdf/{part}.pdf">{what}</a>')
    text = f'<p class="under-title">{" · ".join(line)}</p>'
    context["body"] = context["body"].replace("</h1>", f"</h1>\n{text}", 1)


def _week_of(pagename):
    """The week that a page opens, or an empty text."""
    found = re.fullmatch(r"lectures/(week\d+)/index", pagename)
    return found[1] if found else ""


def _to_run(pagename):
    """The notebook that a reader runs: of an exercise, the students' copy."""
    own = pagename.startswith(f"{STUDENT}/")  # an assignment is the copy
    if pagename.startswith("exercises/") and not own:
        pagename = f"{STUDENT}/{pagename.removeprefix('exercises/')}"
    return f"{pagename}.ipynb"


def keep_size_of_figures(app, doctree, docname):
    """Show a figure half as wide as its pixels: sharp on screens that have twice."""
    for image in doctree.findall(nodes.image):
        path = Path(app.srcdir, image["uri"])
        if path.suffix == ".png" and "width" not in image:
            with Image.open(path) as picture:
                image["width"] = f"{picture.width // 2}px"


def mend_buttons(app, pagename, templatename, context, doctree):
    """Let "Open issue" open the form, filled in; launch what there is to run."""
    query = urlencode(
        {
            "template": "page.yml",
            "title": f"{context.get('title', '')}: ",
            "where": f"{app.config.html_baseurl}{pagename}.html",
        }
    )
    for button in buttons(context):
        if any(host in button.get("url", "") for host in LAUNCHED):
            # Binder has the plain notebooks in a folder: see binder/postBuild.
            folder = "mine/" if "mybinder." in button["url"] else ""
            button["url"] = button["url"].replace(
                f"{pagename}.ipynb", f"{folder}{_to_run(pagename)}"
            )
        if button.get("label") == "source-issues-button":
            button["url"] = re.sub(r"\?.*", f"?{escape(query)}", button["url"])
            button["text"] = "Report a problem with this page"
        if button.get("label") == "source-edit-button":
            button["text"] = "Edit this page"


def buttons(context):
    """All buttons of a page's header, also those within others."""
    waiting = [*context.get("header_buttons", [])]
    for button in waiting:
        yield button
        waiting += button.get("buttons", [])


def write_in_parallel(app, env):
    """Write pages on several cores; Jupyter Book would do so on one.

    They are read on one: not all extensions say whether they could be on several.
    """
    cores = min(os.cpu_count() or 1, 4)  # each takes its memory
    app.parallel = 1 + cores  # one looks up what others write


def setup(app):
    """Register with Sphinx."""
    app.connect("env-updated", write_in_parallel)
    app.connect("config-inited", publish_extras)
    app.connect("doctree-resolved", keep_size_of_figures)
    app.connect("html-page-context", add_line_under_title)
    app.connect("html-page-context", mend_buttons, priority=999)  # after the theme
    return {"parallel_read_safe": True, "parallel_write_safe": True}
