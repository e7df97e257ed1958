"""Finding one's way: reference, list of exercises, and what leads from page to page."""

import inspect
import os
import re
import tomllib
import zlib
from functools import cache

import citing
import points
import pytest
import reference
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT
from notebooks import find_pages
from student_copies import find_exercises
from test_book import SITE

import mlm
from methods3 import check, doctor, explore
from methods3.plain import exercises_on
from mlm import plots
from mlm.results.fitted import FittedModel

REFERENCE = [name for name in find_pages() if name.startswith("pages/reference/")]
EXERCISES = [
    path.relative_to(ROOT).with_suffix("").as_posix() for path in find_exercises()
]
LECTURES = exercises_on(find_pages())
# Who defines what a class has: not Python, and no dataclass.
OWN = ("mlm.", "methods3.")
TAG = re.compile(r"</?span[^>]*>")


@cache
def soup(name):
    """The page without the colours of its code, most of what there is to read."""
    html = SITE.joinpath(f"{name}.html").read_text("utf-8")
    html = re.sub(r"(?s)<pre>.*?</pre>", lambda code: TAG.sub("", code[0]), html)
    return BeautifulSoup(html, "html.parser")


@pytest.fixture(scope="module")
def entries():
    """Names of the reference's entries, and where each stands."""
    *_, packed = SITE.joinpath("objects.inv").read_bytes().split(b"\n", 4)
    rows = zlib.decompress(packed).decode("utf-8").splitlines()
    named = (row.rsplit(" ", 4) for row in rows if " py:" in row)
    return {name: place.replace("$", name) for name, _, _, place, _ in named}


# ---- The reference. ----


def public_names():
    """Full names of all that is public: functions, classes, and what classes have."""
    for package in (mlm, plots, check, doctor, explore):
        for name in package.__all__:
            thing = getattr(package, name)
            if inspect.ismodule(thing):
                continue
            yield f"{package.__name__}.{name}"
            if inspect.isclass(thing) and not issubclass(thing, FittedModel):
                for member in own_members(thing):
                    yield f"{package.__name__}.{name}.{member}"


def own_members(thing):
    """Public names of methods and properties that mlm itself defines."""
    for name in dir(thing):
        value = inspect.getattr_static(thing, name)
        value = getattr(value, "fget", getattr(value, "func", value))
        value = getattr(value, "__func__", value)
        module = getattr(value, "__module__", None) or ""
        if (
            not name.startswith("_")
            and inspect.isfunction(value)
            and value.__doc__  # else it is told under Attributes
            and module.startswith(OWN)
        ):
            yield name


def test_every_public_name_has_an_entry(entries):
    names = {*public_names()}
    assert {"mlm.lmer", "mlm.Means.pairs", "methods3.check.check"} <= names
    assert sorted(names - entries.keys()) == []


def test_everything_that_can_be_asked_of_a_fit_has_an_entry(entries):
    """Once, under the first kind of fit that has it."""
    fits = [thing for thing in vars(mlm).values() if inspect.isclass(thing)]
    fits = [thing for thing in fits if issubclass(thing, FittedModel)]
    assert {f"mlm.{fit.__name__}" for fit in fits} == {*reference.FITS}
    asked = {member for fit in fits for member in own_members(fit)}
    assert {"fixef", "confint", "null_deviance", "pls"} <= asked
    told = {
        name.rsplit(".", 1)[1] for name in entries if name.startswith(reference.FITS)
    }
    assert sorted(asked - told) == []


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("mlm.lmer", "mlm.lmer"),
        ("mlm.lmer(formula, data)", "mlm.lmer"),
        ("fit.confint()", "mlm.LinearMixedModel.confint"),
        ('fit.varcorr["Subject"]', "mlm.LinearMixedModel.varcorr"),
        ("fit.null_deviance", "mlm.GeneralizedLinearModel.null_deviance"),
        ("fit.pls.Lambda", "mlm.LinearMixedModel.pls"),
        ("design.X", "mlm.Design.X"),
        ("plots.diagnose(fit)", "mlm.plots.diagnose"),
        ("mlm.plots.diagnose", "mlm.plots.diagnose"),
        ("check", "methods3.check.check"),
        ("lmer", None),  # may be R's
        ("fit.nothing", None),
        ("fit", None),
        ("mlm", None),
        ("np.mean", None),
        ("Reaction ~ Days", None),
        ("", None),
    ],
)
def test_code_in_a_text_leads_to_its_entry(code, name, entries):
    assert reference.find(code, entries) == name


