"""The course's address: in published copies where it is set, and nowhere else."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from address import Address, find_address
from conftest import ROOT
from metadata import CustomMetadataHook
from notebooks import CONFIG, WHEEL, normalise, read, write
from published import (
    EXTRAS,
    course_at,
    publish_pages,
    published_notebook,
    published_workflow,
    wheel_address,
)

# What would be an address of the course, or install something from one.
ADDRESS = re.compile(
    r"[\w-]\.github\.io|github\.com/[\w-]+/methods3|pip install[^\n]*https?://"
)


def test_no_file_names_an_address():
    """Whoever owned it would run code on readers' machines."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: it is not known which files are the course's own")
    command = ["git", "-C", str(ROOT), "ls-files", "-z"]
    names = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    own = Path(__file__).relative_to(ROOT).as_posix()  # what it looks for, and examples
    found = {}
    for name in names.strip("\0").split("\0"):
        path = ROOT / name
        if name != own and path.is_file():
            said = ADDRESS.findall(path.read_text("utf-8", errors="ignore"))
            found |= {name: said} if said else {}
    assert found == {}


@pytest.mark.parametrize(
    ("repository", "site"),
    [
        ("someone/course", "https://someone.github.io/course/"),
        ("Some-One/Their.Course", "https://some-one.github.io/Their.Course/"),
        ("Someone/someone.github.io", "https://someone.github.io/"),
    ],
)
def test_address_is_that_of_the_repository(repository, site):
    address = find_address(repository)
    assert address.site == site
    assert address.code == f"https://github.com/{repository}"


def test_address_is_empty_by_default(monkeypatch):
    monkeypatch.delenv("COURSE_REPOSITORY", raising=False)
    assert find_address() is None
    monkeypatch.setenv("COURSE_REPOSITORY", "")
    assert find_address() is None
    monkeypatch.setenv("COURSE_REPOSITORY", "someone/course")
    assert find_address() == Address("someone/course")


@pytest.mark.parametrize(
    "wrong",
    [
        "course",
        "a/b/c",
        "https://github.com/a/b",
        "a b/c",
        "a/b c",
        "a/b\n",
        "a/",
        "/b",
        "../b",
        'a/b"><script>',
        "a/b#c",
        "a/b; echo",
    ],
)
def test_what_is_no_repository_is_refused(wrong):
    with pytest.raises(ValueError, match="owner/name"):
        find_address(wrong)


def test_wheel_says_where_the_course_is(monkeypatch):
    """Beside the table [project], which it leaves as it was."""
    hook = CustomMetadataHook(str(ROOT), {})
    monkeypatch.setenv("COURSE_REPOSITORY", "someone/course")
    told = {"name": "mlm"}
    hook.update(told)
    assert told.pop("name") == "mlm"
    assert told["urls"]["Documentation"] == "https://someone.github.io/course/"
    assert told["urls"]["Issues"] == "https://github.com/someone/course/issues"
    monkeypatch.delenv("COURSE_REPOSITORY")
    hook.update(told)
    assert told == {"urls": {}}


def test_wheel_that_is_not_built_is_missed(tmp_path):
    with pytest.raises(FileNotFoundError, match="make book"):
        wheel_address(Address("a/b"), tmp_path)


