"""The site in a browser: search, pages without scripts, links, what each page has."""

import re
import shutil
from urllib.parse import quote, urlsplit

import course
import formulas
import numpy as np
import pytest
import search
import theme
from address import find_address
from conftest import ROOT, often
from docutils import nodes
from front_picture import draw_nonsense, nonsense
from math_core import LatexError
from matplotlib import pyplot as plt
from notebooks import find_notebooks, find_pages
from test_book import PAGES, SITE, Elements, each_page

import mlm
from methods3.plain import Course, as_text, exercises_on, plain_notebook


def test_search_finds_what_the_course_is_about(tab):
    """From a file the list of pages is found, but no excerpts: they are fetched."""
    with tab(offline=True) as page:
        page.goto((SITE / "index.html").as_uri())
        page.keyboard.press("Control+k")
        page.keyboard.type("shrinkage")
        page.keyboard.press("Enter")
        found = page.locator("#search-results")
        for title in ("Wrap-up", "Glossary", "How is shrinking done"):
            found.get_by_text(title).first.wait_for()


# Words that every object of JavaScript has, letters that mean something to a program,
# and words of the course: some pages have them, or none.
WORDS = [
    "constructor",
    "Constructor shrinkage",
    "__proto__",
    "-__proto__",
    "__defineGetter__",
    "length",
    "\\",
    "[a-",
    '"><img src=x onerror=alert(1)>',
    "${x}",
    "%",
    "σ",
    "a",
    "zebra",
]
OTHERS = ["prototype", "toString", "hasOwnProperty", "isPrototypeOf", "null", "NaN"]
OTHERS += ["propertyIsEnumerable", "toLocaleString", "__lookupSetter__"]
OTHERS += ["valueOf", "undefined", "(", "*", "42"]


@pytest.fixture(scope="module")
def searching(tab):
    """A page that all searches use, one after the other, and the errors it reports."""
    problems = []
    with tab() as page:
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda said: problems.append(said.text) if said.type == "error" else None,
        )
        yield page, problems


@pytest.mark.parametrize("word", often(WORDS, OTHERS))
@pytest.mark.one_in(2)
def test_any_word_can_be_searched_for(word, searching, server):
    """The search ends, and no script fails: excerpts are fetched, so from a server."""
    page, problems = searching
    problems.clear()
    page.goto(f"{server}/search.html?q={quote(word)}")
    said = page.locator("#search-results .search-summary")
    said.filter(has_text=re.compile("found|did not match")).wait_for()
    found = page.locator("#search-results li").count()
    assert problems == []
    if re.fullmatch(r"-?__\w+|\w+Of|has\w+", word):
        assert found == 0, "the course does not say it"
    if word in ("σ", "Constructor shrinkage", "zebra"):
        assert (found > 0) == (word == "σ")


def test_a_word_that_all_objects_have_can_be_in_the_course(tab, tmp_path):
    """Then its pages are found, by the scripts as they are published."""
    shutil.copytree(SITE / "_static", tmp_path / "_static")
    for name in ("search.html", "searchindex.js"):
        shutil.copy(SITE / name, tmp_path)
    index = (tmp_path / "searchindex.js").read_text("utf-8")
    own = '"terms": {"constructor": 0, "__proto__": [0, 1],'
    assert '"terms": {' in index
    index = theme.own_keys(index.replace('"terms": {', own))
    (tmp_path / "searchindex.js").write_text(index, "utf-8")
    with tab() as page:
        for word, pages in [("constructor", 1), ("__proto__", 2), ("valueOf", 0)]:
            page.goto(f"{(tmp_path / 'search.html').as_uri()}?q={word}")
            status = page.locator("#search-results .search-summary")
            status.filter(has_text=re.compile("found|did not match")).wait_for()
            assert page.locator("#search-results li").count() == pages, word


def test_pages_are_there_without_scripts(without_scripts):
    """Text, figures and answers need no JavaScript."""
    page = without_scripts
    page.goto((SITE / "lectures/week02/reading_the_fit.html").as_uri())
    assert page.locator("h1:visible").inner_text().startswith("Reading the fit")
    assert page.locator(".bd-article img:visible").count() >= 5
    first = page.locator(".bd-article details:not(.hide)").first  # no folded code
    first.locator("summary").click()
    assert first.locator("p").first.is_visible()


