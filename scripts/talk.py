"""Make a talk of a lecture: its blocks on slides that are full, with a plan of time.

Every slide has its section's heading.  What is figure to move and what says how stand
together, a figure has its text beside it, and neighbours that fit on one slide share it.
Heights are estimates, in pixels of a slide of 1280 × 720; the browser enlarges or
shrinks what comes of them, until it fits.
"""

import ast
import copy
import math
import re
from dataclasses import dataclass, field

import nbformat
from slide_text import Block, blocks_of, plain

ROOM = 570  # below the heading
FULL = 0.7  # of it, when a paragraph is shown whole
WIDTH, GAP = 1208, 28  # within the margins, and between a figure and its text
COLUMN = 560  # height beside a figure
PICTURE = 800, 580  # most of a figure
INSTRUCTION = 560  # characters above a figure to move
LINES = 12  # of code
LETTER = 14.5  # width of one, in text
# Seconds: a word that is said, and what else takes time.
A_WORD, A_SLIDE = 0.42, 8
PAUSES = {"question": 40, "live": 100, "picture": 20, "code": 15}
AGAIN = "####"  # the heading of a slide that goes on
TAG = re.compile(r"<[^>]*>")


@dataclass
class Slide:
    """What stands on one slide.

    Attributes
    ----------
    heading : str
        Markdown, of the section; repeated if the section goes on.
    kind : str
        text, picture (one stands at the left), live (a figure to move) or own (as the
        notebook's metadata say).
    items : list of Block or NotebookNode
        In order; cells are of code.
    """

    heading: str
    kind: str = "text"
    items: list = field(default_factory=list)

    def blocks(self, *kinds):
        """Give its blocks, or those of some kinds: list."""
        found = [item for item in self.items if isinstance(item, Block)]
        return [block for block in found if not kinds or block.kind in kinds]

    @property
    def height(self):
        return sum(map(_height, self.items))


def slides_of(notebook):
    """Lay a lecture out on slides.

    Parameters
    ----------
    notebook : NotebookNode
        It stays as it is.

    Returns
    -------
    list of Slide
    """
    slides = []
    for cell in _told(notebook.cells):
        if "slideshow" in cell.metadata:
            slides.append(Slide("", "own", [cell]))
        elif cell.cell_type == "code":
            for part in _split(cell) if cell.outputs else []:
                _add_cell(slides, part)
        else:
            for block in blocks_of(cell.source):
                _add_block(slides, block)
    slides = _merged([slide for slide in slides if slide.items])
    for slide in slides:
        _tell_more(slide)
    return slides


def _told(cells):
    """Cells of the talk: not those that skip, nor what a fold of several cells holds."""
    depth = 0
    for cell in cells:
        skipped = cell.metadata.get("slideshow", {}).get("slide_type") == "skip"
        if skipped and cell.cell_type == "markdown":
            depth += cell.source.count("<details") - cell.source.count("</details>")
        elif not depth and not skipped:
            yield cell


def _add_block(slides, block):
    if block.kind == "heading":
        slides.append(Slide(block.shown))
        return
    last = slides[-1]
    if block.kind == "aside":
        last.items.append(block)
    elif last.kind == "picture":
        fits = block.kind in ("text", "list") and _column(last, block) <= COLUMN
        (last if fits else _next(slides)).items.append(block)
    elif not _is_open(last) or last.height + _height(block) > ROOM:
        _next(slides, keep=1).items.append(block)
    else:
        last.items.append(block)


def _add_cell(slides, cell):
    last = slides[-1]
    texts = last.blocks("text", "list", "aside") if _is_open(last) else []
    if is_live(cell):
        said = sum(len(block.whole or block.shown) for block in texts)
        if len(texts) < len(last.items) or said > INSTRUCTION or not _is_open(last):
            last = _next(slides, keep=3)
        last.kind = "live"
    elif picture_of(cell):
        beside = _is_open(last) and len(texts) == len(last.items)
        if not beside or _column(last, cell) > COLUMN:
            last = _next(slides, keep=2)
        last.kind = "picture"
    elif not _is_open(last) or last.height + _height(cell) > ROOM:
        last = _next(slides, keep=1)
    last.items.append(cell)


def _is_open(slide):
    """Whether more text can follow: after a question it would tell the answer."""
    return slide.kind == "text" and not slide.blocks("question")


