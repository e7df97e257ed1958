"""Re-execute and normalise the book's notebooks in place, deterministically.

    python scripts/notebooks.py [NOTEBOOK ...]

Without arguments, every notebook of the book, and the assignments' solutions.  Each is
run in a fresh kernel from its own folder.  A number in Markdown that is followed by a
marker is computed there:

    a residual standard deviation of 25.59<!--= fit.sigma:.2f --> ms

What stands after ``<!--=`` is the inside of an f-string's braces, evaluated after all
code cells above it; the word before the marker is replaced by the result (with a true
minus sign).  Readers of the page never see the marker.
"""

import base64
import copy
import io
import os
import re
import sys
import tomllib
from pathlib import Path

# Without it jsonschema cannot judge addresses, which notebooks have none of: it builds
# 38 parsers when nbformat is imported, and takes longer than all else that is.
sys.modules.setdefault("rfc3987_syntax", None)

import nbformat
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image

from methods3.plain import KERNEL, SITE_ALONE, read, write

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("lectures", "exercises", "pages")
# Not of the book, nor of any archive: they hold the solutions.
ASSIGNMENTS = "assignments"
MARKER = re.compile(r"([\w.−-]+)<!--=\s*(.+?)\s*-->")
KEPT_METADATA = ("mystnb", "slideshow", "tags")
CONFIG = yaml.safe_load(ROOT.joinpath("_config.yml").read_text("utf-8"))
PROJECT = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text("utf-8"))["project"]
WHEEL = f"mlm-{PROJECT['version']}-py3-none-any.whl"
# Warnings of what computes a number in the text have no place there.
QUIETLY = 'with __import__("warnings").catch_warnings(action="ignore"):'
# Twice the pixels, so that figures are sharp on a good screen.
SHARP = "--InlineBackend.figure_format=retina"
# Kernels here talk to this machine alone, and need not warn that others could listen.
QUIET_KERNEL = "--log-level=ERROR"
# The state of a live widget dies with its kernel; its HTML is what a page shows.
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def find_notebooks(root=ROOT):
    """Paths of the book's notebooks, in order; students' copies are none of them."""
    paths = list(root.glob("*.ipynb"))
    for folder in FOLDERS:
        paths += root.joinpath(folder).rglob("*.ipynb")
    others = {".ipynb_checkpoints", "student"}
    return sorted(path for path in paths if not others & set(path.parts))


def find_assignments(root=ROOT):
    """Paths of the assignments with their solutions, in order: for teachers alone."""
    return sorted(root.joinpath(ASSIGNMENTS).glob("*.ipynb"))


def find_pages(root=ROOT):
    """Names of the book's pages, in the order of its contents."""
    toc = yaml.safe_load(root.joinpath("_toc.yml").read_text("utf-8"))

    def walk(entries):
        for entry in entries:
            yield entry["file"]
            yield from walk(entry.get("sections", []))

    chapters = [chapter for part in toc["parts"] for chapter in part["chapters"]]
    return [toc["root"], *walk(chapters)]


def text_pages(root=ROOT):
    """Files of the pages that are no notebooks, which notebooks link to."""
    pages = (name for name in find_pages(root) if not name.startswith(SITE_ALONE))
    files = (f"{name}.md" for name in pages)
    return [file for file in files if root.joinpath(file).exists()]


def refresh(notebook, folder):
    """Execute a copy of a notebook, renew its marked numbers, normalise it.

    Parameters
    ----------
    notebook : NotebookNode
    folder : Path
        Where it runs.

    Returns
    -------
    NotebookNode
        A new notebook; the one given stays as it was.

    Raises
    ------
    CellExecutionError
        If a cell, or the expression of a marker, fails.
    """
    fresh = copy.deepcopy(notebook)
    fresh.metadata = nbformat.from_dict({"kernelspec": KERNEL})
    probed = copy.deepcopy(fresh)
    probed.cells = list(_with_probes(fresh.cells))
    NotebookClient(
        probed,
        timeout=600,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=[SHARP, QUIET_KERNEL],
    ).execute()
    executed = iter(probed.cells)
    for cell in fresh.cells:
        result = next(executed)
        if cell.cell_type == "code":
            cell.outputs = result.outputs
        elif MARKER.search(cell.source):
            printed = "".join(output.text for output in next(executed).outputs)
            values = printed.splitlines()
            cell.source = _renew(cell.source, values)
    return normalise(fresh)


def _with_probes(cells):
    """The cells, and after each one with markers a code cell that prints them."""
    for cell in cells:
        yield cell
        if cell.cell_type == "markdown" and MARKER.search(cell.source):
            yield nbformat.v4.new_code_cell(probe(cell.source))


def probe(text):
    """Code that prints what the markers of a text compute, a line each.

    Parameters
    ----------
    text : str
        Of a Markdown cell.

    Returns
    -------
    str
        With a true minus sign where a number is negative.
    """
    values = (f'f"""{{{m[2]}}}"""' for m in MARKER.finditer(text))
    lines = [f'    print({value}.replace("-", "−"))' for value in values]
    return "\n".join([QUIETLY, *lines])


def _renew(source, values):
    """Put the values, in order, before the markers of a cell's source."""
    remaining = iter(values)

    def with_value(marker):
        return f"{next(remaining)}<!--= {marker[2]} -->"

    return MARKER.sub(with_value, source)


def normalise(notebook):
    """Keep what a reader or a test needs, in one form; returns the same notebook."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    # The full language_info carries the patch version of Python.
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    notebook.metadata = nbformat.from_dict(metadata)
    count = 0
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number:02d}"
        kept = {k: v for k, v in cell.metadata.items() if k in KEPT_METADATA}
        cell.metadata = nbformat.from_dict(kept)
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            cell.outputs = _normalise_outputs(cell, count)
    return notebook


def _normalise_outputs(cell, count):
    outputs = []
    alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
    for output in cell.outputs:
        last = outputs[-1] if outputs else {}
        if output.output_type == "stream" and last.get("name") == output.name:
            last.text += output.text
            continue
        if "execution_count" in output:
            output.execution_count = count
        if "data" in output:
            output.data.pop(WIDGET_VIEW, None)
            _normalise_images(output, alt)
        outputs.append(output)
    return outputs


def _normalise_images(output, alt):
    """Describe the pictures of an output, and make them as light as they can be."""
    for mime in [mime for mime in output.data if mime.startswith("image/")]:
        kept = output.metadata.get(mime, {})  # with width and height
        # myst-nb reads the alt text in the cell, JupyterLab and nbconvert here.
        output.metadata[mime] = kept | ({"alt": alt} if alt else {})
        if mime == "image/png":
            picture = Image.open(io.BytesIO(base64.b64decode(output.data[mime])))
            if picture.mode != "P":
                buffer = io.BytesIO()
                flat = picture.convert("RGB").quantize(dither=Image.Dither.NONE)
                flat.save(buffer, format="png", optimize=True)
                output.data[mime] = base64.b64encode(buffer.getvalue()).decode()


def main(arguments):
    """Refresh the notebooks named, or all, those of teachers too."""
    paths = [Path(argument).resolve() for argument in arguments]
    paths = paths or [*find_notebooks(), *find_assignments()]
    for path in paths:
        before = path.read_bytes()
        try:
            write(refresh(read(path), path.parent), path)
        except CellExecutionError as error:
            sys.exit(f"{path}: a cell failed.\n{error}")
        changed = "unchanged" if path.read_bytes() == before else "renewed"
        print(f"{os.path.relpath(path)}: {changed}")


if __name__ == "__main__":
    main(sys.argv[1:])