SHADES = """code => [
    getComputedStyle(code).color,
    getComputedStyle(code.closest(".cell_input")).backgroundColor,
]"""


def luminance(colour):
    """Relative luminance of WCAG 2.2, from a colour as browsers write it."""
    shares = np.array([float(part) for part in re.findall(r"[\d.]+", colour)[:3]]) / 255
    linear = np.where(
        shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4
    )
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_code_is_legible_without_scripts(tab, scheme):
    """And coloured, whatever the system prefers."""
    with tab(java_script_enabled=False, color_scheme=scheme) as page:
        page.goto((SITE / "lectures/week02/reading_the_fit.html").as_uri())
        code = page.locator(".cell_input pre").locator("visible=true").first
        text, ground = map(luminance, code.evaluate(SHADES))
        assert (max(text, ground) + 0.05) / (min(text, ground) + 0.05) > 7
        formula = code.locator(".s2").first.evaluate("e => getComputedStyle(e).color")
        assert luminance(formula) != text


@pytest.fixture(scope="module")
def without_scripts(tab):
    """A page of a browser that runs none."""
    with tab(java_script_enabled=False, offline=True) as page:
        yield page


@pytest.mark.parametrize(("width", "stacked"), [(390, True), (1280, False)])
def test_python_stands_below_r_where_both_do_not_fit(tab, width, stacked):
    with tab(viewport={"width": width, "height": 800}) as page:
        page.goto(SITE.joinpath("pages/dictionary.html").as_uri())
        pair = page.locator('.mlm-dictionary :is(th[scope="row"], th + td)')
        r, python = (pair.nth(i).bounding_box() for i in range(2))
    assert (python["y"] >= r["y"] + r["height"]) == stacked
    assert python["x"] + python["width"] <= width


@each_page
@pytest.mark.one_in(8)
def test_formulas_are_set_without_scripts(page, without_scripts):
    """Each once, as MathML; nothing of the TeX is seen, and the numbers stay."""
    formulas = len(re.findall(r'class="math notranslate', page.read_text("utf-8")))
    shown = without_scripts
    shown.goto(page.as_uri())
    assert shown.locator(".math.notranslate math").count() == formulas
    assert shown.locator(".tex").count() == formulas
    assert shown.locator(".tex:visible").count() == 0
    numbers = shown.locator(".bd-article .math .eqno")
    assert numbers.locator("visible=true").count() == numbers.count()
    article = shown.locator(".bd-article").first.inner_text()
    assert not re.search(r"\\[([]|\\(?:math|boldsymbol|frac|begin)", article)


MATHML = [
    (r"\boldsymbol\beta", "<mi>𝜷</mi>"),
    (r"\mathbf X", "<mi>𝐗</mi>"),
    (r"\hat\sigma^2", "<mover"),
    (r"\frac{1}{n}", "<mfrac><mn>1</mn><mi>n</mi></mfrac>"),
    (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "<mtable"),
    (r"\sqrt{x}", "<msqrt><mi>x</mi></msqrt>"),
]


@pytest.mark.parametrize(("tex", "part"), MATHML)
def test_tex_becomes_mathml(tex, part):
    assert part in formulas.mathml(tex, display=True)


def test_unknown_macro_is_named():
    with pytest.raises(LatexError, match="nosuch"):
        formulas.mathml(r"\nosuch{x}", display=False)


def test_no_file_of_the_site_is_for_developers_of_its_theme():
    assert not list(SITE.joinpath("_static").rglob("*.map"))
    scripts = SITE.joinpath("_static", "scripts").glob("*.js")
    assert not any("sourceMappingURL" in file.read_text("utf-8") for file in scripts)


def test_the_site_is_small():
    """But for JupyterLite, which is another site and built only on request."""
    files = (f for f in SITE.rglob("*") if f.is_file() and "lite" not in f.parts)
    assert sum(file.stat().st_size for file in files) < 50e6


# ---- What every page has without anybody remembering. ----