def _next(slides, keep=0):
    """Begin a slide that goes on; what leads to its first item comes along."""
    last = slides[-1]
    slide = Slide(_again(slides))
    while last.kind == "text" and len(slide.items) < keep and len(last.items) > 1:
        item = last.items[-1]
        if not isinstance(item, Block) or item.kind not in ("text", "aside"):
            break
        slide.items.insert(0, last.items.pop())
    slides.append(slide)
    return slide


def _again(slides):
    """The heading of the section that goes on, in smaller letters."""
    heading = next((s.heading for s in reversed(slides) if s.heading), "")
    return re.sub(r"^#+", AGAIN, heading)


def _merged(slides):
    """Put neighbours of text together where both fit, if nothing is given away."""
    merged = slides[:1]
    for slide in slides[1:]:
        last = merged[-1]
        new = not slide.heading.startswith(AGAIN)
        room = ROOM - last.height - slide.height - 70 * new
        open_ = last.kind == "text" and len(merged) > 1 and not last.blocks("question")
        if open_ and slide.kind == "text" and room >= 0:
            heading = re.sub("^#+", "###", slide.heading)
            last.items += [Block("heading", heading, "")] * new + slide.items
            continue
        if open_ and slide.kind == "text" and not new:
            _level(last, slide)
        merged.append(slide)
    return merged


def _level(slide, following):
    """Let a slide that is nearly empty have what the next begins with."""
    while slide.height < ROOM / 2 and len(following.items) > 2:
        first = following.items[0]
        if not isinstance(first, Block) or first.kind not in ("text", "list", "aside"):
            return
        if slide.height + _height(first) > ROOM:
            return
        slide.items.append(following.items.pop(0))


def _tell_more(slide):
    """Show all of a paragraph where there is room, and what a figure's marks are."""
    if slide.kind == "live":
        room = math.inf  # an instruction is told whole
    elif slide.kind == "picture":
        room = COLUMN
    else:
        room = FULL * ROOM
    height = _column if slide.kind == "picture" else Slide.height.fget
    for block in slide.blocks("text"):
        brief, block.shown = block.shown, block.whole
        if height(slide) > room:
            block.shown = brief
    if slide.kind == "picture":
        (cell,) = (item for item in slide.items if not isinstance(item, Block))
        caption = cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "")
        block = Block("text", plain(caption), plain(caption))
        if _column(slide, block) <= room:
            slide.items.append(block)


# ---- How high things are. ----


def _lines(text, width):
    return sum(math.ceil(max(len(line), 1) / width) for line in text.split("\n"))


def _height(item):
    """The height of a block or cell on a slide of its own, about."""
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
            answer = sum(_lines(p, 86) * 38 + 16 for p in item.answer.split("\n\n"))
            return _lines(text, 68) * 46 + 24 + answer
        case "list":
            return 20 + sum(_lines(line, 80) * 38 + 6 for line in text.split("\n"))
    return 16 + _lines(text.replace("\n", " "), 86) * 38


def _row_lines(row):
    cells = row.strip("|").split("|")
    return max(math.ceil(len(cell) / (105 / len(cells))) for cell in cells)


def _height_of_code(cell):
    height = 20 + 30 * len(cell.source.splitlines()) if shows_code(cell) else 0
    for output in cell.outputs:
        html = output.get("data", {}).get("text/html", "")
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        height += 44 * html.count("<tr") or 20 + 30 * len(text.splitlines())
    return height


def _column(slide, *more):
    """The height of texts beside a figure."""
    items = [*slide.items, *more]
    (width,) = (_enlarged(cell)[0] for cell in items if not isinstance(cell, Block))
    letters = (WIDTH - GAP - width) // LETTER
    texts = [item.shown for item in items if isinstance(item, Block) and item.shown]
    return sum(_lines(text.replace("\n", " "), letters) * 36 + 18 for text in texts)


def _enlarged(cell):
    """Width and height of a picture, as large as there is room."""
    width, height = picture_of(cell)
    zoom = min(PICTURE[0] / width, PICTURE[1] / height)
    return round(zoom * width), round(zoom * height)


# ---- What cells show. ----


def is_live(cell):
    """Whether a cell shows a figure to move: bool."""
    pages = [output.get("data", {}).get("text/html", "") for output in cell.outputs]
    return any("mlm-live" in page for page in pages)


