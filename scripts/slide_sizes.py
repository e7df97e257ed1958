"""How large things are on a slide, before a browser lays it out, and what cells show.

Estimates, in pixels of a slide of 1280 × 720; the browser enlarges or shrinks what
comes of them, until it fits.
"""

import math
import re

from slide_text import Block

WIDTH, GAP = 1208, 28  # within the margins, and between a figure and its text
PICTURE = 800, 580  # most of a figure
LETTER = 14.5  # width of one, in text
TAG = re.compile(r"<[^>]*>")
PRINTED = re.compile(r"(?s)<pre.*?</pre>")


def lines_of(text, width):
    """How many lines text takes, of so many letters each."""
    return sum(math.ceil(max(len(line), 1) / width) for line in text.split("\n"))


def height_of(item):
    """The height of a block or cell, the width of a slide, about."""
    if not isinstance(item, Block):
        return _height_of_code(item)
    text = TAG.sub("", item.shown)
    match item.kind:
        case "aside":
            return 0
        case "heading":
            return 70
        case "equation":
            return 70 + 48 * text.count(r"\\") + 25 * (r"\frac" in text)
        case "table":
            return 15 + sum(34 * _row_lines(row) + 10 for row in text.split("\n"))
        case "fence":
            return 30 + 30 * text.count("\n")
        case "question":
            answer = sum(lines_of(p, 86) * 38 + 16 for p in item.answer.split("\n\n"))
            asked = re.sub(r"\n\s*\n", "\n", text.strip())
            return lines_of(asked, 68) * 46 + 24 + answer
        case "list":
            return 20 + sum(lines_of(line, 80) * 38 + 6 for line in text.split("\n"))
    return 16 + lines_of(text.replace("\n", " "), 86) * 38


def _row_lines(row):
    cells = row.strip("|").split("|")
    return max(math.ceil(len(cell) / (105 / len(cells))) for cell in cells)


def _height_of_code(cell):
    height = 20 + 30 * len(cell.source.splitlines()) if shows_code(cell) else 0
    for output in cell.outputs:
        html = output.get("data", {}).get("text/html", "")
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        printed = "".join(PRINTED.findall(html)).count("\n")
        table = 44 * html.count("<tr") + 40 * html.count("<p>") + 30 * printed
        height += table or 20 + 30 * len(text.splitlines())
    return height


def column_height(items):
    """The height of the texts beside a figure; both are among the items."""
    (width,) = (enlarged(item)[0] for item in items if not isinstance(item, Block))
    letters = (WIDTH - GAP - width) // LETTER
    texts = [item.shown for item in items if isinstance(item, Block) and item.shown]
    return sum(lines_of(text.replace("\n", " "), letters) * 36 + 18 for text in texts)


def enlarged(cell):
    """Width and height of a picture, as large as there is room."""
    width, height = picture_of(cell)
    zoom = min(PICTURE[0] / width, PICTURE[1] / height)
    return round(zoom * width), round(zoom * height)


def is_live(cell):
    """Whether a cell shows a figure to move: bool."""
    pages = [output.get("data", {}).get("text/html", "") for output in cell.outputs]
    return any("mlm-live" in page for page in pages)


def picture_of(cell):
    """Width and height of the picture that a cell shows, or None."""
    for output in cell.outputs:
        size = output.get("metadata", {}).get("image/png")
        if size:
            return size["width"], size["height"]
    return None


def shows_code(cell):
    """Whether a slide has the code: not of what only draws, or is folded: bool."""
    folded = {"remove-input", "hide-input"} & set(cell.metadata.get("tags", []))
    return not (folded or picture_of(cell) or is_live(cell))
