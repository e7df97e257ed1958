"""Make a deck of slides from every lecture, for reveal.js.

    python scripts/slides.py

A slide says little, so a deck is an extract: headings, the first sentence of each
paragraph, lists, equations, tables, and what the code shows.  The rest of the text, and
the answers to the questions, are in the speaker notes (key S).  A cell whose metadata
say ``{"slideshow": {"slide_type": …}}`` is left as it is, and shown as they say.
"""

import re
import shutil
from importlib.metadata import files

import nbformat
from nbconvert import SlidesExporter
from notebooks import CONFIG, MARKER, ROOT, find_notebooks, read

TARGET = ROOT / "_build" / "extras" / "slides"
BLOCKS_A_SLIDE = 6
REMARK = 220  # characters that still find room above or under what the code has shown
# What a deck needs of reveal.js.
REVEAL = (
    "LICENSE",
    "dist/re",
    "dist/theme/white.css",
    "dist/theme/fonts/source-sans-pro/",
    "plugin/notes/",
)
# Whether it is an option of a question, its summary, and what is folded.
FOLD = re.compile(
    r"(?s)<details( class=\"choice\"[^>]*)?>\s*<summary>(.*?)</summary>(.*?)</details>"
)
HEADING = re.compile(r"^#{1,6} ")
# Blocks that are shown whole: headings, equations, lists, tables, HTML.
WHOLE = re.compile(r"#{1,6} |\$\$|[-*|<]|\d+\. ")
# Blocks of MyST that a slide has no room for.
DIRECTIVE = re.compile(
    r"^(`{3,}|:{3,})\{.*?^\1$|^\([\w-]+\)=$", re.DOTALL | re.MULTILINE
)
ROLE = re.compile(r"\{([\w:]+)\}`([^`<]*?)\s*(?:<[^>]*>)?`")
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:)[^)]*\)")
NAMES = {"numref": "the figure", "eq": "the equation", "ref": "above"}


def plain(text):
    """Markdown of the book as Markdown that needs no Sphinx."""

    def role(match):
        kind, words = match.groups()
        if kind.startswith("cite"):
            name, year = re.match(r"([a-z]+)(\d{4})", words).groups()
            return f"{name.title()} ({year})"
        return NAMES.get(kind, words)

    text = MARKER.sub(r"\1", DIRECTIVE.sub("", text))
    text = re.sub(r"\$\$ \([\w-]+\)", "$$", text)  # labels of equations
    return LINK.sub(r"\1", ROLE.sub(role, text))


def parts_of(source):
    """Yield (kind, shown Markdown, notes) of a text cell.

    The kind is heading, question or text; a text is never longer than a slide.
    """
    shown, notes = [], []

    def flush():
        if shown:
            kind = "heading" if HEADING.match(shown[0]) else "text"
            yield kind, "\n\n".join(shown), "\n\n".join(notes)
        shown.clear()
        notes.clear()

    pieces = FOLD.split(plain(source))  # text, option, summary, folded, text, …
    folds = zip(*([*pieces[k::4], ""] for k in (1, 2, 3)), strict=True)
    for text, (option, summary, folded) in zip(pieces[::4], folds, strict=True):
        for block in re.split(r"\n{2,}(?=\S)", text.strip()):
            if HEADING.match(block) or len(shown) == BLOCKS_A_SLIDE:
                yield from flush()
            first, _, rest = block.partition("\n")
            whole = WHOLE.match(block)
            if block:
                shown.append(block if whole else first[0].upper() + first[1:])
            notes.extend([] if whole or not rest else [block])
        if option:
            shown.append(f"- {summary}")
            notes.append(f"*{summary}*: {folded.strip()}")
        elif summary.startswith("Question"):
            yield from flush()
            yield "question", f'<div class="question">{summary}</div>', folded.strip()
        else:
            notes.append(folded)
    yield from flush()


