"""Tables with code stack on a phone: each cell on lines of its own, under its heading.

Beside each other, their columns are narrower than a name of code, which then breaks in
its middle.  The style sheet stacks them, but does not know what a column is called.
"""

from docutils import nodes


def name_cells(app, doctree, docname):
    """Put the heading of its column before each cell that a phone shows alone."""
    for table in doctree.findall(nodes.table):
        groups = {type(part): part for part in table.findall(nodes.Part)}
        head, body = groups.get(nodes.thead), groups.get(nodes.tbody)
        if not head or not _has_code(body):
            continue
        table["classes"].append("stacks")
        (headings,) = head.findall(nodes.row)
        for row in body.findall(nodes.row):
            for number, (heading, cell) in enumerate(zip(headings, row, strict=True)):
                # What a row begins with names the row, unless it is code itself.
                if cell.astext() and (number or _has_code(cell)):
                    words = [node.deepcopy() for node in heading[0].children]
                    name = nodes.inline("", "", *words, classes=["column-name"])
                    cell[0].insert(0, name)


def _has_code(node):
    return next(iter(node.findall(nodes.literal)), None) is not None


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-resolved", name_cells)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
