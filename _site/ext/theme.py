"""Mends of what the theme does badly, that no setting of Jupyter Book gives."""

import re
import shutil
from importlib.metadata import files
from pathlib import Path

from finished import once_built
from sphinx.errors import ExtensionError

MATHJAX = "static/mathjax/"
# Of the 24 MB of MathJax only what pages with TeX formulas load: the program, its
# fonts, and the extensions that macros such as \\boldsymbol call for.
NEEDED = (
    "tex-chtml.js",
    "output/chtml/fonts/woff-v2/",
    "input/tex/extensions/",
)
# The last line of a script or style sheet that has a source map.
SOURCE_MAP = re.compile(r"\n(//|/\*)# sourceMappingURL=\S+?\.map(\*/)?\s*$")


@once_built
def copy_mathjax(app):
    """Copy MathJax into the site, so that formulas need no network.

    Not through html_static_path: Jupyter Book loads every script it finds there on
    every page.
    """
    for file in files("sphinx-mathjax-offline"):
        _, found, inner = file.as_posix().partition(MATHJAX)
        if found and inner.startswith(NEEDED):
            target = Path(app.outdir, "_static", "mathjax", inner)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.locate(), target)


@once_built
def drop_icon_script(app):
    """Empty the script that draws icons: half a megabyte, compressed.

    The theme loads all icons twice, as a script and as fonts; the fonts do.
    """
    script = Path(app.outdir, "_static", "scripts", "fontawesome.js")
    script.write_text("// Icons come as fonts.\n", encoding="utf-8")


@once_built
def drop_source_maps(app):
    """Leave out the maps that lead developers of the theme to its sources: 3 MB."""
    static = Path(app.outdir, "_static")
    for file in static.rglob("*.map"):
        file.unlink()
    for kind in ("*.js", "*.css"):
        for file in static.rglob(kind):
            text = file.read_text("utf-8")
            without = SOURCE_MAP.sub("", text)
            if without != text:
                file.write_text(without, encoding="utf-8")


# The search looks words up in plain objects, in which "constructor" is always found;
# and excerpts would show formulas twice: as TeX, and as what is set without scripts.
SEARCH = {
    "files: terms[word]": "files: Object.hasOwn(terms, word) ? terms[word] : undefined",
    "files: titleTerms[word]": (
        "files: Object.hasOwn(titleTerms, word) ? titleTerms[word] : undefined"
    ),
    "scoreMap.set(file, {})": "scoreMap.set(file, new Map())",
    "scoreMap.get(file)[word] = record.score": (
        "scoreMap.get(file).set(word, record.score)"
    ),
    "scoreMap.get(file)[w])": "scoreMap.get(file).get(w))",
    "(terms[term] || [])": "(Object.hasOwn(terms, term) ? terms[term] : [])",
    "(titleTerms[term] || [])": (
        "(Object.hasOwn(titleTerms, term) ? titleTerms[term] : [])"
    ),
    '[".headerlink", "script", "style"]': '[".headerlink", ".tex", "script", "style"]',
}
# What a page begins with where nobody has chosen light or dark.
UNDECIDED = re.compile(r'(<html [^>]*data-theme=)"auto"')


def own_keys(literal):
    """Make entries of all keys of a literal: this one alone would be the prototype."""
    return literal.replace('"__proto__":', '["__proto__"]:')


@once_built
def mend_search(app):
    """Let the search find what the course says, and nothing that JavaScript brings."""
    script = Path(app.outdir, "_static", "searchtools.js")
    text = script.read_text("utf-8")
    for wrong, right in SEARCH.items():
        if wrong not in text and right not in text:
            raise ExtensionError(f"{script} has changed: no {wrong!r} to mend")
        text = text.replace(wrong, right)
    script.write_text(text, encoding="utf-8")
    index = Path(app.outdir, "searchindex.js")
    index.write_text(own_keys(index.read_text("utf-8")), "utf-8")


def drop_thebe(app, pagename, templatename, context, doctree):
    """Drop sphinx-thebe's scripts, which Jupyter Book adds though live code is off.

    They stand on every page twice, and the second is a JavaScript error ("identifier
    'THEBE_JS_URL' has already been declared").
    """

    def is_thebe(script):
        body = getattr(script, "attributes", {}).get("body") or ""
        return "THEBE_JS_URL" in body or "sphinx-thebe" in str(script)

    scripts = context.get("script_files", [])
    context["script_files"] = [script for script in scripts if not is_thebe(script)]


# What the body of a page has, and what a screen reader needs instead.
MENDS = {
    # axe: empty-table-header.  pandas, and Markdown, mark an empty corner as a header.
    "<th></th>": "<td></td>",
    '<th class="head"><p></p></th>': "<td></td>",
    # axe: aria-deprecated-role, aria-required-children.  docutils' bibliography.
    ' role="doc-biblioentry"': "",
    '<div role="list" class="citation-list">': '<div class="citation-list">',
}


def mend_body(app, pagename, templatename, context, doctree):
    """Replace what other programs write into pages and accessibility forbids."""
    for wrong, right in MENDS.items():
        if wrong in context.get("body", ""):
            context["body"] = context["body"].replace(wrong, right)


@once_built
def start_light(app):
    """Let pages be light until a script says otherwise.

    They are written with the theme "auto", for which there are no colours: without
    scripts, links would be black, and code black on dark grey where the system is dark.
    """
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text("utf-8")
        light = UNDECIDED.sub(r'\1"light"', text, count=1)
        if light != text:
            page.write_text(light, "utf-8")


def setup(app):
    """Register the mends with Sphinx."""
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", drop_icon_script)
    app.connect("build-finished", drop_source_maps)
    app.connect("build-finished", mend_search)
    app.connect("build-finished", start_light)
    app.connect("html-page-context", drop_thebe, priority=999)  # after sphinx-thebe
    app.connect("html-page-context", mend_body)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
