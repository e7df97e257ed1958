"""Every page in a browser, without a network: search, answers, weight, links."""

import gzip
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from conftest import ROOT
from notebooks import CONFIG, find_notebooks
from test_book import PAGES, SITE, Elements, each_page


def test_search_finds_what_the_course_is_about(browser):
    """From a file the list of pages is found, but no excerpts: they are fetched."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((SITE / "index.html").as_uri())
    page.keyboard.press("Control+k")
    page.keyboard.type("shrinkage")
    page.keyboard.press("Enter")
    found = page.locator("#search-results")
    for title in ("Wrap-up", "Glossary", "How is shrinking done"):
        found.get_by_text(title).first.wait_for()
    context.close()


# A decision tree has folds in folds.
OPEN_WHAT_HOLDS_IT = """fold => {
    for (let outer = fold.parentElement; outer; outer = outer.parentElement)
        if (outer.tagName === "DETAILS") outer.open = true;
}"""


@each_page
def test_answers_open_by_keyboard_and_in_print(page, visit):
    with visit(page) as shown:
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


def test_pages_are_there_without_scripts(browser):
    """Text, figures and answers need no JavaScript."""
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((SITE / "lectures/week02/reading_the_fit.html").as_uri())
    assert page.locator("h1:visible").inner_text().startswith("Reading the fit")
    assert page.locator(".bd-article img:visible").count() >= 5
    first = page.locator(".bd-article details").first
    first.locator("summary").click()
    assert first.locator("p").first.is_visible()
    context.close()


# ---- Weight: what a web server sends, and how sharp it is. ----


def loaded(browser, path):
    """Sizes of all files that a page asks for, compressed as a server sends them."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    asked = set()
    page.on("request", lambda request: asked.add(request.url.split("?")[0]))
    page.goto(path.as_uri())
    page.wait_for_load_state("networkidle")
    page.close()
    files = (Path(unquote(urlsplit(u).path)) for u in asked if u.startswith("file:"))
    return {file: len(gzip.compress(file.read_bytes(), 6)) for file in files}


@pytest.fixture(scope="module")
def loaded_by_others(browser):
    """What a reader has already who comes from the start page and the notation."""
    return loaded(browser, SITE / "index.html") | loaded(
        browser, SITE / "notation.html"
    )


@each_page
def test_pages_load_fast(page, browser, loaded_by_others):
    sizes = loaded(browser, page)
    assert sum(sizes.values()) <= 1.3e6, "the first page that somebody visits"
    later = sum(size for file, size in sizes.items() if file not in loaded_by_others)
    assert later <= 600e3, "a page after others"


def test_the_site_is_small():
    """But for JupyterLite, which is another site and built only on request."""
    files = (f for f in SITE.rglob("*") if f.is_file() and "lite" not in f.parts)
    assert sum(file.stat().st_size for file in files) < 40e6


def test_the_book_builds_fast():
    """Seconds of the last build from stored outputs, as _ext/course.py notes them."""
    assert float(ROOT.joinpath("_build/.doctrees/seconds").read_text()) <= 60


@pytest.mark.parametrize("window", [1280, 390])
@each_page
def test_figures_are_sharp_and_fit(page, visit, window):
    """Two pixels of a picture for each of a common screen; drawings have no pixels."""
    with visit(page, window) as shown:
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


# ---- What every page has without anybody remembering. ----

NOTEBOOKS = {p.relative_to(ROOT).with_suffix("").as_posix() for p in find_notebooks()}


def name_of(page):
    return page.relative_to(SITE).with_suffix("").as_posix()


