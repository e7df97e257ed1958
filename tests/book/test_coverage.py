"""Every item of the course's sources has a home, and every home exists."""

import re
from urllib.parse import unquote

import pytest
from notebooks import find_pages
from test_book import SITE, ids_of

PAGE = "pages/teaching/coverage"
# The slides of week 2 and the notes, then the slides of week 3 and what is believed of
# them, item by item; some slides ask several things.
PARTS = {"S23": "ab", "S50": "abcd", "S67": "abc", "S68": "ab"}
NUMBERS = [f"S{i:02d}" for i in range(1, 70)] + [f"N{i:02d}" for i in range(1, 22)]
NUMBERS += [f"T{i:02d}" for i in range(1, 33)] + [f"U{i}" for i in range(1, 14)]
ITEMS = [number + part for number in NUMBERS for part in PARTS.get(number, [""])]
ROW = re.compile(r"<tr[^>]*>\s*<td><p>([SNTU]\d+[a-d]?)</p></td>(.*?)</tr>", re.DOTALL)


def complaints(html, homes):
    """What is wrong with a table of items, as sentences.

    Parameters
    ----------
    html : str
        Of the page that holds the table.
    homes : callable of str
        Gives the names of all places on a page, or None where there is no such page.
    """
    rows = ROW.findall(html)
    names = [item for item, _ in rows]
    for item in ITEMS:
        if names.count(item) != 1:
            yield f"{item} has {names.count(item)} rows"
    for item, row in rows:
        if item not in ITEMS:
            yield f"{item} is no item"
        links = re.findall(r'href="([^"#]*)#([^"]+)"', row)
        if not links:
            yield f"{item} has no home"
        for page, place in links:
            if unquote(place) not in (homes(page) or ()):
                yield f"{item}: {page}#{place} does not exist"


def places(page):
    """Names of all sections of a page that is linked from the table."""
    path = (SITE / PAGE).parent / page
    return ids_of(path.resolve()) if path.exists() else None


def test_every_item_has_a_home_that_exists():
    html = SITE.joinpath(f"{PAGE}.html").read_text("utf-8")
    assert list(complaints(html, places)) == []


def test_every_lecture_is_on_the_page():
    """Of the sources or of our own: it says what it teaches."""
    html = SITE.joinpath(f"{PAGE}.html").read_text("utf-8")
    linked = set(re.findall(r'href="\.\./\.\./([^"#]+)\.html', html))
    lectures = {name for name in find_pages() if name.startswith("lectures/")}
    overviews = {name for name in lectures if name.endswith("/index")}
    assert lectures - overviews - linked == set(), "add a row to coverage.md"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (r"(<td><p>)S17(</p>)", r"\1S71\2", "S17 has 0 rows"),
        (r"(<td><p>)N05(</p>)", r"\1N04\2", "N04 has 2 rows"),
        (r"(<td><p>)T32(</p>)", r"\1T33\2", "T33 is no item"),
        (r"(<td><p>)U7(</p>)", r"\1U8\2", "U7 has 0 rows"),
        (r'(S01</p></td>.*?href="[^"#]*)#[^"]+', r"\1", "S01 has no home"),
        (r"#ask-a-question", "#ask-an-answer", "#ask-an-answer does not exist"),
        (r"index.html#ask", "nothing.html#ask", "nothing.html#ask-a-question does not"),
    ],
)
def test_each_fault_is_seen(old, new, complaint):
    html = SITE.joinpath(f"{PAGE}.html").read_text("utf-8")
    faulty = re.sub(old, new, html, count=1, flags=re.DOTALL)
    assert faulty != html
    assert any(complaint in found for found in complaints(faulty, places))
