"""Lay a lecture out on slides that are full, as a talk of its own.

Every slide has its section's heading.  A figure to move stands with what says how, a
figure has its text beside it, a question its answer under it, and neighbours that fit
on one slide share it.
"""

import ast
import copy
import re
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from slide_sizes import (
    column_height,
    height_of,
    is_live,
    picture_of,
    shows_code,
)
from slide_text import Block, blocks_of, plain

ROOM = 570  # below the heading
FULL = 0.7  # of it, when a paragraph is shown whole
LITTLE = 110  # what is no slide of its own
COLUMN = 560  # height beside a figure
# Characters with a figure to move, and where nothing else has room for some of them.
INSTRUCTION, LONG_INSTRUCTION = 520, 800
LINES = 12  # of code
AGAIN = "####"  # the heading of a slide that goes on


@dataclass
class Slide:
    """What stands on one slide.

    Attributes
    ----------
    heading : str
        Markdown, of the section; repeated if the section goes on.
    kind : str
        text, picture (one stands at the left) or live (a figure to move).
    items : list of Block or NotebookNode
        In order; cells are of code.
    """

    heading: str
    kind: str = "text"
    items: list = field(default_factory=list)

    def blocks(self, *kinds):
        """Its blocks, or those of some kinds: list."""
        found = [item for item in self.items if isinstance(item, Block)]
        return [block for block in found if not kinds or block.kind in kinds]

    def cells(self):
        """Its cells of code: list."""
        return [item for item in self.items if not isinstance(item, Block)]

    @property
    def height(self):
        """Of what stands on it, one under the other."""
        return sum(map(height_of, self.items))

    @property
    def is_open(self):
        """Whether more text can follow: after a question it would tell the answer."""
        return self.kind == "text" and not self.blocks("question")

    @property
    def is_words(self):
        """Whether it has nothing but text."""
        words = self.blocks("text", "list", "aside")
        return self.kind == "text" and len(words) == len(self.items)

    @property
    def goes_on(self):
        """Whether its section began on a slide before."""
        return self.heading.startswith(AGAIN)


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
        if cell.cell_type == "code":
            for part in _split(cell) if cell.outputs or shows_code(cell) else []:
                _add_cell(slides, part)
        else:
            for block in blocks_of(cell.source):
                _add_block(slides, block)
    slides = _merge([slide for slide in slides if slide.items])
    slides = _give_away(slides)
    for slide in slides:
        _tell_more(slide)
    return slides


def _told(cells):
    """Cells of the talk: not what skips, nor what a fold of several cells holds."""
    depth = 0
    for cell in cells:
        skipped = cell.metadata.get("slideshow", {}).get("slide_type") == "skip"
        if skipped and cell.cell_type == "markdown":
            depth += cell.source.count("<details") - cell.source.count("</details>")
        elif not depth and not skipped:
            yield cell


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


def _add_block(slides, block):
    if block.kind == "heading":
        slides.append(Slide(block.shown))
        return
    last = slides[-1]
    if last.kind == "picture":
        fits = column_height([*last.items, block]) <= COLUMN
        goes_there = block.kind in ("text", "list", "aside") and fits
    else:
        # With nothing but its heading, a slide has all the room there is.
        fits = last.height + height_of(block) <= ROOM or not last.items
        goes_there = last.is_open and fits
    if not goes_there and block.kind != "aside":
        last = _next(slides, keep=1)
    last.items.append(block)


def _add_cell(slides, cell):
    last = slides[-1]
    if is_live(cell):
        said = accumulate(len(block.whole) for block in reversed(last.blocks()))
        short = sum(1 for letters in said if letters <= INSTRUCTION)
        if not last.is_words or short < len(last.items):
            last = _next(slides, keep=max(short, 1))
        last.kind = "live"
    elif picture_of(cell):
        if not last.is_words or column_height([*last.items, cell]) > COLUMN:
            last = _next(slides, keep=2)
        last.kind = "picture"
    elif not (last.is_open and _fits_below(last, cell)):
        last = _next(slides, keep=1, from_figures=True)
    last.items.append(cell)


