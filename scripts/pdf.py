"""Print the built book: a PDF for each week, and one for each of its lectures.

    python scripts/pdf.py [WEEK ...]

The pages of a week, its exercises behind them, become one long page, which the browser
prints.  On which sheet each section begins is known only then: these numbers are
printed onto the contents afterwards.  A lecture's PDF is its sheets, cut out.
"""

import io
import logging
import os
import re
import sys
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote, urlsplit

from address import find_address
from browsers import BROWSERS, find_browser
from bs4 import BeautifulSoup
from notebooks import CONFIG, ROOT, find_pages
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter

SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "extras" / "pdf"
# The numbers alone, each where the contents have a place for it.
NUMBERS_ALONE = "body { visibility: hidden; } .contents span { visibility: visible; }"
# The browser's PDF counts its objects by five too few, which harms nobody.
logging.getLogger("pypdf").setLevel(logging.ERROR)
FOOTER = """<div style="width: 100%; font-size: 8px; text-align: center;">
<span class="pageNumber"></span></div>"""
STYLE = """
/* Exercises are short: only the first of them begins a sheet. */
.lectures, .pages, .lectures + .exercises { break-before: page; }
.contents { columns: 2; font-size: 0.85em; padding: 0; }
.contents li { display: flex; align-items: end; gap: 1em; break-inside: avoid; }
.contents a { flex: 1; }
/* Of one width, so that lines break alike before and after the numbers are known. */
.contents span { min-width: 2em; text-align: right; visibility: hidden; }
.contents .section { margin-left: 1.5em; }
.contents .page { font-weight: bold; break-after: avoid; }
pre { white-space: pre-wrap; }
input[type="range"], output, .under-title, .headerlink { display: none; }
:is(h1, h2, h3) { break-after: avoid; }
:is(figure, img, tr, .cell, .mlm-live) { break-inside: avoid; }
/* A figure to move has what leads to it above it, and no sheet has a link alone. */
:is(.cell:has(.mlm-live), p:has(> .lead-on)) { break-before: avoid; }
:is(figure, img, tr, .cell, .mlm-live) { max-width: 100%; }
aside.margin { float: none; width: auto; margin: 1em 0; }
/* All tabs, each under its label. */
.sd-tab-set > * { order: 0 !important; }
.sd-tab-set > .sd-tab-content { display: block !important; }
"""


@dataclass(frozen=True)
class Chapter:
    """One page of the book, as it is printed.

    Attributes
    ----------
    title : str
    sections : dict of str
        Titles of its sections of the second level, by the names that links lead to.
    html : str
    """

    title: str
    sections: dict
    html: str


def find_weeks():
    """Pages of each week, its lectures before its exercises: dict of lists."""
    weeks = {}
    for name in find_pages():
        folder, _, rest = name.partition("/")
        if folder in ("lectures", "exercises") and rest.startswith("week"):
            weeks.setdefault(rest.split("/")[0], []).append(name)
    return weeks


def site_address():
    """Where the course is published, or an empty text."""
    address = find_address()
    return address.site if address else ""


def chapter(name, names):
    """One page, with addresses that hold inside the one long page.

    Parameters
    ----------
    name : str
        Of the page.
    names : list of str
        Of all pages that are printed with it.

    Returns
    -------
    Chapter
    """
    page = SITE / f"{name}.html"
    article = BeautifulSoup(page.read_text("utf-8"), "html.parser").find("article")
    _unfold(article, name)
    for element in article.find_all(id=True):
        element["id"] = f"{name}--{element['id']}"
    for element in article.find_all(["a", "img"]):
        _lead(element, page, name, names)
    sections = {
        heading.parent["id"]: heading.get_text().strip("#\n ")
        for heading in article.find_all("h2")
        if heading.parent.name == "section"
    }
    title = article.find("h1").get_text().strip("#\n ")
    kind = name.partition("/")[0]
    html = f'<section class="{kind}" id="{name}">{article}</section>'
    return Chapter(title, sections, html)


def _unfold(article, name):
    """Open what folds on the screen; code that only draws is not printed."""
    for fold in article.find_all("details", class_="hide"):
        if name.startswith("exercises/"):  # the code is the solution
            fold.summary.decompose()
            fold.unwrap()
        else:
            fold.decompose()
    for fold in article.find_all("details"):
        fold["open"] = ""
        fold.attrs.pop("name", None)  # of those with one name the browser opens one


def _lead(element, page, name, names):
    """Let a link or picture of a page lead where it does from the one long page."""
    key = "href" if element.name == "a" else "src"
    address = element.get(key, "")
    parts = urlsplit(address)
    if parts.scheme or not address:
        return
    path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    inside = path.relative_to(SITE).as_posix()
    other = inside.removesuffix(".html")
    site = site_address()
    if other in names:
        element[key] = f"#{other}--{parts.fragment}" if parts.fragment else f"#{other}"
    elif key == "src":
        element[key] = f"html/{inside}"
    elif site:  # another page, or a file to download: on the site
        element[key] = site + inside + (f"#{parts.fragment}" if parts.fragment else "")
    else:
        del element[key]