# Where the book was built with an address; test_published.py builds it both ways.
ADDRESS = find_address()
with_address = pytest.mark.skipif(not ADDRESS, reason="COURSE_REPOSITORY is not set")
NOTEBOOKS = {p.relative_to(ROOT).with_suffix("").as_posix() for p in find_notebooks()}
# Assignments, which are shown as students have them.
COPIES = {name for name in find_pages() if name.startswith("exercises/student/")}


def name_of(page):
    return page.relative_to(SITE).with_suffix("").as_posix()


@each_page
def test_page_has_its_icon_and_leads_on(page):
    text = page.read_text("utf-8")
    elements = Elements(page)
    icons = [a["href"] for a in elements.all("link") if a.get("rel") == "icon"]
    assert icons[0].endswith("_static/logo.svg")
    assert "prev-next-area" in text


@with_address
@each_page
def test_page_can_be_shared_found_and_mended(page):
    """Title, description and picture for links; ways to edit and to report."""
    elements = Elements(page)
    said = {m.get("property"): m.get("content") for m in elements.all("meta")}
    address = f"{ADDRESS.site}{name_of(page)}.html"
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


@each_page
def test_notebook_can_be_run_elsewhere(page):
    """An exercise as the copy that students fill; by others, if there is an address."""
    name = name_of(page)
    run = name.replace("exercises/", "exercises/student/")
    run = run.replace("student/student", "student")  # an assignment is its copy
    text = page.read_text("utf-8")
    wanted = [
        f"lite/lab/index.html?path={run.replace('/', '%2F')}.ipynb",
        f"_sources/{name}.ipynb",
    ]
    if ADDRESS:
        us = ADDRESS.repository
        wanted += [
            f"colab.research.google.com/github/{us}/blob/published/{run}.ipynb",
            f"mybinder.org/v2/gh/{us}/main?urlpath=lab/tree/{run}.ipynb",
        ]
    missing = [part for part in wanted if part not in text]
    assert missing == ([] if name in NOTEBOOKS | COPIES else wanted)


@each_page
def test_lecture_and_notebook_say_how_long_they_take(page):
    name = name_of(page)
    said = re.search(r"<span>(\d+) minutes? to read</span>", page.read_text("utf-8"))
    told = name in NOTEBOOKS | COPIES or name.startswith("lectures/")
    assert bool(said) == told


def test_minutes_count_what_is_read():
    """Words, code and what code has made; not what is folded, nor a live figure."""
    page = nodes.document("", "")
    page += nodes.paragraph("", "word " * 170)
    page += nodes.literal_block("", "line\n" * 25)
    folded = nodes.container("", classes=["tag_hide-input"])
    folded += nodes.literal_block("", "line\n" * 100)
    page += folded
    assert course.reading_minutes(page) == 2
    cells = "<td>cell</td>" * 170
    table = f"<table><tr>{cells}</tr></table>"
    page += nodes.raw("", f"<script>{'word ' * 999}</script>{table}", format="html")
    assert course.reading_minutes(page) == 3
    page += nodes.raw("", f"<details>{table}</details>", format="html")
    assert course.reading_minutes(page) == 3
    for html in page.findall(nodes.raw):
        html[0].parent = None  # as on pages of the book
    assert course.reading_minutes(page) == 3
    caption = nodes.caption("", "word " * 999)
    page += [nodes.figure("", nodes.image(), caption), nodes.figure("", nodes.image())]
    assert course.reading_minutes(page) == 4, "half a minute for each figure"


def test_minutes_are_the_same_after_cells_are_separated():
    """HTML stays HTML: its tags and markers are no words that anybody reads."""
    page = nodes.document("", "")
    page += nodes.paragraph("", "word " * 170)
    page += nodes.raw("", f"<!--= {'word ' * 999}-->", format="html")
    search.separate_cells(None, page, "a page")
    assert course.reading_minutes(page) == 1


