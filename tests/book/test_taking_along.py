"""What goes beyond the pages: PDF, wheel, and JupyterLite; slides in `test_slides`."""

import json
import re
import subprocess
import sys
import unicodedata
from collections import defaultdict
from importlib.metadata import distribution

import lite
import pdf
import pytest
from address import Address
from bs4 import BeautifulSoup
from conftest import ROOT, WEEKLY
from notebooks import find_notebooks
from packaging.utils import parse_wheel_filename
from published import course_at, published_notebook, wheel_address
from pypdf import PdfReader
from test_book import SITE

EXTRAS = ROOT / "_build" / "extras"
LECTURES = [p for p in find_notebooks() if p.is_relative_to(ROOT / "lectures")]
each_lecture = pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)


def address(path):
    """Name of a notebook's page without its ending."""
    return path.relative_to(ROOT).with_suffix("").as_posix()


@each_lecture
def test_page_links_to_its_slides_and_to_the_browser(path):
    page = (SITE / f"{address(path)}.html").read_text("utf-8")
    deck = (SITE / "slides" / f"{address(path)}.html").read_text("utf-8")
    minutes = BeautifulSoup(deck, "html.parser").select_one("[name=minutes]")["content"]
    assert f'slides/{address(path)}.html">slides</a> ({minutes} minutes)' in page
    assert "run it here, nothing to install</a>" in page


# ---- PDF. ----


# All weeks, which take the browser minutes, are printed every week.
PRINTED = {"week01": ["lectures/week01/linear_model", "exercises/week01/linear_model"]}
if WEEKLY:
    PRINTED = pdf.find_weeks()


def test_every_week_has_its_lectures_and_exercises():
    weeks = pdf.find_weeks()
    assert list(weeks) == [f"week{number:02d}" for number in range(1, len(weeks) + 1)]
    names = [name for names in weeks.values() for name in names]
    assert {address(path) for path in LECTURES} <= set(names)
    for names in weeks.values():
        kinds = [name.partition("/")[0] for name in names]
        assert kinds == sorted(kinds, reverse=True), "lectures, then exercises"


@pytest.mark.parametrize("week", PRINTED)
def test_pdf(browser, tmp_path, week):
    names = PRINTED[week]
    pdf.print_week(browser, week, names, tmp_path)
    book = PdfReader(tmp_path / f"{week}.pdf")
    assert len(book.pages) <= 200
    texts = [text_of(page) for page in book.pages]
    check_contents(book, texts, names)
    links = [
        annotation.get_object().get("/A", {}).get("/URI", "")
        for page in book.pages
        for annotation in page.get("/Annots", [])
    ]
    assert [link for link in links if link.startswith("file:")] == []
    text = " ".join(texts)
    assert "boldsymbol" not in text, "all formulas are set"
    assert "cell source" not in text, "there is nothing to click on paper"
    answers = [answer for name in names for answer in folded(name)]
    assert answers
    told = "".join(texts).replace(" ", "")
    assert [answer for answer in answers if answer not in told] == []


def folded(name):
    """How each paragraph begins that a page shows at a click, if without formulas.

    Without blanks: on paper, code stands apart from the comma after it.
    """
    html = SITE.joinpath(f"{name}.html").read_text("utf-8")
    article = BeautifulSoup(html, "html.parser").find("article")
    for paragraph in article.select("details:not(.hide) > p"):
        if not paragraph.select(".math"):
            text = unicodedata.normalize("NFKC", paragraph.get_text())
            yield "".join(text.split())[:25]


def test_pdf_of_a_lecture_is_its_part_of_the_week(browser, tmp_path):
    names = ["lectures/week01/index", "lectures/week01/setting_up"]
    pdf.print_week(browser, "week01", names, tmp_path)
    week = PdfReader(tmp_path / "week01.pdf")
    parts = [PdfReader(tmp_path / f"{name}.pdf") for name in names]
    starts = [week.get_destination_page_number(i) for i in week.outline[::2]]
    whole = [text_of(page) for page in week.pages[starts[0] :]]
    assert [text_of(page) for part in parts for page in part.pages] == whole
    assert "Setting up" in text_of(parts[1].pages[0])


def text_of(page):
    """What a page says, without ligatures and line ends."""
    return " ".join(unicodedata.normalize("NFKC", page.extract_text()).split())