@pytest.mark.parametrize(
    ("link", "published"),
    [
        ("[a](../week01/a.ipynb)", "[a](https://o.github.io/n/lectures/week01/a.html)"),
        ("[a](b.md#part)", "[a](https://o.github.io/n/lectures/week02/b.html#part)"),
        ("[a](#own)", "[a](https://o.github.io/n/lectures/week02/here.html#own)"),
        ("[a](../../c.md)", "[a](https://o.github.io/n/c.html)"),
        ("[a](https://x.org/a.md)", "[a](https://x.org/a.md)"),
        ("![a](attachment:b.png)", "![a](attachment:b.png)"),
        ("[](mailto:a@b.md)", "[](mailto:a@b.md)"),
    ],
)
def test_links_of_a_copy_lead_to_the_site(link, published, tmp_path):
    names = ["lectures/week01/a.ipynb", "lectures/week02/b.md", "c.md"]
    for name in names:
        tmp_path.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        tmp_path.joinpath(name).write_text("# A\n\n## Part\n", "utf-8")
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_markdown_cell("# Own", id="own"),
        nbformat.v4.new_markdown_cell(link, id="link"),
        nbformat.v4.new_code_cell("1", id="code"),
    ]
    path = tmp_path / "lectures/week02/here.ipynb"
    for place in (path, tmp_path / names[0]):
        write(notebook, place)
    tmp_path.joinpath("_toc.yml").write_text("root: c\n", "utf-8")
    copy = published_notebook(course_at(Address("o/n"), tmp_path), path, "w")
    assert copy.cells[2].source == published


def test_stored_workflow_takes_the_wheel_beside_it():
    text = ROOT.joinpath("exercises/workflow.yml").read_text("utf-8")
    assert text.count(f"./{WHEEL}[grade]") == 1
    filled = published_workflow(text, "https://x.org/w.whl#sha256=12")
    assert 'pip install "mlm[grade] @ https://x.org/w.whl#sha256=12"' in filled


# ---- A small book, built both ways. ----

REPOSITORY = "some-one/other-course"
SITE = "https://some-one.github.io/other-course/"
TOC = """format: jb-book
root: index
parts:
  - caption: Only
    chapters:
      - file: lectures/week02/toy
      - file: setting_up
      - file: teaching
"""
SETTING_UP = """# Set up

```{only} not published
`COURSE-ADDRESS` is what you know.
```

    git clone COURSE-ADDRESS methods3
"""
TEACHING = """# For teachers

```{literalinclude} exercises/workflow.yml
:language: yaml
```
"""


