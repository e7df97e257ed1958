"""Every page as readers see it, wide and narrow, light and dark."""

import gzip
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from browser import check_live_figures
from conftest import WEEKLY
from test_book import PAGES, SITE

# Layout depends on the width, colours on the scheme.  The theme looks for overflow only
# when a page is opened, so narrow comes first.
NARROW, WIDE = 390, 1280
LONGEST = 20_000  # pixels of a page on a phone: some twenty-five windows
VIEWS = [(NARROW, "dark"), (WIDE, "light")]
# What a window has besides: the widths at which the theme rearranges a page.
WIDTHS = {NARROW: [320], WIDE: [1000, 320]}
# The weekly run looks at both others too, and at everything in each.
if WEEKLY:
    VIEWS = [VIEWS[0], (NARROW, "light"), VIEWS[1], (WIDE, "dark")]
    WIDTHS[WIDE] = [1199, 1000, 700, 320]


def in_each_folder(pages):
    """Of each folder one page in four, at least two, by turns in either view."""
    folders = {}
    for page in pages:
        folders.setdefault(page.parent, []).append(page)
    for of in folders.values():
        step = max(1, min(4, len(of) // 2))
        for i, page in enumerate(of[::step]):
            yield page, [VIEWS[i % len(VIEWS)]]


ALL_PAGES = [*PAGES, SITE / "search.html", SITE / "genindex.html"]
if WEEKLY:
    CASES = [(page, VIEWS) for page in ALL_PAGES]
else:
    CASES = [*in_each_folder(ALL_PAGES)]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Not to load style sheets a second time: from a file, a page may not.  And to name only
# the first of what passes, which takes half the time.
OPTIONS = {"preload": False, "resultTypes": ["violations"]}
CONTRAST = "color-contrast"
# The slowest rules: each pair of colours is judged at the first text with this colour,
# size, weight and opacity on these backgrounds, and each kind of link at the first that
# stands so in such a text; the weekly run does so on every page.
COLOURS = f"""axe.configure({{
  rules: [
    {{id: "{CONTRAST}", selector: ".first-of-a-kind, .first-of-a-kind *"}},
    {{id: "link-in-text-block", selector: "a.first-of-a-kind"}},
  ]
}})"""
JUDGED = set()
FIRST_OF_A_KIND = """judged => {
  const plain = ["rgba(0, 0, 0, 0)", "none", "1"];
  const seen = new Set(judged), grounds = new Map([[null, ""]]);
  const ground = part => {
    if (!grounds.has(part)) {
      const {backgroundColor, backgroundImage, opacity} = getComputedStyle(part);
      const painted = [backgroundColor, backgroundImage, opacity];
      const own = painted.filter(value => !plain.includes(value));
      grounds.set(part, own.join() + ground(part.parentElement));
    }
    return grounds.get(part);
  };
  for (const element of document.querySelectorAll("body *")) {
    const link = element.closest("a[href]");
    const texts = [...element.childNodes].filter(node => node.nodeType === 3);
    const text = link === element ? link.textContent : texts.map(t => t.data).join("");
    if (!text.trim() || !element.checkVisibility()) continue;
    const look = part => {
      const {color, fontSize, fontWeight, fontStyle} = getComputedStyle(part);
      return [color, fontSize, fontWeight, link && fontStyle];
    };
    const own = [look(element), ground(element)];
    if (link) {
      const {textDecorationLine, borderBottom} = getComputedStyle(link);
      own.push(textDecorationLine, borderBottom, look(link.parentElement));
    }
    const kind = own.join();
    element.classList.toggle("first-of-a-kind", !seen.has(kind));
    seen.add(kind);
  }
  return [...seen];
}"""
# Most elements of a page are words of code and parts of formulas, of which no other
# rule asks anything.  While axe runs, text or a box of the same size stands for them;
# each page's first piece of code and its first two formulas stay as they are.
AXE = """async ([options, whole]) => {
  const inside = ".first-of-a-kind, .first-of-a-kind *";
  const parts = [["pre", 1], ["mjx-container", 2]].flatMap(([name, kept]) =>
    [...document.querySelectorAll(`.bd-article ${name}`)].slice(whole ? Infinity : kept)
  ).filter(part => !part.querySelector(inside));
  const stand = parts.map(part => {
    if (part.matches("pre")) return part.textContent;
    const box = document.createElement("span");
    box.style.cssText = "display: inline-block;"
      + `width: ${part.scrollWidth}px; height: ${part.offsetHeight}px`;
    return box;
  });
  const own = parts.map(part => [...part.childNodes]);
  parts.forEach((part, i) => part.replaceChildren(stand[i]));
  try {
    return (await axe.run(options)).violations.map(
      rule => [rule.id, rule.nodes[0].html]);
  } finally {
    parts.forEach((part, i) => part.replaceChildren(...own[i]));
  }
}"""
# Visible elements of the text with a bright background that is not see-through.
BRIGHT = """[...document.querySelectorAll(".bd-article *")].filter(element => {
  const [r, g, b, a = 1] = getComputedStyle(element).backgroundColor
    .match(/[\\d.]+/g).map(Number);
  const seen = element.checkVisibility({opacityProperty: true});
  return seen && a > 0.5 && (r + g + b) / 3 > 140;
}).map(element => element.outerHTML.slice(0, 100))"""

# Words of code in tables whose letters are on more than one line.
BROKEN = """[...document.querySelectorAll(".bd-article td code")].flatMap(code => {
  const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
  const range = document.createRange(), broken = [];
  while (walker.nextNode()) {
    const text = walker.currentNode;
    for (const word of text.data.matchAll(/\\w+/g)) {
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = [...range.getClientRects()].filter(line => line.width > 0);
      const heights = new Set(lines.map(line => Math.round(line.top)));
      if (heights.size > 1) broken.push(word[0]);
    }
  }
  return broken;
})"""


@pytest.mark.parametrize(
    ("page", "views"), CASES, ids=[str(page.relative_to(SITE)) for page, _ in CASES]
)
@pytest.mark.one_in(3)
def test_page_as_readers_see_it(page, views, visit, loaded_by_others):
    asked = set()
    with visit(page, *views[0], asked=asked) as shown:
        check_formulas(shown, page.read_text("utf-8"))
        if page in PAGES:
            check_weight(sizes(asked), loaded_by_others)
        check_answers(shown)
        check_live_figures(shown)
        for width, scheme in views:
            shown.emulate_media(color_scheme=scheme)
            check_width(shown, width)
            if width == NARROW and page in PAGES:
                check_phone(shown)
            everything = WEEKLY or width == NARROW
            check_legibility(shown, scheme, RULES if everything else [CONTRAST])
            check_figures(shown, width)
        check_width(shown, *WIDTHS[width])


def check_phone(shown):
    """Nobody scrolls for ever, and no word of code breaks in a table."""
    height = shown.evaluate("document.documentElement.scrollHeight")
    assert height <= LONGEST
    assert shown.evaluate(BROKEN) == []


def check_formulas(shown, source):
    """All are set, by scripts that run."""
    formulas = len(re.findall(r'class="math notranslate', source))
    shown.wait_for_function(
        f"document.querySelectorAll('mjx-container').length == {formulas}"
    )
    assert shown.locator("mjx-merror").count() == 0
    unknown_macros = shown.locator('mjx-container [style*="color: red"]')
    assert unknown_macros.count() == 0


def violations(shown, rules):
    """What axe finds: list of (rule, element)."""
    if not shown.evaluate("'axe' in window"):
        shown.evaluate(AXE_SCRIPT)
        shown.evaluate(COLOURS)
    return shown.evaluate(AXE, [OPTIONS | {"runOnly": rules}, WEEKLY])


def check_legibility(shown, scheme, rules):
    """All texts stand out from what is behind them, the link under the mouse too.

    Nor are other rules of WCAG 2.2 A and AA, or of axe's best practice, violated.
    """
    shown.wait_for_selector(f"html[data-theme={scheme}]")
    for link in shown.locator(".bd-article a:visible").all()[:1]:
        link.hover()
    kinds = {*shown.evaluate(FIRST_OF_A_KIND, [] if WEEKLY else list(JUDGED))}
    if rules != [CONTRAST] or not kinds <= JUDGED:
        assert violations(shown, rules) == []
    JUDGED.update(kinds)
    if scheme == "dark":
        assert shown.evaluate(BRIGHT) == [], "a bright box in dark mode"
    assert shown.locator("input[type=search]:visible").count() <= 1


def check_figures(shown, window):
    """Two pixels of a picture for each of a common screen; drawings have no pixels."""
    pictures = shown.locator(".bd-article img[src$='.png']").evaluate_all(
        """images => images.filter(image => image.checkVisibility()).map(image => {
          const {width, height} = image.getBoundingClientRect();
          // Of a picture of two columns a phone shows the left and the right half.
          const half = image.closest(".left-half, .right-half");
          const seen = half ? half.getBoundingClientRect().width : width;
          return [image.naturalWidth, image.naturalHeight, width, height, seen];
        })"""
    )
    for across, down, width, height, seen in pictures:
        assert across >= 1.9 * width
        assert 200 <= seen <= min(800, window)
        assert width / height == pytest.approx(across / down, rel=0.02), "not stretched"


def test_a_phone_shows_two_columns_of_panels_one_above_the_other(visit):
    page = SITE / "pages/how_do_i.html"
    halves = ".left-half, .right-half"
    boxes = """parts => parts.map(part => {
      const box = part.getBoundingClientRect();
      const image = part.querySelector("img").getBoundingClientRect();
      return [box.top, box.bottom, box.left - image.left, box.width, image.width];
    })"""
    with visit(page, NARROW) as shown:
        left, right = shown.locator(halves).evaluate_all(boxes)
        assert right[0] >= left[1]
        for (*_, cut, width, whole), share in zip((left, right), (0, 1), strict=True):
            assert whole == pytest.approx(2 * width)
            assert cut == pytest.approx(share * width, abs=1)
    with visit(page, WIDE) as shown:
        seen = shown.locator(halves).locator("visible=true").evaluate_all(boxes)
        ((*_, width, whole),) = seen
        assert whole <= width


def check_answers(shown):
    """Folds open by keyboard, and in print."""
    answers = shown.locator(".bd-article details")
    assert shown.locator(".bd-article details:not(:has(> summary))").count() == 0
    # What the browser does for the first fold of a page it does for all.
    for answer in answers.all()[:1]:
        assert answer.get_attribute("open") is None
        answer.locator("xpath=./summary").focus()
        shown.keyboard.press("Enter")
        assert answer.get_attribute("open") is not None
        shown.keyboard.press("Enter")
    assert shown.locator(".bd-article details[open]").count() == 0
    shown.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert shown.locator(".bd-article details:not([open])").count() == 0
    shown.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert shown.locator(".bd-article details[open]").count() == 0


def check_width(shown, *widths):
    """Nobody scrolls sideways, and no formula begins where nobody can scroll to."""
    for width in widths:
        shown.set_viewport_size({"width": width, "height": 900})
        sideways = "document.documentElement.scrollWidth - window.innerWidth"
        assert shown.evaluate(sideways) <= 0, width
        cut = shown.locator("div.math > .tex").evaluate_all(
            """formulas => formulas.filter(formula =>
              formula.firstElementChild?.getBoundingClientRect().left
              < formula.parentElement.getBoundingClientRect().left - 1
            ).map(formula => formula.textContent)"""
        )
        assert cut == [], width


# ---- Weight: what a web server sends. ----


def sizes(asked):
    """Sizes of files that a page asks for, compressed as a server sends them."""
    files = (Path(unquote(urlsplit(address).path)) for address in asked)
    return {file: sent(file) for file in files}


@cache
def sent(file):
    return len(gzip.compress(file.read_bytes(), 6))


@pytest.fixture(scope="module")
def loaded_by_others(tab):
    """What a reader has already who comes from the start page and the notation."""
    asked = set()
    for name in ("index", "pages/notation"):
        with tab(asked=asked) as page:
            page.goto((SITE / f"{name}.html").as_uri())
            page.wait_for_function("document.querySelector('mjx-container, h1')")
    return sizes(asked)


def check_weight(loaded, loaded_by_others):
    """Pages come fast: the first that somebody visits, and those after it."""
    assert sum(loaded.values()) <= 1.3e6, "the first page that somebody visits"
    later = sum(size for file, size in loaded.items() if file not in loaded_by_others)
    assert later <= 600e3, "a page after others"
