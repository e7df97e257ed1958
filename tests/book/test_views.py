"""Every page as readers see it, wide and narrow, light and dark: one visit a view."""

import gzip
import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import check_explorers
from test_book import PAGES, SITE

# Colours depend on the scheme, layout on the width; the weekly run looks at all four.
VIEWS = [(1280, "light"), (390, "dark")]
if os.environ.get("ALL_VIEWS"):
    VIEWS += [(1280, "dark"), (390, "light")]
WIDE = VIEWS[0]
each_view = pytest.mark.parametrize(("width", "scheme"), VIEWS)
ALL_PAGES = [*PAGES, SITE / "search.html", SITE / "genindex.html"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Not to load style sheets a second time: from a file, a page may not.  And to name only
# the first of what passes, which takes half the time.
OPTIONS = {"runOnly": RULES, "preload": False, "resultTypes": ["violations"]}
# Visible elements of the text with a bright background that is not see-through.
BRIGHT = """[...document.querySelectorAll(".bd-article *")].filter(element => {
  const [r, g, b, a = 1] = getComputedStyle(element).backgroundColor
    .match(/[\\d.]+/g).map(Number);
  const seen = element.checkVisibility({opacityProperty: true});
  return seen && a > 0.5 && (r + g + b) / 3 > 140;
}).map(element => element.outerHTML.slice(0, 100))"""
# A decision tree has folds in folds.
OPEN_WHAT_HOLDS_IT = """fold => {
    for (let outer = fold.parentElement; outer; outer = outer.parentElement)
        if (outer.tagName === "DETAILS") outer.open = true;
}"""


@pytest.mark.parametrize(
    "page", ALL_PAGES, ids=lambda page: str(page.relative_to(SITE))
)
@each_view
def test_page_in_a_view(page, width, scheme, visit, loaded_by_others):
    asked = set()
    with visit(page, width, scheme=scheme, asked=asked) as shown:
        check_formulas(shown, page.read_text("utf-8"))
        check_legibility(shown, scheme)
        check_figures(shown, width)
        if (width, scheme) == WIDE:
            if page in PAGES:
                check_weight(sizes(asked), loaded_by_others)
            check_answers(shown)
        if shown.locator(".mlm-explorer").count():
            check_explorers(shown)
        check_width(shown, *{width, 700, 1000, 1199})


def check_formulas(shown, source):
    """All are set, by scripts that run."""
    formulas = len(re.findall(r'class="math notranslate', source))
    shown.wait_for_function(
        f"document.querySelectorAll('mjx-container').length == {formulas}"
    )
    assert shown.locator("mjx-merror").count() == 0
    unknown_macros = shown.locator('mjx-container [style*="color: red"]')
    assert unknown_macros.count() == 0


def check_legibility(shown, scheme):
    """No violation of WCAG 2.2 A and AA, nor of axe's best practice."""
    shown.wait_for_selector(f"html[data-theme={scheme}]")
    found = Axe().run(shown, options=OPTIONS).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
    if scheme == "dark":
        assert shown.evaluate(BRIGHT) == [], "a bright box in dark mode"
    assert shown.locator("input[type=search]:visible").count() <= 1


def check_figures(shown, window):
    """Two pixels of a picture for each of a common screen; drawings have no pixels."""
    pictures = shown.locator(".bd-article img[src$='.png']")
    for i in range(pictures.count()):
        natural, shape, width, height = pictures.nth(i).evaluate(
            """image => [image.naturalWidth, image.naturalWidth /
            image.naturalHeight, image.getBoundingClientRect().width,
            image.getBoundingClientRect().height]"""
        )
        assert natural >= 1.9 * width
        assert 200 <= width <= min(800, window)
        assert width / height == pytest.approx(shape, rel=0.02), "not stretched"


def check_answers(shown):
    """Folds open by keyboard, and in print."""
    answers = shown.locator(".bd-article details")
    for i in range(answers.count()):
        answer = answers.nth(i)
        answer.evaluate(OPEN_WHAT_HOLDS_IT)
        assert answer.get_attribute("open") is None
        answer.locator("xpath=./summary").focus()
        shown.keyboard.press("Enter")
        assert answer.get_attribute("open") is not None
        shown.keyboard.press("Enter")
    shown.evaluate("document.querySelectorAll('details').forEach(d => d.open = 0)")
    shown.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert shown.locator(".bd-article details:not([open])").count() == 0
    shown.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert shown.locator(".bd-article details[open]").count() == 0


def check_width(shown, *widths):
    """Nobody scrolls sideways."""
    for width in widths:
        shown.set_viewport_size({"width": width, "height": 900})
        sideways = "document.documentElement.scrollWidth - window.innerWidth"
        assert shown.evaluate(sideways) <= 0, width


# ---- Weight: what a web server sends. ----


def sizes(asked):
    """Sizes of files that a page asks for, compressed as a server sends them."""
    files = (Path(unquote(urlsplit(address).path)) for address in asked)
    return {file: len(gzip.compress(file.read_bytes(), 6)) for file in files}


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
