"""A matplotlib figure as a small SVG, the same bytes every time.

Letters stay text, in a font that Linux (DejaVu Sans) or Windows and macOS (Verdana, of
the same widths) have.  What no browser needs goes: a fifth of the size remains.
"""

import io
import re
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
FONTS = "'DejaVu Sans', 'Verdana', sans-serif"
SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "mlm",
    "font.sans-serif": ["DejaVu Sans", "Verdana"],
}
REFERENCE = re.compile(r"#(\w+)")
# Of the parts of a picture that are no lines: twice a screen's.
RASTER_DPI = 192
# A tenth of a point is less than a pixel on any screen.
LONG_NUMBER = re.compile(r"-?\d+\.\d+")


def draw_svg(figure):
    """Give the SVG of a figure.

    Parameters
    ----------
    figure : Figure

    Returns
    -------
    str
        On one line, with no quotation mark but ``'``: it can stand in an attribute.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> draw_svg(Figure())[:4]
    '<svg'
    """
    buffer = io.BytesIO()
    with mpl.rc_context(SETTINGS):
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None})
    root = ElementTree.fromstring(buffer.getvalue())
    root.remove(root.find(f"{SVG}metadata"))
    root.attrib |= {"xmlns": SVG[1:-1], "font-family": FONTS.replace("'", "")}
    used = set()
    for element in root.iter():
        for value in (element.get(LINK), element.get("clip-path")):
            used.update(REFERENCE.findall(value or ""))
    names = {identifier: f"i{n}" for n, identifier in enumerate(sorted(used))}
    for element in root.iter():
        _shorten(element, names)
    _unwrap(root)
    text = ElementTree.tostring(root, "unicode")
    text = re.sub(r"\s+", " ", text).replace("> <", "><").replace(" />", "/>")
    return text.replace("'", "&apos;").replace('"', "'")


def address(picture):
    """Write an SVG as part of an address, what has a meaning there as codes: str."""
    for special, code in (("%", "%25"), ("#", "%23"), ("&", "&amp;")):
        picture = picture.replace(special, code)
    return picture


def _shorten(element, names):
    """Shorten names, numbers and styles of one element in place."""
    element.tag = element.tag.removeprefix(SVG)
    attributes = element.attrib
    if attributes.get("id") in names:
        attributes["id"] = names[attributes["id"]]
    else:
        attributes.pop("id", None)
    if LINK in attributes:
        link = attributes.pop(LINK)
        attributes["href"] = REFERENCE.sub(lambda m: f"#{names[m[1]]}", link)
    if "clip-path" in attributes:
        attributes["clip-path"] = REFERENCE.sub(
            lambda m: f"#{names[m[1]]}", attributes["clip-path"]
        )
    if element.tag != "image":
        for key in attributes.keys() & {"d", "x", "y"}:
            attributes[key] = LONG_NUMBER.sub(
                lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), attributes[key]
            ).strip()
    if attributes.get("transform", "").startswith("rotate(-0 "):
        del attributes["transform"]
    if "style" in attributes:
        style = attributes["style"].replace(f"font-family: {FONTS}", "")
        rules = (rule.strip() for rule in style.split(";"))
        attributes["style"] = ";".join(r.replace(": ", ":") for r in rules if r)
    for key in [key for key, value in attributes.items() if not value]:
        del attributes[key]


def _unwrap(parent):
    """Put the children of groups that say nothing in the place of the group."""
    for child in list(parent):
        _unwrap(child)
        if child.tag == "g" and not child.attrib:
            place = list(parent).index(child)
            parent[place : place + 1] = list(child)