def test_links_stand_where_a_page_first_has_a_name():
    found = soup("pages/notation").select('a[href^="reference/"] > code')
    texts = [code.get_text() for code in found]
    assert {"fit.fixef", "fit.theta", "design.X"} <= {*texts}
    assert len(texts) == len({*texts})
    assert soup("pages/reference/fit").select("h1 a code, dt a code") == []


def test_entries_are_written_as_they_are_called():
    text = soup("pages/reference/after").get_text()
    assert "fit.confint(" in text
    assert "LinearMixedModel.confint" not in text
    assert not re.search(r"`|:\w+:`|\[1\]_|[“”]wald", text), (
        "no marks, and quotes of code"
    )


# What students of R look for, and a page that says it in Python.
LOOKED_FOR = {
    "isSingular": "pages/reference/read",
    "ICC": "pages/reference/report",
    "VarCorr": "pages/reference/read",
    "fixef": "pages/reference/read",
    "emmeans": "pages/reference/after",
    "bootMer": "pages/reference/predict",
}


@pytest.mark.parametrize(("word", "page"), LOOKED_FOR.items())
@pytest.mark.one_in(2)
def test_search_leads_from_names_of_r_to_the_reference(word, page, tab):
    with tab() as shown:
        shown.goto(f"{SITE.joinpath('search.html').as_uri()}?q={word}")
        said = shown.locator("#search-results .search-summary")
        said.filter(has_text="found").wait_for()
        links = shown.locator("#search-results li a").evaluate_all(
            "links => links.map(link => link.getAttribute('href').split('#')[0])"
        )
    assert {f"{page}.html", "pages/dictionary_models.html"} <= {*links}


@pytest.mark.parametrize("name", REFERENCE)
@pytest.mark.one_in(3)
def test_a_page_of_the_reference_is_no_longer_than_others(name, visit):
    with visit(SITE / f"{name}.html", 390) as shown:
        height = shown.evaluate("document.documentElement.scrollHeight")
        sideways = shown.evaluate(
            "document.documentElement.scrollWidth - window.innerWidth"
        )
    assert height <= 20_000
    assert sideways <= 0


# ---- Exercises. ----


def test_the_list_of_exercises_is_that_of_the_notebooks():
    page = points.LISTED.read_text("utf-8")
    (listed,) = points.LIST.findall(page)
    assert listed == points.as_table(points.points(find_exercises())), "make exercises"
    assert all(name.removeprefix("exercises/") in listed for name in EXERCISES)


def test_stars_are_counted_and_cost_minutes():
    assert points.told([1, 3, 1]) == ("3 exercises", "2\u00a0★, 1\u00a0★★★", 30)


@pytest.mark.parametrize("name", EXERCISES)
def test_a_solution_folds_once(name):
    """Its code and its verdict are in it; but for pictures, nothing is seen before."""
    page = soup(name)
    assert not page.find(string=re.compile("(BEGIN|END) SOLUTION|Show code cell"))
    right = page.find_all(string=re.compile(r"^\d\.\d+[a-z]+: right\.$"))
    assert len(right) >= 4
    folds = [text.find_parent("details") for text in right]
    assert all(fold.summary.get_text() == "Solution" for fold in folds)
    assert len(page.select(".bd-article details")) == len({id(f) for f in folds})


