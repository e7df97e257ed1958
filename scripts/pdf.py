"""Print the built book as one PDF: contents, page numbers, links that work.

    python scripts/pdf.py

All pages become one long page, which the browser prints.  On which sheet each page
begins is known only then: these numbers are printed onto the contents afterwards.
"""

import io
import logging
import os
import re
from html import escape
from urllib.parse import unquote, urlsplit

from browsers import BROWSERS, find_browser
from bs4 import BeautifulSoup
from notebooks import CONFIG, ROOT, SITE_ALONE, find_pages
from playwright.sync_api import sync_playwright
from published import find_address
from pypdf import PdfReader, PdfWriter

SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "extras" / "methods3.pdf"
# The numbers alone, each where the contents have a place for it.
NUMBERS_ALONE = "body { visibility: hidden; } .contents span { visibility: visible; }"
# Beside the site, and of this process alone.
WHOLE = ROOT / "_build" / f"whole-{os.getpid()}.html"
# The browser's PDF counts its objects by five too few, which harms nobody.
logging.getLogger("pypdf").setLevel(logging.ERROR)
FOOTER = """<div style="width: 100%; font-size: 8px; text-align: center;">
<span class="pageNumber"></span></div>"""
STYLE = """
.chapter { break-before: page; }
.contents li { display: flex; gap: 1em; }
.contents a { flex: 1; }
.contents span { visibility: hidden; }
pre { white-space: pre-wrap; }
input[type="range"], output, .under-title, .headerlink { display: none; }
:is(h1, h2, h3) { break-after: avoid; }
:is(figure, img, tr, .cell, .mlm-live) { break-inside: avoid; }
:is(figure, img, tr, .cell, .mlm-live) { max-width: 100%; }
aside.margin { float: none; width: auto; margin: 1em 0; }
/* All tabs, each under its label. */
.sd-tab-set > * { order: 0 !important; }
.sd-tab-set > .sd-tab-content { display: block !important; }
"""


def site_address():
    """Where the course is published, or an empty text."""
    address = find_address()
    return address.site if address else ""


def chapter(name, names):
    """The article of one page, with addresses that hold inside the one long page."""
    page = SITE / f"{name}.html"
    site = site_address()
    article = BeautifulSoup(page.read_text("utf-8"), "html.parser").find("article")
    # Folds are open on paper.
    for fold in article.find_all("details"):
        fold["open"] = ""
    for element in article.find_all(id=True):
        element["id"] = f"{name}--{element['id']}"
    for element in article.find_all(["a", "img"]):
        key = "href" if element.name == "a" else "src"
        address = element.get(key, "")
        parts = urlsplit(address)
        if parts.scheme or not address:
            continue
        path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        inside = path.relative_to(SITE).as_posix()
        other = inside.removesuffix(".html")
        if other in names:
            element[key] = (
                f"#{other}--{parts.fragment}" if parts.fragment else f"#{other}"
            )
        elif key == "src":
            element[key] = f"html/{inside}"
        elif site:  # a file to download: on the site
            element[key] = site + inside
        else:
            del element[key]
    title = article.find("h1").get_text().strip("#\n ")
    return title, f'<section class="chapter" id="{name}">{article}</section>'


def front(chapters, numbers):
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
    lines = [
        f'<li><a href="#{name}">{escape(title)}</a><span>{numbers[name]}</span></li>'
        for name, (title, _) in chapters.items()
    ]
    by = filter(None, [CONFIG["author"], site_address()])
    return "\n".join(
        [
            '<!DOCTYPE html><html lang="en" data-theme="light"><head>',
            f'<meta charset="utf-8"><title>{escape(CONFIG["title"])}</title>',
            *map(str, kept),
            f"<style>{STYLE}</style>",
            "</head>",
            '<body class="bd-article">',
            f"<h1>{escape(CONFIG['title'])}</h1>",
            f"<p>{escape(', '.join(by))}</p>",
            f'<h2>Contents</h2><ul class="contents">{"".join(lines)}</ul>',
        ]
    )


def print_book(browser, target, names):
    """Print the pages of these names as one book, with a running browser."""
    chapters = {name: chapter(name, names) for name in names}
    page = browser.new_page()
    page.set_default_timeout(0)  # the whole book takes a busy machine its time

    def printed(*parts, footer=FOOTER):
        WHOLE.write_text("\n".join([*parts, "</body></html>"]), encoding="utf-8")
        page.goto(WHOLE.as_uri())
        page.evaluate("MathJax.startup.promise")
        sheets = page.pdf(
            format="A4",
            scale=0.8,
            margin=dict.fromkeys(("top", "bottom", "left", "right"), "18mm"),
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=footer,
            tagged=True,
        )
        return io.BytesIO(sheets)

    bodies = [body for _, body in chapters.values()]
    plain = PdfReader(printed(front(chapters, dict.fromkeys(names, 0)), *bodies))
    places = plain.named_destinations
    numbers = {
        name: plain.get_destination_page_number(places[f"/{name}"]) + 1
        for name in names
    }
    book = PdfWriter(clone_from=plain)
    style = f"<style>{NUMBERS_ALONE}</style>"
    alone = PdfReader(printed(front(chapters, numbers), style, footer="<span></span>"))
    for sheet, onto in zip(alone.pages, book.pages, strict=False):
        onto.merge_page(sheet)
    page.close()
    WHOLE.unlink()
    for name, (title, _) in chapters.items():
        book.add_outline_item(title=title, page_number=numbers[name] - 1)
    book.add_metadata({"/Title": CONFIG["title"], "/Author": CONFIG["author"]})
    book.write(target)
    print(f"{target}: {len(book.pages)} pages")


def main():
    """Print the book with the machine's browser."""
    path = find_browser()
    if path is None:
        raise SystemExit(f"No browser found; install one of: {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        options = {"executable_path": path, "args": ["--no-sandbox"]}
        browser = playwright.chromium.launch(**options)
        names = [name for name in find_pages() if not name.startswith(SITE_ALONE)]
        print_book(browser, TARGET, names)
        browser.close()


if __name__ == "__main__":
    main()