@each_page
def test_page_can_be_shared_found_and_mended(page):
    """Title, description and picture for links; ways to edit and to report."""
    text = page.read_text("utf-8")
    elements = Elements(page)
    said = {m.get("property"): m.get("content") for m in elements.all("meta")}
    address = f"{CONFIG['html']['baseurl']}{name_of(page)}.html"
    assert said["og:url"] == address
    assert said["og:site_name"] == "Methods 3"
    assert len(said["og:title"]) > 3
    assert "{" not in said["og:description"], "no formula or role"
    assert said["og:image"].endswith("_static/card.png")
    assert f"<loc>{address}</loc>" in SITE.joinpath("sitemap.xml").read_text("utf-8")
    links = [a.get("href", "") for a in elements.all("a")]
    (report,) = [x for x in links if "/issues/new?template=page.yml" in x]
    assert f"where={address.replace(':', '%3A').replace('/', '%2F')}" in report
    (edit,) = [link for link in links if "/edit/main/" in link]
    assert (ROOT / edit.split("/edit/main/")[1]).exists()
    icons = [a["href"] for a in elements.all("link") if a.get("rel") == "icon"]
    assert icons[0].endswith("_static/logo.svg")
    assert "prev-next-area" in text


@each_page
def test_notebook_can_be_run_elsewhere(page):
    """An exercise as the copy that students fill."""
    name = name_of(page)
    run = name.replace("exercises/", "exercises/student/")
    text = page.read_text("utf-8")
    wanted = [
        f"colab.research.google.com/github/methods3/methods3/blob/main/{run}.ipynb",
        f"mybinder.org/v2/gh/methods3/methods3/main?urlpath=lab/tree/{run}.ipynb",
        f"lite/lab/index.html?path={run.replace('/', '%2F')}.ipynb",
        f"_sources/{name}.ipynb",
        "to read</span>",
    ]
    missing = [part for part in wanted if part not in text]
    assert missing == ([] if name in NOTEBOOKS else wanted)


def test_lecture_and_its_exercises_lead_to_each_other():
    exercises = {name for name in NOTEBOOKS if name.startswith("exercises/")}
    for name in exercises:
        lecture = name.replace("exercises/", "lectures/")
        page = SITE / f"{lecture}.html"
        assert f'{name}.html">exercises' in page.read_text("utf-8").lower()
        own = SITE.joinpath(f"{name}.html").read_text("utf-8")
        assert f"{lecture}.html" in own
        student = name.replace("exercises/", "exercises/student/")
        assert f'{student}.ipynb" download' in own
        assert SITE.joinpath(f"{student}.ipynb").exists()


def test_download_is_the_notebook_itself():
    for name in NOTEBOOKS:
        sent = SITE / "_sources" / f"{name}.ipynb"
        assert sent.read_bytes() == ROOT.joinpath(f"{name}.ipynb").read_bytes()


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if name_of(page).startswith("lectures/")],
    ids=name_of,
)
def test_lecture_says_what_it_needs_and_explains_its_words(page):
    text = page.read_text("utf-8")
    assert "<em>Before you start:</em>" in text
    article = text.split("<article")[1].split("</article>")[0]
    assert re.search(r'href="[^"]*glossary\.html#term-', article)
    assert re.search(r'href="[^"]*notation\.html', article)


def test_references_have_their_doi():
    entries = ROOT.joinpath("references.bib").read_text("utf-8").count("@")
    page = SITE.joinpath("references.html").read_text("utf-8")
    assert page.count('href="https://doi.org/') == entries


def test_a_wrong_address_leads_to_a_page_of_the_site(browser, server):
    """As GitHub Pages serves it: 404.html, at any depth, under the site's own path."""
    prefix = urlsplit(CONFIG["html"]["baseurl"]).path
    page = browser.new_page()
    failed = []

    def as_published(route):
        inner = urlsplit(route.request.url).path.removeprefix(prefix)
        file = SITE / inner
        if not file.is_file():
            failed.append(inner)
            file = SITE / "404.html"
        route.fulfill(path=file)

    page.route(f"{server}{prefix}**", as_published)
    page.goto(f"{server}{prefix}lectures/week99/nothing.html")
    assert failed == ["lectures/week99/nothing.html"], "styles and scripts are found"
    heading = page.locator(".bd-article h1").inner_text()
    assert heading.startswith("This page does not exist")
    page.locator(".bd-article a", has_text="start page").click()
    page.wait_for_selector(".bd-article h1:has-text('Methods 3')")
    page.close()