def deck(notebook):
    """Make the notebook of the slides.

    Parameters
    ----------
    notebook : NotebookNode
        A lecture; it stays as it is.

    Returns
    -------
    NotebookNode
        Its cells carry ``slide_type``: slide, subslide, ``-`` (the same slide), notes
        or skip.
    """
    made = nbformat.v4.new_notebook()
    # Of the slide being filled.  A question, like a live figure, stays alone.
    has_code = is_alone = True
    written = 0  # characters
    for cell in notebook.cells:
        if "slideshow" in cell.metadata:
            made.cells.append(cell)
        elif cell.cell_type == "code":
            crowded = _is_figure(cell) and (written > REMARK or _is_upright(cell))
            alone = has_code or is_alone or crowded or _is_live(cell)
            made.cells.append(_code(cell, "subslide" if alone else "-"))
            if cell.outputs:
                has_code, is_alone = True, _is_live(cell) or _is_upright(cell)
        else:
            for kind, shown, notes in parts_of(cell.source):
                # A remark on what the code has shown stands under it.
                short = kind == "text" and len(shown) < REMARK
                remark = short and has_code and not is_alone
                types = {"heading": "slide", "text": "-" if remark else "subslide"}
                made.cells.append(_text(shown, types.get(kind, "subslide")))
                if notes:
                    made.cells.append(_text(notes, "notes"))
                has_code, is_alone = remark, kind == "question"
                written = len(shown)
    return made


def _text(source, kind):
    metadata = {"slideshow": {"slide_type": kind}}
    return nbformat.v4.new_markdown_cell(source, metadata=metadata)


def _is_live(cell):
    """Whether a cell shows a figure to move, which needs a slide of its own."""
    pages = [output.get("data", {}).get("text/html", "") for output in cell.outputs]
    return any("mlm-live" in page for page in pages)


def _is_figure(cell):
    return "figure" in cell.metadata.get("mystnb", {})


def _is_upright(cell):
    """Whether a picture is about as high as wide: it fills a slide."""
    sizes = [output.get("metadata", {}).get("image/png") for output in cell.outputs]
    return any(size and size["height"] > 0.75 * size["width"] for size in sizes)


def _code(cell, kind):
    """What the code shows; the code itself too, unless it only draws a figure."""
    made = nbformat.v4.new_code_cell(cell.source, outputs=cell.outputs)
    made.metadata.slideshow = {"slide_type": kind if cell.outputs else "skip"}
    tags = {"remove-input", "hide-input"} & set(cell.metadata.get("tags", []))
    if tags or _is_figure(cell) or _is_live(cell):
        made.metadata.transient = {"remove_source": True}
    return made


def copy_reveal(target):
    """Copy reveal.js from the package that brings it."""
    inside = "sphinx_revealjs/_static/revealjs/"
    for file in files("sphinx-revealjs"):
        name = file.as_posix().removeprefix(inside)
        if name.startswith(REVEAL) and not name.endswith(".map"):
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.locate(), path)


def main():
    """Write the decks of all lectures, and reveal.js beside them."""
    shutil.rmtree(TARGET, ignore_errors=True)
    copy_reveal(TARGET / "reveal")
    language = CONFIG["sphinx"]["config"]["language"]
    for path in find_notebooks():
        name = path.relative_to(ROOT).with_suffix(".html")
        if name.parts[0] != "lectures":
            continue
        notebook = read(path)
        text = "\n".join(cell.source for cell in notebook.cells)
        title = re.search(r"(?m)^# (.*)$", text)[1]
        up = "../" * (len(name.parts) - 1)
        exporter = SlidesExporter(
            template_name="slides",
            extra_template_basedirs=[str(ROOT / "_site/templates")],
            reveal_url_prefix=f"{up}reveal",
            reveal_theme="white",  # the others load letters from elsewhere
            language_code=language,
        )
        resources = {"site_root": f"{up}../", "metadata": {"name": title}}
        page, _ = exporter.from_notebook_node(deck(notebook), resources)
        target = TARGET / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page, encoding="utf-8")
        print(target.relative_to(ROOT))


if __name__ == "__main__":
    main()
