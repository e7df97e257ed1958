"""Pack the whole course into one file that needs no network: _build/dist/*.zip.

    python scripts/dist.py

It holds the site as it is built (without JupyterLite, which loads Python from
elsewhere), the notebooks and pages in plain Markdown, the wheel of mlm, and the data as
CSV.
"""

import zipfile

from notebooks import CONFIG, PROJECT, ROOT, WHEEL, find_notebooks, text_pages
from student_copies import find_copies

from methods3.plain import READ_BY_NOTEBOOKS, Course, as_text, plain_notebook

BUILD = ROOT / "_build"
DATA = ROOT / "mlm" / "datasets"
NAME = f"methods3-{PROJECT['version']}"
TARGET = BUILD / "dist" / f"{NAME}.zip"
# Equal courses are equal files.
DATE = (2026, 1, 1, 0, 0, 0)
README = f"""{CONFIG["title"]}

site/       the course to read: open site/index.html in a browser
notebooks/  the lectures to run and change, and the pages that they link to
data/       the data as CSV, and where each set comes from (provenance.toml)
{WHEEL}
            mlm, the library that the notebooks use

To run the notebooks you need Python {PROJECT["requires-python"].lstrip(">=")} or newer:

    python -m pip install {WHEEL} jupyterlab anywidget
    python -m jupyter lab notebooks

Text and figures: CC BY 4.0. Code: BSD-3-Clause. Data: see data/provenance.toml.
"""


def contents():
    """Yield (name in the archive, bytes) for every file but the README."""
    site = BUILD / "html"
    for path in site.rglob("*"):
        inner = path.relative_to(site)
        if path.is_file() and inner.parts[0] != "lite" and inner.name != WHEEL:
            yield f"site/{inner.as_posix()}", path.read_bytes()
    course = Course(ROOT)
    for path in [*find_notebooks(), *find_copies(), *map(ROOT.joinpath, text_pages())]:
        name = path.relative_to(ROOT).with_suffix(".ipynb").as_posix()
        notebook = plain_notebook(course, path)
        yield f"notebooks/{name}", as_text(notebook).encode()
    for name in READ_BY_NOTEBOOKS:
        yield f"notebooks/{name}", ROOT.joinpath(name).read_bytes()
    for path in DATA.iterdir():
        if path.name == "provenance.toml" or ".csv" in path.suffixes:
            yield f"data/{path.name}", path.read_bytes()
    yield WHEEL, (BUILD / "extras" / WHEEL).read_bytes()


def main(target=TARGET):
    """Write the archive."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name, content):
            entry = zipfile.ZipInfo(f"{NAME}/{name}", DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)

        add("README.txt", README)
        for name, content in sorted(contents()):
            add(name, content)
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