def make_small_book(folder):
    """Write a book of four pages with everything that a book of the course has."""
    for name in ("_site", "scripts"):
        others = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=others)
    for name in ("_config.yml", "pyproject.toml", "pages/references.bib"):
        folder.joinpath(name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for place in ("lectures/week02", "exercises/student/week02"):
        (folder / place).mkdir(parents=True)
        up = os.path.relpath(folder, folder / place).replace(os.sep, "/")
        text = f"# A toy\n\nSee [this]({up}/setting_up.md)."
        cells = [
            nbformat.v4.new_markdown_cell(text),
            nbformat.v4.new_code_cell("1 + 1"),
        ]
        toy = normalise(nbformat.v4.new_notebook(cells=cells))
        write(toy, folder / place / "toy.ipynb")
    shutil.copy(ROOT / "exercises/workflow.yml", folder / "exercises")
    (folder / EXTRAS).mkdir(parents=True)
    (folder / EXTRAS / WHEEL).write_bytes(b"a wheel")
    pages = {"_toc.yml": TOC, "setting_up.md": SETTING_UP, "teaching.md": TEACHING}
    for name, text in {"index.md": "# Start\n\nHere.\n", **pages}.items():
        (folder / name).write_text(text, "utf-8")


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """Folders of the built book: without an address, and with one."""
    built = {}
    for repository in ("", REPOSITORY):
        folder = tmp_path_factory.mktemp("book")
        make_small_book(folder)
        program = Path(sys.executable).with_name("jupyter-book")
        done = subprocess.run(
            [program, "build", folder, "--all", "-W", "-n", "--keep-going"],
            env=os.environ | {"COURSE_REPOSITORY": repository},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        built[repository] = folder
    return built


def page(folder, name):
    return (folder / "_build/html" / f"{name}.html").read_text("utf-8")


def text_of(html):
    """What a page shows in its article, without marks of its code's colours."""
    article = html.split("<article")[1].split("</article>")[0]
    return re.sub(r"<[^>]+>", "", article)


OFFERED = (
    "canonical",
    "og:url",
    "og:image",
    "colab.research",
    "mybinder",
    "/edit/main/",
    "issues/new",
    "github",
)


@pytest.mark.parametrize("name", ["index", "lectures/week02/toy", "setting_up"])
def test_without_an_address_no_page_has_one(books, name):
    html = page(books[""], name)
    assert [word for word in OFFERED if word in html.lower()] == []
    assert not re.search(r"""(href|src|content)=["'](https?:)?//""", html)


def test_without_an_address_what_is_published_installs_nothing(books):
    site = books[""] / "_build/html"
    for name in ("_sources/lectures", "exercises/student"):
        text, code = read(site / name / "week02/toy.ipynb").cells
        assert text.source.endswith("/setting_up.ipynb).")
        assert code.source == "1 + 1"
    assert not (site / "sitemap.xml").exists()
    assert f"./{WHEEL}[grade]" in text_of(page(books[""], "teaching"))
    assert "COURSE-ADDRESS is what you know." in text_of(page(books[""], "setting_up"))


def test_with_an_address_every_page_has_it_and_no_other(books):
    site = books[REPOSITORY] / "_build/html"
    for name in ("index", "lectures/week02/toy", "setting_up"):
        html = page(books[REPOSITORY], name)
        wanted = [
            f'<link rel="canonical" href="{SITE}{name}.html"',
            f'content="{SITE}_static/card.png"',
            f"https://github.com/{REPOSITORY}/edit/main/{name}",
            f"https://github.com/{REPOSITORY}/issues/new?template=page.yml",
        ]
        assert [part for part in wanted if part not in html] == []
        owners = set(re.findall(r"github\.com/([\w-]+/[\w-]+)", html))
        assert owners == {REPOSITORY}
        assert f"<loc>{SITE}{name}.html</loc>" in (site / "sitemap.xml").read_text()
    assert 'href="/other-course/index.html"' in page(books[REPOSITORY], "404")
    launched = page(books[REPOSITORY], "lectures/week02/toy")
    published = f"github/{REPOSITORY}/blob/published/lectures/week02/toy.ipynb"
    assert f"https://colab.research.google.com/{published}" in launched
    binder = f"mybinder.org/v2/gh/{REPOSITORY}/main?urlpath=lab/tree/mine/"
    assert f"{binder}lectures/week02/toy.ipynb" in launched


def test_with_an_address_copies_install_the_wheel_with_its_hash(books):
    digest = hashlib.sha256(b"a wheel").hexdigest()
    wheel = f"{SITE}{WHEEL}#sha256={digest}"
    site = books[REPOSITORY] / "_build/html"
    for name in ("_sources/lectures", "exercises/student"):
        first, text, code = read(site / name / "week02/toy.ipynb").cells
        assert first.source.endswith(f"\n    %pip install --quiet {wheel}")
        assert f"]({SITE}setting_up.html)" in text.source
        assert code.source == "1 + 1"
    assert f"mlm[grade] @ {wheel}" in text_of(page(books[REPOSITORY], "teaching"))
    said = text_of(page(books[REPOSITORY], "setting_up"))
    assert f"git clone https://github.com/{REPOSITORY} methods3" in said
    assert "COURSE-ADDRESS" not in said


@pytest.mark.parametrize("name", ["index", "lectures/week02/toy"])
def test_an_address_changes_nothing_else(books, name):
    assert text_of(page(books[""], name)) == text_of(page(books[REPOSITORY], name))


def test_branch_for_colab_is_what_the_site_publishes(books, tmp_path):
    root = books[REPOSITORY]
    path = root / "lectures/week02/toy.ipynb"
    publish_pages(root, tmp_path, [path], Address(REPOSITORY))
    sent = root / "_build/html/_sources/lectures/week02/toy.ipynb"
    inner = path.relative_to(root)
    assert tmp_path.joinpath(inner).read_bytes() == sent.read_bytes()


def test_settings_of_the_book_name_no_address():
    assert not {"repository", "launch_buttons"} & CONFIG.keys()
    assert "baseurl" not in CONFIG["html"]
