"""Make a deck of slides from every lecture, for reveal.js.

    python scripts/slides.py

`talk` lays them out, `slide_text` shortens them; the rest of the text and the figures'
captions are in the speaker notes (key S), with a plan of time.  A cell whose metadata
say ``{"slideshow": {"slide_type": …}}`` is left as it is, and shown as they say.
"""

import re
import shutil
from importlib.metadata import files

from nbconvert import SlidesExporter
from notebooks import CONFIG, ROOT, find_notebooks, read
from talk import deck

TARGET = ROOT / "_build" / "extras" / "slides"
# What a deck needs of reveal.js.
REVEAL = (
    "LICENSE",
    "dist/re",
    "dist/theme/white.css",
    "dist/theme/fonts/source-sans-pro/",
    "plugin/notes/",
)


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
            exclude_anchor_links=True,
            reveal_url_prefix=f"{up}reveal",
            reveal_theme="white",  # the others load letters from elsewhere
            language_code=language,
        )
        resources = {"site_root": f"{up}../", "metadata": {"name": title}}
        page, _ = exporter.from_notebook_node(deck(notebook), resources)
        # A heading that is repeated cannot be an address.
        page = re.sub(r'(<h[1-6]) id="[^"]*"', r"\1", page)
        target = TARGET / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page, encoding="utf-8")
        print(target.relative_to(ROOT))


if __name__ == "__main__":
    main()