def _fits_below(slide, cell):
    """Whether code has room, with somewhat smaller letters if words lead up to it."""
    leads = slide.is_words and slide.height <= 2 * LITTLE
    room = ROOM + (2 * LITTLE if leads else 0)
    return not slide.items or slide.height + height_of(cell) <= room


def _next(slides, keep, from_figures=False):
    """Begin a slide that goes on; what leads to its first item comes along.

    What stands between a figure and code is about the code: ``from_figures``.
    """
    last = slides[-1]
    heading = next((slide.heading for slide in reversed(slides) if slide.heading), "")
    slide = Slide(re.sub(r"^#+", AGAIN, heading))
    while len(slide.items) < keep and len(last.items) > 1:
        item = last.items[-1]
        if not isinstance(item, Block) or item.kind not in ("text", "aside"):
            break
        if item.continues:
            break
        if last.kind != "text" and not (item.leads_on or from_figures):
            break
        slide.items.insert(0, last.items.pop())
    slides.append(slide)
    return slide


def _merge(slides):
    """Put neighbours of text together where both fit, if nothing is given away."""
    merged = slides[:1]
    for slide in slides[1:]:
        last = merged[-1]
        if _shows_answer(last, slide):
            last.items += slide.items
            continue
        beside = last.is_open and slide.kind == "text" and len(merged) > 1
        new = not slide.goes_on
        # A slide that is somewhat too full has smaller letters.
        short = min(last.height, slide.height) < 2 * LITTLE
        room = ROOM + (2 * LITTLE if short and not new else 0)
        if beside and last.height + slide.height + 70 * new <= room:
            heading = re.sub("^#+", "###", slide.heading)
            last.items += [Block("heading", heading, "")] * new + slide.items
            continue
        if beside and not new:
            _level(last, slide)
        merged.append(slide)
    return merged


def _shows_answer(slide, following):
    """Whether what follows a question is short: it comes after the answer."""
    return (
        slide.kind == following.kind == "text"
        and following.goes_on
        and not following.blocks("question")
        and bool(slide.blocks("question"))
        and following.height <= 2 * LITTLE
        and slide.height + following.height <= ROOM
    )


def _level(slide, following):
    """Let a slide that is nearly empty have what the next begins with."""
    while slide.height < ROOM / 2 and len(following.items) > 1:
        first, second = following.items[:2]
        if len(following.items) == 2 and height_of(second) < ROOM / 2:
            return
        if not isinstance(first, Block) or first.kind not in ("text", "list", "aside"):
            return
        if first.kind == "text" and not isinstance(second, Block):  # it leads to code
            return
        if slide.height + height_of(first) > ROOM:
            return
        slide.items.append(following.items.pop(0))


def _give_away(slides):
    """Leave no slide with a line or two: they go to the next, or into the notes."""
    kept = slides[-1:]
    for before, slide in reversed([*pairwise(slides[:-1])]):
        following = kept[0]
        little = slide.is_words and slide.height <= LITTLE
        if little and following.goes_on and _takes(following, slide.items):
            following.heading = slide.heading
            following.items[:0] = slide.items
        elif little and slide.goes_on:
            before.items += [Block("aside", "", b.whole) for b in slide.blocks()]
        else:
            kept.insert(0, slide)
    return slides[:1] + kept


def _takes(slide, items):
    """Whether a slide with a figure has room for words."""
    if slide.kind == "picture":
        return column_height([*items, *slide.items]) <= COLUMN
    said = sum(len(block.whole) for block in [*items, *slide.blocks()])
    return slide.kind == "live" and said <= LONG_INSTRUCTION


def _tell_more(slide):
    """Show what there is room for of a paragraph, and what a figure's marks are."""
    picture = slide.kind == "picture"

    def fits():
        if picture:
            return column_height(slide.items) <= COLUMN
        return slide.kind == "live" or slide.height <= FULL * ROOM

    for block in slide.blocks("text"):
        for text in block.longer():
            block.shown = text
            if fits():
                break
    if picture:
        caption = caption_of(*slide.cells())
        slide.items.append(Block("text", caption, caption))
        if not fits():
            slide.items.pop()


def caption_of(cell):
    """What the marks of a cell's figure are: Markdown, maybe empty."""
    figure = cell.metadata.get("mystnb", {}).get("figure", {})
    return plain(figure.get("caption", ""))
