"""Slides: what a lecture becomes as a talk, and how each slide looks in a browser."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT
from notebooks import find_notebooks, read
from slide_text import FOLD, blocks_of, plain
from slides import deck
from talk import slides_of
from test_book import SITE

LECTURES = [p for p in find_notebooks() if p.is_relative_to(ROOT / "lectures")]
each_lecture = pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)


def deck_of(path):
    """Where the site has the deck of a lecture."""
    return SITE / "slides" / path.relative_to(ROOT).with_suffix(".html")


# ---- How slides look. ----

# Of every slide, one after the other, with all that it shows step by step: where the
# lowest and the rightmost thing ends, the share of the slide between its first and last
# letters and pictures, the smallest letters of the text and of figures to move, in
# pixels, whether panels to move are as wide as their figure, the weakest contrast,
# lines of code, and the heading.  The deck fits a slide when formulas are set, before
# this asks.
LOOKS = """async () => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (part) => {
    const { backgroundColor } = getComputedStyle(part);
    if (numbers(backgroundColor)[3] !== 0) return backgroundColor;
    return part.parentElement ? behind(part.parentElement) : "rgb(255, 255, 255)";
  };
  const contrast = (part) => {
    const [low, high] = [light(getComputedStyle(part).color), light(behind(part))].sort(
      (a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const found = [];
  for (;;) {
    while (Reveal.availableFragments().next) Reveal.nextFragment();
    await MathJax.startup.promise;
    await new Promise(requestAnimationFrame);
    const slide = Reveal.getCurrentSlide();
    const zoom = Number(slide.querySelector(".on-slide").style.zoom);
    const seen = { bottom: 0, right: 0, letters: 99, drawn: 99, contrast: 21 };
    for (const part of slide.querySelectorAll("*")) {
      const unseen = "aside, mjx-container *, svg *, style, script, .heard";
      if (part.closest(unseen)) continue;
      const box = part.getBoundingClientRect();
      seen.bottom = Math.max(seen.bottom, box.bottom);
      seen.right = Math.max(seen.right, box.right);
    }
    let [left, top, right, bottom] = [1280, 720, 0, 0];
    const reach = (box) => {
      [left, top] = [Math.min(left, box.left), Math.min(top, box.top)];
      [right, bottom] = [Math.max(right, box.right), Math.max(bottom, box.bottom)];
    };
    const texts = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const part = texts.currentNode.parentElement;
      const unseen = part.closest("aside, mjx-container, .heard");
      if (unseen || !texts.currentNode.data.trim()) continue;
      const range = document.createRange();
      range.selectNode(texts.currentNode);
      if (!range.getBoundingClientRect().width) continue;
      const size = parseFloat(getComputedStyle(part).fontSize);
      const svg = part.closest("svg");
      if (svg) seen.drawn = Math.min(seen.drawn, size * svg.getScreenCTM().a);
      else {
        reach(range.getBoundingClientRect());
        seen.letters = Math.min(seen.letters, size * zoom);
        seen.contrast = Math.min(seen.contrast, contrast(part));
      }
    }
    slide.querySelectorAll("img, svg, mjx-container").forEach(
      (part) => reach(part.getBoundingClientRect()));
    const figure = slide.querySelector(".mlm-live");
    const panels = [...slide.querySelectorAll(".panels > svg")].map(
      (part) => part.getBoundingClientRect());
    const ends = [Math.min, Math.max].map((end, k) =>
      end(...panels.map(({ left, right }) => [left, right][k])));
    seen.wide = !panels.length
      || ends[1] - ends[0] >= 0.95 * figure.getBoundingClientRect().width;
    seen.share = ((right - left) * (bottom - top)) / (1280 * 720);
    const code = [...slide.querySelectorAll(".jp-InputArea .highlight pre")];
    seen.lines = Math.max(
      0, ...code.map((part) => part.textContent.trim().split("\\n").length));
    seen.heading = slide.querySelector("h1, h2, h3, h4").textContent;
    seen.text = slide.querySelector(".on-slide").innerText;
    found.push(seen);
    if (Reveal.isLastSlide()) return found;
    Reveal.next();
  }
}"""


@each_lecture
@pytest.mark.one_in(8)
def test_every_slide_can_be_read_from_the_last_row(path, visit):
    with visit(deck_of(path), height=720) as shown:
        shown.wait_for_function("window.Reveal && Reveal.isReady()")
        found = shown.evaluate(LOOKS)
        assert len(found) == shown.evaluate("Reveal.getTotalSlides()")
        for number, slide in enumerate(found, start=1):
            where = f"slide {number}, {slide['heading']}"
            assert (slide["bottom"] <= 720, slide["right"] <= 1281) == (True, True), (
                where
            )
            assert slide["letters"] >= 17, f"{where}: too small; split its section"
            assert slide["drawn"] >= 14, f"{where}: say less above the figure"
            assert slide["wide"], f"{where}: its panels leave room at their sides"
            assert slide["share"] >= 0.3, f"{where}: nearly empty"
            assert slide["contrast"] >= 4.5, where
            assert slide["lines"] <= 12, where
            assert not re.search(r"\\[|*_]", slide["text"]), where
        assert shown.locator("mjx-merror").count() == 0
        assert shown.locator("img:not([alt]), img[alt='']").count() == 0


def test_keys_belong_to_a_figure_or_turn_slides(visit):
    path = ROOT / "lectures" / "week01" / "linear_model.ipynb"
    with visit(deck_of(path), height=720) as shown:
        shown.wait_for_function("window.Reveal && Reveal.isReady()")
        shown.keyboard.press("ArrowRight")
        assert shown.evaluate("Reveal.getSlidePastCount()") == 1
        slider = shown.locator("section.present .mlm-live input[type=range]").first
        before = slider.input_value()
        slider.press("ArrowRight")
        assert slider.input_value() != before
        shown.locator("section.present .mlm-live .handle").first.press("ArrowRight")
        assert shown.evaluate("Reveal.getSlidePastCount()") == 1
        shown.keyboard.press("PageDown")
        assert shown.evaluate("Reveal.getSlidePastCount()") == 2
        shown.keyboard.press("ArrowLeft")
        assert shown.evaluate("Reveal.getSlidePastCount()") == 1


# ---- What slides say. ----


@each_lecture
def test_answers_come_after_a_pause(path):
    page = BeautifulSoup(deck_of(path).read_text("utf-8"), "html.parser")
    asked = page.select(".question")
    text = "\n\n".join(plain(cell.source) for cell in read(path).cells)
    folds = FOLD.findall(text)
    choices = sum("choice" in kind and "Right" in folded for kind, _, folded in folds)
    plain_folds = [summary for kind, summary, _ in folds if not kind]
    questions = sum(
        s.startswith("Question") or s.endswith("?") or s[0].isdigit()
        for s in plain_folds
    )
    assert questions
    assert len(asked) >= questions
    assert len(asked) <= questions + choices
    for question in asked:
        answer = question.find_next(class_="fragment")
        assert answer.find_parent("section") is question.find_parent("section")
        assert len(answer.get_text(strip=True)) > 1
        notes = question.find_parent("section").select_one("aside.notes")
        assert len(notes.get_text(strip=True)) > 1


@each_lecture
def test_speaker_has_a_plan_of_minutes(path):
    page = BeautifulSoup(deck_of(path).read_text("utf-8"), "html.parser")
    slides = page.select("section section")
    planned = sum(int(slide["data-timing"]) for slide in slides)
    minutes = int(page.select_one("meta[name=minutes]")["content"])
    assert minutes == round(planned / 60)
    plan = f"{len(slides)} slides, about {minutes} minutes."
    assert plan in slides[0].select_one("aside.notes").get_text()
    assert page.select(".fragment aside.notes") == [], "unseen before the answer is"


@each_lecture
def test_a_figure_to_move_has_its_whole_instruction(path):
    for slide in slides_of(read(path)):
        if slide.kind == "live":
            said = slide.blocks("text", "list")
            assert said
            assert [block.shown for block in said] == [b.whole for b in said]


def lecture(*cells):
    """A lecture with a title, and these cells: text, or code that prints."""
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_markdown_cell("# A title\n\nWhy?"), *cells]
    return made


def text(source, **metadata):
    return nbformat.v4.new_markdown_cell(source, metadata=metadata)


def code(source):
    output = nbformat.v4.new_output("stream", text="1\n")
    return nbformat.v4.new_code_cell(source, outputs=[output])


LONG = "A sentence of some length stands here, and says nothing at all. " * 3


def test_long_code_is_cut_between_statements():
    lines = ["total = (", *["    1 +"] * 12, "    1", ")", "print(total)"]
    slides = slides_of(lecture(text("## Sums"), code("\n".join(lines))))
    sources = [cell.source for slide in slides for cell in slide.cells()]
    assert sources == ["\n".join(lines[:-1]), "print(total)"]


def test_what_is_folded_or_skipped_is_not_told():
    skip = {"slideshow": {"slide_type": "skip"}}
    cells = [
        text("## Told\n\nShown."),
        text("<details>\n<summary>One level deeper</summary>", **skip),
        text("Folded."),
        code("folded()"),
        text("</details>", **skip),
        text("Left out.", **skip),
        text("Shown again."),
    ]
    made = deck(lecture(*cells))
    told = " ".join(cell.source for cell in made.cells)
    assert "Shown." in told
    assert "Shown again." in told
    assert "olded" not in told
    assert "Left out" not in told


def test_a_section_that_goes_on_repeats_its_heading():
    paragraphs = "\n\n".join(f"{k}. {LONG}\n{LONG}" for k in "abcdefghij")
    slides = slides_of(lecture(text(f"## Much to say\n\n{paragraphs}")))
    assert len(slides) > 2
    assert {slide.heading.lstrip("# ") for slide in slides[1:]} == {"Much to say"}
    assert [slide.goes_on for slide in slides[1:3]] == [False, True]


def test_an_answer_is_not_given_away():
    asked = "<details>\n<summary>Question: why?</summary>\n\nBecause.\n\n</details>"
    made = deck(lecture(text(f"## Asked\n\n{asked}\n\nIt is because of this.")))
    shown = [(cell.source, cell.metadata.slideshow.slide_type) for cell in made.cells]
    assert ("Because.", "fragment") in shown
    assert ("It is because of this.", "fragment") in shown


def test_all_who_wrote_a_source_are_named():
    told = plain("See {cite:t}`gelman2007` and others {cite:p}`bates2015,green2016`.")
    others = "(Bates et al., 2015; Green and MacLeod, 2016)"
    assert told == f"See Gelman and Hill (2007) and others {others}."


def test_options_have_letters_and_the_right_one_is_told():
    options = "\n".join(
        f'<details class="choice" name="x">\n<summary>{what}</summary>\n\n{said}\n\n'
        "</details>"
        for what, said in [("one", "Not so: too few."), ("two", "Right: a pair.")]
    )
    (block,) = blocks_of(f"**Check yourself.** How many?\n\n{options}")
    assert block.kind == "question"
    assert block.shown.endswith("- **A** one\n- **B** two")
    assert block.answer == "**B** Right: a pair."
    assert "too few" in block.whole


def test_code_in_tables_has_no_escapes():
    (block,) = blocks_of("| formula |\n|---|\n| `y ~ (1 \\| g)` |")
    assert "<code>y ~ (1 &#124; g)</code>" in block.shown


def test_long_paragraphs_keep_what_leads_on():
    source = f"First, {'and long enough to be all that is said, ' * 2}as it is.\n"
    (block,) = blocks_of(source + f"{LONG}\nSo it follows:")
    assert block.shown == f"{source}So it follows:"
    assert LONG.strip() in block.whole
    assert block.leads_on


def test_what_stands_between_a_figure_and_code_is_about_the_code():
    shown = nbformat.v4.new_output(
        "display_data", metadata={"image/png": {"width": 400, "height": 300}}
    )
    drawn = nbformat.v4.new_code_cell("plot()", outputs=[shown])
    after = text("Look at the curve.\n\nNow compute it.")
    slides = slides_of(lecture(text("## One\n\nBefore."), drawn, after, code("one")))
    said = [[block.whole for block in slide.blocks("text")] for slide in slides[1:]]
    assert said[0][:2] == ["Before.", "Look at the curve."]
    assert said[1] == ["Now compute it."]


def test_code_that_shows_nothing_is_told_unless_it_is_hidden():
    made = nbformat.v4.new_code_cell("link = 1")
    hidden = nbformat.v4.new_code_cell("hidden = 1", metadata={"tags": ["hide-input"]})
    slides = slides_of(lecture(text("## Make\n\nA link."), made, hidden, code("link")))
    assert [c.source for slide in slides for c in slide.cells()] == ["link = 1", "link"]


def test_a_section_that_begins_with_much_keeps_its_heading():
    asked = f"<details>\n<summary>Question: {LONG * 6}?</summary>\n\nYes.\n\n</details>"
    slides = slides_of(lecture(text(f"## Full\n\n{asked}")))
    assert slides[-1].heading == "## Full"


def test_a_paragraph_shows_as_many_sentences_as_there_is_room_for():
    sentences = [f"{k}. {LONG.strip()}" for k in "ABCDEFGHIJ"]
    paragraph = "\n".join(sentences)
    (slide,) = slides_of(lecture(text(f"## Long\n\n{paragraph}")))[1:]
    shown = slide.blocks("text")[0].shown.split("\n")
    assert 1 < len(shown) < len(sentences)
    assert shown == sentences[: len(shown)]


def test_a_sentence_that_goes_on_behind_an_equation_stays_with_it():
    source = "## Sum\n\nIt is\n\n$$a$$\n\ntimes as large."
    slides = slides_of(lecture(text(source), text(f"{LONG * 4}\n\n{LONG * 4}")))
    kinds = [block.kind for block in slides[1].blocks()]
    assert kinds[:3] == ["text", "equation", "text"]


def test_numbered_slips_are_questions():
    (block,) = blocks_of("<details>\n<summary>1. ℓ > 0</summary>\n\nNo.\n\n</details>")
    assert (block.kind, block.answer) == ("question", "No.")