def check_contents(book, texts, names):
    """Every page and section is in the contents, with the number of its sheet."""
    assert [type(item) for item in book.outline[1::2]] == [list] * len(names)
    first = book.get_destination_page_number(book.outline[0])
    contents = " ".join(line for page in book.pages[:first] for line in lines_of(page))
    for chapter, sections in zip(book.outline[::2], book.outline[1::2], strict=True):
        assert sections
        for item in [chapter, *sections]:
            number = book.get_destination_page_number(item) + 1
            title = unicodedata.normalize("NFKC", item.title)
            assert title[:20] in texts[number - 1]
            assert texts[number - 1].endswith(f" {number}"), "the number of the page"
            assert f"{title} {number}" in contents


def lines_of(page):
    """What a page of two columns says, line by line, whenever it was printed."""
    lines = defaultdict(list)

    def note(text, page_matrix, text_matrix, *_):
        right = page_matrix[4] + page_matrix[0] * text_matrix[4] > page.mediabox[2] / 2
        height = page_matrix[5] + page_matrix[3] * text_matrix[5]
        lines[right, -round(height)] += text.split()

    page.extract_text(visitor_text=note)
    lines = dict(sorted(lines.items()))
    return [unicodedata.normalize("NFKC", " ".join(words)) for words in lines.values()]


# ---- The wheel. ----


def test_first_cell_installs_what_the_site_offers_and_nothing_else(server, tmp_path):
    """The address in it, served here, gives mlm to pip; not so with another hash."""
    address = Address("someone/course")
    wheel = wheel_address(address)
    copy = published_notebook(course_at(address), LECTURES[0], wheel)
    line = copy.cells[0].source.splitlines()[-1]
    wanted = re.search(r"%pip install --quiet (\S+)$", line)[1]
    wanted = wanted.replace(address.site.rstrip("/"), server)
    pip = "-m pip install --quiet --no-index --no-deps --disable-pip-version-check"
    command = [sys.executable, *pip.split(), "--target", tmp_path]
    other = re.sub("sha256=....", "sha256=0000", wanted)
    refused = subprocess.run([*command, other], capture_output=True, text=True)
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert not (tmp_path / "mlm").exists()
    subprocess.run([*command, wanted], check=True)
    assert (tmp_path / "mlm" / "datasets" / "sleepstudy.csv").exists()
    (noted,) = tmp_path.glob("mlm-*.dist-info/direct_url.json")
    assert json.loads(noted.read_text())["archive_info"]["hashes"]["sha256"] in wheel


# ---- In a browser, nothing installed. ----


def test_lite_brings_what_pyodide_lacks():
    """All that mlm and its live figures need is there, or in Pyodide's lock."""
    folder = EXTRAS / "lite" / "pypi"
    index = json.loads((folder / "all.json").read_text("utf-8"))
    missing = lite.missing_packages()
    assert {"mlm", "formulaic", "ipywidgets"} <= missing.keys()
    for name, version in missing.items():
        (release,) = index[name]["releases"][version]
        wheel = folder / release["filename"]
        assert wheel.exists()
        *_, tags = parse_wheel_filename(wheel.name)
        assert {tag.platform for tag in tags} == {"any"}, f"{name} has compiled parts"
    present = (
        missing.keys() | lite.PYODIDE["packages"].keys() | lite.brought_by_kernel()
    )
    for needed in ("numpy", "scipy", "pandas", "matplotlib", "narwhals", "wrapt"):
        assert needed in present


def test_lite_is_built_for_the_pyodide_that_is_recorded():
    from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

    assert lite.PYODIDE["pyodide"] == PYODIDE_VERSION
    assert distribution("jupyterlite-pyodide-kernel").version.startswith("0.8")


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_lite_comes_up_with_the_lecture(tab, server):
    """The interface, the file, and the kernel's first request: for Pyodide itself."""

    def is_elsewhere(request):
        return not request.url.startswith((server, "data:", "blob:"))

    name = address(LECTURES[0])
    with tab() as page:
        page.route("https://**", lambda route: route.abort())
        with page.expect_request(is_elsewhere) as first:
            page.goto(f"{server}/lite/lab/index.html?path={name}.ipynb")
            page.wait_for_selector(".jp-Notebook .jp-MarkdownCell h1")
        listing = page.request.get(f"{server}/lite/api/contents/all.json").json()
    assert {"lectures", "index.ipynb"} <= {
        entry["name"] for entry in listing["content"]
    }
    lock = f"https://cdn.jsdelivr.net/pyodide/v{lite.PYODIDE['pyodide']}/"
    assert first.value.url.startswith(lock)
