"""The book in plain Markdown: no word of MyST is left, and all that it said is said.

The numbers of figures and equations are compared with those that Sphinx gave them, and
the sources with what pybtex reads.
"""

import re

import nbformat
import pytest
from conftest import ROOT
from notebooks import find_notebooks, text_pages
from pybtex.database import parse_string
from student_copies import find_copies
from test_book import SITE

from methods3.plain import Course, Page, plain_notebook, write, write_all
from methods3.plain.bibliography import authors, in_full, read_entries, short
from methods3.plain.course import parts_of

# Roles, directives, labels, markers, numbers of formulas, options, files not plain.
RAW = re.compile(
    r"\{[\w:-]+\}`|^ *[`:~]{3,} *\{|^\([\w-]+\)=|<!--|\$\$ *\([\w-]+\)|^:[\w-]+:"
    r"|\]\((?![a-z]+:)[^)]*\.md[)#]",
    re.MULTILINE,
)
COURSE = Course(ROOT)
PATHS = [*find_notebooks(), *find_copies(), *map(ROOT.joinpath, text_pages())]
LABELS = [
    (page, *part)
    for page in COURSE.pages
    for part in parts_of(COURSE.source(page))
    if part[0] == "figure"
]


def texts(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def raw(text):
    """Words of MyST in a text, but for those that it shows as code."""
    return RAW.findall(re.sub(r"(?ms)^ *(`{3,})(?!.*\{)[^\n]*\n.*?^ *\1", "", text))


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_nothing_of_myst_is_left(path):
    notebook = plain_notebook(COURSE, path)
    nbformat.validate(notebook)
    for text in texts(notebook):
        assert raw(text) == [], text


@pytest.mark.parametrize(
    "text",
    [
        "{term}`a`",
        "```{note}\nb\n```",
        "(a)=\n# A",
        "4<!--= 2 + 2 -->",
        "$$\nx\n$$ (eq-x)",
        "[a](b.md)",
        ":name: fig",
    ],
)
def test_the_test_sees_what_is_raw(text):
    assert raw(text)


@pytest.mark.parametrize("address", ["", "https://x.org/n/"])
def test_every_link_of_a_copy_leads_somewhere(address, tmp_path):
    """To a file beside it, or to a page of the site, and there to a heading."""
    course = Course(ROOT, address)
    names = set(write_all(course, tmp_path)) if not address else set()
    for path in map(tmp_path.joinpath, names):
        if path.suffix == ".ipynb":
            for target in links(path):
                assert (path.parent / target).exists(), (path, target)
    if address:
        notebook = plain_notebook(course, ROOT / "lectures/week02/pooling.ipynb")
        found = re.findall(r"\]\(([^)]*)\)", "\n".join(texts(notebook)))
        assert [link for link in found if not link.startswith("https://")] == []


def links(path):
    """Files that a notebook links to."""
    text = "\n".join(texts(nbformat.read(path, as_version=4)))
    found = re.findall(r'\]\(([^)#]+)[^)]*\)|href="([^"#]+)', text)
    targets = {a or b for a, b in found}
    return [t for t in targets if not re.match(r"[a-z]+:", t)]


def test_students_get_the_exercise_to_fill_in_and_no_solution(tmp_path):
    names = write_all(COURSE, tmp_path)
    assert "lectures/week02/power.ipynb" in names
    assert "exercises/student/week02/power.ipynb" in names
    assert "exercises/week02/power.ipynb" not in names
    assert "pages/glossary.ipynb" in names
    lecture = tmp_path.joinpath("lectures/week02/power.ipynb").read_text("utf-8")
    assert "../../exercises/student/week02/power.ipynb" in lecture
    for name in names:
        assert '"### BEGIN SOLUTION' not in tmp_path.joinpath(name).read_text("utf-8")


def test_code_and_outputs_stay():
    for path in find_notebooks():
        stored = nbformat.read(path, as_version=4).cells
        plain = plain_notebook(COURSE, path).cells
        kept, own = (
            [cell for cell in cells if cell.cell_type == "code"]
            for cells in (stored, plain)
        )
        assert own == kept


# ---- What is published, as it lies there. ----

PUBLISHED = {
    "download buttons": SITE / "_sources",
    "to fill in": SITE / "exercises" / "student",
    "JupyterLite": ROOT / "_build" / "extras" / "lite" / "files",
}


def raw_in(folder):
    """What is raw in the notebooks and texts of a folder, by their names; all names."""
    paths = [path for path in folder.rglob("*") if path.suffix in (".ipynb", ".md")]
    found = {}
    for path in paths:
        told = [path.read_text("utf-8")]
        if path.suffix == ".ipynb":
            told = texts(nbformat.read(path, as_version=4))
        found[path.relative_to(folder).as_posix()] = raw("\n".join(told))
    return {name: words for name, words in found.items() if words}, found.keys()


@pytest.mark.parametrize("place", PUBLISHED)
def test_nothing_of_myst_is_published(place):
    found, names = raw_in(PUBLISHED[place])
    assert found == {}
    least = {"download buttons": 59, "to fill in": 19, "JupyterLite": 70}
    assert len(names) >= least[place]


# ---- As the site has it. ----


@pytest.mark.parametrize(("page", "label"), [(p, name) for p, _, name in LABELS])
def test_figures_have_the_numbers_of_the_book(page, label):
    html = site(page)
    figure = html.split(f'id="{label}"')[1]
    number = re.search(r'caption-number">Fig\. (\d+)', figure)[1]
    assert COURSE.target(label).number == int(number)


def test_equations_have_the_numbers_of_the_book():
    targets = COURSE._index[1].items()
    numbers = {label.lower(): target.number for label, target in targets}
    found = {}
    for page in COURSE.pages:
        pattern = r'id="equation-([\w-]+)">\s*<span class="eqno">\((\d+)\)'
        found |= dict(re.findall(pattern, site(page)))
    assert len(found) > 40
    for label, number in found.items():
        assert numbers[label] == int(number)


def test_anchors_are_those_of_the_book():
    for page in COURSE.pages:
        ids = set(re.findall(r'id="([^"]+)"', site(page)))
        assert COURSE.headings(page)
        own = {heading.id for heading in COURSE.headings(page)} - {""}
        assert own <= ids, page


def site(page):
    return (SITE / f"{page}.html").read_text("utf-8")


# ---- A small course, word by word. ----

BOOK = {
    "_toc.yml": "root: index\nparts:\n  - chapters:\n      - file: week/one\n",
    "index.md": "(start)=\n# Start `here`\n\n## What, then?\n\n$$\nx\n$$ (eq-a)\n",
    "week/one.md": """(one)=
# One

```{figure} dot.png
:name: fig-dot
:alt: A dot.

A dot in *black*.
```

## Notes

Last.

## Notes
""",
    "week/quiz.toml": """[[question]]
stem = "What is {term}`it`?"
prints = "42"
[[question.option]]
text = "one"
section = "one.md#notes"
why = "Since 1<!--= 1 --> is."
[[question.option]]
text = "two"
belief = "start"
why = "No."
""",
    "week/code.yml": "a: 1\n",
    "pages/references.bib": """@article{doe2020,
  author  = {Doe, Jane and M{\\"u}ller, Al},
  title   = {On {LME}s},
  journal = {J. Stat.},
  year    = {2020},
  volume  = {1},
  number  = {2},
  pages   = {3--4},
  doi     = {10.1/2}
}
""",
}


@pytest.fixture
def page(tmp_path):
    """A page of a small course."""
    for name, text in BOOK.items():
        tmp_path.joinpath(name).parent.mkdir(exist_ok=True)
        tmp_path.joinpath(name).write_text(text, "utf-8")
    tmp_path.joinpath("week/dot.png").write_bytes(b"dot")
    return Page(Course(tmp_path), "week/one")


PLAIN = [
    ("{term}`pooled` and {term}`pooled <partial pooling>`", "pooled and pooled"),
    ("4.67<!--= f(x):.2f --> ms", "4.67 ms"),
    ("(one)=\n# One", "# One"),
    ("see {numref}`fig-dot`", "see Fig. 1"),
    ("equation {eq}`eq-a`", "equation [(1)](../index.ipynb)"),
    ("{cite:t}`doe2020`", "Doe and Müller (2020)"),
    ("so {cite:p}`doe2020`", "so (Doe and Müller, 2020)"),
    ("{ref}`start`", "[Start here](../index.ipynb#Start-here)"),
    ("{ref}`back <start>`", "[back](../index.ipynb#Start-here)"),
    ("{doc}`../index`", "[Start here](../index.ipynb)"),
    ("{math}`x^2`", "$x^2$"),
    ("[a](../index.md#what-then)", "[a](../index.ipynb#What,-then?)"),
    ("[](<#notes-1>)", "[Notes](#Notes)"),
    ('<a href="../index.html">a</a>', '<a href="../index.ipynb">a</a>'),
    ("`{term}` and ``{eq}`x` ``", "`{term}` and ``{eq}`x` ``"),
    ("```python\n(x)=\n```", "```python\n(x)=\n```"),
    ("$$\nx\n$$\n\n$$\ny\n$$ (eq-a)", "$$\nx\n$$\n\n$$\ny \\tag{1}\n$$"),
    ("```{margin}\na\n\nb\n```", "> a\n>\n> b"),
    ("```{note}\na\n```", "> **Note**\n>\n> a"),
    (":::{admonition} Look {term}`x`\na\n:::", "> **Look x**\n>\n> a"),
    (
        "````{tab-set}\n```{tab-item} A\na\n```\n```{tab-item} B\nb\n```\n````",
        "**A**\n\na\n\n**B**\n\nb\n",
    ),
    ("```{only} published\na\n```", ""),
    ("```{only} not published\na\n```", "a"),
    (
        "```{figure} dot.png\n:name: fig-dot\n:alt: A dot.\n\nBlack.\n```",
        "![A dot.](data:image/png;base64,ZG90)\n\n**Fig. 1** *Black.*",
    ),
    ("```{glossary}\na\n  b\n  c\n\nd\n  e\n```", "**a**: b c\n\n**d**: e"),
    ("```{literalinclude} code.yml\n:language: yaml\n```", "```yaml\na: 1\n```"),
    (
        "```{self-test} quiz.toml\n```",
        "**1.** What is it?\n\n```text\n42\n```\n\n- one\n- two\n\n"
        "<details>\n<summary>Answers</summary>\n\n"
        "- one **Right.** Since 1 is. More in [Notes](#Notes).\n"
        "- two **Not so.** No. "
        "Behind it stands [Start here](../index.ipynb#Start-here).\n\n</details>",
    ),
]


@pytest.mark.parametrize(("source", "plain"), PLAIN, ids=[s for s, _ in PLAIN])
def test_each_word_has_plain_ones(page, source, plain):
    assert page.plain(source) == plain


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{kbd}`x`", "role {kbd}"),
        ("```{table}\n```", "directive {table}"),
        ("{numref}`nothing`", "'nothing'"),
        ("[a](../index.md#nowhere)", "'nowhere'"),
    ],
)
def test_what_has_no_plain_words_is_named(page, source, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        page.plain(source)


def test_error_names_the_page(page):
    path = page.course.root / "week/one.md"
    path.write_text("{kbd}`x`", "utf-8")
    with pytest.raises(ValueError, match="week/one: The role"):
        plain_notebook(page.course, path)


def test_figure_of_a_cell_has_its_caption_below(page):
    cell = nbformat.v4.new_code_cell("plot()", id="cell-01")
    figure = {"caption": "A {term}`line`.", "name": "fig-line"}
    cell.metadata["mystnb"] = {"figure": figure}
    path = page.course.root / "week/one.ipynb"
    text = nbformat.v4.new_markdown_cell("See {numref}`fig-line`.", id="cell-02")
    write(nbformat.v4.new_notebook(cells=[cell, text]), path)
    page.course.root.joinpath("week/one.md").unlink()
    _, caption, text = plain_notebook(Course(page.course.root), path).cells
    assert caption.source == "**Fig. 1** *A line.*"
    assert text.source == "See Fig. 1."


def test_what_is_cited_stands_at_the_end(page):
    path = page.course.root / "week/one.md"
    path.write_text("{cite:t}`doe2020` and {cite:p}`doe2020`", "utf-8")
    *_, last = plain_notebook(page.course, path).cells
    assert last.source == (
        "## References\n\n- Doe, Jane and Müller, Al (2020). On LMEs. "
        "*J. Stat.*, 1(2), 3–4. <https://doi.org/10.1/2>"
    )


def test_published_page_has_the_address(page):
    course = Course(page.course.root, "https://s/", "https://c/")
    there = Page(course, "week/one")
    assert there.plain("clone COURSE-ADDRESS") == "clone https://c/"
    assert there.plain("```{only} published\na\n```") == "a"
    assert there.plain("```{only} not published\na\n```") == ""
    assert there.plain("[a](#notes)") == "[a](https://s/week/one.html#notes)"


# ---- What is cited. ----


def test_sources_are_as_pybtex_reads_them():
    text = ROOT.joinpath("pages/references.bib").read_text("utf-8")
    entries, known = read_entries(text), parse_string(text, "bibtex").entries
    assert entries.keys() == known.keys()
    for key, entry in known.items():
        last = [person.last_names for person in entry.persons["author"]]
        plain = [re.sub(r"\{\\.(\w)\}", r"\1", " ".join(names)) for names in last]
        ours = [re.sub("[äü]", lambda m: {"ä": "a", "ü": "u"}[m[0]], name)
                for name, _ in authors(entries[key])]  # fmt: skip
        assert ours == plain
        assert entry.fields["year"] in in_full(entries[key])
        assert entry.fields["doi"] in in_full(entries[key])


def test_three_authors_are_others():
    text = BOOK["pages/references.bib"].replace("{Doe,", "{Abe, A. and Doe,")
    assert short(read_entries(text)["doe2020"]) == "Abe et al."


def test_unknown_command_of_tex_is_named():
    with pytest.raises(ValueError, match=r"\\alpha"):
        read_entries(BOOK["pages/references.bib"].replace("On {LME}s", r"\alpha"))
