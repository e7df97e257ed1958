"""Build JupyterLite: the course's notebooks in a browser, with nothing to install.

    python scripts/lite.py [FOLDER]

The folder (by default where the book's pages look for it) is a site of its own.  It
holds the notebooks, mlm, and every package that mlm and the sliders need and that
Pyodide, the Python of the browser, does not bring.  Pyodide itself, with numpy, scipy,
pandas and matplotlib, is loaded by the reader's browser from jsDelivr, once.
"""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.metadata import distribution
from pathlib import Path

from notebooks import ROOT, WHEEL, find_notebooks, text_pages, write
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from published import with_first_cell
from student_copies import find_copies

from methods3.plain import READ_BY_NOTEBOOKS, Course, plain_notebook

EXTRAS = ROOT / "_build" / "extras"
PYODIDE = json.loads(Path(__file__).with_name("pyodide.json").read_text("utf-8"))
# What the notebooks need: mlm, and its live figures.
WANTED = ("mlm[live]",)
# In the browser, mlm comes from the site itself, which may be any copy of the course.
LITE_SETUP = """# Installs mlm into this page; nothing on your computer changes.
%pip install --quiet mlm anywidget"""


def brought_by_kernel():
    """Names of the packages that the browser's kernel has of itself."""
    index = Path(
        sysconfig.get_path("data"),
        "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension",
        "static/pypi/all.json",
    )
    return set(json.loads(index.read_text("utf-8")))


def missing_packages():
    """Packages that the site must bring: name to version, as installed here."""
    environment = {
        "sys_platform": "emscripten",
        "platform_system": "Emscripten",
        "python_version": PYODIDE["python"].rpartition(".")[0],
        "python_full_version": PYODIDE["python"],
    }
    present = brought_by_kernel() | set(PYODIDE["packages"])
    found, waiting = {}, [Requirement(wanted) for wanted in WANTED]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in present or name in found:
            continue
        package = distribution(name)
        found[name] = package.version
        for line in package.requires or []:
            needed = Requirement(line)
            extras = wanted.extras or {""}
            if needed.marker is None or any(
                needed.marker.evaluate(environment | {"extra": extra})
                for extra in extras
            ):
                waiting.append(needed)
    return found


def hashed_pin(name):
    """Lines of requirements.txt that pin a package, with the hashes of its files."""
    text = ROOT.joinpath("requirements.txt").read_text("utf-8")
    return re.search(rf"(?m)^{re.escape(name)}(?:\[.*\])?==(?:.*\\\n)*.*\n", text)[0]


def collect_wheels(folder):
    """Put the wheel of mlm and those of the missing packages into a folder."""
    folder.mkdir(parents=True)
    shutil.copy(EXTRAS / WHEEL, folder)
    pins = folder.with_name("pins.txt")
    names = missing_packages().keys() - {"mlm"}
    pins.write_text("".join(map(hashed_pin, sorted(names))), "utf-8")
    download = "-m pip download --quiet --no-deps --disable-pip-version-check"
    # Without compiled parts, where a package has some for this machine.
    download += " --only-binary :all: --implementation py --abi none --platform any"
    places = ["--dest", folder, "--require-hashes", "--requirement", pins]
    subprocess.run([sys.executable, *download.split(), *places], check=True)


def copy_notebooks(folder):
    """Write the book's notebooks and the students', what they read and link to."""
    course = Course(ROOT)
    for path in [*find_notebooks(), *find_copies(), *map(ROOT.joinpath, text_pages())]:
        notebook = plain_notebook(course, path)
        if path.suffix == ".ipynb":
            notebook = with_first_cell(notebook, LITE_SETUP)
        for cell in notebook.cells:
            if cell.cell_type == "code":  # to be run, not to be read
                cell.outputs, cell.execution_count = [], None
        target = folder / path.relative_to(ROOT).with_suffix(".ipynb")
        target.parent.mkdir(parents=True, exist_ok=True)
        write(notebook, target)
    for name in READ_BY_NOTEBOOKS:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)


def main(target):
    """Build the site into a folder."""
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder)
        collect_wheels(source / "pypi")  # where JupyterLite looks for packages
        copy_notebooks(source / "files")  # … and for contents
        build = "-m jupyter lite build --apps lab --no-sourcemaps"
        build += " --no-unused-shared-packages"
        places = ["--lite-dir", source, "--output-dir", target]
        subprocess.run(
            [sys.executable, *build.split(), *places],
            check=True,
            cwd=source,
            stdout=subprocess.DEVNULL,
        )
    size = sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
    print(f"{target}: {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else EXTRAS / "lite")
