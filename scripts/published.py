"""What published copies have, and the stored files have not: the course's address.

They are in plain Markdown as well, with an address or without: see `methods3.plain`.

    COURSE_REPOSITORY=owner/name python scripts/published.py

writes the notebooks, as they are published, into _build/published: the branch of that
name, which Colab opens.
"""

import copy
import hashlib
import shutil
from pathlib import Path

import nbformat
from address import SETTING, find_address
from notebooks import ROOT, WHEEL, find_notebooks, write
from student_copies import find_copies

from methods3.plain import Course, plain_notebook

EXTRAS = Path("_build", "extras")
BRANCH = "published"
# pip compares a wheel with the hash behind its address before it installs it.
INSTALL = """# Installs mlm where it is missing, if it has the hash below.
# If pip says that it has another, get this notebook anew from {site}
import importlib.util

if importlib.util.find_spec("mlm") is None:
    %pip install --quiet {wheel}"""


def wheel_address(address, root=ROOT):
    """Address of the wheel of mlm on the site, with the hash that it must have.

    Raises
    ------
    FileNotFoundError
        If the wheel is not built: without it there is no hash.
    """
    wheel = root / EXTRAS / WHEEL
    if not wheel.exists():
        raise FileNotFoundError(f"{wheel} is not built: `make book` builds it first.")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{address.site}{WHEEL}#sha256={digest}"


def with_first_cell(notebook, source):
    """A copy of a notebook with a code cell before the others."""
    fresh = copy.deepcopy(notebook)
    fresh.cells.insert(0, nbformat.v4.new_code_cell(source))
    fresh.cells[0].metadata["slideshow"] = {"slide_type": "skip"}
    for number, cell in enumerate(fresh.cells, start=1):
        cell.id = f"cell-{number:02d}"
    return fresh


def course_at(address, root=ROOT):
    """The course, as copies of it are published: their links lead to the site."""
    return Course(root, address.site, address.code) if address else Course(root)


def published_notebook(course, path, wheel=None):
    """A copy of a notebook that can be taken anywhere.

    Parameters
    ----------
    course : Course
    path : Path
    wheel : str, optional
        What `wheel_address` says.

    Returns
    -------
    NotebookNode
        In plain Markdown; with a wheel, its first cell installs it.
    """
    notebook = plain_notebook(course, path)
    if wheel is None:
        return notebook
    return with_first_cell(notebook, INSTALL.format(site=course.site, wheel=wheel))


def published_workflow(text, wheel):
    """The students' workflow with the wheel of the site for one beside it."""
    return text.replace(f"./{WHEEL}[grade]", f"mlm[grade] @ {wheel}")


def publish_pages(root, target, paths, address):
    """Write pages as they are published, at the same places below a folder.

    Parameters
    ----------
    root, target : Path
    paths : iterable of Path
        Of notebooks, and of pages of text, below `root`.
    address : Address or None
        Without one, nothing is installed, and links lead to the files beside.
    """
    course = course_at(address, root)
    wheel = wheel_address(address, root) if address else None
    for path in paths:
        place = target / path.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".ipynb":
            write(published_notebook(course, path, wheel), place)
        else:
            cells = plain_notebook(course, path).cells
            place.write_text("\n\n".join(cell.source for cell in cells), "utf-8")


def main():
    """Write the branch that Colab opens."""
    address = find_address()
    if address is None:
        raise SystemExit(f"{SETTING} is not set, so there is no address to publish at.")
    target = ROOT / "_build" / BRANCH
    shutil.rmtree(target, ignore_errors=True)
    copies = [*find_notebooks(), *find_copies()]
    publish_pages(ROOT, target, copies, address)
    print(f"{target}: {len(list(target.rglob('*.ipynb')))} notebooks of {address.site}")


if __name__ == "__main__":
    main()
