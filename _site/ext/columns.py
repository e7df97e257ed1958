"""Pictures of two columns of panels: a phone shows the columns one above the other.

On a narrow page letters in such a picture are too small to read.  So the picture of a
cell with the tag ``two-columns`` stands on its page twice: the style sheet shows the
left half of the first and the right half of the second on a phone, and the first as it
is where there is room.
"""

from docutils import nodes

TAG = "tag_two-columns"
RIGHT = "The right half of the picture above."


def show_halves(app, doctree, docname):
    """Put each picture of two columns, and its copy, into a box of its own."""
    for cell in doctree.findall(nodes.container):
        if TAG not in cell["classes"]:
            continue
        for image in [*cell.findall(nodes.image)]:
            copy = image.deepcopy()
            copy["alt"] = RIGHT
            # The name of a place is that of the first alone.
            copy["ids"], copy["names"] = [], []
            image.replace_self(
                [
                    nodes.container("", image.deepcopy(), classes=["left-half"]),
                    nodes.container("", copy, classes=["right-half"]),
                ]
            )


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-resolved", show_halves)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
