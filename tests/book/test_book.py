"""The built site: pages, pictures, links, and formulas as a browser shows them."""

import re
from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from conftest import ROOT
from notebooks import find_notebooks, find_pages

import mlm

SITE = ROOT / "_build" / "html"


PAGES = [SITE / f"{name}.html" for name in find_pages()]
each_page = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: str(page.relative_to(SITE))
)


class Elements(HTMLParser):
    """Every start tag of a page with its attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, *tags):
        return [attributes for tag, attributes in self.found if tag in tags]


@cache
def ids_of(page):
    """All names on a page that a link can lead to."""
    return {attributes.get("id") for _, attributes in Elements(page).found}


def test_every_notebook_is_a_page():
    """And nothing is one twice."""
    names = find_pages()
    assert len(names) == len(set(names))
    notebooks = {
        p.relative_to(ROOT).with_suffix("").as_posix() for p in find_notebooks()
    }
    assert notebooks <= set(names)


def test_the_book_is_built():
    missing = [page.name for page in PAGES if not page.exists()]
    assert not missing, f"{missing} missing: run `make book` first"


def test_no_other_page_is_published():
    """A page that was removed goes from the site, and so from the archive."""
    made_by_sphinx = {"404", "genindex", "search"}
    found = {path.relative_to(SITE) for path in SITE.rglob("*.html")}
    ours = {
        path for path in found if path.parts[0] not in ("_static", "lite", "slides")
    }
    names = {path.with_suffix("").as_posix() for path in ours}
    assert names - made_by_sphinx == set(find_pages())


@each_page
def test_every_image_is_described(page):
    for image in Elements(page).all("img"):
        alt = image.get("alt")
        if "logo__image" in image.get("class", "") and alt == "":
            continue  # its words stand beside it
        assert alt, image
        assert not re.search(r"[0-9a-f]{32}|\.png$", alt), f"a file name: {alt}"


@each_page
def test_internal_links_lead_somewhere(page):
    elements = Elements(page)
    for attributes in elements.all("a", "link", "script", "img"):
        target = attributes.get("href") or attributes.get("src") or ""
        parts = urlsplit(target)
        if parts.scheme or parts.netloc or not target:
            continue
        file = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        assert file.exists(), f"{page.name} links to {target}"
        if parts.fragment and file.suffix == ".html":
            assert unquote(parts.fragment) in ids_of(file), (
                f"{page.name} links to {target}"
            )


def test_every_data_set_is_on_the_data_page():
    text = SITE.joinpath("pages/data.html").read_text("utf-8")
    loaders = [name for name in mlm.__all__ if name.startswith("load_")]
    assert [name for name in loaders if not re.search(rf"\b{name}\b", text)] == []


def test_every_misconception_has_what_dissolves_it():
    """A figure, one that moves, or a table, there or in the lecture that is linked."""
    ids = {}
    for name in ("effects", "fit", "links"):
        page = SITE / f"pages/teaching/misconceptions_{name}.html"
        parts = re.split(r'id="([mu]\d+)"', page.read_text("utf-8"))
        ids |= dict(zip(parts[1::2], parts[2::2], strict=True))
    known = {f"m{i}" for i in range(1, 25)} | {f"u{i}" for i in range(1, 14)}
    assert ids.keys() == known
    shows = r'<figure|mlm-live|<table|href="../../lectures/week03/\w+\.html#'
    assert [label for label, text in ids.items() if not re.search(shows, text)] == []


def test_every_erratum_is_corrected_and_proved():
    """Of two weeks' slides and the notes; but for typing errors, with a check."""
    text = SITE.joinpath("pages/errata.html").read_text("utf-8")
    parts = re.split(r'id="(e-[stn]\d+)"', text)
    entries = dict(zip(parts[1::2], parts[2::2], strict=True))
    many = {"s": 14, "t": 10, "n": 14}
    assert entries.keys() == {f"e-{s}{i + 1}" for s in many for i in range(many[s])}
    unproved = [e for e, text in entries.items() if "cell_output" not in text]
    assert unproved == ["e-n12"]


@each_page
def test_nothing_is_loaded_from_elsewhere(page):
    elements = Elements(page)
    loaded = [a.get("src", "") for a in elements.all("script", "img", "iframe")]
    loaded += [
        a.get("href", "")
        for a in elements.all("link")
        if a.get("rel") in ("stylesheet", "preload", "icon")
    ]
    assert [source for source in loaded if re.match(r"(https?:)?//", source)] == []