def front(title, chapters, numbers):
    """The beginning of the long page: head, title and contents."""
    home = SITE.joinpath("pages/notation.html").read_text("utf-8")
    head = BeautifulSoup(home, "html.parser").head
    # The theme's styles, and MathJax with its settings; the name is that of any page.
    kept = head.find_all("link", rel="stylesheet")
    kept += [script for script in head.find_all("script") if "MathJax" in str(script)]
    kept += head.find_all("script", src=re.compile("mathjax"))
    for element in kept:
        for key in {"href", "src"} & element.attrs.keys():
            element[key] = f"html/pages/{element[key]}"
    by = filter(None, [CONFIG["author"], site_address()])
    return "\n".join(
        [
            '<!DOCTYPE html><html lang="en" data-theme="light"><head>',
            f'<meta charset="utf-8"><title>{escape(title)}</title>',
            *map(str, kept),
            f"<style>{STYLE}</style>",
            "</head>",
            '<body class="bd-article">',
            f"<h1>{escape(title)}</h1>",
            f"<p>{escape(', '.join([CONFIG['title'], *by]))}</p>",
            f'<h2>Contents</h2><ul class="contents">{_lines(chapters, numbers)}</ul>',
        ]
    )


def _lines(chapters, numbers):
    """Lines of the contents: each chapter, and its sections below it."""
    lines = []
    for name, made in chapters.items():
        for kind, place, title in [
            ("page", name, made.title),
            *(("section", *section) for section in made.sections.items()),
        ]:
            lines.append(
                f'<li class="{kind}"><a href="#{place}">{escape(title)}</a>'
                f"<span>{numbers.get(place, 0)}</span></li>"
            )
    return "".join(lines)


def print_pages(browser, title, names):
    """Print pages as one PDF, with a running browser.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
    title : str
        Of the PDF.
    names : list of str
        Of the pages.

    Returns
    -------
    book : PdfWriter
    starts : dict of int
        Number of the sheet on which each page begins, from 0.
    """
    chapters = {name: chapter(name, names) for name in names}
    # Beside the site, and of this process alone.
    whole = SITE.parent / f"whole-{os.getpid()}.html"
    page = browser.new_page()
    page.set_default_timeout(0)  # a week takes a busy machine its time

    def printed(*parts, footer=FOOTER):
        whole.write_text("\n".join([*parts, "</body></html>"]), encoding="utf-8")
        page.goto(whole.as_uri())
        page.evaluate("MathJax.startup.promise")
        sheets = page.pdf(
            format="A4",
            scale=0.72,
            margin=dict.fromkeys(("top", "bottom", "left", "right"), "18mm"),
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=footer,
            tagged=True,
        )
        return io.BytesIO(sheets)

    try:
        bodies = [made.html for made in chapters.values()]
        plain = PdfReader(printed(front(title, chapters, {}), *bodies))
        # Names of places begin with a slash there.
        numbers = {
            place[1:]: plain.get_destination_page_number(destination) + 1
            for place, destination in plain.named_destinations.items()
        }
        book = PdfWriter(clone_from=plain)
        style = f"<style>{NUMBERS_ALONE}</style>"
        contents = printed(
            front(title, chapters, numbers), style, footer="<span></span>"
        )
    finally:
        page.close()
        whole.unlink(missing_ok=True)
    for sheet, onto in zip(PdfReader(contents).pages, book.pages, strict=False):
        onto.merge_page(sheet)
    for name, made in chapters.items():
        entry = book.add_outline_item(title=made.title, page_number=numbers[name] - 1)
        for place, section in made.sections.items():
            number = numbers[place] - 1
            book.add_outline_item(title=section, page_number=number, parent=entry)
    book.add_metadata({"/Title": title, "/Author": CONFIG["author"]})
    return book, {name: numbers[name] - 1 for name in names}


def cut(book, first, end, title):
    """The sheets of one lecture, from the first to before the end.

    Links to other lectures lead nowhere then, and are left out.
    """
    lecture = PdfWriter()
    lecture.append(PdfReader(book), pages=(first, end), import_outline=False)
    lecture.add_metadata({"/Title": title, "/Author": CONFIG["author"]})
    return lecture


def print_week(browser, week, names, target=TARGET):
    """Write the PDF of one week, and those of its lectures.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
    week : str
        Such as ``"week01"``.
    names : list of str
        Its pages.
    target : Path
        The folder.
    """
    title = f"Methods 3, week {int(week.removeprefix('week'))}"
    book, starts = print_pages(browser, title, names)
    target.mkdir(parents=True, exist_ok=True)
    whole = target / f"{week}.pdf"
    book.write(whole)
    print(f"{whole}: {len(book.pages)} pages")
    ends = [*list(starts.values())[1:], len(book.pages)]
    for (name, first), end in zip(starts.items(), ends, strict=True):
        if name.startswith("lectures/"):
            path = target / f"{name}.pdf"
            path.parent.mkdir(parents=True, exist_ok=True)
            cut(whole, first, end, f"{title}: {name.rpartition('/')[2]}").write(path)


def main(wanted):
    """Print the weeks that are named, or all, with the machine's browser."""
    weeks = find_weeks()
    if unknown := set(wanted) - weeks.keys():
        raise SystemExit(f"No such week: {', '.join(unknown)}. There are {[*weeks]}.")
    path = find_browser()
    if path is None:
        raise SystemExit(f"No browser found; install one of: {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        options = {"executable_path": path, "args": ["--no-sandbox"]}
        browser = playwright.chromium.launch(**options)
        for week in wanted or weeks:
            print_week(browser, week, weeks[week])
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