@pytest.mark.parametrize("name", EXERCISES)
def test_lecture_and_exercises_end_with_each_other(name):
    (lecture,) = (page for page, found in LECTURES.items() if found == name)
    for page, other in ((name, lecture), (lecture, name)):
        (link,) = soup(page).select("a.lead-on")
        assert link["href"] == f"{'../' * page.count('/')}{other}.html"
    stars = tomllib.loads(points.TARGET.read_text("utf-8"))[name.rsplit("/", 1)[1]]
    number, kinds, minutes = points.told(stars.values())
    assert link.get_text() == f"Now you: {number} ({kinds}), about {minutes} minutes"


# ---- Weeks, and the start. ----


@pytest.mark.parametrize("week", ["lectures/week01", "lectures/week02"])
def test_a_week_lists_its_lectures_and_their_minutes(week):
    lectures = [n for n in find_pages() if n.startswith(week) and "/index" not in n]
    listed = {}
    for row in soup(f"{week}/index").select("td p:has(.minutes)"):
        listed[f"{week}/{row.a['href']}"] = row.select_one(".minutes").get_text()
    assert listed.keys() == {f"{name}.html" for name in lectures}
    for name in lectures:
        minutes = soup(name).select_one(".under-title span").get_text()
        assert listed[f"{name}.html"] == f"{minutes.split()[0]} min"


def test_the_first_page_says_where_to_start():
    (link,) = soup("index").select("a.lead-on")
    assert link["href"] == "lectures/week01/index.html"


# ---- Citation and versions. ----


def test_the_page_on_citing_says_what_the_file_says():
    said = yaml.safe_load(ROOT.joinpath("CITATION.cff").read_text("utf-8"))
    text = soup("pages/citing").find("article").get_text()
    bibtex = text[text.index("@software{") :]
    for name in ("title", "version", "license"):
        assert f"{name} = {{{said[name]}}}".replace("{Meth", "{{Meth") in bibtex
    assert f"year = {{{said['date-released'][:4]}}}" in bibtex
    assert f"{said['title']} (version {said['version']})" in text
    assert said["version"] == mlm.__version__
    assert "CITATION-AS" not in text


def test_authors_of_a_citation_are_joined():
    text = """
    title: A
    version: 1.0
    license: B
    date-released: "2030-01-02"
    authors: [{name: C}, {name: D}]
    """
    sentence, bibtex = citing.cited(text)
    assert sentence == "C and D (2030). *A* (version 1.0)."
    assert "author = {{C and D}}" in bibtex


def test_every_page_leads_to_the_versions():
    for name in ("index", "lectures/week02/sigma", "pages/reference/fit"):
        link = soup(name).find("a", string=f"mlm {mlm.__version__}")
        file = SITE.joinpath(f"{name}.html").parent / link["href"]
        assert file.resolve() == SITE / "pages/versions.html"
    released = soup("pages/versions").find("article").get_text()
    assert "Unreleased" in released
    assert "mlm.lmer" in released


# ---- Exercises and sections. ----


@pytest.mark.parametrize("name", [n for n in EXERCISES if "assignments" not in n])
def test_exercise_and_section_lead_to_each_other(name):
    """Each exercise names a section of a lecture, which ends with a link back."""
    page = soup(name)
    for title in page.find_all("h2"):
        if not points.HEADING.match(f"## {title.get_text()}"):
            continue
        section = title.find_parent("section")
        back = section.find("em", string="about:").find_next("a")
        place, _, anchor = back["href"].partition("#")
        lecture = (SITE / name).parent.joinpath(place).resolve()
        about = soup(lecture.relative_to(SITE).with_suffix("").as_posix())
        there = about.find(id=anchor)
        forward = [a["href"] for a in there.select(":scope > .try-it > a")]
        here = os.path.relpath(SITE / f"{name}.html", lecture.parent)
        assert f"{here}#{section['id']}" in forward, title.get_text()
