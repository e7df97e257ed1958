"""Every page in a browser: wide and narrow, light and dark, without a network."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from test_book import PAGES, SITE, each_page

ALL_PAGES = [*PAGES, SITE / "search.html", SITE / "genindex.html"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Not to load style sheets a second time: from a file, a page may not.
OPTIONS = {"runOnly": RULES, "preload": False}
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
        sideways = "document.documentElement.scrollWidth - window.innerWidth"
        assert shown.evaluate(sideways) <= 0
        assert shown.locator("input[type=search]:visible").count() <= 1


def test_search_finds_what_the_course_is_about(browser):
    """From a file the list of pages is found, but no excerpts: they are fetched."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((SITE / "index.html").as_uri())
    page.keyboard.press("Control+k")
    page.keyboard.type("residual")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li")
    assert "Reading the fit" in page.locator("#search-results").inner_text()
    context.close()


@each_page
def test_answers_open_by_keyboard_and_in_print(page, visit):
    with visit(page) as shown:
        answers = shown.locator(".bd-article details")
        for i in range(answers.count()):
            answer = answers.nth(i)
            assert answer.get_attribute("open") is None
            answer.locator("summary").focus()
            shown.keyboard.press("Enter")
            assert answer.get_attribute("open") is not None
            shown.keyboard.press("Enter")
        shown.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert shown.locator(".bd-article details:not([open])").count() == 0
        shown.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert shown.locator(".bd-article details[open]").count() == 0


def test_pages_are_there_without_scripts(browser):
    """Text, figures and answers need no JavaScript."""
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((SITE / "lectures/week02/reading_the_fit.html").as_uri())
    assert page.locator("h1:visible").inner_text().startswith("Reading the fit")
    assert page.locator(".bd-article img:visible").count() > 5
    first = page.locator(".bd-article details").first
    first.locator("summary").click()
    assert first.locator("p").first.is_visible()
    context.close()


def test_the_site_is_small():
    size = sum(file.stat().st_size for file in SITE.rglob("*") if file.is_file())
    assert size < 40e6
