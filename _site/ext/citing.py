"""How to cite the course, and its version: from CITATION.cff, and on every page."""

from pathlib import Path

import yaml

import mlm

SOURCE = "CITATION.cff"
# Words of the page that says how to cite, and what takes their place.
AS_TEXT, AS_BIBTEX = "CITATION-AS-TEXT", "CITATION-AS-BIBTEX"
VERSIONS = "pages/versions"


def cited(text):
    """A reference as a sentence, and as an entry of BibTeX.

    Parameters
    ----------
    text : str
        Of a file CITATION.cff.

    Returns
    -------
    tuple of str
    """
    said = yaml.safe_load(text)
    authors = " and ".join(author["name"] for author in said["authors"])
    year, version = said["date-released"][:4], said["version"]
    fields = {
        "author": f"{{{authors}}}",
        "title": f"{{{said['title']}}}",
        "year": year,
        "version": version,
        "license": said["license"],
    }
    rows = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    sentence = f"{authors} ({year}). *{said['title']}* (version {version})."
    return sentence, f"@software{{methods3,\n{rows}\n}}"


def fill_page(app, docname, source):
    """Write the reference where a page asks for it."""
    if AS_BIBTEX in source[0]:
        app.env.note_dependency(str(Path(app.confdir, SOURCE)))
        texts = cited(Path(app.confdir, SOURCE).read_text("utf-8"))
        for word, text in zip((AS_TEXT, AS_BIBTEX), texts, strict=True):
            source[0] = source[0].replace(word, text)


def say_version(app, pagename, templatename, context, doctree):
    """Name the library's version at the foot of every page."""
    if VERSIONS in app.env.found_docs:
        link = f'<a href="{context["pathto"](VERSIONS)}">mlm {mlm.__version__}</a>'
        context["theme_extra_footer"] += f" {link}"


def setup(app):
    """Register with Sphinx."""
    app.connect("source-read", fill_page)
    app.connect("html-page-context", say_version)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