@pytest.mark.parametrize(
    ("summary", "minutes"), [("One level deeper: why", 1), ("Question: why?", 4)]
)
def test_minutes_leave_out_what_goes_deeper(summary, minutes):
    """Words and pictures of such a fold; answers to questions count."""
    page = nodes.document("", "")
    opened = f"<details>\n<summary>{summary}</summary>\n"
    page += nodes.raw("", opened, format="html")
    page += nodes.paragraph("", "word " * 340)
    page += nodes.raw("", "<details class='choice'>", format="html")  # inside
    page += [nodes.raw("", "</details>", format="html"), nodes.image(), nodes.image()]
    page += nodes.raw("", "</details>\n", format="html")
    page += nodes.paragraph("", "word " * 170)
    assert course.reading_minutes(page) == minutes


@pytest.mark.slow
def test_week_1_begins_with_the_number_of_its_lecture():
    """Its text, its picture and the lecture on the linear model say the same share."""
    found = nonsense(mlm.load_sleepstudy())
    share = np.mean(found < 0.05)
    start = (ROOT / "lectures/week01/index.md").read_text("utf-8")
    assert f"about {100 * share:.0f} times in 100" in start
    assert "nonsense.png" in start
    lecture = (ROOT / "lectures/week01/linear_model.ipynb").read_text("utf-8")
    assert f" {100 * share:.0f}<!--= false_alarms:.0f -->" in lecture
    (ax,) = draw_nonsense(plt, found).axes
    assert ax.patches[0].get_height() == 400 * share
    plt.close()


def test_lecture_and_its_exercises_lead_to_each_other():
    lectures = exercises_on(find_pages())
    assert len(lectures) > 20
    for lecture, name in lectures.items():
        page = SITE / f"{lecture}.html"
        assert f'{name}.html">exercises' in page.read_text("utf-8").lower()
        own = SITE.joinpath(f"{name}.html").read_text("utf-8")
        assert f"{lecture}.html" in own
        student = name.replace("exercises/", "exercises/student/")
        assert f'{student}.ipynb" download' in own
        assert SITE.joinpath(f"{student}.ipynb").exists()


@pytest.mark.skipif(bool(ADDRESS), reason="published copies are others")
def test_download_is_the_plain_copy_of_the_notebook():
    course = Course(ROOT)

    def is_its_copy(name):
        sent = SITE.joinpath("_sources", f"{name}.ipynb").read_text("utf-8")
        return sent == as_text(plain_notebook(course, ROOT / f"{name}.ipynb"))

    assert [name for name in NOTEBOOKS if not is_its_copy(name)] == []


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
    entries = ROOT.joinpath("pages/references.bib").read_text("utf-8").count("@")
    page = SITE.joinpath("pages/references.html").read_text("utf-8")
    assert page.count('href="https://doi.org/') == entries


def test_a_wrong_address_leads_to_a_page_of_the_site(tab, server):
    """As GitHub Pages serves it: 404.html, at any depth, under the site's own path."""
    prefix = urlsplit(ADDRESS.site).path if ADDRESS else "/"
    failed = []

    def as_published(route):
        inner = urlsplit(route.request.url).path.removeprefix(prefix)
        file = SITE / inner
        if not file.is_file():
            failed.append(inner)
            file = SITE / "404.html"
        route.fulfill(path=file)

    with tab() as page:
        page.route(f"{server}{prefix}**", as_published)
        page.goto(f"{server}{prefix}lectures/week99/nothing.html")
        assert failed == ["lectures/week99/nothing.html"], (
            "styles and scripts are found"
        )
        heading = page.locator(".bd-article h1").inner_text()
        assert heading.startswith("This page does not exist")
        page.locator(".bd-article a", has_text="start page").click()
        page.wait_for_selector(".bd-article h1:has-text('Methods 3')")


@pytest.mark.parametrize("week", [1, 2, 3])
def test_a_weeks_table_calls_lectures_by_their_titles(week):
    """Or by the beginning of the title, where that is long."""
    folder = ROOT / f"lectures/week{week:02d}"
    rows = re.findall(
        r"^\| \[([^\]]+)\]\(([^)]+)\) \|",
        (folder / "index.md").read_text("utf-8"),
        re.M,
    )
    assert len(rows) >= 6
    for name, page in rows:
        # In a notebook, a line of its source is followed by \n in JSON.
        title = re.search(
            r"^ *\"?# (.+?)(?:\\n\".*)?$", (folder / page).read_text(), re.M
        )
        assert title[1].startswith(name), page
