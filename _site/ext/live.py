"""Live figures on pages: the script that draws them, where there are any."""

from pathlib import Path

from finished import once_built

from methods3.live.bundle import page_script

SCRIPT = "live.js"


@once_built
def write_script(app):
    """Write the script of all figures into the site."""
    Path(app.outdir, "_static", SCRIPT).write_text(page_script(), encoding="utf-8")


def add_script(app, pagename, templatename, context, doctree):
    """Let a page that has such figures load it."""
    if 'class="mlm-live"' in context.get("body", ""):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app):
    """Register with Sphinx."""
    app.connect("build-finished", write_script)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
