"""What published copies have, and the stored files have not: the course's address.

    COURSE_REPOSITORY=owner/name python scripts/published.py

writes the notebooks, as they are published, into _build/published: the branch of that
name, which Colab opens.
"""

import copy
import hashlib
import posixpath
import re
import shutil
from pathlib import Path

import nbformat
from address import SETTING, find_address
from notebooks import ROOT, WHEEL, find_notebooks, read, write
from student_copies import find_copies

EXTRAS = Path("_build", "extras")
BRANCH = "published"
# pip compares a wheel with the hash behind its address before it installs it.
INSTALL = """# Installs mlm where it is missing, if it has the hash below.
# If pip says that it has another, get this notebook anew from {site}
import importlib.util

if importlib.util.find_spec("mlm") is None:
    %pip install --quiet {wheel}"""
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#]+)\.(?:ipynb|md)(#[^)]*)?\)")


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


def published_notebook(notebook, folder, address, wheel):
    """A copy of a notebook that can be taken anywhere.

    Parameters
    ----------
    notebook : NotebookNode
    folder : str
        That it lies in, from the root of the course, with slashes.
    address : Address
    wheel : str
        What `wheel_address` says.

    Returns
    -------
    NotebookNode
        Its first cell installs mlm, and its links lead to the site.
    """

    def to_site(link):
        page = posixpath.normpath(posixpath.join(folder, link[1]))
        return f"]({address.site}{page}.html{link[2] or ''})"

    fresh = with_first_cell(notebook, INSTALL.format(site=address.site, wheel=wheel))
    for cell in fresh.cells:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(to_site, cell.source)
    return fresh


def published_workflow(text, wheel):
    """The students' workflow with the wheel of the site for one beside it."""
    return text.replace(f"./{WHEEL}[grade]", f"mlm[grade] @ {wheel}")


def publish_notebooks(root, target, paths, address):
    """Write notebooks as they are published, at the same places below a folder.

    Parameters
    ----------
    root, target : Path
    paths : iterable of Path
        Below `root`.
    address : Address or None
        Without one, they are published as they are.
    """
    wheel = wheel_address(address, root) if address else None
    for path in paths:
        inner = path.relative_to(root)
        place = target / inner
        place.parent.mkdir(parents=True, exist_ok=True)
        if address is None:
            shutil.copyfile(path, place)
        else:
            folder = inner.parent.as_posix()
            write(published_notebook(read(path), folder, address, wheel), place)


def main():
    """Write the branch that Colab opens."""
    address = find_address()
    if address is None:
        raise SystemExit(f"{SETTING} is not set, so there is no address to publish at.")
    target = ROOT / "_build" / BRANCH
    shutil.rmtree(target, ignore_errors=True)
    copies = [*find_notebooks(), *find_copies()]
    publish_notebooks(ROOT, target, copies, address)
    print(f"{target}: {len(list(target.rglob('*.ipynb')))} notebooks of {address.site}")


if __name__ == "__main__":
    main()
