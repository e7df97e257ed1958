"""What of a page's text stands on a slide, and what its lecturer says to it.

A text cell becomes blocks.  Short ones stand on a slide as they are; a long paragraph
has its first sentences there, and the one that leads on, and is whole in the notes.
A question brings its answer along, to be shown after a pause.
"""

import re
from dataclasses import dataclass
from itertools import zip_longest

from notebooks import MARKER, ROOT

from methods3.plain import Course, Page

# Knows what is cited.
BOOK = Page(Course(ROOT), "slides")
# Whether it is an option of a question, its summary, and what is folded.
FOLD = re.compile(
    r"(?s)<details( class=\"choice\"[^>]*)?>\s*<summary>(.*?)</summary>(.*?)</details>"
)
HEADING = re.compile(r"(#{1,6}) (.*)")
# Blocks of MyST that a slide has no room for.
DIRECTIVE = re.compile(
    r"^(`{3,}|:{3,})\{.*?^\1$|^\([\w-]+\)=$", re.DOTALL | re.MULTILINE
)
ROLE = re.compile(r"(?:[Ee]quation )?\{([\w:]+)\}`([^`<]*?)\s*(?:<[^>]*>)?`")
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:)[^)]*\)")
# A figure is on the same slide, and needs no pointing at.
POINTER = re.compile(r": \{numref\}`[\w-]+`(?=\.)| \(\{numref\}`[\w-]+`\)")
NAMES = {"numref": "the figure", "eq": "the equation", "ref": "above"}
# For readers of the page alone.
ASIDE = re.compile(r"(?s)\*Before you start|\(|.*\bglossary\b")
STARTS = {"|": "table", "$$": "equation", "```": "fence", "<": "html"}
LIST = re.compile(r"[-*] |\d+\. ")
# Summaries of folds that ask, or say what one should find out about.
ASKS = re.compile(r"Question|\d+\. |.*\?$")
SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z])")
# Characters of a paragraph or an item that is shown whole, and of an answer; of what is
# shown of a longer one, at least.
BREVITY, ANSWER, SAID = 190, 400, 80


@dataclass
class Block:
    """A piece of a slide.

    Attributes
    ----------
    kind : str
        heading, text, list, equation, table, fence, html, question or aside, which is
        for the notes alone.
    shown, whole : str
        Markdown of the slide; all that the page says.
    answer : str
        What is shown after a pause, of a question.
    continues : bool
        Whether a sentence goes on, behind an equation.
    """

    kind: str
    shown: str
    whole: str
    answer: str = ""
    continues: bool = False

    @property
    def leads_on(self):
        """Whether it belongs to what follows, such as a list."""
        return self.kind == "text" and not self.whole.endswith((".", "?", "!", ")"))

    def longer(self):
        """What could be shown of a paragraph, from all of it to what is: list."""
        sentences = self.whole.split("\n")
        # The last one is shown already if it leads to what follows.
        end = [] if self.whole.startswith(self.shown) else [sentences.pop()]
        texts = ["\n".join(sentences[:k] + end) for k in range(len(sentences), 0, -1)]
        return [t for t in texts if len(t) > len(self.shown)] + [self.shown]


def plain(text):
    """Markdown of the book as Markdown that needs no Sphinx: str."""

    def role(match):
        kind, words = match.groups()
        if kind.startswith("cite"):
            return BOOK.citation(words.split(","), parenthetical=kind == "cite:p")
        name = NAMES.get(kind, words)
        begins = re.search(r"(^|[.?!:]|\n)\s*$", match.string[: match.start()])
        return name[0].upper() + name[1:] if begins and kind in NAMES else name

    text = MARKER.sub(r"\1", DIRECTIVE.sub("", text))
    text = re.sub(r"\$\$ \([\w-]+\)", "$$", text)  # labels of equations
    text = LINK.sub(r"\1", ROLE.sub(role, POINTER.sub("", text)))
    return text.replace("the figure and the figure", "the figures")


def blocks_of(source):
    """Blocks of a text cell, in order: list of Block."""
    pieces = FOLD.split(plain(source))  # text, option, summary, folded, text, …
    found, options = [], []

    def close():
        if options:
            found[-1] = _choice(found[-1], options)
            options.clear()

    for text, *fold in zip_longest(*(pieces[k::4] for k in range(4))):
        parts = [_block(part) for part in _parts(text)]
        if parts:
            close()
            found.extend(parts)
        option, summary, folded = fold
        if option:
            options.append((summary, folded.strip()))
        elif summary:
            close()
            found.append(_fold(summary, folded.strip()))
    close()
    return found


def _parts(text):
    """Split text at its empty lines, but for those within code."""
    parts = []
    for part in re.split(r"\n{2,}(?=\S)", text.strip()):
        if parts and parts[-1].count("```") % 2:
            parts[-1] += f"\n\n{part}"
        elif part:
            parts.append(part)
    return parts


def _block(part):
    heading = HEADING.match(part)
    if heading:
        return Block("heading", part, "")
    for start, kind in STARTS.items():
        if part.startswith(start):
            return Block(kind, _table(part) if kind == "table" else part, "")
    if LIST.match(part):
        items = re.split(r"\n(?=[-*] |\d+\. )", part)
        shown = "\n".join(_brief(item, SENTENCE.split(item)) for item in items)
        return Block("list", shown, "" if shown == part else part)
    if ASIDE.match(part):
        return Block("aside", "", part)
    continues = part[0].islower()
    part = part[0].upper() + part[1:]
    return Block("text", _brief(part, part.split("\n")), part, continues=continues)


def _brief(whole, sentences, room=BREVITY):
    """How what is long begins, and its last sentence if that leads to what follows."""
    if len(whole) <= room:
        return whole
    kept = []
    while sum(map(len, kept)) < SAID:
        kept.append(sentences[len(kept)])
    rest = sentences[len(kept) :]
    return "\n".join([*kept, *(s for s in rest[-1:] if s.endswith((":", ",", "?")))])


def _table(part):
    """Bars in the code of a table: nbconvert would show the backslash before them."""
    return re.sub(
        r"`([^`\n]*\\\|[^`\n]*)`",
        lambda code: f"<code>{code[1].replace(chr(92) + '|', '&#124;')}</code>",
        part,
    )


def _fold(summary, folded):
    if not ASKS.match(summary):
        return Block("aside", "", folded)
    paragraphs = _parts(folded)
    if len(folded) > ANSWER:
        paragraphs = [_block(part).shown for part in paragraphs]
    answer = "\n\n".join(paragraphs)
    shown = f'<div class="question">{summary}</div>'
    return Block("question", shown, folded, answer)


def _choice(asked, options):
    """A question with options: its letters are for hands that go up."""
    lettered = list(zip("ABCDEFGH", options, strict=False))
    lines = [f"- **{letter}** {summary}" for letter, (summary, _) in lettered]
    (answer,) = (
        f"**{letter}** {_brief(folded, folded.split(chr(10)), ANSWER)}"
        for letter, (_, folded) in lettered
        if folded.startswith("Right")
    )
    told = [f"**{letter}** {summary}: {said}" for letter, (summary, said) in lettered]
    question = asked.whole.replace("**Check yourself.**", "").strip()
    shown = f'<div class="question">\n\n{question}\n\n</div>\n\n' + "\n".join(lines)
    return Block("question", shown, "\n\n".join(told), answer)