def picture_of(cell):
    """Give width and height of the picture that a cell shows, or None."""
    for output in cell.outputs:
        size = output.get("metadata", {}).get("image/png")
        if size:
            return size["width"], size["height"]
    return None


def shows_code(cell):
    """Whether a slide has the code: not of what only draws, or is folded: bool."""
    folded = {"remove-input", "hide-input"} & set(cell.metadata.get("tags", []))
    return not (folded or picture_of(cell) or is_live(cell))


def _split(cell):
    """A cell of many lines as two, cut before the statement nearest to its middle."""
    lines = cell.source.splitlines()
    if not shows_code(cell) or len(lines) <= LINES:
        return [cell]
    starts = [statement.lineno - 1 for statement in ast.parse(cell.source).body]
    cut = min(starts[1:], key=lambda start: abs(start - len(lines) / 2))
    first, second = copy.deepcopy(cell), copy.deepcopy(cell)
    first.source, second.source = "\n".join(lines[:cut]), "\n".join(lines[cut:])
    first.outputs = []
    return [first, second]


# ---- What is said, and how long it takes. ----


def notes_of(slide):
    """What the lecturer says besides what is shown: Markdown."""
    said = [block.whole for block in slide.blocks() if block.whole != block.shown]
    for item in slide.items:
        if not isinstance(item, Block):
            caption = item.metadata.get("mystnb", {}).get("figure", {}).get("caption")
            said.append(plain(caption or ""))
    shown = {block.shown for block in slide.blocks()}
    return "\n\n".join(text for text in said if text and text not in shown)


def seconds(slide):
    """How long a slide takes: what is said, and pauses to think and to look: int."""
    words = sum(len(TAG.sub("", b.whole or b.shown).split()) for b in slide.blocks())
    pauses = PAUSES["question"] * len(slide.blocks("question"))
    for item in slide.items:
        if not isinstance(item, Block):
            kind = (
                "live" if is_live(item) else "picture" if picture_of(item) else "code"
            )
            pauses += PAUSES[kind]
    return 5 * math.ceil((A_SLIDE + A_WORD * words + pauses) / 5)


def deck(notebook):
    """Make the notebook of a talk.

    Parameters
    ----------
    notebook : NotebookNode
        A lecture; it stays as it is.

    Returns
    -------
    NotebookNode
        Its cells carry ``slide_type`` as nbconvert knows it; the first of a slide, also
        its ``layout`` and ``timing`` (seconds).  The deck's ``minutes`` are in its own
        metadata.
    """
    slides = slides_of(notebook)
    made = nbformat.v4.new_notebook()
    planned = [seconds(slide) for slide in slides]
    made.metadata.minutes = max(1, round(sum(planned) / 60))
    for slide, timing in zip(slides, planned, strict=True):
        cells = list(_cells_of(slide))
        if slide is slides[0]:
            plan = f"{len(slides)} slides, about {made.metadata.minutes} minutes."
            cells.insert(-1 if len(cells) > 1 else 1, _text(plan, "notes"))
        cells[0].metadata |= {"layout": slide.kind, "timing": timing}
        cells[0].metadata |= _left_of(cells) if slide.kind == "picture" else {}
        made.cells += cells
    return made


def _left_of(cells):
    """How wide a picture stands at the left."""
    (width,) = (picture_of(cell)[0] for cell in cells if cell.cell_type == "code")
    return {"left": width}


def _cells_of(slide):
    """Yield a slide's cells: its heading, what it shows, notes."""
    if slide.kind == "own":
        yield copy.deepcopy(slide.items[0])
        return
    new = not slide.heading.startswith("###")
    yield _text(slide.heading, "slide" if new else "subslide")
    kind = "-"
    # A figure stands at the left, whatever came first.
    first = slide.kind == "picture"
    for item in sorted(slide.items, key=lambda i: first and isinstance(i, Block)):
        if not isinstance(item, Block):
            yield _code(item, kind)
        elif item.kind != "aside":
            yield _text(item.shown, kind)
        if isinstance(item, Block) and item.answer:
            kind = "fragment"  # as all that follows, which would give it away
            yield _text(item.answer, kind)
    notes = notes_of(slide)
    if notes:
        yield _text(notes, "notes")


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
            size = dict(zip(("width", "height"), _enlarged(cell), strict=True))
            output.metadata["image/png"] |= size
    return made
