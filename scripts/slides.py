"""Make a deck of slides from every lecture, for reveal.js.

    python scripts/slides.py

`talk` lays a lecture out.  What a slide has no room for is in the speaker notes (key
S), with the seconds that are planned for it.  A cell whose metadata say
``{"slideshow": {"slide_type": "skip"}}`` is left out.
"""

import copy
import math
import re
import shutil
from functools import cache
from importlib.metadata import files

import nbformat
from nbconvert import SlidesExporter
from notebooks import CONFIG, ROOT, find_notebooks, read
from slide_sizes import TAG, enlarged, is_live, picture_of, shows_code
from slide_text import Block
from talk import caption_of, slides_of

TARGET = ROOT / "_build" / "extras" / "slides"
# What a deck needs of reveal.js.
REVEAL = (
    "LICENSE",
    "dist/re",
    "dist/theme/white.css",
    "dist/theme/fonts/source-sans-pro/",
    "plugin/notes/",
)
# Seconds: a word that is said, what else a slide takes, and pauses to think and look.
A_WORD, A_SLIDE = 0.42, 8
QUESTION, FIGURE, LIVE, CODE = 40, 20, 100, 15


def deck(notebook):
    """Make the notebook of a talk.

    Parameters
    ----------
    notebook : NotebookNode
        A lecture; it stays as it is.

    Returns
    -------
    NotebookNode
        Its cells carry ``slide_type``, as nbconvert knows it, and the first of a slide
        its ``layout`` and ``timing`` (seconds).  Its own metadata say how many
        ``minutes`` it takes.
    """
    slides = slides_of(notebook)
    made = nbformat.v4.new_notebook()
    planned = [seconds(slide) for slide in slides]
    made.metadata.minutes = round(sum(planned) / 60)
    plan = f"{len(slides)} slides, about {made.metadata.minutes} minutes."
    for slide, timing in zip(slides, planned, strict=True):
        said = notes_of(slide)
        cells = list(_cells_of(slide))
        notes = "\n\n".join(filter(None, [plan if slide is slides[0] else "", said]))
        # Within a fragment, they would wait as the answer does.
        cells[1:1] = [_text(notes, "notes")] if notes else []
        cells[0].metadata |= {"layout": slide.kind, "timing": timing}
        if slide.kind == "picture":
            cells[0].metadata.left = enlarged(*slide.cells())[0]
        made.cells += cells
    return made


def seconds(slide):
    """How long a slide takes: what is said, and pauses to think and to look."""
    words = sum(len(TAG.sub("", b.whole or b.shown).split()) for b in slide.blocks())
    pauses = QUESTION * len(slide.blocks("question"))
    for cell in slide.cells():
        pauses += LIVE if is_live(cell) else FIGURE if picture_of(cell) else CODE
    return 5 * math.ceil((A_SLIDE + A_WORD * words + pauses) / 5)


def notes_of(slide):
    """What the lecturer says besides what is shown: Markdown."""
    shown = {block.shown for block in slide.blocks()}
    said = [block.whole for block in slide.blocks()]
    said += [caption_of(cell) for cell in slide.cells()]
    return "\n\n".join(text for text in said if text and text not in shown)


def _cells_of(slide):
    """Yield a slide's cells: its heading, and what it shows."""
    new = slide.heading.startswith(("# ", "## "))
    yield _text(slide.heading, "slide" if new else "subslide")
    kind = "-"
    for item in slide.items:
        if not isinstance(item, Block):
            yield _code(item, kind)
        elif item.shown:
            yield _text(item.shown, kind)
            if item.answer:
                kind = "fragment"
                yield _text(item.answer, kind)


def _text(source, kind):
    metadata = {"slideshow": {"slide_type": kind}}
    return nbformat.v4.new_markdown_cell(source, metadata=metadata)


def _code(cell, kind):
    """What the code shows, a picture as large as there is room; code that is short."""
    made = nbformat.v4.new_code_cell(cell.source, outputs=copy.deepcopy(cell.outputs))
    made.metadata.slideshow = {"slide_type": kind}
    if not shows_code(cell):
        made.metadata.transient = {"remove_source": True}
    for output in made.outputs:
        if "image/png" in output.get("metadata", {}):
            size = dict(zip(("width", "height"), enlarged(cell), strict=True))
            output.metadata["image/png"] |= size
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
    for path in find_notebooks():
        name = path.relative_to(ROOT).with_suffix(".html")
        if name.parts[0] != "lectures":
            continue
        target = TARGET / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page_of(read(path), len(name.parts) - 1), encoding="utf-8")
        print(target.relative_to(ROOT))


def page_of(notebook, depth):
    """Make the page with a lecture's deck, so many folders below the others': str."""
    text = "\n".join(cell.source for cell in notebook.cells)
    title = re.search(r"(?m)^# (.*)$", text)[1]
    up = "../" * depth
    resources = {"site_root": f"{up}../", "metadata": {"name": title}}
    page, _ = _exporter(up).from_notebook_node(deck(notebook), resources)
    # A heading that is repeated cannot be an address.
    return re.sub(r'(<h[1-6]) id="[^"]*"', r"\1", page)


@cache
def _exporter(up):
    """Made once for all decks in folders as deep: its templates are compiled once."""
    return SlidesExporter(
        template_name="slides",
        extra_template_basedirs=[str(ROOT / "_site/templates")],
        exclude_anchor_links=True,
        reveal_url_prefix=f"{up}reveal",
        reveal_theme="white",  # the others load letters from elsewhere
        language_code=CONFIG["sphinx"]["config"]["language"],
    )


if __name__ == "__main__":
    main()
