"""Words that the site's search can find: those of tables, one cell from the next.

Sphinx takes the tags out of HTML before it notes the words.  Where no blank stands
between two cells, the last word of one and the first of the next would be one word.
"""

import re

from docutils import nodes

BETWEEN_CELLS = re.compile(r"(</t[dh]>)(?=<)")


def separate_cells(app, doctree, docname):
    """Put a blank between cells, which nobody sees."""
    for node in doctree.findall(nodes.raw):
        if "html" in node.get("format", "").split():
            separate = BETWEEN_CELLS.sub(r"\1 ", node.astext())
            node[:] = [nodes.Text(separate)]


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-resolved", separate_cells)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
