"""Everybody can read every page: wide and narrow, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from test_book import PAGES, SITE

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
EACH = pytest.mark.parametrize(
    "page", ALL_PAGES, ids=lambda page: str(page.relative_to(SITE))
)


@EACH
@pytest.mark.parametrize("width", [1280, 390])
def test_everybody_can_read_it(page, width, visit):
    """No violation of WCAG 2.2 A and AA, nor of axe's best practice; no sideways."""
    with visit(page, width) as shown:
        for scheme in ("light", "dark"):
            shown.emulate_media(color_scheme=scheme)
            shown.wait_for_selector(f"html[data-theme={scheme}]")
            shown.wait_for_timeout(400)  # labels of tabs fade into their colour
            found = Axe().run(shown, options=OPTIONS).response["violations"]
            assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
        assert shown.evaluate(BRIGHT) == [], "a bright box in dark mode"
        assert shown.locator("input[type=search]:visible").count() <= 1
        for any_width in (width, 700, 1000, 1199):
            shown.set_viewport_size({"width": any_width, "height": 900})
            sideways = "document.documentElement.scrollWidth - window.innerWidth"
            assert shown.evaluate(sideways) <= 0, any_width
